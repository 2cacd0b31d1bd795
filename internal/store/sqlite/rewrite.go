package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Rewrite implements [store.Maintainer]. A step is a part of one segment, in order of
// segment ids: what is rewritten or compacted meanwhile gets a higher id and is seen
// again, so nothing is passed over.
func (s *Store) Rewrite(ctx context.Context, position string, limit int, derive func(aoc.Event) (aoc.Event, error)) (store.Rewritten, error) {
	const op = "sqlite.rewrite"
	r := &rewrite{s: s, limit: max(limit, 1), derive: derive}
	if position != "" {
		if _, err := fmt.Sscanf(position, "%d:%d", &r.segment, &r.row); err != nil {
			return store.Rewritten{}, aoc.Errorf(aoc.CodeInvalid, op, "position: not one that this store gave")
		}
	}
	if err := s.snapshot(ctx, op, func(v *snapshot) error { return r.collect(ctx, v) }); err != nil {
		return store.Rewritten{}, err
	}
	switch {
	case len(r.moved) > 0:
		return r.done, r.rejoin(ctx, op)
	case r.done.Changed > 0:
		return r.done, r.swap(ctx, op)
	}
	return r.done, nil
}

// rewrite is one step of Rewrite.
type rewrite struct {
	s            *Store
	segment      int64 // where to go on
	row          int
	limit        int
	derive       func(aoc.Event) (aoc.Event, error)
	position     string // of this step, to do it again
	cat          *catalog
	seg          *segmentInfo
	kept         []document // with the key they had
	moved        []movedDocument
	retimed      []aoc.Event // kept, but their time changed
	done         store.Rewritten
	scratch, was []byte
}

// movedDocument is an event whose key has changed.
type movedDocument struct {
	oldKey    string
	oldTenant string
	oldSecond int64
	doc       document
}

// collect reads the segment that is next and derives its events anew.
func (r *rewrite) collect(ctx context.Context, v *snapshot) error {
	r.cat = v.catalog
	for _, seg := range v.segments {
		r.done.Total += int64(seg.events - len(v.dead[seg.id]))
		due := seg.id > r.segment || seg.id == r.segment && r.row > 0
		if due && (r.seg == nil || seg.id < r.seg.id) {
			r.seg = seg
		}
	}
	if r.seg == nil {
		return nil
	}
	if r.seg.id != r.segment {
		r.row = 0
	}
	r.position = fmt.Sprintf("%d:%d", r.seg.id, r.row)
	if r.row == 0 {
		r.position = fmt.Sprintf("%d:0", r.seg.id-1)
	}
	c := &mergeCursor{v: v, seg: r.seg}
	end := r.seg.events
	for {
		if err := c.next(ctx); err != nil {
			return err
		}
		if c.done {
			break
		}
		row := c.row - 1
		if row < r.row || row >= end {
			r.kept = append(r.kept, c.doc)
			continue
		}
		r.one(c.doc)
		if r.done.Seen == int64(r.limit) {
			end = c.row
		}
	}
	r.done.Next = fmt.Sprintf("%d:%d", r.seg.id, end)
	if end >= r.seg.events {
		r.done.Next = fmt.Sprintf("%d:0", r.seg.id)
	}
	return nil
}

// one derives one event anew.
func (r *rewrite) one(d document) {
	r.done.Seen++
	e, err := r.derive(d.event)
	if err != nil {
		r.done.Skipped++
		r.kept = append(r.kept, d)
		return
	}
	old := d.event
	e.Seq, e.ReceivedAt, e.Origin, e.Raw = old.Seq, old.ReceivedAt, old.Origin, old.Raw
	if e.Key == old.Key {
		e.ID, e.TenantID, e.DedupeKey = old.ID, old.TenantID, old.DedupeKey
	}
	r.was = d.append(r.was[:0])
	was := d
	d.event, d.encoded = e, ""
	r.scratch = d.append(r.scratch[:0])
	if bytes.Equal(r.was, r.scratch) || store.CheckEvent("sqlite.rewrite", &e) != nil {
		r.kept = append(r.kept, was)
		return
	}
	r.done.Changed++
	wasSecond := floorSecond(old.Timestamp.UnixNano())
	if e.Key != old.Key {
		r.moved = append(r.moved, movedDocument{old.Key, old.TenantID, wasSecond, d})
		return
	}
	if !old.Timestamp.Equal(e.Timestamp) {
		r.retimed = append(r.retimed, e)
	}
	r.kept = append(r.kept, d)
}

// again makes the caller repeat this step: the segment changed meanwhile.
func (r *rewrite) again() { r.done = store.Rewritten{Next: r.position, Total: r.done.Total} }

