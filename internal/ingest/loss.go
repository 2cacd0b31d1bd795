package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/store"
)

// Loss is a span of a feed whose records upstream no longer has and that were not, or not
// all, collected.
type Loss struct {
	Window aoc.Window `json:"window"`
	Units  int        `json:"units"`
	Reason string     `json:"reason"`
	Hint   string     `json:"hint,omitempty"`
}

// unreachable begins the ID of a unit that stands for time upstream stopped answering for
// before it was listed, or a growing unit before it was read. Such a unit is expired from
// the start: the ledger then shows this loss as it shows every other.
const unreachable = "unreachable:"

// outOfReach gives the unit for that part of a span which lies beyond upstream's lookback,
// and where the rest begins; ok is false while all of it can still be had.
func outOfReach(spec source.Spec, span aoc.Window, now time.Time) (u aoc.LedgerUnit, rest time.Time, ok bool) {
	if spec.Lookback <= 0 || !span.Start.Before(reach(spec, now)) {
		return aoc.LedgerUnit{}, span.Start, false
	}
	edge := reach(spec, now).Add(reachMargin).Truncate(minWindow).Add(minWindow)
	rest = earlier(edge, span.End)
	lost := aoc.Window{Start: span.Start, End: rest}
	return aoc.LedgerUnit{
		Feed:  spec.Feed,
		Unit:  aoc.Unit{ID: unreachable + span.Start.UTC().Format(time.RFC3339Nano), Window: lost, ExpiresAt: rest.Add(spec.Lookback - spec.Margin)},
		State: aoc.UnitExpired, ListedAt: now,
		LastError:     fmt.Sprintf("not collected before upstream's limit of %s ran out", spell(spec.Lookback)),
		LastErrorCode: string(aoc.CodeNotFound),
	}, rest, true
}

// reach is the oldest time that a window can begin at and be listed in full.
func reach(spec source.Spec, now time.Time) time.Time { return now.Add(spec.Margin - spec.Lookback) }

// writeOff records as lost what planned windows cover of time that upstream no longer
// answers for. A window that lies in it as a whole is closed by that.
func (p *pass) writeOff(ctx context.Context) error {
	for _, w := range p.ledger.working() {
		if w.State != aoc.WindowPlanned {
			continue
		}
		lost, rest, ok := outOfReach(p.spec, w.Window, p.now())
		if !ok {
			continue
		}
		lost.WindowStart = w.Window.Start
		if err := p.recordLoss(ctx, lost); err != nil {
			return err
		}
		if rest.Before(w.Window.End) {
			continue // the listing takes what is left
		}
		w.State, w.OpenedAt, w.LastError, w.NextAttempt = aoc.WindowOpen, p.now(), "", time.Time{}
		if err := p.settle(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// recordLoss writes an expired unit and raises the alarm, unless exactly this loss is
// known already.
func (p *pass) recordLoss(ctx context.Context, u aoc.LedgerUnit) error {
	known, err := p.store.GetUnits(ctx, p.spec.Feed, []string{u.Unit.ID})
	if err != nil {
		return err
	}
	if k, ok := known[u.Unit.ID]; ok && k.State == aoc.UnitExpired && k.Unit.Window.End.Equal(u.Unit.Window.End) {
		return nil
	}
	if err := p.store.PutUnits(ctx, []aoc.LedgerUnit{u}); err != nil {
		return err
	}
	p.alarm(u)
	return nil
}

// alarm makes a loss heard.
func (p *pass) alarm(u aoc.LedgerUnit) {
	loss := Loss{Window: lossSpan(u), Units: 1, Reason: u.LastError, Hint: p.spec.LossHint}
	p.progress.change(func(r *FeedReport) { r.UnitsExpired++; r.Losses++ })
	p.ledger.remember(func(m *memo) { m.LastLoss = p.now() })
	p.observer.Lost(p.spec.Feed, loss)
	p.log.Warn("audit records are lost", "from", loss.Window.Start, "to", loss.Window.End,
		"unit", u.Unit.ID, "reason", loss.Reason, "hint", loss.Hint)
}

// lossSpan is the time a lost unit stands for: its own, or for a blob, which holds events
// of any time, the moment upstream made it available.
func lossSpan(u aoc.LedgerUnit) aoc.Window {
	if at := u.Unit.CreatedAt; !at.IsZero() {
		return aoc.Window{Start: at, End: at.Add(minWindow)}
	}
	if u.Unit.Window.Duration() <= 0 {
		return aoc.Window{Start: u.WindowStart, End: u.WindowStart.Add(minWindow)}
	}
	return u.Unit.Window
}

// losses gives what of a feed is lost, up to limit units, oldest first; losses that adjoin
// and have one reason are told as one.
func losses(ctx context.Context, s store.Units, feed aoc.Feed, limit int, hint string) ([]Loss, error) {
	us, err := s.ListUnits(ctx, feed, store.UnitFilter{States: []aoc.UnitState{aoc.UnitExpired}, Limit: limit})
	if err != nil {
		return nil, err
	}
	us = slices.DeleteFunc(us, sweptInVain)
	slices.SortStableFunc(us, func(a, b aoc.LedgerUnit) int { return lossSpan(a).Start.Compare(lossSpan(b).Start) })
	var ls []Loss
	for _, u := range us {
		span := lossSpan(u)
		if n := len(ls); n > 0 && ls[n-1].Reason == u.LastError && !span.Start.After(ls[n-1].Window.End) {
			ls[n-1].Window.End = later(ls[n-1].Window.End, span.End)
			ls[n-1].Units++
			continue
		}
		ls = append(ls, Loss{Window: span, Units: 1, Reason: u.LastError, Hint: hint})
	}
	return ls, nil
}

// spell writes a duration as people say it: 7 days, 31 hours, 5 minutes.
func spell(d time.Duration) string {
	unit, n := "second", int64(d.Round(time.Second)/time.Second)
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0, d >= 14*24*time.Hour:
		unit, n = "day", int64(d.Round(24*time.Hour)/(24*time.Hour))
	case d >= 2*time.Hour || d == time.Hour:
		unit, n = "hour", int64(d.Round(time.Hour)/time.Hour)
	case d >= time.Minute:
		unit, n = "minute", int64(d.Round(time.Minute)/time.Minute)
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
