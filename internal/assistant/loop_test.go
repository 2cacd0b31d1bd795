package assistant

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/llm"
	"aoc/internal/llm/llmtest"
	"aoc/internal/normalise"
	"aoc/internal/store/sqlite"
)

const (
	ours   = "11111111-2222-3333-4444-555555555555"
	theirs = "99999999-8888-7777-6666-555555555555"
)

// still is a clock that stands still, on which waiting takes no time.
type still struct{}

func (still) Now() time.Time { return time.Date(2026, 3, 11, 15, 30, 0, 0, time.UTC) }

func (still) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// audit is a record of the directory's audit log.
func audit(tenant, id, operation, who, whom, result string, at time.Time) aoc.Record {
	return aoc.Record{
		Kind: aoc.KindDirectoryAudit, TenantID: tenant, Origin: aoc.OriginCollected, ReceivedAt: at.Add(time.Minute), Transport: "test",
		Raw: []byte(llmtest.JSON(map[string]any{
			"id": id, "category": "RoleManagement", "activityDisplayName": operation, "result": result, "activityDateTime": at.Format(time.RFC3339),
			"initiatedBy":     map[string]any{"user": map[string]any{"id": "aaaa0000-0000-0000-0000-000000000001", "displayName": who, "userPrincipalName": strings.ToLower(strings.ReplaceAll(who, " ", ".")) + "@contoso.example", "ipAddress": "203.0.113.9"}},
			"targetResources": []any{map[string]any{"id": "bbbb0000-0000-0000-0000-000000000001", "displayName": whom, "type": "User"}},
		})),
	}
}

// stored gives a console over a real store that holds the records, and the events by id.
func stored(t testing.TB, records ...aoc.Record) (*console.Console, map[string]aoc.Event) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var events []aoc.Event
	byID := map[string]aoc.Event{}
	for _, r := range records {
		e, err := normalise.Normalise(r, nil)
		if err != nil {
			t.Fatalf("%s: %v", r.Raw, err)
		}
		events = append(events, e)
		byID[e.ID] = e
	}
	if _, err := s.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	c, err := console.New(console.Config{Store: s, Clock: still{}})
	if err != nil {
		t.Fatal(err)
	}
	return c, byID
}

// calls counts what a model is asked.
type calls struct {
	mu       sync.Mutex
	outcomes []string
}

func (c *calls) Called(outcome string, _ llm.Usage, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes = append(c.outcomes, outcome)
}

func modelFor(t testing.TB, c *console.Console, s *llmtest.Server, cfg ModelConfig) *model {
	t.Helper()
	client, err := llm.New(llm.Config{BaseURL: s.URL, Model: "small", APIKey: "sk-verysecret-0123", Timeout: 300 * time.Millisecond, Clock: still{}})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Client = client
	return newModel(cfg, c, still{}, slog.New(slog.DiscardHandler))
}

// plainRules stands for the other half: what is looked at here is what leads to it.
func plainRules(context.Context, Question, Progress) (Answer, error) {
	return Answer{By: ByRules, Text: "by rules", Warnings: []string{}}, nil
}

func roleWorld(t testing.TB) (*console.Console, map[string]aoc.Event) {
	now := still{}.Now()
	return stored(t,
		audit(ours, "r1", "Add member to role", "Ada Lovelace", "Bob Ray", "success", now.Add(-26*time.Hour)),
		audit(ours, "r2", "Add member to role", "Ada Lovelace", "Eve Moss", "failure", now.Add(-2*time.Hour)),
		audit(theirs, "x1", "Add member to role", "Mallory Gray", "Secret Person", "success", now.Add(-3*time.Hour)),
	)
}

var byOurs = Question{Text: "Who was given a role this week?", Filter: console.Filter{Tenant: []string{ours}}}

