package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/control"
	"aoc/internal/source/file"
)

type importCommand struct {
	Paths  []string `arg:"" name:"path" help:"Files, folders, archives (zip, gzip), or - for standard input. What they are is recognised by content."`
	Tenant string   `placeholder:"GUID" help:"Tenant of records that do not name theirs; default TENANT_ID."`
	JSON   bool     `help:"Print one JSON object with counts, for every file and together."`
}

func (c *importCommand) Run(r *runner) error {
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	summary, err := c.run(r, cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := r.json(summary); err != nil {
			return err
		}
	} else {
		r.tellImport(summary)
	}
	for _, f := range summary.Files {
		if f.Error != "" {
			return errIncomplete
		}
	}
	return nil
}

// run imports into the store, or lets the service do it that owns the store.
func (c *importCommand) run(r *runner, cfg config.Config) (summary app.ImportSummary, err error) {
	bar := r.newProgress("import")
	defer bar.end()
	tell := func(p app.ImportProgress) {
		bar.update(p.ReadBytes, p.TotalBytes, "%s records read, %s new", count(p.Counts.Read), count(p.Counts.New))
	}
	a, err := r.open(cfg, app.Options{Offline: true})
	if owned(cfg, err) {
		return c.handOver(r, cfg, tell, err)
	}
	if err != nil {
		return summary, err
	}
	defer r.closeApp(a, &err)
	summary, err = a.Import(r.ctx, file.Options{Paths: c.Paths, Stdin: r.in, TenantID: c.Tenant}, tell)
	if err == nil {
		err = a.Settle(r.ctx)
	}
	return summary, err
}

// handOver lets the running service import; owned is the error that says it must.
func (c *importCommand) handOver(r *runner, cfg config.Config, tell func(app.ImportProgress), owned error) (summary app.ImportSummary, err error) {
	request := control.Request{Task: control.TaskImport, TenantID: c.Tenant}
	for _, path := range c.Paths {
		if path == "-" {
			spooled, err := spool(r.in)
			if err != nil {
				return summary, err
			}
			defer os.Remove(spooled)
			path = spooled
		}
		if path, err = filepath.Abs(path); err != nil {
			return summary, err
		}
		request.Paths = append(request.Paths, path)
	}
	err = control.Do(r.ctx, cfg.Store.DataDir, request, func(text json.RawMessage) {
		var p app.ImportProgress
		if json.Unmarshal(text, &p) == nil {
			tell(p)
		}
	}, &summary)
	return summary, handedOver(err, owned)
}

// owned reports whether a store could not be opened because another process is the only one
// that may write to it, and can be given the work. A MongoDB has no such process.
func owned(cfg config.Config, err error) bool {
	return !cfg.Store.Shared() && aoc.CodeOf(err) == aoc.CodeConflict
}

// handedOver gives the better of two errors when work could not be handed over.
func handedOver(err, owned error) error {
	if code := aoc.CodeOf(err); code == aoc.CodeNotFound || code == aoc.CodeUnavailable {
		return owned
	}
	return err
}

// spool keeps standard input for another process.
func spool(in io.Reader) (string, error) {
	f, err := os.CreateTemp("", "aoc-import-*")
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeUnavailable, "cli.import", "standard input cannot be kept in a temporary file")
	}
	_, err = io.Copy(f, in)
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), aoc.Wrap(err, aoc.CodeUnavailable, "cli.import", "standard input cannot be kept in a temporary file")
}

// tellImport writes the outcome for a person.
func (r *runner) tellImport(s app.ImportSummary) {
	for _, f := range s.Files {
		r.note("%s", printable(f.Path))
		if f.Format != "" {
			r.note("    %s", f.Format)
		}
		if f.Error != "" {
			r.note("    not read to the end: %s", printable(f.Error))
			if f.Hint != "" {
				r.note("    %s", printable(f.Hint))
			}
		}
		r.note("    %s", countsText(f.Counts))
	}
	r.note("%d file(s): %s", len(s.Files), countsText(s.Counts))
	if s.Quarantined > 0 {
		r.note("Records that could not be read are kept in the quarantine; aoc maintenance replay tries them again.")
	}
}

func countsText(c aoc.Counts) string {
	return count(c.Read) + " read: " + count(c.New) + " new, " + count(c.Duplicate) + " duplicate, " +
		count(c.Revision) + " revised, " + count(c.Quarantined) + " quarantined"
}
