package sqlite_test

import (
	"testing"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// Terms grow from one process to the next, also where the one before crashed with the lease
// in hand: what it wrote late, were it to wake up, would be refused.
func TestTermsGrowAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	var last int64
	for range 3 {
		s := open(t, dir, sqlite.Options{Process: "host/1"})
		l, holder, ok, err := s.TryLease(ctx, "collection")
		if err != nil || !ok || holder != "host/1" {
			t.Fatalf("a lease after a restart: %v, held by %q, %v", ok, holder, err)
		}
		if l.Term() <= last {
			t.Errorf("term %d follows %d; want it to grow", l.Term(), last)
		}
		if last > 0 {
			stale := store.WithFence(ctx, store.Fence{Name: "collection", Term: last})
			if err := s.SetCheckpoint(stale, "c", "x"); aoc.CodeOf(err) != aoc.CodeConflict {
				t.Errorf("a write under the term of the process before: %v; want conflict", err)
			}
		}
		last = l.Term()
		s.Close() // without a release
	}
}

// Who only reads takes no lease and writes no report.
func TestReadersTakeNoLease(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	defer s.Close()
	reader := open(t, dir, sqlite.Options{ReadOnly: true})
	defer reader.Close()
	if _, _, ok, err := reader.TryLease(ctx, "work"); ok || aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("a reader's lease: %v, %v; want conflict", ok, err)
	}
	if err := reader.PutReport(ctx, "run", "x", []byte(`1`), 1); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("a reader's report: %v; want conflict", err)
	}
}
