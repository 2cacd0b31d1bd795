// Package notify tells people of alerts: by chat, mail, pager, or whatever takes a webhook.
//
// Detection announces each new alert ([detect.KindNews]). One process of those that share a
// store hands it to the notifiers that want it: for each there is an item of kind [KindTelling]
// then, which waits until the receiver has taken a message that tells of the alert, and is
// marked only after that. So nothing is lost in a crash, and at most the message in hand is
// sent twice. Each notifier has a follower of its own, in one process at a time, so that a
// receiver that is away holds up no other one.
//
// What is sent is made in three steps: templates give plain text of alerts, in which nothing
// can be marked up; [Message] is that text, cleaned and bounded; a [Channel] escapes all of it
// for its receiver.
package notify

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store"
)

// Store is what a dispatcher needs of one.
type Store interface {
	store.Finder
	store.Items
	store.Checkpoints
	store.Reports
}

// Observer hears what becomes of messages. Its methods must not block.
type Observer interface {
	// Sent: a receiver has taken a message that tells of so many alerts.
	Sent(notifierID, kind string, alerts int)
	// Failed: a message could not be sent, by the code of the error.
	Failed(notifierID, kind string, code aoc.Code)
}

// Config is what a [Dispatcher] is made of.
type Config struct {
	Store  Store
	Duties fleet.Duties
	Kinds  []Kind
	Deps   Deps
	// Notifiers gives the notifiers as they are set now. It is asked every few seconds.
	Notifiers func(ctx context.Context) ([]Notifier, error)
	// Address is where people reach AOC, for links; without a slash at its end.
	Address string
	// Shared says that other processes work on the store: they are told how notifiers are.
	Shared bool

	Clock    aoc.Clock    // nil: the system's
	Logger   *slog.Logger // nil: silent
	Observer Observer     // nil: nobody listens
	Tuning   Tuning
}

// Tuning are times; zero values take the defaults.
type Tuning struct {
	Reload     time.Duration // between two looks at the notifiers that are set: 5 s
	Poll       time.Duration // between two looks for news: 1 s
	Look       time.Duration // between two looks at what waits for a notifier, unless something comes: 5 s
	FirstRetry time.Duration // 1 s, then doubling
	LastRetry  time.Duration // up to 5 min
	SendTime   time.Duration // bounds one message: 1 min
}

func (t *Tuning) fill() {
	t.Reload = cmp.Or(t.Reload, 5*time.Second)
	t.Poll = cmp.Or(t.Poll, time.Second)
	t.Look = cmp.Or(t.Look, 5*time.Second)
	t.FirstRetry = cmp.Or(t.FirstRetry, time.Second)
	t.LastRetry = cmp.Or(t.LastRetry, 5*time.Minute)
	t.SendTime = cmp.Or(t.SendTime, time.Minute)
}

// Dispatcher tells people by all notifiers. It is safe for concurrent use.
type Dispatcher struct {
	cfg    Config
	reload chan struct{}
	crew   fleet.Crew[Notifier, *follower] // by the ids of notifiers
}

// New makes a dispatcher that does nothing before [Dispatcher.Run].
func New(cfg Config) *Dispatcher {
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
	d := &Dispatcher{cfg: cfg, reload: make(chan struct{}, 1)}
	d.crew = fleet.Crew[Notifier, *follower]{
		Duties: cfg.Duties, Name: CheckpointName, Work: (*follower).work,
		Hire: func(n Notifier) *follower { return newFollower(d, n) },
	}
	return d
}

// deaf is an observer that hears nothing.
type deaf struct{}

func (deaf) Sent(string, string, int)        {}
func (deaf) Failed(string, string, aoc.Code) {}

// Reload makes the dispatcher look at once at how the notifiers are set.
func (d *Dispatcher) Reload() { fleet.Nudge(d.reload) }

// dutyRoute is the lease for handing alerts to notifiers.
const dutyRoute = "notifications"

// Run tells people until ctx ends, and returns when all followers have stopped.
func (d *Dispatcher) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { d.cfg.Duties.Duty(ctx, dutyRoute, d.route) })
	d.crew.Run(ctx, d.wanted, func(ctx context.Context) { d.pause(ctx, d.cfg.Tuning.Reload, d.reload) }, func(err error) {
		d.cfg.Logger.WarnContext(ctx, "the notifiers that are set cannot be read; those that are known go on", "code", string(aoc.CodeOf(err)), "error", err)
	})
	return nil
}

// wanted are the notifiers that are enabled, by their ids.
func (d *Dispatcher) wanted(ctx context.Context) (map[string]Notifier, error) {
	notifiers, err := d.cfg.Notifiers(ctx)
	wanted := map[string]Notifier{}
	for _, n := range notifiers {
		if n.Enabled {
			wanted[n.ID] = n
		}
	}
	return wanted, err
}

// pause waits for t, a nudge, or the end of ctx.
func (d *Dispatcher) pause(ctx context.Context, t time.Duration, nudged <-chan struct{}) {
	fleet.Pause(ctx, d.cfg.Clock, t, nudged)
}

// wake makes the follower of a notifier look for what waits, if this process has it.
func (d *Dispatcher) wake(id string) {
	if w, ok := d.crew.Worker(id); ok {
		fleet.Nudge(w.hurry)
	}
}
