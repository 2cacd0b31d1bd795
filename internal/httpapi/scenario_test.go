package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestErrors holds every shape of error: status, the whole body where it is fixed, or
// parts of it.
func TestErrors(t *testing.T) {
	b := newBench(t)
	fault := func(name, kind string) string { return `"loc":["query","` + name + `"` + "|" + `"type":"` + kind + `"` }
	for _, tt := range []struct {
		name, method, target string
		status               int
		want                 string // parts of the body, separated by |
	}{
		{"page size 0", "GET", "/api/events?page_size=0", 422, fault("page_size", "greater_than_equal")},
		{"page size too large", "GET", "/api/events?page_size=501", 422, fault("page_size", "less_than_equal")},
		{"page size no number", "GET", "/api/events?page_size=many", 422, fault("page_size", "int_parsing")},
		{"unknown result", "GET", "/api/events?result=maybe", 422, `"loc":["query","result",0]|"type":"enum"`},
		{"unknown source second", "GET", "/api/events?source=unified&source=moon", 422, `"loc":["query","source",1]|"type":"enum"`},
		{"bad time", "GET", "/api/events?start=yesterday", 422, fault("start", "datetime_parsing")},
		{"impossible date", "GET", "/api/events?end=2026-02-30", 422, fault("end", "datetime_parsing")},
		{"start after end", "GET", "/api/events?start=2026-03-02&end=2026-03-01", 422, fault("end", "value_error")},
		{"start is end", "GET", "/api/events/histogram?start=2026-03-02&end=2026-03-02", 422, fault("end", "value_error")},
		{"bad cursor", "GET", "/api/events?cursor=abc", 422, fault("cursor", "value_error") + `|"hint":`},
		{"long search", "GET", "/api/events?search=" + strings.Repeat("x", 1001), 422, fault("search", "value_error")},
		{"query not encoded", "GET", "/api/events?actor=%zz", 422, `"loc":["query"]`},
		{"several faults", "GET", "/api/events?page_size=0&result=maybe", 422, fault("page_size", "greater_than_equal") + `|"result"`},
		{"unknown width", "GET", "/api/events/histogram?width=2m", 422, fault("width", "enum")},
		{"too many bars", "GET", "/api/events/histogram?width=1m&start=2020-01-01&end=2026-01-01", 422, fault("width", "value_error")},
		{"unknown event", "GET", "/api/events/nothing", 404, `"detail":"there is no event`},
		{"unknown key", "GET", "/api/events/" + strings.Repeat("a", 26), 404, `"detail":"there is no event`},
		{"raw of unknown event", "GET", "/api/events/nothing/raw", 404, `"detail":"there is no event`},
		{"ambiguous id", "GET", "/api/events/same", 409, `"candidates":[{"key":|"tenant_id":"` + fabrikam + `"|"tenant_id":"` + contoso + `"|"display_summary":|"hint":`},
		{"ambiguous raw", "GET", "/api/events/same/raw", 409, `"candidates":[`},
		{"unknown run", "GET", "/api/fetch-audit-logs/nothing", 404, `"hint":`},
		{"unknown collector", "POST", "/api/fetch-audit-logs?source=moon", 422, fault("source", "value_error") + `|directoryaudit`},
		{"hours below zero", "POST", "/api/fetch-audit-logs?hours=-1", 422, fault("hours", "greater_than_equal")},
		{"unknown route", "GET", "/api/nothing", 404, `"detail":"not found"`},
		{"unknown page", "GET", "/nothing", 404, `"detail":"not found"`},
		{"wrong method", "DELETE", "/api/events", 405, `"detail":"method not allowed"`},
		{"webhook by GET", "GET", "/api/webhooks/graph", 405, `"detail":"method not allowed"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := b.ask(tt.method, tt.target, "")
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if got := w.Header().Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type %q", got)
			}
			text := w.Body.String()
			for part := range strings.SplitSeq(tt.want, "|") {
				if !strings.Contains(text, part) {
					t.Errorf("%s is missing in %.300s", part, text)
				}
			}
			var body map[string]any
			if err := json.Unmarshal([]byte(text), &body); err != nil || body["detail"] == nil {
				t.Errorf("no detail in %.300s: %v", text, err)
			}
			if tt.status == 405 && w.Header().Get("Allow") == "" {
				t.Error("no Allow header")
			}
		})
	}
}

func TestSearch(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		name, query string
		want        string // ids, newest first
	}{
		{"everything", "", "a1,a 2,same,same,rule-1"},
		{"actor by name", "actor=ada", "a1,a 2"},
		{"actor by UPN", "actor=BOB@contoso.example", "same,same"},
		{"actor by id", "actor=u-ada", "a1,a 2"},
		{"actor is whole", "actor=ad", ""},
		{"either actor", "actor=Ada&actor=Bob", "a1,a 2,same,same"},
		{"a blank value is no value", "actor=&actor=Ada&service=", "a1,a 2"},
		{"filters all hold", "actor=Ada&result=failure", "a 2"},
		{"a comma is part of a value", "actor=Ada,Bob", ""},
		{"operation", "operation=update%20user", "same,same"},
		{"service", "service=Exchange", "rule-1"},
		{"source", "source=unified", "rule-1"},
		{"workload", "workload=exchange", "rule-1"},
		{"tenant", "tenant=" + fabrikam, "same"},
		{"search inside a value", "search=nboxru", "rule-1"},
		{"search terms all hold", "search=update&search=bob", "same,same"},
		{"search with a blank", "search=Add+member", "a1"},
		{"tags that nobody has", "tags=seen", ""},
		{"from a time on", "start=2026-03-02T11:40:00Z", "a1,a 2"},
		{"end is open", "end=2026-03-02T11:40:00Z", "same,same,rule-1"},
		{"another zone", "start=2026-03-02T12:40:00%2B01:00", "a1,a 2"},
		{"a plus that was not encoded", "start=2026-03-02T12:40:00+01:00", "a1,a 2"},
		{"a plain date", "start=2026-03-02", "a1,a 2,same,same,rule-1"},
		{"a plain date as end", "end=2026-03-02", ""},
		{"times beyond what can be stored", "start=0001-01-02&end=9999-01-01", "a1,a 2,same,same,rule-1"},
		{"unknown parameters are ignored", "colour=blue", "a1,a 2,same,same,rule-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := b.get(t, "/api/events?"+tt.query, 200)
			if got := ids(page); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if page["complete"] != true || page["page_size"] != 50.0 || page["next_cursor"] != nil {
				t.Errorf("complete %v, page_size %v, next_cursor %v", page["complete"], page["page_size"], page["next_cursor"])
			}
		})
	}
}

func ids(page map[string]any) string {
	var got []string
	for _, item := range page["items"].([]any) {
		got = append(got, item.(map[string]any)["id"].(string))
	}
	return strings.Join(got, ",")
}

func TestPaging(t *testing.T) {
	b := newBench(t)
	var got []string
	target := "/api/events?page_size=2"
	for range 10 {
		page := b.get(t, target, 200)
		got = append(got, ids(page))
		next, _ := page["next_cursor"].(string)
		if next == "" {
			break
		}
		target = "/api/events?page_size=2&cursor=" + url.QueryEscape(next)
	}
	if diff := cmp.Diff([]string{"a1,a 2", "same,same", "rule-1"}, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestEventFields(t *testing.T) {
	b := newBench(t)
	e := b.get(t, "/api/events/a%202", 200)
	for _, field := range []string{
		"key", "id", "dedupe_key", "seq", "source", "tenant_id", "timestamp", "received_at", "origin", "service", "workload",
		"record_type", "operation", "result", "actor", "actor_kind", "actor_display", "targets", "target_displays", "changes",
		"display_summary", "revisions", "tags", "comments", "review", "raw",
	} {
		if _, ok := e[field]; !ok {
			t.Errorf("no %s", field)
		}
	}
	for _, list := range []string{"targets", "target_displays", "changes", "tags", "comments"} {
		if _, ok := e[list].([]any); !ok {
			t.Errorf("%s is %v, not a list", list, e[list])
		}
	}
	if raw, ok := e["raw"].(map[string]any); !ok || raw["id"] != "a 2" {
		t.Errorf("raw is %v", e["raw"])
	}
	bare := b.get(t, "/api/events?raw=false", 200)["items"].([]any)[1].(map[string]any)
	if raw, ok := bare["raw"]; !ok || raw != nil || bare["display_summary"] != e["display_summary"] {
		t.Errorf("without the record: %v", bare)
	}
	if got := b.get(t, "/api/events/"+strings.ToUpper(e["key"].(string)), 200); got["id"] != "a 2" {
		t.Errorf("by key: %v", got["id"])
	}
}

func TestRaw(t *testing.T) {
	b := newBench(t)
	for _, e := range b.events {
		w := b.ask("GET", "/api/events/"+e.Key+"/raw", "")
		if w.Code != 200 || w.Body.String() != string(e.Raw) {
			t.Errorf("%s: status %d, not byte for byte: %q", e.ID, w.Code, w.Body)
		}
		want := map[string]string{
			"Content-Type": "application/json", "X-Content-Type-Options": "nosniff",
			"Content-Disposition": `attachment; filename="aoc-` + e.Key + `.json"`,
		}
		for k, v := range want {
			if w.Header().Get(k) != v {
				t.Errorf("%s is %q, want %q", k, w.Header().Get(k), v)
			}
		}
	}
	if vs := b.get(t, "/api/events/"+b.events[0].Key+"/versions", 200); len(vs["items"].([]any)) != 1 {
		t.Errorf("versions: %v", vs)
	}
}

// TestRawCannotBreakTheAnswer holds records against encoding/json: whatever they are, the
// answer is JSON in UTF-8.
func TestRawCannotBreakTheAnswer(t *testing.T) {
	for name, tt := range map[string]struct{ raw, want string }{
		"an object":    {`{"a": 1}`, `{"a":1}`},
		"bad UTF-8":    {"{\"a\":\"\xff\"}", `{"a":"�"}`},
		"not JSON":     {`{"a":`, `"{\"a\":"`},
		"byte order":   {"\ufeff{}", `"\ufeff{}"`},
		"nothing":      {"", "null"},
		"too deep":     {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), ""},
		"half a pair":  {`{"a":"\ud800"}`, `{"a":"\ud800"}`},
		"huge numbers": {`{"a":1e999}`, `{"a":1e999}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(event{Raw: rawJSON(tt.raw)})
			if err != nil {
				t.Fatal(err)
			}
			var whole struct {
				Raw json.RawMessage `json:"raw"`
			}
			if err := json.Unmarshal(got, &whole); err != nil {
				t.Fatal(err)
			}
			if tt.want != "" && string(whole.Raw) != tt.want && string(whole.Raw) != strings.ReplaceAll(tt.want, `\ufeff`, "\ufeff") {
				t.Errorf("got %s, want %s", whole.Raw, tt.want)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	b := newBench(t)
	o := b.get(t, "/api/filter-options", 200)
	for field, want := range map[string]string{
		"result": `[{"count":4,"value":"success"},{"count":1,"value":"failure"}]`,
		"source": `[{"count":4,"value":"directory"},{"count":1,"value":"unified"}]`,
		"tags":   `[]`,
	} {
		if got, _ := json.Marshal(o[field]); string(got) != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	if of := b.get(t, "/api/filter-options?tenant="+fabrikam, 200); len(of["actor"].([]any)) != 1 {
		t.Errorf("actors of one tenant: %v", of["actor"])
	}
	h := b.get(t, "/api/events/histogram?width=15m", 200)
	if h["total"] != 5.0 || h["width_seconds"] != 900.0 || len(h["buckets"].([]any)) != 4 {
		t.Errorf("histogram %v", h)
	}
	if h = b.get(t, "/api/events/histogram?start=2026-03-01&end=2026-03-03&result=failure", 200); h["total"] != 1.0 || h["width_seconds"] != 1800.0 {
		t.Errorf("histogram of two days: %v", h)
	}
}

func TestService(t *testing.T) {
	b := newBench(t)
	h := b.get(t, "/health", 200)
	if process, _ := h["process"].(string); process == "" {
		t.Error("the process that answers has no name")
	}
	delete(h, "process")
	if diff := cmp.Diff(map[string]any{"status": "ok", "database": "ok", "version": "1.2.3", "store": "sqlite", "leases": []any{}}, h); diff != "" {
		t.Error(diff)
	}
	f := b.get(t, "/api/config/features", 200)
	if f["version"] != "1.2.3" || f["auth_enabled"] != false || f["collection_enabled"] != true {
		t.Errorf("features %v", f)
	}
	b.get(t, "/readyz", 200)
	b.get(t, "/api/version", 200)
	_ = b.store.Close()
	if h := b.get(t, "/health", 503); h["database"] != "unavailable" || h["status"] != "unavailable" {
		t.Errorf("health of a closed store: %v", h)
	}
	b.get(t, "/healthz", 200)
	w := b.ask("GET", "/api/events", "")
	if w.Code < 500 || strings.Contains(strings.ToLower(w.Body.String()), "sql") {
		t.Errorf("search in a closed store: %d %s", w.Code, w.Body)
	}
}

func TestHead(t *testing.T) {
	b := newBench(t)
	srv := serve(t, b)
	for _, path := range []string{"/health", "/api/events", "/docs", "/openapi.json", "/metrics"} {
		resp, err := http.Head(srv + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("HEAD %s: %d", path, resp.StatusCode)
		}
	}
}

func TestFetch(t *testing.T) {
	b := newBench(t, func(c *Config) { c.FetchWait = 20 * time.Millisecond })
	w := b.ask("POST", "/api/fetch-audit-logs?hours=2", "")
	if w.Code != 202 {
		t.Fatalf("while the source waits: %d %s", w.Code, w.Body)
	}
	first := decode(t, w.Body)
	location := w.Header().Get("Location")
	if location != "/api/fetch-audit-logs/"+first["id"].(string) || first["joined"] != false {
		t.Errorf("Location %q, body %v", location, first)
	}
	second := decode(t, b.ask("GET", "/api/fetch-audit-logs?hours=1&source=directory", "").Body)
	if second["id"] != first["id"] || second["joined"] != true {
		t.Errorf("a second call does not join: %v", second)
	}
	if p := b.get(t, location, 200); p["state"] != "running" {
		t.Errorf("progress: %v", p)
	}
	close(b.feed.gate)
	wait(t, func() bool { return b.get(t, location, 200)["state"] == "done" })

	patient := newBench(t)
	close(patient.feed.gate)
	done := patient.get(t, "/api/fetch-audit-logs", 200)
	if counts := done["counts"].(map[string]any); counts["new"] != 2.0 || done["complete"] != true {
		t.Errorf("done: %v", done)
	}
	if h := patient.get(t, "/api/source-health", 200)["items"].([]any)[0].(map[string]any); h["state"] != "ok" {
		t.Errorf("health: %v", h)
	}
	c := patient.get(t, "/api/coverage", 200)
	if feeds := c["feeds"].([]any); len(feeds) != 1 || c["statement"] == "" {
		t.Errorf("coverage: %v", c)
	}
	whole, bare := c["feeds"].([]any)[0].(map[string]any), patient.get(t, "/api/coverage?windows=false", 200)["feeds"].([]any)[0].(map[string]any)
	if len(whole["windows"].([]any)) == 0 || len(bare["windows"].([]any)) != 0 || len(bare["hours"].([]any)) == 0 {
		t.Errorf("coverage with windows: %v\nwithout: %v", whole, bare)
	}
}

func wait(t *testing.T, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it never came")
}
