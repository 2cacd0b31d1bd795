package sqlite

import (
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"aoc/internal/rawjson"
)

// A signature says which 4-byte grams occur in the folded text of a block of events. A
// term can only occur in a block whose signature has all of the term's grams, so a
// search reads a few bits for each block instead of the block. It needs no vocabulary,
// decides the inside of words, GUIDs and addresses alike, and belongs to one segment of
// one tenant. Terms shorter than a gram are not decided by it.
//
// Digits and dots are in every block in nearly every combination of four, so that an
// address would be found everywhere: runs of them set a bit for each longer gram too.
//
// Each gram sets one bit of its block. The bits of a segment's blocks stand in a matrix
// with one row for each bit position, so that a gram costs one short row for all blocks
// of the segment; segments of fewer than eight blocks keep one bit set a block instead.

const (
	gramLen = 4
	// numGramLen is the length of the longer grams, of digits and dots alone.
	numGramLen = 7
	// maxSigBits is the number of positions while a block is built; the matrix is
	// folded down to what the segment's text needs.
	maxSigBits = 1 << 17
	// sigFill is the share of bits set that the number of rows aims at. A term of n
	// characters passes a block it is not in with probability of about sigFill^(n-3).
	sigFill = 0.30
	// sigChunkBytes is about how much of the matrix one part holds: two to a page.
	sigChunkBytes = 4032

	numGramMask = 1<<(8*numGramLen) - 1
)

// gramBit gives the position of a gram among maxSigBits.
func gramBit(gram uint32) uint32 {
	return (gram * 0x9E3779B1) >> (32 - 17)
}

// foldBit maps a position among maxSigBits to one among rows.
func foldBit(bit uint32, rows int) int { return int(bit) * rows >> 17 }

// blockSig collects the grams of one block.
type blockSig struct{ bits [maxSigBits / 64]uint64 }

// numGramBit gives the position of a gram of digits and dots, one byte after the other
// from the highest of seven down, among maxSigBits.
func numGramBit(gram uint64) uint32 {
	return uint32(gram * 0x9E3779B97F4A7C15 >> (64 - 17))
}

// gramByte says of an ASCII byte what it folds to, and whether it can be in a gram of
// digits and dots: all bits set if so, none if not.
type gramByte struct {
	fold byte
	num  int8
}

var gramBytes = func() (t [utf8.RuneSelf]gramByte) {
	for c := range t {
		t[c].fold = byte(c)
		switch {
		case 'A' <= c && c <= 'Z':
			t[c].fold += 'a' - 'A'
		case '0' <= c && c <= '9', c == '.':
			t[c].num = -1
		}
	}
	return t
}()

// add notes every gram of a value. scratch is memory to use.
func (s *blockSig) add(value string, scratch []byte) []byte {
	if !s.addASCII(value) {
		scratch = rawjson.AppendFold(scratch[:0], value)
		eachGram(scratch, s.set, s.set)
	}
	return scratch
}

// addASCII is add for a value of ASCII alone; it gives up, saying so, when it is not. It
// folds as it goes instead of calling eachGram: every byte that is stored passes here.
func (s *blockSig) addASCII(value string) bool {
	var last uint64
	run := 0
	for i := range len(value) {
		c := value[i]
		if c >= utf8.RuneSelf {
			return false
		}
		b := gramBytes[c]
		last = last<<8 | uint64(b.fold)
		if i >= gramLen-1 {
			s.set(gramBit(uint32(last)))
		}
		if run = (run + 1) & int(b.num); run >= numGramLen {
			s.set(numGramBit(last & numGramMask))
		}
	}
	return true
}

// eachGram calls short with the position of every gram of folded text, and long with
// that of every longer one of digits and dots.
func eachGram(text []byte, short, long func(position uint32)) {
	var last uint64 // the bytes up to this one, the newest lowest
	run := 0        // how many of them in a row are digits and dots
	for i, c := range text {
		last = last<<8 | uint64(c)
		if i >= gramLen-1 {
			short(gramBit(uint32(last)))
		}
		if c >= utf8.RuneSelf || gramBytes[c].num == 0 {
			run = 0
		} else if run++; run >= numGramLen {
			long(numGramBit(last & numGramMask))
		}
	}
}

func (s *blockSig) set(position uint32) { s.bits[position>>6] |= 1 << (position & 63) }

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

// termBits gives the positions a term needs, those that tell most first: long grams
// before short ones, and grams spread over the term before their neighbours. None for a
// term the signature cannot decide.
func termBits(folded []byte) []uint32 {
	var long, short []uint32 // by place in the term
	eachGram(folded,
		func(position uint32) { short = append(short, position) },
		func(position uint32) { long = append(long, position) })
	var positions []uint32
	for _, grams := range [][]uint32{long, short} {
		for first := range gramLen {
			for i := first; i < len(grams); i += gramLen {
				if !slices.Contains(positions, grams[i]) {
					positions = append(positions, grams[i])
				}
			}
		}
	}
	return positions
}
