package sqlite

import (
	"cmp"
	"context"
	"slices"

	"aoc"
)

// ReadLog implements [store.Log].
func (s *Store) ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error) {
	var events []aoc.Event
	err := s.snapshot(ctx, "sqlite.read_log", func(v *snapshot) error {
		entries, err := v.logEntries(ctx, after, limit)
		if err != nil {
			return err
		}
		events = make([]aoc.Event, 0, len(entries))
		for _, at := range entries {
			doc, err := v.document(ctx, at.seg, at.row)
			if err != nil {
				return err
			}
			if err := v.decorate(ctx, &doc.event); err != nil {
				return err
			}
			events = append(events, doc.event)
		}
		return nil
	})
	return events, err
}

// logEntry is a live row and its place in the log.
type logEntry struct {
	seq int64
	place
}

// logEntries gives the limit lowest entries after a place in the log.
func (v *snapshot) logEntries(ctx context.Context, after int64, limit int) ([]logEntry, error) {
	var segments []*segmentInfo
	for _, seg := range v.segments {
		if seg.maxSeq > after {
			segments = append(segments, seg)
		}
	}
	slices.SortFunc(segments, func(a, b *segmentInfo) int { return cmp.Compare(a.minSeq, b.minSeq) })
	var entries []logEntry
	for _, seg := range segments {
		if len(entries) >= limit && seg.minSeq > entries[limit-1].seq {
			break
		}
		seqs, err := v.ints(ctx, seg, partSeq)
		if err != nil {
			return nil, err
		}
		for row, seq := range seqs {
			if seq > after && !v.dead[seg.id][row] {
				entries = append(entries, logEntry{seq, place{seg, row}})
			}
		}
		slices.SortFunc(entries, func(a, b logEntry) int { return cmp.Compare(a.seq, b.seq) })
		entries = entries[:min(len(entries), limit)]
	}
	return entries, nil
}
