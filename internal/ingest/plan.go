package ingest

import (
	"context"
	"slices"
	"time"

	"aoc"
	"aoc/internal/source"
)

const (
	// minWindow is the shortest window that is planned: upstream's filters take whole seconds.
	minWindow = time.Second
	// historyMargin keeps the first window of a feed's history away from the edge of what
	// upstream answers for, which moves on while the first run is under way.
	historyMargin = 10 * time.Minute
	// reachMargin does the same for the rest of a window that was cut at that edge.
	reachMargin = time.Minute
)

// planUntil extends the ledger to now: from its end on, however long ago that is, or, the
// first time, from firstFetch before now. back, when it is longer, also puts older history
// before the ledger. It tells how many windows are new.
func (l *ledger) planUntil(ctx context.Context, spec source.Spec, now time.Time, firstFetch, back time.Duration) (int, error) {
	end := now.Truncate(minWindow)
	if l.end().IsZero() {
		return l.planFirst(ctx, spec, now, end, max(firstFetch, back))
	}
	older, err := l.planHistory(ctx, spec, now, end, back)
	if err != nil {
		return older, err
	}
	newer, err := l.planOn(ctx, spec, now, end)
	return older + newer, err
}

// planFirst plans a feed's first windows. Time beyond upstream's reach is not planned:
// AOC was not there and loses nothing.
func (l *ledger) planFirst(ctx context.Context, spec source.Spec, now, end time.Time, back time.Duration) (int, error) {
	start := reachable(spec, end, end.Add(-back))
	l.remember(func(m *memo) { m.First, m.Anchor, m.Earliest, m.Settled = now, start, start, start })
	if err := l.save(ctx); err != nil {
		return 0, err
	}
	ws := l.tile(aoc.Window{Start: start, End: end}, spec.MaxWindow, now)
	return len(ws), l.put(ctx, ws...)
}

// planHistory puts windows before the ledger's beginning. They are written newest first,
// so that a store that is stopped half-way leaves no hole.
func (l *ledger) planHistory(ctx context.Context, spec source.Spec, now, end time.Time, back time.Duration) (int, error) {
	start, earliest := reachable(spec, end, end.Add(-back)), l.recall().Earliest
	if earliest.Sub(start) < minWindow {
		return 0, nil
	}
	// The mark moves back before the windows are there, so that none is ever overlooked.
	l.remember(func(m *memo) { m.Settled, m.Earliest = start, start })
	if err := saveMemo(ctx, l.store, l.feed, l.recall()); err != nil {
		return 0, err
	}
	ws := l.tile(aoc.Window{Start: start, End: earliest}, spec.MaxWindow, now)
	slices.Reverse(ws)
	return len(ws), l.put(ctx, ws...)
}

// planOn plans from the ledger's end to now. A last window that was never listed to its
// end grows instead of getting neighbours: an outage of hours leaves one window to list,
// not hundreds.
func (l *ledger) planOn(ctx context.Context, spec source.Spec, now, end time.Time) (int, error) {
	working := l.working()
	last := working[len(working)-1]
	from := last.Window.End
	if end.Sub(from) < minWindow {
		return 0, nil // also when the clock was set back
	}
	var ws []aoc.LedgerWindow
	if last.State == aoc.WindowPlanned && last.Window.Duration() < spec.MaxWindow {
		last.Window.End = earlier(end, last.Window.Start.Add(spec.MaxWindow))
		from = last.Window.End
		ws = append(ws, last)
	}
	added := l.tile(aoc.Window{Start: from, End: end}, spec.MaxWindow, now)
	return len(added), l.put(ctx, append(ws, added...)...)
}

// tile cuts a span into planned windows, ascending, without holes.
func (l *ledger) tile(span aoc.Window, longest time.Duration, now time.Time) []aoc.LedgerWindow {
	var ws []aoc.LedgerWindow
	for start := span.Start; start.Before(span.End); {
		end := earlier(start.Add(longest), span.End)
		ws = append(ws, aoc.LedgerWindow{
			Feed: l.feed, Window: aoc.Window{Start: start, End: end}, State: aoc.WindowPlanned, PlannedAt: now,
		})
		start = end
	}
	return ws
}

// reachable moves the start of history into what upstream answers for.
func reachable(spec source.Spec, end, start time.Time) time.Time {
	if spec.Lookback <= 0 {
		return start
	}
	edge := reach(spec, end).Add(min(historyMargin, spec.Lookback/10)).Truncate(minWindow)
	return earlier(later(start, edge), end.Add(-minWindow))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
