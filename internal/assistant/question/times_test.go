package question

import (
	"testing"
	"time"
)

// wednesday is when questions of these tests are asked.
var wednesday = time.Date(2026, 3, 11, 15, 30, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

func TestTimes(t *testing.T) {
	const open = ""
	for _, tt := range []struct{ text, start, end string }{
		{"what happened today", "2026-03-11 00:00", "2026-03-12 00:00"},
		{"failed logins yesterday", "2026-03-10 00:00", "2026-03-11 00:00"},
		{"the day before yesterday", "2026-03-09 00:00", "2026-03-10 00:00"},
		{"role changes this week", "2026-03-09 00:00", "2026-03-16 00:00"},
		{"role changes last week", "2026-03-02 00:00", "2026-03-09 00:00"},
		{"role changes in the last week", "2026-03-04 15:30", "2026-03-11 15:30"},
		{"over the past week", "2026-03-04 15:30", "2026-03-11 15:30"},
		{"previous week", "2026-03-02 00:00", "2026-03-09 00:00"},
		{"this month", "2026-03-01 00:00", "2026-04-01 00:00"},
		{"last month", "2026-02-01 00:00", "2026-03-01 00:00"},
		{"this quarter", "2026-01-01 00:00", "2026-04-01 00:00"},
		{"last quarter", "2025-10-01 00:00", "2026-01-01 00:00"},
		{"this year", "2026-01-01 00:00", "2027-01-01 00:00"},
		{"last year", "2025-01-01 00:00", "2026-01-01 00:00"},
		{"in the last 24 hours", "2026-03-10 15:30", "2026-03-11 15:30"},
		{"past 24h", "2026-03-10 15:30", "2026-03-11 15:30"},
		{"last 7 days", "2026-03-04 15:30", "2026-03-11 15:30"},
		{"mfa changes last 7 days", "2026-03-04 15:30", "2026-03-11 15:30"},
		{"within the last two weeks", "2026-02-25 15:30", "2026-03-11 15:30"},
		{"in the past three months", "2025-12-11 15:30", "2026-03-11 15:30"},
		{"the last couple of days", "2026-03-09 15:30", "2026-03-11 15:30"},
		{"in the last few hours", "2026-03-11 12:30", "2026-03-11 15:30"},
		{"in the last half hour", "2026-03-11 15:00", "2026-03-11 15:30"},
		{"in the last half an hour", "2026-03-11 15:00", "2026-03-11 15:30"},
		{"in the last quarter of an hour", "2026-03-11 15:15", "2026-03-11 15:30"},
		{"last hour", "2026-03-11 14:30", "2026-03-11 15:30"},
		{"this hour", "2026-03-11 15:00", "2026-03-11 16:00"},
		{"last Tuesday", "2026-03-10 00:00", "2026-03-11 00:00"},
		{"last Wednesday", "2026-03-04 00:00", "2026-03-05 00:00"},
		{"on Monday", "2026-03-09 00:00", "2026-03-10 00:00"},
		{"who did it on friday", "2026-03-06 00:00", "2026-03-07 00:00"},
		{"on Wednesday", "2026-03-11 00:00", "2026-03-12 00:00"},
		{"this Monday", "2026-03-09 00:00", "2026-03-10 00:00"},
		{"Tuesday last week", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on Tuesday of last week", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"last week on Friday", "2026-03-06 00:00", "2026-03-07 00:00"},
		{"Monday morning", "2026-03-09 06:00", "2026-03-09 12:00"},
		{"this morning", "2026-03-11 06:00", "2026-03-11 12:00"},
		{"yesterday afternoon", "2026-03-10 12:00", "2026-03-10 18:00"},
		{"yesterday evening", "2026-03-10 18:00", "2026-03-11 00:00"},
		{"tonight", "2026-03-11 18:00", "2026-03-12 06:00"},
		{"last night", "2026-03-10 18:00", "2026-03-11 06:00"},
		{"overnight", "2026-03-10 18:00", "2026-03-11 06:00"},
		{"since Monday", "2026-03-09 00:00", open},
		{"since Monday 9am", "2026-03-09 09:00", open},
		{"since yesterday", "2026-03-10 00:00", open},
		{"since 3 March", "2026-03-03 00:00", open},
		{"since last week", "2026-03-02 00:00", open},
		{"since the beginning of last month", "2026-02-01 00:00", open},
		{"from Monday onwards", "2026-03-09 00:00", open},
		{"before yesterday", open, "2026-03-10 00:00"},
		{"before 9am today", "2026-03-11 00:00", "2026-03-11 09:00"},
		{"after 5pm yesterday", "2026-03-10 17:00", "2026-03-11 00:00"},
		{"after 3 March", "2026-03-04 00:00", open},
		{"until Friday", open, "2026-03-07 00:00"},
		{"up to and including 5 March", open, "2026-03-06 00:00"},
		{"between Monday and Tuesday", "2026-03-09 00:00", "2026-03-11 00:00"},
		{"between 2 March and 5 March", "2026-03-02 00:00", "2026-03-06 00:00"},
		{"from 2 March to 5 March", "2026-03-02 00:00", "2026-03-06 00:00"},
		{"from 2026-03-02 to 2026-03-05", "2026-03-02 00:00", "2026-03-06 00:00"},
		{"from Friday to Monday", "2026-03-06 00:00", "2026-03-10 00:00"},
		{"between 9 and 11 this morning", "2026-03-11 09:00", "2026-03-11 11:00"},
		{"between 2 and 4 pm yesterday", "2026-03-10 14:00", "2026-03-10 16:00"},
		{"between 14:00 and 16:00 yesterday", "2026-03-10 14:00", "2026-03-10 16:00"},
		{"yesterday between 14:00 and 16:00", "2026-03-10 14:00", "2026-03-10 16:00"},
		{"from 9am to 5pm on Monday", "2026-03-09 09:00", "2026-03-09 17:00"},
		{"on 3 March", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on March 3rd", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on the 3rd of March", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on the 3rd", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on Tuesday, 3 March", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on March 3, 2025", "2025-03-03 00:00", "2025-03-04 00:00"},
		{"on 20 March", "2025-03-20 00:00", "2025-03-21 00:00"},
		{"2026-03-03", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"on 2026-03-03 at 14:00", "2026-03-03 14:00", "2026-03-03 15:00"},
		{"at 2026-03-03T14:05", "2026-03-03 14:05", "2026-03-03 14:06"},
		{"3/3/2026", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"25/2/2026", "2026-02-25 00:00", "2026-02-26 00:00"},
		{"2/25/2026", "2026-02-25 00:00", "2026-02-26 00:00"},
		{"03.03.2026", "2026-03-03 00:00", "2026-03-04 00:00"},
		{"at 14:00", "2026-03-11 14:00", "2026-03-11 15:00"},
		{"at 14:05 today", "2026-03-11 14:05", "2026-03-11 14:06"},
		{"around 2pm yesterday", "2026-03-10 13:30", "2026-03-10 14:30"},
		{"yesterday around 2pm", "2026-03-10 13:30", "2026-03-10 14:30"},
		{"at 23:00", "2026-03-10 23:00", "2026-03-11 00:00"},
		{"in February", "2026-02-01 00:00", "2026-03-01 00:00"},
		{"in may", "2025-05-01 00:00", "2025-06-01 00:00"},
		{"in February 2025", "2025-02-01 00:00", "2025-03-01 00:00"},
		{"in 2025", "2025-01-01 00:00", "2026-01-01 00:00"},
		{"Q4 2025", "2025-10-01 00:00", "2026-01-01 00:00"},
		{"3 days ago", "2026-03-08 00:00", "2026-03-09 00:00"},
		{"two hours ago", "2026-03-11 13:00", "2026-03-11 14:00"},
		{"a week ago", "2026-03-04 00:00", "2026-03-05 00:00"},
		{"last weekend", "2026-03-07 00:00", "2026-03-09 00:00"},
		{"over the weekend", "2026-03-07 00:00", "2026-03-09 00:00"},
		{"yesterday and today", "2026-03-10 00:00", "2026-03-12 00:00"},
		{"week of 2 March", "2026-03-02 00:00", "2026-03-09 00:00"},
		{"year to date", "2026-01-01 00:00", "2026-03-12 00:00"},
		{"so far today", "2026-03-11 00:00", "2026-03-12 00:00"},
		{"earlier today", "2026-03-11 00:00", "2026-03-12 00:00"},
		{"who may read mail", open, open},
		{"what did Ada change", open, open},
	} {
		t.Run(tt.text, func(t *testing.T) {
			s := Read(tt.text, wednesday, nil).Span
			if got := shown(s.Start); got != tt.start {
				t.Errorf("begins %q, want %q (read from %q)", got, tt.start, s.Words)
			}
			if got := shown(s.End); got != tt.end {
				t.Errorf("ends %q, want %q (read from %q)", got, tt.end, s.Words)
			}
		})
	}
}

func shown(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// TestDaysOfAZone: days begin at midnight of the zone, also when clocks change.
func TestDaysOfAZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	now := time.Date(2026, 3, 29, 22, 30, 0, 0, time.UTC) // 00:30 on Monday, the day after clocks went forward
	s := Read("what happened yesterday", now, berlin).Span
	if want := time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC); !s.Start.Equal(want) {
		t.Errorf("begins %s, want %s", s.Start.UTC(), want)
	}
	if s.End.Sub(s.Start) != 23*time.Hour {
		t.Errorf("the day is %s long", s.End.Sub(s.Start))
	}
	if s := Read("changes on 4/3/2026", now, berlin).Span; s.Start.Month() != time.March || s.Meaning == "" {
		t.Errorf("%v", s)
	}
	york, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip(err)
	}
	if s := Read("changes on 3/4/2026", now, york).Span; s.Start.Month() != time.March || s.Start.Day() != 4 {
		t.Errorf("%v", s)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"Who was added to Global Administrator last week?", "failed logins yesterday", "between 2 and 4 pm", "by 'Ada' or \"Bob\" at 99:99 on 31 February",
		"outside working hours last month except by apps", "3/3/2026 1:2::3 10.0.0.0/8 q9 24h", "last last last the the of of of", "from Friday to to Monday until",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := Read(text, wednesday, nil)
		if s := r.Span; !s.Start.IsZero() && !s.End.IsZero() && !s.Start.Before(s.End) {
			t.Errorf("%q: from %s to %s", text, s.Start, s.End)
		}
		for _, n := range r.Names {
			if len(n.Texts) == 0 {
				t.Errorf("%q: a name without text", text)
			}
		}
	})
}
