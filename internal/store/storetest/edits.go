package storetest

import (
	"encoding/json"
	"slices"
	"strings"

	"aoc"
)

// annotate does what Annotator.Annotate promises.
func (m *model) annotate(edits []aoc.Edit) []aoc.EditRecord {
	first := len(m.edits)
	for _, e := range edits {
		m.events[e.Key].edit(m, e)
	}
	return slices.Clone(m.edits[first:])
}

// edit does one edit; m gets the record.
func (e *modelEvent) edit(m *model, x aoc.Edit) {
	r := aoc.EditRecord{Seq: int64(len(m.edits)) + 1, Subject: x.Key, By: x.By, At: x.At.UTC(), Batch: x.Batch}
	switch {
	case x.Tags != nil:
		r.Action, r.Before = aoc.EditTags, encoded(e.event.Tags)
		if !e.tag(*x.Tags) {
			return
		}
		r.After = encoded(e.event.Tags)
	case x.Review != nil:
		r.Action, r.Before = aoc.EditReview, encoded(e.event.Review)
		if !e.review(x, r.Seq) {
			return
		}
		r.After = encoded(e.event.Review)
	default:
		c := aoc.Comment{Author: x.By, Text: x.Comment, At: x.At.UTC()}
		e.event.Comments = append(slices.Clone(e.event.Comments), c)
		r.Action, r.Before, r.After = aoc.EditComment, encoded(nil), encoded(c)
	}
	m.edits = append(m.edits, r)
}

func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// tag reports whether the tags are others now.
func (e *modelEvent) tag(x aoc.TagEdit) bool {
	in := func(tags []string, tag string) bool {
		return slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) })
	}
	tags := []string{}
	for _, t := range e.event.Tags {
		if x.Replace && in(x.Add, t) || !x.Replace && !in(x.Remove, t) {
			tags = append(tags, t)
		}
	}
	for _, t := range x.Add {
		if !in(tags, t) {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	changed := !slices.Equal(tags, e.event.Tags)
	e.event.Tags = tags
	return changed
}

// review reports whether the review is another one now.
func (e *modelEvent) review(x aoc.Edit, seq int64) bool {
	was, r := e.event.Review, x.Review
	if (r.IfEdit != 0 && r.IfEdit != e.reviewEdit) || (r.IfNone && was != nil) {
		return false
	}
	var next *aoc.Review
	if r.State != "" {
		next = &aoc.Review{State: r.State, By: x.By, Note: r.Note, Ticket: r.Ticket, At: x.At.UTC()}
	}
	if r.Restore != nil {
		restored := *r.Restore
		next = &restored
	}
	if was == nil && next == nil {
		return false
	}
	if was != nil && next != nil {
		old, now := *was, *next
		if now.Edit = old.Edit; r.Restore == nil {
			now.At = old.At
		}
		if old == now {
			return false
		}
	}
	if next != nil {
		next.Edit = seq
	}
	e.event.Review, e.reviewEdit = next, seq
	return true
}

var someTags = []string{"odd", "Reviewed", "ODD", "third", "für später", "100%"}

// edit makes an edit of an event.
func (g *generator) edit(m *model, key string) aoc.Edit {
	e := aoc.Edit{Key: key, By: g.pick([]string{"ada", "bob"}), At: g.time(), Batch: g.pick([]string{"", "b1", "b2"})}
	switch g.rng.IntN(5) {
	case 0:
		e.Comment = g.pick(someWords) + "."
	case 1, 2:
		e.Tags = &aoc.TagEdit{Replace: g.rng.IntN(3) == 0}
		for range g.rng.IntN(3) {
			e.Tags.Add = append(e.Tags.Add, g.pick(someTags))
			e.Tags.Remove = append(e.Tags.Remove, g.pick(someTags))
		}
	default:
		e.Review = g.review(m, key)
	}
	return e
}

// review makes a review or undoes one.
func (g *generator) review(m *model, key string) *aoc.ReviewEdit {
	if g.rng.IntN(3) > 0 {
		states := append(aoc.ReviewStates(), "")
		return &aoc.ReviewEdit{
			State: states[g.rng.IntN(len(states))], Note: g.pick([]string{"", "as agreed"}), Ticket: g.pick([]string{"", "https://t.example/1"}),
			IfNone: g.rng.IntN(4) == 0,
		}
	}
	undo := &aoc.ReviewEdit{}
	for _, r := range m.edits {
		if r.Subject != key || r.Action != aoc.EditReview || g.rng.IntN(2) == 0 {
			continue
		}
		undo.IfEdit, undo.Restore = r.Seq, nil
		if err := json.Unmarshal(r.Before, &undo.Restore); err != nil {
			panic(err)
		}
	}
	return undo
}
