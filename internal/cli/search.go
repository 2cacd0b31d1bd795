package cli

import (
	"errors"
	"time"

	"aoc"
	"aoc/internal/console"
)

type searchCommand struct {
	Terms []string `arg:"" optional:"" name:"query" help:"Texts that must all occur, anywhere in an event: each argument is one, taken literally, in any letter case."`

	// A name may hold a comma ("Lovelace, Ada"): these flags are repeated for several.
	Service   []string `placeholder:"NAME" sep:"none" help:"Only these services."`
	Actor     []string `placeholder:"NAME" sep:"none" help:"Only these actors: name, UPN or object id."`
	Operation []string `placeholder:"NAME" sep:"none" help:"Only these operations."`
	Result    []string `placeholder:"RESULT" help:"Only success, failure, partial or unknown."`
	Source    []string `placeholder:"SOURCE" help:"Only directory, intune, unified, signin or aoc."`
	Tag       []string `placeholder:"TAG" sep:"none" help:"Only events with these tags."`
	Tenant    []string `placeholder:"GUID" help:"Only these tenants."`

	Since time.Duration `placeholder:"24h" xor:"start" help:"Only the last hours; not together with --from."`
	From  string        `placeholder:"TIME" xor:"start" help:"Only from this time on (2026-01-02 or 2026-01-02T03:04:05Z)."`
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
	a, err := r.openToRead()
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

// params checks what was typed, all of it before there is a store to ask.
func (c *searchCommand) params(r *runner) (p console.SearchParams, zone *time.Location, err error) {
	const op = "cli.search"
	if zone, err = time.LoadLocation(c.TZ); err != nil {
		return p, nil, aoc.Errorf(aoc.CodeInvalid, op, "--tz: %q is not a time zone; use a name such as Europe/Berlin", c.TZ)
	}
	if c.Limit < 0 {
		return p, nil, aoc.Errorf(aoc.CodeInvalid, op, "--limit: must not be negative")
	}
	if c.Since < 0 {
		return p, nil, aoc.Errorf(aoc.CodeInvalid, op, "--since: must not be negative")
	}
	span, err := parseSpan(op, c.From, c.To, zone)
	if err != nil {
		return p, nil, err
	}
	if c.Since > 0 {
		span.Start = r.clock.Now().Add(-c.Since)
	}
	p.Filter = console.Filter{
		Service: c.Service, Actor: c.Actor, Operation: c.Operation, Result: c.Result, Source: c.Source, Tags: c.Tag, Tenant: c.Tenant,
		Search: c.Terms, Start: span.Start, End: span.End,
	}
	return p, zone, blameFlag(op, p.Validate())
}

// blameFlag says of a wrong parameter which flag it was typed as.
func blameFlag(op string, err error) error {
	wrong, ok := errors.AsType[*console.InvalidParam](err)
	if !ok {
		return err
	}
	flag := "--" + wrong.Name
	switch wrong.Name {
	case "search":
		flag = "query"
	case "tags":
		flag = "--tag"
	case "end":
		flag = "--to"
	}
	return &aoc.Error{Code: wrong.Err.Code, Op: op, Message: flag + ": " + wrong.Err.Message, Hint: wrong.Err.Hint, Cause: err}
}
