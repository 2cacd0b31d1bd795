package file_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/source/file"
)

// row is a CSV row as encoding/csv writes it.
func row(delimiter rune, cells ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = delimiter
	_ = w.Write(cells) // to memory
	w.Flush()
	return b.String()
}

// powershellRow is a CSV row as Export-Csv writes it: every cell in quotes, CRLF.
func powershellRow(cells ...string) string {
	for i, c := range cells {
		cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
	}
	return strings.Join(cells, ",") + "\r\n"
}

func utf16Text(s string, big, mark bool) string {
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // to memory
	_ = w.Close()
	return b.String()
}

// quoted is s as a JSON string.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}

// indented is a record pretty-printed.
func indented(s string) string {
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(s), "", "  ") // the fixtures are valid
	return b.String()
}

// got is what matters of a record.
type got struct {
	Kind      aoc.RecordKind
	Raw       string
	Problem   string // its beginning is compared
	Transport string
	Tenant    string
}

func is(k aoc.RecordKind, raw, transport string) got {
	return got{Kind: k, Raw: raw, Transport: transport}
}

func TestFormats(t *testing.T) {
	uni, dir, sig, itn, rsk := aoc.KindUnified, aoc.KindDirectoryAudit, aoc.KindSignIn, aoc.KindIntuneAudit, aoc.KindRiskDetection
	const entraTenant = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	purviewHeader := "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n"
	suite := `{"RecordType":"ExchangeAdmin","CreationDate":"2026-03-04","UserIds":"ada@contoso.example","Operations":"Set-Mailbox","AuditData":` + quoted(unifiedRecord) + `,"ResultIndex":1,"Identity":"x"}`

	tests := []struct {
		name, text, format string
		want               []got
	}{
		// Unified Audit Log CSV.
		{
			name: "Purview export", format: "Unified Audit Log CSV (Purview export)",
			text: purviewHeader + row(',', "r-1", "2026-03-04", "1", "Set-Mailbox", "ada", unifiedRecord, "", "") + row(',', "r-2", "d", "1", "o", "u", unifiedRecord, "", ""),
			want: []got{is(uni, unifiedRecord, "-:2"), is(uni, unifiedRecord, "-:3")},
		},
		{
			name: "byte order mark", format: "Unified Audit Log CSV (Purview export)",
			text: "\xEF\xBB\xBF" + purviewHeader + row(',', "r-1", "d", "1", "o", "u", unifiedRecord, "", ""),
			want: []got{is(uni, unifiedRecord, "-:2")},
		},
		{
			name: "Search-UnifiedAuditLog with #TYPE", format: "Unified Audit Log CSV (Search-UnifiedAuditLog)",
			text: "#TYPE Deserialized.Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n" +
				powershellRow("PSComputerName", "RunspaceId", "RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex") +
				powershellRow("host", "id", "ExchangeAdmin", "3/4/2026", "ada", "Set-Mailbox", unifiedRecord, "1"),
			want: []got{is(uni, unifiedRecord, "-:3")},
		},
		{
			name: "AuditData first, semicolons", format: "Unified Audit Log CSV",
			text: "AuditData;CreationDate\n" + row(';', unifiedRecord, "d"),
			want: []got{is(uni, unifiedRecord, "-:2")},
		},
		{
			name: "AuditData last, tabs, sep line", format: "Unified Audit Log CSV (Search-UnifiedAuditLog)",
			text: "sep=\t\nCreationDate\tUserIds\tauditdata\n" + row('\t', "d", "u", unifiedRecord),
			want: []got{is(uni, unifiedRecord, "-:3")},
		},
		{
			name: "cells of several lines", format: "Unified Audit Log CSV",
			text: "AuditData,Note\n" + row(',', indented(unifiedRecord), "two\nlines") + row(',', unifiedRecord, ""),
			want: []got{is(uni, indented(unifiedRecord), "-:2"), is(uni, unifiedRecord, lineAfter("AuditData,Note\n"+row(',', indented(unifiedRecord), "two\nlines")))},
		},
		{
			name: "UTF-16 LE", format: "Unified Audit Log CSV",
			text: utf16Text("AuditData,Id\r\n"+row(',', unifiedRecord, "é"), false, true),
			want: []got{is(uni, unifiedRecord, "-:2")},
		},
		{
			name: "UTF-16 BE without mark", format: "Unified Audit Log CSV",
			text: utf16Text("AuditData,Id\r\n"+row(',', unifiedRecord, "é"), true, false),
			want: []got{is(uni, unifiedRecord, "-:2")},
		},
		{
			name: "bad rows", format: "Unified Audit Log CSV",
			text: "CreationDate,AuditData\n\n  \nd1,\nd2\n\"d3\",\"{\"\"CreationTime\"\":\"\nd4,Microsoft.Graph.AuditData\nd5,hello\nd6,{}\n" + row(',', "d7", unifiedRecord),
			want: []got{
				{Raw: "d1,", Transport: "-:4", Problem: "the row at line 4 has an empty AuditData"},
				{Raw: "d2", Transport: "-:5", Problem: "the row at line 5 has only 1"},
				{Raw: `{"CreationTime":`, Transport: "-:6", Problem: "AuditData at line 6 is not valid JSON"},
				{Raw: "Microsoft.Graph.AuditData", Transport: "-:7", Problem: "AuditData at line 7 is the name of a PowerShell object"},
				{Raw: "hello", Transport: "-:8", Problem: "AuditData at line 8 is not JSON"},
				{Raw: "{}", Transport: "-:9", Problem: "has an AuditData that is no unified"},
				is(uni, unifiedRecord, "-:10"),
			},
		},
		{
			name: "cut by Excel", format: "Unified Audit Log CSV, no audit records recognised",
			text: "AuditData,x\n" + row(',', (unifiedRecord[:len(unifiedRecord)-1] + `,"x":"` + strings.Repeat("y", 40000))[:32767], ""),
			want: []got{{Transport: "-:2", Problem: "AuditData at line 2 was cut at 32,767", Raw: (unifiedRecord[:len(unifiedRecord)-1] + `,"x":"` + strings.Repeat("y", 40000))[:32767]}},
		},
		{
			name: "cut off in a row", format: "Unified Audit Log CSV",
			text: "AuditData,x\n" + row(',', unifiedRecord, "") + "\"{\"\"Crea",
			want: []got{is(uni, unifiedRecord, "-:2"), {Raw: `"{""Crea`, Transport: "-:3", Problem: "the row at line 3 is cut off"}},
		},
		{
			name: "two exports in one", format: "Unified Audit Log CSV",
			text: "AuditData,x\n" + row(',', unifiedRecord, "") + "x,AuditData\n" + row(',', "", unifiedRecord),
			want: []got{is(uni, unifiedRecord, "-:2"), is(uni, unifiedRecord, "-:4")},
		},
		{
			name: "no rows", format: "Unified Audit Log CSV", text: "AuditData,x\n",
		},

		// JSON in every arrangement.
		{
			name: "lines", format: "JSON Lines of Management Activity API records",
			text: unifiedRecord + "\n\n" + lowerUnified + "\r\n",
			want: []got{is(uni, unifiedRecord, "-:1"), is(uni, lowerUnified, "-:3")},
		},
		{
			name: "lines of mixed kinds", format: "JSON Lines, mixed kinds",
			text: unifiedRecord + "\n" + directory + "\n" + signIn + "\n" + intuneAudit + "\n" + risk,
			want: []got{is(uni, unifiedRecord, "-:1"), is(dir, directory, "-:2"), is(sig, signIn, "-:3"), is(itn, intuneAudit, "-:4"), is(rsk, risk, "-:5")},
		},
		{
			name: "risk detections", format: "JSON Lines of risk detections",
			text: risk + "\n" + strings.Replace(risk, "riskEventType", "riskType", 1),
			want: []got{is(rsk, risk, "-:1"), is(rsk, strings.Replace(risk, "riskEventType", "riskType", 1), "-:2")},
		},
		{
			name: "diagnostic envelope of a risk detection", format: "JSON Lines of diagnostic records (risk detections)",
			text: riskEnvelope,
			want: []got{{Kind: rsk, Raw: risk, Transport: "-:1", Tenant: entraTenant}},
		},
		{
			name: "broken lines", format: "JSON Lines of sign-ins",
			text: signIn + "\nnot JSON\n" + signIn[:50] + "\n" + signIn + "}\n[1]\n" + signIn,
			want: []got{
				is(sig, signIn, "-:1"),
				{Raw: "not JSON", Transport: "-:2", Problem: "line 2 is not JSON"},
				{Raw: signIn[:50], Transport: "-:3", Problem: "the record at line 3 is not valid JSON"},
				{Raw: signIn + "}", Transport: "-:4", Problem: "the record at line 4 is not valid JSON"},
				{Raw: "1", Transport: "-:5#5", Problem: "is JSON, but not an object"},
				is(sig, signIn, "-:6"),
			},
		},
		{
			name: "a broken line first", format: "JSON Lines of sign-ins",
			text: "Exported on Monday\n" + signIn + "\n",
			want: []got{{Raw: "Exported on Monday", Transport: "-:1", Problem: "line 1 is not JSON"}, is(sig, signIn, "-:2")},
		},
		{
			name: "a cut line last", format: "JSON Lines of sign-ins",
			text: signIn + "\n" + signIn[:60],
			want: []got{is(sig, signIn, "-:1"), {Raw: signIn[:60], Transport: "-:2", Problem: "the file ends inside the record at line 2"}},
		},
		{
			name: "array", format: "JSON array of Management Activity API records",
			text: "[" + unifiedRecord + ",\n" + unifiedRecord + "]",
			want: []got{is(uni, unifiedRecord, "-:1#1"), is(uni, unifiedRecord, "-:2#2")},
		},
		{
			name: "pretty-printed values", format: "JSON of directory audits",
			text: indented(directory) + "\n" + indented(directory),
			want: []got{is(dir, indented(directory), "-:1"), is(dir, indented(directory), lineAfter(indented(directory)+"\n"))},
		},
		{
			name: "concatenated", format: "JSON Lines of directory audits", text: directory + "\n" + directory + directory,
			want: []got{is(dir, directory, "-:1"), is(dir, directory, "-:2"), is(dir, directory, "-:2")},
		},
		{
			name: "one record in UTF-16", format: "JSON Lines of sign-ins", text: utf16Text(signIn, true, true),
			want: []got{is(sig, signIn, "-:1")},
		},
		{
			name: "gzip in gzip", format: "JSON Lines of sign-ins", text: gzipped(gzipped(signIn)),
			want: []got{is(sig, signIn, "-:1")},
		},
		{
			name: "strings that hold records", format: "JSON Lines of Management Activity API records",
			text: quoted(unifiedRecord) + "\n" + quoted(unifiedRecord) + "\n" + quoted("no"),
			want: []got{is(uni, unifiedRecord, "-:1"), is(uni, unifiedRecord, "-:2"), {Raw: `"no"`, Transport: "-:3", Problem: "is a JSON string"}},
		},

		// Envelopes.
		{
			name: "Graph page of directory audits", format: "Graph page of directory audits",
			text: `{"@odata.context":"x","@odata.nextLink":"y","value":[` + directory + `,` + directory + `]}`,
			want: []got{is(dir, directory, "-:1#1"), is(dir, directory, "-:1#2")},
		},
		{
			name: "Graph page of sign-ins, printed", format: "Graph page of sign-ins",
			text: indented(`{"value":[` + signIn + `]}`),
			want: []got{{Kind: sig, Raw: signIn, Transport: "-:3#1"}},
		},
		{
			name: "pages as lines", format: "JSON Lines of Intune audit events",
			text: `{"value":[` + intuneAudit + `]}` + "\n" + `{"value":[` + intuneAudit + `]}`,
			want: []got{is(itn, intuneAudit, "-:1#1"), is(itn, intuneAudit, "-:2#2")},
		},
		{
			name: "pages in an array", format: "JSON array of directory audits",
			text: `[{"value":[` + directory + `,` + directory + `]},{"value":[]}]`,
			want: []got{is(dir, directory, "-:1#1"), is(dir, directory, "-:1#1")},
		},
		{name: "page without records", format: "Graph page", text: `{"@odata.context":"x","value":[]}`},
		{
			name: "diagnostic log of Entra", format: "Azure Monitor diagnostic log of diagnostic records (directory audits)",
			text: `{"records":[` + entraEnvelope + `]}`,
			want: []got{{Kind: dir, Raw: directory, Transport: "-:1#1", Tenant: entraTenant}},
		},
		{
			name: "diagnostic lines", format: "JSON Lines, mixed kinds",
			text: entraEnvelope + "\n" + intuneDiag + "\n" + otherDiag,
			want: []got{
				{Kind: dir, Raw: directory, Transport: "-:1", Tenant: entraTenant},
				{Kind: aoc.KindIntuneDiagnostic, Raw: intuneDiag, Transport: "-:2", Tenant: entraTenant},
				{Raw: otherDiag, Transport: "-:3", Tenant: entraTenant, Problem: `is an Azure Monitor diagnostic record of category "OperationalLogs"`},
			},
		},
		{
			name: "Graph audit query", format: "Graph page of Graph audit query records",
			text: `{"value":[` + auditQuery + `]}`, want: []got{is(uni, unifiedRecord, "-:1#1")},
		},
		{
			name: "Search-UnifiedAuditLog as JSON", format: "JSON array of Search-UnifiedAuditLog records",
			text: `[` + suite + `]`, want: []got{is(uni, unifiedRecord, "-:1#1")},
		},
		{
			name: "AuditData that is none", format: "JSON Lines, no audit records recognised",
			text: `{"AuditData":""}` + "\n" + `{"AuditData":"{\"x"}` + "\n" + `{"AuditData":{"x":1}}`,
			want: []got{
				{Raw: `{"AuditData":""}`, Transport: "-:1", Problem: "has an empty AuditData"},
				{Raw: `{"AuditData":"{\"x"}`, Transport: "-:2", Problem: "AuditData of this record is not valid JSON"},
				{Raw: `{"x":1}`, Transport: "-:3", Problem: "has an AuditData that is no unified"},
			},
		},

		// Other products' records.
		{
			name: "Log Analytics row", format: "JSON Lines, no audit records recognised", text: analyticsRow,
			want: []got{{Raw: analyticsRow, Transport: "-:1", Problem: "looks like a Log Analytics OfficeActivity row, which is flattened; export the raw AuditData instead"}},
		},
		{
			name: "anything", format: "JSON Lines, no audit records recognised",
			text: `{"name":"x","version":1}` + "\n{}\n" + `{"error":{"code":"AF50000","message":"x"}}`,
			want: []got{
				{Raw: `{"name":"x","version":1}`, Transport: "-:1", Problem: "is a JSON object with the keys name, version"},
				{Raw: `{}`, Transport: "-:2", Problem: "is an empty JSON object"},
				{Raw: `{"error":{"code":"AF50000","message":"x"}}`, Transport: "-:3", Problem: "is an error answer of an API (AF50000)"},
			},
		},
		{name: "nothing", format: "empty file", text: " \n "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := fromStdin(tt.text)
			u := onlyUnit(t, src)
			recs, err := read(src, u)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, tt.want, recs)
			if f := src.Format(u); f != tt.format {
				t.Errorf("format %q, want %q", f, tt.format)
			}
		})
	}
}

