package mongo

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// fieldExpr makes a predicate that roll-ups can decide.
func (c chance) fieldExpr(e *aoc.Event, depth int) aoc.Expr {
	switch n := c.IntN(10); {
	case depth > 0 && n == 0:
		return aoc.Or{c.fieldExpr(e, depth-1), c.fieldExpr(e, depth-1)}
	case depth > 0 && n <= 2:
		return aoc.Not{Of: c.fieldExpr(e, depth-1)}
	case depth > 0 && n <= 4:
		return aoc.And{c.fieldExpr(e, depth-1), c.fieldExpr(e, depth-1)}
	case n == 5:
		return aoc.Between{Start: c.moment(), End: c.moment()}
	}
	fields := append(rolledFields(), aoc.FieldTag, aoc.FieldReview)
	f := fields[c.IntN(len(fields))]
	values := append(store.FieldValues(e, f), "nothing")
	switch c.IntN(4) {
	case 0:
		return aoc.Like{Field: f, Parts: []string{"", ""}}
	case 1:
		return aoc.Like{Field: f, Parts: c.parts(c.one(values...))}
	}
	return aoc.Is{Field: f, Values: []string{c.one(values...), c.one(values...)}}
}

// moment is a time in some days.
func (c chance) moment() time.Time {
	t := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(c.Int64N(int64(72 * time.Hour))))
	return t.Truncate([]time.Duration{1, 100, time.Second, time.Hour}[c.IntN(4)])
}

// spread makes events of some days, and of few kinds.
func (c chance) spread(n int) (events []aoc.Event) {
	for range n {
		e, _ := c.event()
		e.Timestamp = c.moment()
		e.ReceivedAt = e.Timestamp
		e.TenantID = c.one("t1", "T2")
		e.Targets, e.Changes, e.TargetDisplays = nil, nil, nil
		e.Raw = c.record(1)
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		events = append(events, e)
	}
	return events
}

// A block tells of the events of an hour what their documents do.
func TestHourBlocks(t *testing.T) {
	c := newChance(11)
	start := time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC).UnixNano()
	for range rounds(20) {
		var docs []*eventDoc
		var events []aoc.Event
		lex := newShelf(maxEntries)
		for _, e := range c.spread(1 + c.IntN(60)) {
			unit := []int64{1, 100, 1e9, int64(time.Minute)}[c.IntN(4)]
			e.Timestamp = fromNanos(start + c.Int64N(int64(time.Hour)/unit)*unit)
			e.Tags = slices.Compact(e.Tags)
			d := newEventDoc(&e, nil, "")
			d.Tags, d.Review = texts(e.Tags), newReviewDoc(e.Review)
			var words []string
			d.Terms, words = termsOf(&e, nil)
			d.Marks = marksOf(e.Tags, e.Review)
			lex.learn(words)
			docs, events = append(docs, d), append(events, e)
			if c.IntN(3) == 0 { // another one that is alike
				docs, events = append(docs, d), append(events, e)
			}
		}
		data, err := newHourBlock(docs, start).encode()
		if err != nil {
			t.Fatal(err)
		}
		b, err := decodeHourBlock(data)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			p, err := planner{lex}.plan(t.Context(), aoc.Query{Where: c.fieldExpr(&events[c.IntN(len(events))], 2)})
			if err != nil {
				t.Fatal(err)
			}
			if !rolled(p.sure) {
				t.Fatalf("%+v is not rolled up", p.sure)
			}
			r := store.CountRequest{Facets: aoc.FacetFields(), Width: 5 * time.Minute, GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldTenant}}
			within := during{start + c.Int64N(int64(time.Hour)), start + int64(time.Hour)}
			got, want := newTally(r), newTally(r)
			h := hourTally{plan: p, tally: got}
			if err := b.each(start, func(d *eventDoc, times []int64) { h.count(d, times, within) }); err != nil {
				t.Fatal(err)
			}
			for _, d := range docs {
				if within.holds(d) && p.sure.holds(d) {
					want.add(d, d.At)
				}
			}
			if diff := cmp.Diff(want.counts(), got.counts()); diff != "" {
				t.Fatalf("%#v (-want +got):\n%s", p.where, diff)
			}
		}
	}
	if _, err := decodeHourBlock([]byte("no block")); err == nil {
		t.Error("what is no block is read as one")
	}
	b := newHourBlock([]*eventDoc{{At: start + 5}}, start)
	for n := range b.Times {
		short := *b
		short.Times = b.Times[:n]
		if err := short.each(start, func(*eventDoc, []int64) {}); err == nil {
			t.Errorf("a block that ends after %d bytes is read", n)
		}
	}
}

// rolledStore is a store that counts by roll-ups whatever it can.
func rolledStore(t *testing.T) *Store {
	t.Helper()
	s := openTest(t, Options{rollUp: true})
	if !s.rolling.on {
		t.Fatal("a new database has no roll-ups")
	}
	s.rolling.few = 0
	return s
}

// settle rolls everything up.
func (s *Store) settle(t *testing.T) {
	t.Helper()
	for quiet := 0; quiet < 2; {
		more, err := s.rollUp(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if quiet++; more {
			quiet = 0
		}
	}
}

// compareRolled counts with and without roll-ups.
func compareRolled(t *testing.T, s *Store, q aoc.Query) {
	t.Helper()
	q.ScanBudget = -1
	r := store.CountRequest{Facets: aoc.FacetFields(), Width: time.Hour, GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldTenant}}
	got, err := s.Count(t.Context(), q, r)
	if err != nil {
		t.Fatal(err)
	}
	s.rolling.on = false
	defer func() { s.rolling.on = true }()
	want, err := s.Count(t.Context(), q, r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%#v (-documents +roll-ups):\n%s", q, diff)
	}
}

