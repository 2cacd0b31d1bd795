package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

func document(id string, version int64, body string) store.Document {
	return store.Document{Kind: "saved", ID: id, Version: version, By: "ada", At: editTime, Body: json.RawMessage(body)}
}

func testDocuments(t *testing.T, s store.Store) {
	ctx := context.Background()
	put := func(d store.Document) store.Document {
		t.Helper()
		got, err := s.PutDocument(ctx, d)
		if err != nil {
			t.Fatalf("put: %v", err)
		}
		return got
	}
	refused := func(what string, d store.Document, code aoc.Code) {
		t.Helper()
		if _, err := s.PutDocument(ctx, d); aoc.CodeOf(err) != code {
			t.Errorf("put %s: %v; want %s", what, err, code)
		}
	}
	b := put(document("b", 0, `{"q": "x"}`))
	a := put(document("a", 0, `[]`))
	if a.Version != 1 || b.Version != 1 {
		t.Errorf("versions of new documents %d, %d; want 1", a.Version, b.Version)
	}
	refused("a new one where there is one", document("b", 0, `{}`), aoc.CodeConflict)
	second := put(document("b", 1, `{"q": "y"}`))
	refused("over a version that is not the last", document("b", 1, `{}`), aoc.CodeConflict)
	refused("over one that is not there", document("c", 3, `{}`), aoc.CodeConflict)
	refused("what is no JSON", document("d", 0, `{`), aoc.CodeInvalid)
	refused("without an id", document("", 0, `{}`), aoc.CodeInvalid)
	other := document("b", 0, `1`)
	other.Kind = "window"
	put(other)
	got, err := s.ListDocuments(ctx, "saved")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.Document{a, second}, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if err := s.DropDocument(ctx, b); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("drop of an old version: %v; want conflict", err)
	}
	if err := s.DropDocument(ctx, second); err != nil {
		t.Errorf("drop: %v", err)
	}
	if err := s.DropDocument(ctx, second); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("drop of what is gone: %v; want not_found", err)
	}
	if again := put(document("b", 0, `{"q": "z"}`)); again.Version <= second.Version {
		t.Errorf("version %d of a document made again; want one that was never used", again.Version)
	}
	history, err := s.Edits(ctx, store.EditFilter{Subject: "saved/b"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, r := range history {
		changes = append(changes, fmt.Sprintf("%s by %s: %s to %s", r.Action, r.By, r.Before, r.After))
	}
	want := []string{
		`document by ada: null to {"q": "x"}`, `document by ada: {"q": "x"} to {"q": "y"}`,
		`document by ada: {"q": "y"} to null`, `document by ada: null to {"q": "z"}`,
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// Of many who change the same version, one wins; who tries again loses nothing.
func testConcurrentDocuments(t *testing.T, s store.Store) {
	ctx := context.Background()
	if _, err := s.PutDocument(ctx, document("n", 0, "0")); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	var conflicts atomic.Int64
	const people = 8
	for range people {
		running.Go(func() {
			for {
				docs, err := s.ListDocuments(ctx, "saved")
				if err != nil || len(docs) != 1 {
					t.Errorf("list: %v, %v", docs, err)
					return
				}
				var n int
				if err := json.Unmarshal(docs[0].Body, &n); err != nil {
					t.Error(err)
					return
				}
				_, err = s.PutDocument(ctx, document("n", docs[0].Version, fmt.Sprint(n+1)))
				if err == nil {
					return
				}
				if aoc.CodeOf(err) != aoc.CodeConflict {
					t.Errorf("put: %v", err)
					return
				}
				conflicts.Add(1)
			}
		})
	}
	running.Wait()
	docs, err := s.ListDocuments(ctx, "saved")
	if err != nil || len(docs) != 1 || string(docs[0].Body) != fmt.Sprint(people) || docs[0].Version != people+1 {
		t.Errorf("after %d increments and %d conflicts: %v, %v", people, conflicts.Load(), docs, err)
	}
}
