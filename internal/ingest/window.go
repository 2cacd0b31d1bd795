package ingest

import (
	"context"
	"reflect"
	"time"

	"aoc"
	"aoc/internal/store"
)

// enrolBatch is how many listed units are written to the ledger at once.
const enrolBatch = 500

// advance takes one window that is not closed as far as upstream lets it.
func (p *pass) advance(ctx context.Context, w aoc.LedgerWindow) error {
	if w.State == aoc.WindowPlanned && !p.halted() && p.due(w.NextAttempt) {
		listed, err := p.open(ctx, w)
		if err != nil {
			return err
		}
		w = listed
	}
	us, err := p.store.ListUnits(ctx, p.spec.Feed, store.UnitFilter{WindowStart: w.Window.Start, States: unfinished})
	if err != nil {
		return err
	}
	if err := p.readUnits(ctx, us); err != nil {
		return err
	}
	p.mu.Lock()
	changed := p.touched[w.Window.Start]
	p.mu.Unlock()
	if len(us) > 0 && !changed {
		return nil // nothing came of it
	}
	return p.settle(ctx, w)
}

// due reports whether something that waits until t is to be tried now.
func (p *pass) due(t time.Time) bool { return p.insist || !t.After(p.now()) }

// open lists a planned window. It is open once upstream has named all it holds; until then
// it stays planned, whatever was named so far.
func (p *pass) open(ctx context.Context, w aoc.LedgerWindow) (aoc.LedgerWindow, error) {
	began := p.now()
	span := w.Window
	if lost, rest, ok := outOfReach(p.spec, span, began); ok {
		lost.WindowStart = w.Window.Start
		if err := p.recordLoss(ctx, lost); err != nil {
			return w, err
		}
		span.Start = rest
	}
	fault, err := p.list(ctx, span, false, func(aoc.Unit) time.Time { return w.Window.Start })
	if err != nil {
		return w, err
	}
	w.Attempts++
	if fault != nil {
		w.LastError = fault.text()
		w.NextAttempt = p.now().Add(backoff(fault.Code, w.Attempts))
		p.mu.Lock()
		if fault.Code == aoc.CodeThrottled {
			w.NextAttempt = p.retryAt
		}
		p.mu.Unlock()
		p.again(w.NextAttempt)
		return w, p.ledger.put(ctx, w)
	}
	w.State, w.OpenedAt, w.LastError, w.NextAttempt = aoc.WindowOpen, p.now(), "", time.Time{}
	w.NextSweepAt = nextSweep(p.spec, w.Window, began)
	return w, p.ledger.put(ctx, w)
}

// list writes every unit upstream holds in a span to the ledger. windowOf tells the ledger
// window a unit counts towards. A fault of upstream ends the listing; what it named before
// is kept, and the span has to be listed again as a whole.
func (p *pass) list(ctx context.Context, span aoc.Window, again bool, windowOf func(aoc.Unit) time.Time) (*Fault, error) {
	began := p.now()
	batch := make([]aoc.Unit, 0, enrolBatch)
	asked := false // units that are windows are named without asking upstream
	for u, err := range p.src.List(ctx, span) {
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := p.enrol(ctx, batch, again, windowOf); err != nil {
				return nil, err
			}
			return p.failed(StageList, err, span.String()), nil
		}
		asked = asked || u.Repeatable
		if batch = append(batch, u); len(batch) == enrolBatch {
			if err := p.enrol(ctx, batch, again, windowOf); err != nil {
				return nil, err
			}
			batch = batch[:0]
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err // a source that stops without a word has not listed to the end
	}
	if err := p.enrol(ctx, batch, again, windowOf); err != nil {
		return nil, err
	}
	if !asked {
		p.succeeded()
	}
	p.observer.Took(p.spec.Feed, StageList, p.now().Sub(began))
	return nil, nil
}

// enrol writes listed units to the ledger, each once.
func (p *pass) enrol(ctx context.Context, batch []aoc.Unit, again bool, windowOf func(aoc.Unit) time.Time) error {
	if len(batch) == 0 {
		return nil
	}
	ids := make([]string, len(batch))
	for i, u := range batch {
		ids[i] = u.ID
	}
	known, err := p.store.GetUnits(ctx, p.spec.Feed, ids)
	if err != nil {
		return err
	}
	var changed []aoc.LedgerUnit
	for _, u := range batch {
		old, seen := known[u.ID]
		lu, write := p.entry(old, seen, u)
		if !seen {
			lu.WindowStart, lu.Late = windowOf(u), again
			p.progress.change(func(r *FeedReport) { r.UnitsListed++ })
		}
		if write {
			known[u.ID] = lu // upstream may name a unit twice
			changed = append(changed, lu)
			p.touch(lu.WindowStart)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return p.store.PutUnits(ctx, latest(changed))
}

// entry is the ledger's line for a unit upstream has named, and whether it is news.
func (p *pass) entry(old aoc.LedgerUnit, seen bool, u aoc.Unit) (aoc.LedgerUnit, bool) {
	if u.ExpiresAt.IsZero() && u.Repeatable && p.spec.Lookback > 0 {
		u.ExpiresAt = u.Window.End.Add(p.spec.Lookback)
	}
	if !seen {
		return aoc.LedgerUnit{Feed: p.spec.Feed, Unit: u, State: aoc.UnitListed, ListedAt: p.now()}, true
	}
	moved := old.Unit.Locator != u.Locator || !old.Unit.ExpiresAt.Equal(u.ExpiresAt)
	old.Unit.Locator, old.Unit.ExpiresAt = u.Locator, u.ExpiresAt
	switch old.State {
	case aoc.UnitListed, aoc.UnitFailed:
		return old, moved
	case aoc.UnitStored:
		if !u.Repeatable {
			return old, false // its content never changes
		}
	case aoc.UnitSplit:
		old.Late = true // its parts count for it; this is a second look
	case aoc.UnitExpired:
		if !u.ExpiresAt.After(p.now()) {
			return old, false
		}
	}
	old.State, old.Attempts, old.NextAttempt, old.LastError, old.LastErrorCode = aoc.UnitListed, 0, time.Time{}, "", ""
	return old, true
}

// latest keeps the last of several entries with one ID.
func latest(us []aoc.LedgerUnit) []aoc.LedgerUnit {
	place := make(map[string]int, len(us))
	kept := us[:0]
	for _, u := range us {
		if i, ok := place[u.Unit.ID]; ok {
			kept[i] = u
			continue
		}
		place[u.Unit.ID] = len(kept)
		kept = append(kept, u)
	}
	return kept
}

// settle makes a window's figures from its units and closes it when it was listed to the
// end and none of them is still to be stored.
func (p *pass) settle(ctx context.Context, w aoc.LedgerWindow) error {
	us, err := p.store.ListUnits(ctx, p.spec.Feed, store.UnitFilter{WindowStart: w.Window.Start})
	if err != nil {
		return err
	}
	was := w
	pending := summarise(&w, us)
	if w.State == aoc.WindowOpen && !pending {
		w.State, w.ClosedAt = aoc.WindowClosed, p.now()
		p.progress.change(func(r *FeedReport) { r.WindowsClosed++ })
	}
	p.mu.Lock()
	delete(p.touched, w.Window.Start)
	p.mu.Unlock()
	if reflect.DeepEqual(w, was) {
		return nil
	}
	return p.ledger.put(ctx, w)
}
