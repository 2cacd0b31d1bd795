package mongo_test

import (
	"testing"

	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
	"aoc/internal/store/storetest"
)

// open opens an empty database.
func open(t *testing.T) store.Store {
	t.Helper()
	uri, database := mongotest.Database(t)
	s, err := mongo.Open(t.Context(), uri, mongo.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	if !mongotest.IsReal(t) {
		storetest.Quick(t)
	}
	storetest.Run(t, open)
}
