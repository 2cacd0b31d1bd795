package original

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/store"
)

// Adopted is what [Check] looks into.
type Adopted interface {
	store.Log
	store.Finder
	store.Quarantine
}

// Check compares a store that has adopted documents with them: each must be an event with
// the same content, or whole in the quarantine with a reason, and there must be no other
// events. It gives everything that is not so.
func Check(ctx context.Context, s Adopted, documents []Document) []error {
	c := &checker{ctx: ctx, s: s, quarantined: map[string]string{}, keys: map[string]bool{}}
	if err := c.readQuarantine(); err != nil {
		return []error{err}
	}
	for i := range documents {
		d := &documents[i]
		if err := c.document(d); err != nil {
			c.errs = append(c.errs, fmt.Errorf("%s (id %q): %w", d.Case, d.ID, err))
		}
	}
	if err := c.nothingElse(); err != nil {
		c.errs = append(c.errs, err)
	}
	return c.errs
}

type checker struct {
	ctx         context.Context
	s           Adopted
	quarantined map[string]string // content to reason
	keys        map[string]bool   // of the events that documents have become
	errs        []error
}

func (c *checker) readQuarantine() error {
	for after := ""; ; {
		qs, err := c.s.ListQuarantine(c.ctx, after, 100)
		if err != nil || len(qs) == 0 {
			return err
		}
		for _, q := range qs {
			after = q.ID
			if q.Reason == "" || q.Origin != aoc.OriginAdopted || q.Transport == "" {
				return fmt.Errorf("quarantined without reason, origin or place: %+v", q)
			}
			c.quarantined[quarantineName(q.Raw)] = q.Reason
		}
	}
}

// quarantineName tells quarantined documents apart: by their _id.
func quarantineName(raw []byte) string {
	var doc struct {
		ID json.RawMessage `json:"_id"`
	}
	if json.Unmarshal(raw, &doc) == nil {
		return string(doc.ID)
	}
	if v, err := bson.Raw(raw).LookupErr("_id"); err == nil {
		return v.String()
	}
	return string(raw)
}

func (c *checker) document(d *Document) error {
	if d.Quarantined {
		return c.inQuarantine(d)
	}
	e, err := c.event(d)
	if err != nil {
		return err
	}
	c.keys[e.Key] = true
	if e.Origin != aoc.OriginAdopted {
		return fmt.Errorf("its origin is %s", e.Origin)
	}
	tags, comments := slices.Clone(d.Tags), []string{}
	slices.Sort(tags)
	for _, r := range e.Comments {
		comments = append(comments, r.Author+": "+r.Text)
	}
	if !slices.Equal(e.Tags, tags) && len(e.Tags)+len(tags) > 0 {
		return fmt.Errorf("its tags are %q; want %q", e.Tags, tags)
	}
	if !slices.Equal(comments, d.Comments) && len(comments)+len(d.Comments) > 0 {
		return fmt.Errorf("its comments are %q; want %q", comments, d.Comments)
	}
	return c.content(d, e)
}

// event finds the event that a document has become.
func (c *checker) event(d *Document) (aoc.Event, error) {
	found, err := c.s.FindByID(c.ctx, d.ID)
	if err != nil {
		return aoc.Event{}, err
	}
	for _, e := range found {
		if e.TenantID == d.Tenant {
			return e, nil
		}
	}
	return aoc.Event{}, fmt.Errorf("there is no such event of the tenant %s among %d", d.Tenant, len(found))
}

// content compares the record of an event with what it was made of.
func (c *checker) content(d *Document, e aoc.Event) error {
	if d.Rebuilt {
		var record struct {
			Mark struct{ Document json.RawMessage } `json:"rebuiltByAOC"`
		}
		if err := json.Unmarshal(e.Raw, &record); err != nil {
			return err
		}
		return sameDocument(d.Doc, record.Mark.Document)
	}
	raw := d.recordOf()
	if text, ok := raw.(string); ok {
		if text != string(e.Raw) {
			return fmt.Errorf("its record is %.200s; want %.200s", e.Raw, text)
		}
		return nil
	}
	return sameDocument(raw.(bson.D), e.Raw)
}

// recordOf gives the record that a document has: text, or a document.
func (d *Document) recordOf() any {
	var raw any
	for _, e := range d.Doc {
		if e.Key == "raw" {
			raw = e.Value
		}
	}
	switch raw := raw.(type) {
	case bson.Binary:
		return string(raw.Data)
	case nil:
		for _, e := range d.Doc {
			if e.Key == "raw_text" {
				return e.Value
			}
		}
	case bson.D:
		for _, e := range raw {
			if e.Key == "AuditData" {
				return e.Value
			}
		}
	}
	return raw
}

