package sigma

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"aoc"
)

// Options say what a rule is compiled with.
type Options struct {
	// Schema knows the fields of the rule's log source.
	Schema Schema
	// Where must hold besides, such as what makes a record belong to the log source.
	Where []Condition
	// Placeholders gives the values of a placeholder, in Sigma's notation.
	Placeholders func(name string) ([]string, bool)
	// Filters are applied where they name the rule.
	Filters []*Rule
}

// Program is a detection rule that can be matched. It is not changed once made; any number
// of goroutines may use it.
type Program struct {
	Rule *Rule
	// Expr is what is looked for, with filters.
	Expr Expr
	// Filters are those that were applied.
	Filters []*Rule
}

// maxRegexpBytes bounds a regular expression.
const maxRegexpBytes = 4096

// Compile makes a program of a detection rule. It fails with code invalid and [Problems] that
// name every field the schema does not have and every placeholder without values.
func Compile(rule *Rule, o Options) (*Program, error) {
	const op = "sigma.compile"
	if rule.Detection == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "%q is no detection rule", rule.Title)
	}
	c := &compiler{options: o}
	if c.options.Placeholders == nil {
		c.options.Placeholders = func(string) ([]string, bool) { return nil, false }
	}
	c.shared.placeholders = c.options.Placeholders
	parts := []Expr{c.detection(rule.Detection)}
	parts = append(parts, c.where(o.Where)...)
	p := &Program{Rule: rule}
	for _, f := range o.Filters {
		if e := c.filter(f, rule); e != nil {
			parts = append(parts, e)
			p.Filters = append(p.Filters, f)
		}
	}
	if err := c.shared.problems.err(op); err != nil {
		return nil, err
	}
	p.Expr = and(parts)
	return p, nil
}

// compiler compiles one rule.
type compiler struct {
	options Options
	shared  applying
	unknown map[string]bool // fields that were told of
	slots   map[string]Slot
}

// detection compiles searches under their conditions, which are linked by or.
func (c *compiler) detection(d *Detection) Expr {
	searches := map[string]Expr{}
	for _, s := range d.Searches {
		searches[s.Name] = c.element(s.body)
	}
	var of []Expr
	for _, cond := range d.conditions {
		of = append(of, compileCondition(cond, searches))
	}
	return or(of)
}

func compileCondition(cond condition, searches map[string]Expr) Expr {
	switch cond := cond.(type) {
	case conditionOr:
		return or(compileConditions(cond.of, searches))
	case conditionAnd:
		return and(compileConditions(cond.of, searches))
	case conditionNot:
		return Not{compileCondition(cond.of, searches)}
	case conditionOf:
		var of []Expr
		for _, name := range cond.names {
			of = append(of, searches[name])
		}
		if cond.all {
			return and(of)
		}
		return or(of)
	case conditionSearch:
		return searches[cond.name]
	}
	return Or{}
}

func compileConditions(conds []condition, searches map[string]Expr) []Expr {
	var of []Expr
	for _, c := range conds {
		of = append(of, compileCondition(c, searches))
	}
	return of
}

