package sqlite

import (
	"math"

	"aoc"
	"aoc/internal/store"
)

// requiredTime gives the time that a predicate is confined to.
func requiredTime(x aoc.Expr) timeNode {
	all := timeNode{math.MinInt64, math.MaxInt64}
	switch x := x.(type) {
	case aoc.Between:
		return newTimeNode(x.Start, x.End)
	case aoc.And:
		for _, p := range x {
			all = all.both(requiredTime(p))
		}
	}
	return all
}

// requiredTenants tells the tenants that a predicate is confined to; nil for no bound.
func requiredTenants(x aoc.Expr) func(tenant string) bool {
	switch x := x.(type) {
	case aoc.Is:
		if x.Field == aoc.FieldTenant {
			return oneOf(x.Values)
		}
	case aoc.Like:
		if x.Field == aoc.FieldTenant {
			return like(x.Parts)
		}
	case aoc.And:
		for _, p := range x {
			if t := requiredTenants(p); t != nil {
				return t
			}
		}
	}
	return nil
}

// maxScans is how many terms a group of scans has at most: with more, reading the events
// is no slower.
const maxScans = 16

// requiredScans gives groups of terms: an event that a predicate matches, and that the
// index alone does not decide, has a term of each group in its document.
func requiredScans(x aoc.Expr) [][]termScan {
	switch x := x.(type) {
	case aoc.Text:
		return eachScan(x.Term)
	case aoc.TextLike:
		return eachScan(x.Parts...)
	case aoc.Like:
		if x.Field == aoc.FieldTarget || x.Field == aoc.FieldID {
			return eachScan(x.Parts...)
		}
	case aoc.Is:
		if x.Field == aoc.FieldTarget || x.Field == aoc.FieldID {
			return anyScan(x)
		}
	case aoc.And:
		var groups [][]termScan
		for _, p := range x {
			groups = append(groups, requiredScans(p)...)
		}
		return groups
	case aoc.Or:
		var group []termScan
		for _, p := range x {
			of := requiredScans(p)
			if len(of) == 0 {
				return nil
			}
			group = append(group, of[0]...)
		}
		if len(group) > 0 && len(group) <= maxScans {
			return [][]termScan{group}
		}
	}
	return nil
}

// eachScan gives the groups for a match that has all of the parts.
func eachScan(parts ...string) (groups [][]termScan) {
	for _, part := range store.NewPattern(parts) {
		if scan, ok := newTermScan(part); ok {
			groups = append(groups, []termScan{scan})
		}
	}
	return groups
}

// anyScan gives the group for a match that has one of the values; none when one of them
// cannot be scanned for, such as a key, which is not in the document.
func anyScan(x aoc.Is) [][]termScan {
	var group []termScan
	for _, value := range store.NewPattern(x.Values) {
		if len(value) == 0 {
			continue
		}
		scan, ok := newTermScan(value)
		if !ok || x.Field == aoc.FieldID && isKey(string(value)) {
			return nil
		}
		group = append(group, scan)
	}
	if len(group) == 0 || len(group) > maxScans {
		return nil
	}
	return [][]termScan{group}
}
