package console

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine knows no time zones")
	}
	return zone
}

// hours makes a schedule of every week.
func hours(t *testing.T, zone *time.Location, h WeeklyHours) schedule {
	t.Helper()
	k, err := h.read()
	if err != nil {
		t.Fatal(err)
	}
	return schedule{zone: zone, weekly: k}
}

func written(ws []aoc.Window) []string {
	var out []string
	for _, w := range ws {
		out = append(out, w.Start.Format("01-02T15:04Z")+" "+w.End.Format("01-02T15:04Z"))
	}
	return out
}

func TestOccurrences(t *testing.T) {
	every := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for name, tt := range map[string]struct {
		hours      WeeklyHours
		start, end string
		want       []string
	}{
		"Saturday evening, summer and winter": {
			WeeklyHours{Days: []string{"sat"}, From: "20:00", To: "23:00"}, "2026-10-19", "2026-11-02",
			[]string{"10-24T18:00Z 10-24T21:00Z", "10-31T19:00Z 10-31T22:00Z"},
		},
		"over midnight, into the night that clocks go back": {
			WeeklyHours{Days: []string{"sat"}, From: "22:00", To: "04:00"}, "2026-10-24", "2026-10-26",
			[]string{"10-24T20:00Z 10-25T03:00Z"}, // 7 hours
		},
		"over midnight, into the night that clocks go forward": {
			WeeklyHours{Days: []string{"sat"}, From: "22:00", To: "04:00"}, "2026-03-28", "2026-03-30",
			[]string{"03-28T21:00Z 03-29T02:00Z"}, // 5 hours
		},
		"begins within the hour that comes twice": {
			WeeklyHours{Days: []string{"sun"}, From: "02:30", To: "04:00"}, "2026-10-25", "2026-10-26",
			[]string{"10-25T00:30Z 10-25T03:00Z"}, // at its first coming
		},
		"ends within the hour that comes twice": {
			WeeklyHours{Days: []string{"sun"}, From: "01:00", To: "02:30"}, "2026-10-24T12:00:00Z", "2026-10-26",
			[]string{"10-24T23:00Z 10-25T01:30Z"}, // at its last
		},
		"begins within the hour that is skipped": {
			WeeklyHours{Days: []string{"sun"}, From: "02:30", To: "04:00"}, "2026-03-29", "2026-03-30",
			[]string{"03-29T01:00Z 03-29T02:00Z"},
		},
		"is all skipped": {
			WeeklyHours{Days: []string{"sun"}, From: "02:00", To: "03:00"}, "2026-03-29", "2026-03-30", nil,
		},
		"whole days": {
			WeeklyHours{Days: every, From: "00:00", To: "24:00"}, "2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z",
			[]string{"10-24T22:00Z 10-25T23:00Z", "10-25T23:00Z 10-26T23:00Z"}, // 25 hours
		},
		"from one date to another": {
			WeeklyHours{Days: every, From: "23:00", To: "01:00", Since: "2026-06-02", Until: "2026-06-03"}, "2026-05-01", "2026-07-01",
			[]string{"06-02T21:00Z 06-02T23:00Z", "06-03T21:00Z 06-03T23:00Z"},
		},
		"cut to the span": {
			WeeklyHours{Days: every, From: "22:00", To: "06:00"}, "2026-06-01T21:00:00Z", "2026-06-01T23:00:00Z",
			[]string{"06-01T21:00Z 06-01T23:00Z"},
		},
		"the span begins after midnight": {
			WeeklyHours{Days: []string{"mon"}, From: "22:00", To: "06:00"}, "2026-06-02T01:00:00Z", "2026-06-02T23:00:00Z",
			[]string{"06-02T01:00Z 06-02T04:00Z"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := hours(t, berlin(t), tt.hours)
			span := aoc.Window{Start: when(t, tt.start), End: when(t, tt.end)}
			var up, down []aoc.Window
			for w := range s.times(span, false) {
				up = append(up, w)
			}
			for w := range s.times(span, true) {
				down = append([]aoc.Window{w}, down...)
			}
			if diff := cmp.Diff(tt.want, written(up)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(up, down); diff != "" {
				t.Errorf("newest first gives others:\n%s", diff)
			}
			// Being open at a moment is the same as lying in one of the times.
			for at := span.Start; at.Before(span.End); at = at.Add(10 * time.Minute) {
				within := false
				for _, w := range up {
					within = within || w.Contains(at)
				}
				if s.open(at) != within {
					t.Errorf("%s: open %v, listed %v", at, s.open(at), within)
				}
			}
		})
	}
}

func when(t *testing.T, text string) time.Time {
	t.Helper()
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	t.Fatalf("no time: %s", text)
	return time.Time{}
}

func TestChangeWindowSpecs(t *testing.T) {
	good := func(change func(*ChangeWindowSpec)) ChangeWindowSpec {
		s := ChangeWindowSpec{Title: "x", Zone: "UTC", Weekly: &WeeklyHours{Days: []string{"sat"}, From: "20:00", To: "23:00"}}
		change(&s)
		return s
	}
	for name, tt := range map[string]struct {
		spec  ChangeWindowSpec
		param string // empty: nothing is wrong
	}{
		"every week":      {good(func(*ChangeWindowSpec) {}), ""},
		"letter case":     {good(func(s *ChangeWindowSpec) { s.Weekly.Days = []string{"SAT", "Sun"} }), ""},
		"once":            {good(func(s *ChangeWindowSpec) { s.Weekly, s.Start, s.End = nil, "2026-03-02T10:00", "2026-03-02T12:00:30" }), ""},
		"no title":        {good(func(s *ChangeWindowSpec) { s.Title = " " }), "title"},
		"title turned":    {good(func(s *ChangeWindowSpec) { s.Title = "a\u202eb" }), "title"},
		"no zone":         {good(func(s *ChangeWindowSpec) { s.Zone = "" }), "zone"},
		"this machine's":  {good(func(s *ChangeWindowSpec) { s.Zone = "Local" }), "zone"},
		"path as zone":    {good(func(s *ChangeWindowSpec) { s.Zone = "../../etc/passwd" }), "zone"},
		"both":            {good(func(s *ChangeWindowSpec) { s.Start = "2026-03-02T10:00" }), "weekly"},
		"neither":         {good(func(s *ChangeWindowSpec) { s.Weekly = nil }), "start"},
		"no end":          {good(func(s *ChangeWindowSpec) { s.Weekly, s.Start = nil, "2026-03-02T10:00" }), "end"},
		"backwards":       {good(func(s *ChangeWindowSpec) { s.Weekly, s.Start, s.End = nil, "2026-03-02T10:00", "2026-03-02T10:00" }), "end"},
		"with zone":       {good(func(s *ChangeWindowSpec) { s.Weekly, s.Start, s.End = nil, "2026-03-02T10:00Z", "2026-03-02T12:00Z" }), "start"},
		"year 9999":       {good(func(s *ChangeWindowSpec) { s.Weekly, s.Start, s.End = nil, "2026-03-02T10:00", "9999-03-02T12:00" }), "end"},
		"no day":          {good(func(s *ChangeWindowSpec) { s.Weekly.Days = nil }), "weekly.days"},
		"unknown day":     {good(func(s *ChangeWindowSpec) { s.Weekly.Days = []string{"someday"} }), "weekly.days"},
		"no time":         {good(func(s *ChangeWindowSpec) { s.Weekly.From = "8pm" }), "weekly.from"},
		"25 o'clock":      {good(func(s *ChangeWindowSpec) { s.Weekly.To = "25:00" }), "weekly.to"},
		"no length":       {good(func(s *ChangeWindowSpec) { s.Weekly.To = "20:00" }), "weekly.to"},
		"from 24:00":      {good(func(s *ChangeWindowSpec) { s.Weekly.From = "24:00" }), "weekly.from"},
		"no date":         {good(func(s *ChangeWindowSpec) { s.Weekly.Since = "2026-02-30" }), "weekly.since"},
		"dates backwards": {good(func(s *ChangeWindowSpec) { s.Weekly.Since, s.Weekly.Until = "2026-02-03", "2026-02-02" }), "weekly.until"},
		"bad query":       {good(func(s *ChangeWindowSpec) { s.Query = "actor:(" }), "q"},
		"asks itself":     {good(func(s *ChangeWindowSpec) { s.Query = "ada OR -is:reviewed" }), "q"},
		"times in query":  {good(func(s *ChangeWindowSpec) { s.Query = "(after:-7d OR x)" }), "q"},
		"ticket runs":     {good(func(s *ChangeWindowSpec) { s.Ticket = "data:text/html,x" }), "ticket"},
		"many actors":     {good(func(s *ChangeWindowSpec) { s.Actors = append(make([]string, 0), manyNames(201)...) }), "actors"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newConsole(t).MakeChangeWindow(t.Context(), tt.spec)
			checkParam(t, err, tt.param)
		})
	}
}

func manyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "somebody"
	}
	return names
}

func checkParam(t *testing.T, err error, param string) {
	t.Helper()
	p, ok := errors.AsType[*InvalidParam](err)
	switch {
	case param == "" && err != nil:
		t.Errorf("refused: %v", err)
	case param != "" && (!ok || p.Name != param):
		t.Errorf("%s is not blamed: %v", param, err)
	}
}

// FuzzChangeWindow reads what people send: whatever is taken has times that lie in the span,
// follow each other and agree with being open.
func FuzzChangeWindow(f *testing.F) {
	f.Add(`{"title":"x","zone":"Europe/Berlin","weekly":{"days":["sat","sun"],"from":"22:00","to":"06:00","since":"2026-01-01"}}`, int64(1774742400))
	f.Add(`{"title":"x","zone":"America/St_Johns","start":"2026-03-08T02:30","end":"2026-11-01T01:30","actors":["ada"]}`, int64(1772956800))
	f.Add(`{"title":"x","zone":"Pacific/Apia","weekly":{"days":["fri"],"from":"00:00","to":"24:00"}}`, int64(1325203200))
	f.Fuzz(func(t *testing.T, text string, at int64) {
		var s ChangeWindowSpec
		if json.Unmarshal([]byte(text), &s) != nil || at < 0 || at > 7e9 {
			return
		}
		_, when, err := s.check()
		if err != nil {
			return
		}
		span := aoc.Window{Start: time.Unix(at, 0).UTC(), End: time.Unix(at, 0).UTC().AddDate(0, 0, 20)}
		last := span.Start
		for w := range when.times(span, false) {
			if w.Start.Before(span.Start) || span.End.Before(w.End) || !w.Start.Before(w.End) {
				t.Fatalf("%v lies not within %v", w, span)
			}
			if !when.open(w.Start) || !when.open(w.End.Add(-1)) {
				t.Fatalf("not open within %v", w)
			}
			if w.Start.Before(last) && when.weekly != nil && when.weekly.to > when.weekly.from {
				t.Fatalf("%v overlaps the one before", w)
			}
			last = w.End
		}
	})
}
