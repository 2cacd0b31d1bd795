package notify

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store"
)

// State is what a notifier is doing.
type State string

// The states of a notifier.
const (
	StateDisabled      State = "disabled"
	StateWaiting       State = "waiting"       // for its turn: it begins in a moment, or another process has it
	StateRunning       State = "running"       // alerts are told as they come
	StateCapped        State = "capped"        // as many messages as may be within an hour are sent; it goes on at RetryAt
	StateRetrying      State = "retrying"      // the receiver takes nothing; tried again at RetryAt
	StateMisconfigured State = "misconfigured" // it cannot work as it is set, or the receiver says so
)

// NotifierStatus tells how a notifier is.
type NotifierStatus struct {
	State State `json:"state" enum:"disabled,waiting,running,capped,retrying,misconfigured"`
	// Waiting counts alerts that are still to be told.
	Waiting  int64     `json:"waiting"`
	Messages int64     `json:"messages" doc:"How many were sent since it was made."`
	Alerts   int64     `json:"alerts" doc:"Of how many alerts they told."`
	SentAt   time.Time `json:"sent_at,omitzero" doc:"The last message."`

	// Of the last failure; all but ErrorAt are empty once the notifier works again.
	Failures int       `json:"failures" doc:"In a row."`
	Code     aoc.Code  `json:"code,omitempty"`
	Error    string    `json:"error,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	ErrorAt  time.Time `json:"error_at,omitzero"`
	RetryAt  time.Time `json:"retry_at,omitzero" doc:"When it goes on, while it is capped, retrying or misconfigured."`
}

// reportKind is that of the reports by which processes tell each other of notifiers.
const reportKind = "notifier"

// board is where processes tell each other of the notifiers that they have.
func (d *Dispatcher) board() *fleet.Board[NotifierStatus] {
	return &fleet.Board[NotifierStatus]{
		Store: d.cfg.Store, Clock: d.cfg.Clock, Kind: reportKind, Shared: d.cfg.Shared,
		Urgent: func(before, after NotifierStatus) bool { return before.State != after.State },
	}
}

// Told is the status of a notifier with what it is called by.
type Told struct {
	ID, Kind string
	NotifierStatus
}

// Status tells how all notifiers are, as they are set now and in that order, whichever process
// does their work.
func (d *Dispatcher) Status(ctx context.Context) ([]Told, error) {
	notifiers, err := d.cfg.Notifiers(ctx)
	if err != nil {
		return nil, err
	}
	return d.StatusOf(ctx, notifiers)
}

// StatusOf tells how some notifiers are, in their order.
func (d *Dispatcher) StatusOf(ctx context.Context, notifiers []Notifier) ([]Told, error) {
	waiting, err := d.cfg.Store.CountItems(ctx, store.ItemFilter{Kind: KindTelling, Labels: map[string][]string{LabelState: {stateWaiting}}}, LabelNotifier)
	if err != nil {
		return nil, err
	}
	all := make([]Told, len(notifiers))
	for i := range notifiers {
		n := &notifiers[i]
		s := NotifierStatus{State: StateDisabled}
		if n.Enabled {
			s = d.heard(ctx, n.ID)
		}
		p, err := d.load(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		s.Waiting, s.Messages, s.Alerts, s.SentAt = waiting[n.ID], p.Messages, p.Alerts, p.SentAt
		all[i] = Told{n.ID, n.Kind, s}
	}
	return all, nil
}

// heard is what the process that does a notifier's work tells of it.
func (d *Dispatcher) heard(ctx context.Context, id string) NotifierStatus {
	s := NotifierStatus{State: StateWaiting}
	if w, ok := d.crew.Worker(id); ok {
		s = w.news.Now()
	}
	if s.State == StateWaiting {
		if other, ok := d.board().Read(ctx, id); ok {
			return other
		}
	}
	return s
}
