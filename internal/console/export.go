package console

import (
	"context"
	"iter"

	"aoc"
	"aoc/internal/trail"
)

// Export gives every event that passes a filter, newest first, as it is read: the whole
// result in little memory. A wrong filter is told before the first event; afterwards the
// sequence ends with the first error, and what came before it is not all there is.
func (c *Console) Export(ctx context.Context, f Filter) (iter.Seq2[aoc.Event, error], error) {
	if err := c.authorise(ctx, actExport); err != nil {
		return nil, err
	}
	if err := f.Validate(c.clock.Now()); err != nil {
		return nil, err
	}
	if err := c.record(ctx, trail.Entry{Operation: "Export events", Query: f.text()}); err != nil {
		return nil, err
	}
	return c.each(ctx, f), nil
}
