package sqlite

import (
	"container/list"
	"context"
	"database/sql"
	"errors"
	"sync"
	"unsafe"

	"aoc/internal/store"
)

// catalog is what a transaction sees of the segments.
type catalog struct {
	generation int64
	segments   []*segmentInfo // by max_time descending
	dead       map[int64]map[int]bool
}

// loadCatalog gives the catalogue of tx's snapshot, from memory when it has not changed.
func (s *Store) loadCatalog(ctx context.Context, tx *sql.Tx) (*catalog, error) {
	var generation int64
	if err := tx.QueryRowContext(ctx, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'").Scan(&generation); err != nil {
		return nil, err
	}
	if c := s.cache.catalog(generation); c != nil {
		return c, nil
	}
	c := &catalog{generation: generation, dead: map[int64]map[int]bool{}}
	rows, err := tx.QueryContext(ctx, `SELECT id, tenant, events, min_time, max_time, min_seq, max_seq, sig_rows, bytes, columns
		FROM segment ORDER BY max_time DESC, id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i segmentInfo
		if err := rows.Scan(&i.id, &i.tenant, &i.events, &i.minTime, &i.maxTime, &i.minSeq, &i.maxSeq, &i.sigRows, &i.bytes, &i.columns); err != nil {
			return nil, err
		}
		c.segments = append(c.segments, &i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := c.loadDead(ctx, tx); err != nil {
		return nil, err
	}
	s.cache.setCatalog(c)
	return c, nil
}

func (c *catalog) loadDead(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "SELECT segment, row FROM dead")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var segment int64
		var row int
		if err := rows.Scan(&segment, &row); err != nil {
			return err
		}
		if c.dead[segment] == nil {
			c.dead[segment] = map[int]bool{}
		}
		c.dead[segment][row] = true
	}
	return rows.Err()
}

// snapshot reads segments as one transaction sees them.
type snapshot struct {
	s  *Store
	tx *sql.Tx
	*catalog
}

// snapshot runs f on a consistent view of the segments.
func (s *Store) snapshot(ctx context.Context, op string, f func(v *snapshot) error) error {
	return s.readTx(ctx, op, func(tx *sql.Tx) error {
		c, err := s.loadCatalog(ctx, tx)
		if err != nil {
			return err
		}
		return f(&snapshot{s: s, tx: tx, catalog: c})
	})
}

// part reads one part of a segment as it is stored; nil if there is none.
func (v *snapshot) part(ctx context.Context, segment int64, part int) ([]byte, error) {
	var data []byte
	err := v.tx.QueryRowContext(ctx, "SELECT data FROM part WHERE id = ?", partID(segment, part)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errDocument
	}
	return data, err
}

// cached gives a decoded part from the cache, or reads and decodes it.
func cached[T any](ctx context.Context, v *snapshot, segment int64, part int, decode func(text string) (T, int64, error)) (T, error) {
	id := partID(segment, part)
	if x, ok := v.s.cache.get(id); ok {
		return x.(T), nil
	}
	var zero T
	data, err := v.part(ctx, segment, part)
	if err != nil {
		return zero, err
	}
	out, err := v.s.codec.decompress(data)
	if err != nil {
		return zero, err
	}
	// The buffer is never written again, so its bytes can serve as a string.
	x, size, err := decode(unsafe.String(unsafe.SliceData(out), len(out)))
	if err != nil {
		return zero, err
	}
	v.s.cache.put(id, x, size)
	return x, nil
}

// times gives the event times of a segment's rows.
func (v *snapshot) times(ctx context.Context, seg *segmentInfo) ([]int64, error) {
	return v.ints(ctx, seg, partTime)
}

// ints gives a column of numbers.
func (v *snapshot) ints(ctx context.Context, seg *segmentInfo, part int) ([]int64, error) {
	return cached(ctx, v, seg.id, part, func(text string) ([]int64, int64, error) {
		ns, err := decodeInts(text)
		if err == nil && len(ns) != seg.events {
			err = errDocument
		}
		return ns, int64(8 * len(ns)), err
	})
}

// dict gives the dictionary of a column.
func (v *snapshot) dict(ctx context.Context, seg *segmentInfo, c column) (*dict, error) {
	return cached(ctx, v, seg.id, partDict+int(c), func(text string) (*dict, int64, error) {
		d, err := decodeDict(text)
		if err != nil {
			return nil, 0, err
		}
		return d, d.size(), nil
	})
}

// codes gives for each row of a segment the place of its value in a column's dictionary.
func (v *snapshot) codes(ctx context.Context, seg *segmentInfo, c column, d *dict) ([]uint16, error) {
	return cached(ctx, v, seg.id, partCodes+int(c), func(text string) ([]uint16, int64, error) {
		codes, err := decodeCodes(text, seg.events, len(d.values))
		return codes, int64(2 * len(codes)), err
	})
}

// block gives a decompressed block.
func (v *snapshot) block(ctx context.Context, seg *segmentInfo, block int) (*blockText, error) {
	return cached(ctx, v, seg.id, partBlock+block, func(text string) (*blockText, int64, error) {
		b, err := decodeBlock(text)
		if err == nil && len(b.docs) != min(blockEvents, seg.events-block*blockEvents) {
			err = errDocument
		}
		return b, int64(len(text)), err
	})
}

// encoded gives the document in a row as it stands in its block.
func (v *snapshot) encoded(ctx context.Context, seg *segmentInfo, row int) (encodedDocument, error) {
	b, err := v.block(ctx, seg, row/blockEvents)
	if err != nil {
		return "", err
	}
	return v.whole(ctx, seg, row, b.docs[row%blockEvents])
}

// whole gives the document in a row, of which its block has x.
func (v *snapshot) whole(ctx context.Context, seg *segmentInfo, row int, x encodedDocument) (encodedDocument, error) {
	if !x.isElsewhere() {
		return x, nil
	}
	data, err := v.part(ctx, seg.id, partLarge+row)
	if err != nil {
		return "", err
	}
	out, err := v.s.codec.decompress(data)
	// The buffer is never written again, so its bytes can serve as a string.
	return encodedDocument(unsafe.String(unsafe.SliceData(out), len(out))), err
}

// sigPart gives a part of the signature, which is not compressed.
func (v *snapshot) sigPart(ctx context.Context, seg *segmentInfo, part int) ([]byte, error) {
	id := partID(seg.id, part)
	if x, ok := v.s.cache.get(id); ok {
		return x.([]byte), nil
	}
	data, err := v.part(ctx, seg.id, part)
	if err == nil {
		v.s.cache.put(id, data, int64(len(data)))
	}
	return data, err
}

// document gives the event in a row, owning its memory.
func (v *snapshot) document(ctx context.Context, seg *segmentInfo, row int) (document, error) {
	text, err := v.encoded(ctx, seg, row)
	if err != nil {
		return document{}, err
	}
	return text.decodeOwn(seg.tenant)
}

// drop forgets what will not be asked for again.
func (c *segmentCache) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.items[id]; ok {
		c.order.Remove(el)
		delete(c.items, id)
		c.size -= el.Value.(*cacheItem).size
	}
}

// segmentCache keeps decoded parts, least recently used first out, the catalogue, and
// where a part of the log is. Segments never change and their ids are never used twice, so
// nothing needs to be invalidated.
type segmentCache struct {
	mu    sync.Mutex
	limit int64
	size  int64
	items map[int64]*list.Element
	order list.List // front: most recently used
	cat   *catalog
	span  spanCache
}

type cacheItem struct {
	id   int64
	x    any
	size int64
}

func newSegmentCache(limit int64) *segmentCache {
	return &segmentCache{limit: limit, items: map[int64]*list.Element{}, span: spanCache{places: defaultSpan}}
}

func (c *segmentCache) get(id int64) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.items[id]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(el)
	return el.Value.(*cacheItem).x, true
}

func (c *segmentCache) put(id int64, x any, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[id]; ok {
		return
	}
	c.items[id] = c.order.PushFront(&cacheItem{id, x, size})
	c.size += size
	for c.size > c.limit && c.order.Len() > 1 {
		el := c.order.Back()
		item := el.Value.(*cacheItem)
		c.order.Remove(el)
		delete(c.items, item.id)
		c.size -= item.size
	}
}

func (c *segmentCache) catalog(generation int64) *catalog {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cat != nil && c.cat.generation == generation {
		return c.cat
	}
	return nil
}

func (c *segmentCache) setCatalog(cat *catalog) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cat == nil || c.cat.generation < cat.generation {
		c.cat = cat
	}
}

// position is the place of a row in search results.
func position(e *document) store.Position {
	return store.Position{Time: e.event.Timestamp, Key: e.event.Key}
}
