package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

const tenant = "11111111-2222-3333-4444-555555555555"

// day0 is when the tests begin.
var day0 = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// clock is a clock that moves when it is told to, and by sleeping.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: day0} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.advance(d)
	return ctx.Err()
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// record is one audit record as upstream has it.
type record struct {
	id      string
	at      time.Time // when it happened
	visible time.Time // when upstream begins to tell of it
	raw     string    // instead of a well-formed record
}

func (r record) json() []byte {
	if r.raw != "" {
		return []byte(r.raw)
	}
	return fmt.Appendf(nil, `{"id":%q,"category":"UserManagement","activityDisplayName":"Update user","result":"success","activityDateTime":%q}`,
		r.id, r.at.Format(time.RFC3339Nano))
}

// faults decides whether upstream fails; the zero value never does.
type faults struct {
	list func(w aoc.Window) error
	// read may fail after some records: it is asked before each record and at the end.
	read func(u aoc.Unit, record int) error
}

// upstream is what the scripted sources share: what happened, and what was asked.
type upstream struct {
	clock aoc.Clock

	mu    sync.Mutex
	fault faults
	lists []aoc.Window
	reads []string
}

func (u *upstream) fail(f faults) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fault = f
}

func (u *upstream) asked(w aoc.Window) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lists = append(u.lists, w)
	if u.fault.list != nil {
		return u.fault.list(w)
	}
	return nil
}

func (u *upstream) readFault(unit aoc.Unit, n int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if n == 0 {
		u.reads = append(u.reads, unit.ID)
	}
	if u.fault.read != nil {
		return u.fault.read(unit, n)
	}
	return nil
}

func (u *upstream) readsOf(id string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for _, r := range u.reads {
		if r == id {
			n++
		}
	}
	return n
}

func (u *upstream) listed() []aoc.Window {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.lists)
}

func (u *upstream) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lists, u.reads = nil, nil
}

// emit yields records, failing where the script says so.
func (u *upstream) emit(ctx context.Context, unit aoc.Unit, rs []record, yield func(aoc.Record, error) bool) {
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			yield(aoc.Record{}, err)
			return
		}
		if err := u.readFault(unit, n); err != nil {
			yield(aoc.Record{}, err)
			return
		}
		if n == len(rs) {
			return
		}
		if !yield(aoc.Record{Kind: aoc.KindDirectoryAudit, Raw: rs[n].json(), Transport: unit.ID}, nil) {
			return
		}
	}
}

// blob is one unit of a blob feed.
type blob struct {
	id      string
	created time.Time
	visible time.Time // when a listing begins to name it; zero: when it was created
	records []record
}

// blobFeed is a feed like those of the Management Activity API: blobs listed by when they
// became available, read once, kept for 7 days.
type blobFeed struct {
	upstream
	spec  source.Spec
	blobs []blob
}

func newBlobFeed(c aoc.Clock, stream string) *blobFeed {
	return &blobFeed{upstream: upstream{clock: c}, spec: source.Spec{
		Feed:   aoc.Feed{TenantID: tenant, Collector: "managementactivity", Stream: stream},
		Source: aoc.SourceUnified, Title: "Office 365 " + stream,
		MaxWindow: 24 * time.Hour, Lookback: 7 * 24 * time.Hour, Margin: 6 * time.Minute,
		Resweep: []time.Duration{time.Hour, 24 * time.Hour}, LossHint: "Purview search still has them",
	}}
}

func (f *blobFeed) Spec() source.Spec { return f.spec }

// add makes a blob of n records available.
func (f *blobFeed) add(id string, created time.Time, n int) *blob {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := blob{id: id, created: created}
	for i := range n {
		b.records = append(b.records, record{id: fmt.Sprintf("%s-%d", id, i), at: created.Add(-time.Minute)})
	}
	f.blobs = append(f.blobs, b)
	return &f.blobs[len(f.blobs)-1]
}

func (f *blobFeed) List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		now := f.clock.Now()
		if w.Start.Before(reach(f.spec, now)) || w.Duration() > f.spec.MaxWindow || !w.Start.Before(w.End) {
			yield(aoc.Unit{}, &aoc.Error{Code: aoc.CodeInvalid, Upstream: "AF20030", Message: "the window is out of range"})
			return
		}
		f.mu.Lock()
		blobs := slices.Clone(f.blobs)
		f.mu.Unlock()
		for _, b := range blobs {
			if !w.Contains(b.created) || b.created.After(now) || b.visible.After(now) {
				continue
			}
			if !yield(aoc.Unit{
				ID: b.id, Locator: "blob/" + b.id, Window: w, CreatedAt: b.created, ExpiresAt: b.created.Add(f.spec.Lookback),
			}, nil) {
				return
			}
		}
		// A fault comes after what was named: a listing cut short must not count.
		if err := f.asked(w); err != nil {
			yield(aoc.Unit{}, err)
		}
	}
}

