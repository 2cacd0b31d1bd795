package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"aoc/internal/store"
)

const (
	// maxSegmentEvents bounds a segment; column codes and row numbers rely on it.
	maxSegmentEvents = 1 << 14
	// blockEvents is the number of events compressed together. More compress better and
	// cost more to look one event up; 128 was measured as the better end of both.
	blockEvents = 128
)

// segmentInfo is a segment's row in the catalogue.
type segmentInfo struct {
	id               int64
	tenant           string
	events           int
	minTime, maxTime int64 // event time in ns since 1970, inclusive
	minSeq, maxSeq   int64
	sigRows          int
	bytes            int64
	columns          int // dictionary columns; older segments have fewer
}

func (s *segmentInfo) blocks() int { return (s.events + blockEvents - 1) / blockEvents }

// builtSegment is a segment encoded and ready to be written. Parts are keyed by their
// offset from the segment's id.
type builtSegment struct {
	segmentInfo
	parts []builtPart
}

type builtPart struct {
	part int
	data []byte
}

// sortDocuments puts documents in the order of a segment: newest first, then by key.
func sortDocuments(docs []document) {
	slices.SortFunc(docs, func(a, b document) int {
		if c := b.event.Timestamp.Compare(a.event.Timestamp); c != 0 {
			return c
		}
		return cmp.Compare(b.event.Key, a.event.Key)
	})
}

// buildSegment encodes documents of one tenant, sorted, at most maxSegmentEvents.
func (z *codec) buildSegment(docs []document) builtSegment {
	b := z.newSegment()
	for _, d := range docs {
		b.add(d)
	}
	return b.finish()
}

// segmentBuilder makes a segment of documents that are added in its order. Blocks are
// encoded as they fill, by several goroutines; the documents of a finished block are let
// go.
type segmentBuilder struct {
	z       *codec
	seg     builtSegment
	times   []int64
	seqs    []int64
	columns [columnCount]dictBuilder
	open    []document // of the block that is not full
	openSig *blockSig
	blocks  []*encodedBlock // each is ready when group is
	group   errgroup.Group
}

type encodedBlock struct {
	data []byte
	sig  *blockSig
}

func (z *codec) newSegment() *segmentBuilder {
	b := &segmentBuilder{z: z}
	b.group.SetLimit(runtime.GOMAXPROCS(0))
	return b
}

// add takes the next document.
func (b *segmentBuilder) add(d document) {
	e, seg := &d.event, &b.seg
	t := e.Timestamp.UnixNano()
	if seg.events == 0 {
		seg.tenant, seg.maxTime, seg.minSeq, seg.maxSeq = e.TenantID, t, e.Seq, e.Seq
	}
	seg.events++
	seg.minTime = t
	seg.minSeq, seg.maxSeq = min(seg.minSeq, e.Seq), max(seg.maxSeq, e.Seq)
	b.times, b.seqs = append(b.times, t), append(b.seqs, e.Seq)
	for c := range columnCount {
		b.columns[c].add(columnValue(e, c))
	}
	if b.openSig == nil {
		b.openSig = &blockSig{}
	}
	if d.size() >= b.z.largeDocument {
		b.openSig.addDocument(&d, nil)
		seg.put(partLarge+seg.events-1, b.z.compressDocument(&d))
		d = document{encoded: elsewhere}
	}
	if b.open = append(b.open, d); len(b.open) == blockEvents {
		b.closeBlock()
	}
}

// closeBlock has the open block encoded. It waits while enough others are.
func (b *segmentBuilder) closeBlock() {
	if len(b.open) == 0 {
		return
	}
	docs, block := b.open, &encodedBlock{sig: b.openSig}
	b.open, b.openSig, b.blocks = make([]document, 0, blockEvents), nil, append(b.blocks, block)
	b.group.Go(func() error {
		block.data = b.z.compressBlock(docs)
		var scratch []byte
		for i := range docs {
			if docs[i].encoded != elsewhere {
				scratch = block.sig.addDocument(&docs[i], scratch)
			}
		}
		return nil
	})
}

// finish gives the segment; the builder is of no more use.
func (b *segmentBuilder) finish() builtSegment {
	b.closeBlock()
	_ = b.group.Wait() // encoding cannot fail; the group bounds how much is under way
	seg := &b.seg
	seg.columns = int(columnCount)
	seg.put(partTime, b.z.compress(encodeInts(b.times)))
	seg.put(partSeq, b.z.compress(encodeInts(b.seqs)))
	for c := range columnCount {
		col := &b.columns[c]
		seg.put(partDict+int(c), b.z.compress(col.encode()))
		seg.put(partCodes+int(c), b.z.compress(encodeCodes(col.codes, len(col.values))))
	}
	sigs := make([]*blockSig, len(b.blocks))
	for i, block := range b.blocks {
		seg.put(partBlock+i, block.data)
		sigs[i] = block.sig
	}
	seg.putSignature(sigs)
	for _, p := range seg.parts {
		seg.bytes += int64(len(p.data))
	}
	return *seg
}

func (s *builtSegment) put(part int, data []byte) {
	s.parts = append(s.parts, builtPart{part, data})
}

