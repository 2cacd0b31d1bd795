package console

import (
	"strings"
	"time"

	"aoc"
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
// one of its values, contains every search term and happened in Start ≤ t < End. Values
// are compared as a whole and without regard to letter case; an actor is meant by display
// name, user principal name or object id.
type Filter struct {
	Tenant, Source, Service, Workload, Operation, Result []string
	Actor, ActorKind, Tags                               []string
	// Search holds terms, each of which must occur somewhere in the event.
	Search     []string
	Start, End time.Time // zero is open
}

// query checks the filter and gives it as a query.
func (f Filter) query() (aoc.Query, error) {
	if err := f.Validate(); err != nil {
		return aoc.Query{}, err
	}
	q := aoc.Query{Start: storable(f.Start), End: storable(f.End)}
	var where aoc.And
	for _, l := range f.lists() {
		if values := present(l.values); len(values) > 0 {
			where = append(where, aoc.Is{Field: l.field, Values: values})
		}
	}
	for _, term := range present(f.Search) {
		where = append(where, aoc.Text{Term: term})
	}
	if len(where) > 0 {
		q.Where = where
	}
	return q, nil
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

// Validate tells, as [*InvalidParam], what is wrong with the filter. It asks no store, so
// that a caller can know before there is one.
func (f Filter) Validate() error {
	for _, l := range append(f.lists(), list{param: "search", values: f.Search}) {
		if len(l.values) > maxValues {
			return invalid(l.param, "at most %d values can be given", maxValues)
		}
	}
	for _, term := range f.Search {
		if len(term) > maxTerm {
			return invalid("search", "a search term has at most %d bytes", maxTerm)
		}
	}
	if err := oneOf("source", present(f.Source), aoc.Sources()); err != nil {
		return err
	}
	if err := oneOf("result", present(f.Result), results()); err != nil {
		return err
	}
	if err := oneOf("actor_kind", present(f.ActorKind), []aoc.ActorKind{aoc.ActorPerson, aoc.ActorApp, aoc.ActorSystem}); err != nil {
		return err
	}
	return checkSpan(f.Start, f.End)
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
