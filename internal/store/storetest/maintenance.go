package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/store"
)

func testExpire(t *testing.T, s store.Store) {
	g, m := newGenerator(20), newModel()
	ctx := context.Background()
	for range 4 {
		batch := g.events(amount(300))
		m.append(batch)
		mustAppend(t, s, batch...)
	}
	settle(t, s)
	oldest := m.search(aoc.Query{})
	old := oldest[len(oldest)-1]
	mustAnnotate(t, s, tagging(old.Key, []string{"odd"}, nil))
	sizeBefore, rootBefore, err := s.TreeHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cut := g.base.Add(17*24*time.Hour + 3*time.Hour)
	want := int64(len(m.events) - len(m.search(aoc.Query{Start: cut})))
	var gone int64
	for {
		n, err := s.Expire(ctx, cut, 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		gone += n
	}
	if gone != want {
		t.Errorf("expired %d events; want %d", gone, want)
	}
	for key, e := range m.events {
		if e.event.Timestamp.Before(cut) {
			delete(m.events, key)
		}
	}
	compare(t, s, m, aoc.Query{})
	if _, err := s.Get(ctx, old.Key); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("get of an expired event: %v; want not_found", err)
	}
	if page, err := s.Search(ctx, aoc.Query{Where: aoc.Is{Field: aoc.FieldTag, Values: []string{"odd"}}}); err != nil || len(page.Items) != 0 {
		t.Errorf("search for the tag of an expired event: %d, %v; want none", len(page.Items), err)
	}
	size, root, err := s.TreeHead(ctx)
	if err != nil || size != sizeBefore || root != rootBefore {
		t.Errorf("expiry changed the chain: size %d to %d, %v", sizeBefore, size, err)
	}
	if got := mustAppend(t, s, old); got[0] != store.New {
		t.Errorf("an expired event that comes again: %v; want new", got)
	}
}

func testRewrite(t *testing.T, s store.Store) {
	g, m := newGenerator(21), newModel()
	ctx := context.Background()
	for range 3 {
		batch := g.events(amount(200))
		m.append(batch)
		mustAppend(t, s, batch...)
	}
	tagged := m.search(aoc.Query{})[5]
	edits := []aoc.Edit{tagging(tagged.Key, []string{"odd"}, nil), reviewing(tagged.Key, aoc.ReviewExpected)}
	m.annotate(edits)
	mustAnnotate(t, s, edits...)
	_, root, err := s.TreeHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(e aoc.Event) (aoc.Event, error) {
		if e.Operation == "Update user" {
			return e, errors.New("cannot")
		}
		e.DisplaySummary = "anew: " + e.DisplaySummary
		e.Timestamp = e.Timestamp.Add(36 * time.Hour)
		e.Seq, e.Raw, e.ReceivedAt, e.Origin, e.ID = 999, []byte(`{}`), time.Now(), "x", "y" // none of it is taken
		return e, nil
	}
	var skipped, want int64
	for _, e := range m.events {
		if d, err := derive(e.event); err == nil {
			e.event.DisplaySummary, e.event.Timestamp = d.DisplaySummary, d.Timestamp
		} else {
			want++
		}
	}
	// Rewritten events may be seen again; deriving must then change nothing more.
	once := func(e aoc.Event) (aoc.Event, error) {
		if strings.HasPrefix(e.DisplaySummary, "anew: ") {
			return e, nil
		}
		return derive(e)
	}
	position, steps := "", 0
	for {
		r, err := s.Rewrite(ctx, position, 70, once)
		if err != nil {
			t.Fatal(err)
		}
		skipped += r.Skipped
		if steps++; steps > 10_000 {
			t.Fatal("rewriting does not come to an end")
		}
		if position = r.Next; position == "" {
			break
		}
	}
	if skipped < want {
		t.Errorf("skipped %d; want at least %d", skipped, want)
	}
	compare(t, s, m, aoc.Query{})
	compare(t, s, m, aoc.Query{Where: aoc.Text{Term: "ANEW: Bob"}})
	compare(t, s, m, aoc.Query{Where: aoc.Is{Field: aoc.FieldTag, Values: []string{"odd"}}})
	compare(t, s, m, aoc.Query{Where: aoc.Not{Of: aoc.Is{Field: aoc.FieldReview, Values: []string{"expected"}}}})
	for key := range m.events {
		mustGet(t, s, key)
	}
	if _, after, err := s.TreeHead(ctx); err != nil || after != root {
		t.Errorf("rewriting changed the chain, %v", err)
	}
	if _, err := s.Rewrite(ctx, "nonsense", 1, once); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("a bad position: %v; want invalid", err)
	}
}

