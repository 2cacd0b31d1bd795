// Package forward takes events from the log to sinks. Each enabled sink has a follower of its
// own that goes on from the sink's checkpoint: it reads the log in bounded memory, keeps what
// the sink wants, sends batches in log order, and moves the checkpoint once the receiver has
// taken them. So a crash repeats a little and loses nothing, a receiver that was away for
// days is caught up from the log, and one that is slow delays neither others nor collection.
//
// What a receiver refuses is kept as a dead letter ([store.Items] of kind [DeadLetterKind]),
// written before the checkpoint. Of processes that share a store one forwards each sink
// ([fleet.Fleet.Duty]); the lease's fence keeps a process that has lost it from moving the
// checkpoint.
package forward

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/query"
	"aoc/internal/sink"
	"aoc/internal/store"
)

// Store is what a forwarder needs of one.
type Store interface {
	store.Log
	store.Finder
	store.Checkpoints
	store.Items
	store.Reports
}

// Observer hears what becomes of events. Its methods must not block.
type Observer interface {
	// Sent: a receiver has taken so many events.
	Sent(sinkID, kind string, events int)
	// Rejected: a receiver has refused so many events.
	Rejected(sinkID, kind string, events int)
	// Failed: a batch could not be sent, by the code of its error.
	Failed(sinkID, kind string, code aoc.Code)
	// Took: how long a receiver had a batch in hand, taken or not.
	Took(sinkID, kind string, d time.Duration)
}

// Config is what a [Forwarder] is made of.
type Config struct {
	Store  Store
	Duties fleet.Duties
	Kinds  []sink.Kind
	Deps   sink.Deps
	// Sinks gives the sinks as they are set now. It is asked every few seconds.
	Sinks func(ctx context.Context) ([]sink.Config, error)
	// CheckAddress reports what is wrong with an address that a person gives, before anything
	// is sent there; nil finds nothing wrong.
	CheckAddress func(address string) error
	// Macros are what is:NAME stands for in filters; nil for none.
	Macros map[string]aoc.Expr
	// Shared says that other processes work on the store: they are told how sinks are.
	Shared bool

	Clock    aoc.Clock    // nil: the system's
	Logger   *slog.Logger // nil: silent
	Observer Observer     // nil: nobody listens
	Tuning   Tuning
}

// Tuning are times and sizes; zero values take the defaults.
type Tuning struct {
	Reload      time.Duration // between two looks at the sinks that are set: 5 s
	Poll        time.Duration // between two looks for news in the log: 1 s
	Linger      time.Duration // how long a batch may wait for more events: 1 s
	FirstRetry  time.Duration // 1 s, then doubling
	LastRetry   time.Duration // up to 5 min
	SendTime    time.Duration // bounds one batch: 15 min
	Save        time.Duration // how often the checkpoint is written at most: 1 s
	Read        int           // events read from the log at once: 256
	BatchTries  int           // failures of a batch until it is sent in halves: 3
	RecordTries int           // failures of a record alone until others are tried: 5
}

func (t *Tuning) fill() {
	t.Reload = cmp.Or(t.Reload, 5*time.Second)
	t.Poll = cmp.Or(t.Poll, time.Second)
	t.Linger = cmp.Or(t.Linger, time.Second)
	t.FirstRetry = cmp.Or(t.FirstRetry, time.Second)
	t.LastRetry = cmp.Or(t.LastRetry, 5*time.Minute)
	t.SendTime = cmp.Or(t.SendTime, 15*time.Minute)
	t.Save = cmp.Or(t.Save, time.Second)
	t.Read = cmp.Or(t.Read, 256)
	t.BatchTries = cmp.Or(t.BatchTries, 3)
	t.RecordTries = cmp.Or(t.RecordTries, 5)
}

// Forwarder feeds all sinks. It is safe for concurrent use.
type Forwarder struct {
	cfg    Config
	reload chan struct{}
	crew   fleet.Crew[sink.Config, *follower] // by the ids of sinks
}

// New makes a forwarder that does nothing before [Forwarder.Run].
func New(cfg Config) *Forwarder {
	cfg.Tuning.fill()
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Observer == nil {
		cfg.Observer = deaf{}
	}
	f := &Forwarder{cfg: cfg, reload: make(chan struct{}, 1)}
	f.crew = fleet.Crew[sink.Config, *follower]{
		Duties: cfg.Duties, Name: CheckpointName, Work: (*follower).work,
		Hire: func(cfg sink.Config) *follower { return newFollower(f, cfg) },
	}
	return f
}

// deaf is an observer that hears nothing.
type deaf struct{}

func (deaf) Sent(string, string, int)           {}
func (deaf) Rejected(string, string, int)       {}
func (deaf) Failed(string, string, aoc.Code)    {}
func (deaf) Took(string, string, time.Duration) {}

