package detect

import (
	"cmp"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/sigma"
)

// family is a kind of records that have the same fields.
type family struct {
	source aoc.Source
	// derived are fields whose values are made of the event, by their folded names.
	derived map[string]derivation
	// aliases are other names of what stands at paths of the record, by their folded names.
	aliases map[string][]string
	// roots are the members that records of the family have, folded.
	roots map[string]bool
}

// derivation appends the values of a field.
type derivation func(e *aoc.Event, dst []sigma.Value) []sigma.Value

// access is how the values of a field are found.
type access struct {
	derived derivation
	paths   []string // see [rawjson.NewPaths]
}

// azurePrefix is what Azure Monitor puts around a record; rules are written with and without.
const azurePrefix = "properties."

// resolve tells how the values of a field are found; false for one that the records do not
// have.
func (f *family) resolve(name string) (access, bool) {
	folded := rawjson.Fold(strings.TrimSpace(name))
	for _, n := range []string{folded, strings.TrimPrefix(folded, azurePrefix)} {
		a := access{derived: f.derived[n], paths: f.aliases[n]}
		if a.derived != nil || a.paths != nil {
			return a, true
		}
		if root, _, _ := strings.Cut(n, "."); f.roots[root] {
			return access{paths: []string{n}}, true
		}
	}
	return access{}, false
}

// set makes a set of the words of a text, folded.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[rawjson.Fold(w)] = true
	}
	return m
}

func text(of func(e *aoc.Event) string) derivation {
	return func(e *aoc.Event, dst []sigma.Value) []sigma.Value { return appendText(dst, of(e)) }
}

// appendText appends texts that are not empty.
func appendText(dst []sigma.Value, texts ...string) []sigma.Value {
	for _, t := range texts {
		if t != "" {
			dst = append(dst, sigma.Value{Kind: sigma.String, Text: t})
		}
	}
	return dst
}

// outcome says a result in the words that portals and rules use.
func outcome(e *aoc.Event) string {
	switch e.Result {
	case aoc.ResultSuccess:
		return "Success"
	case aoc.ResultFailure:
		return "Failure"
	case aoc.ResultPartial:
		return "PartiallySucceeded"
	}
	return ""
}

func operation(e *aoc.Event) string { return e.Operation }

// status is a result with its reason, between which rules do not tell.
func status(e *aoc.Event, dst []sigma.Value) []sigma.Value {
	return appendText(dst, outcome(e), e.ResultReason)
}

// own are the fields of AOC's events, which all families have.
var own = map[string]derivation{ //nolint:gochecknoglobals // read-only table
	"aoc.operation": text(operation), "aoc.result": text(func(e *aoc.Event) string { return string(e.Result) }),
	"aoc.reason": text(func(e *aoc.Event) string { return e.ResultReason }), "aoc.source": text(func(e *aoc.Event) string { return string(e.Source) }),
	"aoc.service": text(func(e *aoc.Event) string { return e.Service }), "aoc.workload": text(func(e *aoc.Event) string { return e.Workload }),
	"aoc.record_type": text(func(e *aoc.Event) string { return e.RecordType }), "aoc.tenant": text(func(e *aoc.Event) string { return e.TenantID }),
	"aoc.actor_kind": text(func(e *aoc.Event) string { return string(e.ActorKind) }), "aoc.ip": text(func(e *aoc.Event) string { return e.ClientIP }),
	"aoc.origin": text(func(e *aoc.Event) string { return string(e.Origin) }), "aoc.summary": text(func(e *aoc.Event) string { return e.DisplaySummary }),
	"aoc.correlation": text(func(e *aoc.Event) string { return e.CorrelationID }),
	"aoc.actor": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		return appendText(dst, e.ActorDisplay, e.Actor.UPN, e.Actor.ID, e.Actor.AppID)
	},
	"aoc.entity": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		return appendText(dst, rawjson.Fold(cmp.Or(e.Actor.UPN, e.Actor.ID, e.Actor.AppID, e.ActorDisplay)))
	},
	"aoc.target": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		for i := range e.Targets {
			dst = appendText(dst, e.Targets[i].Name, e.Targets[i].UPN, e.Targets[i].ID)
		}
		return appendText(dst, e.TargetDisplays...)
	},
	"aoc.target_type": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		for i := range e.Targets {
			dst = appendText(dst, e.Targets[i].Type)
		}
		return dst
	},
	"aoc.changed": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		for i := range e.Changes {
			dst = appendText(dst, e.Changes[i].Property)
		}
		return dst
	},
	"aoc.before": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		for i := range e.Changes {
			if e.Changes[i].Before != nil {
				dst = appendText(dst, *e.Changes[i].Before)
			}
		}
		return dst
	},
	"aoc.after": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
		for i := range e.Changes {
			if e.Changes[i].After != nil {
				dst = appendText(dst, *e.Changes[i].After)
			}
		}
		return dst
	},
}
