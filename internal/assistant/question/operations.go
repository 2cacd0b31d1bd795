package question

import (
	"slices"
	"strings"
	"unicode"

	"aoc"
)

// Known is what can be asked of whoever has the events. Each part may be nil.
type Known struct {
	// IsName tells whether a text is a name. It is asked only about words in capitals that
	// mean something else one by one, Device Registration Service, and about what follows
	// a name.
	IsName func(text string) bool
	// Operations gives the names of the operations there are. It is asked for only when the
	// tables do not say what a question is about.
	Operations func() []string
}

// inOperations are words of the names of operations that say nothing about what is done.
const inOperations = "a an and by completed detected for from full in info into management of on or risk the to action set"

// operations reads the words of the name of an operation, in any order and form, where the
// tables leave some of them unread or tell no topic at all: "dataset refreshes", "which lists
// were updated".
func (r *reader) operations() {
	if r.operationsOf == nil {
		return
	}
	if r.verbatim() {
		return
	}
	objects, topic := 0, false
	for _, m := range r.found {
		objects += boolInt(m.kind == isObject)
		topic = topic || m.kind == isObject || m.kind == isExtra || m.kind == isRole || m.kind == isReview || m.kind == isChanges
	}
	fresh := slices.ContainsFunc(r.toks, func(t token) bool { return t.form == word && !t.used && !isGrammar(t.low) && !t.caps })
	nouns := slices.ContainsFunc(r.toks, func(t token) bool { return t.form == word && !t.used && t.is(nounsOfGrammar...) })
	if !fresh && (topic || !nouns) && objects < 2 {
		return
	}
	type hit struct {
		operation string
		at        []int
		fresh     bool
	}
	var best []hit
	for _, name := range r.operationsOf() {
		h := hit{operation: name}
		missed, all := 0, operationWords(name)
		for _, w := range all {
			at := r.tokenOf(w)
			if at < 0 {
				missed++
				continue
			}
			t := &r.toks[at]
			h.fresh = h.fresh || !t.used && (!isGrammar(t.low) || t.is(nounsOfGrammar...))
			if !slices.Contains(h.at, at) {
				h.at = append(h.at, at)
			}
		}
		if missed > 1 || missed == 1 && len(h.at) < 3 || len(h.at) < 2 || !h.fresh && !(len(h.at) > 2 && r.covers(h.at)) {
			continue
		}
		if len(best) > 0 && len(h.at) > len(best[0].at) {
			best = nil
		}
		if len(best) == 0 || len(h.at) == len(best[0].at) {
			best = append(best, h)
		}
	}
	if len(best) == 0 {
		return
	}
	if at := best[0].at; slices.ContainsFunc(at, func(k int) bool { return r.negated(k) != r.negated(at[0]) }) {
		return // "password resets, not self-service": a part of it is left out
	}
	x := aoc.Is{Field: aoc.FieldOperation}
	covered := map[int]bool{}
	for _, h := range best {
		x.Values = append(x.Values, h.operation)
		for _, at := range h.at {
			covered[at] = true
			r.toks[at].used = true
		}
	}
	r.found = slices.DeleteFunc(r.found, func(m match) bool {
		over := false
		for k := m.i; k < m.j; k++ {
			over = over || covered[k]
		}
		return over && (m.kind == isObject || m.kind == isAction)
	})
	at := slices.Min(best[0].at)
	r.found = append(r.found, match{kind: isOperation, expr: x, says: strings.Join(x.Values, " or "), i: at, j: at + 1, not: r.negated(at)})
}

// covers reports whether every particular object that was read lies within some tokens, two at least.
func (r *reader) covers(at []int) bool {
	n := 0
	for _, m := range r.found {
		if m.kind != isObject || m.object.generic {
			continue
		}
		for k := m.i; k < m.j; k++ {
			if !slices.Contains(at, k) && !isGrammar(r.toks[k].low) {
				return false
			}
		}
		n++
	}
	return n > 1
}

// verbatim reads the very name of an operation: as one word with capitals within, in its own
// letter case, or at the beginning of a question.
func (r *reader) verbatim() bool {
	var list []string
	ask := func() []string {
		if list == nil {
			list = r.operationsOf()
		}
		return list
	}
	for k := range r.names {
		n := &r.names[k]
		if text := n.Texts[0]; n.j == n.i+1 && !n.Quoted && strings.ToLower(text[1:]) != text[1:] && slices.Contains(ask(), text) {
			r.found = append(r.found, match{kind: isOperation, expr: aoc.Is{Field: aoc.FieldOperation, Values: []string{text}}, says: text, i: n.i, j: n.j, not: r.negated(n.i)})
			r.names = slices.Delete(r.names, k, k+1)
			return true
		}
	}
	for i := range r.toks {
		t := &r.toks[i]
		if t.form != word || i == 0 && isGrammar(t.low) && !t.is(nounsOfGrammar...) || i > 0 && !(t.caps && i+1 < len(r.toks) && !r.toks[i+1].caps) {
			continue
		}
		for n := min(6, len(r.toks)-i); n > 1; n-- {
			text := r.words(i, i+n)
			at := slices.IndexFunc(ask(), func(o string) bool {
				return o == text || i == 0 && (strings.EqualFold(o, text) || strings.EqualFold(spaced(o), text))
			})
			if at < 0 || i+n < len(r.toks) && r.nameAt(i+n) {
				continue
			}
			r.found = slices.DeleteFunc(r.found, func(m match) bool { return m.i < i+n && m.j > i })
			r.use(i, i+n)
			r.found = append(r.found, match{kind: isOperation, expr: aoc.Is{Field: aoc.FieldOperation, Values: []string{list[at]}}, says: list[at], i: i, j: i + n})
			return true
		}
	}
	return false
}

// nounsOfGrammar are words without a meaning of their own that operations are about.
var nounsOfGrammar = []string{"list", "report", "search", "location", "state", "service", "detail", "information", "user", "record", "log", "entity"} //nolint:gochecknoglobals // read-only

// tokenOf finds the token that is a word in any form, and no part of a name; -1 without one.
func (r *reader) tokenOf(w string) int {
	forms := lemmas(w)
	for i := range r.toks {
		t := &r.toks[i]
		if t.form == word && !r.nameAt(i) && slices.ContainsFunc(t.lemmas, func(l string) bool { return slices.Contains(forms, l) || sameStem(l, w) }) {
			return i
		}
	}
	return -1
}

// sameStem reports whether two words of some length differ only in their endings:
// interaction, interacted.
func sameStem(a, b string) bool {
	n := min(len(a), len(b))
	if n < 6 || len(a)-n > 4 || len(b)-n > 4 {
		return false
	}
	return a[:n-1] == b[:n-1]
}

// operationWords splits the name of an operation into the words that tell what it is.
func operationWords(name string) []string {
	_, rest, ok := strings.Cut(name, ": ")
	if ok {
		name = rest
	}
	var words []string
	for _, w := range strings.Fields(spaced(name)) {
		if !slices.Contains(strings.Fields(inOperations), w) {
			words = append(words, w)
		}
	}
	return words
}

// spaced writes a name in small letters with spaces between its words.
func spaced(name string) string {
	var b strings.Builder
	var last rune
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			c = ' '
		} else if unicode.IsUpper(c) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
		last = c
	}
	return b.String()
}
