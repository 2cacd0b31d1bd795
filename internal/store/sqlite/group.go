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
	g := newGroupCounts(fields)
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

// groupCounts numbers the values of each field as it meets them, the combinations of the
// first two fields, those of these with the third, and so on. The number of the whole
// combination is that of its group.
type groupCounts struct {
	fields []aoc.Field
	groups []valueGroup
	values []map[string]uint32 // by field
	pairs  []map[uint64]uint32 // by field: of what came before it, and its value
	dense  []int32             // memory to use
}

func newGroupCounts(fields []aoc.Field) *groupCounts {
	g := &groupCounts{fields: fields}
	for range fields {
		g.values, g.pairs = append(g.values, map[string]uint32{}), append(g.pairs, map[uint64]uint32{})
	}
	return g
}

// number gives the number of a key, the next one if it is new.
func number[K comparable](numbers map[K]uint32, key K) uint32 {
	n, ok := numbers[key]
	if !ok {
		n = uint32(len(numbers))
		numbers[key] = n
	}
	return n
}

// fieldCodes are the values of a field in one segment: those of its dictionary, or the one
// that all rows share.
type fieldCodes struct {
	names   []string
	numbers []uint32
	shared  bool
}

// codesOf prepares a field for a segment, and gives the code of each row; none where they
// share one value.
func (g *groupCounts) codesOf(ctx context.Context, v *snapshot, seg *segmentInfo, field int) (of fieldCodes, codes []uint16, err error) {
	c, ok := fieldColumn(g.fields[field])
	if ok {
		d, err := v.dict(ctx, seg, c)
		if err != nil {
			return of, nil, err
		}
		if codes, err = v.codes(ctx, seg, c, d); err != nil {
			return of, nil, err
		}
		of.names = make([]string, len(d.values))
		for i, value := range d.values {
			of.names[i] = c.shown(value)
		}
	} else { // the tenant
		of.names, of.shared = []string{seg.tenant}, true
	}
	of.numbers = make([]uint32, len(of.names))
	for i, name := range of.names {
		of.numbers[i] = number(g.values[field], name)
	}
	return of, codes, nil
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
	fields := make([]fieldCodes, len(g.fields))
	for i := range g.fields {
		var codes []uint16
		if fields[i], codes, err = g.codesOf(ctx, v, h.seg, i); err != nil {
			return err
		}
		if !fields[i].shared {
			groups = g.split(groups, rows, of, codes, len(fields[i].names))
		}
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
		g.put(fields, &groups[i])
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
func (g *groupCounts) put(fields []fieldCodes, of *rowGroup) {
	var id uint32
	g.each(fields, of, func(i int, code uint16) {
		id = number(g.pairs[i], uint64(id)<<32|uint64(fields[i].numbers[code]))
	})
	if int(id) == len(g.groups) {
		values := make([]string, len(fields))
		g.each(fields, of, func(i int, code uint16) { values[i] = fields[i].names[code] })
		g.groups = append(g.groups, valueGroup{values: values, span: of.span})
		return
	}
	group := &g.groups[id]
	group.count += of.count
	group.first = min(group.first, of.first)
	group.last = max(group.last, of.last)
}

// each calls f with the code that a group has in each field.
func (g *groupCounts) each(fields []fieldCodes, of *rowGroup, f func(field int, code uint16)) {
	codes := of.codes
	for i := range fields {
		if fields[i].shared {
			f(i, 0)
			continue
		}
		f(i, codes[0])
		codes = codes[1:]
	}
}
