package mongo

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// What events are counted and filtered by, without their text, is rolled up by tenant and
// hour of event time: one small document instead of thousands of large ones.
//
// A roll-up says what is so. Every entry of the log names the hours of the events that it
// changes, before and after. Whoever applies entry m first takes the roll-ups of its hours
// away and writes m to each as the last that touched it, and only then changes events; both
// are durable on a majority of servers before the next step. Whoever rolls an hour up notes
// n, an entry that has been applied as all before it have, then reads the hour's events, then
// writes the roll-up if no entry after n has touched the hour: the server compares and writes
// in one. So, where a roll-up can be read:
//
//   - no entry after n had touched the hour when it was written, and what touches the hour
//     later takes it away before it changes an event. So no entry after n has changed an event
//     of the hour at the time that it is read, in whole or in part;
//   - all entries up to n had been applied when the events were read, so it tells of all of
//     them. Applying an entry again, or late, changes nothing in the events; at most it takes
//     a roll-up away that was right.
//
// An hour that has no document never had an event: its document is made before its first
// event. That holds where it has always been done so, which a document made with the log
// says. Expiry removes events without entries, but it notes before which time first; hours in
// front of that are not counted by roll-ups.
type rollupDoc struct {
	ID      string `bson:"_id"`               // see [hourOf]
	Touched int64  `bson:"touched"`           // the last entry of the log that changes events of the hour
	Stale   bool   `bson:"stale,omitempty"`   // has no Data, and is to have
	Large   bool   `bson:"large,omitempty"`   // had too many events to be rolled up
	Data    []byte `bson:"data,omitempty"`    // a hourBlock, compressed
	Through int64  `bson:"through,omitempty"` // all entries up to this one are in Data
}

// rollingID is the document that says that every hour with an event has a document. It
// stands in front of all of those.
const rollingID = "!"

const (
	// fewEvents is up to how many events are counted from their documents, for that takes no
	// longer than reading roll-ups.
	fewEvents = 5000
	// maxRolled is the most events of a roll-up, which has about ten bytes for each; a document
	// has 16 MiB at most.
	maxRolled = 500_000
	// rolledAtOnce is about how many events one step of housekeeping rolls up.
	rolledAtOnce = 100_000
	// hoursAtOnce is how many hours it looks at.
	hoursAtOnce = 500

	hourFormat = "2006-01-02T15"
)

// rolling is what a process knows of roll-ups.
type rolling struct {
	on  bool
	few int
	mu  sync.Mutex
	// quiet are the hours that had to be rolled up at the last look, and what had touched
	// them: an hour that changes all the time is left until it does not.
	quiet   map[string]int64
	dropped string // roll-ups in front of this hour have been dropped
}

// hourOf names an hour of event time of a tenant. Names sort by time.
func hourOf(tenant string, at int64) string {
	return fromNanos(at).Format(hourFormat) + " " + rawjson.Fold(tenant)
}

// hoursOf names the hours of the events with these keys, as they are now, and of those that
// are given.
func (s *Store) hoursOf(ctx context.Context, keys []string, events ...*eventDoc) ([]string, error) {
	if !s.rolling.on || len(keys) == 0 {
		return nil, nil
	}
	found, err := findByIDs[eventDoc](ctx, s, s.events, keys, bson.D{{Key: "at", Value: 1}, {Key: "tenant_id", Value: 1}})
	if err != nil {
		return nil, err
	}
	for i := range found {
		events = append(events, &found[i])
	}
	hours := make([]string, len(events))
	for i, d := range events {
		hours[i] = hourOf(string(d.TenantID), d.At)
	}
	slices.Sort(hours)
	return slices.Compact(hours), nil
}

// hourStart gives the time, in ns, that the hour of a name begins at.
func hourStart(name string) int64 {
	at, err := time.Parse(hourFormat, name[:min(len(name), len(hourFormat))])
	if err != nil {
		return 0
	}
	return at.UnixNano()
}

func hourTenant(name string) string { return name[min(len(name), len(hourFormat)+1):] }

