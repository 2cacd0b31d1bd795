package detect

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/sigma"
	"aoc/internal/store"
)

// KindRule is the kind of documents that rules are kept as.
const KindRule = "rule"

// RuleSpec is a rule as people make it: a Sigma file, or a few conditions.
type RuleSpec struct {
	Name    string `json:"name" required:"false" doc:"What alerts are called; that of the Sigma rule where there is one." maxLength:"256" example:"Role granted at night"`
	Enabled bool   `json:"enabled" required:"false" doc:"Whether it raises alerts."`
	// Severity is empty for the rule's own level.
	Severity   aoc.Severity `json:"severity,omitempty" enum:"informational,low,medium,high,critical" doc:"Takes the place of the rule's level."`
	Conditions []Condition  `json:"conditions,omitempty" maxItems:"50" doc:"All must hold, but for those that begin with or. Empty where there is a Sigma rule."`
	Sigma      string       `json:"sigma,omitempty" maxLength:"1048576" doc:"A Sigma file in YAML, in place of conditions: one rule, or a correlation with its rules."`
	GroupBy    []string     `json:"group_by,omitempty" maxItems:"5" doc:"Fields whose values make events one alert; none: the tenant and who did it."`
	// WindowMinutes is 0 for a day.
	WindowMinutes int         `json:"window_minutes,omitempty" minimum:"0" maximum:"43200" doc:"For how long events of one group are one alert; 0: a day."`
	Exclusions    []Exclusion `json:"exclusions,omitempty" maxItems:"200" doc:"Events that have such a value do not count."`
	// Pack says where it came from, such as starter.
	Pack string `json:"pack,omitempty" maxLength:"100"`
	// PackLicense is under what terms it came, where the rule itself does not say.
	PackLicense string `json:"pack_license,omitempty" maxLength:"100" doc:"The licence of what it came with, for rules that name none."`
}

// Condition compares a field of an event.
type Condition struct {
	Or       bool   `json:"or,omitempty" doc:"Links it to the one before by or; and binds tighter."`
	Not      bool   `json:"not,omitempty"`
	Field    string `json:"field" maxLength:"200" doc:"operation, actor, target, result, source, service, workload, ip, changed, …, or a field of the record by its path." example:"operation"`
	Operator string `json:"operator" doc:"is, contains, starts_with, ends_with, like, matches, in_network, exists, null, lt, lte, gt, gte" example:"contains"`
	Value    any    `json:"value,omitempty" doc:"One text or number, or several, of which any has to match." example:"\"Add member to role\""`
}

// Exclusion leaves events out of a rule that have a value in a field.
type Exclusion struct {
	Field string    `json:"field" maxLength:"200" example:"aoc.actor"`
	Value string    `json:"value" maxLength:"1000"`
	Note  string    `json:"note,omitempty" maxLength:"1000"`
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

// texts gives values as texts: those of a text, a number, a truth, or a list of them.
func texts(value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case bool:
		return []string{strconv.FormatBool(v)}, nil
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}, nil
	case []string:
		return v, nil
	case []any:
		var all []string
		for _, one := range v {
			if _, nested := one.([]any); nested {
				break
			}
			more, err := texts(one)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
		if len(all) == len(v) {
			return all, nil
		}
	}
	return nil, aoc.Errorf(aoc.CodeInvalid, "detect.condition", "value: neither a text, a number, nor a list of them")
}

// operators are other names of comparisons, as forms and other programs have them.
var operators = map[string]sigma.Comparison{ //nolint:gochecknoglobals // read-only table
	"equals": sigma.Is, "eq": sigma.Is, "==": sigma.Is, "in": sigma.Is, "startswith": sigma.StartsWith, "endswith": sigma.EndsWith, "regex": sigma.Matches,
	"re": sigma.Matches, "cidr": sigma.IsInNetwork, "<": sigma.IsLess, "<=": sigma.IsAtMost, ">": sigma.IsGreater, ">=": sigma.IsAtLeast, "wildcard": sigma.IsLike,
}

// condition is a condition as the engine has it.
func (c *Condition) condition() (sigma.Condition, error) {
	op, not := strings.ToLower(strings.TrimSpace(c.Operator)), c.Not
	for _, prefix := range []string{"not_", "!"} {
		if rest, ok := strings.CutPrefix(op, prefix); ok {
			op, not = rest, !not
			if op == "=" {
				op = "eq"
			}
		}
	}
	comparison, ok := operators[op]
	if !ok {
		comparison = sigma.Comparison(op)
	}
	values, err := texts(c.Value)
	return sigma.Condition{Or: c.Or, Not: not, Field: ownName(c.Field), Comparison: comparison, Values: values}, err
}

// ownName gives the name of a field of AOC's events, where a short one stands for it.
func ownName(field string) string {
	name := "aoc." + rawjson.Fold(strings.TrimSpace(field))
	if own[name] != nil {
		return name
	}
	return field
}

// productAOC is the log source of rules about all events.
const productAOC = "aoc"

