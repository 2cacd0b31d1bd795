package fleet_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store/sqlite"
)

// flaky is a store that cannot be reached while a test says so.
type flaky struct {
	*sqlite.Store
	down atomic.Bool
	hang atomic.Bool // it does not even answer, whatever the context says
}

func (f *flaky) Ping(ctx context.Context) error {
	if f.hang.Load() {
		time.Sleep(time.Hour)
	}
	if f.down.Load() {
		return aoc.Errorf(aoc.CodeUnavailable, "test.ping", "no route to host")
	}
	return f.Store.Ping(ctx)
}

func (f *flaky) PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	if f.down.Load() {
		return aoc.Errorf(aoc.CodeUnavailable, "test.put", "no route to host")
	}
	return f.Store.PutReport(ctx, kind, id, body, keep)
}

func (f *flaky) Report(ctx context.Context, kind, id string) (json.RawMessage, error) {
	if f.down.Load() {
		return nil, aoc.Errorf(aoc.CodeUnavailable, "test.report", "no route to host")
	}
	return f.Store.Report(ctx, kind, id)
}

func (f *flaky) ListReports(ctx context.Context, kind string) ([]json.RawMessage, error) {
	if f.down.Load() {
		return nil, aoc.Errorf(aoc.CodeUnavailable, "test.list", "no route to host")
	}
	return f.Store.ListReports(ctx, kind)
}

// inTime runs a test with time of its own, on a store.
func inTime(t *testing.T, test func(t *testing.T, s *flaky)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Process: "host-0/1"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		test(t, &flaky{Store: s})
	})
}

func process(s *flaky, name string) *fleet.Fleet {
	return fleet.New(fleet.Config{Store: s, Process: name, Shared: true})
}

// A duty is done by one process at a time, and by another one as soon as that has gone.
func TestDuty(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		var mu sync.Mutex
		var doing []string
		var wg sync.WaitGroup
		ends := map[string]context.CancelFunc{}
		fleets := map[string]*fleet.Fleet{}
		for _, name := range []string{"a", "b", "c"} {
			ctx, cancel := context.WithCancel(t.Context())
			f := process(s, name)
			ends[name], fleets[name] = cancel, f
			wg.Go(func() {
				f.Duty(ctx, "retention", func(ctx context.Context) error {
					mu.Lock()
					doing = append(doing, name)
					mu.Unlock()
					<-ctx.Done()
					mu.Lock()
					defer mu.Unlock()
					doing = slices.DeleteFunc(doing, func(n string) bool { return n == name })
					return nil
				})
			})
		}
		for range 3 {
			time.Sleep(10 * time.Second)
			mu.Lock()
			now := slices.Clone(doing)
			mu.Unlock()
			if len(now) != 1 {
				t.Fatalf("%v do it at once", now)
			}
			for name, f := range fleets {
				h := f.Holdings()
				if f.Holds("retention") != (name == now[0]) || len(h) != 1 || h[0].Name != "retention" || h[0].Mine != (name == now[0]) {
					t.Errorf("%s does it; %s believes %+v", now[0], name, h)
				}
			}
			ends[now[0]]()
			delete(fleets, now[0])
		}
		wg.Wait()
	})
}

// Work that fails is taken up again.
func TestDutyGoesOnAfterAFault(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		ctx, cancel := context.WithCancel(t.Context())
		tries := 0
		process(s, "a").Duty(ctx, "names", func(context.Context) error {
			if tries++; tries == 3 {
				cancel()
			}
			return errors.New("no")
		})
		if tries != 3 {
			t.Errorf("it was tried %d times", tries)
		}
	})
}

// A store that is away is known to be after a moment, and how long it has been; one that does
// not even answer holds nobody up for longer than three seconds.
func TestReach(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		f := process(s, "a")
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { f.Monitor(ctx) })
		time.Sleep(time.Minute)
		if _, down := f.Down(); down {
			t.Error("a store that is there counts as down")
		}
		s.down.Store(true)
		time.Sleep(time.Second)
		if _, down := f.Down(); down {
			t.Error("one look that failed makes it down")
		}
		time.Sleep(time.Minute)
		if since, down := f.Down(); !down || since < 55*time.Second || since > 62*time.Second {
			t.Errorf("after a minute: down %t, for %s", down, since)
		}
		s.down.Store(false)
		time.Sleep(10 * time.Second)
		if _, down := f.Down(); down {
			t.Error("it is back and counts as down")
		}
		s.hang.Store(true)
		began := time.Now()
		if err := f.Check(t.Context()); aoc.CodeOf(err) != aoc.CodeUnavailable || time.Since(began) > 4*time.Second {
			t.Errorf("a store that hangs: %v after %s", err, time.Since(began))
		}
		s.hang.Store(false)
		cancel()
		wg.Wait()
		time.Sleep(2 * time.Hour) // until the last look has come back
	})
}

