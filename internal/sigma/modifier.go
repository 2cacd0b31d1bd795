package sigma

import (
	"fmt"
	"slices"
	"strings"
)

// term is one field of a map with its modifiers and values; without a field, keywords.
type term struct {
	place
	field     string
	modifiers []string
	values    []scalar
	list      bool // the values are a list
}

// maxPermutations bounds what the values of a rule become by modifiers that make several of
// one: windash, base64offset, expand.
const maxPermutations = 3 * maxValues

// maxWildcards bounds those of one value: each ? may have to be tried at each place.
const maxWildcards = 256

// form is what modifiers have made of the values so far. It decides which may follow.
type form uint8

const (
	formPlain form = iota
	formPattern
	formEncoded
	formWide
	formRegexp
	formNetwork
	formTime
	formCompare
	formReference
	formExists
)

// operand is a value on its way through the modifiers.
type operand struct {
	scalar
	raw         string // the text: in Sigma's notation, or a regular expression, a network, a field
	literal     bool   // raw is the text itself
	open, close bool   // a * before, after
}

// pieces gives the pattern of a text.
func (o *operand) pieces() []Piece {
	var pieces []Piece
	if o.literal {
		if o.raw != "" {
			pieces = []Piece{{Text: o.raw}}
		}
	} else {
		pieces = parsePattern(o.raw)
	}
	if o.open && (len(pieces) == 0 || pieces[0].Wild != Any) {
		pieces = append([]Piece{{Wild: Any}}, pieces...)
	}
	if o.close && (len(pieces) == 0 || pieces[len(pieces)-1].Wild != Any) {
		pieces = append(pieces, Piece{Wild: Any})
	}
	return pieces
}

// plainText gives the text of an operand that has no wildcard.
func (o *operand) plainText() (string, bool) {
	if o.literal {
		return o.raw, true
	}
	return literalOf(parsePattern(o.raw))
}

// modified is a term after its modifiers.
type modified struct {
	op          Op
	part        TimePart
	cased       bool
	all         bool
	negated     bool
	flags       string // of regular expressions: i, m, s
	open, close bool   // of references: contains, startswith, endswith
	// alternatives are what became of each value of the rule: one or more operands, any of
	// which may match.
	alternatives [][]operand
}

// applying is what the modifiers of all terms of a rule share.
type applying struct {
	// placeholders gives the values of a placeholder; nil where any will do.
	placeholders func(name string) ([]string, bool)
	problems     Problems
	made         int // operands in all
}

// application applies the modifiers of a term.
type application struct {
	*applying
	term    *term
	form    form
	out     modified
	applied []string
}

// modifier is one of the specification's appendix.
type modifier struct {
	// after lists the forms it may be applied to.
	after []form
	// order says what to do when it comes at the wrong place.
	order string
	apply func(a *application)
}

// texts are the forms that are text.
var texts = []form{formPlain, formPattern, formEncoded, formWide}

// modifierNamed gives a modifier by its name; all that there are stand here.
func modifierNamed(name string) (modifier, bool) {
	switch name {
	case "all":
		return modifier{after: anyForm, apply: func(a *application) { a.out.all = true }}, true
	case "cased":
		return modifier{after: append([]form{formReference}, texts...), order: "cased is for text, and not for regular expressions, which are cased unless they have i", apply: func(a *application) { a.out.cased = true }}, true
	case "neq":
		return modifier{after: without(anyForm, formCompare, formExists), order: "neq does not go with exists or with lt, lte, gt and gte", apply: func(a *application) { a.out.negated = true }}, true
	case "startswith":
		return anchoring("startswith", false, true), true
	case "endswith":
		return anchoring("endswith", true, false), true
	case "contains":
		return anchoring("contains", true, true), true
	case "exists":
		return modifier{after: []form{formPlain}, order: "exists stands alone", apply: (*application).exists}, true
	case "windash":
		return modifier{after: []form{formPlain, formPattern}, order: "windash has to come before encodings, and is for text", apply: (*application).windash}, true
	case "re":
		return modifier{after: []form{formPlain}, order: "re has to come first", apply: (*application).regexp}, true
	case "i", "m", "s":
		return modifier{after: []form{formRegexp}, order: "it has to come after re", apply: func(a *application) { a.out.flags += name }}, true
	case "base64":
		return modifier{after: []form{formPlain, formWide, formEncoded}, order: "encodings have to come before contains, startswith and endswith", apply: (*application).base64}, true
	case "base64offset":
		return modifier{after: []form{formPlain, formWide, formEncoded}, order: "encodings have to come before contains, startswith and endswith", apply: (*application).base64offset}, true
	case "utf16le", "wide", "utf16be", "utf16":
		return modifier{after: []form{formPlain}, order: "it has to come before base64 and contains, and is for text", apply: func(a *application) { a.wide(name) }}, true
	case "lt", "lte", "gt", "gte":
		return modifier{after: []form{formPlain, formTime}, order: "comparisons take plain numbers, or follow a time modifier", apply: func(a *application) { a.compare(name) }}, true
	case "minute", "hour", "day", "week", "month", "year":
		return modifier{after: []form{formPlain}, order: "time modifiers have to come first", apply: func(a *application) { a.timePart(name) }}, true
	case "cidr":
		return modifier{after: []form{formPlain}, order: "cidr has to come first", apply: (*application).network}, true
	case "expand":
		return modifier{after: []form{formPlain, formPattern, formRegexp}, order: "expand has to come before encodings, and is for text", apply: (*application).expand}, true
	case "fieldref":
		return modifier{after: []form{formPlain}, order: "fieldref has to come before contains, startswith and endswith", apply: (*application).fieldref}, true
	}
	return modifier{}, false
}

