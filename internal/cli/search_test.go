package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc/internal/console"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestSelection(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want console.Filter
	}{
		"nothing": {nil, console.Filter{}},
		"arguments make one query": {
			[]string{"--", "actor:ada*", `"add member"`, "-result:success"},
			console.Filter{Query: `actor:ada* "add member" -result:success`},
		},
		"literally, each argument is one term, as it stands": {
			[]string{"--literal", "--", "add member", "Lovelace, Ada", `*.docx`, "-dash", "--source"},
			console.Filter{Search: []string{"add member", "Lovelace, Ada", "*.docx", "-dash", "--source"}},
		},
		"every filter, names whole": {
			[]string{
				"--service=UserManagement", "--actor=ada@contoso.example", "--actor=Lovelace, Ada", "--operation=Add user", "--operation=Update user",
				"--result=Failure", "--source=directory,intune", "--tag=vip", "--tenant=0f0f0f0f-1111-4222-8333-444444444444", "--noise=hide",
			},
			console.Filter{
				Service: []string{"UserManagement"}, Actor: []string{"ada@contoso.example", "Lovelace, Ada"}, Operation: []string{"Add user", "Update user"},
				Result: []string{"Failure"}, Source: []string{"directory", "intune"}, Tags: []string{"vip"}, Tenant: []string{"0f0f0f0f-1111-4222-8333-444444444444"},
				NoiseHidden: true,
			},
		},
		"since counts from now": {[]string{"--since=36h"}, console.Filter{Start: noon.Add(-36 * time.Hour)}},
		"since with an end":     {[]string{"--since=36h", "--to=2026-03-04"}, console.Filter{Start: noon.Add(-36 * time.Hour), End: noon.Add(-12 * time.Hour)}},
		"one open end":          {[]string{"--to=2026-03-04T12:00:00Z"}, console.Filter{End: noon}},
		"times in a zone": {
			[]string{"--tz=Europe/Berlin", "--from=2026-03-04T13:00", "--to=2026-03-04T12:00:01Z", "after:2026-03-04"},
			console.Filter{Start: noon, End: noon.Add(time.Second), Zone: berlin, Query: "after:2026-03-04"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want.Zone == nil {
				c.want.Zone = time.UTC
			}
			searched, err := parseSelection(t, "search", c.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, searched, sameZone); diff != "" {
				t.Error(diff)
			}
			exported, err := parseSelection(t, "export", c.args)
			if diff := cmp.Diff(searched, exported, sameZone); err != nil || diff != "" {
				t.Errorf("an export selects something else: %v %s", err, diff)
			}
		})
	}
}

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func parseSelection(t *testing.T, command string, args []string) (console.Filter, error) {
	t.Helper()
	g := parse(t, append([]string{command}, args...)...)
	if command == "export" {
		return g.Export.filter(noon)
	}
	return g.Search.filter(noon)
}

func TestWrongQueriesArePointedAt(t *testing.T) {
	for q, want := range map[string]string{
		"role actro:ada": "aoc: query: actro is not a field\n" +
			"     role actro:ada\n" +
			"          ^^^^^\n" +
			"     Do you mean actor:? To search for the text, put it in quotation marks: \"actro:ada\".\n",
		"😀 日本 result:x": "aoc: query: result is one of success, failure, partial, unknown\n" +
			"     😀 日本 result:x\n" +
			"                    ^\n",
		"(\x1b\u202e": "aoc: query: this parenthesis is not closed\n" +
			"     (\ufffd\ufffd\n" +
			"     ^\n",
		strings.Repeat("word ", 20) + ")" + strings.Repeat(" word", 20): "aoc: query: there is no parenthesis that this one closes\n" +
			"     …" + strings.Repeat("word ", 8) + ")" + strings.Repeat(" word", 7)[:34] + "…\n" +
			"     " + strings.Repeat(" ", 41) + "^\n" +
			"     Put it in quotation marks to search for the text itself.\n",
		strings.Repeat("x", 50) + `:"y`: "aoc: query: " + strings.Repeat("x", 50) + " is not a field\n" +
			"     " + strings.Repeat("x", 35) + "…\n" +
			"     " + strings.Repeat("^", 36) + "\n" +
			"     To search for the text, put it in quotation marks: \"" + strings.Repeat("x", 50) + ":\\\"y\".\n",
	} {
		var told bytes.Buffer
		_, err := parseSelection(t, "search", []string{q})
		streams{err: &told}.fail(err)
		if diff := cmp.Diff(want, told.String()); diff != "" {
			t.Errorf("%s:\n%s", q, diff)
		}
		if exitCode(err) != exitUsage {
			t.Errorf("%s: exit code %d", q, exitCode(err))
		}
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
