package transfer

import (
	"bytes"
	"context"

	"aoc"
	"aoc/internal/store"
)

// markName is the checkpoint that a store has that something is copied into.
const (
	markName = "transfer/target"
	markText = "begun"
)

// check makes sure that the target has nothing in it that is not the source's.
func (c *copier) check(ctx context.Context) (err error) {
	if c.end, err = c.from.LastSeq(ctx); err != nil {
		return err
	}
	if c.places, err = c.to.LastSeq(ctx); err != nil {
		return err
	}
	mark, err := c.to.Checkpoint(ctx, markName)
	if err != nil {
		return err
	}
	if mark == "" && c.places == 0 {
		if err := c.checkEmpty(ctx); err != nil {
			return err
		}
	}
	if c.places > c.end {
		return foreign("its log has %d places and that of the source %d", c.places, c.end)
	}
	if err := c.checkLeaves(ctx); err != nil {
		return err
	}
	if err := c.checkEdits(ctx); err != nil {
		return err
	}
	return c.to.SetCheckpoint(ctx, markName, markText)
}

// foreign is the error for a target that is no copy of the source.
func foreign(format string, args ...any) error {
	why := aoc.Errorf(aoc.CodeConflict, "", format, args...).Message
	e := aoc.Errorf(aoc.CodeConflict, "transfer.check", "the target is no copy of the source: %s", why)
	e.Hint = "Name an empty folder or database as the target. What is there was not touched."
	return e
}

// checkEmpty refuses a target whose log is empty but which has something else.
func (c *copier) checkEmpty(ctx context.Context) error {
	for _, part := range []struct {
		what string
		some func() (int, error)
	}{
		{"edits", func() (int, error) { return length(c.to.Edits(ctx, store.EditFilter{}, 1)) }},
		{"documents", func() (int, error) { return length(c.to.DocumentKinds(ctx)) }},
		{"alerts or other items", func() (int, error) { return length(c.to.ItemKinds(ctx)) }},
		{"a coverage ledger", func() (int, error) { return length(c.to.Feeds(ctx)) }},
		{"a quarantine", func() (int, error) { return length(c.to.ListQuarantine(ctx, "", 1)) }},
		{"directory names", func() (int, error) { return length(c.to.NameTenants(ctx)) }},
		{"checkpoints", func() (int, error) { return length(c.to.CheckpointNames(ctx)) }},
	} {
		n, err := part.some()
		if err != nil {
			return err
		}
		if n > 0 {
			return foreign("it has %s of its own", part.what)
		}
	}
	return nil
}

func length[T any](list []T, err error) (int, error) { return len(list), err }

// checkLeaves compares the leaves that the target has, one by one.
func (c *copier) checkLeaves(ctx context.Context) error {
	for at := int64(0); at < c.places; {
		n := int(min(leavesAtOnce, c.places-at))
		theirs, err := c.from.LeafHashes(ctx, at, n)
		if err != nil {
			return err
		}
		ours, err := c.to.LeafHashes(ctx, at, n)
		if err != nil {
			return err
		}
		for i := range n {
			if i >= len(ours) || i >= len(theirs) || ours[i] != theirs[i] {
				return foreign("the leaves at place %d of the log differ", at+int64(i)+1)
			}
		}
		at += int64(n)
		c.tell(StageCheck, at)
	}
	return nil
}

// checkEdits compares the records of edits that the target has, and counts them.
func (c *copier) checkEdits(ctx context.Context) error {
	for {
		ours, err := c.to.Edits(ctx, store.EditFilter{After: c.edits}, editsAtOnce)
		if err != nil || len(ours) == 0 {
			return err
		}
		theirs, err := c.from.Edits(ctx, store.EditFilter{After: c.edits}, len(ours))
		if err != nil {
			return err
		}
		for i := range ours {
			if i >= len(theirs) || !sameRecord(&ours[i], &theirs[i]) {
				return foreign("record %d of edits differs", ours[i].Seq)
			}
		}
		c.edits = ours[len(ours)-1].Seq
	}
}

func sameRecord(a, b *aoc.EditRecord) bool {
	return a.Seq == b.Seq && a.Subject == b.Subject && a.Action == b.Action && a.By == b.By && a.At.Equal(b.At) &&
		a.Batch == b.Batch && bytes.Equal(a.Before, b.Before) && bytes.Equal(a.After, b.After)
}
