package detect

import (
	"slices"

	"aoc"
	"aoc/internal/sigma"
)

// State says whether a rule can fire.
type State string

// The states of a rule.
const (
	CanFire   State = "can_fire"
	SourceOff State = "source_off" // its records are not collected
	Unmapped  State = "unmapped"   // it names fields that its records do not have, or placeholders without values
	Invalid   State = "invalid"    // it is no rule, or uses what AOC cannot do
)

// RuleReport says what is known of a rule before it has judged anything.
type RuleReport struct {
	State State `json:"state" enum:"can_fire,source_off,unmapped,invalid"`
	// Sources name what would have to be collected.
	Sources []string `json:"sources,omitempty"`
	// Fields are those that records of its log source do not have.
	Fields []string `json:"fields,omitempty"`
	// Placeholders are those without values.
	Placeholders []string `json:"placeholders,omitempty"`
	// Problems say what is wrong with it, in words.
	Problems []string `json:"problems,omitempty"`
}

// Env is what rules are compiled for.
type Env struct {
	// Collected reports whether records of a source are collected; nil: all are.
	Collected func(aoc.Source) bool
	// Placeholders gives the values of a placeholder in rules; nil: there are none.
	Placeholders func(name string) ([]string, bool)
	// Filters are applied to the rules that they name.
	Filters []*sigma.Rule
}

func (v Env) collected(s aoc.Source) bool { return v.Collected == nil || v.Collected(s) }

// asking is a schema that remembers which fields it was asked for in vain.
type asking struct {
	*fields
	unknown []string
}

// Field implements [sigma.Schema].
func (a *asking) Field(name string) (sigma.Slot, error) {
	s, err := a.fields.Field(name)
	if err != nil && !slices.Contains(a.unknown, name) {
		a.unknown = append(a.unknown, name)
	}
	return s, err
}

// expanding looks placeholders up, and remembers those without values.
type expanding struct {
	values  func(name string) ([]string, bool)
	unknown []string
}

func (x *expanding) look(name string) (values []string, ok bool) {
	if x.values != nil {
		values, ok = x.values(name)
	}
	if !ok && !slices.Contains(x.unknown, name) {
		x.unknown = append(x.unknown, name)
	}
	return values, ok
}

// compiled is a rule for the records of one family.
type compiled struct {
	rule    *sigma.Rule
	program *sigma.Program
	source  *logSource
}

// applicable are the exclusions that concern a family: records without a field cannot have a
// value of it that is left out. One that no family has stays, and is reported.
func (s *logSource) applicable(f *family, where []sigma.Condition) []sigma.Condition {
	return slices.DeleteFunc(slices.Clone(where), func(c sigma.Condition) bool {
		_, here := f.resolve(c.Field)
		return !here && slices.ContainsFunc(s.families, func(other *family) bool {
			_, there := other.resolve(c.Field)
			return there
		})
	})
}

// compile compiles a detection rule for each family of its log source, and says what is
// known of it.
func (d *Detector) compile(r *sigma.Rule, where []sigma.Condition) RuleReport {
	s, err := findLogSource(r.LogSource)
	if err != nil {
		return RuleReport{State: Invalid, Problems: []string{aoc.MessageOf(err)}}
	}
	if s.missing != "" {
		return RuleReport{State: SourceOff, Sources: []string{s.missing}}
	}
	var report RuleReport
	for _, f := range s.families {
		schema := &asking{fields: d.fieldsOf(f)}
		expand := &expanding{values: d.env.Placeholders}
		program, err := sigma.Compile(r, sigma.Options{Schema: schema, Where: s.applicable(f, where), Placeholders: expand.look, Filters: d.env.Filters})
		switch {
		case len(schema.unknown)+len(expand.unknown) > 0:
			report.Fields = append(report.Fields, schema.unknown...)
			report.Placeholders = append(report.Placeholders, expand.unknown...)
		case err != nil:
			return RuleReport{State: Invalid, Problems: []string{aoc.MessageOf(err)}}
		default:
			d.add(f, &compiled{r, program, s})
			if d.env.collected(f.source) {
				report.State = CanFire
			} else {
				report.Sources = append(report.Sources, string(f.source))
			}
		}
	}
	switch {
	case report.State == CanFire:
		return RuleReport{State: CanFire}
	case len(report.Sources) > 0:
		return RuleReport{State: SourceOff, Sources: report.Sources}
	}
	slices.Sort(report.Fields)
	slices.Sort(report.Placeholders)
	report = RuleReport{State: Unmapped, Fields: slices.Compact(report.Fields), Placeholders: slices.Compact(report.Placeholders)}
	for _, name := range report.Placeholders {
		report.Problems = append(report.Problems, "the placeholder %"+name+"% has no values: the operator sets them in AOC_RULE_PLACEHOLDERS, such as "+name+"=one|another")
	}
	return report
}
