package sigma

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

const fullRule = `# A comment before the rule.
title: Something happened
id: 2f1a9a5c-58a1-4c0e-9a65-0f7c6bd01f11
name: something
related:
    - id: 2f1a9a5c-58a1-4c0e-9a65-0f7c6bd01f12
      type: derived
taxonomy: sigma
status: test
description: |
    Two lines
    of text.
license: MIT
references:
    - https://example.org/a
author: Ada, Grace
date: 2024-01-02
modified: 2024-03-04
logsource:
    category: a_category
    product: a_product
    service: a.service-1
    definition: Turn it on.
    region: eu
detection:
    selection:
        F: x
    condition: selection
fields:
    - F
falsepositives:
    - Tests
level: high
tags:
    - attack.initial-access
    - attack.privilege_escalation
    - attack.t1078.004
    - attack.g0016
    - attack.ds0001
    - cve.2021-44228
scope:
    - server
custom:
    a: [1, two]
`

func TestEverythingIsKept(t *testing.T) {
	r := mustParse(t, fullRule)
	want := &Rule{
		Title: "Something happened", ID: "2f1a9a5c-58a1-4c0e-9a65-0f7c6bd01f11", Name: "something",
		Related: []Related{{"2f1a9a5c-58a1-4c0e-9a65-0f7c6bd01f12", "derived"}}, Taxonomy: "sigma", Status: "test",
		Description: "Two lines\nof text.\n", License: "MIT", References: []string{"https://example.org/a"}, Author: "Ada, Grace",
		Date: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), Modified: time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC),
		LogSource: LogSource{"a_category", "a_product", "a.service-1", "Turn it on.", map[string]any{"region": "eu"}},
		Fields:    []string{"F"}, FalsePositives: []string{"Tests"}, Level: "high",
		Tags:  []string{"attack.initial-access", "attack.privilege_escalation", "attack.t1078.004", "attack.g0016", "attack.ds0001", "cve.2021-44228"},
		Scope: []string{"server"}, Custom: map[string]any{"custom": map[string]any{"a": []any{1, "two"}}},
		Source: fullRule, Line: 1,
	}
	got := *r
	got.Detection = nil
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"initial-access", "privilege-escalation"}, r.Tactics()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"T1078.004"}, r.Techniques()); diff != "" {
		t.Error(diff)
	}
	if !r.Refers("2F1A9A5C-58A1-4C0E-9A65-0F7C6BD01F11") || !r.Refers("something") || r.Refers("Something") || r.Refers("") {
		t.Error("a rule is referred to by its id or name")
	}
}

func TestDocumentsOfOneFile(t *testing.T) {
	text := "\uFEFF---\r\n" + strings.ReplaceAll(fullRule, "\n", "\r\n") + "---\n# nothing but a comment\n---\n" + `title: Many
correlation:
    type: event_count
    rules: [something]
    group-by: [F]
    timespan: 90m
    condition:
        gt: 100
        lte: 200
generate: true
--- # the last one
title: Fewer
logsource:
    product: a_product
filter:
    rules:
        - something
    selection:
        F|startswith: adm_
    condition: selection
`
	rules, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != 3 {
		t.Fatalf("%d rules, want 3", len(rules))
	}
	c := rules[1].Correlation
	if c == nil || c.Timespan != 90*time.Minute || !c.Generate || !slices.Equal(c.Rules, []string{"something"}) || !slices.Equal(c.GroupBy, []string{"F"}) {
		t.Errorf("the correlation is %+v", c)
	}
	if diff := cmp.Diff([]Threshold{{"gt", 100}, {"lte", 200}}, c.Conditions); diff != "" {
		t.Error(diff)
	}
	if f := rules[2].Filter; f == nil || f.Remains || !slices.Equal(f.Rules, []string{"something"}) {
		t.Errorf("the filter is %+v", rules[2].Filter)
	}
	if !strings.HasPrefix(rules[1].Source, "title: Many\n") || strings.Contains(rules[1].Source, "---") {
		t.Errorf("the source is %q", rules[1].Source)
	}
	if got := strings.Split(text, "\n")[rules[1].Line-1]; got != "title: Many" {
		t.Errorf("the rule begins with %q", got)
	}
}

