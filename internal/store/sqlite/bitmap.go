package sqlite

import "math/bits"

// bitmap is a set of small numbers: rows or blocks of a segment.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

// fullBitmap has every number below n.
func fullBitmap(n int) bitmap {
	b := newBitmap(n)
	b.fill(0, n)
	return b
}

func (b bitmap) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bitmap) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitmap) clear(i int)    { b[i>>6] &^= 1 << (i & 63) }

// fill sets [from, to).
func (b bitmap) fill(from, to int) {
	for i := from; i < to; {
		if i&63 == 0 && to-i >= 64 {
			b[i>>6] = ^uint64(0)
			i += 64
			continue
		}
		b.set(i)
		i++
	}
}

func (b bitmap) and(o bitmap) {
	for i := range b {
		b[i] &= o[i]
	}
}

func (b bitmap) andNot(o bitmap) {
	for i := range b {
		b[i] &^= o[i]
	}
}

func (b bitmap) or(o bitmap) {
	for i := range b {
		b[i] |= o[i]
	}
}

// not inverts the numbers below n.
func (b bitmap) not(n int) bitmap {
	out := fullBitmap(n)
	for i := range out {
		out[i] &^= b[i]
	}
	return out
}

func (b bitmap) clone() bitmap { return append(bitmap(nil), b...) }

func (b bitmap) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bitmap) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// next gives the first number from i on, or -1.
func (b bitmap) next(i int) int {
	if i>>6 >= len(b) {
		return -1
	}
	if w := b[i>>6] >> (i & 63); w != 0 {
		return i + bits.TrailingZeros64(w)
	}
	for at := i>>6 + 1; at < len(b); at++ {
		if b[at] != 0 {
			return at<<6 + bits.TrailingZeros64(b[at])
		}
	}
	return -1
}

// last gives the highest number, or -1.
func (b bitmap) last() int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != 0 {
			return i<<6 + 63 - bits.LeadingZeros64(b[i])
		}
	}
	return -1
}

// list gives the numbers, ascending.
func (b bitmap) list() []int {
	list := make([]int, 0, b.count())
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			list = append(list, i<<6+bits.TrailingZeros64(w))
		}
	}
	return list
}
