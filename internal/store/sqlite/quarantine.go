package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"aoc"
)

// PutQuarantine implements [store.Quarantine].
func (s *Store) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	if len(qs) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "sqlite.put_quarantine", func(tx *sql.Tx) error {
		for _, q := range qs {
			raw := q.Raw
			if raw == nil {
				raw = []byte{}
			}
			q.Raw = nil // kept beside the row, not in base64 within it
			row, err := json.Marshal(q)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO quarantine (id, row, raw) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
				q.ID, string(row), raw)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ListQuarantine implements [store.Quarantine].
func (s *Store) ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error) {
	const op = "sqlite.list_quarantine"
	rows, err := s.read.QueryContext(ctx, "SELECT row, raw FROM quarantine WHERE id > ? ORDER BY id LIMIT ?", after, limit)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var qs []aoc.Quarantined
	for rows.Next() {
		var row, raw []byte
		if err := rows.Scan(&row, &raw); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		var q aoc.Quarantined
		if err := json.Unmarshal(row, &q); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a quarantine row cannot be decoded")
		}
		q.Raw = append([]byte{}, raw...) // never nil
		qs = append(qs, q)
	}
	return qs, s.fault(rows.Err(), op, "the store cannot be read")
}

// DropQuarantine implements [store.Quarantine].
func (s *Store) DropQuarantine(ctx context.Context, ids []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "sqlite.drop_quarantine", func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, "DELETE FROM quarantine WHERE id = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}
