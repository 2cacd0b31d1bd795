package store

import (
	"bytes"
	"slices"

	"aoc"
	"aoc/internal/rawjson"
)

// EachText calls f with every value that a text search looks into, until f returns
// false: every string and number value of the record and of its earlier versions (keys
// are not searched, JSON inside a string counts as its text), the summary, the actor
// and the targets. A value is good only during the call of f.
func EachText(e *aoc.Event, older [][]byte, f func(value string) bool) {
	more := true
	visit := func(value string) bool {
		if more && value != "" {
			more = f(value)
		}
		return more
	}
	for _, s := range [...]string{
		e.DisplaySummary, e.ActorDisplay, e.Actor.ID, e.Actor.Name, e.Actor.UPN, e.Actor.AppID, e.Actor.AppName,
	} {
		visit(s)
	}
	for _, s := range e.TargetDisplays {
		visit(s)
	}
	for _, t := range e.Targets {
		visit(t.ID)
		visit(t.Name)
		visit(t.UPN)
	}
	if more {
		rawjson.Values(e.Raw, visit)
	}
	for _, raw := range older {
		if more {
			rawjson.Values(raw, visit)
		}
	}
}

// FieldValues gives the values an event has in a field, as [aoc.Is] compares them. For
// [aoc.FieldActor] that is the display first, then every other way to name the actor; for
// [aoc.FieldID] the source's id first, then the key.
func FieldValues(e *aoc.Event, field aoc.Field) []string {
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	switch field {
	case aoc.FieldTenant:
		return one(e.TenantID)
	case aoc.FieldSource:
		return one(string(e.Source))
	case aoc.FieldService:
		return one(e.Service)
	case aoc.FieldWorkload:
		return one(e.Workload)
	case aoc.FieldRecordType:
		return one(e.RecordType)
	case aoc.FieldOperation:
		return one(e.Operation)
	case aoc.FieldResult:
		return one(string(e.Result))
	case aoc.FieldActorKind:
		return one(string(e.ActorKind))
	case aoc.FieldIP:
		return one(e.ClientIP)
	case aoc.FieldOrigin:
		return one(string(e.Origin))
	case aoc.FieldTag:
		return e.Tags
	case aoc.FieldActor:
		return distinct(e.ActorDisplay, e.Actor.UPN, e.Actor.ID, e.Actor.Name)
	case aoc.FieldTarget:
		names := slices.Clone(e.TargetDisplays)
		for _, t := range e.Targets {
			names = append(names, t.Name, t.UPN, t.ID)
		}
		return distinct(names...)
	case aoc.FieldID:
		return distinct(e.ID, e.Key)
	case aoc.FieldChanged:
		names := make([]string, len(e.Changes))
		for i := range e.Changes {
			names[i] = e.Changes[i].Property
		}
		return distinct(names...)
	case aoc.FieldReview:
		if e.Review != nil {
			return one(string(e.Review.State))
		}
	}
	return nil
}

// distinct gives the values that are not empty, each once, in order.
func distinct(values ...string) []string {
	const few = 16
	var out []string
	var seen map[string]bool
	if len(values) > few { // an event may have thousands of targets
		seen = make(map[string]bool, len(values))
	}
	for _, v := range values {
		if v == "" || seen[v] || seen == nil && slices.Contains(out, v) {
			continue
		}
		if out = append(out, v); seen != nil {
			seen[v] = true
		}
	}
	return out
}

// likeValues gives the values that [aoc.Like] compares: the key of an event is random, so
// that nobody knows a part of it.
func likeValues(e *aoc.Event, field aoc.Field) []string {
	if field == aoc.FieldID {
		return distinct(e.ID)
	}
	return FieldValues(e, field)
}

// Matcher decides whether events match a predicate. It is the last word on what a
// search finds, on every backend. A Matcher is not safe for concurrent use.
type Matcher struct {
	holds func(e *aoc.Event) bool
	terms []*textTerm
	buf   []byte
}

