package sqlite

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"
	"unsafe"

	"aoc"
	"aoc/internal/store"
)

// A document is one event as a block holds it: derived fields, the raw record, the salt
// of its leaf, and the earlier versions of the record. The encoding is a version byte, a
// byte of marks, and fields in a fixed order; strings have their length before them. A
// later version may only add fields at the end.
const documentVersion = 1

const (
	// markOdd marks a document that a [termScan] cannot rule out.
	markOdd = 1
	// markElsewhere marks a document that is a part of its own, see defaultLargeDocument. It is
	// all there is of it in its block.
	markElsewhere = 2
)

// defaultLargeDocument is the size from which on a document is not kept in a block, so that a
// block is never much larger than it has documents, whatever they are like.
const defaultLargeDocument = 256 << 10

const saltLen = store.SaltLen

type document struct {
	event aoc.Event // without Tags, Comments, Review
	// received is when the newest version arrived; event.ReceivedAt is the first.
	received time.Time
	salt     [saltLen]byte
	// origin is that of the newest version, if it is not the event's.
	origin aoc.Origin
	older  []olderVersion // oldest first
	// encoded is the whole document as it was decoded, while nothing of it has changed.
	encoded encodedDocument
}

// elsewhere stands in a block for a document that is a part of its own.
const elsewhere encodedDocument = "\x01\x03" // documentVersion, markOdd | markElsewhere

// size is about how long the document is when it is encoded.
func (d *document) size() int {
	n := len(d.encoded)
	if n == 0 {
		n = len(d.event.Raw)
		for _, o := range d.older {
			n += len(o.raw)
		}
	}
	return n
}

// olderVersion is an earlier arrival of the same event with other content.
type olderVersion struct {
	seq      int64
	received time.Time
	salt     [saltLen]byte
	raw      []byte
	origin   aoc.Origin // empty: it was not noted by the version of the program that stored it
}

func (d *document) append(b []byte) []byte {
	if d.encoded != "" {
		return append(b, d.encoded...)
	}
	e := &d.event
	start := len(b)
	b = append(b, documentVersion, 0)
	b = binary.AppendUvarint(b, uint64(e.Seq))
	b = binary.AppendVarint(b, e.Timestamp.UnixNano())
	b = binary.AppendVarint(b, e.ReceivedAt.UnixNano())
	b = binary.AppendVarint(b, d.received.UnixNano())
	for _, s := range [...]string{
		e.DedupeKey, e.ID, string(e.Source), e.TimeFlag, string(e.Origin), e.Service, e.Workload, e.RecordType,
		e.Operation, string(e.Result), e.ResultReason, string(e.ActorKind), e.ActorDisplay,
		e.Actor.ID, e.Actor.Name, e.Actor.UPN, e.Actor.AppID, e.Actor.AppName,
		e.ClientIP, e.CorrelationID, e.DisplaySummary,
	} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Targets)))
	for _, t := range e.Targets {
		b = appendString(appendString(appendString(appendString(b, t.ID), t.Name), t.Type), t.UPN)
	}
	b = binary.AppendUvarint(b, uint64(len(e.TargetDisplays)))
	for _, t := range e.TargetDisplays {
		b = appendString(b, t)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Changes)))
	for _, c := range e.Changes {
		b = appendString(appendString(b, c.Target), c.Property)
		b = appendOptional(appendOptional(b, c.Before), c.After)
	}
	b = append(b, d.salt[:]...)
	b = appendString(b, string(e.Raw))
	b = binary.AppendUvarint(b, uint64(len(d.older)))
	for _, o := range d.older {
		b = binary.AppendUvarint(b, uint64(o.seq))
		b = binary.AppendVarint(b, o.received.UnixNano())
		b = append(b, o.salt[:]...)
		b = appendString(b, string(o.raw))
	}
	if len(d.older) > 0 || d.origin != "" {
		for _, o := range d.older {
			b = appendString(b, string(o.origin))
		}
		b = appendString(b, string(d.origin))
	}
	if isOdd(unsafe.String(&b[start], len(b)-start)) { // read only, and only here
		b[start+1] |= markOdd
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendOptional writes length+1, so that nil is told from empty.
func appendOptional(b []byte, s *string) []byte {
	if s == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(*s))+1), *s...)
}

var errDocument = errors.New("a stored event cannot be decoded: the file is damaged")

// reader walks an encoded document. After the first fault every read gives zero values.
type reader struct {
	s   string
	bad bool
}

func (r *reader) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		if len(r.s) == 0 {
			break
		}
		c := r.s[0]
		r.s = r.s[1:]
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.bad = true
	return 0
}

