package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"aoc"
)

// PutNames implements [store.Names].
func (s *Store) PutNames(ctx context.Context, ns []aoc.DirectoryName) error {
	if len(ns) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, "sqlite.put_names", func(tx *sql.Tx) error {
		for _, n := range ns {
			if err := putName(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func putName(ctx context.Context, tx *sql.Tx, n aoc.DirectoryName) error {
	var since int64
	var kind, name, upn string
	err := tx.QueryRowContext(ctx, `SELECT since, kind, name, upn FROM directory_name
		WHERE tenant = ? AND object = ? ORDER BY since DESC LIMIT 1`, n.TenantID, n.ID).Scan(&since, &kind, &name, &upn)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && kind == n.Kind && name == n.Name && upn == n.UPN {
		_, err = tx.ExecContext(ctx, `UPDATE directory_name SET seen = max(seen, ?)
			WHERE tenant = ? AND object = ? AND since = ?`, n.Seen.UnixNano(), n.TenantID, n.ID, since)
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO directory_name (tenant, object, since, seen, kind, name, upn) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant, object, since) DO UPDATE SET seen = excluded.seen, kind = excluded.kind, name = excluded.name, upn = excluded.upn`,
		n.TenantID, n.ID, nanosOr(n.Since, n.Seen.UnixNano()), n.Seen.UnixNano(), n.Kind, n.Name, n.UPN)
	return err
}

// LoadNames implements [store.Names].
func (s *Store) LoadNames(ctx context.Context, tenantID string) ([]aoc.DirectoryName, error) {
	const op = "sqlite.load_names"
	rows, err := s.read.QueryContext(ctx, `SELECT object, since, seen, kind, name, upn FROM directory_name
		WHERE tenant = ? ORDER BY object, since`, tenantID)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var ns []aoc.DirectoryName
	for rows.Next() {
		n := aoc.DirectoryName{TenantID: tenantID}
		var since, seen int64
		if err := rows.Scan(&n.ID, &since, &seen, &n.Kind, &n.Name, &n.UPN); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		n.Since, n.Seen = time.Unix(0, since).UTC(), time.Unix(0, seen).UTC()
		ns = append(ns, n)
	}
	return ns, s.fault(rows.Err(), op, "the store cannot be read")
}
