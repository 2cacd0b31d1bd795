package storetest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

// compareCounts checks what the store counts against hits, which are all that match. Which
// figures it asks for depends on how many there are.
func compareCounts(t *testing.T, s store.Store, q aoc.Query, hits []aoc.Event) {
	t.Helper()
	requests := []store.CountRequest{
		{Facets: aoc.FacetFields(), Width: 15 * time.Minute, GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldTenant, aoc.FieldOperation}},
		{Facets: []aoc.Field{aoc.FieldActor, aoc.FieldTag}, Values: 3, Width: 5 * time.Minute, GroupBy: []aoc.Field{aoc.FieldTenant}},
		{Facets: aoc.FacetFields(), Width: 24 * time.Hour, GroupBy: []aoc.Field{aoc.FieldResult, aoc.FieldIP}, Groups: 7},
	}
	r := requests[len(hits)%len(requests)]
	got, err := s.Count(context.Background(), q, r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(count(hits, r), got); diff != "" {
		t.Fatalf("count of %+v for %#v (-want +got):\n%s", r, q, diff)
	}
}

// count counts events in the plainest way.
func count(hits []aoc.Event, r store.CountRequest) store.Counts {
	c := store.Counts{Total: int64(len(hits)), Facets: map[aoc.Field]store.Facet{}, Buckets: []aoc.Bucket{}, Groups: []store.Group{}, Complete: true}
	if len(hits) > 0 { // newest first
		c.First, c.Last = hits[len(hits)-1].Timestamp, hits[0].Timestamp
	}
	for _, field := range r.Facets {
		c.Facets[field] = facet(hits, field, r.Values)
	}
	if r.Width > 0 {
		c.Buckets = histogram(hits, r.Width)
	}
	if len(r.GroupBy) > 0 {
		c.Groups = group(hits, r.GroupBy, r.Groups)
	}
	return c
}

// counted gives the values by which an event is counted.
func counted(e *aoc.Event, field aoc.Field) []string {
	if field != aoc.FieldActor {
		return store.FieldValues(e, field)
	}
	if e.ActorDisplay == "" {
		return nil
	}
	return []string{e.ActorDisplay}
}

func facet(hits []aoc.Event, field aoc.Field, n int) store.Facet {
	f := store.Facet{Values: []aoc.FacetValue{}}
	counts := map[string]int64{}
	for i := range hits {
		values := counted(&hits[i], field)
		if len(values) == 0 {
			f.Missing++
		}
		for _, v := range values {
			counts[v]++
		}
	}
	for v, n := range counts {
		f.Values = append(f.Values, aoc.FacetValue{Value: v, Count: n})
	}
	slices.SortFunc(f.Values, func(a, b aoc.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	f.Distinct = int64(len(f.Values))
	if n > 0 {
		f.Values = f.Values[:min(n, len(f.Values))]
	}
	return f
}

// histogram counts hits by time.
func histogram(hits []aoc.Event, width time.Duration) []aoc.Bucket {
	byStart := map[time.Time]*aoc.Bucket{}
	for _, e := range hits {
		// Truncate counts from year 1; the contract aligns to 1970.
		start := time.Unix(0, 0).UTC().Add(e.Timestamp.Sub(time.Unix(0, 0)) / width * width)
		b := byStart[start]
		if b == nil {
			b = &aoc.Bucket{Start: start, Result: map[aoc.Result]int64{}}
			byStart[start] = b
		}
		b.Count++
		b.Result[e.Result]++
	}
	buckets := []aoc.Bucket{}
	for _, b := range byStart {
		buckets = append(buckets, *b)
	}
	slices.SortFunc(buckets, func(a, b aoc.Bucket) int { return a.Start.Compare(b.Start) })
	return buckets
}

func group(hits []aoc.Event, fields []aoc.Field, n int) []store.Group {
	byValues := map[string]*store.Group{}
	for i := range hits {
		values := make([]string, len(fields))
		for j, field := range fields {
			values[j] = strings.Join(counted(&hits[i], field), "") // one or none
		}
		at, id := hits[i].Timestamp, strings.Join(values, "\x00")
		g := byValues[id]
		if g == nil {
			g = &store.Group{Values: values, Last: at}
			byValues[id] = g
		}
		g.Count++
		g.First = at
	}
	groups := []store.Group{}
	for _, g := range byValues {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b store.Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), slices.Compare(a.Values, b.Values))
	})
	if n > 0 {
		groups = groups[:min(n, len(groups))]
	}
	return groups
}
