package mongo

import (
	"context"
	"crypto/rand"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/store"
)

// appendChanges are events that are new or revised: documents as if nothing was known of
// them, without terms.
type appendChanges struct {
	Events []*eventDoc `bson:"events"`
	// Moved says that they come from another store: whole, with Versions, their earlier ones,
	// and in the place of what was stored of them.
	Moved    bool          `bson:"moved,omitempty"`
	Versions []*versionDoc `bson:"versions,omitempty"`
}

// Append implements [store.Log].
func (s *Store) Append(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	const op = "mongo.append"
	if len(events) == 0 {
		return nil, nil
	}
	if err := checkBatch(op, len(events)); err != nil {
		return nil, err
	}
	marks := make([]string, len(events))
	for i := range events {
		if err := store.CheckEvent(op, &events[i]); err != nil {
			return nil, err
		}
		var err error
		if marks[i], err = contentMark(events[i].Raw); err != nil {
			return nil, err
		}
	}
	if err := s.writable(op); err != nil {
		return nil, err
	}
	var b *appendBatch
	err := s.log.change(ctx, func(last *entry) (*entry, error) {
		known, err := s.lookup(ctx, events)
		if err != nil {
			return nil, err
		}
		b = &appendBatch{known: known, size: last.Size, edge: edgeOf(last.Edge), hours: map[string]bool{}, noChain: s.opts.NoChain}
		for i := range events {
			b.add(&events[i], marks[i])
		}
		return b.entry(last), nil
	})
	if err != nil {
		return nil, s.fault(err, op)
	}
	return b.outcomes, nil
}

// maxBatch is the most places that one entry of the log takes: their keys and leaves are
// about 70 bytes each, beside a body of up to maxBody.
const maxBatch = 100_000

func checkBatch(op string, n int) error {
	if n <= maxBatch {
		return nil
	}
	e := aoc.Errorf(aoc.CodeInvalid, op, "%d events at once are too many", n)
	e.Hint = "Append at most 100,000 at a time."
	return e
}

// knownEvent is what has to be known of an event to tell what becomes of another arrival.
type knownEvent struct {
	Key      string   `bson:"_id"`
	At       int64    `bson:"at"`
	Seq      int64    `bson:"seq"`
	Contents []string `bson:"contents"`
}

// lookup finds what is known of events.
func (s *Store) lookup(ctx context.Context, events []aoc.Event) (map[string]*knownEvent, error) {
	ids := make([]string, 0, len(events))
	for i := range events {
		ids = append(ids, events[i].Key)
	}
	found, err := findByIDs[knownEvent](ctx, s, s.events, ids, bson.D{{Key: "at", Value: 1}, {Key: "seq", Value: 1}, {Key: "contents", Value: 1}})
	if err != nil {
		return nil, err
	}
	known := make(map[string]*knownEvent, len(found))
	for i := range found {
		if len(found[i].Contents) > 0 { // else a tombstone
			known[found[i].Key] = &found[i]
		}
	}
	return known, nil
}

// appendBatch works out one entry of appended events.
type appendBatch struct {
	known    map[string]*knownEvent
	outcomes []store.Outcome
	changes  appendChanges
	keys     []string
	leaves   []tlog.Hash
	hours    map[string]bool
	size     int64
	edge     edge
	noChain  bool
}

// add decides what becomes of an event.
func (b *appendBatch) add(e *aoc.Event, mark string) {
	k := b.known[e.Key]
	outcome := store.New
	switch {
	case k == nil:
		k = &knownEvent{Key: e.Key}
		b.known[e.Key] = k
	case slices.Contains(k.Contents, mark):
		b.outcomes = append(b.outcomes, store.Duplicate)
		return
	default:
		outcome = store.Revision
		b.hours[hourOf(e.TenantID, k.At)] = true
	}
	b.outcomes = append(b.outcomes, outcome)
	b.hours[hourOf(e.TenantID, nanos(e.Timestamp))] = true
	k.Contents, k.At = append(k.Contents, mark), nanos(e.Timestamp)
	salt := make([]byte, store.SaltLen)
	_, _ = rand.Read(salt) // never fails: crypto/rand
	doc := newEventDoc(e, salt, mark)
	doc.Seq = b.size + 1
	b.place(e.Key, store.LeafHash(doc.Seq, e.Key, e.Raw, salt, e.ReceivedAt, e.Origin))
	b.changes.Events = append(b.changes.Events, doc)
}

// place takes the next place of the log.
func (b *appendBatch) place(key string, leaf tlog.Hash) {
	b.keys = append(b.keys, key)
	if !b.noChain {
		b.leaves = append(b.leaves, leaf)
		b.edge = b.edge.add(b.size, leaf)
	}
	b.size++
}

// entry gives the entry to commit; nil when there is nothing new.
func (b *appendBatch) entry(last *entry) *entry {
	if len(b.keys) == 0 {
		return nil
	}
	hours := make([]string, 0, len(b.hours))
	for h := range b.hours {
		hours = append(hours, h)
	}
	slices.Sort(hours)
	return &entry{
		Kind: kindAppend, Size: b.size, Edits: last.Edits, Keys: b.keys, Leaves: joinHashes(b.leaves), Edge: b.edge.bytes(), Hours: hours,
		changes: &b.changes,
	}
}

// aFew is how many documents a server that finds them by a whole _id alone reads one by one
// rather than by reading all there are.
const aFew = 1000

// findByIDs reads the documents with ids, in no order.
func findByIDs[T any](ctx context.Context, s *Store, coll collection, ids []string, projection bson.D) ([]T, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	const atOnce = 5000
	var all []T
	if s.caps.scans && len(ids) <= aFew {
		return findOneByOne[T](ctx, coll, ids, projection)
	}
	for part := range slices.Chunk(ids, atOnce) {
		opts := options.Find().SetBatchSize(atOnce)
		if projection != nil {
			opts.SetProjection(projection)
		}
		cursor, err := coll.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: part}}}}, opts)
		if err != nil {
			return nil, err
		}
		var found []T
		if err := cursor.All(ctx, &found); err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// writable fails for a store that was opened to read.
func (s *Store) writable(op string) error {
	if !s.opts.ReadOnly {
		return nil
	}
	return aoc.Errorf(aoc.CodeInvalid, op, "the store was opened to read only")
}

// LastSeq implements [store.Log]: the newest place of the log whose event can be read.
func (s *Store) LastSeq(ctx context.Context) (int64, error) {
	e, err := s.log.applied(ctx)
	if err != nil {
		return 0, s.fault(err, "mongo.last_seq")
	}
	return e.Size, nil
}
