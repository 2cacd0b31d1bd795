package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
)

// Tag implements [store.Annotator].
func (s *Store) Tag(ctx context.Context, key string, add, remove []string) error {
	const op = "sqlite.tag"
	return s.annotate(ctx, op, key, func(tx *sql.Tx) error {
		for _, t := range remove {
			if _, err := tx.ExecContext(ctx, "DELETE FROM tag WHERE folded = ? AND key = ?", rawjson.Fold(t), key); err != nil {
				return err
			}
		}
		for _, t := range add {
			if t = strings.TrimSpace(t); t == "" {
				return aoc.Errorf(aoc.CodeInvalid, op, "tags: a tag is empty")
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO tag (folded, key, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
				rawjson.Fold(t), key, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddComment implements [store.Annotator].
func (s *Store) AddComment(ctx context.Context, key string, c aoc.Comment) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.annotate(ctx, "sqlite.add_comment", key, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE annotation SET comments = json_insert(comments, '$[#]', json(?)) WHERE key = ?", string(text), key)
		return err
	})
}

// annotate runs f on an existing event that has an annotation row.
func (s *Store) annotate(ctx context.Context, op, key string, f func(tx *sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO annotation (key, tenant, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			key, e.TenantID, e.Timestamp.UnixNano())
		if err != nil {
			return err
		}
		return f(tx)
	})
}

// moveAnnotation follows an event whose time has changed.
func moveAnnotation(ctx context.Context, tx *sql.Tx, e *aoc.Event) error {
	_, err := tx.ExecContext(ctx, "UPDATE annotation SET time = ? WHERE key = ?", e.Timestamp.UnixNano(), e.Key)
	return err
}

// handOverAnnotations gives what people added under an old key to the event that has
// taken its place.
func handOverAnnotations(ctx context.Context, tx *sql.Tx, old string, e *aoc.Event) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO annotation (key, tenant, time, comments)
			SELECT ?, ?, ?, comments FROM annotation WHERE key = ?
			ON CONFLICT (key) DO UPDATE SET comments = (SELECT json_group_array(json(value)) FROM (
				SELECT value FROM json_each(annotation.comments) UNION ALL SELECT value FROM json_each(excluded.comments)))`,
			[]any{e.Key, e.TenantID, e.Timestamp.UnixNano(), old}},
		{"INSERT INTO tag (folded, key, tag) SELECT folded, ?, tag FROM tag WHERE key = ? ON CONFLICT DO NOTHING", []any{e.Key, old}},
		{"DELETE FROM tag WHERE key = ?", []any{old}},
		{"DELETE FROM annotation WHERE key = ?", []any{old}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
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
		e.Tags, e.Comments = []string{}, []aoc.Comment{}
		byKey[e.Key], keys[i] = e, e.Key
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	found := false
	err = v.eachPair(ctx, "SELECT key, comments FROM annotation WHERE key IN (SELECT value FROM json_each(?))", list,
		func(key, comments string) error {
			found = true
			return json.Unmarshal([]byte(comments), &byKey[key].Comments)
		})
	if err != nil || !found {
		return err
	}
	return v.eachPair(ctx, "SELECT key, tag FROM tag WHERE key IN (SELECT value FROM json_each(?)) ORDER BY tag", list,
		func(key, tag string) error {
			byKey[key].Tags = append(byKey[key].Tags, tag)
			return nil
		})
}

// eachPair calls f with the rows of a query of two columns of text.
func (v *snapshot) eachPair(ctx context.Context, query string, list []byte, f func(a, b string) error) error {
	rows, err := v.tx.QueryContext(ctx, query, string(list))
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
