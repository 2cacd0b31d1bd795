package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"aoc/internal/store"
)

// PutItem implements [store.Items].
func (s *Store) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	const op = "sqlite.put_item"
	if err := store.CheckItem(op, &it); err != nil {
		return store.Item{}, err
	}
	err := s.changeItems(ctx, op, func(w *statements) error {
		version, err := itemVersion(ctx, w.tx, it.Kind, it.ID)
		if err != nil {
			return err
		}
		if version != it.Version {
			return store.ItemChanged(op)
		}
		it.Version++
		writeItem(w, &it)
		return nil
	})
	if err != nil {
		return store.Item{}, err
	}
	return it, nil
}

// changeItems changes items in a transaction.
func (s *Store) changeItems(ctx context.Context, op string, change func(w *statements) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		w := &statements{ctx: ctx, tx: tx}
		defer w.close()
		if err := change(w); err != nil {
			return err
		}
		return w.err
	})
}

// itemVersion gives the version of a stored item, 0 without one.
func itemVersion(ctx context.Context, tx *sql.Tx, kind, id string) (version int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT version FROM item WHERE kind = ? AND id = ?", kind, id).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return version, err
}

// writeItem writes an item and what it is found by.
func writeItem(w *statements, it *store.Item) {
	at := it.At.UnixNano()
	w.exec(`INSERT INTO item (kind, id, version, at, labels, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, at = excluded.at, labels = excluded.labels, body = excluded.body`,
		it.Kind, it.ID, it.Version, at, w.json(it.Labels), string(it.Body))
	w.exec("DELETE FROM item_label WHERE kind = ? AND id = ?", it.Kind, it.ID)
	for name, value := range it.Labels {
		w.exec("INSERT INTO item_label (kind, name, value, at, id) VALUES (?, ?, ?, ?, ?)", it.Kind, name, value, at, it.ID)
	}
}

const itemColumns = "SELECT i.kind, i.id, i.version, i.at, i.labels, i.body FROM "

// Item implements [store.Items].
func (s *Store) Item(ctx context.Context, kind, id string) (store.Item, error) {
	const op = "sqlite.item"
	found, err := scanItem(s.read.QueryRowContext(ctx, itemColumns+"item i WHERE i.kind = ? AND i.id = ?", kind, id))
	if errors.Is(err, sql.ErrNoRows) {
		return found, store.NoItem(op)
	}
	return found, s.fault(err, op, "the store cannot be read")
}

func scanItem(row interface{ Scan(...any) error }) (store.Item, error) {
	var it store.Item
	var at int64
	var labels, body string
	if err := row.Scan(&it.Kind, &it.ID, &it.Version, &at, &labels, &body); err != nil {
		return it, err
	}
	it.At, it.Body = time.Unix(0, at).UTC(), json.RawMessage(body)
	return it, json.Unmarshal([]byte(labels), &it.Labels)
}

// ListItems implements [store.Items].
func (s *Store) ListItems(ctx context.Context, f store.ItemFilter) ([]store.Item, error) {
	const op = "sqlite.list_items"
	if err := store.CheckItemFilter(op, &f); err != nil {
		return nil, err
	}
	q, err := s.itemQuery(ctx, &f)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	if f.After != nil {
		q.where("("+q.by+".at, "+q.by+".id) < (?, ?)", f.After.At.UnixNano(), f.After.ID)
	}
	text := itemColumns + q.from + " WHERE " + strings.Join(q.conditions, " AND ") + " ORDER BY " + q.by + ".at DESC, " + q.by + ".id DESC"
	if f.Limit > 0 {
		text += " LIMIT ?"
		q.args = append(q.args, f.Limit)
	}
	var all []store.Item
	err = s.eachRow(ctx, text, q.args, func(rows *sql.Rows) error {
		it, err := scanItem(rows)
		all = append(all, it)
		return err
	})
	return all, s.fault(err, op, "the store cannot be read")
}

// eachRow runs a query and hands on each row.
func (s *Store) eachRow(ctx context.Context, query string, args []any, take func(rows *sql.Rows) error) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// itemQuery is a query of items: i is the item, by what gives the order.
type itemQuery struct {
	from, by   string
	conditions []string
	args       []any
}

func (q *itemQuery) where(condition string, args ...any) {
	q.conditions, q.args = append(q.conditions, condition), append(q.args, args...)
}

// manyItems is how many items of a label are counted to choose where to begin.
const manyItems = 5000

// itemQuery makes the query of a filter. It begins with the label that selects the fewest.
func (s *Store) itemQuery(ctx context.Context, f *store.ItemFilter) (*itemQuery, error) {
	first, err := s.rarestLabel(ctx, f)
	if err != nil {
		return nil, err
	}
	q := &itemQuery{from: "item i", by: "i"}
	if first != "" {
		q.from, q.by = "item_label d JOIN item i ON i.kind = d.kind AND i.id = d.id", "d"
		values := f.Labels[first]
		q.where("d.name = ? AND d.value IN ("+marks(len(values))+")", append([]any{first}, anyOf(values)...)...)
	}
	q.where(q.by+".kind = ?", f.Kind)
	for name, values := range f.Labels {
		if name != first {
			q.label(name, values)
		}
	}
	if !f.From.IsZero() {
		q.where(q.by+".at >= ?", f.From.UnixNano())
	}
	if !f.To.IsZero() {
		q.where(q.by+".at < ?", f.To.UnixNano())
	}
	return q, nil
}

