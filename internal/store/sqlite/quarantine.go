package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"aoc"
)

// quarantinePiece is how much of a record one row holds.
const quarantinePiece = 1 << 20

// PutQuarantine implements [store.Quarantine].
func (s *Store) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	if len(qs) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "sqlite.put_quarantine", func(tx *sql.Tx) error {
		for _, q := range qs {
			if err := s.putQuarantined(ctx, tx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) putQuarantined(ctx context.Context, tx *sql.Tx, q aoc.Quarantined) error {
	raw := q.Raw
	q.Raw = nil // kept beside the row, not in base64 within it
	row, err := json.Marshal(q)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "INSERT INTO quarantine (id, row) VALUES (?, ?) ON CONFLICT DO NOTHING", q.ID, string(row))
	if err != nil {
		return err
	}
	if added, err := done.RowsAffected(); err != nil || added == 0 {
		return err // it is there already
	}
	n := 0
	for piece := range slices.Chunk(raw, quarantinePiece) {
		if _, err := tx.ExecContext(ctx, "INSERT INTO quarantine_raw (id, n, data) VALUES (?, ?, ?)", q.ID, n, s.codec.compress(piece)); err != nil {
			return err
		}
		n++
	}
	return nil
}

// ListQuarantine implements [store.Quarantine].
func (s *Store) ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error) {
	const op = "sqlite.list_quarantine"
	rows, err := s.read.QueryContext(ctx, `SELECT q.id, q.row, r.data FROM (SELECT id, row FROM quarantine WHERE id > ? ORDER BY id LIMIT ?) q
		LEFT JOIN quarantine_raw r ON r.id = q.id ORDER BY q.id, r.n`, after, limit)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var qs []aoc.Quarantined
	for rows.Next() {
		var id string
		var row, data sql.RawBytes
		if err := rows.Scan(&id, &row, &data); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		if len(qs) == 0 || qs[len(qs)-1].ID != id {
			q := aoc.Quarantined{}
			if err := json.Unmarshal(row, &q); err != nil {
				return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a quarantine row cannot be decoded")
			}
			q.Raw = []byte{} // never nil
			qs = append(qs, q)
		}
		piece, err := s.codec.decompress(data)
		if err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		q := &qs[len(qs)-1]
		q.Raw = append(q.Raw, piece...)
	}
	return qs, s.fault(rows.Err(), op, "the store cannot be read")
}

// DropQuarantine implements [store.Quarantine].
func (s *Store) DropQuarantine(ctx context.Context, ids []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "sqlite.drop_quarantine", func(tx *sql.Tx) error {
		for _, id := range ids {
			for _, table := range []string{"quarantine", "quarantine_raw"} {
				if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE id = ?", id); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
