package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"aoc"
)

// PutReport implements [store.Reports].
func (s *Store) PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	const op = "sqlite.put_report"
	for _, part := range [...]struct{ field, value string }{{"kind", kind}, {"id", id}} {
		if part.value == "" || strings.Contains(part.value, "/") {
			return aoc.Errorf(aoc.CodeInvalid, op, "%s: not usable for a report: %q", part.field, part.value)
		}
	}
	if !json.Valid(body) {
		return aoc.Errorf(aoc.CodeInvalid, op, "body: not JSON")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		w := &statements{ctx: ctx, tx: tx}
		defer w.close()
		w.exec(`INSERT INTO report (kind, id, n, body)
			VALUES (?1, ?2, (SELECT coalesce(max(n), 0) + 1 FROM report WHERE kind = ?1), ?3)
			ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`, kind, id, string(body))
		w.exec(`DELETE FROM report WHERE kind = ?1 AND n <=
			(SELECT n FROM report WHERE kind = ?1 ORDER BY n DESC LIMIT 1 OFFSET ?2)`, kind, max(keep, 1))
		return w.err
	})
}

// Report implements [store.Reports].
func (s *Store) Report(ctx context.Context, kind, id string) (json.RawMessage, error) {
	const op = "sqlite.report"
	var body string
	err := s.read.QueryRowContext(ctx, "SELECT body FROM report WHERE kind = ? AND id = ?", kind, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, aoc.Errorf(aoc.CodeNotFound, op, "there is no such report")
	}
	return json.RawMessage(body), s.fault(err, op, "the store cannot be read")
}

// ListReports implements [store.Reports].
func (s *Store) ListReports(ctx context.Context, kind string) ([]json.RawMessage, error) {
	const op = "sqlite.list_reports"
	rows, err := s.read.QueryContext(ctx, "SELECT body FROM report WHERE kind = ? ORDER BY n DESC", kind)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var reports []json.RawMessage
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		reports = append(reports, json.RawMessage(body))
	}
	return reports, s.fault(rows.Err(), op, "the store cannot be read")
}
