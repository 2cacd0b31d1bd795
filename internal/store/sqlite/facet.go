package sqlite

import (
	"cmp"
	"context"
	"math/bits"

	"aoc"
	"aoc/internal/store"
)

// valueCounts counts events by the values of one field.
type valueCounts struct {
	settled *settledCounts // counted before, of other segments; may be nil
	counts  map[string]int64
	having  int64 // events with a value
}

func (f *valueCounts) add(value string, n int64) {
	if value != "" && n > 0 {
		f.counts[value] += n
		f.having += n
	}
}

// facet gives the n most frequent values.
func (f *valueCounts) facet(total int64, n int) store.Facet {
	having := f.having
	values := make([]aoc.FacetValue, 0, len(f.counts))
	if f.settled != nil {
		having += f.settled.having
		for value, count := range f.settled.counts {
			values = append(values, aoc.FacetValue{Value: value, Count: count + f.counts[value]})
		}
	}
	for value, count := range f.counts {
		if f.settled == nil || f.settled.counts[value] == 0 {
			values = append(values, aoc.FacetValue{Value: value, Count: count})
		}
	}
	distinct := int64(len(values))
	values = top(values, n, func(a, b aoc.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return store.Facet{Values: values, Distinct: distinct, Missing: total - having}
}

func (v *snapshot) countFacet(ctx context.Context, hits []hit, field aoc.Field) (*valueCounts, error) {
	f := &valueCounts{counts: map[string]int64{}}
	switch field {
	case aoc.FieldTag:
		return f, v.countTags(ctx, hits, f)
	case aoc.FieldTenant:
		for _, h := range hits {
			f.add(h.seg.tenant, int64(h.count))
		}
		return f, nil
	}
	c, _ := fieldColumn(field)
	hits, err := v.countSettled(ctx, hits, c, f)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		if err := v.countColumn(ctx, h, c, f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (v *snapshot) countColumn(ctx context.Context, h hit, c column, f *valueCounts) error {
	d, err := v.dict(ctx, h.seg, c)
	if err != nil {
		return err
	}
	counts := d.counts // of all rows
	if !h.full() {
		codes, err := v.codes(ctx, h.seg, c, d)
		if err != nil {
			return err
		}
		counts = make([]uint16, len(d.values))
		for i, w := range h.rows {
			for ; w != 0; w &= w - 1 {
				counts[codes[i<<6+bits.TrailingZeros64(w)]]++
			}
		}
	}
	for code, n := range counts {
		if n != 0 {
			f.add(c.shown(d.values[code]), int64(n))
		}
	}
	return nil
}

// shown is the value of a column that people are shown.
func (c column) shown(value string) string {
	if c == colActor {
		return actorNames(value)[0]
	}
	return value
}

// countTags goes through the events that people added something to.
func (v *snapshot) countTags(ctx context.Context, hits []hit, f *valueCounts) error {
	index, err := v.annotations(ctx)
	if err != nil {
		return err
	}
	for _, h := range hits {
		err := index.each(ctx, v, h.seg, func(row int, a *annotation) {
			if len(a.tags) == 0 || !h.rows.has(row) {
				return
			}
			f.having++
			for _, tag := range a.tags {
				f.counts[tag]++
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
