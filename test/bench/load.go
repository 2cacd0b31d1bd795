package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source/file"
	"aoc/internal/store"
)

// days is the span that the events are spread over, whatever their number.
const days = 90

// dataset is the events: as files, and where they are imported to.
type dataset struct {
	files  string
	place  place
	events int
	seed   uint64
}

// load makes the files, imports them into an empty store and tells what that took.
func (d dataset) load(ctx context.Context, profile string) error {
	began := time.Now()
	paths, err := simulator.WriteFiles(ctx, simulator.Files{
		Dir: d.files, Events: d.events,
		Tenant: tenant.Config{Seed: d.seed, EventsPerDay: max(d.events/days, 1)},
	})
	if err != nil {
		return err
	}
	size, err := diskBytes(d.files)
	if err != nil {
		return err
	}
	fmt.Printf("events       %12d   in %d files, %d bytes each; made in %s (not counted)\n",
		d.events, len(paths), size/int64(d.events), round(time.Since(began)))
	err = d.importing(ctx, profile, func(a *app.App) error {
		if err := d.first(ctx, a); err != nil {
			return err
		}
		return d.again(ctx, a, paths)
	})
	if err != nil {
		return err
	}
	return profiled(profile, "edits", func() error { return d.review(ctx) })
}

// review marks events as expected: a thousand in one go, of all times, then as many as a
// team gets through in a while.
func (d dataset) review(ctx context.Context) (err error) {
	s, err := d.place.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	const bulk, bulks = 1000, 20
	edits := make([]aoc.Edit, 0, bulk)
	stats, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	for i := range bulks {
		if err := d.someEdits(ctx, s, stats, i, &edits); err != nil {
			return err
		}
		began := time.Now()
		if _, err := s.Annotate(ctx, edits); err != nil {
			return err
		}
		if i == 0 {
			fmt.Printf("edits        %12.0f edits/s (%d events of all times marked in one go)\n", rate(len(edits), time.Since(began)), len(edits))
		}
	}
	return nil
}

// someEdits makes about a thousand edits of events of all times.
func (d dataset) someEdits(ctx context.Context, s store.Store, stats store.Stats, start int, edits *[]aoc.Edit) error {
	const places, each = 50, 20
	*edits = (*edits)[:0]
	step := stats.Newest.Sub(stats.Oldest) / places
	for i := range places {
		end := stats.Newest.Add(-time.Duration(i) * step).Add(-time.Duration(start) * step / 20)
		page, err := s.Search(ctx, aoc.Query{End: end, Limit: each})
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			*edits = append(*edits, aoc.Edit{
				Key: e.Key, By: "bench", At: stats.Newest, Batch: "bench", Review: &aoc.ReviewEdit{State: aoc.ReviewExpected, Note: "measured"},
			})
		}
	}
	return nil
}

// importing calls f with the program as `aoc import` puts it together.
func (d dataset) importing(ctx context.Context, profile string, f func(a *app.App) error) error {
	cfg, err := config.Load(d.place.environ(), "")
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Offline: true, Version: "bench"})
	if err != nil {
		return err
	}
	err = profiled(profile, "import", func() error { return f(a) })
	return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
}

// first imports everything into the empty store.
func (d dataset) first(ctx context.Context, a *app.App) error {
	memory := watchMemory()
	began := time.Now()
	counts, err := importInto(ctx, a, d.files)
	imported := time.Since(began)
	peak := memory.end()
	if err != nil {
		return err
	}
	if counts.New != int64(d.events) {
		return fmt.Errorf("%d of %d events were imported: %+v", counts.New, d.events, counts)
	}
	unsettled, err := d.place.bytes(ctx)
	if err != nil {
		return err
	}
	memory = watchMemory()
	err = a.Settle(ctx)
	settled := time.Since(began)
	peakSettling := memory.end()
	if err != nil {
		return err
	}
	size, err := d.place.bytes(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("import       %12.0f events/s with housekeeping (%s)\n", rate(d.events, settled), round(settled))
	fmt.Printf("             %12.0f events/s without (%s)\n", rate(d.events, imported), round(imported))
	fmt.Printf("on disk      %12d bytes/event, database and WAL (%d before housekeeping)\n",
		size/int64(d.events), unsettled/int64(d.events))
	fmt.Printf("peak memory  %12d MiB, housekeeping %d MiB (without mapped pages of the database)\n", peak, peakSettling)
	return nil
}

// again imports one file a second time, under another name.
func (d dataset) again(ctx context.Context, a *app.App, paths []string) error {
	largest, size := "", int64(-1)
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.Size() > size {
			largest, size = p, info.Size()
		}
	}
	content, err := os.ReadFile(largest)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "aoc-bench-again-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "again.jsonl"), content, 0o600); err != nil {
		return err
	}
	began := time.Now()
	counts, err := importInto(ctx, a, dir)
	if err != nil {
		return err
	}
	took := time.Since(began)
	if counts.New != 0 || counts.Duplicate == 0 {
		return fmt.Errorf("a file imported again gave %+v", counts)
	}
	fmt.Printf("duplicates   %12.0f events/s (%d events of one file again)\n",
		rate(int(counts.Duplicate), took), counts.Duplicate)
	return nil
}

func importInto(ctx context.Context, a *app.App, path string) (aoc.Counts, error) {
	summary, err := a.Import(ctx, file.Options{Paths: []string{path}}, nil)
	for _, f := range summary.Files {
		if f.Error != "" {
			err = errors.Join(err, fmt.Errorf("%s: %s", f.Path, f.Error))
		}
	}
	return summary.Counts, err
}

func rate(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }

// diskBytes is the size of all files in a folder.
func diskBytes(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) { // a temporary file that is gone by now
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// memoryMeter watches how much memory the process has of its own. Pages of the database
// file that the system has mapped are not counted: it takes them back as it likes.
type memoryMeter struct {
	stop chan struct{}
	peak chan int64
}

// watchMemory begins with what is needed now, so that making the events does not count.
func watchMemory() *memoryMeter {
	runtime.GC()
	debug.FreeOSMemory()
	m := &memoryMeter{stop: make(chan struct{}), peak: make(chan int64)}
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var peak int64
		for {
			peak = max(peak, ownMemory())
			select {
			case <-tick.C:
			case <-m.stop:
				m.peak <- peak
				return
			}
		}
	}()
	return m
}

// end gives the peak in MiB.
func (m *memoryMeter) end() int64 {
	close(m.stop)
	return <-m.peak >> 20
}

// ownMemory is the anonymous memory that is resident, in bytes; where the system does not
// tell, what the Go runtime has got from it.
func ownMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "RssAnon:"); found {
			kB, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err == nil {
				return kB << 10
			}
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.Sys - stats.HeapReleased)
}