func (r *reader) varint() int64 {
	u := r.uvarint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

func (r *reader) bytes(n uint64) string {
	if r.bad || uint64(len(r.s)) < n {
		r.bad = true
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *reader) string() string { return r.bytes(r.uvarint()) }

// raw reads a record. It shares the reader's memory, so it must not be written to.
func (r *reader) raw() []byte {
	s := r.string()
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

func (r *reader) optional() *string {
	n := r.uvarint()
	if n == 0 || r.bad {
		return nil
	}
	s := r.bytes(n - 1)
	return &s
}

// count reads the length of a list, each of whose items takes at least one byte.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.s)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) salt() (salt [saltLen]byte) {
	copy(salt[:], r.bytes(saltLen))
	return salt
}

// encodedDocument is what [document.append] wrote.
type encodedDocument string

// isOdd reports whether a termScan cannot rule the document out.
func (x encodedDocument) isOdd() bool { return len(x) < 2 || x[1]&markOdd != 0 }

// isElsewhere reports whether the document is a part of its own.
func (x encodedDocument) isElsewhere() bool { return len(x) >= 2 && x[1]&markElsewhere != 0 }

// identity reads only the dedupe key and the id.
func (x encodedDocument) identity() (dedupeKey, id string) {
	r := &reader{s: string(x)}
	r.bytes(2)
	r.uvarint()
	r.varint()
	r.varint()
	r.varint()
	return r.string(), r.string()
}

// decode reads the whole document. The event's strings and records share the memory of x.
func (x encodedDocument) decode(tenant string) (document, error) {
	var d document
	r := &reader{s: string(x)}
	if head := r.bytes(2); r.bad || head[0] != documentVersion {
		return d, errDocument
	}
	e := &d.event
	e.TenantID = tenant
	e.Seq = int64(r.uvarint())
	e.Timestamp = time.Unix(0, r.varint()).UTC()
	e.ReceivedAt = time.Unix(0, r.varint()).UTC()
	d.received = time.Unix(0, r.varint()).UTC()
	e.DedupeKey, e.ID = r.string(), r.string()
	e.Source, e.TimeFlag, e.Origin = aoc.Source(r.string()), r.string(), aoc.Origin(r.string())
	e.Service, e.Workload, e.RecordType, e.Operation = r.string(), r.string(), r.string(), r.string()
	e.Result, e.ResultReason = aoc.Result(r.string()), r.string()
	e.ActorKind, e.ActorDisplay = aoc.ActorKind(r.string()), r.string()
	e.Actor = aoc.Actor{ID: r.string(), Name: r.string(), UPN: r.string(), AppID: r.string(), AppName: r.string()}
	e.ClientIP, e.CorrelationID, e.DisplaySummary = r.string(), r.string(), r.string()

	e.Targets = make([]aoc.Target, r.count())
	for i := range e.Targets {
		e.Targets[i] = aoc.Target{ID: r.string(), Name: r.string(), Type: r.string(), UPN: r.string()}
	}
	e.TargetDisplays = make([]string, r.count())
	for i := range e.TargetDisplays {
		e.TargetDisplays[i] = r.string()
	}
	e.Changes = make([]aoc.Change, r.count())
	for i := range e.Changes {
		e.Changes[i] = aoc.Change{Target: r.string(), Property: r.string(), Before: r.optional(), After: r.optional()}
	}
	d.salt = r.salt()
	e.Raw = r.raw()
	d.older = make([]olderVersion, r.count())
	for i := range d.older {
		d.older[i] = olderVersion{
			seq:      int64(r.uvarint()),
			received: time.Unix(0, r.varint()).UTC(),
			salt:     r.salt(),
			raw:      r.raw(),
		}
	}
	if r.s != "" && !r.bad { // earlier versions of the program did not note origins
		for i := range d.older {
			d.older[i].origin = aoc.Origin(r.string())
		}
		d.origin = aoc.Origin(r.string())
	}
	if r.bad {
		return document{}, errDocument
	}
	e.Revisions = len(d.older)
	e.Key = aoc.KeyOf(e.DedupeKey)
	d.encoded = x
	return d, nil
}

// decodeOwn is decode for a document that outlives its block: it copies it first.
func (x encodedDocument) decodeOwn(tenant string) (document, error) {
	return encodedDocument(strings.Clone(string(x))).decode(tenant)
}

// versions gives all versions of the record, oldest first.
func (d *document) versions() []olderVersion {
	return append(slices.Clone(d.older), olderVersion{d.event.Seq, d.received, d.salt, d.event.Raw, cmp.Or(d.origin, d.event.Origin)})
}

// setOrigin notes the origin of the newest version; empty means that it is not known.
func (d *document) setOrigin(origin aoc.Origin) {
	if d.origin = origin; origin == d.event.Origin {
		d.origin = ""
	}
}

// olderRaw gives the earlier versions of the record.
func (d *document) olderRaw() [][]byte {
	if len(d.older) == 0 {
		return nil
	}
	raw := make([][]byte, len(d.older))
	for i, o := range d.older {
		raw[i] = o.raw
	}
	return raw
}
