package console

import (
	"context"

	"aoc"
	"aoc/internal/store"
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
}

// Search gives one page of events, newest first.
func (c *Console) Search(ctx context.Context, p SearchParams) (aoc.Page, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return aoc.Page{}, err
	}
	q, err := p.query()
	if err != nil {
		return aoc.Page{}, err
	}
	if p.PageSize < 0 || p.PageSize > MaxPageSize {
		return aoc.Page{}, invalid("page_size", "page_size must be from 1 to %d", MaxPageSize)
	}
	if p.Cursor != "" {
		if _, err := store.DecodeCursor(p.Cursor); err != nil {
			return aoc.Page{}, blame("cursor", err)
		}
	}
	q.Cursor, q.Limit = p.Cursor, p.PageSize
	if q.Limit == 0 {
		q.Limit = DefaultPageSize
	}
	return c.store.Search(ctx, q)
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
	q, err := Filter{Tenant: tenants}.query()
	if err != nil {
		return o, err
	}
	fields := []struct {
		field  aoc.Field
		values *[]aoc.FacetValue
	}{
		{aoc.FieldService, &o.Service}, {aoc.FieldOperation, &o.Operation}, {aoc.FieldResult, &o.Result},
		{aoc.FieldSource, &o.Source}, {aoc.FieldWorkload, &o.Workload}, {aoc.FieldActor, &o.Actor},
		{aoc.FieldActorKind, &o.ActorKind}, {aoc.FieldTag, &o.Tags}, {aoc.FieldTenant, &o.Tenant},
	}
	r := store.CountRequest{Values: facetSize}
	for _, f := range fields {
		r.Facets = append(r.Facets, f.field)
	}
	counts, err := c.store.Count(ctx, q, r)
	if err != nil {
		return o, err
	}
	for _, f := range fields {
		*f.values = append([]aoc.FacetValue{}, counts.Facets[f.field].Values...)
	}
	return o, nil
}