// wrongRules have something wrong, and say where the message has to find it.
var wrongRules = []struct {
	name, text string
	want       []string // parts of the message
}{
	{"no title", "logsource: {product: p}\ndetection:\n    s: {F: x}\n    condition: s\n", []string{"title: the rule has no title"}},
	{"empty title", rule("title: ' '"), []string{"title", "empty"}},
	{"long title", rule("title: " + strings.Repeat("x", 257)), []string{"title: it has 257 characters; the most is 256"}},
	{"long description", rule("title: T\ndescription: " + strings.Repeat("x", 65536)), []string{"description", "65535"}},
	{"status", rule("title: T\nstatus: ready"), []string{"line 2, column 9: status: \"ready\" is no status"}},
	{"level", rule("title: T\nlevel: severe"), []string{"line 2, column 8: level: \"severe\""}},
	{"date", rule("title: T\ndate: 2024/01/02"), []string{"line 2, column 7: date: \"2024/01/02\" is no date"}},
	{"a day that is not there", rule("title: T\nmodified: 2023-02-29"), []string{"modified: \"2023-02-29\""}},
	{"taxonomy", rule("title: T\ntaxonomy: ecs"), []string{"taxonomy \"ecs\" is not known"}},
	{"relation", rule("title: T\nrelated:\n    - id: x\n      type: child"), []string{"related.type: \"child\" is no relation"}},
	{"relation without id", rule("title: T\nrelated:\n    - type: similar"), []string{"needs an id and a type"}},
	{"title as a list", rule("title: [a]"), []string{"title: a text is expected here, not a list"}},
	{"tags as a map", rule("title: T\ntags: {a: b}"), []string{"tags: a list is expected here, not a map"}},
	{"no logsource", "title: T\ndetection:\n    s: {F: x}\n    condition: s\n", []string{"no logsource"}},
	{"empty logsource", "title: T\nlogsource: {definition: d}\ndetection:\n    s: {F: x}\n    condition: s\n", []string{"none of category, product and service"}},
	{"no kind", "title: T\nlogsource: {product: p}\n", []string{"one of detection, correlation and filter; this one has none"}},
	{"two kinds", detectionRule("\n    s: {F: x}\n    condition: s") + "correlation: {}\n", []string{"has detection and correlation"}},
	{"no condition", detectionRule("\n    s: {F: x}"), []string{"detection.condition: the detection has no condition"}},
	{"no search", detectionRule("\n    condition: s"), []string{"no search"}},
	{"key twice", rule("title: T\ntitle: U"), []string{"line 2, column 1: title: the key is there twice"}},
	{"field twice", detectionRule("\n    s:\n        F: x\n        F: y\n    condition: s"), []string{"line 7, column 9: detection.s.F: the key is there twice"}},
	{"list as document", "- a\n- b\n", []string{"a map is expected here, not a list"}},
	{"no YAML", "title: T\nlogsource: [\n", []string{"no YAML"}},
	{"tabs", "title: T\nlogsource:\n\tproduct: p\n", []string{"line 3", "no YAML"}},
	{"nothing", "# nothing\n", []string{"no rule"}},
	{"not UTF-8", "title: \xff\n", []string{"UTF-8"}},
	{"timeframe", detectionRule("\n    s: {F: x}\n    timeframe: 5m\n    condition: s"), []string{"timeframe"}},
	{"all problems at once", rule("title: T\nstatus: a\nlevel: b\ndate: c"), []string{"\"a\" is no status", "\"b\" is no level", "\"c\" is no date"}},

	// Values.
	{"null in a list", line("F: [a, null]"), []string{"detection.s.F", "null cannot be in a list"}},
	{"null in a list with modifiers", line("F|contains: [a, ~]"), []string{"null"}},
	{"null keyword", detectionRule("\n    s:\n        - a\n        -\n    condition: s"), []string{"null is no keyword"}},
	{"empty list of values", line("F: []"), []string{"the list of values is empty"}},
	{"empty list", detectionRule("\n    s: []\n    condition: s"), []string{"detection.s: the list is empty"}},
	{"empty map", detectionRule("\n    s: {}\n    condition: s"), []string{"detection.s: the map is empty"}},
	{"empty search", detectionRule("\n    s:\n    condition: s"), []string{"detection.s: the search is empty"}},
	{"map as value", line("F: {a: b}"), []string{"a value or a list of values is expected here, not a map"}},
	{"list in a list of values", line("F: [[a], b]"), []string{"a list of values has no list in it"}},
	{"map in a list of values", line("F: [{a: b}]"), []string{"a list of values has no map in it"}},
	{"no field", line("'': a"), []string{"the name of the field is empty"}},
	{"name that a condition cannot have", detectionRule("\n    'a b': {F: x}\n    condition: a"), []string{"\"a b\" cannot be named"}},

	// Modifiers.
	{"unknown modifier", line("F|containz: a"), []string{"line 6, column 9: detection.s.F|containz: unknown modifier \"containz\""}},
	{"empty modifier", line("F|: a"), []string{"unknown modifier \"\""}},
	{"modifier in capitals", line("F|Contains: a"), []string{"unknown modifier \"Contains\""}},
	{"modifier twice", line("F|contains|contains: a"), []string{"there twice"}},
	{"all with one value", line("F|contains|all: a"), []string{"all needs a list of several values"}},
	{"all with a list of one", line("F|contains|all: [a]"), []string{"all needs a list of several values"}},
	{"all and neq", line("F|all|neq: [a, b]"), []string{"all and neq"}},
	{"contains and startswith", line("F|contains|startswith: a"), []string{"\"startswith\" makes no sense after \"contains\""}},
	{"startswith and endswith", line("F|startswith|endswith: a"), []string{"makes no sense"}},
	{"contains before base64", line("F|contains|base64: a"), []string{"\"base64\" makes no sense after \"contains\""}},
	{"contains before base64offset", line("F|contains|base64offset: a"), []string{"makes no sense"}},
	{"base64 before wide", line("F|base64|wide: a"), []string{"makes no sense"}},
	{"wide twice", line("F|wide|utf16be: a"), []string{"makes no sense"}},
	{"wildcard in base64", line("F|base64: 'a*b'"), []string{"wildcards cannot be encoded"}},
	{"number in base64", line("F|base64: 5"), []string{"cannot be applied to a number"}},
	{"number in wide", line("F|wide: 5"), []string{"cannot be applied to a number"}},
	{"windash of a number", line("F|windash: 5"), []string{"cannot be applied to a number"}},
	{"windash after base64", line("F|base64|windash: a"), []string{"makes no sense"}},
	{"windash of many dashes", line("F|windash: '-------'"), []string{"become more than"}},
	{"contains before re", line("F|contains|re: a"), []string{"\"re\" makes no sense after \"contains\""}},
	{"re before contains", line("F|re|contains: a"), []string{"\"contains\" makes no sense after \"re\""}},
	{"i without re", line("F|i: a"), []string{"\"i\" makes no sense"}},
	{"m before re", line("F|m|re: a"), []string{"\"m\" makes no sense"}},
	{"re of a number", line("F|re: 5"), []string{"cannot be applied to a number"}},
	{"re and cased", line("F|re|cased: a"), []string{"cased"}},
	{"cased before re", line("F|cased|re: a"), []string{"cased is for text"}},
	{"broken re", line("F|re: 'a('"), []string{"regular expression cannot be read"}},
	{"look-ahead", line("F|re: 'a(?=b)'"), []string{"look-ahead (?="}},
	{"look-behind", line("F|re: '(?<!a)b'"), []string{"look-behind (?<!"}},
	{"back-reference", line(`F|re: '(a)\1'`), []string{`\1`}},
	{"possessive", line(`F|re: 'a++'`), []string{`++`}},
	{"long re", line("F|re: '" + strings.Repeat("a", 4097) + "'"), []string{"4097 bytes; the most is 4096"}},
	{"huge repetition", line("F|re: '(a{1000}){1000}'"), []string{"cannot be read"}},
	{"lt of a text", line("F|lt: '5'"), []string{"\"lt\" cannot be applied to a text"}},
	{"gt of a bool", line("F|gt: true"), []string{"cannot be applied to true or false"}},
	{"lt and neq", line("F|lt|neq: 5"), []string{"makes no sense"}},
	{"lt and gt", line("F|lt|gt: 5"), []string{"makes no sense"}},
	{"contains and lt", line("F|contains|lt: 5"), []string{"makes no sense"}},
	{"lt and cased", line("F|cased|lt: 5"), []string{"cased"}},
	{"hour of a text", line("F|hour: '5'"), []string{"\"hour\" cannot be applied to a text"}},
	{"hour out of range", line("F|hour: 24"), []string{"24 is no hour: it is a whole number from 0 to 23"}},
	{"minute out of range", line("F|minute: 60"), []string{"from 0 to 59"}},
	{"day out of range", line("F|day: 0"), []string{"from 1 to 31"}},
	{"week out of range", line("F|week: 54"), []string{"is no week"}},
	{"month out of range", line("F|month: 13"), []string{"from 1 to 12"}},
	{"half an hour", line("F|hour: 1.5"), []string{"whole number"}},
	{"hour in a list with text", line("F|hour: [1, x]"), []string{"cannot be applied to a text"}},
	{"two parts of time", line("F|hour|minute: 1"), []string{"makes no sense"}},
	{"gte before hour", line("F|gte|hour: 1"), []string{"makes no sense"}},
	{"cidr", line("F|cidr: 10.0.0.0/33"), []string{"\"10.0.0.0/33\" is no network"}},
	{"cidr of a name", line("F|cidr: localhost"), []string{"is no network"}},
	{"cidr and contains", line("F|cidr|contains: 10.0.0.0/8"), []string{"makes no sense"}},
	{"cidr of a number", line("F|cidr: 10"), []string{"cannot be applied to a number"}},
	{"exists of a text", line("F|exists: 'yes'"), []string{"\"exists\" cannot be applied to a text"}},
	{"exists of a list", line("F|exists: [true, false]"), []string{"exists takes one value"}},
	{"exists and contains", line("F|contains|exists: true"), []string{"makes no sense"}},
	{"exists and neq", line("F|exists|neq: true"), []string{"makes no sense"}},
	{"exists and all", line("F|exists|all: [true, true]"), []string{"makes no sense"}},
	{"exists of null", line("F|exists:"), []string{"cannot be applied to null"}},
	{"contains of null", line("F|contains:"), []string{"\"contains\" cannot be applied to null"}},
	{"expand of a number", line("F|expand: 5"), []string{"cannot be applied to a number"}},
	{"expand after base64", line("F|base64|expand: '%a%'"), []string{"makes no sense"}},
	{"contains before fieldref", line("F|contains|fieldref: a"), []string{"makes no sense"}},
	{"fieldref of a number", line("F|fieldref: 5"), []string{"cannot be applied to a number"}},
	{"fieldref of nothing", line("F|fieldref: ''"), []string{"needs the name of a field"}},
	{"neq of keywords", line("'|neq': a"), []string{"neq needs a field"}},
	{"startswith of keywords", line("'|startswith': a"), []string{"need a field"}},
	{"cidr of keywords", line("'|cidr': 10.0.0.0/8"), []string{"needs a field"}},
	{"exists of keywords", line("'|exists': true"), []string{"exists needs a field"}},

	// Conditions.
	{"unknown identifier", cond("t"), []string{"detection.condition: the condition names \"t\""}},
	{"identifier in other case", cond("S"), []string{"names \"S\""}},
	{"unknown word", cond("s xor s"), []string{"does not expect \"xor\""}},
	{"unknown quantity", cond("2 of s*"), []string{"\"2\" before of"}},
	{"any of", cond("any of s*"), []string{"\"any\" before of"}},
	{"pattern of nothing", cond("1 of x*"), []string{"\"x*\", which no search identifier"}},
	{"of without a name", cond("1 of"), []string{"ends where"}},
	{"of and a keyword", cond("1 of and s"), []string{"does not expect \"and\""}},
	{"two names", cond("s s"), []string{"does not expect \"s\""}},
	{"ends with and", cond("s and"), []string{"ends where"}},
	{"begins with or", cond("or s"), []string{"does not expect \"or\""}},
	{"not alone", cond("not"), []string{"ends where"}},
	{"open parenthesis", cond("(s"), []string{"not closed"}},
	{"closed parenthesis", cond("s)"), []string{"does not expect \")\""}},
	{"empty parentheses", cond("()"), []string{"does not expect \")\""}},
	{"empty condition", cond("''"), []string{"the condition is empty"}},
	{"null condition", cond(""), []string{"a text is expected here, not null"}},
	{"empty list of conditions", cond("[]"), []string{"list of conditions is empty"}},
	{"aggregation", cond("s | count() > 5"), []string{"aggregation"}},
	{"long condition", cond("s" + strings.Repeat(" and s", 700)), []string{"the most is 4096"}},
	{"deep condition", cond(strings.Repeat("(", 65) + "s" + strings.Repeat(")", 65)), []string{"deeper than 64"}},
	{"deep not", cond(strings.Repeat("not ", 65) + "s"), []string{"deeper than 64"}},

	// Correlations.
	{"correlation without type", correlation("rules: [a1]\n    timespan: 1h\n    group-by: [F]"), []string{"correlation has no type"}},
	{"correlation of another type", correlation("type: count\n    rules: [a1]\n    timespan: 1h"), []string{"correlation.type: \"count\""}},
	{"correlation without rules", correlation("type: temporal\n    timespan: 1h"), []string{"no rules"}},
	{"correlation of no rules", correlation("type: temporal\n    rules: []\n    timespan: 1h"), []string{"1 to 64 rules"}},
	{"correlation of a rule twice", correlation("type: temporal\n    rules: [a1, a1]\n    timespan: 1h"), []string{"named twice"}},
	{"correlation without timespan", correlation("type: temporal\n    rules: [a1]"), []string{"no timespan"}},
	{"timespan in capitals", correlation("type: temporal\n    rules: [a1]\n    timespan: 1H"), []string{"\"1H\" is no timespan"}},
	{"timespan in weeks", correlation("type: temporal\n    rules: [a1]\n    timespan: 1w"), []string{"\"1w\" is no timespan"}},
	{"timespan of nothing", correlation("type: temporal\n    rules: [a1]\n    timespan: 0s"), []string{"out of range"}},
	{"timespan of years", correlation("type: temporal\n    rules: [a1]\n    timespan: 999999999d"), []string{"out of range"}},
	{"count without condition", correlation("type: event_count\n    rules: [a1]\n    timespan: 1h"), []string{"needs a condition"}},
	{"empty condition of a correlation", correlation("type: event_count\n    rules: [a1]\n    timespan: 1h\n    condition: {field: F}"), []string{"compares with nothing"}},
	{"condition with a text", correlation("type: event_count\n    rules: [a1]\n    timespan: 1h\n    condition: {gte: '5'}"), []string{"a number is expected"}},
	{"condition with another word", correlation("type: event_count\n    rules: [a1]\n    timespan: 1h\n    condition: {ge: 5}"), []string{"has no \"ge\""}},
	{"value count without field", correlation("type: value_count\n    rules: [a1]\n    timespan: 1h\n    condition: {gte: 5}"), []string{"needs a field"}},
	{"event count with field", correlation("type: event_count\n    rules: [a1]\n    timespan: 1h\n    condition: {gte: 5, field: F}"), []string{"has no field"}},
	{"sum of two fields", correlation("type: value_sum\n    rules: [a1]\n    timespan: 1h\n    condition: {gte: 5, field: [F, G]}"), []string{"has one field"}},
	{"unknown key of a correlation", correlation("type: temporal\n    rules: [a1]\n    timespan: 1h\n    groupby: [F]"), []string{"has no \"groupby\""}},
	{"alias of another rule", correlation("type: temporal\n    rules: [a1]\n    timespan: 1h\n    group-by: [x]\n    aliases:\n        x: {a1: F, b2: G}"), []string{"\"b2\", which is not among"}},
	{"alias that forgets a rule", correlation("type: temporal\n    rules: [a1, b2]\n    timespan: 1h\n    group-by: [x]\n    aliases:\n        x: {a1: F}"), []string{"which field it is of \"b2\""}},
	{"generate as text", correlation("type: temporal\n    rules: [a1]\n    timespan: 1h\n    generate: 'yes'"), []string{"generate: true or false is expected"}},

	// Filters.
	{"filter without rules", "title: T\nlogsource: {product: p}\nfilter:\n    s: {F: x}\n    condition: s\n", []string{"names no rules"}},
	{"filter without condition", "title: T\nlogsource: {product: p}\nfilter:\n    rules: [a1]\n    s: {F: x}\n", []string{"no condition"}},
	{"filter with two conditions", "title: T\nlogsource: {product: p}\nfilter:\n    rules: [a1]\n    s: {F: x}\n    condition: [s, not s]\n", []string{"one condition"}},
	{"filter as a text", "title: T\nlogsource: {product: p}\nfilter: x\n", []string{"a map is expected"}},

	// Bounds.
	{"large file", "title: T\ndescription: " + strings.Repeat("x", 1<<20), []string{"the most is 1048576"}},
	{"many values", line("F: [" + strings.Repeat("a,", 10000) + "b]"), []string{"more than 10000 keys and values"}},
	{"many wildcards", line("F: '" + strings.Repeat("?", 257) + "'"), []string{"more than 256 wildcards"}},
	{"many searches by patterns", manySearches(), []string{"more than 10000 search identifiers"}},
	{"deep lists", detectionRule("\n    s: " + strings.Repeat("[", 40) + "a" + strings.Repeat("]", 40) + "\n    condition: s"), []string{"deeper than 32"}},
	{"very deep lists", detectionRule("\n    s: " + strings.Repeat("[", 300000)), []string{"no YAML"}},
	{"aliases of aliases", bomb(), []string{"more than 10000 keys and values"}},
	{"an alias of itself", "title: T\na: &a [*a]\n", []string{"deeper than 32"}},
	{"many documents", strings.Repeat("---\na\n", 1001), []string{"1001 documents"}},
}

