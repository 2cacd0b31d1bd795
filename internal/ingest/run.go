package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store"
)

const (
	keptRuns      = 50
	feedsAtOnce   = 16
	runTimeLayout = "20060102T150405Z"
)

// Start begins a collection, or joins the one under way when that does all that is asked
// for. Otherwise the request waits until that one is done, together with others that wait:
// the run it is given then does what all of them ask for. It also waits for a collection of
// another process. joined tells whether the run existed before. The run does not end with
// ctx; [Collector.Close] ends it.
//
// Because a person asked, what would wait for its back-off is tried at once; only when
// Microsoft itself has asked for a pause it is kept. Codes: invalid for an unknown
// collector or negative hours, unavailable when the collector is closed.
func (c *Collector) Start(ctx context.Context, req Request) (run *Run, joined bool, err error) {
	o, err := c.order(req, true)
	if err != nil {
		return nil, false, err
	}
	return c.launch(ctx, o)
}

// launch starts, joins or queues an order.
func (c *Collector) launch(ctx context.Context, o order) (*Run, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, false, aoc.Errorf(aoc.CodeUnavailable, "ingest.start", "collection is shutting down")
	case c.active == nil:
		c.active = c.newRun(ctx, o)
		c.work(context.WithoutCancel(ctx), c.active, nil)
		return c.active, false, nil
	case c.active.widen(o, c.feeds), c.active.doing().covers(o):
		return c.active, true, nil
	case c.queued == nil:
		c.queued = c.newRun(ctx, o)
		return c.queued, false, nil
	default:
		c.queued.widen(o, c.feeds)
		return c.queued, true, nil
	}
}

// launchWith starts an order under a lease that the caller has taken. It gives no run when
// another one is there by now: that waits for the lease, which the caller then gives back.
// after is done at the end, under the lease.
func (c *Collector) launchWith(ctx context.Context, o order, l store.Lease, after func(context.Context, *Run)) *Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.active != nil {
		return nil
	}
	c.active = c.newRun(ctx, o)
	c.active.after = after
	c.work(context.WithoutCancel(ctx), c.active, l)
	return c.active
}

func (c *Collector) newRun(ctx context.Context, o order) *Run {
	now := c.now()
	r := &Run{
		id: now.Format(runTimeLayout) + "-" + rand.Text()[:6], process: c.fleet.Process(),
		state: RunQueued, queued: now, order: o, done: make(chan struct{}),
	}
	r.published = c.fleet.Publish(ctx, ReportKind, r.id, keptRuns, func() any { return r.Report() })
	c.runs = append(c.runs, r)
	if len(c.runs) > keptRuns {
		c.runs = slices.Delete(c.runs, 0, len(c.runs)-keptRuns)
	}
	return r
}

// work does r, under a lease that is its own from then on or, without one, when it gets it;
// then what has queued up. The caller holds mu.
func (c *Collector) work(ctx context.Context, r *Run, l store.Lease) {
	runCtx, cancel := context.WithCancel(ctx)
	c.cancel = cancel
	go func() {
		defer cancel()
		err := c.workWith(runCtx, r, l)
		c.mu.Lock()
		c.active, c.queued = c.queued, nil
		if c.active != nil {
			c.work(ctx, c.active, nil)
		}
		r.end(c.now(), err)
		c.mu.Unlock()
		c.conclude(ctx, r)
	}()
}

// workWith does a run under the lease of collection.
func (c *Collector) workWith(ctx context.Context, r *Run, l store.Lease) error {
	if l == nil {
		var err error
		if l, err = c.claim(ctx, r); err != nil {
			return err
		}
	}
	held, cancel := l.Context(ctx)
	defer cancel()
	c.trust(l.Term())
	r.start(c.now())
	err := c.collect(ctx, held, r)
	if r.after != nil && held.Err() == nil {
		r.after(held, r)
	}
	if e := fleet.Release(ctx, l); e != nil {
		c.log.WarnContext(ctx, "the lease of collection could not be given back; it runs out", "code", string(aoc.CodeOf(e)), "error", e)
	}
	return err
}

// conclude tells everybody how a run has ended.
func (c *Collector) conclude(ctx context.Context, r *Run) {
	r.published.End(ctx)
	close(r.done)
}

