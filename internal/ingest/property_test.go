package ingest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/source"
	"aoc/internal/store"
)

// Whatever the schedule of runs, downtimes, restarts, faults and late arrivals: windows tile
// time, the watermark never moves back, what is closed is stored or lost, every unit ends in
// a final state, and what is not in the log is a recorded loss. It makes no difference which
// of the processes that share the store does the next run.
func TestAnySchedule(t *testing.T) {
	seeds := []uint64{37, 52} // which have found faults
	if os.Getenv("AOC_TEST_FULL") != "" {
		seeds = nil
		for seed := range uint64(100) {
			seeds = append(seeds, seed)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { anySchedule(t, seed) })
	}
}

func anySchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	clk, s := newClock(), openStore(t)
	blobs, spans := newBlobFeed(clk, "Audit.Exchange"), newSpanFeed(clk)
	spans.spec.Lookback = 7 * 24 * time.Hour
	feeds := []source.Source{blobs, spans}
	process := func(n int) *Collector {
		return newCollector(t, s, clk, func(cfg *Config) {
			cfg.Fleet = fleet.New(fleet.Config{Store: s, Process: fmt.Sprint("host-", n), Shared: true})
		}, feeds...)
	}
	processes := []*Collector{process(0), process(1), process(2)}
	c := processes[0]

	bad := 0.0 // the share of calls that fail
	codes := []aoc.Code{aoc.CodeUpstream, aoc.CodeUnavailable, aoc.CodeThrottled, aoc.CodeForbidden}
	var mu sync.Mutex // of rng, once runs are under way
	chance := func() error {
		mu.Lock()
		defer mu.Unlock()
		if rng.Float64() < bad {
			return fault(codes[rng.IntN(len(codes))], "")
		}
		return nil
	}
	f := faults{
		list: func(aoc.Window) error { return chance() },
		read: func(aoc.Unit, int) error { return chance() },
	}
	blobs.fail(f)
	spans.fail(f)

	n := 0
	happen := func() {
		for range rng.IntN(4) {
			n++
			at := clk.Now().Add(-time.Duration(rng.IntN(180)) * time.Minute)
			b := blobs.add(fmt.Sprintf("b%04d", n), at, rng.IntN(4))
			b.visible = clk.Now()
			spans.records = append(spans.records, record{id: fmt.Sprintf("s%04d", n), at: at, visible: clk.Now()})
		}
	}
	marks := map[aoc.Feed]time.Time{}
	for step := range 60 {
		switch r := rng.Float64(); {
		case r < 0.04:
			clk.advance(time.Duration(rng.IntN(200)) * time.Hour) // down
		case r < 0.3:
			clk.advance(time.Duration(rng.IntN(120)) * time.Minute)
		default:
			clk.advance(5 * time.Minute)
		}
		bad = []float64{0, 0, 0.1, 0.5, 1}[rng.IntN(5)]
		happen()
		if n := rng.IntN(len(processes)); rng.Float64() < 0.3 {
			c = processes[n]
		} else if rng.Float64() < 0.15 {
			processes[n] = process(n)
			c = processes[n]
		}
		req := Request{}
		if rng.Float64() < 0.1 {
			req.Hours = 1 + rng.IntN(200)
		}
		run, err := begin(t.Context(), c, req, rng.Float64() < 0.3)
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, rep := range run.Report().Feeds {
			if rep.Watermark.Before(marks[rep.Feed]) {
				t.Fatalf("%s: watermark went from %s to %s", rep.Name, marks[rep.Feed], rep.Watermark)
			}
			marks[rep.Feed] = rep.Watermark
		}
		if step%4 == 0 {
			checkHonest(t, s, blobs)
			checkHonest(t, s, spans)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	bad = 0
	for range 12 {
		clk.advance(3 * time.Hour)
		collect(t, c, Request{})
	}
	checkAllAccountedFor(t, s, blobs, spans)
}

// checkAllAccountedFor fails unless every unit is in a final state and every record is in
// the log or in a recorded loss.
func checkAllAccountedFor(t *testing.T, s store.Store, blobs *blobFeed, spans *spanFeed) {
	t.Helper()
	in := map[string]bool{}
	for _, id := range logged(t, s) {
		in[id] = true
	}
	for _, feed := range []aoc.Feed{blobs.spec.Feed, spans.spec.Feed} {
		for _, u := range unitsOf(t, s, feed, unfinished...) {
			t.Errorf("%s: unit %s is %s: %s", feed.Name(), u.Unit.ID, u.State, u.LastError)
		}
		for _, w := range windowsOf(t, s, feed) {
			if w.State != aoc.WindowClosed {
				t.Errorf("%s: window %s is %s", feed.Name(), w.Window, w.State)
			}
		}
	}
	first := windowsOf(t, s, blobs.spec.Feed)[0].Window.Start
	lost, err := losses(t.Context(), s, blobs.spec.Feed, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	given := map[aoc.Feed][]Loss{}
	for _, feed := range []aoc.Feed{blobs.spec.Feed, spans.spec.Feed} {
		for _, w := range windowsOf(t, s, feed) {
			if unswept(w) {
				given[feed] = append(given[feed], Loss{Window: w.Window})
			}
		}
	}
	lost = append(lost, given[blobs.spec.Feed]...)
	for _, b := range blobs.blobs {
		for _, r := range b.records {
			// A blob that surfaced behind the last sweep of its window is out of anyone's sight.
			if !in[r.id] && !lostAt(lost, b.created) && b.created.After(first) && b.visible.Sub(b.created) < time.Hour {
				t.Errorf("record %s of blob %s (%s, seen %s) is neither stored nor known to be missing", r.id, b.id, b.created, b.visible)
			}
		}
	}
	if lost, err = losses(t.Context(), s, spans.spec.Feed, 0, ""); err != nil {
		t.Fatal(err)
	}
	lost = append(lost, given[spans.spec.Feed]...)
	for _, r := range spans.records {
		if !in[r.id] && !lostAt(lost, r.at) && r.visible.Sub(r.at) < 15*time.Minute {
			t.Errorf("record %s (%s, seen %s) is neither stored nor known to be missing", r.id, r.at, r.visible)
		}
	}
}

func lostAt(ls []Loss, at time.Time) bool {
	for _, l := range ls {
		if l.Window.Contains(at) {
			return true
		}
	}
	return false
}