// KindSink is the kind of documents that sinks are kept as; each holds a [sink.Config].
const KindSink = "sink"

// KeptSinks gives the sinks that people have made. What is none, of a later version of the
// program say, is left out.
func KeptSinks(ctx context.Context, s store.Documents) ([]sink.Config, error) {
	docs, err := s.ListDocuments(ctx, KindSink)
	if err != nil {
		return nil, err
	}
	var all []sink.Config
	for _, d := range docs {
		var c sink.Config
		if json.Unmarshal(d.Body, &c) == nil {
			c.ID = d.ID
			all = append(all, c)
		}
	}
	return all, nil
}

// Kinds gives the kinds of sink that there are.
func (f *Forwarder) Kinds() []sink.Kind { return f.cfg.Kinds }

// Check reports what is wrong with a sink's configuration, code invalid: what a person can
// set right before it is kept.
func (f *Forwarder) Check(cfg sink.Config) error {
	s, kind, err := sink.New(f.cfg.Kinds, cfg, f.cfg.Deps)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := f.checkAddresses(&kind.Spec, &cfg); err != nil {
		return err
	}
	_, err = f.filter(&cfg)
	return err
}

func (f *Forwarder) checkAddresses(spec *sink.Spec, cfg *sink.Config) error {
	if f.cfg.CheckAddress == nil {
		return nil
	}
	for i := range spec.Settings {
		set := &spec.Settings[i]
		if value := cfg.Settings[set.Name]; set.Kind == sink.Address && value != "" {
			if err := f.cfg.CheckAddress(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// filter makes what decides whether a sink wants an event.
func (f *Forwarder) filter(cfg *sink.Config) (*store.Matcher, error) {
	const op = "forward.filter"
	where, err := query.Parse(cfg.Filter, query.Options{Now: f.cfg.Clock.Now(), Macros: f.cfg.Macros})
	if err != nil {
		return nil, &aoc.Error{Code: aoc.CodeInvalid, Op: op, Message: "filter: " + err.Error(), Hint: "Correct the filter of the sink."}
	}
	switch cfg.Start.From {
	case "", sink.FromNow, sink.FromBeginning:
	case sink.FromTime:
		if cfg.Start.At.IsZero() {
			return nil, aoc.Errorf(aoc.CodeInvalid, op, "start.at: the time to begin from is needed")
		}
	default:
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "start.from: now, beginning or time")
	}
	for _, o := range cfg.Origins {
		if !slices.Contains(aoc.Origins(), o) {
			return nil, aoc.Errorf(aoc.CodeInvalid, op, "origins: there is no origin %q", o)
		}
	}
	return store.NewMatcher(where), nil
}

// Try sends one event to a sink as it is configured, kept or not, and tells how that went.
func (f *Forwarder) Try(ctx context.Context, cfg sink.Config, e aoc.Event) error {
	s, _, err := sink.New(f.cfg.Kinds, cfg, f.cfg.Deps)
	if err != nil {
		return err
	}
	rejected, err := s.Send(ctx, []aoc.Event{e})
	if closing := s.Close(); err == nil {
		err = closing
	}
	if err == nil && len(rejected) > 0 {
		err = aoc.Errorf(aoc.CodeUpstream, "forward.try", "the receiver refused the event: %s", rejected[0].Reason)
	}
	return err
}

// Reload makes the forwarder look at once at how the sinks are set.
func (f *Forwarder) Reload() { fleet.Nudge(f.reload) }

// Hurry makes a sink that waits after a failure try again at once, if this process forwards it.
func (f *Forwarder) Hurry(id string) {
	if w, ok := f.crew.Worker(id); ok {
		fleet.Nudge(w.hurry)
	}
}

// Run feeds the sinks until ctx ends, and returns when all of them have stopped: what was
// taken is in their checkpoints then.
func (f *Forwarder) Run(ctx context.Context) error {
	f.crew.Run(ctx, f.wanted, func(ctx context.Context) { f.pause(ctx, f.cfg.Tuning.Reload, f.reload) }, func(err error) {
		f.cfg.Logger.WarnContext(ctx, "the sinks that are set cannot be read; those that are known go on", "code", string(aoc.CodeOf(err)), "error", err)
	})
	return nil
}

// wanted are the sinks that are enabled, by their ids.
func (f *Forwarder) wanted(ctx context.Context) (map[string]sink.Config, error) {
	sinks, err := f.cfg.Sinks(ctx)
	wanted := map[string]sink.Config{}
	for _, cfg := range sinks {
		if cfg.Enabled {
			wanted[cfg.ID] = cfg
		}
	}
	return wanted, err
}

// pause waits for d, a nudge, or the end of ctx.
func (f *Forwarder) pause(ctx context.Context, d time.Duration, nudged <-chan struct{}) {
	fleet.Pause(ctx, f.cfg.Clock, d, nudged)
}
