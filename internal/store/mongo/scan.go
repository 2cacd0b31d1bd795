package mongo

import (
	"context"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// scanned is what a server that has no use for indexes would read for every question: the
// events and the vocabulary, as they are at some entry of the log. It is read once for all
// questions until the log goes on or events expire.
type scanned struct {
	mu      sync.Mutex
	n       int64 // entry of the log that all of it is there up to
	expired int64 // steps of expiry before it was read
	last    *reading
}

// reading is what has been read of a whole database.
type reading struct {
	events  []*eventDoc
	older   map[string][][]byte
	entries []string
}

// scan gives the events, newest first, with the earlier versions of their records, and the
// vocabulary. None of it is to be changed.
func (s *Store) scan(ctx context.Context) (*reading, error) {
	c := &s.scanned
	c.mu.Lock()
	defer c.mu.Unlock()
	last, err := s.log.applied(ctx)
	if err != nil {
		return nil, err
	}
	expired, err := s.expiry(ctx)
	if err != nil {
		return nil, err
	}
	if c.last != nil && c.n == last.N && c.expired == expired.N {
		return c.last, nil
	}
	r, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	c.n, c.expired, c.last = last.N, expired.N, r
	return r, nil
}

func (s *Store) readAll(ctx context.Context) (*reading, error) {
	r := &reading{}
	cursor, err := s.events.Find(ctx, isEvent(), options.Find().SetBatchSize(largestBatch))
	if err != nil {
		return nil, err
	}
	if err := cursor.All(ctx, &r.events); err != nil {
		return nil, err
	}
	slices.SortFunc(r.events, newestFirst)
	var revised []*eventDoc
	for _, d := range r.events {
		if d.Older > 0 {
			revised = append(revised, d)
		}
	}
	if r.older, err = s.olderRaws(ctx, revised); err != nil {
		return nil, err
	}
	if cursor, err = s.words.Find(ctx, bson.D{}, options.Find().SetBatchSize(largestBatch).SetProjection(bson.D{{Key: "w", Value: 1}})); err != nil {
		return nil, err
	}
	var words []wordDoc
	if err := cursor.All(ctx, &words); err != nil {
		return nil, err
	}
	for i := range words {
		r.entries = append(r.entries, words[i].Entry)
	}
	return r, nil
}

// scan gives the next documents.
func (st *stream) scan(ctx context.Context) ([]*eventDoc, error) {
	all, err := st.s.scan(ctx)
	if err != nil {
		return nil, err
	}
	var docs []*eventDoc
	for _, d := range all.events {
		if st.time.holds(d) && st.cond.holds(d) && (st.after == nil || d.position().Before(*st.after)) {
			own := *d
			if docs = append(docs, &own); len(docs) == int(st.batch) {
				st.batch = min(2*st.batch, largestBatch)
				return docs, nil
			}
		}
	}
	st.ended = true
	return docs, nil
}

// findScanned is find for a vocabulary that has been read as a whole.
func (v shelves) findScanned(ctx context.Context, l lookup) (entries []string, ok bool, err error) {
	all, err := v.s.scan(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, e := range all.entries {
		if l.wants(e) {
			entries = append(entries, e)
		}
	}
	slices.Sort(entries)
	entries = slices.Compact(entries)
	return entries, len(entries) <= maxEntries, nil
}

// olderOf gives the earlier versions of the records of events, oldest first.
func (s *Store) olderOf(ctx context.Context, docs []*eventDoc) (map[string][][]byte, error) {
	if !s.caps.scans {
		return s.olderRaws(ctx, docs)
	}
	all, err := s.scan(ctx)
	if err != nil {
		return nil, err
	}
	return all.older, nil
}
