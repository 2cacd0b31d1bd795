// Package console holds what operators can do: search and look at events, count and follow
// them, tag, comment and review them, start a collection and see how it goes, prove what
// was collected, import files. Every
// way in (HTTP, MCP, command line) goes through it, so that what is allowed, what is
// checked and what an answer means is decided once. It knows no HTTP, no Microsoft API
// and no database.
//
// Errors are [*aoc.Error]; those about one parameter are wrapped in an [*InvalidParam],
// an id that stands for several events in an [*Ambiguous].
package console

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/fleet"
	"aoc/internal/forward"
	"aoc/internal/ingest"
	"aoc/internal/notify"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Config is what a [Console] is made of.
type Config struct {
	Store store.Store
	// Fleet is this process's view of those that share the store; nil means that it has the
	// store to itself.
	Fleet *fleet.Fleet
	// Collector is nil in a process that does not collect.
	Collector *ingest.Collector
	// Names are given to imports; nil is fine.
	Names ingest.Names
	// NamesStatus tells how looking names up does; nil means that it is off.
	NamesStatus func() NamesStatus
	Clock       aoc.Clock    // nil: the system's
	Logger      *slog.Logger // nil: silent
	Features    Features
	// Trail takes what callers do; nil writes nothing down.
	Trail *trail.Trail
	// SignIn says that callers must be known: those who are not may do nothing. Else everybody
	// is local, and may do everything.
	SignIn bool
	// RuleEnv is what rules are compiled for.
	RuleEnv detect.Env
	// Forwarder feeds the sinks; nil where nothing does.
	Forwarder *forward.Forwarder
	// Uploads take files that people send; nil takes none.
	Uploads *UploadConfig
	// Notifiers tell people of alerts; nil where this process has none.
	Notifiers *notify.Dispatcher
	// SecretNames are those of the secrets that receivers can be given.
	SecretNames []string
	// PollEvery is how often the log is asked for news while somebody follows it; 0 means
	// once a second.
	PollEvery time.Duration
}

// Console is the operator's use-cases. It is safe for concurrent use.
type Console struct {
	store     bound
	fleet     *fleet.Fleet
	collector *ingest.Collector
	names     ingest.Names
	namesNow  func() NamesStatus
	clock     aoc.Clock
	log       *slog.Logger
	features  Features
	signIn    bool
	trail     *trail.Trail // nil: nothing is written down
	ruleEnv   detect.Env
	forwarder *forward.Forwarder // nil: nothing is forwarded
	notifiers *notify.Dispatcher // nil: there are none
	// secretNames are those of the secrets that the operator gave the process.
	secretNames []string

	windowCache windowCache
	options     optionsCache
	objectNames nameCache
	followers   followers
	uploads     *uploads // nil: nothing can be uploaded
}

// New makes a console. Code invalid without a store.
func New(cfg Config) (*Console, error) {
	if cfg.Store == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "console.new", "a console needs a store")
	}
	c := &Console{
		store: bound{cfg.Store}, fleet: cfg.Fleet, collector: cfg.Collector, names: cfg.Names, namesNow: cfg.NamesStatus,
		clock: cfg.Clock, log: cfg.Logger, features: cfg.Features, signIn: cfg.SignIn, trail: cfg.Trail, ruleEnv: cfg.RuleEnv,
		forwarder: cfg.Forwarder,
		notifiers: cfg.Notifiers, secretNames: cfg.SecretNames,
	}
	if c.clock == nil {
		c.clock = aoc.SystemClock{}
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.fleet == nil {
		c.fleet = fleet.New(fleet.Config{Store: cfg.Store, Clock: c.clock, Logger: c.log})
	}
	c.followers.every = cmp.Or(cfg.PollEvery, time.Second)
	if cfg.Uploads != nil {
		var err error
		if c.uploads, err = newUploads(*cfg.Uploads, c.fleet, c.clock, c.log); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Close ends what goes on by itself: streams and the imports of uploaded files.
func (c *Console) Close(ctx context.Context) error {
	c.followers.close()
	if c.uploads != nil {
		return c.uploads.close(ctx)
	}
	return nil
}
