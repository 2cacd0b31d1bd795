package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// cond is a condition on what the document of an event is found by: its terms, marks and
// time. It is put to the server as a filter; holds is the same in words of Go.
type cond interface {
	holds(d *eventDoc) bool
	filter() bson.D
}

type (
	// always holds for every event; never for none.
	always struct{}
	never  struct{}
	// has holds when the array has one of the values.
	has struct {
		array  array
		values []string // sorted, each once
	}
	// markLike holds when a mark is the pattern, from beginning to end.
	markLike struct{ pattern markPattern }
	// during holds at from ≤ at < to, in ns.
	during struct{ from, to int64 }
	allOf  []cond
	anyOf  []cond
	not    struct{ of cond }
)

// array names the fields of a document that hold lists to find it by.
type array string

const (
	terms array = "terms"
	marks array = "marks"
)

func (a array) of(d *eventDoc) []string {
	if a == marks {
		return d.Marks
	}
	return d.Terms
}

func (always) holds(*eventDoc) bool { return true }
func (always) filter() bson.D       { return bson.D{} }

func (never) holds(*eventDoc) bool { return false }
func (never) filter() bson.D       { return not{always{}}.filter() }

// hasAny gives the condition that one of the values is in the array.
func hasAny(a array, values ...string) cond {
	if len(values) == 0 {
		return never{}
	}
	return has{a, slices.Compact(slices.Sorted(slices.Values(values)))}
}

func (c has) holds(d *eventDoc) bool {
	for _, v := range c.array.of(d) {
		if _, ok := slices.BinarySearch(c.values, v); ok {
			return true
		}
	}
	return false
}

func (c has) filter() bson.D {
	if len(c.values) == 1 {
		return bson.D{{Key: string(c.array), Value: c.values[0]}}
	}
	return bson.D{{Key: string(c.array), Value: bson.D{{Key: "$in", Value: c.values}}}}
}

// or gives the condition that the array has a value of either.
func (c has) or(o has) has { return hasAny(c.array, slices.Concat(c.values, o.values)...).(has) }

func (c markLike) holds(d *eventDoc) bool { return slices.ContainsFunc(d.Marks, c.pattern.is) }

func (c markLike) filter() bson.D {
	return bson.D{{Key: string(marks), Value: bson.Regex{Pattern: c.pattern.regex(), Options: "s"}}}
}

func (c during) holds(d *eventDoc) bool { return c.from <= d.At && d.At < c.to }

func (c during) filter() bson.D {
	return bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: c.from}, {Key: "$lt", Value: c.to}}}}
}

// and is the time that is in both.
func (c during) and(o during) during { return during{max(c.from, o.from), min(c.to, o.to)} }

func (c allOf) holds(d *eventDoc) bool {
	return !slices.ContainsFunc(c, func(p cond) bool { return !p.holds(d) })
}

func (c allOf) filter() bson.D { return bson.D{{Key: "$and", Value: filters(c)}} }

func (c anyOf) holds(d *eventDoc) bool {
	return slices.ContainsFunc(c, func(p cond) bool { return p.holds(d) })
}

func (c anyOf) filter() bson.D { return bson.D{{Key: "$or", Value: filters(c)}} }

func filters(cs []cond) bson.A {
	list := make(bson.A, len(cs))
	for i, c := range cs {
		list[i] = c.filter()
	}
	return list
}

func (c not) holds(d *eventDoc) bool { return !c.of.holds(d) }

func (c not) filter() bson.D {
	if h, ok := c.of.(has); ok {
		return bson.D{{Key: string(h.array), Value: bson.D{{Key: "$nin", Value: h.values}}}}
	}
	return bson.D{{Key: "$nor", Value: bson.A{c.of.filter()}}}
}

// both gives the conjunction of conditions in simplest form.
func both(cs ...cond) cond {
	var parts allOf
	for _, c := range cs {
		switch c := c.(type) {
		case always:
		case never:
			return c
		case allOf:
			parts = append(parts, c...)
		default:
			parts = append(parts, c)
		}
	}
	switch len(parts) {
	case 0:
		return always{}
	case 1:
		return parts[0]
	}
	return parts
}

// either gives the disjunction of conditions in simplest form. Values of one array become
// one list, which an index is asked for at once.
func either(cs ...cond) cond {
	var parts anyOf
	for _, c := range cs {
		switch c := c.(type) {
		case never:
		case always:
			return c
		case anyOf:
			parts = append(parts, c...)
		default:
			parts = append(parts, c)
		}
	}
	var rest anyOf
	lists := map[array]has{}
	for _, p := range parts {
		h, ok := p.(has)
		switch {
		case !ok:
			rest = append(rest, p)
		case len(lists[h.array].values) == 0:
			lists[h.array] = h
		default:
			lists[h.array] = lists[h.array].or(h)
		}
	}
	for _, a := range []array{terms, marks} {
		if h := lists[a]; len(h.values) > 0 {
			rest = append(rest, h)
		}
	}
	switch len(rest) {
	case 0:
		return never{}
	case 1:
		return rest[0]
	}
	return rest
}

// negated gives the opposite of a condition in simplest form.
func negated(c cond) cond {
	switch c := c.(type) {
	case always:
		return never{}
	case never:
		return always{}
	case not:
		return c.of
	}
	return not{c}
}

// needed gives the lists of which a document that meets the condition has a value: each of
// them is enough to find all such documents by an index of its array.
func needed(c cond) []has {
	switch c := c.(type) {
	case has:
		return []has{c}
	case allOf:
		var lists []has
		for _, p := range c {
			lists = append(lists, needed(p)...)
		}
		return lists
	case anyOf:
		return neededOfAny(c)
	}
	return nil
}

// neededOfAny joins a list of each alternative: the shortest ones, of one array.
func neededOfAny(c anyOf) (lists []has) {
	for _, a := range []array{marks, terms} {
		all, found := has{array: a}, true
		for _, p := range c {
			var shortest has
			for _, h := range needed(p) {
				if h.array == a && (len(shortest.values) == 0 || len(h.values) < len(shortest.values)) {
					shortest = h
				}
			}
			if found = len(shortest.values) > 0; !found {
				break
			}
			all = all.or(shortest)
		}
		if found {
			lists = append(lists, all)
		}
	}
	return lists
}
