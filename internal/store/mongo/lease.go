package mongo

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
)

// A lease is a document whose unique _id is its name and term: of several processes that
// want the next term, one inserts it. Who has it shows that it lives by counting up its
// beat. No time of another process is compared with one's own: a process looks whether the
// beat has moved since it looked before, and by its own clock how long ago that was.
const (
	leaseBeat = time.Second     // between two beats
	leaseRuns = 6 * time.Second // without a beat, seen by others, until they take it
	leaseEnds = 4 * time.Second // without being able to beat, until who has it gives up
)

type leaseDoc struct {
	ID       string `bson:"_id"` // name/term
	Name     string `bson:"name"`
	Term     int64  `bson:"term"`
	Holder   string `bson:"holder"`
	Beat     int64  `bson:"beat"`
	Released bool   `bson:"released,omitempty"`
}

func leaseID(name string, term int64) string { return name + "/" + entryID(term) }

// heldLeases are the leases of this process, and what it has seen of those of others.
type heldLeases struct {
	mu    sync.Mutex
	held  map[string]*lease
	seen  map[string]sight
	beats sync.WaitGroup
}

// sight is the beat that a lease was last seen with, and when it was first seen with it.
type sight struct {
	term, beat int64
	since      time.Time
}

// lease implements [store.Lease].
type lease struct {
	s    *Store
	name string
	term int64
	held context.Context //nolint:containedctx // ends with the lease, which no call's context does
	end  context.CancelFunc
}

// TryLease implements [store.Leases].
func (s *Store) TryLease(ctx context.Context, name string) (l store.Lease, holder string, ok bool, err error) {
	const op = "mongo.try_lease"
	if name == "" {
		return nil, "", false, aoc.Errorf(aoc.CodeInvalid, op, "name: a lease needs one")
	}
	if err := s.writable(op); err != nil {
		return nil, "", false, err
	}
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	if s.held.held[name] != nil {
		return nil, s.opts.Process, false, nil
	}
	newest, err := s.newestLease(ctx, name)
	if err != nil {
		return nil, "", false, s.fault(err, op)
	}
	if newest != nil && !newest.Released && !s.held.silent(newest, s.clock.Now()) {
		return nil, newest.Holder, false, nil
	}
	term, err := s.nextTerm(ctx, name, newest)
	if err != nil {
		return nil, "", false, s.fault(err, op)
	}
	taken, err := s.take(ctx, name, term)
	if err != nil || taken == nil {
		return nil, "", false, s.fault(err, op)
	}
	return taken, s.opts.Process, true, nil
}

// nextTerm gives the term after the newest one: of those that are leases, and of those whose
// fence was raised by a process that could not learn of it, and gave up.
func (s *Store) nextTerm(ctx context.Context, name string, newest *leaseDoc) (int64, error) {
	last, err := s.ledger.catchUp(ctx)
	if err != nil {
		return 0, err
	}
	term := termOf(last.Fences, name)
	if newest != nil {
		term = max(term, newest.Term)
	}
	return term + 1, nil
}

