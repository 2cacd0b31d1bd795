package console

import (
	"slices"
	"strings"

	"aoc"
	"aoc/internal/store"
)

// hasReview holds for events that have a review; [rewriteReview] makes those count that
// fall in a change window.
func hasReview() aoc.Expr { return aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}} }

// rewriteReview makes a condition see the reviews that are written nowhere: an event that no
// person reviewed and for which windows holds counts as reviewed as expected. Nil windows
// change nothing.
func rewriteReview(x, windows aoc.Expr) aoc.Expr {
	if windows == nil {
		return x
	}
	all := func(parts []aoc.Expr) []aoc.Expr {
		rewritten := make([]aoc.Expr, len(parts))
		for i, p := range parts {
			rewritten[i] = rewriteReview(p, windows)
		}
		return rewritten
	}
	switch x := x.(type) {
	case aoc.And:
		return aoc.And(all(x))
	case aoc.Or:
		return aoc.Or(all(x))
	case aoc.Not:
		return aoc.Not{Of: rewriteReview(x.Of, windows)}
	case aoc.Is:
		if x.Field == aoc.FieldReview && slices.ContainsFunc(x.Values, func(v string) bool { return strings.EqualFold(v, string(aoc.ReviewExpected)) }) {
			return aoc.Or{x, aoc.And{aoc.Not{Of: hasReview()}, windows}}
		}
	case aoc.Like:
		switch {
		case x.Field != aoc.FieldReview:
		case strings.Join(x.Parts, "") == "": // any review
			return aoc.Or{x, windows}
		case store.NewMatcher(x).Match(&aoc.Event{Review: &aoc.Review{State: aoc.ReviewExpected}}, nil):
			return aoc.Or{x, aoc.And{aoc.Not{Of: hasReview()}, windows}}
		}
	}
	return x
}
