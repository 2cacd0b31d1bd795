package sqlite

import (
	"context"
	"database/sql"
	"sort"

	"aoc"
	"aoc/internal/rawjson"
)

// Where an annotated event is, its annotation says: its tenant, its time, and its place in
// the log tells it from others of the same time. So what people added is known for sure
// without reading an event.

// rowTime names the row of an event.
type rowTime struct {
	key    string
	tenant string
	time   int64 // ns since 1970
	seq    int64 // 0 where an older version of the program has not noted it
}

const rowTimeColumns = "a.key, a.tenant, a.time, a.seq"

// rowOf gives the row of a segment that an annotation belongs to; -1 if it is elsewhere.
func (v *snapshot) rowOf(ctx context.Context, seg *segmentInfo, at rowTime) (int, error) {
	if at.tenant != seg.tenant || at.time < seg.minTime || at.time > seg.maxTime {
		return -1, nil
	}
	times, err := v.times(ctx, seg)
	if err != nil {
		return -1, err
	}
	row := sort.Search(len(times), func(i int) bool { return times[i] <= at.time })
	if row == len(times) || times[row] != at.time {
		return -1, nil
	}
	seqs, err := v.ints(ctx, seg, partSeq)
	if err != nil {
		return -1, err
	}
	for ; row < len(times) && times[row] == at.time; row++ {
		if at.seq != 0 {
			if seqs[row] == at.seq {
				return row, nil
			}
			continue
		}
		text, err := v.encoded(ctx, seg, row)
		if err != nil {
			return -1, err
		}
		if dedupeKey, _ := text.identity(); !v.dead[seg.id][row] && aoc.KeyOf(dedupeKey) == at.key {
			return row, nil
		}
	}
	return -1, nil
}

// locate finds events by their keys; those that are not stored are left out.
func (v *snapshot) locate(ctx context.Context, keys []string) (map[string]rowTime, error) {
	found := make(map[string]rowTime, len(keys))
	for _, key := range keys {
		at, _, _, err := v.findPlace(ctx, key)
		if err != nil {
			return nil, err
		}
		if at.seg == nil {
			continue
		}
		times, err := v.times(ctx, at.seg)
		if err != nil {
			return nil, err
		}
		seqs, err := v.ints(ctx, at.seg, partSeq)
		if err != nil {
			return nil, err
		}
		found[key] = rowTime{key: key, tenant: at.seg.tenant, time: times[at.row], seq: seqs[at.row]}
	}
	return found, nil
}

// rowTimes reads the rows of a query for rowTimeColumns.
func rowTimes(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]rowTime, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []rowTime
	for rows.Next() {
		var at rowTime
		if err := rows.Scan(&at.key, &at.tenant, &at.time, &at.seq); err != nil {
			return nil, err
		}
		list = append(list, at)
	}
	return list, rows.Err()
}

// annotatedNode knows the rows of the events that people said something about.
type annotatedNode struct {
	// within gives those whose time is from minTime to maxTime, perhaps others too.
	within func(ctx context.Context, tx *sql.Tx, minTime, maxTime int64) ([]rowTime, error)
}

func (n annotatedNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	list, err := n.within(ctx, v.tx, seg.minTime, seg.maxTime)
	if err != nil {
		return nil, nil, err
	}
	sure = newBitmap(seg.events)
	for _, at := range list {
		row, err := v.rowOf(ctx, seg, at)
		if err != nil {
			return nil, nil, err
		}
		if row >= 0 {
			sure.set(row)
		}
	}
	return sure, sure.clone(), nil
}

// tagged finds the events with one of the tags that are wanted. The tags that exist are
// few, so each is compared; their events are read once, all of them.
func tagged(ctx context.Context, tx *sql.Tx, wanted func(folded string) bool) (node, error) {
	var list []rowTime
	tags, err := column1(ctx, tx, "SELECT DISTINCT folded FROM tag")
	if err != nil {
		return nil, err
	}
	for _, tag := range tags {
		if !wanted(tag) {
			continue
		}
		some, err := rowTimes(ctx, tx, "SELECT "+rowTimeColumns+" FROM tag t JOIN annotation a ON a.key = t.key WHERE t.folded = ?", tag)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].time < list[j].time })
	return annotatedNode{func(_ context.Context, _ *sql.Tx, minTime, maxTime int64) ([]rowTime, error) {
		from := sort.Search(len(list), func(i int) bool { return list[i].time >= minTime })
		to := sort.Search(len(list), func(i int) bool { return list[i].time > maxTime })
		return list[from:max(from, to)], nil
	}}, nil
}

// reviewed finds the events with a review of one of the states that are wanted. They may
// be as many as the events themselves, so they are read as segments are.
func reviewed(wanted func(folded string) bool) node {
	var states []string
	for _, state := range aoc.ReviewStates() {
		if wanted(rawjson.Fold(string(state))) {
			states = append(states, string(state))
		}
	}
	return annotatedNode{func(ctx context.Context, tx *sql.Tx, minTime, maxTime int64) ([]rowTime, error) {
		var list []rowTime
		for _, state := range states {
			some, err := rowTimes(ctx, tx, "SELECT "+rowTimeColumns+" FROM annotation a WHERE a.review_state = ? AND a.time BETWEEN ? AND ?", state, minTime, maxTime)
			if err != nil {
				return nil, err
			}
			list = append(list, some...)
		}
		return list, nil
	}}
}

// annotatedRows gives the rows of a segment that people added something to.
func (v *snapshot) annotatedRows(ctx context.Context, seg *segmentInfo) (bitmap, error) {
	all := annotatedNode{func(ctx context.Context, tx *sql.Tx, minTime, maxTime int64) ([]rowTime, error) {
		return rowTimes(ctx, tx, "SELECT "+rowTimeColumns+" FROM annotation a WHERE a.tenant = ? AND a.time BETWEEN ? AND ?", seg.tenant, minTime, maxTime)
	}}
	rows, _, err := all.rows(ctx, v, seg)
	return rows, err
}

// column1 reads a query of one column of text.
func column1(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// taggedRow is an event with its tags.
type taggedRow struct {
	rowTime
	tags []string
}

// taggedByTime is sorted by time.
type taggedByTime []taggedRow

// taggedRows gives every event that has a tag.
func taggedRows(ctx context.Context, tx *sql.Tx) (taggedByTime, error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+rowTimeColumns+", t.tag FROM tag t JOIN annotation a ON a.key = t.key ORDER BY a.time, a.key")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list taggedByTime
	for rows.Next() {
		var at rowTime
		var tag string
		if err := rows.Scan(&at.key, &at.tenant, &at.time, &at.seq, &tag); err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || list[n-1].key != at.key {
			list = append(list, taggedRow{rowTime: at})
		}
		list[len(list)-1].tags = append(list[len(list)-1].tags, tag)
	}
	return list, rows.Err()
}

// within gives the events from minTime to maxTime.
func (l taggedByTime) within(minTime, maxTime int64) taggedByTime {
	from := sort.Search(len(l), func(i int) bool { return l[i].time >= minTime })
	to := sort.Search(len(l), func(i int) bool { return l[i].time > maxTime })
	return l[from:max(from, to)]
}
