package assistant

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
)

func answerTo(t *testing.T, q Question) Answer {
	t.Helper()
	a, err := theWorld(t).assistant.Ask(t.Context(), q, nil)
	if err != nil {
		t.Fatalf("%s: %v", q.Text, err)
	}
	return a
}

func TestInvalidQuestions(t *testing.T) {
	w := theWorld(t)
	for name, tt := range map[string]struct {
		q     Question
		param string
	}{
		"empty":         {Question{Text: " \n"}, "question"},
		"long":          {Question{Text: strings.Repeat("x", MaxQuestion+1)}, "question"},
		"filter":        {Question{Text: "failed logins", Filter: console.Filter{Query: "who:ada"}}, "q"},
		"times":         {Question{Text: "failed logins", Filter: console.Filter{Start: worldNow, End: worldNow}}, "end"},
		"both too long": {Question{Text: "failed logins by Emma Rao", Filter: console.Filter{Query: strings.Repeat("x", 4050)}}, "question"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.assistant.Ask(t.Context(), tt.q, nil)
			p, ok := errors.AsType[*console.InvalidParam](err)
			if !ok || p.Name != tt.param || aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestFilterNarrows: nothing outside of the filter is in an answer, whatever the question
// says, and a name is not even looked up there.
func TestFilterNarrows(t *testing.T) {
	inside := func(e *aoc.Event) bool { return e.Workload == "Exchange" && !e.Timestamp.Before(yesterday.from) }
	f := console.Filter{Query: "workload:Exchange OR workload:Exchange", Start: yesterday.from}
	for _, text := range []string{
		"what happened?", "failed logins", "everything by Jana Castro", "all events in Intune or SharePoint", `"Contract.docx"`,
		"role changes OR everything else", "what happened last year", `by Ada) OR (*`, "mail read last week", "who changed anything except by apps",
		"the last role change", "first sign-in", "top 5 users",
	} {
		a := answerTo(t, Question{Text: text, Filter: f})
		for i := range a.Events {
			if !inside(&a.Events[i]) {
				t.Errorf("%s: %s of %s is outside of the filter", text, a.Events[i].DisplaySummary, a.Events[i].Timestamp)
				break
			}
		}
		for _, c := range a.Counts {
			if c.Field == string(aoc.FieldOperation) && c.Value == "Sign-in" {
				t.Errorf("%s: counts what is outside of the filter", text)
			}
		}
	}
	if a := answerTo(t, Question{Text: "role changes last month", Filter: f}); a.Total != 0 || len(a.Events) != 0 || a.Text == "" {
		t.Errorf("a time outside of the filter: %d events, %q", a.Total, a.Text)
	}
	other := answerTo(t, Question{Text: "what did Jana Castro do", Filter: console.Filter{Tenant: []string{"another"}}})
	if other.Total != 0 || strings.Contains(strings.ToLower(other.Query+notesOf(other)), "jana.castro@") {
		t.Errorf("a name was looked up outside of the filter: %s", other.Query)
	}
}

func notesOf(a Answer) string {
	var b strings.Builder
	for _, n := range a.Notes {
		b.WriteString(n.Words + ": " + n.Meaning + "; ")
	}
	return b.String()
}

// TestAnswersCite: every key in a text is that of an event of the answer, and so are those of
// its claims; the whole query finds the same in the explorer.
func TestAnswersCite(t *testing.T) {
	w := theWorld(t)
	for _, text := range []string{"role changes", "top 5 users by failed logins", "when was the last password reset", "first password reset", "how many files were deleted yesterday", "failed logins by day", "who has the most file downloads"} {
		a := answerTo(t, Question{Text: text})
		keys := map[string]bool{}
		for _, e := range a.Events {
			keys[e.Key] = true
		}
		if len(citation.FindAllString(a.Text, -1)) == 0 || len(a.Claims) == 0 {
			t.Errorf("%s: nothing is cited", text)
		}
		for _, m := range citation.FindAllStringSubmatch(a.Text, -1) {
			if !keys[m[1]] {
				t.Errorf("%s: %s is cited and not among the events", text, m[1])
			}
		}
		for _, c := range a.Claims {
			for _, k := range c.Events {
				if !keys[k] {
					t.Errorf("%s: a claim rests on %s, which is not among the events", text, k)
				}
			}
			if !strings.Contains(a.Text, c.Text) {
				t.Errorf("%s: %q is not in the text", text, c.Text)
			}
		}
		page, err := w.console.Search(t.Context(), console.SearchParams{Filter: console.Filter{Query: a.Query, Start: a.Start, End: a.End}, PageSize: 1})
		if err != nil || len(page.Items) == 0 {
			t.Errorf("%s: %s finds nothing: %v", text, a.Query, err)
		}
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"what did Ada Ramirez do":                          "ada.ramirez@contoso.example",
		"what did ada.ramirez do":                          "ada.ramirez@contoso.example",
		"what did ada@ do":                                 "ada.ramirez@contoso.example",
		"what did ada.ram do":                              "ada.ramirez@contoso.example",
		"changes by Kowalski":                              "rosa.kowalski@contoso.example",
		"changes by Kowalsky":                              "rosa.kowalski@contoso.example",
		"changes by Rosa K":                                "rosa.kowalski@contoso.example",
		"what did Kowalski, Rosa do":                       "rosa.kowalski@contoso.example",
		"sign-ins by ROSA KOWALSKI":                        "rosa.kowalski@contoso.example",
		"sign-ins by Wójcik":                               "kenji.wojcik@contoso.example",
		"sign-ins by Pavel Mueller":                        "pavel.mueller@contoso.example",
		"sign-ins by O'Neill":                              "wei.oneill@contoso.example",
		"sign-ins by victor.weber@adventure-works.example": "victor.weber_adventure-works.example#EXT#@contoso.onmicrosoft.com",
		"who was added to Finance Approvers":               "Finance Approvers",
		"secrets of the Payrol app":                        "Payroll",
	} {
		a := answerTo(t, Question{Text: text})
		if !strings.Contains(a.Query, want) {
			t.Errorf("%s: %s (%s) lacks %s", text, a.Query, notesOf(a), want)
		}
	}
}

// TestAmbiguousName: a name of several people means all of them, and the answer says so.
func TestAmbiguousName(t *testing.T) {
	a := answerTo(t, Question{Text: "what did Ivan do yesterday"})
	for _, upn := range []string{"ivan.dubois@", "ivan.moreau@", "ivan.reed@", "ivan.chen@", "Ivan Fischer"} {
		if !strings.Contains(a.Query, upn) {
			t.Errorf("%s is not among %s", upn, a.Query)
		}
	}
	if !slices.ContainsFunc(a.Notes, func(n Note) bool { return strings.Contains(n.Meaning, "any of") }) {
		t.Errorf("no note says that several are meant: %s", notesOf(a))
	}
	// Of two people with one name, an address means one.
	one := answerTo(t, Question{Text: "what did nikos.lindqvist2@contoso.example do"})
	for i := range one.Events {
		if one.Events[i].Actor.UPN != "nikos.lindqvist2@contoso.example" {
			t.Errorf("%s did %s", one.Events[i].Actor.UPN, one.Events[i].DisplaySummary)
			break
		}
	}
}

func TestOwnedDevice(t *testing.T) {
	w := theWorld(t)
	for _, e := range w.events {
		for _, c := range e.Changes {
			if c.Property != "Owner" || c.After == nil {
				continue
			}
			a := answerTo(t, Question{Text: "what was done to the laptop of " + *c.After + "?"})
			if a.Total == 0 {
				t.Errorf("nothing about the device of %s: %s", *c.After, a.Query)
			}
			b := answerTo(t, Question{Text: "what happened to " + localPart(*c.After) + "'s device"})
			if !strings.Contains(b.Query, e.TargetDisplays[0]) {
				t.Errorf("%s is not among %s (%s)", e.TargetDisplays[0], b.Query, notesOf(b))
			}
			return
		}
	}
	t.Error("the world has no device with an owner")
}

// TestNothingUnderstood: words that mean nothing are said to, and what is known of the rest is
// answered.
func TestNothingUnderstood(t *testing.T) {
	a := answerTo(t, Question{Text: "role changes with blorgle zumph yesterday"})
	if !slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, "blorgle") }) {
		t.Errorf("%v", a.Warnings)
	}
	b := answerTo(t, Question{Text: "what did Zorblax Quux do today"})
	if b.Total != 0 || !strings.Contains(notesOf(b), "nobody") {
		t.Errorf("%d events; %s", b.Total, notesOf(b))
	}
}

