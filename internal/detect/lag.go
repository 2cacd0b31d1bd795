package detect

import (
	"context"

	"aoc"
	"aoc/internal/store"
)

// LagOf tells how far judging is behind the log as far as its state is kept, some seconds
// ago, whichever process judges. Before the first event is judged there is no lag.
func LagOf(ctx context.Context, s interface {
	store.Items
	store.Log
}) (store.Lag, error) {
	it, err := s.Item(ctx, kindState, stateID)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return store.Lag{}, nil
	}
	if err != nil {
		return store.Lag{}, err
	}
	at, err := positionOf(&it)
	if err != nil {
		return store.Lag{}, err
	}
	last, err := s.LastSeq(ctx)
	if err != nil {
		return store.Lag{}, err
	}
	return store.LagOf(ctx, s, at, last)
}
