package question

import "time"

// period is what words of a time stand for.
type period struct {
	start, end time.Time
	// timed says that a time of day was said; dayless that no day was.
	timed, dayless bool
	// open says that it reaches up to now, whatever now is: "the last 24 hours".
	open    bool
	meaning string
}

// period reads a day, a longer time or a time of day from token i, in whatever order they are
// said: "yesterday at 2pm", "2pm yesterday", "the morning of 3 March". next is i when there
// is none.
func (r *reader) period(i int) (p period, next int) {
	var day, part, hour *period
	j := i
	for j < len(r.toks) {
		k := j
		for r.says(k, "at", "on", "of", "the", "in", "around", "about", "circa", "from", "during", "roughly", "approximately", "early", "late", "exactly") || (day != nil || hour != nil) && r.says(k, ",") {
			k++
		}
		approx := r.says(k-1, "around", "about", "circa", "roughly", "approximately") && k > j
		if day == nil {
			if d, n := r.day(k); n > k {
				if d.timed && (hour != nil || part != nil) {
					break
				}
				day, j = &d, n
				continue
			}
		} else if d, n := r.weekdayIn(k, *day); n > k {
			day, j = &d, n
			continue
		}
		if hour == nil {
			if c, n := r.clock(k, k > j, approx); n > k {
				hour, j = &c, n
				continue
			}
		}
		if part == nil && hour == nil {
			if c, n := r.part(k); n > k && (day != nil || r.says(k-1, "the", "in") && r.says(n, "of")) {
				part, j = &c, n
				continue
			}
		}
		break
	}
	switch {
	case day == nil && hour == nil:
		return period{}, i
	case day == nil:
		p = onDay(*hour, beginning(r.now, days))
		if p.start.After(r.now) {
			p = onDay(*hour, beginning(r.now, days).AddDate(0, 0, -1))
		}
		p.dayless = true
		return p, j
	}
	p = *day
	if part != nil {
		p = onDay(*part, p.start)
	}
	if hour != nil {
		p = onDay(*hour, p.start)
	}
	return p, j
}

// zero is the day that times of day are kept on.
var zero = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

// onDay puts a time of day on a day.
func onDay(p period, day time.Time) period {
	y, m, d := day.Date()
	put := func(t time.Time) time.Time {
		s := t.Sub(zero)
		return time.Date(y, m, d, int(s/time.Hour), int(s/time.Minute)%60, int(s/time.Second)%60, 0, day.Location())
	}
	p.start, p.end = put(p.start), put(p.end)
	return p
}

// span is a whole number of units from a beginning.
func (r *reader) whole(start time.Time, u unit) period {
	return period{start: start, end: back(start, -1, u)}
}

