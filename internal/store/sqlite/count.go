package sqlite

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"sort"
	"time"

	"aoc"
	"aoc/internal/store"
)

// hit is a segment and the rows of it that match.
type hit struct {
	seg  *segmentInfo
	rows bitmap
}

// tally finds every row that matches, reading events where the index cannot decide. When
// the budget ends it gives the time in ns at and after which the hits are all there is;
// zero otherwise.
func (m *merge) tally(ctx context.Context) (hits []hit, until int64, err error) {
	segments := m.candidates()
	for i, seg := range segments {
		sure, maybe, err := m.plan.match(ctx, m.v, seg)
		if err != nil {
			return nil, 0, err
		}
		w := &walker{seg: seg, sure: sure, maybe: maybe, matcher: store.NewMatcher(m.plan.query.Where)}
		stop, err := m.verifyAll(ctx, w)
		if err != nil {
			return nil, 0, err
		}
		hits = append(hits, hit{seg, w.sure})
		if stop != 0 {
			until = stop
			if i+1 < len(segments) {
				until = max(until, segments[i+1].maxTime+1)
			}
			break
		}
	}
	return hits, until, nil
}

// verifyAll moves the rows of maybe that match into sure. When the budget ends it gives
// the time in ns from which on the segment was judged, else zero.
func (m *merge) verifyAll(ctx context.Context, w *walker) (stop int64, err error) {
	left := w.maybe.clone()
	left.andNot(w.sure)
	for row := left.next(0); row >= 0 && row < w.seg.events; row = left.next(row + 1) {
		if !w.maybe.has(row) {
			continue // ruled out together with another of its block
		}
		if m.budget.left <= 0 {
			times, err := m.v.times(ctx, w.seg)
			if err != nil {
				return 0, err
			}
			return times[row] + 1, nil
		}
		w.row = row
		if gone, err := m.scan(ctx, w); err != nil {
			return 0, err
		} else if gone {
			continue
		}
		m.budget.left--
		text, err := m.v.encoded(ctx, w.seg, row)
		if err != nil {
			return 0, err
		}
		match, err := m.verify(ctx, w, text)
		if err != nil {
			return 0, err
		}
		if match {
			w.sure.set(row)
		}
	}
	return 0, nil
}

// count calls f with every segment that has matching rows. It gives zero when that was
// all, or the time at and after which it was; older rows are then left out.
func (s *Store) count(ctx context.Context, op string, q aoc.Query, f func(v *snapshot, seg *segmentInfo, rows bitmap) error) (until time.Time, err error) {
	err = s.snapshot(ctx, op, func(v *snapshot) error {
		p, err := s.plan(ctx, v.tx, q)
		if err != nil {
			return err
		}
		m := &merge{v: v, plan: p, budget: newBudget(q.ScanBudget)}
		hits, stop, err := m.tally(ctx)
		if err != nil {
			return err
		}
		if stop != 0 {
			until = time.Unix(0, stop).UTC()
		}
		for _, h := range hits {
			if stop != 0 && h.seg.minTime < stop {
				times, err := v.times(ctx, h.seg)
				if err != nil {
					return err
				}
				newer := newBitmap(h.seg.events)
				newer.fill(0, sort.Search(len(times), func(i int) bool { return times[i] < stop }))
				h.rows.and(newer)
			}
			if h.rows.empty() {
				continue
			}
			if err := f(v, h.seg, h.rows); err != nil {
				return err
			}
		}
		return nil
	})
	return until, err
}

// Facet implements [store.Searcher].
func (s *Store) Facet(ctx context.Context, q aoc.Query, field aoc.Field, n int) (store.Facet, error) {
	counts := map[string]int64{}
	var facet store.Facet
	count := func(value string, n int64) {
		if value != "" {
			counts[value] += n
		}
	}
	until, err := s.count(ctx, "sqlite.facet", q, func(v *snapshot, seg *segmentInfo, rows bitmap) error {
		total := int64(rows.count())
		facet.Total += total
		if field == aoc.FieldTenant {
			count(seg.tenant, total)
			return nil
		}
		if field == aoc.FieldTag {
			return v.countTags(ctx, seg, rows, count)
		}
		return v.countColumn(ctx, seg, rows, field, count)
	})
	if err != nil {
		return store.Facet{}, err
	}
	facet.Complete, facet.CompleteUntil = until.IsZero(), until
	facet.Values, facet.Other = topValues(counts, facet.Total, n)
	return facet, nil
}

