package ingest

import (
	"context"
	"time"

	"aoc/internal/fleet"
	"aoc/internal/store"
)

// Lease is the name of the lease that a run has while it works.
const Lease = "collection"

// claim waits until collection is this process's and says meanwhile whom it waits for. The
// error is the store's, errStopped or the context's.
func (c *Collector) claim(ctx context.Context, r *Run) (store.Lease, error) {
	for {
		l, holder, ok, err := c.fleet.TryLease(ctx, Lease)
		if err != nil || ok {
			return l, err
		}
		r.wait(holder)
		if err := c.rest(ctx, fleet.Standby); err != nil {
			return nil, err
		}
	}
}

// rest waits for d; its error says why collection ends instead.
func (c *Collector) rest(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	end := make(chan struct{})
	defer close(end)
	go func() {
		select {
		case <-c.stopping:
			cancel()
		case <-end:
		}
	}()
	err := c.clock.Sleep(ctx, d)
	select {
	case <-c.stopping:
		return errStopped
	default:
		return err
	}
}

// trust decides whether what is in memory of the ledger still holds: it does when nobody
// else can have written since the last run of this process, whose term was the one before.
func (c *Collector) trust(term int64) {
	c.mu.Lock()
	last := c.term
	c.term = term
	c.mu.Unlock()
	if last != 0 && (term == last || term == last+1) {
		return
	}
	for _, f := range c.feeds {
		f.ledger.forget()
	}
}

// view gives a feed's ledger for looking at: this process's own while it collects, or where
// nobody else writes; else as the store has it.
func (c *Collector) view(f *feed) *ledger {
	if !c.fleet.Shared() || c.fleet.Holds(Lease) {
		return f.ledger
	}
	return &ledger{store: c.store, feed: f.spec.Feed}
}

// errLost is how a run ends whose process has lost the lease.
func errLost() error {
	return store.ErrFenced("ingest.run", store.Fence{Name: Lease})
}
