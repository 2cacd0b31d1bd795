package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

// keys gives what identifies events in a failure message.
func keys(events []aoc.Event) []string {
	ks := make([]string, len(events))
	for i, e := range events {
		ks[i] = fmt.Sprintf("%s %s", e.Timestamp.Format(time.RFC3339Nano), e.Key)
	}
	return ks
}

// searchAll pages through a query to its end.
func searchAll(t *testing.T, s store.Store, q aoc.Query) []aoc.Event {
	t.Helper()
	all := []aoc.Event{}
	for pages := 0; ; pages++ {
		page, err := s.Search(context.Background(), q)
		if err != nil {
			t.Fatalf("search: %v", err)
		}
		all = append(all, page.Items...)
		if page.NextCursor == "" {
			if !page.Complete {
				t.Fatal("the last page says that it is incomplete")
			}
			return all
		}
		if pages > 100_000 {
			t.Fatal("the search does not end")
		}
		q.Cursor = page.NextCursor
	}
}

// compare checks search, facets and histogram of a query against the model.
func compare(t *testing.T, s store.Store, m *model, q aoc.Query) {
	t.Helper()
	want := m.search(q)
	got := searchAll(t, s, q)
	if diff := cmp.Diff(keys(want), keys(got)); diff != "" {
		t.Fatalf("search %#v (-want +got):\n%s", q, diff)
	}
	if len(want)+len(got) > 0 && !reflect.DeepEqual(want, got) { // cmp is slow on thousands
		diff := cmp.Diff(want, got)
		t.Fatalf("events of search %#v (-want +got):\n%s", q, diff)
	}
	q.ScanBudget = -1
	compareCounts(t, s, q, want)
}

func testSearchModel(t *testing.T, s store.Store) {
	g, m := newGenerator(10), newModel()
	for range 6 {
		batch := g.events(amount(500))
		m.append(batch)
		mustAppend(t, s, batch...)
	}
	all := m.search(aoc.Query{})
	for range 30 {
		var edits []aoc.Edit
		for range 20 {
			edits = append(edits, g.edit(m, all[g.rng.IntN(len(all))].Key))
		}
		m.annotate(edits)
		mustAnnotate(t, s, edits...)
	}
	for _, e := range all[:40] {
		r := g.revised(e)
		m.append([]aoc.Event{r})
		mustAppend(t, s, r)
	}
	queries := rounds(40)
	compare(t, s, m, aoc.Query{})
	for i := range queries {
		if i == queries/2 {
			settle(t, s)
		}
		q := g.query(m)
		q.Limit = []int{0, 1, 7, 500}[g.rng.IntN(4)]
		if q.Limit == 1 {
			q.Start = q.End.Add(-30 * time.Hour) // keep the number of pages small
			if q.End.IsZero() {
				q.Start = g.base.Add(g.spread - 30*time.Hour)
			}
		}
		compare(t, s, m, q)
	}
}

// settle runs housekeeping to its end.
func settle(t *testing.T, s store.Store) {
	t.Helper()
	for range 10_000 {
		more, err := s.Compact(context.Background())
		if err != nil {
			t.Fatalf("compact: %v", err)
		}
		if !more {
			return
		}
	}
	t.Fatal("compaction does not come to an end")
}

func testSearchBudget(t *testing.T, s store.Store) {
	g, m := newGenerator(11), newModel()
	g.spread = 3 * 24 * time.Hour
	for range 5 {
		batch := g.events(amount(400))
		m.append(batch)
		mustAppend(t, s, batch...)
	}
	// The inside of values seen once, short and long, and terms of two characters.
	for _, term := range []string{"ar-7", "17", "k", "singular-1", "zz", "é c"} {
		q := aoc.Query{Where: aoc.Text{Term: term}, ScanBudget: 100, Limit: 10}
		want := m.search(q)
		got, incomplete := []aoc.Event{}, 0
		for {
			page, err := s.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Items...)
			if !page.Complete {
				incomplete++
				// All that matches at or after CompleteUntil is there already.
				n := 0
				for _, e := range want {
					if !e.Timestamp.Before(page.CompleteUntil) {
						n++
					}
				}
				if n > len(got) {
					t.Fatalf("%q: complete until %s with %d of %d events", term, page.CompleteUntil, len(got), n)
				}
				count, err := s.Count(context.Background(), aoc.Query{Where: q.Where, ScanBudget: 100}, store.CountRequest{})
				if err != nil {
					t.Fatal(err)
				}
				if !count.Complete {
					all := m.search(aoc.Query{Where: q.Where, Start: count.CompleteUntil})
					if count.Total != int64(len(all)) {
						t.Fatalf("%q: total %d since %s; want %d", term, count.Total, count.CompleteUntil, len(all))
					}
				}
			}
			if page.NextCursor == "" {
				break
			}
			q.Cursor = page.NextCursor
		}
		if diff := cmp.Diff(keys(want), keys(got)); diff != "" {
			t.Fatalf("%q within a budget (-want +got):\n%s", term, diff)
		}
		if term == "zz" && incomplete == 0 {
			t.Errorf("%q: the budget was never spent, so this test shows nothing", term)
		}
	}
}

