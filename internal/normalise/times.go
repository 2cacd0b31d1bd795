package normalise

import (
	"strings"
	"time"
)

// The span of believable event times: audit records do not reach back before 1990, and a
// clock that runs ahead by more than two days is wrong.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

const mostAhead = 48 * time.Hour

// The values of [aoc.Event.TimeFlag].
const (
	timeMissing     = "missing"
	timeImplausible = "implausible"
)

// eventTime decides when an event happened: the first of the candidates that is a
// believable time. Without one it is received, and the flag says why.
func eventTime(received time.Time, candidates ...string) (at time.Time, flag string) {
	received, flag = received.UTC(), timeMissing
	for _, c := range candidates {
		t, ok := parseTime(c)
		if !ok {
			continue
		}
		if t.Before(earliest) || !received.IsZero() && t.After(received.Add(mostAhead)) {
			flag = timeImplausible
			continue
		}
		return t, ""
	}
	return received, flag
}

// parseTime reads the ways in which Microsoft services write times:
//
//	2026-01-02T03:04:05            no zone is UTC
//	2026-01-02 03:04:05.1234567Z   0 to 9 fraction digits (more are cut), space for T
//	2026-01-02T03:04:05-05:00      any offset, also +0000
//	11/21/2022 2:09:13 PM          US order, UTC
func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 2 && (s[1] == '/' || s[2] == '/') {
		return parseUSTime(s)
	}
	// The commonest shape is read by hand, many times faster than time.Parse.
	const shape = "2006-01-02T15:04:05"
	if len(s) < len(shape) || s[4] != '-' || s[7] != '-' || s[13] != ':' || s[16] != ':' ||
		s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
		return time.Time{}, false
	}
	year, ok1 := decimal(s[0:4])
	month, ok2 := decimal(s[5:7])
	day, ok3 := decimal(s[8:10])
	hour, ok4 := decimal(s[11:13])
	minute, ok5 := decimal(s[14:16])
	second, ok6 := decimal(s[17:19])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) {
		return time.Time{}, false
	}
	nanos, rest := fraction(s[len(shape):])
	offset, ok := zone(rest)
	if !ok {
		return time.Time{}, false
	}
	return civil(year, month, day, hour, minute, second, nanos, offset)
}

// civil checks the parts of a date and makes it a time in UTC. A leap second is taken as
// the second before it.
func civil(year, month, day, hour, minute, second, nanos int, offset time.Duration) (time.Time, bool) {
	if second == 60 {
		second = 59
	}
	if month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Day() != day { // 31 April
		return time.Time{}, false
	}
	return t.Add(-offset), true
}

// fraction reads ".1234567" and gives what follows it.
func fraction(s string) (nanos int, rest string) {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return 0, s
	}
	i, scale := 1, 100_000_000
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		nanos += int(s[i]-'0') * scale
		scale /= 10
	}
	return nanos, s[i:]
}

// zone reads what stands after the time: nothing, Z, UTC, +01:00, -0500.
func zone(s string) (offset time.Duration, ok bool) {
	s = strings.TrimSpace(s)
	switch s {
	case "", "Z", "z", "UTC", "GMT":
		return 0, true
	}
	digits := strings.Replace(s[1:], ":", "", 1)
	if s[0] != '+' && s[0] != '-' || len(digits) != 4 {
		return 0, false
	}
	hours, ok1 := decimal(digits[:2])
	minutes, ok2 := decimal(digits[2:])
	if !ok1 || !ok2 || hours > 14 || minutes > 59 {
		return 0, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// parseUSTime reads "4/11/2025 6:21:02 PM". Intune writes UTC in it.
func parseUSTime(s string) (time.Time, bool) {
	for _, layout := range [...]string{"1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "1/2/2006 3:04 PM", "1/2/2006 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// decimal reads a string of digits only.
func decimal(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
