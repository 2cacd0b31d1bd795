package question

import (
	"time"

	"aoc"
)

// timed is a span that was found in a question.
type timed struct {
	Span
	i, j    int
	dayless bool // a time of day without a day
}

// times reads all that a question says of time.
func (r *reader) times() {
	var found []timed
	for i := 0; i < len(r.toks); i++ {
		if r.toks[i].used {
			continue
		}
		if n := r.recurs(i); n > i {
			r.use(i, n)
			i = n - 1
			continue
		}
		if t, ok := r.spanAt(i); ok {
			r.use(t.i, t.j)
			found = append(found, t)
			i = t.j - 1
		}
	}
	r.joinSpans(found)
	r.recur()
}

// spanAt reads a span from token i: a time with the word before it that says on which side.
func (r *reader) spanAt(i int) (timed, bool) {
	t := &r.toks[i]
	make := func(start, end time.Time, j int, p period) (timed, bool) {
		if !end.IsZero() && !start.Before(end) {
			return timed{}, false
		}
		return timed{Span: Span{Start: start, End: end, Words: r.words(i, j), Meaning: p.meaning}, i: i, j: j, dayless: p.dayless}, true
	}
	if s, ok := r.dayRange(i); ok {
		return s, true
	}
	k := i + 1
	switch {
	case t.said("since", "starting", "beginning") || t.said("as") && r.says(k, "of"):
		for r.says(k, "of", "from", "on", "at", "the") && !r.says(k+1, "last", "past") {
			k++
		}
		if p, j := r.period(k); j > k {
			if r.says(j, "onwards", "onward", "on") {
				j++
			}
			return make(p.start, time.Time{}, j, p)
		}
		if n, u, j := r.amount(k); n > 0 {
			return make(back(r.now, n, u), time.Time{}, j, period{})
		}
	case t.said("after", "later") || t.said("following"):
		for r.says(k, "than") {
			k++
		}
		if p, j := r.period(k); j > k {
			switch {
			case p.open:
				return make(p.start, time.Time{}, j, p)
			case p.timed:
				day := beginning(p.start, days).AddDate(0, 0, 1)
				return make(p.start, day, j, p)
			}
			return make(p.end, time.Time{}, j, p)
		}
	case t.said("before", "until", "till", "til", "through", "prior", "up", "earlier"):
		for r.says(k, "to", "than", "until", "till", "and", "including") {
			k++
		}
		if k > i+1 || t.said("before", "until", "till", "til", "through") {
			if p, j := r.period(k); j > k {
				return r.until(i, j, t.said("before", "prior", "earlier") || p.timed, p)
			}
		}
	case t.said("between", "from"):
		if s, ok := r.between(i); ok {
			return s, true
		}
		if t.said("from") {
			if p, j := r.period(k); j > k {
				if r.says(j, "onwards", "onward", "on") {
					return make(p.start, time.Time{}, j+1, p)
				}
				return make(p.start, p.end, j, p)
			}
		}
		return timed{}, false
	case t.said("in", "during", "on", "over", "within", "for", "at", "of", "the", "throughout", "around", "about", "so", "earlier", "later", "all", "just", "sometime"):
		for k = i; r.says(k, "in", "during", "on", "over", "within", "for", "at", "of", "the", "throughout", "so", "far", "earlier", "later", "all", "just", "sometime", "course"); {
			k++
		}
		if r.says(k, "around", "about") && k > i { // period reads them
			k--
		}
		if p, j := r.period(k); j > k {
			if s, ok := r.rangeFrom(i, k); ok {
				return s, true
			}
			return make(p.start, p.end, j, p)
		}
		return timed{}, false
	}
	if s, ok := r.rangeFrom(i, i); ok {
		return s, true
	}
	if p, j := r.period(i); j > i {
		if p.dayless && !r.toks[i].used && r.toks[i].form != clock && !r.toks[i].said("noon", "midday", "around", "about", "at", "midnight") {
			return timed{}, false
		}
		return make(p.start, p.end, j, p)
	}
	return timed{}, false
}

