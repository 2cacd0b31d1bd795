package storetest

import (
	"context"
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
