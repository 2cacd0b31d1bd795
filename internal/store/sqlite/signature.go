package sqlite

import (
	"math"
	"math/bits"
)

// A signature says which 4-byte grams occur in the folded text of a block of events. A
// term can only occur in a block whose signature has all of the term's grams, so a
// search reads a few bits for each block instead of the block. It needs no vocabulary,
// decides the inside of words, GUIDs and addresses alike, and belongs to one segment of
// one tenant. Terms shorter than a gram are not decided by it.
//
// Each gram sets one bit of its block. The bits of a segment's blocks stand in a matrix
// with one row for each bit position, so that a gram costs one short row for all blocks
// of the segment; segments of fewer than eight blocks keep one bit set a block instead.

const (
	gramLen = 4
	// maxSigBits is the number of positions while a block is built; the matrix is
	// folded down to what the segment's text needs.
	maxSigBits = 1 << 17
	// sigFill is the share of bits set that the number of rows aims at. A term of n
	// characters passes a block it is not in with probability of about sigFill^(n-3).
	sigFill = 0.30
	// sigChunkBytes is about how much of the matrix one part holds: two to a page.
	sigChunkBytes = 4032
)

// gramBit gives the position of a gram among maxSigBits.
func gramBit(gram uint32) uint32 {
	return (gram * 0x9E3779B1) >> (32 - 17)
}

// foldBit maps a position among maxSigBits to one among rows.
func foldBit(bit uint32, rows int) int { return int(bit) * rows >> 17 }

// blockSig collects the grams of one block.
type blockSig struct{ bits [maxSigBits / 64]uint64 }

// add notes every gram of one folded value.
func (s *blockSig) add(text []byte) {
	if len(text) < gramLen {
		return
	}
	g := uint32(text[0])<<16 | uint32(text[1])<<8 | uint32(text[2])
	for _, c := range text[gramLen-1:] {
		g = g<<8 | uint32(c)
		b := gramBit(g)
		s.bits[b>>6] |= 1 << (b & 63)
	}
}

func (s *blockSig) count() int {
	n := 0
	for _, w := range s.bits {
		n += bits.OnesCount64(w)
	}
	return n
}

// sigRowsFor chooses the number of rows for blocks with the given counts of bits set.
func sigRowsFor(counts []int) int {
	if len(counts) == 0 {
		return 64
	}
	sum := 0.0
	for _, c := range counts {
		// Undo collisions among maxSigBits to estimate the number of distinct grams.
		share := math.Min(float64(c)/maxSigBits, 0.999)
		sum += -math.Log1p(-share) * maxSigBits
	}
	grams := sum / float64(len(counts))
	rows := int(grams / -math.Log1p(-sigFill))
	rows = min(max(rows, 64), maxSigBits)
	return (rows + 63) &^ 63
}

// sigWidth is the number of bytes in one row of the matrix.
func sigWidth(blocks int) int { return (blocks + 7) / 8 }

// wideSig reports whether the segment keeps a matrix rather than a set for each block.
func wideSig(blocks int) bool { return blocks >= 8 }

// chunkRows is the number of matrix rows in one part.
func chunkRows(blocks int) int { return sigChunkBytes / sigWidth(blocks) }

// foldSigs lays the signatures of a segment's blocks out for storage: a row-major
// matrix when wide, else one bit set after the other.
func foldSigs(sigs []*blockSig, rows int) []byte {
	if wideSig(len(sigs)) {
		width := sigWidth(len(sigs))
		matrix := make([]byte, rows*width)
		for b, s := range sigs {
			at, bit := b>>3, byte(1)<<(b&7)
			s.each(func(position uint32) { matrix[foldBit(position, rows)*width+at] |= bit })
		}
		return matrix
	}
	sets := make([]byte, len(sigs)*rows/8)
	for b, s := range sigs {
		set := sets[b*rows/8 : (b+1)*rows/8]
		s.each(func(position uint32) {
			r := foldBit(position, rows)
			set[r>>3] |= 1 << (r & 7)
		})
	}
	return sets
}

func (s *blockSig) each(f func(position uint32)) {
	for i, w := range s.bits {
		for ; w != 0; w &= w - 1 {
			f(uint32(i<<6 + bits.TrailingZeros64(w)))
		}
	}
}

// termBits gives the positions a term needs, those that tell most first: grams spread
// over the term before their neighbours. None for a term the signature cannot decide.
func termBits(folded []byte) []uint32 {
	n := len(folded) - gramLen + 1
	if n <= 0 {
		return nil
	}
	seen := make(map[uint32]bool, n)
	positions := make([]uint32, 0, n)
	for stride := gramLen; stride > 0; stride-- {
		for i := 0; i < n; i += stride {
			t := folded[i : i+gramLen]
			b := gramBit(uint32(t[0])<<24 | uint32(t[1])<<16 | uint32(t[2])<<8 | uint32(t[3]))
			if !seen[b] {
				seen[b] = true
				positions = append(positions, b)
			}
		}
		if stride == gramLen {
			// After one pass without overlap, take the rest in order.
			stride = 2
		}
	}
	return positions
}
