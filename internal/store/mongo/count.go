package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/store"
)

// Count implements [store.Searcher]. Events that have to be read are counted first, as far
// back as the budget lets; then those that are sure to match, of which little is read. All
// figures are of these events.
func (s *Store) Count(ctx context.Context, q aoc.Query, r store.CountRequest) (store.Counts, error) {
	const op = "mongo.count"
	if err := store.CheckCount(op, r); err != nil {
		return store.Counts{}, err
	}
	p, err := s.plan(ctx, q)
	if err != nil {
		return store.Counts{}, s.fault(err, op)
	}
	t := newTally(r)
	until, err := s.tallyDoubtful(ctx, p, q, t)
	if err != nil {
		return store.Counts{}, s.fault(err, op)
	}
	if until != 0 {
		p.time.from = max(p.time.from, until)
	}
	if err := s.tallySure(ctx, p, t); err != nil {
		return store.Counts{}, s.fault(err, op)
	}
	c := t.counts()
	if c.Complete = until == 0; !c.Complete {
		c.CompleteUntil = fromNanos(until)
	}
	return c, nil
}

// tallyDoubtful counts the events that have to be read to know whether they match. When the
// budget ends it gives the time in ns from which on they are counted; zero otherwise.
func (s *Store) tallyDoubtful(ctx context.Context, p *plan, q aoc.Query, t *tally) (until int64, err error) {
	if p.exact() || p.time.from >= p.time.to {
		return 0, nil
	}
	budget := readBudget(q)
	st := &stream{
		s: s, cond: p.doubt, time: p.time, projection: wholeDocuments(never{}), batch: int32(min(budget, largestBatch-1)) + 1, deadline: s.deadline(q),
	}
	defer st.close(ctx)
	matcher := store.NewMatcher(p.where)
	var instant []*eventDoc // matching ones of the same time, to be counted when all are judged
	count := func() {
		for _, d := range instant {
			t.add(d, d.At)
			t.seen[d.Key] = true
		}
		instant = instant[:0]
	}
	for {
		docs, err := st.next(ctx)
		if err != nil {
			return 0, err
		}
		if len(docs) == 0 {
			count()
			if st.stopped {
				until = st.time.to
			}
			return until, nil
		}
		list, err := s.candidates(ctx, docs, never{}, budget)
		if err != nil {
			return 0, err
		}
		for i := range list {
			d := list[i].doc
			if len(instant) > 0 && instant[0].At != d.At {
				count()
			}
			if budget--; budget < 0 {
				return d.At + 1, nil
			}
			if e := d.event(); matcher.Match(&e, list[i].older) {
				instant = append(instant, d)
			}
		}
	}
}

// tallySure counts the events that are sure to match: those of a few documents from these, the
// others from what has been rolled up of each hour, where that tells what is asked for.
func (s *Store) tallySure(ctx context.Context, p *plan, t *tally) error {
	if isNever(p.sure) || p.time.from >= p.time.to {
		return nil
	}
	if !s.rolling.on || !rolled(p.sure) {
		return s.tallyDocuments(ctx, p.sure, p.time, t)
	}
	st := &stream{s: s, cond: p.sure, time: p.time, projection: countedFields(), batch: int32(s.rolling.few)}
	defer st.close(ctx)
	var few []*eventDoc
	for !st.ended && len(few) < s.rolling.few {
		docs, err := st.next(ctx)
		if err != nil {
			return err
		}
		few = append(few, docs...)
	}
	if st.ended {
		t.addSure(few)
		return nil
	}
	return s.tallyRolled(ctx, p, t)
}

// tallyDocuments counts the events that meet a condition from their documents.
func (s *Store) tallyDocuments(ctx context.Context, c cond, time during, t *tally) error {
	st := &stream{s: s, cond: c, time: time, projection: countedFields(), batch: largestBatch}
	defer st.close(ctx)
	for {
		docs, err := st.next(ctx)
		if err != nil || len(docs) == 0 {
			return err
		}
		t.addSure(docs)
	}
}

// addSure counts events but those that have been read to be counted, and have changed since.
func (t *tally) addSure(docs []*eventDoc) {
	for _, d := range docs {
		if !t.seen[d.Key] {
			t.add(d, d.At)
		}
	}
}

// countedFields is the projection of what events are counted by.
func countedFields() bson.D {
	names := []string{
		"at", "tenant_id", "source", "service", "workload", "record_type", "operation", "result", "actor_display", "actor_kind", "client_ip", "origin", "tags",
	}
	fields := make(bson.D, len(names))
	for i, name := range names {
		fields[i] = bson.E{Key: name, Value: 1}
	}
	return fields
}