// until gives a span that ends with a period, or where it begins.
func (r *reader) until(i, j int, atStart bool, p period) (timed, bool) {
	end, start := p.end, time.Time{}
	if atStart {
		end = p.start
	}
	if p.timed && (p.dayless || beginning(p.start, days).Before(p.start)) && r.toks[i].said("before", "until", "till") {
		if start = beginning(p.start, days); !start.Before(end) {
			return timed{}, false
		}
	}
	return timed{Span: Span{Start: start, End: end, Words: r.words(i, j), Meaning: p.meaning}, i: i, j: j, dayless: p.dayless}, true
}

// between reads "between … and …", "from … to …" from token i.
func (r *reader) between(i int) (timed, bool) { return r.rangeFrom(i, i+1) }

// rangeFrom reads two times with a word between them, from token k; i is where its words
// begin.
func (r *reader) rangeFrom(i, k int) (timed, bool) {
	bare := r.says(i, "between", "from")
	a, j := r.endpoint(k, bare)
	if j <= k {
		return timed{}, false
	}
	switch {
	case r.says(j, "to", "until", "till", "through", "til", "-", "–", "—", "thru"):
		j++
	case r.says(j, "and", "&") && r.says(i, "between"):
		j++
	case r.says(j, "up") && r.says(j+1, "to"):
		j += 2
	default:
		return timed{}, false
	}
	b, n := r.endpoint(j, bare)
	if n <= j || (a.bare && b.bare && !bare) {
		return timed{}, false
	}
	if a.bare && !b.bare && b.pm && a.hour < 12 && a.hour < b.hour12 { // between 2 and 4 pm
		a.period, a.clock = shiftHours(a.period, 12), shiftHours(a.clock, 12)
	}
	start, end, dayless := a.start, b.end, false
	switch {
	case a.dayless && b.dayless:
		day := beginning(r.now, days)
		a.period, b.period = onDay(a.clock, day), onDay(b.clock, day)
		if a.start.After(r.now) {
			a.period, b.period = onDay(a.clock, day.AddDate(0, 0, -1)), onDay(b.clock, day.AddDate(0, 0, -1))
		}
		start, end, dayless = a.start, b.start, true
	case a.dayless:
		start, end = onDay(a.clock, beginning(b.start, days)).start, b.end
		if b.timed {
			end = b.start
		}
	case b.dayless:
		day := beginning(a.start, days)
		end = onDay(b.clock, day).start
	case b.timed:
		end = b.start
	}
	if b.open {
		end = r.now
	}
	if !start.Before(end) {
		switch {
		case (a.dayless || b.dayless) && end.AddDate(0, 0, 1).After(start):
			end = end.AddDate(0, 0, 1)
		case !b.dayless && a.period.start.After(b.period.start): // from Friday to Monday: of the week before
			if d := start.AddDate(0, 0, -7); d.Before(end) && !a.timed {
				start = d
			} else {
				start, end = b.start, a.end
			}
		}
		if !start.Before(end) {
			return timed{}, false
		}
	}
	return timed{Span: Span{Start: start, End: end, Words: r.words(i, n)}, i: i, j: n, dayless: dayless}, true
}

// endpoint is one end of a range.
type endpoint struct {
	period
	clock        period // on [zero], when it is dayless
	bare         bool   // a number that only its place makes a time
	hour, hour12 int
	pm           bool
}

