package rawjson

import (
	"bytes"
	"crypto/sha256"
	"math/bits"
	"slices"

	"aoc"
)

// Canonical gives a record in canonical form, in which two records are equal exactly
// when they say the same: keys are sorted (equal keys keep their order), no spaces,
// strings are written in one way whatever escapes they came with, and numbers of equal
// value are equal. The order of arrays is kept. Fails with code invalid when raw is not
// [Valid].
func Canonical(raw []byte) ([]byte, error) {
	if !Valid(raw) {
		return nil, aoc.Errorf(aoc.CodeInvalid, "rawjson.canonical", "the record is not one valid JSON value")
	}
	c := canonicaliser{src: string(raw), dst: make([]byte, 0, len(raw)), members: make([]member, 0, 64)}
	c.value(c.space(0))
	return c.dst, nil
}

// Sum is the SHA-256 of the canonical form of raw, with the errors of [Canonical].
func Sum(raw []byte) ([32]byte, error) {
	c, err := Canonical(raw)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(c), nil
}

// canonicaliser writes one valid JSON value in canonical form.
type canonicaliser struct {
	src     string
	dst     []byte
	members []member // of all objects that are open, outermost first
	scratch []byte
}

// member is one "key":value in dst.
type member struct{ start, keyEnd, end int }

// value writes the value at src[i] and gives the index after it. It recurses at most
// MaxDepth deep, which Valid has seen to.
func (c *canonicaliser) value(i int) int {
	switch c.src[i] {
	case '{':
		return c.object(i)
	case '[':
		return c.array(i)
	case '"':
		return c.text(i)
	}
	end := scalarEnd(c.src, i)
	if b := c.src[i]; b == '-' || '0' <= b && b <= '9' {
		c.dst = appendCanonicalNumber(c.dst, c.src[i:end])
	} else {
		c.dst = append(c.dst, c.src[i:end]...)
	}
	return end
}

func (c *canonicaliser) text(i int) int {
	end, escaped := stringEnd(c.src, i)
	if escaped {
		c.dst = appendCanonicalString(c.dst, c.src[i+1:end-1])
	} else {
		c.dst = append(c.dst, c.src[i:end]...)
	}
	return end
}

func (c *canonicaliser) array(i int) int {
	c.dst = append(c.dst, '[')
	for i = c.space(i + 1); c.src[i] != ']'; i = c.space(i) {
		if c.src[i] == ',' {
			c.dst = append(c.dst, ',')
			i = c.space(i + 1)
		}
		i = c.value(i)
	}
	c.dst = append(c.dst, ']')
	return i + 1
}

func (c *canonicaliser) object(i int) int {
	c.dst = append(c.dst, '{')
	first := len(c.members)
	sorted := true
	for i = c.space(i + 1); c.src[i] != '}'; i = c.space(i) {
		if c.src[i] == ',' {
			c.dst = append(c.dst, ',')
			i = c.space(i + 1)
		}
		m := member{start: len(c.dst)}
		i = c.text(i)
		m.keyEnd = len(c.dst)
		c.dst = append(c.dst, ':')
		i = c.value(c.space(c.space(i) + 1)) // past the colon
		m.end = len(c.dst)
		if n := len(c.members); n > first && c.compare(c.members[n-1], m) > 0 {
			sorted = false
		}
		c.members = append(c.members, m)
	}
	if !sorted {
		c.sort(c.members[first:])
	}
	c.members = c.members[:first]
	c.dst = append(c.dst, '}')
	return i + 1
}

// compare orders members by key. Keys are compared as they are written, without the
// closing quote, so that a key sorts before those it is a prefix of.
func (c *canonicaliser) compare(a, b member) int {
	return bytes.Compare(c.dst[a.start:a.keyEnd-1], c.dst[b.start:b.keyEnd-1])
}

// sort puts the members of the innermost object, the tail of dst, in order.
func (c *canonicaliser) sort(ms []member) {
	start := ms[0].start
	slices.SortStableFunc(ms, c.compare)
	c.scratch = slices.Grow(c.scratch[:0], len(c.dst)-start)
	for n, m := range ms {
		if n > 0 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = append(c.scratch, c.dst[m.start:m.end]...)
	}
	copy(c.dst[start:], c.scratch)
}

func (c *canonicaliser) space(i int) int {
	for i < len(c.src) && isSpace(c.src[i]) {
		i++
	}
	return i
}

// stringEnd takes the index of an opening quote and gives the index after the closing
// one, or len(s) when there is none, and whether there is a backslash in between.
func stringEnd(s string, i int) (end int, escaped bool) {
	for i++; i < len(s); {
		if i+8 <= len(s) {
			marks := special(word(s[i:]))
			if marks == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(marks) / 8
		}
		switch s[i] {
		case '"':
			return i + 1, escaped
		case '\\':
			escaped = true
			i += 2
		default:
			i++
		}
	}
	return len(s), true
}

// word gives the first eight bytes of s, the first lowest.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// scalarEnd gives the index after the number or literal at s[i].
func scalarEnd(s string, i int) int {
	for i < len(s) {
		switch s[i] {
		case ',', ':', '"', '{', '}', '[', ']', ' ', '\n', '\r', '\t':
			return i
		}
		i++
	}
	return i
}
