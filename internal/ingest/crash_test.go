package ingest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// crashScript is a short life of two feeds: a first collection, a failing blob, a record
// that cannot be decoded, late arrivals, a downtime with a loss.
type crashScript struct {
	clk   *clock
	blobs *blobFeed
	spans *spanFeed
}

func newCrashScript() *crashScript {
	clk := newClock()
	s := &crashScript{clk: clk, blobs: newBlobFeed(clk, "Audit.Exchange"), spans: newSpanFeed(clk)}
	s.spans.spec.Lookback = 7 * 24 * time.Hour
	s.blobs.add("b0", day0.Add(-30*time.Hour), 3)
	s.blobs.add("b1", day0.Add(-time.Hour), 2)
	s.blobs.blobs[1].records = append(s.blobs.blobs[1].records, record{id: "broken", raw: `{"id":"broken",`})
	s.blobs.add("b2", day0.Add(-time.Minute), 5)
	s.spans.add("s0", day0.Add(-50*time.Hour))
	s.spans.add("s1", day0.Add(-time.Minute))
	s.blobs.fail(faults{read: func(u aoc.Unit, n int) error {
		if u.ID == "b2" && n == 3 && clk.Now().Before(day0.Add(10*time.Minute)) {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	return s
}

// steps are what happens between the runs.
func (s *crashScript) steps() []func() {
	return []func(){
		func() {},
		func() {
			s.clk.advance(20 * time.Minute)
			s.blobs.add("b3", day0.Add(10*time.Minute), 2)
			s.spans.add("s2", day0.Add(10*time.Minute))
		},
		func() {
			s.clk.advance(2 * time.Hour)
			s.blobs.add("late", day0.Add(11*time.Minute), 2)
			s.spans.add("slate", day0.Add(12*time.Minute))
		},
		func() { s.clk.advance(8 * 24 * time.Hour) },
	}
}

func (s *crashScript) collector(t *testing.T, st store.Store) *Collector {
	return newCollector(t, st, s.clk, func(c *Config) { c.Workers, c.BatchEvents = 2, 2 }, s.blobs, s.spans)
}

func (s *crashScript) delivered() []string {
	ids := append(s.blobs.delivered(), "s0", "s1", "s2", "slate")
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "broken" })
	slices.Sort(ids)
	return ids
}

// The process dies at every single call to the store, before it and after it, and starts
// again: nothing is lost, nothing is there twice, and the ledger never claims too much.
// Every ninth call unless AOC_TEST_FULL is set.
func TestCrashAnywhere(t *testing.T) {
	stride := 9
	if os.Getenv("AOC_TEST_FULL") != "" {
		stride = 1
	}
	for i, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%t", after), func(t *testing.T) {
			t.Parallel()
			points := 0
			for n := 1 + 4*i; crashAt(t, n, after); n += stride {
				points++
				if t.Failed() {
					t.Fatalf("failed when call %d was the last", n)
				}
			}
			if points*stride < 100 {
				t.Errorf("only %d points", points)
			}
		})
	}
}

// crashAt plays the script with a store that dies at its n-th call, then goes on with a new
// process. It is false when the script ended before that.
func crashAt(t *testing.T, n int, after bool) bool {
	script := newCrashScript()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mortal := &faultyStore{Store: s, n: n, after: after}
	c := script.collector(t, mortal)
	died := false
	for _, step := range script.steps() {
		step()
		run, _, err := c.Start(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		err = run.Wait(t.Context())
		if !died && mortal.hit != (err != nil) || (err != nil && !errors.Is(err, errFault)) {
			t.Fatalf("hit %t, error %v", mortal.hit, err)
		}
		if err != nil {
			checkHonest(t, s, script.blobs)
			checkHonest(t, s, script.spans)
			died = true
			c = script.collector(t, s) // the next process
			collect(t, c, Request{})
		}
	}
	collect(t, script.collector(t, s), Request{})

	checkSame(t, "log", logged(t, s), script.delivered())
	qs, err := s.ListQuarantine(t.Context(), "", 10)
	if err != nil || len(qs) != 1 {
		t.Errorf("quarantine: %v, %v", qs, err)
	}
	for _, feed := range []aoc.Feed{script.blobs.spec.Feed, script.spans.spec.Feed} {
		ws := windowsOf(t, s, feed)
		checkTiling(t, ws, 24*time.Hour)
		for _, w := range ws {
			if w.State != aoc.WindowClosed || w.UnitsListed != w.UnitsStored+w.UnitsExpired {
				t.Errorf("%s: window %s: %+v", feed.Name(), w.Window, w)
			}
		}
		if us := unitsOf(t, s, feed, unfinished...); len(us) > 0 {
			t.Errorf("%s: unfinished: %+v", feed.Name(), us)
		}
		if lost := unitsOf(t, s, feed, aoc.UnitExpired); len(lost) == 0 {
			t.Errorf("%s: the downtime's loss is not recorded", feed.Name())
		}
	}
	return died
}

// checkHonest fails when the ledger claims what the log does not hold.
func checkHonest(t *testing.T, s store.Store, src interface {
	recordsOf(unit aoc.Unit) []string
	ledgerFeed() aoc.Feed
}) {
	t.Helper()
	in := map[string]bool{}
	for _, id := range logged(t, s) {
		if in[id] {
			t.Errorf("%s is in the log twice", id)
		}
		in[id] = true
	}
	open := map[time.Time]bool{}
	for _, u := range unitsOf(t, s, src.ledgerFeed()) {
		if u.State == aoc.UnitStored {
			for _, id := range src.recordsOf(u.Unit) {
				if !in[id] && id != "broken" {
					t.Errorf("unit %s is stored, its record %s is not", u.Unit.ID, id)
				}
			}
		} else if (u.State == aoc.UnitListed || u.State == aoc.UnitFailed) && u.StoredAt.IsZero() && !u.Late {
			open[u.WindowStart] = true
		}
	}
	ws := windowsOf(t, s, src.ledgerFeed())
	checkTiling(t, ws, 24*time.Hour)
	for _, w := range ws {
		if w.State == aoc.WindowClosed && open[w.Window.Start] {
			t.Errorf("window %s is closed, a unit of it is not stored: %+v", w.Window, unitsOf(t, s, src.ledgerFeed(), unfinished...))
		}
	}
}

func (f *blobFeed) ledgerFeed() aoc.Feed { return f.spec.Feed }
func (f *spanFeed) ledgerFeed() aoc.Feed { return f.spec.Feed }

func (f *blobFeed) recordsOf(u aoc.Unit) []string {
	var ids []string
	for _, b := range f.blobs {
		if b.id == u.ID {
			for _, r := range b.records {
				ids = append(ids, r.id)
			}
		}
	}
	return ids
}

func (f *spanFeed) recordsOf(aoc.Unit) []string { return nil } // they may have come later
