package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"aoc"
	"aoc/internal/store"
)

// Edits implements [store.Annotator].
func (s *Store) Edits(ctx context.Context, f store.EditFilter, limit int) ([]aoc.EditRecord, error) {
	query, args := "SELECT seq, subject, action, by, at, batch, before, after FROM edit WHERE seq > ?", []any{f.After}
	if f.Subject != "" {
		query, args = query+" AND subject = ?", append(args, f.Subject)
	}
	if f.Batch != "" {
		query, args = query+" AND batch = ? AND batch <> ''", append(args, f.Batch)
	}
	query, args = query+" ORDER BY seq LIMIT ?", append(args, max(limit, 0))
	var records []aoc.EditRecord
	err := s.readTx(ctx, "sqlite.edits", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r aoc.EditRecord
			var at int64
			var before, after string
			if err := rows.Scan(&r.Seq, &r.Subject, &r.Action, &r.By, &at, &r.Batch, &before, &after); err != nil {
				return err
			}
			r.At, r.Before, r.After = nanoTime(at), json.RawMessage(before), json.RawMessage(after)
			records = append(records, r)
		}
		return rows.Err()
	})
	return records, err
}

// lastEdit is the number of the newest record, 0 without one.
func lastEdit(ctx context.Context, tx *sql.Tx) (seq int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM edit").Scan(&seq)
	return seq, err
}

func writeEdit(w *statements, r *aoc.EditRecord) {
	w.exec("INSERT INTO edit (seq, subject, action, by, at, batch, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		r.Seq, r.Subject, r.Action, r.By, r.At.UnixNano(), r.Batch, string(r.Before), string(r.After))
}

// statements runs statements of one transaction, each prepared once. After the first
// error it does nothing.
type statements struct {
	ctx   context.Context
	tx    *sql.Tx
	stmts map[string]*sql.Stmt
	err   error
}

func (w *statements) exec(query string, args ...any) {
	if w.err != nil {
		return
	}
	stmt := w.stmts[query]
	if stmt == nil {
		if stmt, w.err = w.tx.PrepareContext(w.ctx, query); w.err != nil {
			return
		}
		if w.stmts == nil {
			w.stmts = map[string]*sql.Stmt{}
		}
		w.stmts[query] = stmt
	}
	_, w.err = stmt.ExecContext(w.ctx, args...)
}

// json encodes a value for a column of text.
func (w *statements) json(v any) string {
	text, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return string(text)
}

func (w *statements) close() {
	for _, stmt := range w.stmts {
		_ = stmt.Close() // the transaction ends as well
	}
}
