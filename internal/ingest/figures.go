package ingest

import (
	"maps"
	"slices"
	"time"

	"aoc"
	"aoc/internal/store"
)

// summarise makes a window's figures from its units, so that no counter has to be
// trusted after a crash. pending tells whether a unit that was never stored is still to
// be read.
func summarise(w *aoc.LedgerWindow, us []aoc.LedgerUnit) (pending bool) {
	w.UnitsListed, w.UnitsStored, w.UnitsExpired, w.LateNew, w.Counts = 0, 0, 0, 0, aoc.Counts{}
	byHour := map[time.Time]*aoc.HourFigures{}
	at := func(hour time.Time) *aoc.HourFigures {
		f := byHour[hour]
		if f == nil {
			f = &aoc.HourFigures{Hour: hour}
			byHour[hour] = f
		}
		return f
	}
	for _, u := range us {
		w.Counts.Add(u.Counts)
		w.LateNew += u.LateNew
		hours := unitHours(u)
		for hour, c := range countsByHour(u, hours[0]) {
			f := at(hour)
			f.Counts.Add(c.Counts)
			f.LateNew += c.LateNew
		}
		var stored, expired int64
		switch {
		case u.State == aoc.UnitSplit, sweptInVain(u):
			continue
		case u.State == aoc.UnitExpired:
			expired = 1
		case u.State == aoc.UnitStored, !u.StoredAt.IsZero():
			stored = 1
		default:
			pending = true
		}
		w.UnitsListed++
		w.UnitsStored += stored
		w.UnitsExpired += expired
		for _, hour := range hours {
			f := at(hour)
			f.UnitsListed++
			f.UnitsStored += stored
			f.UnitsExpired += expired
		}
	}
	w.Hours = nil
	first := w.Window.Start.Truncate(time.Hour)
	if _, ok := byHour[first]; len(byHour) > 1 || len(byHour) == 1 && !ok {
		for _, hour := range slices.SortedFunc(maps.Keys(byHour), time.Time.Compare) {
			w.Hours = append(w.Hours, *byHour[hour])
		}
	}
	return pending
}

// sweptInVain reports whether a unit is a second look at a span that was stored before,
// which could not be taken. Nothing that was listed is lost by it.
func sweptInVain(u aoc.LedgerUnit) bool {
	return u.State == aoc.UnitExpired && u.Late && u.Unit.Repeatable
}

// unitHours gives the hours a unit is of, at least one: all that its span touches, or the
// one upstream made it available in.
func unitHours(u aoc.LedgerUnit) []time.Time {
	created, span := u.Unit.CreatedAt, u.Unit.Window
	switch {
	case !created.IsZero() && span.Contains(created):
		return []time.Time{created.UTC().Truncate(time.Hour)}
	case !u.Unit.Repeatable || !span.Start.Before(span.End):
		return []time.Time{u.WindowStart.UTC().Truncate(time.Hour)}
	}
	var hours []time.Time
	for hour := span.Start.UTC().Truncate(time.Hour); hour.Before(span.End); hour = hour.Add(time.Hour) {
		hours = append(hours, hour)
	}
	return hours
}

// countsByHour spreads a unit's counts over the hours of its records; what has no hour of
// its own belongs to the first.
func countsByHour(u aoc.LedgerUnit, first time.Time) map[time.Time]aoc.HourCounts {
	rest := aoc.HourCounts{Counts: u.Counts, LateNew: u.LateNew}
	byHour := map[time.Time]aoc.HourCounts{}
	for hour, c := range u.Hours {
		byHour[hour.UTC()] = c
		rest.Counts.Read -= c.Counts.Read
		rest.Counts.New -= c.Counts.New
		rest.Counts.Duplicate -= c.Counts.Duplicate
		rest.Counts.Revision -= c.Counts.Revision
		rest.LateNew -= c.LateNew
	}
	c := byHour[first]
	c.Counts.Add(rest.Counts)
	c.LateNew += rest.LateNew
	byHour[first] = c
	return byHour
}

// hourTally counts the records of a unit that spans several hours, by the hour of their
// events. What cannot be decoded has no event and is left out.
type hourTally struct {
	hours  []time.Time
	counts map[time.Time]aoc.Counts
}

func newHourTally(u aoc.LedgerUnit) *hourTally {
	return &hourTally{hours: unitHours(u), counts: map[time.Time]aoc.Counts{}}
}

func (t *hourTally) add(events []aoc.Event, outcomes []store.Outcome) {
	if len(t.hours) == 1 {
		return
	}
	first, last := t.hours[0], t.hours[len(t.hours)-1]
	for i, o := range outcomes {
		if o == notStored {
			continue
		}
		hour := later(first, earlier(last, events[i].Timestamp.UTC().Truncate(time.Hour)))
		c := t.counts[hour]
		c.Read++
		count(&c, o)
		t.counts[hour] = c
	}
}

// addTo adds the tally to what is known of a unit. late means that new records came after
// their time had been collected.
func (t *hourTally) addTo(u *aoc.LedgerUnit, late bool) {
	if len(t.counts) == 0 {
		return
	}
	u.Hours = maps.Clone(u.Hours) // others may hold the unit as it was
	if u.Hours == nil {
		u.Hours = map[time.Time]aoc.HourCounts{}
	}
	for hour, c := range t.counts {
		h := u.Hours[hour]
		h.Counts.Add(c)
		if late {
			h.LateNew += c.New
		}
		u.Hours[hour] = h
	}
}
