package normalise

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"aoc/internal/rawjson"
)

// node is one value of a parsed record. A nil node is an absent value: every method may
// be called on it, so that a path into a record needs no checks on the way.
type node struct {
	kind    kind
	decoded bool   // text is as it reads; false while it may hold escapes
	key     string // name within the enclosing object
	text    string // content of a string, otherwise the value's JSON text
	first   *node  // first element or member
	next    *node  // next sibling
}

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

// parse reads one valid JSON value; nil for anything else. The tree holds on to one copy
// of raw.
func parse(raw []byte) *node {
	if !rawjson.Valid(raw) {
		return nil
	}
	return parseValid(string(raw))
}

// parseText is parse for JSON that stands in a string of a record. Nil for other text.
func parseText(s string) *node {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '{' && s[0] != '[' && s[0] != '"' || !rawjson.Valid([]byte(s)) {
		return nil
	}
	return parseValid(s)
}

func parseValid(s string) *node {
	p := parser{s: s, free: make([]node, len(s)/24+4)}
	return p.value()
}

// parser builds the tree of JSON that is known to be valid.
type parser struct {
	s    string
	i    int
	free []node // not yet used
}

func (p *parser) node() *node {
	if len(p.free) == 0 {
		p.free = make([]node, 64)
	}
	n := &p.free[0]
	p.free = p.free[1:]
	return n
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\n', '\r', '\t', ',', ':':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) value() *node {
	p.space()
	n := p.node()
	start := p.i
	switch p.s[p.i] {
	case '"':
		n.kind = text
		n.text = p.str()
		return n
	case '{', '[':
		n.kind = array
		if p.s[p.i] == '{' {
			n.kind = object
		}
		p.members(n)
	case 't', 'n':
		if p.s[p.i] == 't' {
			n.kind = boolean
		}
		p.i += 4
	case 'f':
		n.kind = boolean
		p.i += 5
	default:
		n.kind = number
		for p.i < len(p.s) && strings.IndexByte("+-.0123456789eE", p.s[p.i]) >= 0 {
			p.i++
		}
	}
	n.text, n.decoded = p.s[start:p.i], true
	return n
}

func (p *parser) members(n *node) {
	p.i++
	last := &n.first
	for {
		p.space()
		if c := p.s[p.i]; c == '}' || c == ']' {
			p.i++
			return
		}
		var key string
		if n.kind == object {
			key = unescape(p.str())
		}
		m := p.value()
		m.key = key
		*last = m
		last = &m.next
	}
}

// str gives the content of the string at p.i, escapes and all. Most strings of a record
// are never read, so decoding waits until one is.
func (p *parser) str() string {
	p.i++
	start := p.i
	for {
		p.i += strings.IndexByte(p.s[p.i:], '"')
		slashes := 0
		for p.s[p.i-1-slashes] == '\\' {
			slashes++
		}
		p.i++
		if slashes%2 == 0 {
			return p.s[start : p.i-1]
		}
	}
}

// unescape decodes the content of a JSON string. Broken UTF-8 and lone surrogates become U+FFFD.
func unescape(s string) string {
	if isPlain(s) {
		return s
	}
	if strings.IndexByte(s, '\\') < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		i++
		switch s[i] {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r := hex4(s[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if i+6 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					low = hex4(s[i+3:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			b.WriteRune(r)
		default:
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// isPlain reports ASCII without escapes, which reads as it stands.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] == '\\' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func hex4(s string) rune {
	r, err := strconv.ParseUint(s[:4], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(r)
}

// get gives the member with a name, whatever its letter case; the exact name wins.
func (n *node) get(name string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	var other *node
	for m := n.first; m != nil; m = m.next {
		if len(m.key) != len(name) {
			continue
		}
		if m.key == name {
			return m
		}
		if other == nil && strings.EqualFold(m.key, name) {
			other = m
		}
	}
	return other
}

// path follows names downwards.
func (n *node) path(names ...string) *node {
	for _, name := range names {
		n = n.get(name)
	}
	return n
}

// str gives a string, or the text of a number or boolean; empty for anything else. The
// words the services write for "nothing" (<null>) count as nothing.
func (n *node) str() string {
	if n == nil {
		return ""
	}
	switch n.kind {
	case text:
		s := strings.TrimSpace(n.verbatim())
		if s == nullWord {
			return ""
		}
		return s
	case number, boolean:
		return n.text
	default:
		return ""
	}
}

// nullWord is what Intune and Azure Monitor write into strings that have no value.
const nullWord = "<null>"

// verbatim gives a string decoded and otherwise as it is, or any other value's JSON text.
func (n *node) verbatim() string {
	if n == nil {
		return ""
	}
	if !n.decoded {
		n.text, n.decoded = unescape(n.text), true
	}
	return n.text
}

// of gives the string of the first of the named members that has one.
func (n *node) of(names ...string) string {
	for _, name := range names {
		if s := n.get(name).str(); s != "" {
			return s
		}
	}
	return ""
}

// integer reads a number or a string with one, such as "20", 1000.0 or "1e9".
func (n *node) integer() (int64, bool) {
	s := n.str()
	if s == "" {
		return 0, false
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, true
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= -1<<53 && f <= 1<<53 {
		return int64(f), true
	}
	return 0, false
}

// parsed gives the value itself, or what stands in it as JSON text.
func (n *node) parsed() *node {
	if n == nil || n.kind != text {
		return n
	}
	return parseText(n.verbatim())
}

// items gives the first element of an array, of an array in a string, or the one value
// that stands where an array is expected; the others follow as next.
func (n *node) items() *node {
	p := n.parsed()
	switch {
	case p == nil || p.kind == null:
		return nil
	case p.kind == array:
		return p.first
	default:
		one := *p
		one.next = nil
		return &one
	}
}

// list gives the strings of an array, or the one string that stands for it.
func (n *node) list() []string {
	if p := n.parsed(); n != nil && n.kind == text && (p == nil || p.kind != array) {
		if s := n.str(); s != "" {
			return []string{s}
		}
		return nil
	}
	var out []string
	for m := n.items(); m != nil; m = m.next {
		if s := m.str(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// count gives the number of elements of an array.
func (n *node) count() int {
	c := 0
	for m := n.items(); m != nil; m = m.next {
		c++
	}
	return c
}

// named gives the value of a pair in a list of {Name, Value} or {key, value}.
func (n *node) named(name string) *node {
	for m := n.items(); m != nil; m = m.next {
		if strings.EqualFold(m.of("Name", "Key"), name) {
			return m.get("Value")
		}
	}
	return nil
}

// compact gives the value's JSON text without the white space between its parts.
func (n *node) compact() string {
	if n == nil {
		return ""
	}
	s := n.text
	if n.kind < array || !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	out := make([]byte, 0, len(s))
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			out = append(out, c, s[i+1])
			i++
			continue
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// following gives the next sibling.
func (n *node) following() *node {
	if n == nil {
		return nil
	}
	return n.next
}
