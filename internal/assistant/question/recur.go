package question

import (
	"time"

	"aoc"
)

// recurrence is a time that comes again and again.
type recurrence struct {
	i, j     int
	included func(day time.Time) []period // of a day, in order
	outside  bool
	meaning  string
}

// The hours in which most people work, from Monday to Friday.
const (
	workFrom = 8
	workTo   = 18
)

// recurs reads a time that comes again and again from token i, as in "outside working hours",
// and gives the token behind it.
func (r *reader) recurs(i int) int {
	k := i
	out := false
	for r.says(k, "outside", "out", "of", "off", "not", "during", "in", "within", "normal", "regular", "usual", "our", "the", "on", "at", "after", "inside", "standard") {
		out = out || r.says(k, "outside", "out", "off", "not", "after")
		k++
	}
	hoursOf := func(day time.Time) []period {
		if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
			return nil
		}
		return []period{{start: at(day, workFrom), end: at(day, workTo)}}
	}
	switch {
	case r.says(k, "working", "business", "office", "work", "core") && r.says(k+1, "hours", "time"):
		r.recurring = recurrence{i, k + 2, hoursOf, out, "Monday to Friday from 8:00 to 18:00"}
		if out {
			r.recurring.meaning = "not Monday to Friday from 8:00 to 18:00"
		}
		return k + 2
	case r.says(k, "hours") && out && r.says(k-1, "of", "after", "off"):
		r.recurring = recurrence{i, k + 1, hoursOf, true, "not Monday to Friday from 8:00 to 18:00"}
		return k + 1
	case r.says(i, "out-of-hours", "after-hours", "off-hours", "afterhours"):
		n := i + 1
		r.recurring = recurrence{i, n, hoursOf, true, "not Monday to Friday from 8:00 to 18:00"}
		return n
	case r.says(k, "weekends") || r.says(k, "weekend") && (r.says(k-1, "a") || k == i && r.weekendOf(i)) || r.says(k, "a") && r.says(k+1, "weekend"):
		n := k + 1
		if r.says(k, "a") {
			n++
		}
		r.recurring = recurrence{i, n, func(day time.Time) []period {
			if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
				return nil
			}
			return []period{{start: day, end: day.AddDate(0, 0, 1)}}
		}, out, "Saturdays and Sundays"}
		return n
	case r.says(k, "night", "nights") && r.says(k-1, "at") || r.says(k, "night") && r.says(k-1, "the") && r.says(k-2, "during") && !r.says(k+1, "of"):
		r.recurring = recurrence{i, k + 1, func(day time.Time) []period {
			return []period{{start: day, end: at(day, 6)}, {start: at(day, 22), end: day.AddDate(0, 0, 1)}}
		}, out, "from 22:00 to 6:00"}
		return k + 1
	}
	return i
}

// weekendOf reports whether token i says of what follows that it was at weekends: "weekend
// sign-ins".
func (r *reader) weekendOf(i int) bool {
	return !r.says(i-1, "this", "last", "the", "past", "previous", "over") && i+1 < len(r.toks) && r.toks[i+1].form == word && known(r.toks[i+1].lemmas) && !isGrammar(r.toks[i+1].low)
}

func at(day time.Time, hour int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, 0, 0, 0, day.Location())
}

// The most days over which a time that comes again is written out, and over how many when the
// question says none.
const (
	recurMost    = 45
	recurDefault = 30
)

// recur makes a condition of a time that comes again, written out for every day of the span.
func (r *reader) recur() {
	c := r.recurring
	if c.included == nil {
		return
	}
	start, end := r.out.Span.Start, r.out.Span.End
	if end.IsZero() || end.After(r.now) {
		end = beginning(r.now, days).AddDate(0, 0, 1)
	}
	limit := recurMost
	if start.IsZero() {
		limit = recurDefault
	}
	meaning := c.meaning
	if oldest := beginning(end, days).AddDate(0, 0, -limit); start.Before(oldest) {
		start = oldest
		meaning += ", looked at from " + start.Format("2 January 2006") + " on"
		r.out.Span.Start = start
	}
	if r.out.Span.Words == "" {
		r.out.Span.Words = r.words(c.i, c.j)
	}
	var in []period
	for day := beginning(start.In(r.zone), days).AddDate(0, 0, -1); day.Before(end); day = day.AddDate(0, 0, 1) {
		in = append(in, c.included(day)...)
	}
	if c.outside {
		in = between(in, start, end)
	}
	spans := aoc.Or{}
	for _, p := range in {
		s, e := later(p.start, start), earlier(p.end, end)
		if !s.Before(e) {
			continue
		}
		if n := len(spans); n > 0 {
			if last, ok := spans[n-1].(aoc.Between); ok && last.End.Equal(s.UTC()) {
				spans[n-1] = aoc.Between{Start: last.Start, End: e.UTC()}
				continue
			}
		}
		spans = append(spans, aoc.Between{Start: s.UTC(), End: e.UTC()})
	}
	r.where = append(r.where, spans)
	r.note(c.i, c.j, meaning, nil)
}

// between gives the times that periods, in order, leave out.
func between(in []period, start, end time.Time) []period {
	var out []period
	at := start
	for _, p := range in {
		if p.start.After(at) {
			out = append(out, period{start: at, end: p.start})
		}
		at = later(at, p.end)
	}
	if at.Before(end) {
		out = append(out, period{start: at, end: end})
	}
	return out
}