func (c *checker) inQuarantine(d *Document) error {
	id, err := bson.Marshal(bson.D{d.Doc[0]})
	if err != nil {
		return err
	}
	reason, ok := c.quarantined[extendedID(id)]
	if !ok {
		return errors.New("it is not in the quarantine")
	}
	if reason == "" {
		return errors.New("there is no reason")
	}
	qs, err := c.find(extendedID(id))
	if err != nil {
		return err
	}
	if !utf8.Valid(qs) || !json.Valid(qs) {
		whole, err := bson.Marshal(d.Doc)
		if err == nil && !bytes.Equal(whole, qs) {
			err = errors.New("it is not kept as it was")
		}
		return err
	}
	return sameDocument(d.Doc, qs)
}

func extendedID(doc bson.Raw) string {
	var out struct {
		ID json.RawMessage `json:"_id"`
	}
	text, err := bson.MarshalExtJSON(doc, true, false)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		panic(err)
	}
	return string(out.ID)
}

// find gives the quarantined bytes of a document.
func (c *checker) find(name string) ([]byte, error) {
	for after := ""; ; {
		qs, err := c.s.ListQuarantine(c.ctx, after, 100)
		if err != nil {
			return nil, err
		}
		if len(qs) == 0 {
			return nil, errors.New("it is not in the quarantine")
		}
		for _, q := range qs {
			if after = q.ID; quarantineName(q.Raw) == name {
				return q.Raw, nil
			}
		}
	}
}

// nothingElse looks for events that no document has become.
func (c *checker) nothingElse() error {
	for after := int64(0); ; {
		events, err := c.s.ReadLog(c.ctx, after, 100)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			if after = e.Seq; !c.keys[e.Key] {
				return fmt.Errorf("the event %s of %s comes from no document", e.ID, e.TenantID)
			}
		}
	}
}

// sameDocument compares a BSON document with JSON: the same keys in the same order, and
// values that say the same.
func sameDocument(want bson.D, got []byte) error {
	dec := json.NewDecoder(bytes.NewReader(got))
	dec.UseNumber()
	if err := sameValue(want, dec); err != nil {
		return fmt.Errorf("%w in %.300s", err, got)
	}
	return nil
}

func sameValue(want any, dec *json.Decoder) error {
	switch v := want.(type) {
	case bson.D:
		return sameObject(v, dec)
	case bson.A:
		return sameList(v, dec)
	case bson.DateTime, bson.Decimal128, bson.ObjectID, bson.Binary:
		return sameSpecial(v, dec)
	}
	t, err := dec.Token()
	if err != nil {
		return err
	}
	ok := false
	switch v := want.(type) {
	case nil:
		ok = t == nil
	case string:
		ok = t == v
	case bool:
		ok = t == v
	case int32:
		ok = t == json.Number(strconv.Itoa(int(v)))
	case int64:
		ok = t == json.Number(strconv.FormatInt(v, 10))
	case float64:
		n, isNumber := t.(json.Number)
		f, err := n.Float64()
		ok = isNumber && err == nil && f == v && strings.ContainsAny(string(n), ".e")
	}
	if !ok {
		return fmt.Errorf("%v instead of %v", t, want)
	}
	return nil
}

func sameObject(want bson.D, dec *json.Decoder) error {
	if err := expect(dec, json.Delim('{')); err != nil {
		return err
	}
	for _, e := range want {
		if err := expect(dec, e.Key); err != nil {
			return err
		}
		if err := sameValue(e.Value, dec); err != nil {
			return fmt.Errorf("%s: %w", e.Key, err)
		}
	}
	return expect(dec, json.Delim('}'))
}

func sameList(want bson.A, dec *json.Decoder) error {
	if err := expect(dec, json.Delim('[')); err != nil {
		return err
	}
	for i, v := range want {
		if err := sameValue(v, dec); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return expect(dec, json.Delim(']'))
}

// expect reads one token.
func expect(dec *json.Decoder, want json.Token) error {
	t, err := dec.Token()
	if err == nil && t != want {
		err = fmt.Errorf("%v instead of %v", t, want)
	}
	return err
}

// sameSpecial compares types that JSON does not have.
func sameSpecial(want any, dec *json.Decoder) error {
	var got any
	if err := dec.Decode(&got); err != nil {
		return err
	}
	ok := false
	switch v := want.(type) {
	case bson.DateTime:
		if at := v.Time().UTC(); at.Year() >= 0 && at.Year() <= 9999 {
			text, _ := got.(string)
			t, err := time.Parse(time.RFC3339Nano, text)
			ok = err == nil && t.Equal(at)
		} else {
			m, _ := got.(map[string]any)
			n, _ := m["$date"].(map[string]any)
			ok = n["$numberLong"] == strconv.FormatInt(int64(v), 10)
		}
	case bson.Decimal128:
		ok = got == json.Number(v.String())
	case bson.ObjectID:
		m, _ := got.(map[string]any)
		ok = m["$oid"] == v.Hex()
	case bson.Binary:
		m, _ := got.(map[string]any)
		_, ok = m["$binary"]
	}
	if !ok {
		return fmt.Errorf("%v instead of %v", got, want)
	}
	return nil
}
