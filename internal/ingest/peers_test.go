package ingest

import (
	"fmt"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
)

// Each test here is a way in which collectors of these feeds have been seen to lose or to
// double records.

// A blob that fails is tried again until it is stored, and holds nothing else up.
func TestPeerFailedBlobIsRetriedLater(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	feed.add("bad", day0.Add(-time.Hour), 2)
	feed.add("good", day0.Add(-30*time.Minute), 2)
	tries := 0
	feed.fail(faults{read: func(u aoc.Unit, _ int) error {
		if u.ID == "bad" && tries < 3 {
			tries++
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	c := newCollector(t, s, clk, nil, feed)
	scheduled(t, c)
	checkSame(t, "the neighbour arrives", logged(t, s), []string{"good-0", "good-1"})
	for range 60 {
		clk.advance(time.Minute)
		scheduled(t, c)
	}
	checkSame(t, "log", logged(t, s), feed.delivered())
	if u := unitOf(t, s, feed.spec.Feed, "bad"); u.Attempts != 4 || u.State != aoc.UnitStored {
		t.Errorf("unit: %+v", u)
	}
	for _, w := range windowsOf(t, s, feed.spec.Feed) {
		if w.State != aoc.WindowClosed {
			t.Errorf("window %s is %s", w.Window, w.State)
		}
	}
}

// The position does not move past what failed: the watermark stays, later windows close.
func TestPeerCursorDoesNotAdvanceOverAFailure(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.General")
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	feed.add("bad", day0.Add(time.Minute), 1)
	feed.fail(faults{read: func(u aoc.Unit, _ int) error {
		if u.ID == "bad" {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	for range 3 {
		clk.advance(5 * time.Minute)
		rep := collect(t, c, Request{})
		checkSame(t, "watermark", rep.Feeds[0].Watermark, day0)
	}
	ws := windowsOf(t, s, feed.spec.Feed)
	var states []aoc.WindowState
	for _, w := range ws[len(ws)-3:] {
		states = append(states, w.State)
	}
	checkSame(t, "states", states, []aoc.WindowState{aoc.WindowOpen, aoc.WindowClosed, aoc.WindowClosed})
}

// One failing content type leaves the positions of the others alone.
func TestPeerEachFeedHasItsOwnPosition(t *testing.T) {
	clk, s := newClock(), openStore(t)
	bad, good := newBlobFeed(clk, "DLP.All"), newBlobFeed(clk, "Audit.Exchange")
	good.add("g", day0.Add(-time.Hour), 1)
	bad.fail(faults{list: func(aoc.Window) error { return fault(aoc.CodeForbidden, "grant ActivityFeed.ReadDlp") }})
	c := newCollector(t, s, clk, nil, bad, good)
	rep := collect(t, c, Request{})
	if rep.Feeds[0].State != FeedPostponed || rep.Feeds[1].State != FeedDone {
		t.Errorf("states: %s, %s", rep.Feeds[0].State, rep.Feeds[1].State)
	}
	checkSame(t, "watermark of the good feed", rep.Feeds[1].Watermark, day0)
	hs, err := c.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if hs[0].State != HealthFailing || hs[0].LastFault.Hint != "grant ActivityFeed.ReadDlp" || hs[0].DataLossAt.IsZero() || hs[0].Warning == "" {
		t.Errorf("health of the bad feed: %+v", hs[0])
	}
	if hs[1].State != HealthOK {
		t.Errorf("health of the good feed: %s", hs[1].State)
	}
}

// A window is never longer than upstream accepts, whatever the downtime.
func TestPeerLongSpansAreSplit(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	clk.advance(75 * time.Hour)
	feed.add("during", day0.Add(40*time.Hour), 1)
	collect(t, c, Request{})
	checkTiling(t, windowsOf(t, s, feed.spec.Feed), 24*time.Hour)
	checkSame(t, "log", logged(t, s), []string{"during-0"})
	for _, w := range feed.listed() {
		if w.Duration() > 24*time.Hour {
			t.Errorf("listed %s", w)
		}
	}
}

// Downtime beyond upstream's reach is a recorded loss, not a silent gap.
func TestPeerOlderThanSevenDaysIsARecordedLoss(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	heard := &listener{}
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.Observer = heard }, feed)
	collect(t, c, Request{})
	clk.advance((10*24 + 5) * time.Hour)
	rep := collect(t, c, Request{})
	if rep.Complete || rep.Feeds[0].Losses == 0 || len(heard.losses()) == 0 {
		t.Errorf("no alarm: %+v", rep.Feeds[0])
	}
	checkTiling(t, windowsOf(t, s, feed.spec.Feed), feed.spec.MaxWindow)
	cov, err := c.Coverage(t.Context(), aoc.Window{})
	if err != nil {
		t.Fatal(err)
	}
	fc := cov.Feeds[0]
	edge := day0.Add((3*24+5)*time.Hour + feed.spec.Margin + reachMargin + minWindow)
	checkSame(t, "losses", fc.Losses, []Loss{{
		Window: aoc.Window{Start: day0, End: edge}, Units: 4,
		Reason: "not collected before upstream's limit of 7 days ran out", Hint: feed.spec.LossHint,
	}})
	if fc.Complete || cov.Complete {
		t.Errorf("complete: %s", fc.Statement)
	}
	for _, h := range fc.Hours {
		if lost := h.Hour.Before(edge) && !h.Hour.Before(day0); lost != (h.State == HourLoss) {
			t.Errorf("hour %s is %s", h.Hour, h.State)
		}
	}
	checkSame(t, "watermark", rep.Feeds[0].Watermark, clk.Now())
	// It is told once, not with every run.
	n := len(heard.losses())
	clk.advance(time.Hour)
	collect(t, c, Request{})
	if len(heard.losses()) != n {
		t.Errorf("the same loss was told again")
	}
}

// A blob that expires before it could be read is a recorded, alarmed loss; the window closes.
func TestPeerExpiredBlobIsAlarmed(t *testing.T) {
	for _, tc := range []struct {
		name    string
		code    aoc.Code // while the blob cannot be read
		advance time.Duration
	}{
		{"forgotten", aoc.CodeNotFound, time.Minute},
		{"failing until it expires", aoc.CodeUpstream, 8 * 24 * time.Hour},
		{"forbidden until it expires", aoc.CodeForbidden, 8 * 24 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clk, s := newClock(), openStore(t)
			feed := newBlobFeed(clk, "Audit.Exchange")
			heard := &listener{}
			c := newCollector(t, s, clk, func(cfg *Config) { cfg.Observer = heard }, feed)
			scheduled(t, c)
			feed.add("bad", day0.Add(time.Minute), 1)
			feed.fail(faults{read: func(u aoc.Unit, _ int) error {
				if u.ID == "bad" {
					return fault(tc.code, "")
				}
				return nil
			}})
			for step := range 33 {
				clk.advance(tc.advance / 32)
				scheduled(t, c)
				_ = step
			}
			u := unitOf(t, s, feed.spec.Feed, "bad")
			if u.State != aoc.UnitExpired || u.LastError == "" {
				t.Errorf("unit: %+v", u)
			}
			if ls := heard.losses(); len(ls) != 1 || ls[0].Hint != feed.spec.LossHint {
				t.Errorf("alarms: %+v", ls)
			}
			for _, w := range windowsOf(t, s, feed.spec.Feed) {
				if w.State != aoc.WindowClosed {
					t.Errorf("window %s is %s", w.Window, w.State)
				}
			}
		})
	}
}

// A throttled feed is left alone for as long as upstream asks, by a person's run as well.
func TestPeerThrottlingIsHeeded(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	feed.add("b", day0.Add(-time.Hour), 1)
	throttled := &aoc.Error{Code: aoc.CodeThrottled, Upstream: "AF429", Message: "too many requests", RetryAfter: 10 * time.Minute}
	feed.fail(faults{list: func(aoc.Window) error { return throttled }})
	c := newCollector(t, s, clk, nil, feed)
	rep := collect(t, c, Request{})
	if got := len(feed.listed()); got != 1 {
		t.Errorf("a throttled feed was asked %d times in one run", got)
	}
	checkSame(t, "next attempt", rep.Feeds[0].NextAttempt, day0.Add(10*time.Minute))
	checkSame(t, "state", rep.Feeds[0].State, FeedPostponed)
	feed.fail(faults{})
	for range 3 {
		clk.advance(3 * time.Minute)
		rep = collect(t, c, Request{})
		if rep.Feeds[0].State != FeedPostponed || len(feed.listed()) != 1 {
			t.Fatalf("asked before its time: %+v", rep.Feeds[0])
		}
	}
	// A restart forgets nothing of that.
	if collect(t, newCollector(t, s, clk, nil, feed), Request{}); len(feed.listed()) != 1 {
		t.Fatal("asked before its time after a restart")
	}
	hs, err := c.Health(t.Context())
	if err != nil || hs[0].State != HealthWaiting {
		t.Errorf("health: %+v, %v", hs[0], err)
	}
	clk.advance(2 * time.Minute)
	collect(t, c, Request{})
	checkSame(t, "log", logged(t, s), feed.delivered())
}

// A throttled blob costs no attempt and is read after the pause.
func TestPeerThrottledBlobIsNotDropped(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	for i := range 10 {
		feed.add(string(rune('a'+i)), day0.Add(-time.Duration(i+1)*time.Minute), 1)
	}
	served := 0
	feed.fail(faults{read: func(aoc.Unit, int) error {
		if served++; served > 8 { // two calls a blob
			return &aoc.Error{Code: aoc.CodeThrottled, RetryAfter: time.Minute}
		}
		return nil
	}})
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.Workers = 1 }, feed)
	rep := collect(t, c, Request{})
	if rep.Feeds[0].UnitsStored != 4 || rep.Feeds[0].UnitsFailed != 1 {
		t.Errorf("report: %+v", rep.Feeds[0])
	}
	feed.fail(faults{})
	clk.advance(2 * time.Minute)
	collect(t, c, Request{})
	checkSame(t, "log", logged(t, s), feed.delivered())
	for _, u := range unitsOf(t, s, feed.spec.Feed) {
		if u.Attempts != 1 {
			t.Errorf("unit %s: %d attempts", u.Unit.ID, u.Attempts)
		}
	}
}

// Blobs and records that surface late are found by listing closed windows again.
func TestPeerLateArrivalsAreSwept(t *testing.T) {
	t.Run("blobs", func(t *testing.T) {
		clk, s := newClock(), openStore(t)
		feed := newBlobFeed(clk, "Audit.Exchange")
		c := newCollector(t, s, clk, nil, feed)
		collect(t, c, Request{})
		clk.advance(5 * time.Minute)
		collect(t, c, Request{})
		late := feed.add("late", day0.Add(time.Minute), 2)
		late.visible = day0.Add(50 * time.Minute)
		for range 15 {
			clk.advance(5 * time.Minute)
			scheduled(t, c)
		}
		checkSame(t, "log", logged(t, s), []string{"late-0", "late-1"})
		u := unitOf(t, s, feed.spec.Feed, "late")
		if !u.Late || u.LateNew != 2 || !u.WindowStart.Equal(day0) {
			t.Errorf("unit: %+v", u)
		}
		w := windowOfStart(t, s, feed, day0)
		if w.State != aoc.WindowClosed || w.Sweeps != 1 || w.LateNew != 2 || !w.ClosedAt.Equal(day0.Add(5*time.Minute)) {
			t.Errorf("window: %+v", w)
		}
		if w.NextSweepAt.Before(w.Window.End.Add(24*time.Hour)) || w.NextSweepAt.After(w.Window.End.Add(26*time.Hour)) {
			t.Errorf("next sweep at %s", w.NextSweepAt)
		}
	})
	t.Run("spans", func(t *testing.T) {
		clk, s := newClock(), openStore(t)
		feed := newSpanFeed(clk)
		feed.add("early", day0.Add(time.Minute))
		c := newCollector(t, s, clk, nil, feed)
		collect(t, c, Request{})
		clk.advance(5 * time.Minute)
		collect(t, c, Request{})
		feed.records = append(feed.records, record{id: "late", at: day0.Add(2 * time.Minute), visible: day0.Add(20 * time.Minute)})
		for range 6 {
			clk.advance(5 * time.Minute)
			scheduled(t, c)
		}
		checkSame(t, "log", logged(t, s), []string{"early", "late"})
		if w := windowOfStart(t, s, feed, day0); w.LateNew != 1 || w.Sweeps != 1 {
			t.Errorf("window: %+v", w)
		}
		for range 30 {
			clk.advance(time.Hour)
			scheduled(t, c)
		}
		if w := windowOfStart(t, s, feed, day0); w.Sweeps != 2 || !w.NextSweepAt.IsZero() {
			t.Errorf("the last sweep is not done: %+v", w)
		}
	})
}

// The same record in two blobs, and a blob listed twice, are stored once; another version
// of a record is a revision.
func TestPeerDuplicatesByDesign(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	feed.add("b1", day0.Add(-time.Hour), 2)
	same := feed.add("b2", day0.Add(-50*time.Minute), 0)
	same.records = []record{{id: "b1-1", at: feed.blobs[0].records[1].at}, {id: "b1-0", at: day0.Add(-2 * time.Hour)}}
	feed.blobs = append(feed.blobs, feed.blobs[0]) // named twice in one listing
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.Workers = 1 }, feed)
	rep := collect(t, c, Request{})
	if rep.Counts != (aoc.Counts{Read: 4, New: 2, Duplicate: 1, Revision: 1}) {
		t.Errorf("counts: %+v", rep.Counts)
	}
	if got := feed.readsOf("b1"); got != 1 {
		t.Errorf("b1 was read %d times", got)
	}
}

// Deduplication and retry in the wrong order lose a record for good: what a failed attempt
// had stored is a duplicate later, what it had not is new.
func TestPeerRetryAfterPartialReadSkipsNothing(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	feed.add("b", day0.Add(-time.Hour), 10)
	feed.fail(faults{read: func(_ aoc.Unit, n int) error {
		if n == 7 {
			return fault(aoc.CodeUnavailable, "")
		}
		return nil
	}})
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.BatchEvents = 3 }, feed)
	collect(t, c, Request{})
	if got := len(logged(t, s)); got != 7 {
		t.Errorf("%d records of a unit cut short are stored, want 7", got)
	}
	feed.fail(faults{})
	collect(t, c, Request{})
	checkSame(t, "log", logged(t, s), feed.delivered())
	checkSame(t, "counts", unitOf(t, s, feed.spec.Feed, "b").Counts, aoc.Counts{Read: 17, New: 10, Duplicate: 7})
}