func (f *blobFeed) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		f.mu.Lock()
		i := slices.IndexFunc(f.blobs, func(b blob) bool { return b.id == u.ID })
		var rs []record
		if i >= 0 {
			rs = f.blobs[i].records
		}
		f.mu.Unlock()
		if i < 0 || f.clock.Now().After(u.ExpiresAt) {
			_ = f.readFault(u, 0)
			yield(aoc.Record{}, &aoc.Error{Code: aoc.CodeNotFound, Upstream: "AF20051", Message: "the content has expired"})
			return
		}
		f.emit(ctx, u, rs, yield)
	}
}

// delivered are the ids of all records upstream tells of by now.
func (f *blobFeed) delivered() []string {
	var ids []string
	for _, b := range f.blobs {
		for _, r := range b.records {
			ids = append(ids, r.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// spanFeed is a feed like Graph's: one unit for each window, whose content may still grow.
type spanFeed struct {
	upstream
	spec    source.Spec
	records []record
}

func newSpanFeed(c aoc.Clock) *spanFeed {
	return &spanFeed{upstream: upstream{clock: c}, spec: source.Spec{
		Feed:   aoc.Feed{TenantID: tenant, Collector: "directoryaudit"},
		Source: aoc.SourceDirectory, Title: "Entra directory audits",
		MaxWindow: 24 * time.Hour, Lookback: 30 * 24 * time.Hour,
		Resweep: []time.Duration{15 * time.Minute, 24 * time.Hour},
	}}
}

func (f *spanFeed) Spec() source.Spec { return f.spec }

func (f *spanFeed) add(id string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.records = append(f.records, record{id: id, at: at, visible: at})
}

func (f *spanFeed) List(_ context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		if err := f.asked(w); err != nil {
			yield(aoc.Unit{}, err)
			return
		}
		yield(aoc.Unit{ID: w.String(), Locator: w.String(), Window: w, Repeatable: true}, nil)
	}
}

func (f *spanFeed) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		now := f.clock.Now()
		f.mu.Lock()
		var rs []record
		for _, r := range f.records {
			// What is older than the retention is left out without a word.
			if u.Window.Contains(r.at) && !r.visible.After(now) && r.at.After(now.Add(-f.spec.Lookback)) {
				rs = append(rs, r)
			}
		}
		f.mu.Unlock()
		f.emit(ctx, u, rs, yield)
	}
}

// openStore opens a real store.
func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// newCollector makes a collector of sources; change may be nil.
func newCollector(t testing.TB, s store.Store, c *clock, change func(*Config), sources ...source.Source) *Collector {
	t.Helper()
	cfg := Config{Store: s, Sources: sources, Clock: c}
	if change != nil {
		change(&cfg)
	}
	col, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = col.Close(context.Background()) })
	return col
}

