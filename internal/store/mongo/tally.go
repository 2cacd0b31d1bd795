package mongo

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"aoc"
	"aoc/internal/store"
)

// counted gives the value that an event is counted by in a field that it has one value of;
// empty without.
func (d *eventDoc) counted(f aoc.Field) string {
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

// tally counts events.
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

// add counts events of these times, in ns, one at least, that are alike in all that they are
// counted by; d is one of them.
func (t *tally) add(d *eventDoc, times ...int64) {
	first, last := slices.Min(times), slices.Max(times)
	if t.total == 0 {
		t.first, t.last = first, last
	}
	t.total += int64(len(times))
	t.first, t.last = min(t.first, first), max(t.last, last)
	for _, f := range t.facets {
		f.add(d, int64(len(times)))
	}
	if t.request.Width > 0 {
		t.addBuckets(aoc.Result(d.Result), times)
	}
	if len(t.request.GroupBy) > 0 {
		t.addGroup(d, int64(len(times)), fromNanos(first), fromNanos(last))
	}
}

func (f *facetTally) add(d *eventDoc, n int64) {
	if f.field == aoc.FieldTag {
		for _, tag := range d.Tags {
			f.counts[string(tag)] += n
		}
		if len(d.Tags) > 0 {
			f.having += n
		}
		return
	}
	if v := d.counted(f.field); v != "" {
		f.counts[v] += n
		f.having += n
	}
}

func (t *tally) addBuckets(result aoc.Result, times []int64) {
	width := int64(t.request.Width)
	var b *aoc.Bucket // of the last time
	var start int64
	for _, at := range times {
		if b == nil || at < start || at >= start+width {
			start = floorTo(at, width)
			if b = t.buckets[start]; b == nil {
				b = &aoc.Bucket{Start: fromNanos(start), Result: map[aoc.Result]int64{}}
				t.buckets[start] = b
			}
		}
		b.Count++
		b.Result[result]++
	}
}

// floorTo rounds down to a multiple of width.
func floorTo(t, width int64) int64 {
	f := t - t%width
	if t%width < 0 {
		f -= width
	}
	return f
}

func (t *tally) addGroup(d *eventDoc, n int64, first, last time.Time) {
	t.key = t.key[:0]
	for _, f := range t.request.GroupBy {
		v := d.counted(f)
		t.key = append(binary.AppendUvarint(t.key, uint64(len(v))), v...)
	}
	g := t.groups[string(t.key)]
	if g == nil {
		g = &store.Group{Values: make([]string, len(t.request.GroupBy)), First: first, Last: last}
		for i, f := range t.request.GroupBy {
			g.Values[i] = d.counted(f)
		}
		t.groups[string(t.key)] = g
	}
	g.Count += n
	if first.Before(g.First) {
		g.First = first
	}
	if last.After(g.Last) {
		g.Last = last
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
