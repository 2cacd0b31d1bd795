package sqlite

import (
	"context"

	"aoc/internal/store"
)

// textNode rules out the blocks that lack a gram of what every match has.
type textNode struct{ bits []uint32 }

// newTextNode makes the node of values that contain all of the parts.
func newTextNode(parts ...string) textNode {
	var n textNode
	for _, part := range store.NewPattern(parts) {
		n.bits = append(n.bits, termBits(part)...)
	}
	return n
}

// anyText makes the node of events with one of the values somewhere.
func anyText(values []string) orNode {
	n := make(orNode, 0, len(values))
	for _, v := range values {
		if v != "" {
			n = append(n, newTextNode(v))
		}
	}
	return n
}

func (n textNode) rows(ctx context.Context, v *snapshot, seg *segmentInfo) (sure, maybe bitmap, err error) {
	blocks, err := v.blocksWith(ctx, seg, n.bits)
	if err != nil {
		return nil, nil, err
	}
	maybe = newBitmap(seg.events)
	for b := range seg.blocks() {
		if blocks.has(b) {
			maybe.fill(b*blockEvents, min((b+1)*blockEvents, seg.events))
		}
	}
	return newBitmap(seg.events), maybe, nil
}

// blocksWith gives the blocks whose signature has all of the bits.
func (v *snapshot) blocksWith(ctx context.Context, seg *segmentInfo, positions []uint32) (bitmap, error) {
	n := seg.blocks()
	blocks := fullBitmap(n)
	if len(positions) == 0 {
		return blocks, nil
	}
	if !wideSig(n) {
		sets, err := v.sigPart(ctx, seg, partSigSet)
		if err != nil || len(sets) != n*seg.sigRows/8 {
			return nil, orDamaged(err)
		}
		for b := range n {
			set := sets[b*seg.sigRows/8:]
			for _, p := range positions {
				if r := foldBit(p, seg.sigRows); set[r>>3]&(1<<(r&7)) == 0 {
					blocks.clear(b)
					break
				}
			}
		}
		return blocks, nil
	}
	width, rows := sigWidth(n), chunkRows(n)
	for _, p := range positions {
		r := foldBit(p, seg.sigRows)
		chunk, err := v.sigPart(ctx, seg, partSig+r/rows)
		at := r % rows * width
		if err != nil || len(chunk) < at+width {
			return nil, orDamaged(err)
		}
		left := uint64(0)
		for i, c := range chunk[at : at+width] {
			blocks[i>>3] &^= uint64(^c) << (i & 7 * 8)
		}
		for _, w := range blocks {
			left |= w
		}
		if left == 0 {
			break
		}
	}
	return blocks, nil
}

func orDamaged(err error) error {
	if err == nil {
		err = errDocument
	}
	return err
}
