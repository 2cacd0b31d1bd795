package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// TenantID is the tenant of every record.
const TenantID = "33333333-4444-4555-8666-777777777777"

// Record is an audit record as it is imported.
type Record struct {
	// Name says what it tries, and in which kind of record.
	Name string
	JSON []byte
}

// many is how many targets and changed properties the longest records have.
const many = 10_000

// Records gives every payload in every field of every kind of record, and records that are
// large, wide or deep. Their times go back from end, minute by minute.
func Records(end time.Time) []Record {
	m := &maker{at: end}
	for _, p := range Payloads() {
		m.all(p)
	}
	m.large("a directory audit", 1<<20, m.directory)
	m.large("a SharePoint operation", 1<<18, m.sharePoint)
	m.add("many targets", m.wide(many, 1))
	m.add("many changes", m.wide(1, many))
	m.add("many parameters", m.cmdlet(Payload{"many parameters", `"x"`}, many))
	m.add("deep", m.deep(400))
	return m.records
}

// Lines gives the records as JSON Lines.
func Lines(records []Record) []byte {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(r.JSON)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

type maker struct {
	at      time.Time
	records []Record
}

// object is a JSON object in order; values are JSON.
type object []string

func (o object) with(name, value string) object { return append(o, name, value) }

func (o object) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(o); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(o[i] + ":" + o[i+1])
	}
	b.WriteByte('}')
	return b.String()
}

func (m *maker) add(name string, o object) {
	m.addRaw(name, o.with(`"aocMark"`, `"`+Mark+`"`).String())
}

func (m *maker) addRaw(name, record string) {
	raw := []byte(record)
	if !json.Valid(raw) {
		panic(fmt.Sprintf("%s is not JSON: %.300s", name, raw)) // a mistake in this package
	}
	m.records = append(m.records, Record{name, raw})
}

// all adds one record of each kind.
func (m *maker) all(p Payload) {
	m.add(p.Name+" in a directory audit", m.directory(p))
	m.add(p.Name+" in an Exchange cmdlet", m.cmdlet(p, 1))
	m.add(p.Name+" in a SharePoint operation", m.sharePoint(p))
	m.add(p.Name+" in a mailbox operation", m.mailbox(p))
}

// large adds records in which some fields are of so many bytes, until every field has had
// its turn: all at once would be more than one record may be.
func (m *maker) large(name string, bytes int, kind func(Payload) object) {
	const atOnce, place = 5, `"@large@"`
	fields := strings.Count(kind(Payload{Literal: place}).String(), place)
	for from := 0; from < fields; from += atOnce {
		parts := strings.Split(kind(Payload{Literal: place}).String(), place)
		var b strings.Builder
		b.WriteString(parts[0])
		for i, part := range parts[1:] {
			value := `"short"`
			if i >= from && i < from+atOnce {
				value = Large(bytes, i%2 == 0)
			}
			b.WriteString(value + part)
		}
		m.addRaw(fmt.Sprintf("%d bytes in fields %d to %d of %s", bytes, from, from+atOnce, name), b.String())
	}
}

// time gives the time of the next record.
func (m *maker) time(layout string) string {
	m.at = m.at.Add(-time.Minute)
	return `"` + m.at.Format(layout) + `"`
}

// id gives the payload as an id. Where it says nothing, a record would have no id at all.
func (m *maker) id(p Payload) string {
	if strings.HasPrefix(p.Literal, `"@`) { // stands for something else
		return fmt.Sprintf(`"large-%d"`, len(m.records))
	}
	return strings.TrimSuffix(p.Literal, `"`) + fmt.Sprintf(` %d"`, len(m.records))
}

const graphTime, unifiedTime = "2006-01-02T15:04:05.0000000Z", "2006-01-02T15:04:05"

// key gives the payload as the name of a property: one may stand for several.
func key(p Payload) string {
	if strings.HasPrefix(p.Literal, `"@`) || len(p.Literal) > 10_000 {
		return `"large"`
	}
	return p.Literal
}

func (m *maker) directory(p Payload) object {
	v := p.Literal
	target := object{`"id"`, v, `"displayName"`, v, `"type"`, v, `"userPrincipalName"`, v, `"modifiedProperties"`,
		"[" + object{`"displayName"`, v, `"oldValue"`, v, `"newValue"`, v}.String() + "," +
			object{`"displayName"`, `"DisplayName"`, `"oldValue"`, `"[\"old\"]"`, `"newValue"`, v}.String() + "]"}.String()
	user := object{`"id"`, v, `"displayName"`, v, `"userPrincipalName"`, v, `"ipAddress"`, v}.String()
	return object{`"id"`, m.id(p), `"category"`, v, `"correlationId"`, v, `"result"`, `"success"`, `"resultReason"`, v,
		`"activityDisplayName"`, v, `"activityDateTime"`, m.time(graphTime), `"loggedByService"`, v, `"operationType"`, v, `"tenantId"`, `"` + TenantID + `"`,
		`"initiatedBy"`, `{"user":` + user + `,"app":` + object{`"displayName"`, v, `"appId"`, v, `"servicePrincipalId"`, v}.String() + `}`,
		`"targetResources"`, "[" + target + "," + target + "]",
		`"additionalDetails"`, "[" + object{`"key"`, v, `"value"`, v}.String() + `,{"key":"User-Agent","value":` + v + "}]",
		`"extra"`, object{key(p), v}.String()}
}

