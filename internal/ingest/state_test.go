package ingest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
)

// What becomes of a unit when it was tried.
func TestUnitTransitions(t *testing.T) {
	now := day0
	fresh := aoc.LedgerUnit{State: aoc.UnitListed, Unit: aoc.Unit{ID: "u", ExpiresAt: now.Add(time.Hour)}}
	with := func(change func(*aoc.LedgerUnit)) aoc.LedgerUnit {
		u := fresh
		change(&u)
		return u
	}
	stored := with(func(u *aoc.LedgerUnit) {
		u.StoredAt, u.State, u.Unit.Repeatable = now.Add(-time.Hour), aoc.UnitListed, true
	})
	for _, tc := range []struct {
		name     string
		unit     aoc.LedgerUnit
		code     aoc.Code // of the fault; empty: read to the end
		state    aoc.UnitState
		attempts int
		retried  bool
		storedAt time.Time
		lateNew  int64
	}{
		{name: "read", unit: fresh, state: aoc.UnitStored, attempts: 1, storedAt: now},
		{name: "read again", unit: stored, state: aoc.UnitStored, attempts: 1, storedAt: stored.StoredAt, lateNew: 2},
		{name: "late", unit: with(func(u *aoc.LedgerUnit) { u.Late = true }), state: aoc.UnitStored, attempts: 1, storedAt: now, lateNew: 2},
		{name: "fault", unit: fresh, code: aoc.CodeUpstream, state: aoc.UnitFailed, attempts: 1, retried: true},
		{name: "throttled", unit: fresh, code: aoc.CodeThrottled, state: aoc.UnitFailed, attempts: 0, retried: true},
		{name: "forgotten", unit: fresh, code: aoc.CodeNotFound, state: aoc.UnitExpired},
		{name: "fault after expiry", unit: with(func(u *aoc.LedgerUnit) { u.Unit.ExpiresAt = now }), code: aoc.CodeUnavailable, state: aoc.UnitExpired},
		{name: "stored before, forgotten now", unit: stored, code: aoc.CodeNotFound, state: aoc.UnitStored, storedAt: stored.StoredAt, lateNew: 2},
		{name: "stored before, fault", unit: stored, code: aoc.CodeUpstream, state: aoc.UnitFailed, attempts: 1, retried: true, storedAt: stored.StoredAt, lateNew: 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var f *Fault
			if tc.code != "" {
				f = &Fault{Code: tc.code, Message: "m", Upstream: "AF1"}
			}
			u := after(tc.unit, aoc.Counts{Read: 3, New: 2, Duplicate: 1}, f, now, now.Add(time.Minute))
			if u.State != tc.state || u.Attempts != tc.attempts || u.LateNew != tc.lateNew || !u.StoredAt.Equal(tc.storedAt) {
				t.Errorf("got %+v", u)
			}
			if retried := u.NextAttempt.After(now); retried != tc.retried {
				t.Errorf("next attempt at %s", u.NextAttempt)
			}
			if (u.LastErrorCode == "AF1") != (f != nil) {
				t.Errorf("error %q", u.LastErrorCode)
			}
			if u.Counts.Read != 3 {
				t.Errorf("counts %+v", u.Counts)
			}
		})
	}
}