// startRolling finds out whether roll-ups can be relied on: they are kept from the beginning
// of the log, or not at all.
func (s *Store) startRolling(ctx context.Context) error {
	s.rolling.few = fewEvents
	if s.caps.scans && !s.opts.rollUp {
		return nil // reads everything for every question
	}
	err := s.rollups.FindOne(ctx, byID(rollingID)).Err()
	switch {
	case err == nil:
		s.rolling.on = true
		return nil
	case !errors.Is(err, mongo.ErrNoDocuments) || s.opts.ReadOnly:
		return ignoreNone(err)
	}
	last, err := s.log.last(ctx)
	if err != nil || last.N > 0 {
		return err
	}
	_, err = s.rollups.InsertOne(ctx, bson.D{{Key: "_id", Value: rollingID}})
	if _, err = duplicates(err); err != nil && !mongo.IsDuplicateKeyError(err) {
		return err
	}
	s.rolling.on = true
	return nil
}

func ignoreNone(err error) error {
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil
	}
	return err
}

// touch takes the roll-ups of hours away, because entry n changes their events next.
func (s *Store) touch(ctx context.Context, n int64, hours []string) error {
	if !s.rolling.on {
		return nil
	}
	atOnce := 1000
	if s.caps.scans {
		atOnce = 40 // it hangs on many updates at once
	}
	for part := range slices.Chunk(hours, atOnce) {
		models := make([]mongo.WriteModel, len(part))
		for i, hour := range part {
			models[i] = mongo.NewUpdateOneModel().SetUpsert(true).SetFilter(byID(hour)).SetUpdate(bson.D{
				{Key: "$max", Value: bson.D{{Key: "touched", Value: n}}}, {Key: "$set", Value: bson.D{{Key: "stale", Value: true}}},
				{Key: "$unset", Value: bson.D{{Key: "data", Value: ""}}},
			})
		}
		if err := s.touchAll(ctx, models); err != nil {
			return err
		}
	}
	return nil
}

// touchAll writes updates that can be repeated. Two processes may make one document at once:
// the server then refuses one of them, and knows the document when it is asked again.
func (s *Store) touchAll(ctx context.Context, models []mongo.WriteModel) error {
	const tries = 3
	for try := 1; ; try++ {
		_, err := s.rollups.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		taken, other := duplicates(err)
		if other != nil || len(taken) == 0 {
			return other
		}
		if try == tries {
			return err
		}
	}
}

// rolledFields are the fields that roll-ups tell the values of.
func rolledFields() []aoc.Field {
	return slices.DeleteFunc(termFields(), func(f aoc.Field) bool {
		return f == aoc.FieldID || f == aoc.FieldTarget || f == aoc.FieldChanged
	})
}

// rolled reports whether roll-ups can tell which events meet a condition.
func rolled(c cond) bool {
	switch c := c.(type) {
	case has:
		return c.array == marks || !slices.ContainsFunc(c.values, func(v string) bool { return !rolledTerm(v) })
	case allOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !rolled(p) })
	case anyOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !rolled(p) })
	case not:
		return rolled(c.of)
	}
	return true
}

// rolledTerm reports whether a term is about a field that roll-ups tell the values of.
func rolledTerm(term string) bool {
	i := strings.IndexAny(term, "=#!")
	return i > 0 && slices.Contains(rolledFields(), aoc.Field(term[:i]))
}

// timeless reports whether a condition does not depend on the time of an event.
func timeless(c cond) bool {
	switch c := c.(type) {
	case during:
		return false
	case allOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !timeless(p) })
	case anyOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !timeless(p) })
	case not:
		return timeless(c.of)
	}
	return true
}

// hourBlock is what is told of the events of an hour: what distinct ones among them are
// counted and filtered by, and the times of all.
type hourBlock struct {
	Rows []hourRow `bson:"rows"`
	// Unit divides all times, which makes them shorter: most sources tell seconds, or a
	// ten-millionth of them.
	Unit int64 `bson:"unit"` // ns
	// Times are, for each row, how many events there are, then the time of each since the
	// one before it, the first since the beginning of the hour; as variable-length numbers.
	Times []byte `bson:"times"`
}

