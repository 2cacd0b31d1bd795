package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

func testReports(t *testing.T, s store.Store) {
	ctx := context.Background()
	put := func(kind, id, body string, keep int) {
		t.Helper()
		if err := s.PutReport(ctx, kind, id, json.RawMessage(body), keep); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, kind string, want ...string) {
		t.Helper()
		got, err := s.ListReports(ctx, kind)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, r := range got {
			texts = append(texts, compact(t, r))
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("%s: reports of %s, newest first (-want +got):\n%s", when, kind, diff)
		}
	}
	check("at first", "run")
	for i := range 4 {
		put("run", fmt.Sprint("r", i), fmt.Sprintf(`{"n":%d}`, i), 3)
	}
	put("import", "r2", `{"by":"Ada <é>"}`, 1)
	check("beyond what is kept", "run", `{"n":3}`, `{"n":2}`, `{"n":1}`)
	put("run", "r1", `{"n":1,"done":true}`, 3) // keeps its place
	check("after one was written again", "run", `{"n":3}`, `{"n":2}`, `{"done":true,"n":1}`)
	put("run", "r4", `{"n":4}`, 3)
	check("the oldest goes by when it was first written", "run", `{"n":4}`, `{"n":3}`, `{"n":2}`)
	check("another kind", "import", `{"by":"Ada <é>"}`)

	if got, err := s.Report(ctx, "run", "r2"); err != nil || compact(t, got) != `{"n":2}` {
		t.Errorf("one report: %s, %v", got, err)
	}
	for _, id := range []string{"r0", "r1", "none"} {
		if _, err := s.Report(ctx, "run", id); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("report %s: %v; want not_found", id, err)
		}
	}
	put("run", "r0", `{"n":0,"again":true}`, 2) // it was dropped: this is a new one
	check("a dropped one comes again", "run", `{"again":true,"n":0}`, `{"n":4}`)
	for _, bad := range []struct{ kind, id, body string }{
		{"", "x", "1"}, {"x", "", "1"}, {"a/b", "x", "1"}, {"x", "a/b", "1"}, {"x", "y", "{"},
	} {
		if err := s.PutReport(ctx, bad.kind, bad.id, json.RawMessage(bad.body), 3); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("kind %q, id %q, body %q: %v; want invalid", bad.kind, bad.id, bad.body, err)
		}
	}
}

// compact gives JSON without blanks and with its keys sorted: a store may change both.
func compact(t *testing.T, text json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}
