package normalise

import (
	"strings"

	"aoc"
)

// The most entries an event lists; the raw record has them all.
const (
	maxChanges = 500
	maxTargets = 100
)

// property is one thing that a record tells about an object: a change, a parameter, or an
// attribute that only the sentence uses.
type property struct {
	name          string
	before, after *string // nil where the record does not tell
}

// change notes a property of a target before and after. Attributes that the service only
// repeats are noted for the sentence and are no changes; neither is what stayed the same.
func (d *draft) change(target, name string, before, after *string) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "$Collection.")
	if before == nil && after == nil {
		return
	}
	if len(d.told) >= maxChanges {
		return
	}
	d.told = append(d.told, property{name, before, after})
	if isAttribute(name) || before != nil && after != nil && *before == *after {
		return
	}
	if name == "" {
		name = "(unnamed)"
	}
	d.Changes = append(d.Changes, aoc.Change{Target: target, Property: clean(name, maxDisplay), Before: before, After: after})
}

// isAttribute reports properties that tell what the target, the actor or the request is,
// and not what changed.
func isAttribute(name string) bool {
	return strings.HasPrefix(name, "TargetId.") || strings.HasPrefix(name, "ActorId.") ||
		strings.HasPrefix(name, "MethodExecutionResult") || strings.HasSuffix(name, ".ObjectID") ||
		strings.HasSuffix(name, ".WellKnownObjectName") || strings.HasSuffix(name, ".PUID") ||
		name == "Included Updated Properties" || name == "Action Client Name" || name == "DeviceManagementAPIVersion"
}

// property gives what is told of a property: its value afterwards, else before.
func (d *draft) property(name string) string {
	for i := range d.told {
		if strings.EqualFold(d.told[i].name, name) {
			if s := textAt(d.told[i].after); s != "" {
				return s
			}
			if s := textAt(d.told[i].before); s != "" {
				return s
			}
		}
	}
	return ""
}

// textAt gives what a pointer points to, trimmed; empty for nil.
func textAt(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

// changedProperties names what changed, for the end of a sentence: "(Department, JobTitle)".
func (d *draft) changedProperties() string {
	var names []string
	for _, c := range d.Changes {
		if i := strings.IndexByte(c.Property, '['); i > 0 {
			c.Property = c.Property[:i]
		}
		if len(names) == 0 || names[len(names)-1] != c.Property {
			names = append(names, clean(c.Property, 60))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "(" + and(names) + ")"
}

// modified notes a list of {displayName, oldValue, newValue}, whatever its spelling.
func (d *draft) modified(target string, list *node) {
	for m := list.items(); m != nil; m = m.next {
		if m.kind != object { // Exchange lists bare names
			if name := m.str(); name != "" {
				d.told = append(d.told, property{name: name})
				d.Changes = append(d.Changes, aoc.Change{Target: target, Property: clean(name, maxDisplay)})
			}
			continue
		}
		var name string
		var before, after *node
		for p := m.first; p != nil; p = p.next {
			switch {
			case strings.EqualFold(p.key, "name"), strings.EqualFold(p.key, "displayName"):
				name = p.str()
			case strings.EqualFold(p.key, "oldValue"), strings.EqualFold(p.key, "old"):
				before = p
			case strings.EqualFold(p.key, "newValue"), strings.EqualFold(p.key, "new"), strings.EqualFold(p.key, "value"):
				after = p
			}
		}
		d.change(target, name, value(before), value(after))
	}
}

// value reads one side of a change. The services wrap values in JSON, often twice:
// quoted strings and arrays of one element are unwrapped, an empty array is an empty
// value, other arrays and objects stay compact JSON text. nil means not told.
func value(n *node) *string {
	if n == nil || n.kind == null {
		return nil
	}
	s, ok := unwrap(n, 4)
	if !ok {
		return nil
	}
	s = bound(s, maxValue)
	return &s
}

// unwrap reads n through at most depth wrappings. ok is false for null and <null>.
func unwrap(n *node, depth int) (s string, ok bool) {
	switch n.kind {
	case null:
		return "", false
	case text:
		s = strings.TrimSpace(n.verbatim())
		if s == nullWord {
			return "", false
		}
		if depth > 0 {
			if inner := parseText(s); inner != nil {
				return unwrap(inner, depth-1)
			}
		}
		return s, true
	case array:
		switch {
		case n.first == nil:
			return "", true
		case n.first.next == nil && depth > 0:
			return unwrap(n.first, depth-1)
		}
		return n.compact(), true
	default:
		return n.compact(), true
	}
}
