package mongo

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// plan is a query as it is put to the server: a filter of terms, marks and time, which all
// events that match meet, to be read newest first.
//
// Each shape of filter has its index, see [hintOf]. All of them have the order of searches
// behind what they begin with, so that the server gives the first page without having found
// the last one, and sorts nothing:
//
//	what every match has             index                why
//	nothing in particular            at, tie              the events of a time lie together
//	one of up to 190 terms           terms, at, tie       each term has its events in order; the server merges them
//	one of up to 190 marks           marks, at, tie       as for terms; only annotated events are in it
//	several such lists of terms      terms, at, tie       the server tries which list finds fewest; the others are a filter
//	lists of terms and of marks      one of these two     which finds fewer, the server tries
//	one of more terms                what the server      merging is bounded: it reads all of these terms and sorts, or
//	                                 finds best           goes through the events of the time, which many match
//
// A list follows from alternatives, too, when each of them has one ([neededOfAny]). What
// excludes events, such as a value that they must not have, is a filter behind an index.
// Where that leaves few events of very many, the server is asked for parts of the time, see
// [stream]. Parts of words and of values become terms by the vocabulary: [shelves.find] asks
// its index of grams.
type plan struct {
	verdict
	where   aoc.Expr
	time    during
	tenants []string // folded; nil: all
}

// verdict is what an index can say about a predicate. Every event that matches meets maybe.
// Of those, the events that meet doubt have to be read and compared; all others meet sure,
// and match. No event meets both sure and doubt.
type verdict struct{ sure, maybe, doubt cond }

// certain is the verdict of a predicate that a condition decides.
func certain(c cond) verdict { return verdict{c, c, never{}} }

// unknown is the verdict of a predicate that no condition says anything about.
func unknown() verdict { return verdict{never{}, always{}, always{}} }

// exact reports whether no event has to be read to know whether it matches.
func (v verdict) exact() bool { return isNever(v.doubt) }

func isNever(c cond) bool {
	_, ok := c.(never)
	return ok
}

// planner compiles predicates.
type planner struct{ lex lexicon }

// plan compiles a query.
func (p planner) plan(ctx context.Context, q aoc.Query) (*plan, error) {
	v, err := p.compile(ctx, q.Where)
	if err != nil {
		return nil, err
	}
	return &plan{verdict: v, where: q.Where, time: queryTime(q), tenants: neededTenants(q.Where)}, nil
}

// queryTime gives the time that a query is confined to.
func queryTime(q aoc.Query) during {
	all := during{store.MinTime.UnixNano(), store.MaxTime.UnixNano() + 1}
	return all.and(newDuring(q.Start, q.End)).and(neededTime(q.Where))
}

// newDuring takes bounds that may be zero, which leaves them open.
func newDuring(start, end time.Time) during {
	return during{boundNanos(start, math.MinInt64), boundNanos(end, math.MaxInt64)}
}

// neededTime gives the time that a predicate is confined to.
func neededTime(x aoc.Expr) during {
	all := during{math.MinInt64, math.MaxInt64}
	switch x := x.(type) {
	case aoc.Between:
		return newDuring(x.Start, x.End)
	case aoc.And:
		for _, p := range x {
			all = all.and(neededTime(p))
		}
	}
	return all
}

// neededTenants gives the tenants, folded, that a predicate is confined to; nil for no bound.
func neededTenants(x aoc.Expr) []string {
	switch x := x.(type) {
	case aoc.Is:
		if x.Field == aoc.FieldTenant {
			return foldAll(x.Values)
		}
	case aoc.And:
		for _, p := range x {
			if tenants := neededTenants(p); tenants != nil {
				return tenants
			}
		}
	}
	return nil
}

func foldAll(values []string) []string {
	folded := make([]string, len(values))
	for i, v := range values {
		folded[i] = rawjson.Fold(v)
	}
	return folded
}

func (p planner) compile(ctx context.Context, x aoc.Expr) (verdict, error) {
	switch x := x.(type) {
	case nil:
		return certain(always{}), nil
	case aoc.And:
		return p.compileAll(ctx, x, allVerdicts)
	case aoc.Or:
		return p.compileAll(ctx, x, anyVerdict)
	case aoc.Not:
		of, err := p.compile(ctx, x.Of)
		return verdict{sure: negated(of.maybe), maybe: negated(of.sure), doubt: of.doubt}, err
	case aoc.Text:
		return p.compileText(ctx, []string{x.Term})
	case aoc.TextLike:
		return p.compileText(ctx, x.Parts)
	case aoc.Between:
		return certain(newDuring(x.Start, x.End)), nil
	case aoc.Is:
		return compileIs(x)
	case aoc.Like:
		return p.compileLike(ctx, x)
	}
	return verdict{}, aoc.Errorf(aoc.CodeInvalid, "mongo.search", "the query has a part this store does not know")
}

