package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Furnished is a store with something of everything in it.
type Furnished struct {
	g *generator
	m *model
	s Movable
}

// Furnish puts something of everything into an empty store: versions from several origins,
// edits, places whose event has expired, has another key than its leaf, or was joined. There
// are about 100 places of the log for each of so many rounds.
func Furnish(t *testing.T, s Movable, seed uint64, rounds int) *Furnished {
	t.Helper()
	f := &Furnished{newGenerator(seed), newModel(), s}
	for range rounds {
		f.Change(t)
	}
	rekeySome(t, s)
	cut := f.g.base.Add(4 * 24 * time.Hour)
	for {
		n, err := s.Expire(context.Background(), cut, 50)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	for key := range f.m.events {
		if _, err := s.Get(context.Background(), key); err != nil {
			delete(f.m.events, key)
		}
	}
	putLedger(t, s)
	return f
}

// checkFurnished makes sure that there are places of every sort to be moved.
func checkFurnished(t *testing.T, s Movable) {
	t.Helper()
	entries, err := allEntries(s)
	if err != nil {
		t.Fatal(err)
	}
	var bare, revised, rekeyed, reviewed, otherOrigin int
	for _, e := range entries {
		if e.Event == nil {
			bare++
			continue
		}
		if len(e.Versions) > 1 {
			revised++
		}
		if e.ReviewEdit > 0 {
			reviewed++
		}
		for _, v := range e.Versions {
			if store.LeafHash(v.Seq, e.Event.Key, v.Raw, v.Salt, v.ReceivedAt, v.Origin) != entries[v.Seq-1].Leaf {
				rekeyed++
			}
			if v.Origin != e.Event.Origin {
				otherOrigin++
			}
		}
	}
	if min(bare, revised, rekeyed, reviewed, otherOrigin) < 3 {
		t.Fatalf("of %d places %d have nothing but a leaf, %d several versions, %d another key, %d a review, %d another origin; want some of each",
			len(entries), bare, revised, rekeyed, reviewed, otherOrigin)
	}
}

// Change adds events, versions, edits and documents to the store, and drops some.
func (f *Furnished) Change(t *testing.T) {
	t.Helper()
	g, m, s, ctx := f.g, f.m, f.s, context.Background()
	batch := g.events(80)
	for i := range batch {
		batch[i].Origin = aoc.Origins()[g.rng.IntN(len(aoc.Origins()))]
	}
	stored := m.search(aoc.Query{})
	for range min(len(stored), 20) {
		r := g.revised(stored[g.rng.IntN(len(stored))])
		r.Origin = aoc.Origins()[g.rng.IntN(len(aoc.Origins()))]
		batch = append(batch, r)
	}
	twin := batch[3]
	twin.DedupeKey += "/old rule"
	twin.Key = aoc.KeyOf(twin.DedupeKey)
	other := g.revised(batch[4])
	other.DedupeKey += "/old rule"
	other.Key = aoc.KeyOf(other.DedupeKey)
	mustAppend(t, s, twin)
	m.append(batch)
	mustAppend(t, s, batch...)
	mustAppend(t, s, other)
	mustAnnotate(t, s, tagging(twin.Key, []string{"from the old key"}, nil), reviewing(other.Key, aoc.ReviewUnexpected))
	stored = m.search(aoc.Query{})
	var edits []aoc.Edit
	for range 40 {
		edits = append(edits, g.edit(m, stored[g.rng.IntN(len(stored))].Key))
	}
	m.annotate(edits)
	mustAnnotate(t, s, edits...)
	changeDocuments(t, s)
	changeItems(t, s)
	if _, err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
}

// rekeySome gives events another key, and joins those that then have the same.
func rekeySome(t *testing.T, s store.Store) {
	t.Helper()
	for position := ""; ; {
		r, err := s.Rewrite(context.Background(), position, 100, func(e aoc.Event) (aoc.Event, error) {
			e.DedupeKey = strings.TrimSuffix(e.DedupeKey, "/old rule")
			if strings.Contains(e.DedupeKey, "7") && e.Source == aoc.SourceUnified && strings.HasSuffix(e.DedupeKey, "a") {
				e.DedupeKey += "/new rule"
			}
			e.Key = aoc.KeyOf(e.DedupeKey)
			return e, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if position = r.Next; position == "" {
			return
		}
	}
}

// changeItems makes two items, changes those before, and drops one.
func changeItems(t *testing.T, s store.Store) {
	t.Helper()
	ctx := context.Background()
	its, err := s.ListItems(ctx, store.ItemFilter{Kind: "alert"})
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range its {
		if i == 0 {
			err = s.DropItem(ctx, it)
		} else {
			it.Labels = map[string]string{"state": "closed"}
			_, err = s.PutItem(ctx, it)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		it := store.Item{
			Kind: "alert", ID: fmt.Sprintf("%d of %d", i, len(its)), At: itemTime.Add(time.Duration(len(its)+i) * time.Hour),
			Labels: map[string]string{"state": "open", "tenant": "a=b"}, Body: json.RawMessage(`{"a":[1]}`),
		}
		if _, err := s.PutItem(ctx, it); err != nil {
			t.Fatal(err)
		}
	}
}

// changeDocuments makes a document, changes the one before, and drops the one before that.
func changeDocuments(t *testing.T, s store.Store) {
	t.Helper()
	ctx := context.Background()
	docs, err := s.ListDocuments(ctx, "saved")
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range docs {
		d.At = d.At.Add(time.Minute)
		if i%2 == 0 {
			d.Body = json.RawMessage(`{"changed": "täglich"}`)
			_, err = s.PutDocument(ctx, d)
		} else {
			err = s.DropDocument(ctx, d)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []string{"saved", "window"} {
		d := document(fmt.Sprintf("%d-%d", len(docs), time.Now().UnixNano()), 0, `{"n": 1}`)
		d.Kind = kind
		if _, err := s.PutDocument(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
}

// putLedger puts something into all that is not the log.
func putLedger(t *testing.T, s store.Store) {
	t.Helper()
	ctx := context.Background()
	var windows []aoc.LedgerWindow
	var units []aoc.LedgerUnit
	for i := range 10 {
		for _, feed := range []aoc.Feed{feedA, feedB, feedC} {
			windows = append(windows, aoc.LedgerWindow{Feed: feed, Window: hours(i, i+1), State: aoc.WindowClosed, LateNew: int64(i)})
			units = append(units, aoc.LedgerUnit{Feed: feed, WindowStart: hours(i, 0).Start, State: aoc.UnitStored, Unit: aoc.Unit{ID: fmt.Sprint("u", i)}})
		}
	}
	name := func(tenant, id, name string, days int) aoc.DirectoryName {
		at := day.AddDate(0, 0, days)
		return aoc.DirectoryName{TenantID: tenant, ID: id, Kind: "user", Name: name, UPN: "ada@x", Since: at, Seen: at}
	}
	for _, err := range []error{
		s.PutWindows(ctx, windows),
		s.PutUnits(ctx, units),
		s.PutQuarantine(ctx, []aoc.Quarantined{{ID: "a1", Reason: "bad", Raw: []byte("{\"a\":\xff"), ReceivedAt: day}, {ID: "b2", Raw: []byte("no"), ReceivedAt: day}}),
		s.PutNames(ctx, []aoc.DirectoryName{
			name("t1", "0a", "Ada Byron", 0), name("t1", "0a", "Ada Byron", 3), name("t1", "0a", "Ada Lovelace", 5),
			name("t1", "0a", "Ada Byron", 9), name("t2", "0b", "Bob Ray", 1),
		}),
		s.SetCheckpoint(ctx, "sink/a", "17"),
		s.SetCheckpoint(ctx, "ingest/b", `{"x": 1}`),
		s.SetCheckpoint(ctx, "given up", ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
