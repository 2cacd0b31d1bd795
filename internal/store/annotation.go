package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
)

// Times that every store can keep: they fit 64 bits of nanoseconds, with room to spare.
var (
	MinTime = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	MaxTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func storable(t time.Time) bool { return !t.Before(MinTime) && !t.After(MaxTime) }

// CheckEvent refuses an event that no store could keep: code invalid.
func CheckEvent(op string, e *aoc.Event) error {
	var field string
	switch {
	case e.DedupeKey == "" || e.Key != aoc.KeyOf(e.DedupeKey):
		field = "key"
	case len(e.Raw) == 0:
		field = "raw"
	case !storable(e.Timestamp):
		field = "timestamp"
	case !storable(e.ReceivedAt):
		field = "received_at"
	default:
		return nil
	}
	return aoc.Errorf(aoc.CodeInvalid, op, "%s: not usable in event %q", field, e.DedupeKey)
}

// CheckDocument refuses a document that nobody should store, and puts its time in UTC.
func CheckDocument(op string, d *Document) error {
	d.At = d.At.UTC()
	var field string
	switch {
	case d.Kind == "" || strings.Contains(d.Kind, "/"):
		field = "kind"
	case d.ID == "":
		field = "id"
	case d.By == "":
		field = "by"
	case !storable(d.At):
		field = "at"
	default:
		return nil
	}
	return aoc.Errorf(aoc.CodeInvalid, op, "%s: not usable for a document", field)
}

// CheckEdit refuses an edit that nobody should store.
func CheckEdit(op string, e *aoc.Edit) error {
	bad := func(message string) error {
		return aoc.Errorf(aoc.CodeInvalid, op, "%s", message)
	}
	things := 0
	for _, set := range [...]bool{e.Tags != nil, e.Comment != "", e.Review != nil} {
		if set {
			things++
		}
	}
	switch {
	case things != 1:
		return bad("edit: must change tags, comment or review, and one of them only")
	case e.By == "":
		return bad("by: who makes the edit is not said")
	case !storable(e.At):
		return bad("at: when the edit is made is not said")
	}
	if e.Tags != nil {
		for _, t := range e.Tags.Add {
			if strings.TrimSpace(t) == "" {
				return bad("tags: a tag is empty")
			}
		}
	}
	if r := e.Review; r != nil {
		state := r.State
		if r.Restore != nil {
			state = r.Restore.State
		}
		if !slices.Contains(aoc.ReviewStates(), state) && (state != "" || r.Restore != nil) {
			return bad(fmt.Sprintf("review: %q is not a state that a review can have", state))
		}
	}
	return nil
}

// Annotation is what people have added to one event.
type Annotation struct {
	Tags     []string // sorted
	Comments []aoc.Comment
	Review   *aoc.Review
	// ReviewEdit is the Seq of the last edit that gave a review or took it away; 0 for none.
	ReviewEdit int64
}

// Apply does one edit, whose record will have the number seq; the record is nil when
// nothing changes.
func (a *Annotation) Apply(e *aoc.Edit, seq int64) (*aoc.EditRecord, error) {
	r := &aoc.EditRecord{Seq: seq, Subject: e.Key, By: e.By, At: e.At.UTC(), Batch: e.Batch}
	var before, after any
	switch {
	case e.Tags != nil:
		was := a.Tags
		a.Tags = tagged(was, e.Tags)
		if slices.Equal(was, a.Tags) {
			return nil, nil
		}
		r.Action, before, after = aoc.EditTags, was, a.Tags
	case e.Comment != "":
		c := aoc.Comment{Author: e.By, Text: e.Comment, At: e.At.UTC()}
		a.Comments = append(a.Comments, c)
		r.Action, after = aoc.EditComment, c
	default:
		was := a.Review
		if !a.applyReview(e, seq) {
			return nil, nil
		}
		r.Action, before, after = aoc.EditReview, was, a.Review
	}
	var err error
	if r.Before, err = json.Marshal(before); err != nil {
		return nil, err
	}
	r.After, err = json.Marshal(after)
	return r, err
}

// tagged gives tags as an edit leaves them.
func tagged(tags []string, e *aoc.TagEdit) []string {
	stays := foldedTags(e.Add)
	goes := foldedTags(e.Remove)
	kept := make([]string, 0, len(tags)+len(e.Add))
	for _, t := range tags {
		f := rawjson.Fold(t)
		if e.Replace && stays[f] || !e.Replace && !goes[f] {
			kept = append(kept, t)
		}
	}
	has := foldedTags(kept)
	for _, t := range e.Add {
		t = strings.TrimSpace(t)
		if f := rawjson.Fold(t); !has[f] {
			has[f] = true
			kept = append(kept, t)
		}
	}
	slices.Sort(kept)
	return kept
}

// foldedTags gives tags as they are compared.
func foldedTags(tags []string) map[string]bool {
	set := make(map[string]bool, len(tags))
	for _, t := range tags {
		set[rawjson.Fold(strings.TrimSpace(t))] = true
	}
	return set
}

// applyReview reports whether the review is another one now.
func (a *Annotation) applyReview(e *aoc.Edit, seq int64) bool {
	r := e.Review
	if (r.IfEdit != 0 && r.IfEdit != a.ReviewEdit) || (r.IfNone && a.Review != nil) {
		return false
	}
	var next *aoc.Review
	switch {
	case r.Restore != nil:
		restored := *r.Restore
		restored.At, restored.Edit = restored.At.UTC(), seq
		next = &restored
	case r.State != "":
		next = &aoc.Review{State: r.State, By: e.By, Note: r.Note, Ticket: r.Ticket, At: e.At.UTC(), Edit: seq}
	}
	if sameReview(a.Review, next, r.Restore != nil) {
		return false
	}
	a.Review, a.ReviewEdit = next, seq
	return true
}

// sameReview reports whether b says nothing that a does not. That the same person says the
// same again counts for nothing, unless the time of it is what matters.
func sameReview(a, b *aoc.Review, exactly bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.State == b.State && a.By == b.By && a.Note == b.Note && a.Ticket == b.Ticket && a.Window == b.Window &&
		(!exactly || a.At.Equal(b.At))
}
