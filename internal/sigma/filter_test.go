package sigma

import (
	"strings"
	"testing"

	"aoc"
)

const filteredRule = `title: Logon
name: logon
id: 2f1a9a5c-58a1-4c0e-9a65-0f7c6bd01f11
logsource:
    product: p
    service: logons
detection:
    selection:
        Event: logon
    condition: selection
`

func filterOf(source, ref, condition string) string {
	return "title: Known accounts\nlogsource: {" + source + "}\nfilter:\n    rules:\n        - " + ref +
		"\n    selection:\n        User|startswith: 'adm_'\n    condition: " + condition + "\n"
}

func TestFiltersSuppressWhatTheyMatch(t *testing.T) {
	rule := mustParse(t, filteredRule)
	for name, c := range map[string]struct {
		filter  string
		applies bool
	}{
		"by name":                {filterOf("product: p", "logon", "selection"), true},
		"by id":                  {filterOf("product: p, service: logons", "2F1A9A5C-58A1-4C0E-9A65-0F7C6BD01F11", "selection"), true},
		"as converters write it": {filterOf("product: p", "logon", "not selection"), true},
		"negated in parentheses": {filterOf("product: p", "logon", "not (1 of sel*)"), true},
		"of another rule":        {filterOf("product: p", "logoff", "selection"), false},
	} {
		t.Run(name, func(t *testing.T) {
			schema := newTestSchema()
			filter := mustParse(t, c.filter)
			p := mustCompile(t, rule, Options{Schema: schema, Filters: []*Rule{filter}})
			if len(p.Filters) > 0 != c.applies {
				t.Errorf("filters that were applied: %d", len(p.Filters))
			}
			if !p.Match(newTestRecord(t, schema, `{"Event":"logon","User":"ada"}`)) {
				t.Error("what the filter does not name is suppressed")
			}
			if got := p.Match(newTestRecord(t, schema, `{"Event":"logon","User":"ADM_x"}`)); got == c.applies {
				t.Errorf("what the filter names matches: %v", got)
			}
		})
	}
}

func TestAFilterOfAnotherLogSourceIsAnError(t *testing.T) {
	filter := mustParse(t, filterOf("product: q", "logon", "selection"))
	_, err := Compile(mustParse(t, filteredRule), Options{Schema: newTestSchema(), Filters: []*Rule{filter}})
	if err == nil || !strings.Contains(aoc.MessageOf(err), `"Known accounts" names this rule, but is for another log source`) {
		t.Errorf("%v", err)
	}
}

func TestReferencesToRulesThatAreNotThere(t *testing.T) {
	rules := []*Rule{
		mustParse(t, filteredRule),
		mustParse(t, filterOf("product: p", "logoff", "selection")),
		mustParse(t, correlation("type: temporal\n    rules: [logon, logout]\n    timespan: 1h\n    group-by: [U]")),
	}
	ps := Unapplied(rules)
	if len(ps) != 2 || !strings.Contains(ps[0].Message, `"logoff"`) || !strings.Contains(ps[1].Message, `"logout"`) {
		t.Errorf("%v", ps)
	}
}

func TestRulesThatAreCorrelatedStandAloneWhenToldSo(t *testing.T) {
	rule := mustParse(t, filteredRule)
	quiet := mustParse(t, correlation("type: temporal\n    rules: [logon]\n    timespan: 1h"))
	loud := mustParse(t, correlation("type: temporal\n    rules: [logon]\n    timespan: 1h\n    generate: true"))
	for name, c := range map[string]struct {
		rules []*Rule
		want  bool
	}{
		"without correlation": {[]*Rule{rule}, true},
		"correlated":          {[]*Rule{rule, quiet}, false},
		"generate":            {[]*Rule{rule, quiet, loud}, true},
	} {
		if got := Standalone(c.rules, rule); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !Standalone([]*Rule{rule, quiet}, quiet) {
		t.Error("a correlation that nothing refers to stands alone")
	}
}

func TestExplainTellsWhatMatched(t *testing.T) {
	schema := newTestSchema()
	p := mustCompile(t, mustParse(t, detectionRule(`
    selection:
        Operation|contains: ['mailbox', 'nothing']
        Code: [1, 2]
    either:
        - Other: x
        - Gone: null
    keywords:
        - 'needle'
    filter:
        User: eve
    condition: selection and (either or keywords) and not filter`)), Options{Schema: schema})
	record := newTestRecord(t, schema, `{"Operation":"Set-Mailbox","Code":[2.0,7],"Text":"a Needle","User":"ada"}`)
	type told struct{ field, value, operand string }
	var got []told
	for _, h := range p.Explain(record) {
		got = append(got, told{h.Field, h.Value, h.Operand.Text})
	}
	want := []told{{"Operation", "Set-Mailbox", "*mailbox*"}, {"Code", "2.0", "2"}, {"Gone", "", "null"}, {"", "a Needle", "*needle*"}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got[i], want[i])
		}
	}
	if p.Explain(newTestRecord(t, schema, `{"Operation":"x"}`)) != nil {
		t.Error("what does not match is explained")
	}
}
