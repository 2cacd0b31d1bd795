package sqlite

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// Large segments change rarely. What they hold of the values of a column, all together, is
// therefore counted once and kept, as long as memory for it lasts: it is in the cache of
// segments, where it is never wrong, since it belongs to segments that never change.

// settledCounts are the counts of a column over whole segments.
type settledCounts struct {
	segments []int64 // ids, ascending
	counts   map[string]int64
	having   int64
}

// countSettled counts the large segments of which every row matches, if all that there are
// are among the hits. It gives the hits that are left to count.
func (v *snapshot) countSettled(ctx context.Context, hits []hit, c column, f *valueCounts) ([]hit, error) {
	var settled, rest []hit
	for _, h := range hits {
		if h.full() && h.seg.events >= largeSegment {
			settled = append(settled, h)
		} else {
			rest = append(rest, h)
		}
	}
	if len(settled) < 2 || len(settled) < v.large() {
		return hits, nil
	}
	ids := make([]int64, len(settled))
	for i, h := range settled {
		ids[i] = h.seg.id
	}
	slices.Sort(ids)
	id := settledID(ids, c)
	if x, ok := v.s.cache.get(id); ok {
		if kept, ok := x.(*settledCounts); ok && slices.Equal(kept.segments, ids) {
			f.settled = kept
			return rest, nil
		}
	}
	all := &valueCounts{counts: map[string]int64{}}
	for _, h := range settled {
		if err := v.countColumn(ctx, h, c, all); err != nil {
			return nil, err
		}
	}
	f.settled = &settledCounts{segments: ids, counts: all.counts, having: all.having}
	v.s.cache.put(id, f.settled, f.settled.size())
	return rest, nil
}

// large is how many large segments have no dead rows.
func (v *snapshot) large() int {
	n := 0
	for _, seg := range v.segments {
		if seg.events >= largeSegment && len(v.dead[seg.id]) == 0 {
			n++
		}
	}
	return n
}

// settledID is where the counts are kept: below zero, where no part of a segment is.
func settledID(ids []int64, c column) int64 {
	h := fnv.New64a()
	b := []byte{byte(c)}
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint64(b, uint64(id))
	}
	_, _ = h.Write(b) // never fails
	return -1 - int64(h.Sum64()>>1)
}

// size is about what the counts take in memory.
func (c *settledCounts) size() int64 {
	n := int64(8 * len(c.segments))
	for value := range c.counts {
		n += int64(len(value)) + 48
	}
	return n
}
