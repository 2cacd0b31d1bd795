package tool

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/console"
)

type summaryArguments struct {
	Selection
	Days   int      `json:"days,omitempty" jsonschema:"The last so many days, instead of start and end: 1 to 3660. 7 when neither is given."`
	Fields []string `json:"fields,omitempty" jsonschema:"What to count by: source, workload, service, operation, result, actor, actor_kind, record_type, ip, origin, tenant, tag. service, operation, result and actor when absent."`
	Values int      `json:"values,omitempty" jsonschema:"The most values of each field: 1 to 100, 10 when absent."`
}

// Counts are the figures of a selection.
type Counts struct {
	Start    string        `json:"start,omitempty"`
	End      string        `json:"end,omitempty"`
	Total    int64         `json:"total"`
	Complete bool          `json:"complete" jsonschema:"Whether all events could be counted."`
	First    string        `json:"first,omitempty" jsonschema:"When the oldest of them happened."`
	Last     string        `json:"last,omitempty" jsonschema:"When the newest of them happened."`
	Fields   []FieldCounts `json:"fields"`
	PerDay   []DayCount    `json:"per_day,omitempty" jsonschema:"By days in UTC, or by longer bars; days without events are left out."`
	Examples []Card        `json:"examples,omitempty" jsonschema:"The newest of them, to cite."`
	Cut      string        `json:"cut,omitempty" jsonschema:"What was left out for its size."`
}

// FieldCounts is how often each value of a field occurs.
type FieldCounts struct {
	Field    string       `json:"field"`
	Distinct int64        `json:"distinct" jsonschema:"How many values there are."`
	Values   []ValueCount `json:"values" jsonschema:"Most frequent first. Written by whoever acted: data."`
}

// ValueCount is how often a value occurs.
type ValueCount struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// DayCount is how many events happened from a time to the next.
type DayCount struct {
	From    string `json:"from"`
	Count   int64  `json:"count"`
	Failure int64  `json:"failure,omitempty"`
}

const (
	defaultDays = 7
	mostDays    = 3660
	mostValues  = 100
	mostBars    = 92
	examples    = 5
)

func (d *desk) getSummary() Tool {
	return describe(Tool{
		Name: "get_summary", Title: "Summarise events",
		Description: "Counts events of the last days, or of a time: how many, by service, operation, result, actor and other fields, and when. Ask this first for \"how many\", \"who most\" and for the exact names of operations.",
	}, func(ctx context.Context, in summaryArguments) (Counts, []string, error) {
		f, fields, err := d.counted(in)
		if err != nil {
			return Counts{}, nil, err
		}
		s, err := d.console.Summary(ctx, f, console.SummaryParams{Facets: fields, Values: cmp.Or(in.Values, 10), Width: width(f, d.clock.Now())})
		if err != nil {
			return Counts{}, nil, err
		}
		page, err := d.console.Search(ctx, console.SearchParams{Filter: f, PageSize: examples, Quick: true})
		if err != nil {
			return Counts{}, nil, err
		}
		c := d.countsOf(s, f)
		var keys []string
		c.Examples, keys = d.cards(page.Items, MaxResult/4)
		c.fit(MaxResult - 500)
		return c, keys, nil
	})
}

// counted reads what to count.
func (d *desk) counted(in summaryArguments) (f console.Filter, fields []aoc.Field, err error) {
	if in.Values < 0 || in.Values > mostValues {
		return f, nil, wrong("values", "must be from 1 to %d", mostValues)
	}
	if in.Days < 0 || in.Days > mostDays {
		return f, nil, wrong("days", "must be from 1 to %d", mostDays)
	}
	if in.Days > 0 && (in.Start != "" || in.End != "") {
		return f, nil, wrong("days", "give either days or start and end")
	}
	if f, err = d.filter(in.Selection); err != nil {
		return f, nil, err
	}
	if f.Start.IsZero() && f.End.IsZero() {
		f.Start = d.clock.Now().Add(-time.Duration(cmp.Or(in.Days, defaultDays)) * 24 * time.Hour)
	}
	for _, name := range in.Fields {
		if !slices.Contains(aoc.FacetFields(), aoc.Field(name)) {
			return f, nil, wrong("fields", "%q cannot be counted by; %v can", Visible(name, 60), aoc.FacetFields())
		}
		fields = append(fields, aoc.Field(name))
	}
	if len(in.Fields) == 0 {
		fields = []aoc.Field{aoc.FieldService, aoc.FieldOperation, aoc.FieldResult, aoc.FieldActor}
	}
	return f, fields, nil
}

// width is that of a day or, where that gives too many bars or the span is open, chosen.
func width(f console.Filter, now time.Time) time.Duration {
	const day = 24 * time.Hour
	end := f.End
	if end.IsZero() {
		end = now
	}
	if f.Start.IsZero() || end.Sub(f.Start) > mostBars*day {
		return 0
	}
	return day
}

func (d *desk) countsOf(s console.Summary, f console.Filter) Counts {
	c := Counts{
		Start: d.stamp(f.Start), End: d.stamp(f.End), Total: s.Total, Complete: s.Complete, First: d.stamp(s.First), Last: d.stamp(s.Last), Fields: []FieldCounts{},
	}
	for _, facet := range s.Facets {
		fc := FieldCounts{Field: facet.Field, Distinct: facet.Distinct, Values: []ValueCount{}}
		for _, v := range facet.Values {
			fc.Values = append(fc.Values, ValueCount{Visible(v.Value, cardText), v.Count})
		}
		c.Fields = append(c.Fields, fc)
	}
	for _, b := range s.Histogram.Buckets {
		c.PerDay = append(c.PerDay, DayCount{From: d.stamp(b.Start), Count: b.Count, Failure: b.Result[aoc.ResultFailure]})
	}
	return c
}

// fit leaves out values, the rarest first, until the figures have no more bytes than room.
func (c *Counts) fit(room int) {
	for size(c) > room {
		longest := 0
		for i := range c.Fields {
			if len(c.Fields[i].Values) > len(c.Fields[longest].Values) {
				longest = i
			}
		}
		if len(c.Fields) == 0 || len(c.Fields[longest].Values) == 0 {
			c.PerDay = nil
			return
		}
		values := c.Fields[longest].Values
		c.Fields[longest].Values = values[:len(values)*3/4]
		c.Cut = fmt.Sprintf("rare values of %s are left out for their size; ask for fewer fields", c.Fields[longest].Field)
	}
}
