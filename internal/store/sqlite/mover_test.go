package sqlite_test

import (
	"bytes"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

// Some documents are kept outside of their blocks, and the log is found in parts of it.
func TestMove(t *testing.T) {
	fresh := func(t *testing.T) storetest.Movable {
		s := open(t, t.TempDir(), sqlite.Options{})
		s.SetLargeDocument(380)
		s.SetSpan(100)
		return s
	}
	storetest.RunMove(t, fresh, fresh)
}

// However large records are, what is read at once is not.
func TestLogEntriesAreBounded(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	defer s.Close()
	events := storetest.BenchEvents(6, 1)
	for i := range events {
		events[i].Raw = append(append([]byte(`{"text":"`), bytes.Repeat([]byte{'a' + byte(i)}, 20<<20)...), `"}`...)
		events[i].ReceivedAt = time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
	}
	for _, e := range events {
		if _, err := s.Append(ctx, []aoc.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	for after := int64(0); after < 6; after += 2 {
		entries, err := s.LogEntries(ctx, after, 100)
		if err != nil || len(entries) != 2 || entries[1].Seq != after+2 {
			t.Fatalf("%d places after %d, %v; want 2 of 20 MB each", len(entries), after, err)
		}
	}
}
