package console

import (
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/store"
)

const sigmaRule = `title: A role was granted
id: 5d2c8f4e-1111-4a2b-8c3d-000000000001
author: Somebody
license: DRL-1.1
logsource:
    product: azure
    service: auditlogs
detection:
    selection:
        OperationName: Add member to role
    condition: selection
level: high
tags:
    - attack.persistence
`

// TestRules makes, changes and drops rules of both forms, and says what they lack.
func TestRules(t *testing.T) {
	c, _, _, _ := audited(t)
	ada := as(t.Context(), aoc.RoleMember)
	form := detect.RuleSpec{Name: "Deletes", Enabled: true, Severity: aoc.SeverityLow, Conditions: []detect.Condition{{Field: "operation", Operator: "starts_with", Value: "Delete"}}}
	one, err := c.MakeRule(ada, form)
	if err != nil || one.Title != "Deletes" || one.Level != aoc.SeverityLow || one.Report.State != detect.CanFire || !strings.Contains(one.Source, "logsource:") || one.By != "ada" {
		t.Fatalf("%+v, %v", one, err)
	}
	two, err := c.MakeRule(ada, detect.RuleSpec{Sigma: sigmaRule})
	if err != nil || two.Name != "A role was granted" || two.Author != "Somebody" || two.License != "DRL-1.1" || two.Level != aoc.SeverityHigh || two.Tags[0] != "attack.persistence" || two.Enabled {
		t.Fatalf("%+v, %v", two, err)
	}
	if r, err := c.MakeRule(ada, detect.RuleSpec{Sigma: strings.Replace(sigmaRule, "OperationName", "OperatoinName", 1)}); err != nil || r.Report.State != detect.Unmapped || r.Report.Fields[0] != "OperatoinName" {
		t.Errorf("a typo: %+v, %v", r.Report, err)
	}
	for name, s := range map[string]detect.RuleSpec{
		"no name": {Conditions: form.Conditions}, "both": {Name: "x", Sigma: sigmaRule, Conditions: form.Conditions}, "no YAML": {Sigma: "{"}, "no rule": {Sigma: "title: x\n"},
		"no records": {Sigma: strings.Replace(sigmaRule, "azure", "windows", 1)}, "no conditions": {Name: "x"}, "no severity": {Name: "x", Severity: "dire", Conditions: form.Conditions},
		"a modifier": {Sigma: strings.Replace(sigmaRule, "OperationName", "OperationName|resembles", 1)},
	} {
		if r, err := c.MakeRule(ada, s); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	form.Exclusions = []detect.Exclusion{{Field: "actor", Value: "sync@contoso.example"}}
	if _, err := c.ChangeRule(ada, one.ID, 7, form); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("of another version: %v", err)
	}
	if one, err = c.ChangeRule(ada, one.ID, 1, form); err != nil || one.Version != 2 || len(one.Exclusions) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	for _, who := range []aoc.Role{aoc.RoleReader, aoc.RoleAnalyst} {
		if err := c.DropRule(as(t.Context(), who), one.ID, 2); aoc.CodeOf(err) != aoc.CodeForbidden {
			t.Errorf("%s: %v", who, err)
		}
	}
	if err := c.DropRule(ada, one.ID, 2); err != nil {
		t.Error(err)
	}
	rules, err := c.Rules(as(t.Context(), aoc.RoleReader))
	if err != nil || len(rules) != 2 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
}

