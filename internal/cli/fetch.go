package cli

import (
	"encoding/json"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/control"
	"aoc/internal/ingest"
)

type fetchCommand struct {
	Hours  int      `placeholder:"N" help:"List the last N hours again, whatever has been collected; at most 720."`
	Source []string `placeholder:"NAME" help:"Only these: directoryaudit, intuneaudit, managementactivity, riskdetection, signin, or a source such as unified."`
	JSON   bool     `help:"Print the report of the collection as one JSON object."`
}

func (c *fetchCommand) Run(r *runner) error {
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	if !cfg.Collects() {
		return notConfigured()
	}
	report, err := c.run(r, cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := r.json(report); err != nil {
			return err
		}
	} else {
		r.tellFetch(report)
	}
	for _, loss := range fetchLosses(report) {
		r.fail(loss)
	}
	return fetchOutcome(report)
}

func notConfigured() error {
	e := aoc.Errorf(aoc.CodeInvalid, "cli.fetch", "TENANT_ID: no tenant is configured")
	e.Hint = "Set TENANT_ID, CLIENT_ID and CLIENT_SECRET (see .env.example), or try aoc demo, which needs none."
	return e
}

func (c *fetchCommand) run(r *runner, cfg config.Config) (report ingest.Report, err error) {
	bar := r.newProgress("collect")
	defer bar.end()
	tell := func(p ingest.Report) {
		done, total, counts := fetchProgress(p)
		if p.WaitsFor != "" {
			bar.update(0, 0, "waiting for %s", printable(p.WaitsFor))
			return
		}
		bar.update(done, total, "%s records read, %s new", count(counts.Read), count(counts.New))
	}
	a, err := r.open(cfg, app.Options{Logger: r.logger(cfg)})
	if owned(cfg, err) {
		owner := err
		err = control.Do(r.ctx, cfg.Store.DataDir, control.Request{Task: control.TaskFetch, Hours: c.Hours, Sources: c.Source},
			func(text json.RawMessage) {
				var p ingest.Report
				if json.Unmarshal(text, &p) == nil {
					tell(p)
				}
			}, &report)
		return report, handedOver(err, owner)
	}
	if err != nil {
		return report, err
	}
	defer r.closeApp(a, &err)
	if report, err = a.Fetch(r.ctx, c.Hours, c.Source, tell); err == nil {
		err = a.Settle(r.ctx)
	}
	return report, err
}

// fetchProgress adds up a report: units stored of those listed, and records.
func fetchProgress(p ingest.Report) (done, total int64, counts aoc.Counts) {
	for _, f := range p.Feeds {
		done += int64(f.UnitsStored)
		total += int64(f.UnitsListed)
		counts.Add(f.Counts)
	}
	return done, total, counts
}

func (r *runner) tellFetch(report ingest.Report) {
	var all aoc.Counts
	for _, f := range report.Feeds {
		all.Add(f.Counts)
		r.note("%s: %s; %s", f.Title, f.State, countsText(f.Counts))
		for _, w := range f.Warnings {
			r.note("    %s", printable(w))
		}
		if f.Error != nil {
			r.note("    %s", printable(f.Error.Message))
			if f.Error.Hint != "" {
				r.note("    %s", printable(f.Error.Hint))
			}
		}
	}
	r.note("together: %s", countsText(all))
}

// fetchLosses says what the collection found to be lost, a feed each.
func fetchLosses(report ingest.Report) (losses []error) {
	for _, f := range report.Feeds {
		if f.Losses == 0 {
			continue
		}
		found := "1 loss was found"
		if f.Losses > 1 {
			found = count(int64(f.Losses)) + " losses were found"
		}
		losses = append(losses, &aoc.Error{
			Code: aoc.CodeNotFound, Op: "cli.fetch",
			Message: f.Title + ": " + found + ": Microsoft no longer has audit records that were not collected before",
			Hint:    "Run aoc coverage to see of which time they are. What Purview or another export still has of them can be imported.",
		})
	}
	return losses
}

// fetchOutcome turns a report into the command's end. A loss that the collection has just
// found makes it incomplete, though all that can still be had was collected.
func fetchOutcome(report ingest.Report) error {
	incomplete := false
	for _, f := range report.Feeds {
		if f.Error != nil && f.Error.Code == aoc.CodeUnauthenticated {
			return &aoc.Error{Code: aoc.CodeUnauthenticated, Op: "cli.fetch", Message: f.Error.Message, Hint: f.Error.Hint}
		}
		incomplete = incomplete || f.State != ingest.FeedDone || f.Losses > 0
	}
	if incomplete {
		return errIncomplete
	}
	return nil
}
