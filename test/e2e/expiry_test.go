package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

const (
	// blobLife is how long upstream keeps a content blob.
	blobLife = 7 * 24 * time.Hour
	// caution is how far a loss may be told to reach into what was collected: the edge of
	// what can be had moves on between the plan and the listing.
	caution = 2 * time.Minute
)

// TestExpiry lets content expire before it could be read: blobs of Exchange that are
// listed but cannot be had, and then everything that the Management Activity API made
// available while it did not answer at all, for more than a week. The ledger must name as
// lost exactly what is missing, and all else must be there.
func TestExpiry(t *testing.T) {
	t.Parallel()
	e := newExpiry(t)
	e.collect()
	e.want(complete)

	// The blobs of Exchange of twelve hours are listed, and lost in the end.
	e.clock.leap(12 * time.Hour)
	e.sim.SetOutage(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "$Audit_Exchange") })
	e.collect()
	e.want(incomplete)
	unlisted := e.began

	// Then nothing of the API can be had; the program runs a few times all the same.
	e.sim.SetOutage(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/activity/feed/") })
	for range 2 {
		e.clock.leap(30 * time.Hour)
		e.collect()
		e.want(incomplete)
	}
	e.clock.leap(6 * 24 * time.Hour)
	edge := e.clock.Now().Add(-blobLife)
	e.surfaceAround(edge)
	e.sim.SetOutage(nil)
	e.collect()
	e.collect() // what was found to be lost is lost once
	e.want(complete)
	e.check(unlisted, edge)
}

// expiry is a tenant and a program under one clock.
type expiry struct {
	*testing.T
	clock   *leapingClock
	sim     *simulator.Server
	environ []string
	dir     string
	began   time.Time // the last collection, in whole seconds, as upstream's filters take them
	before  time.Time // the collection before the last one
	report  ingest.Report
}