func (p planner) compileAll(ctx context.Context, xs []aoc.Expr, join func([]verdict) verdict) (verdict, error) {
	parts := make([]verdict, len(xs))
	for i, x := range xs {
		var err error
		if parts[i], err = p.compile(ctx, x); err != nil {
			return verdict{}, err
		}
	}
	return join(parts), nil
}

// conds gives one condition of each verdict.
func conds(vs []verdict, of func(verdict) cond) []cond {
	cs := make([]cond, len(vs))
	for i, v := range vs {
		cs[i] = of(v)
	}
	return cs
}

func sureOf(v verdict) cond  { return v.sure }
func maybeOf(v verdict) cond { return v.maybe }
func doubtOf(v verdict) cond { return v.doubt }

func allVerdicts(vs []verdict) verdict {
	maybe, doubt := both(conds(vs, maybeOf)...), either(conds(vs, doubtOf)...)
	return verdict{sure: both(conds(vs, sureOf)...), maybe: maybe, doubt: both(maybe, doubt)}
}

func anyVerdict(vs []verdict) verdict {
	sure, doubt := either(conds(vs, sureOf)...), either(conds(vs, doubtOf)...)
	if !isNever(doubt) {
		doubt = both(doubt, negated(sure))
	}
	return verdict{sure: sure, maybe: either(conds(vs, maybeOf)...), doubt: doubt}
}

// compileText compiles a text search for the parts in order. What is empty is in every event.
func (p planner) compileText(ctx context.Context, parts []string) (verdict, error) {
	pattern := slices.DeleteFunc(store.NewPattern(parts), func(part []byte) bool { return len(part) == 0 })
	if len(pattern) == 0 {
		return certain(always{}), nil
	}
	fragments := make([]fragment, len(pattern))
	for i, part := range pattern {
		fragments[i] = fragment{text: part, openLeft: true, openRight: true}
	}
	return p.compileFragments(ctx, fragments)
}

// compileFragments compiles a search for values that have all of the fragments.
func (p planner) compileFragments(ctx context.Context, fragments []fragment) (verdict, error) {
	var parts []cond
	for _, f := range fragments {
		ms, err := mentions(ctx, p.lex, f)
		if err != nil {
			return verdict{}, err
		}
		if len(fragments) == 1 && len(ms) == 1 {
			return ms[0].verdict(), nil
		}
		for i := range ms {
			parts = append(parts, ms[i].maybe())
		}
	}
	if len(parts) == 0 {
		return unknown(), nil
	}
	maybe := both(parts...)
	return verdict{sure: never{}, maybe: maybe, doubt: maybe}, nil
}

func badField(f aoc.Field) error {
	return aoc.Errorf(aoc.CodeInvalid, "mongo.search", "%s: not a field that events can be filtered by", f)
}

// fieldArray gives the array that tells the values of a field.
func fieldArray(f aoc.Field) (array, error) {
	switch {
	case f == aoc.FieldTag, f == aoc.FieldReview:
		return marks, nil
	case slices.Contains(termFields(), f):
		return terms, nil
	}
	return "", badField(f)
}

// manyValued reports whether a field can have so many values that not all of them are terms.
func manyValued(f aoc.Field) bool { return f == aoc.FieldTarget || f == aoc.FieldChanged }

func compileIs(x aoc.Is) (verdict, error) {
	a, err := fieldArray(x.Field)
	if err != nil {
		return verdict{}, err
	}
	values := foldAll(x.Values)
	for i, v := range values {
		if a == marks {
			values[i] = mark(x.Field, v)
		} else {
			values[i] = fieldTerm(x.Field, v)
		}
	}
	sure := hasAny(a, values...)
	if manyValued(x.Field) && len(values) > 0 {
		return certainBut(sure, cutTerm), nil
	}
	return certain(sure), nil
}

// certainBut is the verdict of a predicate that terms decide, but for events with one of the
// terms that tell that something may be missing.
func certainBut(sure cond, missing ...string) verdict {
	other := hasAny(terms, missing...)
	return verdict{sure: sure, maybe: either(sure, other), doubt: both(other, negated(sure))}
}

