package simulator

import (
	"sync"
	"time"
)

// limiter is a sliding window per key. Rejected requests count too, as Microsoft's do:
// a client that hammers stays out.
type limiter struct {
	max    int // negative for no limit
	window time.Duration

	mu   sync.Mutex
	last map[string]*ring
}

// ring remembers the times of the last max requests.
type ring struct {
	at   []time.Time
	next int
}

func newLimiter(most int, window time.Duration) *limiter {
	return &limiter{max: most, window: window, last: make(map[string]*ring)}
}

// allow counts a request and tells whether it passes, and if not, when one would.
func (l *limiter) allow(key string, now time.Time) (ok bool, wait time.Duration) {
	if l.max < 0 {
		return true, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.last[key]
	if r == nil {
		r = &ring{at: make([]time.Time, 0, l.max)}
		l.last[key] = r
	}
	if len(r.at) < l.max {
		r.at = append(r.at, now)
		return true, 0
	}
	oldest := r.at[r.next]
	r.at[r.next] = now
	r.next = (r.next + 1) % l.max
	if age := now.Sub(oldest); age >= l.window {
		return true, 0
	}
	// The wait counts from what is the oldest now that this request took a place.
	return false, l.window - now.Sub(r.at[r.next])
}
