package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/store"
)

// errStopped ends a pass whose collector is closing.
var errStopped = errors.New("collection was stopped") //nolint:gochecknoglobals // sentinel

const (
	// strikes is how many faults in a row that concern the whole feed end a pass: one
	// forbidden blob must not stop the others, a revoked permission need not be tried a
	// thousand times.
	strikes = 3
	// streak is how many faults in a row of any kind end it: an outage that answers every
	// question with nonsense must not be asked ten thousand of them.
	streak = 25
)

// pass is one feed's part in a run: plan, write off what is lost, list, read, sweep.
// Errors of its methods are the store's, a cancelled context or errStopped, and end the
// pass; faults of upstream are kept in the ledger and the pass goes on.
type pass struct {
	src      source.Source
	spec     source.Spec
	ledger   *ledger
	store    store.Store
	pipe     *pipeline
	slots    chan struct{} // bounds reading, over all feeds
	observer Observer
	log      *slog.Logger
	clock    aoc.Clock
	progress *feedProgress
	stopping <-chan struct{}

	back     time.Duration // list this span before now again; 0 only what is due
	insist   bool          // a person asked: try again now what would wait, unless upstream asked for the wait
	firstFor time.Duration
	keep     time.Duration // of the ledger; 0 for ever

	mu      sync.Mutex
	tried   map[string]bool    // units that failed in this pass
	touched map[time.Time]bool // windows whose figures have to be made anew
	strikes int                // faults in a row that concern the feed
	streak  int                // faults in a row
	halt    *Fault             // why upstream is left alone for the rest of the pass
	worst   *Fault             // newest fault of any kind
	good    int                // answers upstream gave
	bad     int                // faults it gave
	retryAt time.Time          // when upstream asked to be tried again
	soonest time.Time          // when the first of what failed is to be tried again
}

// now is the time as the ledger keeps it: UTC, without a monotonic part.
func (p *pass) now() time.Time { return p.clock.Now().UTC().Round(0) }

// interrupted tells why the pass must end here, if it must.
func (p *pass) interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-p.stopping:
		return errStopped
	default:
		return nil
	}
}

// run does one pass.
func (p *pass) run(ctx context.Context) error {
	if err := p.ledger.load(ctx); err != nil {
		return err
	}
	err := p.forgetOld(ctx)
	if err == nil {
		err = p.work(ctx)
	}
	if err == nil {
		err = p.conclude(ctx)
	}
	if err != nil {
		// A write may or may not have reached the store: what is in memory is not trusted.
		p.ledger.forget()
	}
	return err
}

// forgetOld drops what the ledger says of time whose events have expired.
func (p *pass) forgetOld(ctx context.Context) error {
	if p.keep <= 0 {
		return nil
	}
	return p.ledger.prune(ctx, p.now().Add(-p.keep))
}

func (p *pass) work(ctx context.Context) error {
	planned, err := p.ledger.planUntil(ctx, p.spec, p.now(), p.firstFor, p.back)
	if err != nil {
		return err
	}
	p.progress.change(func(r *FeedReport) { r.WindowsPlanned += planned })
	if err := p.writeOff(ctx); err != nil {
		return err
	}
	p.heed()
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	if err := p.sweep(ctx); err != nil {
		return err
	}
	if err := p.readRest(ctx); err != nil {
		return err
	}
	return p.settleTouched(ctx)
}

// heed leaves upstream alone when it asked for that, or when the feed has failed and its
// back-off is not over; the ledger is kept all the same.
func (p *pass) heed() {
	m := p.ledger.recall()
	if !m.RetryAt.After(p.now()) || (p.insist && !m.Throttled) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retryAt = m.RetryAt
	p.halt = m.LastFault
	if p.halt == nil {
		p.halt = &Fault{Code: aoc.CodeUnavailable, Message: "waiting to try again", At: p.now()}
	}
}