// and links expressions, without needless nodes.
func and(of []Expr) Expr {
	var flat []Expr
	for _, e := range of {
		if a, ok := e.(And); ok {
			flat = append(flat, a.Of...)
			continue
		}
		flat = append(flat, e)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return And{flat}
}

// or links expressions, without needless nodes.
func or(of []Expr) Expr {
	var flat []Expr
	for _, e := range of {
		if o, ok := e.(Or); ok {
			flat = append(flat, o.Of...)
			continue
		}
		flat = append(flat, e)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return Or{flat}
}

// element compiles the body of a search.
func (c *compiler) element(e element) Expr {
	switch e := e.(type) {
	case allOf:
		return and(c.elements(e))
	case anyOf:
		return or(c.elements(e))
	case *term:
		return c.term(e)
	}
	return Or{}
}

func (c *compiler) elements(es []element) []Expr {
	var of []Expr
	for _, e := range es {
		of = append(of, c.element(e))
	}
	return of
}

// slot resolves a field. An unknown one is told of once.
func (c *compiler) slot(name string, at place) Slot {
	if c.unknown[name] {
		return 0
	}
	if s, ok := c.slots[name]; ok {
		return s
	}
	s, err := c.options.Schema.Field(name)
	if err == nil && (s < 0 || s > MaxSlot) {
		err = aoc.Errorf(aoc.CodeInternal, "sigma.compile", "the schema gives it the slot %d, which is out of range", s)
	}
	if err != nil {
		if c.unknown == nil {
			c.unknown = map[string]bool{}
		}
		c.unknown[name] = true
		p := at.problem(fmt.Sprintf("the field %q is not mapped: %s", name, aoc.MessageOf(err)), aoc.HintOf(err))
		p.Unmapped = name
		c.shared.problems.add(p)
		return 0
	}
	if c.slots == nil {
		c.slots = map[string]Slot{}
	}
	c.slots[name] = s
	return s
}

// term compiles a field with its values.
func (c *compiler) term(t *term) Expr {
	m := t.apply(&c.shared)
	var slot Slot
	if t.field != "" {
		slot = c.slot(t.field, t.place)
	}
	groups := m.alternatives
	if !m.all {
		groups = [][]operand{flatten(groups)}
	}
	var of []Expr
	for _, operands := range groups {
		if e := c.match(t, &m, slot, operands); e != nil {
			of = append(of, e)
		}
	}
	e := and(of)
	if m.negated {
		return Not{e}
	}
	return e
}

func flatten(groups [][]operand) []operand {
	if len(groups) == 1 {
		return groups[0]
	}
	var flat []operand
	for _, g := range groups {
		flat = append(flat, g...)
	}
	return flat
}

// match makes the node of a field, or of keywords, that any of the operands satisfies.
func (c *compiler) match(t *term, m *modified, slot Slot, operands []operand) Expr {
	made := make([]Operand, 0, len(operands))
	for i := range operands {
		made = append(made, c.operand(m, &operands[i])...)
	}
	if t.field == "" {
		k := &Keyword{Op: m.op, Cased: m.cased, Operands: made}
		k.prepare()
		return k
	}
	n := &Match{Field: t.field, Slot: slot, Op: m.op, Part: m.part, Cased: m.cased, Operands: made}
	n.prepare()
	return n
}

// operand makes what a field is compared with. A number as a pattern is its shortest form
// and what is written.
func (c *compiler) operand(m *modified, o *operand) []Operand {
	made := Operand{Text: o.raw, Number: o.number}
	switch m.op {
	case Like:
		made.Pattern = o.pieces()
		made.Text = formatPattern(made.Pattern)
		if o.kind == scalarNumber && !o.open && !o.close && o.plain != o.raw {
			return []Operand{{Text: o.plain, Pattern: []Piece{{Text: o.plain}}}, made}
		}
	case Regexp:
		re, err := compileRegexp(o.raw, m.flags)
		if err != nil {
			if len(c.shared.problems) == 0 { // else the modifiers have told of it
				c.shared.problems.add(o.problem(err.Error(), regexpHint))
			}
			return nil
		}
		made.Regexp = re
	case InNetwork:
		made.Network, _ = parseNetwork(o.raw) // the modifier has told of what is none
	case Exists:
		made.Exists = o.text == "true"
	case SameAs:
		made.Field, made.Slot = o.raw, c.slot(o.raw, o.place)
		// contains has a * on both sides, startswith after what it looks for.
		made.Prefix, made.Suffix = m.close, m.open
	}
	return []Operand{made}
}

const regexpHint = "Sigma has . ^ $ * + ? {n,m} [] | () in regular expressions; this engine is RE2, without references and look-around."

// compileRegexp compiles with flags out of i, m and s. The error is a sentence.
func compileRegexp(text, flags string) (*regexp.Regexp, error) {
	if len(text) > maxRegexpBytes {
		return nil, fmt.Errorf("the regular expression has %d bytes; the most is %d", len(text), maxRegexpBytes)
	}
	full := text
	if flags != "" {
		full = "(?" + flags + ")" + text
	}
	re, err := regexp.Compile(full)
	if err == nil {
		return re, nil
	}
	for _, missing := range [][2]string{{"(?=", "look-ahead"}, {"(?!", "look-ahead"}, {"(?<=", "look-behind"}, {"(?<!", "look-behind"}, {"(?>", "an atomic group"}} {
		if strings.Contains(text, missing[0]) {
			return nil, fmt.Errorf("the regular expression has %s %s, which this engine does not have", missing[1], missing[0])
		}
	}
	if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // what Compile documents
		return nil, fmt.Errorf("the regular expression cannot be read: %s: %s", e.Code, e.Expr)
	}
	return nil, fmt.Errorf("the regular expression cannot be read")
}

// compileRegexps checks the regular expressions of a term while a rule is read. One whose
// placeholders have no values yet is checked when it is compiled.
func (a *application) compileRegexps() {
	for _, operands := range a.out.alternatives {
		for _, o := range operands {
			if _, err := compileRegexp(o.raw, a.out.flags); err != nil {
				a.problems.add(o.problem(err.Error(), regexpHint))
			}
		}
	}
}

// Match reports whether a record is what the rule looks for.
func (p *Program) Match(record Record) bool {
	var r reading
	r.begin(record)
	return p.Expr.holds(&r)
}

// Explain tells which values made the rule match, nil when it does not.
func (p *Program) Explain(record Record) []Hit {
	var r reading
	r.begin(record)
	if !p.Expr.holds(&r) {
		return nil
	}
	return explain(p.Expr, &r, nil)
}
