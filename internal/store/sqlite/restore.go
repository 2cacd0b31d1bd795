package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// PutLogEntries implements [store.Mover].
func (s *Store) PutLogEntries(ctx context.Context, entries []store.LogEntry) error {
	const op = "sqlite.put_log_entries"
	if len(entries) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkEntries(op, entries, s.lastSeq); err != nil {
		return err
	}
	b := &restoreBatch{appendBatch: appendBatch{s: s, seq: s.lastSeq, pending: map[string]*pendingEvent{}}}
	if err := b.take(ctx, entries); err != nil {
		return s.fault(err, op, "the store cannot be read")
	}
	segments := s.codec.buildSegments(b.documents())
	if err := s.writeTx(ctx, op, func(tx *sql.Tx) error {
		if err := b.write(ctx, tx, segments); err != nil {
			return err
		}
		return b.annotate(ctx, tx)
	}); err != nil {
		return err
	}
	s.lastSeq = b.seq
	return nil
}

// checkEntries refuses places that do not follow the last one, or are no whole ones.
func checkEntries(op string, entries []store.LogEntry, last int64) error {
	bad := func(code aoc.Code, seq int64, what string) error {
		return aoc.Errorf(code, op, "place %d of the log: %s", seq, what)
	}
	for i := range entries {
		e := &entries[i]
		if e.Seq != last+1+int64(i) {
			return bad(aoc.CodeConflict, e.Seq, "it is not the one after the last")
		}
		if e.Event == nil {
			continue
		}
		if err := store.CheckEvent(op, e.Event); err != nil {
			return err
		}
		n := len(e.Versions)
		if n == 0 || e.Versions[n-1].Seq != e.Seq {
			return bad(aoc.CodeInvalid, e.Seq, "versions: the one that is shown is not the last")
		}
		for n, v := range e.Versions {
			switch {
			case n > 0 && v.Seq <= e.Versions[n-1].Seq || v.Seq < 1:
				return bad(aoc.CodeInvalid, e.Seq, "versions: not in order of their places")
			case len(v.Raw) == 0 || len(v.Salt) != saltLen:
				return bad(aoc.CodeInvalid, e.Seq, "versions: one has no record or no salt")
			case v.ReceivedAt.Before(store.MinTime) || v.ReceivedAt.After(store.MaxTime):
				return bad(aoc.CodeInvalid, e.Seq, "versions: received_at is not usable")
			}
		}
	}
	return nil
}

// restoreBatch works out one PutLogEntries.
type restoreBatch struct {
	appendBatch
	entries map[string]*store.LogEntry // by key, those whose events are written
}

// take collects what is to be written.
func (b *restoreBatch) take(ctx context.Context, entries []store.LogEntry) error {
	b.entries = map[string]*store.LogEntry{}
	var hashes []int64
	for i := range entries {
		b.seq = entries[i].Seq
		b.leaves = append(b.leaves, entries[i].Leaf)
		if e := entries[i].Event; e != nil {
			hashes = append(hashes, keyHash(e.Key))
			b.entries[e.Key] = &entries[i]
		}
	}
	var known map[int64]keyEntry
	err := b.s.readTx(ctx, "sqlite.put_log_entries", func(tx *sql.Tx) (err error) {
		known, err = b.s.lookupKeys(ctx, tx, hashes)
		return err
	})
	if err != nil {
		return err
	}
	for i := range entries {
		e := entries[i].Event
		if e == nil || b.entries[e.Key] != &entries[i] { // another version comes in this batch
			continue
		}
		p := &pendingEvent{key: keyEntry{hash: keyHash(e.Key)}, changed: true}
		if _, ok := known[p.key.hash]; ok {
			if err := b.load(ctx, e.Key, p); err != nil {
				return err
			}
		}
		p.doc = restoredDocument(&entries[i])
		p.key.content = contentMark(e.Raw)
		b.order = append(b.order, p)
	}
	return nil
}

// restoredDocument makes the document of an event with its versions.
func restoredDocument(entry *store.LogEntry) document {
	last := len(entry.Versions) - 1
	d := document{event: *entry.Event, received: entry.Versions[last].ReceivedAt, older: make([]olderVersion, last)}
	copy(d.salt[:], entry.Versions[last].Salt)
	for i, v := range entry.Versions[:last] {
		d.older[i] = olderVersion{seq: v.Seq, received: v.ReceivedAt, raw: v.Raw, origin: v.Origin}
		copy(d.older[i].salt[:], v.Salt)
	}
	d.event.Seq, d.event.Raw, d.event.Revisions = entry.Seq, entry.Versions[last].Raw, last
	d.setOrigin(entry.Versions[last].Origin)
	return d
}