// Compile makes the rules of a spec. Code invalid.
func (s *RuleSpec) Compile(id string) ([]*sigma.Rule, error) {
	if s.Sigma != "" {
		return sigma.Parse([]byte(s.Sigma))
	}
	conditions := make([]sigma.Condition, len(s.Conditions))
	for i := range s.Conditions {
		var err error
		if conditions[i], err = s.Conditions[i].condition(); err != nil {
			return nil, err
		}
	}
	level := string(s.Severity)
	if level == "" {
		level = string(aoc.SeverityMedium)
	}
	r, err := sigma.FromConditions(sigma.Head{Title: s.Name, Name: id, Level: level, LogSource: sigma.LogSource{Product: productAOC}}, conditions)
	if err != nil {
		return nil, err
	}
	return []*sigma.Rule{r}, nil
}

// where are the exclusions of a spec, as conditions that must hold.
func (s *RuleSpec) where() []sigma.Condition {
	var all []sigma.Condition
	for _, x := range s.Exclusions {
		all = append(all, sigma.Condition{Not: true, Field: ownName(x.Field), Comparison: sigma.Is, Values: []string{x.Value}})
	}
	return all
}

// Keep makes the rule of a document. Code invalid for one that is no rule any more.
func Keep(d *store.Document) (*Kept, *RuleSpec, error) {
	var s RuleSpec
	if err := json.Unmarshal(d.Body, &s); err != nil {
		return nil, nil, aoc.Wrap(err, aoc.CodeInvalid, "detect.keep", "the stored rule cannot be read")
	}
	k := &Kept{
		ID: d.ID, Version: d.Version, Enabled: s.Enabled, GroupBy: s.GroupBy, Window: time.Duration(s.WindowMinutes) * time.Minute, Severity: s.Severity, Where: s.where(),
	}
	if s.Sigma != "" && s.Severity == "" {
		k.Severity = ""
	}
	for i, f := range k.GroupBy {
		k.GroupBy[i] = ownName(f)
	}
	var err error
	k.Rules, err = s.Compile(d.ID)
	return k, &s, err
}

// Check tells what is known of a rule before it has judged anything: of each of its
// documents, in order.
func (k *Kept) Check(env Env) []RuleReport {
	reports := make([]RuleReport, len(k.Rules))
	var detections []*sigma.Rule
	for _, r := range k.Rules {
		switch {
		case r.Filter != nil:
			env.Filters = append(slices.Clone(env.Filters), r)
		case r.Detection != nil:
			detections = append(detections, r)
		}
	}
	d := newDetector(env)
	for _, r := range detections {
		reports[slices.Index(k.Rules, r)] = d.compile(r, k.Where)
	}
	_, err := sigma.NewCorrelator(slices.DeleteFunc(slices.Clone(k.Rules), func(r *sigma.Rule) bool { return r.Filter != nil }), sigma.CorrelatorOptions{})
	for i, r := range k.Rules {
		switch {
		case r.Filter != nil:
			reports[i] = RuleReport{State: CanFire}
		case r.Correlation != nil && err != nil:
			reports[i] = RuleReport{State: Invalid, Problems: []string{aoc.MessageOf(err)}}
		case r.Correlation != nil:
			reports[i] = k.correlated(r, reports)
		}
	}
	return reports
}

// correlated says whether a correlation can fire: for an order of things all must, for a
// number of things any.
func (k *Kept) correlated(r *sigma.Rule, reports []RuleReport) RuleReport {
	var of []RuleReport
	for _, about := range sigma.Correlated(k.Rules, r.Correlation) {
		if about.Correlation != nil {
			of = append(of, k.correlated(about, reports))
		} else {
			of = append(of, reports[slices.Index(k.Rules, about)])
		}
	}
	if r.Correlation.Type == sigma.Temporal || r.Correlation.Type == sigma.TemporalOrdered {
		return worst(of)
	}
	return best(of)
}

// Report says whether a rule can raise any alert. One of several of a file is enough; what the
// others lack is told, too.
func (k *Kept) Report(env Env) RuleReport {
	var of []RuleReport
	for i, report := range k.Check(env) {
		if r := k.Rules[i]; r.Filter == nil && sigma.Standalone(k.Rules, r) {
			of = append(of, report)
		}
	}
	return best(of)
}

// order says which of several states is told.
var order = map[State]int{CanFire: 0, SourceOff: 1, Unmapped: 2, Invalid: 3} //nolint:gochecknoglobals // read-only table

// worst gives the report that hinders most.
func worst(reports []RuleReport) RuleReport {
	w := RuleReport{State: CanFire}
	for _, r := range reports {
		if order[r.State] > order[w.State] {
			w = r
		}
	}
	return w
}

// best gives the state of that which can do most, with what all of them lack; one that is
// invalid counts before all.
func best(reports []RuleReport) RuleReport {
	if w := worst(reports); w.State == Invalid || len(reports) == 0 {
		return w
	}
	all := RuleReport{State: Unmapped}
	for _, r := range reports {
		if order[r.State] < order[all.State] {
			all.State = r.State
		}
		all.Sources, all.Fields = append(all.Sources, r.Sources...), append(all.Fields, r.Fields...)
		all.Placeholders, all.Problems = append(all.Placeholders, r.Placeholders...), append(all.Problems, r.Problems...)
	}
	for _, list := range []*[]string{&all.Sources, &all.Fields, &all.Placeholders, &all.Problems} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return all
}
