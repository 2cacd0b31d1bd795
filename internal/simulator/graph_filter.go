package simulator

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"
)

// condition is one comparison of a $filter. Conditions are joined by "and"; nothing
// else is understood, as by the services.
type condition struct {
	path  string // as written, "initiatedBy/user/id"
	op    string // eq, ge, gt, le, lt, startswith
	value string
	at    time.Time // the value, if it is a time
	isAt  bool
	any   bool   // the path is a collection, and inner a path in its elements
	inner string // of any
}

// filterable says which paths a list can be filtered by, and how. A collection's path is
// "targetResources/any/id".
type filterable map[string][]string

// filterProblem is an error in Graph's own words.
type filterProblem string

func (p filterProblem) Error() string { return string(p) }

// parseFilter reads a $filter. The error is what Graph's message says after its prefix.
func parseFilter(text string, allowed filterable) ([]condition, error) {
	p := &filterParser{text: text}
	var all []condition
	for {
		c, err := p.condition()
		if err != nil {
			return nil, err
		}
		if err := c.check(allowed); err != nil {
			return nil, err
		}
		all = append(all, c)
		if p.done() {
			return all, nil
		}
		if p.text[p.at-1] != ' ' || p.word() != "and" || !p.gap() {
			return nil, p.fail()
		}
	}
}

func (c condition) check(allowed filterable) error {
	key := c.path
	if c.any {
		key += "/any/" + c.inner
	}
	ops, ok := allowed[key]
	if !ok {
		return filterProblem(fmt.Sprintf("Could not find a property named '%s' or it cannot be filtered by.", key))
	}
	for _, op := range ops {
		if op == c.op {
			if needsTime := strings.HasSuffix(c.path, "DateTime"); needsTime != c.isAt {
				return filterProblem(fmt.Sprintf("A binary operator with incompatible types was detected for '%s'.", c.path))
			}
			return nil
		}
	}
	return filterProblem(fmt.Sprintf("Operator '%s' is not supported for property '%s'.", c.op, key))
}

// matches tests what needs the record; times are compared before.
func (c condition) matches(raw []byte) bool {
	if c.isAt {
		return true
	}
	path := strings.ReplaceAll(c.path, "/", ".")
	if !c.any {
		return c.compare(gjson.GetBytes(raw, path))
	}
	for _, element := range gjson.GetBytes(raw, path).Array() {
		if c.compare(element.Get(strings.ReplaceAll(c.inner, "/", "."))) {
			return true
		}
	}
	return false
}

func (c condition) compare(v gjson.Result) bool {
	text := v.String()
	if c.op == "startswith" {
		return len(text) >= len(c.value) && strings.EqualFold(text[:len(c.value)], c.value)
	}
	return v.Exists() && strings.EqualFold(text, c.value)
}

// matchesTime tests a condition on the event's time.
func (c condition) matchesTime(at int64) bool {
	if !c.isAt {
		return true
	}
	order := time.Unix(0, at).Compare(c.at) // not in nanoseconds: year 9999 is a common end
	switch c.op {
	case "eq":
		return order == 0
	case "ge":
		return order >= 0
	case "gt":
		return order > 0
	case "le":
		return order <= 0
	case "lt":
		return order < 0
	}
	return false
}

// filterParser reads the text of a $filter from left to right.
type filterParser struct {
	text string
	at   int
}

func (p *filterParser) fail() error {
	return filterProblem(fmt.Sprintf("Syntax error at position %d in '%s'.", p.at, p.text))
}

func (p *filterParser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// gap reports whether a space comes next.
func (p *filterParser) gap() bool { return p.at < len(p.text) && p.text[p.at] == ' ' }

func (p *filterParser) done() bool { p.space(); return p.at == len(p.text) }

// take moves over a character if it comes next.
func (p *filterParser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// word reads a name, a path or an operator.
func (p *filterParser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) {
		c := rune(p.text[p.at])
		if c > unicode.MaxASCII || (!unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '/' && c != '_' && c != '@' && c != '.') {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

func (p *filterParser) condition() (condition, error) {
	name := p.word()
	switch {
	case name == "":
		return condition{}, p.fail()
	case strings.EqualFold(name, "startswith"):
		return p.startsWith("")
	}
	if path, ok := strings.CutSuffix(name, "/any"); ok {
		return p.lambda(path)
	}
	return p.comparison(name)
}

// comparison reads "<path> op value" from after the path.
func (p *filterParser) comparison(path string) (condition, error) {
	c := condition{path: path, op: p.word()}
	switch c.op {
	case "eq", "ge", "gt", "le", "lt", "ne":
	default:
		return c, p.fail()
	}
	if !p.gap() {
		return c, p.fail()
	}
	err := p.value(&c)
	return c, err
}

// lambda reads "(x:x/path eq value)" or "(x:startswith(x/path,value))".
func (p *filterParser) lambda(path string) (condition, error) {
	if !p.take('(') {
		return condition{}, p.fail()
	}
	variable := p.word()
	if variable == "" || !p.take(':') {
		return condition{}, p.fail()
	}
	var c condition
	var err error
	name := p.word()
	if strings.EqualFold(name, "startswith") {
		c, err = p.startsWith(variable)
	} else {
		inner, ok := strings.CutPrefix(name, variable+"/")
		if !ok {
			return c, p.fail()
		}
		c, err = p.comparison(inner)
	}
	if err != nil {
		return c, err
	}
	if !p.take(')') {
		return c, p.fail()
	}
	c.any, c.inner, c.path = true, c.path, path
	return c, nil
}

// startsWith reads "(path,value)".
func (p *filterParser) startsWith(variable string) (condition, error) {
	if !p.take('(') {
		return condition{}, p.fail()
	}
	c := condition{path: p.word(), op: "startswith"}
	if variable != "" {
		inner, ok := strings.CutPrefix(c.path, variable+"/")
		if !ok {
			return c, p.fail()
		}
		c.path = inner
	}
	if c.path == "" || !p.take(',') {
		return c, p.fail()
	}
	if err := p.value(&c); err != nil {
		return c, err
	}
	if !p.take(')') {
		return c, p.fail()
	}
	return c, nil
}

// value reads a quoted string, in which a quote is doubled, or a bare time or number.
func (p *filterParser) value(c *condition) error {
	if p.take('\'') {
		var b strings.Builder
		for p.at < len(p.text) {
			ch := p.text[p.at]
			p.at++
			if ch != '\'' {
				b.WriteByte(ch)
				continue
			}
			if p.at < len(p.text) && p.text[p.at] == '\'' {
				b.WriteByte('\'')
				p.at++
				continue
			}
			c.value = b.String()
			return nil
		}
		return p.fail()
	}
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != ' ' && p.text[p.at] != ')' {
		p.at++
	}
	c.value = p.text[start:p.at]
	if c.value == "" {
		return p.fail()
	}
	if at, err := time.Parse(time.RFC3339Nano, c.value); err == nil {
		c.at, c.isAt = at, true
		return nil
	}
	switch c.value {
	case "true", "false", "null":
		return nil
	}
	for _, ch := range c.value {
		if !unicode.IsDigit(ch) && ch != '-' && ch != '.' {
			p.at = start
			return p.fail()
		}
	}
	return nil
}
