package question

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"aoc/internal/query"
)

// written reads a date in digits.
func (r *reader) written(i int) (period, int) {
	t := &r.toks[i]
	if strings.ContainsAny(t.low, "/.") && !strings.Contains(t.low, ":") && len(strings.FieldsFunc(t.low, func(c rune) bool { return c == '/' || c == '.' })[0]) < 4 {
		return r.dayMonthYear(i)
	}
	at, err := query.ParseTime(strings.ToUpper(pad(t.text)), r.now, r.zone)
	if err != nil {
		return period{}, i
	}
	at = at.In(r.zone)
	if strings.Contains(t.low, ":") {
		width := time.Minute
		if strings.Count(t.low, ":") > 1 {
			width = time.Second
		}
		return period{start: at, end: at.Add(width), timed: true}, i + 1
	}
	return r.whole(at, days), i + 1
}

// pad gives the month and day of a date two digits.
func pad(text string) string {
	head, rest := text, ""
	if n := strings.IndexAny(text, "T "); n > 0 {
		head, rest = text[:n], strings.Replace(text[n:], " ", "T", 1)
	}
	parts := strings.FieldsFunc(head, func(c rune) bool { return c == '-' || c == '/' })
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return strings.Join(parts, "-") + rest
}

// dayMonthYear reads 3/3/2026 and 3.3.2026. Where both could be the month, the zone decides:
// in America the month is said first.
func (r *reader) dayMonthYear(i int) (period, int) {
	t := &r.toks[i]
	parts := strings.FieldsFunc(t.low, func(c rune) bool { return c == '/' || c == '.' })
	if len(parts) != 3 {
		return period{}, i
	}
	a, _ := strconv.Atoi(parts[0])
	b, _ := strconv.Atoi(parts[1])
	y, _ := strconv.Atoi(parts[2])
	if y < 100 {
		y += 2000
	}
	d, m, unclear := a, b, false
	switch {
	case strings.Contains(t.low, "."):
	case b > 12:
		d, m = b, a
	case a <= 12 && a != b:
		unclear = true
		if name := r.zone.String(); strings.HasPrefix(name, "America/") || strings.HasPrefix(name, "US/") {
			d, m = b, a
		}
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, r.zone)
	if m < 1 || m > 12 || at.Day() != d || y < 1900 || y > 2199 {
		return period{}, i
	}
	p := r.whole(at, days)
	if unclear {
		p.meaning = at.Format("2 January 2006") + " (a date such as " + t.text + " can be read in two ways; 2026-03-04 cannot)"
	}
	return p, i + 1
}

// dayNumber reads the number of a day: 3, 3rd. It is 0 where there is none.
func (r *reader) dayNumber(k int) int {
	if k < 0 || k >= len(r.toks) {
		return 0
	}
	low := r.toks[k].low
	if m := ordinalPattern.FindStringSubmatch(low); m != nil {
		low = m[1]
	} else if r.toks[k].form != number || len(low) > 2 {
		return 0
	}
	n, _ := strconv.Atoi(low)
	if n > 31 {
		return 0
	}
	return n
}

