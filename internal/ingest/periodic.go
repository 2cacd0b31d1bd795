package ingest

import (
	"context"
	"math/rand/v2"
	"time"

	"aoc"
	"aoc/internal/fleet"
)

const (
	// hintPause gathers hints before a collection follows them, so that a flood of
	// notifications starts one collection in this time and no more.
	hintPause = 20 * time.Second
	// shortestWait lies between two collections whatever is to be retried.
	shortestWait = 30 * time.Second
)

// Periodic collects at once and then again and again, about every so often, until ctx or
// the collector ends. It comes back sooner for what is to be retried sooner, and for feeds
// that were hastened. Of the processes that share a store one does it at a time: the others
// wait, and take over when it is due and nobody does it.
func (c *Collector) Periodic(ctx context.Context, every time.Duration) {
	s := &schedule{collector: c, every: every, due: c.clock.Now()}
	for ctx.Err() == nil && !c.isClosed() {
		wait := s.wait(ctx)
		if wait <= 0 {
			if c.take(ctx, s) != nil {
				return
			}
			continue
		}
		if !c.pause(ctx, wait) {
			continue
		}
		if !c.followHints(ctx) {
			return
		}
	}
}

// take does the run that is due, if nobody else has collection. The error says that
// collection has ended.
func (c *Collector) take(ctx context.Context, s *schedule) error {
	l, _, ok, err := c.fleet.TryLease(ctx, Lease)
	if err != nil {
		c.log.WarnContext(ctx, "collection is due and the store does not answer; trying again", "code", string(aoc.CodeOf(err)), "error", err)
	}
	if err != nil || !ok {
		return c.rest(ctx, fleet.Standby)
	}
	var run *Run
	// Whoever had the lease until just now may have done it.
	if s.wait(ctx) <= 0 {
		o, err := c.order(Request{}, false)
		if err == nil {
			run = c.launchWith(ctx, o, l, s.done)
		}
	}
	if run != nil {
		_ = run.Wait(ctx) // the report has it, and the next run tries again
		if err := ctx.Err(); err != nil {
			return err
		}
		s.ended()
		return nil
	}
	if err := fleet.Release(ctx, l); err != nil {
		c.log.WarnContext(ctx, "the lease of collection could not be given back; it runs out", "code", string(aoc.CodeOf(err)), "error", err)
	}
	return c.rest(ctx, fleet.Standby)
}

func (c *Collector) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// retryIn is how long it takes until something of a run's feeds is to be tried again.
func (c *Collector) retryIn(now time.Time, run *Run) time.Duration {
	soonest := time.Duration(1<<63 - 1)
	for _, f := range run.Report().Feeds {
		if !f.NextAttempt.IsZero() {
			soonest = min(soonest, f.NextAttempt.Sub(now))
		}
	}
	return soonest
}

// jitter spreads a period by a tenth, so that installations do not ask in step.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + rand.N(d/5)
}
