package sqlite

import (
	"context"
	"sort"

	"aoc"
	"aoc/internal/store"
)

// hit is a segment and the rows of it that match, one at least.
type hit struct {
	seg   *segmentInfo
	rows  bitmap
	count int // rows
}

// full reports whether every row matches.
func (h hit) full() bool { return h.count == h.seg.events }

// tally finds the rows that a query matches. It gives zero when these are all, or the time
// in ns at and after which they are; older rows are then left out.
func (v *snapshot) tally(ctx context.Context, q aoc.Query) (hits []hit, until int64, err error) {
	p, err := v.plan(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	m := &merge{v: v, plan: p, budget: newBudget(q.ScanBudget)}
	all, until, err := m.tally(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, h := range all {
		if err := v.cut(ctx, h, until); err != nil {
			return nil, 0, err
		}
		if h.count = h.rows.count(); h.count > 0 {
			hits = append(hits, h)
		}
	}
	return hits, until, nil
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
		hits = append(hits, hit{seg: seg, rows: w.sure})
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

// cut takes the rows before a time out of a hit; zero takes none.
func (v *snapshot) cut(ctx context.Context, h hit, from int64) error {
	if from == 0 || h.seg.minTime >= from {
		return nil
	}
	times, err := v.times(ctx, h.seg)
	if err != nil {
		return err
	}
	newer := newBitmap(h.seg.events)
	newer.fill(0, sort.Search(len(times), func(i int) bool { return times[i] < from }))
	h.rows.and(newer)
	return nil
}
