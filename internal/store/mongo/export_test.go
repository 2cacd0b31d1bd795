package mongo

import (
	"context"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/event"
)

// Step is a point between two steps of a change: commit, apply or mark.
type Step struct {
	Point string
	Kind  string // of the entry
	N     int64
	Nonce string
	// Terms are the newest terms of leases, as an entry of the ledger's log has them.
	Terms map[string]int64
}

// WithStep lets f hear of, delay or end the steps of changes.
func WithStep(o Options, f func(ctx context.Context, s Step) error) Options {
	o.step = func(ctx context.Context, point string, e *entry) error {
		s := Step{Point: point, Kind: e.Kind, N: e.N, Nonce: e.Nonce, Terms: map[string]int64{}}
		for _, f := range e.Fences {
			s.Terms[f.Name] = f.Term
		}
		return f(ctx, s)
	}
	return o
}

// WithCommands lets f hear of every command before it is sent, and delay it.
func WithCommands(o Options, f func(ctx context.Context, command string)) Options {
	o.monitor = &event.CommandMonitor{Started: func(ctx context.Context, e *event.CommandStartedEvent) { f(ctx, e.CommandName) }}
	return o
}

// RaiseFence does what taking a lease does to earlier terms of it.
func RaiseFence(ctx context.Context, s *Store, name string, term int64) error {
	return s.raiseFence(ctx, fence{name, term})
}

// KeepLedger sets, for one test, how many entries of the ledger's log are kept.
func KeepLedger(t *testing.T, n int64) {
	was := ledgerKept
	ledgerKept = n
	t.Cleanup(func() { ledgerKept = was })
}

// SmallParts lets, for one test, events of more than a few hundred bytes lie in parts.
func SmallParts(t *testing.T) {
	size, body, inline := partSize, maxBody, maxInline
	partSize, maxBody, maxInline = 700, 2500, 900
	t.Cleanup(func() { partSize, maxBody, maxInline = size, body, inline })
}

// SmallInserts lets, for one test, few events be inserted at once.
func SmallInserts(t *testing.T) {
	n := insertBatch
	insertBatch = 3
	t.Cleanup(func() { insertBatch = n })
}

// ForgetGuards breaks a store: whatever it applies, it applies as if it were the newest.
func ForgetGuards(s *Store) {
	for _, j := range []*journal{s.log, s.ledger} {
		apply := j.apply
		j.apply = func(ctx context.Context, e *entry) error {
			late := *e
			late.N = 1<<40 + applications.Add(1)
			return apply(ctx, &late)
		}
	}
}

var applications atomic.Int64

// ApplyFirst breaks a store: it applies an entry before it has the number of it.
func ApplyFirst(s *Store) {
	step := s.opts.step
	s.opts.step = func(ctx context.Context, point string, e *entry) error {
		if err := step(ctx, point, e); err != nil || point != "commit" {
			return err
		}
		if e.Kind == kindLedger {
			return s.applyLedger(ctx, e)
		}
		return s.applyEntry(ctx, e)
	}
}
