package query

import (
	"slices"
	"strings"

	"aoc"
)

// FieldInfo is what can stand before a colon.
type FieldInfo struct {
	// Name is what people type.
	Name string
	// Field is what it stands for; empty for after, before and is.
	Field aoc.Field
	// Help says in a few words what is meant.
	Help string
	// Values are all there can be; nil when they are open.
	Values []string
}

// The names that are no fields of an event.
const (
	nameAfter  = "after"
	nameBefore = "before"
	nameIs     = "is"
)

// fields is in the order in which people are shown them.
var fields = []FieldInfo{ //nolint:gochecknoglobals // read-only table
	{Name: "actor", Field: aoc.FieldActor, Help: "who did it: name, user principal name or id"},
	{Name: "target", Field: aoc.FieldTarget, Help: "what it was done to: name, user principal name or id"},
	{Name: "operation", Field: aoc.FieldOperation, Help: "what was done"},
	{Name: "service", Field: aoc.FieldService, Help: "the source's own category"},
	{Name: "workload", Field: aoc.FieldWorkload, Help: "the product: Entra ID, Exchange …"},
	{
		Name: "result", Field: aoc.FieldResult, Help: "how it ended",
		Values: texts(aoc.ResultSuccess, aoc.ResultFailure, aoc.ResultPartial, aoc.ResultUnknown),
	},
	{Name: "source", Field: aoc.FieldSource, Help: "the log it comes from", Values: texts(aoc.Sources()...)},
	{Name: "ip", Field: aoc.FieldIP, Help: "the address it came from"},
	{Name: "tag", Field: aoc.FieldTag, Help: "a tag that people gave"},
	{Name: "changed", Field: aoc.FieldChanged, Help: "the name of a property that changed"},
	{Name: "review", Field: aoc.FieldReview, Help: "the verdict of a review", Values: texts(aoc.ReviewStates()...)},
	{Name: nameIs, Help: "a kind of event: change, unreviewed …"},
	{Name: nameAfter, Help: "at or after a time: 2026-11-01, -24h"},
	{Name: nameBefore, Help: "before a time"},
	{Name: "kind", Field: aoc.FieldActorKind, Help: "what the actor is", Values: texts(aoc.ActorPerson, aoc.ActorApp, aoc.ActorSystem)},
	{Name: "type", Field: aoc.FieldRecordType, Help: "the kind of record"},
	{
		Name: "origin", Field: aoc.FieldOrigin, Help: "how it reached the store",
		Values: texts(aoc.Origins()...),
	},
	{Name: "tenant", Field: aoc.FieldTenant, Help: "the id of the tenant"},
	{Name: "id", Field: aoc.FieldID, Help: "the id or key of an event"},
}

// aliases are other names that mean the same: those of the API's parameters and fields.
var aliases = map[string]string{ //nolint:gochecknoglobals // read-only table
	"actor_kind": "kind", "record_type": "type", "tags": "tag", "client_ip": "ip", "tenant_id": "tenant",
}

// synonyms are names of other tools, proposed and not accepted.
var synonyms = map[string]string{ //nolint:gochecknoglobals // read-only table
	"user": "actor", "users": "actor", "upn": "actor", "who": "actor", "by": "actor", "initiator": "actor", "userid": "actor",
	"object": "target", "resource": "target", "to": "target", "objectid": "target",
	"op": "operation", "activity": "operation", "action": "operation", "event": "operation", "what": "operation",
	"status": "result", "outcome": "result", "category": "service", "product": "workload", "app": "workload",
	"address": "ip", "clientip": "ip", "label": "tag", "property": "changed", "recordtype": "type",
	"since": "after", "from": "after", "start": "after", "time": "after", "date": "after", "until": "before", "end": "before",
	"key": "id", "state": "review",
}

// schemes begin texts, such as proxy addresses, that only look like a field.
var schemes = map[string]bool{ //nolint:gochecknoglobals // read-only table
	"smtp": true, "sip": true, "spo": true, "urn": true, "mailto": true,
}

// Fields gives everything that can stand before a colon, in the order people are shown it.
func Fields() []FieldInfo { return slices.Clone(fields) }

// NameOf gives what people type for a field.
func NameOf(field aoc.Field) string {
	for _, f := range fields {
		if f.Field == field && field != "" {
			return f.Name
		}
	}
	return string(field)
}

// lookup finds a field by name or alias, in any letter case.
func lookup(name string) (FieldInfo, bool) {
	name = strings.ToLower(name)
	if main, ok := aliases[name]; ok {
		name = main
	}
	i := slices.IndexFunc(fields, func(f FieldInfo) bool { return f.Name == name })
	if i < 0 {
		return FieldInfo{}, false
	}
	return fields[i], true
}

// fieldName gives the name of the term that a text begins with; empty when it begins with
// none.
func fieldName(text string) string {
	n := 0
	for n < len(text) && (text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z' || text[n] == '_') {
		n++
	}
	if n == 0 || n == len(text) || text[n] != ':' {
		return ""
	}
	name, rest := text[:n], text[n+1:]
	if _, ok := lookup(name); ok {
		return name
	}
	if n == 1 || schemes[strings.ToLower(name)] || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, `\`) {
		return ""
	}
	return name
}

// nearestField proposes a field for a name that is none; empty when nothing is near.
func nearestField(name string) string {
	name = strings.ToLower(name)
	if s := synonyms[name]; s != "" {
		return s
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	for alias := range aliases {
		names = append(names, alias)
	}
	slices.Sort(names[len(fields):])
	return nearest(name, names)
}

// nearest gives the first of the closest names: one that the word begins, or that is at most
// a third of it away in edits. Empty when none is.
func nearest(word string, names []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, n := range names {
		d := distance(word, n)
		if len(word) >= 2 && strings.HasPrefix(n, word) {
			d = 1
		}
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be added, removed, replaced or swapped with their
// neighbour to make b of a.
func distance(a, b string) int {
	older, old := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}

func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
