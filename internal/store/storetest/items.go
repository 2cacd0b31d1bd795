package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

// itemTime is when the items of tests begin.
var itemTime = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

// testItems does one thing after another at random, in the store and in a map.
func testItems(t *testing.T, s store.Store) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(5, 6))
	model := map[string]store.Item{}
	steps := amount(400)
	for step := range steps {
		id := fmt.Sprintf("é%02d", r.IntN(30))
		it := store.Item{
			Kind: "alert", ID: id, At: itemTime.Add(time.Duration(r.IntN(20)) * time.Minute), Body: json.RawMessage(fmt.Sprintf(`{"step":%d}`, step)),
			Labels: map[string]string{"state": []string{"open", "closed"}[r.IntN(2)]},
		}
		if r.IntN(3) > 0 {
			it.Labels["rule"] = fmt.Sprintf("r=%d,'\"", r.IntN(4))
		}
		was, there := model[id]
		stale := r.IntN(6) == 0
		if it.Version = was.Version; stale {
			it.Version = was.Version + 1 - 2*int64(r.IntN(2))
		}
		switch {
		case r.IntN(5) == 0:
			err := s.DropItem(ctx, it)
			switch {
			case !there:
				wantItemFault(t, "dropping one that is not there", err, aoc.CodeNotFound)
			case it.Version != was.Version:
				wantItemFault(t, "dropping another version", err, aoc.CodeConflict)
			case err != nil:
				t.Fatal(err)
			default:
				delete(model, id)
			}
		case it.Version < 0:
		default:
			put, err := s.PutItem(ctx, it)
			if it.Version != was.Version {
				wantItemFault(t, "writing over another version", err, aoc.CodeConflict)
				break
			}
			if it.Version++; err != nil || cmp.Diff(it, put) != "" {
				t.Fatalf("put: %v\n%s", err, cmp.Diff(it, put))
			}
			model[id] = it
		}
		if step%20 == 0 || step == steps-1 {
			compareItems(t, s, model)
		}
	}
	checkItemPlaces(t, s, model)
	checkItemRaces(t, s)
	checkItemFaults(t, s)
	checkDroppedItems(t, s, model)
}

func wantItemFault(t *testing.T, what string, err error, code aoc.Code) {
	t.Helper()
	if aoc.CodeOf(err) != code || aoc.CodeOf(err) == aoc.CodeConflict && aoc.HintOf(err) == "" {
		t.Errorf("%s: %v; want %s", what, err, code)
	}
}

// itemFilters are filters of every form.
func itemFilters() []store.ItemFilter {
	label := func(name string, values ...string) map[string][]string { return map[string][]string{name: values} }
	filters := []store.ItemFilter{
		{}, {Labels: label("state", "open")}, {Labels: label("state", "open", "closed")}, {Labels: label("rule", "")}, {Labels: label("rule", "r=1,'\"", "")},
		{Labels: label("nothing", "x")}, {Labels: label("nothing", "")}, {Labels: label("state", "OPEN")}, {Labels: label("state", "ope")},
		{From: itemTime.Add(5 * time.Minute)}, {To: itemTime.Add(5 * time.Minute)}, {From: itemTime.Add(5 * time.Minute), To: itemTime.Add(9 * time.Minute), Limit: 3},
		{Labels: map[string][]string{"state": {"open"}, "rule": {"r=0,'\"", "r=2,'\""}}, From: itemTime.Add(time.Minute)}, {Limit: 7},
		{After: &store.ItemPlace{At: itemTime.Add(10 * time.Minute), ID: "é15"}, Limit: 5}, {Labels: label("state", "closed"), After: &store.ItemPlace{At: itemTime.Add(10 * time.Minute), ID: "é15"}},
	}
	for i := range filters {
		filters[i].Kind = "alert"
	}
	return append(filters, store.ItemFilter{Kind: "other"})
}

// compareItems asks the store and the map the same.
func compareItems(t *testing.T, s store.Store, model map[string]store.Item) {
	t.Helper()
	for _, f := range itemFilters() {
		got, err := s.ListItems(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(selectItems(model, f), got); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", f, diff)
		}
		counts, err := s.CountItems(context.Background(), f, "rule")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{}
		f.After, f.Limit = nil, 0
		for _, it := range selectItems(model, f) {
			want[it.Labels["rule"]]++
		}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Fatalf("%+v by rule (-want +got):\n%s", f, diff)
		}
	}
	for id, want := range model {
		if got, err := s.Item(context.Background(), "alert", id); err != nil || cmp.Diff(want, got) != "" {
			t.Fatalf("%s: %v\n%s", id, err, cmp.Diff(want, got))
		}
	}
}

