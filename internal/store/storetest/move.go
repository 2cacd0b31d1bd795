package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aoc"
	"aoc/internal/store"
)

// Movable is a store whose contents can be moved.
type Movable interface {
	store.Store
	store.Mover
}

// RunMove moves the contents of one store into another, both as the functions give them,
// empty, and compares all that can be asked of them.
func RunMove(t *testing.T, openFrom, openTo func(t *testing.T) Movable) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(t *testing.T, from, to Movable)
	}{
		{"a store is moved into another", testMove},
		{"what is moved goes on where it was", testMovedGoesOn},
		{"places that do not follow are refused", testMoveRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := openFrom(t), openTo(t)
			t.Cleanup(func() {
				if err := errors.Join(from.Close(), to.Close()); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			c.test(t, from, to)
		})
	}
}

// A store with everything in it is moved; then it is changed, and the rest is moved.
func testMove(t *testing.T, from, to Movable) {
	f := Furnish(t, from, 50, 3)
	checkFurnished(t, from)
	mover{t, f.g, from, to}.move()
	f.Same(t, to)
	f.Change(t)
	mover{t, f.g, from, to}.moveOn()
	f.Same(t, to)
}

// mover moves what a store has and another has not yet.
type mover struct {
	t        *testing.T
	g        *generator
	from, to Movable
}

func (m mover) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// move moves everything into an empty store.
func (m mover) move() {
	m.t.Helper()
	m.moveEdits(false)
	m.moveLog()
	m.moveRest()
}

// moveOn moves what is new since everything was moved.
func (m mover) moveOn() {
	m.t.Helper()
	m.moveLog()
	m.moveEdits(true)
	m.moveRest()
}

// moveRest moves what is not the log.
func (m mover) moveRest() {
	m.t.Helper()
	ctx := context.Background()
	for _, s := range []Movable{m.to, m.from} {
		kinds, err := s.DocumentKinds(ctx)
		m.must(err)
		for _, kind := range kinds {
			docs, err := m.from.ListDocuments(ctx, kind)
			m.must(err)
			m.must(m.to.RestoreDocuments(ctx, kind, docs))
		}
	}
	m.moveLedger()
	tenants, err := m.from.NameTenants(ctx)
	m.must(err)
	for _, tenant := range tenants {
		names, err := m.from.LoadNames(ctx, tenant)
		m.must(err)
		m.must(m.to.PutNames(ctx, names))
	}
	quarantine, err := m.from.ListQuarantine(ctx, "", 100)
	m.must(err)
	m.must(m.to.PutQuarantine(ctx, quarantine))
	names, err := m.from.CheckpointNames(ctx)
	m.must(err)
	for _, name := range names {
		position, err := m.from.Checkpoint(ctx, name)
		m.must(err)
		m.must(m.to.SetCheckpoint(ctx, name, position))
	}
}

// moveLog moves the log in batches of all sizes, while people look at what is there.
func (m mover) moveLog() {
	m.t.Helper()
	ctx := context.Background()
	for {
		searchAll(m.t, m.to, aoc.Query{Where: aoc.Like{Field: aoc.FieldTag, Parts: []string{"", ""}}})
		after, err := m.to.LastSeq(ctx)
		m.must(err)
		entries, err := m.from.LogEntries(ctx, after, 1+m.g.rng.IntN(90))
		m.must(err)
		if len(entries) == 0 {
			return
		}
		m.must(m.to.PutLogEntries(ctx, entries))
		if m.g.rng.IntN(3) == 0 {
			_, err := m.to.Compact(ctx)
			m.must(err)
		}
	}
}

// moveEdits moves records of edits, and with them what they led to, if the events may have
// come before the edits were made.
func (m mover) moveEdits(late bool) {
	m.t.Helper()
	ctx := context.Background()
	searchAll(m.t, m.to, aoc.Query{Where: aoc.Like{Field: aoc.FieldTag, Parts: []string{"", ""}}})
	moved, err := m.to.Edits(ctx, store.EditFilter{}, 100_000)
	m.must(err)
	for after := int64(len(moved)); ; {
		records, err := m.from.Edits(ctx, store.EditFilter{After: after}, 1+m.g.rng.IntN(30))
		m.must(err)
		if len(records) == 0 {
			return
		}
		after = records[len(records)-1].Seq
		if !late {
			m.must(m.to.PutEdits(ctx, records, nil))
			continue
		}
		now := map[string]store.Annotations{}
		for _, r := range records {
			e, err := m.from.Get(ctx, r.Subject)
			if aoc.CodeOf(err) == aoc.CodeNotFound {
				continue // a document, or an event that has expired
			}
			m.must(err)
			entry, err := m.from.LogEntries(ctx, e.Seq-1, 1)
			m.must(err)
			now[r.Subject] = entry[0].Annotations()
		}
		var list []store.Annotations
		for _, a := range now {
			list = append(list, a)
		}
		m.must(m.to.PutEdits(ctx, records, append(list, store.Annotations{Key: aoc.KeyOf("absent"), Tags: []string{"x"}})))
	}
}

