package detect

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Lag is how far judging is behind the log, as far as its state is kept: some seconds ago.
type Lag struct {
	// Events are those that are still to be judged, Since is when the first of them arrived;
	// zero without any.
	Events int64
	Since  time.Time
}

// LagOf tells how far judging is behind, whichever process judges. Before the first event is
// judged there is none.
func LagOf(ctx context.Context, s interface {
	store.Items
	store.Log
}) (Lag, error) {
	it, err := s.Item(ctx, kindState, stateID)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return Lag{}, nil
	}
	if err != nil {
		return Lag{}, err
	}
	at, err := positionOf(&it)
	if err != nil {
		return Lag{}, err
	}
	last, err := s.LastSeq(ctx)
	if err != nil || last <= at {
		return Lag{}, err
	}
	lag := Lag{Events: last - at}
	next, err := s.ReadLog(ctx, at, 1)
	if err == nil && len(next) > 0 {
		lag.Since = next[0].ReceivedAt
	}
	return lag, err
}