// annotate writes what people have added to the events.
func (b *restoreBatch) annotate(ctx context.Context, tx *sql.Tx) error {
	w := &statements{ctx: ctx, tx: tx}
	defer w.close()
	var changed int64
	for _, p := range b.order {
		e := &p.doc.event
		now := b.entries[e.Key].Annotations()
		if p.stored == nil && isBare(&now) {
			continue
		}
		putAnnotation(w, &now, rowTime{tenant: e.TenantID, time: e.Timestamp.UnixNano(), seq: e.Seq})
		changed++
	}
	if w.err != nil {
		return w.err
	}
	return annotationsMoved(ctx, tx, changed)
}

// isBare reports whether nobody has added anything.
func isBare(a *store.Annotations) bool {
	return len(a.Tags) == 0 && len(a.Comments) == 0 && a.Review == nil && a.ReviewEdit == 0
}

// putAnnotation makes what people have added to an event what it is in another store.
func putAnnotation(w *statements, a *store.Annotations, at rowTime) {
	w.exec("DELETE FROM tag WHERE key = ?", a.Key)
	if isBare(a) {
		w.exec("DELETE FROM annotation WHERE key = ?", a.Key)
		return
	}
	comments := a.Comments
	if comments == nil {
		comments = []aoc.Comment{}
	}
	var review, state any
	if a.Review != nil {
		review, state = w.json(a.Review), string(a.Review.State)
	}
	w.exec(`INSERT INTO annotation (key, tenant, time, seq, comments, review, review_state, review_edit) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET tenant = excluded.tenant, time = excluded.time, seq = excluded.seq, comments = excluded.comments,
			review = excluded.review, review_state = excluded.review_state, review_edit = excluded.review_edit`,
		a.Key, at.tenant, at.time, at.seq, w.json(comments), review, state, a.ReviewEdit)
	for _, t := range a.Tags {
		w.exec("INSERT INTO tag (folded, key, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rawjson.Fold(t), a.Key, t)
	}
}

// PutEdits implements [store.Mover].
func (s *Store) PutEdits(ctx context.Context, records []aoc.EditRecord, now []store.Annotations) error {
	const op = "sqlite.put_edits"
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, len(now))
	for i := range now {
		keys[i] = now[i].Key
	}
	var places map[string]rowTime
	// Nothing else writes meanwhile, so what is read here still holds when it is written.
	if err := s.snapshot(ctx, op, func(v *snapshot) (err error) {
		places, err = v.locate(ctx, keys)
		return err
	}); err != nil {
		return err
	}
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		if err := putEdits(ctx, tx, op, records); err != nil {
			return err
		}
		w := &statements{ctx: ctx, tx: tx}
		defer w.close()
		for i := range now {
			if at, stored := places[now[i].Key]; stored {
				putAnnotation(w, &now[i], at)
			}
		}
		if w.err != nil {
			return w.err
		}
		return annotationsMoved(ctx, tx, int64(len(places)))
	})
}

// putEdits appends records of edits.
func putEdits(ctx context.Context, tx *sql.Tx, op string, records []aoc.EditRecord) error {
	last, err := lastEdit(ctx, tx)
	if err != nil {
		return err
	}
	w := &statements{ctx: ctx, tx: tx}
	defer w.close()
	for i := range records {
		r := &records[i]
		if r.Seq != last+1+int64(i) {
			return aoc.Errorf(aoc.CodeConflict, op, "record %d of edits: it is not the one after the last", r.Seq)
		}
		if !json.Valid(r.Before) || !json.Valid(r.After) {
			return aoc.Errorf(aoc.CodeInvalid, op, "record %d of edits: what it changed is not JSON", r.Seq)
		}
		writeEdit(w, r)
	}
	return w.err
}

// RestoreDocuments implements [store.Mover].
func (s *Store) RestoreDocuments(ctx context.Context, kind string, ds []store.Document) error {
	const op = "sqlite.restore_documents"
	for _, d := range ds {
		if err := store.CheckDocument(op, &d); err != nil {
			return err
		}
		if d.Kind != kind || d.Version < 1 || !json.Valid(d.Body) {
			return aoc.Errorf(aoc.CodeInvalid, op, "document %s/%s: its kind, version or body is not usable", d.Kind, d.ID)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		w := &statements{ctx: ctx, tx: tx}
		defer w.close()
		w.exec("DELETE FROM document WHERE kind = ?", kind)
		for i := range ds {
			d := &ds[i]
			w.exec("INSERT INTO document (kind, id, version, by, at, body) VALUES (?, ?, ?, ?, ?, ?)",
				d.Kind, d.ID, d.Version, d.By, d.At.UnixNano(), string(d.Body))
		}
		return w.err
	})
}
