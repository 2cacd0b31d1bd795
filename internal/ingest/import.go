package ingest

import (
	"context"
	"log/slog"
	"sync"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/store"
)

// ImportConfig is what [Import] works with.
type ImportConfig struct {
	Store  store.Store
	Source source.Source
	Names  Names // nil is fine
	Clock  aoc.Clock
	Logger *slog.Logger
	// Origin of the events; imported by default.
	Origin aoc.Origin
	// Progress hears how far the import is, after every batch and unit; nil is fine. It is
	// called from one goroutine at a time.
	Progress func(ImportProgress)
	// Workers, BatchEvents and BatchBytes are as in [Config].
	Workers     int
	BatchEvents int
	BatchBytes  int
}

// ImportProgress tells how far an import is.
type ImportProgress struct {
	Unit        string     `json:"unit"` // the unit the news is about
	UnitsListed int        `json:"units_listed"`
	UnitsDone   int        `json:"units_done"`
	Counts      aoc.Counts `json:"counts"` // over all units
	Bytes       int64      `json:"bytes"`  // of raw records
}

// ImportReport tells what an import has done. Of every unit and of all together:
// read = new + duplicate + revision + quarantined.
type ImportReport struct {
	Units  []ImportUnit `json:"units"` // in the order they were listed
	Counts aoc.Counts   `json:"counts"`
	Failed int          `json:"failed"` // units that were not read to the end
	// Listing is the fault that ended the listing of units, if one did.
	Listing *Fault `json:"listing,omitempty"`
}

// ImportUnit tells what became of one unit.
type ImportUnit struct {
	ID     string     `json:"id"`
	Counts aoc.Counts `json:"counts"`
	// Error is set when the unit was not read to the end; what was read before is stored.
	Error *Fault `json:"error,omitempty"`
}

// Import puts every unit of a source through the pipeline, without ledger: files are not
// asked for twice by themselves, and importing one again only finds duplicates. A unit that
// cannot be read is reported and the others go on. The error is the store's or the context's.
func Import(ctx context.Context, cfg ImportConfig) (ImportReport, error) {
	im, err := newImporter(cfg)
	if err != nil {
		return ImportReport{}, err
	}
	stop := im.pipe.start(ctx)
	defer stop()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(im.cfg.Workers)
	for u, err := range cfg.Source.List(gctx, aoc.Window{}) {
		if gctx.Err() != nil {
			break
		}
		if err != nil {
			im.change(func(r *ImportReport) { r.Listing = faultOf(err, cfg.Clock.Now().UTC()) })
			break
		}
		n := im.listed(u)
		group.Go(func() error { return im.unit(gctx, n, u) })
	}
	err = group.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return im.report, err
}

// importer is one import under way.
type importer struct {
	cfg  ImportConfig
	pipe *pipeline
	log  *slog.Logger

	mu     sync.Mutex
	report ImportReport
	done   int
	bytes  int64
}

func newImporter(cfg ImportConfig) (*importer, error) {
	if cfg.Store == nil || cfg.Source == nil || cfg.Clock == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "ingest.import", "an import needs a store, a source and a clock")
	}
	base := Config{Clock: cfg.Clock, Logger: cfg.Logger, Workers: cfg.Workers, BatchEvents: cfg.BatchEvents, BatchBytes: cfg.BatchBytes}.withDefaults()
	cfg.Workers = base.Workers
	if cfg.Origin == "" {
		cfg.Origin = aoc.OriginImported
	}
	names := &nameBook{names: cfg.Names, clock: cfg.Clock, log: base.Logger}
	return &importer{cfg: cfg, log: base.Logger, report: ImportReport{Units: []ImportUnit{}}, pipe: newPipeline(base, cfg.Store, names)}, nil
}

func (im *importer) change(f func(*ImportReport)) {
	im.mu.Lock()
	defer im.mu.Unlock()
	f(&im.report)
}

// listed gives a unit its place in the report.
func (im *importer) listed(u aoc.Unit) int {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.report.Units = append(im.report.Units, ImportUnit{ID: u.ID})
	return len(im.report.Units) - 1
}

func (im *importer) unit(ctx context.Context, n int, u aoc.Unit) error {
	spec := im.cfg.Source.Spec()
	_, err := im.pipe.run(ctx, job{
		tenant:  spec.Feed.TenantID,
		records: im.cfg.Source.Read(ctx, u),
		origin:  func(*aoc.Event) aoc.Origin { return im.cfg.Origin },
		stored: func(events []aoc.Event, _ []store.Outcome, c aoc.Counts) {
			im.stored(n, u, events, c)
		},
		finish: func(readErr error) func(aoc.Counts) []aoc.LedgerUnit {
			im.ended(n, u, readErr)
			return nil
		},
	})
	if err != nil {
		return err
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	im.done++
	im.tell(u)
	return nil
}

// stored adds a batch that is durable.
func (im *importer) stored(n int, u aoc.Unit, events []aoc.Event, c aoc.Counts) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.report.Counts.Add(c)
	im.report.Units[n].Counts.Add(c)
	for i := range events {
		im.bytes += int64(len(events[i].Raw))
	}
	im.tell(u)
}

// ended notes how reading a unit ended.
func (im *importer) ended(n int, u aoc.Unit, readErr error) {
	if readErr == nil {
		return
	}
	im.change(func(r *ImportReport) {
		r.Units[n].Error = faultOf(readErr, im.cfg.Clock.Now().UTC())
		r.Failed++
	})
	im.log.Warn("a unit could not be read to its end", "unit", u.ID, "error", readErr)
}

// tell reports progress; the caller holds mu.
func (im *importer) tell(u aoc.Unit) {
	if im.cfg.Progress == nil {
		return
	}
	im.cfg.Progress(ImportProgress{
		Unit: u.ID, UnitsListed: len(im.report.Units), UnitsDone: im.done, Counts: im.report.Counts, Bytes: im.bytes,
	})
}
