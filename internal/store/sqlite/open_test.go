package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

var ctx = context.Background()

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	events := storetest.BenchEvents(300, 1)
	if _, err := s.Append(ctx, events[:200]); err != nil {
		t.Fatal(err)
	}
	_, root, err := s.TreeHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{})
	defer s.Close()
	if _, again, err := s.TreeHead(ctx); err != nil || again != root {
		t.Errorf("the chain changed by reopening, %v", err)
	}
	outcomes, err := s.Append(ctx, events)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outcomes {
		if want := map[bool]store.Outcome{true: store.Duplicate, false: store.New}[i < 200]; o != want {
			t.Fatalf("event %d after reopening: %v; want %v", i, o, want)
		}
	}
	if e, err := s.Get(ctx, events[299].Key); err != nil || e.Seq != 300 {
		t.Errorf("seq of the last event %d, %v; want 300: the log goes on where it ended", e.Seq, err)
	}
}

func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	defer s.Close()
	_, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if aoc.CodeOf(err) != aoc.CodeConflict || aoc.HintOf(err) == "" {
		t.Fatalf("a second writer: %v; want conflict with a remedy", err)
	}
}

func TestReadersBesideAWriter(t *testing.T) {
	dir := t.TempDir()
	if _, err := sqlite.Open(ctx, dir, sqlite.Options{ReadOnly: true}); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Fatalf("reading where there is no store: %v; want not_found", err)
	}
	w := open(t, dir, sqlite.Options{})
	defer w.Close()
	r := open(t, dir, sqlite.Options{ReadOnly: true})
	defer r.Close()
	events := storetest.BenchEvents(3000, 2)
	for i := 0; i < len(events); i += 300 {
		if _, err := w.Append(ctx, events[i:i+300]); err != nil {
			t.Fatal(err)
		}
		page, err := r.Search(ctx, aoc.Query{Limit: 1})
		if err != nil || len(page.Items) != 1 || page.Items[0].Key != events[i+299].Key {
			t.Fatalf("the reader does not see batch %d, %v", i/300, err)
		}
		if _, err := w.Compact(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := r.Count(ctx, aoc.Query{}, store.CountRequest{}); err != nil || f.Total != 3000 {
		t.Errorf("the reader counts %d, %v; want 3000", f.Total, err)
	}
	for name, err := range map[string]error{
		"append":     second(r.Append(ctx, events[:1])),
		"tag":        second(r.Annotate(ctx, []aoc.Edit{{Key: events[0].Key, By: "ada", At: time.Now(), Comment: "x"}})),
		"checkpoint": r.SetCheckpoint(ctx, "x", "1"),
		"compact":    second(r.Compact(ctx)),
	} {
		if name == "append" { // a known event: nothing to write
			continue
		}
		if aoc.CodeOf(err) != aoc.CodeConflict {
			t.Errorf("%s on a reader: %v; want conflict", name, err)
		}
	}
	if _, err := r.Append(ctx, storetest.BenchEvents(1, 99)); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("append on a reader: %v; want conflict", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		code    aoc.Code
	}{
		{"newer", 99, aoc.CodeConflict},
	} {
		dir := t.TempDir()
		open(t, dir, sqlite.Options{}).Close()
		db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(fmt.Sprintf("PRAGMA user_version = %d", c.version)); err != nil {
			t.Fatal(err)
		}
		db.Close()
		for _, readOnly := range []bool{false, true} {
			_, err = sqlite.Open(ctx, dir, sqlite.Options{ReadOnly: readOnly})
			if aoc.CodeOf(err) != c.code || !strings.Contains(err.Error(), "version") || aoc.HintOf(err) == "" {
				t.Errorf("%s, read-only %v: %v; want %s with a remedy", c.name, readOnly, err, c.code)
			}
		}
	}
	// An empty file is a store that was never set up: a reader must not take it for one.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(ctx, dir, sqlite.Options{ReadOnly: true}); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("reading an older store: %v; want conflict", err)
	}
}

func TestNotADatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "" {
		t.Fatalf("a file that is no database: %v; want unavailable with a remedy", err)
	}
}

// A damaged part must give an error, never a wrong answer or a crash.
func TestDamagedParts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	events := storetest.BenchEvents(2000, 3)
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	s.Close()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var ids []int64
	rows, err := db.Query("SELECT id FROM part WHERE id & 0xFFFFF < 4096 OR id & 0xFFFFF >= 65536 ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	rows.Close()
	for _, id := range ids {
		var data []byte
		if err := db.QueryRow("SELECT data FROM part WHERE id = ?", id).Scan(&data); err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, len(data) / 2, len(data) - 1} {
			bad := append([]byte(nil), data...)
			bad[at] ^= 0x41
			if _, err := db.Exec("UPDATE part SET data = ? WHERE id = ?", bad, id); err != nil {
				t.Fatal(err)
			}
			r := open(t, dir, sqlite.Options{ReadOnly: true})
			q := aoc.Query{Limit: 500, Where: aoc.Is{Field: aoc.FieldResult, Values: []string{"success"}}}
			n, failed := 0, false
			for !failed {
				page, err := r.Search(ctx, q)
				failed = err != nil
				n += len(page.Items)
				if q.Cursor = page.NextCursor; q.Cursor == "" {
					break
				}
			}
			if !failed && n != len(events) {
				t.Errorf("part %x damaged at %d: %d events and no error; want all or an error", id&0xFFFFF, at, n)
			}
			r.Close()
		}
		if _, err := db.Exec("UPDATE part SET data = ? WHERE id = ?", data, id); err != nil {
			t.Fatal(err)
		}
	}
}
