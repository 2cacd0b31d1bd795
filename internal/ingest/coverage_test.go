package ingest

import (
	"strings"
	"testing"
	"time"

	"aoc"
)

func TestCoverage(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.FirstFetch = 2 * time.Hour }, feed)
	cov := coverageOf(t, c, aoc.Window{})
	if cov.Complete || cov.Feeds[0].Complete || len(cov.Feeds[0].Gaps) != 0 || len(cov.Feeds[0].Hours) != 0 {
		t.Errorf("before the first collection: %+v", cov.Feeds[0])
	}
	feed.add("old", day0.Add(-90*time.Minute), 3)
	collect(t, c, Request{})

	// An hour that cannot be listed, one with a blob that cannot be read, one that is fine.
	hour := func(f faults) {
		clk.advance(time.Hour)
		feed.fail(f)
		collect(t, c, Request{})
	}
	feed.add("bad", day0.Add(10*time.Minute), 1)
	badBlob := func(u aoc.Unit, _ int) error {
		if u.ID == "bad" {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}
	hour(faults{read: badBlob})
	hour(faults{read: badBlob})
	hour(faults{read: badBlob, list: func(w aoc.Window) error {
		if w.Contains(day0.Add(150 * time.Minute)) {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	cov = coverageOf(t, c, aoc.Window{Start: day0.Add(-3 * time.Hour), End: day0.Add(5 * time.Hour)})
	fc := cov.Feeds[0]
	var states []string
	for _, h := range fc.Hours {
		states = append(states, h.Hour.Sub(day0).String()+" "+string(h.State))
	}
	checkSame(t, "hours", states, []string{
		"-3h0m0s none", "-2h0m0s reswept", "-1h0m0s reswept", "0s open", "1h0m0s closed", "2h0m0s planned",
	}[:len(states)])
	checkSame(t, "gaps", fc.Gaps, []Gap{
		{Window: aoc.Window{Start: day0, End: day0.Add(time.Hour)}, Reason: "open", LastError: "upstream says upstream"},
		{Window: aoc.Window{Start: day0.Add(2 * time.Hour), End: day0.Add(3 * time.Hour)}, Reason: "planned", LastError: "upstream says upstream"},
	})
	if fc.Complete || cov.Complete || !strings.Contains(fc.Statement, "2 gaps") {
		t.Errorf("statement: %s", fc.Statement)
	}
	checkSame(t, "watermark", fc.Watermark, day0)

	feed.fail(faults{})
	clk.advance(time.Hour)
	collect(t, c, Request{})
	cov = coverageOf(t, c, aoc.Window{})
	fc = cov.Feeds[0]
	if !cov.Complete || len(fc.Gaps) != 0 || !strings.HasPrefix(fc.Statement, "Complete until 2026-03-02T16:00:00Z") {
		t.Errorf("statement: %s; gaps %+v", fc.Statement, fc.Gaps)
	}
	if fc.Totals.Listed != 2 || fc.Totals.Stored != 2 || fc.Totals.Counts.New != 4 || fc.Totals.Open != 0 {
		t.Errorf("totals: %+v", fc.Totals)
	}
	records := int64(0)
	for _, h := range fc.Hours {
		records += h.New
	}
	if records != 4 {
		t.Errorf("the hours hold %d records", records)
	}

	// Time since the last run is a gap once it is long.
	clk.advance(10 * time.Minute)
	if fc := coverageOf(t, c, aoc.Window{}).Feeds[0]; !fc.Complete || len(fc.Gaps) != 1 {
		t.Errorf("ten minutes later: %s %+v", fc.Statement, fc.Gaps)
	}
	clk.advance(3 * time.Hour)
	if fc := coverageOf(t, c, aoc.Window{}).Feeds[0]; fc.Complete {
		t.Errorf("three hours later: %s", fc.Statement)
	}
	if _, err := c.Coverage(t.Context(), aoc.Window{Start: day0, End: day0}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("an empty span: %v", err)
	}
}

func coverageOf(t *testing.T, c *Collector, span aoc.Window) Coverage {
	t.Helper()
	cov, err := c.Coverage(t.Context(), span)
	if err != nil {
		t.Fatal(err)
	}
	return cov
}

// Late records that could not be looked for in time are missing from the proof.
func TestCoverageTellsWhatWasNotSwept(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.FirstFetch = time.Hour }, feed)
	collect(t, c, Request{})
	feed.fail(faults{list: func(aoc.Window) error { return fault(aoc.CodeUnavailable, "") }})
	clk.advance(169 * time.Hour)
	collect(t, c, Request{})
	feed.fail(faults{})
	clk.advance(time.Hour)
	collect(t, c, Request{})
	fc := coverageOf(t, c, aoc.Window{End: day0}).Feeds[0]
	if fc.Complete || len(fc.Gaps) != 1 || fc.Gaps[0].Reason != "unswept" {
		t.Errorf("%s: %+v", fc.Statement, fc.Gaps)
	}
}

func TestHealth(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	c := newCollector(t, s, clk, nil, feed)
	health := func() FeedHealth {
		t.Helper()
		hs, err := c.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return hs[0]
	}
	want := func(when string, state HealthState) {
		t.Helper()
		if h := health(); h.State != state {
			t.Errorf("%s: %s, want %s: %+v", when, h.State, state, h)
		}
	}
	want("before the first collection", HealthWaiting)
	collect(t, c, Request{})
	want("collected", HealthOK)

	feed.fail(faults{list: func(aoc.Window) error { return fault(aoc.CodeUnavailable, "look at the network") }})
	clk.advance(time.Hour)
	scheduled(t, c)
	want("one failure", HealthDegraded)
	clk.advance(time.Hour)
	scheduled(t, c)
	want("more failures", HealthFailing)
	h := health()
	checkSame(t, "data loss at", h.DataLossAt, day0.Add(7*24*time.Hour-feed.spec.Margin))
	if want := "data loss in 166 hours unless this is done: look at the network (Purview search still has them)"; h.Warning != want {
		t.Errorf("warning %q, want %q", h.Warning, want)
	}
	// It is known to the next process.
	c = newCollector(t, s, clk, nil, feed)
	want("after a restart", HealthFailing)

	feed.fail(faults{})
	clk.advance(time.Hour)
	collect(t, c, Request{})
	want("mended", HealthOK)
	if h := health(); h.OpenWindows != 0 || h.OpenUnits != 0 || !h.DataLossAt.IsZero() || h.Warning != "" {
		t.Errorf("mended: %+v", h)
	}
	clk.advance(9 * 24 * time.Hour)
	collect(t, c, Request{})
	want("after a loss", HealthDegraded)
	clk.advance(25 * time.Hour)
	collect(t, c, Request{})
	want("a day after a loss", HealthOK)
	if len(health().Losses) != 1 {
		t.Errorf("losses: %+v", health().Losses)
	}

	c = newCollector(t, s, clk, nil)
	want("no longer configured", HealthOff)
	if cov := coverageOf(t, c, aoc.Window{}); len(cov.Feeds) != 1 || len(cov.Feeds[0].Windows) == 0 {
		t.Errorf("its coverage: %+v", cov.Feeds)
	}
}

// A first collection that is refused says so at once, with the remedy.
func TestHealthOfARefusedFeed(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	feed.fail(faults{read: func(aoc.Unit, int) error { return fault(aoc.CodeForbidden, "grant AuditLog.Read.All") }})
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	if got := len(feed.reads); got != strikes {
		t.Errorf("asked %d times", got)
	}
	hs, err := c.Health(t.Context())
	if err != nil || hs[0].State != HealthFailing || hs[0].LastFault.Hint != "grant AuditLog.Read.All" {
		t.Errorf("health: %+v, %v", hs[0], err)
	}
	// The schedule waits; a person need not.
	clk.advance(time.Second)
	feed.forget()
	if rep := scheduled(t, c); len(feed.reads) != 0 || rep.Feeds[0].State != FeedPostponed || rep.Feeds[0].Error == nil {
		t.Errorf("the schedule asked at once: %+v", rep.Feeds[0])
	}
	feed.fail(faults{})
	if rep := collect(t, c, Request{}); rep.Feeds[0].State != FeedDone || !rep.Complete {
		t.Errorf("after the remedy: %+v", rep.Feeds[0])
	}
}

// The first collection goes back in windows of a day. Its heat map tells the hours of such
// a window apart all the same, by what was collected of each.
func TestCoverageTellsTheHoursOfALongWindow(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	for i := range 3 {
		feed.add("early"+string(rune('0'+i)), day0.Add(-20*time.Hour+time.Duration(i)*time.Minute))
	}
	feed.add("middle", day0.Add(-10*time.Hour))
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.FirstFetch = 24 * time.Hour }, feed)
	collect(t, c, Request{})
	feed.add("late", day0.Add(-5*time.Hour))
	clk.advance(15 * time.Minute)
	collect(t, c, Request{Hours: 24})

	got := map[time.Duration]Hour{}
	for _, h := range coverageOf(t, c, aoc.Window{}).Feeds[0].Hours {
		if h.Records > 0 {
			got[h.Hour.Sub(day0)] = h
		}
		if h.Hour.Before(day0) && (h.Listed < 1 || h.Stored != h.Listed || h.Failed+h.Expired > 0) {
			t.Errorf("units of %s: %+v", h.Hour, h)
		}
	}
	for hour, want := range map[time.Duration]aoc.Counts{
		-20 * time.Hour: {Read: 6, New: 3, Duplicate: 3},
		-10 * time.Hour: {Read: 2, New: 1, Duplicate: 1},
		-5 * time.Hour:  {Read: 1, New: 1},
	} {
		h := got[hour]
		checkSame(t, hour.String(), aoc.Counts{Read: h.Records, New: h.New, Duplicate: h.Duplicate}, want)
		delete(got, hour)
	}
	if len(got) > 0 {
		t.Errorf("records in other hours: %+v", got)
	}
	within := coverageOf(t, c, aoc.Window{Start: day0.Add(-6 * time.Hour), End: day0.Add(-4 * time.Hour)}).Feeds[0].Hours
	if len(within) != 2 || within[0].Late != 0 || within[1].Late != 1 {
		t.Errorf("a span within the window: %+v", within)
	}
}
