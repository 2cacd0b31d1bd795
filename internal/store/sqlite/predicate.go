package sqlite

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"sort"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// plan is a query made ready to be put to one segment after the other.
type plan struct {
	query   aoc.Query
	root    node
	from    int64 // event time in ns, inclusive
	to      int64 // exclusive
	tenants map[string]bool
	tags    bool // the predicate looks at tags
	// scans rule out events that lack a term which every match must have.
	scans []termScan
}

// node answers a part of a predicate for one segment.
//
// sure holds the rows that match for certain, maybe those that cannot be ruled out
// without reading the event: sure is always within maybe. The callers own both.
type node interface {
	rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error)
}

func (s *Store) plan(ctx context.Context, tx *sql.Tx, q aoc.Query) (*plan, error) {
	p := &plan{query: q, from: math.MinInt64, to: math.MaxInt64}
	if !q.Start.IsZero() {
		p.from = q.Start.UnixNano()
	}
	if !q.End.IsZero() {
		p.to = q.End.UnixNano()
	}
	var err error
	p.root, err = p.compile(ctx, tx, q.Where)
	p.tenants = requiredTenants(q.Where)
	p.scans = requiredTerms(nil, q.Where)
	return p, err
}

func (p *plan) compile(ctx context.Context, tx *sql.Tx, x aoc.Expr) (node, error) {
	switch x := x.(type) {
	case nil:
		return allNode{}, nil
	case aoc.And:
		parts, err := p.compileAll(ctx, tx, x)
		return andNode(parts), err
	case aoc.Or:
		parts, err := p.compileAll(ctx, tx, x)
		return orNode(parts), err
	case aoc.Not:
		of, err := p.compile(ctx, tx, x.Of)
		return notNode{of}, err
	case aoc.Text:
		if x.Term == "" {
			return allNode{}, nil
		}
		return textNode{termBits(rawjson.AppendFold(nil, x.Term))}, nil
	case aoc.Is:
		return p.compileIs(ctx, tx, x)
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "sqlite.search", "the query has a part this store does not know")
}

