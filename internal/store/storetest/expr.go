package storetest

import (
	"slices"
	"strings"

	"aoc"
	"aoc/internal/store"
)

// term makes a search term: a piece of what is in the events, or something that is not.
func (g *generator) term(m *model, keys []string) string {
	if len(keys) == 0 || g.rng.IntN(6) == 0 {
		return []string{"no such text", "zzzz", "%", "_", "*", `"`, "\\", "203.0.", "k", "contoso.EXAMPLE", "STRASSE", "ъ", "山田"}[g.rng.IntN(13)]
	}
	value := []rune(g.text(m, keys))
	from := g.rng.IntN(len(value))
	to := from + 1 + g.rng.IntN(min(len(value)-from, 24))
	return g.anyCase(string(value[from:to]))
}

// expr makes a predicate.
func (g *generator) expr(m *model, keys []string, depth int) aoc.Expr {
	switch n := g.rng.IntN(16); {
	case depth > 0 && n == 0:
		return aoc.Or{g.expr(m, keys, depth-1), g.expr(m, keys, depth-1)}
	case depth > 0 && n <= 2:
		return aoc.Not{Of: g.expr(m, keys, depth-1)}
	case depth > 0 && n <= 5:
		return aoc.And{g.expr(m, keys, depth-1), g.expr(m, keys, depth-1)}
	case n <= 8:
		return aoc.Text{Term: g.term(m, keys)}
	case n == 9:
		return aoc.TextLike{Parts: []string{g.term(m, keys), g.term(m, keys)}}
	case n == 10:
		return aoc.TextLike{Parts: g.parts(g.text(m, keys))}
	case n == 11:
		b := aoc.Between{Start: g.time(), End: g.time()}
		if g.rng.IntN(2) == 0 {
			b.End = b.End.AddDate(300, 0, 0)
		}
		return b
	}
	return g.fieldExpr(m, keys)
}

var someFields = append(aoc.FacetFields(), aoc.FieldTarget, aoc.FieldID, aoc.FieldChanged, aoc.FieldReview)

// fieldExpr compares a field with values that events have, or with parts of them.
func (g *generator) fieldExpr(m *model, keys []string) aoc.Expr {
	field := someFields[g.rng.IntN(len(someFields))]
	switch g.rng.IntN(10) {
	case 0:
		return aoc.Like{Field: field, Parts: []string{"", ""}}
	case 1:
		return aoc.Like{Field: field, Parts: g.parts(g.value(m, keys, field))}
	case 2:
		return aoc.Like{Field: field, Parts: [][]string{nil, {"", "a", ""}, {"e", ""}, {"", "0", "1", ""}}[g.rng.IntN(4)]}
	}
	is := aoc.Is{Field: field}
	for n := g.rng.IntN(3); len(is.Values) <= n; {
		is.Values = append(is.Values, g.anyCase(g.value(m, keys, field)))
	}
	if g.rng.IntN(20) == 0 {
		is.Values = append(is.Values, strings.Split("a b c d e f g h", " ")...)
	}
	return is
}

// value is one that an event has in a field, or one that none has.
func (g *generator) value(m *model, keys []string, field aoc.Field) string {
	for range 20 {
		if len(keys) == 0 {
			break
		}
		values := store.FieldValues(&m.events[keys[g.rng.IntN(len(keys))]].event, field)
		if len(values) > 0 {
			return values[g.rng.IntN(len(values))]
		}
	}
	return g.pick([]string{"nothing has this", "", "expected"})
}

// text is a value that a text search looks into.
func (g *generator) text(m *model, keys []string) string {
	if len(keys) == 0 {
		return "none"
	}
	e := m.events[keys[g.rng.IntN(len(keys))]]
	var values []string
	store.EachText(&e.event, e.older, func(v string) bool {
		values = append(values, strings.Clone(v))
		return true
	})
	return values[g.rng.IntN(len(values))]
}

// parts cuts pieces out of a value, as someone does who writes wildcards.
func (g *generator) parts(value string) []string {
	runes := []rune(value)
	var parts []string
	for from := 0; ; {
		to := from + g.rng.IntN(len(runes)-from+1)
		parts = append(parts, g.anyCase(string(runes[from:to])))
		if len(parts) == 4 || to == len(runes) {
			break
		}
		from = to + g.rng.IntN(len(runes)-to+1)
	}
	if g.rng.IntN(3) == 0 {
		parts = append(parts, "")
	}
	return parts
}

func (g *generator) anyCase(s string) string {
	switch g.rng.IntN(3) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	}
	return s
}

// query makes a query with or without bounds of time.
func (g *generator) query(m *model) aoc.Query {
	keys := make([]string, 0, len(m.events))
	for k := range m.events {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	q := aoc.Query{Where: g.expr(m, keys, 2)}
	if g.rng.IntN(3) == 0 {
		q.Start = g.time()
	}
	if g.rng.IntN(3) == 0 {
		q.End = g.time()
	}
	return q
}
