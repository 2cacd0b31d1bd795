package e2e_test

import (
	"path/filepath"
	"testing"
	"time"

	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
)

// place is where a program keeps what it collects.
type place struct {
	environ []string
	// slower is how much longer than in a folder things take there.
	slower time.Duration
	// open opens the store, only to look.
	open func(*testing.T) store.Store
}

// places are the kinds of stores there are.
var places = []struct {
	name string
	make func(t *testing.T, dir string) place
	// fewer is how many of a number of trials are made there.
	fewer func(n int) int
}{
	{"sqlite", inFolder, func(n int) int { return n }},
	{"mongodb", inMongoDB, func(n int) int { return (n + 2) / 3 }},
}

func inFolder(_ *testing.T, dir string) place {
	open := func(t *testing.T) store.Store { return openStore(t, filepath.Join(dir, "data")) }
	return place{slower: 1, open: open}
}

func inMongoDB(t *testing.T, _ string) place {
	return sharedPlace(mongotest.Database(t))
}

// sharedPlace is a database of a MongoDB.
func sharedPlace(uri, database string) place {
	open := func(t *testing.T) store.Store {
		s, err := mongo.Open(t.Context(), uri, mongo.Options{Database: database, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	return place{environ: []string{"MONGO_URI=" + uri, "AOC_MONGO_DATABASE=" + database}, slower: 8, open: open}
}
