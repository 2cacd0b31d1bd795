package sqlite

import (
	"context"
	"slices"
	"strings"

	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// manyValues is the number of values from which on folding and looking up is cheaper than
// comparing with each.
const manyValues = 8

// oneOf gives the test whether a value is one of those, in any letter case.
func oneOf(values []string) func(value string) bool {
	if len(values) < manyValues {
		return func(value string) bool {
			return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) })
		}
	}
	folded := store.FoldSet(values)
	return func(value string) bool { return folded[rawjson.Fold(value)] }
}

// like gives the test whether a value is the parts with anything between them.
func like(parts []string) func(value string) bool {
	pattern, buf := store.NewPattern(parts), []byte(nil)
	return func(value string) bool {
		if !pattern.MayBegin(value) {
			return false
		}
		buf = rawjson.AppendFold(buf[:0], value)
		return pattern.Is(buf)
	}
}

// columnNode decides by a dictionary: each distinct value of a segment is compared once.
type columnNode struct {
	column column
	wants  func(value string) bool // of a value that is not empty
}

func (n columnNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if int(n.column) >= seg.columns { // written before there was such a column
		return newBitmap(seg.events), fullBitmap(seg.events), nil
	}
	d, err := v.dict(ctx, seg, n.column)
	if err != nil {
		return nil, nil, err
	}
	var wanted, doubtful []bool // by code
	for i, value := range d.values {
		switch {
		case n.column == colChanged && value == undecided:
			doubtful = mark(doubtful, i, len(d.values))
		case n.column.eachName(value, n.wants):
			wanted = mark(wanted, i, len(d.values))
		}
	}
	sure, maybe = newBitmap(seg.events), newBitmap(seg.events)
	if wanted == nil && doubtful == nil {
		return sure, maybe, nil
	}
	codes, err := v.codes(ctx, seg, n.column, d)
	if err != nil {
		return nil, nil, err
	}
	setRows(sure, codes, wanted)
	setRows(maybe, codes, doubtful)
	maybe.or(sure)
	return sure, maybe, nil
}

// mark sets one of n flags, which are made when the first is set.
func mark(flags []bool, i, n int) []bool {
	if flags == nil {
		flags = make([]bool, n)
	}
	flags[i] = true
	return flags
}

// setRows sets the rows whose code is flagged.
func setRows(rows bitmap, codes []uint16, flags []bool) {
	if flags == nil {
		return
	}
	for row, code := range codes {
		if flags[code] {
			rows.set(row)
		}
	}
}

// tenantNode decides by the segment.
type tenantNode struct{ wants func(value string) bool }

func (n tenantNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if seg.tenant != "" && n.wants(seg.tenant) {
		return allNode{}.rows(ctx, v, seg)
	}
	return newBitmap(seg.events), newBitmap(seg.events), nil
}
