package console

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// How many values of a field are shown, and can be asked for.
const (
	defaultValues = 10
	maxFacetN     = 1000
)

// SummaryParams say what to tell of a selection beside how many events it has.
type SummaryParams struct {
	// Facets are fields to count by; none counts none.
	Facets []aoc.Field
	Values int           // of each facet; 0 means 10, at most 1000
	Width  time.Duration // of a bar; 0 is chosen
}

// Summary is what a selection holds. All of it but what is hidden is counted in one pass
// over one state of the store, so that the figures agree.
type Summary struct {
	Total int64 `json:"total"`
	// Complete is false when not all could be counted; the figures then hold for events at
	// or after CompleteUntil.
	Complete      bool      `json:"complete"`
	CompleteUntil time.Time `json:"complete_until,omitzero" doc:"The figures hold for events at or after this time; absent when complete."`
	First         time.Time `json:"first,omitzero" doc:"Time of the oldest event; absent when there is none."`
	Last          time.Time `json:"last,omitzero" doc:"Time of the newest event."`
	// Hidden counts the events that are left out as service noise.
	Hidden    int64     `json:"hidden" doc:"Events that noise=hide leaves out."`
	Facets    []Facet   `json:"facets"`
	Histogram Histogram `json:"histogram"`
}

// Facet is what values a field has in a selection.
type Facet struct {
	Field    string           `json:"field"`
	Values   []aoc.FacetValue `json:"values" doc:"Most frequent first."`
	Distinct int64            `json:"distinct" doc:"How many values there are."`
	Missing  int64            `json:"missing" doc:"Events without a value."`
}

// Summary counts a selection.
func (c *Console) Summary(ctx context.Context, f Filter, p SummaryParams) (Summary, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Summary{}, err
	}
	if err := p.check(); err != nil {
		return Summary{}, err
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return Summary{}, err
	}
	span, width, err := c.bars(ctx, q, p.Width)
	if err != nil {
		return Summary{}, err
	}
	if err := c.counts(ctx, f); err != nil {
		return Summary{}, err
	}
	var n store.Counts
	var hidden int64
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		n, err = c.store.Count(gctx, q, store.CountRequest{Facets: p.Facets, Values: cmp.Or(p.Values, defaultValues), Width: width})
		return err
	})
	group.Go(func() (err error) {
		hidden, err = c.hidden(gctx, f)
		return err
	})
	if err := group.Wait(); err != nil {
		return Summary{}, err
	}
	s := Summary{
		Total: n.Total, Complete: n.Complete, CompleteUntil: n.CompleteUntil, First: n.First, Last: n.Last,
		Hidden: hidden, Facets: []Facet{}, Histogram: histogramOf(n, span, width),
	}
	for _, field := range p.Facets {
		s.Facets = append(s.Facets, facetOf(field, n.Facets[field]))
	}
	return s, nil
}

func (p SummaryParams) check() error {
	for _, f := range p.Facets {
		if err := countable("facets", f); err != nil {
			return err
		}
	}
	if p.Values < 0 || p.Values > maxFacetN {
		return invalid("values", "must be from 1 to %d", maxFacetN)
	}
	return nil
}

// countable refuses fields whose values are not counted.
func countable(param string, f aoc.Field) error {
	if slices.Contains(aoc.FacetFields(), f) {
		return nil
	}
	var names []string
	for _, known := range aoc.FacetFields() {
		names = append(names, string(known))
	}
	return invalid(param, "%q is not one of %s", string(f), strings.Join(names, ", "))
}

func facetOf(field aoc.Field, f store.Facet) Facet {
	return Facet{Field: string(field), Values: append([]aoc.FacetValue{}, f.Values...), Distinct: f.Distinct, Missing: f.Missing}
}

// hidden counts the events that a filter leaves out as noise: none when it shows noise.
func (c *Console) hidden(ctx context.Context, f Filter) (int64, error) {
	if !f.NoiseHidden {
		return 0, nil
	}
	f.NoiseHidden = false
	// What change windows say of actors does not count as asking for them.
	asked, err := f.query(c.clock.Now(), nil)
	if err != nil || namesNoise(asked.Where) { // noise is then not left out
		return 0, err
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return 0, err
	}
	q.Where = both(q.Where, noise())
	n, err := c.store.Count(ctx, q, store.CountRequest{})
	return n.Total, err
}

// both holds when two predicates do.
func both(a, b aoc.Expr) aoc.Expr {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return aoc.And{a, b}
}

// FacetParams say which values of a field to give.
type FacetParams struct {
	Field    aoc.Field
	Contains string // part of the value, in any letter case; empty for all
	N        int    // 0 means 50, at most 1000
}

// FacetPage is a search among all values of a field.
type FacetPage struct {
	Facet
	Total         int64     `json:"total" doc:"Events of the selection."`
	Complete      bool      `json:"complete"`
	CompleteUntil time.Time `json:"complete_until,omitzero"`
}

// FacetValues searches among all values that a field has in a selection. Distinct then
// counts the values found.
func (c *Console) FacetValues(ctx context.Context, f Filter, p FacetParams) (FacetPage, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return FacetPage{}, err
	}
	if err := countable("field", p.Field); err != nil {
		return FacetPage{}, err
	}
	if p.N < 0 || p.N > maxFacetN {
		return FacetPage{}, invalid("n", "must be from 1 to %d", maxFacetN)
	}
	if len(p.Contains) > maxTerm {
		return FacetPage{}, invalid("contains", "at most %d bytes can be given", maxTerm)
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return FacetPage{}, err
	}
	if err := c.counts(ctx, f); err != nil {
		return FacetPage{}, err
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: []aoc.Field{p.Field}})
	if err != nil {
		return FacetPage{}, err
	}
	facet := containing(n.Facets[p.Field], p.Contains)
	facet.Values = facet.Values[:min(len(facet.Values), cmp.Or(p.N, 50))]
	return FacetPage{Facet: facetOf(p.Field, facet), Total: n.Total, Complete: n.Complete, CompleteUntil: n.CompleteUntil}, nil
}

// containing keeps the values that contain a text, in any letter case.
func containing(f store.Facet, text string) store.Facet {
	if text == "" {
		return f
	}
	wanted := rawjson.Fold(text)
	var kept []aoc.FacetValue
	for _, v := range f.Values {
		if strings.Contains(rawjson.Fold(v.Value), wanted) {
			kept = append(kept, v)
		}
	}
	f.Values, f.Distinct = kept, int64(len(kept))
	return f
}
