package question

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// unit is a unit of time.
type unit int

const (
	noUnit unit = iota
	minutes
	hours
	days
	weeks
	fortnights
	months
	quarters
	years
)

var unitWords = map[string]unit{ //nolint:gochecknoglobals // read-only table
	"minute": minutes, "minutes": minutes, "min": minutes, "mins": minutes,
	"hour": hours, "hours": hours, "hr": hours, "hrs": hours,
	"day": days, "days": days, "week": weeks, "weeks": weeks, "wk": weeks, "wks": weeks,
	"fortnight": fortnights, "fortnights": fortnights, "month": months, "months": months, "quarter": quarters, "quarters": quarters,
	"year": years, "years": years, "yr": years, "yrs": years,
}

var numberWords = map[string]int{ //nolint:gochecknoglobals // read-only table
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
	"couple": 2, "few": 3, "several": 5, "dozen": 12,
}

var weekdays = map[string]time.Weekday{ //nolint:gochecknoglobals // read-only table
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday,
	"saturday": time.Saturday, "sunday": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

var monthNames = map[string]time.Month{ //nolint:gochecknoglobals // read-only table
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
	"november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
	"nov": 11, "dec": 12,
}

// compactPattern is a number and a unit in one: 24h, 7d.
var compactPattern = regexp.MustCompile(`^(\d{1,4})(m|min|mins|h|hr|hrs|d|w|wk|wks|mo|y)$`)

// ordinalPattern is the number of a day: 3rd.
var ordinalPattern = regexp.MustCompile(`^(\d{1,2})(st|nd|rd|th)$`)

var compactUnits = map[string]unit{ //nolint:gochecknoglobals // read-only table
	"m": minutes, "min": minutes, "mins": minutes, "h": hours, "hr": hours, "hrs": hours, "d": days, "w": weeks, "wk": weeks, "wks": weeks, "mo": months, "y": years,
}

// amount reads a number of units from token i, as in "24 hours", "a couple of days", "half an
// hour", and gives the token behind it; n is 0 when there is none. In halves of a unit it is
// negative: -1 is one half, -4 a quarter.
func (r *reader) amount(i int) (n int, u unit, next int) {
	if i >= len(r.toks) {
		return 0, noUnit, i
	}
	t := &r.toks[i]
	if m := compactPattern.FindStringSubmatch(t.low); m != nil {
		n, _ = strconv.Atoi(m[1])
		return n, compactUnits[m[2]], i + 1
	}
	j := i
	if t.said("a") && j+1 < len(r.toks) && r.toks[j+1].said("couple", "few", "dozen", "half", "quarter") {
		j++
	}
	switch t = &r.toks[j]; {
	case t.said("half"):
		n = -2
	case t.said("quarter") && r.says(j+1, "of") && r.says(j+2, "an", "a") && r.says(j+3, "hour"):
		return 15, minutes, j + 4
	case t.form == number && len(t.low) <= 5:
		n, _ = strconv.Atoi(t.low)
	case t.form == word:
		n = numberWords[t.low]
	}
	if n == 0 {
		return 0, noUnit, i
	}
	j++
	for r.says(j, "of", "an", "a", "full", "whole", "calendar", "working", "business") {
		j++
	}
	if j >= len(r.toks) || unitWords[r.toks[j].low] == noUnit {
		return 0, noUnit, i
	}
	u = unitWords[r.toks[j].low]
	if n == -2 {
		switch u {
		case hours:
			return 30, minutes, j + 1
		case days:
			return 12, hours, j + 1
		case years:
			return 6, months, j + 1
		}
		return 0, noUnit, i
	}
	return n, u, j + 1
}

// says reports whether token i is one of the words.
func (r *reader) says(i int, words ...string) bool {
	return i >= 0 && i < len(r.toks) && r.toks[i].form != quoted && r.toks[i].said(words...)
}

// back gives the time n units before t.
func back(t time.Time, n int, u unit) time.Time {
	switch u {
	case minutes:
		return t.Add(-time.Duration(n) * time.Minute)
	case hours:
		return t.Add(-time.Duration(n) * time.Hour)
	case days:
		return t.AddDate(0, 0, -n)
	case weeks:
		return t.AddDate(0, 0, -7*n)
	case fortnights:
		return t.AddDate(0, 0, -14*n)
	case months:
		return monthsBack(t, n)
	case quarters:
		return monthsBack(t, 3*n)
	}
	return monthsBack(t, 12*n)
}

// monthsBack is n months before t, at the latest the month's last day.
func monthsBack(t time.Time, n int) time.Time {
	b := t.AddDate(0, -n, 0)
	if b.Day() != t.Day() {
		b = b.AddDate(0, 0, -b.Day())
	}
	return b
}

// beginning is when the unit that t lies in began.
func beginning(t time.Time, u unit) time.Time {
	y, m, d := t.Date()
	switch u {
	case minutes:
		return time.Date(y, m, d, t.Hour(), t.Minute(), 0, 0, t.Location())
	case hours:
		return time.Date(y, m, d, t.Hour(), 0, 0, 0, t.Location())
	case weeks, fortnights:
		return time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location())
	case months:
		return time.Date(y, m, 1, 0, 0, 0, 0, t.Location())
	case quarters:
		return time.Date(y, m-(m-1)%3, 1, 0, 0, 0, 0, t.Location())
	case years:
		return time.Date(y, 1, 1, 0, 0, 0, 0, t.Location())
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// yearOf reads a year.
func yearOf(low string) int {
	if len(low) != 4 || (!strings.HasPrefix(low, "19") && !strings.HasPrefix(low, "20")) {
		return 0
	}
	y, err := strconv.Atoi(low)
	if err != nil {
		return 0
	}
	return y
}

// timeWords are those of times that are long enough to be known with a letter wrong.
var timeWords = []string{ //nolint:gochecknoglobals // read-only
	"yesterday", "today", "tonight", "minutes", "hours", "weeks", "months", "quarter", "weekend", "weekends", "morning", "afternoon", "evening",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april", "august", "september", "october", "november", "december",
	"since", "between", "during", "outside", "previous", "working", "business", "overnight",
}

// timeTypos reads words of times that are one letter off as what they are.
func (r *reader) timeTypos() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.form != word || t.used || t.owner || len(t.low) < 5 || known(t.lemmas) || monthNames[t.low] != 0 {
			continue
		}
		for _, w := range timeWords {
			if t.low[0] == w[0] && distance(t.low, w) == 1 {
				t.low, t.lemmas = w, lemmas(w)
				break
			}
		}
	}
}
