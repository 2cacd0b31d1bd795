package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"aoc"
)

// moveAnnotation follows an event whose time or place in the log has changed.
func moveAnnotation(ctx context.Context, tx *sql.Tx, e *aoc.Event) error {
	done, err := tx.ExecContext(ctx, "UPDATE annotation SET tenant = ?, time = ?, seq = ? WHERE key = ?", e.TenantID, e.Timestamp.UnixNano(), e.Seq, e.Key)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	return annotationsMoved(ctx, tx, n)
}

// forgetAnnotations lets what people added go with the events before a time.
func forgetAnnotations(ctx context.Context, tx *sql.Tx, tenant string, cut int64) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM tag WHERE key IN (SELECT key FROM annotation WHERE tenant = ? AND time < ?)", tenant, cut)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "DELETE FROM annotation WHERE tenant = ? AND time < ?", tenant, cut)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	return annotationsMoved(ctx, tx, n)
}

// handOverAnnotations gives what people added under an old key to the event that has
// taken its place. Of two reviews the later one stays.
func handOverAnnotations(ctx context.Context, tx *sql.Tx, old string, e *aoc.Event) error {
	var changed int64
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO annotation (key, tenant, time, seq, comments, review, review_state, review_edit)
			SELECT ?, ?, ?, ?, comments, review, review_state, review_edit FROM annotation WHERE key = ?
			ON CONFLICT (key) DO UPDATE SET
				comments = (SELECT json_group_array(json(value)) FROM (
					SELECT value FROM json_each(annotation.comments) UNION ALL SELECT value FROM json_each(excluded.comments))),
				review = iif(excluded.review_edit > annotation.review_edit, excluded.review, annotation.review),
				review_state = iif(excluded.review_edit > annotation.review_edit, excluded.review_state, annotation.review_state),
				review_edit = max(excluded.review_edit, annotation.review_edit)`,
			[]any{e.Key, e.TenantID, e.Timestamp.UnixNano(), e.Seq, old}},
		{"INSERT INTO tag (folded, key, tag) SELECT folded, ?, tag FROM tag WHERE key = ? ON CONFLICT DO NOTHING", []any{e.Key, old}},
		{"DELETE FROM tag WHERE key = ?", []any{old}},
		{"DELETE FROM annotation WHERE key = ?", []any{old}},
		{"UPDATE edit SET subject = ? WHERE subject = ?", []any{e.Key, old}},
	} {
		done, err := tx.ExecContext(ctx, step.query, step.args...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		changed += n
	}
	return annotationsMoved(ctx, tx, changed)
}

// decorate fills in what people added to an event.
func (v *snapshot) decorate(ctx context.Context, e *aoc.Event) error {
	return v.decorateAll(ctx, []*aoc.Event{e})
}

// decorateAll fills in what people added to events.
func (v *snapshot) decorateAll(ctx context.Context, events []*aoc.Event) error {
	byKey := make(map[string]*aoc.Event, len(events))
	keys := make([]string, len(events))
	for i, e := range events {
		e.Tags, e.Comments, e.Review = []string{}, []aoc.Comment{}, nil
		byKey[e.Key], keys[i] = e, e.Key
	}
	list, err := keyList(keys)
	if err != nil {
		return err
	}
	found, err := v.decorateRows(ctx, list, byKey)
	if err != nil || !found {
		return err
	}
	return eachPair(ctx, v.tx, "SELECT key, tag FROM tag WHERE key IN (SELECT value FROM json_each(?)) ORDER BY tag", []any{list},
		func(key, tag string) error {
			byKey[key].Tags = append(byKey[key].Tags, tag)
			return nil
		})
}

// decorateRows fills in comments and reviews; found is false when no event has anything.
func (v *snapshot) decorateRows(ctx context.Context, list string, byKey map[string]*aoc.Event) (found bool, err error) {
	rows, err := v.tx.QueryContext(ctx, "SELECT key, comments, review FROM annotation WHERE key IN (SELECT value FROM json_each(?))", list)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var key, comments string
		var review sql.NullString
		if err := rows.Scan(&key, &comments, &review); err != nil {
			return false, err
		}
		found = true
		e := byKey[key]
		if err := json.Unmarshal([]byte(comments), &e.Comments); err != nil {
			return false, err
		}
		if e.Review, err = decodeReview(review); err != nil {
			return false, err
		}
	}
	return found, rows.Err()
}

// eachPair calls f with the rows of a query of two columns of text.
func eachPair(ctx context.Context, tx *sql.Tx, query string, args []any, f func(a, b string) error) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		if err := f(a, b); err != nil {
			return err
		}
	}
	return rows.Err()
}