func mustRules(t *testing.T, c *Console) []Rule {
	t.Helper()
	rules, err := c.Rules(as(t.Context(), aoc.RoleReader))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// TestLoadRules loads files, again and changed: what people have set stays.
func TestLoadRules(t *testing.T) {
	c, _, _, _ := audited(t)
	ada := as(t.Context(), aoc.RoleMember)
	bare := strings.NewReplacer("license: DRL-1.1\n", "", "auditlogs", "activitylogs", "0001", "0002")
	files := []RuleFile{
		{"azure/role.yml", []byte(sigmaRule)}, {"azure/subscription.yml", []byte(bare.Replace(sigmaRule))},
		{"azure/typo.yml", []byte(strings.NewReplacer("OperationName", "OperatoinName", "0001", "0003").Replace(sigmaRule))}, {"readme.yml", []byte("hello")},
		{`windows\elsewhere.yml`, []byte(strings.NewReplacer("azure", "windows", "0001", "0004").Replace(sigmaRule))},
		{"no id.yml", []byte(strings.Replace(sigmaRule, "id: 5d2c8f4e-1111-4a2b-8c3d-000000000001\n", "", 1))},
	}
	r, err := c.LoadRules(ada, Pack{"sigma", "DRL 1.1"}, files, true)
	if err != nil || r.Loaded != 4 || r.CanFire != 2 || r.SourceOff != 1 || r.Unmapped != 1 || len(r.Failed) != 2 || r.Failed[0].Path != "readme.yml" || r.Failed[1].Error == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	enabled := func() (ids []string) {
		rules, err := c.Rules(ada)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if r.Enabled {
				ids = append(ids, r.ID)
			}
		}
		return ids
	}
	if got := strings.Join(enabled(), " "); got != "5d2c8f4e-1111-4a2b-8c3d-000000000001 file-no id" {
		t.Errorf("enabled: %s", got)
	}
	for _, rule := range mustRules(t, c) {
		if want := map[bool]string{true: "DRL-1.1", false: "DRL 1.1"}[strings.Contains(rule.Source, "license:")]; rule.License != want || rule.Pack != "sigma" {
			t.Errorf("%s of pack %q has the licence %q, want %q", rule.Name, rule.Pack, rule.License, want)
		}
	}
	// Somebody switches one off and excludes something; then the file comes again, changed.
	rules, err := c.Rules(ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		if rule.ID == "5d2c8f4e-1111-4a2b-8c3d-000000000001" {
			s := rule.RuleSpec
			s.Enabled, s.Exclusions = false, []detect.Exclusion{{Field: "actor", Value: "sync"}}
			if _, err := c.ChangeRule(ada, rule.ID, rule.Version, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	files[0].Content = []byte(strings.Replace(sigmaRule, "level: high", "level: critical", 1))
	if r, err = c.LoadRules(ada, Pack{}, files[:2], true); err != nil || r.Loaded != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if rules, err = c.Rules(ada); err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		switch rule.ID {
		case "5d2c8f4e-1111-4a2b-8c3d-000000000001":
			if rule.Enabled || len(rule.Exclusions) != 1 || rule.Level != aoc.SeverityCritical || rule.Version != 3 || rule.Pack != "sigma" {
				t.Errorf("%+v", rule)
			}
		default:
			if rule.Version != 1 {
				t.Errorf("%s was written again", rule.ID)
			}
		}
	}
}

// TestRunRule asks for a run over the past once at a time, and cancels it.
func TestRunRule(t *testing.T) {
	c, _, _, _ := audited(t)
	ada := as(t.Context(), aoc.RoleMember)
	made, err := c.MakeRule(ada, detect.RuleSpec{Name: "Deletes", Conditions: []detect.Condition{{Field: "operation", Operator: "starts_with", Value: "Delete"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RunRule(ada, made.ID, time.Time{}); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("without alerts: %v", err)
	}
	c.features.AlertsEnabled = true
	if _, err := c.RunRule(as(t.Context(), aoc.RoleAnalyst), made.ID, time.Time{}); aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Errorf("an analyst: %v", err)
	}
	if _, err := c.RunRule(ada, "nothing", time.Time{}); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("no rule: %v", err)
	}
	if run, err := c.RuleRun(ada, made.ID); err != nil || run.State != detect.RunNone {
		t.Errorf("no run: %+v, %v", run, err)
	}
	for range 2 {
		run, err := c.RunRule(ada, made.ID, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		if err != nil || run.State != detect.RunWaiting || run.AskedBy != "ada" {
			t.Fatalf("%+v, %v", run, err)
		}
		if _, err := c.RunRule(ada, made.ID, time.Time{}); aoc.CodeOf(err) != aoc.CodeConflict {
			t.Errorf("again: %v", err)
		}
		if again, err := c.RuleRun(ada, made.ID); err != nil || again != run {
			t.Errorf("%+v, %v", again, err)
		}
		if err := c.CancelRuleRun(ada, made.ID); err != nil {
			t.Fatal(err)
		}
		if err := c.CancelRuleRun(ada, made.ID); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("nothing to cancel: %v", err)
		}
	}
}

// TestAdoptedRules: rules of the original are documents in its words. Those that say enough
// are rules; the others are shown with what is wrong, and can be set right or dropped.
func TestAdoptedRules(t *testing.T) {
	c, _, s, _ := audited(t)
	ada := as(t.Context(), aoc.RoleMember)
	for id, text := range map[string]string{
		"rules/1": `{"_id":{"$oid":"1"},"name":"Role granted","enabled":true,"severity":"high","conditions":[{"field":"operation","operator":"contains","value":"Add member to role"}],"created_at":{"$date":"2026-01-01T00:00:00Z"}}`,
		"rules/2": `{"_id":{"$oid":"2"},"name":"no conditions"}`,
		"rules/3": `{"_id":{"$oid":"3"},"name":7,"conditions":{"operation":"x"}}`,
	} {
		if _, err := s.PutDocument(t.Context(), store.Document{Kind: detect.KindRule, ID: id, By: "the original", At: time.Now().UTC(), Body: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	rules, err := c.Rules(ada)
	if err != nil || len(rules) != 3 {
		t.Fatal(len(rules), err)
	}
	for _, r := range rules {
		switch r.ID {
		case "rules/1":
			if r.Name != "Role granted" || !r.Enabled || r.Level != aoc.SeverityHigh || r.Report.State != detect.CanFire {
				t.Errorf("%+v", r)
			}
		case "rules/2", "rules/3":
			if r.Name == "" || r.Report.State != detect.Invalid || len(r.Report.Problems) != 1 {
				t.Errorf("%+v", r)
			}
			if err := c.DropRule(ada, r.ID, r.Version); err != nil {
				t.Error(err)
			}
		}
	}
	if one, err := c.ChangeRule(ada, "rules/1", 1, detect.RuleSpec{Name: "Role granted", Conditions: []detect.Condition{{Field: "operation", Operator: "is", Value: "x"}}}); err != nil || one.Version != 2 {
		t.Errorf("%+v, %v", one, err)
	}
}

// TestExclusionsAreSigned holds that the console says who excluded something and when,
// whatever they say themselves; what was there stays whose it is.
func TestExclusionsAreSigned(t *testing.T) {
	c, _, _, _ := audited(t)
	ada := as(t.Context(), aoc.RoleMember)
	bo := WithCaller(t.Context(), aoc.Caller{Name: "bo", Subject: "bo", Via: aoc.ViaSession, Role: aoc.RoleMember})
	forged := detect.Exclusion{Field: "actor", Value: "sync", By: "somebody else", At: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	spec := detect.RuleSpec{Name: "Deletes", Conditions: []detect.Condition{{Field: "operation", Operator: "starts_with", Value: "Delete"}}, Exclusions: []detect.Exclusion{forged}}
	rule, err := c.MakeRule(ada, spec)
	if err != nil || rule.Exclusions[0].By != "ada" || rule.Exclusions[0].At.Year() == 2020 {
		t.Fatalf("%+v, %v", rule.Exclusions, err)
	}
	first := rule.Exclusions[0]
	spec.Exclusions = append(spec.Exclusions, detect.Exclusion{Field: "ip", Value: "192.0.2.1"})
	if rule, err = c.ChangeRule(bo, rule.ID, 1, spec); err != nil {
		t.Fatal(err)
	}
	if got := rule.Exclusions; len(got) != 2 || got[0] != first || got[1].By != "bo" || got[1].At.IsZero() {
		t.Errorf("%+v", got)
	}
	same, err := c.Rule(as(t.Context(), aoc.RoleReader), rule.ID)
	if err != nil || same.Version != 2 || len(same.Exclusions) != 2 {
		t.Errorf("%+v, %v", same, err)
	}
	if _, err := c.Rule(ada, "none"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("a rule that is not there: %v", err)
	}
}
