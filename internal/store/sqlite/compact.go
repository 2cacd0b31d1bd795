package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"unsafe"
)

// Appends leave small segments behind; compaction merges them, so that a search opens
// few. Segments of one size class are merged when there are several, which rewrites each
// event a handful of times in its life; large ones are merged only where too many cover
// the same time. The result is cut by time, so that retention drops whole segments.
const (
	compactFanIn    = 6
	compactMaxDepth = 4
	largeSegment    = maxSegmentEvents / 2
	// heavyEvent is the compressed size of events on average from which on merging them
	// would move much and make little easier to search.
	heavyEvent = 64 << 10
	// vacuumPages is how many free pages one step gives back to the file system.
	vacuumPages = 2048
)

// sizeClass groups segments that are worth merging with each other.
func sizeClass(events int) int {
	switch {
	case events < 128:
		return 0
	case events < 1024:
		return 1
	case events < largeSegment:
		return 2
	}
	return 3
}

// Compact implements [store.Maintainer].
func (s *Store) Compact(ctx context.Context) (bool, error) {
	const op = "sqlite.compact"
	var inputs []*segmentInfo
	var cat *catalog
	var output []builtSegment
	err := s.snapshot(ctx, op, func(v *snapshot) (err error) {
		cat = v.catalog
		if inputs = chooseCompaction(cat); inputs == nil {
			return nil
		}
		output, err = v.mergeSegments(ctx, inputs)
		return err
	})
	if err != nil {
		return false, err
	}
	if inputs == nil {
		return s.vacuum(ctx)
	}
	_, err = s.replace(ctx, op, cat, inputs, output, nil)
	return err == nil, err
}

// chooseCompaction picks the segments to merge next; nil when nothing is due.
func chooseCompaction(c *catalog) []*segmentInfo {
	tenants := map[string][]*segmentInfo{}
	for _, seg := range c.segments {
		if len(c.dead[seg.id])*4 > seg.events {
			return []*segmentInfo{seg}
		}
		if seg.bytes < int64(seg.events)*heavyEvent {
			tenants[seg.tenant] = append(tenants[seg.tenant], seg)
		}
	}
	for _, segs := range tenants {
		if chosen := chooseAmong(segs); chosen != nil {
			return chosen
		}
	}
	return nil
}

// chooseAmong picks among the segments of one tenant.
func chooseAmong(segs []*segmentInfo) []*segmentInfo {
	slices.SortFunc(segs, func(a, b *segmentInfo) int { return cmp.Compare(a.minTime, b.minTime) })
	var classes [4][]*segmentInfo
	for _, seg := range segs {
		c := sizeClass(seg.events)
		classes[c] = append(classes[c], seg)
	}
	for _, class := range classes[:3] {
		if len(class) >= compactFanIn {
			return class[:compactFanIn]
		}
	}
	// Large ones: the first place in time that more than compactMaxDepth of them cover.
	var open []*segmentInfo
	for _, seg := range classes[3] {
		open = slices.DeleteFunc(open, func(o *segmentInfo) bool { return o.maxTime <= seg.minTime })
		if open = append(open, seg); len(open) > compactMaxDepth {
			return open
		}
	}
	return nil
}

// mergeSegments builds the segments that hold the live events of inputs, cut by time.
func (v *snapshot) mergeSegments(ctx context.Context, inputs []*segmentInfo) ([]builtSegment, error) {
	cursors := make([]*mergeCursor, 0, len(inputs))
	total := 0
	for _, seg := range inputs {
		c := &mergeCursor{v: v, seg: seg}
		if err := c.next(ctx); err != nil {
			return nil, err
		}
		cursors = append(cursors, c)
		total += seg.events - len(v.dead[seg.id])
	}
	// Equal pieces rather than full ones and a rest.
	pieces := (total + maxSegmentEvents - 1) / maxSegmentEvents
	size := (total + max(pieces, 1) - 1) / max(pieces, 1)
	output := make([]builtSegment, 0, pieces)
	piece := v.s.codec.newSegment()
	flush := func() { output, piece = append(output, piece.finish()), v.s.codec.newSegment() }
	for {
		var top *mergeCursor
		for _, c := range cursors {
			if c.done {
				continue
			}
			if top == nil || position(&top.doc).Before(position(&c.doc)) {
				top = c
			}
		}
		if top == nil {
			if piece.seg.events > 0 {
				flush()
			}
			return output, nil
		}
		if piece.add(top.doc); piece.seg.events == size {
			flush()
		}
		if err := top.next(ctx); err != nil {
			_ = piece.finish() // nobody is left encoding
			return nil, err
		}
	}
}

