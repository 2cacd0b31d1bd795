package detect

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sigma"
	"aoc/internal/store"
)

func keep(t *testing.T, body string) (*Kept, error) {
	t.Helper()
	k, _, err := Keep(&store.Document{Kind: KindRule, ID: "rules/65f0", Version: 2, At: time.Now(), Body: json.RawMessage(body)})
	return k, err
}

// TestRulesOfForms compiles rules as forms, other programs and exports have them.
func TestRulesOfForms(t *testing.T) {
	e := event(t, aoc.KindUnified, unifiedRecord)
	for body, want := range map[string]bool{
		`{"name":"x","enabled":true,"severity":"high","conditions":[{"field":"operation","operator":"contains","value":"inboxrule"}]}`:                                          true,
		`{"name":"x","conditions":[{"field":"operation","operator":"equals","value":"New-InboxRule"},{"field":"actor","operator":"not_equals","value":"ada@contoso.example"}]}`: false,
		`{"name":"x","conditions":[{"field":"Operation","operator":"in","value":["a","new-inboxrule"]},{"field":"ip","operator":"cidr","value":"203.0.113.0/24"}]}`:             true,
		`{"name":"x","conditions":[{"field":"operation","operator":"is","value":"Set-Mailbox"},{"or":true,"field":"RecordType","operator":"is","value":1}]}`:                    true,
		`{"name":"x","conditions":[{"field":"Parameters","operator":"contains","value":"evil.example"}]}`:                                                                       true,
		`{"name":"x","conditions":[{"field":"operation","operator":"is","value":"new-inboxrule"}],"exclusions":[{"field":"actor","value":"ADA@contoso.example"}]}`:              false,
		`{"name":"x","conditions":[{"field":"operation","operator":"is","value":"new-inboxrule"}],"exclusions":[{"field":"ip","value":"203.0.113.8"}]}`:                         true,
		`{"name":"x","conditions":[{"field":"operation","operator":"like","value":"New-*Rule"},{"field":"workload","operator":"!=","value":"Teams"}]}`:                          true,
	} {
		k, err := keep(t, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		for i, r := range k.Check(Env{}) {
			if r.State != CanFire {
				t.Errorf("%s: %d %+v", body, i, r)
			}
		}
		k.Enabled = true
		s, err := NewRuleset([]*Kept{k}, Env{}, optionsOfTests)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(s.judge(e)) == 1; got != want {
			t.Errorf("%s matches: %v", body, got)
		}
	}
	for _, body := range []string{
		`{}`, `{"name":"no conditions"}`, `{"conditions":[{"field":"operation","operator":"is","value":"x"}]}`, `[]`, `{"bson":"AAAA"}`,
		`{"name":"x","conditions":[{"field":"operation","operator":"resembles","value":"x"}]}`, `{"name":"x","conditions":[{"field":"operation","operator":"is","value":{"a":1}}]}`,
		`{"name":"x","sigma":"title: x"}`,
	} {
		if _, err := keep(t, body); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestChecks says of whole files whether they can fire.
func TestChecks(t *testing.T) {
	body, err := json.Marshal(RuleSpec{Name: "x", Sigma: followed})
	if err != nil {
		t.Fatal(err)
	}
	k, err := keep(t, string(body))
	if err != nil {
		t.Fatal(err)
	}
	if r := k.Report(Env{}); r.State != CanFire {
		t.Errorf("%+v", r)
	}
	off := k.Check(Env{Collected: func(aoc.Source) bool { return false }})
	for i, r := range off {
		if r.State != SourceOff || len(r.Sources) != 1 || r.Sources[0] != "unified" {
			t.Errorf("%d: %+v", i, r)
		}
	}
}

var optionsOfTests = sigma.CorrelatorOptions{}

// TestReportOfAFile: a file of several rules can fire when one of its alerts can, and says
// what the others lack. An order of things needs all of them, a number of things any.
func TestReportOfAFile(t *testing.T) {
	const two = `title: Roles
name: roles
logsource: {product: azure, service: auditlogs}
detection:
    selection: {OperationName: Add member to role}
    condition: selection
---
title: Sign-ins
name: signins
logsource: {product: azure, service: signinlogs}
detection:
    selection: {ResultType: 50126}
    condition: selection
`
	correlation := func(kind, condition string) string {
		return two + "---\ntitle: Both\ncorrelation:\n    type: " + kind + "\n    rules: [roles, signins]\n    group-by: [aoc.actor]\n    timespan: 1h\n" + condition
	}
	typo := strings.Replace(two, "ResultType", "ReslutType", 1)
	directory := Env{Collected: func(s aoc.Source) bool { return s == aoc.SourceDirectory }}
	for name, c := range map[string]struct {
		text string
		want RuleReport
	}{
		"alone":    {two, RuleReport{State: CanFire, Sources: []string{"signin"}}},
		"a number": {correlation("event_count", "    condition: {gte: 3}\n"), RuleReport{State: CanFire, Sources: []string{"signin"}}},
		"an order": {correlation("temporal_ordered", ""), RuleReport{State: SourceOff, Sources: []string{"signin"}}},
		"a typo":   {typo, RuleReport{State: CanFire, Fields: []string{"ReslutType"}}},
		"no rule":  {strings.Replace(two, "auditlogs", "payroll", 1), RuleReport{State: Invalid}},
	} {
		k := &Kept{ID: "x", Version: 1, Rules: parse(t, c.text)}
		got := k.Report(directory)
		got.Problems = nil
		if !reflect.DeepEqual(got, c.want) && (got.State != Invalid || c.want.State != Invalid) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
