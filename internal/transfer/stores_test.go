package transfer_test

import (
	"os"
	"testing"

	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
	"aoc/internal/store/storetest"
	"aoc/internal/transfer"
)

// stores are the kinds of store that there are, each of which can be moved into each.
func stores() map[string]func(t *testing.T) storetest.Movable {
	return map[string]func(t *testing.T) storetest.Movable{
		"sqlite": func(t *testing.T) storetest.Movable { return open(t, t.TempDir()) },
		"mongo": func(t *testing.T) storetest.Movable {
			uri, database := mongotest.Database(t)
			s, err := mongo.Open(ctx, uri, mongo.Options{Database: database})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
}

// long reports whether two kinds of store are tried with AOC_TEST_FULL alone: from one MongoDB
// to another takes as long as all others, and does nothing that they do not.
func long(from, to string) bool {
	return from == "mongo" && to == "mongo" && os.Getenv("AOC_TEST_FULL") == ""
}

func TestMoveBetweenStores(t *testing.T) {
	for from, openFrom := range stores() {
		for to, openTo := range stores() {
			if from == "sqlite" && to == "sqlite" { // the store's own test
				continue
			}
			if long(from, to) {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) { storetest.RunMove(t, openFrom, openTo) })
		}
	}
}

func TestCopyBetweenStores(t *testing.T) {
	for from, openFrom := range stores() {
		for to, openTo := range stores() {
			if from == "sqlite" && to == "sqlite" { // TestCopy
				continue
			}
			if long(from, to) {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				a, b := openFrom(t), openTo(t)
				defer a.Close()
				defer b.Close()
				f := storetest.Furnish(t, a, 20, 1)
				r, err := transfer.Copy(ctx, transfer.Config{From: a, To: b, Batch: 70})
				if err != nil || !r.Verified {
					t.Fatalf("%v, %+v", err, r)
				}
				same(t, f, b)
				f.Change(t)
				if r := mustCopy(t, a, b); r.Copied == 0 {
					t.Errorf("bringing it up to date: %+v", r)
				}
				same(t, f, b)
			})
		}
	}
}
