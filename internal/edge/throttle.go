package edge

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"aoc"
)

// maxBuckets bounds the clients that a [Throttle] remembers, twice: about 3 MB in all.
const maxBuckets = 10_000

// Throttle lets each client do something so many times a second. Who did it less often has
// some in stock. It remembers the clients of late; one that was forgotten begins anew.
//
// What costs the service something each time, such as a request, is taken before it is
// done. What only counts when it fails, such as a sign-in, is looked at before ([Throttle.Wait])
// and taken when it has failed.
type Throttle struct {
	perSecond rate.Limit
	burst     int
	clock     aoc.Clock

	mu          sync.Mutex
	recent, old map[netip.Addr]*rate.Limiter // a client is in one of them; old is dropped when recent is full
}

// NewThrottle makes a throttle; perSecond 0 or less lets everything pass. A nil clock is the
// system's.
func NewThrottle(perSecond float64, burst int, clock aoc.Clock) *Throttle {
	if clock == nil {
		clock = aoc.SystemClock{}
	}
	return &Throttle{perSecond: rate.Limit(perSecond), burst: max(1, burst), clock: clock, recent: map[netip.Addr]*rate.Limiter{}}
}

// Take does it once for a client, by [Client.Share]; or tells how long to wait before that.
func (t *Throttle) Take(client netip.Addr) (wait time.Duration, ok bool) {
	if t == nil || t.perSecond <= 0 || !client.IsValid() {
		return 0, true
	}
	now := t.clock.Now()
	b := t.bucket(client)
	if b.AllowN(now, 1) {
		return 0, true
	}
	return t.until(b, now), false
}

// Wait tells how long a client has to wait until it may do it again; 0 when it may.
func (t *Throttle) Wait(client netip.Addr) time.Duration {
	if t == nil || t.perSecond <= 0 || !client.IsValid() {
		return 0
	}
	now := t.clock.Now()
	return t.until(t.bucket(client), now)
}

func (t *Throttle) until(b *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - b.TokensAt(now)
	return time.Duration(max(0, missing) / float64(t.perSecond) * float64(time.Second))
}

// bucket gives what a client has in stock.
func (t *Throttle) bucket(client netip.Addr) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b, ok := t.recent[client]; ok {
		return b
	}
	b, ok := t.old[client]
	if !ok {
		b = rate.NewLimiter(t.perSecond, t.burst)
	}
	if len(t.recent) >= maxBuckets {
		t.recent, t.old = make(map[netip.Addr]*rate.Limiter), t.recent
	}
	t.recent[client] = b
	return b
}
