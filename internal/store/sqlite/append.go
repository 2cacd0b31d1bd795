package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Append implements [store.Log].
func (s *Store) Append(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	const op = "sqlite.append"
	if len(events) == 0 {
		return nil, nil
	}
	for i := range events {
		if err := store.CheckEvent(op, &events[i]); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &appendBatch{s: s, seq: s.lastSeq, pending: map[string]*pendingEvent{}}
	outcomes, err := b.sort(ctx, events)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	if len(b.leaves) == 0 {
		return outcomes, nil
	}
	segments := s.codec.buildSegments(b.documents())
	if err := s.writeTx(ctx, op, func(tx *sql.Tx) error { return b.write(ctx, tx, segments) }); err != nil {
		return nil, err
	}
	s.lastSeq = b.seq
	return outcomes, nil
}

// appendBatch works out one Append.
type appendBatch struct {
	s       *Store
	seq     int64
	pending map[string]*pendingEvent
	order   []*pendingEvent
	leaves  []tlog.Hash
	salts   []byte
}

// pendingEvent is an event that this batch adds or revises.
type pendingEvent struct {
	doc     document
	changed bool   // something of it is to be written
	stored  *place // where the version stands that this one supersedes
	key     keyEntry
}

// sort tells for each event what becomes of it and collects what is to be written.
func (b *appendBatch) sort(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	hashes := make([]int64, len(events))
	for i := range events {
		hashes[i] = keyHash(events[i].Key)
	}
	var known map[int64]keyEntry
	err := b.s.readTx(ctx, "sqlite.append", func(tx *sql.Tx) (err error) {
		known, err = b.s.lookupKeys(ctx, tx, hashes)
		return err
	})
	if err != nil {
		return nil, err
	}
	outcomes := make([]store.Outcome, len(events))
	for i := range events {
		if outcomes[i], err = b.place(ctx, &events[i], known); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

func (b *appendBatch) place(ctx context.Context, e *aoc.Event, known map[int64]keyEntry) (store.Outcome, error) {
	mark := contentMark(e.Raw)
	p := b.pending[e.Key]
	if p == nil {
		k, ok := known[keyHash(e.Key)]
		if ok && k.content == mark && k.tenant != 0 {
			return store.Duplicate, nil
		}
		p = &pendingEvent{key: keyEntry{hash: keyHash(e.Key)}}
		if ok {
			if err := b.load(ctx, e.Key, p); err != nil {
				return 0, err
			}
		}
		b.pending[e.Key] = p
		b.order = append(b.order, p)
	}
	outcome := store.New
	if p.doc.event.Key != "" {
		same, err := p.has(e.Raw)
		if err != nil {
			return 0, err
		}
		if same {
			return store.Duplicate, nil
		}
		outcome = store.Revision
	}
	p.revise(e, b.nextSeq(), b.nextSalt())
	p.key.content = mark
	b.leaves = append(b.leaves, store.LeafHash(p.doc.event.Seq, e.Key, e.Raw, p.doc.salt[:], e.ReceivedAt, e.Origin))
	return outcome, nil
}

// load finds the stored event of a key that the index may know.
func (b *appendBatch) load(ctx context.Context, key string, p *pendingEvent) error {
	return b.s.snapshot(ctx, "sqlite.append", func(v *snapshot) error {
		doc, at, entry, ok, err := v.find(ctx, key)
		if err != nil {
			return err
		}
		p.key = entry
		if ok {
			p.doc, p.stored = doc, &at
		}
		return nil
	})
}

// has reports whether a stored version of the event equals raw in canonical form.
func (p *pendingEvent) has(raw []byte) (bool, error) {
	want, err := rawjson.Canonical(raw)
	if err != nil {
		return false, err
	}
	versions := append(p.doc.olderRaw(), p.doc.event.Raw)
	for _, v := range slices.Backward(versions) {
		got, err := rawjson.Canonical(v)
		if err != nil {
			return false, err
		}
		if bytes.Equal(got, want) {
			return true, nil
		}
	}
	return false, nil
}

// revise makes e the version that is shown; what was shown before becomes an older one.
func (p *pendingEvent) revise(e *aoc.Event, seq int64, salt [saltLen]byte) {
	received, older := e.ReceivedAt, p.doc.older
	if was := &p.doc; was.event.Key != "" {
		older = was.versions()
		received = was.event.ReceivedAt
	}
	p.doc = document{event: *e, received: e.ReceivedAt, salt: salt, older: older}
	p.doc.event.Seq = seq
	p.doc.event.ReceivedAt = received
	p.doc.event.Revisions = len(older)
	p.changed = true
}

func (b *appendBatch) nextSeq() int64 {
	b.seq++
	return b.seq
}

func (b *appendBatch) nextSalt() (salt [saltLen]byte) {
	if len(b.salts) == 0 {
		b.salts = make([]byte, 256*saltLen)
		_, _ = rand.Read(b.salts) // never fails: crypto/rand
	}
	copy(salt[:], b.salts)
	b.salts = b.salts[saltLen:]
	return salt
}

// documents gives what is to be written.
func (b *appendBatch) documents() []document {
	docs := make([]document, 0, len(b.order))
	for _, p := range b.order {
		if p.changed {
			docs = append(docs, p.doc)
		}
	}
	return docs
}

// buildSegments sorts documents into segments: by tenant, then by time.
func (z *codec) buildSegments(docs []document) []builtSegment {
	tenants := map[string][]document{}
	var names []string
	for _, d := range docs {
		t := d.event.TenantID
		if _, ok := tenants[t]; !ok {
			names = append(names, t)
		}
		tenants[t] = append(tenants[t], d)
	}
	var segments []builtSegment
	for _, t := range names {
		docs := tenants[t]
		sortDocuments(docs)
		for part := range slices.Chunk(docs, maxSegmentEvents) {
			segments = append(segments, z.buildSegment(part))
		}
	}
	return segments
}

func (b *appendBatch) write(ctx context.Context, tx *sql.Tx, segments []builtSegment) error {
	for i := range segments {
		if _, err := insertSegment(ctx, tx, &segments[i]); err != nil {
			return err
		}
	}
	runs, err := b.s.keyRuns(ctx, tx)
	if err != nil {
		return err
	}
	tenants := tenantIDs{}
	entries := make([]keyEntry, 0, len(b.order))
	taken := map[int64]bool{}
	for _, p := range b.order {
		if !p.changed {
			continue
		}
		e := &p.doc.event
		id, err := tenants.make(ctx, tx, e.TenantID)
		if err != nil {
			return err
		}
		if p.stored != nil {
			if err := bury(ctx, tx, *p.stored); err != nil {
				return err
			}
			if err := moveAnnotation(ctx, tx, e); err != nil {
				return err
			}
		}
		for taken[p.key.hash] { // two new keys of one hash: take the next free number
			if p.key.hash, err = nextFreeHash(ctx, tx, runs, p.key.hash+1); err != nil {
				return err
			}
		}
		taken[p.key.hash] = true
		p.key.tenant, p.key.second = id, floorSecond(e.Timestamp.UnixNano())
		entries = append(entries, p.key)
	}
	if err := b.s.stageKeys(ctx, tx, runs, entries); err != nil {
		return err
	}
	if err := appendLeaves(ctx, tx, b.s.lastSeq, b.leaves); err != nil {
		return err
	}
	return touch(ctx, tx)
}

// bury marks a row as superseded.
func bury(ctx context.Context, tx *sql.Tx, at place) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO dead (segment, row) VALUES (?, ?) ON CONFLICT DO NOTHING", at.seg.id, at.row)
	return err
}

// tenantIDs remembers the tenant ids of one transaction.
type tenantIDs map[string]int64

func (ids tenantIDs) make(ctx context.Context, tx *sql.Tx, name string) (int64, error) {
	if id, ok := ids[name]; ok {
		return id, nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM tenant WHERE name = ?", name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRowContext(ctx, "INSERT INTO tenant (name) VALUES (?) RETURNING id", name).Scan(&id)
	}
	ids[name] = id
	return id, err
}

// LastSeq implements [store.Log].
func (s *Store) LastSeq(ctx context.Context) (int64, error) {
	var n int64
	err := s.readTx(ctx, "sqlite.last_seq", func(tx *sql.Tx) (err error) {
		n, err = chainSize(ctx, tx)
		return err
	})
	return n, err
}
