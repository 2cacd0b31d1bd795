package sigma

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The types of correlations.
const (
	EventCount      = "event_count"
	ValueCount      = "value_count"
	Temporal        = "temporal"
	TemporalOrdered = "temporal_ordered"
	ValueSum        = "value_sum"
	ValueAvg        = "value_avg"
	ValuePercentile = "value_percentile"
)

var correlationTypes = []string{EventCount, ValueCount, Temporal, TemporalOrdered, ValueSum, ValueAvg, ValuePercentile}

// The bounds of a correlation.
const (
	maxTimespan   = 366 * 24 * time.Hour
	maxReferences = 64 // rules of one correlation
	maxGroupBy    = 16
)

// temporal reports whether the correlation is about different rules.
func (c *Correlation) temporal() bool { return c.Type == Temporal || c.Type == TemporalOrdered }

// correlation reads the section of a correlation rule. generate may stand in it or beside it.
func (r *reader) correlation(p pair) *Correlation {
	c := &Correlation{place: r.place(p.at, p.key)}
	seen := map[string]bool{}
	for _, q := range r.pairs(p.value, p.key) {
		seen[q.key] = true
		r.correlationKey(c, q, p.key)
	}
	if len(seen) == 0 {
		return c
	}
	for _, key := range []string{"type", "rules", "timespan"} {
		if !seen[key] {
			r.fail(p.value, join(p.key, key), "the correlation has no "+key, "")
		}
	}
	if !seen["group-by"] {
		r.warn(p.value, join(p.key, "group-by"), "the correlation has no group-by; all events are one group")
	}
	if !seen["condition"] && c.Type != "" && !c.temporal() {
		r.fail(p.value, join(p.key, "condition"), "a correlation of type "+c.Type+" needs a condition", "Write such as: condition: {gte: 10}")
	}
	r.checkFields(c, p)
	r.checkAliases(c, p)
	return c
}

func (r *reader) correlationKey(c *Correlation, q pair, key string) {
	path := join(key, q.key)
	switch q.key {
	case "type":
		c.Type, _ = r.text(q.value, path)
		if c.Type != "" && !slices.Contains(correlationTypes, c.Type) {
			r.fail(q.value, path, fmt.Sprintf("%q is no type of correlation", c.Type), "Write one of "+strings.Join(correlationTypes, ", ")+".")
		}
	case "rules":
		c.Rules = r.references(q, key)
		if len(c.Rules) == 0 || len(c.Rules) > maxReferences {
			r.fail(q.value, path, fmt.Sprintf("a correlation names 1 to %d rules", maxReferences), "")
		}
	case "aliases":
		c.Aliases = r.aliases(q, key)
	case "group-by":
		c.GroupBy = r.texts(q.value, path)
		if len(c.GroupBy) > maxGroupBy {
			r.fail(q.value, path, fmt.Sprintf("a correlation groups by at most %d fields", maxGroupBy), "")
		}
	case "timespan":
		c.Timespan = r.timespan(q.value, path)
	case "condition":
		r.threshold(c, q, key)
	case "generate":
		c.Generate = r.flag(q.value, path)
	default:
		r.fail(q.at, path, fmt.Sprintf("a correlation has no %q", q.key), "It has type, rules, aliases, group-by, timespan, condition and generate.")
	}
}

// flag reads true or false.
func (r *reader) flag(n *yaml.Node, key string) bool {
	n = resolve(n)
	if n.ShortTag() != "!!bool" {
		r.fail(n, key, "true or false is expected here, not "+kindName(n), "")
	}
	return strings.EqualFold(n.Value, "true")
}

var timespanForm = regexp.MustCompile(`^([0-9]{1,9})([smhd])$`)

