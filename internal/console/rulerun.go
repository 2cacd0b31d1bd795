package console

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/trail"
)

// RunRule asks for a rule to be run over what is stored, from a time on (zero: all of it). It
// raises the alerts that the rule would have raised, and tells nobody of them. Codes
// not_found; conflict while it is under way; unavailable where nothing is judged.
func (c *Console) RunRule(ctx context.Context, id string, start time.Time) (detect.PastRun, error) {
	if err := c.authorise(ctx, actRules); err != nil {
		return detect.PastRun{}, err
	}
	if err := checkSpan(start, time.Time{}); err != nil {
		return detect.PastRun{}, err
	}
	if !c.features.AlertsEnabled {
		e := aoc.Errorf(aoc.CodeUnavailable, "console.run_rule", "alerts are off")
		e.Hint = "The operator switches them on with ALERTS_ENABLED=true."
		return detect.PastRun{}, e
	}
	rules, err := c.store.ListDocuments(ctx, detect.KindRule)
	if err != nil {
		return detect.PastRun{}, err
	}
	name := ""
	for _, d := range rules {
		if d.ID == id {
			name = c.ruleOf(d).Name
		}
	}
	if name == "" {
		return detect.PastRun{}, aoc.Errorf(aoc.CodeNotFound, "console.run_rule", "there is no rule with this id")
	}
	version := int64(0)
	before, err := c.store.Item(ctx, detect.KindRun, id)
	switch {
	case aoc.CodeOf(err) == aoc.CodeNotFound:
	case err != nil:
		return detect.PastRun{}, err
	default:
		version = before.Version
		if s := detect.RunState(before.Labels[detect.LabelState]); s == detect.RunWaiting || s == detect.RunRunning {
			e := aoc.Errorf(aoc.CodeConflict, "console.run_rule", "the rule is run over the past already")
			e.Hint = "Wait for it to end, or cancel it."
			return detect.PastRun{}, e
		}
	}
	run := detect.PastRun{RuleID: id, State: detect.RunWaiting, Start: start.UTC(), AskedBy: author(ctx), AskedAt: c.clock.Now().UTC()}
	it, err := detect.RunItem(&run, version)
	if err != nil {
		return detect.PastRun{}, err
	}
	if _, err := c.store.PutItem(ctx, it); err != nil {
		return detect.PastRun{}, faster(err)
	}
	c.recordDone(ctx, trail.Entry{Operation: "Run rule over the past", Target: trail.Target{Type: detect.KindRule, ID: id, Name: name}})
	return run, nil
}

// RuleRun tells how far the last run of a rule over the past is: none when there was none.
func (c *Console) RuleRun(ctx context.Context, id string) (detect.PastRun, error) {
	if err := c.authorise(ctx, actRules); err != nil {
		return detect.PastRun{}, err
	}
	it, err := c.store.Item(ctx, detect.KindRun, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return detect.PastRun{RuleID: id, State: detect.RunNone}, nil
	}
	if err != nil {
		return detect.PastRun{}, err
	}
	run, err := detect.RunOf(&it)
	return *run, err
}

// CancelRuleRun ends the run of a rule over the past, and forgets it. What it has raised
// stays. Code not_found.
func (c *Console) CancelRuleRun(ctx context.Context, id string) error {
	run, err := c.RuleRun(ctx, id)
	if err != nil {
		return err
	}
	if run.State == detect.RunNone {
		return aoc.Errorf(aoc.CodeNotFound, "console.rule_run", "the rule has not been run over the past")
	}
	for {
		it, err := c.store.Item(ctx, detect.KindRun, id)
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			return nil
		}
		if err == nil {
			err = c.store.DropItem(ctx, it)
		}
		if aoc.CodeOf(err) == aoc.CodeConflict && ctx.Err() == nil {
			continue // it has just told how far it is
		}
		if err == nil {
			c.recordDone(ctx, trail.Entry{Operation: "Cancel run over the past", Target: trail.Target{Type: detect.KindRule, ID: id}})
		}
		return err
	}
}
