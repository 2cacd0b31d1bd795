package adopt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/rawjson"
)

// adopted is what becomes of one document: events, or a quarantined record.
type adopted struct {
	doc      bson.Raw
	events   []aoc.Event
	rebuilt  bool
	refused  *aoc.Quarantined // nil: there are events
	tags     []remark
	comments []remark
}

// deriver makes events of documents.
type deriver struct {
	clock     aoc.Clock
	tenant    string // of documents and records that name none
	recognise func(raw []byte) []aoc.Record
	from      string // name of the original's database, for the quarantine
}

// errNoTenant ends the work: only the operator knows the tenant.
func errNoTenant(doc bson.Raw) error {
	e := aoc.Errorf(aoc.CodeInvalid, "adopt.derive", "the document with the _id %s does not say which tenant it belongs to", idText(doc))
	e.Hint = "Name the tenant with --tenant (its Directory ID), or set TENANT_ID, and run the same again: it goes on where it was."
	return e
}

// derive tells what becomes of a document.
func (d *deriver) derive(doc bson.Raw) (adopted, error) {
	f := fields{doc}
	a := adopted{doc: doc, tags: f.tags(), comments: f.comments()}
	received := d.received(f)
	records, reason := d.records(f)
	if reason == "" && len(records) == 0 {
		var rebuilt aoc.Record
		if rebuilt, reason = rebuild(f); reason == "" {
			records, a.rebuilt = append(records, rebuilt), true
		}
	}
	for _, r := range records {
		r.Origin, r.ReceivedAt = aoc.OriginAdopted, received
		if r.TenantID == "" {
			r.TenantID = d.tenantOf(f)
		}
		e, err := normaliseRecord(r)
		if err != nil {
			reason = aoc.MessageOf(err)
			break
		}
		if e.TenantID == "" {
			return a, errNoTenant(doc)
		}
		a.events = append(a.events, e)
	}
	if reason != "" {
		a.events, a.rebuilt = nil, false
		a.refused = d.quarantine(eventDocuments, doc, received, reason)
	}
	return a, nil
}

// normaliseRecord is [normalise.Normalise] for records that nobody has seen before: one that
// makes it panic is one that cannot be decoded.
func normaliseRecord(r aoc.Record) (e aoc.Event, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = aoc.Wrap(fmt.Errorf("panic: %v", v), aoc.CodeInternal, "adopt.normalise", "the record could not be normalised")
		}
	}()
	return normalise.Normalise(r, nil)
}

// records gives the records that a document has; none if it has no record at all. The
// reason says why a record that is there cannot be taken.
func (d *deriver) records(f fields) (records []aoc.Record, reason string) {
	raw, problem := rawOf(f)
	if raw == nil || problem != "" {
		return nil, problem
	}
	if found := d.recognise(raw); len(found) > 0 {
		return found, ""
	}
	// Too little of it is left to recognise it by, but the document says what it is: that
	// counts when both agree on who it is.
	kind, id := kindOf(f), f.text("id", "event_id", "source_id")
	if kind != "" && id != "" {
		r := aoc.Record{Kind: kind, TenantID: d.tenantOf(f), Raw: raw}
		if e, err := normaliseRecord(r); err == nil && e.ID == id {
			return []aoc.Record{r}, ""
		}
	}
	return nil, "raw: not an audit record that is known"
}

// rawOf gives the record of a document as JSON; nil if it has none. The reason says why it
// cannot be given.
func rawOf(f fields) (raw []byte, reason string) {
	v, ok := f.get(rawFields...)
	switch {
	case !ok:
	case v.Type == bson.TypeEmbeddedDocument:
		if len(v.Document()) <= len(emptyDocument) {
			break // {} says as much as nothing
		}
		raw, err := recordJSON(v.Document())
		if err != nil {
			return nil, "raw: " + err.Error()
		}
		return raw, ""
	case v.Type == bson.TypeString || v.Type == bson.TypeBinary:
		text := rawText(v)
		if len(text) == 0 {
			break
		}
		if !rawjson.Valid(text) {
			return nil, "raw: a text that is not JSON"
		}
		return text, ""
	default:
		return nil, fmt.Sprintf("raw: of the type %s, not a record", v.Type)
	}
	// The text that was kept for searching may be the record itself.
	if text := []byte(f.text("raw_text", "rawText")); bytes.HasPrefix(text, []byte("{")) && rawjson.Valid(text) && len(text) > len("{}") {
		return text, ""
	}
	return nil, ""
}

