package mongo

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store"
)

// tieChars is how many characters of a key order the events of one instant in an index.
const tieChars = 7

// tieOf gives the number that orders events of the same instant as their keys do, but for
// those whose keys begin alike: 35 bits, where a whole key would make every entry of the
// large indexes twice as long. What is no key gives the largest number that a key in front
// of it has, or a larger one.
func tieOf(key string) int64 {
	const alphabet = "234567abcdefghijklmnopqrstuvwxyz"
	var tie int64
	exact := true
	for i := range tieChars {
		digit := len(alphabet) - 1
		if exact && i < len(key) {
			n, found := slices.BinarySearch([]byte(alphabet), key[i])
			if exact = found; found {
				digit = n
			}
		}
		tie = tie<<5 | int64(digit)
	}
	return tie
}

// position is the place of an event in the order of searches.
func (d *eventDoc) position() store.Position {
	return store.Position{Time: fromNanos(d.At), Key: d.Key}
}

// stream reads the documents that meet a condition, newest first, by (time, key). When the
// server fails it goes on where it was; what it has given it does not give again.
type stream struct {
	s          *Store
	cond       cond
	time       during
	projection bson.D
	batch      int32           // documents to ask for next
	after      *store.Position // all up to here has been given

	// deadline is when to stop, at the end of what the server could do at once; zero: never.
	deadline time.Time
	// find asks the server; the store's own when nil.
	find func(ctx context.Context, filter any, opts ...options.Lister[options.FindOptions]) (*mongo.Cursor, error)

	cursor *mongo.Cursor
	part   during // of time, that the cursor is for
	// width is that of such a part, in ns; 0 asks for all at once.
	width   int64
	held    []*eventDoc // not given yet: others of the same tie may follow
	gave    bool        // something of this cursor
	parts   int         // that have been read to their end
	ended   bool
	stopped bool // at the deadline: events at or after time.to have been given
	fails   int
}

const (
	// largestBatch bounds what is read at once; the server stops at 16 MiB as well.
	largestBatch = 2000
	// streamTries is how often a stream goes on after failures without having got further.
	streamTries = 4
	// firstPart is what is asked for at once when the server could not find all in time, and
	// shortestPart what it must be able to do; parts grow and shrink by partStep, up to about
	// nine years, which no arithmetic with times can overflow by.
	firstPart    = int64(24 * time.Hour)
	shortestPart = int64(time.Second)
	longestPart  = 1 << 58
	partStep     = 8
)

// next gives the next documents, some at least; none at the end.
func (st *stream) next(ctx context.Context) ([]*eventDoc, error) {
	for {
		if st.ended {
			return nil, nil
		}
		docs, err := st.read(ctx)
		if err != nil {
			if err := st.recover(ctx, err); err != nil {
				return nil, err
			}
			continue
		}
		if len(docs) > 0 {
			st.fails, st.gave = 0, true
			last := docs[len(docs)-1].position()
			st.after = &last
			return docs, nil
		}
	}
}

// close gives the server's part of the stream up.
func (st *stream) close(ctx context.Context) {
	if st.cursor != nil {
		_ = st.cursor.Close(context.WithoutCancel(ctx))
		st.cursor = nil
	}
}

// recover makes the stream go on after a failure that may pass: a server that did not find
// anything in time is asked for less, and one that is not the primary any more is given time.
func (st *stream) recover(ctx context.Context, err error) error {
	gave := st.gave
	st.close(ctx)
	st.held, st.gave = nil, false
	if ctx.Err() != nil || !unreachable(err) {
		return err
	}
	if isTimeout(err) && st.s.answers(ctx) {
		if gave {
			return nil
		}
		return st.narrow(err)
	}
	if st.fails++; st.fails >= streamTries {
		return err
	}
	return st.s.clock.Sleep(ctx, time.Duration(st.fails)*100*time.Millisecond)
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || mongo.IsTimeout(err)
}

// answers reports whether the server can be reached.
func (s *Store) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.stepTime())
	defer cancel()
	return s.client.Ping(ctx, nil) == nil
}

// stepTime is how long the server may take to find the next documents.
func (s *Store) stepTime() time.Duration { return s.opts.Timeout / 4 }

// narrow makes the parts shorter that are asked for at once.
func (st *stream) narrow(err error) error {
	if st.width == 0 {
		st.width = firstPart
	} else if st.width /= partStep; st.width < shortestPart {
		return err
	}
	return nil
}

// finish notes that a part has been read to its end.
func (st *stream) finish() {
	st.parts++
	if st.part.from <= st.time.from {
		st.ended = true
		return
	}
	st.time.to = st.part.from
	if st.width < longestPart/partStep {
		st.width *= partStep
	}
}

// late reports whether the stream is to stop, having got a part further.
func (st *stream) late() bool {
	return st.parts > 0 && !st.deadline.IsZero() && st.s.clock.Now().After(st.deadline)
}

// read gives what a batch adds.
func (st *stream) read(ctx context.Context) ([]*eventDoc, error) {
	if st.s.caps.scans {
		return st.scan(ctx)
	}
	if st.cursor == nil {
		if st.late() {
			st.ended, st.stopped = true, true
			return nil, nil
		}
		if err := st.open(ctx); err != nil {
			return nil, err
		}
	}
	docs, err := st.readBatch(ctx)
	if err != nil {
		return nil, err
	}
	docs = append(st.held, docs...)
	st.held = nil
	slices.SortFunc(docs, newestFirst)
	if st.cursor.ID() == 0 {
		st.close(ctx)
		st.finish()
	} else {
		st.batch = min(2*st.batch, largestBatch)
		st.cursor.SetBatchSize(st.batch)
		docs = st.holdBack(docs)
	}
	if st.after != nil {
		given := func(d *eventDoc) bool { return !d.position().Before(*st.after) }
		docs = slices.DeleteFunc(docs, given)
	}
	return docs, nil
}

