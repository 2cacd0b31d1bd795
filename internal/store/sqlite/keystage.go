package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"sort"
)

// Keys are random, so a batch of them would change nearly as many pages of the key index
// as it has keys. New rows are therefore staged in sorted runs, which merge as they grow
// and go into the index many at a time. A row of a run comes before the index's row of
// the same hash, and one of a newer run before one of an older.
const (
	// minStagedLimit and maxStagedLimit bound the size from which on a run goes into the
	// index: a share of the index, since what a run changes of it is nearly all.
	minStagedLimit = 1 << 17
	maxStagedLimit = 1 << 20
	stagedShare    = 16
	stagedKeyLen   = 8 + 4 + 6 + 6
)

// keyRun is index rows in order of their hashes, which are not negative, each as hash, tenant, second and content
// mark, in 8, 4, 6 and 6 bytes.
type keyRun struct {
	id   int64
	rows []byte
}

func (r keyRun) len() int { return len(r.rows) / stagedKeyLen }

func (r keyRun) at(i int) keyEntry {
	b := r.rows[i*stagedKeyLen:]
	return keyEntry{
		hash:    int64(binary.BigEndian.Uint64(b)),
		tenant:  int64(binary.BigEndian.Uint32(b[8:])),
		second:  int64(binary.BigEndian.Uint64(b[10:])<<16) >> 16,
		content: int64(binary.BigEndian.Uint64(b[16:]) & (1<<48 - 1)),
	}
}

// find gives the row of a hash.
func (r keyRun) find(hash int64) (keyEntry, bool) {
	n := r.len()
	i := sort.Search(n, func(i int) bool { return int64(binary.BigEndian.Uint64(r.rows[i*stagedKeyLen:])) >= hash })
	if i == n {
		return keyEntry{}, false
	}
	k := r.at(i)
	return k, k.hash == hash
}

func appendStaged(b []byte, k keyEntry) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(k.hash))
	b = binary.BigEndian.AppendUint32(b, uint32(k.tenant))
	b = binary.BigEndian.AppendUint16(b, uint16(k.second>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(k.second))
	b = binary.BigEndian.AppendUint16(b, uint16(k.content>>32))
	return binary.BigEndian.AppendUint32(b, uint32(k.content))
}

// mergeRuns makes one run of two; newer wins.
func mergeRuns(older, newer keyRun) keyRun {
	rows := make([]byte, 0, len(older.rows)+len(newer.rows))
	i, j := 0, 0
	for i < len(older.rows) && j < len(newer.rows) {
		switch cmp.Compare(binary.BigEndian.Uint64(older.rows[i:]), binary.BigEndian.Uint64(newer.rows[j:])) {
		case 0:
			i += stagedKeyLen
		case -1:
			rows = append(rows, older.rows[i:i+stagedKeyLen]...)
			i += stagedKeyLen
		default:
			rows = append(rows, newer.rows[j:j+stagedKeyLen]...)
			j += stagedKeyLen
		}
	}
	rows = append(rows, older.rows[i:]...)
	return keyRun{rows: append(rows, newer.rows[j:]...)}
}

// keyRuns gives the runs that tx sees, newest first.
func (s *Store) keyRuns(ctx context.Context, tx *sql.Tx) ([]keyRun, error) {
	var runs []keyRun
	rows, err := tx.QueryContext(ctx, "SELECT id FROM key_run ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r keyRun
		if err := rows.Scan(&r.id); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range runs {
		if runs[i].rows, err = s.keyRun(ctx, tx, runs[i].id); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

func (s *Store) keyRun(ctx context.Context, tx *sql.Tx, id int64) (rows []byte, err error) {
	cacheID := -id // segments have positive ones
	if x, ok := s.cache.get(cacheID); ok {
		return x.([]byte), nil
	}
	if err := tx.QueryRowContext(ctx, "SELECT rows FROM key_run WHERE id = ?", id).Scan(&rows); err != nil {
		return nil, err
	}
	if len(rows)%stagedKeyLen != 0 {
		return nil, errDocument
	}
	s.cache.put(cacheID, rows, int64(len(rows)))
	return rows, nil
}

// findStaged gives the newest row of a hash in the runs.
func findStaged(runs []keyRun, hash int64) (keyEntry, bool) {
	for _, r := range runs {
		if k, ok := r.find(hash); ok {
			return k, true
		}
	}
	return keyEntry{}, false
}

// stageKeys adds rows to the key index by way of the runs. A run is merged with those
// before it that are no larger, so that each row is rewritten only as often as its run
// doubles.
func (s *Store) stageKeys(ctx context.Context, tx *sql.Tx, runs []keyRun, entries []keyEntry) error {
	sortKeys(entries)
	run := keyRun{rows: make([]byte, 0, len(entries)*stagedKeyLen)}
	for _, k := range entries {
		run.rows = appendStaged(run.rows, k)
	}
	for _, before := range runs { // newest first
		if before.len() > run.len() {
			break
		}
		run = mergeRuns(before, run)
		if _, err := tx.ExecContext(ctx, "DELETE FROM key_run WHERE id = ?", before.id); err != nil {
			return err
		}
		s.cache.drop(-before.id)
	}
	if run.len() < s.stagedLimit() {
		_, err := tx.ExecContext(ctx, "INSERT INTO key_run (rows) VALUES (?)", run.rows)
		return err
	}
	// Whatever older runs there still are, they must not hide these rows.
	return s.settleKeys(ctx, tx, run)
}

// stagedLimit is the size from which on a run goes into the index.
func (s *Store) stagedLimit() int {
	if s.maxStagedKeys > 0 {
		return s.maxStagedKeys
	}
	return int(min(max(s.lastSeq/stagedShare, minStagedLimit), maxStagedLimit))
}

// settleKeys moves every staged row into the index, then those of newest.
func (s *Store) settleKeys(ctx context.Context, tx *sql.Tx, newest keyRun) error {
	runs, err := s.keyRuns(ctx, tx)
	if err != nil || len(runs) == 0 && newest.len() == 0 {
		return err
	}
	var all keyRun
	for _, r := range slices.Backward(runs) { // oldest first
		all = mergeRuns(all, r)
		s.cache.drop(-r.id)
	}
	all = mergeRuns(all, newest)
	entries := make([]keyEntry, all.len())
	for i := range entries {
		entries[i] = all.at(i)
	}
	if err := putKeys(ctx, tx, entries); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM key_run")
	return err
}

func sortKeys(entries []keyEntry) {
	slices.SortFunc(entries, func(a, b keyEntry) int { return cmp.Compare(a.hash, b.hash) })
}