// timespan reads a number with its unit.
func (r *reader) timespan(n *yaml.Node, key string) time.Duration {
	text, ok := r.text(n, key)
	if !ok {
		return 0
	}
	m := timespanForm.FindStringSubmatch(text)
	if m == nil {
		r.fail(n, key, fmt.Sprintf("%q is no timespan", text), "Write a whole number and s, m, h or d, such as 90m.")
		return 0
	}
	number, _ := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
	if number == 0 || time.Duration(number) > maxTimespan/unit {
		r.fail(n, key, fmt.Sprintf("the timespan %s is out of range", text), "It is at least 1s and at most 366d.")
		return 0
	}
	return time.Duration(number) * unit
}

// threshold reads the condition of a correlation.
func (r *reader) threshold(c *Correlation, p pair, key string) {
	key = join(key, p.key)
	for _, q := range r.pairs(p.value, key) {
		path := join(key, q.key)
		switch q.key {
		case "gt", "gte", "lt", "lte", "eq", "neq":
			s := r.readScalar(q.value, path)
			if s.kind != scalarNumber {
				r.fail(q.value, path, "a number is expected here, not "+kindName(resolve(q.value)), "")
			}
			c.Conditions = append(c.Conditions, Threshold{Op: q.key, Value: s.number})
		case "field":
			if resolve(q.value).Kind == yaml.SequenceNode {
				c.Fields = r.texts(q.value, path)
			} else if text, ok := r.text(q.value, path); ok {
				c.Fields = []string{text}
			}
		default:
			r.fail(q.at, path, fmt.Sprintf("a correlation's condition has no %q", q.key), "It has gt, gte, lt, lte, eq, neq and field.")
		}
	}
	if len(c.Conditions) == 0 {
		r.fail(p.value, key, "the condition compares with nothing", "Write one of gt, gte, lt, lte, eq and neq with a number.")
	}
}

// checkFields holds the condition's field to the type.
func (r *reader) checkFields(c *Correlation, p pair) {
	key := join(p.key, "condition.field")
	switch c.Type {
	case EventCount, Temporal, TemporalOrdered:
		if len(c.Fields) > 0 {
			r.fail(p.value, key, "a correlation of type "+c.Type+" has no field", "Leave it out, or count values with the type value_count.")
		}
	case ValueCount, ValueSum, ValueAvg, ValuePercentile:
		if len(c.Fields) == 0 {
			r.fail(p.value, key, "a correlation of type "+c.Type+" needs a field", "Name the field in the condition.")
		}
		if len(c.Fields) > 1 && c.Type != ValueCount {
			r.fail(p.value, key, "a correlation of type "+c.Type+" has one field", "")
		}
		if len(c.Fields) > maxGroupBy {
			r.fail(p.value, key, fmt.Sprintf("a correlation counts at most %d fields", maxGroupBy), "")
		}
	}
}

// aliases reads what fields other names stand for, by rule.
func (r *reader) aliases(p pair, key string) map[string]map[string]string {
	key = join(key, p.key)
	aliases := map[string]map[string]string{}
	for _, alias := range r.pairs(p.value, key) {
		fields := map[string]string{}
		for _, of := range r.pairs(alias.value, join(key, alias.key)) {
			fields[of.key], _ = r.text(of.value, join(join(key, alias.key), of.key))
		}
		aliases[alias.key] = fields
	}
	return aliases
}

// checkAliases looks for aliases of rules that are not correlated, and for rules that an
// alias forgets.
func (r *reader) checkAliases(c *Correlation, p pair) {
	used := append(slices.Clone(c.GroupBy), c.Fields...)
	for _, alias := range slices.Sorted(maps.Keys(c.Aliases)) {
		fields := c.Aliases[alias]
		key := join(join(p.key, "aliases"), alias)
		for _, ref := range slices.Sorted(maps.Keys(fields)) {
			if !slices.Contains(c.Rules, ref) {
				r.fail(p.value, key, fmt.Sprintf("the alias is for %q, which is not among the correlation's rules", ref), "Name the rule as the list of rules does.")
			}
		}
		for _, ref := range c.Rules {
			if _, ok := fields[ref]; !ok && slices.Contains(used, alias) {
				r.fail(p.value, key, fmt.Sprintf("the alias does not say which field it is of %q", ref), "Give a field for each of the correlation's rules.")
			}
		}
	}
}
