package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
	"aoc/internal/transfer"
)

var ctx = context.Background()

func open(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// furnished gives a store with something of everything in it.
func furnished(t *testing.T, seed uint64, rounds int) (*storetest.Furnished, *sqlite.Store) {
	t.Helper()
	s := open(t, t.TempDir())
	return storetest.Furnish(t, s, seed, rounds), s
}

// copyAll copies in small batches.
func copyAll(from, to transfer.Store) (transfer.Report, error) {
	return transfer.Copy(ctx, transfer.Config{From: from, To: to, Batch: 30})
}

func mustCopy(t *testing.T, from, to transfer.Store) transfer.Report {
	t.Helper()
	r, err := copyAll(from, to)
	if err != nil {
		t.Fatalf("copy: %v (%+v)", err, r)
	}
	if !r.Verified || r.Difference != nil {
		t.Fatalf("copy: not verified: %+v", r)
	}
	return r
}

// same compares two stores, but for the mark of a target.
func same(t *testing.T, f *storetest.Furnished, to storetest.Movable) {
	t.Helper()
	const mark = "transfer/target"
	text, err := to.Checkpoint(ctx, mark)
	if err != nil || text == "" {
		t.Fatalf("the mark of the target: %q, %v", text, err)
	}
	if err := to.SetCheckpoint(ctx, mark, ""); err != nil {
		t.Fatal(err)
	}
	f.Same(t, to)
	if err := to.SetCheckpoint(ctx, mark, text); err != nil {
		t.Fatal(err)
	}
}

var errDied = errors.New("the process has died")

// mortal is a store that dies at its n-th write, before or after it.
type mortal struct {
	transfer.Store
	n     int
	after bool
	died  bool
}

func (m *mortal) do(write func() error) error {
	m.n--
	if m.died || m.n == 0 && !m.after {
		m.died = true
		return errDied
	}
	err := write()
	if m.n == 0 {
		m.died = true
		return errDied
	}
	return err
}

func (m *mortal) PutLogEntries(ctx context.Context, es []store.LogEntry) error {
	return m.do(func() error { return m.Store.PutLogEntries(ctx, es) })
}

func (m *mortal) PutEdits(ctx context.Context, rs []aoc.EditRecord, now []store.Annotations) error {
	return m.do(func() error { return m.Store.PutEdits(ctx, rs, now) })
}

func (m *mortal) RestoreDocuments(ctx context.Context, kind string, ds []store.Document) error {
	return m.do(func() error { return m.Store.RestoreDocuments(ctx, kind, ds) })
}

func (m *mortal) RestoreItems(ctx context.Context, its []store.Item) error {
	return m.do(func() error { return m.Store.RestoreItems(ctx, its) })
}

func (m *mortal) DropItem(ctx context.Context, it store.Item) error {
	return m.do(func() error { return m.Store.DropItem(ctx, it) })
}

func (m *mortal) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	return m.do(func() error { return m.Store.PutWindows(ctx, ws) })
}

func (m *mortal) DropWindows(ctx context.Context, feed aoc.Feed, before time.Time) error {
	return m.do(func() error { return m.Store.DropWindows(ctx, feed, before) })
}

func (m *mortal) PutUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	return m.do(func() error { return m.Store.PutUnits(ctx, us) })
}

func (m *mortal) PutNames(ctx context.Context, ns []aoc.DirectoryName) error {
	return m.do(func() error { return m.Store.PutNames(ctx, ns) })
}

func (m *mortal) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	return m.do(func() error { return m.Store.PutQuarantine(ctx, qs) })
}

func (m *mortal) DropQuarantine(ctx context.Context, ids []string) error {
	return m.do(func() error { return m.Store.DropQuarantine(ctx, ids) })
}

func (m *mortal) SetCheckpoint(ctx context.Context, name, position string) error {
	return m.do(func() error { return m.Store.SetCheckpoint(ctx, name, position) })
}