// daysPattern is two days in one word: 5-7.
var daysPattern = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?-(\d{1,2})(?:st|nd|rd|th)?$`)

// twoDays reads the numbers of two days of one month, "5 and 7", "5-7", from token k.
func (r *reader) twoDays(k int, and bool) (a, b, next int) {
	if k < len(r.toks) {
		if m := daysPattern.FindStringSubmatch(r.toks[k].low); m != nil {
			a, _ = strconv.Atoi(m[1])
			b, _ = strconv.Atoi(m[2])
			return a, b, k + 1
		}
	}
	if a = r.dayNumber(k); a == 0 || !r.says(k+1, "to", "until", "till", "through", "thru", "-", "–", "—") && !(and && r.says(k+1, "and", "&")) {
		return 0, 0, k
	}
	k += 2
	for r.says(k, "the") {
		k++
	}
	return a, r.dayNumber(k), k + 1
}

// dayRange reads days of one month: "between 5 and 7 March", "March 5-7", from token i.
func (r *reader) dayRange(i int) (timed, bool) {
	k := i
	for r.says(k, "between", "from", "on", "in", "during", "over", "the", "for") {
		k++
	}
	and := k > i && r.says(i, "between")
	month := func(k int) (time.Month, bool) {
		if k >= len(r.toks) || r.toks[k].used {
			return 0, false
		}
		m, ok := monthNames[r.toks[k].low]
		return m, ok
	}
	m, ok := month(k)
	var from, to, next int
	if ok {
		from, to, next = r.twoDays(k+1, and)
		if _, again := month(next); again { // 5 March to 7 April
			return timed{}, false
		}
	} else {
		from, to, next = r.twoDays(k, and)
		for r.says(next, "of") {
			next++
		}
		m, ok = month(next)
		next++
	}
	if !ok || from == 0 || from >= to || to > 31 {
		return timed{}, false
	}
	first, n := r.dated(from, m, next, i)
	last, l := r.dated(to, m, next, i)
	if n == i || l == i || !first.start.Before(last.end) {
		return timed{}, false
	}
	return timed{Span: Span{Start: first.start, End: last.end, Words: r.words(i, l)}, i: i, j: l}, true
}

// calendar reads "3 March", "March 3rd, 2026", "February", "in 2025" from token i.
func (r *reader) calendar(i int) (p period, next int) {
	t := &r.toks[i]
	if n := r.dayNumber(i); n >= 1 && n <= 31 {
		k := i + 1
		for r.says(k, "of") {
			k++
		}
		if k < len(r.toks) {
			if m, ok := monthNames[r.toks[k].low]; ok {
				return r.dated(n, m, k+1, i)
			}
		}
		if ordinalPattern.MatchString(t.low) && r.says(i-1, "the") && r.says(i-2, "on", "since", "before", "after", "from", "until", "till") {
			at := time.Date(r.now.Year(), r.now.Month(), n, 0, 0, 0, 0, r.zone)
			if at.After(r.now) {
				at = time.Date(r.now.Year(), r.now.Month()-1, n, 0, 0, 0, 0, r.zone)
			}
			return r.whole(at, days), i + 1
		}
		return p, i
	}
	m, ok := monthNames[t.low]
	if ok {
		if n := r.dayNumber(i + 1); n >= 1 && n <= 31 {
			return r.dated(n, m, i+2, i)
		}
		year, next := 0, i+1
		if next < len(r.toks) {
			if year = yearOf(r.toks[next].low); year > 0 {
				next++
			}
		}
		ambiguous := t.said("may", "march", "mar", "sun", "jan", "dec", "nov", "april", "june", "august")
		said := r.says(i-1, "in", "since", "during", "of", "before", "after", "until", "till", "from", "to", "and", "between", "through", "for", "early", "late", "mid")
		if year == 0 && ambiguous && !said {
			return p, i
		}
		start := time.Date(r.now.Year(), m, 1, 0, 0, 0, 0, r.zone)
		if year > 0 {
			start = time.Date(year, m, 1, 0, 0, 0, 0, r.zone)
		} else if start.After(r.now) {
			start = start.AddDate(-1, 0, 0)
		}
		return r.whole(start, months), next
	}
	if y := yearOf(t.low); y > 0 && r.says(i-1, "in", "since", "during", "before", "after", "of", "until", "from", "year", "throughout") {
		return r.whole(time.Date(y, 1, 1, 0, 0, 0, 0, r.zone), years), i + 1
	}
	return p, i
}

// dated gives a day of a month, of the year that token k may say or else of the last that
// had it already.
func (r *reader) dated(d int, m time.Month, k, none int) (period, int) {
	year := r.now.Year()
	said := 0
	if n := k; n < len(r.toks) {
		if r.says(n, ",") {
			n++
		}
		if n < len(r.toks) {
			if said = yearOf(r.toks[n].low); said > 0 {
				year, k = said, n+1
			}
		}
	}
	at := time.Date(year, m, d, 0, 0, 0, 0, r.zone)
	if said == 0 && at.After(r.now) {
		at = time.Date(year-1, m, d, 0, 0, 0, 0, r.zone)
	}
	if at.Day() != d {
		return period{}, none
	}
	return r.whole(at, days), k
}