// collect passes over every feed of a run. held is ctx under the lease of collection.
func (c *Collector) collect(ctx, held context.Context, r *Run) error {
	pipe := newPipeline(c.cfg, c.store, c.names)
	stop := pipe.start(held)
	defer stop()
	var group errgroup.Group // a feed that fails leaves the others alone
	group.SetLimit(feedsAtOnce)
	o := r.doing()
	errs := make([]error, len(o.feeds))
	for i, f := range o.feeds {
		group.Go(func() error {
			errs[i] = c.pass(ctx, held, pipe, r, o, f)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return joinFaults(errs)
}

// joinFaults joins the errors of feeds. That the lease was lost goes before all others, most
// of which follow from it.
func joinFaults(errs []error) error {
	for _, err := range errs {
		if aoc.CodeOf(err) == aoc.CodeConflict {
			return err
		}
	}
	return errors.Join(errs...)
}

// pass does one feed's part of a run.
func (c *Collector) pass(ctx, held context.Context, pipe *pipeline, r *Run, o order, f *feed) error {
	p := &pass{
		src: f.src, spec: f.spec, ledger: f.ledger, store: c.store, pipe: pipe, slots: c.slots,
		observer: c.cfg.Observer, log: c.log.With("feed", f.spec.Feed.String(), "run", r.id), clock: c.clock,
		progress: r.progressOf(f), stopping: c.stopping,
		back: o.back(f), insist: o.insist, firstFor: c.cfg.FirstFetch, keep: c.cfg.KeepLedger,
		tried: map[string]bool{}, touched: map[time.Time]bool{},
	}
	p.progress.change(func(rep *FeedReport) { rep.State, rep.Started = FeedRunning, p.now() })
	err := p.run(held)
	if err != nil && held.Err() != nil && ctx.Err() == nil {
		err = errLost()
	}
	p.progress.end(p.now(), err)
	if err != nil && !stoppedOnly(err) {
		p.log.Error("collection of a feed ended early", "error", err)
	}
	return err
}

// Collects reports whether there is anything to collect.
func (c *Collector) Collects() bool { return len(c.feeds) > 0 }

// RunByID gives one of the last runs of this process.
func (c *Collector) RunByID(id string) (*Run, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.runs {
		if r.id == id {
			return r, true
		}
	}
	return nil, false
}

// Runs gives the last runs of this process, newest first.
func (c *Collector) Runs() []*Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	rs := slices.Clone(c.runs)
	slices.Reverse(rs)
	return rs
}

// Run is one collection, under way or done.
type Run struct {
	id        string
	process   string
	published *fleet.Publication
	after     func(context.Context, *Run) // at the end, under the lease; may be nil
	done      chan struct{}

	mu       sync.Mutex
	order    order
	state    RunState
	waitsFor string
	queued   time.Time
	started  time.Time
	finished time.Time
	err      error
	feeds    []*feedProgress
}

// ID names the run for [Collector.RunByID].
func (r *Run) ID() string { return r.id }

// Told waits, not for long, until other processes can tell of the run.
func (r *Run) Told(ctx context.Context) { r.published.Told(ctx) }

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Wait waits for the run to end and gives what ended it early: an error of the store, that
// collection was stopped, or, with code conflict, that another process has taken it over.
// Faults of upstream end nothing; the report has them.
func (r *Run) Wait(ctx context.Context) error {
	select {
	case <-r.done:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Run) doing() order {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.order
}

// widen adds to a run, if it has not started.
func (r *Run) widen(o order, all []*feed) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != RunQueued {
		return false
	}
	r.order = r.order.merge(o, all)
	return true
}

// wait notes which process a run waits for.
func (r *Run) wait(holder string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waitsFor = holder
}

func (r *Run) start(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.started, r.waitsFor = RunRunning, now, ""
	for _, f := range r.order.feeds {
		r.feeds = append(r.feeds, newFeedProgress(f, now, clamped(f, r.order.hours)))
	}
}

func (r *Run) end(now time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished, r.state, r.waitsFor = now, RunDone, ""
	switch {
	case err == nil:
	case stoppedOnly(err):
		r.state, r.err = RunStopped, aoc.Wrap(err, aoc.CodeUnavailable, "ingest.run", "collection was stopped before it was done")
	case aoc.CodeOf(err) == aoc.CodeConflict:
		r.state, r.err = RunLost, err
	default:
		r.state, r.err = RunFailed, err
	}
}

// clean reports whether all that was due could be collected.
func (r *Run) clean() bool {
	for _, f := range r.Report().Feeds {
		if f.State != FeedDone {
			return false
		}
	}
	return true
}

func (r *Run) progressOf(f *feed) *feedProgress {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.feeds {
		if p.feed == f {
			return p
		}
	}
	return nil // not reached: start made one for every feed of the order
}
