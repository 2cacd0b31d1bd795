package console

import (
	"context"

	"aoc"
	"aoc/internal/trail"
)

const (
	// maxKeys is the most events that can be named one by one.
	maxKeys = 1000
	// maxBulk is the most events that one request changes.
	maxBulk = 100_000
	// bulkChunk is how many events are read, and changed, at a time.
	bulkChunk = 500
)

// Selected says which events to change: those named, or all that a filter selects.
type Selected struct {
	Keys   []string
	Filter *Filter
	// UpToSeq, where not zero, leaves out what arrived after that place in the log: what
	// somebody has not seen, they cannot have judged.
	UpToSeq int64
}

// text says a selection in words of the query language; events that were named one by one
// have none.
func (s Selected) text() string {
	if s.Filter == nil {
		return ""
	}
	return s.Filter.text()
}

// BulkResult tells what became of a change to many events.
type BulkResult struct {
	// Batch undoes it; empty when nothing changed.
	Batch   string `json:"batch" doc:"For undo; empty when nothing changed."`
	Matched int64  `json:"matched" doc:"Events selected."`
	Changed int64  `json:"changed" doc:"Events that are different now."`
}

// TagAll changes the tags of many events.
func (c *Console) TagAll(ctx context.Context, s Selected, t TagChange) (BulkResult, error) {
	edit, err := t.check()
	if err != nil {
		return BulkResult{}, err
	}
	return c.bulk(ctx, "Tag", s, func(aoc.Event) *aoc.Edit {
		own := edit
		return &aoc.Edit{Tags: &own}
	})
}

// ReviewAll gives many events a verdict. onlyUnreviewed passes over those that have one
// already, by a person or by a change window.
func (c *Console) ReviewAll(ctx context.Context, s Selected, v Verdict, onlyUnreviewed bool) (BulkResult, error) {
	v, err := v.check()
	if err != nil {
		return BulkResult{}, err
	}
	return c.bulk(ctx, "Review", s, func(e aoc.Event) *aoc.Edit {
		if onlyUnreviewed && e.Review != nil {
			return nil
		}
		return &aoc.Edit{Review: &aoc.ReviewEdit{State: v.State, Note: v.Note, Ticket: v.Ticket, IfNone: onlyUnreviewed}}
	})
}

// bulk finds the selected events first, so that a selection that is too large changes
// nothing and what is changed does not alter the selection, and then changes them in one
// batch.
func (c *Console) bulk(ctx context.Context, what string, s Selected, edit func(aoc.Event) *aoc.Edit) (BulkResult, error) {
	if err := c.authorise(ctx, actAnnotate); err != nil {
		return BulkResult{}, err
	}
	keys, err := c.selectedKeys(ctx, s)
	if err != nil {
		return BulkResult{}, err
	}
	r := BulkResult{Matched: int64(len(keys))}
	ctx = context.WithoutCancel(ctx) // whoever leaves now would not learn how to undo the half of it
	batch := newID()
	for len(keys) > 0 {
		n := min(len(keys), bulkChunk)
		changed, err := c.bulkChunk(ctx, batch, keys[:n], edit)
		if changed > 0 {
			r.Batch = batch
		}
		r.Changed += changed
		if err != nil {
			return r, err
		}
		keys = keys[n:]
	}
	if r.Changed > 0 {
		c.recordDone(ctx, trail.Entry{Operation: what + " events", Target: trail.Target{Type: "Batch", ID: r.Batch}, Query: s.text(), Count: r.Changed})
	}
	c.log.InfoContext(ctx, "events annotated", "batch", r.Batch, "matched", r.Matched, "changed", r.Changed, "caller", CallerOf(ctx).Name)
	return r, nil
}

// bulkChunk looks at events as they are now and changes them. What must not have changed
// between the two is a condition of the edit: others may change events meanwhile, also from
// other processes.
func (c *Console) bulkChunk(ctx context.Context, batch string, keys []string, edit func(aoc.Event) *aoc.Edit) (int64, error) {
	events, err := c.byKeys(ctx, keys)
	if err != nil {
		return 0, err
	}
	var edits []aoc.Edit
	for _, e := range events {
		if made := edit(e); made != nil {
			made.Key = e.Key
			edits = append(edits, *made)
		}
	}
	if len(edits) == 0 {
		return 0, nil
	}
	records, err := c.edit(ctx, batch, edits)
	return int64(len(records)), err
}

// byKeys gives events with the reviews they have; those that have expired meanwhile are
// left out.
func (c *Console) byKeys(ctx context.Context, keys []string) ([]aoc.Event, error) {
	events := make([]aoc.Event, 0, len(keys))
	for _, key := range keys {
		e, err := c.store.Get(ctx, key)
		switch {
		case aoc.CodeOf(err) == aoc.CodeNotFound:
		case err != nil:
			return nil, err
		default:
			events = append(events, e)
		}
	}
	return events, c.reviewed(ctx, events)
}

// selectedKeys gives the keys of the selected events, each once.
func (c *Console) selectedKeys(ctx context.Context, s Selected) ([]string, error) {
	switch {
	case s.Filter != nil && len(s.Keys) > 0:
		return nil, invalid("keys", "give keys or select, not both")
	case s.Filter != nil:
		return c.filteredKeys(ctx, *s.Filter, s.UpToSeq)
	case len(s.Keys) == 0:
		return nil, invalid("keys", "give keys, or select")
	case len(s.Keys) > maxKeys:
		return nil, invalid("keys", "at most %d keys can be given; use select for more", maxKeys)
	}
	var keys []string
	seen := map[string]bool{}
	for _, k := range s.Keys {
		e, err := c.event(ctx, k)
		if err != nil {
			return nil, err
		}
		if !seen[e.Key] {
			seen[e.Key] = true
			keys = append(keys, e.Key)
		}
	}
	return keys, nil
}

func (c *Console) filteredKeys(ctx context.Context, f Filter, upToSeq int64) ([]string, error) {
	var keys []string
	for e, err := range c.each(ctx, f) {
		if err != nil {
			return nil, within("select", err)
		}
		if upToSeq > 0 && e.Seq > upToSeq {
			continue
		}
		if len(keys) == maxBulk {
			e := aoc.Errorf(aoc.CodeInvalid, "console.bulk", "more than %d events are selected", maxBulk)
			e.Hint = "Narrow the time or the query, and do it in parts."
			return nil, &InvalidParam{Name: "select", Err: e}
		}
		keys = append(keys, e.Key)
	}
	return keys, nil
}
