package console

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/store"
	"aoc/internal/trail"
)

const (
	// relatedTargets is how many targets of an event are followed, relatedEvents how many
	// events of each are shown.
	relatedTargets = 3
	relatedEvents  = 5
	// relatedScan is how many events that followed one are read at a time.
	relatedScan = 100
	// maxHours is the most that can be looked at on each side of an event.
	maxHours = 24 * 7
)

// Related is what happened around an event and has something in common with it.
type Related struct {
	By    string `json:"by" enum:"actor,target,ip,correlation"`
	Value string `json:"value" doc:"What they have in common: an id or address."`
	Label string `json:"label" doc:"The same for people."`
	// Query, Start and End show all of them in the explorer.
	Query string    `json:"q"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Total int64     `json:"total" doc:"Events that q finds from start to end, this one among them."`
	// Events are those of them that are nearest in time, newest first, without the event itself.
	Events []aoc.Event `json:"events"`
}

// Related gives what the same actor did, what was done to the same targets, what came from
// the same address or belongs to the same correlation id, within hours of an event.
func (c *Console) Related(ctx context.Context, keyOrID string, hours int) ([]Related, error) {
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return nil, err
	}
	if hours == 0 {
		hours = 1
	}
	if hours < 0 || hours > maxHours {
		return nil, invalid("hours", "must be from 1 to %d", maxHours)
	}
	if err := c.note(ctx, trail.Entry{Operation: "Read events related to", Target: eventTarget(e), Repeated: true}); err != nil {
		return nil, err
	}
	found := []Related{}
	for _, r := range inCommon(&e) {
		r.Start, r.End = e.Timestamp.Add(-time.Duration(hours)*time.Hour), e.Timestamp.Add(time.Duration(hours)*time.Hour+1)
		r.Query = query.Format(r.where)
		q := aoc.Query{Where: r.where, Start: storable(r.Start), End: storable(r.End)}
		counts, err := c.store.Count(ctx, q, store.CountRequest{})
		if err != nil {
			return nil, err
		}
		r.Total = counts.Total
		if r.Events, err = c.nearest(ctx, q, &e); err != nil {
			return nil, err
		}
		found = append(found, r.Related)
	}
	return found, nil
}

// nearest gives the events of a query that are nearest in time to one, newest first, without
// that one.
func (c *Console) nearest(ctx context.Context, q aoc.Query, e *aoc.Event) ([]aoc.Event, error) {
	before := q
	before.End, before.Limit = storable(e.Timestamp.Add(1)), relatedEvents+1
	page, err := c.store.Search(ctx, before)
	if err != nil {
		return nil, err
	}
	near := page.Items
	// A search gives the newest first, so what came after the event is approached from afar:
	// by halves, until what is left can be read as a whole.
	after := q
	after.Start, after.Limit = before.End, relatedScan
	for {
		if page, err = c.store.Search(ctx, after); err != nil {
			return nil, err
		}
		left := after.End.Sub(after.Start)
		if len(page.Items) < relatedScan || left < time.Millisecond {
			break
		}
		after.End = after.Start.Add(left / 2)
	}
	near = slices.DeleteFunc(append(near, page.Items...), func(o aoc.Event) bool { return o.Key == e.Key })
	slices.SortStableFunc(near, func(a, b aoc.Event) int {
		return cmp.Compare(a.Timestamp.Sub(e.Timestamp).Abs(), b.Timestamp.Sub(e.Timestamp).Abs())
	})
	near = append([]aoc.Event{}, near[:min(len(near), relatedEvents)]...)
	slices.SortFunc(near, func(a, b aoc.Event) int {
		return cmp.Or(b.Timestamp.Compare(a.Timestamp), cmp.Compare(b.Key, a.Key))
	})
	return near, c.reviewed(ctx, near)
}

// common is something that events can have in common, and the predicate for it.
type common struct {
	Related
	where aoc.Expr
}

// inCommon is what to look for around an event. Actor and target are meant by what is
// theirs alone where that is known, since display names repeat.
func inCommon(e *aoc.Event) []common {
	var all []common
	add := func(by, label string, field aoc.Field, values []string) {
		if values = present(values); len(values) > 0 {
			all = append(all, common{Related{By: by, Value: values[0], Label: label}, aoc.Is{Field: field, Values: values}})
		}
	}
	add("actor", e.ActorDisplay, aoc.FieldActor, own(e.Actor.ID, e.Actor.UPN, e.ActorDisplay))
	for i, t := range e.Targets {
		if i == relatedTargets {
			break
		}
		label := t.Name
		if label == "" && i < len(e.TargetDisplays) {
			label = e.TargetDisplays[i]
		}
		add("target", label, aoc.FieldTarget, own(t.ID, t.UPN, label))
	}
	add("ip", e.ClientIP, aoc.FieldIP, []string{e.ClientIP})
	if id := strings.TrimSpace(e.CorrelationID); id != "" {
		all = append(all, common{Related{By: "correlation", Value: id, Label: id}, aoc.Text{Term: id}})
	}
	return all
}

// own gives what an object alone has, or else its name.
func own(id, upn, name string) []string {
	if values := present([]string{id, upn}); len(values) > 0 {
		return values
	}
	return []string{name}
}
