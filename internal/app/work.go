package app

import (
	"context"
	"encoding/json"

	"aoc"
	"aoc/internal/adopt"
	"aoc/internal/console"
	"aoc/internal/control"
	"aoc/internal/ingest"
	"aoc/internal/source/file"
)

// ImportSummary tells what an import did. Its form is what `aoc import --json` prints.
type ImportSummary struct {
	aoc.Counts
	Files []ImportedFile `json:"files"`
}

// ImportedFile tells what became of one file, and what it was taken for.
type ImportedFile struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	aoc.Counts
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`
}

// ImportProgress tells how far an import is.
type ImportProgress struct {
	ingest.ImportProgress
	// ReadBytes of all files together, out of TotalBytes where that is known.
	ReadBytes  int64 `json:"read_bytes"`
	TotalBytes int64 `json:"total_bytes"`
}

// Import puts files into the store.
func (a *App) Import(ctx context.Context, opts file.Options, progress func(ImportProgress)) (ImportSummary, error) {
	opts.Clock, opts.Log = a.opts.Clock, a.opts.Logger
	if opts.TenantID == "" {
		opts.TenantID = a.cfg.Tenant.ID
	}
	if opts.TenantID != "" {
		if err := checkTenant(opts.TenantID); err != nil {
			return ImportSummary{}, err
		}
	}
	meter := &importMeter{tell: progress}
	opts.OnRead = meter.read
	source := file.New(opts)
	defer func() { _ = source.Close() }() // a temporary file at most
	meter.size = source.Size
	report, err := a.console.Import(ctx, source, meter.progress)
	summary := ImportSummary{Counts: report.Counts, Files: []ImportedFile{}}
	for _, u := range report.Units {
		f := ImportedFile{Path: u.ID, Format: source.Format(aoc.Unit{ID: u.ID}), Counts: u.Counts}
		if u.Error != nil {
			f.Error, f.Hint = u.Error.Message, u.Error.Hint
		}
		summary.Files = append(summary.Files, f)
	}
	return summary, err
}

// Rewrite is what Renormalise and Dedupe of package ingest have in common.
type Rewrite func(ctx context.Context, cfg ingest.RewriteConfig) (ingest.RewriteReport, error)

// Maintain derives stored events anew or joins them.
func (a *App) Maintain(ctx context.Context, do Rewrite, limit int64, progress func(ingest.RewriteReport)) (ingest.RewriteReport, error) {
	return do(ctx, ingest.RewriteConfig{
		Store: a.store, Names: a.ingestNames(), Clock: a.opts.Clock, Logger: a.opts.Logger, Limit: limit, Progress: progress,
	})
}

// Replay puts quarantined records through again.
func (a *App) Replay(ctx context.Context, progress func(aoc.Counts)) (aoc.Counts, error) {
	return ingest.Replay(ctx, ingest.ReplayConfig{
		Store: a.store, Names: a.ingestNames(), Clock: a.opts.Clock, Logger: a.opts.Logger, Progress: progress,
		Recognise: adopt.Recognise(file.Recognise),
	})
}

// Fetch runs a collection to its end, or follows the one under way.
func (a *App) Fetch(ctx context.Context, hours int, sources []string, progress func(ingest.Report)) (ingest.Report, error) {
	run, _, err := a.console.Fetch(ctx, hours, sources...)
	if err != nil {
		return ingest.Report{}, err
	}
	for {
		tick, cancel := context.WithTimeout(ctx, progressEvery)
		err := run.Wait(tick)
		cancel()
		if progress != nil {
			progress(run.Report())
		}
		select {
		case <-run.Done():
			return run.Report(), nil
		default:
		}
		if ctx.Err() != nil {
			return run.Report(), err
		}
	}
}

// MadeToken is an API token with its secret, which is told once.
type MadeToken struct {
	console.APIToken
	Secret string `json:"secret"`
}

// MakeToken makes an API token.
func (a *App) MakeToken(ctx context.Context, spec console.TokenSpec) (MadeToken, error) {
	secret, token, err := a.console.MakeToken(ctx, spec)
	return MadeToken{token, secret}, err
}

// EndSessions ends some sessions, or all where none is named, and tells how many.
func (a *App) EndSessions(ctx context.Context, ids []string) (ended int, err error) {
	if len(ids) == 0 {
		all, err := a.console.Sessions(ctx)
		if err != nil {
			return 0, err
		}
		for _, s := range all {
			ids = append(ids, s.ID)
		}
	}
	for _, id := range ids {
		if err := a.console.EndSession(ctx, id); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

// work does what another process asks for. See package control.
func (a *App) work(ctx context.Context, r control.Request, progress func(any)) (any, error) {
	ctx = console.WithCaller(ctx, console.Local(console.CommandLine)) // whoever can write to the data folder
	switch r.Task {
	case control.TaskImport:
		return a.Import(ctx, file.Options{Paths: r.Paths, TenantID: r.TenantID}, func(p ImportProgress) { progress(p) })
	case control.TaskFetch:
		return a.Fetch(ctx, r.Hours, r.Sources, func(p ingest.Report) { progress(p) })
	case control.TaskRenormalise:
		return a.Maintain(ctx, ingest.Renormalise, r.Limit, func(p ingest.RewriteReport) { progress(p) })
	case control.TaskDedupe:
		return a.Maintain(ctx, ingest.Dedupe, r.Limit, func(p ingest.RewriteReport) { progress(p) })
	case control.TaskMakeToken:
		var spec console.TokenSpec
		if err := json.Unmarshal(r.Token, &spec); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInvalid, "app.work", "what the token is to be cannot be read")
		}
		return a.MakeToken(ctx, spec)
	case control.TaskRevokeToken:
		return nil, a.console.RevokeToken(ctx, r.TokenID)
	case control.TaskLoadRules:
		return a.LoadRules(ctx, r.Paths, console.Pack{Name: r.Pack, License: r.License}, r.Enable)
	case control.TaskEndSessions:
		return a.EndSessions(ctx, r.Sessions)
	case control.TaskReplay:
		return a.Replay(ctx, func(c aoc.Counts) { progress(c) })
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "app.work", "the running service does not know the task %q", string(r.Task))
}
