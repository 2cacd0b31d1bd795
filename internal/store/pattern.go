package store

import (
	"bytes"
	"unicode/utf8"

	"aoc/internal/rawjson"
)

// Pattern is the parts of an [aoc.Like] or [aoc.TextLike], folded.
type Pattern [][]byte

// NewPattern folds parts.
func NewPattern(parts []string) Pattern {
	p := make(Pattern, len(parts))
	for i, part := range parts {
		p[i] = rawjson.AppendFold(nil, part)
	}
	return p
}

// Any reports whether every value matches.
func (p Pattern) Any() bool {
	for _, part := range p {
		if len(part) > 0 {
			return false
		}
	}
	return len(p) > 1
}

// MayBegin reports, without folding it, whether Is can hold for a value, going by its first
// byte. False is certain.
func (p Pattern) MayBegin(value string) bool {
	if len(p) == 0 || value == "" {
		return false
	}
	if len(p[0]) == 0 {
		return true
	}
	want, got := p[0][0], value[0]
	if want >= utf8.RuneSelf || got >= utf8.RuneSelf {
		return true // characters beyond ASCII may fold to others, of other lengths
	}
	if 'A' <= got && got <= 'Z' {
		got += 'a' - 'A'
	}
	return got == want
}

// Is reports whether a folded value is, from beginning to end, the parts in order with
// anything between them.
func (p Pattern) Is(value []byte) bool {
	if len(p) == 0 {
		return false
	}
	first, last := p[0], p[len(p)-1]
	if len(p) == 1 {
		return bytes.Equal(value, first)
	}
	if !bytes.HasPrefix(value, first) {
		return false
	}
	value = value[len(first):]
	if !bytes.HasSuffix(value, last) {
		return false
	}
	return p[1 : len(p)-1].In(value[:len(value)-len(last)])
}

// In reports whether a folded value contains the parts in order, with anything between
// them.
func (p Pattern) In(value []byte) bool {
	for _, part := range p {
		i := bytes.Index(value, part)
		if i < 0 {
			return false
		}
		value = value[i+len(part):]
	}
	return true
}
