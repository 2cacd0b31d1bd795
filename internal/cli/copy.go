package cli

import (
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/transfer"
)

type copyCommand struct {
	From         string `required:"" placeholder:"PLACE" help:"What to copy: a data folder, a MongoDB's connection string, env:NAME for either in a setting, or file:PATH for either in a file."`
	To           string `required:"" placeholder:"PLACE" help:"Where to: an empty place, or one that a copy was begun in."`
	FromDatabase string `placeholder:"NAME" help:"Database in the MongoDB of --from; default AOC_MONGO_DATABASE."`
	ToDatabase   string `placeholder:"NAME" help:"Database in the MongoDB of --to; default AOC_MONGO_DATABASE."`
	JSON         bool   `help:"Print one JSON object with what was compared."`
}

func (c *copyCommand) Run(r *runner) error {
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	from, err := config.FindPlace("--from", c.From, r.environ, r.grammar.EnvFile)
	if err != nil {
		return err
	}
	to, err := config.FindPlace("--to", c.To, r.environ, r.grammar.EnvFile)
	if err != nil {
		return err
	}
	from.Database, to.Database = c.FromDatabase, c.ToDatabase
	report, err := c.run(r, cfg, from, to)
	if c.JSON && (err == nil || report.Difference != nil) {
		if e := r.json(report); e != nil {
			return e
		}
	}
	if err != nil {
		return err
	}
	if !c.JSON {
		r.tellCopy(report)
	}
	return nil
}

// copyStages is what people read of the stages.
var copyStages = map[transfer.Stage]string{ //nolint:gochecknoglobals // read-only table
	transfer.StageCheck: "compared with what is there already", transfer.StageCopy: "copied",
	transfer.StageRest: "copied", transfer.StageVerify: "verified",
}

func (c *copyCommand) run(r *runner, cfg config.Config, from, to config.Place) (transfer.Report, error) {
	bar := r.newProgress("copy")
	defer bar.end()
	return app.Copy(r.ctx, cfg, app.Options{Logger: r.quietLogger()}, from, to, func(p transfer.Progress) {
		if p.Done > 0 {
			bar.update(p.Done, p.Total, "%s of %s places of the log %s", count(p.Done), count(p.Total), copyStages[p.Stage])
		}
	})
}

// tellCopy writes for a person what a copy has and what was proved of it.
func (r *runner) tellCopy(p transfer.Report) {
	if p.Copied == 0 {
		r.note("Every place of the log was there already.")
	} else {
		r.note("%s of %s places of the log copied.", count(p.Copied), count(p.Places))
	}
	r.note("Verified: all leaves and the tree heads are equal, root %s.", p.Root)
	r.note("    %s leaves recomputed from the records that are kept; of %s places the record is kept no longer", count(p.Recomputed), count(p.Gone))
	if p.KeyChanged > 0 {
		r.note("    %s leaves cannot be recomputed, on neither side: the key of the event has changed since (aoc maintenance dedupe). The first is at place %s.",
			count(p.KeyChanged), count(p.KeyChangedFirst))
	}
	r.note("    %s events with %s tags, %s comments, %s reviews; %s edits, %s documents", count(p.Events), count(p.Tags), count(p.Comments), count(p.Reviews), count(p.Edits), count(p.Documents))
	r.note("    %s windows and %s units of the ledger, %s quarantined records, %s names, %s checkpoints",
		count(p.Windows), count(p.Units), count(p.Quarantined), count(p.Names), count(p.Checkpoints))
	if p.ExpiredSince > 0 {
		r.note("%s events have expired in the source since they were copied; they are still in the target.", count(p.ExpiredSince))
	}
	if p.Later+p.RevisedSince+p.EditedSince > 0 {
		r.note("Meanwhile the source got %s places more, and %s events were changed there. Calling it again copies what is new.",
			count(p.Later), count(p.RevisedSince+p.EditedSince))
	}
}
