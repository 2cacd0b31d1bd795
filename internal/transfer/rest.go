package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
)

const (
	windowsAtOnce = 500
	// quarantinedAtOnce is few, for such a record may be as large as anything.
	quarantinedAtOnce = 8
)

// ownCheckpoints begin the names of checkpoints that mean something in their store alone:
// the places where maintenance goes on, and those of this package.
var ownCheckpoints = []string{"maintenance/", "transfer/"} //nolint:gochecknoglobals // read-only table

// copyRest copies what is not the log, and reads it back. What is in the target and not in
// the source any more is taken away.
func (c *copier) copyRest(ctx context.Context) error {
	c.tell(StageRest, c.end)
	for _, step := range []func(ctx context.Context) error{
		c.copyDocuments, c.copyItems, c.copyLedger, c.copyNames, c.copyQuarantine, c.copyCheckpoints,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) copyDocuments(ctx context.Context) error {
	kinds, err := union(ctx, c.from.DocumentKinds, c.to.DocumentKinds)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		docs, err := c.from.ListDocuments(ctx, kind)
		if err != nil {
			return err
		}
		if err := c.to.RestoreDocuments(ctx, kind, docs); err != nil {
			return err
		}
		back, err := c.to.ListDocuments(ctx, kind)
		if err != nil {
			return err
		}
		if !sameJSON(docs, back) {
			return c.differs(0, "documents of the kind %q", kind)
		}
		c.report.Documents += int64(len(docs))
	}
	return nil
}

// itemsAtOnce is how many items are copied at once.
const itemsAtOnce = 500

// copyItems copies the items of every kind, and drops those of the target that the source
// does not have any more.
func (c *copier) copyItems(ctx context.Context) error {
	kinds, err := union(ctx, c.from.ItemKinds, c.to.ItemKinds)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := c.copyKind(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) copyKind(ctx context.Context, kind string) error {
	f := store.ItemFilter{Kind: kind, Limit: itemsAtOnce}
	there := map[string]int64{}
	for {
		its, err := c.from.ListItems(ctx, f)
		if err != nil {
			return err
		}
		if len(its) == 0 {
			break
		}
		if err := c.to.RestoreItems(ctx, its); err != nil {
			return err
		}
		for i := range its {
			back, err := c.to.Item(ctx, kind, its[i].ID)
			if err != nil {
				return err
			}
			if !sameJSON(its[i:i+1], []store.Item{back}) {
				return c.differs(0, "an item of the kind %q", kind)
			}
			there[its[i].ID] = its[i].Version
		}
		c.report.Items += int64(len(its))
		f.After = its[len(its)-1].Place()
	}
	return c.dropOthers(ctx, kind, there)
}

// dropOthers drops the target's items of a kind that are not among some.
func (c *copier) dropOthers(ctx context.Context, kind string, there map[string]int64) error {
	f := store.ItemFilter{Kind: kind, Limit: itemsAtOnce}
	for {
		its, err := c.to.ListItems(ctx, f)
		if err != nil || len(its) == 0 {
			return err
		}
		for i := range its {
			if _, ok := there[its[i].ID]; ok {
				continue
			}
			if err := c.to.DropItem(ctx, its[i]); err != nil {
				return err
			}
		}
		f.After = its[len(its)-1].Place()
	}
}

// union gives the names that are on either side, sorted.
func union(ctx context.Context, a, b func(ctx context.Context) ([]string, error)) ([]string, error) {
	names, err := a(ctx)
	if err != nil {
		return nil, err
	}
	more, err := b(ctx)
	if err != nil {
		return nil, err
	}
	names = append(names, more...)
	slices.Sort(names)
	return slices.Compact(names), nil
}

// sameJSON compares values by what they say.
func sameJSON[T any](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, err := json.Marshal(a[i])
		if err != nil {
			return false
		}
		if y, err := json.Marshal(b[i]); err != nil || !bytes.Equal(x, y) {
			return false
		}
	}
	return true
}

