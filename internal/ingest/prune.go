package ingest

import (
	"context"
	"time"

	"aoc"
)

// pruneStep is how much time of the ledger is dropped at once, at least.
const pruneStep = 24 * time.Hour

// prune drops the windows that ended before a time, with their units. The ledger then
// begins where the first of those that are left does; the newest window always stays: the
// plan goes on at its end.
func (l *ledger) prune(ctx context.Context, before time.Time) error {
	end := l.end()
	if end.IsZero() || before.Sub(l.recall().Earliest) < pruneStep {
		return nil
	}
	ws, err := l.store.ListWindows(ctx, l.feed, aoc.Window{Start: earlier(before, end.Add(-1))})
	if err != nil || len(ws) == 0 {
		return err
	}
	first := ws[0].Window.Start
	if first.Sub(l.recall().Earliest) < pruneStep {
		return nil
	}
	// The ledger's beginning moves first: what a crash leaves behind lies before it.
	l.remember(func(m *memo) { m.Earliest, m.Settled = first, later(m.Settled, first) })
	if err := saveMemo(ctx, l.store, l.feed, l.recall()); err != nil {
		return err
	}
	if err := l.store.DropWindows(ctx, l.feed, first); err != nil {
		return err
	}
	l.forget()
	return l.load(ctx)
}
