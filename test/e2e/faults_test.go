package e2e_test

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var seeds = flag.Int("seeds", 3, "how many tenants TestFaults collects into each kind of store, each killed at other moments")

// faultsAtOnce is how many seeds run side by side.
const faultsAtOnce = 4

// TestFaults collects from a simulated Microsoft 365 where one request in ten goes wrong,
// with a program that is killed again and again, while records arrive late and twice. In
// the end the store holds what the simulator has made available: each record once, byte
// for byte, and nothing else; and the ledger says so.
func TestFaults(t *testing.T) {
	t.Parallel()
	n := *seeds
	if testing.Short() {
		n = min(n, 1)
	}
	slots := make(chan struct{}, faultsAtOnce)
	for _, at := range places {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			for seed := range at.fewer(n) {
				t.Run(fmt.Sprintf("seed=%d", seed+1), func(t *testing.T) {
					t.Parallel()
					slots <- struct{}{}
					defer func() { <-slots }()
					(&trial{books: newBooks(t, uint64(seed+1), at.make)}).run()
				})
			}
		})
	}
}

// trial is one tenant and one program that collects from it, and is killed again and again.
type trial struct {
	*books
	kills, ended int
}

func (t *trial) run() {
	began := time.Now()
	for range 4 + t.rng.IntN(4) {
		args := [][]string{{"fetch"}, {"serve"}, {"fetch", "--hours", booksHours}}[t.rng.IntN(3)]
		// Half of the deaths come early, where a start does most of its work.
		life := 50*time.Millisecond + time.Duration(t.rng.Int64N(int64(1450*time.Millisecond)))
		if t.rng.IntN(2) == 0 {
			life /= 4
		}
		t.kill(args, life*t.place.slower)
		t.arriveLate()
	}
	killed := time.Since(began)
	from, report := t.catchUp()
	t.checkEvents(from)
	t.checkLedger(from)
	t.Logf("seed %d: killed %d times (%d runs had ended before) in %.1f s, %d late records put in; caught up after %.1f s: %+v; upstream answered %v",
		t.seed, t.kills, t.ended, killed.Seconds(), len(t.late), time.Since(began).Seconds(), report.Counts, t.sim.Requests())
}

// kill starts the program and kills it after a time, unless it has ended by itself.
func (t *trial) kill(args []string, life time.Duration) {
	r := t.start(t.environ, args...)
	killed := false
	select {
	case <-time.After(life):
		r.kill()
		killed = true
		t.kills++
	case <-r.done:
		t.ended++
	}
	r.check(t.T, killed)
}
