package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

func event() *aoc.Event {
	old, empty := "Helpdesk", ""
	return &aoc.Event{
		Key: "abcdefghijklmnopqrstuvwxyz", ID: "e-1", Source: aoc.SourceDirectory, TenantID: "t", Timestamp: time.Date(2026, 7, 1, 10, 0, 0, 5e8, time.UTC),
		Service: "RoleManagement", Workload: "Entra ID", Operation: "Add member to role", Result: aoc.ResultSuccess,
		Actor: aoc.Actor{UPN: "ada@contoso.example"}, ActorDisplay: "Lovelace, Ada", ClientIP: "192.0.2.1",
		TargetDisplays: []string{"Bob", "Global Administrator"}, DisplaySummary: `Ada "the first" added Bob`,
		Changes: []aoc.Change{{Property: "Role", Before: &old, After: &empty}, {Property: "New", After: &old}, {Property: "Gone", Before: &old}, {Property: "Told"}},
		Tags:    []string{"vip", "rome"}, Review: &aoc.Review{State: aoc.ReviewExpected}, Raw: json.RawMessage("{\n \"a\": \"<b>\" }"),
	}
}

func write(t *testing.T, f Format, o Options, events ...*aoc.Event) string {
	t.Helper()
	var b bytes.Buffer
	w := New(f, &b, o)
	for _, e := range events {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // once more is harmless
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const head = "timestamp,workload,service,operation,result,actor,actor_upn,client_ip,targets,summary,changes,tags,review,tenant_id,source,id,key\n"
	want := head + `2026-07-01T12:00:00.5+02:00,Entra ID,RoleManagement,Add member to role,success,"Lovelace, Ada",ada@contoso.example,192.0.2.1,` +
		`Bob; Global Administrator,"Ada ""the first"" added Bob","Role: Helpdesk → """"; New: → Helpdesk; Gone: Helpdesk →; Told",vip; rome,expected,t,directory,e-1,abcdefghijklmnopqrstuvwxyz` + "\n"
	if diff := cmp.Diff(want, write(t, CSV, Options{Zone: berlin}, event())); diff != "" {
		t.Error(diff)
	}
	if got := write(t, CSV, Options{}, &aoc.Event{}); got != head+"0001-01-01T00:00:00Z"+strings.Repeat(",", 16)+"\n" {
		t.Errorf("an empty event is %q", got)
	}
	if got := write(t, CSV, Options{BOM: true}); got != "\ufeff"+head {
		t.Errorf("no events are %q", got)
	}
}

func TestJSONLines(t *testing.T) {
	got := write(t, JSONLines, Options{}, event(), &aoc.Event{ID: "e-2"})
	lines := strings.Split(got, "\n")
	if len(lines) != 3 || lines[2] != "" {
		t.Fatalf("%d lines: %q", len(lines), got)
	}
	if !strings.Contains(lines[0], `"raw":{"a":"<b>"}`) {
		t.Errorf("the record is not as it was: %s", lines[0])
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &v); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"targets", "target_displays", "changes", "tags", "comments"} {
		if x, ok := v[list].([]any); !ok || len(x) > 0 {
			t.Errorf("%s is %v, want an empty list", list, v[list])
		}
	}
	for raw, want := range map[string]string{
		"{\"a\":\"\xff\"}":                `{"a":"` + "\uFFFD" + `"}`,
		"not json":                        `"not json"`,
		strings.Repeat("[", 11_000):       `"` + strings.Repeat("[", 11_000) + `"`,
		`{"a":"\ud800","a":1e999,"b":[]}`: `{"a":"\ud800","a":1e999,"b":[]}`,
		"":                                "null",
	} {
		line, err := JSON(&aoc.Event{Raw: json.RawMessage(raw)})
		if err != nil || !strings.HasSuffix(string(line), `"raw":`+want+"}") {
			t.Errorf("%.60q: %v, %.200s", raw, err, line)
		}
	}
}

func TestCellsAreHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"":                          "",
		"Ada":                       "Ada",
		"=1+1":                      "'=1+1",
		"+1":                        "'+1",
		"-1":                        "'-1",
		"@SUM(A1)":                  "'@SUM(A1)",
		"  =1":                      "  '=1",
		"\t=1":                      " '=1",
		"\r=1":                      " '=1",
		"\u00a0=1":                  "\u00a0'=1",
		"\ufeff=1":                  "\ufeff'=1",
		"\u200b=1":                  "\u200b'=1",
		"＝1":                        "'＝1",
		"＋1":                        "'＋1",
		"－1":                        "'－1",
		"＠x":                        "'＠x",
		`"=1`:                       `"'=1`,
		"a;=1":                      "a;'=1",
		"a; @x; b":                  "a; '@x; b",
		"a\n=1":                     "a =1",
		"ada@contoso.example":       "ada@contoso.example",
		"a-b = c":                   "a-b = c",
		"\u202ecod.exe":             "\ufffdcod.exe",
		"a\x00b\x1b[31m\x9b":        "a\ufffdb\ufffd[31m\ufffd",
		"line\r\nline":              "line  line",
		"日本語\u2028x":                "日本語 x",
		strings.Repeat("ü", 20_000): strings.Repeat("ü", maxCell/2) + clipped,
	} {
		if got := harmless(cell); got != want {
			t.Errorf("%.60q: %.60q, want %.60q", cell, got, want)
		}
	}
}

// FuzzCSV: whatever is in an event, the file has two lines of as many cells, and no cell
// begins a formula, with commas or semicolons between them.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"=1", "a;=1", "\"\n=cmd|' /C calc'!A0", "＝", "\u202e", "\xff;\t-1", " ;;@", "a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file := write(t, CSV, Options{}, &aoc.Event{
			Workload: s, Operation: s, ActorDisplay: s, TargetDisplays: []string{s, s}, DisplaySummary: s, Tags: []string{s}, ID: s,
			Changes: []aoc.Change{{Property: s, Before: &s, After: &s}},
		})
		if !utf8.ValidString(file) {
			t.Errorf("%q is not UTF-8", file)
		}
		rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %d rows, %v", file, len(rows), err)
		}
		if n := strings.Count(file, "\n"); n != 2 {
			t.Errorf("%d lines", n)
		}
		for _, cell := range rows[1] {
			for part := range strings.SplitSeq(cell, ";") {
				first, _ := utf8.DecodeRuneInString(strings.TrimLeft(part, " \t\r\n\"\u00a0\ufeff"))
				if strings.ContainsRune("=+-@＝＋－＠", first) {
					t.Errorf("%q begins a formula", part)
				}
			}
		}
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrorsAreTold(t *testing.T) {
	for _, f := range []Format{CSV, JSONLines} {
		w := New(f, full{}, Options{})
		err := w.Write(event())
		if err == nil {
			err = w.Flush()
		}
		if err == nil {
			t.Errorf("%s: a full disk is not told", f)
		}
	}
}

// TestMemoryIsFlat writes more than it may hold.
func TestMemoryIsFlat(t *testing.T) {
	e := event()
	e.Raw = json.RawMessage(fmt.Sprintf("%q", strings.Repeat("x", 100_000)))
	for _, f := range []Format{CSV, JSONLines} {
		w := New(f, io.Discard, Options{})
		for range 500 {
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapAlloc > 20<<20 {
			t.Errorf("%s: %d MiB are held", f, m.HeapAlloc>>20)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}
