package console

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"aoc"
	"aoc/internal/store"
)

// maxOccurrences is how often one change window can open within what a query covers: the
// newest so many are looked at, which is 13 years of every day.
const maxOccurrences = 5000

// openWindow is a change window ready for use.
type openWindow struct {
	spec ChangeWindow
	when schedule
	cond aoc.Expr // who and what; nil for everything
}

// compileWindow checks a specification and makes it ready. Codes invalid.
func (c *Console) compileWindow(_ context.Context, made Made, s ChangeWindowSpec) (openWindow, error) {
	s, when, err := s.check()
	if err != nil {
		return openWindow{}, err
	}
	w := openWindow{spec: ChangeWindow{made, s}, when: when}
	var cond aoc.And
	if len(s.Actors) > 0 {
		cond = append(cond, aoc.Is{Field: aoc.FieldActor, Values: s.Actors})
	}
	if s.Query != "" {
		x, err := c.condition(s.Query)
		if err != nil {
			return w, err
		}
		cond = append(cond, x)
	}
	if len(cond) > 0 {
		w.cond = cond
	}
	return w, nil
}

// expr holds for the events that fall in the window, of those within a span.
func (w openWindow) expr(span aoc.Window) aoc.Expr {
	open := aoc.Or{}
	for t := range w.when.times(span, true) {
		last := len(open) - 1
		if last >= 0 && open[last].(aoc.Between).Start.Equal(t.End) { // from midnight to midnight
			open[last] = aoc.Between{Start: t.Start, End: open[last].(aoc.Between).End}
			continue
		}
		if len(open) == maxOccurrences {
			break
		}
		open = append(open, aoc.Between(t))
	}
	if w.cond == nil || len(open) == 0 {
		return open
	}
	return aoc.And{open, w.cond}
}

// review is what the window says of an event that falls in it.
func (w openWindow) review() *aoc.Review {
	return &aoc.Review{
		State: aoc.ReviewExpected, By: "change window: " + w.spec.Title, Note: w.spec.Note, Ticket: w.spec.Ticket,
		At: w.spec.At, Window: w.spec.ID,
	}
}

// windowSet is all change windows.
type windowSet []openWindow

// expr holds for the events that fall in one of the windows, of those within a span.
func (ws windowSet) expr(span aoc.Window) aoc.Expr {
	any := aoc.Or{}
	for _, w := range ws {
		if x := w.expr(span); !never(x) {
			any = append(any, x)
		}
	}
	return any
}

func never(x aoc.Expr) bool {
	or, ok := x.(aoc.Or)
	return ok && len(or) == 0
}

// windowCache keeps compiled windows until one of them changes.
type windowCache struct {
	mu        sync.Mutex
	signature string
	set       windowSet
}

// windows gives the change windows there are. They are few and small, so that asking for
// their versions each time costs next to nothing and is never out of date.
func (c *Console) windows(ctx context.Context) (windowSet, error) {
	docs, err := c.store.ListDocuments(ctx, kindWindow)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	var signature strings.Builder
	for _, d := range docs {
		fmt.Fprintf(&signature, "%s/%d ", d.ID, d.Version)
	}
	c.windowCache.mu.Lock()
	defer c.windowCache.mu.Unlock()
	if c.windowCache.signature == signature.String() {
		return c.windowCache.set, nil
	}
	var set windowSet
	for _, d := range docs {
		w, err := c.kept(ctx, d)
		if err != nil { // of another version of the program, or its time zone is gone
			c.log.WarnContext(ctx, "a change window cannot be used", "id", d.ID, "error", err)
			continue
		}
		set = append(set, w)
	}
	c.windowCache.signature, c.windowCache.set = signature.String(), set
	return set, nil
}

func (c *Console) kept(ctx context.Context, d store.Document) (openWindow, error) {
	var s ChangeWindowSpec
	if err := json.Unmarshal(d.Body, &s); err != nil {
		return openWindow{}, err
	}
	return c.compileWindow(ctx, madeOf(d), s)
}

// storedSpan is the time that stored events are from.
func (c *Console) storedSpan(ctx context.Context) (aoc.Window, error) {
	return c.span(ctx, aoc.Query{})
}

// reviewed puts on events the reviews that follow from change windows: on those that no
// person reviewed and that fall in one. It changes events in place.
func (c *Console) reviewed(ctx context.Context, events []aoc.Event) error {
	set, err := c.windows(ctx)
	if err != nil || len(set) == 0 {
		return err
	}
	matchers := make([]*store.Matcher, len(set))
	for i := range events {
		e := &events[i]
		if e.Review != nil {
			continue
		}
		var older [][]byte
		for n, w := range set {
			if !w.when.open(e.Timestamp) {
				continue
			}
			if matchers[n] == nil {
				matchers[n] = store.NewMatcher(w.cond)
			}
			if older == nil && e.Revisions > 0 && looksAtText(w.cond) {
				if older, err = c.olderRaw(ctx, e.Key); err != nil {
					return err
				}
			}
			if matchers[n].Match(e, older) {
				e.Review = w.review()
				break
			}
		}
	}
	return nil
}

// olderRaw gives the earlier versions of an event's record, which a text search looks into.
func (c *Console) olderRaw(ctx context.Context, key string) ([][]byte, error) {
	vs, err := c.store.Versions(ctx, key)
	if err != nil || len(vs) == 0 {
		return nil, err
	}
	var older [][]byte
	for _, v := range vs[:len(vs)-1] {
		older = append(older, v.Raw)
	}
	return older, nil
}

// leaves calls f with every part of a predicate that has no parts.
func leaves(x aoc.Expr, f func(aoc.Expr) bool) bool {
	switch x := x.(type) {
	case nil:
		return true
	case aoc.And:
		return !slices.ContainsFunc(x, func(p aoc.Expr) bool { return !leaves(p, f) })
	case aoc.Or:
		return !slices.ContainsFunc(x, func(p aoc.Expr) bool { return !leaves(p, f) })
	case aoc.Not:
		return leaves(x.Of, f)
	}
	return f(x)
}

func looksAtText(x aoc.Expr) bool {
	return !leaves(x, func(leaf aoc.Expr) bool {
		switch leaf.(type) {
		case aoc.Text, aoc.TextLike:
			return false
		}
		return true
	})
}
