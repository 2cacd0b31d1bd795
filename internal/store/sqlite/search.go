package sqlite

import (
	"cmp"
	"container/heap"
	"context"
	"time"

	"aoc"
	"aoc/internal/store"
)

const (
	defaultLimit = 50
	// defaultBudget is how many events a query may read one by one where the signature
	// cannot decide: about a second's work.
	defaultBudget = 50_000
	// scanCost is what scanning a block costs, in events read one by one.
	scanCost = 8
)

// Search implements [store.Searcher].
func (s *Store) Search(ctx context.Context, q aoc.Query) (aoc.Page, error) {
	page := aoc.Page{Items: []aoc.Event{}}
	err := s.snapshot(ctx, "sqlite.search", func(v *snapshot) error {
		p, err := v.plan(ctx, q)
		if err != nil {
			return err
		}
		m := &merge{v: v, plan: p, budget: newBudget(q.ScanBudget)}
		if q.Cursor != "" {
			after, err := store.DecodeCursor(q.Cursor)
			if err != nil {
				return err
			}
			m.after = &after
			p.time.to = min(p.time.to, after.Time.UnixNano()+1)
		}
		m.pending = m.candidates()
		if err := m.fill(ctx, &page, cmp.Or(max(q.Limit, 0), defaultLimit)); err != nil {
			return err
		}
		return v.decorateAll(ctx, pointers(page.Items))
	})
	return page, err
}

func pointers(events []aoc.Event) []*aoc.Event {
	ps := make([]*aoc.Event, len(events))
	for i := range events {
		ps[i] = &events[i]
	}
	return ps
}

// budget counts the events that may still be read one by one.
type budget struct{ left int }

func newBudget(n int) *budget {
	switch {
	case n < 0:
		n = int(^uint(0) >> 1)
	case n == 0:
		n = defaultBudget
	}
	return &budget{n}
}

// merge walks the matching rows of many segments in one order, newest first. Segments
// are opened only when their newest event could be next, and events are read one by one
// in that same order, so that a search that stops early knows how far it got.
type merge struct {
	v       *snapshot
	plan    *plan
	after   *store.Position // rows up to and including it were given before
	budget  *budget
	pending []*segmentInfo // not opened yet, by max time descending
	open    segmentHeap
}

func (m *merge) candidates() []*segmentInfo {
	var segs []*segmentInfo
	for _, seg := range m.v.segments {
		if !m.plan.skips(seg) {
			segs = append(segs, seg)
		}
	}
	return segs
}

// fill takes the next events until the page has limit of them, the end is reached or
// the budget is spent.
func (m *merge) fill(ctx context.Context, page *aoc.Page, limit int) error {
	for {
		if err := m.openDue(ctx); err != nil {
			return err
		}
		if len(m.open) == 0 {
			page.Complete = true
			return nil
		}
		top := m.open[0]
		switch {
		case !top.judged && !top.sure.has(top.row) && m.budget.left <= 0:
			return m.stop(ctx, page)
		case !top.judged:
			if err := m.judge(ctx, top); err != nil {
				return err
			}
		case len(page.Items) == limit:
			last := page.Items[limit-1]
			page.NextCursor = store.EncodeCursor(store.Position{Time: last.Timestamp, Key: last.Key})
			page.Complete = true
			return nil
		default:
			page.Items = append(page.Items, top.doc.event)
			top.advance()
		}
		if top.row < 0 {
			heap.Pop(&m.open)
		} else {
			heap.Fix(&m.open, 0)
		}
	}
}

// openDue opens every segment whose newest event might come before the head.
func (m *merge) openDue(ctx context.Context) error {
	for len(m.pending) > 0 && (len(m.open) == 0 || m.pending[0].maxTime >= m.open[0].head.Time.UnixNano()) {
		seg := m.pending[0]
		m.pending = m.pending[1:]
		sure, maybe, err := m.plan.match(ctx, m.v, seg)
		if err != nil {
			return err
		}
		if maybe.empty() {
			continue
		}
		times, err := m.v.times(ctx, seg)
		if err != nil {
			return err
		}
		w := &walker{seg: seg, sure: sure, maybe: maybe, times: times, row: -1, matcher: store.NewMatcher(m.plan.query.Where)}
		w.advance()
		heap.Push(&m.open, w)
	}
	return nil
}

// walker is the place in one segment.
type walker struct {
	seg         *segmentInfo
	sure, maybe bitmap
	times       []int64
	matcher     *store.Matcher
	row         int // -1 at the end
	scanned     int // blocks before this one have been scanned
	annotated   bitmap
	// judged means that row matches and doc holds it; else head has its time only and
	// stands in front of every event of that time.
	judged bool
	doc    document
	head   store.Position
}

