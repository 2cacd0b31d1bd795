package sigma

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aoc"
)

// hostile are values that are hard to write into a rule.
var hostile = []string{
	"plain", "", " ", "  two  ", "*", "?", `\`, `\\`, `\*`, `\\*`, `\\\`, `a\*b?c\\`, "'", "''", `"`, "it's \"x\"", "a: b", "- a", "# c", "a # c",
	"{a: b}", "[a]", "&a", "*a", "!!str x", "|", ">", "%a%", "@", "`", "null", "~", "true", "yes", "5", "0x17", "1e3", "2024-01-02", "---", "...",
	"a\nb", "\na", "a\n", "\n", "a\r\nb", "\t", "a\tb", "\x00", "\x01", "\x7f", "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "\u202e", "😀", "ÄÖÜ", "ſ",
	"<<", "=", "condition", strings.Repeat("x y ", 200), strings.Repeat(`\`, 99), strings.Repeat("*?", 300), "a\n\n  b\n# x\n---\ntitle: y\n",
}

var head = Head{Title: "it's: a 'title'\n", Level: "low", Tags: []string{"attack.t1078"}, LogSource: LogSource{Product: "p"}, Description: "#"}

// holdsFor makes a rule of one condition and asks whether it matches a value.
func holdsFor(t *testing.T, c Condition, value string) bool {
	t.Helper()
	r, err := FromConditions(head, []Condition{c})
	if err != nil {
		t.Fatalf("%q: %v", c.Values, err)
	}
	schema := newTestSchema()
	text, err := json.Marshal(map[string]string{"F": value})
	if err != nil {
		t.Fatal(err)
	}
	return mustCompile(t, r, Options{Schema: schema}).Match(newTestRecord(t, schema, string(text)))
}

func TestHostileValuesMeanThemselves(t *testing.T) {
	for i, value := range hostile {
		for _, c := range []Comparison{Is, Contains, StartsWith, EndsWith} {
			if !holdsFor(t, Condition{Field: "F", Comparison: c, Values: []string{value, "other value"}}, value) {
				t.Errorf("%s %q does not hold for itself", c, value)
			}
		}
		other := hostile[(i+1)%len(hostile)]
		if fold(value) != fold(other) && holdsFor(t, Condition{Field: "F", Comparison: Is, Values: []string{value}}, other) {
			t.Errorf("%q holds for %q", value, other)
		}
	}
}

func TestConditionsBecomeARule(t *testing.T) {
	r, err := FromConditions(head, []Condition{
		{Field: "A", Comparison: Is, Values: []string{"x*"}},
		{Field: "B", Comparison: Contains, Values: []string{"p", "q"}, All: true},
		{Or: true, Not: true, Field: "C", Comparison: IsAtLeast, Values: []string{"1.50"}},
		{Field: "D", Comparison: IsNull, Not: true},
		{Field: "E e", Comparison: IsThere},
		{Comparison: Contains, Values: []string{"needle"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `title: "it's: a 'title'\n"
description: '#'
tags:
    - 'attack.t1078'
logsource:
    product: 'p'
detection:
    condition1:
        A: 'x\*'
    condition2:
        B|contains|all:
            - 'p'
            - 'q'
    condition3:
        C|gte: 1.5
    condition4:
        D: null
    condition5:
        'E e|exists': true
    condition6:
        - 'needle'
    condition: 'condition1 and condition2 or not condition3 and not condition4 and condition5 and condition6'
level: 'low'
`
	if r.Source != want {
		t.Errorf("the rule is\n%s\nwant\n%s", r.Source, want)
	}
	if r.Title != head.Title || !slices.Equal(r.Tags, head.Tags) {
		t.Errorf("the head is %q, %q", r.Title, r.Tags)
	}
}

func TestConditionsThatAreNone(t *testing.T) {
	for name, c := range map[string]Condition{
		"no comparison":          {Field: "F", Comparison: "equals", Values: []string{"x"}},
		"no field":               {Comparison: Is, Values: []string{"x"}},
		"a field with modifiers": {Field: "F|re", Comparison: Is, Values: []string{"x"}},
		"no value":               {Field: "F", Comparison: Is},
		"a value for null":       {Field: "F", Comparison: IsNull, Values: []string{"x"}},
		"a text as number":       {Field: "F", Comparison: IsLess, Values: []string{"x"}},
		"a text as network":      {Field: "F", Comparison: IsInNetwork, Values: []string{"x"}},
		"a broken expression":    {Field: "F", Comparison: Matches, Values: []string{"("}},
		"bytes that are no text": {Field: "F", Comparison: Is, Values: []string{"\xff"}},
	} {
		if r, err := FromConditions(head, []Condition{c}); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	if _, err := FromConditions(head, nil); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("no conditions: %v", err)
	}
	if _, err := FromConditions(Head{}, []Condition{{Field: "F", Comparison: IsThere}}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("no title: %v", err)
	}
}

func FuzzFromConditions(f *testing.F) {
	for _, value := range hostile {
		f.Add("F", value)
	}
	f.Fuzz(func(t *testing.T, field, value string) {
		r, err := FromConditions(head, []Condition{{Field: field, Comparison: Is, Values: []string{value}}})
		if err != nil {
			if aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		terms := r.terms()
		if len(terms) != 1 || terms[0].field != field {
			t.Fatalf("the rule for %q and %q is\n%s", field, value, r.Source)
		}
		if text, ok := literalOf(parsePattern(terms[0].values[0].text)); !ok || text != value || terms[0].values[0].kind != scalarText {
			t.Fatalf("%q became %q in\n%s", value, text, r.Source)
		}
	})
}
