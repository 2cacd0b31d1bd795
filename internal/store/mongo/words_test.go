package mongo

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/store/mongo/mongotest"
)

// worded makes an event of a time with a word.
func worded(word string, at time.Time) aoc.Event {
	raw, err := json.Marshal(map[string]string{"word": word})
	if err != nil {
		panic(err)
	}
	e := aoc.Event{ID: "id-" + word, Source: aoc.SourceUnified, TenantID: "t1", Timestamp: at, ReceivedAt: at, Raw: raw}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

func (s *Store) mustAppend(t *testing.T, events ...aoc.Event) {
	t.Helper()
	if _, err := s.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

// mustFind finds one event by a part of its word, with the vocabulary as it lies on the server.
func (s *Store) mustFind(t *testing.T, part, word string) {
	t.Helper()
	s.caps.scans = false
	defer func() { s.caps.scans = true }()
	p, err := s.plan(t.Context(), aoc.Query{Where: aoc.Text{Term: part}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.events.CountDocuments(t.Context(), p.maybe.filter())
	if err != nil || found != 1 {
		t.Errorf("%d events are found by %q (%v); want the one with %q\nplan %+v", found, part, err, word, p.verdict)
	}
}

func (s *Store) entries(t *testing.T) (list []string) {
	t.Helper()
	cursor, err := s.words.Find(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	var docs []wordDoc
	if err := cursor.All(t.Context(), &docs); err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		list = append(list, d.Entry)
	}
	slices.Sort(list)
	return list
}

func TestWordsAreLearnedOnce(t *testing.T) {
	uri, database := mongotest.Database(t)
	var stores []*Store
	for range 2 {
		s, err := Open(t.Context(), uri, Options{Database: database})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		stores = append(stores, s)
	}
	on := shelfOf("T1", 5)
	words := newWords{on: {"lovelace", "lovely", "lovelace"}, shelfOf("t2", 5): {"lovelace"}}
	for range 2 {
		for _, s := range stores {
			if err := s.learnWords(t.Context(), words); err != nil {
				t.Fatal(err)
			}
			if !s.vocabulary.knows(s.vocabulary.id(on.id("lovely"))) || s.vocabulary.knows(s.vocabulary.id(on.id("love"))) {
				t.Error("what has been learned is not remembered, or what has not been is")
			}
		}
	}
	if got, want := stores[0].entries(t), []string{"lovelace", "lovelace", "lovely"}; !slices.Equal(got, want) {
		t.Errorf("the vocabulary is %q, want %q", got, want)
	}
	stores[0].asIndexed()
	defer func() { stores[0].caps.scans = true }()
	for tenant, want := range map[string][]string{"t1": {"lovelace", "lovely"}, "t2": {"lovelace"}, "t3": nil} {
		got, ok, err := shelves{stores[0], []string{tenant}, 0}.find(t.Context(), lookup{grams: []string{"love"}, wants: isWordEntry})
		if err != nil || !ok || !slices.Equal(got, want) {
			t.Errorf("entries of %s: %q, %v, %v; want %q", tenant, got, ok, err, want)
		}
	}
}

func TestTheMemoryOfWordsIsBounded(t *testing.T) {
	var v vocabulary
	for i := range 5 * rememberedWords / 2 {
		v.note([]wordID{v.id(fmt.Sprint(i))})
		if !v.knows(v.id(fmt.Sprint(i))) {
			t.Fatal("what was noted last is forgotten")
		}
		if len(v.newer)+len(v.older) > 2*rememberedWords {
			t.Fatalf("%d words are remembered", len(v.newer)+len(v.older))
		}
	}
}

// Tenants and entries of any text do not share an id.
func TestShelvesAreApart(t *testing.T) {
	seen := map[string]string{}
	for _, at := range []int64{-1 << 62, -1, 0, 1 << shelfBits, 1 << 62} {
		for _, tenant := range []string{"", "a", "a b", "a 1 b", "1 a"} {
			for _, entry := range []string{"b", "b c", "1 b", "actor=a b"} {
				what := fmt.Sprintf("%d %q %q", at, tenant, entry)
				id := shelfOf(tenant, at).id(entry)
				if was := seen[id]; was != "" {
					t.Errorf("%s and %s share the id %q", was, what, id)
				}
				seen[id] = what
			}
		}
	}
}

// Words go with the last event of their time, and every event can be found whatever comes
// late, and by whom.
func TestShelvesAreCleared(t *testing.T) {
	uri, database := mongotest.Database(t)
	open := func() *Store {
		s, err := Open(t.Context(), uri, Options{Database: database})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	s, other := open(), open()
	day := func(n int) time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	s.mustAppend(t, worded("ancient", day(0)), worded("old", day(200)), worded("oldest", day(201)), worded("recent", day(700)))
	other.mustAppend(t, worded("elsewhere", day(1)))
	clear := func(s *Store, want ...string) {
		t.Helper()
		if err := s.clearShelves(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, w := range []string{"ancient", "oldest", "elsewhere", "recent", "late1"} {
			if slices.Contains(s.entries(t), w) != slices.Contains(want, w) {
				t.Errorf("the vocabulary has %q: %v", w, !slices.Contains(want, w))
			}
		}
	}
	clear(s, "ancient", "oldest", "elsewhere", "recent")
	if n, err := s.Expire(t.Context(), day(300), 100); n != 4 || err != nil {
		t.Fatalf("%d events expired, %v", n, err)
	}
	clear(s, "recent")
	clear(s, "recent")
	// The other process remembers words that are gone, and the same events come again.
	other.mustAppend(t, worded("ancient", day(0)), worded("elsewhere", day(1)))
	for _, s := range []*Store{s, other} {
		s.mustFind(t, "ancie", "ancient")
		s.mustFind(t, "sewher", "elsewhere")
		s.mustFind(t, "recen", "recent")
	}
	clear(other, "ancient", "elsewhere", "recent")
}

// What is part of too many entries is not asked for.
func TestLookupsEnd(t *testing.T) {
	s := openTest(t, Options{})
	words := newWords{}
	on := shelfOf("t1", 5)
	for i := range maxEntries + 1 {
		word := []byte("loveaaaa")
		for n, at := i, 4; n > 0; n, at = n/26, at+1 {
			word[at] = byte('a' + n%26)
		}
		words[on] = append(words[on], string(word))
	}
	if err := s.learnWords(t.Context(), words); err != nil {
		t.Fatal(err)
	}
	l := lookup{grams: []string{"love"}, wants: isWordEntry}
	for range 2 {
		if _, ok, err := (shelves{s, nil, 0}).find(t.Context(), l); ok || err != nil {
			t.Errorf("all of %d entries are asked for (%v)", maxEntries+1, err)
		}
		s.asIndexed()
	}
	s.caps.scans = true
}