// readBatch gives what the server sends next.
func (st *stream) readBatch(ctx context.Context) (docs []*eventDoc, err error) {
	ctx, cancel := context.WithTimeout(ctx, st.s.stepTime())
	defer cancel()
	for first := true; first || st.cursor.RemainingBatchLength() > 0; first = false {
		if !st.cursor.Next(ctx) {
			return docs, st.cursor.Err()
		}
		d := &eventDoc{}
		if err := st.cursor.Decode(d); err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

func newestFirst(a, b *eventDoc) int {
	return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Key, a.Key))
}

// holdBack keeps the last documents for the next batch, where one may come that stands in
// front of them: the server knows the order of their ties only.
func (st *stream) holdBack(docs []*eventDoc) []*eventDoc {
	if len(docs) == 0 {
		return docs
	}
	last := docs[len(docs)-1]
	n := len(docs)
	for n > 0 && docs[n-1].At == last.At && tieOf(docs[n-1].Key) == tieOf(last.Key) {
		n--
	}
	st.held = slices.Clone(docs[n:])
	return docs[:n]
}

func (st *stream) open(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, st.s.stepTime())
	defer cancel()
	filter, hint := st.question()
	opts := options.Find().SetSort(byTime).SetBatchSize(st.batch).SetProjection(st.projection)
	if hint != nil {
		opts.SetHint(hint)
	}
	find := st.find
	if find == nil {
		find = st.s.events.Find
	}
	st.gave = false
	st.cursor, err = find(ctx, filter, opts)
	return err
}

// question gives the filter of what is to be given next, and the index to use; nil leaves the
// choice to the server.
func (st *stream) question() (filter, hint bson.D) {
	st.part = st.time
	parts := []cond{st.cond}
	if st.after != nil {
		at := min(nanos(st.after.Time), st.part.to)
		st.part.to = min(st.part.to, at+1)
		parts = append(parts, upTo{at, tieOf(st.after.Key)})
	}
	if st.width > 0 {
		st.part.from = max(st.part.from, st.part.to-st.width)
	}
	for _, l := range neededLists(st.cond) {
		parts = append(parts, l)
	}
	filter = st.part.filter()
	switch c := both(parts...).(type) {
	case always:
	case allOf:
		filter = append(filter, c.filter()...)
	default:
		filter = append(filter, allOf{c}.filter()...)
	}
	return filter, hintOf(st.cond)
}

// upTo holds for events with at most this tie, if they are of this instant.
type upTo struct{ at, tie int64 }

func (c upTo) holds(d *eventDoc) bool { return d.At < c.at || d.At == c.at && tieOf(d.Key) <= c.tie }

func (c upTo) filter() bson.D {
	return bson.D{{Key: "$or", Value: bson.A{
		bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: c.at}}}},
		bson.D{{Key: "tie", Value: bson.D{{Key: "$lte", Value: c.tie}}}},
	}}}
}

// maxMerged is the most values of a list whose events the server merges from an index in
// order: MongoDB merges 200 ranges, and sorts what comes of more.
const maxMerged = 190

// hintOf names the index for the documents that meet a condition, newest first; see [plan].
func hintOf(c cond) bson.D {
	var found [2]bool // lists that can be merged: of terms, of marks
	large := false
	for _, l := range needed(c) {
		switch {
		case len(l.values) > maxMerged:
			large = true
		case l.array == marks:
			found[1] = true
		default:
			found[0] = true
		}
	}
	switch {
	case found[0] && found[1]:
		return nil
	case found[0]:
		return byTerm
	case found[1]:
		return byMark
	case large:
		return nil
	}
	return byTime
}

// neededLists gives the lists that are needed without being said: those that follow from
// alternatives.
func neededLists(c cond) (lists []has) {
	parts, ok := c.(allOf)
	if !ok {
		parts = allOf{c}
	}
	for _, p := range parts {
		if alternatives, ok := p.(anyOf); ok {
			lists = append(lists, neededOfAny(alternatives)...)
		}
	}
	return lists
}

// wholeDocuments is the projection of documents that are compared or shown; the terms are
// needed only where they decide.
func wholeDocuments(sure cond) bson.D {
	switch sure.(type) {
	case always, never:
		return bson.D{{Key: string(terms), Value: 0}, {Key: "contents", Value: 0}}
	}
	return bson.D{{Key: "contents", Value: 0}}
}

// candidate is a document that a query may match.
type candidate struct {
	doc  *eventDoc
	sure bool // it does
	// older are the earlier versions of its record, which are read for those that are not sure.
	older [][]byte
}

// candidates makes documents ready to be compared: those that are sure to match, and as many
// of the others as may be read.
func (s *Store) candidates(ctx context.Context, docs []*eventDoc, sure cond, read int) ([]candidate, error) {
	list := make([]candidate, len(docs))
	var load []*eventDoc
	var revised []*eventDoc
	for i, d := range docs {
		list[i] = candidate{doc: d, sure: sure.holds(d)}
		if !list[i].sure {
			if read--; read < 0 {
				list = list[:i+1]
				break
			}
			if d.Older > 0 {
				revised = append(revised, d)
			}
		}
		load = append(load, d)
	}
	for _, d := range load {
		if err := s.fresh(ctx, d); err != nil {
			return nil, err
		}
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return c.doc.vanished() })
	if len(revised) == 0 {
		return list, nil
	}
	older, err := s.olderOf(ctx, revised)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].older = older[list[i].doc.Key]
	}
	return list, nil
}
