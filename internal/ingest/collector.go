package ingest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/source"
	"aoc/internal/store"
)

// Collector collects the feeds of a set of sources. One run works at a time, of all
// collectors that share a store: a run has the lease of collection while it works, and what
// it writes to the ledger is refused once another process has taken that over.
type Collector struct {
	cfg   Config
	store store.Store
	fleet *fleet.Fleet
	clock aoc.Clock
	log   *slog.Logger
	names *nameBook
	feeds []*feed
	slots chan struct{}

	mu       sync.Mutex
	closed   bool
	active   *Run
	queued   *Run
	runs     []*Run              // newest last
	hints    map[*feed]struct{}  // feeds that are to be collected soon
	relay    map[string]struct{} // names of feeds that others are to collect soon
	hinted   chan struct{}       // holds one when hints or relay is not empty
	stopping chan struct{}
	cancel   context.CancelFunc // of the active run
	term     int64              // of the last run's lease
}

// feed is one source with its ledger.
type feed struct {
	src    source.Source
	spec   source.Spec
	ledger *ledger
}

// title is what people call the feed.
func (f *feed) title() string {
	if f.spec.Title != "" {
		return f.spec.Title
	}
	return f.spec.Feed.Name()
}

// called reports whether a name that a request uses means this feed.
func (f *feed) called(name string) bool {
	for _, own := range []string{f.spec.Feed.Collector, f.spec.Feed.Name(), string(f.spec.Source)} {
		if strings.EqualFold(name, own) {
			return true
		}
	}
	return false
}

// New makes a collector. It does nothing until it is asked to.
func New(cfg Config) (*Collector, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	c := &Collector{
		cfg: cfg, store: cfg.Store, fleet: cfg.Fleet, clock: cfg.Clock, log: cfg.Logger,
		names:    &nameBook{names: cfg.Names, clock: cfg.Clock, log: cfg.Logger},
		slots:    make(chan struct{}, cfg.Workers),
		hints:    map[*feed]struct{}{},
		relay:    map[string]struct{}{},
		hinted:   make(chan struct{}, 1),
		stopping: make(chan struct{}),
	}
	for _, src := range cfg.Sources {
		spec := src.Spec()
		c.feeds = append(c.feeds, &feed{src: src, spec: spec, ledger: &ledger{store: cfg.Store, feed: spec.Feed}})
	}
	return c, nil
}

// now is the time as the ledger keeps it.
func (c *Collector) now() time.Time { return c.clock.Now().UTC().Round(0) }

// Close ends collection: no run starts any more, and the one under way stops after the
// units in hand. When ctx ends first these are abandoned; the ledger has them as not read.
func (c *Collector) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.stopping)
	}
	run, queued, cancel := c.active, c.queued, c.cancel
	c.queued = nil
	c.mu.Unlock()
	if queued != nil {
		queued.end(c.now(), errStopped)
		c.conclude(ctx, queued)
	}
	if run == nil {
		return nil
	}
	select {
	case <-run.Done():
		return nil
	case <-ctx.Done():
		cancel()
		<-run.Done()
		return ctx.Err()
	}
}

// stoppedOnly reports whether an error says no more than that collection was asked to end.
func stoppedOnly(err error) bool {
	return errors.Is(err, errStopped) || errors.Is(err, context.Canceled)
}
