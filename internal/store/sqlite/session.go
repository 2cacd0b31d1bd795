package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"aoc"
	"aoc/internal/store"
)

// NewSession implements [store.Sessions].
func (s *Store) NewSession(ctx context.Context, n store.Session) error {
	const op = "sqlite.new_session"
	if err := store.CheckSession(op, &n); err != nil {
		return err
	}
	added, err := s.changeSessions(ctx, op, `INSERT INTO session (id, subject, began, expires, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		n.ID, n.Subject, n.Began.UnixNano(), n.Expires.UnixNano(), string(n.Data))
	if err == nil && added == 0 {
		return aoc.Errorf(aoc.CodeConflict, op, "there is a session with this id already")
	}
	return err
}

// changeSessions runs one statement and tells how many sessions it has changed.
func (s *Store) changeSessions(ctx context.Context, op, statement string, args ...any) (changed int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.writeTx(ctx, op, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, statement, args...)
		if err == nil {
			changed, err = r.RowsAffected()
		}
		return err
	})
	return changed, err
}

const sessionColumns = "SELECT id, subject, began, expires, data FROM session "

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, id string, at time.Time) (store.Session, error) {
	const op = "sqlite.session"
	found, err := scanSession(s.read.QueryRowContext(ctx, sessionColumns+"WHERE id = ? AND expires > ?", id, at.UnixNano()))
	if errors.Is(err, sql.ErrNoRows) {
		return found, aoc.Errorf(aoc.CodeNotFound, op, "there is no such session")
	}
	return found, s.fault(err, op, "the store cannot be read")
}

func scanSession(row interface{ Scan(...any) error }) (store.Session, error) {
	var n store.Session
	var began, expires int64
	var data string
	if err := row.Scan(&n.ID, &n.Subject, &began, &expires, &data); err != nil {
		return n, err
	}
	n.Began, n.Expires, n.Data = time.Unix(0, began).UTC(), time.Unix(0, expires).UTC(), json.RawMessage(data)
	return n, nil
}

// KeepSession implements [store.Sessions].
func (s *Store) KeepSession(ctx context.Context, id string, expires time.Time) error {
	const op = "sqlite.keep_session"
	n, err := s.changeSessions(ctx, op, "UPDATE session SET expires = max(expires, ?) WHERE id = ?", expires.UnixNano(), id)
	if err == nil && n == 0 {
		return aoc.Errorf(aoc.CodeNotFound, op, "there is no such session")
	}
	return err
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, subject string, at time.Time) ([]store.Session, error) {
	const op = "sqlite.list_sessions"
	rows, err := s.read.QueryContext(ctx, sessionColumns+"WHERE expires > ?1 AND (?2 = '' OR subject = ?2) ORDER BY began DESC, id", at.UnixNano(), subject)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var all []store.Session
	for rows.Next() {
		n, err := scanSession(rows)
		if err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		all = append(all, n)
	}
	return all, s.fault(rows.Err(), op, "the store cannot be read")
}

// EndSession implements [store.Sessions].
func (s *Store) EndSession(ctx context.Context, id string) (bool, error) {
	n, err := s.changeSessions(ctx, "sqlite.end_session", "DELETE FROM session WHERE id = ?", id)
	return n > 0, err
}

// DropSessions implements [store.Sessions].
func (s *Store) DropSessions(ctx context.Context, before time.Time) (int64, error) {
	return s.changeSessions(ctx, "sqlite.drop_sessions", "DELETE FROM session WHERE expires < ?", before.UnixNano())
}