// day reads a day or a longer time from token i.
func (r *reader) day(i int) (p period, next int) {
	if i >= len(r.toks) || r.toks[i].used || r.toks[i].form == quoted {
		return p, i
	}
	t := &r.toks[i]
	today := r.whole(beginning(r.now, days), days)
	shift := func(p period, n int) period {
		return period{start: p.start.AddDate(0, 0, n), end: p.end.AddDate(0, 0, n)}
	}
	switch {
	case t.form == date:
		return r.written(i)
	case t.said("today", "todays", "2day"):
		return today, i + 1
	case t.said("now"):
		return period{start: r.now, end: r.now, timed: true}, i + 1
	case t.said("yesterday", "yesterdays", "yday", "yesteday", "yesterdy", "yesturday"):
		if r.says(i+1, "night") {
			return period{start: today.start.Add(-6 * time.Hour), end: today.start.Add(6 * time.Hour)}, i + 2
		}
		return shift(today, -1), i + 1
	case t.said("day") && r.says(i+1, "before") && r.says(i+2, "yesterday"):
		return shift(today, -2), i + 3
	case t.said("tonight"):
		if r.now.Hour() < 6 {
			return period{start: today.start.Add(-6 * time.Hour), end: today.start.Add(6 * time.Hour)}, i + 1
		}
		return period{start: today.start.Add(18 * time.Hour), end: today.end.Add(6 * time.Hour)}, i + 1
	case t.said("overnight"):
		return period{start: today.start.Add(-6 * time.Hour), end: today.start.Add(6 * time.Hour)}, i + 1
	case t.said("ytd"):
		return period{start: beginning(r.now, years), end: today.end}, i + 1
	case t.said("mtd"):
		return period{start: beginning(r.now, months), end: today.end}, i + 1
	case t.said("wtd"):
		return period{start: beginning(r.now, weeks), end: today.end}, i + 1
	case (unitWords[t.low] == years || unitWords[t.low] == months || unitWords[t.low] == weeks || unitWords[t.low] == quarters) && r.says(i+1, "to") && r.says(i+2, "date"):
		return period{start: beginning(r.now, unitWords[t.low]), end: today.end}, i + 3
	case t.said("recently", "lately") && !r.says(i-1, "most"):
		return period{start: r.now.AddDate(0, 0, -7), end: r.now, open: true, meaning: "the last 7 days"}, i + 1
	case t.said("week") && r.says(i+1, "of"):
		if d, n := r.day(skipThe(r, i+2)); n > skipThe(r, i+2) {
			return r.whole(beginning(d.start, weeks), weeks), n
		}
	case t.said("weekend") && i > 0 && r.says(i-1, "the"):
		return r.weekend(0), i + 1
	case t.said("this", "current", "last", "past", "previous", "prior", "preceding"):
		return r.relative(i)
	case len(t.low) == 2 && t.low[0] == 'q' && t.low[1] >= '1' && t.low[1] <= '4':
		return r.quarter(i)
	}
	if p, next = r.ago(i); next > i {
		return p, next
	}
	if p, next = r.calendar(i); next > i {
		return p, next
	}
	if d, ok := weekdays[t.low]; ok {
		n := (int(r.now.Weekday()) - int(d) + 7) % 7
		next = i + 1
		if r.says(next, "last") && r.says(next+1, "week") {
			return shift(today, -n), i + 1 // the week is read with it
		}
		return shift(today, -n), next
	}
	if n, u, next := r.amount(i); n > 0 && (compactPattern.MatchString(t.low) || i > 0 && r.says(i-1, "within", "over", "in")) && !r.says(next, "ago", "before") {
		return period{start: back(r.now, n, u), end: r.now, open: true}, next
	}
	return p, i
}

func skipThe(r *reader, i int) int {
	for r.says(i, "the") {
		i++
	}
	return i
}

// relative reads "this week", "last Tuesday", "the last 24 hours" from token i.
func (r *reader) relative(i int) (p period, next int) {
	this := r.says(i, "this", "current")
	rolling := r.says(i, "past") || (r.says(i-1, "the") && r.says(i, "last"))
	if i+1 >= len(r.toks) {
		return p, i
	}
	t := &r.toks[i+1]
	if n, u, next := r.amount(i + 1); n > 0 && !this {
		return period{start: back(r.now, n, u), end: r.now, open: true}, next
	}
	today := beginning(r.now, days)
	switch u := unitWords[t.low]; {
	case t.said("night") && !this:
		return period{start: today.Add(-6 * time.Hour), end: today.Add(6 * time.Hour)}, i + 2
	case t.said("morning", "afternoon", "evening", "night"):
		c, _ := r.part(i + 1)
		if !this {
			today = today.AddDate(0, 0, -1)
		}
		return onDay(c, today), i + 2
	case t.said("weekend"):
		if this {
			return r.weekend(0), i + 2
		}
		return r.weekend(1), i + 2
	case u == quarters && r.says(i+2, "of") && r.says(i+3, "an") && r.says(i+4, "hour"):
		return period{start: r.now.Add(-15 * time.Minute), end: r.now, open: true}, i + 5
	case u != noUnit && this:
		return r.whole(beginning(r.now, u), u), i + 2
	case u == days || u == hours || u == minutes || (rolling && u != noUnit):
		return period{start: back(r.now, 1, u), end: r.now, open: true}, i + 2
	case u != noUnit:
		return r.whole(back(beginning(r.now, u), 1, u), u), i + 2
	}
	if t.said("half") && r.says(i+2, "hour") {
		return period{start: r.now.Add(-30 * time.Minute), end: r.now, open: true}, i + 3
	}
	if d, ok := weekdays[t.low]; ok {
		n := (int(r.now.Weekday()) - int(d) + 7) % 7
		if this {
			week := beginning(r.now, weeks)
			return r.whole(week.AddDate(0, 0, (int(d)+6)%7), days), i + 2
		}
		if n == 0 {
			n = 7
		}
		return r.whole(today.AddDate(0, 0, -n), days), i + 2
	}
	if m, ok := monthNames[t.low]; ok {
		start := time.Date(r.now.Year(), m, 1, 0, 0, 0, 0, r.zone)
		if this {
			return r.whole(start, months), i + 2
		}
		if !start.Before(beginning(r.now, months)) {
			start = start.AddDate(-1, 0, 0)
		}
		return r.whole(start, months), i + 2
	}
	return p, i
}

