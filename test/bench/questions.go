package main

import (
	"context"
	"strings"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/store"
)

// question is one question and how to ask it.
type question struct {
	name string
	// about says in words what is asked for.
	about string
	// ask gives the number of rows found, and "+" when there are more, "?" when the store
	// stopped before the end.
	ask func(ctx context.Context) (rows int, more string, err error)
	// logsQL asks VictoriaLogs for the same, one query after the other; none: it cannot.
	logsQL []logsQuery
}

const pageSize = console.DefaultPageSize

// questions makes the questions out of what is stored.
func (b *bench) questions(ctx context.Context) ([]question, error) {
	s, err := b.sample(ctx)
	if err != nil {
		return nil, err
	}
	e := s.event
	around := console.Filter{Start: e.Timestamp.AddDate(0, 0, -7), End: e.Timestamp.AddDate(0, 0, 7)}
	byActor, byOperation := around, around
	byActor.Actor = []string{e.Actor.UPN}
	byOperation.Operation, byOperation.Result = []string{e.Operation}, []string{string(e.Result)}
	span := logsSpan(around.Start, around.End)
	local, _, _ := strings.Cut(e.Actor.UPN, "@")
	dot := strings.Index(e.ClientIP, ".")
	qs := []question{
		{"newest 50", "everything", b.search(console.SearchParams{}), newest("*")},
		{"deep page", "half-way", b.search(console.SearchParams{Cursor: store.EncodeCursor(s.middle)}),
			newest(logsSpan(s.oldest, s.middle.Time))},
		{"actor + 14 d", e.Actor.UPN, b.search(console.SearchParams{Filter: byActor}),
			newest("upn:=" + quote(e.Actor.UPN) + " " + span)},
		{"operation + result + 14 d", e.Operation + ", " + string(e.Result), b.search(console.SearchParams{Filter: byOperation}),
			newest("operation:=" + quote(e.Operation) + " result:=" + quote(string(e.Result)) + " " + span)},
		{"by key", e.Key, b.event(e.Key), newest("key:=" + quote(e.Key))},
	}
	day := aoc.Query{Start: s.newest.Add(-24 * time.Hour), End: s.newest.Add(time.Second)}
	qs = append(qs,
		question{"facets, all", "service, operation, result", b.facets(aoc.Query{}), logsFacets("*")},
		question{"facets, 24 h", "service, operation, result", b.facets(day), logsFacets(logsSpan(day.Start, day.End))},
		question{"counts, all", "nine facets, 90 bars of a day", b.counts(aoc.Query{}), nil},
		question{"counts, 24 h", "the same of the last day", b.counts(day), nil},
		question{"counts, common word", "the same of " + s.common, b.counts(aoc.Query{Where: aoc.Text{Term: s.common}}), nil},
		question{"counts, actor like", "the same of actor:" + local + "*", b.counts(aoc.Query{Where: aoc.Like{Field: aoc.FieldActor, Parts: []string{local, ""}}}), nil},
		question{"every value", "of nine fields, as completion needs them", b.everyValue, nil},
		question{"review queue", "what is not reviewed, by actor and operation", b.queue(aoc.Query{}), nil},
		question{"review queue, 24 h", "the same of the last day", b.queue(day), nil},
		question{"newest not reviewed", "50", b.find(unreviewed()), nil},
		question{"reviewed", "those marked as expected", b.find(aoc.Is{Field: aoc.FieldReview, Values: []string{"expected"}}), nil},
		question{"target", s.target, b.find(aoc.Is{Field: aoc.FieldTarget, Values: []string{s.target}}), nil},
		question{"target in text", "the same as a text", b.find(aoc.Text{Term: s.target}), nil},
		question{"target like", s.target[:len(s.target)/2+1] + "*", b.find(aoc.Like{Field: aoc.FieldTarget, Parts: []string{s.target[:len(s.target)/2+1], ""}}), nil},
		question{"changed", s.changed, b.find(aoc.Is{Field: aoc.FieldChanged, Values: []string{s.changed}}), nil},
		question{"actor like", local + "*", b.find(aoc.Like{Field: aoc.FieldActor, Parts: []string{local, ""}}), nil},
		question{"id", e.ID, b.find(aoc.Is{Field: aoc.FieldID, Values: []string{e.ID}}), nil},
		question{"id by key", e.Key, b.find(aoc.Is{Field: aoc.FieldID, Values: []string{e.Key}}), nil},
		question{"filter options", "every facet the console lists", b.filterOptions, nil},
		question{"histogram", "90 bars of a day", b.histogram(s), []logsQuery{{text: "* | stats by (_time:1d, result) count() n"}}},
	)
	for _, t := range []struct {
		name, term string
		word       bool // VictoriaLogs can find it as a phrase of whole words
	}{
		{"unique GUID", s.guid, true},
		{"inside of a GUID", s.guid[3:20], false},
		{"inside of a UPN", e.Actor.UPN[1 : len(local)+3], false},
		{"UPN local part", local, true},
		{"common word", s.common, true},
		{"IP", e.ClientIP, true},
		{"inside of an IP", e.ClientIP[dot-1:], false},
		{"rare word", s.rare, true},
		{"no match", "zyzzogeton" + s.guid[:4], true},
	} {
		qs = append(qs, question{t.name, t.term,
			b.search(console.SearchParams{Filter: console.Filter{Search: []string{t.term}}}), newest(logsText(t.term, t.word))})
	}
	return qs, nil
}