func (p *plan) compileAll(ctx context.Context, tx *sql.Tx, xs []aoc.Expr) ([]node, error) {
	parts := make([]node, len(xs))
	for i, x := range xs {
		var err error
		if parts[i], err = p.compile(ctx, tx, x); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (p *plan) compileIs(ctx context.Context, tx *sql.Tx, x aoc.Is) (node, error) {
	if c, ok := fieldColumn(x.Field); ok {
		return newColumnNode(c, x.Values), nil
	}
	values := store.FoldSet(x.Values)
	switch x.Field {
	case aoc.FieldTenant:
		return tenantNode{values}, nil
	case aoc.FieldTag:
		p.tags = true
		times, err := taggedTimes(ctx, tx, values)
		return tagNode{times}, err
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "sqlite.search", "%s: not a field that events can be filtered by", x.Field)
}

// requiredTenants gives the tenants a predicate is confined to; nil for no bound.
func requiredTenants(x aoc.Expr) map[string]bool {
	switch x := x.(type) {
	case aoc.Is:
		if x.Field == aoc.FieldTenant {
			return store.FoldSet(x.Values)
		}
	case aoc.And:
		for _, p := range x {
			if t := requiredTenants(p); t != nil {
				return t
			}
		}
	}
	return nil
}

// requiredTerms adds the scans of the terms that a predicate requires.
func requiredTerms(scans []termScan, x aoc.Expr) []termScan {
	switch x := x.(type) {
	case aoc.Text:
		if scan, ok := newTermScan(rawjson.AppendFold(nil, x.Term)); ok {
			return append(scans, scan)
		}
	case aoc.And:
		for _, p := range x {
			scans = requiredTerms(scans, p)
		}
	}
	return scans
}

// skips reports whether no row of the segment can match.
func (p *plan) skips(seg *segmentInfo) bool {
	return seg.maxTime < p.from || seg.minTime >= p.to ||
		p.tenants != nil && !p.tenants[rawjson.Fold(seg.tenant)]
}

// match finds the rows of a segment that match for certain, and those to be verified,
// within the query's time and without dead rows.
func (p *plan) match(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if sure, maybe, err = p.root.rows(ctx, v, seg); err != nil {
		return nil, nil, err
	}
	if seg.minTime < p.from || seg.maxTime >= p.to {
		times, err := v.times(ctx, seg)
		if err != nil {
			return nil, nil, err
		}
		// Rows are newest first.
		first := sort.Search(len(times), func(i int) bool { return times[i] < p.to })
		last := sort.Search(len(times), func(i int) bool { return times[i] < p.from })
		within := newBitmap(seg.events)
		within.fill(first, last)
		sure.and(within)
		maybe.and(within)
	}
	for row := range v.dead[seg.id] {
		sure.clear(row)
		maybe.clear(row)
	}
	return sure, maybe, nil
}

type allNode struct{}

func (allNode) rows(_ context.Context, _ *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	return fullBitmap(seg.events), fullBitmap(seg.events), nil
}

type andNode []node

func (n andNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	sure, maybe = fullBitmap(seg.events), fullBitmap(seg.events)
	for _, p := range n {
		s, m, err := p.rows(ctx, v, seg)
		if err != nil {
			return nil, nil, err
		}
		sure.and(s)
		if maybe.and(m); maybe.empty() {
			break
		}
	}
	return sure, maybe, nil
}

type orNode []node

func (n orNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	sure, maybe = newBitmap(seg.events), newBitmap(seg.events)
	for _, p := range n {
		s, m, err := p.rows(ctx, v, seg)
		if err != nil {
			return nil, nil, err
		}
		sure.or(s)
		maybe.or(m)
	}
	return sure, maybe, nil
}

type notNode struct{ of node }

func (n notNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	s, m, err := n.of.rows(ctx, v, seg)
	if err != nil {
		return nil, nil, err
	}
	return m.not(seg.events), s.not(seg.events), nil
}

type columnNode struct {
	column column
	// values are few, or folded and many: see manyValues.
	values []string
	folded map[string]bool
}

// manyValues is the number of values from which on folding and looking up is cheaper than
// comparing with each.
const manyValues = 8

func newColumnNode(c column, values []string) columnNode {
	if len(values) < manyValues {
		return columnNode{column: c, values: values}
	}
	return columnNode{column: c, folded: store.FoldSet(values)}
}

// wants reports whether a value that an event has is one of those looked for.
func (n columnNode) wants(value string) bool {
	if value == "" {
		return false
	}
	if n.folded != nil {
		return n.folded[rawjson.Fold(value)]
	}
	return slices.ContainsFunc(n.values, func(v string) bool { return strings.EqualFold(v, value) })
}

func (n columnNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	d, err := v.dict(ctx, seg, n.column)
	if err != nil {
		return nil, nil, err
	}
	wanted, any := make([]bool, len(d.values)), false
	for i, value := range d.values {
		if n.has(value) {
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

// has compares one value of the column, or any name of an actor. An empty value is one
// the event does not have.
func (n columnNode) has(value string) bool {
	if n.column != colActor {
		return n.wants(value)
	}
	names := actorNames(value)
	return slices.ContainsFunc(names[:], n.wants)
}

type tenantNode struct{ values map[string]bool }

func (n tenantNode) rows(_ context.Context, _ *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if seg.tenant != "" && n.values[rawjson.Fold(seg.tenant)] {
		return fullBitmap(seg.events), fullBitmap(seg.events), nil
	}
	return newBitmap(seg.events), newBitmap(seg.events), nil
}

// tagNode knows the times of tagged events; which of the events of such a time it is,
// the event itself tells.
type tagNode struct{ times []int64 }

func (n tagNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	sure, maybe = newBitmap(seg.events), newBitmap(seg.events)
	var times []int64
	for _, t := range n.times {
		if t < seg.minTime || t > seg.maxTime {
			continue
		}
		if times == nil {
			if times, err = v.times(ctx, seg); err != nil {
				return nil, nil, err
			}
		}
		row := sort.Search(len(times), func(i int) bool { return times[i] <= t })
		for ; row < len(times) && times[row] == t; row++ {
			maybe.set(row)
		}
	}
	return sure, maybe, nil
}

func taggedTimes(ctx context.Context, tx *sql.Tx, values map[string]bool) ([]int64, error) {
	var times []int64
	for value := range values {
		ts, err := timesOf(ctx, tx, "SELECT a.time FROM tag t JOIN annotation a ON a.key = t.key WHERE t.folded = ?", value)
		if err != nil {
			return nil, err
		}
		times = append(times, ts...)
	}
	return times, nil
}

// timesOf reads a list of times.
func timesOf(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var times []int64
	for rows.Next() {
		var t int64
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		times = append(times, t)
	}
	return times, rows.Err()
}

// textNode rules out the blocks that lack a gram of the term.
type textNode struct{ bits []uint32 }

func (n textNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	blocks, err := v.blocksWith(ctx, seg, n.bits)
	if err != nil {
		return nil, nil, err
	}
	maybe = newBitmap(seg.events)
	for b := range seg.blocks() {
		if blocks.has(b) {
			maybe.fill(b*blockEvents, min((b+1)*blockEvents, seg.events))
		}
	}
	return newBitmap(seg.events), maybe, nil
}

// blocksWith gives the blocks whose signature has all of the bits.
func (v *snapshot) blocksWith(ctx context.Context, seg *segmentInfo, positions []uint32) (bitmap, error) {
	n := seg.blocks()
	blocks := fullBitmap(n)
	if len(positions) == 0 {
		return blocks, nil
	}
	if !wideSig(n) {
		sets, err := v.sigPart(ctx, seg, partSigSet)
		if err != nil || len(sets) != n*seg.sigRows/8 {
			return nil, orDamaged(err)
		}
		for b := range n {
			set := sets[b*seg.sigRows/8:]
			for _, p := range positions {
				if r := foldBit(p, seg.sigRows); set[r>>3]&(1<<(r&7)) == 0 {
					blocks.clear(b)
					break
				}
			}
		}
		return blocks, nil
	}
	width, rows := sigWidth(n), chunkRows(n)
	for _, p := range positions {
		r := foldBit(p, seg.sigRows)
		chunk, err := v.sigPart(ctx, seg, partSig+r/rows)
		at := r % rows * width
		if err != nil || len(chunk) < at+width {
			return nil, orDamaged(err)
		}
		left := uint64(0)
		for i, c := range chunk[at : at+width] {
			blocks[i>>3] &^= uint64(^c) << (i & 7 * 8)
		}
		for _, w := range blocks {
			left |= w
		}
		if left == 0 {
			break
		}
	}
	return blocks, nil
}

func orDamaged(err error) error {
	if err == nil {
		err = errDocument
	}
	return err
}
