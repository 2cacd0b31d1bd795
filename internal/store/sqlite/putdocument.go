package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"aoc"
	"aoc/internal/store"
)

// PutDocument implements [store.Documents].
func (s *Store) PutDocument(ctx context.Context, d store.Document) (store.Document, error) {
	const op = "sqlite.put_document"
	if err := store.CheckDocument(op, &d); err != nil {
		return store.Document{}, err
	}
	if !json.Valid(d.Body) {
		return store.Document{}, aoc.Errorf(aoc.CodeInvalid, op, "body: not JSON")
	}
	err := s.changeDocument(ctx, op, &d, d.Body, func(w *statements) {
		w.exec(`INSERT INTO document (kind, id, version, by, at, body) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, by = excluded.by, at = excluded.at, body = excluded.body`,
			d.Kind, d.ID, d.Version, d.By, d.At.UnixNano(), string(d.Body))
	})
	if err != nil {
		return store.Document{}, err
	}
	return d, nil
}

// DropDocument implements [store.Documents].
func (s *Store) DropDocument(ctx context.Context, d store.Document) error {
	const op = "sqlite.drop_document"
	if err := store.CheckDocument(op, &d); err != nil {
		return err
	}
	return s.changeDocument(ctx, op, &d, nil, func(w *statements) {
		w.exec("DELETE FROM document WHERE kind = ? AND id = ?", d.Kind, d.ID)
	})
}

// changeDocument writes a document, or removes it where after is nil, if the stored one has
// d's version. It gives d its next version and leaves a record.
func (s *Store) changeDocument(ctx context.Context, op string, d *store.Document, after json.RawMessage, write func(w *statements)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		subject := d.Kind + "/" + d.ID
		before, err := storedBody(ctx, tx, op, d, after == nil)
		if err != nil {
			return err
		}
		// Every change leaves a record, so a version is never used twice: who still has one
		// of a document that was removed cannot change another that has its id.
		if err := tx.QueryRowContext(ctx, "SELECT count(*) + 1 FROM edit WHERE subject = ?", subject).Scan(&d.Version); err != nil {
			return err
		}
		seq, err := lastEdit(ctx, tx)
		if err != nil {
			return err
		}
		w := &statements{ctx: ctx, tx: tx}
		defer w.close()
		write(w)
		none := "null"
		writeEdit(w, &aoc.EditRecord{
			Seq: seq + 1, Subject: subject, Action: aoc.EditDocument, By: d.By, At: d.At,
			Before: json.RawMessage(cmp.Or(before, none)), After: json.RawMessage(cmp.Or(string(after), none)),
		})
		return w.err
	})
}

// storedBody gives the body of the stored document, empty without one, if its version is d's.
func storedBody(ctx context.Context, tx *sql.Tx, op string, d *store.Document, must bool) (body string, err error) {
	var version int64
	err = tx.QueryRowContext(ctx, "SELECT version, body FROM document WHERE kind = ? AND id = ?", d.Kind, d.ID).Scan(&version, &body)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
		if must {
			return "", aoc.Errorf(aoc.CodeNotFound, op, "it is not there any more")
		}
	}
	if err == nil && version != d.Version {
		e := aoc.Errorf(aoc.CodeConflict, op, "somebody else has changed it meanwhile")
		e.Hint = "Load it again, look at what is different, then make your change."
		return "", e
	}
	return body, err
}

// ListDocuments implements [store.Documents].
func (s *Store) ListDocuments(ctx context.Context, kind string) ([]store.Document, error) {
	var docs []store.Document
	err := s.readTx(ctx, "sqlite.list_documents", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT id, version, by, at, body FROM document WHERE kind = ? ORDER BY id", kind)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d := store.Document{Kind: kind}
			var at int64
			var body string
			if err := rows.Scan(&d.ID, &d.Version, &d.By, &at, &body); err != nil {
				return err
			}
			d.At, d.Body = nanoTime(at), json.RawMessage(body)
			docs = append(docs, d)
		}
		return rows.Err()
	})
	return docs, err
}
