package store

import (
	"context"
	"time"
)

// Lag is how far somebody who follows the log is behind its end.
type Lag struct {
	// Events are those that are still to be read, Since is when the first of them arrived;
	// zero without any.
	Events int64
	Since  time.Time
}

// LagOf tells how far a follower that has read up to a place is behind the last one.
func LagOf(ctx context.Context, log Log, at, last int64) (Lag, error) {
	lag := Lag{Events: max(0, last-at)}
	if lag.Events == 0 {
		return lag, nil
	}
	next, err := log.ReadLog(ctx, at, 1)
	if err == nil && len(next) > 0 {
		lag.Since = next[0].ReceivedAt
	}
	return lag, err
}

// Seconds is how long ago the first of the events arrived; 0 without any.
func (l Lag) Seconds(now time.Time) float64 {
	if l.Since.IsZero() {
		return 0
	}
	return max(0, now.Sub(l.Since).Seconds())
}
