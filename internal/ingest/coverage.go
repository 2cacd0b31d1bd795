package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Coverage is what the ledger proves about a span of time.
type Coverage struct {
	Span        aoc.Window     `json:"span"`
	GeneratedAt time.Time      `json:"generated_at"`
	Feeds       []FeedCoverage `json:"feeds"`
	// Complete: every feed was collected over all of the span that lies since its first
	// collection, and nothing is lost or open.
	Complete bool `json:"complete"`
	// Statement says so in words, or what is missing.
	Statement string `json:"statement"`
}

// FeedCoverage is what the ledger proves about one feed.
type FeedCoverage struct {
	Feed  aoc.Feed `json:"feed"`
	Name  string   `json:"name"`
	Title string   `json:"title"`
	// From is where the ledger of the feed begins; nothing is claimed for earlier.
	From      time.Time          `json:"from,omitzero"`
	Watermark time.Time          `json:"watermark,omitzero"`
	Windows   []aoc.LedgerWindow `json:"windows"`
	Hours     []Hour             `json:"hours"`
	Gaps      []Gap              `json:"gaps"`
	Losses    []Loss             `json:"losses"`
	Totals    CoverageTotals     `json:"totals"`
	Lag       Lag                `json:"lag"`
	Complete  bool               `json:"complete"`
	Statement string             `json:"statement"`
}

// CoverageTotals adds up the windows of a feed.
type CoverageTotals struct {
	Windows  int        `json:"windows"`
	Closed   int        `json:"closed"`
	Sweeps   int        `json:"sweeps"`
	Listed   int64      `json:"units_listed"`
	Stored   int64      `json:"units_stored"`
	Expired  int64      `json:"units_expired"`
	Open     int64      `json:"units_open"`
	Counts   aoc.Counts `json:"counts"`
	LateNew  int64      `json:"late_new"`
	LostSpan string     `json:"lost,omitempty"` // in words, how much time has losses
}

// Gap is a span that is not proved to be collected.
type Gap struct {
	Window aoc.Window `json:"window"`
	// Reason is planned (not listed to the end yet), open (units are still to be stored),
	// late (units found by a sweep are still to be stored), unswept (closed, but upstream's
	// limit ran out before late records were looked for) or unplanned (since the last run).
	Reason    string `json:"reason"`
	LastError string `json:"last_error,omitempty"`
}

// Coverage tells what is proved about a span, whose zero bounds are open: from the first
// planned time, to now.
func (c *Collector) Coverage(ctx context.Context, span aoc.Window) (Coverage, error) {
	cov := Coverage{Span: span, GeneratedAt: c.now(), Feeds: []FeedCoverage{}, Complete: true}
	if !span.Start.IsZero() && !span.End.IsZero() && !span.Start.Before(span.End) {
		return cov, aoc.Errorf(aoc.CodeInvalid, "ingest.coverage", "the span ends before it begins")
	}
	for _, f := range c.feeds {
		fc, err := c.feedCoverage(ctx, f.spec.Feed, f.title(), f.spec.LossHint, c.view(f), span)
		if err != nil {
			return cov, err
		}
		cov.Feeds = append(cov.Feeds, fc)
	}
	gone, err := c.unconfigured(ctx)
	if err != nil {
		return cov, err
	}
	for _, feed := range gone {
		fc, err := c.feedCoverage(ctx, feed, feed.Name(), "", &ledger{store: c.store, feed: feed}, span)
		if err != nil {
			return cov, err
		}
		cov.Feeds = append(cov.Feeds, fc)
	}
	missing := 0
	for _, fc := range cov.Feeds {
		if !fc.Complete {
			cov.Complete = false
			missing++
		}
	}
	switch {
	case len(cov.Feeds) == 0:
		cov.Complete, cov.Statement = false, "Nothing is collected."
	case cov.Complete:
		cov.Statement = fmt.Sprintf("Complete: all %d feeds hold every record that Microsoft has listed for this time.", len(cov.Feeds))
	default:
		cov.Statement = fmt.Sprintf("Not complete: %d of %d feeds have gaps or losses in this time.", missing, len(cov.Feeds))
	}
	return cov, nil
}

func (c *Collector) feedCoverage(ctx context.Context, feed aoc.Feed, title, lossHint string, l *ledger, span aoc.Window) (FeedCoverage, error) {
	fc := FeedCoverage{Feed: feed, Name: feed.Name(), Title: title, Windows: []aoc.LedgerWindow{}, Hours: []Hour{}, Gaps: []Gap{}, Losses: []Loss{}}
	if err := l.load(ctx); err != nil {
		return fc, err
	}
	ws, err := c.store.ListWindows(ctx, feed, span)
	if err != nil {
		return fc, err
	}
	open, err := c.store.ListUnits(ctx, feed, store.UnitFilter{States: unfinished})
	if err != nil {
		return fc, err
	}
	lost, err := losses(ctx, c.store, feed, 0, lossHint)
	if err != nil {
		return fc, err
	}
	m := l.recall()
	fc.From, fc.Watermark, fc.Lag = m.Earliest, l.watermark(), m.Lag
	fc.Windows = append(fc.Windows, ws...)
	for _, loss := range lost {
		if overlap(loss.Window, span) {
			fc.Losses = append(fc.Losses, loss)
		}
	}
	until := c.now()
	if !span.End.IsZero() {
		until = earlier(until, span.End)
	}
	fc.Gaps = append(fc.Gaps, gaps(ws, open, later(fc.From, span.Start), until)...)
	fc.Hours = append(fc.Hours, hours(ws, open, fc.Losses, span, until)...)
	fc.total(ws)
	fc.state(until)
	return fc, nil
}