// compare holds records against what is wanted of them: a Problem must begin as wanted,
// and Raw is compared byte for byte unless printing has changed it.
func compare(t *testing.T, want []got, recs []aoc.Record) {
	t.Helper()
	var have []got
	for i, rec := range recs {
		g := got{rec.Kind, string(rec.Raw), rec.Problem, rec.Transport, rec.TenantID}
		if i < len(want) {
			if w := want[i]; w.Problem != "" && strings.HasPrefix(g.Problem, w.Problem) {
				g.Problem = w.Problem
			}
			if a, err := rawjson.Sum(rec.Raw); err == nil && strings.Contains(g.Raw, "\n") {
				if b, err := rawjson.Sum([]byte(want[i].Raw)); err == nil && a == b {
					g.Raw = want[i].Raw
				}
			}
		}
		if rec.Origin != aoc.OriginImported || rec.ReceivedAt.IsZero() {
			t.Errorf("%s: origin %q, received at %v", rec.Transport, rec.Origin, rec.ReceivedAt)
		}
		have = append(have, g)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

// lineAfter is the place on standard input after a text.
func lineAfter(text string) string {
	b, _ := json.Marshal(1 + strings.Count(text, "\n")) // a number always marshals
	return "-:" + string(b)
}

func TestRefusedFiles(t *testing.T) {
	tests := []struct{ name, text, message, hint string }{
		{"text", "Dear reader,\nnothing here.\n", "no audit records were recognised", "AOC reads"},
		{"image", "\x89PNG\r\n\x1a\n\x00\x00", "an image", "AOC reads"},
		{"binary", "abc\x00\x00\x01def", "a binary file", "AOC reads"},
		{"HTML", "<!doctype html><p>Sign in</p>", "XML or HTML", "AOC reads"},
		{"Entra audit CSV", "Date (UTC),CorrelationId,Service,Category,Activity,Result\n1,2,3,4,5,6\n", "Entra portal's audit logs", "Choose JSON"},
		{"Entra sign-in CSV", "\xEF\xBB\xBFDate (UTC),Request ID,User agent,User\n1,2,3,4\n", "Entra portal's sign-in logs", "Choose JSON"},
		{"Intune CSV", "\"Date\",\"Initiated by (actor)\",\"Activity\"\n1,2,3\n", "Intune's audit logs", "Fetch auditEvents"},
		{"Log Analytics CSV", "TenantId,TimeGenerated [UTC],Operation\n1,2,3\n", "Log Analytics", "raw records"},
		{"other CSV", "a,b,c\n1,2,3\n", "CSV without an AuditData column", "AuditData"},
		{"damaged gzip", "\x1F\x8B\x00", "gzip data that is damaged", "again"},
		{"configuration", "[section]\nkey=value\n", "no audit records were recognised", "AOC reads"},
		{"white space", strings.Repeat(" ", 100<<10), "nothing but white space", "AOC reads"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := fromStdin(tt.text)
			recs, err := read(src, onlyUnit(t, src))
			if len(recs) != 0 || aoc.CodeOf(err) != aoc.CodeInvalid {
				t.Fatalf("%d records and %v, want code invalid", len(recs), err)
			}
			if m := aoc.MessageOf(err); !strings.Contains(m, tt.message) || !strings.HasPrefix(m, "- ") {
				t.Errorf("message %q, want the name and %q", m, tt.message)
			}
			if h := aoc.HintOf(err); !strings.Contains(h, tt.hint) {
				t.Errorf("hint %q, want %q", h, tt.hint)
			}
		})
	}
}

func TestCutFiles(t *testing.T) {
	whole := "[" + unifiedRecord + "," + unifiedRecord + "]"
	packed := gzipped(strings.Repeat(unifiedRecord+"\n", 3))
	for name, text := range map[string]string{
		"array in a record":        whole[:len(whole)-10],
		"array between records":    whole[:len(unifiedRecord)+2],
		"page":                     `{"value":` + whole,
		"gzip":                     packed[:len(packed)-4],
		"second JSON not an array": `{"value":[` + unifiedRecord + `]`,
	} {
		t.Run(name, func(t *testing.T) {
			src := fromStdin(text)
			recs, err := read(src, onlyUnit(t, src))
			if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.MessageOf(err), "cut off") {
				t.Errorf("ended with %v, want code invalid for a file that is cut off", err)
			}
			if len(recs) == 0 || recs[0].Kind != aoc.KindUnified {
				t.Errorf("what was readable is lost: %d records", len(recs))
			}
		})
	}
}

func TestRecognise(t *testing.T) {
	const directory = `{"id":"d1","activityDisplayName":"Add user","activityDateTime":"2026-01-02T03:04:05Z","initiatedBy":{},"targetResources":[]}`
	for _, tc := range []struct {
		name, raw string
		want      []aoc.RecordKind
	}{
		{"a record", directory, []aoc.RecordKind{aoc.KindDirectoryAudit}},
		{"a page", `{"value":[` + directory + `,` + directory + `]}`, []aoc.RecordKind{aoc.KindDirectoryAudit, aoc.KindDirectoryAudit}},
		{"a page with something else", `{"value":[` + directory + `,{"a":1}]}`, nil},
		{"nothing known", `{"a":1}`, nil},
		{"an empty page", `{"value":[]}`, nil},
		{"no JSON", `{"id":`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []aoc.RecordKind
			for _, r := range file.Recognise([]byte(tc.raw)) {
				got = append(got, r.Kind)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
