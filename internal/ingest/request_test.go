package ingest

import (
	"strings"
	"testing"
	"time"

	"aoc"
)

func TestRequests(t *testing.T) {
	clk, s := newClock(), openStore(t)
	exchange, dlp, directory := newBlobFeed(clk, "Audit.Exchange"), newBlobFeed(clk, "DLP.All"), newSpanFeed(clk)
	c := newCollector(t, s, clk, nil, exchange, dlp, directory)
	for _, tc := range []struct {
		name     string
		req      Request
		feeds    string
		hours    int
		warnings []string // what each must contain
		code     aoc.Code
	}{
		{name: "all", feeds: "managementactivity/Audit.Exchange managementactivity/DLP.All directoryaudit"},
		{name: "collector", req: Request{Collectors: []string{"DirectoryAudit"}}, feeds: "directoryaudit"},
		{name: "source", req: Request{Collectors: []string{"unified"}}, feeds: "managementactivity/Audit.Exchange managementactivity/DLP.All"},
		{name: "feed", req: Request{Collectors: []string{"managementactivity/DLP.All", "directory"}}, feeds: "managementactivity/DLP.All directoryaudit"},
		{name: "unknown", req: Request{Collectors: []string{"directory", "nonsense"}}, code: aoc.CodeInvalid},
		{name: "known, not set up", req: Request{Collectors: []string{"signin"}}, code: aoc.CodeInvalid},
		{name: "negative", req: Request{Hours: -1}, code: aoc.CodeInvalid},
		{
			name: "beyond a source", req: Request{Hours: 200, Collectors: []string{"managementactivity/DLP.All", "directory"}},
			feeds: "managementactivity/DLP.All directoryaudit", hours: 200, warnings: []string{"Office 365 DLP.All: 200 hours were asked for, but Microsoft answers for the last 7 days only"},
		},
		{
			name: "beyond everything", req: Request{Hours: 721, Collectors: []string{"directory"}},
			feeds: "directoryaudit", hours: 720, warnings: []string{"721 hours were asked for; 720"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := c.order(tc.req, true)
			if code := aoc.CodeOf(err); code != tc.code {
				t.Fatalf("code %q, want %q", code, tc.code)
			}
			if err != nil {
				return
			}
			var names []string
			for _, f := range o.feeds {
				names = append(names, f.spec.Feed.Name())
			}
			checkSame(t, "feeds", strings.Join(names, " "), tc.feeds)
			checkSame(t, "hours", o.hours, tc.hours)
			if len(o.warnings) != len(tc.warnings) {
				t.Fatalf("warnings: %q", o.warnings)
			}
			for i, w := range tc.warnings {
				if !strings.Contains(o.warnings[i], w) {
					t.Errorf("warning %q does not say %q", o.warnings[i], w)
				}
			}
		})
	}
}

// Asking for hours lists them again whatever the watermark says, un-closes nothing, and
// finds what came late.
func TestHoursListAgain(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "Audit.Exchange")
	c := newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	before := windowsOf(t, s, feed.spec.Feed)
	clk.advance(time.Minute)
	feed.add("behind", day0.Add(-30*time.Hour), 1)
	feed.add("far behind", day0.Add(-80*time.Hour), 1)
	collect(t, c, Request{})
	checkSame(t, "a run without hours finds nothing", logged(t, s), []string{})
	feed.forget()
	rep := collect(t, c, Request{Hours: 48})
	checkSame(t, "log", logged(t, s), []string{"behind-0"})
	checkSame(t, "watermark", rep.Feeds[0].Watermark, clk.Now())
	for _, w := range feed.listed() {
		if w.End.Before(clk.Now().Add(-48 * time.Hour)) {
			t.Errorf("%s was not asked for", w)
		}
	}
	for i, w := range windowsOf(t, s, feed.spec.Feed)[:len(before)] {
		if w.State != aoc.WindowClosed || w.ClosedAt != before[i].ClosedAt {
			t.Errorf("the evidence of window %s has changed: %+v", w.Window, w)
		}
	}
	rep = collect(t, c, Request{Hours: 300})
	if len(rep.Warnings) != 1 {
		t.Errorf("warnings: %q", rep.Warnings)
	}
	checkSame(t, "log", logged(t, s), []string{"behind-0", "far behind-0"})
}

// Hours that go back beyond the ledger put history before it; the watermark stays.
func TestHoursReachBeforeTheLedger(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	feed.add("old", day0.Add(-20*24*time.Hour))
	c := newCollector(t, s, clk, func(cfg *Config) { cfg.FirstFetch = 24 * time.Hour }, feed)
	collect(t, c, Request{})
	checkSame(t, "log", logged(t, s), []string{})
	feed.fail(faults{read: func(u aoc.Unit, _ int) error {
		if u.Window.End.Before(day0.Add(-25 * 24 * time.Hour)) {
			return fault(aoc.CodeUpstream, "")
		}
		return nil
	}})
	clk.advance(time.Minute)
	rep := collect(t, c, Request{Hours: 720})
	checkSame(t, "log", logged(t, s), []string{"old"})
	checkSame(t, "watermark", rep.Feeds[0].Watermark, clk.Now())
	ws := windowsOf(t, s, feed.spec.Feed)
	checkTiling(t, ws, feed.spec.MaxWindow)
	checkSame(t, "begin", ws[0].Window.Start, clk.Now().Add(-720*time.Hour+historyMargin))
	events, err := s.ReadLog(t.Context(), 0, 10)
	if err != nil || events[0].Origin != aoc.OriginBackfilled {
		t.Errorf("log: %+v, %v", events, err)
	}
	// A new process knows about the windows that are left open there.
	feed.fail(faults{})
	c = newCollector(t, s, clk, nil, feed)
	collect(t, c, Request{})
	for _, w := range windowsOf(t, s, feed.spec.Feed) {
		if w.State != aoc.WindowClosed {
			t.Errorf("window %s is %s", w.Window, w.State)
		}
	}
}