// A window's figures follow from its units, whatever was counted before.
func TestWindowFigures(t *testing.T) {
	unit := func(state aoc.UnitState, change func(*aoc.LedgerUnit)) aoc.LedgerUnit {
		u := aoc.LedgerUnit{State: state, Counts: aoc.Counts{Read: 1, New: 1}}
		if change != nil {
			change(&u)
		}
		return u
	}
	second := func(u *aoc.LedgerUnit) { u.Late, u.Unit.Repeatable = true, true }
	reread := func(u *aoc.LedgerUnit) { u.StoredAt = day0 }
	for _, tc := range []struct {
		name                    string
		units                   []aoc.LedgerUnit
		listed, stored, expired int64
		pending                 bool
	}{
		{name: "none"},
		{name: "stored", units: []aoc.LedgerUnit{unit(aoc.UnitStored, nil)}, listed: 1, stored: 1},
		{name: "listed", units: []aoc.LedgerUnit{unit(aoc.UnitListed, nil), unit(aoc.UnitStored, nil)}, listed: 2, stored: 1, pending: true},
		{name: "failed", units: []aoc.LedgerUnit{unit(aoc.UnitFailed, nil)}, listed: 1, pending: true},
		{name: "expired", units: []aoc.LedgerUnit{unit(aoc.UnitExpired, nil)}, listed: 1, expired: 1},
		{name: "split", units: []aoc.LedgerUnit{unit(aoc.UnitSplit, nil), unit(aoc.UnitStored, nil)}, listed: 1, stored: 1},
		{name: "stored and read again", units: []aoc.LedgerUnit{unit(aoc.UnitFailed, reread)}, listed: 1, stored: 1},
		{name: "second look in vain", units: []aoc.LedgerUnit{unit(aoc.UnitExpired, second)}},
		{name: "second look to come", units: []aoc.LedgerUnit{unit(aoc.UnitListed, second)}, listed: 1, pending: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := aoc.LedgerWindow{UnitsListed: 9, UnitsStored: 9, Counts: aoc.Counts{Read: 99}}
			pending := summarise(&w, tc.units)
			if w.UnitsListed != tc.listed || w.UnitsStored != tc.stored || w.UnitsExpired != tc.expired || pending != tc.pending {
				t.Errorf("listed %d, stored %d, expired %d, pending %t", w.UnitsListed, w.UnitsStored, w.UnitsExpired, pending)
			}
			checkSame(t, "counts", w.Counts, aoc.Counts{Read: int64(len(tc.units)), New: int64(len(tc.units))})
		})
	}
}

// Sweeps come at the ages a source names, those the first listing was too late for left
// out; neighbours fall due together; none is put off beyond upstream's reach.
func TestNextSweep(t *testing.T) {
	spec := source.Spec{Lookback: 7 * 24 * time.Hour, Resweep: []time.Duration{time.Hour, 24 * time.Hour, 167 * time.Hour}}
	w := aoc.Window{Start: day0.Add(-5 * time.Minute), End: day0}
	for _, tc := range []struct {
		listed   time.Duration // after the window's end
		min, max time.Duration
	}{
		{0, time.Hour, time.Hour + 5*time.Minute},
		{30 * time.Minute, time.Hour, time.Hour + 5*time.Minute},
		{time.Hour, 24 * time.Hour, 26 * time.Hour},
		{30 * time.Hour, 167 * time.Hour, 167 * time.Hour},
	} {
		got := nextSweep(spec, w, w.End.Add(tc.listed)).Sub(w.End)
		if got < tc.min || got > tc.max {
			t.Errorf("listed after %s: sweep after %s, want %s to %s", tc.listed, got, tc.min, tc.max)
		}
	}
	if got := nextSweep(spec, w, w.End.Add(168*time.Hour)); !got.IsZero() {
		t.Errorf("a sweep after the last age: %s", got)
	}
	due := map[time.Time]int{}
	for i := range 288 {
		at := day0.Add(time.Duration(i) * 5 * time.Minute)
		due[nextSweep(spec, aoc.Window{Start: at.Add(-5 * time.Minute), End: at}, at.Add(2*time.Hour))]++
	}
	if len(due) > 13 {
		t.Errorf("a day's windows are swept at %d times", len(due))
	}
}

// A day of five-minute windows is swept in few listings, none longer than allowed.
func TestSweepsAreCoalesced(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newSpanFeed(clk)
	feed.spec.Resweep = []time.Duration{24 * time.Hour}
	c := newCollector(t, s, clk, nil, feed)
	for range 48 {
		scheduled(t, c)
		clk.advance(5 * time.Minute)
	}
	feed.forget()
	clk.advance(24 * time.Hour)
	rep := scheduled(t, c)
	if rep.Feeds[0].WindowsSwept < 46 {
		t.Errorf("%d windows were swept", rep.Feeds[0].WindowsSwept)
	}
	if n := len(feed.listed()); n > 5 {
		t.Errorf("%d listings", n)
	}
}

