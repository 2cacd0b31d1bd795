package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/store"
)

// pile is a source of units that are made as they are read, as files are.
type pile struct {
	units   []string
	records func(unit string) iter.Seq2[aoc.Record, error]
	listErr error
}

func (p pile) Spec() source.Spec {
	return source.Spec{Feed: aoc.Feed{TenantID: tenant, Collector: "file"}, MaxWindow: time.Hour}
}

func (p pile) List(context.Context, aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		for _, u := range p.units {
			if !yield(aoc.Unit{ID: u}, nil) {
				return
			}
		}
		if p.listErr != nil {
			yield(aoc.Unit{}, p.listErr)
		}
	}
}

func (p pile) Read(_ context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	return p.records(u.ID)
}

func audit(id, user string) aoc.Record {
	return aoc.Record{Kind: aoc.KindDirectoryAudit, Raw: fmt.Appendf(nil,
		`{"id":%q,"category":"UserManagement","activityDisplayName":"Update user","result":"success","activityDateTime":"2026-03-01T10:00:00Z",
		"initiatedBy":{"user":{"id":%q}},"targetResources":[]}`, id, user)}
}

// A unit of any size is held in memory a few batches at a time, and its order is kept.
func TestHugeUnitIsReadInFlatMemory(t *testing.T) {
	const total, batch = 6_000, 100
	s := openStore(t)
	var stored atomic.Int64
	most := int64(0)
	buffer := make([]byte, 0, 1024) // one for all records, as a stream would use it
	rep, err := Import(t.Context(), ImportConfig{
		Store: s, Clock: newClock(), BatchEvents: batch,
		Progress: func(p ImportProgress) { stored.Store(p.Counts.Read) },
		Source: pile{units: []string{"huge"}, records: func(string) iter.Seq2[aoc.Record, error] {
			return func(yield func(aoc.Record, error) bool) {
				for i := range total {
					most = max(most, int64(i)-stored.Load())
					r := audit(fmt.Sprintf("id-%06d", i), "u")
					buffer = append(buffer[:0], r.Raw...)
					r.Raw = buffer
					if !yield(r, nil) {
						return
					}
				}
			}
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, "counts", rep.Counts, aoc.Counts{Read: total, New: total})
	if most > 6*batch {
		t.Errorf("%d records were in flight, with batches of %d", most, batch)
	}
	n := 0
	for after := int64(0); after < total; after += 1000 {
		events, err := s.ReadLog(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if want := fmt.Sprintf("id-%06d", n); ev.ID != want {
				t.Fatalf("entry %d of the log is %s, want %s", n+1, ev.ID, want)
			}
			n++
		}
	}
}

// Batches are cut by bytes as well.
func TestBatchesAreBoundedByBytes(t *testing.T) {
	s := &appendSizes{Store: openStore(t)}
	pad := strings.Repeat("x", 1000)
	_, err := Import(t.Context(), ImportConfig{
		Store: s, Clock: newClock(), BatchBytes: 10_000, Workers: 1,
		Source: pile{units: []string{"u"}, records: func(string) iter.Seq2[aoc.Record, error] {
			return func(yield func(aoc.Record, error) bool) {
				for i := range 100 {
					if !yield(audit(fmt.Sprint(i), pad), nil) {
						return
					}
				}
			}
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Max(s.sizes); got > 25_000 {
		t.Errorf("%d bytes were appended at once", got)
	}
}

type appendSizes struct {
	store.Store
	sizes []int
}

func (s *appendSizes) Append(ctx context.Context, evs []aoc.Event) ([]store.Outcome, error) {
	n := 0
	for _, ev := range evs {
		n += len(ev.Raw)
	}
	s.sizes = append(s.sizes, n)
	return s.Store.Append(ctx, evs)
}

// Records that cannot be decoded, or that the store refuses, are quarantined whole, and
// their neighbours go on. Read is always the sum of what became of the records.
func TestImportAccountsForEveryRecord(t *testing.T) {
	s := &refusing{Store: openStore(t), id: "refused"}
	good, broken := audit("a", "u"), aoc.Record{Kind: aoc.KindDirectoryAudit, Raw: []byte(`{"id":"x"`), Transport: "f1:2"}
	units := map[string][]aoc.Record{
		"f1": {good, broken, audit("refused", "u"), {Raw: []byte(`{}`)}, {Kind: aoc.KindUnified, Raw: []byte(`cut sho`), Problem: "the file ends in a record"}},
		"f2": {good, audit("b", "u"), audit("a", "other")},
		"f3": {audit("c", "u")},
	}
	var progress []ImportProgress
	cfg := ImportConfig{
		Store: s, Clock: newClock(), Workers: 1,
		Progress: func(p ImportProgress) { progress = append(progress, p) },
		Source: pile{units: []string{"f1", "f2", "f3"}, records: func(unit string) iter.Seq2[aoc.Record, error] {
			return func(yield func(aoc.Record, error) bool) {
				for _, r := range units[unit] {
					if !yield(r, nil) {
						return
					}
				}
				if unit == "f3" {
					yield(aoc.Record{}, fault(aoc.CodeUpstream, ""))
				}
			}
		}},
	}
	rep, err := Import(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, "f1", rep.Units[0].Counts, aoc.Counts{Read: 5, New: 1, Quarantined: 4})
	checkSame(t, "f2", rep.Units[1].Counts, aoc.Counts{Read: 3, New: 1, Duplicate: 1, Revision: 1})
	checkSame(t, "f3", rep.Units[2].Counts, aoc.Counts{Read: 1, New: 1})
	if rep.Units[2].Error == nil || rep.Failed != 1 {
		t.Errorf("f3: %+v", rep.Units[2])
	}
	checkSame(t, "all", rep.Counts, aoc.Counts{Read: 9, New: 3, Duplicate: 1, Revision: 1, Quarantined: 4})
	if last := progress[len(progress)-1]; last.Counts != rep.Counts || last.UnitsDone != 3 || last.UnitsListed != 3 {
		t.Errorf("last progress: %+v", last)
	}
	qs, err := s.ListQuarantine(t.Context(), "", 10)
	if err != nil || len(qs) != 4 {
		t.Fatalf("quarantine: %v, %v", qs, err)
	}
	i := slices.IndexFunc(qs, func(q aoc.Quarantined) bool { return q.Transport == "f1:2" })
	if q := qs[i]; string(q.Raw) != `{"id":"x"` || q.Origin != aoc.OriginImported || q.Reason == "" || q.TenantID != tenant {
		t.Errorf("quarantined: %+v", q)
	}
	events, err := s.ReadLog(t.Context(), 0, 10)
	if err != nil || events[0].Origin != aoc.OriginImported || !events[0].ReceivedAt.Equal(day0) {
		t.Errorf("log: %+v, %v", events, err)
	}

	again, err := Import(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, "importing again", again.Counts, aoc.Counts{Read: 9, Duplicate: 5, Quarantined: 4})

	// An update understands more: what the store refused is put through.
	s.id = ""
	var told aoc.Counts
	counts, err := Replay(t.Context(), ReplayConfig{Store: s, Clock: newClock(), Progress: func(c aoc.Counts) { told = c }})
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, "replay", counts, aoc.Counts{Read: 4, New: 1, Quarantined: 3})
	checkSame(t, "progress", told, counts)
	if qs, _ := s.ListQuarantine(t.Context(), "", 10); len(qs) != 3 {
		t.Errorf("%d records are still quarantined", len(qs))
	}
	if !slices.Contains(logged(t, s), "refused") {
		t.Error("the replayed record is not in the log")
	}
}

// An update recognises what it took for no record at all. It leaves the quarantine when
// every record in it is stored.
func TestReplayRecognises(t *testing.T) {
	s := &refusing{Store: openStore(t)}
	var qs []aoc.Quarantined
	for _, raw := range []string{"one", "two and refused", "unknown"} {
		qs = append(qs, aoc.Quarantined{ID: raw, TenantID: tenant, Origin: aoc.OriginImported, Transport: "f:1", Raw: []byte(raw), ReceivedAt: day0})
	}
	if err := s.PutQuarantine(t.Context(), qs); err != nil {
		t.Fatal(err)
	}
	recognise := func(raw []byte) (found []aoc.Record) {
		for id := range strings.SplitSeq(string(raw), " and ") {
			if id == "unknown" {
				return nil
			}
			found = append(found, audit(id, "u"))
		}
		return found
	}
	replay := func() aoc.Counts {
		t.Helper()
		c, err := Replay(t.Context(), ReplayConfig{Store: s, Clock: newClock(), Recognise: recognise})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	left := func() (ids []string) {
		t.Helper()
		qs, err := s.ListQuarantine(t.Context(), "", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range qs {
			ids = append(ids, q.ID)
		}
		return ids
	}
	s.id = "refused"
	checkSame(t, "first", replay(), aoc.Counts{Read: 4, New: 2, Quarantined: 2})
	checkSame(t, "left", left(), []string{"two and refused", "unknown"})
	s.id = ""
	checkSame(t, "second", replay(), aoc.Counts{Read: 3, New: 1, Duplicate: 1, Quarantined: 1})
	checkSame(t, "left", left(), []string{"unknown"})
	events, err := s.ReadLog(t.Context(), 0, 10)
	if err != nil || len(events) != 3 || !events[0].ReceivedAt.Equal(day0) || events[0].TenantID != tenant {
		t.Errorf("log: %+v, %v", events, err)
	}
}

// refusing is a store that calls one event invalid.
type refusing struct {
	store.Store
	id string
}

func (s *refusing) Append(ctx context.Context, evs []aoc.Event) ([]store.Outcome, error) {
	for _, ev := range evs {
		if ev.ID == s.id {
			return nil, aoc.Errorf(aoc.CodeInvalid, "test.append", "not usable: %s", ev.ID)
		}
	}
	return s.Store.Append(ctx, evs)
}

// What cannot be listed or stored ends an import with what was done until then.
func TestImportFaults(t *testing.T) {
	one := func(string) iter.Seq2[aoc.Record, error] {
		return func(yield func(aoc.Record, error) bool) { yield(audit("a", "u"), nil) }
	}
	rep, err := Import(t.Context(), ImportConfig{
		Store: openStore(t), Clock: newClock(),
		Source: pile{units: []string{"u"}, records: one, listErr: fault(aoc.CodeForbidden, "")},
	})
	if err != nil || rep.Listing == nil || rep.Counts.New != 1 {
		t.Errorf("listing: %+v, %v", rep, err)
	}
	_, err = Import(t.Context(), ImportConfig{
		Store: appendless{openStore(t)}, Clock: newClock(), Source: pile{units: []string{"u", "v", "w"}, records: one},
	})
	if aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("store: %v", err)
	}
	if _, err = Import(t.Context(), ImportConfig{}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("nothing to work with: %v", err)
	}
}

// phoneBook is a directory that has to be asked before it knows.
type phoneBook struct {
	mu      sync.Mutex
	names   map[string]string
	known   map[string]string
	fetched []string
	err     error
}

func (b *phoneBook) Lookup(_, id string, _ time.Time) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name, ok := b.known[id]
	return name, ok
}

func (b *phoneBook) Fetch(_ context.Context, _ string, ids []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fetched = append(b.fetched, strings.Join(ids, " "))
	if b.err != nil {
		return b.err
	}
	for _, id := range ids {
		b.known[id] = b.names[id]
	}
	return nil
}

const ada = "0e2a1f6c-0000-4000-8000-000000000001"

func importWithNames(t *testing.T, b *phoneBook, ids ...string) []aoc.Event {
	t.Helper()
	s := openStore(t)
	rep, err := Import(t.Context(), ImportConfig{
		Store: s, Clock: newClock(), Names: b, BatchEvents: 2, Workers: 1,
		Source: pile{units: []string{"u"}, records: func(string) iter.Seq2[aoc.Record, error] {
			return func(yield func(aoc.Record, error) bool) {
				for _, id := range ids {
					if !yield(audit(id, ada), nil) {
						return
					}
				}
			}
		}},
	})
	if err != nil || rep.Counts.New != int64(len(ids)) {
		t.Fatalf("%+v, %v", rep, err)
	}
	events, err := s.ReadLog(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// Names that records lack are fetched once for a batch and are in the events from the start.
func TestNamesAreFetchedForABatch(t *testing.T) {
	b := &phoneBook{names: map[string]string{ada: "Ada Lovelace"}, known: map[string]string{}}
	for _, ev := range importWithNames(t, b, "1", "2", "3", "4") {
		if ev.ActorDisplay != "Ada Lovelace" {
			t.Errorf("event %s: actor %q", ev.ID, ev.ActorDisplay)
		}
	}
	checkSame(t, "fetched", b.fetched, []string{ada})
}

// A directory that fails hinders nothing and is left alone for a while.
func TestNamesNeverHinderCollection(t *testing.T) {
	b := &phoneBook{known: map[string]string{}, err: errors.New("no such host")}
	if got := len(importWithNames(t, b, "1", "2", "3", "4", "5")); got != 5 {
		t.Errorf("%d events", got)
	}
	if len(b.fetched) != 1 {
		t.Errorf("asked %d times in a row", len(b.fetched))
	}
}

// BenchmarkImport measures the whole way of a record: read, normalised, stored.
func BenchmarkImport(b *testing.B) {
	s := openStore(b)
	b.ReportAllocs()
	b.ResetTimer()
	_, err := Import(b.Context(), ImportConfig{
		Store: s, Clock: newClock(),
		Source: pile{units: []string{"u"}, records: func(string) iter.Seq2[aoc.Record, error] {
			return func(yield func(aoc.Record, error) bool) {
				for i := range b.N {
					if !yield(audit(fmt.Sprint(i), fmt.Sprint("user-", i%500)), nil) {
						return
					}
				}
			}
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
}
