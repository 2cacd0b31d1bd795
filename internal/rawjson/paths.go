package rawjson

import (
	"strings"
	"unsafe"
)

// Paths finds the values that records have at some paths, in one pass over each. It is safe
// for concurrent use; see [Paths.Collect].
type Paths struct{ root pathNode }

// pathNode is what is wanted at a place of a record.
type pathNode struct {
	wanted   []int // the paths that end here
	children map[string]*pathNode
	// pairs are what is wanted of the values of pairs here, by their folded names.
	pairs map[string]*pathNode
}

// pairMark begins a step that is the name of a pair.
const pairMark = "@"

// NewPaths prepares paths. Their steps are separated by dots and name members of objects, in
// any letter case; lists are walked through. A step @name is the value of a pair of that
// name in a list of pairs: {"Name": …, "Value": …}, or key and value, or displayName and
// newValue, as Microsoft's records have them.
func NewPaths(paths []string) *Paths {
	p := &Paths{}
	for i, path := range paths {
		n := &p.root
		for step := range strings.SplitSeq(path, ".") {
			if name, ok := strings.CutPrefix(step, pairMark); ok {
				n = child(&n.pairs, Fold(name))
			} else {
				n = child(&n.children, Fold(step))
			}
		}
		n.wanted = append(n.wanted, i)
	}
	return p
}

func child(of *map[string]*pathNode, name string) *pathNode {
	if *of == nil {
		*of = map[string]*pathNode{}
	}
	n := (*of)[name]
	if n == nil {
		n = &pathNode{}
		(*of)[name] = n
	}
	return n
}

// Kind is what a value of a record is.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Number
	Text
	Container // an object or a list
)

// Found is a value at a path: the text of a string, decoded; all else as it is written. It
// is good only while it is handed over: what is kept must be cloned.
type Found struct {
	Path int // its index among those that were given
	Kind Kind
	Text string
}

// Collect calls f with every value that the record has at one of the paths, in order of the
// record. A list is handed over whole, and then each of its values that is no list or object.
//
// raw must be valid JSON; for anything else what is found is unspecified.
func (p *Paths) Collect(raw []byte, f func(Found)) {
	w := walk{s: unsafe.String(unsafe.SliceData(raw), len(raw)), f: f} // read only, and only here
	w.value(w.space(0), &p.root, false)
}

// walk is one pass over a record.
type walk struct {
	s       string
	f       func(Found)
	key     []byte
	decoded []byte
}

func (w *walk) space(i int) int {
	for i < len(w.s) && isSpace(w.s[i]) {
		i++
	}
	return i
}

// value walks over the value at i, of which n is wanted, and gives where it ends. inList says
// that it is of a list that is wanted there.
func (w *walk) value(i int, n *pathNode, inList bool) int {
	if i >= len(w.s) {
		return i
	}
	if n == nil {
		return w.skip(i)
	}
	switch w.s[i] {
	case '{', '[':
		end := -1
		if len(n.wanted) > 0 && (!inList || w.s[i] == '[') {
			end = w.skip(i)
			w.tell(n, Container, w.s[i:end])
		}
		if end >= 0 && n.children == nil && n.pairs == nil && w.s[i] == '{' {
			return end
		}
		if w.s[i] == '{' {
			return w.object(i, n)
		}
		return w.list(i, n)
	case '"':
		end, escaped := stringEnd(w.s, i)
		if len(n.wanted) > 0 {
			w.tell(n, Text, w.text(i, end, escaped))
		}
		return end
	default:
		end := scalarEnd(w.s, i)
		if end == i { // no JSON: go on
			return i + 1
		}
		if len(n.wanted) > 0 {
			w.tell(n, kindOf(w.s[i]), w.s[i:end])
		}
		return end
	}
}

func kindOf(c byte) Kind {
	switch c {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	}
	return Number
}

func (w *walk) tell(n *pathNode, k Kind, text string) {
	for _, path := range n.wanted {
		w.f(Found{path, k, text})
	}
}

// text decodes the string from i to end.
func (w *walk) text(i, end int, escaped bool) string {
	if end-i < 2 {
		return ""
	}
	text := w.s[i+1 : end-1]
	if !escaped {
		return text
	}
	w.decoded = appendDecoded(w.decoded[:0], text)
	return unsafe.String(unsafe.SliceData(w.decoded), len(w.decoded))
}

// object walks over the members of the object at i.
func (w *walk) object(i int, n *pathNode) int {
	for i = w.space(i + 1); i < len(w.s) && w.s[i] == '"'; {
		end, escaped := stringEnd(w.s, i)
		w.key = AppendFold(w.key[:0], w.text(i, end, escaped))
		member := n.children[string(w.key)]
		i = w.value(w.space(w.after(end, ':')), member, false)
		i = w.space(w.after(i, ','))
	}
	return w.after(i, '}')
}

// list walks over the values of the list at i.
func (w *walk) list(i int, n *pathNode) int {
	for i = w.space(i + 1); i < len(w.s) && w.s[i] != ']'; {
		if n.pairs != nil && w.s[i] == '{' {
			w.pair(i, n)
		}
		end := w.value(i, n, true)
		i = w.space(w.after(end, ','))
	}
	return w.after(i, ']')
}

// after gives the place after a byte that follows i, or i where it does not.
func (w *walk) after(i int, c byte) int {
	if i = w.space(i); i < len(w.s) && w.s[i] == c {
		return i + 1
	}
	return i
}

// pair looks whether the object at i is a pair whose value is wanted.
func (w *walk) pair(i int, n *pathNode) {
	var name *pathNode
	value := -1
	for i = w.space(i + 1); i < len(w.s) && w.s[i] == '"'; {
		end, escaped := stringEnd(w.s, i)
		w.key = AppendFold(w.key[:0], w.text(i, end, escaped))
		at := w.space(w.after(end, ':'))
		switch string(w.key) {
		case "name", "key", "displayname":
			if at < len(w.s) && w.s[at] == '"' {
				end, escaped := stringEnd(w.s, at)
				w.key = AppendFold(w.key[:0], w.text(at, end, escaped))
				name = n.pairs[string(w.key)]
			}
		case "value", "newvalue":
			value = at
		}
		i = w.space(w.after(w.skip(at), ','))
	}
	if name != nil && value >= 0 {
		w.value(value, name, false)
	}
}

// skip gives where the value at i ends.
func (w *walk) skip(i int) int {
	depth := 0
	for i < len(w.s) {
		switch c := w.s[i]; {
		case c == '"':
			i, _ = stringEnd(w.s, i)
		case c == '{' || c == '[':
			depth++
			i++
			continue
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return i
			}
			i++
		case c == ',' || c == ':' || isSpace(c):
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i = max(scalarEnd(w.s, i), i+1)
		}
		if depth == 0 {
			return i
		}
	}
	return i
}
