package sigma

import (
	"fmt"
	"strings"
)

// The bounds of a condition.
const (
	maxConditionBytes = 4096
	maxConditionDepth = 64     // parentheses and not within each other
	maxNamed          = 10_000 // searches, each as often as patterns name it
)

// condition is a parsed condition: one of the types below.
type condition interface{ isCondition() }

type (
	conditionOr  struct{ of []condition }
	conditionAnd struct{ of []condition }
	conditionNot struct{ of condition }
	// conditionSearch is one search identifier.
	conditionSearch struct{ name string }
	// conditionOf is "1 of" (all unset) or "all of" the searches named, which a pattern
	// gave.
	conditionOf struct {
		all   bool
		names []string
	}
)

func (conditionOr) isCondition()     {}
func (conditionAnd) isCondition()    {}
func (conditionNot) isCondition()    {}
func (conditionSearch) isCondition() {}
func (conditionOf) isCondition()     {}

// conditionParser reads one condition by recursive descent.
type conditionParser struct {
	words []string
	at    int
	depth int
	names []string        // of the searches, in order
	used  map[string]bool // the searches that the condition names
	named int             // searches that patterns named so far
}

// conditionError is a plain sentence about what is wrong.
type conditionError struct{ message, hint string }

func (e *conditionError) Error() string { return e.message }

// parseCondition reads a condition over the searches of these names, and notes in used
// which it names.
func parseCondition(text string, names []string, used map[string]bool) (condition, error) {
	if len(text) > maxConditionBytes {
		return nil, &conditionError{message: fmt.Sprintf("the condition has %d bytes; the most is %d", len(text), maxConditionBytes)}
	}
	p := &conditionParser{words: conditionWords(text), names: names, used: used}
	if len(p.words) == 0 {
		return nil, &conditionError{message: "the condition is empty"}
	}
	c, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.at < len(p.words) {
		return nil, p.unexpected()
	}
	return c, nil
}

// conditionWords cuts a condition into words and parentheses.
func conditionWords(text string) []string {
	var words []string
	for _, field := range strings.Fields(text) {
		for field != "" {
			n := strings.IndexAny(field, "()|")
			switch {
			case n < 0:
				n = len(field)
			case n == 0:
				n = 1
			}
			words = append(words, field[:n])
			field = field[n:]
		}
	}
	return words
}

// word is the next word, empty at the end.
func (p *conditionParser) word() string {
	if p.at < len(p.words) {
		return p.words[p.at]
	}
	return ""
}

// take moves past the next word when it is this keyword.
func (p *conditionParser) take(keyword string) bool {
	if strings.EqualFold(p.word(), keyword) {
		p.at++
		return true
	}
	return false
}

func (p *conditionParser) unexpected() error {
	switch w := p.word(); w {
	case "":
		return &conditionError{message: "the condition ends where a search identifier is expected"}
	case "|":
		return &conditionError{
			message: "the condition has an aggregation after |, which Sigma no longer has",
			hint:    "Write a correlation rule, which counts what this rule matches.",
		}
	default:
		return &conditionError{
			message: fmt.Sprintf("the condition does not expect %q", w),
			hint:    "Between search identifiers stand and, or, not and parentheses; 1 of and all of stand before them or a pattern.",
		}
	}
}

func (p *conditionParser) or() (condition, error) {
	first, err := p.and()
	if err != nil {
		return nil, err
	}
	of := []condition{first}
	for p.take("or") {
		next, err := p.and()
		if err != nil {
			return nil, err
		}
		of = append(of, next)
	}
	if len(of) == 1 {
		return first, nil
	}
	return conditionOr{of}, nil
}

func (p *conditionParser) and() (condition, error) {
	first, err := p.not()
	if err != nil {
		return nil, err
	}
	of := []condition{first}
	for p.take("and") {
		next, err := p.not()
		if err != nil {
			return nil, err
		}
		of = append(of, next)
	}
	if len(of) == 1 {
		return first, nil
	}
	return conditionAnd{of}, nil
}

