package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

// asVersion2 makes a store what the version of the program wrote that knew no leases.
const asVersion2 = `
DROP TABLE lease;
DROP TABLE report;
DROP TABLE session;
DROP TABLE item;
DROP TABLE item_label;
PRAGMA user_version = 2;
`

// asVersion1 makes a store of version 2 what the first version of the program wrote.
const asVersion1 = `
DELETE FROM part WHERE (id & 0xFFFFF) IN (2 + 10, 2 + 11, 32 + 10, 32 + 11);
ALTER TABLE segment DROP COLUMN columns;
DROP INDEX annotation_time;
ALTER TABLE annotation DROP COLUMN seq;
ALTER TABLE annotation DROP COLUMN review;
ALTER TABLE annotation DROP COLUMN review_state;
ALTER TABLE annotation DROP COLUMN review_edit;
DROP TABLE edit;
DROP TABLE document;
PRAGMA user_version = 1;
`

// A store of version 1 is upgraded when it is opened; what its segments and annotations
// lack makes no difference to what is found.
func TestUpgradeFromVersion1(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	events := storetest.BenchEvents(600, 5)
	for i := range events {
		if i%5 == 0 {
			events[i].Changes = []aoc.Change{{Property: "AccountEnabled"}, {Property: "Role"}}
		}
		if i%3 == 0 {
			events[i].TargetDisplays = []string{}
		}
		events[i].Timestamp = events[i].Timestamp.Truncate(time.Minute) // several of one time
	}
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	tag := aoc.Edit{Key: events[7].Key, By: "ada", At: time.Now(), Tags: &aoc.TagEdit{Add: []string{"odd"}}}
	if _, err := s.Annotate(ctx, []aoc.Edit{tag}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	execute(t, dir, asVersion2+asVersion1)

	if _, err := sqlite.Open(ctx, dir, sqlite.Options{ReadOnly: true}); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Fatalf("reading a store of version 1: %v; want conflict with a remedy", err)
	}
	s = open(t, dir, sqlite.Options{})
	defer s.Close()
	check := func(when string) {
		t.Helper()
		for _, c := range []struct {
			name  string
			where aoc.Expr
			want  int64
		}{
			{"changed", aoc.Is{Field: aoc.FieldChanged, Values: []string{"accountenabled"}}, 120},
			{"not changed", aoc.Not{Of: aoc.Like{Field: aoc.FieldChanged, Parts: []string{"", ""}}}, 480},
			{"with a target", aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", ""}}, 400},
			{"tagged", aoc.Is{Field: aoc.FieldTag, Values: []string{"odd"}}, 1},
		} {
			got, err := s.Count(ctx, aoc.Query{Where: c.where}, store.CountRequest{Facets: []aoc.Field{aoc.FieldTag}})
			if err != nil || got.Total != c.want {
				t.Errorf("%s, %s: %d events, %v; want %d", c.name, when, got.Total, err, c.want)
			}
			if c.name == "tagged" && (len(got.Facets[aoc.FieldTag].Values) != 1 || got.Facets[aoc.FieldTag].Missing != 0) {
				t.Errorf("tags %s: %+v", when, got.Facets[aoc.FieldTag])
			}
		}
	}
	check("upgraded")
	review := aoc.Edit{Key: events[7].Key, By: "ada", At: time.Now(), Review: &aoc.ReviewEdit{State: aoc.ReviewExpected}}
	if _, err := s.Annotate(ctx, []aoc.Edit{review}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Count(ctx, aoc.Query{Where: aoc.Is{Field: aoc.FieldReview, Values: []string{"Expected"}}}, store.CountRequest{})
	if err != nil || got.Total != 1 {
		t.Errorf("reviewed: %d events, %v; want 1", got.Total, err)
	}
	// Rewriting, as an upgrade has it done, gives segments what they lack.
	for position := ""; ; {
		r, err := s.Rewrite(ctx, position, 100, func(e aoc.Event) (aoc.Event, error) {
			e.DisplaySummary = "anew"
			return e, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if position = r.Next; position == "" {
			break
		}
	}
	check("rewritten")
}

// A store of version 2 is upgraded when it is opened: what it held is there, and it keeps
// leases and reports.
func TestUpgradeFromVersion2(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	events := storetest.BenchEvents(20, 8)
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCheckpoint(ctx, "c", "17"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	execute(t, dir, asVersion2)
	s = open(t, dir, sqlite.Options{})
	defer s.Close()
	if p, err := s.Checkpoint(ctx, "c"); err != nil || p != "17" {
		t.Errorf("the checkpoint after the upgrade: %q, %v; want 17", p, err)
	}
	if seq, err := s.LastSeq(ctx); err != nil || seq != 20 {
		t.Errorf("the log after the upgrade ends at %d, %v; want 20", seq, err)
	}
	if l, _, ok, err := s.TryLease(ctx, "work"); err != nil || !ok || l.Term() != 1 {
		t.Errorf("a lease: %v, %v", ok, err)
	}
	if err := s.PutReport(ctx, "run", "x", []byte(`{}`), 1); err != nil {
		t.Errorf("a report: %v", err)
	}
}

// Nobody changes or removes what is recorded, not even with the database in hand.
func TestEditRecordsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	events := storetest.BenchEvents(2, 6)
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	edit := aoc.Edit{Key: events[0].Key, By: "ada", At: time.Now(), Comment: "seen"}
	if _, err := s.Annotate(ctx, []aoc.Edit{edit}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"DELETE FROM edit", "REPLACE INTO edit SELECT seq, subject, action, 'bob', at, batch, before, after FROM edit", `UPDATE edit SET "by" = 'bob'`, "UPDATE edit SET at = 0", "UPDATE edit SET after = 'null'",
		"UPDATE edit SET seq = 5", "UPDATE edit SET batch = 'x'", "UPDATE edit SET action = 'x'", "UPDATE edit SET before = '1'",
	} {
		if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), "records of edits") {
			t.Errorf("%s: %v; want it refused", statement, err)
		}
	}
}

// execute runs statements on a store that is closed.
func execute(t *testing.T, dir, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}
