package ingest

import (
	"slices"
	"sync"
	"time"

	"aoc"
)

// RunState is where a run stands.
type RunState string

// A run waits for the one before it, works, and is then done; failed when the store did
// not play along; stopped because the collector was closed; or lost because its process was
// not heard of for so long that another one has taken collection over.
const (
	RunQueued  RunState = "queued"
	RunRunning RunState = "running"
	RunDone    RunState = "done"
	RunFailed  RunState = "failed"
	RunStopped RunState = "stopped"
	RunLost    RunState = "lost"
)

// FeedState is where one feed of a run stands.
type FeedState string

// A feed waits for its turn, is worked on, and is then done (all that was due is
// collected), incomplete (upstream met it with faults), postponed (upstream or a back-off
// says not now) or failed (the store, or the run was stopped).
const (
	FeedPending    FeedState = "pending"
	FeedRunning    FeedState = "running"
	FeedDone       FeedState = "done"
	FeedIncomplete FeedState = "incomplete"
	FeedPostponed  FeedState = "postponed"
	FeedFailed     FeedState = "failed"
)

// Report tells how a run goes or went.
type Report struct {
	ID    string   `json:"id"`
	State RunState `json:"state"`
	// Process works on it, of those that share the store.
	Process string `json:"process,omitempty"`
	// WaitsFor is the process whose collection it waits for, while it is queued for that.
	WaitsFor   string       `json:"waits_for,omitempty"`
	Hours      int          `json:"hours,omitempty"`
	QueuedAt   time.Time    `json:"queued_at"`
	StartedAt  time.Time    `json:"started_at,omitzero"`
	FinishedAt time.Time    `json:"finished_at,omitzero"`
	Counts     aoc.Counts   `json:"counts"`
	Feeds      []FeedReport `json:"feeds"`
	Warnings   []string     `json:"warnings"`
	Error      *Fault       `json:"error,omitempty"`
	// Complete: every feed of the run is done and nothing was found to be lost.
	Complete bool `json:"complete"`
}

// FeedReport tells how a run goes for one feed.
type FeedReport struct {
	Feed       aoc.Feed  `json:"feed"`
	Name       string    `json:"name"`
	Title      string    `json:"title"`
	State      FeedState `json:"state"`
	Started    time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at,omitzero"`

	WindowsPlanned int `json:"windows_planned"`
	WindowsClosed  int `json:"windows_closed"`
	WindowsSwept   int `json:"windows_swept"`
	UnitsListed    int `json:"units_listed"`
	UnitsStored    int `json:"units_stored"`
	UnitsFailed    int `json:"units_failed"`
	UnitsExpired   int `json:"units_expired"`
	// Losses counts the losses this run has found.
	Losses int        `json:"losses"`
	Counts aoc.Counts `json:"counts"`

	Watermark   time.Time `json:"watermark,omitzero"`
	NextAttempt time.Time `json:"next_attempt,omitzero"`
	Warnings    []string  `json:"warnings"`
	Error       *Fault    `json:"error,omitempty"`
}

// Report tells how the run goes, at any time.
func (r *Run) Report() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	rep := Report{
		ID: r.id, State: r.state, Process: r.process, WaitsFor: r.waitsFor, Hours: r.order.hours, QueuedAt: r.queued, StartedAt: r.started, FinishedAt: r.finished,
		Warnings: append([]string{}, r.order.warnings...), Feeds: []FeedReport{}, Complete: r.state == RunDone,
	}
	if r.err != nil {
		rep.Error = faultOf(r.err, r.finished)
	}
	for _, p := range r.feeds {
		f := p.snapshot()
		rep.Counts.Add(f.Counts)
		rep.Complete = rep.Complete && f.State == FeedDone && f.Losses == 0
		rep.Feeds = append(rep.Feeds, f)
	}
	return rep
}

// feedProgress is a feed's report in the making.
type feedProgress struct {
	feed  *feed
	began time.Time

	mu  sync.Mutex
	rep FeedReport
	lag Lag
}

func newFeedProgress(f *feed, now time.Time, warnings ...string) *feedProgress {
	warnings = slices.DeleteFunc(warnings, func(w string) bool { return w == "" })
	return &feedProgress{feed: f, began: now, rep: FeedReport{
		Feed: f.spec.Feed, Name: f.spec.Feed.Name(), Title: f.title(), State: FeedPending,
		Warnings: append([]string{}, warnings...),
	}}
}

// started is when the run began that the progress belongs to.
func (p *feedProgress) started() time.Time { return p.began }

func (p *feedProgress) change(f func(*FeedReport)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.rep)
}

// recorded adds what became of a batch.
func (p *feedProgress) recorded(c aoc.Counts, lag Lag) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rep.Counts.Add(c)
	p.lag.merge(lag)
}

// takeLag gives the lag measured since it was last taken.
func (p *feedProgress) takeLag() Lag {
	p.mu.Lock()
	defer p.mu.Unlock()
	lag := p.lag
	p.lag = Lag{}
	return lag
}

func (p *feedProgress) end(now time.Time, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rep.FinishedAt = now
	switch {
	case err != nil:
		p.rep.State = FeedFailed
		if p.rep.Error == nil || !stoppedOnly(err) {
			p.rep.Error = faultOf(err, now)
		}
	case p.rep.State == FeedPostponed:
	case p.rep.Error == nil:
		p.rep.State = FeedDone
	default:
		p.rep.State = FeedIncomplete
	}
}

func (p *feedProgress) snapshot() FeedReport {
	p.mu.Lock()
	defer p.mu.Unlock()
	rep := p.rep
	rep.Warnings = slices.Clone(rep.Warnings)
	return rep
}