// selectItems is what a filter should give.
func selectItems(model map[string]store.Item, f store.ItemFilter) []store.Item {
	var found []store.Item
	for _, it := range model {
		after := f.After == nil || it.At.Before(f.After.At) || it.At.Equal(f.After.At) && it.ID < f.After.ID
		if f.Matches(&it) && after {
			found = append(found, it)
		}
	}
	slices.SortFunc(found, func(a, b store.Item) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	if f.Limit > 0 {
		found = found[:min(f.Limit, len(found))]
	}
	return found
}

// checkItemPlaces reads all items page by page.
func checkItemPlaces(t *testing.T, s store.Store, model map[string]store.Item) {
	t.Helper()
	var all []store.Item
	f := store.ItemFilter{Kind: "alert", Limit: 4}
	for {
		page, err := s.ListItems(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
		f.After = page[len(page)-1].Place()
	}
	if diff := cmp.Diff(selectItems(model, store.ItemFilter{Kind: "alert"}), all); diff != "" {
		t.Errorf("page by page (-want +got):\n%s", diff)
	}
}

// checkItemRaces lets many change one item at once: each version is one's.
func checkItemRaces(t *testing.T, s store.Store) {
	t.Helper()
	ctx := context.Background()
	it := store.Item{Kind: "race", ID: "one", At: itemTime, Body: json.RawMessage(`0`)}
	for range 5 {
		var won atomic.Int64
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if _, err := s.PutItem(ctx, it); err == nil {
					won.Add(1)
				} else if aoc.CodeOf(err) != aoc.CodeConflict {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d have written version %d", won.Load(), it.Version+1)
		}
		it.Version++
	}
}

func checkItemFaults(t *testing.T, s store.Store) {
	t.Helper()
	ctx := context.Background()
	good := store.Item{Kind: "alert", ID: "x", At: itemTime, Body: json.RawMessage(`{}`)}
	for name, spoil := range map[string]func(*store.Item){
		"no kind": func(i *store.Item) { i.Kind = "" }, "a slash": func(i *store.Item) { i.Kind = "a/b" }, "no id": func(i *store.Item) { i.ID = "" },
		"a bad id": func(i *store.Item) { i.ID = "\xff" }, "no JSON": func(i *store.Item) { i.Body = json.RawMessage("x") }, "nothing": func(i *store.Item) { i.Body = nil },
		"a bad label": func(i *store.Item) { i.Labels = map[string]string{"a=b": "c"} }, "a label without value": func(i *store.Item) { i.Labels = map[string]string{"a": ""} },
		"below 0": func(i *store.Item) { i.Version = -1 },
	} {
		bad := good
		spoil(&bad)
		if _, err := s.PutItem(ctx, bad); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v; want invalid", name, err)
		}
		if err := s.RestoreItems(ctx, []store.Item{bad}); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("restoring, %s: %v; want invalid", name, err)
		}
	}
	if err := s.RestoreItems(ctx, []store.Item{good}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("restoring without a version: %v; want invalid", err)
	}
	for name, f := range map[string]store.ItemFilter{"no kind": {}, "a bad label": {Kind: "alert", Labels: map[string][]string{"a b": {"c"}}}, "no values": {Kind: "alert", Labels: map[string][]string{"a": nil}}} {
		if _, err := s.ListItems(ctx, f); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("listing, %s: %v; want invalid", name, err)
		}
		if _, err := s.CountItems(ctx, f, "a"); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("counting, %s: %v; want invalid", name, err)
		}
		if _, err := s.DropItems(ctx, f, 1); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("dropping, %s: %v; want invalid", name, err)
		}
	}
	if _, err := s.Item(ctx, "alert", "nobody"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("one that is not there: %v; want not_found", err)
	}
}

// checkDroppedItems drops what a filter selects, and puts it back as from another store.
func checkDroppedItems(t *testing.T, s store.Store, model map[string]store.Item) {
	t.Helper()
	ctx := context.Background()
	kinds, err := s.ItemKinds(ctx)
	if diff := cmp.Diff([]string{"alert", "race"}, kinds); err != nil || diff != "" {
		t.Errorf("kinds %v, %v", kinds, err)
	}
	open := store.ItemFilter{Kind: "alert", Labels: map[string][]string{"state": {"open"}}}
	gone := selectItems(model, open)
	if n, err := s.DropItems(ctx, open, 2); err != nil || n != 2 {
		t.Fatalf("%d dropped, %v; want 2", n, err)
	}
	if n, err := s.DropItems(ctx, open, 1000); err != nil || n != int64(len(gone)-2) {
		t.Fatalf("%d dropped, %v; want %d", n, err, len(gone)-2)
	}
	before := maps.Clone(model)
	maps.DeleteFunc(model, func(_ string, it store.Item) bool { return open.Matches(&it) })
	compareItems(t, s, model)
	if err := s.RestoreItems(ctx, append(gone, gone[0])); err != nil {
		t.Fatal(err)
	}
	compareItems(t, s, before)
}
