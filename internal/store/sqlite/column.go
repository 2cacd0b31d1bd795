package sqlite

import (
	"encoding/binary"
	"strings"

	"aoc"
)

// The parts of a segment, as offsets from its id shifted by partShift.
const (
	partShift  = 20
	partTime   = 0
	partSeq    = 1
	partColumn = 2       // + column
	partSigSet = 64      // signature of a narrow segment, whole
	partSig    = 1 << 12 // + chunk of the signature matrix
	partBlock  = 1 << 16 // + block
)

func partID(segment int64, part int) int64 { return segment<<partShift | int64(part) }

// column numbers the dictionary columns of a segment. The order is part of the format.
type column int

const (
	colSource column = iota
	colService
	colWorkload
	colRecordType
	colOperation
	colResult
	colActor // display, UPN, id, name: see actorValue
	colActorKind
	colIP
	colOrigin
	columnCount
)

// actorValue packs the ways to name an actor, the display first, into one value.
func actorValue(e *aoc.Event) string {
	var b []byte
	for _, s := range [...]string{e.ActorDisplay, e.Actor.UPN, e.Actor.ID, e.Actor.Name} {
		b = appendString(b, s)
	}
	return string(b)
}

// actorNames unpacks an actorValue.
func actorNames(value string) [4]string {
	r := &reader{s: value}
	return [4]string{r.string(), r.string(), r.string(), r.string()}
}

// fieldColumn tells the column of a field; ok is false for a field without one.
func fieldColumn(f aoc.Field) (column, bool) {
	switch f {
	case aoc.FieldSource:
		return colSource, true
	case aoc.FieldService:
		return colService, true
	case aoc.FieldWorkload:
		return colWorkload, true
	case aoc.FieldRecordType:
		return colRecordType, true
	case aoc.FieldOperation:
		return colOperation, true
	case aoc.FieldResult:
		return colResult, true
	case aoc.FieldActor:
		return colActor, true
	case aoc.FieldActorKind:
		return colActorKind, true
	case aoc.FieldIP:
		return colIP, true
	case aoc.FieldOrigin:
		return colOrigin, true
	}
	return 0, false
}

// columnValue is what an event has in a column.
func columnValue(e *aoc.Event, c column) string {
	switch c {
	case colSource:
		return string(e.Source)
	case colService:
		return e.Service
	case colWorkload:
		return e.Workload
	case colRecordType:
		return e.RecordType
	case colOperation:
		return e.Operation
	case colResult:
		return string(e.Result)
	case colActor:
		return actorValue(e)
	case colActorKind:
		return string(e.ActorKind)
	case colIP:
		return e.ClientIP
	case colOrigin:
		return string(e.Origin)
	}
	return ""
}

// dictColumn is a column as a list of distinct values and, for each row, the index of
// its value.
type dictColumn struct {
	values []string
	codes  []uint16
	counts []uint16 // of each value; made when the column is decoded
}

// dictBuilder collects a column. Codes fit 16 bits because a segment has at most
// maxSegmentEvents rows.
type dictBuilder struct {
	dictColumn
	index map[string]uint16
}

func (d *dictBuilder) add(value string) {
	code, ok := d.index[value]
	if !ok {
		if d.index == nil {
			d.index = map[string]uint16{}
		}
		value = strings.Clone(value) // its event shares the memory of a whole block
		code = uint16(len(d.values))
		d.index[value] = code
		d.values = append(d.values, value)
	}
	d.codes = append(d.codes, code)
}

// encode writes values, then codes of one byte where they fit, else two.
func (d *dictColumn) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(d.values)))
	for _, v := range d.values {
		b = appendString(b, v)
	}
	b = binary.AppendUvarint(b, uint64(len(d.codes)))
	if len(d.values) <= 256 {
		for _, c := range d.codes {
			b = append(b, byte(c))
		}
		return b
	}
	// All low bytes, then all high bytes: they compress better apart.
	for _, c := range d.codes {
		b = append(b, byte(c))
	}
	for _, c := range d.codes {
		b = append(b, byte(c>>8))
	}
	return b
}

func decodeDict(text string) (*dictColumn, error) {
	r := &reader{s: text}
	d := &dictColumn{values: make([]string, r.count())}
	for i := range d.values {
		d.values[i] = r.string()
	}
	n := r.uvarint()
	if r.bad || n > maxSegmentEvents {
		return nil, errDocument
	}
	d.codes, d.counts = make([]uint16, n), make([]uint16, len(d.values))
	low := r.bytes(n)
	var high string
	if len(d.values) > 256 {
		high = r.bytes(n)
	}
	if r.bad {
		return nil, errDocument
	}
	for i := range d.codes {
		d.codes[i] = uint16(low[i])
		if high != "" {
			d.codes[i] |= uint16(high[i]) << 8
		}
		if int(d.codes[i]) >= len(d.values) {
			return nil, errDocument
		}
		d.counts[d.codes[i]]++
	}
	return d, nil
}

func (d *dictColumn) size() int64 {
	n := int64(2 * len(d.codes))
	for _, v := range d.values {
		n += int64(len(v)) + 18
	}
	return n
}

// timeUnits are the resolutions that event times come in, coarsest first.
var timeUnits = [...]int64{1e9, 1e6, 1e3, 100, 1}

// encodeInts writes numbers as differences in the coarsest unit that loses nothing.
func encodeInts(ns []int64) []byte {
	unit := int64(1)
	for _, u := range timeUnits {
		if divides(u, ns) {
			unit = u
			break
		}
	}
	b := binary.AppendUvarint(nil, uint64(len(ns)))
	b = binary.AppendUvarint(b, uint64(unit))
	last := int64(0)
	for _, n := range ns {
		b = binary.AppendVarint(b, (n/unit)-last)
		last = n / unit
	}
	return b
}

func divides(unit int64, ns []int64) bool {
	for _, n := range ns {
		if n%unit != 0 {
			return false
		}
	}
	return true
}

func decodeInts(text string) ([]int64, error) {
	r := &reader{s: text}
	n, unit := r.count(), int64(r.uvarint())
	ns := make([]int64, n)
	last := int64(0)
	for i := range ns {
		last += r.varint()
		ns[i] = last * unit
	}
	if r.bad {
		return nil, errDocument
	}
	return ns, nil
}
