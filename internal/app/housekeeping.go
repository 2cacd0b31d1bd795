package app

import (
	"context"
	"time"
)

const (
	housekeepingEvery = 2 * time.Second
	housekeepingRest  = 20 * time.Millisecond
	namesEvery        = 15 * time.Minute
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

// refreshNames asks for names that have become old, until ctx ends, so that a rename is
// noticed although no new object has to be asked for.
func (a *App) refreshNames(ctx context.Context) error {
	for a.opts.Clock.Sleep(ctx, namesEvery) == nil {
		if err := a.names.Refresh(ctx); err != nil && ctx.Err() == nil {
			a.opts.Logger.Debug("names were not refreshed", "error", err)
		}
	}
	return nil
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
