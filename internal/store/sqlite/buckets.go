package sqlite

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"aoc"
)

// countBuckets counts rows by time and result, in buckets of a width in ns.
func (v *snapshot) countBuckets(ctx context.Context, hits []hit, width int64) ([]aoc.Bucket, error) {
	b := bucketCounts{width: width, buckets: map[int64]*aoc.Bucket{}}
	for _, h := range hits {
		if err := b.add(ctx, v, h); err != nil {
			return nil, err
		}
	}
	out := make([]aoc.Bucket, 0, len(b.buckets))
	for _, bucket := range b.buckets {
		out = append(out, *bucket)
	}
	slices.SortFunc(out, func(a, b aoc.Bucket) int { return a.Start.Compare(b.Start) })
	return out, nil
}

type bucketCounts struct {
	width   int64
	buckets map[int64]*aoc.Bucket // by start
}

func (b *bucketCounts) add(ctx context.Context, v *snapshot, h hit) error {
	times, err := v.times(ctx, h.seg)
	if err != nil {
		return err
	}
	results, err := v.dict(ctx, h.seg, colResult)
	if err != nil {
		return err
	}
	codes, err := v.codes(ctx, h.seg, colResult, results)
	if err != nil {
		return err
	}
	byCode := make([]int64, len(results.values)) // of the bucket in hand
	from, to := int64(math.MinInt64), int64(math.MinInt64)
	put := func() {
		for code, n := range byCode {
			if n != 0 {
				b.put(from, aoc.Result(results.values[code]), n)
				byCode[code] = 0
			}
		}
	}
	for i, w := range h.rows {
		for ; w != 0; w &= w - 1 {
			row := i<<6 + bits.TrailingZeros64(w)
			if t := times[row]; t < from || t >= to {
				put()
				from = floorTo(t, b.width)
				to = from + b.width
			}
			byCode[codes[row]]++
		}
	}
	put()
	return nil
}

func (b *bucketCounts) put(start int64, result aoc.Result, n int64) {
	bucket := b.buckets[start]
	if bucket == nil {
		bucket = &aoc.Bucket{Start: nanoTime(start), Result: map[aoc.Result]int64{}}
		b.buckets[start] = bucket
	}
	bucket.Count += n
	bucket.Result[result] += n
}

// floorTo rounds down to a multiple of width.
func floorTo(t, width int64) int64 {
	f := t - t%width
	if t%width < 0 {
		f -= width
	}
	return f
}
