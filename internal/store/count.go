package store

import (
	"slices"
	"time"

	"aoc"
)

// CheckCount refuses a request that cannot be counted: code invalid.
func CheckCount(op string, r CountRequest) error {
	const quarter = 15 * time.Minute
	if r.Width < 0 || r.Width > 0 && r.Width%quarter != 0 && quarter%r.Width != 0 {
		return aoc.Errorf(aoc.CodeInvalid, op, "width: must be a multiple of 15 minutes or divide it")
	}
	for _, field := range r.Facets {
		if !slices.Contains(aoc.FacetFields(), field) {
			return aoc.Errorf(aoc.CodeInvalid, op, "%s: not a field that events can be counted by", field)
		}
	}
	for _, field := range r.GroupBy {
		if field == aoc.FieldTag || !slices.Contains(aoc.FacetFields(), field) {
			return aoc.Errorf(aoc.CodeInvalid, op, "%s: not a field that events can be grouped by", field)
		}
	}
	return nil
}
