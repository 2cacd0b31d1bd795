package mongo

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
)

// rolledFields are the fields that roll-ups tell the values of.
func rolledFields() []aoc.Field {
	return slices.DeleteFunc(termFields(), func(f aoc.Field) bool {
		return f == aoc.FieldID || f == aoc.FieldTarget || f == aoc.FieldChanged
	})
}

// rolled reports whether roll-ups can tell which events meet a condition.
func rolled(c cond) bool {
	switch c := c.(type) {
	case has:
		return c.array == marks || !slices.ContainsFunc(c.values, func(v string) bool { return !rolledTerm(v) })
	case allOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !rolled(p) })
	case anyOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !rolled(p) })
	case not:
		return rolled(c.of)
	}
	return true
}

// rolledTerm reports whether a term is about a field that roll-ups tell the values of.
func rolledTerm(term string) bool {
	i := strings.IndexAny(term, "=#!")
	return i > 0 && slices.Contains(rolledFields(), aoc.Field(term[:i]))
}

// timeless reports whether a condition does not depend on the time of an event.
func timeless(c cond) bool {
	switch c := c.(type) {
	case during:
		return false
	case allOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !timeless(p) })
	case anyOf:
		return !slices.ContainsFunc(c, func(p cond) bool { return !timeless(p) })
	case not:
		return timeless(c.of)
	}
	return true
}

// hourBlock is what is told of the events of an hour: what distinct ones among them are
// counted and filtered by, and the times of all.
type hourBlock struct {
	Rows []hourRow `bson:"rows"`
	// Unit divides all times, which makes them shorter: most sources tell seconds, or a
	// ten-millionth of them.
	Unit int64 `bson:"unit"` // ns
	// Times are, for each row, how many events there are, then the time of each since the
	// one before it, the first since the beginning of the hour; as variable-length numbers.
	Times []byte `bson:"times"`
}

// hourRow is what an event is counted and filtered by.
type hourRow struct {
	Tenant    text   `bson:"t,omitempty"`
	Source    text   `bson:"s,omitempty"`
	Service   text   `bson:"v,omitempty"`
	Workload  text   `bson:"w,omitempty"`
	Type      text   `bson:"y,omitempty"`
	Operation text   `bson:"o,omitempty"`
	Result    text   `bson:"r,omitempty"`
	Actor     actor  `bson:"a,omitempty"`
	ActorKind text   `bson:"k,omitempty"`
	ActorText text   `bson:"d,omitempty"`
	IP        text   `bson:"i,omitempty"`
	Origin    text   `bson:"g,omitempty"`
	Tags      []text `bson:"l,omitempty"`
	State     text   `bson:"e,omitempty"` // of the review
}

// rolledNames is the projection of the documents that are rolled up.
func rolledNames() bson.D {
	return append(countedFields(), bson.E{Key: "actor", Value: 1}, bson.E{Key: "review", Value: 1})
}

func newHourRow(d *eventDoc) hourRow {
	r := hourRow{
		Tenant: d.TenantID, Source: d.Source, Service: d.Service, Workload: d.Workload, Type: d.Type, Operation: d.Operation, Result: d.Result,
		Actor: actor{ID: d.Actor.ID, Name: d.Actor.Name, UPN: d.Actor.UPN}, ActorKind: d.ActorKind, ActorText: d.ActorText, IP: d.IP, Origin: d.Origin, Tags: d.Tags,
	}
	if d.Review != nil {
		r.State = d.Review.State
	}
	return r
}

// key tells rows apart.
func (r *hourRow) key() string {
	var b []byte
	for _, v := range append([]text{
		r.Tenant, r.Source, r.Service, r.Workload, r.Type, r.Operation, r.Result, r.Actor.ID, r.Actor.Name, r.Actor.UPN, r.ActorKind, r.ActorText, r.IP, r.Origin, r.State,
	}, r.Tags...) {
		b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
	return string(b)
}

// doc gives the row as a document that has the fields, terms and marks that are rolled up.
func (r *hourRow) doc() *eventDoc {
	d := &eventDoc{
		TenantID: r.Tenant, Source: r.Source, Service: r.Service, Workload: r.Workload, Type: r.Type, Operation: r.Operation, Result: r.Result,
		Actor: r.Actor, ActorKind: r.ActorKind, ActorText: r.ActorText, IP: r.IP, Origin: r.Origin, Tags: r.Tags,
	}
	if r.State != "" {
		d.Review = &reviewDoc{State: r.State}
	}
	e := d.event()
	t := termSet{has: map[string]struct{}{}}
	t.fields(&e, rolledFields())
	d.Terms, d.Marks = t.terms, marksOf(e.Tags, e.Review)
	return d
}

// newHourBlock rolls up the events of an hour that begins at start.
func newHourBlock(docs []*eventDoc, start int64) *hourBlock {
	b := &hourBlock{}
	places := map[string]int{}
	var times [][]int64
	for _, d := range docs {
		row := newHourRow(d)
		key := row.key()
		i, ok := places[key]
		if !ok {
			i = len(b.Rows)
			places[key] = i
			b.Rows, times = append(b.Rows, row), append(times, nil)
		}
		times[i] = append(times[i], d.At-start)
		b.Unit = divisor(b.Unit, d.At-start)
	}
	b.Unit = max(b.Unit, 1)
	for _, list := range times {
		slices.Sort(list)
		b.Times = binary.AppendUvarint(b.Times, uint64(len(list)))
		before := int64(0)
		for _, at := range list {
			b.Times = binary.AppendUvarint(b.Times, uint64((at-before)/b.Unit))
			before = at
		}
	}
	return b
}

// divisor gives the largest number that divides both.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (b *hourBlock) encode() ([]byte, error) {
	plain, err := bson.Marshal(b)
	return compress(plain), err
}

func decodeHourBlock(data []byte) (*hourBlock, error) {
	plain, err := decompress(data)
	if err != nil {
		return nil, err
	}
	b := &hourBlock{}
	return b, bson.Unmarshal(plain, b)
}

var errRollup = errors.New("a roll-up is damaged")

// each calls f with every row and the times of its events, in ns, ascending; they are good
// only during the call.
func (b *hourBlock) each(start int64, f func(d *eventDoc, times []int64)) error {
	left := b.Times
	next := func() int64 {
		n, width := binary.Uvarint(left)
		if width <= 0 {
			left = nil
			return -1
		}
		left = left[width:]
		return int64(n)
	}
	var times []int64
	for i := range b.Rows {
		times = times[:0]
		at := start
		for n := next(); n != 0; n-- {
			delta := next()
			if n < 0 || delta < 0 {
				return errRollup
			}
			at += delta * b.Unit
			times = append(times, at)
		}
		f(b.Rows[i].doc(), times)
	}
	return nil
}
