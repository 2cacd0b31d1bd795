package ingest

import (
	"math/rand/v2"
	"time"

	"aoc"
)

const (
	firstRetry         = 30 * time.Second
	longestRetry       = 15 * time.Minute
	longestPermanent   = time.Hour
	unsaidThrottle     = time.Minute      // a throttled answer without Retry-After
	longestThrottle    = 2 * time.Hour    // upstream has been seen to ask for a day by mistake
	lastChanceBeforeIt = 10 * time.Minute // the last attempt comes this long before expiry
)

// backoff is how long to wait after the n-th failure in a row: doubling from firstRetry,
// up to longestRetry or, when only a person can help, longestPermanent; a quarter more
// or less, so that feeds that failed together do not return together.
func backoff(code aoc.Code, n int) time.Duration {
	limit := longestRetry
	if permanent(code) {
		limit = longestPermanent
	}
	wait := limit
	if n < 1 {
		n = 1
	}
	if n <= 16 {
		wait = min(limit, firstRetry<<(n-1))
	}
	return wait*3/4 + rand.N(wait/2)
}

// throttle is how long a throttled feed is left alone.
func throttle(err error) time.Duration {
	wait := retryAfter(err)
	if wait <= 0 {
		return unsaidThrottle*3/4 + rand.N(unsaidThrottle/2)
	}
	return min(wait, longestThrottle)
}

// nextAttempt is when to try a unit again after its n-th failure: after the back-off, but
// not so late that it has expired by then.
func nextAttempt(now time.Time, code aoc.Code, n int, expires time.Time) time.Time {
	next := now.Add(backoff(code, n))
	if last := expires.Add(-lastChanceBeforeIt); !expires.IsZero() && next.After(last) && last.After(now) {
		return last
	}
	return next
}
