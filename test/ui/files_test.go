package ui_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// purview is an export of Purview's audit search with n events.
func purview(n int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits", "AssociatedAdminUnitsNames"})
	for i := range n {
		id := fmt.Sprintf("0f0f0f0f-0000-4000-8000-%012x", i)
		at := demo.Moment().Add(-time.Duration(i) * time.Minute)
		audit, _ := json.Marshal(map[string]any{
			"Id": id, "CreationTime": at.Format("2006-01-02T15:04:05"), "RecordType": 1, "Operation": "New-InboxRule", "OrganizationId": invented,
			"UserType": 2, "UserKey": "k", "Workload": "Exchange", "UserId": "mallory@contoso.example", "ClientIP": "203.0.113.9", "ResultStatus": "True",
			"ObjectId": fmt.Sprintf("rule %d", i), "Parameters": []map[string]string{{"Name": "ForwardTo", "Value": "mallory@elsewhere.example"}},
		})
		_ = w.Write([]string{id, at.Format("2006-01-02T15:04:05.0000000Z"), "1", "New-InboxRule", "mallory@contoso.example", string(audit), "", ""})
	}
	w.Flush()
	return b.Bytes()
}

// TestDropExport drops exports on the window of a program that has nothing: what is in
// them is searchable at once.
func TestDropExport(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{})
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	f, err := z.Create("audits.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(lines(audit{id: "zip-1", operation: "Delete user", actor: "ada@contoso.example", target: "gone", targetID: "0", at: demo.Moment(), after: "x"}.record()))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	p := openPage(t, server, "/?range=all")
	p.settle()
	p.do(p.tab.Drop(write("AuditLog 2026-11-19.csv", purview(300)), write("audits.zip", packed.Bytes())))
	p.waitText("AuditLog 2026-11-19.csv")
	p.waitText("audits.zip")
	p.waitShown(301)
	p.fill(searchBox, "forwardto rule 17")
	p.waitShown(total(t, server, "forwardto rule 17"))
	// What is no export is told as such.
	p.do(p.tab.Drop(write("holiday.txt", []byte("no audit at all"))))
	p.waitText("holiday.txt")
	p.waitText("no audit records were recognised")
}

// TestExport writes the whole result, not the page, as CSV and as JSON Lines.
func TestExport(t *testing.T) {
	t.Parallel()
	const q = "kind:system"
	server := tenantServer(t)
	want := total(t, server, q)
	if want < 600 {
		t.Fatalf("%d events are no more than a page", want)
	}
	for _, format := range []string{"CSV", "JSON Lines"} {
		downloads := t.TempDir()
		p := openPage(t, server, "/?range=all&noise=show&q="+url.QueryEscape(q), func(o *browser.TabOptions) { o.Downloads = downloads })
		p.waitShown(want)
		p.click(by("button", "Export"))
		p.click(like("menuitem", format))
		content := p.downloaded(downloads)
		got := bytes.Count(content, []byte("\n"))
		if format == "CSV" {
			rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			got = len(rows) - 1
		}
		if got != want {
			t.Errorf("%s: %d events of %d", format, got, want)
		}
	}
}
