package cli

import (
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/console"
)

type searchCommand struct {
	Terms []string `arg:"" optional:"" name:"query" help:"Texts that must all occur, anywhere in an event: each argument is one, taken literally, in any letter case."`

	Service   []string `placeholder:"NAME" help:"Only these services."`
	Actor     []string `placeholder:"NAME" help:"Only these actors: name, UPN or object id."`
	Operation []string `placeholder:"NAME" help:"Only these operations."`
	Result    []string `placeholder:"RESULT" help:"Only success, failure, partial or unknown."`
	Source    []string `placeholder:"SOURCE" help:"Only directory, intune, unified, signin or aoc."`
	Tag       []string `placeholder:"TAG" help:"Only events with these tags."`
	Tenant    []string `placeholder:"GUID" help:"Only these tenants."`

	Since time.Duration `placeholder:"24h" help:"Only the time since then."`
	From  string        `placeholder:"TIME" help:"Only from this time on (2026-01-02 or 2026-01-02T03:04:05Z)."`
	To    string        `placeholder:"TIME" help:"Only before this time."`
	TZ    string        `default:"UTC" placeholder:"ZONE" help:"Time zone for tables, CSV and times without a zone, such as Europe/Berlin."`

	Limit  int    `short:"n" placeholder:"N" help:"The most events; default all (50 in a table). 0 means all."`
	Output string `short:"o" enum:"auto,table,json,jsonl,csv" default:"auto" help:"table, json, jsonl or csv; default a table on a terminal, else jsonl."`
	JSON   bool   `help:"One event a line, as the API gives it."`
}

func (c *searchCommand) Run(r *runner) (err error) {
	params, zone, err := c.params(r)
	if err != nil {
		return err
	}
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	a, err := r.open(cfg, app.Options{ReadOnly: true, Offline: true})
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	format, limit := c.format(r), c.Limit
	if limit == 0 && format == "table" {
		limit = 50
	}
	out := newEventWriter(format, r.out, zone)
	found, more, err := c.pages(r, a.Console(), params, limit, out)
	if err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return err
	}
	switch {
	case format != "table":
	case found == 0:
		r.note("No event matches. Every argument must occur; fewer or shorter ones find more.")
	case more:
		r.note("There is more: --limit %d shows twice as many.", limit*2)
	}
	return nil
}

func (c *searchCommand) format(r *runner) string {
	switch {
	case c.JSON:
		return "jsonl"
	case c.Output != "auto":
		return c.Output
	case isTerminal(r.out):
		return "table"
	}
	return "jsonl"
}

// pages writes up to limit events, however far back they are; 0 means all. It tells how
// many they were and whether there are more.
func (c *searchCommand) pages(r *runner, console *console.Console, params console.SearchParams, limit int, out eventWriter) (n int, more bool, err error) {
	for {
		params.PageSize = 500
		if limit > 0 {
			params.PageSize = min(500, limit-n)
		}
		page, err := console.Search(r.ctx, params)
		if err != nil {
			return n, false, err
		}
		for i := range page.Items {
			if err := out.write(&page.Items[i]); err != nil {
				return n, false, err
			}
		}
		n += len(page.Items)
		params.Cursor = page.NextCursor
		if page.NextCursor == "" || limit > 0 && n >= limit {
			return n, page.NextCursor != "", nil
		}
		if !page.Complete {
			r.note("searched back to %s …", page.CompleteUntil.Format(time.RFC3339))
		}
	}
}

func (c *searchCommand) params(r *runner) (console.SearchParams, *time.Location, error) {
	zone, err := time.LoadLocation(c.TZ)
	if err != nil {
		return console.SearchParams{}, nil, aoc.Errorf(aoc.CodeInvalid, "cli.search", "--tz: %q is not a time zone; use a name such as Europe/Berlin", c.TZ)
	}
	p := console.SearchParams{Filter: console.Filter{
		Service: c.Service, Actor: c.Actor, Operation: c.Operation, Result: c.Result, Source: c.Source, Tags: c.Tag, Tenant: c.Tenant,
		Search: c.Terms,
	}}
	if c.Since > 0 {
		p.Start = r.clock.Now().Add(-c.Since)
	}
	for _, bound := range []struct {
		flag, text string
		at         *time.Time
	}{{"--from", c.From, &p.Start}, {"--to", c.To, &p.End}} {
		if bound.text == "" {
			continue
		}
		if *bound.at, err = parseTime(bound.text, zone); err != nil {
			return p, nil, aoc.Errorf(aoc.CodeInvalid, "cli.search", "%s: %q is not a time; write 2026-01-02 or 2026-01-02T03:04:05Z", bound.flag, bound.text)
		}
	}
	return p, zone, nil
}

// parseTime reads a time as people write it; without a zone of its own it is in zone.
func parseTime(text string, zone *time.Location) (t time.Time, err error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err = time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return t, err
}
