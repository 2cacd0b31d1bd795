package demo

import (
	"context"
	"time"

	"aoc"
)

// Moment is when the demo tenant's clock starts: a Thursday afternoon, when people work,
// so that tests and pictures do not depend on when they are made.
func Moment() time.Time { return time.Date(2026, time.November, 19, 14, 30, 0, 0, time.UTC) }

// Clock is the machine's clock, moved.
type Clock struct{ ahead time.Duration }

// ClockFrom gives a clock that shows start now and goes on from there.
func ClockFrom(start time.Time) Clock { return Clock{time.Until(start)} }

// Now implements [aoc.Clock].
func (c Clock) Now() time.Time { return time.Now().Add(c.ahead).UTC() }

// Sleep implements [aoc.Clock].
func (c Clock) Sleep(ctx context.Context, d time.Duration) error {
	return aoc.SystemClock{}.Sleep(ctx, d)
}

// Ahead is how far this clock is ahead of the machine's.
func (c Clock) Ahead() time.Duration { return c.ahead }
