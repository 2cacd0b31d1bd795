package console

import (
	"errors"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/query"
)

// maxTerm and maxValues bound what one request may ask for.
const (
	maxTerm   = 1000 // bytes of a search term
	maxValues = 200  // values of one filter
)

// results lists the results, in the order people are shown them.
func results() []aoc.Result {
	return []aoc.Result{aoc.ResultSuccess, aoc.ResultFailure, aoc.ResultPartial, aoc.ResultUnknown}
}

// Filter selects events. An event passes when it has, for every list that is not empty,
// one of its values, contains every search term, matches the query and happened in
// Start ≤ t < End. Values are compared as a whole and without regard to letter case; an
// actor is meant by display name, user principal name or object id.
type Filter struct {
	Tenant, Source, Service, Workload, Operation, Result []string
	Actor, ActorKind, Tags                               []string
	// Search holds terms, each of which must occur somewhere in the event.
	Search     []string
	Start, End time.Time // zero is open

	// Query is in the query language (package query).
	Query string
	// Zone is that of times in Query that name none; nil means UTC.
	Zone *time.Location
	// NoiseHidden leaves out what the service did by itself, unless the filter names a kind
	// of actor or the id of an event.
	NoiseHidden bool
}

// query checks the filter and gives it as a query. Relative times count from now. Events
// that windows hold for count as reviewed as expected where no person reviewed them; nil
// means that there are no change windows.
func (f Filter) query(now time.Time, windows aoc.Expr) (aoc.Query, error) {
	x, err := f.check(now)
	if err != nil {
		return aoc.Query{}, err
	}
	var where aoc.And
	for _, l := range f.lists() {
		if values := present(l.values); len(values) > 0 {
			where = append(where, aoc.Is{Field: l.field, Values: values})
		}
	}
	for _, term := range present(f.Search) {
		where = append(where, aoc.Text{Term: term})
	}
	if all, ok := x.(aoc.And); ok {
		where = append(where, all...)
	} else if x != nil {
		where = append(where, x)
	}
	if f.NoiseHidden && !namesNoise(where) {
		where = append(where, aoc.Not{Of: noise()})
	}
	q := narrowed(where, aoc.Window{Start: storable(f.Start), End: storable(f.End)})
	q.Where = rewriteReview(q.Where, windows)
	return q, nil
}

// narrowed gives the query for a condition within a span. What the condition itself says of
// the time, at its top level, narrows the span, which stores can do best.
func narrowed(where aoc.And, span aoc.Window) aoc.Query {
	q := aoc.Query{Start: span.Start, End: span.End}
	var rest aoc.And
	for _, part := range where {
		b, ok := part.(aoc.Between)
		if !ok {
			rest = append(rest, part)
			continue
		}
		if b.Start.After(q.Start) {
			q.Start = b.Start
		}
		if !b.End.IsZero() && (q.End.IsZero() || b.End.Before(q.End)) {
			q.End = b.End
		}
	}
	if !q.Start.IsZero() && !q.End.IsZero() && !q.Start.Before(q.End) { // no time is left
		q.Start, q.End, rest = span.Start, span.End, aoc.And{aoc.Or{}}
	}
	if len(rest) > 0 {
		q.Where = rest
	}
	return q
}

// list is the values wanted of one field.
type list struct {
	param  string
	field  aoc.Field
	values []string
}

func (f Filter) lists() []list {
	return []list{
		{"tenant", aoc.FieldTenant, f.Tenant},
		{"source", aoc.FieldSource, f.Source},
		{"service", aoc.FieldService, f.Service},
		{"workload", aoc.FieldWorkload, f.Workload},
		{"operation", aoc.FieldOperation, f.Operation},
		{"result", aoc.FieldResult, f.Result},
		{"actor", aoc.FieldActor, f.Actor},
		{"actor_kind", aoc.FieldActorKind, f.ActorKind},
		{"tags", aoc.FieldTag, f.Tags},
	}
}