// anyForm are all forms but that of exists, which stands alone.
var anyForm = []form{formPlain, formPattern, formEncoded, formWide, formRegexp, formNetwork, formTime, formCompare, formReference}

func without(forms []form, but ...form) []form {
	return slices.DeleteFunc(slices.Clone(forms), func(f form) bool { return slices.Contains(but, f) })
}

// anchoring makes startswith, endswith and contains.
func anchoring(name string, open, close bool) modifier {
	return modifier{
		after: []form{formPlain, formEncoded, formWide, formReference},
		order: name + " does not go with another one of contains, startswith and endswith, nor with values that are no text",
		apply: func(a *application) {
			if a.form == formReference {
				a.out.open, a.out.close = open, close
				return
			}
			a.form = formPattern
			a.each(func(o operand) []operand {
				if o.kind == scalarNull {
					a.reject(o, name)
				}
				o.open, o.close = o.open || open, o.close || close
				return []operand{o}
			})
		},
	}
}

// apply gives what a term says after its modifiers. Problems are noted; the result is of
// use only when there are none.
func (t *term) apply(shared *applying) modified {
	a := &application{applying: shared, term: t}
	a.out.op = Like
	for _, v := range t.values {
		o := operand{scalar: v, raw: v.text, literal: v.kind == scalarNumber || v.kind == scalarBool}
		a.out.alternatives = append(a.out.alternatives, []operand{o})
	}
	for _, name := range t.modifiers {
		a.modify(name)
	}
	a.finish()
	return a.out
}

func (a *application) fail(message, hint string) {
	a.problems.add(a.term.problem(message, hint))
}

func (a *application) modify(name string) {
	m, ok := modifierNamed(name)
	switch {
	case !ok:
		a.fail(fmt.Sprintf("unknown modifier %q", name), "The modifiers of Sigma 2.1.0 are in the appendix of its specification.")
		return
	case slices.Contains(a.applied, name):
		a.fail(fmt.Sprintf("the modifier %q is there twice", name), "Keep one.")
		return
	case !slices.Contains(m.after, a.form):
		a.fail(fmt.Sprintf("the modifier %q makes no sense after %q: %s", name, strings.Join(a.applied, "|"), m.order), "Modifiers are applied in the order in which they stand.")
		return
	}
	m.apply(a)
	a.applied = append(a.applied, name)
}

// each replaces every operand by what f makes of it.
func (a *application) each(f func(operand) []operand) {
	for i, operands := range a.out.alternatives {
		var made []operand
		for _, o := range operands {
			more := f(o)
			a.made += len(more) - 1
			if a.made > maxPermutations {
				a.tooMany(o)
				return
			}
			made = append(made, more...)
		}
		a.out.alternatives[i] = made
	}
}

// tooMany notes that a value becomes too many.
func (a *application) tooMany(o operand) {
	a.problems.add(o.problem(fmt.Sprintf("the rule's values become more than %d by their modifiers", maxPermutations), "Write the values that matter, without the modifier that multiplies them."))
}

// reject notes that a modifier cannot be applied to a value of this type.
func (a *application) reject(o operand, name string) []operand {
	kinds := map[scalarKind]string{scalarText: "a text", scalarNumber: "a number", scalarBool: "true or false", scalarNull: "null"}
	a.problems.add(o.problem(fmt.Sprintf("the modifier %q cannot be applied to %s", name, kinds[o.kind]), ""))
	return []operand{o}
}

// eachText is each for modifiers that take text alone.
func (a *application) eachText(name string, f func(operand) []operand) {
	a.each(func(o operand) []operand {
		if o.kind != scalarText {
			return a.reject(o, name)
		}
		return f(o)
	})
}

func (a *application) exists() {
	a.form, a.out.op = formExists, Exists
	a.each(func(o operand) []operand {
		if o.kind != scalarBool {
			return a.reject(o, "exists")
		}
		return []operand{o}
	})
	if a.term.field == "" {
		a.fail("exists needs a field", "")
	}
	if len(a.term.values) > 1 {
		a.fail("exists takes one value, true or false", "")
	}
}

