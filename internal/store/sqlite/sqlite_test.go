package sqlite_test

import (
	"context"
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

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir(), sqlite.Options{}) })
}

func TestStoreWithTinyCache(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir(), sqlite.Options{CacheBytes: 1}) })
}
