package question

import (
	"regexp"
	"strconv"
	"strings"

	"aoc"
)

// placed is a name and where it stands.
type placed struct {
	Name
	i, j int
	// joined says that only "and", "or" or a comma stands between it and the name before.
	joined bool
}

var cmdletPattern = regexp.MustCompile(`^(?i:get|set|new|add|remove|enable|disable|start|stop|search|update|export|import|test|release|invoke)-[A-Z][A-Za-z]+$`)

// literals reads what has a form of its own: addresses, quoted texts, ids, commands.
func (r *reader) literals() {
	for i := range r.toks {
		t := &r.toks[i]
		switch t.form {
		case address:
			t.used = true
			x := ipCondition(t.low)
			if r.negated(i) {
				x = aoc.Not{Of: x}
			}
			r.addAddress(i, x)
		case mail, guid:
			t.used = true
			r.names = append(r.names, placed{Name: Name{Texts: []string{t.text}, Sure: true}, i: i, j: i + 1})
		case quoted:
			t.used = true
			if strings.TrimSpace(t.text) != "" {
				r.names = append(r.names, placed{Name: Name{Texts: []string{strings.TrimSpace(t.text)}, Sure: true, Quoted: true}, i: i, j: i + 1})
			}
		case word:
			switch {
			case cmdletPattern.MatchString(t.text) && !known(t.lemmas):
				t.used = true
				x := aoc.Expr(aoc.Is{Field: aoc.FieldOperation, Values: []string{t.text}})
				if r.negated(i) {
					x = aoc.Not{Of: x}
				}
				r.where = append(r.where, x)
				r.note(i, i+1, "the operation "+t.text, x)
				r.out.Topics = append(r.out.Topics, t.text)
			case t.said("tag", "tagged", "tags", "label:") && !r.says(i-1, "compliance", "retention", "sensitivity", "security") && i+1 < len(r.toks):
				r.tagged(i)
			}
		}
	}
}

// addAddress adds the condition of an address; several of them add up.
func (r *reader) addAddress(i int, x aoc.Expr) {
	says := "the address " + r.toks[i].text
	if _, not := x.(aoc.Not); not {
		says = "not " + says
	}
	r.note(i, i+1, says, x)
	r.out.Limits = append(r.out.Limits, says)
	if n := len(r.where); n > 0 && i > 1 && r.says(i-1, "or", "and", ",") && r.toks[i-2].form == address {
		if or, ok := r.where[n-1].(aoc.Or); ok {
			r.where[n-1] = append(or, x)
		} else {
			r.where[n-1] = aoc.Or{r.where[n-1], x}
		}
		return
	}
	r.where = append(r.where, x)
}

// ipCondition is the condition of an address, a pattern (10.1.*) or a network of whole bytes.
func ipCondition(text string) aoc.Expr {
	if head, ok := strings.CutSuffix(text, "*"); ok {
		return aoc.Like{Field: aoc.FieldIP, Parts: []string{head, ""}}
	}
	ip, bits, ok := strings.Cut(text, "/")
	if n, err := strconv.Atoi(bits); ok && err == nil && n%8 == 0 && n > 0 && n < 32 {
		return aoc.Like{Field: aoc.FieldIP, Parts: []string{strings.Join(strings.Split(ip, ".")[:n/8], ".") + ".", ""}}
	}
	return aoc.Is{Field: aoc.FieldIP, Values: []string{ip}}
}

// tagged reads "tagged X", "with the tag X".
func (r *reader) tagged(i int) {
	k := i + 1
	for r.says(k, "as", "with", "the", "a", "tag", "called", "named", ":") {
		k++
	}
	if k >= len(r.toks) || (r.toks[k].form != word && r.toks[k].form != quoted) || r.says(k, "events", "by", "in", "on", "and") {
		return
	}
	x := aoc.Expr(aoc.Is{Field: aoc.FieldTag, Values: []string{r.toks[k].text}})
	if r.negated(i) {
		x = aoc.Not{Of: x}
	}
	r.where = append(r.where, x)
	r.use(i, k+1)
	r.note(i, k+1, "tagged "+r.toks[k].text, x)
	r.toks[k].form = punct // not a name as well
}

// The words that may stand between a negation and what it negates.
var beforeNegated = []string{"by", "from", "the", "a", "an", "for", "with", "of", "those", "any", "were", "was", "be", "done", "made", "who", "that", "which", "are", "is", "to", "in", "on", "ones", "user", "events", "from", "our", "all"} //nolint:gochecknoglobals // read-only

// negated reports whether a negation stands before token i.
func (r *reader) negated(i int) bool {
	for k := i - 1; k >= 0 && k >= i-5; k-- {
		switch {
		case r.says(k, "except", "excluding", "exclude", "excludes", "without", "not", "besides", "ignoring", "ignore", "minus", "unless", "wasn't", "weren't", "isn't", "aren't", "excepting", "nor", "leaving"):
			return true
		case r.says(k, "outside") && !r.toks[k].used && (r.says(k+1, "of") || k == i-1):
			return true
		case r.says(k, "than"):
			return r.says(k-1, "other", "rather")
		case r.says(k, "from") && r.says(k-1, "apart", "aside"):
			return true
		case !r.says(k, beforeNegated...):
			return false
		}
	}
	return false
}
