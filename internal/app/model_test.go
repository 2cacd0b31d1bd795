package app

import (
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/assistant"
	"aoc/internal/config"
	"aoc/internal/llm/llmtest"
	"aoc/internal/normalise"
)

// A question goes to the model that the settings name, wherever it is, past a policy that
// permits nothing else, and how that went stands in the metrics.
func TestTheModelOfTheSettings(t *testing.T) {
	var key string
	s := llmtest.Serve(t, func(r *llmtest.Request) llmtest.Act {
		if r.Last("tool") == "" {
			return llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"Bob"}`})
		}
		return llmtest.Text("Ada Lovelace deleted Bob Ray [" + key + "].")
	})
	cfg, err := config.Load([]string{
		"AOC_DATA_DIR=" + t.TempDir(), "AI_FEATURES_ENABLED=true", "LLM_API_KEY=s3cret", "LLM_BASE_URL=" + s.URL, "LLM_MODEL=small", "AOC_OUTGOING_ALLOWED=nothing.example",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Stop(t.Context()) }()
	now := time.Now().UTC()
	raw := `{"id":"one","category":"UserManagement","activityDisplayName":"Delete user","result":"success","activityDateTime":"` + now.Format(time.RFC3339) + `","initiatedBy":{"user":{"displayName":"Ada Lovelace"}},"targetResources":[{"displayName":"Bob Ray","type":"User"}]}`
	e, err := normalise.Normalise(aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: "11111111-2222-3333-4444-555555555555", Origin: aoc.OriginCollected, ReceivedAt: now, Raw: []byte(raw)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.Append(t.Context(), []aoc.Event{e}); err != nil {
		t.Fatal(err)
	}
	key = e.Key
	got, err := a.Assistant().Ask(t.Context(), assistant.Question{Text: "Who deleted Bob Ray?"}, nil)
	if err != nil || got.By != assistant.ByModel || len(got.Claims) != 1 || !got.Claims[0].Supported {
		t.Fatalf("got %+v, %v", got, err)
	}
	if f := a.Console().Features(t.Context()); "http://"+f.AIProvider != strings.TrimSuffix(s.URL, "/v1") || f.AIModel != "small" {
		t.Errorf("people are told that their questions go to %q, %q", f.AIProvider, f.AIModel)
	}
	if r := s.Requests(); len(r) != 2 || r[0].Header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("asked %d times", len(r))
	}
	if text := strings.Join(cfg.Warnings(), "\n"); strings.Contains(text, "s3cret") {
		t.Error(text)
	}
}
