package detect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"aoc"
	"aoc/internal/sigma"
)

// Kept is a rule as people have made or loaded it: the documents of one Sigma file, of which
// those that nothing correlates are alerts of their own.
type Kept struct {
	ID      string
	Version int64
	Rules   []*sigma.Rule
	// Enabled: it raises alerts.
	Enabled bool
	// GroupBy are the fields whose values make events one alert; none means the tenant and who
	// did it. It is not used by correlations, which have their own.
	GroupBy []string
	// Window is how long events of one group are one alert; 0 means a day.
	Window time.Duration
	// Severity takes the place of the rule's level, unless empty.
	Severity aoc.Severity
	// Where must hold besides: exclusions.
	Where []sigma.Condition
}

// The fields that make events one alert where nobody says otherwise.
const (
	fieldTenant = "aoc.tenant"
	fieldEntity = "aoc.entity"
)

const defaultWindow = 24 * time.Hour

// Ruleset is what events are judged by: enabled rules, and what they correlate.
type Ruleset struct {
	detector   *Detector
	correlator *sigma.Correlator
	of         map[*sigma.Rule]*Kept
	standalone map[*sigma.Rule]bool
	// identity changes when anything of it does.
	identity string
}

// NewRuleset puts enabled rules together. A rule that cannot judge anything is left out, and
// so is a correlation of which a rule is.
func NewRuleset(kept []*Kept, env Env, o sigma.CorrelatorOptions) (*Ruleset, error) {
	s := &Ruleset{of: map[*sigma.Rule]*Kept{}, standalone: map[*sigma.Rule]bool{}}
	var rules []*sigma.Rule
	where := map[*sigma.Rule][]sigma.Condition{}
	for _, k := range kept {
		if !k.Enabled {
			continue
		}
		for _, r := range k.Rules {
			s.of[r], where[r] = k, k.Where
			s.standalone[r] = r.Correlation == nil && sigma.Standalone(k.Rules, r)
			if r.Correlation != nil {
				withTenant(r.Correlation)
			}
			if r.Filter != nil {
				env.Filters = append(env.Filters, r)
				continue
			}
			rules = append(rules, r)
		}
	}
	detections := slices.DeleteFunc(slices.Clone(rules), func(r *sigma.Rule) bool { return r.Detection == nil })
	s.detector = NewDetector(detections, where, env)
	s.identity = identityOf(kept)
	var err error
	s.correlator, err = sigma.NewCorrelator(rules, o)
	return s, err
}

// identityOf changes when one of the rules does.
func identityOf(kept []*Kept) string {
	h := sha256.New()
	for _, k := range kept {
		fmt.Fprintf(h, "%q %d %v\n", k.ID, k.Version, k.Enabled)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// withTenant keeps tenants apart, whatever else a correlation groups by.
func withTenant(c *sigma.Correlation) {
	if !slices.Contains(c.GroupBy, fieldTenant) {
		c.GroupBy = append(c.GroupBy, fieldTenant)
	}
}

// raised is an alert that an event raises or adds to, before it is known which.
type raised struct {
	kept  *Kept
	rule  *sigma.Rule
	id    string
	group []aoc.AlertValue
	// start and end bound the events of a correlation, which counts them itself.
	start, end time.Time
	events     []string
	count      int64 // 0: the event at hand is one more
}

// judge gives what an event raises.
func (s *Ruleset) judge(e *aoc.Event) []raised {
	var matched []*sigma.Rule
	s.detector.Judge(e, func(r *sigma.Rule) { matched = append(matched, r) })
	if len(matched) == 0 {
		return nil
	}
	var all []raised
	for _, r := range matched {
		if s.standalone[r] {
			all = append(all, s.single(r, e))
		}
	}
	in := sigma.Input{
		Position: uint64(e.Seq), ID: e.Key, Time: e.Timestamp, Matched: matched, //nolint:gosec // places in the log begin at 1
		Values: func(_ *sigma.Rule, field string) []string { return s.detector.Values(e, field) },
	}
	for _, f := range s.correlator.Add(in) {
		k := s.of[f.Rule]
		if !s.outermost(k, f.Rule) {
			continue
		}
		a := raised{kept: k, rule: f.Rule, start: f.Start, end: f.End, events: f.Events, count: int64(f.Count)}
		for _, g := range f.Group {
			a.group = append(a.group, aoc.AlertValue{Field: g.Field, Value: g.Value})
		}
		a.id = alertID(k, f.Rule, f.Key)
		all = append(all, a)
	}
	return all
}

// outermost reports whether a correlation is an alert of its own, and not a part of another.
func (s *Ruleset) outermost(k *Kept, r *sigma.Rule) bool { return sigma.Standalone(k.Rules, r) }

// single is the alert of a rule about single events.
func (s *Ruleset) single(r *sigma.Rule, e *aoc.Event) raised {
	k := s.of[r]
	a := raised{kept: k, rule: r}
	fields := k.GroupBy
	if len(fields) == 0 {
		fields = []string{fieldTenant, fieldEntity}
	}
	parts := []string{}
	for _, field := range fields {
		values := s.detector.Values(e, field)
		value := ""
		if len(values) > 0 {
			value = values[0]
		}
		a.group = append(a.group, aoc.AlertValue{Field: field, Value: value})
		parts = append(parts, value)
	}
	window := cmp.Or(k.Window, defaultWindow)
	parts = append(parts, e.TenantID, e.Timestamp.Truncate(window).Format(time.RFC3339))
	a.id = alertID(k, r, parts...)
	return a
}

// alertID is the same for the same rule, version, group and window.
func alertID(k *Kept, r *sigma.Rule, parts ...string) string {
	text := fmt.Sprintf("%q %d %q %q", k.ID, k.Version, cmp.Or(r.ID, r.Name, r.Title), parts)
	return aoc.KeyOf(text)
}

// severityOf is how much an alert of a rule matters.
func severityOf(k *Kept, r *sigma.Rule) aoc.Severity {
	return cmp.Or(k.Severity, aoc.Severity(r.Level), aoc.SeverityMedium)
}
