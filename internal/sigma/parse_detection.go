package sigma

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// element is the body of a search, or a part of it: [allOf], [anyOf] or *[term].
type element interface{ isElement() }

type (
	allOf []element // a map
	anyOf []element // a list
)

func (allOf) isElement() {}
func (anyOf) isElement() {}
func (*term) isElement() {}

// terms gives all terms of a detection rule or filter.
func (r *Rule) terms() []*term {
	d := r.Detection
	if r.Filter != nil {
		d = &r.Filter.Detection
	}
	if d == nil {
		return nil
	}
	var terms []*term
	for _, s := range d.Searches {
		terms = appendTerms(terms, s.body)
	}
	return terms
}

func appendTerms(terms []*term, e element) []*term {
	switch e := e.(type) {
	case allOf:
		for _, of := range e {
			terms = appendTerms(terms, of)
		}
	case anyOf:
		for _, of := range e {
			terms = appendTerms(terms, of)
		}
	case *term:
		terms = append(terms, e)
	}
	return terms
}

// FieldNames gives the names of the fields that a detection rule or filter compares, each
// once, in the order of the rule; those that fieldref names with them.
func (r *Rule) FieldNames() []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, t := range r.terms() {
		add(t.field)
		for _, m := range t.modifiers {
			if m != "fieldref" {
				continue
			}
			for _, v := range t.values {
				add(v.text)
			}
		}
	}
	return names
}

// detection reads searches and their condition.
func (r *reader) detection(n *yaml.Node, key string) *Detection {
	entries := r.pairs(n, key)
	d := &Detection{}
	var cond *pair
	for i, p := range entries {
		switch {
		case p.key == "condition":
			cond = &entries[i]
		case p.key == "timeframe":
			r.fail(p.at, join(key, p.key), "timeframe belongs to the aggregations that Sigma no longer has", "Write a correlation rule with a timespan.")
		default:
			d.Searches = append(d.Searches, r.search(p, key))
		}
	}
	switch {
	case len(entries) == 0:
		if resolve(n).Kind == yaml.MappingNode {
			r.fail(n, key, "the detection is empty", "")
		}
	case cond == nil:
		r.fail(n, join(key, "condition"), "the detection has no condition", "Write which searches have to match, such as: condition: selection")
	case len(d.Searches) == 0:
		r.fail(n, key, "the detection has no search", "")
	default:
		r.conditions(d, *cond, key)
	}
	r.checkModifiers(d)
	return d
}

// search reads a search identifier.
func (r *reader) search(p pair, key string) Search {
	key = join(key, p.key)
	s := Search{Name: p.key, place: r.place(p.at, key)}
	if strings.ContainsAny(p.key, " \t\n()|*") || p.key == "" {
		r.fail(p.at, key, fmt.Sprintf("%q cannot be named in a condition", p.key), "Use letters, digits, underscores and hyphens.")
	}
	s.body = r.element(p.value, key)
	return s
}

// element reads a map, a list, or a keyword.
func (r *reader) element(n *yaml.Node, key string) element {
	n = resolve(n)
	switch n.Kind {
	case yaml.MappingNode:
		return r.mapElement(n, key)
	case yaml.SequenceNode:
		return r.listElement(n, key)
	}
	if n.ShortTag() == "!!null" {
		r.fail(n, key, "the search is empty", "Give it a map of fields, or a list of keywords.")
		return anyOf{}
	}
	r.warn(n, key, "a list or a map is expected here; the one value is taken as a keyword")
	return &term{place: r.place(n, key), values: []scalar{r.readScalar(n, key)}}
}

// mapElement reads fields that must all match.
func (r *reader) mapElement(n *yaml.Node, key string) element {
	var all allOf
	for _, p := range r.pairs(n, key) {
		all = append(all, r.term(p, key))
	}
	if len(n.Content) == 0 {
		r.fail(n, key, "the map is empty", "Name a field and its value.")
	}
	return all
}

// listElement reads a list of which any entry has to match: maps, keywords and lists.
func (r *reader) listElement(n *yaml.Node, key string) element {
	var either anyOf
	keywords := &term{place: r.place(n, key), list: true}
	for _, item := range n.Content {
		if resolve(item).Kind == yaml.ScalarNode {
			keywords.values = append(keywords.values, r.readScalar(item, key))
			continue
		}
		either = append(either, r.element(item, key))
	}
	if len(keywords.values) > 0 {
		either = append(either, keywords)
	}
	if len(n.Content) == 0 {
		r.fail(n, key, "the list is empty", "Write what is looked for.")
	}
	for _, v := range keywords.values {
		if v.kind == scalarNull {
			r.problems.add(v.problem("null is no keyword", "Take the empty entry out of the list."))
		}
	}
	return either
}

