package detect

import (
	"slices"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/sigma"
)

// prefilter gives a condition that holds for every event that a rule matches, and for others
// too: what a store can find without reading every event. Nil holds for all.
func (f *family) prefilter(e sigma.Expr) aoc.Expr {
	switch e := e.(type) {
	case sigma.And:
		var all aoc.And
		for _, part := range e.Of {
			if x := f.prefilter(part); x != nil {
				all = append(all, x)
			}
		}
		if len(all) > 0 {
			return all
		}
	case sigma.Or:
		var any aoc.Or
		for _, part := range e.Of {
			x := f.prefilter(part)
			if x == nil {
				return nil
			}
			any = append(any, x)
		}
		return any
	case *sigma.Match:
		return f.prefilterMatch(e)
	}
	return nil // what is negated, and whatever else: nothing is known
}

// prefilterMatch knows fields that are the event's operation, and texts that must be values
// of the record.
func (f *family) prefilterMatch(m *sigma.Match) aoc.Expr {
	if m.Op != sigma.Like || len(m.Operands) == 0 {
		return nil
	}
	operation := f.isOperation(m.Field)
	var any aoc.Or
	for _, o := range m.Operands {
		parts, whole := literals(o.Pattern)
		switch {
		case operation && whole:
			any = append(any, aoc.Is{Field: aoc.FieldOperation, Values: []string{parts[0]}})
		case operation:
			any = append(any, aoc.Like{Field: aoc.FieldOperation, Parts: parts})
		case whole && f.isValue(m.Field) && len(parts[0]) >= 3 && parts[0][0] != '[' && parts[0][0] != '{':
			any = append(any, aoc.Text{Term: parts[0]})
		default:
			return nil
		}
	}
	return any
}

// operationNames are the names that stand for nothing but an event's operation.
var operationNames = set("operation operationname activitydisplayname activitytype message aoc.operation") //nolint:gochecknoglobals // read-only table

func (f *family) isOperation(field string) bool {
	name := strings.TrimPrefix(rawjson.Fold(field), azurePrefix)
	return operationNames[name] && f.aliases[name] == nil && f.derived[name] != nil
}

// isValue reports whether all values of a field are in the record as they are.
func (f *family) isValue(field string) bool {
	a, ok := f.resolve(field)
	return ok && a.derived == nil
}

// literals gives the texts between the wildcards of a pattern, as [aoc.Like] has them; whole
// says that there are none.
func literals(pattern []sigma.Piece) (parts []string, whole bool) {
	parts, whole = []string{""}, true
	for _, p := range pattern {
		if p.Wild == 0 {
			parts[len(parts)-1] += p.Text
			continue
		}
		whole = false
		parts = append(parts, "")
	}
	return slices.Clip(parts), whole
}
