package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"sort"
	"sync"

	"aoc"
)

// annotationIndex has every event that people added something to. It never changes; after
// edits another one is made of it. It is as large as what people have done.
type annotationIndex struct {
	annotationState
	list []annotation // ascending by time, then place in the log
}

// annotation is what predicates and counts ask of an annotated event.
type annotation struct {
	rowTime
	state string // of its review; empty: none
	tags  []string
}

// annotationState tells states of the annotations apart.
type annotationState struct {
	edit  int64 // newest record of an edit
	moved int64 // how often annotations have followed events elsewhere, or gone with them
}

// annotationCache keeps the newest index.
type annotationCache struct {
	mu    sync.Mutex
	index *annotationIndex
}

// annotations gives the index as the snapshot sees it.
func (v *snapshot) annotations(ctx context.Context) (*annotationIndex, error) {
	var now annotationState
	err := v.tx.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(seq), 0) FROM edit),
		coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'annotations_moved'), 0)`).Scan(&now.edit, &now.moved)
	if err != nil {
		return nil, err
	}
	c := &v.s.annotated
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.index
	switch {
	case kept != nil && kept.annotationState == now:
		return kept, nil
	case kept != nil && kept.moved == now.moved && kept.edit < now.edit:
		kept, err = v.extend(ctx, kept, now)
	case kept != nil && (kept.moved > now.moved || kept.edit > now.edit): // this snapshot is an old one
		return v.loadAnnotations(ctx, now)
	default:
		kept, err = v.loadAnnotations(ctx, now)
	}
	if err != nil {
		return nil, err
	}
	c.index = kept
	return kept, nil
}

// loadAnnotations reads everything.
func (v *snapshot) loadAnnotations(ctx context.Context, now annotationState) (*annotationIndex, error) {
	list, err := v.readAnnotations(ctx,
		"SELECT key, tenant, time, seq, coalesce(review_state, '') FROM annotation",
		"SELECT key, tag FROM tag ORDER BY tag")
	if err != nil {
		return nil, err
	}
	sortAnnotations(list)
	return &annotationIndex{now, list}, nil
}

// extend makes an index of an older one and the edits since.
func (v *snapshot) extend(ctx context.Context, old *annotationIndex, now annotationState) (*annotationIndex, error) {
	const changed = "(SELECT subject FROM edit WHERE seq > ? AND action <> ?)"
	list, err := v.readAnnotations(ctx,
		"SELECT key, tenant, time, seq, coalesce(review_state, '') FROM annotation WHERE key IN "+changed,
		"SELECT key, tag FROM tag WHERE key IN "+changed+" ORDER BY tag", old.edit, aoc.EditDocument)
	if err != nil {
		return nil, err
	}
	fresh := make(map[int64]bool, len(list))
	for _, a := range list {
		fresh[a.seq] = true
	}
	sortAnnotations(list)
	merged := make([]annotation, 0, len(old.list)+len(list))
	for _, a := range old.list {
		for len(list) > 0 && compareAnnotations(list[0], a) <= 0 {
			merged, list = append(merged, list[0]), list[1:]
		}
		if !fresh[a.seq] {
			merged = append(merged, a)
		}
	}
	return &annotationIndex{now, append(merged, list...)}, nil
}

func compareAnnotations(a, b annotation) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.seq, b.seq))
}

func sortAnnotations(list []annotation) { slices.SortFunc(list, compareAnnotations) }

// readAnnotations runs a query for annotations and one for their tags, with the same
// arguments.
func (v *snapshot) readAnnotations(ctx context.Context, query, tags string, args ...any) ([]annotation, error) {
	rows, err := v.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []annotation
	at := map[string]int{}
	var unplaced []string // by a version of the program that did not note the place
	strings := map[string]string{}
	for rows.Next() {
		var key string
		var a annotation
		if err := rows.Scan(&key, &a.tenant, &a.time, &a.seq, &a.state); err != nil {
			return nil, err
		}
		a.tenant, a.state = once(strings, a.tenant), once(strings, a.state)
		if a.seq == 0 {
			unplaced = append(unplaced, key)
		}
		at[key] = len(list)
		list = append(list, a)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	placed, err := v.locate(ctx, unplaced)
	if err != nil {
		return nil, err
	}
	for key, row := range placed {
		list[at[key]].rowTime = row
	}
	err = eachPair(ctx, v.tx, tags, args, func(key, tag string) error {
		if i, ok := at[key]; ok {
			list[i].tags = append(list[i].tags, once(strings, tag))
		}
		return nil
	})
	return list, err
}

// once gives the same string for equal ones, so that they share memory.
func once(seen map[string]string, s string) string {
	if known, ok := seen[s]; ok {
		return known
	}
	seen[s] = s
	return s
}

// within gives the events from minTime to maxTime.
func (x *annotationIndex) within(minTime, maxTime int64) []annotation {
	from := sort.Search(len(x.list), func(i int) bool { return x.list[i].time >= minTime })
	to := sort.Search(len(x.list), func(i int) bool { return x.list[i].time > maxTime })
	return x.list[from:max(from, to)]
}

// annotationsMoved makes every index be read anew when some annotations are elsewhere or
// gone.
func annotationsMoved(ctx context.Context, tx *sql.Tx, some int64) error {
	if some == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('annotations_moved', '1')
		ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`)
	return err
}

// keyList is keys as a JSON list, for a query to go through.
func keyList(keys []string) (string, error) {
	list, err := json.Marshal(keys)
	return string(list), err
}
