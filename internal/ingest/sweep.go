package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/source"
)

// sweepSlots: a sweep at age A may come up to A/sweepSlots late, so that windows close
// together are listed together: a day's five-minute windows in 12 listings instead of 288.
const sweepSlots = 12

// nextSweep is when a window that was listed at a time is to be listed again: at the first
// age of the source's that it had not reached by then. Zero when none is left.
func nextSweep(spec source.Spec, w aoc.Window, listed time.Time) time.Time {
	for _, age := range spec.Resweep {
		due := w.End.Add(age)
		if !due.After(listed) {
			continue
		}
		slot := max(age/sweepSlots, time.Second)
		if rounded := due.Truncate(slot).Add(slot); spec.Lookback <= 0 || rounded.Before(w.Start.Add(spec.Lookback-spec.Margin)) {
			return rounded
		}
		return due
	}
	return time.Time{}
}

// sweep lists windows again that were listed before: those whose time has come, and those
// in the span that was asked for. Closed windows stay closed; what is new in them is late.
func (p *pass) sweep(ctx context.Context) error {
	asked, err := p.askedAgain(ctx)
	if err != nil {
		return err
	}
	var again []aoc.LedgerWindow
	for _, w := range p.ledger.working() {
		if _, ok := asked[w.Window.Start]; ok || w.State == aoc.WindowPlanned || w.NextSweepAt.IsZero() || w.NextSweepAt.After(p.now()) {
			continue
		}
		if !w.Window.End.After(p.edge()) {
			if err := p.leaveUnswept(ctx, w); err != nil {
				return err
			}
			continue
		}
		again = append(again, w)
	}
	for _, w := range asked {
		again = append(again, w)
	}
	slices.SortFunc(again, func(a, b aoc.LedgerWindow) int { return a.Window.Start.Compare(b.Window.Start) })
	for len(again) > 0 {
		n := adjoining(again, p.spec.MaxWindow)
		if p.halted() {
			return nil
		}
		if err := p.interrupted(ctx); err != nil {
			return err
		}
		if err := p.sweepTogether(ctx, again[:n]); err != nil {
			return err
		}
		again = again[n:]
	}
	return nil
}

// leaveUnswept gives up looking at a window again that upstream no longer answers for. All
// it listed is stored or lost by record; when it was never looked at again, what arrived
// late is not known, and the ledger says so.
func (p *pass) leaveUnswept(ctx context.Context, w aoc.LedgerWindow) error {
	w.NextSweepAt = time.Time{}
	p.noteUnswept(&w)
	return p.ledger.put(ctx, w)
}

// noteUnswept marks a window all or part of which can no longer be listed again, unless it
// was listed at or after the first age at which late records are looked for.
func (p *pass) noteUnswept(w *aoc.LedgerWindow) {
	looked := later(w.OpenedAt, w.LastSweptAt)
	if w.LastError != "" || len(p.spec.Resweep) == 0 || !looked.Before(w.Window.End.Add(p.spec.Resweep[0])) {
		return
	}
	w.LastError = fmt.Sprintf("not looked at again for late records before upstream's limit of %s ran out", spell(p.spec.Lookback))
	p.log.Warn("late records of a window may be missing", "from", w.Window.Start, "to", w.Window.End, "reason", w.LastError)
}

// unswept reports whether looking for late records in a window was given up.
func unswept(w aoc.LedgerWindow) bool { return w.State == aoc.WindowClosed && w.LastError != "" }

// askedAgain gives the listed windows in the span a request asked for.
func (p *pass) askedAgain(ctx context.Context) (map[time.Time]aoc.LedgerWindow, error) {
	asked := map[time.Time]aoc.LedgerWindow{}
	if p.back <= 0 {
		return asked, nil
	}
	now := p.now()
	ws, err := p.store.ListWindows(ctx, p.spec.Feed, aoc.Window{Start: later(now.Add(-p.back), p.edge()), End: now})
	if err != nil {
		return nil, err
	}
	for _, w := range ws {
		// What this very run has listed for the first time need not be listed twice.
		if w.State != aoc.WindowPlanned && w.OpenedAt.Before(p.progress.started()) {
			asked[w.Window.Start] = w
		}
	}
	return asked, nil
}

// edge is where upstream's reach begins; the zero time when it has no limit.
func (p *pass) edge() time.Time {
	if p.spec.Lookback <= 0 {
		return time.Time{}
	}
	return reach(p.spec, p.now()).Add(reachMargin).Truncate(minWindow)
}

// adjoining counts how many windows from the first on follow each other without a hole and
// fit into one listing.
func adjoining(ws []aoc.LedgerWindow, longest time.Duration) int {
	n := 1
	for n < len(ws) && ws[n].Window.Start.Equal(ws[n-1].Window.End) && ws[n].Window.End.Sub(ws[0].Window.Start) <= longest {
		n++
	}
	return n
}

// sweepTogether lists adjoining windows again in one go.
func (p *pass) sweepTogether(ctx context.Context, ws []aoc.LedgerWindow) error {
	began, edge := p.now(), p.edge()
	span := aoc.Window{Start: later(ws[0].Window.Start, edge), End: ws[len(ws)-1].Window.End}
	fault, err := p.list(ctx, span, true, func(u aoc.Unit) time.Time { return windowOf(ws, u) })
	if err != nil || fault != nil {
		return err // still due: the next pass tries again
	}
	swept := make([]aoc.LedgerWindow, 0, len(ws))
	for _, w := range ws {
		// The figures may have been made anew since.
		if now, ok, err := p.ledger.window(ctx, w.Window.Start); err != nil {
			return err
		} else if ok {
			w = now
		}
		if w.Window.Start.Before(edge) {
			p.noteUnswept(&w) // this sweep takes a part of it only
		} else {
			w.LastError = ""
		}
		w.Sweeps++
		w.LastSweptAt = p.now()
		w.NextSweepAt = nextSweep(p.spec, w.Window, began)
		swept = append(swept, w)
	}
	p.progress.change(func(r *FeedReport) { r.WindowsSwept += len(swept) })
	if err := p.ledger.put(ctx, swept...); err != nil {
		return err
	}
	return p.settleTouched(ctx)
}

// windowOf finds the window a unit belongs to: the one it became available in, else the
// one its span begins in, else the first.
func windowOf(ws []aoc.LedgerWindow, u aoc.Unit) time.Time {
	for _, t := range []time.Time{u.CreatedAt, u.Window.Start} {
		for _, w := range ws {
			if !t.IsZero() && w.Window.Contains(t) {
				return w.Window.Start
			}
		}
	}
	return ws[0].Window.Start
}