func (m mover) moveLedger() {
	m.t.Helper()
	ctx := context.Background()
	feeds, err := m.from.Feeds(ctx)
	m.must(err)
	for _, feed := range feeds {
		windows, err := m.from.ListWindows(ctx, feed, aoc.Window{})
		m.must(err)
		m.must(m.to.PutWindows(ctx, windows))
		units, err := m.from.ListUnits(ctx, feed, store.UnitFilter{})
		m.must(err)
		m.must(m.to.PutUnits(ctx, units))
	}
}

// Same compares all that can be asked of the store and of another one.
func (f *Furnished) Same(t *testing.T, to Movable) {
	t.Helper()
	g, m, from, ctx := f.g, f.m, f.s, context.Background()
	same := func(what string, ask func(s Movable) (any, error)) {
		t.Helper()
		want, err := ask(from)
		if err != nil {
			t.Fatalf("%s of the one: %v", what, err)
		}
		got, err := ask(to)
		if err != nil {
			t.Fatalf("%s of the other: %v", what, err)
		}
		if !reflect.DeepEqual(want, got) { // cmp is slow on thousands
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s (-from +to):\n%s", what, diff)
			}
		}
	}
	same("last seq", func(s Movable) (any, error) { return s.LastSeq(ctx) })
	same("tree head", func(s Movable) (any, error) {
		size, root, err := s.TreeHead(ctx)
		return []any{size, root}, err
	})
	same("leaves", func(s Movable) (any, error) { return s.LeafHashes(ctx, 0, 10_000) })
	same("places of the log", func(s Movable) (any, error) { return allEntries(s) })
	same("log", func(s Movable) (any, error) { return s.ReadLog(ctx, 0, 10_000) })
	same("edits", func(s Movable) (any, error) { return s.Edits(ctx, store.EditFilter{}, 10_000) })
	for _, feed := range []aoc.Feed{feedA, feedB, feedC} {
		same("windows", func(s Movable) (any, error) { return s.ListWindows(ctx, feed, aoc.Window{}) })
		same("units", func(s Movable) (any, error) { return s.ListUnits(ctx, feed, store.UnitFilter{}) })
	}
	same("quarantine", func(s Movable) (any, error) { return s.ListQuarantine(ctx, "", 100) })
	for what, list := range map[string]func(s Movable) ([]string, error){
		"kinds of documents": func(s Movable) ([]string, error) { return s.DocumentKinds(ctx) },
		"checkpoints":        func(s Movable) ([]string, error) { return s.CheckpointNames(ctx) },
		"tenants with names": func(s Movable) ([]string, error) { return s.NameTenants(ctx) },
	} {
		same(what, func(s Movable) (any, error) {
			names, err := list(s)
			if !slices.IsSorted(names) || len(names) == 0 {
				t.Errorf("%s: %v; want some, sorted", what, names)
			}
			return names, err
		})
	}
	for _, kind := range []string{"saved", "window"} {
		same("documents", func(s Movable) (any, error) { return s.ListDocuments(ctx, kind) })
	}
	same("names", func(s Movable) (any, error) { return s.LoadNames(ctx, "t1") })
	same("checkpoint", func(s Movable) (any, error) { return s.Checkpoint(ctx, "ingest/b") })
	for key, e := range m.events {
		if _, err := from.Get(ctx, key); err != nil {
			continue // its key is another one now
		}
		same("event", func(s Movable) (any, error) { return s.Get(ctx, key) })
		same("versions", func(s Movable) (any, error) { return s.Versions(ctx, key) })
		same("events with an id", func(s Movable) (any, error) { return s.FindByID(ctx, e.event.ID) })
		same("edits of an event", func(s Movable) (any, error) { return s.Edits(ctx, store.EditFilter{Subject: key}, 100) })
		break // of any one: the log has them all
	}
	queries := []aoc.Query{{}, {Where: aoc.Not{Of: aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}}}}}
	for range rounds(8) {
		queries = append(queries, g.query(m))
	}
	for _, q := range queries {
		same(fmt.Sprintf("search %#v", q), func(s Movable) (any, error) { return searchAll(t, s, q), nil })
		q.ScanBudget = -1
		same(fmt.Sprintf("count %#v", q), func(s Movable) (any, error) {
			return s.Count(ctx, q, store.CountRequest{Facets: aoc.FacetFields(), Width: time.Hour})
		})
	}
}

// allEntries reads the whole log, in parts.
func allEntries(s Movable) ([]store.LogEntry, error) {
	var all []store.LogEntry
	for {
		part, err := s.LogEntries(context.Background(), int64(len(all)), 77)
		if err != nil || len(part) == 0 {
			return all, err
		}
		for i := range part {
			if part[i].Seq != int64(len(all))+1 {
				return nil, fmt.Errorf("place %d after %d", part[i].Seq, len(all))
			}
			all = append(all, part[i])
		}
	}
}

