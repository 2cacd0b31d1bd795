package assistant

import (
	"encoding/json"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/llm/llmtest"
	"aoc/internal/normalise"
	"aoc/internal/store/sqlite"
	"aoc/internal/trail"
)

// What a model is asked is written down: the question, the model, where it is and how many
// tokens it took; no key, and nothing of the events.
func TestCallsAreWrittenDown(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	e, err := normalise.Normalise(audit(ours, "r1", "Add member to role", "Ada Lovelace", "Bob Ray", "success", still{}.Now()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), []aoc.Event{e}); err != nil {
		t.Fatal(err)
	}
	tr := trail.New(trail.Config{Log: s, Clock: still{}, TenantID: ours})
	c, err := console.New(console.Config{Store: s, Clock: still{}, Trail: tr, SignIn: true})
	if err != nil {
		t.Fatal(err)
	}
	server := llmtest.New(t,
		llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"role"}`}),
		llmtest.Text("Ada Lovelace added Bob Ray to a role ["+e.Key+"]."), llmtest.Status(401, "sk-verysecret-0123 is wrong"))
	cfg := modelFor(t, c, server, ModelConfig{}).cfg
	a := New(Config{Console: c, Clock: still{}, Model: &cfg})
	ctx := console.WithCaller(t.Context(), aoc.Caller{Name: "analyst@contoso.example", Subject: "s", Via: aoc.ViaToken, Role: aoc.RoleReader})
	if _, err := a.Ask(t.Context(), Question{Text: "who?"}, nil); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("a stranger may ask: %v", err)
	}
	answer, err := a.Ask(ctx, Question{Text: "Who was given a role?"}, nil)
	if err != nil || answer.By != ByModel {
		t.Fatalf("got %+v, %v", answer, err)
	}
	if answer, err = a.Ask(ctx, Question{Text: "Who was given a role today?"}, nil); err != nil || answer.By != ByRules || !strings.Contains(strings.Join(answer.Warnings, ""), "does not accept the key") {
		t.Fatalf("got %+v, %v", answer, err)
	}
	if err := tr.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := s.Search(t.Context(), aoc.Query{Where: aoc.Is{Field: aoc.FieldSource, Values: []string{"aoc"}}, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, e := range page.Items {
		counts[e.Operation+" "+string(e.Result)]++
		text := string(e.Raw)
		if strings.Contains(text, "verysecret") {
			t.Errorf("the key stands in %s", text)
		}
		if e.Operation == "Call language model" && (strings.Contains(text, "Bob Ray") || !strings.Contains(text, "small at 127.0.0.1")) {
			t.Errorf("written down: %s", text)
		}
	}
	if counts["Ask the assistant success"] != 2 || counts["Call language model success"] != 2 || counts["Call language model failure"] != 1 {
		t.Errorf("written down: %v", counts)
	}
	if text, _ := json.Marshal(answer); strings.Contains(string(text), "verysecret") {
		t.Error("the key stands in the answer")
	}
}
