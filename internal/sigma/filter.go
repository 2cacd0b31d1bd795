package sigma

import (
	"fmt"
	"strings"
)

// filter compiles a filter for a rule; nil when it does not name it.
func (c *compiler) filter(f, rule *Rule) Expr {
	if f.Filter == nil || !names(f.Filter.Rules, rule) {
		return nil
	}
	if !f.LogSource.covers(rule.LogSource) {
		c.shared.problems.add(Problem{
			Key:     "filter",
			Message: fmt.Sprintf("the filter %q names this rule, but is for another log source", f.Title),
			Hint:    "Give the filter the log source of the rules it names.",
		})
		return nil
	}
	e := c.detection(&f.Filter.Detection)
	if f.Filter.Remains {
		return e
	}
	return Not{e}
}

// names reports whether any of the references is to the rule.
func names(refs []string, rule *Rule) bool {
	for _, ref := range refs {
		if rule.Refers(ref) {
			return true
		}
	}
	return false
}

// covers reports whether a log source is the other one or more general.
func (l LogSource) covers(other LogSource) bool {
	covers := func(a, b string) bool { return a == "" || strings.EqualFold(a, b) }
	return covers(l.Category, other.Category) && covers(l.Product, other.Product) && covers(l.Service, other.Service)
}

// Unapplied tells of the filters and correlations that name rules which are not there.
func Unapplied(rules []*Rule) []Problem {
	var ps Problems
	for _, r := range rules {
		var refs []string
		switch {
		case r.Filter != nil:
			refs = r.Filter.Rules
		case r.Correlation != nil:
			refs = r.Correlation.Rules
		}
		for _, ref := range refs {
			if find(rules, ref) == nil {
				ps.add(Problem{Message: fmt.Sprintf("%q names the rule %q, which is not there", r.Title, ref), Hint: "Add that rule, or take it out of the list."})
			}
		}
	}
	return ps
}

// find gives the rule that a reference names, nil when there is none.
func find(rules []*Rule, ref string) *Rule {
	for _, r := range rules {
		if r.Filter == nil && r.Refers(ref) {
			return r
		}
	}
	return nil
}