func (r *reader) endpoint(i int, bare bool) (endpoint, int) {
	k := i
	for r.says(k, "at", "on", "the") {
		k++
	}
	if k < len(r.toks) && bare && r.toks[k].form == number && len(r.toks[k].low) <= 2 {
		if _, n := r.calendar(k); n == k {
			h := 0
			for _, c := range r.toks[k].low {
				h = 10*h + int(c-'0')
			}
			if h <= 24 && !(k+1 < len(r.toks) && unitWords[r.toks[k+1].low] != noUnit) {
				at := zero.Add(time.Duration(h) * time.Hour)
				c := period{start: at, end: at.Add(time.Hour), timed: true, dayless: true}
				e := endpoint{period: c, clock: c, bare: true, hour: h, hour12: h}
				if p, n := r.period(k + 1); n > k+1 && !p.timed && !p.dayless { // 11 this morning
					e.period, e.bare = onDay(c, dayOf(p)), false
					e.timed, e.dayless = true, false
					return e, n
				}
				return e, k + 1
			}
		}
	}
	p, n := r.period(k)
	if n <= k {
		return endpoint{}, i
	}
	e := endpoint{period: p}
	if p.dayless {
		since := p.start.Sub(beginning(p.start, days))
		e.clock = period{start: zero.Add(since), end: zero.Add(since + p.end.Sub(p.start))}
		e.hour = p.start.Hour()
		e.hour12 = (e.hour + 11) % 12
		e.pm = e.hour >= 12
		e.hour12++
		e.clock.timed, e.clock.dayless = true, true
	} else if p.timed {
		e.hour = p.start.Hour()
		e.pm, e.hour12 = e.hour >= 12, (e.hour+11)%12+1
	}
	return e, n
}

func dayOf(p period) time.Time { return beginning(p.start, days) }

func shiftHours(p period, n int) period {
	p.start, p.end = p.start.Add(time.Duration(n)*time.Hour), p.end.Add(time.Duration(n)*time.Hour)
	return p
}

// joinSpans makes one span of all that were found: days that are listed add up, others
// narrow each other.
func (r *reader) joinSpans(found []timed) {
	if len(found) == 0 {
		return
	}
	s := found[0]
	var several aoc.Or
	for _, t := range found[1:] {
		if s.dayless != t.dayless {
			s = anchored(s, t)
			continue
		}
		if listed := r.listed(s.j, t.i); listed && !s.End.IsZero() && !t.End.IsZero() {
			if several == nil {
				several = aoc.Or{aoc.Between{Start: s.Start, End: s.End}}
			}
			several = append(several, aoc.Between{Start: t.Start, End: t.End})
			s.Start, s.End = earlier(s.Start, t.Start), later(s.End, t.End)
			s.Words += ", " + t.Words
			s.j = t.j
			continue
		}
		start, end := later(s.Start, t.Start), s.End
		if end.IsZero() || (!t.End.IsZero() && t.End.Before(end)) {
			end = t.End
		}
		if end.IsZero() || start.Before(end) {
			s.Start, s.End, s.Words = start, end, s.Words+", "+t.Words
		}
		s.j = t.j
	}
	r.out.Span = s.Span
	if several != nil && gaps(several) {
		r.where = append(r.where, several)
	}
}

// gaps reports whether spans, in order, leave time out between them.
func gaps(several aoc.Or) bool {
	for i := 1; i < len(several); i++ {
		if !several[i-1].(aoc.Between).End.Equal(several[i].(aoc.Between).Start) { //nolint:forcetypeassert // made of nothing else
			return true
		}
	}
	return false
}

// anchored puts the one that is a time of day on the day of the other.
func anchored(a, b timed) timed {
	if !a.dayless {
		a, b = b, a
	}
	if b.Start.IsZero() || a.Start.IsZero() && a.End.IsZero() {
		return b
	}
	put := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		y, m, d := b.Start.Date()
		return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	}
	day := beginning(a.Start, days)
	out := timed{Span: Span{Start: put(a.Start), End: put(a.End), Words: b.Words + " " + a.Words}, i: min(a.i, b.i), j: max(a.j, b.j)}
	if !a.End.IsZero() && !a.Start.IsZero() && beginning(a.End, days).After(day) {
		out.End = out.End.AddDate(0, 0, 1)
	}
	if !out.End.IsZero() && !out.Start.Before(out.End) {
		return b
	}
	return out
}

// listed reports whether only "and", "or" and commas stand between tokens.
func (r *reader) listed(i, j int) bool {
	if j <= i {
		return false
	}
	for ; i < j; i++ {
		if !r.says(i, "and", "or", ",", "&", "on", "in") {
			return false
		}
	}
	return true
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
