package mongo

import (
	"context"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// logHints remember where in the log readings ended: who follows the log goes on there.
type logHints struct {
	mu   sync.Mutex
	ends []logEnd // newest last
}

type logEnd struct{ size, n int64 }

func (h *logHints) put(size, n int64) {
	const kept = 16
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ends = append(h.ends, logEnd{size, n})
	if len(h.ends) > kept {
		h.ends = slices.Delete(h.ends, 0, len(h.ends)-kept)
	}
}

// floor gives the number of an entry that has at most size places with those before it.
func (h *logHints) floor(size int64) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	var n int64
	for _, end := range h.ends {
		if end.size <= size {
			n = max(n, end.n)
		}
	}
	return n
}

// firstBeyond finds the first entry with more places than size; n is that of the last entry
// and one when there is none.
func (s *Store) firstBeyond(ctx context.Context, size int64, last *entry) (n int64, err error) {
	low := s.hints.floor(size) // has at most size
	high := last.N + 1         // has more
	if last.Size <= size {
		return high, nil
	}
	for step := int64(1); low+step < high; step *= 2 { // near the hint, mostly
		e, err := s.entryAt(ctx, low+step)
		if err != nil {
			return 0, err
		}
		if e.Size > size {
			high = low + step
			break
		}
		low += step
	}
	for low+1 < high {
		mid := (low + high) / 2
		e, err := s.entryAt(ctx, mid)
		if err != nil {
			return 0, err
		}
		if e.Size > size {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}

// entryAt reads the sizes of an entry that must be there.
func (s *Store) entryAt(ctx context.Context, n int64) (*entry, error) {
	e, err := s.log.find(ctx, n, options.FindOne().SetProjection(bson.D{{Key: "n", Value: 1}, {Key: "size", Value: 1}, {Key: "edits", Value: 1}}))
	if err == nil && e == nil {
		err = goneEntry(n)
	}
	return e, err
}

// places are the places of the log that an entry has taken.
type places struct {
	first int64 // Seq of the first
	keys  []string
	n     int64 // of the entry
}

// eachPlaces calls f with the places of the entries from the first that reaches beyond
// after, ascending, until f is done or the log ends.
func (s *Store) eachPlaces(ctx context.Context, after int64, f func(p places) (done bool, err error)) error {
	last, err := s.log.applied(ctx)
	if err != nil {
		return err
	}
	n, err := s.firstBeyond(ctx, after, last)
	if err != nil {
		return err
	}
	for ; n <= last.N; n++ {
		e, err := s.log.find(ctx, n, options.FindOne().SetProjection(bson.D{{Key: "n", Value: 1}, {Key: "size", Value: 1}, {Key: "keys", Value: 1}}))
		if err == nil && e == nil {
			err = goneEntry(n)
		}
		if err != nil {
			return err
		}
		if len(e.Keys) == 0 {
			continue
		}
		p := places{first: e.Size - int64(len(e.Keys)) + 1, keys: e.Keys, n: n}
		if skip := after - p.first + 1; skip > 0 {
			p.first, p.keys = p.first+skip, p.keys[skip:]
		}
		done, err := f(p)
		if err != nil || done {
			return err
		}
		s.hints.put(e.Size, n)
	}
	return nil
}

// ReadLog implements [store.Log]. It reads what entries say that they added, in their order,
// so that nothing is passed over that becomes visible later.
func (s *Store) ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error) {
	const op = "mongo.read_log"
	events := []aoc.Event{}
	if limit <= 0 {
		return events, nil
	}
	err := s.eachPlaces(ctx, max(after, 0), func(p places) (bool, error) {
		for keys := range slices.Chunk(p.keys, limit) {
			found, err := s.eventsAt(ctx, p.first, keys)
			if err != nil {
				return false, err
			}
			p.first += int64(len(keys))
			events = append(events, found...)
			if len(events) >= limit {
				events = events[:limit]
				return true, nil
			}
		}
		return false, nil
	})
	return events, s.fault(err, op)
}

// eventsAt gives the events whose newest version is at the places from first on.
func (s *Store) eventsAt(ctx context.Context, first int64, keys []string) ([]aoc.Event, error) {
	shown, err := s.shownAt(ctx, first, keys)
	if err != nil {
		return nil, err
	}
	var events []aoc.Event
	for i, d := range shown {
		if d == nil {
			continue
		}
		if err := s.fresh(ctx, d); err != nil {
			return nil, err
		}
		if d.Seq == first+int64(i) && !d.vanished() { // else it has been revised just now
			events = append(events, d.event())
		}
	}
	return events, nil
}

// shownAt gives the documents of the events whose newest version is at the places from first
// on, where keys were; nil for a place that has none.
func (s *Store) shownAt(ctx context.Context, first int64, keys []string) ([]*eventDoc, error) {
	found, err := findByIDs[eventDoc](ctx, s, s.events, keys, nil)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]*eventDoc, len(found))
	for i := range found {
		byKey[found[i].Key] = &found[i]
	}
	shown := make([]*eventDoc, len(keys))
	for i, key := range keys {
		if shown[i], err = s.trace(ctx, byKey[key], first+int64(i)); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// trace finds the event whose newest version is at a place, where the key of a document was:
// there, or under the keys that events with it have got since. Each is read after what leads
// to it, so that no event passes by between the two.
func (s *Store) trace(ctx context.Context, d *eventDoc, place int64) (*eventDoc, error) {
	been := map[string]bool{}
	var next []string
	for {
		if d != nil {
			if !d.gone() && d.Seq == place {
				return d, nil
			}
			been[d.Key] = true
			next = append(append(next, d.Joined), d.Left...)
		}
		next = slices.DeleteFunc(next, func(key string) bool { return key == "" || been[key] })
		if len(next) == 0 {
			return nil, nil
		}
		been[next[0]] = true
		found, err := findByIDs[eventDoc](ctx, s, s.events, next[:1], nil)
		if err != nil {
			return nil, err
		}
		if d = nil; len(found) > 0 {
			d = &found[0]
		}
	}
}