// The report of work whose process has gone is lost for everybody, also for who asks once
// and much later; while the store is away nobody counts as gone.
func TestReports(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		a, b := process(s, "a"), process(s, "b")
		state := func(f *fleet.Fleet, id string) fleet.Sheet {
			t.Helper()
			sheet, err := f.Report(t.Context(), "work", id)
			if err != nil {
				t.Fatal(err)
			}
			return sheet
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, f := range []*fleet.Fleet{b} {
			wg.Go(func() { f.Monitor(ctx) })
			wg.Go(func() {
				f.Duty(ctx, "housekeeping", func(ctx context.Context) error { return f.Bury(ctx, "work") })
			})
		}
		var n atomic.Int64
		live := a.Publish(t.Context(), "work", "live", 10, func() any { return n.Load() })
		live.Told(t.Context())
		if sheet := state(b, "live"); string(sheet.Body) != "0" {
			t.Errorf("at once: %+v", sheet)
		}
		n.Store(7)
		time.Sleep(2 * time.Second)
		if sheet := state(b, "live"); string(sheet.Body) != "7" || sheet.Over || sheet.Process != "a" {
			t.Errorf("news: %+v", sheet)
		}
		gone := &flaky{Store: s.Store}
		left := process(gone, "gone").Publish(t.Context(), "work", "left", 10, func() any { return 1 })
		time.Sleep(5 * time.Minute)
		if sheet := state(b, "left"); sheet.Lost {
			t.Errorf("a process that lives: %+v", sheet)
		}
		gone.down.Store(true)
		time.Sleep(2 * time.Minute)
		if sheet := state(process(s, "new"), "left"); !sheet.Lost || !sheet.Over || string(sheet.Body) != "1" {
			t.Errorf("a process that has gone: %+v", sheet)
		}
		beat := state(b, "left").Beat
		time.Sleep(2 * time.Minute)
		if sheet := state(b, "left"); sheet.Beat != beat {
			t.Errorf("it is buried again and again: %+v", sheet)
		}
		s.down.Store(true)
		time.Sleep(5 * time.Minute)
		s.down.Store(false)
		time.Sleep(time.Second)
		for range 10 {
			if sheet := state(b, "live"); sheet.Lost {
				t.Fatalf("after the store was away: %+v", sheet)
			}
			time.Sleep(5 * time.Second)
		}
		n.Store(9)
		live.End(t.Context())
		if sheet := state(b, "live"); !sheet.Over || sheet.Lost || string(sheet.Body) != "9" {
			t.Errorf("the end: %+v", sheet)
		}
		left.End(t.Context()) // does nothing any more
		cancel()
		wg.Wait()
	})
}

// Where nobody else shares the store only ends are written, and what another process did not
// end is lost: that one had the store before.
func TestReportsOfOne(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		before := &flaky{Store: s.Store}
		crashed := process(before, "before").Publish(t.Context(), "work", "crashed", 10, func() any { return 1 })
		time.Sleep(3 * time.Second)
		before.down.Store(true)
		defer crashed.End(t.Context())
		f := fleet.New(fleet.Config{Store: s, Process: "now"})
		p := f.Publish(t.Context(), "work", "one", 10, func() any { return 2 })
		time.Sleep(time.Minute)
		if _, err := f.Report(t.Context(), "work", "one"); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("before its end: %v; want not_found", err)
		}
		p.End(t.Context())
		sheets, err := f.Reports(t.Context(), "work")
		if err != nil || len(sheets) != 2 || sheets[0].ID != "one" || sheets[0].Lost || !sheets[1].Lost {
			t.Errorf("the reports: %+v, %v", sheets, err)
		}
	})
}
