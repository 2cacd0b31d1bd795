package mongo

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// TestStoresAgree asks the embedded store and this one the same about the same events: as
// this one asks a server that reads everything at once, and as it asks one with indexes.
func TestStoresAgree(t *testing.T) {
	c := newChance(9)
	other, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s := openTest(t, Options{})
	known := c.fill(t, rounds(60), s, other)
	indexed := 12
	if !s.caps.scans { // else each question reads all events
		indexed = rounds(60)
	}
	for range rounds(60) {
		compareStores(t, s, other, c.query(known))
	}
	s.asIndexed()
	for range indexed {
		compareStores(t, s, other, c.query(known))
	}
}

// fill puts the same events into stores, with revisions and what people add, and gives those
// that were appended.
func (c chance) fill(t *testing.T, n int, stores ...store.Store) (events []aoc.Event) {
	t.Helper()
	each := func(do func(s store.Store) error) {
		t.Helper()
		for _, s := range stores {
			if err := do(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range n {
		e, _ := c.event()
		e.Targets, e.Changes = e.Targets[:min(len(e.Targets), 3)], e.Changes[:min(len(e.Changes), 3)]
		if len(e.Raw) > 5000 {
			e.Raw = c.record(20)
		}
		e.ReceivedAt = e.Timestamp.Add(time.Hour)
		events = append(events, e)
	}
	add := func(es []aoc.Event) {
		t.Helper()
		each(func(s store.Store) error { _, err := s.Append(t.Context(), es); return err })
	}
	add(events)
	var revised []aoc.Event
	var edits []aoc.Edit
	for i, e := range events {
		switch {
		case i%5 == 0:
			e.Raw, e.Timestamp = c.record(3), e.Timestamp.Add(time.Duration(c.IntN(2))*time.Second)
			revised = append(revised, e)
		case i%5 == 1:
			tag := c.one("Incident 7", "x", "größe")
			edits = append(edits, aoc.Edit{Key: e.Key, By: "ada", At: e.Timestamp, Tags: &aoc.TagEdit{Add: []string{tag}}})
		case i%5 == 2:
			edits = append(edits, aoc.Edit{Key: e.Key, By: "ada", At: e.Timestamp, Review: &aoc.ReviewEdit{State: aoc.ReviewStates()[c.IntN(2)]}})
		}
	}
	add(revised)
	each(func(s store.Store) error { _, err := s.Annotate(t.Context(), edits); return err })
	return append(events, revised...)
}

// query makes a query about events.
func (c chance) query(events []aoc.Event) aoc.Query {
	e := events[c.IntN(len(events))]
	var texts []string
	store.EachText(&e, nil, func(v string) bool { texts = append(texts, strings.Clone(v)); return true })
	q := aoc.Query{Where: c.expr(&e, texts, 2), Limit: []int{0, 1, 7, 500}[c.IntN(4)]}
	if c.IntN(3) == 0 {
		q.Start = time.Unix(c.Int64N(4), 0)
	}
	if c.IntN(3) == 0 {
		q.End = time.Unix(c.Int64N(5), 1)
	}
	if c.IntN(3) == 0 {
		q.ScanBudget = 100 + c.IntN(200)
	}
	return q
}

// compareStores compares what stores find and count.
func compareStores(t *testing.T, a, b store.Store, q aoc.Query) {
	t.Helper()
	got, want := searchAll(t, a, q), searchAll(t, b, q)
	if !slices.EqualFunc(got, want, func(x, y aoc.Event) bool { return x.Key == y.Key }) {
		t.Fatalf("search %#v: %d events, %d in the other store:\n%s", q, len(got), len(want), cmp.Diff(keysOfEvents(got), keysOfEvents(want)))
	}
	if !reflect.DeepEqual(got, want) && len(got) > 0 {
		t.Fatalf("events of search %#v:\n%s", q, cmp.Diff(got, want))
	}
	q.ScanBudget = -1
	r := store.CountRequest{Facets: aoc.FacetFields(), Values: len(got) % 4, Width: time.Minute, GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldOperation}, Groups: len(got) % 3}
	m, err := a.Count(t.Context(), q, r)
	if err != nil {
		t.Fatal(err)
	}
	n, err := b.Count(t.Context(), q, r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, n); diff != "" {
		t.Fatalf("count %#v:\n%s", q, diff)
	}
}

func keysOfEvents(es []aoc.Event) []string {
	keys := make([]string, len(es))
	for i := range es {
		keys[i] = es[i].Key
	}
	return keys
}

// searchAll pages through a query to its end. Every page says truly how far it got.
func searchAll(t *testing.T, s store.Store, q aoc.Query) (all []aoc.Event) {
	t.Helper()
	for {
		page, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatalf("%#v: %v", q, err)
		}
		all = append(all, page.Items...)
		if page.NextCursor == "" {
			if !page.Complete {
				t.Fatalf("%#v: the last page is incomplete", q)
			}
			return all
		}
		q.Cursor = page.NextCursor
	}
}
