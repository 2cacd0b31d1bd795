package console

import (
	"context"
	"maps"
	"slices"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// The sizes of a page of search results.
const (
	DefaultPageSize = 50
	MaxPageSize     = 500
)

// SearchParams say which page of which events.
type SearchParams struct {
	Filter
	PageSize int    // 0 means [DefaultPageSize]; at most [MaxPageSize]
	Cursor   string // NextCursor of the page before; empty for the first
	// Quick answers sooner where the index cannot decide, with what little reading finds:
	// the page may then be short and its NextCursor goes on.
	Quick bool
}

// quickBudget is the most that a quick search reads one by one: little enough to answer
// while somebody types.
const quickBudget = 1500

// EventPage is one page of events and where the log stood before it was searched: a stream
// that begins there misses nothing.
type EventPage struct {
	aoc.Page
	LastSeq int64
}

// Search gives one page of events, newest first.
func (c *Console) Search(ctx context.Context, p SearchParams) (EventPage, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return EventPage{}, err
	}
	q, err := c.selection(ctx, p.Filter)
	if err != nil {
		return EventPage{}, err
	}
	if p.PageSize < 0 || p.PageSize > MaxPageSize {
		return EventPage{}, invalid("page_size", "page_size must be from 1 to %d", MaxPageSize)
	}
	if p.Cursor != "" {
		if _, err := store.DecodeCursor(p.Cursor); err != nil {
			return EventPage{}, blame("cursor", err)
		}
	}
	q.Cursor, q.Limit = p.Cursor, p.PageSize
	if q.Limit == 0 {
		q.Limit = DefaultPageSize
	}
	if p.Quick {
		q.ScanBudget = quickBudget
	}
	if err := c.note(ctx, trail.Entry{Operation: opSearch, Query: p.Filter.text(), Held: true}); err != nil {
		return EventPage{}, err
	}
	last, err := c.store.LastSeq(ctx)
	if err != nil {
		return EventPage{}, err
	}
	page, err := c.store.Search(ctx, q)
	if err != nil {
		return EventPage{}, err
	}
	return EventPage{Page: page, LastSeq: last}, c.reviewed(ctx, page.Items)
}

// sample is how many events a query finds and the newest of them. Reviews that follow from
// change windows are on them.
type sample struct {
	Total    int64
	Complete bool
	Events   []aoc.Event
}

func (c *Console) sample(ctx context.Context, q aoc.Query, n int) (sample, error) {
	counts, err := c.store.Count(ctx, q, store.CountRequest{})
	if err != nil || counts.Total == 0 {
		return sample{Complete: counts.Complete, Events: []aoc.Event{}}, err
	}
	q.Limit = n
	page, err := c.store.Search(ctx, q)
	if err != nil {
		return sample{}, err
	}
	s := sample{Total: counts.Total, Complete: counts.Complete, Events: append([]aoc.Event{}, page.Items...)}
	return s, c.reviewed(ctx, s.Events)
}

// facetSize is how many values of a field people are offered.
const facetSize = 200

// FilterOptions are the values that events have, with counts, most frequent first and at
// most 200 of each field. Actors are counted by display name.
type FilterOptions struct {
	Service   []aoc.FacetValue `json:"service"`
	Operation []aoc.FacetValue `json:"operation"`
	Result    []aoc.FacetValue `json:"result"`
	Source    []aoc.FacetValue `json:"source"`
	Workload  []aoc.FacetValue `json:"workload"`
	Actor     []aoc.FacetValue `json:"actor"`
	ActorKind []aoc.FacetValue `json:"actor_kind"`
	Tags      []aoc.FacetValue `json:"tags"`
	Tenant    []aoc.FacetValue `json:"tenant"`
}

// FilterOptions gives the values to filter by, of the named tenants or of all.
func (c *Console) FilterOptions(ctx context.Context, tenants ...string) (FilterOptions, error) {
	var o FilterOptions
	if err := c.authorise(ctx, actRead); err != nil {
		return o, err
	}
	q, err := c.asked(ctx, Filter{Tenant: tenants})
	if err != nil {
		return o, err
	}
	if _, ok := scopeOf(ctx); ok { // what is kept is for all
		return c.countOptions(ctx, q)
	}
	return c.options.get(ctx, c.clock, optionsFor(ctx, tenants), func() (FilterOptions, error) { return c.countOptions(ctx, q) })
}

func (c *Console) countOptions(ctx context.Context, q aoc.Query) (o FilterOptions, err error) {
	lists := map[aoc.Field]*[]aoc.FacetValue{
		aoc.FieldService: &o.Service, aoc.FieldOperation: &o.Operation, aoc.FieldResult: &o.Result,
		aoc.FieldSource: &o.Source, aoc.FieldWorkload: &o.Workload, aoc.FieldActor: &o.Actor,
		aoc.FieldActorKind: &o.ActorKind, aoc.FieldTag: &o.Tags, aoc.FieldTenant: &o.Tenant,
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: slices.Collect(maps.Keys(lists)), Values: facetSize})
	if err != nil {
		return o, err
	}
	for field, values := range lists {
		*values = append([]aoc.FacetValue{}, n.Facets[field].Values...)
	}
	return o, nil
}
