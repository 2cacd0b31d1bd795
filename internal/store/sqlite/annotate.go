package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
)

// Annotate implements [store.Annotator].
func (s *Store) Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	const op = "sqlite.annotate"
	b := annotateBatch{events: map[string]*annotated{}}
	for i := range edits {
		if err := checkEdit(&edits[i]); err != nil {
			return nil, err
		}
		if b.events[edits[i].Key] == nil {
			b.events[edits[i].Key] = &annotated{key: edits[i].Key, tags: []string{}}
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
			r, err := b.events[edits[i].Key].apply(&edits[i], seq+1)
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

// checkEdit refuses an edit that nobody should store.
func checkEdit(e *aoc.Edit) error {
	bad := func(message string) error {
		return aoc.Errorf(aoc.CodeInvalid, "sqlite.annotate", "%s", message)
	}
	things := 0
	for _, set := range [...]bool{e.Tags != nil, e.Comment != "", e.Review != nil} {
		if set {
			things++
		}
	}
	switch {
	case things != 1:
		return bad("edit: must change tags, comment or review, and one of them only")
	case e.By == "":
		return bad("by: who makes the edit is not said")
	case e.At.Before(minTime) || e.At.After(maxTime):
		return bad("at: when the edit is made is not said")
	}
	if e.Tags != nil {
		for _, t := range e.Tags.Add {
			if strings.TrimSpace(t) == "" {
				return bad("tags: a tag is empty")
			}
		}
	}
	if r := e.Review; r != nil {
		state := r.State
		if r.Restore != nil {
			state = r.Restore.State
		}
		if !slices.Contains(aoc.ReviewStates(), state) && (state != "" || r.Restore != nil) {
			return bad(fmt.Sprintf("review: %q is not a state that a review can have", state))
		}
	}
	return nil
}

// annotated is what people added to one event, while edits are applied to it.
type annotated struct {
	key    string
	at     rowTime
	stored bool // has an annotation row

	tags       []string // sorted
	review     *aoc.Review
	reviewEdit int64 // last that changed the review

	removed, added []string // tags
	newComments    []aoc.Comment
	reviewed       bool // review or reviewEdit is to be written
}

// apply does one edit, whose record will have the number seq; the record is nil when
// nothing changes.
func (a *annotated) apply(e *aoc.Edit, seq int64) (*aoc.EditRecord, error) {
	r := &aoc.EditRecord{Seq: seq, Subject: e.Key, By: e.By, At: e.At.UTC(), Batch: e.Batch}
	var before, after any
	switch {
	case e.Tags != nil:
		was := slices.Clone(a.tags)
		a.applyTags(e.Tags)
		if slices.Equal(was, a.tags) {
			return nil, nil
		}
		r.Action, before, after = aoc.EditTags, was, a.tags
	case e.Comment != "":
		c := aoc.Comment{Author: e.By, Text: e.Comment, At: e.At.UTC()}
		a.newComments = append(a.newComments, c)
		r.Action, after = aoc.EditComment, c
	default:
		was := a.review
		if !a.applyReview(e, seq) {
			return nil, nil
		}
		r.Action, before, after = aoc.EditReview, was, a.review
	}
	var err error
	if r.Before, err = json.Marshal(before); err != nil {
		return nil, err
	}
	r.After, err = json.Marshal(after)
	return r, err
}

func (a *annotated) applyTags(e *aoc.TagEdit) {
	stays := foldedTags(e.Add)
	goes := foldedTags(e.Remove)
	kept := make([]string, 0, len(a.tags)+len(e.Add))
	for _, t := range a.tags {
		f := rawjson.Fold(t)
		if e.Replace && !stays[f] || !e.Replace && goes[f] {
			a.removed = append(a.removed, t)
			continue
		}
		kept = append(kept, t)
	}
	has := foldedTags(kept)
	for _, t := range e.Add {
		t = strings.TrimSpace(t)
		if f := rawjson.Fold(t); !has[f] {
			has[f] = true
			kept = append(kept, t)
			a.added = append(a.added, t)
		}
	}
	slices.Sort(kept)
	a.tags = kept
}

// foldedTags gives tags as they are compared.
func foldedTags(tags []string) map[string]bool {
	set := make(map[string]bool, len(tags))
	for _, t := range tags {
		set[rawjson.Fold(strings.TrimSpace(t))] = true
	}
	return set
}

// applyReview reports whether the review is another one now.
func (a *annotated) applyReview(e *aoc.Edit, seq int64) bool {
	r := e.Review
	if (r.IfEdit != 0 && r.IfEdit != a.reviewEdit) || (r.IfNone && a.review != nil) {
		return false
	}
	var next *aoc.Review
	switch {
	case r.Restore != nil:
		restored := *r.Restore
		restored.At, restored.Edit = restored.At.UTC(), seq
		next = &restored
	case r.State != "":
		next = &aoc.Review{State: r.State, By: e.By, Note: r.Note, Ticket: r.Ticket, At: e.At.UTC(), Edit: seq}
	}
	if sameReview(a.review, next, r.Restore != nil) {
		return false
	}
	a.review, a.reviewEdit, a.reviewed = next, seq, true
	return true
}

// sameReview reports whether b says nothing that a does not. That the same person says the
// same again counts for nothing, unless the time of it is what matters.
func sameReview(a, b *aoc.Review, exactly bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.State == b.State && a.By == b.By && a.Note == b.Note && a.Ticket == b.Ticket && a.Window == b.Window &&
		(!exactly || a.At.Equal(b.At))
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
			b.events[key].tags = append(b.events[key].tags, tag)
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
		a.stored, a.reviewEdit = true, edit
		if a.review, err = decodeReview(review); err != nil {
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
	for _, t := range a.removed {
		w.exec("DELETE FROM tag WHERE folded = ? AND key = ?", rawjson.Fold(t), a.key)
	}
	for _, t := range a.tags { // some of those that were added may have been removed again
		if slices.Contains(a.added, t) {
			w.exec("INSERT INTO tag (folded, key, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rawjson.Fold(t), a.key, t)
		}
	}
	for _, c := range a.newComments {
		w.exec("UPDATE annotation SET comments = json_insert(comments, '$[#]', json(?)) WHERE key = ?", w.json(c), a.key)
	}
	if !a.reviewed {
		return
	}
	var review, state any
	if a.review != nil {
		review, state = w.json(a.review), string(a.review.State)
	}
	w.exec("UPDATE annotation SET review = ?, review_state = ?, review_edit = ? WHERE key = ?", review, state, a.reviewEdit, a.key)
}

// nanoTime is the time of a number of nanoseconds since 1970, in UTC.
func nanoTime(ns int64) time.Time { return time.Unix(0, ns).UTC() }
