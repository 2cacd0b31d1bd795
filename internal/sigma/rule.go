package sigma

import (
	"strings"
	"time"
)

// Rule is one document of a Sigma file. Exactly one of Detection, Correlation and Filter is
// set; it says what kind of rule this is.
type Rule struct {
	Title          string
	ID             string
	Name           string
	Related        []Related
	Taxonomy       string // "sigma" when the rule names none
	Status         string
	Description    string
	License        string
	References     []string
	Author         string
	Date, Modified time.Time // days, UTC; zero when absent
	LogSource      LogSource // zero for a correlation
	Fields         []string
	FalsePositives []string
	Level          string // empty when the rule names none
	Tags           []string
	Scope          []string

	Detection   *Detection
	Correlation *Correlation
	Filter      *Filter

	// Custom holds the attributes that Sigma does not know, as the YAML decoder gives them.
	Custom map[string]any
	// Warnings tell what the specification advises against.
	Warnings []Problem
	// Source is the text of this document alone, and Line the line of the file it begins on,
	// from 1.
	Source string
	Line   int
}

// Related is how a rule relates to another one.
type Related struct {
	ID   string
	Type string // derived, obsolete, merged, renamed or similar
}

// LogSource says what log data a rule is for.
type LogSource struct {
	Category, Product, Service string
	// Definition tells readers how to set the source up; nothing evaluates it.
	Definition string
	// Custom holds further elements by name.
	Custom map[string]any
}

// Refers reports whether ref, from a correlation or a filter, names this rule: by id in
// any letter case, or by name.
func (r *Rule) Refers(ref string) bool {
	return r.ID != "" && strings.EqualFold(r.ID, ref) || r.Name != "" && r.Name == ref
}

// Tactics gives the names of the ATT&CK tactics in the tags, such as "initial-access", with
// hyphens whatever the tag has.
func (r *Rule) Tactics() []string {
	var tactics []string
	for _, tag := range r.Tags {
		if name, ok := strings.CutPrefix(tag, "attack."); ok && !isATTACKNumber(name) {
			tactics = append(tactics, strings.ReplaceAll(name, "_", "-"))
		}
	}
	return tactics
}

// Techniques gives the numbers of the ATT&CK techniques in the tags, such as "T1078.004".
func (r *Rule) Techniques() []string {
	var techniques []string
	for _, tag := range r.Tags {
		if name, ok := strings.CutPrefix(tag, "attack.t"); ok && isATTACKNumber("t"+name) {
			techniques = append(techniques, "T"+name)
		}
	}
	return techniques
}

// isATTACKNumber reports whether a name of the namespace attack is that of a technique (t),
// group (g), software (s), data source (ds), mitigation (m) or asset (a).
func isATTACKNumber(name string) bool {
	digits := strings.TrimLeft(name, "adgmst")
	switch name[:len(name)-len(digits)] {
	case "t", "g", "s", "ds", "m", "a":
	default:
		return false
	}
	if digits == "" {
		return false
	}
	for _, c := range digits {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}

// Detection is what a detection rule looks for, before modifiers are applied.
type Detection struct {
	Searches []Search
	// Conditions are linked by or.
	Conditions []string

	conditions []condition
}

// Search is a search identifier with what it stands for.
type Search struct {
	Name string

	body element
	place
}

// Filter suppresses matches of the rules it names.
type Filter struct {
	Rules []string // ids and names
	// Detection has the searches and the one condition.
	Detection Detection
	// Remains is set when the condition is made of negations alone and so says what remains.
	Remains bool
}

// Correlation is what a correlation rule looks for.
type Correlation struct {
	Type     string   // event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile
	Rules    []string // ids and names
	Aliases  map[string]map[string]string
	GroupBy  []string
	Timespan time.Duration
	// Conditions must all hold. For temporal correlations without any, all rules must occur.
	Conditions []Threshold
	// Fields are those of the condition; one, except for value_count, which counts tuples.
	Fields []string
	// Generate says that the rules referred to are alerts of their own.
	Generate bool

	place
}

// Threshold is one criterion of a correlation's condition.
type Threshold struct {
	Op    string // gt, gte, lt, lte, eq or neq
	Value float64
}

// place is where something stands in a file.
type place struct {
	line, column int
	key          string
}

// problem makes a problem at the place.
func (p place) problem(message, hint string) Problem {
	return Problem{Line: p.line, Column: p.column, Key: p.key, Message: message, Hint: hint}
}