func (a *application) compare(name string) {
	a.form = formCompare
	a.out.op = map[string]Op{"lt": Less, "lte": LessOrEqual, "gt": Greater, "gte": GreaterOrEqual}[name]
	a.each(func(o operand) []operand {
		if o.kind != scalarNumber {
			return a.reject(o, name)
		}
		return []operand{o}
	})
}

// timeParts are the ranges of the parts of a time. ISO 8601 has a week 53 in some years.
var timeParts = map[string]struct {
	part     TimePart
	from, to float64
}{
	"minute": {Minute, 0, 59}, "hour": {Hour, 0, 23}, "day": {Day, 1, 31},
	"week": {Week, 1, 53}, "month": {Month, 1, 12}, "year": {Year, 0, 9999},
}

func (a *application) timePart(name string) {
	a.form, a.out.op = formTime, Equal
	p := timeParts[name]
	a.out.part = p.part
	a.each(func(o operand) []operand {
		if o.kind != scalarNumber {
			return a.reject(o, name)
		}
		if o.number != float64(int(o.number)) || o.number < p.from || o.number > p.to {
			a.problems.add(o.problem(fmt.Sprintf("%s is no %s: it is a whole number from %g to %g", o.text, name, p.from, p.to), ""))
		}
		return []operand{o}
	})
}

func (a *application) network() {
	a.form, a.out.op = formNetwork, InNetwork
	a.eachText("cidr", func(o operand) []operand {
		if a.placeholders == nil && slices.Contains(a.applied, "expand") {
			return []operand{o} // what it is, is known when it is compiled
		}
		if _, err := parseNetwork(o.raw); err != nil {
			a.problems.add(o.problem(fmt.Sprintf("%q is no network", o.raw), "Write an address and the length of its prefix, such as 10.0.0.0/8 or 2001:db8::/32."))
		}
		return []operand{o}
	})
}

func (a *application) regexp() {
	a.form, a.out.op = formRegexp, Regexp
	a.eachText("re", func(o operand) []operand {
		o.literal = true
		return []operand{o}
	})
}

func (a *application) fieldref() {
	a.form, a.out.op = formReference, SameAs
	a.eachText("fieldref", func(o operand) []operand {
		if o.raw == "" {
			a.problems.add(o.problem("fieldref needs the name of a field", ""))
		}
		return []operand{o}
	})
	if a.term.field == "" {
		a.fail("fieldref needs a field before it", "")
	}
}

// finish checks what only the whole of the modifiers tells.
func (a *application) finish() {
	t, out := a.term, &a.out
	if out.cased && out.op != Like && out.op != SameAs {
		a.fail("cased is for text", "Leave it out; regular expressions are cased unless they have i.")
	}
	if out.all && !(t.list && len(t.values) > 1) {
		a.fail("the modifier all needs a list of several values", "Leave all out, or give several values.")
	}
	if out.all && out.negated {
		a.fail("all and neq do not go together", "Negate the search in the condition instead.")
	}
	for _, v := range t.values {
		switch {
		case v.kind != scalarNull:
		case t.field == "":
			a.problems.add(v.problem("null is no keyword", ""))
		case len(t.values) > 1:
			a.problems.add(v.problem("null cannot be in a list of values", "Make a search of its own for null, and link it with or in the condition."))
		case out.op != Like:
		default:
			out.op = Null
		}
	}
	if t.field == "" {
		a.finishKeywords()
	}
	if out.op == Like {
		a.checkWildcards()
	}
	if out.op == Regexp && len(a.problems) == 0 {
		a.compileRegexps()
	}
}

// wildcards counts those of a value.
func wildcards(o *operand) int {
	if o.literal || strings.Count(o.raw, "*")+strings.Count(o.raw, "?") <= maxWildcards {
		return 0 // or few
	}
	n := 0
	for _, p := range parsePattern(o.raw) {
		if p.Wild != Literal {
			n++
		}
	}
	return n
}

func (a *application) checkWildcards() {
	for _, operands := range a.out.alternatives {
		for _, o := range operands {
			if wildcards(&o) > maxWildcards {
				a.problems.add(o.problem(fmt.Sprintf("the value has more than %d wildcards", maxWildcards), "Write a regular expression instead."))
			}
		}
	}
}

func (a *application) finishKeywords() {
	if a.out.op != Like && a.out.op != Regexp {
		a.fail("this modifier needs a field before it", "")
	}
	if a.out.negated {
		a.fail("neq needs a field before it", "Negate the search in the condition instead.")
	}
	if slices.Contains(a.applied, "startswith") || slices.Contains(a.applied, "endswith") {
		a.fail("keywords are found anywhere: startswith and endswith need a field before them", "")
	}
	if a.out.op == Like {
		a.each(func(o operand) []operand {
			o.open, o.close = true, true
			return []operand{o}
		})
	}
}
