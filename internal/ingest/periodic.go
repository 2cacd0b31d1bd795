package ingest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
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
// that were hastened.
func (c *Collector) Periodic(ctx context.Context, every time.Duration) error {
	next := c.now()
	for ctx.Err() == nil && !c.isClosed() {
		if wait := next.Sub(c.now()); wait > 0 {
			if !c.pause(ctx, wait) {
				continue
			}
			if !c.followHints(ctx) {
				return nil
			}
			continue
		}
		run, _, err := c.begin(ctx, Request{}, false)
		if err != nil {
			return nil //nolint:nilerr // ctx has ended or the collector was closed
		}
		_ = run.Wait(ctx) // the report has it, and the next run tries again
		now := c.now()
		next = now.Add(max(shortestWait, min(jitter(every), c.retryIn(now, run))))
	}
	return nil
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

// Hasten asks for a feed to be collected soon, by a name as in [Request]. Hints of the same
// feed count once; names nobody knows are ignored. Without [Collector.Periodic] it does
// nothing.
func (c *Collector) Hasten(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.feeds {
		if f.called(name) {
			c.hints[f] = struct{}{}
		}
	}
	if len(c.hints) > 0 {
		select {
		case c.hinted <- struct{}{}:
		default:
		}
	}
}

// pause waits for d; true when it was cut short by a hint.
func (c *Collector) pause(ctx context.Context, d time.Duration) (hinted bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-c.hinted:
			hinted = true
			cancel()
		case <-c.stopping:
			cancel()
		case <-ctx.Done():
		}
	})
	_ = c.clock.Sleep(ctx, d) // woken or done: both go on
	cancel()
	wg.Wait()
	return hinted
}

// followHints collects the hastened feeds, after a moment for more hints to come in. It is
// false when collection has ended.
func (c *Collector) followHints(ctx context.Context) bool {
	if c.clock.Sleep(ctx, hintPause) != nil {
		return false
	}
	c.mu.Lock()
	o := order{}
	for _, f := range c.feeds {
		if _, ok := c.hints[f]; ok {
			o.feeds = append(o.feeds, f)
		}
	}
	clear(c.hints)
	select {
	case <-c.hinted: // of a hint that came in meanwhile
	default:
	}
	c.mu.Unlock()
	if len(o.feeds) == 0 {
		return true
	}
	run, _, err := c.launch(ctx, o)
	if err != nil {
		return false
	}
	_ = run.Wait(ctx) // as in Periodic
	return ctx.Err() == nil
}
