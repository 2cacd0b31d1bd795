package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"aoc"
)

// Parse reads a query; nil, which holds for every event, for one that is empty. The
// predicate is flat: no And is directly within an And, no Or within an Or. An error is an
// [*Error].
func Parse(text string, opt Options) (aoc.Expr, error) {
	p := parser{text: text, opt: opt}
	if len(text) > MaxBytes {
		from := MaxBytes
		for from > 0 && !utf8.RuneStart(text[from]) {
			from--
		}
		return nil, p.fail(from, len(text), "", "a query has at most %d bytes", MaxBytes)
	}
	p.tokens = lex(text)
	if p.peek().kind == end {
		return nil, nil //nolint:nilnil // no condition, no error
	}
	x, err := p.either()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == shut {
		return nil, p.failAt(t, inQuotes, "there is no parenthesis that this one closes")
	}
	return x, nil
}

const inQuotes = "Put it in quotation marks to search for the text itself."

// parser descends through the grammar, one method a rule. Its place is always at the token
// to be read next.
type parser struct {
	text   string
	opt    Options
	tokens []token
	i      int
	terms  int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.i] }

// take reads the next token; the end is never passed.
func (p *parser) take() token {
	t := p.tokens[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

// accept reads the next token if it is of a kind.
func (p *parser) accept(k kind) bool {
	if p.peek().kind != k {
		return false
	}
	p.take()
	return true
}

// fail makes an error about the bytes from … to.
func (p *parser) fail(from, to int, hint, format string, args ...any) error {
	at := utf16Len(p.text[:from])
	return &Error{At: at, To: at + utf16Len(p.text[from:to]), Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (p *parser) failAt(t token, hint, format string, args ...any) error {
	return p.fail(t.from, t.to, hint, format, args...)
}

// source is a token as it was typed.
func (p *parser) source(t token) string { return p.text[t.from:t.to] }

// either = all { "OR" all } .
func (p *parser) either() (aoc.Expr, error) {
	var parts aoc.Or
	for {
		x, err := p.all()
		if err != nil {
			return nil, err
		}
		if inner, ok := x.(aoc.Or); ok {
			parts = append(parts, inner...)
		} else {
			parts = append(parts, x)
		}
		if !p.accept(or) {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// all = some { [ "AND" ] some } .
func (p *parser) all() (aoc.Expr, error) {
	parts := aoc.And{}
	for {
		x, err := p.some()
		if err != nil {
			return nil, err
		}
		if inner, ok := x.(aoc.And); ok {
			parts = append(parts, inner...)
		} else {
			parts = append(parts, x)
		}
		if p.accept(and) {
			continue
		}
		if k := p.peek().kind; k == end || k == shut || k == or {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// some = ( "-" | "NOT" ) some | operand .
func (p *parser) some() (aoc.Expr, error) {
	t := p.peek()
	if t.kind != minus && t.kind != not {
		return p.operand()
	}
	p.take()
	if err := p.deeper(t); err != nil {
		return nil, err
	}
	x, err := p.some()
	if err != nil {
		return nil, err
	}
	p.depth--
	return aoc.Not{Of: x}, nil
}

// operand = "(" either ")" | term | atom .
func (p *parser) operand() (aoc.Expr, error) {
	t := p.peek()
	switch t.kind {
	case open:
		p.take()
		return p.group(t)
	case field:
		p.take()
		return p.term(t)
	case atom:
		p.take()
		return p.word(t)
	}
	return nil, p.missing(t)
}

func (p *parser) group(opened token) (aoc.Expr, error) {
	if err := p.deeper(opened); err != nil {
		return nil, err
	}
	x, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.accept(shut) {
		return nil, p.failAt(opened, "", "this parenthesis is not closed")
	}
	p.depth--
	return x, nil
}

// missing says that there is nothing where a word or term has to be.
func (p *parser) missing(t token) error {
	const keyword = `For the word itself write it in quotation marks: %q.`
	var before token
	if p.i > 0 {
		before = p.tokens[p.i-1]
	}
	switch {
	case p.i > 0 && before.kind == open && t.kind == shut:
		return p.fail(before.from, t.to, "", "there is nothing between the parentheses")
	case t.kind == and || t.kind == or || t.kind == not:
		return p.failAt(t, fmt.Sprintf(keyword, p.source(t)), "%s needs something before it", p.source(t))
	case before.kind == and || before.kind == or || before.kind == not:
		return p.failAt(before, fmt.Sprintf(keyword, p.source(before)), "%s needs something after it", p.source(before))
	case before.kind == open:
		return p.failAt(before, "", "this parenthesis is not closed")
	case t.kind == shut:
		return p.failAt(t, inQuotes, "there is no parenthesis that this one closes")
	}
	return p.failAt(t, "", "something is missing here")
}

// deeper counts a level of nesting.
func (p *parser) deeper(t token) error {
	if p.depth++; p.depth > MaxDepth {
		return p.failAt(t, "", "a query nests at most %d deep", MaxDepth)
	}
	return nil
}

// checked counts an atom and says what is wrong with it by itself.
func (p *parser) checked(t token) error {
	if p.terms++; p.terms > MaxTerms {
		return p.failAt(t, "", "a query has at most %d words and values", MaxTerms)
	}
	if t.unclosed >= 0 {
		return p.fail(t.unclosed, t.to, `Within quotation marks, \" stands for one.`, "this quotation mark is not closed")
	}
	return nil
}

func (p *parser) word(t token) (aoc.Expr, error) {
	if err := p.checked(t); err != nil {
		return nil, err
	}
	parts := t.parts
	if len(parts) == 1 {
		if parts[0] == "" {
			return nil, p.failAt(t, "", "there is nothing between the quotation marks")
		}
		return aoc.Text{Term: parts[0]}, nil
	}
	// Any fragment is found, so wildcards at the ends say nothing.
	if parts[0] == "" {
		parts = parts[1:]
	}
	if n := len(parts); parts[n-1] == "" {
		parts = parts[:n-1]
	}
	switch len(parts) {
	case 0:
		return aoc.And{}, nil
	case 1:
		return aoc.Text{Term: parts[0]}, nil
	}
	return aoc.TextLike{Parts: parts}, nil
}

// term = name ":" values .
func (p *parser) term(t token) (aoc.Expr, error) {
	info, ok := lookup(t.name)
	if !ok {
		return nil, p.unknown(t)
	}
	values, err := p.values(t, info)
	if err != nil {
		return nil, err
	}
	switch info.Name {
	case nameAfter, nameBefore:
		return p.time(t, info, values)
	case nameIs:
		return p.macros(values)
	}
	return p.isOrLike(info, values)
}

func (p *parser) unknown(t token) error {
	atom := p.peek()
	text := p.source(t)
	if atom.from == t.to {
		text += p.source(atom)
	}
	hint := fmt.Sprintf("To search for the text, put it in quotation marks: %s.", quoted(text))
	if near := nearestField(t.name); near != "" {
		hint = fmt.Sprintf("Do you mean %s:? %s", near, hint)
	}
	return p.fail(t.from, t.to-1, hint, "%s is not a field", t.name)
}

// values = atom { "," atom } | "(" atom { ( "OR" | "," ) atom } ")" .
func (p *parser) values(t token, info FieldInfo) ([]token, error) {
	var values []token
	list := p.peek()
	inList := list.kind == open && list.list
	if inList {
		p.take()
	}
	for {
		v := p.peek()
		if v.kind != atom || v.owner < 0 {
			return nil, p.noValue(t, list, v, info)
		}
		p.take()
		if err := p.checked(v); err != nil {
			return nil, err
		}
		if slices.Equal(v.parts, []string{""}) {
			return nil, p.failAt(v, fmt.Sprintf("-%s:* finds events that have none.", info.Name), "a value cannot be empty")
		}
		values = append(values, v)
		switch next := p.peek(); {
		case next.kind == comma, inList && next.kind == or:
			p.take()
		case inList && next.kind == shut:
			p.take()
			return values, nil
		case inList && next.kind == end:
			return nil, p.failAt(list, "", "this parenthesis is not closed")
		case inList:
			return nil, p.failAt(next, "A value with spaces needs quotation marks.", "write OR or a comma between values")
		case next.kind == open && next.from == v.to:
			return nil, p.failAt(next, fmt.Sprintf(`Put the value in quotation marks: %s:"…(…)".`, t.name), "a parenthesis cannot be in a value")
		default:
			return values, nil
		}
	}
}

// noValue says why there is no value where one has to be.
func (p *parser) noValue(t, list, v token, info FieldInfo) error {
	before := p.tokens[p.i-1]
	switch {
	case before.kind == comma:
		return p.failAt(before, "Write a value right after the comma, without a space.", "a value is missing after this comma")
	case v.kind == comma:
		return p.failAt(v, "", "a value is missing before this comma")
	case before.kind == open && v.kind == shut:
		return p.fail(before.from, v.to, "", "there is nothing between the parentheses")
	case list.list && v.kind == end:
		return p.failAt(list, "", "this parenthesis is not closed")
	case list.list:
		return p.failAt(v, "Only values, OR and commas can stand here; a value like this needs quotation marks.", "%s is not a value", p.source(v))
	}
	hint := fmt.Sprintf("Write the value right after the colon: %s:%s.", t.name, example(info))
	return p.failAt(t, hint, "%s: needs a value", t.name)
}

func example(info FieldInfo) string {
	switch {
	case info.Name == nameIs:
		return "change"
	case info.Name == nameAfter || info.Name == nameBefore:
		return "2026-11-01"
	case len(info.Values) > 0:
		return info.Values[0]
	}
	return "value"
}

// isOrLike makes the predicate of a field's values, any of which will do.
func (p *parser) isOrLike(info FieldInfo, values []token) (aoc.Expr, error) {
	is := aoc.Is{Field: info.Field}
	var choice aoc.Or
	for _, v := range values {
		if len(v.parts) > 1 {
			choice = append(choice, aoc.Like{Field: info.Field, Parts: v.parts})
			continue
		}
		if err := p.known(info, v); err != nil {
			return nil, err
		}
		is.Values = append(is.Values, v.parts[0])
	}
	if len(is.Values) > 0 {
		choice = append(aoc.Or{is}, choice...)
	}
	if len(choice) == 1 {
		return choice[0], nil
	}
	return choice, nil
}

// known says that a value is none of those that a field can have.
func (p *parser) known(info FieldInfo, v token) error {
	value := v.parts[0]
	if info.Values == nil || slices.ContainsFunc(info.Values, func(k string) bool { return strings.EqualFold(k, value) }) {
		return nil
	}
	return p.failAt(v, meant(value, info.Values), "%s is one of %s", info.Name, strings.Join(info.Values, ", "))
}

func meant(value string, known []string) string {
	if near := nearest(strings.ToLower(value), known); near != "" {
		return fmt.Sprintf("Do you mean %s?", near)
	}
	return ""
}

func (p *parser) macros(values []token) (aoc.Expr, error) {
	var choice aoc.Or
	for _, v := range values {
		name := strings.ToLower(strings.Join(v.parts, "*"))
		x, ok := p.opt.Macros[name]
		if !ok {
			names := slices.Sorted(maps.Keys(p.opt.Macros))
			return nil, p.failAt(v, meant(name, names), "is: takes one of %s", strings.Join(names, ", "))
		}
		choice = append(choice, x)
	}
	if len(choice) == 1 {
		return choice[0], nil
	}
	return choice, nil
}

// time makes the bound that after: or before: stands for.
func (p *parser) time(t token, info FieldInfo, values []token) (aoc.Expr, error) {
	v := values[0]
	if len(values) > 1 {
		return nil, p.failAt(values[1], "", "%s: takes one time", info.Name)
	}
	text := strings.Join(v.parts, "*")
	at, err := ParseTime(text, p.opt.Now, p.opt.Zone)
	if err != nil {
		return nil, p.failAt(v, timeHint, "this is not a time")
	}
	if next := p.peek(); len(text) == len("2006-01-02") && next.kind == atom && timeOfDay(p.source(next)) {
		hint := fmt.Sprintf("For the time write %s:%sT%s; to search for the text, put it in quotation marks.", t.name, text, p.source(next))
		return nil, p.failAt(next, hint, "this looks like the rest of the time before it")
	}
	if info.Name == nameAfter {
		return aoc.Between{Start: at}, nil
	}
	return aoc.Between{End: at}, nil
}