// overlap reports whether two spans share time; zero bounds of span are open.
func overlap(w, span aoc.Window) bool {
	return (span.End.IsZero() || w.Start.Before(span.End)) && (span.Start.IsZero() || w.End.After(span.Start))
}

// gaps gives what of [from, until) is not covered by closed windows without open units.
func gaps(ws []aoc.LedgerWindow, open []aoc.LedgerUnit, from, until time.Time) []Gap {
	var gs []Gap
	add := func(g Gap) {
		g.Window.Start, g.Window.End = later(g.Window.Start, from), earlier(g.Window.End, until)
		if g.Window.Duration() < minWindow {
			return // windows are cut at whole seconds
		}
		if n := len(gs); n > 0 && gs[n-1].Reason == g.Reason && gs[n-1].LastError == g.LastError && gs[n-1].Window.End.Equal(g.Window.Start) {
			gs[n-1].Window.End = g.Window.End
			return
		}
		gs = append(gs, g)
	}
	if len(ws) == 0 && from.IsZero() {
		return nil // never collected: nothing is claimed
	}
	late := lateUnits(open)
	at := from
	for _, w := range ws {
		if w.Window.Start.After(at) {
			add(Gap{Window: aoc.Window{Start: at, End: w.Window.Start}, Reason: "unplanned"})
		}
		at = w.Window.End
		switch {
		case w.State == aoc.WindowPlanned:
			add(Gap{Window: w.Window, Reason: "planned", LastError: w.LastError})
		case w.State == aoc.WindowOpen:
			add(Gap{Window: w.Window, Reason: "open", LastError: late[w.Window.Start].LastError})
		case w.UnitsListed > w.UnitsStored+w.UnitsExpired:
			add(Gap{Window: w.Window, Reason: "late", LastError: late[w.Window.Start].LastError})
		case unswept(w):
			add(Gap{Window: w.Window, Reason: "unswept", LastError: w.LastError})
		}
	}
	add(Gap{Window: aoc.Window{Start: at, End: until}, Reason: "unplanned"})
	return gs
}

// lateUnits gives for each window one of its units that is still to be stored, one with
// an error where there is one.
func lateUnits(open []aoc.LedgerUnit) map[time.Time]aoc.LedgerUnit {
	byWindow := map[time.Time]aoc.LedgerUnit{}
	for _, u := range open {
		if byWindow[u.WindowStart].LastError == "" {
			byWindow[u.WindowStart] = u
		}
	}
	return byWindow
}

func (fc *FeedCoverage) total(ws []aoc.LedgerWindow) {
	t := &fc.Totals
	for _, w := range ws {
		t.Windows++
		if w.State == aoc.WindowClosed {
			t.Closed++
		}
		t.Sweeps += w.Sweeps
		t.Listed += w.UnitsListed
		t.Stored += w.UnitsStored
		t.Expired += w.UnitsExpired
		t.LateNew += w.LateNew
		t.Counts.Add(w.Counts)
	}
	t.Open = t.Listed - t.Stored - t.Expired
	var lost time.Duration
	for _, l := range fc.Losses {
		lost += l.Window.Duration()
	}
	if lost > 0 {
		t.LostSpan = spell(lost)
	}
}

// sinceLastRun: the time since the last run is no gap yet while it is shorter than this.
const sinceLastRun = time.Hour

// state decides whether the feed is complete and says so. That time has passed since the
// last run makes nothing incomplete by itself: the statement names the time it holds for.
func (fc *FeedCoverage) state(until time.Time) {
	holds := until
	open := slices.DeleteFunc(slices.Clone(fc.Gaps), func(g Gap) bool {
		fresh := g.Reason == "unplanned" && g.Window.End.Equal(until) && g.Window.Duration() <= sinceLastRun
		if fresh {
			holds = g.Window.Start
		}
		return fresh
	})
	t := fc.Totals
	switch {
	case t.Windows == 0:
		fc.Statement = "Nothing was collected for this time."
	case len(open) == 0 && len(fc.Losses) == 0:
		fc.Complete = true
		fc.Statement = fmt.Sprintf("Complete until %s: all %d units that Microsoft listed in %d windows are stored, %d records of which %d arrived late; %d sweeps looked for more.",
			holds.UTC().Format(time.RFC3339), t.Stored, t.Windows, t.Counts.New+t.Counts.Revision, t.LateNew, t.Sweeps)
	case len(fc.Losses) > 0:
		fc.Statement = fmt.Sprintf("Not complete: %d losses (%s) and %d gaps.", len(fc.Losses), t.LostSpan, len(open))
	default:
		fc.Statement = fmt.Sprintf("Not proved complete: %d gaps with %d open units; nothing is known to be lost.", len(open), t.Open)
	}
}
