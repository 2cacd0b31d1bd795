package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Annotate implements [store.Annotator].
func (s *Store) Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	const op = "sqlite.annotate"
	b := annotateBatch{events: map[string]*annotated{}}
	for i := range edits {
		if err := store.CheckEdit(op, &edits[i]); err != nil {
			return nil, err
		}
		if b.events[edits[i].Key] == nil {
			b.events[edits[i].Key] = &annotated{key: edits[i].Key, Annotation: store.Annotation{Tags: []string{}}}
			b.keys = append(b.keys, edits[i].Key)
		}
	}
	if len(edits) == 0 {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// Nothing else writes meanwhile, so what is read here still holds when it is written.
	if err := s.snapshot(ctx, op, func(v *snapshot) error { return b.load(ctx, v) }); err != nil {
		return nil, err
	}
	err := s.writeTx(ctx, op, func(tx *sql.Tx) error {
		seq, err := lastEdit(ctx, tx)
		if err != nil {
			return err
		}
		for i := range edits {
			r, err := b.events[edits[i].Key].Apply(&edits[i], seq+1)
			if err != nil {
				return err
			}
			if r != nil {
				seq++
				b.records = append(b.records, *r)
			}
		}
		return b.write(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return b.records, nil
}

// annotated is what people added to one event, while edits are applied to it. Of its
// comments only the new ones are at hand.
type annotated struct {
	store.Annotation
	key    string
	at     rowTime
	stored bool // has an annotation row

	was store.Annotation
}

// annotateBatch works out one Annotate.
type annotateBatch struct {
	keys    []string // in the order they are named
	events  map[string]*annotated
	records []aoc.EditRecord
}

// load reads what the events have, and finds those that have nothing yet.
func (b *annotateBatch) load(ctx context.Context, v *snapshot) error {
	list, err := keyList(b.keys)
	if err != nil {
		return err
	}
	if err := b.loadRows(ctx, v.tx, list); err != nil {
		return err
	}
	err = eachPair(ctx, v.tx, "SELECT key, tag FROM tag WHERE key IN (SELECT value FROM json_each(?)) ORDER BY tag", []any{list},
		func(key, tag string) error {
			b.events[key].Tags = append(b.events[key].Tags, tag)
			return nil
		})
	if err != nil {
		return err
	}
	var unknown []string
	for _, key := range b.keys {
		if !b.events[key].stored {
			unknown = append(unknown, key)
		}
	}
	found, err := v.locate(ctx, unknown)
	if err != nil {
		return err
	}
	for _, key := range unknown {
		at, ok := found[key]
		if !ok {
			return notFound(key)
		}
		b.events[key].at = at
	}
	for _, a := range b.events {
		a.was = a.Annotation
	}
	return nil
}

func (b *annotateBatch) loadRows(ctx context.Context, tx *sql.Tx, list string) error {
	rows, err := tx.QueryContext(ctx, `SELECT key, review, review_edit FROM annotation
		WHERE key IN (SELECT value FROM json_each(?))`, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var review sql.NullString
		var edit int64
		if err := rows.Scan(&key, &review, &edit); err != nil {
			return err
		}
		a := b.events[key]
		a.stored, a.ReviewEdit = true, edit
		if a.Review, err = decodeReview(review); err != nil {
			return err
		}
	}
	return rows.Err()
}

func decodeReview(text sql.NullString) (*aoc.Review, error) {
	if !text.Valid {
		return nil, nil
	}
	r := &aoc.Review{}
	return r, json.Unmarshal([]byte(text.String), r)
}

// write stores what the edits changed, and their records.
func (b *annotateBatch) write(ctx context.Context, tx *sql.Tx) error {
	w := &statements{ctx: ctx, tx: tx}
	defer w.close()
	touched := map[string]bool{}
	for i := range b.records {
		touched[b.records[i].Subject] = true
	}
	for _, key := range b.keys {
		if touched[key] {
			b.events[key].write(w)
		}
	}
	for i := range b.records {
		writeEdit(w, &b.records[i])
	}
	return w.err
}

func (a *annotated) write(w *statements) {
	if !a.stored {
		w.exec("INSERT INTO annotation (key, tenant, time, seq) VALUES (?, ?, ?, ?)", a.key, a.at.tenant, a.at.time, a.at.seq)
	}
	for _, t := range a.was.Tags {
		if !slices.Contains(a.Tags, t) {
			w.exec("DELETE FROM tag WHERE folded = ? AND key = ?", rawjson.Fold(t), a.key)
		}
	}
	for _, t := range a.Tags {
		if !slices.Contains(a.was.Tags, t) {
			w.exec("INSERT INTO tag (folded, key, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rawjson.Fold(t), a.key, t)
		}
	}
	for _, c := range a.Comments {
		w.exec("UPDATE annotation SET comments = json_insert(comments, '$[#]', json(?)) WHERE key = ?", w.json(c), a.key)
	}
	if a.ReviewEdit == a.was.ReviewEdit {
		return
	}
	var review, state any
	if a.Review != nil {
		review, state = w.json(a.Review), string(a.Review.State)
	}
	w.exec("UPDATE annotation SET review = ?, review_state = ?, review_edit = ? WHERE key = ?", review, state, a.ReviewEdit, a.key)
}

// nanoTime is the time of a number of nanoseconds since 1970, in UTC.
func nanoTime(ns int64) time.Time { return time.Unix(0, ns).UTC() }