// Validate tells, as [*InvalidParam], what is wrong with the filter; about Query it holds a
// [*query.Error]. It asks no store, so that a caller can know before there is one.
func (f Filter) Validate(now time.Time) error {
	_, err := f.check(now)
	return err
}

// check is Validate, and gives the predicate of the query, nil for none.
func (f Filter) check(now time.Time) (aoc.Expr, error) {
	for _, l := range append(f.lists(), list{param: "search", values: f.Search}) {
		if len(l.values) > maxValues {
			return nil, invalid(l.param, "at most %d values can be given", maxValues)
		}
	}
	for _, term := range f.Search {
		if len(term) > maxTerm {
			return nil, invalid("search", "a search term has at most %d bytes", maxTerm)
		}
	}
	if err := oneOf("source", present(f.Source), aoc.Sources()); err != nil {
		return nil, err
	}
	if err := oneOf("result", present(f.Result), results()); err != nil {
		return nil, err
	}
	if err := oneOf("actor_kind", present(f.ActorKind), []aoc.ActorKind{aoc.ActorPerson, aoc.ActorApp, aoc.ActorSystem}); err != nil {
		return nil, err
	}
	x, err := parseQuery("q", f.Query, now, f.Zone)
	if err != nil {
		return nil, err
	}
	return x, checkSpan(f.Start, f.End)
}

// parseQuery reads a parameter in the query language. An error is an [*InvalidParam] that
// holds the [*query.Error].
func parseQuery(param, text string, now time.Time, zone *time.Location) (aoc.Expr, error) {
	x, err := query.Parse(text, query.Options{Now: now, Zone: zone, Macros: macros()})
	if wrong, ok := errors.AsType[*query.Error](err); ok {
		return nil, &InvalidParam{Name: param, Err: &aoc.Error{
			Code: aoc.CodeInvalid, Op: "console.params", Message: wrong.Message, Hint: wrong.Hint, Cause: wrong,
		}}
	}
	return x, err
}

// macros are what is: can be followed by.
func macros() map[string]aoc.Expr {
	return map[string]aoc.Expr{
		"change":     AdminChanges(),
		"noise":      noise(),
		"reviewed":   hasReview(),
		"unreviewed": aoc.Not{Of: hasReview()},
	}
}

// noise holds for what the service did by itself.
func noise() aoc.Expr {
	return aoc.Is{Field: aoc.FieldActorKind, Values: []string{string(aoc.ActorSystem)}}
}

// namesNoise reports whether a condition, in whatever sense, names a kind of actor or an
// event: who does so wants what was asked for, and no more left out.
func namesNoise(x aoc.Expr) bool {
	return mentions(x, aoc.FieldActorKind) || mentions(x, aoc.FieldID)
}

// mentions reports whether a condition says anything of a field.
func mentions(x aoc.Expr, field aoc.Field) bool {
	among := func(parts []aoc.Expr) bool {
		return slices.ContainsFunc(parts, func(p aoc.Expr) bool { return mentions(p, field) })
	}
	switch x := x.(type) {
	case aoc.And:
		return among(x)
	case aoc.Or:
		return among(x)
	case aoc.Not:
		return mentions(x.Of, field)
	case aoc.Is:
		return x.Field == field
	case aoc.Like:
		return x.Field == field
	}
	return false
}

func checkSpan(start, end time.Time) error {
	if !start.IsZero() && !end.IsZero() && !start.Before(end) {
		return invalid("end", "end must be after start")
	}
	return nil
}

// The times a store can compare: those that fit into nanoseconds since 1970.
var ( //nolint:gochecknoglobals // read-only
	firstStorable = time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC)
	lastStorable  = time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)
)

// storable keeps a bound within what a store can compare; no event lies beyond.
func storable(t time.Time) time.Time {
	switch {
	case t.IsZero():
		return t
	case t.Before(firstStorable):
		return firstStorable
	case t.After(lastStorable):
		return lastStorable
	}
	return t.UTC()
}

// present drops empty values, as a form sends them for fields left blank.
func present(values []string) []string {
	var kept []string
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			kept = append(kept, v)
		}
	}
	return kept
}
