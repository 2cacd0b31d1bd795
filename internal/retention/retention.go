// Package retention lets events expire: on a schedule and in steps small enough that
// collection and search never wait for it. It knows nothing of how a store keeps events;
// the leaves of the chain outlive them there.
package retention

import (
	"context"
	"log/slog"
	"time"

	"aoc"
)

// Store is the part of a store that retention needs.
type Store interface {
	// Expire removes about limit events older than before and tells how many went; 0
	// means that none are left.
	Expire(ctx context.Context, before time.Time, limit int) (int64, error)
}

// Config says what to keep.
type Config struct {
	Store  Store
	Clock  aoc.Clock
	Logger *slog.Logger
	// Days is how long events are kept, counted from the event's own time.
	Days int
	// Every is the time between two looks; 0 means an hour.
	Every time.Duration
}

const (
	step  = 2000                   // events
	pause = 100 * time.Millisecond // between two steps, for whoever waits to write
)

// Run expires what is due, again and again until ctx ends, and then returns nil.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Every <= 0 {
		cfg.Every = time.Hour
	}
	for {
		gone, err := Sweep(ctx, cfg)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			cfg.Logger.Error("events could not be expired; trying again later", "error", err)
		case gone > 0:
			cfg.Logger.Info("events expired", "events", gone, "retention_days", cfg.Days)
		}
		if cfg.Clock.Sleep(ctx, cfg.Every) != nil {
			return nil
		}
	}
}

// Sweep expires everything that is due now and tells how many events went.
func Sweep(ctx context.Context, cfg Config) (int64, error) {
	before := cfg.Clock.Now().AddDate(0, 0, -cfg.Days)
	var gone int64
	for {
		n, err := cfg.Store.Expire(ctx, before, step)
		gone += n
		if err != nil || n == 0 {
			return gone, err
		}
		if err := cfg.Clock.Sleep(ctx, pause); err != nil {
			return gone, err
		}
	}
}
