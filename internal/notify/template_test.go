package notify

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"aoc"
)

// AOC's own texts say what happened, who, whom, when, tenant, severity, how many and by which rule.
func TestUsualTexts(t *testing.T) {
	inTime(t, func(w *world) {
		e := aoc.Event{
			ID: "e1", Source: aoc.SourceDirectory, TenantID: "t-1", Timestamp: time.Now(), ReceivedAt: time.Now(), Origin: aoc.OriginCollected,
			ActorDisplay: "Ada\nLovelace\u202e", TargetDisplays: []string{"Bob Ray", "Global Administrator"}, Raw: []byte(`{}`),
		}
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		if _, err := w.store.Append(w.t.Context(), []aoc.Event{e}); err != nil {
			w.t.Fatal(err)
		}
		texts, err := newTexts(&NotifierSpec{})
		if err != nil {
			w.t.Fatal(err)
		}
		at := time.Date(2026, 3, 2, 11, 50, 0, 0, time.UTC)
		alert := func() *aoc.Alert {
			return &aoc.Alert{
				ID: "abc", RuleID: "r", Title: "Role granted", Severity: aoc.SeverityHigh, TenantID: "t-1", First: at, Last: at.Add(time.Minute), RaisedAt: at,
				Events: []string{"gone", e.Key}, Count: 7, Summary: "Ada added Bob\r\nSeverity: low\u202e", State: aoc.AlertOpen,
			}
		}
		d := New(w.config(w.store, "a"))
		m := d.compose(w.t.Context(), texts, []*aoc.Alert{alert()})
		want := "Ada added Bob Severity: low\n\nWho: Ada Lovelace\nWhom: Bob Ray, Global Administrator\nWhen: 2026-03-02 11:50:00 UTC to 2026-03-02 11:51:00 UTC\n" +
			"Severity: high\nEvents: 7\nRule: Role granted\nTenant: t-1"
		if m.Title != "high: Role granted" || m.Body != want || m.Link != "https://soc.contoso.example/alerts?open=abc" || m.Key != "abc" {
			w.t.Errorf("%q\n%q\n%s", m.Title, m.Body, m.Link)
		}
		many := make([]*aoc.Alert, 12)
		for i := range many {
			many[i] = alert()
		}
		if m := d.compose(w.t.Context(), texts, many); !strings.HasSuffix(m.Body, "tenant t-1, 7 events\n\nand 2 more") || strings.Count(m.Body, "high: Role granted") != 10 {
			w.t.Errorf("%q", m.Body)
		}
	})
}

