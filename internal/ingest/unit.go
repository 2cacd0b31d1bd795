package ingest

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/store"
)

// overdueBatch bounds how many units are looked at for expiry while upstream is left alone.
const overdueBatch = 1000

// readRest reads the units that catching up did not come to: late finds in closed windows,
// failed ones whose back-off is over, and those of windows that are not listed to the end.
func (p *pass) readRest(ctx context.Context) error {
	f := store.UnitFilter{States: unfinished}
	if p.halted() {
		f.Limit = overdueBatch // oldest first: these expire first
	}
	us, err := p.store.ListUnits(ctx, p.spec.Feed, f)
	if err != nil {
		return err
	}
	return p.readUnits(ctx, us)
}

// readUnits reads those of the units whose time has come, several at a time.
func (p *pass) readUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	group, gctx := errgroup.WithContext(ctx)
	var stop error
	for _, u := range us {
		if stop = p.interrupted(ctx); stop != nil {
			break
		}
		if !p.wants(u) {
			continue
		}
		select {
		case p.slots <- struct{}{}:
		case <-gctx.Done():
			stop = gctx.Err()
		}
		if stop != nil {
			break
		}
		group.Go(func() error {
			defer func() { <-p.slots }()
			if p.halted() { // since the unit was chosen
				return p.expireIfOverdue(gctx, u)
			}
			u, fault, err := p.readUnit(gctx, u)
			if err != nil || !p.unreadable(u, fault) {
				return err
			}
			return p.isolate(gctx, u)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return stop
}

// wants reports whether a unit is to be tried, or to be written off, in this pass.
func (p *pass) wants(u aoc.LedgerUnit) bool {
	p.mu.Lock()
	tried := p.tried[u.Unit.ID]
	p.mu.Unlock()
	if p.halted() {
		return overdue(u, p.now())
	}
	return !tried && (p.due(u.NextAttempt) || overdue(u, p.now()))
}

// overdue reports whether upstream has forgotten a unit by its own account.
func overdue(u aoc.LedgerUnit, now time.Time) bool {
	return !u.Unit.ExpiresAt.IsZero() && !u.Unit.ExpiresAt.After(now)
}

// readUnit reads a unit to its end, puts its records through the pipeline and marks it.
// It gives the unit as it was marked, and upstream's fault.
func (p *pass) readUnit(ctx context.Context, u aoc.LedgerUnit) (aoc.LedgerUnit, *Fault, error) {
	began := p.now()
	if u.Unit.Repeatable && !u.Late && u.StoredAt.IsZero() {
		// The oldest part of the span may be out of reach by now: upstream would leave it
		// out without a word.
		if lost, _, ok := outOfReach(p.spec, u.Unit.Window, began); ok {
			lost.WindowStart = u.WindowStart
			if err := p.recordLoss(ctx, lost); err != nil {
				return u, nil, err
			}
		}
	}
	p.touch(u.WindowStart)
	first := p.ledger.recall().First
	var fault *Fault
	marked, tally := u, newHourTally(u)
	job := job{
		tenant:  p.spec.Feed.TenantID,
		records: p.src.Read(ctx, u.Unit),
		origin:  func(ev *aoc.Event) aoc.Origin { return originOf(first, u.WindowStart, ev) },
		stored: func(events []aoc.Event, outcomes []store.Outcome, c aoc.Counts) {
			tally.add(events, outcomes)
			p.stored(events, outcomes, c)
		},
		finish: func(readErr error) func(aoc.Counts) []aoc.LedgerUnit {
			var retryAt time.Time
			if readErr != nil {
				fault = p.failed(StageRead, readErr, u.Unit.ID)
				p.mu.Lock()
				p.tried[u.Unit.ID] = true
				retryAt = p.retryAt
				p.mu.Unlock()
			} else {
				p.succeeded()
			}
			return func(c aoc.Counts) []aoc.LedgerUnit {
				marked = after(u, c, fault, p.now(), retryAt)
				tally.addTo(&marked, u.Late || !u.StoredAt.IsZero())
				return []aoc.LedgerUnit{marked}
			}
		},
	}
	if _, err := p.pipe.run(ctx, job); err != nil {
		return u, nil, err
	}
	p.observer.Took(p.spec.Feed, StageRead, p.now().Sub(began))
	p.told(marked)
	return marked, fault, nil
}

// after is the ledger's line of a unit once it was read, or was tried to be.
func after(u aoc.LedgerUnit, c aoc.Counts, fault *Fault, now, retryAt time.Time) aoc.LedgerUnit {
	u.Counts.Add(c)
	again := !u.StoredAt.IsZero()
	if u.Late || again {
		u.LateNew += c.New
	}
	if fault == nil {
		u.State, u.FetchedAt = aoc.UnitStored, now
		u.Attempts++
		u.NextAttempt, u.LastError, u.LastErrorCode = time.Time{}, "", ""
		if !again {
			u.StoredAt = now
		}
		return u
	}
	u.LastError, u.LastErrorCode = fault.text(), fault.label()
	switch {
	case fault.Code == aoc.CodeNotFound || overdue(u, now):
		u.State, u.NextAttempt = aoc.UnitExpired, time.Time{}
		if again {
			u.State = aoc.UnitStored // what was there the first time is stored
		}
	case fault.Code == aoc.CodeThrottled: // no fault of the unit's
		u.State, u.NextAttempt = aoc.UnitFailed, retryAt
	default:
		u.State = aoc.UnitFailed
		u.Attempts++
		u.NextAttempt = nextAttempt(now, fault.Code, u.Attempts, u.Unit.ExpiresAt)
	}
	return u
}

// expireIfOverdue writes a unit off that can no longer be had, without asking for it.
func (p *pass) expireIfOverdue(ctx context.Context, u aoc.LedgerUnit) error {
	now := p.now()
	if !overdue(u, now) {
		return nil
	}
	fault := &Fault{Code: aoc.CodeNotFound, Message: "not collected before it expired upstream", At: now}
	if u.LastError != "" {
		fault.Message += "; the last fault was: " + u.LastError
	}
	u = after(u, aoc.Counts{}, fault, now, time.Time{})
	if err := p.store.PutUnits(ctx, []aoc.LedgerUnit{u}); err != nil {
		return err
	}
	p.touch(u.WindowStart)
	p.told(u)
	return nil
}

// told reports what became of a unit, once it is in the ledger.
func (p *pass) told(u aoc.LedgerUnit) {
	switch {
	case u.State == aoc.UnitStored:
		p.progress.change(func(r *FeedReport) { r.UnitsStored++ })
	case u.State == aoc.UnitFailed:
		p.again(u.NextAttempt)
		p.progress.change(func(r *FeedReport) { r.UnitsFailed++ })
	case sweptInVain(u):
		p.log.Warn("a span could not be looked at again for late records", "unit", u.Unit.ID, "reason", u.LastError)
	case u.State == aoc.UnitExpired:
		p.alarm(u)
	}
}

// originOf tells history that was fetched when a feed was set up from what is collected
// as it happens: it lies before the first collection, by its window and by its own time.
func originOf(first, window time.Time, ev *aoc.Event) aoc.Origin {
	if window.Before(first) && (ev == nil || ev.Timestamp.Before(first)) {
		return aoc.OriginBackfilled
	}
	return aoc.OriginCollected
}

// stored hears what became of events, a batch at a time.
func (p *pass) stored(events []aoc.Event, outcomes []store.Outcome, c aoc.Counts) {
	var lag Lag
	for i, o := range outcomes {
		ev := &events[i]
		if o != store.New || ev.Origin != aoc.OriginCollected || ev.TimeFlag != "" {
			continue
		}
		d := ev.ReceivedAt.Sub(ev.Timestamp)
		lag.add(d)
		p.observer.Lagged(p.spec.Feed, d)
	}
	p.progress.recorded(c, lag)
	p.observer.Recorded(p.spec.Feed, c)
}