// hourRow is what an event is counted and filtered by.
type hourRow struct {
	Tenant    text   `bson:"t,omitempty"`
	Source    text   `bson:"s,omitempty"`
	Service   text   `bson:"v,omitempty"`
	Workload  text   `bson:"w,omitempty"`
	Type      text   `bson:"y,omitempty"`
	Operation text   `bson:"o,omitempty"`
	Result    text   `bson:"r,omitempty"`
	Actor     actor  `bson:"a,omitempty"`
	ActorKind text   `bson:"k,omitempty"`
	ActorText text   `bson:"d,omitempty"`
	IP        text   `bson:"i,omitempty"`
	Origin    text   `bson:"g,omitempty"`
	Tags      []text `bson:"l,omitempty"`
	State     text   `bson:"e,omitempty"` // of the review
}

// rolledNames is the projection of the documents that are rolled up.
func rolledNames() bson.D {
	return append(countedFields(), bson.E{Key: "actor", Value: 1}, bson.E{Key: "review", Value: 1})
}

func newHourRow(d *eventDoc) hourRow {
	r := hourRow{
		Tenant: d.TenantID, Source: d.Source, Service: d.Service, Workload: d.Workload, Type: d.Type, Operation: d.Operation, Result: d.Result,
		Actor: actor{ID: d.Actor.ID, Name: d.Actor.Name, UPN: d.Actor.UPN}, ActorKind: d.ActorKind, ActorText: d.ActorText, IP: d.IP, Origin: d.Origin, Tags: d.Tags,
	}
	if d.Review != nil {
		r.State = d.Review.State
	}
	return r
}

// key tells rows apart.
func (r *hourRow) key() string {
	var b []byte
	for _, v := range append([]text{
		r.Tenant, r.Source, r.Service, r.Workload, r.Type, r.Operation, r.Result, r.Actor.ID, r.Actor.Name, r.Actor.UPN, r.ActorKind, r.ActorText, r.IP, r.Origin, r.State,
	}, r.Tags...) {
		b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
	return string(b)
}

// doc gives the row as a document that has the fields, terms and marks that are rolled up.
func (r *hourRow) doc() *eventDoc {
	d := &eventDoc{
		TenantID: r.Tenant, Source: r.Source, Service: r.Service, Workload: r.Workload, Type: r.Type, Operation: r.Operation, Result: r.Result,
		Actor: r.Actor, ActorKind: r.ActorKind, ActorText: r.ActorText, IP: r.IP, Origin: r.Origin, Tags: r.Tags,
	}
	if r.State != "" {
		d.Review = &reviewDoc{State: r.State}
	}
	e := d.event()
	t := termSet{has: map[string]struct{}{}}
	t.fields(&e, rolledFields())
	d.Terms, d.Marks = t.terms, marksOf(e.Tags, e.Review)
	return d
}

// newHourBlock rolls up the events of an hour that begins at start.
func newHourBlock(docs []*eventDoc, start int64) *hourBlock {
	b := &hourBlock{}
	places := map[string]int{}
	var times [][]int64
	for _, d := range docs {
		row := newHourRow(d)
		key := row.key()
		i, ok := places[key]
		if !ok {
			i = len(b.Rows)
			places[key] = i
			b.Rows, times = append(b.Rows, row), append(times, nil)
		}
		times[i] = append(times[i], d.At-start)
		b.Unit = divisor(b.Unit, d.At-start)
	}
	b.Unit = max(b.Unit, 1)
	for _, list := range times {
		slices.Sort(list)
		b.Times = binary.AppendUvarint(b.Times, uint64(len(list)))
		before := int64(0)
		for _, at := range list {
			b.Times = binary.AppendUvarint(b.Times, uint64((at-before)/b.Unit))
			before = at
		}
	}
	return b
}

// divisor gives the largest number that divides both.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (b *hourBlock) encode() ([]byte, error) {
	plain, err := bson.Marshal(b)
	return compress(plain), err
}

func decodeHourBlock(data []byte) (*hourBlock, error) {
	plain, err := decompress(data)
	if err != nil {
		return nil, err
	}
	b := &hourBlock{}
	return b, bson.Unmarshal(plain, b)
}

var errRollup = errors.New("a roll-up is damaged")

// each calls f with every row and the times of its events, in ns, ascending; they are good
// only during the call.
func (b *hourBlock) each(start int64, f func(d *eventDoc, times []int64)) error {
	left := b.Times
	next := func() int64 {
		n, width := binary.Uvarint(left)
		if width <= 0 {
			left = nil
			return -1
		}
		left = left[width:]
		return int64(n)
	}
	var times []int64
	for i := range b.Rows {
		times = times[:0]
		at := start
		for n := next(); n != 0; n-- {
			delta := next()
			if n < 0 || delta < 0 {
				return errRollup
			}
			at += delta * b.Unit
			times = append(times, at)
		}
		f(b.Rows[i].doc(), times)
	}
	return nil
}

