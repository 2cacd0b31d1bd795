package cli

import (
	"maps"
	"slices"

	"aoc/internal/adopt"
	"aoc/internal/app"
	"aoc/internal/config"
)

type adoptCommand struct {
	From       string `placeholder:"PLACE" help:"MongoDB of the original: its connection string, env:NAME for it in a setting, file:PATH for it in a file; default MONGO_URI."`
	Database   string `placeholder:"NAME" help:"Its database; default AOC_MONGO_DATABASE."`
	Collection string `placeholder:"NAME" help:"Its collection of events; default AOC_MONGO_EVENTS."`
	Tenant     string `placeholder:"GUID" help:"Tenant of records that do not name theirs; default TENANT_ID."`
	DryRun     bool   `help:"Tell what would happen, and write nothing."`
	JSON       bool   `help:"Print one JSON object with what was taken over."`
}

func (c *adoptCommand) Run(r *runner) error {
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	options := app.AdoptOptions{Collection: c.Collection, TenantID: c.Tenant, DryRun: c.DryRun}
	if c.From != "" {
		if options.From, err = config.FindPlace("--from", c.From, r.environ, r.grammar.EnvFile); err != nil {
			return err
		}
	}
	options.From.Database = c.Database
	bar := r.newProgress("adopt")
	options.Progress = func(p adopt.Progress) {
		bar.update(p.Done, p.Total, "%s of about %s documents", count(p.Done), count(p.Total))
	}
	report, err := app.Adopt(r.ctx, cfg, app.Options{Logger: r.quietLogger()}, options)
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(report)
	}
	r.tellAdopted(report)
	return nil
}

// tellAdopted writes for a person what was taken over, or would be.
func (r *runner) tellAdopted(p adopt.Report) {
	if p.DryRun {
		r.note("Nothing was written. This would happen:")
	}
	r.note("%s documents of events: %s become events (%s of them without a record, made of their fields), %s are kept whole in the quarantine",
		count(p.Documents), count(p.Adopted), count(p.Rebuilt), count(p.Quarantined))
	for _, reason := range slices.Sorted(maps.Keys(p.Reasons)) {
		r.note("    %s in the quarantine: %s", count(p.Reasons[reason]), printable(reason))
	}
	if !p.DryRun {
		r.note("    %s new, %s known already, %s other versions of what was known", count(p.New), count(p.Duplicate), count(p.Revision))
	}
	if p.Released > 0 {
		r.note("    %s have left the quarantine, in which they were since an earlier time", count(p.Released))
	}
	r.note("%s tags, %s comments, %s rules; %s tags and comments belong to no event and are in the quarantine",
		count(p.Tags), count(p.Comments), count(p.Rules), count(p.Orphans))
	for _, w := range p.Watermarks {
		r.tellWatermark(w)
	}
	for _, name := range p.Left {
		r.note("The collection %s was not looked into.", printable(name))
	}
	for _, index := range p.Expiring {
		r.note("The server drops old documents of the original by the index %s: adopt before it does.", printable(index))
	}
	switch {
	case p.DryRun:
	case p.SetAside == "":
		r.note("The original's database was not changed.")
	default:
		r.note("The original's events are in the collection %s as they were. When you are content, drop it in mongosh: db.getCollection(%q).drop()",
			printable(p.SetAside), printable(p.SetAside))
	}
}

func (r *runner) tellWatermark(w adopt.Watermark) {
	at := "no time"
	if !w.At.IsZero() {
		at = w.At.Format("2006-01-02 15:04:05Z")
	}
	r.note("Watermark %s, %s:", printable(w.Name), at)
	for _, feed := range w.Feeds {
		r.note("    the ledger of %s goes on from there", printable(feed))
	}
	if w.Note != "" {
		r.note("    %s", printable(w.Note))
	}
}
