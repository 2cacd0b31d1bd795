package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

var editTime = time.Date(2026, 4, 1, 1, 2, 3, 0, time.UTC)

// mustAnnotate applies edits and fails the test on error.
func mustAnnotate(t *testing.T, s store.Store, edits ...aoc.Edit) []aoc.EditRecord {
	t.Helper()
	records, err := s.Annotate(context.Background(), edits)
	if err != nil {
		t.Fatalf("annotate: %v", err)
	}
	return records
}

func tagging(key string, add, remove []string) aoc.Edit {
	return aoc.Edit{Key: key, By: "ada", At: editTime, Tags: &aoc.TagEdit{Add: add, Remove: remove}}
}

func reviewing(key string, state aoc.ReviewState) aoc.Edit {
	return aoc.Edit{Key: key, By: "ada", At: editTime, Review: &aoc.ReviewEdit{State: state}}
}

func commenting(key, text string) aoc.Edit {
	return aoc.Edit{Key: key, By: "ada", At: editTime, Comment: text}
}

func testAnnotations(t *testing.T, s store.Store) {
	g := newGenerator(5)
	es := g.events(5)
	mustAppend(t, s, es...)
	ctx, key := context.Background(), es[2].Key
	mustAnnotate(t, s, tagging(key, []string{"Reviewed", "odd", "odd"}, nil))
	mustAnnotate(t, s, tagging(key, []string{"third"}, []string{"ODD", "absent"}))
	mustAnnotate(t, s, commenting(key, `looks "fine" <b>`), commenting(key, "второй"))
	mustAppend(t, s, g.revised(es[2])) // may move the event in time
	e := mustGet(t, s, key)
	if diff := cmp.Diff([]string{"Reviewed", "third"}, e.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	want := []aoc.Comment{{Author: "ada", Text: `looks "fine" <b>`, At: editTime}, {Author: "ada", Text: "второй", At: editTime}}
	if diff := cmp.Diff(want, e.Comments); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	page, err := s.Search(ctx, aoc.Query{Where: aoc.Is{Field: aoc.FieldTag, Values: []string{"reviewed"}}})
	if err != nil || len(page.Items) != 1 || page.Items[0].Key != key {
		t.Errorf("search by tag: %d events, %v; want the tagged one", len(page.Items), err)
	}
	for _, c := range []struct {
		name string
		edit aoc.Edit
		code aoc.Code
	}{
		{"tag of an absent event", tagging(aoc.KeyOf("absent"), []string{"x"}, nil), aoc.CodeNotFound},
		{"an empty tag", tagging(key, []string{" "}, nil), aoc.CodeInvalid},
		{"nothing to do", aoc.Edit{Key: key, By: "ada", At: editTime}, aoc.CodeInvalid},
		{"nobody", aoc.Edit{Key: key, At: editTime, Comment: "x"}, aoc.CodeInvalid},
		{"at no time", aoc.Edit{Key: key, By: "ada", Comment: "x"}, aoc.CodeInvalid},
		{"an unknown state", aoc.Edit{Key: key, By: "ada", At: editTime, Review: &aoc.ReviewEdit{State: "fine"}}, aoc.CodeInvalid},
	} {
		if _, err := s.Annotate(ctx, []aoc.Edit{commenting(key, "not this one either"), c.edit}); aoc.CodeOf(err) != c.code {
			t.Errorf("%s: %v; want %s", c.name, err, c.code)
		}
	}
	if got := len(mustGet(t, s, key).Comments); got != 2 {
		t.Errorf("%d comments after edits that failed; want 2", got)
	}
}

func testReviewUndo(t *testing.T, s store.Store) {
	g := newGenerator(6)
	es := g.events(3)
	mustAppend(t, s, es...)
	key := es[0].Key
	first := mustAnnotate(t, s, reviewing(key, aoc.ReviewExpected))[0]
	if again := mustAnnotate(t, s, reviewing(key, aoc.ReviewExpected)); len(again) != 0 {
		t.Errorf("the same review by the same person left %d records; want none", len(again))
	}
	bulk := []aoc.Edit{reviewing(key, aoc.ReviewUnexpected), reviewing(es[1].Key, aoc.ReviewUnexpected), reviewing(es[2].Key, aoc.ReviewUnexpected)}
	for i := range bulk {
		bulk[i].Batch, bulk[i].By = "b", "bob"
	}
	mustAnnotate(t, s, bulk...)
	since := reviewing(es[2].Key, aoc.ReviewInvestigating)
	mustAnnotate(t, s, since)
	undo := func() []aoc.Edit {
		records, err := s.Edits(context.Background(), store.EditFilter{Batch: "b"}, 10)
		if err != nil || len(records) != 3 {
			t.Fatalf("records of the batch: %v, %v; want 3", records, err)
		}
		var edits []aoc.Edit
		for _, r := range records {
			e := aoc.Edit{Key: r.Subject, By: "ada", At: editTime.Add(time.Hour), Review: &aoc.ReviewEdit{IfEdit: r.Seq}}
			if err := json.Unmarshal(r.Before, &e.Review.Restore); err != nil {
				t.Fatal(err)
			}
			edits = append(edits, e)
		}
		return edits
	}()
	done := mustAnnotate(t, s, undo...)
	if len(done) != 2 {
		t.Errorf("undoing changed %d events; want 2: the third was reviewed since", len(done))
	}
	restored := &aoc.Review{State: aoc.ReviewExpected, By: "ada", At: editTime, Edit: done[0].Seq}
	if diff := cmp.Diff(restored, mustGet(t, s, key).Review); diff != "" {
		t.Errorf("the restored review (-want +got):\n%s", diff)
	}
	if r := mustGet(t, s, es[1].Key).Review; r != nil {
		t.Errorf("a review where there was none before: %v", r)
	}
	if r := mustGet(t, s, es[2].Key).Review; r == nil || r.State != aoc.ReviewInvestigating {
		t.Errorf("the review since: %v; want investigating", r)
	}
	if again := mustAnnotate(t, s, undo...); len(again) != 0 {
		t.Errorf("undoing twice left %d records; want none", len(again))
	}
	// A review that was taken away, and given again by somebody else, is left alone.
	gone := mustAnnotate(t, s, reviewing(key, ""))[0]
	mustAnnotate(t, s, reviewing(key, aoc.ReviewUnexpected))
	back := aoc.Edit{Key: key, By: "ada", At: editTime, Review: &aoc.ReviewEdit{IfEdit: gone.Seq, Restore: restored}}
	if got := mustAnnotate(t, s, back); len(got) != 0 {
		t.Errorf("undoing a removal after a new review left %d records; want none", len(got))
	}
	history, err := s.Edits(context.Background(), store.EditFilter{Subject: key, After: first.Seq}, 100)
	if err != nil || len(history) != 4 {
		t.Errorf("%d records after the first, %v; want bulk, undo, removal, new review", len(history), err)
	}
}

// testReviewIfNone: of many who give an event a review if it has none, one does; what came
// before it is left alone, also within one call and after a review was taken away.
func testReviewIfNone(t *testing.T, s store.Store) {
	g := newGenerator(16)
	es := g.events(2)
	mustAppend(t, s, es...)
	key := es[0].Key
	ifNone := func(key, by string, state aoc.ReviewState) aoc.Edit {
		return aoc.Edit{Key: key, By: by, At: editTime, Review: &aoc.ReviewEdit{State: state, IfNone: true}}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var made []aoc.EditRecord
	for i := range 6 {
		wg.Go(func() {
			records, err := s.Annotate(context.Background(), []aoc.Edit{ifNone(key, fmt.Sprint("person ", i), aoc.ReviewUnexpected)})
			mu.Lock()
			defer mu.Unlock()
			if made = append(made, records...); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if r := mustGet(t, s, key).Review; len(made) != 1 || r == nil || r.By != made[0].By {
		t.Fatalf("%d reviews were made, the event has %+v; want one, and that", len(made), r)
	}
	twice := mustAnnotate(t, s, ifNone(es[1].Key, "ada", aoc.ReviewExpected), ifNone(es[1].Key, "bob", aoc.ReviewUnexpected), ifNone(key, "bob", aoc.ReviewExpected))
	if len(twice) != 1 || mustGet(t, s, es[1].Key).Review.By != "ada" {
		t.Errorf("two for one event in one call made %d records; want the first one's", len(twice))
	}
	mustAnnotate(t, s, reviewing(key, ""))
	if again := mustAnnotate(t, s, ifNone(key, "bob", aoc.ReviewExpected)); len(again) != 1 {
		t.Errorf("after the review was taken away: %d records; want one", len(again))
	}
}

// Everybody's edits are there in the end, whatever happens to the event meanwhile.
func testConcurrentEdits(t *testing.T, s store.Store) {
	g := newGenerator(7)
	es := g.events(40)
	mustAppend(t, s, es...)
	ctx, key := context.Background(), es[0].Key
	const people, each = 12, 10
	var running sync.WaitGroup
	for person := range people {
		running.Go(func() {
			for i := range each {
				name := fmt.Sprintf("%d-%d", person, i)
				edits := []aoc.Edit{tagging(key, []string{"tag " + name}, nil), commenting(key, name), commenting(es[1+i].Key, name)}
				if _, err := s.Annotate(ctx, edits); err != nil {
					t.Errorf("annotate: %v", err)
				}
			}
		})
	}
	running.Go(func() {
		for i := range 10 {
			if _, err := s.Append(ctx, []aoc.Event{g.revised(es[i])}); err != nil {
				t.Errorf("append: %v", err)
			}
			if _, err := s.Compact(ctx); err != nil {
				t.Errorf("compact: %v", err)
			}
		}
	})
	running.Wait()
	e := mustGet(t, s, key)
	if len(e.Tags) != people*each || len(e.Comments) != people*each {
		t.Errorf("%d tags and %d comments; want %d of each", len(e.Tags), len(e.Comments), people*each)
	}
	records, err := s.Edits(ctx, store.EditFilter{}, 10_000)
	if err != nil || len(records) != 3*people*each {
		t.Errorf("%d records of edits, %v; want %d", len(records), err, 3*people*each)
	}
	for i, r := range records {
		if r.Seq != int64(i)+1 {
			t.Fatalf("record %d has number %d", i+1, r.Seq)
		}
	}
	tagged := searchAll(t, s, aoc.Query{Where: aoc.Is{Field: aoc.FieldTag, Values: []string{"TAG 3-3"}}})
	if len(tagged) != 1 || tagged[0].Key != key {
		t.Errorf("search by one of the tags: %d events; want the one", len(tagged))
	}
}

// compareEdits checks the records of edits, all and by subject and batch.
func compareEdits(t *testing.T, s store.Store, m *model) {
	t.Helper()
	subjects := map[string][]aoc.EditRecord{}
	batches := map[string][]aoc.EditRecord{}
	for _, r := range m.edits {
		subjects[r.Subject] = append(subjects[r.Subject], r)
		batches[r.Batch] = append(batches[r.Batch], r)
	}
	check := func(f store.EditFilter, want []aoc.EditRecord) {
		t.Helper()
		got, err := s.Edits(context.Background(), f, len(m.edits)+1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("edits of %+v (-want +got):\n%s", f, diff)
		}
	}
	check(store.EditFilter{}, m.edits)
	for subject, want := range subjects {
		check(store.EditFilter{Subject: subject}, want)
	}
	for batch, want := range batches {
		if batch != "" {
			check(store.EditFilter{Batch: batch}, want)
		}
	}
	if n := int64(len(m.edits)); n > 3 {
		check(store.EditFilter{After: n - 2}, m.edits[n-2:])
		got, err := s.Edits(context.Background(), store.EditFilter{After: 1}, 2)
		if err != nil || len(got) != 2 || got[0].Seq != 2 {
			t.Errorf("two edits after the first: %v, %v", got, err)
		}
	}
}
