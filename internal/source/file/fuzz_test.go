package file

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// texts seed the fuzz targets.
var texts = []string{
	"", " ", "AuditData\n", "a,AuditData\n1,\"{\"\"CreationTime\"\":1,\"\"RecordType\"\":1,\"\"Operation\"\":1}\"\n", "#TYPE x\n\"AuditData\";b\n\"x\";\"y\nz\"\n",
	"sep=,\nAuditData,b\n\"{\"x,\n", "{\"a\":1}\n{\"b\":2}", "[{\"a\":1}", `{"value":[{"activityDisplayName":1,"initiatedBy":1,"targetResources":1}]}`,
	`{"records":[{"category":"AuditLogs","properties":{"AuditEventId":1,"ActivityDate":1,"Actor":{}}}]}`, `{"AuditData":"{}"}`, `"{\"a\":1}"`,
	"\xFF\xFE[\x00]\x00", "\xFE\xFF\x00[\x00]", "\xEF\xBB\xBF{}", "\x1F\x8B\x08\x00", "PK\x05\x06" + strings.Repeat("\x00", 18), "<x/>", "Date (UTC),Request ID\n1,2\n",
	`{"TimeGenerated":1}`, `{"category":"x","properties":"{\"a\":1}"}`, "hello\n{\"a\":1}\n", "a|b|AuditData\n|||\n", "{\"a\":\"\n{\"b\":1}\n",
}

// FuzzRead reads anything: it must not panic, and must not depend on how the input is
// handed over.
func FuzzRead(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		run := func(r io.Reader) []string {
			s := New(Options{Paths: []string{stdinName}, Stdin: r, MaxUnpacked: 1 << 20})
			defer s.Close()
			var out []string
			for u, err := range s.List(context.Background(), aoc.Window{}) {
				if err != nil {
					t.Fatal(err)
				}
				for rec, err := range s.Read(context.Background(), u) {
					if err != nil {
						out = append(out, err.Error())
						if code := aoc.CodeOf(err); code != aoc.CodeInvalid {
							t.Errorf("%q: code %q: %v", content, code, err)
						}
						continue
					}
					if (rec.Kind == "") == (rec.Problem == "") || len(rec.Raw) == 0 {
						t.Errorf("%q: kind %q, problem %q, raw %q", content, rec.Kind, rec.Problem, rec.Raw)
					}
					out = append(out, fmt.Sprintf("%s %s %s %q", rec.Transport, rec.Kind, rec.Problem, rec.Raw))
				}
				out = append(out, s.Format(u))
			}
			return out
		}
		if diff := cmp.Diff(run(bytes.NewReader(content)), run(iotest.OneByteReader(bytes.NewReader(content)))); diff != "" {
			t.Errorf("%q: %s", content, diff)
		}
	})
}

// FuzzRows reads CSV: rows cover the input without loss, and what encoding/csv accepts is
// read as it reads it.
func FuzzRows(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s), byte(','))
	}
	f.Add([]byte("a;\"b\"\"c\";\r\n\"x\ny\";;z"), byte(';'))
	f.Fuzz(func(t *testing.T, content []byte, delimiter byte) {
		if !bytes.Contains([]byte{',', ';', '\t', '|'}, []byte{delimiter}) {
			return
		}
		var rows [][]string
		var covered []byte
		rr := newRowReader(bufio.NewReaderSize(bytes.NewReader(content), 16), "x", delimiter)
		for {
			err := rr.read()
			covered = append(covered, rr.row...)
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			var cells []string
			for i := range rr.cells {
				cells = append(cells, string(rr.cell(i)))
			}
			rows = append(rows, cells)
		}
		clean := func(b []byte) string { return strings.Join(strings.Fields(string(b)), " ") }
		if clean(covered) != clean(content) && !bytes.ContainsAny(content, "\x85\xA0\u2000") {
			t.Errorf("rows of %q cover %q", content, covered)
		}

		std := csv.NewReader(bytes.NewReader(content))
		std.Comma = rune(delimiter)
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || bytes.ContainsAny(content, "\r") || hasBlankRow(rows, want) {
			return // encoding/csv normalises line breaks and is stricter with quotes
		}
		if diff := cmp.Diff(want, rows); diff != "" && len(want)+len(rows) > 0 {
			t.Errorf("%q: %s", content, diff)
		}
	})
}

// hasBlankRow reports rows of white space, which encoding/csv counts and AOC does not.
func hasBlankRow(all ...[][]string) bool {
	for _, rows := range all {
		for _, cells := range rows {
			if strings.TrimSpace(strings.Join(cells, "")) == "" {
				return true
			}
		}
	}
	return false
}

func BenchmarkRead(b *testing.B) {
	record := `{"CreationTime":"2026-03-04T05:06:07","Id":"00000000-0000-4000-8000-000000000001","Operation":"Set-Mailbox","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":1,"ResultStatus":"True","UserKey":"1003","UserType":2,"Version":1,"Workload":"Exchange","UserId":"ada@contoso.example","Parameters":[` + strings.Repeat(`{"Name":"Identity","Value":"Bob \"the\" Ray of Contoso"},`, 15) + `{}]}`
	cell := `"` + strings.ReplaceAll(record, `"`, `""`) + `"`
	for _, bench := range []struct{ name, text string }{
		{"lines", strings.Repeat(record+"\n", 2000)},
		{"csv", "RecordId,AuditData\r\n" + strings.Repeat("1,"+cell+"\r\n", 2000)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.text)))
			b.ReportAllocs()
			for b.Loop() {
				s := New(Options{Paths: []string{stdinName}, Stdin: strings.NewReader(bench.text)})
				n := 0
				for rec, err := range s.Read(context.Background(), aoc.Unit{ID: stdinName, Locator: stdinName}) {
					if err != nil || rec.Kind != aoc.KindUnified {
						b.Fatal(err, rec.Problem)
					}
					n++
				}
				if n != 2000 {
					b.Fatal(n)
				}
			}
		})
	}
}