// catchUp lists, reads and closes the windows that are not closed: the newest first, so
// that what happens now is seen while a backlog is worked off, then in order.
func (p *pass) catchUp(ctx context.Context) error {
	var todo []aoc.LedgerWindow
	for _, w := range p.ledger.working() {
		if w.State != aoc.WindowClosed {
			todo = append(todo, w)
		}
	}
	if n := len(todo); n > 1 {
		todo = append([]aoc.LedgerWindow{todo[n-1]}, todo[:n-1]...)
	}
	for _, w := range todo {
		if err := p.interrupted(ctx); err != nil {
			return err
		}
		if err := p.advance(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// conclude writes down how the pass went.
func (p *pass) conclude(ctx context.Context) error {
	now, lag := p.now(), p.progress.takeLag()
	p.mu.Lock()
	good, bad, worst, halt, retryAt, soonest := p.good, p.bad, p.worst, p.halt, p.retryAt, p.soonest
	p.mu.Unlock()
	p.ledger.remember(func(m *memo) {
		m.Lag.merge(lag)
		if good == 0 && bad == 0 {
			return // nothing was due, or upstream was left alone
		}
		if worst != nil {
			m.LastFault = worst
		}
		m.Throttled, m.RetryAt = false, time.Time{}
		if good > 0 && (halt == nil || halt.Code == aoc.CodeThrottled) {
			m.Failures, m.LastSuccess = 0, now
		} else {
			m.Failures++
			m.RetryAt = now.Add(backoff(worst.Code, m.Failures))
		}
		if halt != nil && halt.Code == aoc.CodeThrottled {
			m.Throttled, m.RetryAt = true, retryAt
		}
	})
	m := p.ledger.recall()
	p.progress.change(func(r *FeedReport) {
		r.Watermark = p.ledger.watermark()
		r.NextAttempt = soonest
		if r.Error = worst; worst == nil {
			r.Error = halt
		}
		if halt != nil {
			r.State, r.NextAttempt = FeedPostponed, m.RetryAt
		}
	})
	return p.ledger.save(ctx)
}

// again notes when something that failed is to be tried again.
func (p *pass) again(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.soonest.IsZero() || t.Before(p.soonest) {
		p.soonest = t
	}
}

// halted reports whether upstream is left alone for the rest of the pass.
func (p *pass) halted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.halt != nil
}

// succeeded notes an answer of upstream.
func (p *pass) succeeded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strikes, p.streak = 0, 0
	p.good++
}

// answered counts the answers upstream has given in this pass.
func (p *pass) answered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.good
}

// failed notes a fault of upstream and decides whether the pass can go on asking.
func (p *pass) failed(stage Stage, err error, what string) *Fault {
	now := p.now()
	f := faultOf(err, now)
	p.mu.Lock()
	p.bad++
	p.worst = f
	if f.Code != aoc.CodeNotFound { // which is an answer
		p.streak++
	}
	if concernsFeed(f.Code) {
		p.strikes++
	}
	switch {
	case f.Code == aoc.CodeThrottled:
		p.halt, p.retryAt = f, later(p.retryAt, now.Add(throttle(err)))
	case p.strikes >= strikes || p.streak >= streak:
		p.halt = f
	}
	p.mu.Unlock()
	p.observer.Failed(p.spec.Feed, stage, f.label())
	p.log.Warn("collection met a fault", "stage", string(stage), "what", what, "code", f.label(), "error", err, "hint", f.Hint)
	return f
}

// touch marks a window's figures as out of date.
func (p *pass) touch(start time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.touched[start] = true
}

// settleTouched brings the figures of windows up to date whose units have changed: those
// this pass touched, and closed ones that a crash left behind.
func (p *pass) settleTouched(ctx context.Context) error {
	for _, w := range p.ledger.working() {
		if w.State == aoc.WindowClosed && w.UnitsListed > w.UnitsStored+w.UnitsExpired {
			p.touch(w.Window.Start)
		}
	}
	p.mu.Lock()
	starts := p.touched
	p.touched = map[time.Time]bool{}
	p.mu.Unlock()
	for start := range starts {
		w, ok, err := p.ledger.window(ctx, start)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := p.settle(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
