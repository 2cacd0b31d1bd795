package console

import (
	"context"
	"slices"

	"aoc"
	"aoc/internal/ingest"
	"aoc/internal/source"
	"aoc/internal/trail"
)

// What collection tells, in the words of the package that does it, so that adapters need
// not know that package.
type (
	Run            = ingest.Run
	RunReport      = ingest.Report
	FeedReport     = ingest.FeedReport
	Fault          = ingest.Fault
	FeedHealth     = ingest.FeedHealth
	Coverage       = ingest.Coverage
	FeedCoverage   = ingest.FeedCoverage
	Lag            = ingest.Lag
	Loss           = ingest.Loss
	ImportReport   = ingest.ImportReport
	ImportProgress = ingest.ImportProgress
)

// collecting gives the collector, or says that there is none.
func (c *Console) collecting() (*ingest.Collector, error) {
	if c.collector == nil {
		return nil, nothingCollected()
	}
	return c.collector, nil
}

func nothingCollected() error {
	return &aoc.Error{
		Code: aoc.CodeUnavailable, Op: "console.collect", Message: "nothing is collected here",
		Hint: "Set TENANT_ID, CLIENT_ID and CLIENT_SECRET (or another credential) and start the service again.",
	}
}

// Fetch starts a collection, or joins the one under way. hours lists that span before
// now again; 0 collects what is due. sources are names of collectors, feeds or sources,
// none means all. The run goes on whatever becomes of ctx.
func (c *Console) Fetch(ctx context.Context, hours int, sources ...string) (run *Run, joined bool, err error) {
	if err := c.authorise(ctx, actCollect); err != nil {
		return nil, false, err
	}
	collector, err := c.collecting()
	if err != nil {
		return nil, false, err
	}
	if hours < 0 {
		return nil, false, invalid("hours", "hours must not be negative")
	}
	run, joined, err = collector.Start(ctx, ingest.Request{Hours: hours, Collectors: present(sources)})
	if err != nil {
		return nil, false, blame("source", err)
	}
	if !collector.Collects() {
		return nil, false, nothingCollected() // its run would look like a success
	}
	run.Told(ctx)
	c.recordDone(ctx, trail.Entry{Operation: "Start collection", Target: trail.Target{Type: "Run", ID: run.ID()}})
	c.log.InfoContext(ctx, "collection asked for", "run", run.ID(), "joined", joined, "hours", hours, "sources", sources, "caller", CallerOf(ctx).Name)
	return run, joined, nil
}

// Run gives one of the last collections, of all processes that share the store.
func (c *Console) Run(ctx context.Context, id string) (RunReport, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return RunReport{}, err
	}
	collector, err := c.collecting()
	if err != nil {
		return RunReport{}, err
	}
	report, err := collector.ReportOf(ctx, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		e := aoc.Errorf(aoc.CodeNotFound, "console.run", "there is no collection with this id")
		e.Hint = "Only the last collections are remembered."
		return RunReport{}, e
	}
	return reportFor(ctx, report), err
}

// reportFor leaves out of a report what is about tenants that the caller may not see.
func reportFor(ctx context.Context, r RunReport) RunReport {
	who := CallerOf(ctx)
	if who.Tenants == nil {
		return r
	}
	r.Feeds = slices.DeleteFunc(slices.Clone(r.Feeds), func(f FeedReport) bool { return !who.Sees(f.Feed.TenantID) })
	r.Warnings, r.Error, r.Counts = []string{}, nil, aoc.Counts{}
	for _, f := range r.Feeds {
		r.Counts.Add(f.Counts)
	}
	return r
}

// Runs gives the last collections, of all processes that share the store, newest first; none
// where nothing is collected.
func (c *Console) Runs(ctx context.Context) ([]RunReport, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	if c.collector == nil {
		return []RunReport{}, nil
	}
	reports, err := c.collector.Reports(ctx)
	for i := range reports {
		reports[i] = reportFor(ctx, reports[i])
	}
	return reports, err
}

// SourceHealth tells how every feed is; none where nothing is collected.
func (c *Console) SourceHealth(ctx context.Context) ([]FeedHealth, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	if c.collector == nil {
		return []FeedHealth{}, nil
	}
	health, err := c.collector.Health(ctx)
	return slices.DeleteFunc(health, func(f FeedHealth) bool { return !CallerOf(ctx).Sees(f.Feed.TenantID) }), err
}

// NamesStatus tells whether names of directory objects are looked up.
type NamesStatus struct {
	Enabled bool `json:"enabled"`
	// Reason says why they are not, and Hint what to do about it.
	Reason string `json:"reason,omitempty"`
	Hint   string `json:"hint,omitempty"`
	Known  int    `json:"known"` // names known
}

// NamesStatus tells whether names of directory objects are looked up.
func (c *Console) NamesStatus(ctx context.Context) (NamesStatus, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return NamesStatus{}, err
	}
	if c.namesNow == nil {
		return NamesStatus{Reason: "no tenant is configured"}, nil
	}
	return c.namesNow(), nil
}

// Coverage tells what is proved about a span; zero bounds are open.
func (c *Console) Coverage(ctx context.Context, span aoc.Window) (Coverage, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Coverage{}, err
	}
	if err := checkSpan(span.Start, span.End); err != nil {
		return Coverage{}, err
	}
	collector, err := c.collecting()
	if err != nil {
		return Coverage{}, err
	}
	coverage, err := collector.Coverage(ctx, aoc.Window{Start: storable(span.Start), End: storable(span.End)})
	coverage.Feeds = slices.DeleteFunc(coverage.Feeds, func(f FeedCoverage) bool { return !CallerOf(ctx).Sees(f.Feed.TenantID) })
	return coverage, err
}

// Hasten brings the next collection of a feed forward. It never fails, does nothing for
// names nobody knows, and however often it is called starts no more than one collection:
// it may be exposed to hints that anyone can send.
func (c *Console) Hasten(name string) {
	if c.collector != nil {
		c.collector.Hasten(name)
	}
}

// Import puts every unit of a source, such as a folder of export files, into the store.
// progress hears how far it is; nil is fine.
func (c *Console) Import(ctx context.Context, src source.Source, progress func(ImportProgress)) (ImportReport, error) {
	if err := c.authorise(ctx, actImport); err != nil {
		return ImportReport{}, err
	}
	if err := c.record(ctx, trail.Entry{Operation: "Import files"}); err != nil {
		return ImportReport{}, err
	}
	return ingest.Import(ctx, ingest.ImportConfig{
		Store: c.store.Store, Source: src, Names: c.names, Clock: c.clock, Logger: c.log, Progress: progress,
	})
}
