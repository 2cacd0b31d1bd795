package console

import (
	"context"
	"slices"

	"aoc"
	"aoc/internal/store"
)

type scopeKey struct{}

// scope is a query that every event has to pass which leaves the console within a context.
type scope struct{ query aoc.Query }

// WithScope binds a context to a filter: whatever is asked of the console within it, and in
// whatever way, no event that does not pass the filter is found, counted or shown, and of
// alerts only what rests on events that do. Relative times and change windows are those of
// now. A scope within another narrows it. Code invalid for a wrong filter.
//
// It bounds what programs are shown that act for somebody, such as language models; what
// people may see is decided before, by their roles and tenants.
func (c *Console) WithScope(ctx context.Context, f Filter) (context.Context, error) {
	q, err := c.asked(ctx, f)
	if err != nil {
		return ctx, err
	}
	if outer, ok := scopeOf(ctx); ok {
		q = outer.narrow(q)
	}
	return context.WithValue(ctx, scopeKey{}, scope{q}), nil
}

func scopeOf(ctx context.Context) (scope, bool) {
	s, ok := ctx.Value(scopeKey{}).(scope)
	return s, ok
}

// narrow gives the part of a query that is in the scope.
func (s scope) narrow(q aoc.Query) aoc.Query {
	q.Where = both(s.query.Where, q.Where)
	if q.Start.IsZero() || s.query.Start.After(q.Start) {
		q.Start = s.query.Start
	}
	if !s.query.End.IsZero() && (q.End.IsZero() || s.query.End.Before(q.End)) {
		q.End = s.query.End
	}
	if !q.Start.IsZero() && !q.End.IsZero() && !q.Start.Before(q.End) { // no time is left
		q.Start, q.End, q.Where = s.query.Start, s.query.End, aoc.Or{}
	}
	return q
}

// inScope gives those of some events that are in the scope of a context.
func (b bound) inScope(ctx context.Context, events []aoc.Event) ([]aoc.Event, error) {
	s, ok := scopeOf(ctx)
	if !ok {
		return events, nil
	}
	m := store.NewMatcher(s.query.Where)
	var kept []aoc.Event
	for i := range events {
		e := &events[i]
		if e.Timestamp.Before(s.query.Start) || !s.query.End.IsZero() && !e.Timestamp.Before(s.query.End) {
			continue
		}
		var before [][]byte
		if e.Revisions > 0 {
			var err error
			if before, err = b.older(ctx, e.Key); err != nil {
				return nil, err
			}
		}
		if m.Match(e, before) {
			kept = append(kept, *e)
		}
	}
	return kept, nil
}

// older gives the earlier records of an event, which texts are looked for in, too.
func (b bound) older(ctx context.Context, key string) ([][]byte, error) {
	versions, err := b.Store.Versions(ctx, key)
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	var older [][]byte
	for _, v := range versions[:len(versions)-1] {
		older = append(older, v.Raw)
	}
	return older, nil
}

// isNarrowed reports whether a context sees less than the whole store.
func isNarrowed(ctx context.Context) bool {
	_, scoped := scopeOf(ctx)
	return scoped || tenantsOf(ctx) != nil
}

// alertInScope gives an alert as far as it rests on events in the scope of a context: with
// their keys, count, times and summary alone. False where it rests on none.
func (c *Console) alertInScope(ctx context.Context, a *aoc.Alert) (bool, error) {
	if _, ok := scopeOf(ctx); !ok {
		return true, nil
	}
	var keys []string
	for _, key := range a.Events {
		e, err := c.store.Get(ctx, key)
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			continue
		}
		if err != nil {
			return false, err
		}
		if len(keys) == 0 || e.Timestamp.Before(a.First) {
			a.First = e.Timestamp
		}
		if len(keys) == 0 || !e.Timestamp.Before(a.Last) {
			a.Last, a.Summary = e.Timestamp, e.DisplaySummary
		}
		keys = append(keys, key)
	}
	a.Events, a.Count, a.Comments = keys, int64(len(keys)), nil
	return len(keys) > 0, nil
}

// Cited gives the events with some keys, by key, that are there and that the caller, and the
// scope of the context, may see. Whoever asks has been shown them before, so that reading them
// again is not written down.
func (c *Console) Cited(ctx context.Context, keys []string) (map[string]aoc.Event, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	found := map[string]aoc.Event{}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if !isKey(key) {
			continue
		}
		e, err := c.store.Get(ctx, key)
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[key] = e
	}
	return found, nil
}
