package console

import (
	"context"
	"fmt"
	"slices"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// maxTags is the most tags that one edit can name.
const maxTags = 50

// TagChange says what to do to the tags of an event: replace all of them, or take some
// away and add others.
type TagChange struct {
	// Replace, when not nil, is what the tags are to be; Add and Remove are then empty.
	Replace     []string
	Add, Remove []string
}

func (t TagChange) check() (aoc.TagEdit, error) {
	var edit aoc.TagEdit
	if t.Replace != nil && len(t.Add)+len(t.Remove) > 0 {
		return edit, invalid("tags", "give tags to replace all, or add and remove, not both")
	}
	if t.Replace == nil && len(t.Add)+len(t.Remove) == 0 {
		return edit, invalid("tags", "give tags, or add and remove")
	}
	var err error
	edit.Replace = t.Replace != nil
	if edit.Add, err = tagsOf("add", t.Add); err != nil {
		return edit, err
	}
	if edit.Remove, err = tagsOf("remove", t.Remove); err != nil {
		return edit, err
	}
	if edit.Replace {
		edit.Add, err = tagsOf("tags", t.Replace)
	}
	return edit, err
}

func tagsOf(param string, tags []string) ([]string, error) {
	if len(tags) > maxTags {
		return nil, invalid(param, "at most %d tags can be given", maxTags)
	}
	var kept []string
	for _, tag := range tags {
		tag, err := someLine(param, tag, maxTag)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(kept, tag) {
			kept = append(kept, tag)
		}
	}
	return kept, nil
}

// Verdict is what a person finds about an event.
type Verdict struct {
	// State may be empty, which takes a review away.
	State        aoc.ReviewState
	Note, Ticket string
}

func (v Verdict) check() (Verdict, error) {
	if v.State != "" && !slices.Contains(aoc.ReviewStates(), v.State) {
		return v, invalid("state", "%q is not one of expected, unexpected, investigating", string(v.State))
	}
	var err error
	if v.Note, err = prose("note", v.Note, maxNote); err != nil {
		return v, err
	}
	v.Ticket, err = ticket(v.Ticket)
	return v, err
}

// Annotated is an event after an edit, and the batch by which it can be undone: empty when
// the edit changed nothing.
type Annotated struct {
	Event aoc.Event
	Batch string
}

// Tag changes the tags of an event, by key or source id. Codes as of [Console.Event].
func (c *Console) Tag(ctx context.Context, keyOrID string, t TagChange) (Annotated, error) {
	edit, err := t.check()
	if err != nil {
		return Annotated{}, err
	}
	return c.annotate(ctx, keyOrID, aoc.Edit{Tags: &edit})
}

// Comment adds a remark, in Markdown, to an event.
func (c *Console) Comment(ctx context.Context, keyOrID, text string) (Annotated, error) {
	text, err := prose("text", text, maxComment)
	if err == nil && text == "" {
		err = invalid("text", "must not be empty")
	}
	if err != nil {
		return Annotated{}, err
	}
	return c.annotate(ctx, keyOrID, aoc.Edit{Comment: text})
}

// Review gives an event a verdict, or takes it away. ifEdit, where not zero, is the edit
// that set the review the caller saw. Code conflict when somebody was faster.
func (c *Console) Review(ctx context.Context, keyOrID string, v Verdict, ifEdit int64) (Annotated, error) {
	v, err := v.check()
	if err != nil {
		return Annotated{}, err
	}
	a, err := c.annotate(ctx, keyOrID, aoc.Edit{Review: &aoc.ReviewEdit{State: v.State, Note: v.Note, Ticket: v.Ticket, IfEdit: ifEdit}})
	if err != nil || ifEdit == 0 || a.Batch != "" || (a.Event.Review != nil && a.Event.Review.Edit == ifEdit) {
		return a, err
	}
	return a, faster(aoc.Errorf(aoc.CodeConflict, "console.review", "the review is another"))
}

// annotate makes one edit and gives the event after it.
func (c *Console) annotate(ctx context.Context, keyOrID string, edit aoc.Edit) (Annotated, error) {
	if err := c.authorise(ctx, actAnnotate); err != nil {
		return Annotated{}, err
	}
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return Annotated{}, err
	}
	batch := newID()
	edit.Key = e.Key
	records, err := c.edit(ctx, batch, []aoc.Edit{edit})
	if err != nil {
		return Annotated{}, err
	}
	if len(records) == 0 {
		batch = ""
	} else {
		c.recordDone(ctx, trail.Entry{Operation: editWords(edit) + " event", Target: eventTarget(e), Count: 1})
	}
	e, err = c.event(ctx, e.Key)
	return Annotated{Event: e, Batch: batch}, err
}

// editWords says what an edit does.
func editWords(e aoc.Edit) string {
	switch {
	case e.Comment != "":
		return "Comment on"
	case e.Review != nil:
		return "Review"
	}
	return "Tag"
}

// edit applies edits as the caller's, in one batch.
func (c *Console) edit(ctx context.Context, batch string, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	by, at := author(ctx), c.clock.Now().UTC()
	for i := range edits {
		edits[i].By, edits[i].At, edits[i].Batch = by, at, batch
	}
	return c.store.Annotate(ctx, edits)
}

// maxHistory is the most records of edits that one answer holds.
const maxHistory = 1000

// History gives who did what to an event, oldest first, by key or source id.
func (c *Console) History(ctx context.Context, keyOrID string) ([]aoc.EditRecord, error) {
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return nil, err
	}
	records, err := c.store.Edits(ctx, store.EditFilter{Subject: e.Key}, maxHistory)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return append([]aoc.EditRecord{}, records...), nil
}
