package edge

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"time"
)

var (
	ada = netip.MustParseAddr("203.0.113.1")
	bob = netip.MustParseAddr("203.0.113.2")
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

func TestThrottle(t *testing.T) {
	c := &clock{now: time.Unix(1000, 0)}
	th := NewThrottle(2, 3, c)
	for range 3 {
		if _, ok := th.Take(ada); !ok {
			t.Fatal("less than the stock is refused")
		}
	}
	wait, ok := th.Take(ada)
	if ok || wait != time.Second/2 || th.Wait(ada) != wait {
		t.Errorf("beyond the stock: %v after %v, looks like %v", ok, wait, th.Wait(ada))
	}
	if _, ok := th.Take(bob); !ok || th.Wait(bob) != 0 {
		t.Error("another client is refused")
	}
	if _, ok := th.Take(netip.Addr{}); !ok {
		t.Error("nobody in particular is refused")
	}
	c.now = c.now.Add(wait)
	if _, ok := th.Take(ada); !ok {
		t.Error("refused after the wait")
	}
	if _, ok := th.Take(ada); ok {
		t.Error("more than one after the wait for one")
	}
	for range 1000 {
		if _, ok := NewThrottle(0, 0, c).Take(ada); !ok {
			t.Fatal("a limit of 0 refuses")
		}
	}
}

// TestThrottleForgets holds the bound of its memory, and that clients who keep coming are
// not forgotten for those who come once.
func TestThrottleForgets(t *testing.T) {
	th := NewThrottle(1, 1, &clock{now: time.Unix(1000, 0)})
	th.Take(ada)
	at := netip.MustParseAddr("10.0.0.0")
	for i := range 5 * maxBuckets {
		th.Take(at)
		at = at.Next()
		if i%(maxBuckets/2) == 0 && th.Wait(ada) == 0 {
			t.Fatalf("forgotten after %d others", i)
		}
		if n := len(th.recent) + len(th.old); n > 2*maxBuckets {
			t.Fatalf("%d clients are remembered", n)
		}
	}
}

func TestThrottleTogether(t *testing.T) {
	th := NewThrottle(1, 50, &clock{now: time.Unix(1000, 0)})
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if _, ok := th.Take(ada); ok {
					mu.Lock()
					taken++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if taken != 50 {
		t.Errorf("%d of a stock of 50", taken)
	}
}