func (b *bench) search(p console.SearchParams) func(context.Context) (int, string, error) {
	return func(ctx context.Context) (int, string, error) {
		page, err := b.console.Search(ctx, p)
		return len(page.Items), more(page.NextCursor != "", page.Complete), err
	}
}

func more(further, complete bool) string {
	switch {
	case !complete:
		return "?"
	case further:
		return "+"
	}
	return ""
}

func (b *bench) event(key string) func(context.Context) (int, string, error) {
	return func(ctx context.Context) (int, string, error) {
		_, err := b.console.Event(ctx, key)
		return 1, "", err
	}
}

func (b *bench) facets(q aoc.Query) func(context.Context) (int, string, error) {
	r := store.CountRequest{Facets: []aoc.Field{aoc.FieldService, aoc.FieldOperation, aoc.FieldResult}, Values: 200}
	return b.count(q, r)
}

// count asks for counts; the rows are the values of all facets and the groups.
func (b *bench) count(q aoc.Query, r store.CountRequest) func(context.Context) (int, string, error) {
	return func(ctx context.Context) (rows int, _ string, err error) {
		c, err := b.store.Count(ctx, q, r)
		rows = len(c.Groups)
		for _, f := range c.Facets {
			rows += len(f.Values)
		}
		return rows, more(false, c.Complete), err
	}
}

// nineFacets are those that the explorer shows.
func nineFacets() []aoc.Field {
	return []aoc.Field{
		aoc.FieldSource, aoc.FieldWorkload, aoc.FieldService, aoc.FieldOperation, aoc.FieldResult,
		aoc.FieldActor, aoc.FieldActorKind, aoc.FieldTag, aoc.FieldTenant,
	}
}

// counts asks for what stands beside a page of the explorer.
func (b *bench) counts(q aoc.Query) func(context.Context) (int, string, error) {
	return b.count(q, store.CountRequest{Facets: nineFacets(), Values: 10, Width: 24 * time.Hour})
}

func (b *bench) everyValue(ctx context.Context) (int, string, error) {
	return b.count(aoc.Query{}, store.CountRequest{Facets: nineFacets()})(ctx)
}

func unreviewed() aoc.Expr {
	return aoc.Not{Of: aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}}}
}

// queue asks for the groups of the review queue.
func (b *bench) queue(q aoc.Query) func(context.Context) (int, string, error) {
	q.Where = unreviewed()
	return b.count(q, store.CountRequest{GroupBy: []aoc.Field{aoc.FieldActor, aoc.FieldOperation}, Groups: 200})
}

// find asks for the newest page of what a predicate matches.
func (b *bench) find(where aoc.Expr) func(context.Context) (int, string, error) {
	return func(ctx context.Context) (int, string, error) {
		page, err := b.store.Search(ctx, aoc.Query{Where: where, Limit: pageSize})
		return len(page.Items), more(page.NextCursor != "", page.Complete), err
	}
}

func (b *bench) filterOptions(ctx context.Context) (int, string, error) {
	o, err := b.console.FilterOptions(ctx)
	return len(o.Service) + len(o.Operation) + len(o.Result) + len(o.Source) + len(o.Workload) +
		len(o.Actor) + len(o.ActorKind) + len(o.Tags) + len(o.Tenant), "", err
}

func (b *bench) histogram(s sample) func(context.Context) (int, string, error) {
	const width = 24 * time.Hour
	end := s.newest.Truncate(width).Add(width)
	f := console.Filter{Start: end.Add(-days * width), End: end}
	return func(ctx context.Context) (int, string, error) {
		h, err := b.console.Histogram(ctx, f, width)
		return len(h.Buckets), more(false, h.Complete), err
	}
}

// newest asks for the newest page, the way VictoriaLogs answers it fastest.
func newest(logsQL string) []logsQuery { return []logsQuery{{text: logsQL, limit: pageSize}} }

func logsFacets(logsQL string) (queries []logsQuery) {
	for _, field := range []string{"service", "operation", "result"} {
		queries = append(queries, logsQuery{text: logsQL + " | stats by (" + field + ") count() n | sort by (n desc) limit 200"})
	}
	return queries
}
