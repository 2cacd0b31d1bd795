package ingest

import (
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
)

// The first collection goes back a week, in windows that tile it, closes them all and moves
// the watermark to now.
func TestFirstCollection(t *testing.T) {
	for _, tc := range []struct {
		name  string
		make  func(*clock) (source.Source, func(id string, at time.Time))
		reach time.Duration
	}{
		{"blobs", func(c *clock) (source.Source, func(string, time.Time)) {
			f := newBlobFeed(c, "Audit.Exchange")
			return f, func(id string, at time.Time) { f.add(id, at, 2) }
		}, 7*24*time.Hour - historyMargin - 6*time.Minute},
		{"spans", func(c *clock) (source.Source, func(string, time.Time)) {
			f := newSpanFeed(c)
			return f, f.add
		}, 7 * 24 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clk := newClock()
			feed, add := tc.make(clk)
			for i := range 6 {
				add(string(rune('a'+i)), day0.Add(-time.Duration(i)*24*time.Hour-time.Hour))
			}
			s := openStore(t)
			c := newCollector(t, s, clk, nil, feed)
			rep := collect(t, c, Request{})

			ws := windowsOf(t, s, feed.Spec().Feed)
			checkTiling(t, ws, feed.Spec().MaxWindow)
			checkSame(t, "begin", ws[0].Window.Start, day0.Add(-tc.reach))
			checkSame(t, "end", ws[len(ws)-1].Window.End, day0)
			for _, w := range ws {
				if w.State != aoc.WindowClosed {
					t.Errorf("window %s is %s", w.Window, w.State)
				}
			}
			checkSame(t, "watermark", rep.Feeds[0].Watermark, day0)
			if !rep.Complete || rep.State != RunDone || rep.Counts.New != int64(len(logged(t, s))) || rep.Counts.New < 6 {
				t.Errorf("report: %+v", rep)
			}
			events, err := s.ReadLog(t.Context(), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range events {
				if ev.Origin != aoc.OriginBackfilled {
					t.Errorf("%s happened before the first collection, origin %s", ev.ID, ev.Origin)
				}
			}
		})
	}
}

// What happens after the first collection is collected as it happens; a second run asks for
// no more than the time since.
func TestCollectionGoesOnWhereTheLedgerEnds(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.General")
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	feed.forget()

	clk.advance(5 * time.Minute)
	feed.add("b", day0.Add(2*time.Minute), 1)
	rep := collect(t, c, Request{})
	checkSame(t, "listed", feed.listed(), []aoc.Window{{Start: day0, End: day0.Add(5 * time.Minute)}})
	checkSame(t, "counts", rep.Counts, aoc.Counts{Read: 1, New: 1})
	events, err := s.ReadLog(t.Context(), 0, 10)
	if err != nil || len(events) != 1 || events[0].Origin != aoc.OriginCollected {
		t.Fatalf("log: %v, %v", events, err)
	}
	hs, err := c.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if hs[0].State != HealthOK || hs[0].Lag.Total != 1 || hs[0].LagMedian != 240 {
		t.Errorf("health: %+v", hs[0])
	}
}

// Nothing is planned twice when two runs come in the same second, or when the clock was set
// back.
func TestNoTimeNoWindow(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	n := len(windowsOf(t, s, feed.spec.Feed))
	for _, d := range []time.Duration{0, 500 * time.Millisecond, -time.Hour} {
		clk.advance(d)
		collect(t, c, Request{})
		if got := len(windowsOf(t, s, feed.spec.Feed)); got != n {
			t.Errorf("after %s: %d windows, want %d", d, got, n)
		}
	}
}

// A new process takes up what the one before it left, from the ledger alone.
func TestUnfinishedUnitsAreTakenUpAfterRestart(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	feed.add("good", day0.Add(-time.Hour), 3)
	feed.add("bad", day0.Add(-2*time.Hour), 2)
	feed.fail(faults{read: func(u aoc.Unit, n int) error {
		if u.ID == "bad" && n == 1 {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	rep := collect(t, newCollector(t, s, clk, nil, feed), Request{})
	if rep.Complete || rep.Feeds[0].UnitsFailed != 1 || rep.Feeds[0].State != FeedIncomplete {
		t.Fatalf("report: %+v", rep)
	}
	feed.fail(faults{})
	clk.advance(time.Hour)
	rep = scheduled(t, newCollector(t, s, clk, nil, feed))
	if !rep.Complete {
		t.Errorf("report: %+v", rep)
	}
	checkSame(t, "log", logged(t, s), feed.delivered())
	if got := feed.readsOf("good"); got != 1 {
		t.Errorf("a stored blob was read %d times", got)
	}
	u := unitOf(t, s, feed.spec.Feed, "bad")
	if u.State != aoc.UnitStored || u.Attempts != 2 || u.LastError != "" {
		t.Errorf("unit: %+v", u)
	}
	checkSame(t, "counts of both attempts", u.Counts, aoc.Counts{Read: 3, New: 2, Duplicate: 1})
}

// A listing that breaks off does not open the window, keeps what it named, and is done again
// with the same start.
func TestListingMustReachItsEnd(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.SharePoint")
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})

	clk.advance(10 * time.Minute)
	feed.add("b1", day0.Add(time.Minute), 1)
	feed.fail(faults{list: func(aoc.Window) error { return fault(aoc.CodeUpstream, "wait") }})
	feed.forget()
	rep := collect(t, c, Request{})
	ws := windowsOf(t, s, feed.spec.Feed)
	last := ws[len(ws)-1]
	if last.State != aoc.WindowPlanned || last.LastError == "" || !last.NextAttempt.After(clk.Now()) {
		t.Errorf("window: %+v", last)
	}
	if rep.Feeds[0].Error == nil || rep.Feeds[0].Error.Hint != "wait" {
		t.Errorf("report: %+v", rep.Feeds[0])
	}
	checkSame(t, "what was named is read all the same", logged(t, s), []string{"b1-0"})
	checkSame(t, "watermark", rep.Feeds[0].Watermark, day0)

	feed.fail(faults{})
	clk.advance(30 * time.Minute)
	feed.add("b2", day0.Add(20*time.Minute), 1)
	collect(t, c, Request{})
	lists := feed.listed()
	checkSame(t, "the window has grown and kept its start", lists[len(lists)-1],
		aoc.Window{Start: day0, End: day0.Add(40 * time.Minute)})
	ws = windowsOf(t, s, feed.spec.Feed)
	checkTiling(t, ws, feed.spec.MaxWindow)
	if w := ws[len(ws)-1]; w.State != aoc.WindowClosed || w.UnitsListed != 2 || w.UnitsStored != 2 || w.LastError != "" {
		t.Errorf("window: %+v", w)
	}
	checkSame(t, "log", logged(t, s), []string{"b1-0", "b2-0"})
}