// frontKey sorts in front of every key.
const frontKey = "\xff"

// advance moves on to the next row that may match.
func (w *walker) advance() {
	w.judged = false
	if w.row = w.maybe.next(w.row + 1); w.row >= 0 {
		w.head = store.Position{Time: time.Unix(0, w.times[w.row]).UTC(), Key: frontKey}
	}
}

// scan takes the rows of the block a walker is in that lack a required term out of
// maybe; reports whether the row it is at went with them.
func (m *merge) scan(ctx context.Context, w *walker) (bool, error) {
	block := w.row / blockEvents
	if block < w.scanned || len(m.plan.scans) == 0 {
		return false, nil
	}
	w.scanned = block + 1
	m.budget.left -= scanCost
	b, err := m.v.block(ctx, w.seg, block)
	if err != nil {
		return false, err
	}
	for _, group := range m.plan.scans {
		hits := group[0].hits(b)
		for i := range group[1:] {
			hits.or(group[i+1].hits(b))
		}
		for doc := range b.docs {
			if row := block*blockEvents + doc; row >= w.row && !hits.has(doc) && w.maybe.has(row) && !w.sure.has(row) {
				w.maybe.clear(row)
			}
		}
	}
	return !w.maybe.has(w.row), nil
}

// judge reads the row a walker is at and moves on when it does not match.
func (m *merge) judge(ctx context.Context, w *walker) error {
	if gone, err := m.scan(ctx, w); err != nil || gone {
		w.advance()
		return err
	}
	text, err := m.v.encoded(ctx, w.seg, w.row)
	if err != nil {
		return err
	}
	if m.after != nil && w.head.Time.Equal(m.after.Time) && !keyPosition(w, text).Before(*m.after) {
		w.advance()
		return nil
	}
	if !w.sure.has(w.row) {
		m.budget.left--
		if match, err := m.verify(ctx, w, text); err != nil || !match {
			w.advance()
			return err
		}
	}
	if w.doc, err = text.decodeOwn(w.seg.tenant); err != nil {
		return err
	}
	w.judged, w.head = true, position(&w.doc)
	return nil
}

// keyPosition is the place of the row a walker is at, without decoding all of it.
func keyPosition(w *walker, text encodedDocument) store.Position {
	dedupeKey, _ := text.identity()
	return store.Position{Time: w.head.Time, Key: aoc.KeyOf(dedupeKey)}
}

// stop ends a page where the budget did: in front of the first event that was not
// judged. Others of the same instant may have higher keys; they come again.
func (m *merge) stop(ctx context.Context, page *aoc.Page) error {
	at := store.Position{Time: m.open[0].head.Time}
	for _, w := range m.open {
		if !w.head.Time.Equal(at.Time) {
			continue
		}
		text, err := m.v.encoded(ctx, w.seg, w.row)
		if err != nil {
			return err
		}
		at.Key = max(at.Key, keyPosition(w, text).Key)
	}
	at.Key += store.InFront
	page.NextCursor = store.EncodeCursor(at)
	page.CompleteUntil = at.Time.Add(1)
	return nil
}

// verify reads an event and asks the one function that knows what matches.
func (m *merge) verify(ctx context.Context, w *walker, text encodedDocument) (bool, error) {
	doc, err := text.decode(w.seg.tenant)
	if err != nil {
		return false, err
	}
	if m.plan.people {
		if err := m.people(ctx, w, &doc.event); err != nil {
			return false, err
		}
	}
	return w.matcher.Match(&doc.event, doc.olderRaw()), nil
}

// people fills in what people added to the event a walker is at. Few events have anything,
// so which those are is found out once for the segment.
func (m *merge) people(ctx context.Context, w *walker, e *aoc.Event) (err error) {
	if w.annotated == nil {
		if w.annotated, err = m.v.annotatedRows(ctx, w.seg); err != nil {
			return err
		}
	}
	if !w.annotated.has(w.row) {
		return nil
	}
	return m.v.decorate(ctx, e)
}

// segmentHeap orders walkers by their heads, newest first.
type segmentHeap []*walker

func (h segmentHeap) Len() int           { return len(h) }
func (h segmentHeap) Less(i, j int) bool { return h[j].head.Before(h[i].head) }
func (h segmentHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *segmentHeap) Push(x any)        { *h = append(*h, x.(*walker)) }
func (h *segmentHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
