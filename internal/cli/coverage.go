package cli

import (
	"time"
)

type coverageCommand struct {
	From string `placeholder:"TIME" help:"Only from this time on."`
	To   string `placeholder:"TIME" help:"Only before this time."`
	JSON bool   `help:"Print one JSON object with windows, hours, gaps and losses of every feed."`
}

func (c *coverageCommand) Run(r *runner) (err error) {
	span, err := parseSpan("cli.coverage", c.From, c.To, time.UTC)
	if err != nil {
		return err
	}
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	coverage, err := a.Console().Coverage(r.ctx, span)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(coverage)
	}
	for _, f := range coverage.Feeds {
		r.print("%s\n    %s", f.Name, f.Statement)
		for _, g := range f.Gaps {
			r.print("    gap   %s – %s: %s %s", stamp(g.Window.Start), stamp(g.Window.End), g.Reason, printable(g.LastError))
		}
		for _, l := range f.Losses {
			r.print("    lost  %s – %s: %s", stamp(l.Window.Start), stamp(l.Window.End), printable(l.Reason))
		}
	}
	r.print("%s", coverage.Statement)
	if !coverage.Complete {
		return errIncomplete
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
