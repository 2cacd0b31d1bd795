package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"sync"

	"aoc"
	"aoc/internal/store"
)

var _ store.Mover = (*Store)(nil)

const (
	// moveBytes is the size of documents from which on LogEntries gives no more of them.
	moveBytes = 32 << 20
	// defaultSpan is how many places of the log a logSpan covers: 16 bytes each.
	defaultSpan = 1 << 18
)

// logSpan tells for a part of the log where the versions are that are shown. Segments are
// in order of time, so that finding what is next in the log costs looking at many of them:
// that is done once for many places.
type logSpan struct {
	generation int64
	first      int64   // the place in the log of rows[0]
	rows       []place // without a segment where nothing is shown
}

// spanCache keeps the span that was asked for last.
type spanCache struct {
	mu     sync.Mutex
	span   *logSpan
	places int64 // that a span covers
}

// LogEntries implements [store.Mover].
func (s *Store) LogEntries(ctx context.Context, after int64, limit int) ([]store.LogEntry, error) {
	var entries []store.LogEntry
	err := s.snapshot(ctx, "sqlite.log_entries", func(v *snapshot) error {
		last, err := chainSize(ctx, v.tx)
		if err != nil {
			return err
		}
		bytes := 0
		for seq := max(after, 0) + 1; seq <= last && len(entries) < limit && bytes < moveBytes; seq++ {
			e, size, err := v.logEntry(ctx, seq)
			if err != nil {
				return err
			}
			entries = append(entries, e)
			bytes += size
		}
		if err := fillLeaves(ctx, v.tx, entries); err != nil {
			return err
		}
		return v.annotateEntries(ctx, entries)
	})
	return entries, err
}

// logEntry gives what is shown at a place in the log, and the size of its document. Its
// leaf and annotations are left out.
func (v *snapshot) logEntry(ctx context.Context, seq int64) (store.LogEntry, int, error) {
	entry := store.LogEntry{Seq: seq}
	span, err := v.logSpan(ctx, seq)
	if err != nil {
		return entry, 0, err
	}
	at := span.rows[seq-span.first]
	if at.seg == nil {
		return entry, 0, nil
	}
	doc, err := v.document(ctx, at.seg, at.row)
	if err != nil {
		return entry, 0, err
	}
	entry.Event = &doc.event
	for _, o := range doc.versions() {
		entry.Versions = append(entry.Versions, store.LogVersion{
			Version: store.Version{Seq: o.seq, ReceivedAt: o.received, Raw: o.raw}, Salt: o.salt[:], Origin: o.origin,
		})
	}
	return entry, len(doc.encoded), nil
}

// logSpan gives the span that has a place in the log.
func (v *snapshot) logSpan(ctx context.Context, seq int64) (*logSpan, error) {
	c := &v.s.cache.span
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.places
	first := (seq-1)/n*n + 1
	if c.span != nil && c.span.generation == v.generation && c.span.first == first {
		return c.span, nil
	}
	span := &logSpan{generation: v.generation, first: first, rows: make([]place, n)}
	for _, seg := range v.segments {
		if seg.maxSeq < first || seg.minSeq >= first+n {
			continue
		}
		seqs, err := v.ints(ctx, seg, partSeq)
		if err != nil {
			return nil, err
		}
		for row, seq := range seqs {
			if first <= seq && seq < first+n && !v.dead[seg.id][row] {
				span.rows[seq-first] = place{seg, row}
			}
		}
	}
	c.span = span
	return span, nil
}

// fillLeaves sets the leaves of entries, which are consecutive, and the origins of versions
// that earlier versions of the program stored without.
func fillLeaves(ctx context.Context, tx *sql.Tx, entries []store.LogEntry) error {
	if len(entries) == 0 {
		return nil
	}
	leaves, err := readLeaves(ctx, tx, entries[0].Seq-1, len(entries))
	if err != nil {
		return err
	}
	if len(leaves) < len(entries) {
		return errDocument
	}
	for i := range entries {
		entries[i].Leaf = leaves[i]
		for n := range entries[i].Versions {
			v := &entries[i].Versions[n]
			leaf := leaves[i]
			if v.Seq != entries[i].Seq {
				if v.Origin != "" {
					continue
				}
				one, err := readLeaves(ctx, tx, v.Seq-1, 1)
				if err != nil {
					return err
				}
				if len(one) == 0 {
					return errDocument
				}
				leaf = one[0]
			}
			v.Origin = originOf(entries[i].Event, v, leaf)
		}
	}
	return nil
}

// originOf tells the origin that a leaf was made with. Where that cannot be told, for the
// event's key has changed since, it is what was stored with the version, or the event's.
func originOf(e *aoc.Event, v *store.LogVersion, leaf [32]byte) aoc.Origin {
	noted := cmp.Or(v.Origin, e.Origin)
	for _, origin := range append([]aoc.Origin{noted}, aoc.Origins()...) {
		if store.LeafHash(v.Seq, e.Key, v.Raw, v.Salt, v.ReceivedAt, origin) == leaf {
			return origin
		}
	}
	return noted
}

// annotateEntries fills in what people have added to the events of entries.
func (v *snapshot) annotateEntries(ctx context.Context, entries []store.LogEntry) error {
	var events []*aoc.Event
	byKey := map[string]*store.LogEntry{}
	for i := range entries {
		if e := entries[i].Event; e != nil {
			events = append(events, e)
			byKey[e.Key] = &entries[i]
		}
	}
	if len(events) == 0 {
		return nil
	}
	if err := v.decorateAll(ctx, events); err != nil {
		return err
	}
	keys := make([]string, len(events))
	for i, e := range events {
		keys[i] = e.Key
	}
	list, err := keyList(keys)
	if err != nil {
		return err
	}
	rows, err := v.tx.QueryContext(ctx, `SELECT key, review_edit FROM annotation
		WHERE key IN (SELECT value FROM json_each(?)) AND review_edit > 0`, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var edit int64
		if err := rows.Scan(&key, &edit); err != nil {
			return err
		}
		byKey[key].ReviewEdit = edit
	}
	return rows.Err()
}

// DocumentKinds implements [store.Mover].
func (s *Store) DocumentKinds(ctx context.Context) ([]string, error) {
	return s.listNames(ctx, "sqlite.document_kinds", "SELECT DISTINCT kind FROM document ORDER BY kind")
}

// CheckpointNames implements [store.Mover].
func (s *Store) CheckpointNames(ctx context.Context) ([]string, error) {
	return s.listNames(ctx, "sqlite.checkpoint_names", "SELECT name FROM checkpoint WHERE position <> '' ORDER BY name")
}

// NameTenants implements [store.Mover].
func (s *Store) NameTenants(ctx context.Context) ([]string, error) {
	return s.listNames(ctx, "sqlite.name_tenants", "SELECT DISTINCT tenant FROM directory_name ORDER BY tenant")
}

// listNames reads a query of one column of text.
func (s *Store) listNames(ctx context.Context, op, query string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return nil, s.fault(err, op, "the store cannot be read")
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.fault(err, op, "the store cannot be read")
		}
		names = append(names, name)
	}
	return names, s.fault(rows.Err(), op, "the store cannot be read")
}
