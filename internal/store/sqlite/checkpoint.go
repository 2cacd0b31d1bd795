package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// Checkpoint implements [store.Checkpoints].
func (s *Store) Checkpoint(ctx context.Context, name string) (string, error) {
	var position string
	err := s.read.QueryRowContext(ctx, "SELECT position FROM checkpoint WHERE name = ?", name).Scan(&position)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return position, s.fault(err, "sqlite.checkpoint", "the store cannot be read")
}

// SetCheckpoint implements [store.Checkpoints].
func (s *Store) SetCheckpoint(ctx context.Context, name, position string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeFenced(ctx, "sqlite.set_checkpoint", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO checkpoint (name, position) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET position = excluded.position`, name, position)
		return err
	})
}
