package sigma

import (
	"cmp"
	"slices"
)

// held says which windows hold.
type held struct {
	from, to int   // the records that are in any of them, to excluded
	since    int64 // the end of the first
	until    int64 // the end of the last
	measure  float64
}

// judge looks at all windows that a record is in. They end at the times of records from its
// own until a timespan later; a window has the records of the timespan up to its end.
func (c *correlated) judge(g *group, at int) (h held, ok bool) {
	records := g.Records
	t := records[at].Time
	next := firstAt(records, t) // the first record that may end a window
	last := firstAt(records, t+c.span+1)
	m, from, pushed := g.sliding.take(at)
	if m == nil {
		m, from = c.measurer(), firstAt(records, t-c.span)
		pushed = from
	}
	for next < last {
		end := records[next].Time
		for next < last && records[next].Time == end {
			next++
		}
		m.push(records[pushed:next])
		pushed = next
		for records[from].Time < end-c.span {
			m.pop(&records[from])
			from++
		}
		measure, counts := m.measure(records[from:next], end)
		if !counts || !c.holds(measure) {
			continue
		}
		if !ok {
			ok = true
			h.from, h.since = from, end
		}
		h.to, h.until, h.measure = next, end, measure
	}
	if _, counts := m.(counter); counts && last == len(records) {
		g.sliding = sliding{m: m, from: from, pushed: last}
	}
	return h, ok
}

// sliding is the newest window of a group as it was measured last, so that the next record,
// if it comes in order, is measured without going through the window again. It is not part
// of the state, and only for measures that are counts, which are the same either way.
type sliding struct {
	m            measurer
	from, pushed int
}

// take gives the window when the record at an index is the one that follows it. It is left
// empty.
func (s *sliding) take(at int) (m measurer, from, pushed int) {
	kept := *s
	*s = sliding{}
	if kept.m == nil || kept.pushed != at {
		return nil, 0, 0
	}
	return kept.m, kept.from, kept.pushed
}

// drop tells that the first n records went.
func (s *sliding) drop(n int) {
	if s.from < n {
		*s = sliding{}
		return
	}
	s.from -= n
	s.pushed -= n
}

// firstAt gives the index of the first record at a time or later.
func firstAt(records []record, t int64) int {
	n, _ := slices.BinarySearchFunc(records, t, func(r record, t int64) int { return cmp.Compare(r.Time, t) })
	return n
}

// holds compares a measure with the condition.
func (c *correlated) holds(measure float64) bool {
	if len(c.c.Conditions) == 0 {
		return measure >= float64(len(c.refs))
	}
	for _, t := range c.c.Conditions {
		if !t.holds(measure) {
			return false
		}
	}
	return true
}

func (t Threshold) holds(n float64) bool {
	switch t.Op {
	case "gt":
		return n > t.Value
	case "gte":
		return n >= t.Value
	case "lt":
		return n < t.Value
	case "lte":
		return n <= t.Value
	case "eq":
		return n == t.Value
	}
	return n != t.Value
}

// measurer follows a window as it slides.
type measurer interface {
	// push takes the records that the window has next, in order, up to a whole time.
	push(records []record)
	// pop takes the record that left.
	pop(r *record)
	// measure gives what the condition is compared with, for a window with these records that
	// ends at a time; false when there is nothing to compare.
	measure(window []record, end int64) (float64, bool)
}

func (c *correlated) measurer() measurer {
	switch c.c.Type {
	case EventCount:
		return eventCount{}
	case ValueCount:
		return &valueCount{seen: map[string]int{}}
	case ValuePercentile:
		return &valueShare{valueCount{seen: map[string]int{}}}
	case ValueSum:
		return &numbers{before: []total{{}}}
	case ValueAvg:
		return &numbers{before: []total{{}}, average: true}
	case TemporalOrdered:
		return newOrderedRules(len(c.refs), c.span)
	}
	return &differentRules{seen: make([]int, len(c.refs))}
}

// eventCount counts records.
type eventCount struct{}

func (eventCount) push([]record) {}
func (eventCount) pop(*record)   {}
func (eventCount) measure(window []record, _ int64) (float64, bool) {
	return float64(len(window)), true
}

// counter is a measurer of whole numbers that takes the records of one time in any pieces.
type counter interface {
	measurer
	counts()
}

func (v *valueCount) counts()     {}
func (d *differentRules) counts() {}

// valueCount counts different values. Records without the field are not counted.
type valueCount struct {
	seen  map[string]int
	total int
}

