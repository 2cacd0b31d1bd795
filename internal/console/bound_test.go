package console

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// passed are the methods of a store that are no tenant's: what passes to it as it is, and why.
var passed = map[string]string{
	"Append": "importing and collecting concern all tenants", "LastSeq": "a number", "TreeHead": "hashes", "LeafHashes": "hashes",
	"PutDocument": "things people share", "DropDocument": "things people share", "ListDocuments": "things people share",
	"PutWindows": "the collector's", "DropWindows": "the collector's", "PutUnits": "the collector's", "GetUnits": "the collector's",
	"PutQuarantine": "the collector's", "DropQuarantine": "maintenance", "PutNames": "the directory's",
	"Checkpoint": "positions", "SetCheckpoint": "positions", "Expire": "maintenance", "Rewrite": "maintenance", "Compact": "maintenance",
	"TryLease": "processes", "PutReport": "processes", "Report": "processes; runs are narrowed by reportFor", "ListReports": "processes",
	"NewSession": "sign-in", "Session": "sign-in", "KeepSession": "sign-in", "ListSessions": "sign-in", "EndSession": "sign-in", "DropSessions": "sign-in",
	"ItemKinds": "names of kinds", "RestoreItems": "maintenance",
	"Ping": "nothing", "Close": "nothing",
}

// TestEveryMethodIsDecidedOn fails when a store can do something of which nobody has said
// whether those who are bound to tenants may see it.
func TestEveryMethodIsDecidedOn(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "bound.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	narrowed := map[string]bool{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() {
			narrowed[f.Name.Name] = true
		}
	}
	methods := reflect.TypeFor[store.Store]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		if narrowed[name] == (passed[name] != "") {
			t.Errorf("%s: narrowed to tenants: %v, passed: %q; want one of them", name, narrowed[name], passed[name])
		}
	}
}

const (
	north = "11111111-0000-0000-0000-000000000001"
	south = "22222222-0000-0000-0000-000000000002"
)

// twoTenants opens a console over events of two tenants, which have the same ids.
func twoTenants(t *testing.T) (*Console, map[string]aoc.Event) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	events := map[string]aoc.Event{}
	for i, tenant := range []string{north, south} {
		e := aoc.Event{
			ID: "same", Source: aoc.SourceUnified, TenantID: tenant, Timestamp: time.Date(2026, 3, 2, 12, i, 0, 0, time.UTC), ReceivedAt: time.Date(2026, 3, 2, 12, 5, 0, 0, time.UTC),
			Origin: aoc.OriginCollected, Operation: fmt.Sprintf("Operation %d", i), ActorDisplay: "Ada", DisplaySummary: "Ada did it", Raw: fmt.Appendf(nil, `{"Id":"same","n":%d}`, i),
			Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{},
		}
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		events[tenant] = e
	}
	if _, err := s.Append(t.Context(), []aoc.Event{events[north], events[south]}); err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Store: s, SignIn: true, PollEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c, events
}

// TestTenantsStayApart lets somebody who is bound to one tenant try to get at another one's
// events by every way there is.
func TestTenantsStayApart(t *testing.T) {
	c, events := twoTenants(t)
	ctx := WithCaller(t.Context(), aoc.Caller{Name: "ada", Via: aoc.ViaBearer, Role: aoc.RoleManager, Tenants: []string{north}})
	mine, others := events[north], events[south]
	secret := others.Key

	if e, err := c.Event(ctx, mine.Key); err != nil || e.Key != mine.Key {
		t.Errorf("my own: %v, %v", e.Key, err)
	}
	if e, err := c.Event(ctx, "same"); err != nil || e.Key != mine.Key {
		t.Errorf("by an id that both have: %v, %v", e.Key, err)
	}
	if _, err := c.Event(ctx, secret); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("another one's by key: %v; want not_found", err)
	}
	if _, err := c.Versions(ctx, secret); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("versions: %v; want not_found", err)
	}
	if _, err := c.Tag(ctx, secret, TagChange{Add: []string{"x"}}); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("tagging: %v; want not_found", err)
	}
	if _, err := c.Comment(ctx, secret, "x"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("commenting: %v; want not_found", err)
	}
	r, err := c.TagAll(ctx, Selected{Keys: []string{mine.Key, secret}}, TagChange{Add: []string{"bulk"}})
	if err == nil && r.Changed != 1 {
		t.Errorf("tagging many: %+v", r)
	}
	for name, f := range map[string]Filter{
		"everything": {}, "the other tenant": {Tenant: []string{south}}, "either": {Tenant: []string{north, south}}, "a query": {Query: "tenant:" + south + " OR ada"},
		"its operation": {Operation: []string{"Operation 1"}}, "not mine": {Query: "-tenant:" + north},
	} {
		page, err := c.Search(ctx, SearchParams{Filter: f})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if slices.ContainsFunc(page.Items, func(e aoc.Event) bool { return e.TenantID != north }) || len(page.Items) > 1 {
			t.Errorf("%s: %d events", name, len(page.Items))
		}
	}
	exported, err := c.Export(ctx, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range exported {
		if err != nil || e.TenantID != north {
			t.Errorf("exported: %s, %v", e.TenantID, err)
		}
	}
	if n, err := c.Stats(ctx); err != nil || n.Events != 1 || n.Bytes != 0 {
		t.Errorf("stats: %+v, %v", n, err)
	}
	if s, err := c.Summary(ctx, Filter{}, SummaryParams{Facets: []aoc.Field{aoc.FieldTenant}}); err != nil || s.Total != 1 {
		t.Errorf("summary: %+v, %v", s, err)
	}
	if h, err := c.Histogram(ctx, Filter{}, time.Hour); err != nil || len(h.Buckets) != 1 || h.Buckets[0].Count != 1 {
		t.Errorf("histogram: %+v, %v", h, err)
	}
	if _, err := c.History(ctx, secret); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("history: %v; want not_found", err)
	}
	options, err := c.FilterOptions(ctx)
	if err != nil || offers(options, "Operation 1") || !offers(options, "Operation 0") {
		t.Errorf("options: %+v, %v", options.Operation, err)
	}
	all := WithCaller(t.Context(), aoc.Caller{Name: "bob", Via: aoc.ViaBearer, Role: aoc.RoleReader})
	if options, err := c.FilterOptions(all); err != nil || !offers(options, "Operation 1") {
		t.Errorf("options of somebody else, afterwards: %+v, %v", options.Operation, err)
	}
	for name, do := range map[string]func() error{
		"collect": func() error { _, _, err := c.Fetch(ctx, 0); return err },
		"windows": func() error { _, err := c.MakeChangeWindow(ctx, ChangeWindowSpec{}); return err },
		"uploads": func() error { _, err := c.Upload(ctx, "x", "", strings.NewReader("")); return err },
	} {
		if err := do(); aoc.CodeOf(err) != aoc.CodeForbidden {
			t.Errorf("%s concerns all tenants: %v; want forbidden", name, err)
		}
	}
}

