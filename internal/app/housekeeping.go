package app

import (
	"context"
	"time"
)

const (
	housekeepingEvery = 2 * time.Second
	housekeepingRest  = 20 * time.Millisecond
)

// housekeep merges what appends leave behind, one small step after the other, until ctx
// ends.
func (a *App) housekeep(ctx context.Context) error {
	for {
		more, err := a.store.Compact(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			a.opts.Logger.Error("housekeeping of the store failed; trying again later", "error", err)
		}
		pause := housekeepingEvery
		if more {
			pause = housekeepingRest
		}
		if a.opts.Clock.Sleep(ctx, pause) != nil {
			return nil
		}
	}
}

// Settle does all the housekeeping that is due, as at the end of a command that wrote.
func (a *App) Settle(ctx context.Context) error {
	for {
		more, err := a.store.Compact(ctx)
		if err != nil || !more {
			return err
		}
	}
}
