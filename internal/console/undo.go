package console

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Undone tells what became of taking a batch back.
type Undone struct {
	Undone int64 `json:"undone" doc:"Edits taken back."`
	Kept   int64 `json:"kept" doc:"Edits left as they are, because somebody has changed the same since."`
	// Batch undoes the undoing; empty when nothing was undone.
	Batch string `json:"batch" doc:"Undoes the undoing; empty when nothing was undone."`
}

// Undo takes back a batch of edits: each event gets the tags and the review that it had,
// except where somebody has changed them since. Comments stay. Code not_found for an
// unknown batch.
func (c *Console) Undo(ctx context.Context, batch string) (Undone, error) {
	var u Undone
	if err := c.authorise(ctx, actAnnotate); err != nil {
		return u, err
	}
	undo := newID()
	filter := store.EditFilter{Batch: batch}
	for batch != "" {
		records, err := c.store.Edits(ctx, filter, bulkChunk)
		if err != nil {
			return u, err
		}
		if len(records) == 0 {
			break
		}
		undone, err := c.undoChunk(ctx, undo, records)
		if err != nil {
			return u, err
		}
		u.Undone += undone
		u.Kept += int64(len(records)) - undone
		filter.After = records[len(records)-1].Seq
	}
	if u.Undone+u.Kept == 0 {
		return u, aoc.Errorf(aoc.CodeNotFound, "console.undo", "there is no batch of edits with this id")
	}
	if u.Undone > 0 {
		u.Batch = undo
	}
	if u.Undone > 0 {
		c.recordDone(ctx, trail.Entry{Operation: "Undo edits", Target: trail.Target{Type: "Batch", ID: batch}, Count: u.Undone})
	}
	c.log.InfoContext(ctx, "edits undone", "batch", batch, "undone", u.Undone, "kept", u.Kept, "caller", CallerOf(ctx).Name)
	return u, nil
}

func (c *Console) undoChunk(ctx context.Context, undo string, records []aoc.EditRecord) (int64, error) {
	var edits []aoc.Edit
	for _, r := range records {
		edit, err := c.inverse(ctx, r)
		if err != nil {
			return 0, err
		}
		if edit != nil {
			edits = append(edits, *edit)
		}
	}
	if len(edits) == 0 {
		return 0, nil
	}
	done, err := c.edit(ctx, undo, edits)
	return int64(len(done)), err
}

// inverse is the edit that takes a record back; nil where there is none.
func (c *Console) inverse(ctx context.Context, r aoc.EditRecord) (*aoc.Edit, error) {
	if _, err := c.store.Get(ctx, r.Subject); err != nil {
		if aoc.CodeOf(err) == aoc.CodeNotFound { // it has expired
			return nil, nil
		}
		return nil, err
	}
	switch r.Action {
	case aoc.EditTags:
		var before, after []string
		if err := decodeBoth(r, &before, &after); err != nil {
			return nil, err
		}
		return &aoc.Edit{Key: r.Subject, Tags: &aoc.TagEdit{Add: without(before, after), Remove: without(after, before)}}, nil
	case aoc.EditReview:
		var before, after *aoc.Review
		if err := decodeBoth(r, &before, &after); err != nil {
			return nil, err
		}
		return &aoc.Edit{Key: r.Subject, Review: &aoc.ReviewEdit{Restore: before, IfEdit: r.Seq}}, nil
	}
	return nil, nil
}

func decodeBoth(r aoc.EditRecord, before, after any) error {
	if err := json.Unmarshal(r.Before, before); err != nil {
		return fmt.Errorf("edit %d: %w", r.Seq, err)
	}
	if err := json.Unmarshal(r.After, after); err != nil {
		return fmt.Errorf("edit %d: %w", r.Seq, err)
	}
	return nil
}

// without gives what of a is not in b, in any letter case.
func without(a, b []string) []string {
	var rest []string
	for _, v := range a {
		if !slices.ContainsFunc(b, func(o string) bool { return strings.EqualFold(o, v) }) {
			rest = append(rest, v)
		}
	}
	return rest
}
