package sigma

import (
	"net/netip"
	"regexp"
	"strings"

	"aoc/internal/rawjson"
)

// Expr is a node of what a rule looks for, after its modifiers: an [And], [Or], [Not],
// [*Match] or [*Keyword].
type Expr interface {
	holds(r *reading) bool
}

// And holds when all of its parts do.
type And struct{ Of []Expr }

// Or holds when any of its parts does.
type Or struct{ Of []Expr }

// Not holds when its part does not.
type Not struct{ Of Expr }

// Op is how a field is compared.
type Op uint8

// The comparisons.
const (
	Like           Op = iota // with patterns
	Regexp                   // with regular expressions
	InNetwork                // as an address, with networks
	Null                     // no value
	Exists                   // the field is there (true), is not there (false)
	Equal                    // as a number; of parts of a time
	Less                     // as a number
	LessOrEqual              // as a number
	Greater                  // as a number
	GreaterOrEqual           // as a number
	SameAs                   // with another field's values
)

// Match holds when a value of a field compares with any of the operands.
type Match struct {
	Field    string // as the rule has it
	Slot     Slot
	Op       Op
	Part     TimePart // what is taken out of a time before Equal to GreaterOrEqual
	Cased    bool
	Operands []Operand

	exact map[string]struct{} // of many patterns without wildcards
}

// Keyword holds when any text of the record has any of the operands in it: patterns, which
// begin and end with *, or regular expressions.
type Keyword struct {
	Op       Op // Like or Regexp
	Cased    bool
	Operands []Operand
}

// Operand is what a field is compared with. What is set depends on the [Op].
type Operand struct {
	// Text says it in the notation of Sigma.
	Text    string
	Pattern []Piece        // of Like
	Regexp  *regexp.Regexp // of Regexp
	Network netip.Prefix   // of InNetwork
	Exists  bool           // of Exists
	Number  float64        // of Equal to GreaterOrEqual
	// Field and Slot are those of SameAs. Prefix is set when the field begins with the other
	// one's value, Suffix when it ends with it, both when it contains it.
	Field          string
	Slot           Slot
	Prefix, Suffix bool

	matcher matcher
}

func (n And) holds(r *reading) bool {
	for _, e := range n.Of {
		if !e.holds(r) {
			return false
		}
	}
	return true
}

func (n Or) holds(r *reading) bool {
	for _, e := range n.Of {
		if e.holds(r) {
			return true
		}
	}
	return false
}

func (n Not) holds(r *reading) bool { return !n.Of.holds(r) }

func (m *Match) holds(r *reading) bool {
	switch m.Op {
	case Exists:
		return r.record.Exists(m.Slot) == m.Operands[0].Exists
	case Null:
		return len(r.field(m.Slot)) == 0
	}
	cells := r.field(m.Slot)
	if m.exact != nil {
		for i := range cells {
			if _, ok := m.exact[cells[i].key(m.Cased)]; ok {
				return true
			}
		}
		return false
	}
	for i := range cells {
		for j := range m.Operands {
			if m.compare(r, &cells[i], &m.Operands[j]) {
				return true
			}
		}
	}
	return false
}

// key is what patterns compare: the text itself when cased.
func (c *cell) key(cased bool) string {
	if cased {
		return c.text
	}
	return c.folded
}

// compare reports whether one value compares with one operand.
func (m *Match) compare(r *reading, c *cell, o *Operand) bool {
	switch m.Op {
	case Like:
		return o.matcher.matches(c.key(m.Cased))
	case Regexp:
		return o.Regexp.MatchString(c.text)
	case InNetwork:
		address, ok := parseAddress(c.text)
		return ok && o.Network.Contains(address)
	case SameAs:
		return m.same(r, c, o)
	}
	var n float64
	var ok bool
	if m.Part == WholeValue {
		n, ok = parseNumber(c.text)
	} else {
		n, ok = m.Part.of(c.text)
	}
	return ok && holdsNumber(m.Op, n, o.Number)
}