// collect does one run and gives its report.
func collect(t testing.TB, c *Collector, req Request) Report {
	t.Helper()
	run, _, err := c.Start(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return run.Report()
}

// begin starts a run that a person or the schedule asks for.
func begin(ctx context.Context, c *Collector, req Request, insist bool) (*Run, error) {
	o, err := c.order(req, insist)
	if err != nil {
		return nil, err
	}
	run, _, err := c.launch(ctx, o)
	return run, err
}

// scheduled does one run as the schedule would.
func scheduled(t testing.TB, c *Collector) Report {
	t.Helper()
	run, err := begin(t.Context(), c, Request{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return run.Report()
}

// logged gives the ids of everything in the log, sorted; an event that is there twice is
// there twice.
func logged(t testing.TB, s store.Store) []string {
	t.Helper()
	ids := []string{}
	for after := int64(0); ; {
		events, err := s.ReadLog(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			slices.Sort(ids)
			return ids
		}
		for _, ev := range events {
			ids = append(ids, ev.ID)
			after = ev.Seq
		}
	}
}

func windowsOf(t testing.TB, s store.Store, f aoc.Feed) []aoc.LedgerWindow {
	t.Helper()
	ws, err := s.ListWindows(t.Context(), f, aoc.Window{})
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

func unitsOf(t testing.TB, s store.Store, f aoc.Feed, states ...aoc.UnitState) []aoc.LedgerUnit {
	t.Helper()
	us, err := s.ListUnits(t.Context(), f, store.UnitFilter{States: states})
	if err != nil {
		t.Fatal(err)
	}
	return us
}

func unitOf(t testing.TB, s store.Store, f aoc.Feed, id string) aoc.LedgerUnit {
	t.Helper()
	us, err := s.GetUnits(t.Context(), f, []string{id})
	if err != nil {
		t.Fatal(err)
	}
	u, ok := us[id]
	if !ok {
		t.Fatalf("unit %q is not in the ledger", id)
	}
	return u
}

// checkTiling fails unless a feed's windows follow each other without hole and overlap,
// none longer than allowed.
func checkTiling(t testing.TB, ws []aoc.LedgerWindow, longest time.Duration) {
	t.Helper()
	for i, w := range ws {
		if d := w.Window.Duration(); d <= 0 || d > longest {
			t.Errorf("window %s lasts %s", w.Window, d)
		}
		if i > 0 && !w.Window.Start.Equal(ws[i-1].Window.End) {
			t.Errorf("window %s does not begin where %s ends", w.Window, ws[i-1].Window)
		}
	}
}

// checkSame fails when two lists differ.
func checkSame[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// fault makes an error as a source would.
func fault(code aoc.Code, hint string) error {
	return &aoc.Error{Code: code, Op: "test.upstream", Message: "upstream says " + string(code), Hint: hint}
}

var errFault = errors.New("injected fault")

// faultyStore fails one call: the n-th of those that can fail, before it does anything or
// after it was done.
type faultyStore struct {
	store.Store
	mu    sync.Mutex
	n     int // calls until the fault
	after bool
	hit   bool
}

// arm decides about one call. dead means that a fault has happened: like a dead process,
// the store does nothing more.
func (s *faultyStore) arm() (before, after error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hit {
		return errFault, nil
	}
	s.n--
	if s.n != 0 {
		return nil, nil
	}
	s.hit = true
	if s.after {
		return nil, errFault
	}
	return errFault, nil
}

func faulty[T any](s *faultyStore, f func() (T, error)) (T, error) {
	before, after := s.arm()
	if before != nil {
		var none T
		return none, before
	}
	v, err := f()
	if after != nil {
		return v, after
	}
	return v, err
}

func (s *faultyStore) do(f func() error) error {
	_, err := faulty(s, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (s *faultyStore) Append(ctx context.Context, evs []aoc.Event) ([]store.Outcome, error) {
	return faulty(s, func() ([]store.Outcome, error) { return s.Store.Append(ctx, evs) })
}

func (s *faultyStore) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	return s.do(func() error { return s.Store.PutWindows(ctx, ws) })
}

func (s *faultyStore) PutUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	return s.do(func() error { return s.Store.PutUnits(ctx, us) })
}

func (s *faultyStore) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	return s.do(func() error { return s.Store.PutQuarantine(ctx, qs) })
}

func (s *faultyStore) SetCheckpoint(ctx context.Context, name, position string) error {
	return s.do(func() error { return s.Store.SetCheckpoint(ctx, name, position) })
}

func (s *faultyStore) ListWindows(ctx context.Context, f aoc.Feed, w aoc.Window) ([]aoc.LedgerWindow, error) {
	return faulty(s, func() ([]aoc.LedgerWindow, error) { return s.Store.ListWindows(ctx, f, w) })
}

func (s *faultyStore) ListUnits(ctx context.Context, f aoc.Feed, uf store.UnitFilter) ([]aoc.LedgerUnit, error) {
	return faulty(s, func() ([]aoc.LedgerUnit, error) { return s.Store.ListUnits(ctx, f, uf) })
}

func (s *faultyStore) GetUnits(ctx context.Context, f aoc.Feed, ids []string) (map[string]aoc.LedgerUnit, error) {
	return faulty(s, func() (map[string]aoc.LedgerUnit, error) { return s.Store.GetUnits(ctx, f, ids) })
}

// listener is an observer that remembers.
type listener struct {
	deaf
	mu     sync.Mutex
	lost   []Loss
	failed []string
}

func (l *listener) Lost(_ aoc.Feed, loss Loss) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = append(l.lost, loss)
}

func (l *listener) Failed(_ aoc.Feed, stage Stage, code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = append(l.failed, string(stage)+" "+code)
}

func (l *listener) losses() []Loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lost)
}

func sources(ss ...source.Source) []source.Source { return ss }

// hanging is a source whose reads hang until their context ends.
type hanging struct {
	source.Source
	reading chan struct{}
}

func (h hanging) Read(ctx context.Context, _ aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		close(h.reading)
		<-ctx.Done()
		yield(aoc.Record{}, ctx.Err())
	}
}

// appendless is a store whose log cannot be written.
type appendless struct{ store.Store }

func (appendless) Append(context.Context, []aoc.Event) ([]store.Outcome, error) {
	return nil, aoc.Errorf(aoc.CodeUnavailable, "test.append", "the disk is full")
}