func TestBackoff(t *testing.T) {
	for n := range 40 {
		for _, tc := range []struct {
			code  aoc.Code
			limit time.Duration
		}{{aoc.CodeUpstream, longestRetry}, {aoc.CodeForbidden, longestPermanent}} {
			d := backoff(tc.code, n)
			want := tc.limit
			if n < 10 {
				want = min(want, firstRetry<<max(n-1, 0))
			}
			if d < want*3/4 || d > want*5/4 {
				t.Errorf("%s, failure %d: %s, want about %s", tc.code, n, d, want)
			}
		}
	}
	// The last attempt comes before expiry.
	expires := day0.Add(20 * time.Minute)
	if got := nextAttempt(day0, aoc.CodeForbidden, 10, expires); !got.Equal(expires.Add(-lastChanceBeforeIt)) {
		t.Errorf("next attempt at %s, expires %s", got, expires)
	}
	nested := fmt.Errorf("reading: %w", &aoc.Error{Code: aoc.CodeThrottled, Cause: &aoc.Error{RetryAfter: time.Minute}})
	if got := throttle(nested); got != time.Minute {
		t.Errorf("throttled for %s", got)
	}
	if got := throttle(&aoc.Error{RetryAfter: 48 * time.Hour}); got != longestThrottle {
		t.Errorf("throttled for %s", got)
	}
	if got := throttle(errors.New("x")); got < 30*time.Second {
		t.Errorf("throttled for %s", got)
	}
}

func TestFaultShowsNoInternals(t *testing.T) {
	err := aoc.Wrap(&aoc.Error{Code: aoc.CodeForbidden, Upstream: "AF10001", Hint: "grant it", Message: "inner"}, aoc.CodeForbidden, "op", "outer")
	checkSame(t, "fault", faultOf(err, day0), &Fault{Code: aoc.CodeForbidden, Message: "outer", Hint: "grant it", Upstream: "AF10001", At: day0})
	if f := faultOf(errors.New("password=x"), day0); f.Code != aoc.CodeInternal || f.text() != aoc.MessageOf(errors.New("")) {
		t.Errorf("fault: %+v", f)
	}
}

func TestLag(t *testing.T) {
	var l Lag
	for _, d := range []time.Duration{-time.Minute, 30 * time.Second, time.Minute, 20 * time.Minute, 300 * time.Hour} {
		l.add(d)
	}
	if l.Total != 5 || l.Counts[0] != 3 || l.Counts[len(l.Counts)-1] != 1 || l.Max != 300*time.Hour {
		t.Errorf("lag: %+v", l)
	}
	for q, want := range map[float64]time.Duration{0.5: time.Minute, 0.7: 30 * time.Minute, 1: 300 * time.Hour} {
		if got := l.Quantile(q); got != want {
			t.Errorf("quantile %g: %s, want %s", q, got, want)
		}
	}
	var sum Lag
	sum.merge(l)
	sum.merge(l)
	if sum.Total != 10 || sum.Counts[0] != 6 || l.Counts[0] != 3 {
		t.Errorf("merged: %+v, from %+v", sum, l)
	}
}

func TestSpell(t *testing.T) {
	for d, want := range map[time.Duration]string{
		7 * 24 * time.Hour: "7 days", 31 * time.Hour: "31 hours", time.Hour: "1 hour", 90 * time.Minute: "90 minutes",
		90 * time.Second: "2 minutes", time.Second: "1 second", 20*24*time.Hour + time.Minute: "20 days",
	} {
		if got := spell(d); got != want {
			t.Errorf("%s is spelt %q, want %q", d, got, want)
		}
	}
}