// rule puts a detection behind attributes.
func rule(attributes string) string {
	return attributes + "\nlogsource:\n    product: p\ndetection:\n    s:\n        F: x\n    condition: s\n"
}

// term puts one line into a search; it is line 6.
func line(text string) string {
	return detectionRule("\n    s:\n        " + text + "\n    condition: s")
}

func cond(condition string) string {
	return detectionRule("\n    s:\n        F: x\n    condition: " + condition)
}

func correlation(body string) string { return "title: T\ncorrelation:\n    " + body + "\n" }

// manySearches has patterns that name each of many searches again and again.
func manySearches() string {
	var b strings.Builder
	for i := range 600 {
		fmt.Fprintf(&b, "\n    s%d: {F: x}", i)
	}
	return detectionRule(b.String() + "\n    condition: 1 of s*" + strings.Repeat(" and 1 of s*", 20))
}

// bomb is small and expands to ten to the ninth values.
func bomb() string {
	b := "title: T\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		ref := fmt.Sprintf("*a%d", i)
		b += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.Join(slices.Repeat([]string{ref}, 10), ", "))
	}
	return b
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for _, c := range wrongRules {
		t.Run(c.name, func(t *testing.T) {
			rules, err := Parse([]byte(c.text))
			if err == nil {
				t.Fatalf("it is read as %+v", rules[0])
			}
			if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
				t.Errorf("code %s, hint %q", aoc.CodeOf(err), aoc.HintOf(err))
			}
			for _, want := range c.want {
				if !strings.Contains(aoc.MessageOf(err), want) {
					t.Errorf("the message %q has no %q", aoc.MessageOf(err), want)
				}
			}
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Error("the error has no problems")
			}
		})
	}
	t.Logf("%d wrong rules", len(wrongRules))
}