// tallyRolled counts the events that are sure to match by roll-ups, and from documents in
// hours that have none.
func (s *Store) tallyRolled(ctx context.Context, p *plan, t *tally) error {
	settled, err := s.settledFrom(ctx)
	if err != nil {
		return err
	}
	direct := []during{p.time.and(during{p.time.from, settled})}
	rolled := p.time.and(during{settled, p.time.to})
	if rolled.from < rolled.to {
		gaps, err := s.tallyHours(ctx, p, rolled, t)
		if err != nil {
			return err
		}
		direct = append(direct, gaps...)
	}
	for _, time := range direct {
		if time.from < time.to {
			if err := s.tallyDocuments(ctx, p.sure, time, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// settledFrom gives the time, in ns, the beginning of an hour, from which on no event can
// have expired.
func (s *Store) settledFrom(ctx context.Context) (int64, error) {
	d, err := s.expiry(ctx)
	if err != nil {
		return 0, err
	}
	if s.caps.ttl && s.opts.NoChain && s.opts.RetentionDays > 0 {
		const skew = 48 * time.Hour // of the server's clock and this one
		d.Before = max(d.Before, s.clock.Now().Add(skew-time.Duration(s.opts.RetentionDays)*24*time.Hour).UnixNano())
	}
	hour := int64(time.Hour)
	return floorTo(min(max(d.Before, store.MinTime.UnixNano()), store.MaxTime.UnixNano())+hour-1, hour), nil
}

// tallyHours counts by the roll-ups of a time. It gives the times whose events are to be
// counted from their documents, because there is no roll-up of a tenant that is asked for.
func (s *Store) tallyHours(ctx context.Context, p *plan, within during, t *tally) (gaps []during, err error) {
	cursor, err := s.rollups.Find(ctx, hoursIn(within), options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(largestBatch))
	if err != nil {
		return nil, err
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	h := hourTally{plan: p, within: within, tally: t}
	for cursor.Next(ctx) {
		d := &rollupDoc{}
		if err := cursor.Decode(d); err != nil {
			return nil, err
		}
		if p.tenants != nil && !slices.Contains(p.tenants, hourTenant(d.ID)) {
			continue
		}
		if start := hourStart(d.ID); start != h.start || h.docs == nil {
			if err := h.flush(); err != nil {
				return nil, err
			}
			h.start = start
		}
		h.docs = append(h.docs, d)
	}
	if err := cursor.Err(); err != nil {
		return nil, err
	}
	return h.gaps, h.flush()
}

// hoursIn is the filter of the hours that a time touches.
func hoursIn(within during) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gte", Value: fromNanos(within.from).Format(hourFormat)},
		{Key: "$lt", Value: fromNanos(within.to - 1).Add(time.Hour).Format(hourFormat)},
	}}}
}

// hourTally counts one hour after the other.
type hourTally struct {
	plan   *plan
	within during
	tally  *tally
	start  int64
	docs   []*rollupDoc // of the hour, one for each tenant
	gaps   []during
	open   bool // the hour before this one had no roll-up
}

// flush counts the hour in hand, or notes that it is to be counted from documents.
func (h *hourTally) flush() error {
	if len(h.docs) == 0 {
		return nil
	}
	hour := h.within.and(during{h.start, h.start + int64(time.Hour)})
	missing := slices.ContainsFunc(h.docs, func(d *rollupDoc) bool { return len(d.Data) == 0 })
	switch {
	case missing && h.open:
		h.gaps[len(h.gaps)-1].to = hour.to
	case missing:
		h.gaps = append(h.gaps, hour)
	}
	h.open = missing
	for _, d := range h.docs {
		if missing {
			break
		}
		b, err := decodeHourBlock(d.Data)
		if err != nil {
			return err
		}
		if err := b.each(h.start, func(d *eventDoc, times []int64) { h.count(d, times, hour) }); err != nil {
			return err
		}
	}
	h.docs = nil
	return nil
}

// count counts the events of a row that match.
func (h *hourTally) count(d *eventDoc, times []int64, within during) {
	from, _ := slices.BinarySearch(times, within.from)
	to, _ := slices.BinarySearch(times, within.to)
	times = times[from:to]
	if !timeless(h.plan.sure) {
		var match []int64
		for _, at := range times {
			if d.At = at; h.plan.sure.holds(d) {
				match = append(match, at)
			}
		}
		times = match
	} else if !h.plan.sure.holds(d) {
		return
	}
	if len(times) > 0 {
		h.tally.add(d, times...)
	}
}

// rollUp does one step of rolling up, of hours that have not changed since the last step but
// one, and tells whether more is due. Roll-ups of hours that have expired are dropped.
func (s *Store) rollUp(ctx context.Context) (more bool, err error) {
	if !s.rolling.on {
		return false, nil
	}
	s.rolling.mu.Lock()
	defer s.rolling.mu.Unlock()
	settled, err := s.settledFrom(ctx)
	if err != nil {
		return false, err
	}
	if err := s.dropRollups(ctx, settled); err != nil {
		return false, err
	}
	cursor, err := s.rollups.Find(ctx, staleHours(), options.Find().SetSort(bson.D{{Key: "_id", Value: -1}}).SetLimit(hoursAtOnce).SetProjection(bson.D{{Key: "touched", Value: 1}}))
	if err != nil {
		return false, err
	}
	var found []rollupDoc
	if err := cursor.All(ctx, &found); err != nil {
		return false, err
	}
	was := s.rolling.quiet
	s.rolling.quiet = make(map[string]int64, len(found))
	var due []string
	for _, d := range found {
		s.rolling.quiet[d.ID] = d.Touched
		if was[d.ID] == d.Touched && was[d.ID] > 0 {
			due = append(due, d.ID)
		}
	}
	done, err := s.rollUpAll(ctx, due)
	return done && len(due) > 0, err
}

// staleHours is the filter of the hours that are to be rolled up.
func staleHours() bson.D { return bson.D{{Key: "stale", Value: true}} }

// dropRollups drops what tells of hours in front of a time.
func (s *Store) dropRollups(ctx context.Context, before int64) error {
	name := fromNanos(before).Format(hourFormat)
	if s.rolling.dropped >= name {
		return nil
	}
	_, err := s.rollups.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: rollingID}, {Key: "$lt", Value: name}}}})
	if err == nil {
		s.rolling.dropped = name
	}
	return err
}

