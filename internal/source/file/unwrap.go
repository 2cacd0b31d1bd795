package file

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"aoc"
	"aoc/internal/rawjson"
)

// finding is one record, or what is one record's worth of trouble.
type finding struct {
	raw     []byte
	kind    aoc.RecordKind
	tenant  string // from the envelope, in lower case; empty if it does not say
	problem string
	shape   shape
}

// shape is what a record was wrapped in.
type shape int

const (
	shapePlain      shape = iota
	shapeSearch           // an object of Search-UnifiedAuditLog, with AuditData as a string
	shapeQuery            // an object of a Graph audit query, with auditData as an object
	shapeDiagnostic       // an Azure Monitor diagnostic envelope
)

// maxNesting bounds envelopes in envelopes.
const maxNesting = 4

// examine finds the records in one valid JSON value: the value itself, what its envelope
// holds, or all records of a page. raw is not used again by the caller. It reports false
// when emit does.
func examine(raw []byte, nesting int, emit func(finding) bool) bool {
	if nesting > maxNesting {
		return emit(finding{raw: raw, problem: "envelopes are nested too deep"})
	}
	value := gjson.ParseBytes(raw)
	switch {
	case value.Type == gjson.String:
		text := strings.TrimSpace(value.Str)
		if inner := []byte(text); strings.HasPrefix(text, "{") && rawjson.Valid(inner) {
			return examine(inner, nesting+1, emit)
		}
		return emit(finding{raw: raw, problem: "is a JSON string, not a record"})
	case !value.IsObject():
		return emit(finding{raw: raw, problem: "is JSON, but not an object, so it is no audit record"})
	}

	o := look(raw)
	kind := kindOf(o.keys)
	switch {
	case kind == aoc.KindUnified: // its own AuditData or properties would be just fields
	case o.keys.all(auditDataKey):
		return wrappedAuditData(raw, o, emit)
	case o.properties.Exists() && o.keys.all(category) && kind == "":
		return diagnostic(raw, o, emit)
	case kind == "" && len(o.pages) > 0:
		return pages(o, nesting, emit)
	}
	f := finding{raw: raw, kind: kind}
	if kind == "" {
		f.problem = foreignRecord(raw)
	}
	return emit(f)
}

// pages examines every record of a page that is itself one value.
func pages(o object, nesting int, emit func(finding) bool) bool {
	ok := true
	for _, page := range o.pages {
		page.ForEach(func(_, element gjson.Result) bool {
			ok = examine([]byte(element.Raw), nesting+1, emit)
			return ok
		})
		if !ok {
			break
		}
	}
	return ok
}

// wrappedAuditData takes the record out of an object of Search-UnifiedAuditLog, where
// AuditData is a string, or of a Graph audit query, where it is an object.
func wrappedAuditData(raw []byte, o object, emit func(finding) bool) bool {
	switch data := o.auditData; {
	case data.IsObject():
		return auditData([]byte(data.Raw), shapeQuery, emit)
	case data.Type == gjson.String && strings.TrimSpace(data.Str) != "":
		inner := []byte(strings.TrimSpace(data.Str))
		if !rawjson.Valid(inner) {
			return emit(finding{raw: raw, problem: badAuditData(inner, "of this record")})
		}
		return auditData(inner, shapeSearch, emit)
	}
	return emit(finding{raw: raw, problem: "has an empty AuditData, so there is no record in it"})
}

// auditData emits the record that an AuditData field holds. That it lies there is
// evidence, so it needs less of its own.
func auditData(data []byte, s shape, emit func(finding) bool) bool {
	f := finding{raw: data, shape: s, kind: aoc.KindUnified}
	if data[0] != '{' || look(data).keys.count(creationTime|recordType|operation|workload|userID|organizationID) < 2 {
		f.kind, f.problem = "", "has an AuditData that is no unified audit record"
	}
	return emit(f)
}

// diagnostic takes the record out of an Azure Monitor diagnostic envelope. An Intune
// event is kept in its envelope, which has half of what there is to know.
func diagnostic(raw []byte, o object, emit func(finding) bool) bool {
	f := finding{raw: raw, tenant: envelopeTenant(o), shape: shapeDiagnostic}
	inner := []byte(o.properties.Raw)
	if o.properties.Type == gjson.String { // as some forwarders write it
		inner = []byte(strings.TrimSpace(o.properties.Str))
	}
	if len(inner) == 0 || inner[0] != '{' || !rawjson.Valid(inner) {
		f.problem = foreignRecord(raw)
		return emit(f)
	}
	keys := look(inner).keys
	switch kind := kindOf(keys); {
	case isIntuneProperties(keys):
		f.kind = aoc.KindIntuneDiagnostic
	case kind != "":
		f.kind, f.raw = kind, inner
	default:
		f.problem = foreignRecord(raw)
	}
	return emit(f)
}

var guid = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// envelopeTenant gives the tenant that an envelope names, from tenantId or the beginning
// of resourceId ("/tenants/<id>/providers/Microsoft.aadiam"), empty if neither does.
func envelopeTenant(o object) string {
	if guid.FindString(o.tenantID) == o.tenantID && o.tenantID != "" {
		return strings.ToLower(o.tenantID)
	}
	id := strings.ToLower(o.resourceID)
	if rest, ok := strings.CutPrefix(id, "/tenants/"); ok {
		id, _, _ = strings.Cut(rest, "/")
	}
	if id != "" && guid.FindString(id) == id {
		return id
	}
	return ""
}

// Recognise finds the records in one JSON value, as it would in a file. None, when any
// of it is no record that is known.
func Recognise(raw []byte) []aoc.Record {
	if !rawjson.Valid(raw) {
		return nil
	}
	var found []aoc.Record
	whole := examine(slices.Clone(raw), 0, func(f finding) bool {
		if f.problem == "" {
			found = append(found, aoc.Record{Kind: f.kind, TenantID: f.tenant, Raw: f.raw})
		}
		return f.problem == ""
	})
	if !whole {
		return nil
	}
	return found
}
