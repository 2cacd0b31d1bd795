package query

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

func TestFormat(t *testing.T) {
	type and = aoc.And
	type or = aoc.Or
	a, b, c := text("a"), text("b"), text("c")
	for _, x := range []struct {
		expr aoc.Expr
		want string
	}{
		{nil, ""},
		{and{}, "*"},
		{or{}, "-*"},
		{and{or{a, b}, c}, "(a OR b) c"},
		{or{and{a, b}, c}, "a b OR c"},
		{no(and{a, b}), "-(a b)"},
		{no(no(a)), "--a"},
		{no(and{a}), "-a"},
		{no(or{and{or{a, b}}}), "-(a OR b)"},
		{and{a, or{}, nil}, "a -* *"},
		{text("-a"), `"-a"`},
		{text("OR"), `"OR"`},
		{text(`say "hi" to C:\`), `"say \"hi\" to C:\\"`},
		{text("actor:x"), `"actor:x"`},
		{textLike("a b", "c"), `"a b"*c`},
		{is(aoc.FieldActorKind, "system"), "kind:system"},
		{is(aoc.FieldTag, "a", "", "b c"), `tag:a,"b c"`},
		{is(aoc.FieldTag, ""), "-*"},
		{like(aoc.FieldTag, "", ""), "tag:*"},
		{like(aoc.FieldOperation, "Add ", "*", ""), `operation:"Add "*"*"*`},
		{aoc.Between{}, "*"},
		{no(aoc.Between{Start: noon, End: noon}), "-(after:2026-11-04T12:00:00Z before:2026-11-04T12:00:00Z)"},
		{or{aoc.Between{Start: noon.Add(1), End: noon}, a}, "after:2026-11-04T12:00:00.000000001Z before:2026-11-04T12:00:00Z OR a"},
	} {
		if got := Format(x.expr); got != x.want {
			t.Errorf("%#v: %s, want %s", x.expr, got, x.want)
		}
	}
	if got := Missing(aoc.FieldTag); got != "-tag:*" {
		t.Error(got)
	}
	if got := Term(aoc.FieldActor); got != "-*" {
		t.Error(got)
	}
}

// TestRawValuesRoundTrip makes terms of any text and reads them back.
func TestRawValuesRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		`"`, `\`, `\\`, `\"`, "*", "(", ")", ",", ":", "-", " ", "\t", "\u00a0", "\u3000", "OR", "AND", "NOT", "actor:", "after:", "a", "Z", "0", "ü", "😀",
		"\u202e", "\x00", "\xff", "“", "//", "=", "'", "smtp:", "\ufeff",
	}
	for range 20_000 {
		var raw strings.Builder
		for range 1 + rng.IntN(6) {
			raw.WriteString(pieces[rng.IntN(len(pieces))])
		}
		value := raw.String()
		for _, c := range []struct {
			query string
			want  aoc.Expr
		}{
			{Quote(value), text(value)},
			{"-" + Quote(value), no(text(value))},
			{Term(aoc.FieldTarget, value), is(aoc.FieldTarget, value)},
			{Term(aoc.FieldTarget, "x", value, value), is(aoc.FieldTarget, "x", value, value)},
			{"target:(" + Quote(value) + " OR " + Quote(value) + ")", is(aoc.FieldTarget, value, value)},
		} {
			got, err := Parse(c.query, Options{})
			if err != nil {
				t.Fatalf("%q makes %s: %v", value, c.query, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatalf("%q makes %s:\n%s", value, c.query, diff)
			}
		}
	}
}

// TestAnyPredicateRoundTrips writes random predicates, which need not be flat, and compares
// what they say of random events with what is read back says.
func TestAnyPredicateRoundTrips(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		x := randomExpr(rng, 4)
		written := Format(x)
		if len(written) > MaxBytes {
			continue
		}
		y, err := Parse(written, Options{})
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		for facts := range 1 << 4 {
			if holds(x, facts) != holds(y, facts) {
				t.Fatalf("%#v is written %s and read %#v, which means something else", x, written, y)
			}
		}
	}
}

// randomExpr is made of four facts: two words, a tag, a time.
func randomExpr(rng *rand.Rand, depth int) aoc.Expr {
	n := rng.IntN(8)
	if depth == 0 {
		n = rng.IntN(5)
	}
	parts := func() []aoc.Expr {
		list := make([]aoc.Expr, rng.IntN(4))
		for i := range list {
			list[i] = randomExpr(rng, depth-1)
		}
		return list
	}
	switch n {
	case 0:
		return text("a")
	case 1:
		return textLike("b", "c d")
	case 2:
		return is(aoc.FieldTag, "e")
	case 3:
		return aoc.Between{Start: noon, End: noon.Add(time.Hour)}
	case 4:
		return nil
	case 5:
		return aoc.And(parts())
	case 6:
		return aoc.Or(parts())
	}
	return no(randomExpr(rng, depth-1))
}

// holds says what a predicate says where the bits of facts tell which ones are so.
func holds(x aoc.Expr, facts int) bool {
	switch x := x.(type) {
	case aoc.And:
		for _, p := range x {
			if !holds(p, facts) {
				return false
			}
		}
		return true
	case aoc.Or:
		for _, p := range x {
			if holds(p, facts) {
				return true
			}
		}
		return false
	case aoc.Not:
		return !holds(x.Of, facts)
	case aoc.Text:
		return facts&1 != 0
	case aoc.TextLike:
		return facts&2 != 0
	case aoc.Is:
		return facts&4 != 0
	case aoc.Between: // as one, or as two bounds that must both be so
		return facts&8 != 0
	}
	return true
}
