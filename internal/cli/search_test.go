package cli

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc/internal/console"
)

// stopped is a clock that stands still.
type stopped time.Time

func (s stopped) Now() time.Time { return time.Time(s) }

func (s stopped) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestSearchParams(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want console.Filter
	}{
		"nothing": {nil, console.Filter{}},
		"each argument is one term, as it stands": {
			[]string{"--", "add member", "Lovelace, Ada", `*.docx`, "-dash", "--source"},
			console.Filter{Search: []string{"add member", "Lovelace, Ada", "*.docx", "-dash", "--source"}},
		},
		"every filter, names whole": {
			[]string{
				"--service=UserManagement", "--actor=ada@contoso.example", "--actor=Lovelace, Ada", "--operation=Add user", "--operation=Update user",
				"--result=Failure", "--source=directory,intune", "--tag=vip", "--tenant=0f0f0f0f-1111-4222-8333-444444444444",
			},
			console.Filter{
				Service: []string{"UserManagement"}, Actor: []string{"ada@contoso.example", "Lovelace, Ada"}, Operation: []string{"Add user", "Update user"},
				Result: []string{"Failure"}, Source: []string{"directory", "intune"}, Tags: []string{"vip"}, Tenant: []string{"0f0f0f0f-1111-4222-8333-444444444444"},
			},
		},
		"since counts from now": {[]string{"--since=36h"}, console.Filter{Start: noon.Add(-36 * time.Hour)}},
		"since with an end":     {[]string{"--since=36h", "--to=2026-03-04"}, console.Filter{Start: noon.Add(-36 * time.Hour), End: noon.Add(-12 * time.Hour)}},
		"one open end":          {[]string{"--to=2026-03-04T12:00:00Z"}, console.Filter{End: noon}},
		"times in a zone": {
			[]string{"--tz=Europe/Berlin", "--from=2026-03-04T13:00", "--to=2026-03-04T12:00:01Z"},
			console.Filter{Start: noon, End: noon.Add(time.Second)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := parse(t, append([]string{"search"}, c.args...)...)
			got, zone, err := g.Search.params(&runner{clock: stopped(noon)})
			if err != nil || zone == nil {
				t.Fatal(zone, err)
			}
			if diff := cmp.Diff(console.SearchParams{Filter: c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSearchFormat(t *testing.T) {
	for args, want := range map[string]string{
		"": "jsonl", "--output=auto": "jsonl", "--output=table": "table", "--output=json": "json", "-ocsv": "csv", "--json": "jsonl",
	} {
		line := []string{"search"}
		if args != "" {
			line = append(line, args)
		}
		// A buffer is no terminal.
		if got := parse(t, line...).Search.format(&runner{streams: streams{out: &bytes.Buffer{}}}); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{ // times of Berlin, in UTC
		"2026-01-02":                     "2026-01-01T23:00:00Z",
		"2026-07-02":                     "2026-07-01T22:00:00Z",
		"2026-01-02 03:04":               "2026-01-02T02:04:00Z",
		"2026-01-02T03:04:05":            "2026-01-02T02:04:05Z",
		"2026-01-02 03:04:05.25":         "2026-01-02T02:04:05.25Z",
		"2026-01-02T03:04:05Z":           "2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05.1234567Z":   "2026-01-02T03:04:05.1234567Z",
		"2026-01-02T03:04:05-05:00":      "2026-01-02T08:04:05Z",
		"":                               "",
		"2026-02-30":                     "",
		"02.01.2026":                     "",
		"2026-01-02T03:04:05 +01:00 DST": "",
	} {
		got, err := parseTime(text, berlin)
		switch {
		case want == "":
			if err == nil {
				t.Errorf("%q was read as %s", text, got)
			}
		case err != nil || got.Format(time.RFC3339Nano) != want:
			t.Errorf("%q: got %s, %v, want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
}
