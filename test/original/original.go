// Package original makes a database as the original program left it: events with their
// records, tags and comments in all the ways its versions kept them, watermarks and rules,
// with the awkward cases that a database of some years has. Tests adopt it; it can be made
// by hand with go run ./test/original/fill.
package original

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The tenants whose records the database has.
const (
	TenantA = "11111111-2222-4333-8444-555555555555"
	TenantB = "99999999-8888-4777-8666-555555555555"
)

// Began is the time of the first event.
var Began = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a time is no constant

// Document is a document of the collection of events, and what must become of it.
type Document struct {
	// Case names what is awkward about it.
	Case string
	Doc  bson.D
	// Quarantined: it must be kept whole in the quarantine. Else it must be an event with
	// this ID, Tenant and tags, and comments, of which each is "author: text".
	Quarantined bool
	ID, Tenant  string
	Tags        []string
	Comments    []string
	// Rebuilt: it has no record, so that one is made of its fields.
	Rebuilt bool
	// Strange: it holds something that not every server which speaks the protocol keeps as it
	// is.
	Strange bool
}

// objectID makes the id that the original's driver made at a time, the nth of it.
func objectID(at time.Time, n int) bson.ObjectID {
	id := bson.NewObjectIDFromTimestamp(at)
	copy(id[4:], []byte{0xa0, 0xc0, 0, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)})
	return id
}

// plain makes the document of an ordinary event: a directory audit, an Intune audit, or a
// record of Exchange or SharePoint.
func plain(n int) Document {
	at := Began.Add(time.Duration(n) * 7 * time.Minute)
	id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", n)
	switch n % 4 {
	case 0:
		return event(n, "directory", id, at, "Add member to role", directoryAudit(id, at))
	case 1:
		return event(n, "intune", id, at, "Patch DeviceConfiguration", intuneAudit(id, at))
	case 2:
		return event(n, "unified", id, at, "New-InboxRule", exchangeAdmin(id, at, TenantA))
	}
	return event(n, "unified", id, at, "FileDownloaded", sharePoint(id, at, TenantB))
}

// event makes a document with all the fields that the original's API told of.
func event(n int, source, id string, at time.Time, operation string, raw bson.D) Document {
	tenant := TenantA
	for _, e := range raw {
		if e.Key == "OrganizationId" {
			tenant = e.Value.(string)
		}
	}
	d := Document{Case: "plain", ID: id, Tenant: tenant}
	d.Doc = bson.D{
		{Key: "_id", Value: objectID(at.Add(time.Minute), n)},
		{Key: "id", Value: id},
		{Key: "source", Value: source},
		{Key: "timestamp", Value: bson.NewDateTimeFromTime(at)},
		{Key: "service", Value: "Service of " + source},
		{Key: "operation", Value: operation},
		{Key: "result", Value: "success"},
		{Key: "actor", Value: bson.D{{Key: "id", Value: "a-1"}, {Key: "display_name", Value: "Ada Lovelace"}, {Key: "upn", Value: "ada@contoso.example"}}},
		{Key: "actor_display", Value: "Ada Lovelace"},
		{Key: "targets", Value: bson.A{bson.D{{Key: "id", Value: "t-1"}, {Key: "display_name", Value: "Bob Ray"}, {Key: "type", Value: "User"}}}},
		{Key: "target_displays", Value: bson.A{"Bob Ray"}},
		{Key: "display_summary", Value: "Ada Lovelace: " + operation},
		{Key: "dedupe_key", Value: source + ":" + id},
		{Key: "raw", Value: raw},
		{Key: "raw_text", Value: "ada lovelace " + strings.ToLower(operation)},
	}
	return d
}

func directoryAudit(id string, at time.Time) bson.D {
	return bson.D{
		{Key: "id", Value: id}, {Key: "category", Value: "RoleManagement"}, {Key: "correlationId", Value: "c-" + id}, {Key: "result", Value: "success"},
		{Key: "activityDisplayName", Value: "Add member to role"}, {Key: "activityDateTime", Value: at.Format("2006-01-02T15:04:05.0000000Z")},
		{Key: "loggedByService", Value: "Core Directory"}, {Key: "operationType", Value: "Assign"},
		{Key: "initiatedBy", Value: bson.D{{Key: "app", Value: nil}, {Key: "user", Value: bson.D{
			{Key: "id", Value: "a-1"}, {Key: "displayName", Value: "Ada Lovelace"}, {Key: "userPrincipalName", Value: "ada@contoso.example"},
		}}}},
		{Key: "targetResources", Value: bson.A{bson.D{
			{Key: "id", Value: "t-1"}, {Key: "displayName", Value: "Bob Ray"}, {Key: "type", Value: "User"}, {Key: "userPrincipalName", Value: "bob@contoso.example"},
			{Key: "modifiedProperties", Value: bson.A{bson.D{{Key: "displayName", Value: "Role.DisplayName"}, {Key: "oldValue", Value: nil}, {Key: "newValue", Value: `"Global Administrator"`}}}},
		}}},
		{Key: "additionalDetails", Value: bson.A{}},
	}
}

