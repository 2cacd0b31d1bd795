package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
	"strconv"

	"aoc"
)

// The key index finds an event by its key wherever it is, whatever became of its time.
// It maps a 63-bit hash of the key to the tenant and second of the event, which name the
// few rows of segments to look at. Two keys of one hash take the next free numbers; the
// key in the event itself has the last word.

// keyEntry is one row of the key index.
type keyEntry struct {
	hash    int64
	tenant  int64 // 0: the event is gone, but a later number may belong to the same hash
	second  int64
	content int64
}

// keyHash is the number a key has in the index: 63 bits of it.
func keyHash(key string) int64 {
	var v uint64
	for i := 0; i < len(key) && i < 13; i++ {
		c := key[i]
		switch {
		case 'a' <= c && c <= 'z':
			c -= 'a'
		case '2' <= c && c <= '7':
			c -= '2' - 26
		}
		v = v<<5 | uint64(c&31)
	}
	return int64(v >> 1)
}

// contentMark is a 48-bit fingerprint of a record's bytes: equal marks of equal keys are
// taken as a duplicate without reading the event.
func contentMark(raw []byte) int64 {
	sum := sha256.Sum256(raw)
	return int64(binary.BigEndian.Uint64(sum[:]) >> 16)
}

// lookupKeys gives the index rows of hashes, as tx sees them.
func (s *Store) lookupKeys(ctx context.Context, tx *sql.Tx, hashes []int64) (map[int64]keyEntry, error) {
	const batch = 4096
	runs, err := s.keyRuns(ctx, tx)
	if err != nil {
		return nil, err
	}
	found := map[int64]keyEntry{}
	settled := make([]int64, 0, len(hashes))
	for _, h := range hashes {
		if k, ok := findStaged(runs, h); ok {
			found[h] = k
		} else {
			settled = append(settled, h)
		}
	}
	slices.Sort(settled)
	list := make([]byte, 0, 20*min(batch, len(settled))+2)
	for chunk := range slices.Chunk(settled, batch) {
		list = append(list[:0], '[')
		for i, h := range chunk {
			if i > 0 {
				list = append(list, ',')
			}
			list = strconv.AppendInt(list, h, 10)
		}
		list = append(list, ']')
		if err := lookupList(ctx, tx, string(list), found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// lookupList looks a JSON list of hashes up in the settled part of the index.
func lookupList(ctx context.Context, tx *sql.Tx, list string, found map[int64]keyEntry) error {
	rows, err := tx.QueryContext(ctx, `SELECT k.hash, k.tenant, k.second, k.content
		FROM json_each(?) j CROSS JOIN event_key k ON k.hash = j.value`, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k keyEntry
		if err := rows.Scan(&k.hash, &k.tenant, &k.second, &k.content); err != nil {
			return err
		}
		found[k.hash] = k
	}
	return rows.Err()
}

// putKeys writes index rows, in the order of the index, for good: none of their hashes
// may be staged.
func putKeys(ctx context.Context, tx *sql.Tx, entries []keyEntry) error {
	sortKeys(entries)
	stmt, err := tx.PrepareContext(ctx, `INSERT INTO event_key (hash, tenant, second, content) VALUES (?, ?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET tenant = excluded.tenant, second = excluded.second, content = excluded.content`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, k := range entries {
		if _, err := stmt.ExecContext(ctx, k.hash, k.tenant, k.second, k.content); err != nil {
			return err
		}
	}
	return nil
}

// nextFreeHash gives the first number from hash on that the index does not use.
func nextFreeHash(ctx context.Context, tx *sql.Tx, runs []keyRun, hash int64) (int64, error) {
	for ; ; hash++ {
		if _, staged := findStaged(runs, hash); staged {
			continue
		}
		var used bool
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM event_key WHERE hash = ?)", hash).Scan(&used)
		if err != nil || !used {
			return hash, err
		}
	}
}

// place is where an event is stored.
type place struct {
	seg *segmentInfo
	row int
}

// find gives the event with a key, starting from its index rows; ok is false when there
// is none. entry is the index row it was found by.
func (v *snapshot) find(ctx context.Context, key string) (doc document, at place, entry keyEntry, ok bool, err error) {
	at, text, entry, err := v.findPlace(ctx, key)
	if err != nil || at.seg == nil {
		return document{}, place{}, entry, false, err
	}
	doc, err = text.decodeOwn(at.seg.tenant)
	return doc, at, entry, err == nil, err
}

// findPlace is find without decoding the event; the place has no segment when there is none.
func (v *snapshot) findPlace(ctx context.Context, key string) (at place, text encodedDocument, entry keyEntry, err error) {
	runs, err := v.s.keyRuns(ctx, v.tx)
	if err != nil {
		return place{}, "", keyEntry{}, err
	}
	for hash := keyHash(key); ; hash++ {
		found, err := lookupKey(ctx, v.tx, runs, hash)
		if err != nil || found == nil {
			return place{}, "", keyEntry{hash: hash}, err
		}
		if found.tenant == 0 {
			continue
		}
		if at, text, err = v.placeIn(ctx, *found, key); err != nil || at.seg != nil {
			return at, text, *found, err
		}
	}
}

// lookupKey gives the index row of one hash; nil if there is none.
func lookupKey(ctx context.Context, tx *sql.Tx, runs []keyRun, hash int64) (*keyEntry, error) {
	if k, ok := findStaged(runs, hash); ok {
		return &k, nil
	}
	k := keyEntry{hash: hash}
	err := tx.QueryRowContext(ctx, "SELECT tenant, second, content FROM event_key WHERE hash = ?", hash).Scan(&k.tenant, &k.second, &k.content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &k, err
}

// placeIn gives the place and text of the event with a key in the second that an index row
// names; the place has no segment when it is not there.
func (v *snapshot) placeIn(ctx context.Context, k keyEntry, key string) (place, encodedDocument, error) {
	var tenant string
	if err := v.tx.QueryRowContext(ctx, "SELECT name FROM tenant WHERE id = ?", k.tenant).Scan(&tenant); err != nil {
		return place{}, "", err
	}
	from, to := k.second*1e9, (k.second+1)*1e9
	for _, seg := range v.segments {
		if seg.tenant != tenant || seg.maxTime < from || seg.minTime >= to {
			continue
		}
		times, err := v.times(ctx, seg)
		if err != nil {
			return place{}, "", err
		}
		first := sort.Search(len(times), func(i int) bool { return times[i] < to })
		for row := first; row < len(times) && times[row] >= from; row++ {
			if v.dead[seg.id][row] {
				continue
			}
			text, err := v.encoded(ctx, seg, row)
			if err != nil {
				return place{}, "", err
			}
			if dedupeKey, _ := text.identity(); aoc.KeyOf(dedupeKey) == key {
				return place{seg, row}, text, nil
			}
		}
	}
	return place{}, "", nil
}

// floorSecond is the second an event time lies in.
func floorSecond(ns int64) int64 {
	s := ns / 1e9
	if ns%1e9 < 0 {
		s--
	}
	return s
}