func TestAskByModel(t *testing.T) {
	c, events := roleWorld(t)
	s := llmtest.Serve(t, func(r *llmtest.Request) llmtest.Act {
		if r.Last("tool") == "" {
			return llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"role","start":"2026-03-09"}`})
		}
		return llmtest.Text(fmt.Sprintf("Ada Lovelace added Bob Ray to a role on 10 March 2026 at 13:30 [%s]. Two events were found [%s][%s].", events["r1"].Key, events["r1"].Key, events["r2"].Key))
	})
	var told []string
	seen := &calls{}
	a, err := modelFor(t, c, s, ModelConfig{Observer: seen}).ask(t.Context(), byOurs, plainRules, func(s Step) { told = append(told, s.Says) })
	if err != nil {
		t.Fatal(err)
	}
	if a.By != ByModel || a.Model != "small" || len(a.Claims) != 2 || !a.Claims[0].Supported || !a.Claims[1].Supported || len(a.Warnings) != 0 {
		t.Errorf("got %+v", a)
	}
	if len(a.Events) != 2 || a.Events[0].ID != "r2" || a.Total != 2 || !a.Complete || a.Query != "role" || a.Start.Day() != 9 {
		t.Errorf("rests on %v: %d of %q since %v", a.Events, a.Total, a.Query, a.Start)
	}
	if len(told) != 1 || told[0] != "looking for role since Monday" || len(a.Steps) != 1 || a.Steps[0].Events != 2 {
		t.Errorf("told %q, steps %+v", told, a.Steps)
	}
	if len(seen.outcomes) != 2 || seen.outcomes[0] != "ok" {
		t.Errorf("counted %v", seen.outcomes)
	}
	if strings.Contains(s.Requests()[1].Body, "Mallory") || strings.Contains(s.Requests()[1].Body, events["x1"].Key) {
		t.Error("the model was shown an event of another tenant")
	}
}

// Whatever a model does, the answer is plain, in bounds, and says nothing that is not so.
func TestModelsThatGoWrong(t *testing.T) {
	c, events := roleWorld(t)
	search := llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"role"}`})
	say := func(text string) llmtest.Act { return llmtest.Text(strings.ReplaceAll(text, "KEY", events["r1"].Key)) }
	good := say("Ada Lovelace added Bob Ray to a role [KEY].")
	for name, tt := range map[string]struct {
		acts    []llmtest.Act
		by      string
		warning string // part of one
	}{
		"unknown tool, then well":      {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "delete_everything", Arguments: "{}"}), search, good}, ByModel, ""},
		"bad arguments, then well":     {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":`}), search, good}, ByModel, ""},
		"unknown argument":             {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"sql":"x"}`}), search, good}, ByModel, ""},
		"spoken call":                  {[]llmtest.Act{llmtest.Text("```json\n{\"name\":\"search_events\",\"arguments\":{\"q\":\"role\"}}\n```"), good}, ByModel, ""},
		"nonsense for ever":            {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "a"}), llmtest.Calls(llmtest.Call{ID: "1", Name: "b"}), llmtest.Calls(llmtest.Call{ID: "1", Name: "c"}), llmtest.Calls(llmtest.Call{ID: "1", Name: "d"})}, ByRules, "did not come to an answer"},
		"no citation":                  {[]llmtest.Act{search, llmtest.Text("Ada did it.")}, ByRules, "rests on events"},
		"false citation":               {[]llmtest.Act{search, llmtest.Text("Ada did it [" + keyA + "].")}, ByRules, "rests on events"},
		"never looked":                 {[]llmtest.Act{good}, ByRules, "rests on events"},
		"one of two":                   {[]llmtest.Act{search, say("Ada Lovelace added Bob Ray to a role [KEY]. Eve fled [" + keyA + "].")}, ByModel, "1 of 2 statements"},
		"another tenant's event":       {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "get_event", Arguments: `{"key":"` + events["x1"].Key + `"}`}), say("Mallory did it [" + events["x1"].Key + "].")}, ByRules, "rests on events"},
		"another tenant by filter":     {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"tenant":["` + theirs + `"]}`}), llmtest.Text("Nothing happened.")}, ByModel, ""},
		"nothing found":                {[]llmtest.Act{llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"unicorn"}`}), llmtest.Text("Be assured that all is fine. Eve is innocent.")}, ByModel, ""},
		"key is wrong":                 {[]llmtest.Act{llmtest.Status(401, "no")}, ByRules, "does not accept the key"},
		"throttled":                    {[]llmtest.Act{llmtest.Status(429, "no", "Retry-After", "300")}, ByRules, "no more requests"},
		"stalls":                       {[]llmtest.Act{search, llmtest.Stall("Ada")}, ByRules, "has sent nothing"},
		"breaks off":                   {[]llmtest.Act{search, llmtest.CutOff("Ada")}, ByRules, "broke off"},
		"refuses":                      {[]llmtest.Act{llmtest.Lines(llmtest.Chunk(map[string]any{"refusal": "no"}, "stop"))}, ByRules, "refused"},
		"page":                         {[]llmtest.Act{llmtest.Page(200)}, ByRules, "does not answer as a language model"},
		"200 KB":                       {[]llmtest.Act{search, llmtest.Text(strings.Repeat("Ada Lovelace added Bob Ray to a role ["+events["r1"].Key+"]. ", 2500))}, ByModel, "too long"},
		"not a stream":                 {[]llmtest.Act{search, llmtest.Whole("Ada Lovelace added Bob Ray to a role [" + events["r1"].Key + "].")}, ByModel, ""},
		"plan":                         {[]llmtest.Act{llmtest.Status(400, "small does not support tools"), llmtest.Text("Here:\n```json\n{\"searches\":[{\"q\":\"role\",\"start\":\"-7d\"},{\"q\":\"nothing\"}]}\n```"), good}, ByModel, ""},
		"plan that is none":            {[]llmtest.Act{llmtest.Status(400, "small does not support tools"), llmtest.Text("I would look at roles.")}, ByRules, "no plan"},
		"plan that a stranger extends": {[]llmtest.Act{llmtest.Status(400, "small does not support tools"), llmtest.Text(`{"searches":[{"q":"tenant:` + theirs + `","tenant":"` + theirs + `"}]}`), llmtest.Text("Mallory Gray did it [" + events["x1"].Key + "].")}, ByModel, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.New(t, tt.acts...)
			a, err := modelFor(t, c, s, ModelConfig{}).ask(t.Context(), byOurs, plainRules, nil)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(a.Warnings, "\n")
			if a.By != tt.by || !strings.Contains(all, tt.warning) || tt.warning == "" && all != "" {
				t.Errorf("by %s: %q, warnings %q", a.By, a.Text[:min(300, len(a.Text))], all)
			}
			for _, text := range []string{"Mallory", "Secret Person", events["x1"].Key, keyA, "innocent", "verysecret"} {
				if strings.Contains(a.Text+all+"", text) {
					t.Errorf("%q is in %s", text, a.Text)
				}
			}
			for _, r := range s.Requests() {
				if strings.Contains(r.Body, "Mallory Gray") || strings.Contains(r.Body, "Secret Person") {
					t.Error("the model was shown an event of another tenant")
				}
			}
			if len(a.Text) > 2*maxAnswerText || len(dangers(a.Text)) > 0 {
				t.Errorf("%d bytes, %v", len(a.Text), dangers(a.Text))
			}
		})
	}
}

