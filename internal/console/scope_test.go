package console

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/detect"
)

// Whatever is asked within a scope, and however, nothing of what lies outside is in an answer:
// neither an event nor its key, and it is not counted.
func TestScope(t *testing.T) {
	const other = "99999999-2222-3333-4444-555555555555"
	c := newConsole(t,
		record(tenant, "inside", noon), record(tenant, "before-time", noon.AddDate(0, 0, -9)), record(other, "outside", noon), record(other, "inside", noon.Add(time.Hour)),
	)
	all, err := c.Search(t.Context(), SearchParams{})
	if err != nil {
		t.Fatal(err)
	}
	var inside, outside string
	hidden := map[string]string{}
	var keys []string
	for _, e := range all.Items {
		keys = append(keys, e.Key)
		if e.ID == "inside" && e.TenantID == tenant {
			inside = e.Key
		} else {
			hidden[e.Key] = e.ID
			outside = e.Key
		}
	}
	a := aoc.Alert{ID: "a1", RuleID: "r", Title: "t", Severity: aoc.SeverityHigh, TenantID: tenant, State: aoc.AlertOpen, Events: keys, Count: 4, Summary: "outside", RaisedAt: noon}
	b := a
	b.ID, b.Events = "a2", []string{outside}
	for _, a := range []*aoc.Alert{&a, &b} {
		it, err := detect.AlertItem(a, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.store.PutItem(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	ctx, err := c.WithScope(t.Context(), Filter{Tenant: []string{tenant}, Start: noon.AddDate(0, 0, -1)})
	if err != nil {
		t.Fatal(err)
	}
	narrower, err := c.WithScope(ctx, Filter{Tenant: []string{tenant, other}, End: noon.AddDate(0, 0, -5)})
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]func(context.Context) (any, error){
		"search": func(ctx context.Context) (any, error) {
			return c.Search(ctx, SearchParams{Filter: Filter{Query: "tenant:" + other + " OR inside"}})
		},
		"summary": func(ctx context.Context) (any, error) {
			return c.Summary(ctx, Filter{}, SummaryParams{Facets: []aoc.Field{aoc.FieldTenant}})
		},
		"options":       func(ctx context.Context) (any, error) { return c.FilterOptions(ctx) },
		"histogram":     func(ctx context.Context) (any, error) { return c.Histogram(ctx, Filter{}, 0) },
		"stats":         func(ctx context.Context) (any, error) { return c.Stats(ctx) },
		"entity":        func(ctx context.Context) (any, error) { return c.Entity(ctx, KindObject, "outside", aoc.Window{}) },
		"related":       func(ctx context.Context) (any, error) { return c.Related(ctx, inside, 24) },
		"event by id":   func(ctx context.Context) (any, error) { return c.Event(ctx, "inside") },
		"cited":         func(ctx context.Context) (any, error) { return c.Cited(ctx, append(keys, "nonsense")) },
		"alerts":        func(ctx context.Context) (any, error) { return c.Alerts(ctx, AlertFilter{}, "", 0) },
		"alert":         func(ctx context.Context) (any, error) { return c.Alert(ctx, "a1") },
		"event":         func(ctx context.Context) (any, error) { return c.Event(ctx, outside) },
		"versions":      func(ctx context.Context) (any, error) { return c.Versions(ctx, outside) },
		"another alert": func(ctx context.Context) (any, error) { return c.Alert(ctx, "a2") },
		"follow":        func(ctx context.Context) (any, error) { return c.Follow(ctx, Filter{}, 0) },
	}
	refused := map[string]bool{"event": true, "versions": true, "another alert": true, "follow": true}
	for name, ask := range answers {
		t.Run(name, func(t *testing.T) {
			got, err := ask(ctx)
			if refused[name] != (err != nil) {
				t.Fatalf("got %v, %v", got, err)
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			for key, id := range hidden {
				if strings.Contains(string(text), key) {
					t.Errorf("%s is shown in %s", id, text)
				}
			}
			if strings.Contains(string(text), other) || name != "entity" && strings.Contains(string(text), "outside") {
				t.Errorf("the other tenant is in %s", text)
			}
			if got, err := ask(narrower); err == nil && name != "stats" && name != "summary" && name != "options" && name != "histogram" {
				if text, _ := json.Marshal(got); strings.Contains(string(text), inside) {
					t.Errorf("a scope within another shows what that does not: %s", text)
				}
			}
		})
	}
	if s, err := c.Summary(ctx, Filter{}, SummaryParams{}); err != nil || s.Total != 1 {
		t.Errorf("counted %d, %v", s.Total, err)
	}
	if s, err := c.Summary(narrower, Filter{}, SummaryParams{}); err != nil || s.Total != 0 {
		t.Errorf("counted %d in no time, %v", s.Total, err)
	}
	if s, err := c.Summary(t.Context(), Filter{}, SummaryParams{}); err != nil || s.Total != 4 {
		t.Errorf("counted %d without a scope, %v", s.Total, err)
	}
}