// A restart after an outage longer than any overlap continues at the ledger's end.
func TestPeerOutageLeavesNoGap(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	collect(t, newCollector(t, s, clk, nil, feed), Request{})
	for i := range 50 {
		feed.add(string(rune('A'+i)), day0.Add(time.Duration(i)*time.Hour))
	}
	clk.advance(50 * time.Hour)
	collect(t, newCollector(t, s, clk, nil, feed), Request{})
	if got := len(logged(t, s)); got != 50 {
		t.Errorf("%d events, want 50", got)
	}
	checkTiling(t, windowsOf(t, s, feed.spec.Feed), feed.spec.MaxWindow)
}

// An outage is not answered with a request for every blob there is, and nothing is lost by
// that.
func TestOutageIsNotHammered(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	for i := range 300 {
		feed.add(fmt.Sprintf("b%03d", i), day0.Add(-time.Duration(i+1)*time.Minute), 1)
	}
	feed.fail(faults{read: func(aoc.Unit, int) error { return fault(aoc.CodeUpstream, "") }})
	c := newCollector(t, s, clk, nil, feed)
	scheduled(t, c)
	if got := len(feed.reads); got > streak+defaultWorkers {
		t.Errorf("asked for %d blobs", got)
	}
	feed.fail(faults{})
	clk.advance(time.Hour)
	scheduled(t, c)
	checkSame(t, "log", logged(t, s), feed.delivered())
}

func windowOfStart(t testing.TB, s ledgerStore, src source.Source, start time.Time) aoc.LedgerWindow {
	t.Helper()
	ws, err := s.ListWindows(t.Context(), src.Spec().Feed, aoc.Window{Start: start, End: start.Add(1)})
	if err != nil || len(ws) != 1 {
		t.Fatalf("windows at %s: %v, %v", start, ws, err)
	}
	return ws[0]
}
