package ingest

import (
	"testing"
	"time"

	"aoc"
)

// A span that upstream keeps answering with nonsense is narrowed down: everything but the
// record next to the broken place arrives, and only that place waits.
func TestUnreadableSpanIsNarrowedDown(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	for i := range 120 {
		feed.add(string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10)), day0.Add(time.Duration(i)*time.Minute))
	}
	poison := day0.Add(57 * time.Minute)
	feed.fail(faults{read: func(u aoc.Unit, _ int) error {
		if u.Window.Contains(poison) {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	clk.advance(2 * time.Hour)
	for range 4 {
		collect(t, c, Request{})
		clk.advance(5 * time.Minute)
	}
	if got := len(logged(t, s)); got != 119 {
		t.Errorf("%d of the 119 readable records arrived", got)
	}
	failed := unitsOf(t, s, feed.spec.Feed, aoc.UnitFailed)
	if len(failed) != 1 || !failed[0].Unit.Window.Contains(poison) || failed[0].Unit.Window.Duration() >= 2*smallestSplit {
		t.Errorf("failed: %+v", failed)
	}
	if split := unitsOf(t, s, feed.spec.Feed, aoc.UnitSplit); len(split) == 0 {
		t.Error("nothing is recorded as split")
	}
	if w := windowOfStart(t, s, feed, day0); w.State != aoc.WindowOpen {
		t.Errorf("the window is %s while its poisoned second is open", w.State)
	}
	hs, err := c.Health(t.Context())
	if err != nil || hs[0].State != HealthDegraded || hs[0].FailingUnits != 1 {
		t.Errorf("health: %+v, %v", hs[0], err)
	}
	// Upstream mends it.
	feed.fail(faults{})
	clk.advance(time.Hour)
	collect(t, c, Request{})
	if got := len(logged(t, s)); got != 120 {
		t.Errorf("%d events", got)
	}
	if w := windowOfStart(t, s, feed, day0); w.State != aoc.WindowClosed {
		t.Errorf("the window is %s", w.State)
	}
}

// An outage, in which everything is answered with nonsense, splits nothing.
func TestOutageSplitsNothing(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	c := newCollector(t, s, clk, nil, feed)
	feed.fail(faults{read: func(aoc.Unit, int) error { return fault(aoc.CodeUpstream, "") }})
	for range 30 {
		scheduled(t, c)
		clk.advance(10 * time.Minute)
	}
	if us := unitsOf(t, s, feed.spec.Feed, aoc.UnitSplit); len(us) > 0 {
		t.Errorf("%d units were split", len(us))
	}
	if us := unitsOf(t, s, feed.spec.Feed); len(us) > 60 {
		t.Errorf("%d units", len(us))
	}
}