func intuneAudit(id string, at time.Time) bson.D {
	return bson.D{
		{Key: "id", Value: id}, {Key: "displayName", Value: "Patch DeviceConfiguration"}, {Key: "componentName", Value: "DeviceConfiguration"},
		{Key: "activityDateTime", Value: at.Format("2006-01-02T15:04:05Z")}, {Key: "activityType", Value: "Patch DeviceConfiguration"},
		{Key: "activityOperationType", Value: "Patch"}, {Key: "activityResult", Value: "Success"}, {Key: "category", Value: "Device"},
		{Key: "actor", Value: bson.D{{Key: "userPrincipalName", Value: "ada@contoso.example"}, {Key: "userId", Value: "a-1"}}},
		{Key: "resources", Value: bson.A{bson.D{{Key: "displayName", Value: "Kiosk"}, {Key: "resourceId", Value: "r-1"}, {Key: "modifiedProperties", Value: bson.A{}}}}},
	}
}

func exchangeAdmin(id string, at time.Time, tenant string) bson.D {
	return bson.D{
		{Key: "CreationTime", Value: at.Format("2006-01-02T15:04:05")}, {Key: "Id", Value: id}, {Key: "Operation", Value: "New-InboxRule"},
		{Key: "OrganizationId", Value: tenant}, {Key: "RecordType", Value: int32(1)}, {Key: "ResultStatus", Value: "True"}, {Key: "UserKey", Value: "k"},
		{Key: "UserType", Value: int32(2)}, {Key: "Version", Value: int32(1)}, {Key: "Workload", Value: "Exchange"}, {Key: "ObjectId", Value: `ada\Forward`},
		{Key: "UserId", Value: "ada@contoso.example"},
		{Key: "Parameters", Value: bson.A{bson.D{{Key: "Name", Value: "ForwardTo"}, {Key: "Value", Value: "ada@elsewhere.example"}}}},
	}
}

func sharePoint(id string, at time.Time, tenant string) bson.D {
	return bson.D{
		{Key: "CreationTime", Value: at.Format("2006-01-02T15:04:05")}, {Key: "Id", Value: id}, {Key: "Operation", Value: "FileDownloaded"},
		{Key: "OrganizationId", Value: tenant}, {Key: "RecordType", Value: int32(6)}, {Key: "UserKey", Value: "k"}, {Key: "UserType", Value: int32(0)},
		{Key: "Workload", Value: "SharePoint"}, {Key: "UserId", Value: "bob@contoso.example"}, {Key: "ObjectId", Value: "https://x.example/Budget – März.xlsx"},
		{Key: "SourceFileName", Value: "Budget – März.xlsx"},
	}
}

// set gives a document another value in a field, or the field; nil takes it away.
func (d *Document) set(field string, value any) {
	for i := range d.Doc {
		if d.Doc[i].Key == field {
			if value == nil {
				d.Doc = append(d.Doc[:i:i], d.Doc[i+1:]...)
			} else {
				d.Doc[i].Value = value
			}
			return
		}
	}
	if value != nil {
		d.Doc = append(d.Doc, bson.E{Key: field, Value: value})
	}
}

// unset takes fields away.
func (d *Document) unset(fields ...string) {
	for _, f := range fields {
		d.set(f, nil)
	}
}

// raw gives the record.
func (d *Document) raw() bson.D {
	for _, e := range d.Doc {
		if e.Key == "raw" {
			return e.Value.(bson.D)
		}
	}
	return nil
}

// Documents makes the collection of events: so many plain ones, and the awkward ones.
func Documents(plainOnes int) []Document {
	var all []Document
	for n := range plainOnes {
		all = append(all, plain(n))
	}
	for i, c := range awkward() {
		d := plain(plainOnes + i)
		d.Case = c.name
		c.make(&d)
		all = append(all, d)
	}
	return all
}

// Modest makes them without the one that is nearly as large as a document can be, which
// takes some seconds wherever it is read.
func Modest(plainOnes int) []Document {
	return slices.DeleteFunc(Documents(plainOnes), func(d Document) bool { return d.Case == Huge })
}