// rollUpAll rolls up hours until it has read about as many events as one step may, and tells
// whether it has rolled up some.
func (s *Store) rollUpAll(ctx context.Context, hours []string) (some bool, err error) {
	read := 0
	for _, hour := range hours {
		if read >= rolledAtOnce {
			return true, nil
		}
		n, err := s.rollUpHour(ctx, hour)
		if err != nil {
			return some, err
		}
		read += n
		some = true
	}
	return some, nil
}

// rollUpHour rolls one hour of a tenant up, and tells how many events it has.
func (s *Store) rollUpHour(ctx context.Context, name string) (int, error) {
	last, err := s.log.applied(ctx)
	if err != nil {
		return 0, err
	}
	start := hourStart(name)
	st := &stream{
		s: s, cond: hasAny(terms, fieldTerm(aoc.FieldTenant, hourTenant(name))), time: during{start, start + int64(time.Hour)},
		projection: rolledNames(), batch: largestBatch,
	}
	defer st.close(ctx)
	var docs []*eventDoc
	for !st.ended && len(docs) <= maxRolled {
		more, err := st.next(ctx)
		if err != nil {
			return 0, err
		}
		docs = append(docs, more...)
	}
	update := bson.D{{Key: "$unset", Value: bson.D{{Key: "stale", Value: ""}}}}
	if len(docs) > maxRolled {
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "large", Value: true}}})
	} else {
		data, err := newHourBlock(docs, start).encode()
		if err != nil {
			return 0, err
		}
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "data", Value: data}, {Key: "through", Value: last.N}}})
	}
	_, err = s.rollups.UpdateOne(ctx, bson.D{{Key: "_id", Value: name}, {Key: "touched", Value: bson.D{{Key: "$lte", Value: last.N}}}}, update)
	return len(docs), err
}
