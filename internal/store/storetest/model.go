package storetest

import (
	"bytes"
	"cmp"
	"slices"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// model is what a store should hold, kept in the plainest way.
type model struct {
	events map[string]*modelEvent
	seq    int64
	edits  []aoc.EditRecord
}

type modelEvent struct {
	event aoc.Event
	older [][]byte
	// reviewEdit is the number of the last edit that changed the review.
	reviewEdit int64
}

func newModel() *model { return &model{events: map[string]*modelEvent{}} }

// append does what Log.Append promises.
func (m *model) append(events []aoc.Event) []store.Outcome {
	outcomes := make([]store.Outcome, len(events))
	for i, e := range events {
		had := m.events[e.Key]
		if had == nil {
			m.seq++
			e.Seq, e.Tags, e.Comments = m.seq, []string{}, []aoc.Comment{}
			m.events[e.Key] = &modelEvent{event: e}
			continue
		}
		if had.has(e.Raw) {
			outcomes[i] = store.Duplicate
			continue
		}
		outcomes[i] = store.Revision
		m.seq++
		had.older = append(had.older, had.event.Raw)
		e.Seq, e.Revisions, e.ReceivedAt = m.seq, len(had.older), had.event.ReceivedAt
		e.Tags, e.Comments, e.Review = had.event.Tags, had.event.Comments, had.event.Review
		had.event = e
	}
	return outcomes
}

func (e *modelEvent) has(raw []byte) bool {
	want, err := rawjson.Canonical(raw)
	if err != nil {
		panic(err)
	}
	for _, v := range append(slices.Clone(e.older), e.event.Raw) {
		if got, err := rawjson.Canonical(v); err == nil && bytes.Equal(got, want) {
			return true
		}
	}
	return false
}

// search gives every matching event, newest first.
func (m *model) search(q aoc.Query) []aoc.Event {
	matcher := store.NewMatcher(q.Where)
	hits := []aoc.Event{}
	for _, e := range m.events {
		t := e.event.Timestamp
		if !q.Start.IsZero() && t.Before(q.Start) || !q.End.IsZero() && !t.Before(q.End) {
			continue
		}
		if matcher.Match(&e.event, e.older) {
			hits = append(hits, e.event)
		}
	}
	slices.SortFunc(hits, func(a, b aoc.Event) int {
		return cmp.Or(b.Timestamp.Compare(a.Timestamp), cmp.Compare(b.Key, a.Key))
	})
	return hits
}