// swap writes events whose keys are the same.
func (r *rewrite) swap(ctx context.Context, op string) error {
	sortDocuments(r.kept)
	built := r.s.codec.buildSegment(r.kept)
	swapped, err := r.s.replace(ctx, op, r.cat, []*segmentInfo{r.seg}, []builtSegment{built}, func(tx *sql.Tx) error {
		if len(r.retimed) > 0 {
			if err := r.s.settleKeys(ctx, tx, keyRun{}); err != nil {
				return err
			}
		}
		for i := range r.retimed {
			if err := retime(ctx, tx, &r.retimed[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !swapped {
		r.again()
	}
	return err
}

// retime follows an event whose time has changed. Nothing may be staged for the key index.
func retime(ctx context.Context, tx *sql.Tx, e *aoc.Event) error {
	tenant, err := tenantIDs{}.make(ctx, tx, e.TenantID)
	if err != nil {
		return err
	}
	k := keyEntry{hash: keyHash(e.Key), tenant: tenant, second: floorSecond(e.Timestamp.UnixNano()), content: contentMark(e.Raw)}
	if err := putKeys(ctx, tx, []keyEntry{k}); err != nil {
		return err
	}
	return moveAnnotation(ctx, tx, e)
}

// rejoin writes events whose keys have changed, joining those that now are the same.
// It is rare, so it holds the writer's lock throughout.
func (r *rewrite) rejoin(ctx context.Context, op string) error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	docs := make(map[string]*document, len(r.kept))
	for i := range r.kept {
		docs[r.kept[i].event.Key] = &r.kept[i]
	}
	var buried []place
	err := r.s.snapshot(ctx, op, func(v *snapshot) error {
		for i := range r.moved {
			m := &r.moved[i]
			key := m.doc.event.Key
			other := docs[key]
			if other == nil {
				stored, at, _, ok, err := v.find(ctx, key)
				if err != nil {
					return err
				}
				if ok && at.seg.id != r.seg.id {
					other = &stored
					buried = append(buried, at)
				}
			}
			if other == nil {
				docs[key] = &m.doc
				continue
			}
			joined, err := joinDocuments(other, &m.doc)
			if err != nil {
				return err
			}
			docs[key] = &joined
			r.done.Joined++
		}
		return nil
	})
	if err != nil {
		return err
	}
	all := make([]document, 0, len(docs))
	for _, d := range docs {
		all = append(all, *d)
	}
	output := r.s.codec.buildSegments(all)
	swapped, err := r.s.replaceLocked(ctx, op, r.cat, []*segmentInfo{r.seg}, output, func(tx *sql.Tx) error {
		for _, at := range buried {
			if err := bury(ctx, tx, at); err != nil {
				return err
			}
		}
		return r.rekey(ctx, tx, docs)
	})
	if err == nil && !swapped {
		r.again()
	}
	return err
}

// rekey moves the index rows and annotations of moved events to their new keys.
func (r *rewrite) rekey(ctx context.Context, tx *sql.Tx, docs map[string]*document) error {
	if err := r.s.settleKeys(ctx, tx, keyRun{}); err != nil {
		return err
	}
	for i := range r.moved {
		m := &r.moved[i]
		old := keyEntry{hash: keyHash(m.oldKey), second: m.oldSecond}
		if err := forgetKeys(ctx, tx, m.oldTenant, []keyEntry{old}); err != nil {
			return err
		}
	}
	for i := range r.moved {
		m := &r.moved[i]
		e := &docs[m.doc.event.Key].event
		if err := retime(ctx, tx, e); err != nil {
			return err
		}
		if err := handOverAnnotations(ctx, tx, m.oldKey, e); err != nil {
			return err
		}
	}
	return nil
}

// joinDocuments makes one event of two: the newest version is shown, equal versions
// count once, the first arrival's ReceivedAt stays.
func joinDocuments(a, b *document) (document, error) {
	newest, other := a, b
	if b.event.Seq > a.event.Seq {
		newest, other = b, a
	}
	versions := append(newest.versions(), other.versions()...)
	slices.SortFunc(versions, func(x, y olderVersion) int { return cmp.Compare(x.seq, y.seq) })
	var distinct []olderVersion
	seen := map[[32]byte]bool{}
	for _, v := range versions {
		sum, err := rawjson.Sum(v.raw)
		if err != nil {
			return document{}, err
		}
		if !seen[sum] {
			seen[sum] = true
			distinct = append(distinct, v)
		}
	}
	joined := *newest
	joined.encoded = ""
	last := distinct[len(distinct)-1]
	joined.event.Seq, joined.event.Raw, joined.received, joined.salt = last.seq, last.raw, last.received, last.salt
	joined.setOrigin(last.origin)
	joined.older = distinct[:len(distinct)-1]
	joined.event.Revisions = len(joined.older)
	if other.event.ReceivedAt.Before(joined.event.ReceivedAt) {
		joined.event.ReceivedAt = other.event.ReceivedAt
	}
	return joined, nil
}
