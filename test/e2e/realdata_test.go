package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/app"
)

// TestRealFiles imports every file under AOC_TEST_DATA into a store of its own, twice, and
// holds the counts against those that are known, and against what this test reads from
// the file by itself. It ends with one table of all files.
func TestRealFiles(t *testing.T) {
	dir := os.Getenv("AOC_TEST_DATA")
	if dir == "" {
		t.Skip("AOC_TEST_DATA names no folder of real records")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	table := newRealTable()
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			environ := []string{"AOC_DATA_DIR=" + t.TempDir(), "HOME=" + t.TempDir()}
			var x imported
			if strings.Contains(" abcd", filepath.Base(path)[:1]) && filepath.Base(path)[1] == '_' {
				x = importKnown(t, environ, path, content)
			} else {
				x = importForeign(t, environ, path)
			}
			table.add(t, filepath.ToSlash(name), x)
		})
	}
	table.print(t)
}

// imported is what became of a file that was imported twice.
type imported struct {
	format       string
	first, again aoc.Counts
}

// importKnown imports a file whose every line is a record of a known kind.
func importKnown(t *testing.T, environ []string, path string, content []byte) imported {
	want := expected(t, content)
	got := importFile(t, environ, path, 0)
	if got.Counts != want || got.Files[0].Counts != want {
		t.Errorf("first import: %+v, want %+v", got, want)
	}
	again := importFile(t, environ, path, 0)
	if w := (aoc.Counts{Read: want.Read, Duplicate: want.Read}); again.Counts != w {
		t.Errorf("second import: %+v, want %+v", again.Counts, w)
	}
	s := openStore(t, environ[0][len("AOC_DATA_DIR="):])
	events := logged(t, s)
	if int64(len(events)) != want.New {
		t.Errorf("%d events in the log, want %d", len(events), want.New)
	}
	checkChain(t, s)
	lines := make(map[string]bool)
	for line := range bytes.Lines(content) {
		lines[string(bytes.TrimSpace(line))] = true
	}
	for _, e := range events {
		// One record of the edge cases says neither what was done nor by whom.
		unnamed := e.Source == aoc.SourceUnified && !bytes.Contains(e.Raw, []byte(`"Operation"`))
		if e.Operation == "" && !unnamed || e.Timestamp.IsZero() || e.Service == "" || e.ActorDisplay == "" || e.DisplaySummary == "" {
			t.Errorf("%s lacks something: operation %q, time %s, service %q, actor %q, summary %q\n%.300s",
				e.ID, e.Operation, e.Timestamp, e.Service, e.ActorDisplay, e.DisplaySummary, e.Raw)
		}
		if !lines[string(e.Raw)] {
			t.Errorf("%s is not stored byte for byte: %.200s", e.ID, e.Raw)
		}
	}
	return imported{got.Files[0].Format, got.Counts, again.Counts}
}

// importForeign imports a file of wrapped or unknown records: nothing may go unaccounted.
func importForeign(t *testing.T, environ []string, path string) imported {
	got := importFile(t, environ, path, -1)
	f := got.Files[0]
	if c := got.Counts; c.Read != c.New+c.Duplicate+c.Revision+c.Quarantined {
		t.Errorf("the counts do not add up: %+v", c)
	}
	if got.Read == 0 && f.Error == "" {
		t.Error("nothing was read, and nothing says why")
	}
	again := importFile(t, environ, path, -1)
	if again.New != 0 || again.Revision != 0 || again.Read != got.Read || again.Quarantined != got.Quarantined {
		t.Errorf("second import: %+v after %+v", again.Counts, got.Counts)
	}
	s := openStore(t, environ[0][len("AOC_DATA_DIR="):])
	if n := len(logged(t, s)); int64(n) != got.New {
		t.Errorf("%d events in the log, want %d", n, got.New)
	}
	qs, err := s.ListQuarantine(t.Context(), "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if got.Quarantined > 0 && len(qs) == 0 {
		t.Error("the quarantine is empty")
	}
	for _, q := range qs {
		if len(strings.Fields(q.Reason)) < 3 {
			t.Errorf("quarantined for %q: %.200s", q.Reason, q.Raw)
		}
	}
	checkChain(t, s)
	return imported{f.Format, got.Counts, again.Counts}
}

// importFile runs aoc import. A negative code allows 0 and 3.
func importFile(t *testing.T, environ []string, path string, code int) app.ImportSummary {
	t.Helper()
	var got app.ImportSummary
	c, errs := runJSON(t, &got, environ, "import", "--json", path)
	if c != code && !(code < 0 && (c == 0 || c == 3)) || len(got.Files) != 1 {
		t.Fatalf("exit code %d, %+v\n%s", c, got, errs)
	}
	return got
}

// expected counts what importing records does, read with encoding/json alone.
func expected(t *testing.T, content []byte) aoc.Counts {
	t.Helper()
	var c aoc.Counts
	versions := make(map[string][]string) // by identity, in canonical form
	for line := range bytes.Lines(content) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c.Read++
		var record map[string]any
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&record); err != nil {
			c.Quarantined++
			continue
		}
		canonical, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		who := recordIdentity(record, string(canonical))
		switch known := versions[who]; {
		case known == nil:
			c.New++
		case slices.Contains(known, string(canonical)):
			c.Duplicate++
			continue
		default:
			c.Revision++
		}
		versions[who] = append(versions[who], string(canonical))
	}
	return c
}

// recordIdentity is what makes a record the same event as another.
func recordIdentity(record map[string]any, canonical string) string {
	tenant := fmt.Sprint(record["OrganizationId"])
	id, _ := record["Id"].(string) // unified
	if id == "" {
		id, _ = record["id"].(string) // Graph
	}
	if properties, ok := record["properties"].(map[string]any); ok && id == "" {
		id, _ = properties["AuditEventId"].(string) // Intune by way of Azure Monitor
		tenant = fmt.Sprint(record["tenantId"])
	}
	if id == "" {
		return canonical
	}
	op := strings.ToLower(fmt.Sprint(record["Operation"]))
	switch fmt.Sprint(record["RecordType"]) {
	case "11", "13", "33", "63", "107":
	default:
		if !strings.HasPrefix(op, "dlp") {
			op = ""
		}
	}
	return strings.ToLower(tenant) + "/" + id + "/" + op
}
