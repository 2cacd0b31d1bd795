package sqlite_test

import (
	"context"
	"os"
	"testing"

	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

func open(t *testing.T, dir string, opts sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), dir, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

// Every tenth event is kept outside of its block: it must be found, merged and rewritten
// like the others.
func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		s := open(t, t.TempDir(), sqlite.Options{})
		s.SetLargeDocument(380)
		return s
	})
}

// A cache that holds one part at a time must change nothing but the speed.
func TestStoreWithTinyCache(t *testing.T) {
	if os.Getenv("AOC_TEST_FULL") == "" {
		t.Skip("a long test: set AOC_TEST_FULL=1 to run it")
	}
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir(), sqlite.Options{CacheBytes: 1}) })
}
