package console

import (
	"cmp"
	"context"
	"strings"
	"time"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/store"
)

const (
	queueGroups    = 200
	maxQueueGroups = 2000
	maxOlderDays   = 36500
)

// QueueParams say which part of the review queue to give.
type QueueParams struct {
	// OlderThanDays keeps changes that happened more than so many days ago; 0 keeps all.
	OlderThanDays int
	N             int // most groups; 0 means 200, at most 2000
}

// Queue is the administrative changes that nobody has judged and no change window expects,
// by who did what: the most frequent first.
type Queue struct {
	Total         int64        `json:"total" doc:"Changes that wait, in all groups."`
	Complete      bool         `json:"complete"`
	CompleteUntil time.Time    `json:"complete_until,omitzero"`
	Groups        []QueueGroup `json:"groups"`
}

// QueueGroup is the unreviewed changes of one kind by one actor.
type QueueGroup struct {
	Actor string `json:"actor" doc:"Display name; empty where the record names nobody."`
	// Kind is the kind of actor.
	Kind      aoc.ActorKind `json:"kind" enum:"person,app,system"`
	Operation string        `json:"operation"`
	Count     int64         `json:"count"`
	First     time.Time     `json:"first"`
	Last      time.Time     `json:"last"`
	Query     string        `json:"q" doc:"Finds the group's events, in the explorer and for bulk review."`
}

// unreviewedChanges is what waits for review, in the query language.
const unreviewedChanges = "is:change is:unreviewed"

// Queue gives the review queue of what a filter selects.
func (c *Console) Queue(ctx context.Context, f Filter, p QueueParams) (Queue, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Queue{}, err
	}
	switch {
	case p.N < 0 || p.N > maxQueueGroups:
		return Queue{}, invalid("n", "must be from 1 to %d", maxQueueGroups)
	case p.OlderThanDays < 0 || p.OlderThanDays > maxOlderDays:
		return Queue{}, invalid("older_than_days", "must be from 0 to %d", maxOlderDays)
	}
	if _, err := c.selection(ctx, f); err != nil { // the query as it was sent: errors tell places in it
		return Queue{}, err
	}
	f.Query = joinTerms(f.Query, unreviewedChanges)
	if err := c.counts(ctx, f); err != nil {
		return Queue{}, err
	}
	if p.OlderThanDays > 0 {
		f.Query = joinTerms(f.Query, "before:"+c.clock.Now().Add(-time.Duration(p.OlderThanDays)*day).UTC().Format(time.RFC3339))
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return Queue{}, err
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{
		GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldActorKind, aoc.FieldOperation}, Groups: cmp.Or(p.N, queueGroups),
	})
	if err != nil {
		return Queue{}, err
	}
	out := Queue{Total: n.Total, Complete: n.Complete, CompleteUntil: n.CompleteUntil, Groups: []QueueGroup{}}
	for _, g := range n.Groups {
		actor, kind, operation := g.Values[0], g.Values[1], g.Values[2]
		out.Groups = append(out.Groups, QueueGroup{
			Actor: actor, Kind: aoc.ActorKind(kind), Operation: operation, Count: g.Count, First: g.First, Last: g.Last,
			Query: joinTerms(termOf(aoc.FieldActor, actor), termOf(aoc.FieldActorKind, kind), termOf(aoc.FieldOperation, operation), f.Query),
		})
	}
	return out, nil
}

// termOf is the term for events with a value in a field, or without any.
func termOf(field aoc.Field, value string) string {
	if value == "" {
		return query.Missing(field)
	}
	return query.Term(field, value)
}

// joinTerms joins queries that must all hold. One with OR in it gets parentheses, wherever
// the OR may be.
func joinTerms(queries ...string) string {
	var parts []string
	for _, q := range queries {
		q = strings.TrimSpace(q)
		if strings.Contains(q, "OR") && len(queries) > 1 {
			q = "(" + q + ")"
		}
		if q != "" {
			parts = append(parts, q)
		}
	}
	return strings.Join(parts, " ")
}
