package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

// mustAppend appends and fails the test on error.
func mustAppend(t *testing.T, s store.Store, events ...aoc.Event) []store.Outcome {
	t.Helper()
	outcomes, err := s.Append(context.Background(), events)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return outcomes
}

func mustGet(t *testing.T, s store.Store, key string) aoc.Event {
	t.Helper()
	e, err := s.Get(context.Background(), key)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return e
}

func testAppendOutcomes(t *testing.T, s store.Store) {
	g := newGenerator(1)
	a, b := g.event(), g.event()
	second := g.revised(a)
	for _, step := range []struct {
		name   string
		events []aoc.Event
		want   []store.Outcome
	}{
		{"nothing", nil, nil},
		{"two new", []aoc.Event{a, b}, []store.Outcome{store.New, store.New}},
		{"the same bytes", []aoc.Event{a, b}, []store.Outcome{store.Duplicate, store.Duplicate}},
		{"other key order and escapes", []aoc.Event{g.reordered(a)}, []store.Outcome{store.Duplicate}},
		{"other content", []aoc.Event{second}, []store.Outcome{store.Revision}},
		{"the revision again", []aoc.Event{g.reordered(second)}, []store.Outcome{store.Duplicate}},
		{"the first content again", []aoc.Event{a}, []store.Outcome{store.Duplicate}},
	} {
		if diff := cmp.Diff(step.want, mustAppend(t, s, step.events...)); diff != "" {
			t.Errorf("%s: outcomes (-want +got):\n%s", step.name, diff)
		}
	}
	c := g.event()
	got := mustAppend(t, s, c, g.reordered(c), g.revised(c), c)
	if diff := cmp.Diff([]store.Outcome{store.New, store.Duplicate, store.Revision, store.Duplicate}, got); diff != "" {
		t.Errorf("within one call (-want +got):\n%s", diff)
	}
	if e := mustGet(t, s, a.Key); e.Revisions != 1 || string(e.Raw) != string(second.Raw) {
		t.Errorf("after a revision: %d revisions, raw %s; want 1 and the newest", e.Revisions, e.Raw)
	}
	versions, err := s.Versions(context.Background(), a.Key)
	if err != nil || len(versions) != 2 || string(versions[0].Raw) != string(a.Raw) || string(versions[1].Raw) != string(second.Raw) {
		t.Errorf("versions: %v, %v; want the first and the second", versions, err)
	}
	last, err := s.LastSeq(context.Background())
	if err != nil || last != 5 { // a, b, a's revision, c, c's revision
		t.Errorf("last seq %d, %v; want 5: duplicates take no place in the log", last, err)
	}
}

