// Package fleet is how the processes that share a store get along: which of them does what
// (leases, duties), what one tells of long work so that all can answer for it (reports),
// and whether the store can be reached. It works as well for a process that has its store
// to itself. The package knows none of the work.
package fleet

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Standby is how long a process waits before it looks again whether work that another one
// has is free. With the time that the store takes to see that a process is dead it makes up
// how fast another one takes over.
const Standby = 3 * time.Second

// Config is what a [Fleet] is made of.
type Config struct {
	Store  Store
	Clock  aoc.Clock    // nil: the system's
	Logger *slog.Logger // nil: silent
	// Process is this process's name; empty means [ProcessName].
	Process string
	// Shared says that other processes may work on the store.
	Shared bool
}

// Store is the part of a store that a fleet needs.
type Store interface {
	store.Leases
	store.Reports
	Pinger
}

// Fleet is this process's view of all that share its store. It is safe for concurrent use.
type Fleet struct {
	store   Store
	clock   aoc.Clock
	log     *slog.Logger
	process string
	shared  bool

	mu       sync.Mutex
	holdings map[string]Holding
	reach    reach
	heard    map[string]heard // reports of others that were read, by kind/id
}

// New makes the view of one process.
func New(cfg Config) *Fleet {
	f := &Fleet{
		store: cfg.Store, clock: cfg.Clock, log: cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)),
		process: cfg.Process, shared: cfg.Shared, holdings: map[string]Holding{}, heard: map[string]heard{},
	}
	if f.clock == nil {
		f.clock = aoc.SystemClock{}
	}
	if f.process == "" {
		f.process = ProcessName()
	}
	return f
}

// ProcessName makes a name for this process: host, number, and chance, because numbers
// repeat, in containers above all.
func ProcessName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return fmt.Sprintf("%s/%d-%s", host, os.Getpid(), rand.Text()[:4])
}

// Process is this process's name.
func (f *Fleet) Process() string { return f.process }

// Shared reports whether other processes may work on the store.
func (f *Fleet) Shared() bool { return f.shared }
