package assistant

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/query"
)

// Usual says whether what happened is usual for who did it, by the 90 days before.
type Usual struct {
	// Days30 and Days90 are how often the actor did the operation before, in so many days.
	Days30 int64 `json:"days_30"`
	Days90 int64 `json:"days_90"`
	// First says that the actor did not do it in those 90 days.
	First bool `json:"first"`
	// ActorEvents is how much the actor did in all in 90 days.
	ActorEvents int64 `json:"actor_events"`
	// Others is how many other actors did the operation in 90 days.
	Others int64 `json:"others"`
	// Address says how often the actor was at the same address in 90 days, Addresses at how
	// many.
	Address   int64 `json:"address"`
	Addresses int64 `json:"addresses"`
	// HourEvents is how much of what the actor did in 90 days was at this time of day, an hour
	// more or less, in UTC.
	HourEvents int64 `json:"hour_events"`
	// Complete is false where not all could be counted.
	Complete bool `json:"complete"`
	// Known is false where nothing can be said: the event names no actor.
	Known bool `json:"known"`
}

// usual computes what is usual for the actor of an event.
func (t *teller) usual(ctx context.Context, e *aoc.Event) (Usual, error) {
	var u Usual
	who := ownOf(e)
	if len(who) == 0 {
		return u, nil
	}
	u.Known, u.Complete = true, true
	actor := query.Term(aoc.FieldActor, who...)
	before := console.Filter{Tenant: []string{e.TenantID}, Source: []string{string(e.Source)}, Start: e.Timestamp.AddDate(0, 0, -90), End: e.Timestamp}
	count := func(f console.Filter, p console.SummaryParams) (console.Summary, error) {
		s, err := t.console.Summary(ctx, f, p)
		u.Complete = u.Complete && s.Complete
		return s, err
	}
	same := before
	same.Query, same.Operation = actor, []string{e.Operation}
	s, err := count(same, console.SummaryParams{})
	if err != nil {
		return u, err
	}
	u.Days90, u.First = s.Total, s.Total == 0
	same.Start = e.Timestamp.AddDate(0, 0, -30)
	if s, err = count(same, console.SummaryParams{}); err != nil {
		return u, err
	}
	u.Days30 = s.Total
	all := before
	all.Query, all.Source = actor, nil
	if s, err = count(all, console.SummaryParams{Facets: []aoc.Field{aoc.FieldIP}, Values: 1000, Width: time.Hour}); err != nil {
		return u, err
	}
	u.ActorEvents = s.Total
	for _, f := range s.Facets {
		u.Addresses = f.Distinct
		for _, v := range f.Values {
			if e.ClientIP != "" && v.Value == e.ClientIP {
				u.Address = v.Count
			}
		}
	}
	for _, b := range s.Histogram.Buckets {
		if d := (b.Start.UTC().Hour() - e.Timestamp.UTC().Hour() + 24) % 24; d <= 1 || d == 23 {
			u.HourEvents += b.Count
		}
	}
	others := before
	others.Operation, others.Query = []string{e.Operation}, "-"+actor
	if s, err = count(others, console.SummaryParams{Facets: []aoc.Field{aoc.FieldActor}, Values: 1}); err != nil {
		return u, err
	}
	for _, f := range s.Facets {
		u.Others = f.Distinct
	}
	return u, nil
}

// ownOf is what names the actor of an event alone, or else the name.
func ownOf(e *aoc.Event) []string {
	some := slices.DeleteFunc([]string{e.Actor.ID, e.Actor.UPN}, func(s string) bool { return s == "" })
	if len(some) == 0 && e.ActorDisplay != "" {
		some = []string{e.ActorDisplay}
	}
	return some
}

// Habit is something that is usual or not.
type Habit struct {
	Text    string `json:"text"`
	Unusual bool   `json:"unusual"`
}

// rare is the share of what an actor did, one in so many, below which a time of day is
// unusual; few is how much the actor must have done for that to say anything.
const (
	rare = 50
	few  = 20
)

// habits puts figures into words. address says whether the event names one.
func (u Usual) habits(address bool) []Habit {
	if !u.Known {
		return []Habit{{Text: "The event names nobody who did it, so that nothing can be said of what is usual."}}
	}
	all := []Habit{}
	if u.First {
		all = append(all, Habit{fmt.Sprintf("In the 90 days before, this actor never did it; %s did. The actor has %s in that time.", several(u.Others, "other"), several(u.ActorEvents, "event")), true})
	} else {
		all = append(all, Habit{fmt.Sprintf("The same actor did this %s in the 90 days before, %d of them in the last 30; %s did it, too.", several(u.Days90, "time"), u.Days30, several(u.Others, "other")), false})
	}
	if !address || u.ActorEvents == 0 {
		return all
	}
	if u.Address == 0 {
		all = append(all, Habit{fmt.Sprintf("In those 90 days the actor never came from this address, but from %s.", several(u.Addresses, "other")), true})
	} else {
		all = append(all, Habit{fmt.Sprintf("%d of the actor's %d events came from this address.", u.Address, u.ActorEvents), false})
	}
	return append(all, Habit{fmt.Sprintf("%d of them were at this time of day.", u.HourEvents), u.ActorEvents >= few && u.HourEvents*rare < u.ActorEvents})
}

// several says a number of things.
func several(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