func testAppendAtomic(t *testing.T, s store.Store) {
	g := newGenerator(2)
	good, bad := g.event(), g.event()
	bad.Key = "not the key of its dedupe key"
	if _, err := s.Append(context.Background(), []aoc.Event{good, bad}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Fatalf("append of a bad event: %v; want code invalid", err)
	}
	if _, err := s.Get(context.Background(), good.Key); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("its neighbour: %v; want not_found, for nothing of the call is stored", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Append(ctx, []aoc.Event{good}); err == nil {
		t.Error("append with a cancelled context succeeded")
	}
	if got := mustAppend(t, s, good); got[0] != store.New {
		t.Errorf("after failures: %v; want new", got)
	}
	if e := mustGet(t, s, good.Key); e.Seq != 1 {
		t.Errorf("seq %d; want 1: a failed call takes no place in the log", e.Seq)
	}
}

func testAppendFields(t *testing.T, s store.Store) {
	empty, after := "", "[\"a\"]"
	e := aoc.Event{
		ID: "id with spaces/and slash", Source: aoc.SourceDirectory, TenantID: "t",
		Timestamp: time.Date(2026, 2, 3, 4, 5, 6, 789012300, time.UTC), TimeFlag: "implausible",
		ReceivedAt: time.Date(2026, 2, 3, 5, 0, 0, 1, time.UTC), Origin: aoc.OriginBackfilled,
		Service: "RoleManagement", Workload: "Entra ID", RecordType: "directoryAudit", Operation: "Add member to role",
		Result: aoc.ResultPartial, ResultReason: "why", ActorKind: aoc.ActorApp, ActorDisplay: "App – Ünï",
		Actor:    aoc.Actor{ID: "1", Name: "2", UPN: "3", AppID: "4", AppName: "5"},
		ClientIP: "2001:db8::1", CorrelationID: "c",
		Targets:        []aoc.Target{{ID: "a", Name: "b", Type: "User", UPN: "d"}, {}},
		TargetDisplays: []string{"x", ""},
		Changes:        []aoc.Change{{Target: "x", Property: "p", Before: nil, After: &after}, {Property: "q", Before: &empty, After: nil}},
		DisplaySummary: "a sentence", Raw: []byte("{ \"id\" : \"x\" ,\n\"n\":1.50 }"),
		Tags: []string{}, Comments: []aoc.Comment{},
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	mustAppend(t, s, e)
	e.Seq = 1
	if diff := cmp.Diff(e, mustGet(t, s, e.Key)); diff != "" {
		t.Errorf("what comes back differs (-want +got):\n%s", diff)
	}
}

func testReadLog(t *testing.T, s store.Store) {
	g := newGenerator(3)
	es := g.events(300)
	for i := 0; i < len(es); i += 60 {
		mustAppend(t, s, es[i:i+60]...)
	}
	mustAppend(t, s, g.revised(es[0]))
	var got []string
	for after := int64(0); ; {
		part, err := s.ReadLog(context.Background(), after, 47)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 {
			break
		}
		for _, e := range part {
			if e.Seq <= after {
				t.Fatalf("seq %d after %d", e.Seq, after)
			}
			after = e.Seq
			got = append(got, e.Key)
		}
	}
	var want []string
	for _, e := range es[1:] {
		want = append(want, e.Key)
	}
	want = append(want, es[0].Key) // at the place of its newest version
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func testFind(t *testing.T, s store.Store) {
	g := newGenerator(4)
	es := g.events(400)
	twin := es[7]
	twin.TenantID = "33333333-aaaa-4bbb-8ccc-000000000003"
	twin = g.finish(twin)
	short := es[9]
	short.ID = "7"
	short = g.finish(short)
	mustAppend(t, s, append(es, twin, short)...)
	ctx := context.Background()
	for _, e := range es[:50] {
		if got := mustGet(t, s, e.Key); got.ID != e.ID {
			t.Fatalf("get %s gave event %s", e.Key, got.ID)
		}
	}
	found, err := s.FindByID(ctx, es[7].ID)
	if err != nil || len(found) != 2 || found[0].Key != es[7].Key || found[1].Key != twin.Key {
		t.Errorf("find by an id of two tenants: %d events, %v; want both in order of arrival", len(found), err)
	}
	if found, err := s.FindByID(ctx, es[8].ID[:20]); err != nil || len(found) != 0 {
		t.Errorf("find by half an id: %d events, %v; want none", len(found), err)
	}
	if found, err := s.FindByID(ctx, "7"); err != nil || len(found) != 1 || found[0].Key != short.Key {
		t.Errorf("find by an id of one character: %d events, %v", len(found), err)
	}
	if found, err := s.FindByID(ctx, "8"); err != nil || len(found) != 0 {
		t.Errorf("find by an id of one character that nothing has: %d events, %v", len(found), err)
	}
	for _, key := range []string{"", "short", aoc.KeyOf("absent")} {
		if _, err := s.Get(ctx, key); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("get %q: %v; want not_found", key, err)
		}
		if _, err := s.Versions(ctx, key); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("versions of %q: %v; want not_found", key, err)
		}
	}
}
