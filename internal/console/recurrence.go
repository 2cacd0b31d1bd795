package console

import (
	"iter"
	"time"

	"aoc"
)

// schedule is when a change window is open: once, or every week. Local times are those of
// its own zone, so that it keeps its hours when clocks change.
type schedule struct {
	zone   *time.Location
	once   aoc.Window // when weekly is nil
	weekly *weekly
}

// weekly opens on days of the week.
type weekly struct {
	days [7]bool // by time.Weekday: the day it opens
	// from and to are minutes of the day; to at or before from means the next day, 1440
	// midnight.
	from, to int
	// since and until are the first and last date it opens on; zero is open.
	since, until date
}

// date is a day of the calendar without a zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// noon is a time on the date that can be counted with: no clock change comes near in UTC.
func (d date) noon() time.Time { return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC) }

func (d date) add(days int) date { return dateOf(d.noon().AddDate(0, 0, days)) }

func (d date) before(e date) bool { return d.noon().Before(e.noon()) }

func (d date) isZero() bool { return d == date{} }

// open reports whether the window is open at a time.
func (s schedule) open(at time.Time) bool {
	if s.weekly == nil {
		return s.once.Contains(at)
	}
	today := dateOf(at.In(s.zone))
	for _, d := range [...]date{today, today.add(-1)} {
		if w, ok := s.on(d); ok && w.Contains(at) {
			return true
		}
	}
	return false
}

// on gives the time that the window is open from a date on.
func (s schedule) on(d date) (aoc.Window, bool) {
	k := s.weekly
	if !k.days[d.noon().Weekday()] || (!k.since.isZero() && d.before(k.since)) || (!k.until.isZero() && k.until.before(d)) {
		return aoc.Window{}, false
	}
	end := d
	if k.to <= k.from {
		end = d.add(1)
	}
	w := aoc.Window{Start: earliest(d, k.from, s.zone), End: latest(end, k.to, s.zone)}
	return w, w.Start.Before(w.End)
}

// times gives when the window is open within a span, cut to it, ascending or newest
// first. Both bounds of span must be set.
func (s schedule) times(span aoc.Window, newestFirst bool) iter.Seq[aoc.Window] {
	return func(yield func(aoc.Window) bool) {
		if s.weekly == nil {
			if w, ok := overlap(s.once, span); ok {
				yield(w)
			}
			return
		}
		first, last, step := dateOf(span.Start.In(s.zone)).add(-1), dateOf(span.End.In(s.zone)), 1
		if k := s.weekly; !k.since.isZero() && first.before(k.since) {
			first = k.since
		}
		if k := s.weekly; !k.until.isZero() && k.until.before(last) {
			last = k.until
		}
		days := int(last.noon().Sub(first.noon()) / day)
		if newestFirst {
			first, step = last, -1
		}
		for i := 0; i <= days; i++ {
			w, ok := s.on(first.add(i * step))
			if !ok {
				continue
			}
			if w, ok = overlap(w, span); ok && !yield(w) {
				return
			}
		}
	}
}

// overlap is what two spans have in common.
func overlap(a, b aoc.Window) (aoc.Window, bool) {
	if a.Start.Before(b.Start) {
		a.Start = b.Start
	}
	if b.End.Before(a.End) {
		a.End = b.End
	}
	return a, a.Start.Before(a.End)
}

// earliest is the first moment at which clocks of a zone show a time of day, or the moment
// at which they skip it.
func earliest(d date, minutes int, zone *time.Location) time.Time {
	first, _ := moments(d, minutes, zone)
	return first
}

// latest is the last such moment: an hour that comes twice belongs to a window twice.
func latest(d date, minutes int, zone *time.Location) time.Time {
	_, last := moments(d, minutes, zone)
	return last
}

// moments gives the first and the last moment at which clocks of a zone show a time.
func moments(d date, minutes int, zone *time.Location) (first, last time.Time) {
	wall := time.Date(d.year, d.month, d.day, 0, minutes, 0, 0, time.UTC)
	shown := func(around time.Duration) (time.Time, bool) {
		_, offset := wall.Add(around).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		_, there := t.In(zone).Zone()
		return t, there == offset
	}
	before, okBefore := shown(-day)
	after, okAfter := shown(day)
	switch {
	case okBefore && okAfter && after.Before(before):
		return after.UTC(), before.UTC()
	case okBefore && okAfter:
		return before.UTC(), after.UTC()
	case okBefore:
		return before.UTC(), before.UTC()
	case okAfter:
		return after.UTC(), after.UTC()
	}
	// Skipped: with the later offset the time lies just in front of the change.
	if after.Before(before) {
		before = after
	}
	_, change := before.In(zone).ZoneBounds()
	return change.UTC(), change.UTC()
}