// unified gives what the records of the Management Activity API have in common.
func (m *maker) unified(p Payload, recordType int, workload, operation string) object {
	v := p.Literal
	return object{`"CreationTime"`, m.time(unifiedTime), `"Id"`, m.id(p), `"Operation"`, operation, `"OrganizationId"`, `"` + TenantID + `"`,
		`"RecordType"`, fmt.Sprint(recordType), `"ResultStatus"`, v, `"UserKey"`, v, `"UserType"`, "0", `"Version"`, "1", `"Workload"`, `"` + workload + `"`,
		`"ClientIP"`, v, `"UserId"`, v, `"ObjectId"`, v, `"UserAgent"`, v, `"CorrelationId"`, v,
		`"AppAccessContext"`, object{`"CorrelationId"`, v, `"ClientAppName"`, v, key(p), v}.String()}
}

func (m *maker) cmdlet(p Payload, parameters int) object {
	v := p.Literal
	list := make([]string, parameters)
	for i := range list {
		name := v
		if parameters > 1 {
			name = fmt.Sprintf(`"Parameter%d"`, i)
		}
		list[i] = object{`"Name"`, name, `"Value"`, v}.String()
	}
	operation := v
	if len(v) <= 2 {
		operation = `"Set-Mailbox"`
	}
	return append(m.unified(p, 1, "Exchange", operation), `"OrganizationName"`, v, `"OriginatingServer"`, v, `"ExternalAccess"`, "false",
		`"Parameters"`, "["+strings.Join(list, ",")+"]",
		`"ModifiedProperties"`, "["+object{`"Name"`, v, `"OldValue"`, v, `"NewValue"`, v}.String()+"]")
}

func (m *maker) sharePoint(p Payload) object {
	v := p.Literal
	return append(m.unified(p, 6, "SharePoint", `"FileRenamed"`), `"SourceFileName"`, v, `"DestinationFileName"`, v, `"SiteUrl"`, v,
		`"SourceRelativeUrl"`, v, `"SourceFileExtension"`, v, `"TargetUserOrGroupName"`, v, `"EventData"`, v)
}

func (m *maker) mailbox(p Payload) object {
	v := p.Literal
	item := object{`"Id"`, v, `"Subject"`, v, `"InternetMessageId"`, v, `"ParentFolder"`, object{`"Path"`, v}.String()}.String()
	return append(m.unified(p, 3, "Exchange", `"HardDelete"`), `"MailboxOwnerUPN"`, v, `"ClientInfoString"`, v, `"ClientIPAddress"`, v,
		`"AffectedItems"`, "["+item+"]", `"Folder"`, object{`"Path"`, v}.String())
}

// wide is a directory audit with many targets, or with many changes of one.
func (m *maker) wide(targets, changes int) object {
	properties := make([]string, changes)
	for i := range properties {
		properties[i] = fmt.Sprintf(`{"displayName":"Property%d","oldValue":"\"<i>%d</i>\"","newValue":"\"%d\""}`, i, i, i+1)
	}
	list := make([]string, targets)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"%08x-0000-4000-8000-000000000000","displayName":"Target <b>%d</b>","type":"User","modifiedProperties":[%s]}`,
			i, i, strings.Join(properties, ","))
	}
	return object{`"id"`, fmt.Sprintf(`"wide-%d-%d"`, targets, changes), `"category"`, `"UserManagement"`, `"result"`, `"success"`,
		`"activityDisplayName"`, `"Update user"`, `"activityDateTime"`, m.time(graphTime), `"loggedByService"`, `"Core Directory"`, `"tenantId"`, `"` + TenantID + `"`,
		`"initiatedBy"`, `{"user":{"displayName":"Wide","userPrincipalName":"wide@contoso.example"}}`,
		`"targetResources"`, "[" + strings.Join(list, ",") + "]"}
}

// deep is a SharePoint record with a value that nests.
func (m *maker) deep(levels int) object {
	value := strings.Repeat(`{"a":[`, levels/2) + `"bottom <script>__pwned='deep'</script>"` + strings.Repeat(`]}`, levels/2)
	return append(m.sharePoint(Payload{"deep", `"deep"`}), `"Nested"`, value, `"__proto__"`, `{"polluted":true}`,
		`"constructor"`, `{"prototype":{"polluted":true}}`, `"toString"`, `"not a function"`, `"hasOwnProperty"`, `1`, `"length"`, `99999999`)
}