// putSignature adds the signatures of all blocks.
func (s *builtSegment) putSignature(sigs []*blockSig) {
	counts := make([]int, len(sigs))
	for i, sig := range sigs {
		counts[i] = sig.count()
	}
	s.sigRows = sigRowsFor(counts)
	matrix := foldSigs(sigs, s.sigRows)
	if !wideSig(len(sigs)) {
		s.put(partSigSet, matrix)
		return
	}
	size := chunkRows(len(sigs)) * sigWidth(len(sigs))
	for i := 0; i*size < len(matrix); i++ {
		s.put(partSig+i, matrix[i*size:min((i+1)*size, len(matrix))])
	}
}

// addDocument notes the grams of all text that a search looks into, and of the id, so that
// events are found by id as well. scratch is memory to use.
func (s *blockSig) addDocument(d *document, scratch []byte) []byte {
	scratch = s.add(d.event.ID, scratch)
	store.EachText(&d.event, d.olderRaw(), func(value string) bool {
		scratch = s.add(value, scratch)
		return true
	})
	return scratch
}

// compressDocument encodes and compresses a document that is a part of its own.
func (z *codec) compressDocument(d *document) []byte {
	if d.encoded != "" {
		return z.compress([]byte(d.encoded))
	}
	return z.compress(d.append(make([]byte, 0, len(d.event.Raw)+len(d.event.Raw)/2)))
}

// compressBlock encodes and compresses a block.
func (z *codec) compressBlock(docs []document) []byte {
	buf := z.scratch.Get().(*[]byte)
	defer z.scratch.Put(buf)
	var block []byte
	*buf, block = encodeBlock((*buf)[:0], docs)
	return z.compress(block)
}

// encodeBlock writes the number of documents, their lengths, then the documents. The
// block is a part of the buffer it gives, which is buf or what it has grown to.
func encodeBlock(buf []byte, docs []document) (grown, block []byte) {
	head := binary.AppendUvarint(nil, uint64(len(docs)))
	// Room for the lengths, which are known last.
	room := len(head) + len(docs)*binary.MaxVarintLen32
	buf = slices.Grow(buf, room)[:room]
	for i := range docs {
		start := len(buf)
		buf = docs[i].append(buf)
		head = binary.AppendUvarint(head, uint64(len(buf)-start))
	}
	block = buf[room-len(head):]
	copy(block, head)
	return buf, block
}

// blockText is a decompressed block. Its documents share the memory of body.
type blockText struct {
	body string
	docs []encodedDocument
	ends []int // of each document in body
}

// decodeBlock takes a decompressed block apart.
func decodeBlock(text string) (*blockText, error) {
	r := &reader{s: text}
	b := &blockText{docs: make([]encodedDocument, r.count())}
	lengths := make([]uint64, len(b.docs))
	for i := range lengths {
		lengths[i] = r.uvarint()
	}
	b.body = r.s
	b.ends = make([]int, len(lengths))
	for i, n := range lengths {
		b.docs[i] = encodedDocument(r.bytes(n))
		b.ends[i] = len(b.body) - len(r.s)
	}
	if r.bad || len(b.docs) == 0 {
		return nil, errDocument
	}
	return b, nil
}

// codec compresses and decompresses parts; safe for concurrent use.
type codec struct {
	enc     *zstd.Encoder
	dec     *zstd.Decoder
	scratch sync.Pool // of *[]byte

	largeDocument int
}

func newCodec() (*codec, error) {
	// Fastest costs nearly nothing in size on audit records and is half again as fast. The
	// window is that of a usual block: more of it is only memory.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true), zstd.WithWindowSize(1<<19))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	return &codec{enc: enc, dec: dec, scratch: sync.Pool{New: func() any { return new([]byte) }}, largeDocument: defaultLargeDocument}, nil
}

func (z *codec) compress(b []byte) []byte { return z.enc.EncodeAll(b, nil) }

func (z *codec) decompress(b []byte) ([]byte, error) {
	out, err := z.dec.DecodeAll(b, nil)
	if err != nil {
		return nil, errDocument
	}
	return out, nil
}

// insertSegment writes a built segment and gives its id.
func insertSegment(ctx context.Context, tx *sql.Tx, seg *builtSegment) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, `INSERT INTO segment (tenant, events, min_time, max_time, min_seq, max_seq, sig_rows, bytes, columns)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		seg.tenant, seg.events, seg.minTime, seg.maxTime, seg.minSeq, seg.maxSeq, seg.sigRows, seg.bytes, seg.columns).Scan(&id)
	if err != nil {
		return 0, err
	}
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO part (id, data) VALUES (?, ?)")
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	for _, p := range seg.parts {
		if _, err := stmt.ExecContext(ctx, partID(id, p.part), p.data); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// deleteSegment removes a segment with its parts and dead rows.
func deleteSegment(ctx context.Context, tx *sql.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM segment WHERE id = ?", id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM dead WHERE segment = ?", id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM part WHERE id >= ? AND id < ?", partID(id, 0), partID(id+1, 0))
	return err
}

// touch marks the catalogue as changed, for the caches of every process.
func touch(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'")
	return err
}