// term reads a field with its modifiers and values.
func (r *reader) term(p pair, key string) *term {
	key = join(key, p.key)
	parts := strings.Split(p.key, "|")
	t := &term{place: r.place(p.at, key), field: parts[0], modifiers: parts[1:]}
	if t.field == "" && len(t.modifiers) == 0 {
		r.fail(p.at, key, "the name of the field is empty", "")
	}
	n := resolve(p.value)
	switch n.Kind {
	case yaml.ScalarNode:
		t.values = []scalar{r.readScalar(p.value, key)}
	case yaml.SequenceNode:
		t.list = true
		for _, item := range n.Content {
			if resolve(item).Kind != yaml.ScalarNode {
				r.fail(item, key, "a list of values has no "+strings.TrimPrefix(kindName(resolve(item)), "a ")+" in it", "Write the values alone.")
				continue
			}
			t.values = append(t.values, r.readScalar(item, key))
		}
		if len(n.Content) == 0 {
			r.fail(n, key, "the list of values is empty", "Write a value, or leave the field out.")
		}
	default:
		r.fail(n, key, "a value or a list of values is expected here, not "+kindName(n), "")
	}
	return t
}

// conditions reads the condition, or the list of them.
func (r *reader) conditions(d *Detection, p pair, key string) {
	key = join(key, p.key)
	names := make([]string, len(d.Searches))
	for i, s := range d.Searches {
		names[i] = s.Name
	}
	nodes := []*yaml.Node{p.value}
	if n := resolve(p.value); n.Kind == yaml.SequenceNode {
		nodes = n.Content
		if len(nodes) == 0 {
			r.fail(n, key, "the list of conditions is empty", "")
		}
	}
	used := map[string]bool{}
	failed := false
	for _, n := range nodes {
		text, ok := r.text(n, key)
		if !ok {
			failed = true
			continue
		}
		c, err := parseCondition(text, names, used)
		if err != nil {
			failed = true
			hint := ""
			if e, ok := err.(*conditionError); ok { //nolint:errorlint // made above, never wrapped
				hint = e.hint
			}
			r.fail(n, key, err.Error(), hint)
			continue
		}
		d.Conditions = append(d.Conditions, text)
		d.conditions = append(d.conditions, c)
	}
	for _, s := range d.Searches {
		if !failed && !used[s.Name] {
			r.warnings.add(s.problem("the condition does not name this search", ""))
		}
	}
}

// checkModifiers applies the modifiers of all terms, so that what is wrong with them is told
// when the rule is read.
func (r *reader) checkModifiers(d *Detection) {
	shared := &applying{}
	for _, s := range d.Searches {
		for _, t := range appendTerms(nil, s.body) {
			t.apply(shared)
			r.advise(t)
		}
	}
	for _, p := range shared.problems {
		r.problems.add(p)
	}
}

// advise warns of what works and is not advised.
func (r *reader) advise(t *term) {
	for _, v := range t.values {
		for _, m := range t.modifiers {
			switch {
			case m == "expand" && !strings.Contains(v.text, "%"):
				r.warnings.add(v.problem("expand finds no placeholder in this value", ""))
			case m == "re" && unsupportedRegexp(v.text):
				r.warnings.add(v.problem("Sigma's regular expressions have . ^ $ * + ? {n,m} [] | () only; other engines may not know the rest", ""))
			case m == "week" && v.number == 53:
				r.warnings.add(v.problem("the specification has weeks 1 to 52; 53 is that of ISO 8601", ""))
			}
		}
	}
}

// unsupportedRegexp reports whether a regular expression has more than Sigma's flavour: a
// backslash before a letter or digit, or a group with a question mark.
func unsupportedRegexp(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		next := text[i+1]
		if text[i] == '\\' {
			if next|0x20 >= 'a' && next|0x20 <= 'z' || '0' <= next && next <= '9' {
				return true
			}
			i++
		} else if text[i] == '(' && next == '?' {
			return true
		}
	}
	return false
}

// filter reads a global filter.
func (r *reader) filter(p pair) *Filter {
	n := resolve(p.value)
	f := &Filter{}
	rest := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	for _, q := range r.pairs(n, p.key) {
		if q.key == "rules" {
			f.Rules = r.references(q, p.key)
			continue
		}
		rest.Content = append(rest.Content, q.at, q.value)
	}
	if n.Kind != yaml.MappingNode {
		return f
	}
	if len(f.Rules) == 0 {
		r.fail(n, join(p.key, "rules"), "the filter names no rules", "List the ids or names of the rules it is for.")
	}
	f.Detection = *r.detection(rest, p.key)
	if len(f.Detection.Conditions) > 1 {
		r.fail(n, join(p.key, "condition"), "a filter has one condition", "")
	}
	if len(f.Detection.conditions) == 1 {
		f.Remains = onlyNegates(f.Detection.conditions[0])
		if f.Remains {
			r.warn(n, join(p.key, "condition"), "the condition is made of negations, and so is read as what remains; write what is suppressed, without not")
		}
	}
	return f
}

// references reads ids and names of rules.
func (r *reader) references(p pair, key string) []string {
	key = join(key, p.key)
	refs := r.texts(p.value, key)
	seen := map[string]bool{}
	for _, ref := range refs {
		if seen[ref] {
			r.fail(p.value, key, fmt.Sprintf("the rule %q is named twice", ref), "Name it once.")
		}
		seen[ref] = true
		if len(ref) < 2 {
			r.fail(p.value, key, fmt.Sprintf("%q is no id or name of a rule", ref), "")
		}
	}
	return refs
}
