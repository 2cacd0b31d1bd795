package detect

import (
	"context"

	"aoc"
	"aoc/internal/sigma"
	"aoc/internal/store"
)

// scan looks for what rules match in what is stored, a page at a time, by the store's index
// where a rule allows it.
type scan struct {
	store   store.Searcher
	set     *Ruleset
	queries []aoc.Query
	// read is how many events have been looked at.
	read int64
}

// matchedEvent is an event with the rules that match it.
type matchedEvent struct {
	event aoc.Event
	rules []*sigma.Rule
}

// scanPage is how many events are looked at at once.
const scanPage = 500

// newScan makes a scan of a rule, enabled or not, over a span. Code invalid.
func newScan(s store.Searcher, k *Kept, env Env, span aoc.Window) (*scan, error) {
	on := *k
	on.Enabled = true
	env.Collected = nil // what is stored counts, collected or not
	set, err := NewRuleset([]*Kept{&on}, env, sigma.CorrelatorOptions{})
	if err != nil {
		return nil, err
	}
	sc := &scan{store: s, set: set}
	for source, j := range set.detector.families {
		if len(j.rules) == 0 {
			continue
		}
		where := aoc.And{aoc.Is{Field: aoc.FieldSource, Values: []string{string(source)}}}
		if x := j.prefilter(); x != nil {
			where = append(aoc.And{x}, where...)
		}
		sc.queries = append(sc.queries, aoc.Query{Start: span.Start, End: span.End, Limit: scanPage, Where: where})
	}
	return sc, nil
}

// next looks at a page of events and calls found with those that match; false after the last.
func (sc *scan) next(ctx context.Context, found func(matchedEvent)) (bool, error) {
	if len(sc.queries) == 0 {
		return false, nil
	}
	q := &sc.queries[0]
	page, err := sc.store.Search(ctx, *q)
	if err != nil {
		return false, err
	}
	for i := range page.Items {
		m := matchedEvent{event: page.Items[i]}
		sc.set.detector.Judge(&m.event, func(r *sigma.Rule) { m.rules = append(m.rules, r) })
		if m.rules != nil {
			found(m)
		}
	}
	sc.read += int64(len(page.Items))
	if q.Cursor = page.NextCursor; q.Cursor == "" {
		sc.queries = sc.queries[1:]
	}
	return len(sc.queries) > 0, nil
}