// What is wrong with a template is told on saving, with the line.
func TestTemplateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a\n{{.Nothing}}": "line 2: ",
		"a\n\n{{if}}":     "line 3: ",
		"{{range .Alerts}}{{.Summary.Nothing}}{{end}}":                                                          "line 1: ",
		"a\n{{range 1000000000}}{{end}}":                                                                        "line 2: range goes through",
		"{{$n := 1000000000}}{{range $n}}{{end}}":                                                               "range goes through",
		"{{with 1000000000}}{{range .}}{{end}}{{end}}":                                                          "range goes through",
		"{{range .Total}}x{{end}}":                                                                              "range goes through",
		"{{range len .Alerts}}x{{end}}":                                                                         "range goes through",
		`{{define "x"}}{{template "x"}}{{end}}`:                                                                 "define",
		`{{template "body_template"}}`:                                                                          "template cannot be used",
		`{{if true}}{{else}}{{range 5}}{{end}}{{end}}`:                                                          "range goes through",
		`{{printf "%1000000d" 1}}`:                                                                              "widths below 1000",
		`{{printf "%*d" 100000 1}}`:                                                                             "widths below 1000",
		`{{range .Alerts}}{{printf "` + strings.Repeat("%999[1]d", 20) + `" 1}}{{end}}`:                         "gives more than",
		`{{$x := "aaaaaaaaaa"}}` + strings.Repeat(`{{$x = print $x $x}}`, 40):                                   "too much text",
		`{{range .Alerts}}` + strings.Repeat(`{{$x := printf "%900d" 1}}`, 400) + `{{end}}`:                     "too much text",
		`{{$x := print .Link .Link .Link}}{{print ` + strings.Repeat("$x ", 4000) + `}}`:                        "too much text",
		strings.Repeat("{{range .Alerts}}x{{.Summary}}{{end}}", 400):                                            "gives more than",
		`{{range .Alerts}}{{(index .Group 0).Value}}{{end}}`:                                                    "line 1: ",
		"{{range $.Alerts}}{{range $.Alerts}}{{range $.Alerts}}{{range $.Alerts}}x{{end}}{{end}}{{end}}{{end}}": "too many ranges",
		strings.Repeat("x", maxTemplate+1):                                                                      "at most",
	} {
		_, err := newTexts(&NotifierSpec{Body: text})
		if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.HasPrefix(aoc.MessageOf(err), "body_template: ") || !strings.Contains(aoc.MessageOf(err), want) || aoc.HintOf(err) == "" {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	for _, fine := range []string{"", "text", "{{.Total}} {{range .Alerts}}{{.Title}}{{range .Group}}{{.Field}}={{.Value}}{{end}}{{range .Tags}}{{.}}{{end}}{{end}}", "{{range $i, $a := .Alerts}}{{$i}}{{range $a.Group}}x{{end}}{{end}}", `{{/* nothing */}}`} {
		if _, err := newTexts(&NotifierSpec{Body: fine}); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
}

// A template that fails on an alert keeps nobody from being told of it.
func TestTemplateThatFails(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", func(s *NotifierSpec) {
			s.Body = `{{range .Alerts}}{{if eq .Count 13}}{{slice .Title 1000}}{{end}}{{end}}`
		})
		_, stop := w.run(w.store, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		want := w.raise(1, func(a *aoc.Alert) { a.Count = 13 })
		time.Sleep(time.Minute)
		w.same("told", r.once(), want)
		if m := r.messages()[0]; !strings.Contains(m.Body, "Ada did 1") || !strings.Contains(m.Body, "template failed: body_template: line 1: ") {
			w.t.Errorf("%q", m.Body)
		}
	})
}

// What people can get wrong of a notifier is told, each by its name.
func TestCheck(t *testing.T) {
	d := New(Config{Kinds: []Kind{kind(map[string]*receiver{"a": {}})}, Deps: Deps{Allowed: func(string) error { return nil }}})
	fine := NotifierSpec{Name: "x", Kind: "test", Settings: map[string]string{"to": "a"}}
	if err := d.Check(fine); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(s *NotifierSpec){
		"name: ":          func(s *NotifierSpec) { s.Name = "a\u202eb" },
		"kind: ":          func(s *NotifierSpec) { s.Kind = "fax" },
		"severity: ":      func(s *NotifierSpec) { s.Severity = "dire" },
		"digest_minutes:": func(s *NotifierSpec) { s.Digest = 1441 },
		"most_per_hour:":  func(s *NotifierSpec) { s.Most = -1 },
		"title_template:": func(s *NotifierSpec) { s.Title = "{{" },
		"settings.to: is": func(s *NotifierSpec) { s.Settings = nil },
		"settings.x: ":    func(s *NotifierSpec) { s.Settings = map[string]string{"to": "a", "x": "y"} },
		"settings.key: ":  func(s *NotifierSpec) { s.Settings = map[string]string{"to": "a", "key": "not a name"} },
	} {
		s := fine
		change(&s)
		if err := d.Check(s); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.HasPrefix(aoc.MessageOf(err), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Whatever is in templates, they end, and give clean text of bounded length.
func FuzzTemplate(f *testing.F) {
	f.Add(usualTitle, "Ada\u202e\r\n")
	f.Add(usualBody, "{{.Title}}")
	f.Add("{{range .Alerts}}{{.Title | printf \"%q\"}}{{end}}{{len .Alerts}}", "\x00\u200b")
	f.Fuzz(func(t *testing.T, text, value string) {
		texts, err := newTexts(&NotifierSpec{Body: text})
		if err != nil {
			if aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		data := sampleData(2)
		data.Alerts[0].Title = cleanLine(value)
		_, body, err := texts.run(&data)
		if err != nil {
			return
		}
		if len(body) > maxBody*3 {
			t.Errorf("%d bytes", len(body))
		}
		for _, r := range body {
			if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' {
				t.Errorf("%U in %q", r, body)
			}
		}
	})
}

func TestCut(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcd": "ab…", "ßßßß": "ßß…"} {
		if got := Cut(in, 3); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
