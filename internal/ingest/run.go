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
)

const (
	keptRuns      = 50
	feedsAtOnce   = 16
	runTimeLayout = "20060102T150405Z"
)

// Start begins a collection, or joins the one under way when that does all that is asked
// for. Otherwise the request waits until that one is done, together with others that wait:
// the run it is given then does what all of them ask for. joined tells whether the run
// existed before. The run does not end with ctx; [Collector.Close] ends it.
//
// Because a person asked, what would wait for its back-off is tried at once; only when
// Microsoft itself has asked for a pause it is kept. Codes: invalid for an unknown
// collector or negative hours, unavailable when the collector is closed.
func (c *Collector) Start(ctx context.Context, req Request) (run *Run, joined bool, err error) {
	return c.begin(ctx, req, true)
}

func (c *Collector) begin(ctx context.Context, req Request, insist bool) (*Run, bool, error) {
	o, err := c.order(req, insist)
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
		c.active = c.newRun(o)
		c.work(context.WithoutCancel(ctx), c.active)
		return c.active, false, nil
	case c.active.doing().covers(o):
		return c.active, true, nil
	case c.queued == nil:
		c.queued = c.newRun(o)
		return c.queued, false, nil
	default:
		c.queued.widen(o, c.feeds)
		return c.queued, true, nil
	}
}

func (c *Collector) newRun(o order) *Run {
	now := c.now()
	r := &Run{id: now.Format(runTimeLayout) + "-" + rand.Text()[:6], state: RunQueued, queued: now, order: o, done: make(chan struct{})}
	c.runs = append(c.runs, r)
	if len(c.runs) > keptRuns {
		c.runs = slices.Delete(c.runs, 0, len(c.runs)-keptRuns)
	}
	return r
}

// work runs r and then what has queued up. The caller holds mu.
func (c *Collector) work(ctx context.Context, r *Run) {
	runCtx, cancel := context.WithCancel(ctx)
	c.cancel = cancel
	r.start(c.now())
	go func() {
		defer cancel()
		err := c.collect(runCtx, r)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.active, c.queued = c.queued, nil
		if c.active != nil {
			c.work(ctx, c.active)
		}
		r.end(c.now(), err)
	}()
}

// collect passes over every feed of a run.
func (c *Collector) collect(ctx context.Context, r *Run) error {
	pipe := newPipeline(c.cfg, c.store, c.names)
	stop := pipe.start(ctx)
	defer stop()
	var group errgroup.Group // a feed that fails leaves the others alone
	group.SetLimit(feedsAtOnce)
	o := r.doing()
	errs := make([]error, len(o.feeds))
	for i, f := range o.feeds {
		group.Go(func() error {
			errs[i] = c.pass(ctx, pipe, r, o, f)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errors.Join(errs...)
}

// pass does one feed's part of a run.
func (c *Collector) pass(ctx context.Context, pipe *pipeline, r *Run, o order, f *feed) error {
	p := &pass{
		src: f.src, spec: f.spec, ledger: f.ledger, store: c.store, pipe: pipe, slots: c.slots,
		observer: c.cfg.Observer, log: c.log.With("feed", f.spec.Feed.String(), "run", r.id), clock: c.clock,
		progress: r.progressOf(f), stopping: c.stopping,
		back: o.back(f), insist: o.insist, firstFor: c.cfg.FirstFetch, keep: c.cfg.KeepLedger,
		tried: map[string]bool{}, touched: map[time.Time]bool{},
	}
	p.progress.change(func(rep *FeedReport) { rep.State, rep.Started = FeedRunning, p.now() })
	err := p.run(ctx)
	p.progress.end(p.now(), err)
	if err != nil && !stoppedOnly(err) {
		p.log.Error("collection of a feed ended early", "error", err)
	}
	return err
}

// RunByID gives one of the last runs.
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

// Runs gives the last runs, newest first.
func (c *Collector) Runs() []*Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	rs := slices.Clone(c.runs)
	slices.Reverse(rs)
	return rs
}

// Run is one collection, under way or done.
type Run struct {
	id   string
	done chan struct{}

	mu       sync.Mutex
	order    order
	state    RunState
	queued   time.Time
	started  time.Time
	finished time.Time
	err      error
	feeds    []*feedProgress
}

// ID names the run for [Collector.RunByID].
func (r *Run) ID() string { return r.id }

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Wait waits for the run to end and gives what ended it early: an error of the store, or
// that collection was stopped. Faults of upstream end nothing; the report has them.
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

// widen adds to a run that has not started.
func (r *Run) widen(o order, all []*feed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order = r.order.merge(o, all)
}

func (r *Run) start(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.started = RunRunning, now
	for _, f := range r.order.feeds {
		r.feeds = append(r.feeds, newFeedProgress(f, now, clamped(f, r.order.hours)))
	}
}

func (r *Run) end(now time.Time, err error) {
	r.mu.Lock()
	r.finished, r.state = now, RunDone
	switch {
	case err == nil:
	case stoppedOnly(err):
		r.state, r.err = RunStopped, aoc.Wrap(err, aoc.CodeUnavailable, "ingest.run", "collection was stopped before it was done")
	default:
		r.state, r.err = RunFailed, err
	}
	r.mu.Unlock()
	close(r.done)
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