func (p planner) compileLike(ctx context.Context, x aoc.Like) (verdict, error) {
	a, err := fieldArray(x.Field)
	if err != nil {
		return verdict{}, err
	}
	pattern := store.NewPattern(x.Parts)
	switch {
	case len(pattern) == 0:
		return certain(never{}), nil
	case pattern.Any():
		return certain(hasValue(x.Field, a)), nil
	case a == marks:
		return certain(both(hasValue(x.Field, a), markLike{markPattern{x.Field, pattern}})), nil
	case x.Field == aoc.FieldID:
		return p.compileLikeID(ctx, pattern)
	case len(pattern) == 1:
		return compileIs(aoc.Is{Field: x.Field, Values: x.Parts})
	case listedField(x.Field):
		return p.compileListed(ctx, x.Field, pattern)
	}
	return p.compileNamed(ctx, x.Field, pattern)
}

// hasValue gives the condition that an event has a value in a field.
func hasValue(f aoc.Field, a array) cond {
	switch {
	case f == aoc.FieldID:
		return always{}
	case a == marks:
		return hasAny(marks, string(f))
	}
	return negated(hasAny(terms, noValue(f)))
}

// compileListed compiles the fields whose values are in the vocabulary. Where too many of
// them are like the pattern, actors are found by their names, which are text.
func (p planner) compileListed(ctx context.Context, f aoc.Field, pattern store.Pattern) (verdict, error) {
	kind := string(f) + "="
	entries, ok, err := p.lex.find(ctx, lookup{
		grams: gramsOfPattern(kind, pattern),
		wants: func(e string) bool {
			value, of := strings.CutPrefix(e, kind)
			return of && pattern.Is([]byte(value))
		},
	})
	switch {
	case err != nil:
		return verdict{}, err
	case !ok && f == aoc.FieldActor:
		return p.compileNamed(ctx, f, pattern)
	case !ok:
		some := hasValue(f, terms)
		return verdict{sure: never{}, maybe: some, doubt: some}, nil
	}
	sure := hasAny(terms, entries...)
	if manyValued(f) {
		return certainBut(sure, longValues(f), cutTerm), nil
	}
	return certainBut(sure, longValues(f)), nil
}

// compileNamed compiles fields whose values are among what text searches look into.
func (p planner) compileNamed(ctx context.Context, f aoc.Field, pattern store.Pattern) (verdict, error) {
	v, err := p.compileFragments(ctx, fragmentsOf(pattern, false))
	v.sure = never{}
	v.maybe = both(v.maybe, hasValue(f, terms))
	v.doubt = v.maybe
	return v, err
}

// compileLikeID compiles patterns of ids, which are a part of some text but where a term
// says that they are not.
func (p planner) compileLikeID(ctx context.Context, pattern store.Pattern) (verdict, error) {
	if len(pattern) == 1 { // the key of the event has such a term, too, and does not count
		maybe := hasAny(terms, fieldTerm(aoc.FieldID, string(pattern[0])))
		return verdict{sure: never{}, maybe: maybe, doubt: maybe}, nil
	}
	v, err := p.compileFragments(ctx, fragmentsOf(pattern, true))
	v.sure = never{}
	v.maybe = either(v.maybe, hasAny(terms, hiddenID))
	v.doubt = v.maybe
	return v, err
}

// fragmentsOf gives the fragments of a value that is, from beginning to end, the parts of a
// pattern; open says that the value may be a part of a longer one.
func fragmentsOf(pattern store.Pattern, open bool) []fragment {
	var fragments []fragment
	for i, part := range pattern {
		if len(part) > 0 {
			fragments = append(fragments, fragment{text: part, openLeft: open || i > 0, openRight: open || i < len(pattern)-1})
		}
	}
	return fragments
}

// markPattern is what an [aoc.Like] asks of marks.
type markPattern struct {
	field aoc.Field
	parts store.Pattern
}

func (p markPattern) is(m string) bool {
	value, ok := strings.CutPrefix(m, mark(p.field, ""))
	return ok && p.parts.Is([]byte(value))
}

// regex is the same as a regular expression, in which a point stands for any character.
func (p markPattern) regex() string {
	quoted := make([]string, len(p.parts))
	for i, part := range p.parts {
		quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(string(part)), "\x00", `\x00`)
	}
	return "^" + regexp.QuoteMeta(mark(p.field, "")) + strings.Join(quoted, ".*") + `\z`
}
