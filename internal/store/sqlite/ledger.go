package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
)

// PutWindows implements [store.Windows].
func (s *Store) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	if len(ws) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeFenced(ctx, "sqlite.put_windows", func(tx *sql.Tx) error {
		feeds := feedIDs{}
		for _, w := range ws {
			id, err := feeds.make(ctx, tx, w.Feed)
			if err != nil {
				return err
			}
			row, err := json.Marshal(w)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO ledger_window (feed, start, end, row) VALUES (?, ?, ?, ?)
				ON CONFLICT (feed, start) DO UPDATE SET end = excluded.end, row = excluded.row`,
				id, w.Window.Start.UnixNano(), w.Window.End.UnixNano(), string(row))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ListWindows implements [store.Windows].
func (s *Store) ListWindows(ctx context.Context, feed aoc.Feed, span aoc.Window) ([]aoc.LedgerWindow, error) {
	start, end := nanosOr(span.Start, math.MinInt64), nanosOr(span.End, math.MaxInt64)
	return listRows[aoc.LedgerWindow](ctx, s, "sqlite.list_windows",
		`SELECT w.row FROM ledger_window w JOIN feed f ON f.id = w.feed
		WHERE f.tenant = ? AND f.collector = ? AND f.stream = ? AND w.start < ? AND w.end > ? ORDER BY w.start`,
		feed.TenantID, feed.Collector, feed.Stream, end, start)
}

// DropWindows implements [store.Windows].
func (s *Store) DropWindows(ctx context.Context, feed aoc.Feed, before time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeFenced(ctx, "sqlite.drop_windows", func(tx *sql.Tx) error {
		for _, rows := range []string{"ledger_unit WHERE window_start", "ledger_window WHERE start"} {
			_, err := tx.ExecContext(ctx, "DELETE FROM "+rows+` < ?
				AND feed = (SELECT id FROM feed WHERE tenant = ? AND collector = ? AND stream = ?)`,
				before.UnixNano(), feed.TenantID, feed.Collector, feed.Stream)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Feeds implements [store.Windows].
func (s *Store) Feeds(ctx context.Context) ([]aoc.Feed, error) {
	const op = "sqlite.feeds"
	rows, err := s.read.QueryContext(ctx, "SELECT tenant, collector, stream FROM feed ORDER BY tenant, collector, stream")
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var feeds []aoc.Feed
	for rows.Next() {
		var f aoc.Feed
		if err := rows.Scan(&f.TenantID, &f.Collector, &f.Stream); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		feeds = append(feeds, f)
	}
	return feeds, s.fault(rows.Err(), op, "the store cannot be read")
}

// PutUnits implements [store.Units].
func (s *Store) PutUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	if len(us) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeFenced(ctx, "sqlite.put_units", func(tx *sql.Tx) error {
		feeds := feedIDs{}
		for _, u := range us {
			id, err := feeds.make(ctx, tx, u.Feed)
			if err != nil {
				return err
			}
			row, err := json.Marshal(u)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO ledger_unit (feed, unit, window_start, state, row) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (feed, unit) DO UPDATE SET window_start = excluded.window_start, state = excluded.state, row = excluded.row`,
				id, u.Unit.ID, u.WindowStart.UnixNano(), string(u.State), string(row))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// GetUnits implements [store.Units].
func (s *Store) GetUnits(ctx context.Context, feed aoc.Feed, ids []string) (map[string]aoc.LedgerUnit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	us, err := listRows[aoc.LedgerUnit](ctx, s, "sqlite.get_units",
		`SELECT u.row FROM json_each(?4) j JOIN feed f ON f.tenant = ?1 AND f.collector = ?2 AND f.stream = ?3
		JOIN ledger_unit u ON u.feed = f.id AND u.unit = j.value`,
		feed.TenantID, feed.Collector, feed.Stream, string(list))
	if err != nil {
		return nil, err
	}
	known := make(map[string]aoc.LedgerUnit, len(us))
	for _, u := range us {
		known[u.Unit.ID] = u
	}
	return known, nil
}

// ListUnits implements [store.Units].
func (s *Store) ListUnits(ctx context.Context, feed aoc.Feed, f store.UnitFilter) ([]aoc.LedgerUnit, error) {
	query := `SELECT u.row FROM ledger_unit u JOIN feed f ON f.id = u.feed
		WHERE f.tenant = ? AND f.collector = ? AND f.stream = ?`
	args := []any{feed.TenantID, feed.Collector, feed.Stream}
	if len(f.States) > 0 {
		query += " AND u.state IN (?" + strings.Repeat(", ?", len(f.States)-1) + ")"
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	if !f.WindowStart.IsZero() {
		query += " AND u.window_start = ?"
		args = append(args, f.WindowStart.UnixNano())
	}
	query += " ORDER BY u.window_start, u.unit"
	if f.Limit > 0 {
		query += " LIMIT ?"
		args = append(args, f.Limit)
	}
	return listRows[aoc.LedgerUnit](ctx, s, "sqlite.list_units", query, args...)
}

// listRows reads the JSON rows of a query.
func listRows[T any](ctx context.Context, s *Store, op, query string, args ...any) ([]T, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		var v T
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a ledger row cannot be decoded")
		}
		list = append(list, v)
	}
	return list, s.fault(rows.Err(), op, "the store cannot be read")
}

// feedIDs remembers the feed ids of one transaction.
type feedIDs map[aoc.Feed]int64

func (ids feedIDs) make(ctx context.Context, tx *sql.Tx, f aoc.Feed) (int64, error) {
	if id, ok := ids[f]; ok {
		return id, nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM feed WHERE tenant = ? AND collector = ? AND stream = ?",
		f.TenantID, f.Collector, f.Stream).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRowContext(ctx, "INSERT INTO feed (tenant, collector, stream) VALUES (?, ?, ?) RETURNING id",
			f.TenantID, f.Collector, f.Stream).Scan(&id)
	}
	if err != nil {
		return 0, err
	}
	ids[f] = id
	return id, nil
}

// nanosOr gives t in nanoseconds since 1970, or otherwise for the zero time.
func nanosOr(t time.Time, otherwise int64) int64 {
	if t.IsZero() {
		return otherwise
	}
	return t.UnixNano()
}
