package sqlite

import (
	"cmp"
	"context"
	"slices"

	"aoc"
	"aoc/internal/store"
)

// countGroups counts rows by combinations of values.
func (v *snapshot) countGroups(ctx context.Context, hits []hit, fields []aoc.Field, n int) ([]store.Group, error) {
	g := &groupCounts{fields: fields, index: map[string]int{}}
	for _, h := range hits {
		if err := g.add(ctx, v, h); err != nil {
			return nil, err
		}
	}
	best := top(g.groups, n, func(a, b valueGroup) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(b.last, a.last), slices.Compare(a.values, b.values))
	})
	out := make([]store.Group, len(best))
	for i, b := range best {
		out[i] = store.Group{Values: b.values, Count: b.count, First: nanoTime(b.first), Last: nanoTime(b.last)}
	}
	return out, nil
}

type groupCounts struct {
	fields []aoc.Field
	groups []valueGroup
	index  map[string]int // into groups, by values, packed
	packed []byte         // memory to use
	dense  []int32        // memory to use
}

// valueGroup is a combination that rows of all segments have.
type valueGroup struct {
	values []string
	span
}

// span counts events and tells the times of the oldest and the newest, in ns.
type span struct{ count, first, last int64 }

// rowGroup is a combination that rows of one segment have.
type rowGroup struct {
	codes []uint16 // place in the dictionary of each field that has a column
	span
}

// add counts the rows of one segment by the codes of their values, then by the values.
func (g *groupCounts) add(ctx context.Context, v *snapshot, h hit) error {
	times, err := v.times(ctx, h.seg)
	if err != nil {
		return err
	}
	rows := h.rows.list()
	groups := []rowGroup{{}}
	of := make([]int32, len(rows)) // the group of each row
	dicts := make([]*dict, len(g.fields))
	for i, field := range g.fields {
		c, ok := fieldColumn(field)
		if !ok { // the tenant, which all rows share
			continue
		}
		if dicts[i], err = v.dict(ctx, h.seg, c); err != nil {
			return err
		}
		codes, err := v.codes(ctx, h.seg, c, dicts[i])
		if err != nil {
			return err
		}
		groups = g.split(groups, rows, of, codes, len(dicts[i].values))
	}
	for i, row := range rows {
		group, t := &groups[of[i]], times[row]
		if group.count == 0 {
			group.last = t // rows are newest first
		}
		group.count++
		group.first = t
	}
	for i := range groups {
		g.put(h.seg, dicts, &groups[i])
	}
	return nil
}

// maxDense is the number of combinations up to which a table of them all is quicker than a map.
const maxDense = 1 << 18

// split tells the groups of rows apart by the codes of one more column, of so many values.
func (g *groupCounts) split(groups []rowGroup, rows []int, of []int32, codes []uint16, values int) []rowGroup {
	var out []rowGroup
	grown := func(group int32, code uint16) int32 {
		out = append(out, rowGroup{codes: append(slices.Clip(groups[group].codes), code)})
		return int32(len(out))
	}
	if len(groups)*values > maxDense {
		index := map[int]int32{}
		for i, row := range rows {
			id := int(of[i])*values + int(codes[row])
			if index[id] == 0 {
				index[id] = grown(of[i], codes[row])
			}
			of[i] = index[id] - 1
		}
		return out
	}
	g.dense = slices.Grow(g.dense[:0], len(groups)*values)[:len(groups)*values]
	clear(g.dense)
	for i, row := range rows {
		at := &g.dense[int(of[i])*values+int(codes[row])]
		if *at == 0 {
			*at = grown(of[i], codes[row])
		}
		of[i] = *at - 1
	}
	return out
}

// put adds a group of a segment to that of all segments.
func (g *groupCounts) put(seg *segmentInfo, dicts []*dict, of *rowGroup) {
	g.packed = g.packed[:0]
	g.each(seg, dicts, of, func(value string) { g.packed = appendString(g.packed, value) })
	at, ok := g.index[string(g.packed)]
	if !ok {
		values := make([]string, 0, len(g.fields))
		g.each(seg, dicts, of, func(value string) { values = append(values, value) })
		g.index[string(g.packed)] = len(g.groups)
		g.groups = append(g.groups, valueGroup{values: values, span: of.span})
		return
	}
	group := &g.groups[at]
	group.count += of.count
	group.first = min(group.first, of.first)
	group.last = max(group.last, of.last)
}

// each calls f with the values of a group.
func (g *groupCounts) each(seg *segmentInfo, dicts []*dict, of *rowGroup, f func(value string)) {
	codes := of.codes
	for i, field := range g.fields {
		if dicts[i] == nil {
			f(seg.tenant)
			continue
		}
		c, _ := fieldColumn(field)
		f(c.shown(dicts[i].values[codes[0]]))
		codes = codes[1:]
	}
}
