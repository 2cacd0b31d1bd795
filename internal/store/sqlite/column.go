package sqlite

import (
	"encoding/binary"
	"slices"
	"strings"

	"aoc"
)

// The parts of a segment, as offsets from its id shifted by partShift.
const (
	partShift  = 20
	partTime   = 0
	partSeq    = 1
	partDict   = 2       // + column
	partCodes  = 32      // + column
	partSigSet = 64      // signature of a narrow segment, whole
	partSig    = 1 << 12 // + chunk of the signature matrix
	partBlock  = 1 << 16 // + block
	partLarge  = 1 << 17 // + row of a large document
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
	colChanged  // names of changed properties: see changedValue
	colTargeted // whether there is a target: "1" or nothing
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

const (
	// maxChangedValue bounds what the names of changed properties take in the dictionary.
	maxChangedValue = 4 << 10
	// undecided stands for names that take more: the event itself has to be read. It is no
	// packed value.
	undecided = "\x80"
)

// changedValue packs the names of the changed properties, sorted, into one value.
func changedValue(e *aoc.Event) string {
	names := make([]string, 0, len(e.Changes))
	for i := range e.Changes {
		names = append(names, e.Changes[i].Property)
	}
	slices.Sort(names)
	var b []byte
	for _, s := range slices.Compact(names) {
		if s != "" {
			b = appendString(b, s)
		}
		if len(b) > maxChangedValue {
			return undecided
		}
	}
	return string(b)
}

// targetedValue tells whether an event has a target that can be named.
func targetedValue(e *aoc.Event) string {
	named := slices.ContainsFunc(e.TargetDisplays, func(s string) bool { return s != "" }) ||
		slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return t.Name != "" || t.UPN != "" || t.ID != "" })
	if named {
		return "1"
	}
	return ""
}

// eachName calls f with the values that are packed into one of a column, until f reports
// true; it gives what f gave last.
func (c column) eachName(value string, f func(name string) bool) bool {
	if c != colActor && c != colChanged {
		return value != "" && f(value)
	}
	for r := (&reader{s: value}); r.s != "" && !r.bad; {
		if name := r.string(); name != "" && f(name) {
			return true
		}
	}
	return false
}

// fieldColumn tells the column that decides a field; ok is false for a field without one.
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
	case aoc.FieldChanged:
		return colChanged, true
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
	case colChanged:
		return changedValue(e)
	case colTargeted:
		return targetedValue(e)
	}
	return ""
}

// A column is a dictionary of its distinct values and, for each row, the code of its
// value: its place in the dictionary. The two are parts of their own, since counting whole
// segments and finding that a value is not there take only the dictionary.

// dict is the distinct values of a column and how often each occurs.
type dict struct {
	values []string
	counts []uint16
}

// dictBuilder collects a column. Codes and counts fit 16 bits because a segment has at
// most maxSegmentEvents rows.
type dictBuilder struct {
	dict
	codes []uint16
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
		d.values, d.counts = append(d.values, value), append(d.counts, 0)
	}
	d.counts[code]++
	d.codes = append(d.codes, code)
}

// encode writes values with their counts.
func (d *dict) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(d.values)))
	for i, v := range d.values {
		b = binary.AppendUvarint(appendString(b, v), uint64(d.counts[i]))
	}
	return b
}

func decodeDict(text string) (*dict, error) {
	r := &reader{s: text}
	n := r.count()
	d := &dict{values: make([]string, n), counts: make([]uint16, n)}
	for i := range d.values {
		d.values[i] = r.string()
		d.counts[i] = uint16(r.uvarint())
	}
	if r.bad {
		return nil, errDocument
	}
	return d, nil
}

func (d *dict) size() int64 {
	n := int64(0)
	for _, v := range d.values {
		n += int64(len(v)) + 18
	}
	return n
}

// encodeCodes writes the codes of a dictionary of so many values: a byte each where they
// fit, else all low bytes, then all high bytes; they compress better apart.
func encodeCodes(codes []uint16, values int) []byte {
	b := make([]byte, 0, 2*len(codes))
	for _, c := range codes {
		b = append(b, byte(c))
	}
	if values > 256 {
		for _, c := range codes {
			b = append(b, byte(c>>8))
		}
	}
	return b
}

// decodeCodes reads the codes of so many rows.
func decodeCodes(text string, rows, values int) ([]uint16, error) {
	wide := values > 256
	if len(text) != rows && !wide || len(text) != 2*rows && wide {
		return nil, errDocument
	}
	codes := make([]uint16, rows)
	for i := range codes {
		codes[i] = uint16(text[i])
		if wide {
			codes[i] |= uint16(text[rows+i]) << 8
		}
		if int(codes[i]) >= values {
			return nil, errDocument
		}
	}
	return codes, nil
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
