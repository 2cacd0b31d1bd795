package mongo

import (
	"cmp"
	"context"
	"math"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
)

const (
	defaultLimit = 50
	// defaultBudget is how many events a query may read one by one where the index cannot
	// decide: about a second's work.
	defaultBudget = 20_000
)

// readBudget gives how many events a query may read one by one.
func readBudget(q aoc.Query) int {
	if q.ScanBudget < 0 {
		return math.MaxInt
	}
	return cmp.Or(q.ScanBudget, defaultBudget)
}

// searchTime is how long a search may take that has a budget, where the server finds little.
const searchTime = 10 * time.Second

// deadline gives the time at which a query is to stop; zero: never.
func (s *Store) deadline(q aoc.Query) time.Time {
	if q.ScanBudget < 0 {
		return time.Time{}
	}
	return s.clock.Now().Add(searchTime)
}

// plan compiles a query with the vocabulary as it is.
func (s *Store) plan(ctx context.Context, q aoc.Query) (*plan, error) {
	return planner{shelves{s, neededTenants(q.Where), queryTime(q).from}}.plan(ctx, q)
}

// Search implements [store.Searcher].
func (s *Store) Search(ctx context.Context, q aoc.Query) (aoc.Page, error) {
	const op = "mongo.search"
	f := pageFill{page: aoc.Page{Items: []aoc.Event{}}, limit: cmp.Or(max(q.Limit, 0), defaultLimit), budget: readBudget(q)}
	var after *store.Position
	if q.Cursor != "" {
		p, err := store.DecodeCursor(q.Cursor)
		if err != nil {
			return f.page, err
		}
		after = &p
	}
	p, err := s.plan(ctx, q)
	if err != nil {
		return f.page, s.fault(err, op)
	}
	if isNever(p.maybe) || p.time.from >= p.time.to {
		f.page.Complete = true
		return f.page, nil
	}
	f.sure, f.matcher = p.sure, store.NewMatcher(q.Where)
	st := &stream{
		s: s, cond: p.maybe, time: p.time, after: after, projection: wholeDocuments(p.sure), batch: f.firstBatch(p), deadline: s.deadline(q),
	}
	defer st.close(ctx)
	for {
		docs, err := st.next(ctx)
		if err != nil {
			return f.page, s.fault(err, op)
		}
		if len(docs) == 0 {
			f.end(st)
			return f.page, nil
		}
		if done, err := f.take(ctx, s, docs); err != nil || done {
			return f.page, s.fault(err, op)
		}
	}
}

// pageFill fills one page.
type pageFill struct {
	page    aoc.Page
	limit   int
	budget  int
	sure    cond
	matcher *store.Matcher
}

// firstBatch is how many documents to ask for at first: those of the page, the one that
// tells that there is another page, and the one that is held back.
func (f *pageFill) firstBatch(p *plan) int32 {
	n := f.limit + 2
	if !p.exact() {
		n *= 2
	}
	return int32(min(n, largestBatch))
}

// take puts the matching ones of the next documents on the page, and tells whether it is
// finished.
func (f *pageFill) take(ctx context.Context, s *Store, docs []*eventDoc) (done bool, err error) {
	list, err := s.candidates(ctx, docs, f.sure, f.budget)
	if err != nil {
		return false, err
	}
	for i := range list {
		c := &list[i]
		if !c.sure && f.budget <= 0 {
			f.stop(c.doc)
			return true, nil
		}
		e := c.doc.event()
		if !c.sure {
			f.budget--
			if !f.matcher.Match(&e, c.older) {
				continue
			}
		}
		if len(f.page.Items) == f.limit {
			last := f.page.Items[f.limit-1]
			f.page.NextCursor = store.EncodeCursor(store.Position{Time: last.Timestamp, Key: last.Key})
			f.page.Complete = true
			return true, nil
		}
		f.page.Items = append(f.page.Items, e)
	}
	return false, nil
}

// end ends a page where the stream did: with the last event, or for its deadline in front of
// all events of the time that it did not get to.
func (f *pageFill) end(st *stream) {
	if f.page.Complete = !st.stopped; f.page.Complete {
		return
	}
	next := store.Position{Time: fromNanos(st.time.to - 1), Key: lastKey + store.InFront}
	f.page.NextCursor, f.page.CompleteUntil = store.EncodeCursor(next), fromNanos(st.time.to)
}

// lastKey is in front of every other key.
var lastKey = strings.Repeat("z", aoc.KeyLen)

// stop ends a page where the budget did: in front of the first event that was not judged.
func (f *pageFill) stop(d *eventDoc) {
	at := d.position()
	f.page.NextCursor = store.EncodeCursor(store.Position{Time: at.Time, Key: at.Key + store.InFront})
	f.page.CompleteUntil = at.Time.Add(1)
}
