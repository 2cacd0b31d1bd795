package console

import (
	"context"
	"iter"

	"aoc"
)

// eachPage is the most events that are read at a time when all of them are wanted, and
// eachBytes about the most of their records, which may be large.
const (
	eachPage  = 500
	eachBytes = 8 << 20
)

// each gives every event that passes a filter, newest first, however many there are and
// whatever the index can decide. It ends with the first error.
func (c *Console) each(ctx context.Context, f Filter) iter.Seq2[aoc.Event, error] {
	return func(yield func(aoc.Event, error) bool) {
		q, err := c.selection(ctx, f)
		if err != nil {
			yield(aoc.Event{}, err)
			return
		}
		q.Limit, q.ScanBudget = eachPage/10, -1
		for {
			page, err := c.store.Search(ctx, q)
			if err == nil {
				err = c.reviewed(ctx, page.Items)
			}
			if err != nil {
				yield(aoc.Event{}, err)
				return
			}
			for _, e := range page.Items {
				if !yield(e, nil) {
					return
				}
			}
			if q.Cursor = page.NextCursor; q.Cursor == "" {
				return
			}
			q.Limit = nextLimit(q.Limit, page.Items)
		}
	}
}

// nextLimit is how many events to read after a page.
func nextLimit(limit int, page []aoc.Event) int {
	size := 0
	for _, e := range page {
		size += len(e.Raw)
	}
	switch {
	case size > eachBytes:
		return max(1, limit/4)
	case size < eachBytes/2:
		return min(eachPage, limit*2)
	}
	return limit
}
