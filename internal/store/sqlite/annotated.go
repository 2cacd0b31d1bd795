package sqlite

import (
	"context"
	"slices"
	"sort"

	"aoc"
)

// Where an annotated event is, its annotation says: its tenant, its time, and its place in
// the log, which tells it from others of the same time. So what people added is known for
// sure without reading an event.

// rowTime names the row of an event.
type rowTime struct {
	tenant string
	time   int64 // ns since 1970
	seq    int64 // place in the log
}

// locate finds events by their keys; those that are not stored are left out.
func (v *snapshot) locate(ctx context.Context, keys []string) (map[string]rowTime, error) {
	found := make(map[string]rowTime, len(keys))
	for _, key := range keys {
		at, _, _, err := v.findPlace(ctx, key)
		if err != nil {
			return nil, err
		}
		if at.seg == nil {
			continue
		}
		times, err := v.times(ctx, at.seg)
		if err != nil {
			return nil, err
		}
		seqs, err := v.ints(ctx, at.seg, partSeq)
		if err != nil {
			return nil, err
		}
		found[key] = rowTime{tenant: at.seg.tenant, time: times[at.row], seq: seqs[at.row]}
	}
	return found, nil
}

// annotatedNode holds for annotated events of some kind.
type annotatedNode struct {
	index *annotationIndex
	holds func(a *annotation) bool
}

func (n annotatedNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	sure = newBitmap(seg.events)
	err = n.index.each(ctx, v, seg, func(row int, a *annotation) {
		if n.holds(a) {
			sure.set(row)
		}
	})
	return sure, sure.clone(), err
}

// each calls f with the rows of a segment that are annotated.
func (x *annotationIndex) each(ctx context.Context, v *snapshot, seg *segmentInfo, f func(row int, a *annotation)) error {
	list := x.within(seg.minTime, seg.maxTime)
	if len(list) == 0 {
		return nil
	}
	times, err := v.times(ctx, seg)
	if err != nil {
		return err
	}
	seqs, err := v.ints(ctx, seg, partSeq)
	if err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		if a.tenant != seg.tenant {
			continue
		}
		row := sort.Search(len(times), func(i int) bool { return times[i] <= a.time })
		for ; row < len(times) && times[row] == a.time; row++ {
			if seqs[row] == a.seq {
				f(row, a)
				break
			}
		}
	}
	return nil
}

// tagged finds the events with one of the tags that are wanted.
func (v *snapshot) tagged(ctx context.Context, wants func(tag string) bool) (node, error) {
	index, err := v.annotations(ctx)
	return annotatedNode{index, func(a *annotation) bool { return slices.ContainsFunc(a.tags, wants) }}, err
}

// reviewed finds the events with a review of one of the states that are wanted.
func (v *snapshot) reviewed(ctx context.Context, wants func(state string) bool) (node, error) {
	states := map[string]bool{}
	for _, state := range aoc.ReviewStates() {
		states[string(state)] = wants(string(state))
	}
	index, err := v.annotations(ctx)
	return annotatedNode{index, func(a *annotation) bool { return states[a.state] }}, err
}

// annotatedRows gives the rows of a segment that people added something to.
func (v *snapshot) annotatedRows(ctx context.Context, seg *segmentInfo) (bitmap, error) {
	index, err := v.annotations(ctx)
	if err != nil {
		return nil, err
	}
	rows, _, err := annotatedNode{index, func(*annotation) bool { return true }}.rows(ctx, v, seg)
	return rows, err
}