func (v *snapshot) countColumn(ctx context.Context, seg *segmentInfo, rows bitmap, field aoc.Field, count func(string, int64)) error {
	c, ok := fieldColumn(field)
	if !ok {
		return aoc.Errorf(aoc.CodeInvalid, "sqlite.facet", "%s: not a field that events can be counted by", field)
	}
	d, err := v.dict(ctx, seg, c)
	if err != nil {
		return err
	}
	counts := d.counts // of all rows
	if rows.count() < seg.events {
		codes, err := v.codes(ctx, seg, c, d)
		if err != nil {
			return err
		}
		counts = make([]uint16, len(d.values))
		for i, w := range rows {
			for ; w != 0; w &= w - 1 {
				counts[codes[i<<6+bits.TrailingZeros64(w)]]++
			}
		}
	}
	for code, n := range counts {
		if n == 0 {
			continue
		}
		value := d.values[code]
		if c == colActor {
			value = actorNames(value)[0]
		}
		count(value, int64(n))
	}
	return nil
}

func (v *snapshot) countTags(ctx context.Context, seg *segmentInfo, rows bitmap, count func(string, int64)) error {
	all, err := timesOf(ctx, v.tx, "SELECT time FROM annotation WHERE tenant = ? AND time BETWEEN ? AND ?", seg.tenant, seg.minTime, seg.maxTime)
	if err != nil {
		return err
	}
	_, maybe, err := tagNode{all}.rows(ctx, v, seg)
	if err != nil {
		return err
	}
	maybe.and(rows)
	for row := maybe.next(0); row >= 0 && row < seg.events; row = maybe.next(row + 1) {
		doc, err := v.document(ctx, seg, row)
		if err != nil {
			return err
		}
		if err := v.decorate(ctx, &doc.event); err != nil {
			return err
		}
		for _, t := range doc.event.Tags {
			count(t, 1)
		}
	}
	return nil
}

// topValues gives the n most frequent values and what is left of total.
func topValues(counts map[string]int64, total int64, n int) ([]aoc.FacetValue, int64) {
	values := make([]aoc.FacetValue, 0, len(counts))
	for value, count := range counts {
		values = append(values, aoc.FacetValue{Value: value, Count: count})
	}
	slices.SortFunc(values, func(a, b aoc.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	if n >= 0 && len(values) > n {
		values = values[:n]
	}
	for _, v := range values {
		total -= v.Count
	}
	return values, max(total, 0)
}

// Histogram implements [store.Searcher].
func (s *Store) Histogram(ctx context.Context, q aoc.Query, width time.Duration) (store.Histogram, error) {
	const quarter = 15 * time.Minute
	if width <= 0 || width%quarter != 0 && quarter%width != 0 {
		return store.Histogram{}, aoc.Errorf(aoc.CodeInvalid, "sqlite.histogram", "width: must be a multiple of 15 minutes or divide it")
	}
	buckets := map[int64]*aoc.Bucket{}
	var h store.Histogram
	until, err := s.count(ctx, "sqlite.histogram", q, func(v *snapshot, seg *segmentInfo, rows bitmap) error {
		times, err := v.times(ctx, seg)
		if err != nil {
			return err
		}
		results, err := v.dict(ctx, seg, colResult)
		if err != nil {
			return err
		}
		codes, err := v.codes(ctx, seg, colResult, results)
		if err != nil {
			return err
		}
		h.Total += int64(rows.count())
		byCode := make([]int64, len(results.values)) // of the bucket in hand
		from, to := int64(math.MinInt64), int64(math.MinInt64)
		put := func() {
			for code, n := range byCode {
				if n == 0 {
					continue
				}
				b := buckets[from]
				if b == nil {
					b = &aoc.Bucket{Start: time.Unix(0, from).UTC(), Result: map[aoc.Result]int64{}}
					buckets[from] = b
				}
				b.Count += n
				b.Result[aoc.Result(results.values[code])] += n
				byCode[code] = 0
			}
		}
		for i, w := range rows {
			for ; w != 0; w &= w - 1 {
				row := i<<6 + bits.TrailingZeros64(w)
				if t := times[row]; t < from || t >= to {
					put()
					from = floorTo(t, int64(width))
					to = from + int64(width)
				}
				byCode[codes[row]]++
			}
		}
		put()
		return nil
	})
	if err != nil {
		return store.Histogram{}, err
	}
	h.Complete, h.CompleteUntil = until.IsZero(), until
	h.Buckets = make([]aoc.Bucket, 0, len(buckets))
	for _, b := range buckets {
		h.Buckets = append(h.Buckets, *b)
	}
	slices.SortFunc(h.Buckets, func(a, b aoc.Bucket) int { return a.Start.Compare(b.Start) })
	return h, nil
}

// floorTo rounds down to a multiple of width.
func floorTo(t, width int64) int64 {
	f := t - t%width
	if t%width < 0 {
		f -= width
	}
	return f
}
