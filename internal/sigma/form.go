package sigma

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"aoc"
)

// Comparison is what a form offers to compare a field by.
type Comparison string

// The comparisons of forms.
const (
	Is          Comparison = "is"
	Contains    Comparison = "contains"
	StartsWith  Comparison = "starts_with"
	EndsWith    Comparison = "ends_with"
	IsLike      Comparison = "like"       // values are in Sigma's notation: * ? and \ before them
	Matches     Comparison = "matches"    // regular expressions
	IsInNetwork Comparison = "in_network" // networks
	IsThere     Comparison = "exists"     // no values
	IsNull      Comparison = "null"       // no values
	IsLess      Comparison = "lt"
	IsAtMost    Comparison = "lte"
	IsGreater   Comparison = "gt"
	IsAtLeast   Comparison = "gte"
)

// Condition is one line of a form.
type Condition struct {
	// Or links the condition to the one before it by or; else by and, which binds tighter.
	Or bool
	// Not negates it.
	Not bool
	// Field is the name; empty for any text of the record, with Contains and Matches alone.
	Field      string
	Comparison Comparison
	// Values are compared as they are, but for IsLike and Matches. Any of them has to match.
	Values []string
	// All says that all of them have to match.
	All bool
}

// Head is what a rule made of conditions says about itself. Title and LogSource have to be
// there.
type Head struct {
	Title, ID, Name, Status, Description, Author, Level string
	Tags, FalsePositives                                []string
	LogSource                                           LogSource
}

// comparisonModifiers are the modifiers of each comparison.
var comparisonModifiers = map[Comparison]string{
	Is: "", IsLike: "", IsNull: "", Contains: "contains", StartsWith: "startswith", EndsWith: "endswith", Matches: "re",
	IsInNetwork: "cidr", IsThere: "exists", IsLess: "lt", IsAtMost: "lte", IsGreater: "gt", IsAtLeast: "gte",
}

// FromConditions makes a detection rule of what a form has, with its text in Source. It fails
// with code invalid and a message that names the condition.
func FromConditions(head Head, conditions []Condition) (*Rule, error) {
	const op = "sigma.fromconditions"
	if len(conditions) == 0 {
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "the rule has no conditions")
	}
	detection := mapping()
	var problems Problems
	var text strings.Builder
	for i, c := range conditions {
		t, err := c.term()
		if err != nil {
			problems.add(Problem{Key: fmt.Sprintf("conditions.%d", i+1), Message: err.Error()})
			continue
		}
		name := "condition" + strconv.Itoa(i+1)
		put(detection, name, t.node())
		if i > 0 {
			text.WriteString(map[bool]string{true: " or ", false: " and "}[c.Or])
		}
		if c.Not {
			text.WriteString("not ")
		}
		text.WriteString(name)
	}
	if err := problems.err(op); err != nil {
		return nil, err
	}
	put(detection, "condition", textNode(text.String()))
	document, err := head.node(detection)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(4)
	if err := encoder.Encode(document); err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "the rule cannot be written as YAML")
	}
	rules, err := Parse(b.Bytes())
	if err != nil {
		return nil, err
	}
	return rules[0], nil
}

// node gives the rule as YAML.
func (h *Head) node(detection *yaml.Node) (*yaml.Node, error) {
	document := mapping()
	text := func(into *yaml.Node, key, value string) {
		if value != "" {
			put(into, key, textNode(value))
		}
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			put(document, key, listNode(values))
		}
	}
	for _, s := range slices.Concat(h.Tags, h.FalsePositives, []string{
		h.Title, h.ID, h.Name, h.Status, h.Description, h.Author, h.Level,
		h.LogSource.Category, h.LogSource.Product, h.LogSource.Service, h.LogSource.Definition,
	}) {
		if !utf8.ValidString(s) {
			return nil, aoc.Errorf(aoc.CodeInvalid, "sigma.fromconditions", "%q is no UTF-8 text", s)
		}
	}
	text(document, "title", h.Title)
	text(document, "id", h.ID)
	text(document, "name", h.Name)
	text(document, "status", h.Status)
	text(document, "description", h.Description)
	text(document, "author", h.Author)
	list("tags", h.Tags)
	source := mapping()
	text(source, "category", h.LogSource.Category)
	text(source, "product", h.LogSource.Product)
	text(source, "service", h.LogSource.Service)
	text(source, "definition", h.LogSource.Definition)
	put(document, "logsource", source)
	put(document, "detection", detection)
	list("falsepositives", h.FalsePositives)
	text(document, "level", h.Level)
	return document, nil
}

