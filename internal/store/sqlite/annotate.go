package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
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
	e.Tags, e.Comments = []string{}, []aoc.Comment{}
	var comments []byte
	err := v.tx.QueryRowContext(ctx, "SELECT comments FROM annotation WHERE key = ?", e.Key).Scan(&comments)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(comments, &e.Comments); err != nil {
		return err
	}
	rows, err := v.tx.QueryContext(ctx, "SELECT tag FROM tag WHERE key = ?", e.Key)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return err
		}
		e.Tags = append(e.Tags, t)
	}
	slices.Sort(e.Tags)
	return rows.Err()
}