var emptyDocument = []byte{5, 0, 0, 0, 0} //nolint:gochecknoglobals // as BSON writes {}

// rawText gives a record that is kept as text or bytes.
func rawText(v bson.RawValue) []byte {
	if _, data, ok := v.BinaryOK(); ok {
		return bytes.TrimSpace(data)
	}
	return bytes.TrimSpace([]byte(v.StringValue()))
}

// kindOf tells the kind of record that the document says it is.
func kindOf(f fields) aoc.RecordKind {
	switch strings.ToLower(f.text("source", "event_source")) {
	case "directory", "directory_audit", "directoryaudit", "entra", "azuread":
		return aoc.KindDirectoryAudit
	case "intune", "intune_audit", "intuneaudit":
		return aoc.KindIntuneAudit
	case "unified", "office365", "o365", "management", "management_activity":
		return aoc.KindUnified
	case "signin", "signins", "sign_in", "sign-in":
		return aoc.KindSignIn
	}
	return ""
}

var guid = regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`) //nolint:gochecknoglobals // compiled once

// tenantOf gives the tenant that a document names, or else the one that it must be of.
func (d *deriver) tenantOf(f fields) string {
	for _, name := range tenantNames {
		if id := f.text(name); guid.MatchString(id) {
			return strings.ToLower(id)
		}
	}
	return strings.ToLower(d.tenant)
}

// received tells when the original received a document: as it says, or when its id was made.
func (d *deriver) received(f fields) time.Time {
	now := d.clock.Now().UTC()
	believable := func(t time.Time) bool { return plausible(t) && t.Before(now.Add(48*time.Hour)) }
	for _, name := range []string{"received_at", "ingested_at", "fetched_at", "stored_at", "inserted_at", "created_at", "createdAt"} {
		if t := f.time(name); believable(t) {
			return t
		}
	}
	if v, ok := f.get("_id"); ok && v.Type == bson.TypeObjectID {
		if t := v.ObjectID().Timestamp().UTC(); believable(t) {
			return t
		}
	}
	return now.Round(0)
}

// eventDocuments stands for the collections of events where a document's place is told: they
// come from one into the other.
const eventDocuments = ""

// place says where a document is, for the quarantine.
func (d *deriver) place(collection string, doc bson.Raw) string {
	if collection == eventDocuments {
		return d.from + "/" + idText(doc)
	}
	return d.from + "/" + collection + "/" + idText(doc)
}

// quarantine keeps a document whole: as JSON, or as BSON where that cannot be.
func (d *deriver) quarantine(collection string, doc bson.Raw, received time.Time, reason string) *aoc.Quarantined {
	raw, err := recordJSON(doc)
	if err != nil {
		raw, reason = bytes.Clone(doc), fmt.Sprintf("%s (kept as BSON: %s)", reason, err)
	}
	q := &aoc.Quarantined{
		TenantID: d.tenantOf(fields{doc}), Origin: aoc.OriginAdopted, Transport: d.place(collection, doc),
		Reason: reason, Raw: raw, ReceivedAt: received,
	}
	h := sha256.New()
	for _, part := range []string{string(q.Kind), q.TenantID} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(raw)
	q.ID = hex.EncodeToString(h.Sum(nil))
	return q
}

// idText writes the _id of a document.
func idText(doc bson.Raw) string {
	v, err := doc.LookupErr("_id")
	if err != nil {
		return ""
	}
	if s := textOf(v); s != "" {
		return s
	}
	b, err := appendValue(nil, v)
	if err != nil {
		return v.Type.String()
	}
	return string(b)
}
