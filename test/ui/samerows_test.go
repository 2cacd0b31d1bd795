package ui_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc/internal/cli"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// sameQueries are asked everywhere. Each must find something in the demo tenant.
func sameQueries() []string {
	return []string{
		`is:change`, `add member`, `"Add member to role"`, `operation:Add*`, `result:failure,partial`, `-result:success kind:person`,
		`(inboxrule OR role) NOT result:failure`, `source:directory -service:UserManagement`, `changed:*`, `kind:system`,
		`workload:"Entra ID" OR workload:Intune`, `after:2026-11-17 before:2026-11-18T12:00`,
	}
}

// TestSameRows asks the same in the web UI, the API and on the command line: the rows must
// be the same, in the same order.
func TestSameRows(t *testing.T) {
	t.Parallel()
	server := tenantServer(t)
	p := openPage(t, server, "/sources", func(o *browser.TabOptions) { o.Zone = "UTC" }) // as the others take times without a zone
	for _, q := range sameQueries() {
		all := events(t, server, url.Values{"q": {q}})
		keys := make([]string, len(all))
		for i, e := range all {
			keys[i] = e.Key
		}
		if len(keys) == 0 {
			t.Errorf("%s finds nothing: the comparison says nothing", q)
		}
		if diff := cmp.Diff(keys, searchCommand(t, server, q)); diff != "" {
			t.Errorf("%s: the API (-) and the command line (+) differ:\n%s", q, diff)
		}
		p.open("/?range=all&noise=show&q=" + url.QueryEscape(q))
		p.waitShown(len(keys))
		if shown := p.rows(); !slices.Equal(shown, keys[:min(len(shown), len(keys))]) || len(shown) == 0 {
			t.Errorf("%s: the web UI shows other rows: %v\nthe API: %v", q, shown, keys[:min(len(shown), len(keys))])
		}
	}
}

// searchCommand gives the keys that aoc search prints.
func searchCommand(t *testing.T, server *demo.Server, q string) []string {
	t.Helper()
	var out, errs bytes.Buffer
	args := []string{"--env-file", "", "search", "-o", "jsonl", "--limit", "100000", "--", q}
	if code := cli.Run(t.Context(), args, server.Settings, bytes.NewReader(nil), &out, &errs, "test"); code != 0 {
		t.Fatalf("aoc search %s ends with %d: %s", q, code, errs.String())
	}
	keys := []string{}
	for d := json.NewDecoder(&out); d.More(); {
		var e event
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, e.Key)
	}
	return keys
}