// newestLease reads the newest term of a lease; nil when nobody ever had it.
func (s *Store) newestLease(ctx context.Context, name string) (*leaseDoc, error) {
	var d leaseDoc
	err := s.leases.FindOne(ctx, bson.D{{Key: "name", Value: name}}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// silent reports whether a lease has not beaten for so long that it can be taken.
func (h *heldLeases) silent(d *leaseDoc, now time.Time) bool {
	was, known := h.seen[d.Name]
	if known && was.term == d.Term && was.beat == d.Beat {
		return now.Sub(was.since) >= leaseRuns
	}
	if h.seen == nil {
		h.seen = map[string]sight{}
	}
	h.seen[d.Name] = sight{d.Term, d.Beat, now}
	return false
}

// take tries to be the one who has a term; nil when another process is.
func (s *Store) take(ctx context.Context, name string, term int64) (*lease, error) {
	d := leaseDoc{ID: leaseID(name, term), Name: name, Term: term, Holder: s.opts.Process}
	if _, err := s.leases.InsertOne(ctx, d); err != nil {
		if mongo.IsDuplicateKeyError(err) {
			return nil, nil
		}
		return nil, err
	}
	// From here on writes under earlier terms fail. It also tells a process that slept before
	// it inserted: the number was free because it was used long ago.
	if err := s.raiseFence(ctx, fence{name, term}); err != nil {
		_, dropped := s.leases.DeleteOne(context.WithoutCancel(ctx), byID(d.ID))
		if aoc.CodeOf(err) == aoc.CodeConflict {
			return nil, dropped
		}
		return nil, err
	}
	old := bson.D{{Key: "name", Value: name}, {Key: "_id", Value: bson.D{{Key: "$lt", Value: d.ID}}}}
	if _, err := s.leases.DeleteMany(ctx, old); err != nil {
		s.slog.DebugContext(ctx, "old terms of a lease stay for now", "lease", name, "error", err)
	}
	l := &lease{s: s, name: name, term: term}
	l.held, l.end = context.WithCancel(s.running)
	if s.held.held == nil {
		s.held.held = map[string]*lease{}
	}
	s.held.held[name] = l
	s.held.beats.Go(l.beat)
	return l, nil
}

// beat shows that the lease lives, until it is released or lost.
func (l *lease) beat() {
	defer l.drop()
	last := l.s.clock.Now()
	for l.s.clock.Sleep(l.held, leaseBeat) == nil {
		ok, err := l.beatOnce()
		now := l.s.clock.Now()
		switch {
		case l.held.Err() != nil:
			return
		case err == nil && !ok:
			l.s.slog.Warn("another process has taken over", "lease", l.name, "term", l.term)
			return
		case err == nil:
			last = now
		case now.Sub(last) >= leaseEnds:
			l.s.slog.Warn("a lease is given up: the database could not be reached in time", "lease", l.name, "term", l.term, "error", err)
			return
		}
	}
}

// beatOnce counts up the beat; false when the lease is another process's.
func (l *lease) beatOnce() (bool, error) {
	ctx, cancel := context.WithTimeout(l.held, leaseEnds/2)
	defer cancel()
	r, err := l.s.leases.UpdateOne(ctx, byID(leaseID(l.name, l.term)), bson.D{{Key: "$inc", Value: bson.D{{Key: "beat", Value: int64(1)}}}})
	if err != nil {
		return false, err
	}
	if r.MatchedCount == 0 {
		return false, nil
	}
	err = l.s.leases.FindOne(ctx, byID(leaseID(l.name, l.term+1))).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return true, nil
	}
	return false, err
}

// drop ends the lease in this process.
func (l *lease) drop() {
	l.end()
	l.s.held.mu.Lock()
	defer l.s.held.mu.Unlock()
	if l.s.held.held[l.name] == l {
		delete(l.s.held.held, l.name)
	}
}

// Context implements [store.Lease].
func (l *lease) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(store.WithFence(ctx, store.Fence{Name: l.name, Term: l.term}))
	stop := context.AfterFunc(l.held, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// Term implements [store.Lease].
func (l *lease) Term() int64 { return l.term }

// Release implements [store.Lease].
func (l *lease) Release(ctx context.Context) error {
	had := l.held.Err() == nil
	l.drop()
	if !had {
		return nil
	}
	_, err := l.s.leases.UpdateOne(ctx, byID(leaseID(l.name, l.term)), bson.D{{Key: "$set", Value: bson.D{{Key: "released", Value: true}}}})
	return l.s.fault(err, "mongo.release_lease")
}

// releaseAll gives back what this process has, so that nobody need wait for it.
func (h *heldLeases) releaseAll(s *Store) {
	h.mu.Lock()
	var all []*lease
	for _, l := range h.held {
		all = append(all, l)
	}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), leaseBeat)
	defer cancel()
	for _, l := range all {
		if err := l.Release(ctx); err != nil {
			s.slog.Debug("a lease runs out by itself", "lease", l.name, "error", err)
		}
	}
	s.closed()
	h.beats.Wait()
}
