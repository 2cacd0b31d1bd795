package mongo

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/rawjson"
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
