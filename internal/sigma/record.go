package sigma

import (
	"net/netip"
	"strings"
	"time"

	"aoc/internal/rawjson"
)

// Slot stands for a field of records. Slots are small numbers from 0 on: what is known of a
// record is kept in a table over them.
type Slot int

// MaxSlot is the highest number that a slot may have.
const MaxSlot = 1<<16 - 1

// Schema knows which fields records have.
type Schema interface {
	// Field gives the slot that stands for a rule's field name, from 0 to [MaxSlot]. An error
	// says why there is none; its message is told with the name.
	Field(name string) (Slot, error)
}

// Kind is the type of a value of a record.
type Kind uint8

// The types of values.
const (
	String Kind = iota
	Number
	Bool
	NullValue
)

// Value is one value of a field of a record.
type Value struct {
	Kind Kind
	// Text is the value as text: of a number its decimal form, of a bool "true" or "false".
	Text string
}

// Record is what rules are matched against. It is read by one goroutine at a time.
type Record interface {
	// Values appends the values of a field to dst; several when the record has a list there.
	Values(s Slot, dst []Value) []Value
	// Exists reports whether the field is there, whatever its value.
	Exists(s Slot) bool
	// Texts gives every text of the record, until yield returns false.
	Texts(yield func(string) bool)
}

// reading is what has been read of one record. Each field is read once, each text folded
// once. It is used again for the next record.
type reading struct {
	record  Record
	turn    uint64
	fields  []fieldReading // by slot
	texts   []cell
	textsAt uint64
	scratch []Value
}

// fieldReading is what is known of one field.
type fieldReading struct {
	turn  uint64 // of the record it is about
	cells []cell // the values that are not null
}

// cell is a value, or one of two ways to write a number.
type cell struct {
	text   string
	folded string
}

// begin turns to the next record.
func (r *reading) begin(record Record) {
	r.record = record
	r.turn++
}

// end lets go of the record.
func (r *reading) end() { r.record = nil }

// field reads a field.
func (r *reading) field(s Slot) []cell {
	if int(s) >= len(r.fields) {
		r.fields = append(r.fields, make([]fieldReading, int(s)+1-len(r.fields))...)
	}
	f := &r.fields[s]
	if f.turn == r.turn {
		return f.cells
	}
	f.turn = r.turn
	f.cells = f.cells[:0]
	r.scratch = r.record.Values(s, r.scratch[:0])
	for _, v := range r.scratch {
		if v.Kind == NullValue {
			continue
		}
		folded := rawjson.Fold(v.Text)
		f.cells = append(f.cells, cell{text: v.Text, folded: folded})
		if v.Kind == Number {
			if short := shortNumber(v.Text); short != "" && short != folded {
				f.cells = append(f.cells, cell{text: v.Text, folded: short})
			}
		}
	}
	return f.cells
}

// allTexts reads all texts of the record.
func (r *reading) allTexts() []cell {
	if r.textsAt != r.turn {
		r.textsAt = r.turn
		r.texts = r.texts[:0]
		r.record.Texts(func(text string) bool {
			r.texts = append(r.texts, cell{text: text, folded: rawjson.Fold(text)})
			return true
		})
	}
	return r.texts
}

// TimePart is the number that a time modifier takes out of a time.
type TimePart uint8

// The parts of a time; WholeValue is that of a rule without a time modifier.
const (
	WholeValue TimePart = iota
	Minute
	Hour
	Day
	Week
	Month
	Year
)

// timeLayouts are how times in records are written: ISO 8601, with or without zone.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04",
}

// of gives the part of a time as it is written, in its own zone. A date alone has neither
// hour nor minute. Week is that of ISO 8601.
func (p TimePart) of(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if len(text) < len(time.DateOnly) || text[4] != '-' {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, text)
	dateOnly := err == nil
	for _, layout := range timeLayouts {
		if err == nil {
			break
		}
		t, err = time.Parse(layout, text)
	}
	if err != nil || dateOnly && (p == Minute || p == Hour) {
		return 0, false
	}
	switch p {
	case Minute:
		return float64(t.Minute()), true
	case Hour:
		return float64(t.Hour()), true
	case Day:
		return float64(t.Day()), true
	case Week:
		_, week := t.ISOWeek()
		return float64(week), true
	case Month:
		return float64(t.Month()), true
	}
	return float64(t.Year()), true
}

// parseNetwork reads a network, or an address as the network of itself.
func parseNetwork(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	if p, err := netip.ParsePrefix(s); err == nil {
		return unmapped(p), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// unmapped gives a network of IPv4 addresses that are written as IPv6 as one of IPv4, and
// drops the bits behind the prefix.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

// parseAddress reads an address, with or without a port.
func parseAddress(s string) (netip.Addr, bool) {
	if len(s) < 2 || len(s) > 64 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		ap, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		a = ap.Addr()
	}
	return a.Unmap().WithZone(""), true
}