// watched calls a function before places of the log are read.
type watched struct {
	transfer.Store
	before func(after int64)
}

func (w watched) LogEntries(ctx context.Context, after int64, limit int) ([]store.LogEntry, error) {
	w.before(after)
	return w.Store.LogEntries(ctx, after, limit)
}

// lying gives other answers than its store does.
type lying struct {
	transfer.Store
	entry      func(e *store.LogEntry)
	head       func(root *[32]byte)
	edits      func(rs []aoc.EditRecord) []aoc.EditRecord
	documents  func(ds []store.Document) []store.Document
	item       func(*store.Item)
	windows    func(ws []aoc.LedgerWindow) []aoc.LedgerWindow
	units      func(us []aoc.LedgerUnit) []aoc.LedgerUnit
	quarantine func(qs []aoc.Quarantined) []aoc.Quarantined
	names      func(ns []aoc.DirectoryName) []aoc.DirectoryName
	position   func(name, position string) string
}

func lie[T any](list []T, err error, f func([]T) []T) ([]T, error) {
	if f == nil || err != nil || len(list) == 0 {
		return list, err
	}
	return f(list), nil
}

func (l lying) LogEntries(ctx context.Context, after int64, limit int) ([]store.LogEntry, error) {
	entries, err := l.Store.LogEntries(ctx, after, limit)
	for i := range entries {
		if l.entry != nil {
			l.entry(&entries[i])
		}
	}
	return entries, err
}

func (l lying) TreeHead(ctx context.Context) (size int64, root [32]byte, err error) {
	size, root, err = l.Store.TreeHead(ctx)
	if l.head != nil {
		l.head(&root)
	}
	return size, root, err
}

func (l lying) Edits(ctx context.Context, f store.EditFilter, limit int) ([]aoc.EditRecord, error) {
	rs, err := l.Store.Edits(ctx, f, limit)
	return lie(rs, err, l.edits)
}

func (l lying) ListDocuments(ctx context.Context, kind string) ([]store.Document, error) {
	ds, err := l.Store.ListDocuments(ctx, kind)
	return lie(ds, err, l.documents)
}

func (l lying) Item(ctx context.Context, kind, id string) (store.Item, error) {
	it, err := l.Store.Item(ctx, kind, id)
	if l.item != nil && err == nil {
		l.item(&it)
	}
	return it, err
}

func (l lying) ListWindows(ctx context.Context, feed aoc.Feed, span aoc.Window) ([]aoc.LedgerWindow, error) {
	ws, err := l.Store.ListWindows(ctx, feed, span)
	return lie(ws, err, l.windows)
}

func (l lying) ListUnits(ctx context.Context, feed aoc.Feed, f store.UnitFilter) ([]aoc.LedgerUnit, error) {
	us, err := l.Store.ListUnits(ctx, feed, f)
	return lie(us, err, l.units)
}

func (l lying) ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error) {
	qs, err := l.Store.ListQuarantine(ctx, after, limit)
	return lie(qs, err, l.quarantine)
}

func (l lying) LoadNames(ctx context.Context, tenant string) ([]aoc.DirectoryName, error) {
	ns, err := l.Store.LoadNames(ctx, tenant)
	return lie(ns, err, l.names)
}

func (l lying) Checkpoint(ctx context.Context, name string) (string, error) {
	position, err := l.Store.Checkpoint(ctx, name)
	if l.position != nil {
		position = l.position(name, position)
	}
	return position, err
}

// plainEvent makes an event of nothing but what must be there.
func plainEvent(id string, at time.Time, text string) aoc.Event {
	raw, err := json.Marshal(map[string]string{"id": id, "text": text})
	if err != nil {
		panic(err)
	}
	e := aoc.Event{
		ID: id, Source: aoc.SourceUnified, TenantID: "t", Timestamp: at, ReceivedAt: at, Origin: aoc.OriginCollected,
		Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{}, Raw: raw,
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}
