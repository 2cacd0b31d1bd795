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
	wanted, any := make([]bool, len(d.values)), false
	for i, value := range d.values {
		if n.column.eachName(value, n.wants) {
			wanted[i], any = true, true
		}
	}
	rows := newBitmap(seg.events)
	if !any {
		return rows, newBitmap(seg.events), nil
	}
	codes, err := v.codes(ctx, seg, n.column, d)
	if err != nil {
		return nil, nil, err
	}
	for row, code := range codes {
		if wanted[code] {
			rows.set(row)
		}
	}
	return rows, rows.clone(), nil
}

// tenantNode decides by the segment.
type tenantNode struct{ wants func(value string) bool }

func (n tenantNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if seg.tenant != "" && n.wants(seg.tenant) {
		return allNode{}.rows(ctx, v, seg)
	}
	return newBitmap(seg.events), newBitmap(seg.events), nil
}
