package forward

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/sink"
	"aoc/internal/store"
)

// State is what a sink is doing.
type State string

// The states of a sink.
const (
	StateDisabled      State = "disabled"
	StateWaiting       State = "waiting"       // for its turn: it begins in a moment, or another process feeds it
	StateRunning       State = "running"       // events are sent as they come
	StateRetrying      State = "retrying"      // the receiver takes nothing; tried again at RetryAt
	StateMisconfigured State = "misconfigured" // it cannot work as it is set
)

// Status tells how a sink is.
type Status struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Kind  string    `json:"kind"`
	State State     `json:"state"`
	Since time.Time `json:"since,omitzero"` // when it began to work

	// Seq is the last entry of the log that needs not be sent any more, LagEvents how many
	// there are behind it, wanted by the sink or not, and LagSeconds how long ago the first
	// of those arrived.
	Seq        int64   `json:"seq"`
	LagEvents  int64   `json:"lag_events"`
	LagSeconds float64 `json:"lag_seconds"`

	Sent        int64     `json:"sent"`     // events, since the sink was made
	Rejected    int64     `json:"rejected"` // refusals, since the sink was made
	DeadLetters int64     `json:"dead_letters"`
	SentAt      time.Time `json:"sent_at,omitzero"` // the last event

	// Of the last failure; all but ErrorAt are empty once the sink works again.
	Failures int       `json:"failures"` // in a row
	Code     aoc.Code  `json:"code,omitempty"`
	Error    string    `json:"error,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	ErrorAt  time.Time `json:"error_at,omitzero"`
	RetryAt  time.Time `json:"retry_at,omitzero"`
}

// reportKind is that of the reports by which processes tell each other of sinks that they feed.
const reportKind = "sink"

// board is where processes tell each other of the sinks that they feed.
func (f *Forwarder) board() *fleet.Board[Status] {
	return &fleet.Board[Status]{
		Store: f.cfg.Store, Clock: f.cfg.Clock, Kind: reportKind, Shared: f.cfg.Shared,
		Urgent: func(before, after Status) bool { return before.State != after.State },
	}
}

// Status tells how all sinks are, as they are set now and in that order, whichever process
// feeds them.
func (f *Forwarder) Status(ctx context.Context) ([]Status, error) {
	all := []Status{}
	err := f.Each(ctx, func(_ sink.Config, s Status) { all = append(all, s) })
	return all, err
}

// Each calls visit with every sink and how it is.
func (f *Forwarder) Each(ctx context.Context, visit func(cfg sink.Config, s Status)) error {
	sinks, err := f.cfg.Sinks(ctx)
	if err != nil {
		return err
	}
	last, err := f.cfg.Store.LastSeq(ctx)
	if err != nil {
		return err
	}
	letters, err := f.CountDeadLetters(ctx, DeadLetterFilter{}, LabelSink)
	if err != nil {
		return err
	}
	for i := range sinks {
		s, err := f.status(ctx, &sinks[i], last)
		if err != nil {
			return err
		}
		s.DeadLetters = letters[s.ID]
		visit(sinks[i], s)
	}
	return nil
}

// StatusOf tells how a sink is that has just been set so.
func (f *Forwarder) StatusOf(ctx context.Context, cfg sink.Config) (Status, error) {
	last, err := f.cfg.Store.LastSeq(ctx)
	if err != nil {
		return Status{}, err
	}
	s, err := f.status(ctx, &cfg, last)
	if err != nil {
		return s, err
	}
	letters, err := f.CountDeadLetters(ctx, DeadLetterFilter{Sinks: []string{cfg.ID}}, LabelSink)
	s.DeadLetters = letters[cfg.ID]
	return s, err
}

func (f *Forwarder) status(ctx context.Context, cfg *sink.Config, last int64) (Status, error) {
	s := f.told(ctx, cfg.ID)
	s.ID, s.Name, s.Kind = cfg.ID, cfg.Name, cfg.Kind
	if !cfg.Enabled {
		s = Status{ID: cfg.ID, Name: cfg.Name, Kind: cfg.Kind, State: StateDisabled}
	}
	p, found, err := f.load(ctx, cfg.ID)
	if err != nil || !found {
		return s, err
	}
	s.Seq, s.Sent, s.Rejected, s.SentAt = p.Seq, p.Sent, p.Rejected, p.SentAt
	lag, err := store.LagOf(ctx, f.cfg.Store, p.Seq, last)
	s.LagEvents, s.LagSeconds = lag.Events, lag.Seconds(f.cfg.Clock.Now())
	return s, err
}

// told is what the process that feeds a sink tells of it.
func (f *Forwarder) told(ctx context.Context, id string) Status {
	s := Status{State: StateWaiting}
	if w, ok := f.crew.Worker(id); ok {
		s = w.news.Now()
	}
	if s.State == StateWaiting {
		if other, ok := f.board().Read(ctx, id); ok {
			return other
		}
	}
	return s
}
