package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// Expire implements [store.Maintainer]. A step drops whole segments, or cuts one that
// reaches into the time to keep.
func (s *Store) Expire(ctx context.Context, before time.Time, limit int) (int64, error) {
	const op = "sqlite.expire"
	cut := before.UnixNano()
	var gone int64
	for gone < int64(max(limit, 1)) {
		n, more, err := s.expireOne(ctx, op, cut)
		if err != nil {
			return gone, err
		}
		if gone += n; !more {
			break
		}
	}
	return gone, nil
}

// expireOne handles one segment; more is false when none is due.
func (s *Store) expireOne(ctx context.Context, op string, cut int64) (gone int64, more bool, err error) {
	var seg *segmentInfo
	var cat *catalog
	var keep []document
	var keys []keyEntry
	err = s.snapshot(ctx, op, func(v *snapshot) error {
		cat = v.catalog
		for _, x := range v.segments {
			if x.minTime < cut {
				seg = x
			}
		}
		if seg == nil {
			return nil
		}
		for c := (&mergeCursor{v: v, seg: seg}); ; {
			if err := c.next(ctx); err != nil || c.done {
				return err
			}
			if c.doc.event.Timestamp.UnixNano() >= cut {
				keep = append(keep, c.doc)
			} else {
				e := &c.doc.event
				keys = append(keys, keyEntry{hash: keyHash(e.Key), second: floorSecond(e.Timestamp.UnixNano())})
			}
		}
	})
	if err != nil || seg == nil {
		return 0, false, err
	}
	var output []builtSegment
	if len(keep) > 0 {
		output = append(output, s.codec.buildSegment(keep))
	}
	swapped, err := s.replace(ctx, op, cat, []*segmentInfo{seg}, output, func(tx *sql.Tx) error {
		if err := s.settleKeys(ctx, tx, keyRun{}); err != nil {
			return err
		}
		if err := forgetKeys(ctx, tx, seg.tenant, keys); err != nil {
			return err
		}
		return forgetAnnotations(ctx, tx, seg.tenant, cut)
	})
	if !swapped {
		return 0, err == nil, err // changed meanwhile: look again
	}
	return int64(len(keys)), true, err
}

// forgetKeys takes events out of the key index, where nothing may be staged. A number that a later one may have been
// pushed on from stays, as belonging to nobody.
func forgetKeys(ctx context.Context, tx *sql.Tx, tenant string, keys []keyEntry) error {
	var id int64
	if err := tx.QueryRowContext(ctx, "SELECT id FROM tenant WHERE name = ?", tenant).Scan(&id); err != nil {
		return err
	}
	del, err := tx.PrepareContext(ctx, `DELETE FROM event_key WHERE hash = ?1 AND tenant = ?2 AND second = ?3
		AND NOT EXISTS (SELECT 1 FROM event_key WHERE hash = ?1 + 1)`)
	if err != nil {
		return err
	}
	defer del.Close()
	disown, err := tx.PrepareContext(ctx, "UPDATE event_key SET tenant = 0 WHERE hash = ?1 AND tenant = ?2 AND second = ?3")
	if err != nil {
		return err
	}
	defer disown.Close()
	for _, k := range keys {
		for _, stmt := range []*sql.Stmt{del, disown} {
			if _, err := stmt.ExecContext(ctx, k.hash, id, k.second); err != nil {
				return err
			}
		}
	}
	return nil
}
