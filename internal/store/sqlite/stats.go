package sqlite

import (
	"context"
	"time"

	"aoc/internal/store"
)

// Stats implements [store.Store].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var st store.Stats
	err := s.snapshot(ctx, "sqlite.stats", func(v *snapshot) error {
		for _, seg := range v.segments {
			st.Events += int64(seg.events - len(v.dead[seg.id]))
			if t := time.Unix(0, seg.minTime).UTC(); st.Oldest.IsZero() || t.Before(st.Oldest) {
				st.Oldest = t
			}
			if t := time.Unix(0, seg.maxTime).UTC(); t.After(st.Newest) {
				st.Newest = t
			}
		}
		if err := v.tx.QueryRowContext(ctx, "SELECT count(*) FROM quarantine").Scan(&st.Quarantined); err != nil {
			return err
		}
		return v.tx.QueryRowContext(ctx, "SELECT p.page_count * z.page_size FROM pragma_page_count p, pragma_page_size z").Scan(&st.Bytes)
	})
	return st, err
}
