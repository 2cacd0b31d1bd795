package console

import (
	"context"
	"time"

	"aoc"
)

// windowsAhead is how far beyond now change windows are looked at: an event's time can be
// a little ahead of this machine's.
const windowsAhead = 2 * day

// selection gives a filter as a query for the store. AOC's own events are left out unless
// the filter names sources or an id: else whoever looks would find their own looking.
func (c *Console) selection(ctx context.Context, f Filter) (aoc.Query, error) {
	q, err := c.asked(ctx, f)
	if err != nil || c.trail == nil || namesOwn(q.Where) {
		return q, err
	}
	others := aoc.And{aoc.Not{Of: aoc.Is{Field: aoc.FieldSource, Values: []string{string(aoc.SourceAOC)}}}}
	if q.Where != nil {
		others = append(others, q.Where)
	}
	q.Where = others
	return q, nil
}

// asked gives a filter as a query for the store. Where it asks about reviews, change windows
// answer, too.
func (c *Console) asked(ctx context.Context, f Filter) (aoc.Query, error) {
	now := c.clock.Now()
	q, err := f.query(now, nil)
	if err != nil || !mentions(q.Where, aoc.FieldReview) {
		return q, err
	}
	set, err := c.windows(ctx)
	if err != nil || len(set) == 0 {
		return q, err
	}
	span, err := c.windowSpan(ctx, q)
	if err != nil {
		return q, err
	}
	return f.query(now, set.expr(span))
}

// windowSpan is the time in which a query can find events.
func (c *Console) windowSpan(ctx context.Context, q aoc.Query) (aoc.Window, error) {
	span, err := c.storedSpan(ctx)
	if err != nil {
		return span, err
	}
	ahead := c.clock.Now().Add(windowsAhead)
	if span.Start.IsZero() { // nothing is stored yet
		span = aoc.Window{Start: ahead.Add(-windowsAhead), End: ahead}
	}
	if span.End.Before(ahead) {
		span.End = ahead
	}
	if q.Start.After(span.Start) {
		span.Start = q.Start
	}
	if !q.End.IsZero() && q.End.Before(span.End) {
		span.End = q.End
	}
	return span, nil
}

// condition reads the query of a change window: it bounds no time, which the window does
// itself, and asks about no reviews, which would be asking itself.
func (c *Console) condition(text string) (aoc.Expr, error) {
	x, err := parseQuery("q", text, c.clock.Now(), time.UTC)
	if err != nil {
		return nil, err
	}
	if mentions(x, aoc.FieldReview) {
		return nil, invalid("q", "a change window cannot depend on reviews: leave out review:, is:reviewed and is:unreviewed")
	}
	if !leaves(x, func(leaf aoc.Expr) bool { _, timed := leaf.(aoc.Between); return !timed }) {
		return nil, invalid("q", "a change window has its own times: leave out after: and before:")
	}
	return x, nil
}