func testStablePages(t *testing.T, s store.Store) {
	g := newGenerator(12)
	first := g.events(amount(600))
	mustAppend(t, s, first...)
	present := map[string]bool{}
	for _, e := range first {
		present[e.Key] = true
	}
	q := aoc.Query{Limit: 50}
	seen := map[string]bool{}
	var last *aoc.Event
	for {
		page, err := s.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			if seen[e.Key] {
				t.Fatalf("event %s appears twice", e.Key)
			}
			if last != nil && (e.Timestamp.After(last.Timestamp) || e.Timestamp.Equal(last.Timestamp) && e.Key > last.Key) {
				t.Fatalf("event %s is out of order", e.Key)
			}
			seen[e.Key], last = true, &e
		}
		if page.NextCursor == "" {
			break
		}
		q.Cursor = page.NextCursor
		mustAppend(t, s, g.events(amount(40))...) // late events among them
		settle(t, s)
	}
	for key := range present {
		if !seen[key] {
			t.Errorf("event %s was skipped", key)
		}
	}
}

func testBadQueries(t *testing.T, s store.Store) {
	mustAppend(t, s, newGenerator(13).events(3)...)
	ctx := context.Background()
	for _, cursor := range []string{"x", "!!!", "AAAA", "////////////////"} {
		if _, err := s.Search(ctx, aoc.Query{Cursor: cursor}); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("cursor %q: %v; want invalid", cursor, err)
		}
	}
	if _, err := s.Search(ctx, aoc.Query{Where: aoc.Is{Field: "nonsense", Values: []string{"x"}}}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("unknown field: %v; want invalid", err)
	}
	for _, r := range []store.CountRequest{
		{Facets: []aoc.Field{"nonsense"}}, {Facets: []aoc.Field{aoc.FieldTarget}},
		{GroupBy: []aoc.Field{"nonsense"}}, {GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldTag}},
		{Width: -1}, {Width: 7 * time.Minute}, {Width: 20 * time.Minute},
	} {
		if _, err := s.Count(ctx, aoc.Query{}, r); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("count of %+v: %v; want invalid", r, err)
		}
	}
	if page, err := s.Search(ctx, aoc.Query{Where: aoc.Or{}}); err != nil || len(page.Items) != 0 {
		t.Errorf("empty or: %d events, %v; want none", len(page.Items), err)
	}
	if page, err := s.Search(ctx, aoc.Query{Where: aoc.And{}}); err != nil || len(page.Items) != 3 {
		t.Errorf("empty and: %d events, %v; want all", len(page.Items), err)
	}
}

func testTenants(t *testing.T, s store.Store) {
	g := newGenerator(14)
	es := g.events(amount(500))
	mustAppend(t, s, es...)
	for _, tenant := range g.tenants {
		n := 0
		for _, e := range es {
			if e.TenantID == tenant {
				n++
			}
		}
		got := searchAll(t, s, aoc.Query{Where: aoc.Is{Field: aoc.FieldTenant, Values: []string{tenant}}, Limit: 100})
		if len(got) != n {
			t.Errorf("tenant %s: %d events; want %d", tenant, len(got), n)
		}
		for _, e := range got {
			if e.TenantID != tenant {
				t.Fatalf("event of tenant %s in the results of %s", e.TenantID, tenant)
			}
		}
	}
}