func TestPlacesCountFromTheBeginningOfTheFile(t *testing.T) {
	_, err := Parse([]byte(fullRule + "---\n" + line("F|foo: a") + "---\n" + rule("title: T\nlevel: x")))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 2 {
		t.Fatalf("%v", err)
	}
	before := strings.Count(fullRule, "\n") + 1
	if problems[0].Line != before+6 || problems[0].Column != 9 {
		t.Errorf("the first problem is at %d, %d", problems[0].Line, problems[0].Column)
	}
	if want := before + strings.Count(line("F|foo: a"), "\n") + 1 + 2; problems[1].Line != want {
		t.Errorf("the second problem is in line %d, want %d", problems[1].Line, want)
	}
}

func TestWhatIsAdvisedAgainstIsAWarning(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no id":                                 {rule("title: T"), "id"},
		"id that is no UUID":                    {rule("title: T\nid: mine"), "UUID"},
		"tag without namespace":                 {rule("title: T\ntags: [Attack]"), "namespace"},
		"tag twice":                             {rule("title: T\ntags: [a.b, a.b]"), "twice"},
		"one reference":                         {rule("title: T\nreferences: x"), "list is expected"},
		"short false positive":                  {rule("title: T\nfalsepositives: [x]"), "two characters"},
		"license":                               {rule("title: T\nlicense: 'a/b'"), "SPDX"},
		"log source in capitals":                {"title: T\nlogsource: {product: My Product}\ndetection:\n    s: {F: x}\n    condition: s\n", "lower case"},
		"search that is not used":               {detectionRule("\n    s: {F: x}\n    u: {F: y}\n    condition: s"), "does not name"},
		"keyword alone":                         {detectionRule("\n    s: x\n    condition: s"), "keyword"},
		"expand of nothing":                     {line("F|expand: x"), "placeholder"},
		"regular expression beyond the flavour": {line(`F|re: '\d+'`), "other engines"},
		"week 53":                               {line("F|week: 53"), "53"},
		"correlation for all":                   {correlation("type: temporal\n    rules: [a1]\n    timespan: 1h"), "one group"},
		"filter of negations":                   {"title: T\nlogsource: {product: p}\nfilter:\n    rules: [a1]\n    s: {F: x}\n    condition: not s\n", "remains"},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustParse(t, c.text)
			if !slices.ContainsFunc(r.Warnings, func(p Problem) bool { return strings.Contains(p.String(), c.want) }) {
				t.Errorf("the warnings are %v", r.Warnings)
			}
		})
	}
}

