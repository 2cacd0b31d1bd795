package edge

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"aoc"
)

// TurnLimits says how much is worked on at once.
type TurnLimits struct {
	AtOnce    int // 0: any number
	PerClient int // of those, for one client; 0: all
	Waiting   int // how many may wait for their turn; half of them for one client
	Wait      time.Duration
	// Heavy is how long a turn lasts until it counts as heavy; 0: none ever does. So do those
	// of clients who had a heavy one of late. Those clients together begin no turn while half
	// of AtOnce are heavy, and heavy ones do not keep others waiting: beside them AtOnce
	// others may work, up to twice AtOnce in all.
	Heavy time.Duration
	// Busy is what those are told who find no turn.
	Busy, Hint string
}

// Turns lets a few work at once and some wait for that, in order, but for those whose client
// has its share already.
type Turns struct {
	limits TurnLimits

	mu      sync.Mutex
	working map[*turn]struct{}
	queue   []*turn
	heavies map[string]time.Time // when a client last had a heavy turn
}

type turn struct {
	client string        // empty: nobody in particular
	ready  chan struct{} // closed: it is this one's turn
	began  time.Time
}

const (
	// heavyFor is how long a client counts as one of heavy turns after it had one.
	heavyFor = 30 * time.Second
	// maxHeavies bounds the clients that are remembered as such.
	maxHeavies = 10_000
	// lookAgain is how often those who wait look for turns that have become heavy.
	lookAgain = 250 * time.Millisecond
)

// NewTurns makes turns.
func NewTurns(limits TurnLimits) *Turns {
	if limits.PerClient <= 0 || limits.PerClient > limits.AtOnce {
		limits.PerClient = limits.AtOnce
	}
	return &Turns{limits: limits, working: map[*turn]struct{}{}, heavies: map[string]time.Time{}}
}

// Take waits for a turn of a client, whom any text names; the empty one is nobody in
// particular, whom no share is counted for. done ends the turn and must be called
// once. Code throttled when too many wait or it takes too long; the context's error when
// that ends first.
func (t *Turns) Take(ctx context.Context, client string) (done func(), err error) {
	if t == nil || t.limits.AtOnce <= 0 {
		return func() {}, nil
	}
	mine, err := t.line(client)
	if err != nil {
		return nil, err
	}
	done = func() { t.end(mine) }
	select {
	case <-mine.ready:
		return done, nil
	default:
	}
	timer := time.NewTimer(t.limits.Wait)
	defer timer.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for err == nil {
		select {
		case <-mine.ready:
			return done, nil
		case <-again.C:
			t.next()
		case <-timer.C:
			err = t.busy()
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if !t.leave(mine) { // its turn came meanwhile
		t.end(mine)
	}
	return nil, err
}

// next begins the turns of those who wait that can begin.
func (t *Turns) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.beginWaiting()
}

// line begins a turn at once or puts it into the queue.
func (t *Turns) line(client string) (*turn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := &turn{client: client, ready: make(chan struct{})}
	if t.free(client) {
		t.begin(mine)
		return mine, nil
	}
	if len(t.queue) >= t.limits.Waiting || client != "" && t.waiting(client) >= (t.limits.Waiting+1)/2 {
		return nil, t.busy()
	}
	t.queue = append(t.queue, mine)
	return mine, nil
}

// waiting counts the turns that a client waits for.
func (t *Turns) waiting(client string) (n int) {
	for _, q := range t.queue {
		if q.client == client {
			n++
		}
	}
	return n
}

// free reports whether a client may begin now.
func (t *Turns) free(client string) bool {
	now := time.Now()
	own, heavy, light := 0, 0, 0
	for w := range t.working {
		if w.client == client {
			own++
		}
		if t.isHeavy(w, now) {
			heavy++
		} else {
			light++
		}
	}
	most := t.limits.AtOnce
	switch {
	case client != "" && own >= t.limits.PerClient, heavy+light >= 2*most, light >= most:
		return false
	case t.hadHeavy(client, now):
		return heavy < (most+1)/2
	}
	return true
}

// isHeavy reports whether a turn counts as heavy, and remembers whose it is if it is long.
func (t *Turns) isHeavy(w *turn, now time.Time) bool {
	if t.limits.Heavy <= 0 || now.Sub(w.began) < t.limits.Heavy {
		return t.hadHeavy(w.client, now)
	}
	if w.client != "" {
		t.remember(w.client, now)
	}
	return true
}

func (t *Turns) hadHeavy(client string, now time.Time) bool {
	at, had := t.heavies[client]
	return had && now.Sub(at) < heavyFor
}

func (t *Turns) remember(client string, now time.Time) {
	if len(t.heavies) >= maxHeavies {
		maps.DeleteFunc(t.heavies, func(_ string, at time.Time) bool { return now.Sub(at) >= heavyFor })
	}
	if len(t.heavies) >= maxHeavies {
		clear(t.heavies)
	}
	t.heavies[client] = now
}

func (t *Turns) begin(q *turn) {
	q.began = time.Now()
	t.working[q] = struct{}{}
	close(q.ready)
}

// end ends a turn and begins those that wait for it.
func (t *Turns) end(q *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.isHeavy(q, time.Now()) // is remembered
	delete(t.working, q)
	t.beginWaiting()
}

func (t *Turns) beginWaiting() {
	t.queue = slices.DeleteFunc(t.queue, func(q *turn) bool {
		if !t.free(q.client) {
			return false
		}
		t.begin(q)
		return true
	})
}

// leave takes a turn out of the queue; false when it has begun.
func (t *Turns) leave(mine *turn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.queue, mine)
	if i >= 0 {
		t.queue = slices.Delete(t.queue, i, i+1)
	}
	return i >= 0
}

func (t *Turns) busy() error {
	e := aoc.Errorf(aoc.CodeThrottled, "edge.turn", "%s", t.limits.Busy)
	e.Hint, e.RetryAfter = t.limits.Hint, time.Second
	return e
}
