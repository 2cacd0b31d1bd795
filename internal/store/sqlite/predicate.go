package sqlite

import (
	"context"
	"math"
	"sort"
	"time"

	"aoc/internal/store"
)

// node answers a part of a predicate for one segment.
//
// sure holds the rows that match for certain, maybe those that cannot be ruled out
// without reading the event: sure is always within maybe. The callers own both.
type node interface {
	rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error)
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

// timeNode holds for the events of a span.
type timeNode struct{ from, to int64 } // ns, to exclusive

func (n timeNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	if n.from <= seg.minTime && seg.maxTime < n.to {
		return allNode{}.rows(ctx, v, seg)
	}
	sure = newBitmap(seg.events)
	if n.from <= seg.maxTime && seg.minTime < n.to {
		times, err := v.times(ctx, seg)
		if err != nil {
			return nil, nil, err
		}
		// Rows are newest first.
		first := sort.Search(len(times), func(i int) bool { return times[i] < n.to })
		last := sort.Search(len(times), func(i int) bool { return times[i] < n.from })
		sure.fill(first, last)
	}
	return sure, sure.clone(), nil
}

// newTimeNode takes bounds that may be zero, which leaves them open, or beyond what ns can
// tell.
func newTimeNode(start, end time.Time) timeNode {
	n := timeNode{math.MinInt64, math.MaxInt64}
	if start.After(store.MaxTime) {
		n.from = math.MaxInt64
	} else if !start.Before(store.MinTime) {
		n.from = start.UnixNano()
	}
	if !end.IsZero() && end.Before(store.MinTime) {
		n.to = math.MinInt64
	} else if !end.IsZero() && !end.After(store.MaxTime) {
		n.to = end.UnixNano()
	}
	return n
}

// both is the time that is in n and in o.
func (n timeNode) both(o timeNode) timeNode { return timeNode{max(n.from, o.from), min(n.to, o.to)} }

// rowNode holds for the events in certain places.
type rowNode []place

func (n rowNode) rows(_ context.Context, _ *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	sure = newBitmap(seg.events)
	for _, at := range n {
		if at.seg.id == seg.id {
			sure.set(at.row)
		}
	}
	return sure, sure.clone(), nil
}
