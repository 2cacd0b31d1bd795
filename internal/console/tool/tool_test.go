package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/detect"
	"aoc/internal/ingest"
	"aoc/internal/normalise"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

const (
	north = "11111111-0000-0000-0000-000000000001"
	south = "22222222-0000-0000-0000-000000000002"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time                                   { return noon }
func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// world is a store of two tenants with a console and tools over it.
type world struct {
	console *console.Console
	store   store.Store
	tools   map[string]Tool
	events  []aoc.Event // of north, newest first
}

// audit is a directory audit: who did what to whom, so many minutes before noon.
func audit(t *testing.T, tenant, id, actor, operation, target string, minutes int) aoc.Event {
	t.Helper()
	quote := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	raw := fmt.Sprintf(`{"id":%s,"category":"UserManagement","activityDisplayName":%s,"result":"success","activityDateTime":%q,"correlationId":"c-%s",`+
		`"initiatedBy":{"user":{"id":%s,"displayName":%s,"userPrincipalName":%s,"ipAddress":"203.0.113.7"}},`+
		`"targetResources":[{"id":%s,"displayName":%s,"type":"User","userPrincipalName":%s,"modifiedProperties":[{"displayName":"Department","oldValue":"\"Sales\"","newValue":%s}]}]}`,
		quote(id), quote(operation), noon.Add(-time.Duration(minutes)*time.Minute).Format(time.RFC3339), id,
		quote("u-"+actor), quote(actor), quote(strings.ToLower(actor)+"@contoso.example"),
		quote("t-"+target), quote(target), quote(strings.ToLower(target)+"@contoso.example"), quote(quote(target)))
	e, err := normalise.Normalise(aoc.Record{
		Kind: aoc.KindDirectoryAudit, TenantID: tenant, Origin: aoc.OriginCollected, ReceivedAt: noon, Transport: "test", Raw: []byte(raw),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newWorld(t *testing.T, more ...aoc.Event) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := &world{store: s, tools: map[string]Tool{}}
	for i := range 40 {
		operation := []string{"Update user", "Delete user"}[i%2]
		w.events = append(w.events, audit(t, north, fmt.Sprintf("n%d", i), []string{"Ada", "Bob"}[i%2], operation, "Eve", i+1))
	}
	secret := audit(t, south, "s1", "Mallory", "Reset password", "Trent", 5)
	if _, err := s.Append(t.Context(), slices.Concat(w.events, []aoc.Event{secret}, more)); err != nil {
		t.Fatal(err)
	}
	collector, err := ingest.New(ingest.Config{Store: s, Clock: clock{}})
	if err != nil {
		t.Fatal(err)
	}
	if w.console, err = console.New(console.Config{Store: s, Clock: clock{}, Collector: collector, SignIn: true}); err != nil {
		t.Fatal(err)
	}
	for _, tool := range New(w.console, clock{}, nil) {
		w.tools[tool.Name] = tool
	}
	return w
}

// as is a context of somebody with a role, bound to tenants if any are named.
func as(t *testing.T, role aoc.Role, tenants ...string) context.Context {
	t.Helper()
	return console.WithCaller(t.Context(), aoc.Caller{Name: "somebody", Subject: "s", Via: aoc.ViaToken, Role: role, Tenants: tenants})
}

// call calls a tool and checks its result against the schema and the bound.
func call[T any](t *testing.T, ctx context.Context, w *world, name, arguments string) (T, Result) { //nolint:revive // t first, as in tests
	t.Helper()
	var value T
	r, err := w.tools[name].Call(ctx, json.RawMessage(arguments))
	if err != nil {
		t.Fatalf("%s %s: %v", name, arguments, err)
	}
	text, err := json.Marshal(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > MaxResult {
		t.Errorf("%s %s: %d bytes, more than %d", name, arguments, len(text), MaxResult)
	}
	fits(t, w.tools[name].Output, text)
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value, r
}

func fits(t *testing.T, schema *jsonschema.Schema, text []byte) {
	t.Helper()
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(value); err != nil {
		t.Errorf("the result does not fulfil the schema: %v", err)
	}
}

func TestToolsAnswer(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, aoc.RoleReader)
	newest := w.events[0]

	page, r := call[EventPage](t, ctx, w, "search_events", `{"q":"operation:\"Delete user\"","limit":3,"cursor":null}`)
	if page.Total != 20 || len(page.Events) != 3 || page.NextCursor == "" || !page.Complete || page.Events[0].Key != w.events[1].Key || len(r.Events) != 3 {
		t.Errorf("search_events: %+v", page)
	}
	next, _ := call[EventPage](t, ctx, w, "search_events", fmt.Sprintf(`{"q":"operation:\"Delete user\"","limit":30,"cursor":%q}`, page.NextCursor))
	if len(next.Events) != 17 || next.NextCursor != "" || next.Events[0].Key != w.events[7].Key {
		t.Errorf("search_events, next page: %d events, %+v", len(next.Events), next)
	}
	between, _ := call[EventPage](t, ctx, w, "search_events", `{"start":"2026-03-02T11:50:00Z","end":"-5m","actor":["ada"]}`)
	if between.Total != 2 { // minutes 10 to 5 before noon, even ones' half
		t.Errorf("search_events in a span: %d", between.Total)
	}

	whole, _ := call[Event](t, ctx, w, "get_event", `{"key":"`+newest.Key+`"}`)
	if whole.ID != "n0" || len(whole.Changes) != 1 || whole.Changes[0].After == "" || !strings.Contains(whole.Raw, "modifiedProperties") {
		t.Errorf("get_event: %+v", whole)
	}

	counts, r := call[Counts](t, ctx, w, "get_summary", `{"days":1,"fields":["operation","actor"]}`)
	if counts.Total != 41 || counts.Fields[0].Values[0].Count != 20 || len(counts.Fields) != 2 || len(r.Events) == 0 || len(counts.PerDay) != 1 {
		t.Errorf("get_summary: %+v", counts)
	}

	line, _ := call[Timeline](t, ctx, w, "get_timeline", `{"id":"eve@contoso.example"}`)
	if line.To != 40 || line.By != 0 || line.Name != "Eve" || line.Total != 40 {
		t.Errorf("get_timeline: %+v", line)
	}
	if by, _ := call[Timeline](t, ctx, w, "get_timeline", `{"id":"203.0.113.7"}`); by.Kind != console.KindAddress || by.Total != 41 {
		t.Errorf("get_timeline of an address: %+v", by)
	}

	changes, _ := call[Timeline](t, ctx, w, "get_object_changes", `{"id":"Eve","limit":2}`)
	if changes.Total != 40 || len(changes.Events) != 2 || changes.Events[0].Changes[0].Property != "Department" {
		t.Errorf("get_object_changes: %+v", changes)
	}

	related, r := call[Related](t, ctx, w, "get_related_events", `{"key":"n3"}`)
	if len(related.Groups) != 4 || related.Groups[0].By != "actor" || len(r.Events) == 0 {
		t.Errorf("get_related_events: %+v", related)
	}

	if cov, _ := call[Coverage](t, ctx, w, "get_coverage", `{}`); cov.Start == "" {
		t.Errorf("get_coverage: %+v", cov)
	}
}

func TestListAlerts(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		tenant := []string{north, south}[i%2]
		a := aoc.Alert{
			ID: fmt.Sprintf("%026d", i), RuleID: "rule", Title: strings.Repeat("x", 500), Severity: aoc.SeverityHigh, State: aoc.AlertOpen, TenantID: tenant,
			Events: []string{w.events[i].Key}, Count: 1, RaisedAt: noon.Add(time.Duration(i) * time.Second), Group: []aoc.AlertValue{{Field: "actor", Value: "Ada\u202e"}},
		}
		it, err := detect.AlertItem(&a, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.PutItem(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, _ := call[AlertPage](t, as(t, aoc.RoleReader, north), w, "list_alerts", fmt.Sprintf(`{"limit":4,"cursor":%q}`, cursor))
		for _, a := range page.Alerts {
			if a.Tenant != north || seen[a.ID] || !strings.Contains(a.Group["actor"], `\u{202E}`) {
				t.Errorf("%+v", a)
			}
			seen[a.ID] = true
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(seen) != 15 {
		t.Errorf("%d alerts, want 15", len(seen))
	}
}

// TestPagesFit holds that pages of huge and hostile events fit, that following the cursors
// gives every event once, and that nothing in them is invisible.
func TestPagesFit(t *testing.T) {
	var huge []aoc.Event
	for i := range 60 {
		long := strings.Repeat([]string{"\u202e", "\U000e0041", "ab\n", "\u200b漢"}[i%4], 3000)
		huge = append(huge, audit(t, north, fmt.Sprintf("huge-%d", i), "Ada"+long, "Burst"+long, "Eve"+long, 100+i))
	}
	w := newWorld(t, huge...)
	ctx := as(t, aoc.RoleReader)
	seen := map[string]bool{}
	pages := 0
	for cursor := ""; ; pages++ {
		page, r := call[EventPage](t, ctx, w, "search_events", fmt.Sprintf(`{"limit":200,"cursor":%q}`, cursor))
		if len(page.Events) != len(r.Events) || len(page.Events) == 0 {
			t.Fatalf("%d events, %d keys", len(page.Events), len(r.Events))
		}
		for _, e := range page.Events {
			if seen[e.Key] {
				t.Errorf("%s twice", e.Key)
			}
			seen[e.Key] = true
			for _, r := range e.Summary + e.Actor + strings.Join(e.Targets, "") {
				if Hidden(r) {
					t.Fatalf("%q is not visible", e.Summary)
				}
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
		if page.Cut == "" {
			t.Error("a page that is cut does not say so")
		}
	}
	if len(seen) != 101 || pages < 2 {
		t.Errorf("%d events on %d pages", len(seen), pages)
	}
	for _, e := range huge[:4] {
		whole, _ := call[Event](t, ctx, w, "get_event", `{"key":"`+e.Key+`"}`)
		if whole.Cut == "" {
			t.Error("an event that is cut does not say so")
		}
		call[Related](t, ctx, w, "get_related_events", `{"key":"`+e.Key+`","hours":100}`)
	}
	call[Counts](t, ctx, w, "get_summary", `{"values":100,"fields":["actor","operation","service","ip","record_type","workload"]}`)
	call[Timeline](t, ctx, w, "get_timeline", `{"id":"u-Ada","limit":200}`)
}

// TestToolsKeepToTenants holds that nobody who is bound to a tenant hears of another through
// any tool, whatever they ask for.
func TestToolsKeepToTenants(t *testing.T) {
	w := newWorld(t)
	secret := audit(t, south, "s1", "Mallory", "Reset password", "Trent", 5)
	bound := as(t, aoc.RoleReader, north)
	for name, all := range map[string][]string{
		"search_events":      {`{}`, `{"tenant":["` + south + `"]}`, `{"q":"Mallory"}`, `{"q":"tenant:` + south + ` OR *"}`},
		"get_event":          {`{"key":"` + secret.Key + `"}`, `{"key":"s1"}`},
		"get_summary":        {`{"fields":["tenant","actor","operation"]}`},
		"get_timeline":       {`{"id":"Trent"}`, `{"id":"203.0.113.7"}`},
		"get_object_changes": {`{"id":"Trent"}`},
		"get_related_events": {`{"key":"` + secret.Key + `"}`, `{"key":"n3","hours":168}`},
		"get_coverage":       {`{}`},
		"list_alerts":        {`{}`},
	} {
		for _, arguments := range all {
			r, err := w.tools[name].Call(bound, json.RawMessage(arguments))
			text, _ := json.Marshal(r.Value)
			if err == nil && (strings.Contains(string(text), "Mallory") || strings.Contains(string(text), "t-Trent") || strings.Contains(string(text), secret.Key)) {
				t.Errorf("%s %s: %.300s", name, arguments, text)
			}
			if slices.Contains(r.Events, secret.Key) {
				t.Errorf("%s %s: names an event of another tenant", name, arguments)
			}
		}
	}
	for name, tool := range w.tools {
		arguments := `{}`
		for required, value := range map[string]string{"key": `{"key":"n3"}`, "id": `{"id":"Eve"}`} {
			if slices.Contains(tool.Input.Required, required) {
				arguments = value
			}
		}
		_, err := tool.Call(t.Context(), json.RawMessage(arguments))
		if aoc.CodeOf(err) != aoc.CodeUnauthenticated {
			t.Errorf("%s for nobody: %v", name, err)
		}
	}
}

func TestBadArguments(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, aoc.RoleReader)
	for _, tt := range []struct{ tool, arguments, says string }{
		{"search_events", `[]`, "not one JSON object"},
		{"search_events", `{} {}`, "more than one"},
		{"search_events", `{"limit":"many"}`, "limit"},
		{"search_events", `{"limit":-1}`, "limit"},
		{"search_events", `{"query":"x"}`, `no argument "query"`},
		{"search_events", `{"q":"actro:x"}`, "actro"},
		{"search_events", `{"start":"whenever"}`, "start"},
		{"search_events", `{"end":"2020-01-01","start":"2021-01-01"}`, "end"},
		{"search_events", `{"result":["fine"]}`, "fine"},
		{"search_events", `{"cursor":"?"}`, "cursor"},
		{"search_events", `{"q":"` + strings.Repeat("x", maxArguments) + `"}`, "bytes"},
		{"get_event", `{}`, "key"},
		{"get_event", `{"key":"none"}`, "no event"},
		{"get_summary", `{"days":3,"start":"today"}`, "days"},
		{"get_summary", `{"fields":["colour"]}`, "colour"},
		{"get_summary", `{"values":1000}`, "values"},
		{"get_timeline", `{"id":" "}`, "id"},
		{"get_timeline", `{"id":"x","kind":"dog"}`, "kind"},
		{"get_object_changes", `{"id":"203.0.113.7"}`, "address"},
		{"get_related_events", `{"key":"n1","hours":1000}`, "hours"},
		{"get_coverage", `{"start":"then"}`, "start"},
		{"list_alerts", `{"state":["lost"]}`, "state"},
		{"list_alerts", `{"severity":["huge"]}`, "severity"},
		{"list_alerts", `{"limit":1000}`, "limit"},
	} {
		_, err := w.tools[tt.tool].Call(ctx, json.RawMessage(tt.arguments))
		says := aoc.MessageOf(err)
		if p, ok := errors.AsType[*console.InvalidParam](err); ok {
			says = p.Name + ": " + says
		}
		if code := aoc.CodeOf(err); code != aoc.CodeInvalid && code != aoc.CodeNotFound || !strings.Contains(says, tt.says) {
			t.Errorf("%s %.80s: %s: %s, want %q in it", tt.tool, tt.arguments, aoc.CodeOf(err), says, tt.says)
		}
	}
}

func FuzzArguments(f *testing.F) {
	tools := New(nil, clock{}, nil)
	f.Add([]byte(`{"q":"x","limit":3}`))
	f.Add([]byte(`{"start":null,"actor":["a"]}`))
	f.Add([]byte(`{"q":"x"`))
	f.Fuzz(func(t *testing.T, arguments []byte) {
		for _, tool := range tools {
			var in searchArguments
			resolved, err := tool.Input.Resolve(nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := decode(tool, resolved, arguments, &in); err != nil && aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Errorf("%v", err)
			}
		}
	})
}