// textTerm is one distinct term, in its parts, and whether the event in hand has it.
type textTerm struct {
	parts Pattern
	empty bool // in every event
	hit   bool
}

// NewMatcher prepares a predicate; nil matches every event.
func NewMatcher(where aoc.Expr) *Matcher {
	m := &Matcher{}
	m.holds = m.compile(where)
	return m
}

// Match reports whether e, with the earlier versions of its record, matches.
func (m *Matcher) Match(e *aoc.Event, older [][]byte) bool {
	m.look(e, older)
	return m.holds(e)
}

// look finds out which terms occur, in one pass over the event's text.
func (m *Matcher) look(e *aoc.Event, older [][]byte) {
	missing := 0
	for _, t := range m.terms {
		if t.hit = t.empty; !t.hit {
			missing++
		}
	}
	if missing == 0 {
		return
	}
	EachText(e, older, func(value string) bool {
		m.buf = rawjson.AppendFold(m.buf[:0], value)
		for _, t := range m.terms {
			if !t.hit && t.parts.In(m.buf) {
				t.hit = true
				missing--
			}
		}
		return missing > 0
	})
}

func (m *Matcher) compile(x aoc.Expr) func(e *aoc.Event) bool {
	switch x := x.(type) {
	case aoc.And:
		parts := m.compileAll(x)
		return func(e *aoc.Event) bool {
			return !slices.ContainsFunc(parts, func(p func(*aoc.Event) bool) bool { return !p(e) })
		}
	case aoc.Or:
		parts := m.compileAll(x)
		return func(e *aoc.Event) bool {
			return slices.ContainsFunc(parts, func(p func(*aoc.Event) bool) bool { return p(e) })
		}
	case aoc.Not:
		of := m.compile(x.Of)
		return func(e *aoc.Event) bool { return !of(e) }
	case aoc.Is:
		values := FoldSet(x.Values)
		return func(e *aoc.Event) bool {
			return slices.ContainsFunc(FieldValues(e, x.Field), func(v string) bool { return values[rawjson.Fold(v)] })
		}
	case aoc.Like:
		return m.compileLike(x)
	case aoc.Text:
		t := m.term(x.Term)
		return func(*aoc.Event) bool { return t.hit }
	case aoc.TextLike:
		t := m.term(x.Parts...)
		return func(*aoc.Event) bool { return t.hit }
	case aoc.Between:
		return func(e *aoc.Event) bool {
			return !(e.Timestamp.Before(x.Start) && !x.Start.IsZero()) && (x.End.IsZero() || e.Timestamp.Before(x.End))
		}
	}
	return func(*aoc.Event) bool { return true }
}

func (m *Matcher) compileLike(x aoc.Like) func(e *aoc.Event) bool {
	pattern := NewPattern(x.Parts)
	if x.Field == aoc.FieldID && pattern.Any() {
		return func(*aoc.Event) bool { return true }
	}
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(likeValues(e, x.Field), func(v string) bool {
			m.buf = rawjson.AppendFold(m.buf[:0], v)
			return pattern.Is(m.buf)
		})
	}
}

func (m *Matcher) compileAll(xs []aoc.Expr) []func(*aoc.Event) bool {
	parts := make([]func(*aoc.Event) bool, len(xs))
	for i, x := range xs {
		parts[i] = m.compile(x)
	}
	return parts
}

func (m *Matcher) term(parts ...string) *textTerm {
	pattern := NewPattern(parts)
	for _, t := range m.terms {
		if slices.EqualFunc(t.parts, pattern, bytes.Equal) {
			return t
		}
	}
	t := &textTerm{parts: pattern, empty: !slices.ContainsFunc(pattern, func(p []byte) bool { return len(p) > 0 })}
	m.terms = append(m.terms, t)
	return t
}

// FoldSet gives the folded values as a set.
func FoldSet(values []string) map[string]bool {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		set[rawjson.Fold(v)] = true
	}
	return set
}
