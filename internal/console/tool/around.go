package tool

import (
	"context"
	"slices"
	"strings"

	"aoc/internal/console"
)

// entityArguments name a user, app, device, group, address or other object.
type entityArguments struct {
	ID     string `json:"id" jsonschema:"Who or what: user principal name, object id, app id, display name, device name or IP address."`
	Kind   string `json:"kind,omitempty" jsonschema:"user, app, device, group, address or object; worked out when absent."`
	Start  string `json:"start,omitempty" jsonschema:"At or after this time: 2026-11-01, 2026-11-01T14:00:00Z, today, yesterday, -24h, -7d."`
	End    string `json:"end,omitempty" jsonschema:"Before this time, written as start is."`
	Limit  int    `json:"limit,omitempty" jsonschema:"The most events of the page: 1 to 200, 25 when absent."`
	Cursor string `json:"cursor,omitempty" jsonschema:"next_cursor of the page before, with all other arguments as they were."`
}

// Timeline is what an object did and what was done to it.
type Timeline struct {
	Kind    string   `json:"kind"`
	Name    string   `json:"name" jsonschema:"As people know it."`
	Aliases []string `json:"aliases" jsonschema:"Ids and names that mean it."`
	First   string   `json:"first,omitempty" jsonschema:"Its oldest event of the time."`
	Last    string   `json:"last,omitempty"`
	By      int64    `json:"by" jsonschema:"How many events it did."`
	To      int64    `json:"to" jsonschema:"How many were done to it."`
	EventPage
}

func (d *desk) getTimeline() Tool {
	return describe(Tool{
		Name: "get_timeline", Title: "Timeline of an entity",
		Description: "Shows what a user, app, device, group or address did and what was done to it, newest first. A user principal name or id stands for all names of the same object.",
	}, func(ctx context.Context, in entityArguments) (Timeline, []string, error) {
		return d.timeline(ctx, in, "")
	})
}

func (d *desk) getChanges() Tool {
	return describe(Tool{
		Name: "get_object_changes", Title: "Changes of an object",
		Description: "Shows what changed a user, group, app, device, policy or mailbox, with values before and after, newest first.",
	}, func(ctx context.Context, in entityArguments) (Timeline, []string, error) {
		return d.timeline(ctx, in, "(is:change OR changed:*)")
	})
}

// timeline gives a page of what concerns an object; with only, of what was done to it and
// passes that.
func (d *desk) timeline(ctx context.Context, in entityArguments, only string) (Timeline, []string, error) {
	span, err := d.span(in.Start, in.End)
	if err != nil {
		return Timeline{}, nil, err
	}
	in.ID = strings.TrimSpace(in.ID)
	if in.ID == "" {
		return Timeline{}, nil, wrong("id", "must not be empty")
	}
	if in.Kind == "" {
		in.Kind = kindOf(in.ID)
	}
	if !slices.Contains(console.Kinds(), in.Kind) {
		return Timeline{}, nil, wrong("kind", "%q is not one of %s", Visible(in.Kind, 60), strings.Join(console.Kinds(), ", "))
	}
	e, err := d.console.Entity(ctx, in.Kind, in.ID, span)
	if err != nil {
		return Timeline{}, nil, err
	}
	t := Timeline{
		Kind: e.Kind, Name: Visible(e.Name, cardText), Aliases: visibles(e.Aliases, 10),
		First: d.stamp(e.First), Last: d.stamp(e.Last), By: e.By.Total, To: e.To.Total,
	}
	var parts []string
	for _, q := range []string{e.By.Query, e.To.Query} {
		if q != "" && (only == "" || q == e.To.Query) {
			parts = append(parts, "("+q+")")
		}
	}
	f := console.Filter{Query: strings.Join(parts, " OR "), Start: span.Start, End: span.End, Zone: d.zone}
	if only != "" {
		if e.To.Query == "" {
			return Timeline{}, nil, wrong("kind", "nothing is done to an address; get_timeline shows what came from it")
		}
		f.Query = strings.Join(parts, "") + " " + only
	}
	var keys []string
	t.EventPage, keys, err = d.page(ctx, f, in.Limit, in.Cursor)
	return t, keys, err
}

// kindOf guesses the kind of an object: all but addresses are found alike.
func kindOf(id string) string {
	switch {
	case strings.Contains(id, "@"):
		return console.KindUser
	case strings.Count(id, ".") == 3 && strings.Trim(id, "0123456789.") == "", strings.Count(id, ":") > 1:
		return console.KindAddress
	case len(id) == 36 && strings.Count(id, "-") == 4: // it may be the id of an app
		return console.KindApp
	}
	return console.KindObject
}

type relatedArguments struct {
	Key   string `json:"key" jsonschema:"The event's key, or the source's own id."`
	Hours int    `json:"hours,omitempty" jsonschema:"How far to look before and after it: 1 to 168, 1 when absent."`
}

// Related is what happened around an event.
type Related struct {
	Groups []RelatedGroup `json:"groups"`
	Cut    string         `json:"cut,omitempty" jsonschema:"What was left out for its size."`
}

// RelatedGroup are events that have something in common with one.
type RelatedGroup struct {
	By     string `json:"by" jsonschema:"What they have in common: actor, target, ip or correlation."`
	Value  string `json:"value"`
	Label  string `json:"label" jsonschema:"The same for people."`
	Query  string `json:"q" jsonschema:"Finds all of them with search_events, from start to end."`
	Start  string `json:"start"`
	End    string `json:"end"`
	Total  int64  `json:"total"`
	Events []Card `json:"events" jsonschema:"Those that are nearest in time, without the event itself."`
}

func (d *desk) getRelated() Tool {
	return describe(Tool{
		Name: "get_related_events", Title: "Related events",
		Description: "Shows what happened around an event and shares its actor, target, address or correlation id.",
	}, func(ctx context.Context, in relatedArguments) (Related, []string, error) {
		found, err := d.console.Related(ctx, strings.TrimSpace(in.Key), in.Hours)
		if err != nil {
			return Related{}, nil, err
		}
		r, keys := Related{Groups: []RelatedGroup{}}, []string{}
		for _, f := range found {
			g := RelatedGroup{
				By: f.By, Value: Visible(f.Value, cardText), Label: Visible(f.Label, cardText), Query: Visible(f.Query, wholeValue),
				Start: d.stamp(f.Start), End: d.stamp(f.End), Total: f.Total,
			}
			room := (MaxResult - 500) / len(found)
			var shown []string
			g.Events, shown = d.cards(f.Events, room-size(g))
			if len(g.Events) < len(f.Events) {
				r.Cut = "events are left out for their size; q finds them"
			}
			r.Groups, keys = append(r.Groups, g), append(keys, shown...)
		}
		return r, keys, nil
	})
}
