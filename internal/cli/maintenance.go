package cli

import (
	"encoding/json"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/control"
	"aoc/internal/ingest"
)

type maintenanceCommand struct {
	Renormalize renormalizeCommand `cmd:"" help:"Derive stored events anew from their records; ids, tags and comments stay. Goes on where it stopped."`
	Dedupe      dedupeCommand      `cmd:"" help:"Join events whose keys have become equal under this version's rule."`
	Replay      replayCommand      `cmd:"" help:"Put quarantined records through again."`
	Copy        copyCommand        `cmd:"" help:"Copy a store to another place, data folder or MongoDB, and prove that everything is there. Goes on where it stopped."`
	Adopt       adoptCommand       `cmd:"" help:"Take over the database of the original program: events, tags, comments, rules, watermarks. Goes on where it stopped."`
}

type renormalizeCommand struct {
	Limit int64 `placeholder:"N" help:"The most events to pass; 0 means all."`
	JSON  bool  `help:"Print one JSON object with counts."`
}

func (c *renormalizeCommand) Run(r *runner) error {
	return r.rewrite("renormalize", control.Request{Task: control.TaskRenormalise, Limit: c.Limit}, ingest.Renormalise, c.JSON)
}

type dedupeCommand struct {
	Limit int64 `placeholder:"N" help:"The most events to pass; 0 means all."`
	JSON  bool  `help:"Print one JSON object with counts."`
}

func (c *dedupeCommand) Run(r *runner) error {
	return r.rewrite("dedupe", control.Request{Task: control.TaskDedupe, Limit: c.Limit}, ingest.Dedupe, c.JSON)
}

// rewrite does one of the tasks that pass over stored events.
func (r *runner) rewrite(what string, request control.Request, do app.Rewrite, asJSON bool) error {
	bar := r.newProgress(what)
	tell := func(p ingest.RewriteReport) {
		bar.update(p.Seen, p.Total, "%s of %s passed, %s changed", count(p.Seen), count(p.Total), count(p.Changed))
	}
	report, err := maintain(r, request, tell, func(a *app.App) (ingest.RewriteReport, error) {
		return a.Maintain(r.ctx, do, request.Limit, tell)
	})
	bar.end()
	if err != nil {
		return err
	}
	if asJSON {
		return r.json(report)
	}
	r.note("%s passed: %s changed, %s joined, %s left as they were because their record cannot be read",
		count(report.Seen), count(report.Changed), count(report.Joined), count(report.Skipped))
	if !report.Done {
		r.note("Calling it again goes on from here.")
	}
	return nil
}

type replayCommand struct {
	JSON bool `help:"Print one JSON object with counts."`
}

func (c *replayCommand) Run(r *runner) error {
	bar := r.newProgress("replay")
	tell := func(counts aoc.Counts) { bar.update(counts.Read, 0, "%s tried", count(counts.Read)) }
	counts, err := maintain(r, control.Request{Task: control.TaskReplay}, tell, func(a *app.App) (aoc.Counts, error) {
		return a.Replay(r.ctx, tell)
	})
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(counts)
	}
	r.note("%s", countsText(counts))
	return nil
}

// maintain does a task here, or lets the service do it that owns the store.
func maintain[T any](r *runner, request control.Request, tell func(T), do func(a *app.App) (T, error)) (result T, err error) {
	cfg, err := r.settings()
	if err != nil {
		return result, err
	}
	a, err := r.open(cfg, app.Options{})
	if owned(cfg, err) {
		owner := err
		err = control.Do(r.ctx, cfg.Store.DataDir, request, func(text json.RawMessage) {
			var p T
			if json.Unmarshal(text, &p) == nil {
				tell(p)
			}
		}, &result)
		return result, handedOver(err, owner)
	}
	if err != nil {
		return result, err
	}
	defer r.closeApp(a, &err)
	if result, err = do(a); err == nil {
		err = a.Settle(r.ctx)
	}
	return result, err
}
