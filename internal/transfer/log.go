package transfer

import (
	"context"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/store"
)

// copyLog copies the places of the log that the target lacks: one batch is written while
// the next is read.
func (c *copier) copyLog(ctx context.Context) error {
	began := c.places
	group, both := errgroup.WithContext(ctx)
	batches := make(chan []store.LogEntry)
	group.Go(func() error {
		defer close(batches)
		return c.readLog(both, began, batches)
	})
	group.Go(func() error {
		for batch := range batches {
			if err := c.to.PutLogEntries(both, batch); err != nil {
				return err
			}
			c.places = batch[len(batch)-1].Seq
			c.report.Copied = c.places - began
			c.tell(StageCopy, c.places)
			if _, err := c.to.Compact(both); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return c.settle(ctx)
}

// readLog sends what comes after a place of the source's log.
func (c *copier) readLog(ctx context.Context, after int64, batches chan<- []store.LogEntry) error {
	for after < c.end {
		batch, err := c.from.LogEntries(ctx, after, int(min(int64(c.cfg.Batch), c.end-after)))
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return aoc.Errorf(aoc.CodeInternal, "transfer.read", "the source's log ends after %d places and was %d long", after, c.end)
		}
		after = batch[len(batch)-1].Seq
		select {
		case batches <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// settle does the housekeeping that is due in the target.
func (c *copier) settle(ctx context.Context) error {
	if c.report.Copied == 0 {
		return nil
	}
	for {
		more, err := c.to.Compact(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// copyEdits copies the records of edits that the target lacks, with what they led to.
func (c *copier) copyEdits(ctx context.Context) error {
	for {
		records, err := c.from.Edits(ctx, store.EditFilter{After: c.edits}, editsAtOnce)
		if err != nil || len(records) == 0 {
			return err
		}
		now, err := c.annotations(ctx, records)
		if err != nil {
			return err
		}
		if err := c.to.PutEdits(ctx, records, now); err != nil {
			return err
		}
		c.edits = records[len(records)-1].Seq
	}
}

// annotations gives what people have added to the events that records tell of. An empty log
// has none of them.
func (c *copier) annotations(ctx context.Context, records []aoc.EditRecord) ([]store.Annotations, error) {
	var now []store.Annotations
	seen := map[string]bool{}
	for i := range records {
		r := &records[i]
		if c.places == 0 || r.Action == aoc.EditDocument || seen[r.Subject] {
			continue
		}
		seen[r.Subject] = true
		entry, err := c.entryOf(ctx, r.Subject)
		if err != nil {
			return nil, err
		}
		if entry != nil {
			now = append(now, entry.Annotations())
		}
	}
	return now, nil
}

// entryOf gives the place in the source's log where an event is shown; nil if it has
// expired.
func (c *copier) entryOf(ctx context.Context, key string) (*store.LogEntry, error) {
	for {
		e, err := c.from.Get(ctx, key)
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		entries, err := c.from.LogEntries(ctx, e.Seq-1, 1)
		if err != nil {
			return nil, err
		}
		if len(entries) == 1 && entries[0].Event != nil && entries[0].Event.Key == key {
			return &entries[0], nil
		}
		if err := ctx.Err(); err != nil { // it was revised or expired meanwhile: look again
			return nil, err
		}
	}
}