// mergeCursor walks the live events of one segment without filling the cache.
type mergeCursor struct {
	v     *snapshot
	seg   *segmentInfo
	row   int // the next one
	block *blockText
	doc   document
	done  bool
}

func (c *mergeCursor) next(ctx context.Context) error {
	for ; c.row < c.seg.events; c.row++ {
		if c.row%blockEvents == 0 {
			data, err := c.v.part(ctx, c.seg.id, partBlock+c.row/blockEvents)
			if err != nil {
				return err
			}
			out, err := c.v.s.codec.decompress(data)
			if err != nil {
				return err
			}
			// The buffer is never written again, so its bytes can serve as a string.
			if c.block, err = decodeBlock(unsafe.String(unsafe.SliceData(out), len(out))); err != nil {
				return err
			}
		}
		if c.v.dead[c.seg.id][c.row] {
			continue
		}
		if c.row%blockEvents >= len(c.block.docs) {
			return errDocument
		}
		text, err := c.v.whole(ctx, c.seg, c.row, c.block.docs[c.row%blockEvents])
		if err != nil {
			return err
		}
		c.doc, err = text.decode(c.seg.tenant)
		c.row++
		return err
	}
	c.done = true
	return nil
}

// replace swaps segments for others that hold the same events, together with whatever
// else f writes. Nothing happens, and false is returned, when one of them has changed
// since the catalogue was read.
func (s *Store) replace(ctx context.Context, op string, seen *catalog, inputs []*segmentInfo, output []builtSegment, f func(tx *sql.Tx) error) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replaceLocked(ctx, op, seen, inputs, output, f)
}

// replaceLocked is replace for a caller that holds mu.
func (s *Store) replaceLocked(ctx context.Context, op string, seen *catalog, inputs []*segmentInfo, output []builtSegment, f func(tx *sql.Tx) error) (bool, error) {
	swapped := false
	err := s.writeTx(ctx, op, func(tx *sql.Tx) error {
		for _, seg := range inputs {
			same, err := unchanged(ctx, tx, seen, seg)
			if err != nil || !same {
				return err
			}
		}
		for _, seg := range inputs {
			if err := deleteSegment(ctx, tx, seg.id); err != nil {
				return err
			}
		}
		for i := range output {
			if _, err := insertSegment(ctx, tx, &output[i]); err != nil {
				return err
			}
		}
		if f != nil {
			if err := f(tx); err != nil {
				return err
			}
		}
		swapped = true
		return touch(ctx, tx)
	})
	return swapped && err == nil, err
}

// unchanged reports whether a segment is as the catalogue has it.
func unchanged(ctx context.Context, tx *sql.Tx, seen *catalog, seg *segmentInfo) (bool, error) {
	var dead int
	err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM dead WHERE segment = s.id) FROM segment s WHERE s.id = ?", seg.id).Scan(&dead)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return dead == len(seen.dead[seg.id]), err
}

// vacuum gives free pages back to the file system when there are many.
func (s *Store) vacuum(ctx context.Context) (bool, error) {
	const op = "sqlite.compact"
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return false, s.writeTx(ctx, op, nil)
	}
	var free, pages int64
	if err := s.write.QueryRowContext(ctx, "SELECT f.freelist_count, p.page_count FROM pragma_freelist_count f, pragma_page_count p").Scan(&free, &pages); err != nil {
		return false, s.fault(err, op, "the store cannot be read")
	}
	// A part stays free for what is appended next.
	if free < vacuumPages || free*5 < pages {
		return false, nil
	}
	_, err := s.write.ExecContext(ctx, "PRAGMA incremental_vacuum(2048)")
	return err == nil, s.fault(err, op, "the store cannot be written")
}
