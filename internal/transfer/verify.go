package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/store"
)

// toldEvery is after how many places verifying tells how far it is.
const toldEvery = 1024

// verify reads the log of both sides and compares it, place by place.
func (c *copier) verify(ctx context.Context) error {
	c.report.Places = c.end
	edits, err := c.checkAllEdits(ctx)
	if err != nil {
		return err
	}
	c.report.Edits = edits
	var over tree
	from, stopFrom := iter.Pull2(c.entries(ctx, c.from))
	defer stopFrom()
	to, stopTo := iter.Pull2(c.entries(ctx, c.to))
	defer stopTo()
	for seq := int64(1); seq <= c.end; seq++ {
		theirs, err, _ := from()
		if err != nil {
			return err
		}
		ours, err, _ := to()
		if err != nil {
			return err
		}
		if theirs == nil || ours == nil || theirs.Seq != seq || ours.Seq != seq || theirs.Leaf != ours.Leaf {
			return c.differs(seq, "the leaf")
		}
		over.add(ours.Leaf)
		if err := c.compare(ctx, theirs, ours); err != nil {
			return err
		}
		if seq%toldEvery == 0 || seq == c.end {
			c.tell(StageVerify, seq)
		}
	}
	c.report.Gone = c.end - c.report.Recomputed - c.report.KeyChanged
	return c.checkHeads(ctx, over.root())
}

// checkAllEdits makes sure that the target has the source's records of edits, and counts
// them.
func (c *copier) checkAllEdits(ctx context.Context) (int64, error) {
	copied := c.edits
	c.edits = 0
	if err := c.checkEdits(ctx); err != nil {
		return 0, c.differs(0, "%s", aoc.MessageOf(err))
	}
	if c.edits != copied {
		return 0, c.differs(0, "the target has %d records of edits; %d were copied", c.edits, copied)
	}
	return copied, nil
}

// checkHeads compares the roots of the hash trees with the one that the leaves give.
func (c *copier) checkHeads(ctx context.Context, root [32]byte) error {
	c.report.Root = rootText(root)
	for _, side := range []struct {
		name  string
		s     Store
		grows bool // others may write to it
	}{{"target", c.to, false}, {"source", c.from, true}} {
		size, head, err := side.s.TreeHead(ctx)
		if err != nil {
			return err
		}
		if size > c.end && side.grows {
			continue
		}
		if size != c.end || head != root {
			return c.differs(0, "the tree head of the %s: %d places, root %s; the leaves give %d places, root %s",
				side.name, size, rootText(head), c.end, rootText(root))
		}
	}
	return nil
}

