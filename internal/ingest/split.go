package ingest

import (
	"context"
	"time"

	"aoc"
)

const (
	// splitAfter is how often a unit must have failed to be read before it is split.
	splitAfter = 3
	// smallestSplit is the shortest span that is still split.
	smallestSplit = 2 * minWindow
)

// unreadable reports whether a unit is to be split: a span of time that upstream keeps
// answering wrongly while it answers other questions of the feed in the same pass. Without
// that an outage would shatter the ledger.
func (p *pass) unreadable(u aoc.LedgerUnit, fault *Fault) bool {
	return divisible(u, fault) && u.Attempts >= splitAfter && p.answered() > 0
}

// divisible reports whether a fault was an answer that made no sense, as opposed to none,
// about a span that can be made smaller.
func divisible(u aoc.LedgerUnit, fault *Fault) bool {
	return fault != nil && fault.Code == aoc.CodeUpstream && u.State == aoc.UnitFailed &&
		u.Unit.Repeatable && u.StoredAt.IsZero() && u.Unit.Window.Duration() >= smallestSplit
}

// isolate narrows an unreadable span down by halves, so that only the records next to the
// broken one wait for upstream to mend it. It goes on as long as one half can be read.
func (p *pass) isolate(ctx context.Context, u aoc.LedgerUnit) error {
	for broken := &u; broken != nil; {
		halves, err := p.halve(ctx, *broken)
		if err != nil {
			return err
		}
		broken = nil
		bad := 0
		for _, h := range halves {
			if err := p.interrupted(ctx); err != nil {
				return err
			}
			h, fault, err := p.readUnit(ctx, h)
			if err != nil {
				return err
			}
			if fault != nil {
				bad++
			}
			if divisible(h, fault) {
				broken = &h
			}
		}
		if bad == len(halves) || p.halted() {
			return nil // more than one broken place, or no answers at all: wait
		}
	}
	return nil
}

// halve replaces a unit by those of the two halves of its span. It gives none when
// upstream does not name them.
func (p *pass) halve(ctx context.Context, u aoc.LedgerUnit) ([]aoc.LedgerUnit, error) {
	w := u.Unit.Window
	middle := w.Start.Add(w.Duration() / 2).Truncate(minWindow)
	if !middle.After(w.Start) {
		return nil, nil
	}
	var halves []aoc.LedgerUnit
	for _, span := range []aoc.Window{{Start: w.Start, End: middle}, {Start: middle, End: w.End}} {
		for unit, err := range p.src.List(ctx, span) {
			if err != nil {
				if ctx.Err() == nil {
					p.failed(StageList, err, span.String())
				}
				return nil, ctx.Err()
			}
			if unit.ID == u.Unit.ID {
				return nil, nil // a source that cannot name smaller spans
			}
			half, _ := p.entry(aoc.LedgerUnit{}, false, unit)
			half.WindowStart, half.Late = u.WindowStart, u.Late
			halves = append(halves, half)
		}
	}
	if len(halves) == 0 {
		return nil, ctx.Err()
	}
	halves, err := p.unread(ctx, halves)
	if err != nil {
		return nil, err
	}
	u.State, u.NextAttempt = aoc.UnitSplit, time.Time{}
	if err := p.store.PutUnits(ctx, append(halves[:len(halves):len(halves)], u)); err != nil {
		return nil, err
	}
	p.log.Info("an unreadable span was split", "unit", u.Unit.ID, "from", w.Start, "to", w.End, "parts", len(halves))
	p.progress.change(func(r *FeedReport) { r.UnitsListed += len(halves) })
	return halves, nil
}

// unread keeps of the halves what the ledger knows about them, when the same span was
// split before, and asks for them once more.
func (p *pass) unread(ctx context.Context, halves []aoc.LedgerUnit) ([]aoc.LedgerUnit, error) {
	ids := make([]string, len(halves))
	for i, h := range halves {
		ids[i] = h.Unit.ID
	}
	known, err := p.store.GetUnits(ctx, p.spec.Feed, ids)
	if err != nil {
		return nil, err
	}
	for i, h := range halves {
		if old, ok := known[h.Unit.ID]; ok {
			halves[i], _ = p.entry(old, true, h.Unit)
		}
	}
	return halves, nil
}
