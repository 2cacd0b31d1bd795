package mongo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo/mongotest"
)

// openTest opens an empty database.
func openTest(t *testing.T, opts Options) *Store {
	t.Helper()
	uri, database := mongotest.Database(t)
	opts.Database = database
	s, err := Open(t.Context(), uri, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// asIndexed makes the store ask the server as it asks one that has use for indexes, from
// now on. Nothing may be written afterwards.
func (s *Store) asIndexed() { s.caps.scans = false }

// key makes a key of an event: some begin alike.
func (c chance) key(n int) string {
	k := c.one("aaaaaaa", "aaaaaab", "zzzzzzz", "2222222", "a7bq2mz") + fmt.Sprintf("%05d", n)
	return strings.NewReplacer("0", "q", "1", "r", "8", "s", "9", "t").Replace(k + strings.Repeat("x", aoc.KeyLen-len(k)))
}

// put puts documents as they are into the collection of events.
func put(t *testing.T, s *Store, docs []*eventDoc) {
	t.Helper()
	for _, d := range docs {
		d.Tie = tieOf(d.Key)
	}
	if _, err := s.events.InsertMany(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
}

func keysOfDocs(docs []*eventDoc) []string {
	keys := make([]string, len(docs))
	for i, d := range docs {
		keys[i] = d.Key
	}
	return keys
}

func TestTiesAreInTheOrderOfKeys(t *testing.T) {
	c := newChance(4)
	keys := []string{"", "a", "~", strings.Repeat("z", aoc.KeyLen) + store.InFront, "a0", "a1aaaaaa", "aé"}
	for i := range 200 {
		k := c.key(i)
		keys = append(keys, k, k+store.InFront, k[:c.IntN(10)], aoc.KeyOf(fmt.Sprint(i)))
	}
	for _, a := range keys {
		for _, b := range keys {
			if isKeyText(a) && a < b && tieOf(a) > tieOf(b) {
				t.Fatalf("the key %q is in front of %q, its tie is not: %d, %d", a, b, tieOf(a), tieOf(b))
			}
		}
	}
}

func isKeyText(s string) bool {
	return len(s) == aoc.KeyLen && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// Whatever the size of a batch, and wherever it begins, a stream gives every document once
// and in order: also those of one instant whose keys begin alike.
func TestStreams(t *testing.T) {
	s := openTest(t, Options{})
	s.asIndexed()
	c := newChance(6)
	var docs []*eventDoc
	for n := range 60 {
		d := &eventDoc{Key: c.key(n), At: int64(c.IntN(4)), Terms: []string{c.one("a", "b")}}
		docs = append(docs, d)
	}
	put(t, s, docs)
	slices.SortFunc(docs, newestFirst)
	read := func(st *stream) (got []*eventDoc) {
		defer st.close(t.Context())
		for {
			more, err := st.next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(more) == 0 {
				return got
			}
			got = append(got, more...)
		}
	}
	all := during{0, 5}
	for _, batch := range []int32{2, 3, 7, 100} {
		got := read(&stream{s: s, cond: always{}, time: all, batch: batch})
		if !slices.Equal(keysOfDocs(got), keysOfDocs(docs)) {
			t.Fatalf("batches of %d: %q, want %q", batch, keysOfDocs(got), keysOfDocs(docs))
		}
	}
	for i, d := range docs {
		if i%3 > 0 {
			continue
		}
		after := d.position()
		if i%2 == 0 {
			after.Key += store.InFront
		}
		var want []*eventDoc
		for _, d := range docs {
			if d.position().Before(after) && d.At < 3 && d.Terms[0] == "a" {
				want = append(want, d)
			}
		}
		got := read(&stream{s: s, cond: hasAny(terms, "a"), time: during{0, 3}, after: &after, batch: 5})
		if !slices.Equal(keysOfDocs(got), keysOfDocs(want)) {
			t.Fatalf("after %+v: %q, want %q", after, keysOfDocs(got), keysOfDocs(want))
		}
	}
}

// A stream that loses its connection goes on where it was.
func TestStreamsGoOnAfterACut(t *testing.T) {
	uri, database := mongotest.Database(t)
	proxy := mongotest.NewProxy(t, uri)
	s, err := Open(t.Context(), proxy.URI(), Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.asIndexed()
	c := newChance(7)
	var docs []*eventDoc
	for n := range 60 {
		docs = append(docs, &eventDoc{Key: c.key(n), At: int64(c.IntN(4))})
	}
	put(t, s, docs)
	slices.SortFunc(docs, newestFirst)
	st := &stream{s: s, cond: always{}, time: during{0, 5}, batch: 4}
	defer st.close(t.Context())
	var got []*eventDoc
	for batch := 0; ; batch++ {
		if batch == 1 || batch == 3 {
			proxy.Drop()
		}
		more, err := st.next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(more) == 0 {
			break
		}
		got = append(got, more...)
	}
	if !slices.Equal(keysOfDocs(got), keysOfDocs(docs)) {
		t.Fatalf("%q, want %q", keysOfDocs(got), keysOfDocs(docs))
	}
}

// A server that cannot look through all events in time is asked for parts of time; a search
// with a budget stops at the end of one, and goes on from there.
func TestStreamsInParts(t *testing.T) {
	s := openTest(t, Options{})
	s.asIndexed()
	c := newChance(10)
	var docs []*eventDoc
	for n := range 200 {
		docs = append(docs, &eventDoc{Key: c.key(n), At: c.Int64N(int64(40 * 24 * time.Hour)), Terms: []string{c.one("a", "b", "c")}})
	}
	slices.SortFunc(docs, newestFirst)
	slow := func(st *stream, most int) {
		st.find = func(context.Context, any, ...options.Lister[options.FindOptions]) (*mongo.Cursor, error) {
			var found []any
			looked := 0
			for _, d := range docs {
				if !st.part.holds(d) || st.after != nil && !(upTo{nanos(st.after.Time), tieOf(st.after.Key)}).holds(d) {
					continue
				}
				if looked++; looked > most {
					return nil, context.DeadlineExceeded
				}
				if st.cond.holds(d) {
					found = append(found, d)
				}
			}
			return mongo.NewCursorFromDocuments(found, nil, nil)
		}
	}
	var want []*eventDoc
	for _, d := range docs {
		if d.Terms[0] == "a" {
			want = append(want, d)
		}
	}
	for _, most := range []int{3, 50, 1000} {
		var got []*eventDoc
		st := &stream{s: s, cond: hasAny(terms, "a"), time: during{store.MinTime.UnixNano(), store.MaxTime.UnixNano()}, batch: 10}
		slow(st, most)
		for parts := 0; ; parts++ {
			more, err := st.next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(more) == 0 && st.stopped {
				if n := len(got); slices.ContainsFunc(want[n:], func(d *eventDoc) bool { return d.At >= st.time.to }) {
					t.Fatalf("it stopped at %d after %d events, and there are more at or after that", st.time.to, n)
				}
				next := &stream{s: s, cond: st.cond, time: during{st.time.from, st.time.to}, after: st.after, batch: 10}
				slow(next, most)
				st = next
				continue
			}
			if len(more) == 0 {
				break
			}
			got = append(got, more...)
			if parts%2 == 0 { // every other one is in a hurry
				st.deadline = s.clock.Now().Add(-time.Second)
			}
		}
		if !slices.Equal(keysOfDocs(got), keysOfDocs(want)) {
			t.Fatalf("%d at once: %q, want %q", most, keysOfDocs(got), keysOfDocs(want))
		}
	}
	st := &stream{s: s, cond: always{}, time: during{0, store.MaxTime.UnixNano()}, batch: 10}
	slow(st, 0)
	if _, err := st.next(t.Context()); !isTimeout(err) {
		t.Errorf("a server that finds nothing in time at all: %v", err)
	}
}

// cond makes a condition.
func (c chance) cond(depth int) cond {
	value := func() string { return c.one("a", "b", "c", "d\x00", "tag=x", "tag=yé", "tag=a.c\nz", "tag", "") }
	array := []array{terms, marks}[c.IntN(2)]
	switch n := c.IntN(9); {
	case depth > 0 && n == 0:
		return negated(c.cond(depth - 1))
	case depth > 0 && n <= 2:
		return both(c.cond(depth-1), c.cond(depth-1), c.cond(depth-1))
	case depth > 0 && n <= 4:
		return either(c.cond(depth-1), c.cond(depth-1))
	case n == 5:
		return during{c.Int64N(4), c.Int64N(5)}
	case n == 6:
		return markLike{markPattern{aoc.FieldTag, store.NewPattern([][]string{{"", "y", ""}, {"a", "z"}, {"", "X"}, {"a.", ""}, {"x"}}[c.IntN(5)])}}
	case n == 7:
		return hasAny(array, value())
	}
	return hasAny(array, value(), value(), value())
}

// What the server makes of a condition is what it says.
func TestFilters(t *testing.T) {
	s := openTest(t, Options{})
	c := newChance(8)
	var docs []*eventDoc
	for n := range 80 {
		d := &eventDoc{Key: c.key(n), At: c.Int64N(5)}
		for range c.IntN(4) {
			d.Terms = append(d.Terms, c.one("a", "b", "c", "d\x00"))
		}
		for range c.IntN(3) {
			d.Marks = append(d.Marks, c.one("tag=x", "tag=yé", "tag=a.c\nz", "tag=abc\nz", "tag"))
		}
		docs = append(docs, d)
	}
	put(t, s, docs)
	slices.SortFunc(docs, func(a, b *eventDoc) int { return cmp.Compare(a.Key, b.Key) })
	for range rounds(150) {
		x := c.cond(3)
		st := &stream{s: s, cond: x, time: during{0, 5}}
		filter, _ := st.question()
		cursor, err := s.events.Find(t.Context(), filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			t.Fatalf("%+v: %v", filter, err)
		}
		var got []*eventDoc
		if err := cursor.All(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		var want []*eventDoc
		for _, d := range docs {
			if x.holds(d) {
				want = append(want, d)
			}
		}
		if !slices.Equal(keysOfDocs(got), keysOfDocs(want)) {
			t.Fatalf("%+v\nfilter %v\nfinds %q, want %q", x, filter, keysOfDocs(got), keysOfDocs(want))
		}
	}
}