// label narrows to items that have a label with one of the values, or not at all.
func (q *itemQuery) label(name string, values []string) {
	const its = "SELECT 1 FROM item_label l WHERE l.kind = i.kind AND l.id = i.id AND l.name = ?"
	var either []string
	var args []any
	if slices.Contains(values, "") {
		either, args = append(either, "NOT EXISTS ("+its+")"), append(args, name)
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	}
	if len(values) > 0 {
		either = append(either, "EXISTS ("+its+" AND l.value IN ("+marks(len(values))+"))")
		args = append(append(args, name), anyOf(values)...)
	}
	q.where("("+strings.Join(either, " OR ")+")", args...)
}

// rarestLabel gives the label of a filter that the fewest items have; empty when none narrows.
func (s *Store) rarestLabel(ctx context.Context, f *store.ItemFilter) (name string, err error) {
	fewest := int64(manyItems)
	for label, values := range f.Labels {
		if slices.Contains(values, "") {
			continue
		}
		var n int64
		err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM item_label WHERE kind = ? AND name = ? AND value IN ("+marks(len(values))+") LIMIT ?)",
			slices.Concat([]any{f.Kind, label}, anyOf(values), []any{manyItems})...).Scan(&n)
		if err != nil {
			return "", err
		}
		if n < fewest || name == "" && len(values) == 1 {
			name, fewest = label, min(n, fewest)
		}
	}
	return name, nil
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anyOf(values []string) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// CountItems implements [store.Items].
func (s *Store) CountItems(ctx context.Context, f store.ItemFilter, label string) (map[string]int64, error) {
	const op = "sqlite.count_items"
	if err := store.CheckItemFilter(op, &f); err != nil {
		return nil, err
	}
	q, err := s.itemQuery(ctx, &f)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	counts := map[string]int64{}
	text := "SELECT coalesce(c.value, ''), count(*) FROM " + q.from + " LEFT JOIN item_label c ON c.kind = i.kind AND c.id = i.id AND c.name = ? WHERE " +
		strings.Join(q.conditions, " AND ") + " GROUP BY 1"
	err = s.eachRow(ctx, text, append([]any{label}, q.args...), func(rows *sql.Rows) error {
		var value string
		var n int64
		err := rows.Scan(&value, &n)
		counts[value] = n
		return err
	})
	return counts, s.fault(err, op, "the store cannot be read")
}

// DropItem implements [store.Items].
func (s *Store) DropItem(ctx context.Context, it store.Item) error {
	const op = "sqlite.drop_item"
	return s.changeItems(ctx, op, func(w *statements) error {
		version, err := itemVersion(ctx, w.tx, it.Kind, it.ID)
		switch {
		case err != nil:
			return err
		case version == 0:
			return store.NoItem(op)
		case version != it.Version:
			return store.ItemChanged(op)
		}
		dropItem(w, it.Kind, it.ID)
		return nil
	})
}

func dropItem(w *statements, kind, id string) {
	w.exec("DELETE FROM item WHERE kind = ? AND id = ?", kind, id)
	w.exec("DELETE FROM item_label WHERE kind = ? AND id = ?", kind, id)
}

// DropItems implements [store.Items].
func (s *Store) DropItems(ctx context.Context, f store.ItemFilter, limit int) (dropped int64, err error) {
	f.Limit, f.After = limit, nil
	found, err := s.ListItems(ctx, f)
	if err != nil {
		return 0, err
	}
	err = s.changeItems(ctx, "sqlite.drop_items", func(w *statements) error {
		for i := range found {
			it := &found[i]
			version, err := itemVersion(ctx, w.tx, it.Kind, it.ID)
			if err != nil {
				return err
			}
			if version == it.Version { // one that was changed since may not be selected any more
				dropItem(w, it.Kind, it.ID)
				dropped++
			}
		}
		return nil
	})
	return dropped, err
}

// ItemKinds implements [store.Items].
func (s *Store) ItemKinds(ctx context.Context) (kinds []string, err error) {
	err = s.eachRow(ctx, "SELECT DISTINCT kind FROM item ORDER BY kind", nil, func(rows *sql.Rows) error {
		var kind string
		err := rows.Scan(&kind)
		kinds = append(kinds, kind)
		return err
	})
	return kinds, s.fault(err, "sqlite.item_kinds", "the store cannot be read")
}

// RestoreItems implements [store.Items].
func (s *Store) RestoreItems(ctx context.Context, its []store.Item) error {
	const op = "sqlite.restore_items"
	for i := range its {
		if err := cmp.Or(store.CheckItem(op, &its[i]), store.CheckItemVersion(op, &its[i])); err != nil {
			return err
		}
	}
	return s.changeItems(ctx, op, func(w *statements) error {
		for i := range its {
			writeItem(w, &its[i])
		}
		return nil
	})
}