// entries reads the log of a store up to the end of what is copied. The next part is read
// while one is looked at.
func (c *copier) entries(ctx context.Context, s Store) iter.Seq2[*store.LogEntry, error] {
	type part struct {
		entries []store.LogEntry
		err     error
	}
	return func(yield func(*store.LogEntry, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		parts := make(chan part)
		defer func() {
			cancel()
			for range parts { // nobody is left reading
			}
		}()
		go func() {
			defer close(parts)
			for after := int64(0); after < c.end; {
				entries, err := s.LogEntries(ctx, after, int(min(int64(c.cfg.Batch), c.end-after)))
				select {
				case parts <- part{entries, err}:
				case <-ctx.Done():
					return
				}
				if err != nil || len(entries) == 0 {
					return
				}
				after = entries[len(entries)-1].Seq
			}
		}()
		for p := range parts {
			if p.err != nil {
				yield(nil, p.err)
				return
			}
			for i := range p.entries {
				if !yield(&p.entries[i], nil) {
					return
				}
			}
		}
	}
}

// compare compares what the two sides keep for a place, whose leaf is the same.
func (c *copier) compare(ctx context.Context, theirs, ours *store.LogEntry) error {
	if ours.Event == nil && theirs.Event == nil {
		return nil
	}
	if ours.Event == nil {
		return c.differs(ours.Seq, "the event %s is not in the target", theirs.Event.Key)
	}
	if err := c.recompute(ctx, ours); err != nil {
		return err
	}
	c.report.Events++
	c.report.Tags += int64(len(ours.Event.Tags))
	c.report.Comments += int64(len(ours.Event.Comments))
	if ours.Event.Review != nil {
		c.report.Reviews++
	}
	if theirs.Event == nil {
		return c.explain(ctx, ours)
	}
	if !sameVersions(theirs.Versions, ours.Versions) {
		return c.differs(ours.Seq, "the versions of the record of event %s", ours.Event.Key)
	}
	fields := differentFields(theirs, ours)
	if len(fields) == 0 {
		return nil
	}
	if edited, err := c.editedSince(ctx, ours.Event.Key, fields); err != nil || edited {
		return err
	}
	return c.differs(ours.Seq, "%s of event %s", strings.Join(fields, ", "), ours.Event.Key)
}

// recompute makes the leaves of an event's versions anew.
func (c *copier) recompute(ctx context.Context, entry *store.LogEntry) error {
	for _, v := range entry.Versions {
		leaf := entry.Leaf
		if v.Seq != entry.Seq {
			leaves, err := c.to.LeafHashes(ctx, v.Seq-1, 1)
			if err != nil {
				return err
			}
			if len(leaves) == 0 {
				return c.differs(v.Seq, "the leaf")
			}
			leaf = leaves[0]
		}
		if store.LeafHash(v.Seq, entry.Event.Key, v.Raw, v.Salt, v.ReceivedAt, v.Origin) == leaf {
			c.report.Recomputed++
			continue
		}
		c.report.KeyChanged++
		if c.report.KeyChangedFirst == 0 || v.Seq < c.report.KeyChangedFirst {
			c.report.KeyChangedFirst = v.Seq
		}
	}
	return nil
}

// explain tells why an event is shown at its place in the target and not in the source any
// more: a newer version lies beyond what is copied, or it is older than all that is kept.
func (c *copier) explain(ctx context.Context, ours *store.LogEntry) error {
	e, err := c.from.Get(ctx, ours.Event.Key)
	switch {
	case err == nil && e.Seq > c.end:
		c.report.RevisedSince++
		return nil
	case err != nil && aoc.CodeOf(err) != aoc.CodeNotFound:
		return err
	}
	stats, err := c.from.Stats(ctx)
	if err != nil {
		return err
	}
	if ours.Event.Timestamp.Before(stats.Oldest) || stats.Events == 0 {
		c.report.ExpiredSince++
		return nil
	}
	return c.differs(ours.Seq, "the event %s is in the target, and not in the source any more", ours.Event.Key)
}

// editedSince reports whether edits that were not copied explain the fields that differ.
func (c *copier) editedSince(ctx context.Context, key string, fields []string) (bool, error) {
	for _, f := range fields {
		if !slices.Contains([]string{"tags", "comments", "review"}, f) {
			return false, nil
		}
	}
	records, err := c.from.Edits(ctx, store.EditFilter{Subject: key, After: c.edits}, 1)
	if err != nil || len(records) == 0 {
		return false, err
	}
	c.report.EditedSince++
	return true, nil
}

func sameVersions(a, b []store.LogVersion) bool {
	return slices.EqualFunc(a, b, func(x, y store.LogVersion) bool {
		return x.Seq == y.Seq && bytes.Equal(x.Raw, y.Raw) && bytes.Equal(x.Salt, y.Salt) &&
			x.ReceivedAt.Equal(y.ReceivedAt) && x.Origin == y.Origin
	})
}

// differentFields names the fields of the events of two entries that do not say the same.
func differentFields(a, b *store.LogEntry) []string {
	x, y := *a.Event, *b.Event
	if a.ReviewEdit == b.ReviewEdit && bytes.Equal(x.Raw, y.Raw) {
		x.Raw, y.Raw = nil, nil
		if reflect.DeepEqual(x, y) {
			return nil
		}
	}
	was, is := fieldTexts(a.Event), fieldTexts(b.Event)
	var fields []string
	for name := range was {
		if is[name] != was[name] {
			fields = append(fields, name)
		}
	}
	for name := range is {
		if _, ok := was[name]; !ok {
			fields = append(fields, name)
		}
	}
	if a.ReviewEdit != b.ReviewEdit {
		fields = append(fields, "review")
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// fieldTexts gives an event's fields as JSON. Lists that are empty say the same as none.
func fieldTexts(e *aoc.Event) map[string]string {
	var fields map[string]json.RawMessage
	text, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		return map[string]string{"raw": err.Error()} // it is not JSON, on whichever side
	}
	texts := make(map[string]string, len(fields))
	for name, value := range fields {
		if s := string(value); s != "null" && s != "[]" {
			texts[name] = s
		}
	}
	return texts
}
