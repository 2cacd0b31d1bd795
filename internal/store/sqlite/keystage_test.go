package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The key index, staged rows and settled ones together, says what a map would say.
func TestKeyIndexIsAMap(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.maxStagedKeys = 200
	rng := rand.New(rand.NewPCG(1, 2))
	want := map[int64]keyEntry{}
	settled := 0
	for range 300 {
		var batch []keyEntry
		for _, hash := range rng.Perm(2000)[:1+rng.IntN(60)] {
			batch = append(batch, keyEntry{
				hash: int64(hash), tenant: rng.Int64N(3), second: rng.Int64N(1<<40) - 1<<39, content: rng.Int64N(1 << 48),
			})
		}
		fail := rng.IntN(5) == 0 // what is rolled back must leave no trace
		err := writing(ctx, s, func(tx *sql.Tx) error {
			if rng.IntN(40) == 0 {
				settled++
				if err := s.settleKeys(ctx, tx, keyRun{}); err != nil {
					return err
				}
				return errors.Join(putKeys(ctx, tx, batch), failing(fail))
			}
			runs, err := s.keyRuns(ctx, tx)
			if err != nil {
				return err
			}
			return errors.Join(s.stageKeys(ctx, tx, runs, batch), failing(fail))
		})
		if (err != nil) != fail {
			t.Fatal(err)
		}
		if !fail {
			for _, k := range batch {
				want[k.hash] = k
			}
		}
		if rng.IntN(10) == 0 {
			if diff := cmp.Diff(want, allKeys(t, s), cmp.AllowUnexported(keyEntry{})); diff != "" {
				t.Fatal(diff)
			}
		}
	}
	if settled == 0 {
		t.Error("rows were never settled")
	}
}

var errRollBack = errors.New("roll back")

func failing(fail bool) error {
	if fail {
		return errRollBack
	}
	return nil
}

func writing(ctx context.Context, s *Store, f func(tx *sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "test", f)
}

// allKeys looks every hash of the test up, in both ways there are.
func allKeys(t *testing.T, s *Store) map[int64]keyEntry {
	t.Helper()
	all := map[int64]keyEntry{}
	err := s.readTx(t.Context(), "test", func(tx *sql.Tx) error {
		runs, err := s.keyRuns(t.Context(), tx)
		if err != nil {
			return err
		}
		if len(runs) > 10 {
			t.Errorf("%d runs", len(runs))
		}
		var hashes []int64
		for hash := range int64(2000) {
			hashes = append(hashes, hash)
			if k, err := lookupKey(t.Context(), tx, runs, hash); err != nil {
				return err
			} else if k != nil {
				all[hash] = *k
			}
		}
		found, err := s.lookupKeys(t.Context(), tx, slices.Clone(hashes))
		if err != nil {
			return err
		}
		if !maps.Equal(all, found) {
			t.Error("one by one and together differ")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