// An event whose time changes by less than a second is still found by what people added.
func testRewriteTimes(t *testing.T, s store.Store) {
	g := newGenerator(26)
	es := g.events(30)
	mustAppend(t, s, es...)
	mustAnnotate(t, s, tagging(es[3].Key, []string{"odd"}, nil), reviewing(es[3].Key, aoc.ReviewExpected))
	if got := searchAll(t, s, aoc.Query{Where: aoc.Is{Field: aoc.FieldTag, Values: []string{"odd"}}}); len(got) != 1 {
		t.Fatalf("%d events with the tag; want 1", len(got))
	}
	for position := ""; ; {
		r, err := s.Rewrite(context.Background(), position, 100, func(e aoc.Event) (aoc.Event, error) {
			e.Timestamp = e.Timestamp.Truncate(time.Second).Add(17 * time.Millisecond)
			return e, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if position = r.Next; position == "" {
			break
		}
	}
	for _, where := range []aoc.Expr{
		aoc.Is{Field: aoc.FieldTag, Values: []string{"odd"}}, aoc.Is{Field: aoc.FieldReview, Values: []string{"expected"}},
	} {
		got := searchAll(t, s, aoc.Query{Where: where})
		if len(got) != 1 || got[0].Key != es[3].Key {
			t.Errorf("%v finds %d events after the times changed; want the one", where, len(got))
		}
	}
}

func testRewriteJoins(t *testing.T, s store.Store) {
	g := newGenerator(22)
	ctx := context.Background()
	es := g.events(40)
	// The same id under two spellings of the key, as an older rule would have made them.
	copies := map[string]aoc.Event{}
	var odd []aoc.Event
	for i, e := range es[:20] {
		c := e
		if i%2 == 0 {
			c = g.revised(e)
		}
		c.DedupeKey += "/old rule"
		c.Key = aoc.KeyOf(c.DedupeKey)
		copies[e.Key] = c
		odd = append(odd, c)
	}
	mustAppend(t, s, odd[:10]...)
	mustAppend(t, s, es...)
	mustAppend(t, s, odd[10:]...)
	mustAnnotate(t, s, tagging(odd[0].Key, []string{"from the old key"}, nil), commenting(odd[0].Key, "old"), reviewing(es[0].Key, aoc.ReviewExpected))
	mustAnnotate(t, s, tagging(es[0].Key, []string{"from the new key"}, nil), commenting(es[0].Key, "new"), reviewing(odd[0].Key, aoc.ReviewUnexpected))
	mustAnnotate(t, s, reviewing(odd[1].Key, aoc.ReviewUnexpected)) // nothing is known under its new key
	rule := func(e aoc.Event) (aoc.Event, error) {
		e.DedupeKey = strings.TrimSuffix(e.DedupeKey, "/old rule")
		e.Key = aoc.KeyOf(e.DedupeKey)
		return e, nil
	}
	var joined int64
	for position, steps := "", 0; ; steps++ {
		r, err := s.Rewrite(ctx, position, 7, rule)
		if err != nil {
			t.Fatal(err)
		}
		joined += r.Joined
		if position = r.Next; position == "" {
			break
		}
		if steps > 10_000 {
			t.Fatal("rewriting does not come to an end")
		}
	}
	if joined != 20 {
		t.Errorf("joined %d; want 20", joined)
	}
	got := searchAll(t, s, aoc.Query{Limit: 500})
	if len(got) != len(es) {
		t.Fatalf("%d events are left; want %d", len(got), len(es))
	}
	for i, e := range es {
		is := mustGet(t, s, e.Key)
		want := 0
		if i < 20 && i%2 == 0 {
			want = 1
		}
		if is.Revisions != want {
			t.Errorf("event %d has %d revisions; want %d", i, is.Revisions, want)
		}
		if c, ok := copies[e.Key]; ok {
			if got := mustAppend(t, s, rule1(rule, c)); got[0] != store.Duplicate {
				t.Errorf("the old spelling of event %d under the new rule: %v; want duplicate", i, got)
			}
		}
	}
	checkJoined(t, s, mustGet(t, s, es[0].Key))
	if e := mustGet(t, s, es[1].Key); e.Review == nil || e.Review.State != aoc.ReviewUnexpected {
		t.Errorf("review of an event whose key changed: %v; want unexpected", e.Review)
	}
}

// checkJoined looks at an event that has what people added to two.
func checkJoined(t *testing.T, s store.Store, e aoc.Event) {
	t.Helper()
	if diff := cmp.Diff([]string{"from the new key", "from the old key"}, e.Tags); diff != "" {
		t.Errorf("tags of a joined event (-want +got):\n%s", diff)
	}
	if len(e.Comments) != 2 || e.Review == nil || e.Review.State != aoc.ReviewUnexpected {
		t.Errorf("a joined event has comments %v and review %v; want both comments and the later review", e.Comments, e.Review)
	}
	history, err := s.Edits(context.Background(), store.EditFilter{Subject: e.Key}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, r := range history {
		actions = append(actions, r.Action)
	}
	want := []string{aoc.EditTags, aoc.EditComment, aoc.EditReview, aoc.EditTags, aoc.EditComment, aoc.EditReview}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("history of a joined event (-want +got):\n%s", diff)
	}
	// The history goes on where it was: an undo by the number of the last edit works.
	undo := aoc.Edit{Key: e.Key, By: "bob", At: editTime, Review: &aoc.ReviewEdit{IfEdit: e.Review.Edit}}
	if got := mustAnnotate(t, s, undo); len(got) != 1 {
		t.Errorf("undoing the review of a joined event left %d records; want 1", len(got))
	}
}

func rule1(rule func(aoc.Event) (aoc.Event, error), e aoc.Event) aoc.Event {
	out, err := rule(e)
	if err != nil {
		panic(err)
	}
	return out
}

func testChain(t *testing.T, s store.Store) {
	g := newGenerator(23)
	ctx := context.Background()
	if size, _, err := s.TreeHead(ctx); err != nil || size != 0 {
		t.Fatalf("an empty log has %d leaves, %v", size, err)
	}
	var sizes []int64
	var roots [][32]byte
	for _, n := range []int{1, 2, 252, 1, 1, 300, 600} {
		mustAppend(t, s, g.events(n)...)
		size, root, err := s.TreeHead(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sizes, roots = append(sizes, size), append(roots, root)
	}
	last := sizes[len(sizes)-1]
	seq, err := s.LastSeq(ctx)
	if err != nil || seq != last || last != 1157 {
		t.Fatalf("%d leaves for %d entries, %v; want 1157", last, seq, err)
	}
	leaves, err := s.LeafHashes(ctx, 0, int(last)+5)
	if err != nil || int64(len(leaves)) != last {
		t.Fatalf("%d leaf hashes, %v; want %d", len(leaves), err, last)
	}
	if part, err := s.LeafHashes(ctx, 250, 20); err != nil || !slices.Equal(part, leaves[250:270]) {
		t.Errorf("a part of the leaves across a tile differs, %v", err)
	}
	// Every earlier root must be that of a prefix of the leaves.
	for i, size := range sizes {
		if got := RootOf(leaves[:size]); got != roots[i] {
			t.Errorf("the root over %d leaves does not follow from them", size)
		}
	}
}

// RootOf computes a tree's root the slow way, from the definition in RFC 6962.
func RootOf[H ~[32]byte](leaves []H) [32]byte {
	switch n := len(leaves); n {
	case 0:
		h, _ := tlog.TreeHash(0, nil)
		return h
	case 1:
		return leaves[0]
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		return tlog.NodeHash(RootOf(leaves[:k]), RootOf(leaves[k:]))
	}
}

func testRandomOperations(t *testing.T, s store.Store) {
	g, m := newGenerator(24), newModel()
	ctx := context.Background()
	var known []aoc.Event
	steps := rounds(100)
	floor := g.base
	for step := range steps {
		switch g.rng.IntN(9) {
		case 0, 1, 2, 3:
			batch := g.events(1 + g.rng.IntN(60))
			for i := range batch {
				if len(known) > 0 && g.rng.IntN(3) == 0 {
					e := known[g.rng.IntN(len(known))]
					switch g.rng.IntN(3) {
					case 0:
						e = g.reordered(e)
					case 1:
						e = g.revised(e)
					}
					batch[i] = e
				}
			}
			batch = slices.DeleteFunc(batch, func(e aoc.Event) bool { return e.Timestamp.Before(floor) })
			want := m.append(batch)
			if got := mustAppend(t, s, batch...); !slices.Equal(got, want) && len(want) > 0 {
				t.Fatalf("step %d: outcomes %v; want %v", step, got, want)
			}
			known = append(known, batch...)
		case 4:
			if _, err := s.Compact(ctx); err != nil {
				t.Fatal(err)
			}
		case 5:
			if hits := m.search(aoc.Query{}); len(hits) > 0 {
				var edits []aoc.Edit
				for range 1 + g.rng.IntN(8) {
					edits = append(edits, g.edit(m, hits[g.rng.IntN(len(hits))].Key))
				}
				want := m.annotate(edits)
				if diff := cmp.Diff(want, mustAnnotate(t, s, edits...), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("step %d: records of edits (-want +got):\n%s", step, diff)
				}
			}
		case 6:
			if step%10 == 0 {
				floor = floor.Add(36 * time.Hour)
				for {
					n, err := s.Expire(ctx, floor, 50)
					if err != nil {
						t.Fatal(err)
					}
					if n == 0 {
						break
					}
				}
				for key, e := range m.events {
					if e.event.Timestamp.Before(floor) {
						delete(m.events, key)
					}
				}
				known = slices.DeleteFunc(known, func(e aoc.Event) bool { return m.events[e.Key] == nil })
			}
		default:
			q := g.query(m)
			q.Limit = 1 + g.rng.IntN(500)
			compare(t, s, m, q)
		}
	}
	compare(t, s, m, aoc.Query{})
	compareEdits(t, s, m)
}

func testConcurrent(t *testing.T, s store.Store) {
	g := newGenerator(25)
	ctx := context.Background()
	batches := make([][]aoc.Event, 30)
	for i := range batches {
		batches[i] = g.events(40)
	}
	var readers, writers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				page, err := s.Search(ctx, aoc.Query{Where: aoc.Text{Term: "contoso"}, Limit: 20})
				if err != nil {
					t.Errorf("search: %v", err)
					return
				}
				for i := 1; i < len(page.Items); i++ {
					if page.Items[i].Timestamp.After(page.Items[i-1].Timestamp) {
						t.Error("results out of order")
					}
				}
				if _, err := s.Count(ctx, aoc.Query{}, store.CountRequest{Facets: []aoc.Field{aoc.FieldActor}, Values: 5}); err != nil {
					t.Errorf("count: %v", err)
					return
				}
			}
		})
	}
	writers.Go(func() {
		for i := range batches {
			if _, err := s.Append(ctx, batches[i]); err != nil {
				t.Errorf("append: %v", err)
			}
		}
	})
	writers.Go(func() {
		for i := range batches { // the same events by another way at the same time
			if _, err := s.Append(ctx, batches[len(batches)-1-i]); err != nil {
				t.Errorf("append: %v", err)
			}
			if _, err := s.Compact(ctx); err != nil {
				t.Errorf("compact: %v", err)
			}
		}
	})
	writers.Wait()
	close(done)
	readers.Wait()
	if n := len(searchAll(t, s, aoc.Query{Limit: 500})); n != 1200 {
		t.Errorf("%d events; want 1200, each once", n)
	}
}
