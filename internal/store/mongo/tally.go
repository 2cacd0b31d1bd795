package mongo

import (
	"cmp"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/store"
)

// row is what an event is counted by.
type row struct {
	at     int64 // ns
	result aoc.Result
	doc    *eventDoc
}

func newRow(d *eventDoc) row { return row{d.At, aoc.Result(d.Result), d} }

// value gives the value that an event is counted by in a field that it has one value of;
// empty without.
func (r row) value(f aoc.Field) string {
	d := r.doc
	switch f {
	case aoc.FieldTenant:
		return string(d.TenantID)
	case aoc.FieldSource:
		return string(d.Source)
	case aoc.FieldService:
		return string(d.Service)
	case aoc.FieldWorkload:
		return string(d.Workload)
	case aoc.FieldRecordType:
		return string(d.Type)
	case aoc.FieldOperation:
		return string(d.Operation)
	case aoc.FieldResult:
		return string(d.Result)
	case aoc.FieldActor:
		return string(d.ActorText)
	case aoc.FieldActorKind:
		return string(d.ActorKind)
	case aoc.FieldIP:
		return string(d.IP)
	case aoc.FieldOrigin:
		return string(d.Origin)
	}
	return ""
}

// tally counts events one by one.
type tally struct {
	request     store.CountRequest
	total       int64
	first, last int64 // ns, of total > 0
	facets      []*facetTally
	buckets     map[int64]*aoc.Bucket // by start, ns
	groups      map[string]*store.Group
	key         []byte
	seen        map[string]bool // keys of events that were read to be counted
}

type facetTally struct {
	field  aoc.Field
	counts map[string]int64
	having int64 // events with a value
}

func newTally(r store.CountRequest) *tally {
	t := &tally{request: r, buckets: map[int64]*aoc.Bucket{}, groups: map[string]*store.Group{}, seen: map[string]bool{}}
	for _, f := range r.Facets {
		t.facets = append(t.facets, &facetTally{field: f, counts: map[string]int64{}})
	}
	return t
}

func (t *tally) add(r row) {
	if t.total++; t.total == 1 {
		t.first, t.last = r.at, r.at
	}
	t.first, t.last = min(t.first, r.at), max(t.last, r.at)
	for _, f := range t.facets {
		f.add(r)
	}
	if t.request.Width > 0 {
		t.addBucket(r)
	}
	if len(t.request.GroupBy) > 0 {
		t.addGroup(r)
	}
}

func (f *facetTally) add(r row) {
	if f.field == aoc.FieldTag {
		for _, tag := range r.doc.Tags {
			f.counts[string(tag)]++
		}
		if len(r.doc.Tags) > 0 {
			f.having++
		}
		return
	}
	if v := r.value(f.field); v != "" {
		f.counts[v]++
		f.having++
	}
}

func (t *tally) addBucket(r row) {
	start := floorTo(r.at, int64(t.request.Width))
	b := t.buckets[start]
	if b == nil {
		b = &aoc.Bucket{Start: fromNanos(start), Result: map[aoc.Result]int64{}}
		t.buckets[start] = b
	}
	b.Count++
	b.Result[r.result]++
}

// floorTo rounds down to a multiple of width.
func floorTo(t, width int64) int64 {
	f := t - t%width
	if t%width < 0 {
		f -= width
	}
	return f
}

func (t *tally) addGroup(r row) {
	t.key = t.key[:0]
	for _, f := range t.request.GroupBy {
		t.key = append(append(t.key, r.value(f)...), 0xff) // a byte that no text has, valid or folded
	}
	at := fromNanos(r.at)
	g := t.groups[string(t.key)]
	if g == nil {
		g = &store.Group{Values: make([]string, len(t.request.GroupBy)), First: at, Last: at}
		for i, f := range t.request.GroupBy {
			g.Values[i] = strings.Clone(r.value(f))
		}
		t.groups[string(t.key)] = g
	}
	g.Count++
	if at.Before(g.First) {
		g.First = at
	}
	if at.After(g.Last) {
		g.Last = at
	}
}

// counts gives the figures, complete.
func (t *tally) counts() store.Counts {
	c := store.Counts{Total: t.total, Facets: make(map[aoc.Field]store.Facet, len(t.facets)), Buckets: []aoc.Bucket{}, Groups: []store.Group{}, Complete: true}
	if t.total > 0 {
		c.First, c.Last = fromNanos(t.first), fromNanos(t.last)
	}
	for _, f := range t.facets {
		c.Facets[f.field] = f.facet(t.total, t.request.Values)
	}
	for _, b := range t.buckets {
		c.Buckets = append(c.Buckets, *b)
	}
	slices.SortFunc(c.Buckets, func(a, b aoc.Bucket) int { return a.Start.Compare(b.Start) })
	for _, g := range t.groups {
		c.Groups = append(c.Groups, *g)
	}
	slices.SortFunc(c.Groups, func(a, b store.Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), slices.Compare(a.Values, b.Values))
	})
	if n := t.request.Groups; n > 0 && n < len(c.Groups) {
		c.Groups = slices.Clone(c.Groups[:n])
	}
	return c
}

// facet gives the n most frequent values; 0 or less means all.
func (f *facetTally) facet(total int64, n int) store.Facet {
	values := make([]aoc.FacetValue, 0, len(f.counts))
	for v, count := range f.counts {
		values = append(values, aoc.FacetValue{Value: v, Count: count})
	}
	slices.SortFunc(values, func(a, b aoc.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	distinct := int64(len(values))
	if n > 0 && n < len(values) {
		values = slices.Clone(values[:n])
	}
	return store.Facet{Values: values, Distinct: distinct, Missing: total - f.having}
}