// term makes the term of a condition. The error is a sentence.
func (c *Condition) term() (*term, error) {
	modifier, ok := comparisonModifiers[c.Comparison]
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no comparison %q", c.Comparison)
	case strings.ContainsRune(c.Field, '|') || !utf8.ValidString(c.Field):
		return nil, fmt.Errorf("%q cannot be the name of a field", c.Field)
	case c.Field == "" && c.Comparison != Contains && c.Comparison != Matches:
		return nil, fmt.Errorf("the condition names no field")
	}
	t := &term{place: place{key: c.Field}, field: c.Field, list: len(c.Values) > 1}
	if modifier != "" && (c.Field != "" || modifier != "contains") {
		t.modifiers = append(t.modifiers, modifier)
	}
	if c.All && len(c.Values) > 1 {
		t.modifiers = append(t.modifiers, "all")
	}
	switch c.Comparison {
	case IsThere, IsNull:
		if len(c.Values) > 0 {
			return nil, fmt.Errorf("the comparison %s takes no values", c.Comparison)
		}
		t.values = []scalar{{kind: scalarBool, text: "true"}}
		if c.Comparison == IsNull {
			t.values = []scalar{{kind: scalarNull, text: "null"}}
		}
		return t, nil
	}
	if len(c.Values) == 0 {
		return nil, fmt.Errorf("the condition has no value")
	}
	for _, v := range c.Values {
		s, err := c.scalar(v)
		if err != nil {
			return nil, err
		}
		t.values = append(t.values, s)
	}
	return t, nil
}

// scalar makes a value of the rule.
func (c *Condition) scalar(value string) (scalar, error) {
	if !utf8.ValidString(value) {
		return scalar{}, fmt.Errorf("%q is no UTF-8 text", value)
	}
	switch c.Comparison {
	case IsLess, IsAtMost, IsGreater, IsAtLeast:
		n, ok := parseNumber(value)
		if !ok {
			return scalar{}, fmt.Errorf("%q is no number", value)
		}
		short := shortNumber(value)
		return scalar{kind: scalarNumber, text: short, plain: short, number: n}, nil
	case Is, Contains, StartsWith, EndsWith:
		return scalar{text: Escape(value)}, nil
	}
	return scalar{text: value}, nil
}

// node gives a term as YAML: a map of one field, or a list of keywords.
func (t *term) node() *yaml.Node {
	values := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, v := range t.values {
		values.Content = append(values.Content, v.node())
	}
	if t.field == "" && len(t.modifiers) == 0 {
		return values
	}
	if !t.list {
		values = values.Content[0]
	}
	n := mapping()
	put(n, strings.Join(append([]string{t.field}, t.modifiers...), "|"), values)
	return n
}

func (s *scalar) node() *yaml.Node {
	switch s.kind {
	case scalarNumber:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: s.text}
	case scalarBool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: s.text}
	case scalarNull:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return textNode(s.text)
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

// put appends an entry to a map.
func put(m *yaml.Node, key string, value *yaml.Node) {
	k := textNode(key)
	if plainKey(key) {
		k.Style = 0
	}
	m.Content = append(m.Content, k, value)
}

// plainKey reports whether a key needs no quotation marks.
func plainKey(key string) bool {
	for i, c := range key {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '.' || c == '|'):
		default:
			return false
		}
	}
	switch strings.ToLower(key) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

// textNode gives a text in single quotes, as Sigma advises, or in double quotes when it has
// characters that are only safe there.
func textNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.SingleQuotedStyle}
	for _, c := range text {
		if !unicode.IsGraphic(c) || unicode.Is(unicode.Zl, c) || unicode.Is(unicode.Zp, c) || c == '\uFEFF' {
			n.Style = yaml.DoubleQuotedStyle
			break
		}
	}
	return n
}

func listNode(texts []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, t := range texts {
		n.Content = append(n.Content, textNode(t))
	}
	return n
}

// where compiles conditions of the caller, linked as they say.
func (c *compiler) where(conditions []Condition) []Expr {
	var either, all []Expr
	for i := range conditions {
		cond := &conditions[i]
		t, err := cond.term()
		if err != nil {
			c.shared.problems.add(Problem{Key: "where." + cond.Field, Message: err.Error()})
			continue
		}
		if cond.Or && len(all) > 0 {
			either = append(either, and(all))
			all = nil
		}
		e := c.term(t)
		if cond.Not {
			e = Not{e}
		}
		all = append(all, e)
	}
	if len(all) == 0 {
		return nil
	}
	return []Expr{or(append(either, and(all)))}
}