// TestStreamsStayApart lets people who may see different tenants follow one log.
func TestStreamsStayApart(t *testing.T) {
	c, events := twoTenants(t)
	follow := func(who aoc.Caller) (*Follower, context.Context) {
		t.Helper()
		ctx := WithCaller(t.Context(), who)
		f, err := c.Follow(ctx, Filter{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Close)
		return f, ctx
	}
	// The first one to come is bound: what the log is read with must not be.
	ada, adas := follow(aoc.Caller{Name: "ada", Via: aoc.ViaBearer, Role: aoc.RoleReader, Tenants: []string{north}})
	bob, bobs := follow(aoc.Caller{Name: "bob", Via: aoc.ViaBearer, Role: aoc.RoleReader})
	nobody, nobodys := follow(aoc.Caller{Name: "eve", Via: aoc.ViaBearer, Role: aoc.RoleReader, Tenants: []string{}})
	var more []aoc.Event
	for _, tenant := range []string{north, south} {
		e := events[tenant]
		e.ID = "another"
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		more = append(more, e)
	}
	if _, err := c.store.Append(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	hear := func(f *Follower, ctx context.Context, want int64) {
		t.Helper()
		var heard int64
		for heard < want || want == 0 {
			n, err := f.Next(ctx, 200*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range n.Items {
				if !CallerOf(ctx).Sees(e.TenantID) {
					t.Errorf("%s heard of %s", CallerOf(ctx).Name, e.TenantID)
				}
			}
			if heard += n.Count; want == 0 {
				break
			}
		}
		if heard != want {
			t.Errorf("%s heard of %d events, want %d", CallerOf(ctx).Name, heard, want)
		}
	}
	hear(bob, bobs, 2)
	hear(ada, adas, 1)
	hear(nobody, nobodys, 0)
}

// TestRights asks for every action in every role, and without being known.
func TestRights(t *testing.T) {
	c, _ := twoTenants(t)
	want := map[aoc.Role]string{
		aoc.RoleNone: "", aoc.RoleReader: "export read", aoc.RoleAnalyst: "annotate export read saved windows",
		aoc.RoleMember: "annotate collect export import read rules saved windows", aoc.RoleManager: "annotate collect export import notifiers read rules saved sinks tokens windows",
		"unheard of": "",
	}
	for role, allowed := range want {
		var got []string
		for a := range needs {
			err := c.authorise(WithCaller(t.Context(), aoc.Caller{Via: aoc.ViaSession, Role: role}), a)
			if err == nil {
				got = append(got, string(a))
			} else if aoc.CodeOf(err) != aoc.CodeForbidden {
				t.Errorf("%s, %s: %v; want forbidden", role, a, err)
			}
			if err := c.authorise(WithCaller(t.Context(), aoc.Caller{Role: role}), a); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
				t.Errorf("nobody, %s: %v; want unauthenticated", a, err)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != allowed {
			t.Errorf("%s may %v, want %s", role, got, allowed)
		}
	}
	if err := c.authorise(WithCaller(t.Context(), Local("")), "nonsense"); aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Errorf("an action that nobody knows: %v", err)
	}
	open, err := New(Config{Store: c.store.Store})
	if err != nil {
		t.Fatal(err)
	}
	if err := open.authorise(t.Context(), actTokens); err != nil {
		t.Errorf("without sign-in: %v", err)
	}
}

func offers(o FilterOptions, operation string) bool {
	return slices.ContainsFunc(o.Operation, func(v aoc.FacetValue) bool { return v.Value == operation })
}
