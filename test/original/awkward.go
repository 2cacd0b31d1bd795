package original

import (
	"encoding/json"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Huge is the case of a document that is just below the largest that a MongoDB takes, 16 MiB.
const (
	Huge     = "a huge document"
	hugeText = 16<<20 - 8<<10
)

// awkward lists what databases have that a program does not expect. Each makes a plain
// document of the kind that its place gives it into such a one.
func awkward() []struct {
	name string
	make func(d *Document)
} {
	type cases = []struct {
		name string
		make func(d *Document)
	}
	at := Began.AddDate(0, 1, 0)
	quarantined := func(f func(d *Document)) func(d *Document) {
		return func(d *Document) {
			d.Quarantined = true
			f(d)
		}
	}
	rebuilt := func(f func(d *Document)) func(d *Document) {
		return func(d *Document) {
			d.Rebuilt, d.Tenant = true, TenantA
			d.unset("raw")
			f(d)
		}
	}
	directory := func(d *Document, id, tenant string) {
		replace(d, event(0, "directory", id, at, "Add member to role", directoryAudit(id, at)))
		d.set("tenant_id", tenant)
		d.set("dedupe_key", "directory:"+tenant+":"+id)
		d.Tenant = tenant
	}
	return cases{
		// Ids and tenants.
		{"an id of one tenant", func(d *Document) { directory(d, "same-id", TenantA) }},
		{"the same id in another tenant", func(d *Document) { directory(d, "same-id", TenantB) }},
		{"an id with blanks and slashes", func(d *Document) { directory(d, "Directory_0A1 B2/C_3", TenantA) }},
		{"the same record under two dedupe keys, first", func(d *Document) { directory(d, "twice", TenantA); d.set("dedupe_key", "directory:twice:1") }},
		{"the same record under two dedupe keys, second", func(d *Document) { directory(d, "twice", TenantA); d.set("dedupe_key", "directory:twice:2") }},
		{"an _id that is a text", func(d *Document) { d.set("_id", "made by hand") }},
		{"an _id that is a number", func(d *Document) { d.set("_id", int64(17)) }},
		{"an _id that is a document", func(d *Document) { d.set("_id", bson.D{{Key: "n", Value: int32(1)}}) }},

		// Records that are missing, or kept in another way.
		{"no record", rebuilt(func(d *Document) { replaceIn(d, "directory") })},
		{"a record of null", rebuilt(func(d *Document) { replaceIn(d, "intune"); d.Doc = append(d.Doc, bson.E{Key: "raw"}) })},
		{"an empty record", rebuilt(func(d *Document) { replaceIn(d, "unified"); d.set("raw", bson.D{}) })},
		{"no record of a sign-in", rebuilt(func(d *Document) { replaceIn(d, "signin") })},
		{"no record and an unknown source", rebuilt(func(d *Document) {
			replaceIn(d, "mail")
			d.set("actor", "Ada Lovelace")
			d.set("targets", bson.A{"Bob Ray"})
		})},
		{"a record as text", func(d *Document) { d.set("raw", extended(d.raw())) }},
		{"a record as bytes", func(d *Document) { d.set("raw", bson.Binary{Data: []byte(extended(d.raw()))}) }},
		{"a record in the text for searching", func(d *Document) { d.set("raw_text", extended(d.raw())); d.unset("raw") }},
		{"a record in its envelope", func(d *Document) {
			replace(d, event(0, "unified", "enveloped", at, "New-InboxRule", exchangeAdmin("enveloped", at, TenantB)))
			d.set("raw", bson.D{{Key: "Identity", Value: "enveloped"}, {Key: "RecordType", Value: "ExchangeAdmin"}, {Key: "AuditData", Value: extended(exchangeAdmin("enveloped", at, TenantB))}})
		}},
		{"too little of a record, but its id", func(d *Document) {
			replace(d, event(0, "directory", "little", at, "x", bson.D{{Key: "id", Value: "little"}, {Key: "activityDateTime", Value: at.Format(time.RFC3339)}}))
		}},

		// What cannot be taken.
		{"a record that nobody knows", quarantined(func(d *Document) { d.set("raw", bson.D{{Key: "temperature", Value: 21.5}}) })},
		{"a record that is a list", quarantined(func(d *Document) { d.set("raw", bson.A{d.raw()}) })},
		{"a record that is a number", quarantined(func(d *Document) { d.set("raw", int32(7)) })},
		{"text that was cut off", quarantined(func(d *Document) { d.set("raw", extended(d.raw())[:80]) })},
		{"too little of a record, and another id", quarantined(func(d *Document) { d.set("raw", bson.D{{Key: "id", Value: "another"}}) })},
		{"half a document", quarantined(func(d *Document) {
			d.Doc = bson.D{d.Doc[0], {Key: "dedupe_key", Value: "half"}, {Key: "timestamp", Value: bson.NewDateTimeFromTime(at)}}
		})},
		{"nothing but an _id", quarantined(func(d *Document) { d.Doc = d.Doc[:1] })},
		{"text that is not UTF-8", strange(quarantined(func(d *Document) { d.set("raw", append(d.raw(), bson.E{Key: "Broken", Value: "a\xffb"})) }))},

		// Times.
		{"a time as text with a zone", func(d *Document) { d.set("timestamp", "2026-03-02T10:00:00+02:00") }},
		{"a time as text without a zone", func(d *Document) { d.set("timestamp", "2026-03-02 08:00:00.123456") }},
		{"no time", func(d *Document) { d.unset("timestamp") }},
		{"a time that is none", func(d *Document) { d.set("timestamp", "gestern") }},
		{"a time of the year 1", func(d *Document) { d.set("timestamp", bson.DateTime(-62135596800000)) }},
		{"a time in the far future", func(d *Document) { d.set("timestamp", bson.DateTime(1<<53)) }},
		{"no record and a time that is none", rebuilt(func(d *Document) { replaceIn(d, "directory"); d.set("timestamp", "gestern") })},
		{"dates within the record", func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "When", Value: bson.NewDateTimeFromTime(at.Add(5 * time.Millisecond))}, bson.E{Key: "Never", Value: bson.DateTime(1 << 55)}))
		}},

		// What records hold.
		{"large numbers", func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "Big", Value: int64(9007199254740993)}, bson.E{Key: "One", Value: 1.0}, bson.E{Key: "Small", Value: 1e-9}))
		}},
		{"a decimal", strange(func(d *Document) {
			v, _ := bson.ParseDecimal128("12.50")
			d.set("raw", append(d.raw(), bson.E{Key: "Price", Value: v}))
		})},
		{"other types of MongoDB", func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "Ref", Value: objectID(at, 9)}, bson.E{Key: "Blob", Value: bson.Binary{Subtype: 4, Data: make([]byte, 16)}}))
		}},
		{"an _id within the record", strange(func(d *Document) { d.set("raw", append(d.raw(), bson.E{Key: "_id", Value: objectID(at, 9)})) })},
		{"keys with dots and dollars", strange(func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "odata.type", Value: "x"}, bson.E{Key: "$ref", Value: "y"}, bson.E{Key: "a", Value: bson.D{{Key: "b.c", Value: int32(1)}}}))
		})},
		{"lists in lists", strange(func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "Grid", Value: bson.A{bson.A{int32(1), bson.A{"x"}}, bson.A{}}}))
		})},
		{"other scripts", func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "Ünïcödé", Value: "Zoë Ångström 山田太郎 ИВАН 😀\u2028\u0001\"\\"}))
			d.set("display_summary", "Zoë Ångström 山田太郎")
		}},
		{Huge, func(d *Document) {
			d.set("raw", append(d.raw(), bson.E{Key: "Blob", Value: strings.Repeat("0123456789abcdef", hugeText/16)}))
		}},

		// What people added.
		{"tags and comments as texts", func(d *Document) {
			d.set("tags", bson.A{"Reviewed", "für später", "a, b"})
			d.set("comments", bson.A{"looks fine", "second look"})
			d.Tags, d.Comments = []string{"Reviewed", "a, b", "für später"}, []string{"adopted: looks fine", "adopted: second look"}
		}},
		{"tags and comments as documents", func(d *Document) {
			d.set("tags", bson.A{bson.D{{Key: "name", Value: "odd"}, {Key: "added_by", Value: "ada"}, {Key: "added_at", Value: bson.NewDateTimeFromTime(at)}}})
			d.set("comments", bson.A{
				bson.D{{Key: "text", Value: "why at night?"}, {Key: "author", Value: "ada"}, {Key: "created_at", Value: bson.NewDateTimeFromTime(at)}},
				bson.D{{Key: "comment", Value: "**agreed**"}, {Key: "user", Value: bson.D{{Key: "email", Value: "bob@contoso.example"}}}, {Key: "timestamp", Value: "2026-04-03T10:00:00.123456"}},
				bson.D{{Key: "author", Value: "nobody"}}, // says nothing
			})
			d.Tags, d.Comments = []string{"odd"}, []string{"ada: why at night?", "bob@contoso.example: **agreed**"}
		}},
		{"tags in one text", func(d *Document) { d.set("tags", "odd, reviewed,,"); d.Tags = []string{"odd", "reviewed"} }},
		{"tags and comments of a document without a record", rebuilt(func(d *Document) {
			replaceIn(d, "unified")
			d.set("tags", bson.A{"kept"})
			d.set("comments", "one remark")
			d.Tags, d.Comments = []string{"kept"}, []string{"adopted: one remark"}
		})},
		{"tags and comments in collections of their own", func(d *Document) {
			d.set("_id", SeparateID)
			d.set("dedupe_key", SeparateKey)
			d.Tags = []string{"by id", "by key", "listed"}
			d.Comments = []string{"ada: by the event's id in hex", "bob: by its dedupe key"}
		}},
		{"nothing in the fields for tags and comments", func(d *Document) {
			d.set("tags", bson.A{})
			d.Doc = append(d.Doc, bson.E{Key: "comments"})
		}},
	}
}

// strange marks what not every server keeps.
func strange(f func(d *Document)) func(d *Document) {
	return func(d *Document) {
		d.Strange = true
		f(d)
	}
}

// replace makes a document of another one, but for its _id.
func replace(d *Document, with Document) {
	id, name := d.Doc[0], d.Case
	*d = with
	d.Doc[0], d.Case = id, name
}

// replaceIn makes a document without a record one of a source.
func replaceIn(d *Document, source string) {
	d.set("source", source)
	d.set("dedupe_key", source+":"+d.ID)
}

// extended writes a record as the JSON that it was made of: it has texts and numbers only.
func extended(raw bson.D) string {
	text, err := bson.MarshalExtJSON(raw, false, false)
	if err != nil {
		panic(err)
	}
	if !json.Valid(text) {
		panic("not JSON")
	}
	return string(text)
}