// weekend gives the weekend of this week if it has begun, else the one before; n more before.
func (r *reader) weekend(more int) period {
	sat := beginning(r.now, weeks).AddDate(0, 0, 5)
	if sat.After(r.now) {
		sat = sat.AddDate(0, 0, -7)
	} else if more > 0 {
		sat = sat.AddDate(0, 0, -7)
	}
	return period{start: sat, end: sat.AddDate(0, 0, 2)}
}

// ago reads "3 days ago", "a week ago" from token i.
func (r *reader) ago(i int) (p period, next int) {
	n, u, next := r.amount(i)
	if n <= 0 || !r.says(next, "ago", "back", "earlier") {
		return p, i
	}
	at := back(r.now, n, u)
	switch u {
	case minutes, hours:
		half := map[unit]time.Duration{minutes: time.Minute, hours: 30 * time.Minute}[u]
		return period{start: at.Add(-half), end: at.Add(half), timed: true}, next + 1
	case weeks, fortnights:
		if n == 1 && u == weeks {
			return r.whole(beginning(at, days), days), next + 1
		}
		return r.whole(beginning(at, weeks), weeks), next + 1
	}
	return r.whole(beginning(at, u), u), next + 1
}

// quarter reads "Q1", "Q1 2026" from token i.
func (r *reader) quarter(i int) (period, int) {
	n, next := int(r.toks[i].low[1]-'1'), i+1
	year := 0
	if next < len(r.toks) {
		if year = yearOf(r.toks[next].low); year > 0 {
			next++
		}
	}
	start := time.Date(r.now.Year(), time.Month(1+3*n), 1, 0, 0, 0, 0, r.zone)
	if year > 0 {
		start = time.Date(year, time.Month(1+3*n), 1, 0, 0, 0, 0, r.zone)
	} else if start.After(r.now) {
		start = start.AddDate(-1, 0, 0)
	}
	return r.whole(start, quarters), next
}

// weekdayIn reads the day of a week that was said before, or the week of a day that was:
// "last week on Tuesday", "Tuesday last week".
func (r *reader) weekdayIn(i int, p period) (period, int) {
	if i >= len(r.toks) {
		return p, i
	}
	week := p.end.Sub(p.start) > 6*24*time.Hour && p.end.Sub(p.start) < 8*24*time.Hour && !p.open
	if d, ok := weekdays[r.toks[i].low]; ok && week {
		return r.whole(p.start.AddDate(0, 0, (int(d)+6)%7), days), i + 1
	}
	if i > 0 && r.says(i, "last", "this", "previous") && r.says(i+1, "week") {
		if d, ok := weekdays[r.toks[i-1].low]; ok || r.says(i-1, "of", "in") && i > 1 {
			if !ok {
				if d, ok = weekdays[r.toks[i-2].low]; !ok {
					return p, i
				}
			}
			start := beginning(r.now, weeks)
			if !r.says(i, "this") {
				start = start.AddDate(0, 0, -7)
			}
			return r.whole(start.AddDate(0, 0, (int(d)+6)%7), days), i + 2
		}
	}
	if p.end.Sub(p.start) <= 25*time.Hour && i > 0 { // "Tuesday 3 March": the date decides
		if _, ok := weekdays[r.toks[i-1].low]; ok || r.says(i-1, ",", "the") && i > 1 && weekdays[r.toks[i-2].low] != 0 {
			if c, n := r.calendar(i); n > i && c.end.Sub(c.start) <= 25*time.Hour {
				return c, n
			}
			if r.toks[i].form == date {
				return r.written(i)
			}
		}
	}
	return p, i
}
