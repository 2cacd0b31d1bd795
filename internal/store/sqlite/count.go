package sqlite

import (
	"context"

	"aoc"
	"aoc/internal/store"
)

// Count implements [store.Searcher]. The matching rows are found once; each figure is then
// a counter that goes through them.
func (s *Store) Count(ctx context.Context, q aoc.Query, r store.CountRequest) (store.Counts, error) {
	const op = "sqlite.count"
	if err := store.CheckCount(op, r); err != nil {
		return store.Counts{}, err
	}
	c := store.Counts{Facets: make(map[aoc.Field]store.Facet, len(r.Facets)), Buckets: []aoc.Bucket{}, Groups: []store.Group{}}
	err := s.snapshot(ctx, op, func(v *snapshot) error {
		hits, until, err := v.tally(ctx, q)
		if err != nil {
			return err
		}
		if c.Complete = until == 0; !c.Complete {
			c.CompleteUntil = nanoTime(until)
		}
		if err := v.countSpan(ctx, hits, &c); err != nil {
			return err
		}
		for _, field := range r.Facets {
			f, err := v.countFacet(ctx, hits, field)
			if err != nil {
				return err
			}
			c.Facets[field] = f.facet(c.Total, r.Values)
		}
		if r.Width > 0 {
			if c.Buckets, err = v.countBuckets(ctx, hits, int64(r.Width)); err != nil {
				return err
			}
		}
		if len(r.GroupBy) > 0 {
			c.Groups, err = v.countGroups(ctx, hits, r.GroupBy, r.Groups)
		}
		return err
	})
	if err != nil {
		return store.Counts{}, err
	}
	return c, nil
}

// countSpan counts the rows and finds the times of the oldest and the newest.
func (v *snapshot) countSpan(ctx context.Context, hits []hit, c *store.Counts) error {
	if len(hits) == 0 {
		return nil
	}
	first, last := hits[0].seg.maxTime, hits[0].seg.minTime
	for _, h := range hits {
		c.Total += int64(h.count)
		oldest, newest := h.seg.minTime, h.seg.maxTime
		if !h.full() && (oldest < first || newest > last) {
			times, err := v.times(ctx, h.seg)
			if err != nil {
				return err
			}
			newest, oldest = times[h.rows.next(0)], times[h.rows.last()]
		}
		first, last = min(first, oldest), max(last, newest)
	}
	c.First, c.Last = nanoTime(first), nanoTime(last)
	return nil
}