func (c *copier) copyLedger(ctx context.Context) error {
	feeds, err := c.from.Feeds(ctx)
	if err != nil {
		return err
	}
	for _, feed := range feeds {
		windows, err := c.copyWindows(ctx, feed)
		if err != nil {
			return err
		}
		if err := c.copyUnits(ctx, feed, windows); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) copyWindows(ctx context.Context, feed aoc.Feed) ([]aoc.LedgerWindow, error) {
	windows, err := c.from.ListWindows(ctx, feed, aoc.Window{})
	if err != nil {
		return nil, err
	}
	keep := store.MaxTime // nothing
	if len(windows) > 0 {
		keep = windows[0].Window.Start
	}
	if err := c.to.DropWindows(ctx, feed, keep); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(windows, windowsAtOnce) {
		if err := c.to.PutWindows(ctx, part); err != nil {
			return nil, err
		}
	}
	back, err := c.to.ListWindows(ctx, feed, aoc.Window{})
	if err != nil {
		return nil, err
	}
	if !sameJSON(windows, back) {
		return nil, c.differs(0, "windows of the feed %s", feed)
	}
	c.report.Windows += int64(len(windows))
	return windows, nil
}

// copyUnits copies the units of a feed: all at once, or those of one window after the other.
func (c *copier) copyUnits(ctx context.Context, feed aoc.Feed, windows []aoc.LedgerWindow) error {
	few, err := c.from.ListUnits(ctx, feed, store.UnitFilter{Limit: c.cfg.Units})
	if err != nil {
		return err
	}
	if len(few) < c.cfg.Units {
		return c.putUnits(ctx, feed, few, time.Time{})
	}
	for i := range windows {
		start := windows[i].Window.Start
		units, err := c.from.ListUnits(ctx, feed, store.UnitFilter{WindowStart: start})
		if err != nil {
			return err
		}
		if err := c.putUnits(ctx, feed, units, start); err != nil {
			return err
		}
	}
	return nil
}

// putUnits writes units and reads them back: those of a window, or all for the zero time.
func (c *copier) putUnits(ctx context.Context, feed aoc.Feed, units []aoc.LedgerUnit, window time.Time) error {
	for part := range slices.Chunk(units, windowsAtOnce) {
		if err := c.to.PutUnits(ctx, part); err != nil {
			return err
		}
	}
	back, err := c.to.ListUnits(ctx, feed, store.UnitFilter{WindowStart: window})
	if err != nil {
		return err
	}
	if !sameJSON(units, back) {
		return c.differs(0, "units of the feed %s", feed)
	}
	c.report.Units += int64(len(units))
	return nil
}

func (c *copier) copyNames(ctx context.Context) error {
	tenants, err := c.from.NameTenants(ctx)
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		names, err := c.from.LoadNames(ctx, tenant)
		if err != nil {
			return err
		}
		back, err := c.to.LoadNames(ctx, tenant)
		if err != nil {
			return err
		}
		if err := c.to.PutNames(ctx, missingNames(names, back)); err != nil {
			return err
		}
		if back, err = c.to.LoadNames(ctx, tenant); err != nil {
			return err
		}
		if !sameJSON(names, back) {
			return c.differs(0, "directory names of the tenant %s", tenant)
		}
		c.report.Names += int64(len(names))
	}
	return nil
}

// missingNames gives the entries that are not there yet, in their order.
func missingNames(names, there []aoc.DirectoryName) []aoc.DirectoryName {
	text := func(n aoc.DirectoryName) string {
		b, _ := json.Marshal(n) // texts and times: cannot fail
		return string(b)
	}
	has := make(map[string]bool, len(there))
	for _, n := range there {
		has[text(n)] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(n aoc.DirectoryName) bool { return has[text(n)] })
}

func (c *copier) copyQuarantine(ctx context.Context) error {
	put := map[string][32]byte{}
	err := eachQuarantined(ctx, c.from, func(qs []aoc.Quarantined) error {
		for i := range qs {
			put[qs[i].ID] = quarantineSum(&qs[i])
		}
		return c.to.PutQuarantine(ctx, qs)
	})
	if err != nil {
		return err
	}
	back := 0
	err = eachQuarantined(ctx, c.to, func(qs []aoc.Quarantined) error {
		var gone []string
		for i := range qs {
			sum, ok := put[qs[i].ID]
			switch {
			case !ok:
				gone = append(gone, qs[i].ID)
			case sum != quarantineSum(&qs[i]):
				return c.differs(0, "the quarantined record %s", qs[i].ID)
			default:
				back++
			}
		}
		if len(gone) == 0 {
			return nil
		}
		return c.to.DropQuarantine(ctx, gone)
	})
	if err != nil {
		return err
	}
	if back != len(put) {
		return c.differs(0, "the quarantine: %d of its %d records are there", back, len(put))
	}
	c.report.Quarantined = int64(back)
	return nil
}

// eachQuarantined calls f with parts of the quarantine.
func eachQuarantined(ctx context.Context, s store.Quarantine, f func(qs []aoc.Quarantined) error) error {
	for after := ""; ; {
		qs, err := s.ListQuarantine(ctx, after, quarantinedAtOnce)
		if err != nil || len(qs) == 0 {
			return err
		}
		after = qs[len(qs)-1].ID
		if err := f(qs); err != nil {
			return err
		}
	}
}

func quarantineSum(q *aoc.Quarantined) [32]byte {
	text, _ := json.Marshal(q) // texts, bytes and a time: cannot fail
	return sha256.Sum256(text)
}

func (c *copier) copyCheckpoints(ctx context.Context) error {
	names, err := union(ctx, c.from.CheckpointNames, c.to.CheckpointNames)
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.ContainsFunc(ownCheckpoints, func(own string) bool { return strings.HasPrefix(name, own) }) {
			continue
		}
		position, err := c.from.Checkpoint(ctx, name)
		if err != nil {
			return err
		}
		if err := c.to.SetCheckpoint(ctx, name, position); err != nil {
			return err
		}
		back, err := c.to.Checkpoint(ctx, name)
		if err != nil {
			return err
		}
		if back != position {
			return c.differs(0, "the checkpoint %q", name)
		}
		if position != "" {
			c.report.Checkpoints++
		}
	}
	return nil
}
