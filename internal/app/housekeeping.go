package app

import (
	"context"
	"time"

	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/retention"
	"aoc/internal/store"
)

// The duties that one process of those that share a store has at a time. Collection has a
// lease of its own: [ingest.Lease].
const (
	dutyHousekeeping = "housekeeping"
	dutyRetention    = "retention"
	dutyNames        = "names"
)

const (
	housekeepingEvery = 2 * time.Second
	housekeepingRest  = 20 * time.Millisecond
	// besideEvery is how often a process does a step of housekeeping that has not the duty:
	// the store may have something of a process that has crashed to bring to its end.
	besideEvery = 5 * time.Second
	namesEvery  = 15 * time.Minute
)

// housekeep merges what appends leave behind, one small step after the other, until ctx
// ends. Every process does a step now and then, the one that has the duty all of them.
func (a *App) housekeep(ctx context.Context) {
	for {
		more, err := a.store.Compact(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.opts.Logger.Error("housekeeping of the store failed; trying again later", "error", err)
		}
		if a.opts.Clock.Sleep(ctx, a.restAfter(more && err == nil)) != nil {
			return
		}
	}
}

func (a *App) restAfter(more bool) time.Duration {
	switch {
	case !a.fleet.Holds(dutyHousekeeping):
		return besideEvery
	case more:
		return housekeepingRest
	}
	return housekeepingEvery
}

// bury is the rest of the duty of housekeeping: reports of processes that have gone are
// brought to their end.
func (a *App) bury(ctx context.Context) {
	a.fleet.Duty(ctx, dutyHousekeeping, func(ctx context.Context) error {
		return a.fleet.Bury(ctx, ingest.ReportKind, console.ImportKind)
	})
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

// reloadNames takes in the names that other processes have asked for, until ctx ends.
func (a *App) reloadNames(ctx context.Context) {
	for a.opts.Clock.Sleep(ctx, namesEvery) == nil {
		if err := a.names.Reload(ctx, a.cfg.Tenant.ID); err != nil && ctx.Err() == nil {
			a.opts.Logger.Debug("names were not loaded again", "error", err)
		}
	}
}

// expire lets events go that are older than they are to be kept, until ctx ends.
func (a *App) expire(ctx context.Context) error {
	return retention.Run(ctx, retention.Config{
		Store: a.store, Clock: a.opts.Clock, Logger: a.opts.Logger, Days: a.cfg.Collect.RetentionDays,
	})
}

// Settle does all the housekeeping that is due, as at the end of a command that wrote.
func (a *App) Settle(ctx context.Context) error { return settle(ctx, a.store) }

func settle(ctx context.Context, s store.Maintainer) error {
	for {
		more, err := s.Compact(ctx)
		if err != nil || !more {
			return err
		}
	}
}
