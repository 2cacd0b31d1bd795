package m365

import (
	"context"
	"sync"
	"time"

	"aoc"
)

// Class groups requests that Microsoft counts together.
type Class string

// The classes of requests and their documented limits for one application in one tenant.
const (
	// ClassReports is Graph's identity and access reports (directory audits, sign-ins):
	// 5 requests in 10 seconds, together.
	ClassReports Class = "reports"
	// ClassIntune is Intune's audit events: 1,000 requests in 20 seconds.
	ClassIntune Class = "intune"
	// ClassRisk is the risks that Entra ID Protection detects: 1 request a second.
	ClassRisk Class = "risk"
	// ClassDirectory is the directory: no limit that AOC would reach by itself.
	ClassDirectory Class = "directory"
	// ClassActivity is the Management Activity API: 2,000 requests a minute for the whole
	// tenant at first, later more by an unknown measure.
	ClassActivity Class = "activity"
)

// rates are the limits that are kept from the start. The others are found by being
// throttled. The spans are a little longer than documented, because requests that are
// sent evenly arrive unevenly.
var rates = map[Class]struct {
	limit int
	span  time.Duration
}{
	ClassReports: {5, 10*time.Second + 500*time.Millisecond},
	ClassIntune:  {1000, 21 * time.Second},
	ClassRisk:    {1, 1050 * time.Millisecond},
	// Larger tenants are granted more, but 30 blobs a second is more than any produces.
	ClassActivity: {1900, 61 * time.Second},
}

const (
	firstSpacing = time.Second
	maxSpacing   = 30 * time.Second
	minSpacing   = 100 * time.Millisecond
)

// pacer spaces the requests of one class out. At most limit of them go in any span; and
// after a throttling that did not say how long to wait it keeps a distance between
// requests, which doubles when that was not enough and halves with every success. The
// refusals of requests that were under way together count once.
type pacer struct {
	clock aoc.Clock
	limit int // 0: none
	span  time.Duration

	mu      sync.Mutex
	slots   []time.Time // the newest limit slots, a ring
	next    int         // the oldest of them
	last    time.Time   // the newest slot
	spacing time.Duration
	raised  time.Time // when spacing last grew
	until   time.Time // nothing goes before
}

func newPacer(class Class, clock aoc.Clock) *pacer {
	rate := rates[class]
	return &pacer{clock: clock, limit: rate.limit, span: rate.span, slots: make([]time.Time, rate.limit)}
}

// wait blocks until a request may go and tells how long that took. A wait longer than
// most is not begun: it fails with code throttled and the time until a request may go.
func (p *pacer) wait(ctx context.Context, most time.Duration, begins func(time.Duration)) error {
	d, ok := p.reserve(most)
	for ok && d > 0 {
		begins(d)
		if err := p.clock.Sleep(ctx, d); err != nil {
			return err
		}
		d = p.held() // a throttling may have come meanwhile
		ok = d <= most
	}
	if !ok {
		return &aoc.Error{
			Code: aoc.CodeThrottled, Op: "m365.pace", RetryAfter: d,
			Message: "Microsoft asked to wait", Hint: hintWait,
		}
	}
	return ctx.Err()
}

// reserve takes the next free slot and gives the time until it. When that is more than
// most it takes none.
func (p *pacer) reserve(most time.Duration) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	slot := latest(now, p.until)
	if p.spacing > 0 && !p.last.IsZero() {
		slot = latest(slot, p.last.Add(p.spacing))
	}
	if p.limit > 0 {
		if oldest := p.slots[p.next]; !oldest.IsZero() {
			slot = latest(slot, oldest.Add(p.span))
		}
	}
	d := slot.Sub(now)
	if d > most {
		return d, false
	}
	if p.limit > 0 {
		p.slots[p.next] = slot
		p.next = (p.next + 1) % p.limit
	}
	p.last = slot
	return d, true
}

func (p *pacer) held() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(p.clock.Now())
}

// throttled notes a refusal. With a wait that upstream named, the whole class is held for
// it; without one the distance between requests grows.
func (p *pacer) throttled(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait > 0 {
		p.until = latest(p.until, p.clock.Now().Add(wait))
		return
	}
	now := p.clock.Now()
	if p.spacing > 0 && now.Before(p.raised.Add(p.spacing)) {
		return
	}
	p.spacing, p.raised = min(max(2*p.spacing, firstSpacing), maxSpacing), now
}

func (p *pacer) succeeded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spacing /= 2; p.spacing < minSpacing {
		p.spacing = 0
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
