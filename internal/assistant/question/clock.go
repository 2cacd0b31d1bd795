package question

import (
	"strconv"
	"strings"
	"time"
)

// The parts of a day, in hours after midnight.
var parts = map[string][2]int{ //nolint:gochecknoglobals // read-only table
	"morning": {6, 12}, "afternoon": {12, 18}, "evening": {18, 24}, "night": {18, 30}, "lunchtime": {12, 14}, "noon": {12, 13},
}

// part reads a part of a day from token i, on [zero].
func (r *reader) part(i int) (period, int) {
	if i >= len(r.toks) {
		return period{}, i
	}
	h, ok := parts[r.toks[i].low]
	if !ok {
		return period{}, i
	}
	return period{start: zero.Add(time.Duration(h[0]) * time.Hour), end: zero.Add(time.Duration(h[1]) * time.Hour)}, i + 1
}

// clock reads a time of day from token i, on [zero]: the hour that begins then, or the minute
// when minutes are said; approx means half an hour to each side. A bare number is one only
// where led says that "at" or the like stood before it.
func (r *reader) clock(i int, led, approx bool) (period, int) {
	if i >= len(r.toks) || r.toks[i].used {
		return period{}, i
	}
	t := &r.toks[i]
	next := i + 1
	var h, m, s int
	width := time.Hour
	switch {
	case t.said("noon", "midday"):
		h = 12
	case t.said("midnight") && r.says(i-1, "at", "since", "after", "before", "until", "around", "from"):
	case t.form == clock:
		low := strings.Map(func(c rune) rune {
			if c == ' ' || c == '.' {
				return -1
			}
			return c
		}, t.low)
		half := ""
		if strings.HasSuffix(low, "m") {
			half, low = low[len(low)-2:], low[:len(low)-2]
		}
		fields := strings.Split(low, ":")
		h, _ = strconv.Atoi(fields[0])
		if len(fields) > 1 {
			m, _ = strconv.Atoi(fields[1])
		}
		if len(fields) > 2 {
			s, _ = strconv.Atoi(fields[2])
			width = time.Second
		} else if m != 0 {
			width = time.Minute
		}
		h = twelve(h, half)
	case t.form == number && led && len(t.low) <= 2 && (r.says(i-1, "at", "around", "about", "circa") || r.says(next, "o'clock")):
		h, _ = strconv.Atoi(t.low)
		if next < len(r.toks) && (unitWords[r.toks[next].low] != noUnit || r.says(next, "times", "events", "sign-ins")) {
			return period{}, i
		}
		if r.says(next, "o'clock", "h", "hrs") {
			next++
		}
	default:
		return period{}, i
	}
	if h > 23 || m > 59 || s > 59 {
		return period{}, i
	}
	at := zero.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
	p := period{start: at, end: at.Add(width), timed: true}
	if approx {
		p.start, p.end = at.Add(-30*time.Minute), at.Add(30*time.Minute)
	}
	return p, next
}

// twelve gives the hour of a clock with am and pm.
func twelve(h int, half string) int {
	switch {
	case half == "pm" && h < 12:
		return h + 12
	case half == "am" && h == 12:
		return 0
	}
	return h
}