func newExpiry(t *testing.T) *expiry {
	t.Helper()
	// In the past, so that all of it has happened by the machine's clock, which aoc coverage goes by.
	clock := &leapingClock{now: time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, -10)}
	sim, err := simulator.New(simulator.Config{
		Clock: clock, Tenant: tenant.Config{Seed: 5, Users: 100, EventsPerDay: 400},
		GraphHistory: 24 * time.Hour, ManagementHistory: 24 * time.Hour, StartInterval: -1,
		BlobInterval: 30 * time.Minute, BlobRecords: 10,
		Duplicates: -1, // a record is in one blob, and lost with it
		Limits:     simulator.Limits{GraphReports: -1, Intune: -1, Directory: -1, Management: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	return &expiry{T: t, clock: clock, sim: sim, dir: dir, environ: startSimulator(t, sim, "AOC_DATA_DIR="+dir, "AOC_FIRST_FETCH_HOURS=24")}
}

// surfaceAround puts in a record for every half minute around the time before which blobs
// are gone, where what is lost ends and what is collected begins.
func (e *expiry) surfaceAround(edge time.Time) {
	e.Helper()
	for entry := range e.sim.Visible(edge) {
		if entry.Stream != "Audit.SharePoint" {
			continue
		}
		for i := range 40 {
			raw := strings.ReplaceAll(string(entry.Raw), entry.ID, fmt.Sprintf("%08x-0000-4000-8000-000000000003", i))
			if err := e.sim.Inject(entry.Source, []byte(raw), edge.Add(time.Duration(i-10)*30*time.Second)); err != nil {
				e.Fatal(err)
			}
		}
		return
	}
	e.Fatal("there is no record to take as a model")
}

// collect starts the program anew and lets it collect once.
func (e *expiry) collect() {
	e.Helper()
	cfg, err := config.Load(e.environ, "")
	if err != nil {
		e.Fatal(err)
	}
	a, err := app.New(e.Context(), cfg, app.Options{Clock: e.clock, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		e.Fatal(err)
	}
	defer func() {
		if err := a.Stop(e.Context()); err != nil {
			e.Error(err)
		}
	}()
	e.before, e.began = e.began, e.clock.Now().Truncate(time.Second)
	if e.report, err = a.Fetch(e.Context(), 0, nil, nil); err != nil {
		e.Fatal(err)
	}
}

const complete, incomplete = true, false

// want compares how the last collection went.
func (e *expiry) want(complete bool) {
	e.Helper()
	if e.report.Complete != complete || e.report.Error != nil {
		e.Errorf("the collection is complete: %t, want %t: %+v", e.report.Complete, complete, e.report)
	}
}

// check compares the store and what aoc coverage says with the simulator's books.
// unlisted is when listing ended for a week, edge before what it could not go on.
func (e *expiry) check(unlisted, edge time.Time) {
	stored := make(map[string]bool)
	for _, ev := range logged(e.T, openStore(e.T, e.dir)) {
		stored[identity(ev.Source, ev.ID, ev.Operation)] = true
	}
	var c console.Coverage
	if code, errs := runJSON(e.T, &c, e.environ, "coverage", "--json", "--to", e.began.Format(time.RFC3339)); code != 0 {
		e.Fatalf("aoc coverage: exit code %d: %s", code, errs)
	}
	if c.Complete || len(c.Feeds) != 5 {
		e.Errorf("%d feeds, complete: %t", len(c.Feeds), c.Complete)
	}
	lost := make(map[string][]ingest.Loss) // by content type
	for _, f := range c.Feeds {
		lost[f.Feed.Stream] = append(lost[f.Feed.Stream], f.Losses...)
		e.checkFeed(f, unlisted, edge)
	}

	missing, present := 0, 0
	blobs := make(map[string]bool) // of Exchange, listed but not read
	for entry := range e.sim.Visible(e.began) {
		if !byDefault(entry) || !entry.Visible.Before(e.began) {
			continue
		}
		if entry.Stream == "" && !entry.Visible.Before(e.before) {
			continue // late in a window of Graph that is not listed again yet
		}
		isStored := stored[identity(entry.Source, entry.ID, entry.Operation)]
		told := slices.IndexFunc(lost[entry.Stream], func(l ingest.Loss) bool { return l.Window.Contains(entry.Visible) })
		switch {
		case isStored && told >= 0 && lost[entry.Stream][told].Window.End.Sub(entry.Visible) > caution:
			e.Errorf("%s of %q, available since %s, is stored and counted as lost", entry.ID, entry.Stream, entry.Visible)
		case !isStored && told < 0:
			e.Errorf("%s of %q, available since %s, is missing, and no loss says so", entry.ID, entry.Stream, entry.Visible)
		case isStored:
			present++
		default:
			missing++
			if entry.Visible.Before(unlisted) {
				blobs[entry.Blobs[0]] = true
			}
		}
	}
	if missing < 100 || present < 500 {
		e.Errorf("the trial is too easy: %d missing, %d present", missing, present)
	}
	units := 0
	for _, l := range lost["Audit.Exchange"] {
		if l.Window.Start.Before(unlisted) {
			units += l.Units
		}
	}
	if units != len(blobs) {
		e.Errorf("%d blobs are told as lost before they were read; %d were", units, len(blobs))
	}
	e.Logf("%d records present, %d lost, %d of Exchange's blobs lost one by one", present, missing, len(blobs))
}

// checkFeed compares what the ledger says about one feed: Graph's hold their records long
// enough; of each content type a span could not be listed in time, and of Exchange single
// blobs not be read.
func (e *expiry) checkFeed(f console.FeedCoverage, unlisted, edge time.Time) {
	spans, blobs := 0, 0
	for _, l := range f.Losses {
		if l.Reason == "" {
			e.Errorf("%s: loss %s without a reason", f.Name, l.Window)
		}
		if l.Window.Start.Before(unlisted) {
			blobs += l.Units
			continue
		}
		spans++
		// How far behind the edge listing went on is the program's caution.
		if !l.Window.Start.Equal(unlisted) || l.Window.End.Before(edge) || l.Window.End.After(edge.Add(15*time.Minute)) {
			e.Errorf("%s: the loss %s does not go from %s to about %s", f.Name, l.Window, unlisted, edge)
		}
	}
	isContent, isExchange := f.Feed.Stream != "", f.Feed.Stream == "Audit.Exchange"
	if f.Complete == isContent || (spans == 1) != isContent || (blobs > 0) != isExchange {
		e.Errorf("%s: %d spans and %d blobs are lost: %s", f.Name, spans, blobs, f.Statement)
	}
	for _, g := range f.Gaps {
		// That the last windows before the outage were not listed again in time is said, too.
		if !isContent || g.Reason != "unswept" || g.Window.End.After(unlisted) {
			e.Errorf("%s: gap %+v", f.Name, g)
		}
	}
	if f.Totals.Open != 0 || f.Totals.Listed != f.Totals.Stored+f.Totals.Expired {
		e.Errorf("%s: %+v", f.Name, f.Totals)
	}
	e.Logf("%s: %d spans and %d single blobs lost: %s", f.Name, spans, blobs, f.Statement)
}

// leapingClock is a clock on which sleeping takes no time but moves it.
type leapingClock struct {
	mu  sync.Mutex
	now time.Time
}

// Now implements [aoc.Clock].
func (c *leapingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep implements [aoc.Clock].
func (c *leapingClock) Sleep(ctx context.Context, d time.Duration) error {
	c.leap(d)
	return ctx.Err()
}

func (c *leapingClock) leap(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var _ aoc.Clock = (*leapingClock)(nil)
