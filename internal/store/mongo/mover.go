package mongo

import (
	"context"
	"encoding/json"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/store"
)

var _ store.Mover = (*Store)(nil)

// moveBytes is about the most of records that LogEntries gives at once.
const moveBytes = 32 << 20

// LogEntries implements [store.Mover].
func (s *Store) LogEntries(ctx context.Context, after int64, limit int) ([]store.LogEntry, error) {
	const op = "mongo.log_entries"
	after = max(after, 0)
	if limit <= 0 {
		return nil, nil
	}
	leaves, err := s.LeafHashes(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	var entries []store.LogEntry
	size := 0
	err = s.eachPlaces(ctx, after, func(p places) (bool, error) {
		const atOnce = 200
		for keys := range slices.Chunk(p.keys, atOnce) {
			found, err := s.entriesAt(ctx, p.first, keys)
			if err != nil {
				return false, err
			}
			p.first += int64(len(keys))
			for i := range found {
				entries = append(entries, found[i])
				for _, v := range found[i].Versions {
					size += len(v.Raw)
				}
				if len(entries) == limit || size >= moveBytes {
					return true, nil
				}
			}
		}
		return false, nil
	})
	if err != nil {
		return nil, s.fault(err, op)
	}
	if !s.opts.NoChain && len(leaves) < len(entries) { // the log grew between the two questions
		entries = entries[:len(leaves)]
	}
	for i := range entries {
		if i < len(leaves) {
			entries[i].Leaf = leaves[i]
		}
	}
	return entries, nil
}

// entriesAt gives what is kept for places from first on, but for their leaves.
func (s *Store) entriesAt(ctx context.Context, first int64, keys []string) ([]store.LogEntry, error) {
	shown, err := s.shownAt(ctx, first, keys)
	if err != nil {
		return nil, err
	}
	entries := make([]store.LogEntry, len(keys))
	for i, d := range shown {
		entries[i].Seq = first + int64(i)
		if d == nil {
			continue
		}
		if err := s.fillEntry(ctx, &entries[i], d); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (s *Store) fillEntry(ctx context.Context, e *store.LogEntry, d *eventDoc) error {
	older, err := s.withOlder(ctx, d)
	if err != nil || d.vanished() || d.Seq != e.Seq {
		return err
	}
	event := d.event()
	e.Event, e.ReviewEdit = &event, d.ReviewEdit
	for i := range older {
		e.Versions = append(e.Versions, older[i].logVersion())
	}
	shown := d.version()
	e.Versions = append(e.Versions, shown.logVersion())
	return nil
}

func (v *versionDoc) logVersion() store.LogVersion {
	return store.LogVersion{Version: v.version(), Salt: v.Salt, Origin: aoc.Origin(v.Origin)}
}

// PutLogEntries implements [store.Mover].
func (s *Store) PutLogEntries(ctx context.Context, entries []store.LogEntry) error {
	const op = "mongo.put_log_entries"
	if err := s.writable(op); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if err := checkBatch(op, len(entries)); err != nil {
		return err
	}
	changes, err := moveChanges(op, entries)
	if err != nil {
		return err
	}
	err = s.log.change(ctx, func(last *entry) (*entry, error) {
		b := &appendBatch{size: last.Size, edge: edgeOf(last.Edge), noChain: s.opts.NoChain}
		for i := range entries {
			e := &entries[i]
			if e.Seq != b.size+1 {
				return nil, aoc.Errorf(aoc.CodeConflict, op, "place %d: the last one here is %d", e.Seq, b.size)
			}
			key := ""
			if e.Event != nil {
				key = e.Event.Key
			}
			b.place(key, tlog.Hash(e.Leaf))
		}
		next := b.entry(last)
		next.Kind, next.changes = kindMove, changes
		var err error
		next.Hours, err = s.hoursOf(ctx, b.keys, changes.Events...)
		return next, err
	})
	return s.fault(err, op)
}

// moveChanges makes documents of what another store gave.
func moveChanges(op string, entries []store.LogEntry) (*appendChanges, error) {
	c := &appendChanges{Moved: true}
	for i := range entries {
		e := &entries[i]
		if e.Event == nil {
			continue
		}
		if err := store.CheckEvent(op, e.Event); err != nil {
			return nil, err
		}
		n := len(e.Versions)
		if n == 0 || e.Versions[n-1].Seq != e.Seq {
			return nil, aoc.Errorf(aoc.CodeInvalid, op, "versions: the one that is shown is not the last, at place %d", e.Seq)
		}
		d := newEventDoc(e.Event, e.Versions[n-1].Salt, "")
		d.Seq, d.Contents, d.Older = e.Seq, nil, n-1
		d.Received = nanos(e.Versions[n-1].ReceivedAt)
		for _, v := range e.Versions {
			if len(v.Raw) == 0 || len(v.Salt) != store.SaltLen {
				return nil, aoc.Errorf(aoc.CodeInvalid, op, "versions: one has no record or no salt, at place %d", e.Seq)
			}
			mark, err := contentMark(v.Raw)
			if err != nil {
				return nil, err
			}
			d.Contents = append(d.Contents, mark)
		}
		for _, v := range e.Versions[:n-1] {
			d.OlderAt = append(d.OlderAt, v.Seq)
			c.Versions = append(c.Versions, &versionDoc{
				ID: versionID(d.Key, v.Seq), Key: d.Key, Seq: v.Seq, Received: nanos(v.ReceivedAt), Timestamp: d.Timestamp, Origin: text(v.Origin), Salt: v.Salt, Raw: text(v.Raw),
			})
		}
		d.Origin = text(e.Event.Origin)
		d.setAnnotations(newAnnotated(d.Key, &store.Annotation{Tags: e.Event.Tags, Comments: e.Event.Comments, Review: e.Event.Review, ReviewEdit: e.ReviewEdit}))
		c.Events = append(c.Events, d)
	}
	return c, nil
}

func (d *eventDoc) setAnnotations(a annotated) {
	d.Tags, d.Comments, d.Review, d.ReviewEdit = a.Tags, a.Comments, a.Review, a.ReviewEdit
}

// PutEdits implements [store.Mover].
func (s *Store) PutEdits(ctx context.Context, records []aoc.EditRecord, now []store.Annotations) error {
	const op = "mongo.put_edits"
	if err := s.writable(op); err != nil {
		return err
	}
	if len(records)+len(now) == 0 {
		return nil
	}
	err := s.log.change(ctx, func(last *entry) (*entry, error) {
		c := &documentChanges{}
		seq := last.Edits
		for i := range records {
			if records[i].Seq != seq+1 {
				return nil, aoc.Errorf(aoc.CodeConflict, op, "edit %d: the last one here is %d", records[i].Seq, seq)
			}
			seq++
			c.Records = append(c.Records, newEditDoc(&records[i]))
		}
		for i := range now {
			a := &now[i]
			c.Events = append(c.Events, newAnnotated(a.Key, &store.Annotation{Tags: a.Tags, Comments: a.Comments, Review: a.Review, ReviewEdit: a.ReviewEdit}))
		}
		next := last.after(kindDocument, seq, c)
		keys := make([]string, len(now))
		for i := range now {
			keys[i] = now[i].Key
		}
		var err error
		next.Hours, err = s.hoursOf(ctx, keys)
		return next, err
	})
	return s.fault(err, op)
}

// RestoreDocuments implements [store.Mover].
func (s *Store) RestoreDocuments(ctx context.Context, kind string, ds []store.Document) error {
	const op = "mongo.restore_documents"
	if err := s.writable(op); err != nil {
		return err
	}
	c := &documentChanges{Drop: []string{kind}}
	for i := range ds {
		if err := store.CheckDocument(op, &ds[i]); err != nil {
			return err
		}
		if ds[i].Kind != kind || ds[i].Version < 1 || !json.Valid(ds[i].Body) {
			return aoc.Errorf(aoc.CodeInvalid, op, "document %s/%s: its kind, version or body is not usable", ds[i].Kind, ds[i].ID)
		}
		c.Documents = append(c.Documents, newDocumentDoc(&ds[i]))
	}
	err := s.log.change(ctx, func(last *entry) (*entry, error) { return last.after(kindDocument, last.Edits, c), nil })
	return s.fault(err, op)
}

// DocumentKinds implements [store.Mover].
func (s *Store) DocumentKinds(ctx context.Context) ([]string, error) {
	return distinct(ctx, s, "mongo.document_kinds", s.documents, bson.D{{Key: "gone", Value: false}}, "kind")
}

// CheckpointNames implements [store.Mover].
func (s *Store) CheckpointNames(ctx context.Context) ([]string, error) {
	return distinct(ctx, s, "mongo.checkpoint_names", s.checkpoints, bson.D{{Key: "position", Value: bson.D{{Key: "$ne", Value: ""}}}}, "_id")
}

// NameTenants implements [store.Mover].
func (s *Store) NameTenants(ctx context.Context) ([]string, error) {
	return distinct(ctx, s, "mongo.name_tenants", s.names, bson.D{}, "tenant")
}

// distinct gives the texts that documents have in a field, sorted.
func distinct(ctx context.Context, s *Store, op string, coll collection, filter bson.D, field string) ([]string, error) {
	cursor, err := coll.Find(ctx, filter, options.Find().SetProjection(bson.D{{Key: field, Value: 1}}))
	if err != nil {
		return nil, s.fault(err, op)
	}
	seen := map[string]bool{}
	for cursor.Next(ctx) {
		if value, ok := cursor.Current.Lookup(field).StringValueOK(); ok {
			seen[value] = true
		}
	}
	if err := cursor.Err(); err != nil {
		return nil, s.fault(err, op)
	}
	var values []string
	for v := range seen {
		values = append(values, v)
	}
	slices.Sort(values)
	return values, s.fault(cursor.Close(ctx), op)
}