func TestWhatARuleNeedsIsTold(t *testing.T) {
	r := mustParse(t, detectionRule(`
    s:
        Unmapped1: x
        F|contains|expand: ['%a%', 'x%b%%c%']
    t:
        - F|fieldref: Unmapped2
        - Unmapped1: y
    condition: s or t`))
	if diff := cmp.Diff([]string{"Unmapped1", "F", "Unmapped2"}, r.FieldNames()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, r.Placeholders()); diff != "" {
		t.Error(diff)
	}
	_, err := Compile(r, Options{Schema: newTestSchema()})
	for _, want := range []string{"\"Unmapped1\" is not mapped", "\"Unmapped2\" is not mapped", "%a%", "%b%", "%c%"} {
		if !strings.Contains(aoc.MessageOf(err), want) {
			t.Errorf("the message %q has no %s", aoc.MessageOf(err), want)
		}
	}
	var problems Problems
	errors.As(err, &problems)
	var unmapped, placeholders []string
	for _, p := range problems {
		if p.Unmapped != "" {
			unmapped = append(unmapped, p.Unmapped)
		}
		if p.Placeholder != "" {
			placeholders = append(placeholders, p.Placeholder)
		}
	}
	if !slices.Equal(unmapped, []string{"Unmapped1", "Unmapped2"}) || !slices.Equal(placeholders, []string{"a", "b", "c"}) {
		t.Errorf("the problems name %q and %q", unmapped, placeholders)
	}
	if n := strings.Count(aoc.MessageOf(err), "\"Unmapped1\""); n != 1 {
		t.Errorf("a field is told of %d times", n)
	}
}