// What is there says what its leaf was made of; appends and edits go on with the next
// numbers, and what is known is recognised.
func testMovedGoesOn(t *testing.T, from, to Movable) {
	ctx := context.Background()
	g := newGenerator(51)
	es := g.events(60)
	mustAppend(t, from, es...)
	second := make([]aoc.Event, 20)
	for i := range second {
		second[i] = g.revised(es[i])
		second[i].Origin = aoc.OriginImported
	}
	mustAppend(t, from, second...)
	first := mustAnnotate(t, from, reviewing(es[0].Key, aoc.ReviewExpected))[0]
	doc, err := from.PutDocument(ctx, document("a", 0, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	mover{t, g, from, to}.move()

	checkLeaves(t, to, 80)
	for i, e := range append(es, second...) {
		if got := mustAppend(t, to, g.reordered(e)); got[0] != store.Duplicate {
			t.Errorf("event %d again: %v; want duplicate", i, got)
		}
	}
	fresh := g.event()
	if got := mustAppend(t, to, fresh, g.revised(es[0])); got[0] != store.New || got[1] != store.Revision {
		t.Errorf("a new event and a new version: %v", got)
	}
	if e := mustGet(t, to, fresh.Key); e.Seq != 81 {
		t.Errorf("the next event has place %d; want 81", e.Seq)
	}
	if e := mustGet(t, to, es[0].Key); e.Revisions != 2 || !e.ReceivedAt.Equal(es[0].ReceivedAt) || e.Review == nil {
		t.Errorf("after another version: %d revisions, received %v, review %v", e.Revisions, e.ReceivedAt, e.Review)
	}
	undo := aoc.Edit{Key: es[0].Key, By: "bob", At: editTime, Review: &aoc.ReviewEdit{IfEdit: first.Seq}}
	if got := mustAnnotate(t, to, undo); len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("undoing a review from before the move: %v; want record 3", got)
	}
	if _, err := to.PutDocument(ctx, document("a", 0, `1`)); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("a document that is there already: %v; want conflict", err)
	}
	if again, err := to.PutDocument(ctx, doc); err != nil || again.Version != 2 {
		t.Errorf("a new version of a document: %v, %v", again, err)
	}
}

// checkLeaves recomputes the leaves of a store with so many places.
func checkLeaves(t *testing.T, s Movable, places int) {
	t.Helper()
	entries, err := allEntries(s)
	if err != nil || len(entries) != places {
		t.Fatalf("%d places, %v; want %d", len(entries), err, places)
	}
	n := 0
	for _, e := range entries {
		for _, v := range e.Versions {
			if store.LeafHash(v.Seq, e.Event.Key, v.Raw, v.Salt, v.ReceivedAt, v.Origin) != entries[v.Seq-1].Leaf {
				t.Errorf("the leaf of place %d does not follow from what is there", v.Seq)
			}
			n++
		}
	}
	if n != places {
		t.Errorf("%d versions are there; want %d", n, places)
	}
}

func testMoveRefused(t *testing.T, from, to Movable) {
	ctx := context.Background()
	g := newGenerator(52)
	es := g.events(6)
	mustAppend(t, from, es...)
	mustAnnotate(t, from, tagging(es[0].Key, []string{"x"}, nil), commenting(es[1].Key, "y"))
	entries, err := allEntries(from)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := from.Edits(ctx, store.EditFilter{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error, code aoc.Code) {
		t.Helper()
		if aoc.CodeOf(err) != code {
			t.Errorf("%s: %v; want %s", what, err, code)
		}
		if last, err := to.LastSeq(ctx); err != nil || last != 2 {
			t.Errorf("%s: %d places, %v; want 2", what, last, err)
		}
	}
	if err := to.PutLogEntries(ctx, entries[:2]); err != nil {
		t.Fatal(err)
	}
	refused("places again", to.PutLogEntries(ctx, entries[:2]), aoc.CodeConflict)
	refused("a place too far", to.PutLogEntries(ctx, entries[3:]), aoc.CodeConflict)
	refused("places with a gap", to.PutLogEntries(ctx, []store.LogEntry{entries[2], entries[4]}), aoc.CodeConflict)
	bad := slices.Clone(entries[2:5])
	e := *bad[2].Event
	e.Key = "not the key of its dedupe key"
	bad[2].Event = &e
	refused("an event that nobody should store", to.PutLogEntries(ctx, bad), aoc.CodeInvalid)
	bad = slices.Clone(entries[2:5])
	bad[1].Versions = nil
	refused("an event without its record", to.PutLogEntries(ctx, bad), aoc.CodeInvalid)
	if _, err := to.Get(ctx, entries[2].Event.Key); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("the neighbour of what was refused: %v; want not_found", err)
	}
	refused("edits too far", to.PutEdits(ctx, edits[1:], nil), aoc.CodeConflict)
	if got, err := to.Edits(ctx, store.EditFilter{}, 10); err != nil || len(got) != 0 {
		t.Errorf("edits after a refusal: %v, %v; want none", got, err)
	}
	refused("a document of another kind", to.RestoreDocuments(ctx, "window", []store.Document{document("a", 1, `{}`)}), aoc.CodeInvalid)
	if err := to.PutLogEntries(ctx, entries[2:]); err != nil {
		t.Errorf("after refusals: %v", err)
	}
	if none, err := to.LogEntries(ctx, 6, 10); err != nil || len(none) != 0 {
		t.Errorf("places after the last: %v, %v; want none", none, err)
	}
}