// Budgets hold, whatever a model wants.
func TestBudgets(t *testing.T) {
	c, _ := roleWorld(t)
	greedy := func(n int) func(*llmtest.Request) llmtest.Act {
		return func(*llmtest.Request) llmtest.Act {
			var calls []llmtest.Call
			for i := range n {
				calls = append(calls, llmtest.Call{ID: fmt.Sprint(i), Name: "search_events", Arguments: fmt.Sprintf(`{"q":"role","limit":%d}`, i%100+1)})
			}
			return llmtest.Calls(calls...)
		}
	}
	for name, tt := range map[string]struct {
		cfg   ModelConfig
		calls int
		asked int // at most
		steps int
	}{
		"steps":  {ModelConfig{MaxSteps: 3}, 1, 3, 2},
		"calls":  {ModelConfig{MaxSteps: 30}, 30, 5, maxCalls},
		"tokens": {ModelConfig{MaxSteps: 30, MaxTokens: 9000}, 2, 4, 6},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, greedy(tt.calls))
			a, err := modelFor(t, c, s, tt.cfg).ask(t.Context(), byOurs, plainRules, nil)
			if err != nil || a.By != ByRules || len(a.Warnings) != 1 {
				t.Fatalf("got %+v, %v", a, err)
			}
			if n := len(s.Requests()); n > tt.asked || len(a.Steps) > tt.steps {
				t.Errorf("asked %d times, %d steps", n, len(a.Steps))
			}
			if last := s.Requests()[len(s.Requests())-1]; name != "tokens" && len(last.Tools) != 0 {
				t.Error("the last time tools were still offered")
			}
		})
	}
	t.Run("day", func(t *testing.T) {
		s := llmtest.Serve(t, greedy(1))
		kept, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = kept.Close() }()
		for range 3 { // a process that starts again has no new tokens
			m := modelFor(t, c, s, ModelConfig{DailyTokens: 100, MaxSteps: 2, Spent: kept})
			if a, err := m.ask(t.Context(), byOurs, plainRules, nil); err != nil || a.By != ByRules {
				t.Fatalf("got %+v, %v", a, err)
			}
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
	t.Run("time", func(t *testing.T) {
		s := llmtest.Serve(t, func(r *llmtest.Request) llmtest.Act {
			return func(w http.ResponseWriter, r *llmtest.Request) { // drips, so that nothing stalls
				for {
					select {
					case <-r.Gone:
						return
					case <-time.After(20 * time.Millisecond):
						_, _ = fmt.Fprint(w, llmtest.Chunk(map[string]any{"reasoning_content": "hm"}, ""), "\n\n")
						_ = http.NewResponseController(w).Flush()
					}
				}
			}
		})
		a, err := modelFor(t, c, s, ModelConfig{Timeout: 60 * time.Millisecond}).ask(t.Context(), byOurs, plainRules, nil)
		if err != nil || !strings.Contains(strings.Join(a.Warnings, ""), "took too long") {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := llmtest.Serve(t, greedy(1))
		if _, err := modelFor(t, c, s, ModelConfig{}).ask(ctx, byOurs, plainRules, func(Step) { cancel() }); err == nil || len(s.Requests()) != 1 {
			t.Errorf("got %v after %d requests", err, len(s.Requests()))
		}
	})
}