func (v *valueCount) push(records []record) {
	for i := range records {
		for _, text := range records[i].Texts {
			v.seen[text]++
			v.total++
		}
	}
}

func (v *valueCount) pop(r *record) {
	for _, text := range r.Texts {
		v.total--
		if v.seen[text]--; v.seen[text] == 0 {
			delete(v.seen, text)
		}
	}
}

func (v *valueCount) measure([]record, int64) (float64, bool) {
	return float64(len(v.seen)), v.total > 0
}

// valueShare gives how many percent of the values in a window are the one that it ends with;
// of several, the rarest.
type valueShare struct{ valueCount }

func (v *valueShare) measure(window []record, end int64) (float64, bool) {
	least, ok := 0.0, false
	for i := len(window) - 1; i >= 0 && window[i].Time == end; i-- {
		for _, text := range window[i].Texts {
			share := 100 * float64(v.seen[text]) / float64(v.total)
			if !ok || share < least {
				least, ok = share, true
			}
		}
	}
	return least, ok
}

// numbers adds up. Sums are differences of sums from the first record on, so that a window is
// measured without going through it.
type numbers struct {
	average bool
	before  []total // by record pushed: what came before it; one more
	popped  int
}

type total struct {
	sum   float64
	count int
}

func (n *numbers) push(records []record) {
	for i := range records {
		t := n.before[len(n.before)-1]
		for _, x := range records[i].Numbers {
			t.sum += x
			t.count++
		}
		n.before = append(n.before, t)
	}
}

func (n *numbers) pop(*record) { n.popped++ }

func (n *numbers) measure([]record, int64) (float64, bool) {
	from, to := n.before[n.popped], n.before[len(n.before)-1]
	sum, count := to.sum-from.sum, to.count-from.count
	if count == 0 {
		return 0, false
	}
	if n.average {
		return sum / float64(count), true
	}
	return sum, true
}

// differentRules counts the rules that matched.
type differentRules struct {
	seen      []int
	different int
}

func (d *differentRules) push(records []record) {
	for i := range records {
		for ref := range d.seen {
			if records[i].Rules>>ref&1 == 1 {
				if d.seen[ref]++; d.seen[ref] == 1 {
					d.different++
				}
			}
		}
	}
}

func (d *differentRules) pop(r *record) {
	for ref := range d.seen {
		if r.Rules>>ref&1 == 1 {
			if d.seen[ref]--; d.seen[ref] == 0 {
				d.different--
			}
		}
	}
}

func (d *differentRules) measure([]record, int64) (float64, bool) {
	return float64(d.different), true
}

// orderedRules counts the rules of the longest chain: rules in the order of the list, each
// matched no earlier than the one before it. Events of one time are in any order.
type orderedRules struct {
	span int64
	refs int
	// starts gives for each reference and length the latest start of a chain of that length
	// that ends with that reference.
	starts [][]chainStart
}

type chainStart struct {
	at int64
	ok bool
}

func newOrderedRules(refs int, span int64) *orderedRules {
	o := &orderedRules{span: span, refs: refs, starts: make([][]chainStart, refs)}
	for i := range o.starts {
		o.starts[i] = make([]chainStart, i+2) // a chain that ends with i has at most i+1 rules
	}
	return o
}

func (o *orderedRules) push(records []record) {
	for len(records) > 0 {
		t, rules, n := records[0].Time, uint64(0), 0
		for n < len(records) && records[n].Time == t {
			rules |= records[n].Rules
			n++
		}
		for ref := range o.refs {
			if rules>>ref&1 == 1 {
				o.extend(ref, t)
			}
		}
		records = records[n:]
	}
}

// extend lets every chain of earlier rules go on with this one.
func (o *orderedRules) extend(ref int, t int64) {
	o.starts[ref][1] = chainStart{t, true}
	for length := 2; length <= ref+1; length++ {
		for earlier := length - 2; earlier < ref; earlier++ {
			s := o.starts[earlier][length-1]
			if s.ok && (!o.starts[ref][length].ok || s.at > o.starts[ref][length].at) {
				o.starts[ref][length] = s
			}
		}
	}
}

// pop has nothing to do: chains that began before the window do not count.
func (o *orderedRules) pop(*record) {}

func (o *orderedRules) measure(_ []record, end int64) (float64, bool) {
	longest := 0
	for _, byLength := range o.starts {
		for length, s := range byLength {
			if s.ok && s.at >= end-o.span {
				longest = max(longest, length)
			}
		}
	}
	return float64(longest), true
}
