package detect

import (
	"context"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/sigma"
	"aoc/internal/store"
)

// TestBackTest tells what following the same log raises, and who makes most of it.
func TestBackTest(t *testing.T) {
	events := inboxEvents(t, 400, 7)
	h := newHouse(t, events)
	if err := h.follow(h.follower(h.store)); err != nil {
		t.Fatal(err)
	}
	alerts := h.alerts()
	told := 0
	r, err := RunBackTest(t.Context(), h.store, keptRules(t)[0], Env{}, aoc.Window{}, func(_, _ int64) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if int(r.Alerts) != len(alerts) || !r.Complete || told == 0 {
		t.Errorf("%d alerts of %d events, want %d alerts", r.Alerts, r.Events, len(alerts))
	}
	rules := 0
	for i := range events {
		if strings.HasSuffix(events[i].Operation, "InboxRule") {
			rules++
		}
	}
	if int(r.Events) != rules || r.Read != r.Events { // nothing else had to be read
		t.Errorf("%d events, %d read; want %d", r.Events, r.Read, rules)
	}
	days := int64(0)
	for _, d := range r.Days {
		days += d.Count
	}
	if days != r.Alerts || len(r.Samples) != backTestSample || len(r.Samples[0].Hits) == 0 || r.Samples[0].Hits[0].Field != "Operation" || r.Suggested != nil {
		t.Errorf("%+v", r)
	}
	if of := r.Values[0]; of.Field != "aoc.actor" || len(of.Values) != 4 || of.Values[0].Count < of.Values[3].Count {
		t.Errorf("%+v", of)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunBackTest(ctx, h.store, keptRules(t)[0], Env{}, aoc.Window{}, nil); err == nil {
		t.Error("it goes on after it was cancelled")
	}
}

// TestBackTestSuggests an exclusion when one value makes most of what matches.
func TestBackTestSuggests(t *testing.T) {
	events := inboxEvents(t, 200, 8)
	for i := range events {
		if i%5 != 0 {
			events[i].Actor.UPN, events[i].ActorDisplay = "sync@contoso.example", "sync@contoso.example"
		}
	}
	h := newHouse(t, events)
	r, err := RunBackTest(t.Context(), h.store, keptRules(t)[0], Env{}, aoc.Window{}, nil)
	if err != nil || r.Suggested == nil || r.Suggested.Field != "aoc.actor" || r.Suggested.Value != "sync@contoso.example" || r.Suggested.Events < r.Events*6/10 {
		t.Fatalf("%+v, %v", r.Suggested, err)
	}
	k := keptRules(t)[0]
	k.Where = (&RuleSpec{Exclusions: []Exclusion{r.Suggested.Exclusion}}).where()
	after, err := RunBackTest(t.Context(), h.store, k, Env{}, aoc.Window{}, nil)
	if err != nil || after.Events != r.Events-r.Suggested.Events {
		t.Errorf("%d events with the exclusion, %d without, %d of it; %v", after.Events, r.Events, r.Suggested.Events, err)
	}
}

// TestPrefilterLosesNothing: whatever a rule matches passes its prefilter.
func TestPrefilterLosesNothing(t *testing.T) {
	rules := append(manyRules(t, 100), parse(t, strings.Join([]string{
		rule("a", "product: aoc", "aoc.operation|contains:\n    - update\n    - Rule"), rule("b", "product: aoc", "aoc.operation|re: .*"),
		rule("c", "product: aoc", "aoc.operation: '?pdate*'"), rule("d", "product: m365", "Workload: Exchange"), rule("e", "product: azure", "Category: UserManagement"),
		rule("f", "product: aoc", "aoc.actor_kind: person"), rule("g", "product: m365", "UserId|endswith: example\nRecordType: 1"),
	}, "---\n"))...)
	d := NewDetector(rules, nil, Env{})
	events := manyEvents(t)
	matched, filtered := 0, 0
	for _, e := range events {
		d.Judge(e, func(r *sigma.Rule) {
			matched++
			for _, c := range d.families[e.Source].rules {
				if c.rule != r {
					continue
				}
				if x := d.families[e.Source].fields.family.prefilter(c.program.Expr); x != nil {
					filtered++
					if !passes(x, e) {
						t.Errorf("%s matches %s, and its prefilter does not: %v", r.Title, e.Operation, x)
					}
				}
			}
		})
	}
	if matched == 0 || filtered == 0 {
		t.Errorf("%d matches, %d prefilters", matched, filtered)
	}
}

func passes(x aoc.Expr, e *aoc.Event) bool { return store.NewMatcher(x).Match(e, nil) }

// TestBackTestNames proposes a name rather than the id that the same events have.
func TestBackTestNames(t *testing.T) {
	t.Parallel()
	bt := BackTest{Events: 12}
	bt.count(map[string]map[string]int64{"aoc.actor": {"0a0a0a0a-1111-4222-8333-000000000013": 10, "ada@contoso.example": 10, "bo@contoso.example": 2}})
	if bt.Suggested == nil || bt.Suggested.Value != "ada@contoso.example" || bt.Values[0].Values[1].Value != "0a0a0a0a-1111-4222-8333-000000000013" {
		t.Errorf("%+v of %+v", bt.Suggested, bt.Values[0])
	}
}
