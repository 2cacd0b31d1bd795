package sqlite

import (
	"context"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// plan is a query made ready to be put to one segment after the other.
type plan struct {
	query aoc.Query
	root  node
	// time is what the query and its predicate are confined to, together.
	time    timeNode
	tenants func(tenant string) bool // nil: no bound
	people  bool                     // the predicate looks at what people added
	// scans rule out events: each match that is not sure has a term of every group.
	scans [][]termScan
}

func (v *snapshot) plan(ctx context.Context, q aoc.Query) (*plan, error) {
	p := &plan{
		query: q, time: newTimeNode(q.Start, q.End).both(requiredTime(q.Where)),
		tenants: requiredTenants(q.Where), scans: requiredScans(q.Where),
	}
	var err error
	p.root, err = p.compile(ctx, v, q.Where)
	return p, err
}

func (p *plan) compile(ctx context.Context, v *snapshot, x aoc.Expr) (node, error) {
	switch x := x.(type) {
	case nil:
		return allNode{}, nil
	case aoc.And:
		parts, err := p.compileAll(ctx, v, x)
		return andNode(parts), err
	case aoc.Or:
		parts, err := p.compileAll(ctx, v, x)
		return orNode(parts), err
	case aoc.Not:
		of, err := p.compile(ctx, v, x.Of)
		return notNode{of}, err
	case aoc.Text:
		return textOrAll(x.Term), nil
	case aoc.TextLike:
		return textOrAll(x.Parts...), nil
	case aoc.Between:
		return newTimeNode(x.Start, x.End), nil
	case aoc.Is:
		return p.compileIs(ctx, v, x)
	case aoc.Like:
		return p.compileLike(ctx, v, x)
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "sqlite.search", "the query has a part this store does not know")
}

func (p *plan) compileAll(ctx context.Context, v *snapshot, xs []aoc.Expr) ([]node, error) {
	parts := make([]node, len(xs))
	for i, x := range xs {
		var err error
		if parts[i], err = p.compile(ctx, v, x); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// textOrAll is the node of a text search: what is empty is in every event.
func textOrAll(parts ...string) node {
	if strings.Join(parts, "") == "" {
		return allNode{}
	}
	return newTextNode(parts...)
}

func (p *plan) compileIs(ctx context.Context, v *snapshot, x aoc.Is) (node, error) {
	switch x.Field {
	case aoc.FieldTarget:
		return anyText(x.Values), nil
	case aoc.FieldID:
		return v.compileID(ctx, x.Values)
	}
	return p.compileField(ctx, v, x.Field, oneOf(x.Values))
}

func (p *plan) compileLike(ctx context.Context, v *snapshot, x aoc.Like) (node, error) {
	any := store.NewPattern(x.Parts).Any()
	switch {
	case x.Field == aoc.FieldTarget && any:
		return columnNode{colTargeted, func(string) bool { return true }}, nil
	case x.Field == aoc.FieldID && any:
		return allNode{}, nil
	case x.Field == aoc.FieldTarget, x.Field == aoc.FieldID:
		if len(x.Parts) == 0 {
			return orNode{}, nil
		}
		return newTextNode(x.Parts...), nil
	}
	return p.compileField(ctx, v, x.Field, like(x.Parts))
}

// compileField is the node of the fields whose values can be compared without the events.
func (p *plan) compileField(ctx context.Context, v *snapshot, field aoc.Field, wants func(value string) bool) (node, error) {
	if c, ok := fieldColumn(field); ok {
		return columnNode{c, wants}, nil
	}
	switch field {
	case aoc.FieldTenant:
		return tenantNode{wants}, nil
	case aoc.FieldTag:
		p.people = true
		return v.tagged(ctx, wants)
	case aoc.FieldReview:
		p.people = true
		return v.reviewed(ctx, wants)
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "sqlite.search", "%s: not a field that events can be filtered by", field)
}

// compileID is the node of events by id, which is among their text, or key, which the
// index knows.
func (v *snapshot) compileID(ctx context.Context, values []string) (node, error) {
	var keyed rowNode
	for _, value := range values {
		if !isKey(value) {
			continue
		}
		at, _, _, err := v.findPlace(ctx, rawjson.Fold(value))
		if err != nil {
			return nil, err
		}
		if at.seg != nil {
			keyed = append(keyed, at)
		}
	}
	return append(anyText(values), keyed), nil
}

// isKey reports whether a value has the shape of an event key.
func isKey(value string) bool {
	if value = rawjson.Fold(value); len(value) != aoc.KeyLen {
		return false
	}
	return strings.Trim(value, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// skips reports whether no row of the segment can match.
func (p *plan) skips(seg *segmentInfo) bool {
	return seg.maxTime < p.time.from || seg.minTime >= p.time.to || p.tenants != nil && !p.tenants(seg.tenant)
}

// match finds the rows of a segment that match for certain, and those to be verified,
// within the query's time and without dead rows.
func (p *plan) match(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if sure, maybe, err = p.root.rows(ctx, v, seg); err != nil {
		return nil, nil, err
	}
	if seg.minTime < p.time.from || seg.maxTime >= p.time.to {
		within, _, err := p.time.rows(ctx, v, seg)
		if err != nil {
			return nil, nil, err
		}
		sure.and(within)
		maybe.and(within)
	}
	for row := range v.dead[seg.id] {
		sure.clear(row)
		maybe.clear(row)
	}
	return sure, maybe, nil
}
