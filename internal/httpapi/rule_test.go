package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"aoc/internal/detect"
	"aoc/internal/store"
)

// TestRulesByHTTP makes a rule, tries it on what is stored, and changes and drops one whose id
// another program has given.
func TestRulesByHTTP(t *testing.T) {
	b := newBench(t)
	const spec = `{"name":"Who adds members","enabled":true,"conditions":[{"field":"operation","operator":"starts_with","value":"Add member"}]}`
	if w := b.ask(http.MethodPost, "/api/rules", spec, "Content-Type", "application/json"); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := b.ask(http.MethodPost, "/api/rules", `{"sigma":"title: x\ndetection: 7"}`, "Content-Type", "application/json"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "sigma") {
		t.Errorf("no rule: %d %s", w.Code, w.Body)
	}
	w := b.ask(http.MethodPost, "/api/rules/try?start=2026-03-02T00:00:00Z", spec, "Content-Type", "application/json")
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	var last tried
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Result == nil || last.Result.Events != 1 || last.Result.Samples[0].Hits[0].Value != "Add member to group" {
		t.Errorf("%d %s, %v", w.Code, w.Body, err)
	}
	if _, err := b.store.PutDocument(t.Context(), store.Document{Kind: detect.KindRule, ID: "rules/65 a", By: "the original", At: noon, Body: []byte(spec)}); err != nil {
		t.Fatal(err)
	}
	items, ok := b.get(t, "/api/rules", http.StatusOK)["items"].([]any)
	if !ok || len(items) != 2 {
		t.Fatalf("%d rules", len(items))
	}
	changed := strings.Replace(spec, "{", `{"version":1,`, 1)
	if w := b.ask(http.MethodPut, "/api/rules/rules%2F65%20a", changed, "Content-Type", "application/json"); w.Code != http.StatusOK {
		t.Errorf("changed: %d %s", w.Code, w.Body)
	}
	if w := b.ask(http.MethodPost, "/api/rules/rules%2F65%20a/run", `{}`, "Content-Type", "application/json"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("run without alerts: %d %s", w.Code, w.Body)
	}
	if w := b.ask(http.MethodDelete, "/api/rules/rules%2F65%20a?version=2", ""); w.Code != http.StatusNoContent {
		t.Errorf("dropped: %d %s", w.Code, w.Body)
	}
}
