package file

import (
	"bytes"
	"strings"
)

// signatures tell file types that are not read by their first bytes.
var signatures = []struct{ prefix, what, hint string }{
	{"%PDF-", "a PDF document", whatIsRead},
	{"\x89PNG", "an image", whatIsRead},
	{"\xFF\xD8\xFF", "an image", whatIsRead},
	{"GIF8", "an image", whatIsRead},
	{"BZh", "bzip2 data", "Unpack it first, or pack it with gzip or zip."},
	{"\xFD7zXZ", "xz data", "Unpack it first, or pack it with gzip or zip."},
	{"\x28\xB5\x2F\xFD", "Zstandard data", "Unpack it first, or pack it with gzip or zip."},
	{"7z\xBC\xAF", "a 7-Zip archive", "Unpack it first, or pack it with gzip or zip."},
	{"Rar!", "a RAR archive", "Unpack it first, or pack it with gzip or zip."},
	{"\xD0\xCF\x11\xE0", "an old Office document", "Export the records anew as CSV or JSON."},
	{"ElfFile\x00", "a Windows event log", "Windows events are not Microsoft 365 audit records."},
	{"SQLite format 3\x00", "a SQLite database", whatIsRead},
	{"PAR1", "a Parquet file", "Export the records as JSON Lines."},
	{"Obj\x01", "an Avro file, as Event Hubs Capture writes", "Export the records as JSON Lines."},
	{"{\\rtf", "an RTF document", whatIsRead},
}

// binary tells what a file is that is not text, and what to do; empty for text.
func binary(head []byte) (what, hint string) {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) {
			return s.what, s.hint
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "a tar archive", "Unpack it first, or pack it with zip."
	}
	if bytes.IndexByte(head[:min(len(head), 4096)], 0) >= 0 {
		return "a binary file", whatIsRead
	}
	return "", ""
}

// foreignTables tell well-known CSV exports without raw records by columns that
// together are theirs alone, in lower case.
var foreignTables = []struct {
	columns    []string
	what, hint string
}{
	{
		[]string{"timegenerated"}, "a Log Analytics table as CSV, which is flattened",
		"Export the raw records: AuditData of the unified audit log, or JSON of the diagnostic settings.",
	},
	{
		[]string{"timegenerated [utc]"}, "a Log Analytics table as CSV, which is flattened",
		"Export the raw records: AuditData of the unified audit log, or JSON of the diagnostic settings.",
	},
	{
		[]string{"date (utc)", "activity", "category"}, "a CSV export of the Entra portal's audit logs, which is flattened",
		"Choose JSON in the portal's download, or fetch directoryAudits from Microsoft Graph.",
	},
	{
		[]string{"date (utc)", "request id"}, "a CSV export of the Entra portal's sign-in logs, which is flattened",
		"Choose JSON in the portal's download, or fetch signIns from Microsoft Graph.",
	},
	{
		[]string{"initiated by (actor)"}, "a CSV export of Intune's audit logs, which is flattened",
		"Fetch auditEvents from Microsoft Graph (deviceManagement/auditEvents) as JSON.",
	},
	{
		[]string{"activitydatetime", "activitydisplayname"}, "directory audits as CSV, which are flattened",
		"Export them as JSON.",
	},
	{
		[]string{"createddatetime", "userprincipalname"}, "sign-ins as CSV, which are flattened",
		"Export them as JSON.",
	},
	{
		[]string{"creationtime", "operation", "workload"}, "unified audit records as CSV, which are flattened",
		"Export them with their AuditData column, or as JSON.",
	},
}

// foreignText tells what a text is that holds no raw records, and what to do; empty if unknown.
func foreignText(head []byte) (what, hint string) {
	if text := bytes.TrimSpace(head); len(text) > 0 && text[0] == '<' {
		return "XML or HTML", whatIsRead
	}
	for _, delimiter := range delimiters {
		columns, _ := headerColumns(head, delimiter)
		if len(columns) < 2 {
			continue
		}
		has := map[string]bool{}
		for _, c := range columns {
			has[strings.ToLower(c)] = true
		}
	tables:
		for _, t := range foreignTables {
			for _, c := range t.columns {
				if !has[c] {
					continue tables
				}
			}
			return t.what, t.hint
		}
		if len(columns) > 2 && sameWidth(head, delimiter, len(columns)) {
			return "CSV without an AuditData column", "Export it with the AuditData column, which holds the raw records."
		}
	}
	return "", ""
}