// TestRealRules reads and compiles every rule under AOC_TEST_RULES.
func TestRealRules(t *testing.T) {
	dir := os.Getenv("AOC_TEST_RULES")
	if dir == "" {
		t.Skip("AOC_TEST_RULES names no folder of Sigma rules")
	}
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rules, err := Parse(b)
		if err != nil {
			if strings.Contains(string(b), "taxonomy: ") && strings.Contains(err.Error(), "taxonomy") {
				return nil // the specification's own examples of other taxonomies
			}
			t.Errorf("%s: %v", path, err)
			return nil
		}
		for _, r := range rules {
			n++
			if r.Detection == nil {
				continue
			}
			placeholders := func(string) ([]string, bool) { return []string{"a", "b*"}, true }
			if _, err := Compile(r, Options{Schema: newTestSchema(), Placeholders: placeholders}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Errorf("there is no rule under %s", dir)
	}
	t.Logf("%d rules", n)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullRule))
	for i, c := range wrongRules {
		if i%7 == 0 && len(c.text) < 1000 {
			f.Add([]byte(c.text))
		}
	}
	for i, c := range specCases {
		if i%9 == 0 {
			f.Add([]byte(detectionRule(c.detection)))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rules, err := Parse(b)
		if err != nil {
			if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.MessageOf(err) == "" {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		for _, r := range rules {
			again, err := Parse([]byte(r.Source))
			if err != nil || len(again) != 1 || again[0].Title != r.Title {
				t.Fatalf("the source of a rule is not read again: %v\n%s", err, r.Source)
			}
			if r.Detection == nil {
				continue
			}
			schema := newTestSchema()
			p, err := Compile(r, Options{Schema: schema, Placeholders: func(string) ([]string, bool) { return []string{"x"}, true }})
			if err != nil {
				continue
			}
			record := newTestRecord(t, schema, `{"F":"x","G":["a",5,null,true],"T":"2024-01-02T03:04:05Z"}`)
			if got := len(NewSet([]*Program{p}).Match(record, nil)) == 1; got != p.Match(record) {
				t.Fatalf("a set says %v\n%s", got, r.Source)
			}
		}
	})
}
