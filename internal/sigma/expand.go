package sigma

import (
	"fmt"
	"regexp"
	"strings"
)

// expand puts the values of placeholders in their places. A value is in Sigma's notation,
// so it may have wildcards; in a regular expression these become what they stand for.
func (a *application) expand() {
	a.eachText("expand", func(o operand) []operand {
		made := []string{""}
		for _, part := range placeholderParts(o.raw) {
			if !part.placeholder {
				made = appendEach(made, part.text)
				continue
			}
			values := a.valuesOf(o, part.text)
			if len(made)*len(values) > maxPermutations {
				a.tooMany(o)
				return []operand{o}
			}
			made = appendEach(made, values...)
		}
		operands := make([]operand, len(made))
		for i, raw := range made {
			operands[i] = o
			operands[i].raw = raw
		}
		return operands
	})
}

// valuesOf gives what a placeholder stands for. Without a function that knows them, at
// reading time, any text does.
func (a *application) valuesOf(o operand, name string) []string {
	if a.placeholders == nil {
		return []string{"placeholder"}
	}
	values, ok := a.placeholders(name)
	if !ok || len(values) == 0 {
		p := o.problem(fmt.Sprintf("the placeholder %%%s%% has no values", name), "Set the values of "+name+" where placeholders are kept.")
		p.Placeholder = name
		a.problems.add(p)
		return []string{""}
	}
	if a.form == formRegexp {
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = patternAsRegexp(parsePattern(v))
		}
		return quoted
	}
	return values
}

// placeholderPart is a part of a text with placeholders.
type placeholderPart struct {
	text        string // of a placeholder, its name
	placeholder bool
}

// placeholderParts cuts a text at its %placeholders%. \% is a percent sign; so is one that
// begins no placeholder.
func placeholderParts(raw string) []placeholderPart {
	var parts []placeholderPart
	var text strings.Builder
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '\\' && i+1 < len(raw) && raw[i+1] == '%':
			i++
			text.WriteByte('%')
		case raw[i] == '\\' && i+1 < len(raw) && raw[i+1] == '\\':
			text.WriteString(`\\`)
			i++
		case raw[i] == '%':
			end := strings.IndexByte(raw[i+1:], '%')
			if end < 1 || strings.ContainsAny(raw[i+1:i+1+end], " \t\\*?") {
				text.WriteByte('%')
				continue
			}
			parts = append(parts, placeholderPart{text: text.String()}, placeholderPart{text: raw[i+1 : i+1+end], placeholder: true})
			text.Reset()
			i += end + 1
		default:
			text.WriteByte(raw[i])
		}
	}
	return append(parts, placeholderPart{text: text.String()})
}

// Placeholders gives the names of the placeholders that a rule needs values for, each once.
func (r *Rule) Placeholders() []string {
	var names []string
	seen := map[string]bool{}
	for _, t := range r.terms() {
		for _, m := range t.modifiers {
			if m != "expand" {
				continue
			}
			for _, v := range t.values {
				for _, part := range placeholderParts(v.text) {
					if part.placeholder && !seen[part.text] {
						seen[part.text] = true
						names = append(names, part.text)
					}
				}
			}
		}
	}
	return names
}

// patternAsRegexp writes a pattern as a regular expression.
func patternAsRegexp(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch p.Wild {
		case Any:
			b.WriteString(`.*`)
		case One:
			b.WriteString(`.`)
		case Literal:
			b.WriteString(regexp.QuoteMeta(p.Text))
		}
	}
	return b.String()
}
