package demo

import (
	"context"
	"sync/atomic"
	"time"

	"aoc"
)

// Moment is when the demo tenant's clock starts: a Thursday afternoon, when people work,
// so that tests and pictures do not depend on when they are made.
func Moment() time.Time { return time.Date(2026, time.November, 19, 14, 30, 0, 0, time.UTC) }

// Clock is the machine's clock, moved.
type Clock struct {
	ahead atomic.Int64 // nanoseconds
	hurry atomic.Bool
}

// NewClock gives a clock that shows start now and goes on from there.
func NewClock(start time.Time) *Clock {
	c := &Clock{}
	c.ahead.Store(int64(time.Until(start)))
	return c
}

// Now implements [aoc.Clock].
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()).UTC() }

// Sleep implements [aoc.Clock]. In a hurry the one long wait of a small collection, for
// Graph's limit of requests in 10 seconds, is not waited: the clock is put forward. Shorter
// ones are left, since loops wait so and would run away.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if c.hurry.Load() && d > 5*time.Second && d < 11*time.Second {
		c.ahead.Add(int64(d))
		return ctx.Err()
	}
	return aoc.SystemClock{}.Sleep(ctx, d)
}

// Ahead is how far this clock is ahead of the machine's.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }
