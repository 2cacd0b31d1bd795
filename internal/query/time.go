package query

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

const timeHint = `Write 2026-11-01, 2026-11-01T10:00, "2026-11-01 10:00:00", with Z or +01:00 at the end for a zone, or -24h, -7d, now.`

// layouts are those that a time is tried with, in which a blank after the date is a T. Go
// reads fractions of a second wherever there are seconds.
var layouts = []string{ //nolint:gochecknoglobals // read-only table
	"2006-01-02", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700", "2006-01-02T15:04:05 Z07:00", "2006-01-02T15:04:05 Z0700", "2006-01-02T15:04:05Z07",
	"2006-01", "2006", "20060102", "20060102150405", "20060102T150405", "20060102T150405Z0700",
	"2006/01/02", "2006/01/02 15:04:05", "2006/01/02 15:04", // Go's log
	"02/Jan/2006:15:04:05 Z0700", "02/Jan/2006:15:04:05", // web servers
	"Mon, 2 Jan 2006 15:04:05", "Mon, 2 Jan 2006 15:04:05 Z0700", // HTTP, mail
	"2 Jan 2006 15:04:05 Z0700", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006", "Jan 2, 2006", "Jan 2, 2006 15:04:05",
	time.ANSIC, // date(1)
	"02.01.2006", "02.01.2006 15:04", "02.01.2006 15:04:05",
}

// withoutYear are layouts of syslog.
var withoutYear = []string{"Jan _2 15:04:05", "Jan _2 15:04"} //nolint:gochecknoglobals // read-only table

var errNoTime = errors.New("not a time")

// ParseTime reads a time as people and machines write it: a date (its midnight), ISO 8601
// and RFC 3339, the formats of common logs, seconds, milliseconds, microseconds or
// nanoseconds since 1970, or relative to now: -15m, -24h, -7d, -2w, now, today, yesterday. A
// day is 24 hours long. Times without a zone are in zone; nil means UTC. The answer is in
// UTC, and within 1700 … 2200, which every store can compare. Dates such as 11/1/2026, which
// do not mean the same to everybody, are an error.
func ParseTime(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	text = strings.Trim(strings.TrimSpace(text), "[]")
	for _, read := range []func(string, time.Time, *time.Location) (time.Time, bool){relative, epoch, written, yearless} {
		if t, ok := read(text, now, zone); ok {
			t = t.UTC()
			if t.Year() < 1700 || t.Year() >= 2200 {
				return time.Time{}, errNoTime
			}
			return t, nil
		}
	}
	return time.Time{}, errNoTime
}

// relative reads a time that is told from now.
func relative(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	text = strings.ToLower(text)
	midnight := func(days int) time.Time {
		y, m, d := now.In(zone).Date()
		return time.Date(y, m, d+days, 0, 0, 0, 0, zone)
	}
	switch text {
	case "now":
		return now, true
	case "today":
		return midnight(0), true
	case "yesterday":
		return midnight(-1), true
	}
	text = strings.TrimPrefix(text, "now")
	if len(text) < 3 || text[0] != '-' {
		return time.Time{}, false
	}
	n, err := strconv.ParseUint(text[1:len(text)-1], 10, 32)
	unit := units[text[len(text)-1]]
	if err != nil || unit == 0 || n > uint64(100*365*24*time.Hour/unit) {
		return time.Time{}, false
	}
	return now.Add(-time.Duration(n) * unit), true
}

var units = map[byte]time.Duration{ //nolint:gochecknoglobals // read-only table
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}

// epoch reads a time since 1970. Its number of digits tells the unit: what other tools write
// for times from 1973 to 2286.
func epoch(text string, _ time.Time, _ *time.Location) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	switch len(whole) {
	case 9, 10:
		// A digit each for the nanoseconds that seconds are written with.
		nanos, err := strconv.Atoi((fraction + "000000000")[:9])
		return time.Unix(int64(n), int64(nanos)), err == nil
	case 12, 13:
		return time.UnixMilli(int64(n)), true
	case 15, 16:
		return time.UnixMicro(int64(n)), true
	case 18, 19:
		return time.Unix(0, int64(n)), true
	}
	return time.Time{}, false
}

// written reads a time with its date.
func written(text string, _ time.Time, zone *time.Location) (time.Time, bool) {
	// Other names of zones do not mean the same everywhere.
	for _, name := range []string{" UTC", " GMT", " utc", " Z", " z"} {
		if plain, ok := strings.CutSuffix(text, name); ok {
			text, zone = plain, time.UTC
		}
	}
	if plain := strings.Replace(text, " UTC ", " ", 1); plain != text {
		text, zone = plain, time.UTC
	}
	if len(text) > 10 && (text[10] == ' ' || text[10] == 't') && text[4] == '-' {
		text = text[:10] + "T" + text[11:]
	}
	if strings.HasSuffix(text, "z") {
		text = text[:len(text)-1] + "Z"
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// yearless reads a time of the last twelve months.
func yearless(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	for _, layout := range withoutYear {
		t, err := time.ParseInLocation("2006 "+layout, strconv.Itoa(now.In(zone).Year())+" "+text, zone)
		if err != nil {
			continue
		}
		// Clocks may differ by a little; a log does not tell of tomorrow.
		if t.After(now.Add(24 * time.Hour)) {
			t = t.AddDate(-1, 0, 0)
		}
		return t, true
	}
	return time.Time{}, false
}

// timeOfDay reports whether a text is one, as 10:00 or 10:00:00.
func timeOfDay(text string) bool {
	for _, layout := range []string{"15:04", "15:04:05", "15:04Z07:00", "15:04:05Z07:00"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}
