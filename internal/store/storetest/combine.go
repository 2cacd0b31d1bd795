package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

// Every two ways to find an event, together: what one knows for sure must not keep the
// event from being compared for the other, and the other way round.
func testCombinations(t *testing.T, s store.Store) {
	g, m := newGenerator(15), newModel()
	g.spread = 6 * time.Hour // many of the same instant
	es := g.events(60)
	// A short event, and one that is stored in other ways for its length.
	short, long := &es[40], &es[41]
	for _, e := range []*aoc.Event{short, long} {
		e.Changes = []aoc.Change{{Property: "Größe"}, {Property: "a long name "}}
		e.Targets, e.TargetDisplays = []aoc.Target{{ID: g.guid(), Name: "Ωmega", UPN: "Kim@contoso.example"}}, []string{"the target"}
		e.ActorDisplay = "Ada Lovelace"
	}
	short.Raw = []byte(`{"Id":"` + short.ID + `"}`)
	long.Changes[1].Property = strings.Repeat("a long name ", 400)
	m.append(es)
	mustAppend(t, s, es...)
	var edits []aoc.Edit
	for i := range es {
		if i%3 > 0 {
			edits = append(edits, reviewing(es[i].Key, aoc.ReviewStates()[i%2]), tagging(es[i].Key, []string{"odd"}, nil))
		}
	}
	m.annotate(edits)
	mustAnnotate(t, s, edits...)
	for _, key := range []string{short.Key, long.Key} {
		combine(t, s, m, &m.events[key].event)
	}
}

func combine(t *testing.T, s store.Store, m *model, e *aoc.Event) {
	t.Helper()
	ways := waysToFind(e)
	for i, a := range ways {
		if alone := m.search(aoc.Query{Where: a}); !slices.ContainsFunc(alone, func(x aoc.Event) bool { return x.Key == e.Key }) {
			t.Fatalf("%#v does not find the event", a)
		}
		for j, b := range ways[:i+1] {
			if (i+j)%4 >= rounds(4) { // some of them are enough for a quick test
				continue
			}
			checkFound(t, s, m, aoc.And{a, b})
			checkFound(t, s, m, aoc.Or{aoc.Not{Of: a}, aoc.And{b, aoc.Not{Of: aoc.Text{Term: "zz"}}}})
		}
	}
}

// waysToFind gives predicates that hold for an event, of each kind.
func waysToFind(e *aoc.Event) []aoc.Expr {
	is := func(f aoc.Field, values ...string) aoc.Expr { return aoc.Is{Field: f, Values: values} }
	like := func(f aoc.Field, parts ...string) aoc.Expr { return aoc.Like{Field: f, Parts: parts} }
	return []aoc.Expr{
		is(aoc.FieldID, e.Key), is(aoc.FieldID, strings.ToUpper(e.ID)), is(aoc.FieldID, "nothing", e.Key),
		is(aoc.FieldTarget, "THE TARGET"), is(aoc.FieldTarget, "ωMEGA", "x"), is(aoc.FieldTarget, "\u212aim@contoso.example"),
		like(aoc.FieldTarget, "the", "get"), like(aoc.FieldTarget, "", ""), like(aoc.FieldID, e.ID[:7], ""), like(aoc.FieldID, "", ""),
		is(aoc.FieldChanged, "GRÖSSE", "größe"), like(aoc.FieldChanged, "a long", "", "name "), like(aoc.FieldChanged, "", ""),
		is(aoc.FieldTag, "ODD"), like(aoc.FieldTag, "", "d"), is(aoc.FieldReview, string(e.Review.State)), like(aoc.FieldReview, "", ""),
		is(aoc.FieldActor, "ada lovelace"), like(aoc.FieldActor, "", "love", ""), is(aoc.FieldTenant, e.TenantID), like(aoc.FieldTenant, e.TenantID[:4], ""),
		aoc.Text{Term: "the targ"}, aoc.Text{Term: "ωm"}, aoc.Text{Term: e.ID[3:20]}, aoc.TextLike{Parts: []string{"e tar", "et"}},
		aoc.Between{Start: e.Timestamp, End: e.Timestamp.Add(1)}, aoc.Between{End: e.Timestamp.Add(time.Hour)},
	}
}

// checkFound compares the keys that a predicate finds, and their count.
func checkFound(t *testing.T, s store.Store, m *model, where aoc.Expr) {
	t.Helper()
	want := m.search(aoc.Query{Where: where})
	if diff := cmp.Diff(keys(want), keys(searchAll(t, s, aoc.Query{Where: where, Limit: 500}))); diff != "" {
		t.Fatalf("search %#v (-want +got):\n%s", where, diff)
	}
	c, err := s.Count(context.Background(), aoc.Query{Where: where}, store.CountRequest{})
	if err != nil || c.Total != int64(len(want)) {
		t.Fatalf("count %#v: %d, %v; want %d", where, c.Total, err, len(want))
	}
}