func holdsNumber(op Op, n, than float64) bool {
	switch op {
	case Equal:
		return n == than
	case Less:
		return n < than
	case LessOrEqual:
		return n <= than
	case Greater:
		return n > than
	}
	return n >= than
}

// same compares a value with those of another field.
func (m *Match) same(r *reading, c *cell, o *Operand) bool {
	text := c.key(m.Cased)
	others := r.field(o.Slot)
	for i := range others {
		other := others[i].key(m.Cased)
		switch {
		case o.Prefix && o.Suffix:
			if strings.Contains(text, other) {
				return true
			}
		case o.Prefix:
			if strings.HasPrefix(text, other) {
				return true
			}
		case o.Suffix:
			if strings.HasSuffix(text, other) {
				return true
			}
		case text == other:
			return true
		}
	}
	return false
}

func (k *Keyword) holds(r *reading) bool {
	cells := r.allTexts()
	for i := range cells {
		for j := range k.Operands {
			if k.compare(&cells[i], &k.Operands[j]) {
				return true
			}
		}
	}
	return false
}

func (k *Keyword) compare(c *cell, o *Operand) bool {
	if k.Op == Regexp {
		return o.Regexp.MatchString(c.text)
	}
	return o.matcher.matches(c.key(k.Cased))
}

// manyOperands is from how many on patterns without wildcards are looked up in a map.
const manyOperands = 4

// prepare makes what comparing needs.
func (m *Match) prepare() {
	if m.Op != Like {
		return
	}
	exact := map[string]struct{}{}
	for i := range m.Operands {
		o := &m.Operands[i]
		o.matcher = newMatcher(o.Pattern, m.Cased)
		if o.matcher.shape == shapeExact {
			exact[o.matcher.text] = struct{}{}
		}
	}
	if len(m.Operands) >= manyOperands && len(exact) == len(m.Operands) {
		m.exact = exact
	}
}

func (k *Keyword) prepare() {
	if k.Op != Like {
		return
	}
	for i := range k.Operands {
		k.Operands[i].matcher = newMatcher(k.Operands[i].Pattern, k.Cased)
	}
}

// Hit is a value of a record and what it was matched by.
type Hit struct {
	// Field is the rule's name of the field; empty for a keyword.
	Field string
	Slot  Slot
	// Value is the record's, as it is there; empty when what holds is that there is none.
	Value string
	// Op and Operand say what it was compared with.
	Op      Op
	Operand Operand
}

// explain appends what made an expression hold. What is negated made nothing hold.
func explain(e Expr, r *reading, hits []Hit) []Hit {
	switch e := e.(type) {
	case And:
		for _, of := range e.Of {
			hits = explain(of, r, hits)
		}
	case Or:
		for _, of := range e.Of {
			if of.holds(r) {
				hits = explain(of, r, hits)
			}
		}
	case *Match:
		hits = e.explain(r, hits)
	case *Keyword:
		for _, c := range r.allTexts() {
			for i := range e.Operands {
				if e.compare(&c, &e.Operands[i]) {
					hits = append(hits, Hit{Value: c.text, Op: e.Op, Operand: e.Operands[i]})
				}
			}
		}
	}
	return hits
}

func (m *Match) explain(r *reading, hits []Hit) []Hit {
	if m.Op == Exists || m.Op == Null {
		if m.holds(r) {
			hits = append(hits, Hit{Field: m.Field, Slot: m.Slot, Op: m.Op, Operand: m.Operands[0]})
		}
		return hits
	}
	cells := r.field(m.Slot)
	for i := range cells {
		if i > 0 && cells[i].text == cells[i-1].text {
			continue // the other way to write a number
		}
		for j := range m.Operands {
			if m.compare(r, &cells[i], &m.Operands[j]) || i+1 < len(cells) && cells[i+1].text == cells[i].text && m.compare(r, &cells[i+1], &m.Operands[j]) {
				hits = append(hits, Hit{Field: m.Field, Slot: m.Slot, Value: cells[i].text, Op: m.Op, Operand: m.Operands[j]})
			}
		}
	}
	return hits
}

// fold is how texts are made equal but for case.
func fold(s string) string { return rawjson.Fold(s) }