func TestCountsByRollUps(t *testing.T) {
	s := rolledStore(t)
	c := newChance(12)
	events := c.spread(40)
	add := func(es ...aoc.Event) {
		t.Helper()
		if _, err := s.Append(t.Context(), es); err != nil {
			t.Fatal(err)
		}
	}
	add(events...)
	changes := []func(){
		func() {},
		func() { add(c.spread(3)...) },
		func() {
			e := events[c.IntN(len(events))]
			e.Raw, e.Timestamp, e.Operation = c.record(2), c.moment(), "Update user"
			add(e)
		},
		func() {
			var edits []aoc.Edit
			for range 3 {
				edits = append(edits, aoc.Edit{
					Key: events[c.IntN(len(events))].Key, By: "ada", At: c.moment(), Tags: &aoc.TagEdit{Add: []string{c.one("a", "b", "c")}},
				}, aoc.Edit{
					Key: events[c.IntN(len(events))].Key, By: "ada", At: c.moment(), Review: &aoc.ReviewEdit{State: aoc.ReviewStates()[c.IntN(2)]},
				})
			}
			if _, err := s.Annotate(t.Context(), edits); err != nil && aoc.CodeOf(err) != aoc.CodeNotFound { // expired
				t.Fatal(err)
			}
		},
		func() {
			if _, err := s.Expire(t.Context(), time.Date(2026, 3, 1, c.IntN(9), c.IntN(60), 0, 0, time.UTC), 5); err != nil {
				t.Fatal(err)
			}
		},
		func() {
			position := ""
			for ok := true; ok; ok = position != "" {
				r, err := s.Rewrite(t.Context(), position, 20, func(e aoc.Event) (aoc.Event, error) {
					if c.IntN(4) == 0 {
						e.Timestamp, e.Service = c.moment(), "Rewritten"
					}
					if c.IntN(10) == 0 {
						e.ID = fmt.Sprint("another", c.IntN(5))
						e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
						e.Key = aoc.KeyOf(e.DedupeKey)
					}
					return e, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				position = r.Next
			}
		},
	}
	for i := range rounds(24) {
		changes[i%len(changes)]()
		if c.IntN(3) > 0 {
			s.settle(t)
		}
		for range 4 {
			q := aoc.Query{Where: c.fieldExpr(&events[c.IntN(len(events))], 2)}
			if c.IntN(2) == 0 {
				q.Start, q.End = c.moment(), c.moment()
			}
			compareRolled(t, s, q)
		}
		compareRolled(t, s, aoc.Query{})
	}
	s.settle(t)
	var left []rollupDoc
	cursor, err := s.rollups.Find(t.Context(), bson.D{{Key: "data", Value: bson.D{{Key: "$exists", Value: true}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := cursor.All(t.Context(), &left); err != nil || len(left) < 10 {
		t.Errorf("%d hours are rolled up, %v: this shows too little", len(left), err)
	}
}

// A roll-up is not written when the hour was touched after its events were read.
func TestRollUpsThatComeTooLate(t *testing.T) {
	s := rolledStore(t)
	e := newChance(13).spread(1)[0]
	if _, err := s.Append(t.Context(), []aoc.Event{e}); err != nil {
		t.Fatal(err)
	}
	hour := hourOf(e.TenantID, nanos(e.Timestamp))
	data := func() []byte {
		t.Helper()
		if _, err := s.rollUpHour(t.Context(), hour); err != nil {
			t.Fatal(err)
		}
		var d rollupDoc
		if err := s.rollups.FindOne(t.Context(), byID(hour)).Decode(&d); err != nil {
			t.Fatal(err)
		}
		return d.Data
	}
	if len(data()) == 0 {
		t.Error("an hour that nothing touches is not rolled up")
	}
	last, err := s.log.applied(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.touch(t.Context(), last.N+1, []string{hour}); err != nil {
		t.Fatal(err)
	}
	if len(data()) > 0 {
		t.Error("an hour is rolled up that an entry touches which is not applied yet")
	}
}

// Without the document that says so, an hour that has no document may have events.
func TestRollUpsAreKeptFromTheBeginning(t *testing.T) {
	s := openTest(t, Options{})
	if _, err := s.Append(t.Context(), newChance(14).spread(3)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.rollups.DeleteMany(t.Context(), byID(rollingID)); err != nil {
		t.Fatal(err)
	}
	s.opts.rollUp, s.rolling.on = true, false
	if err := s.startRolling(t.Context()); err != nil || s.rolling.on {
		t.Errorf("roll-ups are relied on although the log began without them (%v)", err)
	}
}

func TestNamesOfHours(t *testing.T) {
	for _, at := range []time.Time{store.MinTime, store.MaxTime, time.Date(1969, 12, 31, 23, 59, 59, 1, time.UTC)} {
		name := hourOf("Tenant Ä b", nanos(at))
		if hourStart(name) != nanos(at.Truncate(time.Hour)) || hourTenant(name) != rawjson.Fold("Tenant Ä b") {
			t.Errorf("%s: %s is hour %s of %q", at, name, fromNanos(hourStart(name)), hourTenant(name))
		}
	}
}