func TestProgress(t *testing.T) {
	var heard []Step
	a, err := theWorld(t).assistant.Ask(t.Context(), Question{Text: "role changes", Zone: time.UTC}, func(s Step) { heard = append(heard, s) })
	if err != nil || len(heard) != len(a.Steps) || len(heard) == 0 || !strings.Contains(heard[0].Says, "role") {
		t.Errorf("%v: %+v", err, heard)
	}
}

// TestJobs: people are found by what events tell of their jobs, and nobody where they do not.
func TestJobs(t *testing.T) {
	for _, q := range []struct{ text, meaning string }{
		{"What did the technicians do this week?", "whose title or department says so: any of "},
		{"what did the directors do yesterday", "whose title or department says so: any of "},
		{"the new analyst's laptop", "devices of any of "},
		{"What happened to the new intern's laptop?", "nobody of this name, title or department is known from these events"},
	} {
		a := answerTo(t, Question{Text: q.text})
		if !slices.ContainsFunc(a.Notes, func(n Note) bool { return strings.HasPrefix(n.Meaning, q.meaning) }) {
			t.Errorf("%s: %+v", q.text, a.Notes)
		}
		if found := len(a.Events) > 0; found == strings.HasPrefix(q.meaning, "nobody") {
			t.Errorf("%s: %d events", q.text, len(a.Events))
		}
	}
}
