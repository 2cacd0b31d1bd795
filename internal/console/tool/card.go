package tool

import (
	"encoding/json"
	"time"

	"aoc"
)

// How much of an event's texts a card shows, in characters, and how many of each list.
const (
	cardSummary = 300
	cardText    = 120
	cardValue   = 160
	cardList    = 5
)

// Card is an event, as short as it can be told.
type Card struct {
	Key        string       `json:"key" jsonschema:"The event's key: cite it, and ask get_event for the whole."`
	Time       string       `json:"time" jsonschema:"When it happened, RFC 3339."`
	Source     string       `json:"source"`
	Workload   string       `json:"workload,omitempty" jsonschema:"The product."`
	Service    string       `json:"service,omitempty" jsonschema:"The source's own category."`
	Operation  string       `json:"operation"`
	Result     string       `json:"result"`
	Actor      string       `json:"actor" jsonschema:"Who did it."`
	ActorUPN   string       `json:"actor_upn,omitempty"`
	ActorKind  string       `json:"actor_kind" jsonschema:"person, app or system."`
	IP         string       `json:"ip,omitempty"`
	Targets    []string     `json:"targets,omitempty" jsonschema:"What it was done to."`
	Summary    string       `json:"summary"`
	Changes    []CardChange `json:"changes,omitempty"`
	MoreFields string       `json:"more,omitempty" jsonschema:"What this card leaves out."`
	Tenant     string       `json:"tenant,omitempty"`
	Tags       []string     `json:"tags,omitempty"`
	Review     string       `json:"review,omitempty" jsonschema:"The verdict of the review, if there was one."`
}

// CardChange is a property before and after.
type CardChange struct {
	Target   string `json:"target,omitempty"`
	Property string `json:"property"`
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"`
}

// cardOf gives the card of an event.
func (d *desk) cardOf(e *aoc.Event) Card {
	c := Card{
		Key: e.Key, Time: d.stamp(e.Timestamp), Source: string(e.Source), Workload: Visible(e.Workload, cardText), Service: Visible(e.Service, cardText),
		Operation: Visible(e.Operation, cardText), Result: string(e.Result), Actor: Visible(e.ActorDisplay, cardText), ActorKind: string(e.ActorKind),
		IP: Visible(e.ClientIP, cardText), Summary: Visible(e.DisplaySummary, cardSummary), Tenant: Visible(e.TenantID, cardText),
		Targets: visibles(e.TargetDisplays, cardList), Tags: visibles(e.Tags, cardList), Changes: changesOf(e, cardList, cardValue),
	}
	if e.Actor.UPN != e.ActorDisplay {
		c.ActorUPN = Visible(e.Actor.UPN, cardText)
	}
	if e.Review != nil {
		c.Review = string(e.Review.State)
	}
	if len(e.TargetDisplays) > cardList || len(e.Changes) > cardList {
		c.MoreFields = "more targets or changes: get_event shows them"
	}
	return c
}

// stamp writes a time in the zone that people gave.
func (d *desk) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(d.zone).Format(time.RFC3339)
}

func visibles(texts []string, n int) []string {
	var some []string
	for _, t := range texts[:min(len(texts), n)] {
		some = append(some, Visible(t, cardText))
	}
	return some
}

// changesOf gives the first n changes of an event, their values cut to size characters.
func changesOf(e *aoc.Event, n, size int) []CardChange {
	var some []CardChange
	for _, ch := range e.Changes[:min(len(e.Changes), n)] {
		some = append(some, CardChange{
			Target: Visible(ch.Target, cardText), Property: Visible(ch.Property, cardText), Before: side(ch.Before, size), After: side(ch.After, size),
		})
	}
	return some
}

// side is one side of a change; one that was not told is empty.
func side(text *string, size int) string {
	switch {
	case text == nil:
		return ""
	case *text == "":
		return `""`
	}
	return Visible(*text, size)
}

// cards gives the cards of as many of some events as fit, and their keys.
func (d *desk) cards(events []aoc.Event, room int) ([]Card, []string) {
	cards, keys := []Card{}, []string{}
	for i := range events {
		c := d.cardOf(&events[i])
		if room -= size(c) + 1; room < 0 && len(cards) > 0 {
			break
		}
		cards, keys = append(cards, c), append(keys, c.Key)
	}
	return cards, keys
}

// size is how many bytes a value has as JSON.
func size(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a type of this package
	}
	return len(text)
}
