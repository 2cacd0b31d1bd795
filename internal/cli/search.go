package cli

import (
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/export"
)

type searchCommand struct {
	selection

	Limit  int    `short:"n" placeholder:"N" help:"The most events; default all (50 in a table). 0 means all."`
	Output string `short:"o" enum:"auto,table,json,jsonl,csv" default:"auto" help:"table, json, jsonl or csv; default a table on a terminal, else jsonl."`
	JSON   bool   `help:"One event a line, as the API gives it."`
}

func (c *searchCommand) Run(r *runner) (err error) {
	if c.Limit < 0 {
		return aoc.Errorf(aoc.CodeInvalid, "cli.search", "--limit: must not be negative")
	}
	filter, err := c.filter(r.clock.Now())
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
	out := newEventWriter(format, r.out, filter.Zone)
	found, more, err := c.pages(r, a.Console(), filter, limit, out)
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	switch {
	case format != "table":
	case found == 0:
		r.note("No event matches. All terms must hold; fewer of them, or fragments of words, find more.")
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
func (c *searchCommand) pages(r *runner, of *console.Console, filter console.Filter, limit int, out export.Writer) (n int, more bool, err error) {
	params := console.SearchParams{Filter: filter}
	for {
		params.PageSize = 500
		if limit > 0 {
			params.PageSize = min(500, limit-n)
		}
		page, err := of.Search(r.ctx, params)
		if err != nil {
			return n, false, err
		}
		for i := range page.Items {
			if err := out.Write(&page.Items[i]); err != nil {
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