func (p *conditionParser) not() (condition, error) {
	if !p.take("not") {
		return p.operand()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	of, err := p.not()
	if err != nil {
		return nil, err
	}
	return conditionNot{of}, nil
}

func (p *conditionParser) deeper() error {
	if p.depth++; p.depth > maxConditionDepth {
		return &conditionError{message: fmt.Sprintf("the condition is nested deeper than %d", maxConditionDepth)}
	}
	return nil
}

func (p *conditionParser) operand() (condition, error) {
	if p.take("(") {
		if err := p.deeper(); err != nil {
			return nil, err
		}
		defer func() { p.depth-- }()
		c, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			if p.word() == "" {
				return nil, &conditionError{message: "the condition has a parenthesis that is not closed"}
			}
			return nil, p.unexpected()
		}
		return c, nil
	}
	if p.at+1 < len(p.words) && strings.EqualFold(p.words[p.at+1], "of") {
		return p.quantifier()
	}
	return p.search()
}

func (p *conditionParser) search() (condition, error) {
	name := p.word()
	for _, n := range p.names {
		if n == name {
			p.at++
			p.used[name] = true
			return conditionSearch{name}, nil
		}
	}
	switch strings.ToLower(name) {
	case "", "(", ")", "|", "and", "or", "not", "of":
		return nil, p.unexpected()
	}
	return nil, &conditionError{
		message: fmt.Sprintf("the condition names %q, which is no search identifier of this rule", name),
		hint:    "Add a search of that name, or write one that is there: " + strings.Join(p.names, ", ") + ".",
	}
}

// quantifier reads "1 of" or "all of" and what follows.
func (p *conditionParser) quantifier() (condition, error) {
	c := conditionOf{}
	switch quantity := p.word(); {
	case quantity == "1":
	case strings.EqualFold(quantity, "all"):
		c.all = true
	default:
		return nil, &conditionError{
			message: fmt.Sprintf("the condition has %q before of", quantity),
			hint:    "Write 1 of or all of; Sigma has no other quantity.",
		}
	}
	p.at += 2
	pattern := p.word()
	switch strings.ToLower(pattern) {
	case "", "(", ")", "|", "and", "or", "not", "of":
		return nil, p.unexpected()
	}
	p.at++
	if strings.EqualFold(pattern, "them") {
		pattern = "*"
	}
	c.names = p.matching(pattern)
	if len(c.names) == 0 {
		return nil, &conditionError{
			message: fmt.Sprintf("the condition names %q, which no search identifier of this rule matches", pattern),
			hint:    "Search identifiers that begin with an underscore are left out unless the pattern begins with one.",
		}
	}
	if p.named += len(c.names); p.named > maxNamed {
		return nil, &conditionError{message: fmt.Sprintf("the patterns of the condition name more than %d search identifiers in all", maxNamed)}
	}
	for _, name := range c.names {
		p.used[name] = true
	}
	return c, nil
}

// matching gives the searches that a pattern with * names. Those that begin with an
// underscore take part only when the pattern does so, too.
func (p *conditionParser) matching(pattern string) []string {
	pieces := make([]Piece, 0, 8)
	for i, literal := range strings.Split(pattern, "*") {
		if i > 0 {
			pieces = append(pieces, Piece{Wild: Any})
		}
		if literal != "" {
			pieces = append(pieces, Piece{Text: literal})
		}
	}
	m := newMatcher(pieces, true)
	var names []string
	for _, name := range p.names {
		if m.matches(name) && (!strings.HasPrefix(name, "_") || strings.HasPrefix(pattern, "_")) {
			names = append(names, name)
		}
	}
	return names
}

// onlyNegates reports whether every search that a condition names is negated.
func onlyNegates(c condition) bool {
	switch c := c.(type) {
	case conditionNot:
		return !onlyNegates(c.of)
	case conditionAnd:
		for _, of := range c.of {
			if !onlyNegates(of) {
				return false
			}
		}
		return true
	case conditionOr:
		for _, of := range c.of {
			if !onlyNegates(of) {
				return false
			}
		}
		return true
	}
	return false
}
