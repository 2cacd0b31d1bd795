package ingest

import (
	"log/slog"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/source"
	"aoc/internal/store"
)

// Config is what a [Collector] is made of.
type Config struct {
	Store store.Store
	// Fleet is this process's view of those that share the store; nil means that it has the
	// store to itself.
	Fleet   *fleet.Fleet
	Sources []source.Source
	Names   Names // nil: events carry the names their records carry
	Clock   aoc.Clock
	Logger  *slog.Logger
	// Observer hears what happens, for metrics; nil is fine.
	Observer Observer
	// FirstFetch is how far back the first collection of a feed goes; 7 days by default.
	FirstFetch time.Duration
	// KeepLedger is how long the ledger is kept, as long as the events; 0 means for ever.
	KeepLedger time.Duration
	// Relay makes [Collector.Hasten] leave hints to the processes of the fleet that collect by
	// themselves, because this one does not; see [Collector.RelayHints].
	Relay bool
	// Workers bounds how many units are read at the same time, over all feeds; 4 by default.
	Workers int
	// BatchEvents and BatchBytes bound what is held in memory for one append: by default
	// 4096 events and 6 MiB of raw records, give or take a chunk. Two batches and a few
	// records a worker are in flight.
	BatchEvents int
	BatchBytes  int
}

// The defaults of [Config].
const (
	defaultFirstFetch  = 7 * 24 * time.Hour
	defaultWorkers     = 4
	defaultBatchEvents = 4096
	defaultBatchBytes  = 6 << 20
)

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = aoc.SystemClock{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Fleet == nil {
		c.Fleet = fleet.New(fleet.Config{Store: c.Store, Clock: c.Clock, Logger: c.Logger})
	}
	if c.Observer == nil {
		c.Observer = deaf{}
	}
	if c.FirstFetch <= 0 {
		c.FirstFetch = defaultFirstFetch
	}
	if c.Workers <= 0 {
		c.Workers = defaultWorkers
	}
	if c.BatchEvents <= 0 {
		c.BatchEvents = defaultBatchEvents
	}
	if c.BatchBytes <= 0 {
		c.BatchBytes = defaultBatchBytes
	}
	return c
}

// validate checks what no default can make good.
func (c Config) validate() error {
	const op = "ingest.new"
	if c.Store == nil {
		return aoc.Errorf(aoc.CodeInvalid, op, "collection needs a store")
	}
	seen := map[aoc.Feed]bool{}
	for _, src := range c.Sources {
		spec := src.Spec()
		switch {
		case spec.Feed.TenantID == "" || spec.Feed.Collector == "":
			return aoc.Errorf(aoc.CodeInvalid, op, "a source names no tenant or no collector: %q", spec.Feed)
		case spec.MaxWindow < minWindow:
			return aoc.Errorf(aoc.CodeInvalid, op, "source %s accepts no window of at least %s", spec.Feed.Name(), minWindow)
		case seen[spec.Feed]:
			return aoc.Errorf(aoc.CodeInvalid, op, "feed %s is configured twice", spec.Feed)
		}
		seen[spec.Feed] = true
	}
	return nil
}

// Observer hears what collection does, so that it can be counted and timed. Its methods
// are called from several goroutines and must return at once.
type Observer interface {
	// Recorded tells what became of records that were read.
	Recorded(feed aoc.Feed, counts aoc.Counts)
	// Failed tells that listing or reading failed, with the upstream code or, without
	// one, the error's code.
	Failed(feed aoc.Feed, stage Stage, code string)
	// Lost tells that records of a span can no longer be had. It is an alarm.
	Lost(feed aoc.Feed, loss Loss)
	// Lagged tells how long a new event took from happening to arriving.
	Lagged(feed aoc.Feed, lag time.Duration)
	// Took tells how long listing a window or reading a unit lasted.
	Took(feed aoc.Feed, stage Stage, d time.Duration)
}

// Stage is the step of collection an observation belongs to.
type Stage string

// The stages of collection.
const (
	StageList Stage = "list"
	StageRead Stage = "read"
)

// deaf is the observer of those who do not care.
type deaf struct{}

func (deaf) Recorded(aoc.Feed, aoc.Counts)       {}
func (deaf) Failed(aoc.Feed, Stage, string)      {}
func (deaf) Lost(aoc.Feed, Loss)                 {}
func (deaf) Lagged(aoc.Feed, time.Duration)      {}
func (deaf) Took(aoc.Feed, Stage, time.Duration) {}
