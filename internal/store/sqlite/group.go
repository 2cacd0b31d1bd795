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
	g := &groupCounts{fields: fields, groups: map[string]*store.Group{}}
	for _, h := range hits {
		if err := g.add(ctx, v, h); err != nil {
			return nil, err
		}
	}
	out := make([]store.Group, 0, len(g.groups))
	for _, group := range g.groups {
		out = append(out, *group)
	}
	slices.SortFunc(out, func(a, b store.Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), slices.Compare(a.Values, b.Values))
	})
	if n > 0 && len(out) > n {
		out = slices.Clone(out[:n])
	}
	return out, nil
}

type groupCounts struct {
	fields []aoc.Field
	groups map[string]*store.Group // by values, packed
}

// rowGroup is a combination that rows of one segment have.
type rowGroup struct {
	codes       []uint16 // place in the dictionary of each field that has a column
	count       int64
	first, last int64 // times in ns
}

// add counts the rows of one segment by the codes of their values, then by the values.
func (g *groupCounts) add(ctx context.Context, v *snapshot, h hit) error {
	times, err := v.times(ctx, h.seg)
	if err != nil {
		return err
	}
	rows := h.rows.list()
	groups := []rowGroup{{}}
	of := make([]int, len(rows)) // the group of each row
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
		groups = splitGroups(groups, rows, of, codes)
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

// splitGroups tells the groups of rows apart by the codes of one more column.
func splitGroups(groups []rowGroup, rows []int, of []int, codes []uint16) []rowGroup {
	var split []rowGroup
	index := map[uint32]int{}
	for i, row := range rows {
		id := uint32(of[i])<<16 | uint32(codes[row])
		to, ok := index[id]
		if !ok {
			to = len(split)
			index[id] = to
			split = append(split, rowGroup{codes: append(slices.Clip(groups[of[i]].codes), codes[row])})
		}
		of[i] = to
	}
	return split
}

// put adds a group of a segment to that of all segments.
func (g *groupCounts) put(seg *segmentInfo, dicts []*dict, of *rowGroup) {
	values := make([]string, len(g.fields))
	var packed []byte
	codes := of.codes
	for i, field := range g.fields {
		if dicts[i] == nil {
			values[i] = seg.tenant
		} else {
			c, _ := fieldColumn(field)
			values[i] = c.shown(dicts[i].values[codes[0]])
			codes = codes[1:]
		}
		packed = appendString(packed, values[i])
	}
	first, last := nanoTime(of.first), nanoTime(of.last)
	group := g.groups[string(packed)]
	if group == nil {
		group = &store.Group{Values: values, First: first, Last: last}
		g.groups[string(packed)] = group
	}
	group.Count += of.count
	if first.Before(group.First) {
		group.First = first
	}
	if last.After(group.Last) {
		group.Last = last
	}
}
