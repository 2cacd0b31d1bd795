package normalise

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

var update = flag.Bool("update", false, "rewrite the expected events in testdata")

const testTenant = "99999999-aaaa-4bbb-8ccc-000000000000"

var testReceived = time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)

// directory is a Names of a few objects that notes what it did not know.
type directory struct{ missed map[string]bool }

func (d *directory) Lookup(tenantID, id string, at time.Time) (string, bool) {
	name, ok := map[string]string{
		"11111111-aaaa-4bbb-8ccc-000000000001": "Ada Lovelace",
		"11111111-aaaa-4bbb-8ccc-000000000002": "Bob Ray",
		"88888888-aaaa-4bbb-8ccc-000000000001": "Backup robot",
		"aaaaaaaa-aaaa-4bbb-8ccc-000000000001": "LAPTOP-7",
		"66666666-aaaa-4bbb-8ccc-000000000001": "Finance",
	}[id]
	if !ok && d.missed != nil {
		d.missed[id] = true
	}
	return name, ok
}

// record makes a record of the test tenant.
func record(kind aoc.RecordKind, raw string) aoc.Record {
	return aoc.Record{Kind: kind, TenantID: testTenant, Raw: []byte(raw), Origin: aoc.OriginCollected, ReceivedAt: testReceived}
}

// normalised normalises a record that must not fail.
func normalised(t *testing.T, kind aoc.RecordKind, raw string) aoc.Event {
	t.Helper()
	ev, err := Normalise(record(kind, raw), &directory{})
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return ev
}

// fixtures gives the invented records of a kind.
func fixtures(t testing.TB, kind aoc.RecordKind) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", string(kind)+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

var kinds = []aoc.RecordKind{
	aoc.KindDirectoryAudit, aoc.KindSignIn, aoc.KindIntuneAudit, aoc.KindIntuneDiagnostic, aoc.KindUnified, aoc.KindRiskDetection,
}

// TestEvents compares every invented record with the whole event it must become.
func TestEvents(t *testing.T) {
	for _, kind := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			golden := filepath.Join("testdata", string(kind)+".golden.json")
			var got []aoc.Event
			for _, raw := range fixtures(t, kind) {
				ev := normalised(t, kind, raw)
				if string(ev.Raw) != raw {
					t.Errorf("raw is not as received: %s", ev.Raw)
				}
				ev.Raw = nil
				got = append(got, ev)
			}
			if *update {
				b, err := json.MarshalIndent(got, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, append(b, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			b, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var want []aoc.Event
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			if len(want) != len(got) {
				t.Fatalf("%d events, want %d", len(got), len(want))
			}
			for i := range want {
				want[i].Raw = nil
				if diff := cmp.Diff(want[i], got[i]); diff != "" {
					t.Errorf("line %d (-want +got):\n%s", i+1, diff)
				}
			}
		})
	}
}

// TestSummaries lists the sentences of the invented records, so that one can read them.
func TestSummaries(t *testing.T) {
	for _, kind := range kinds {
		for _, raw := range fixtures(t, kind) {
			ev := normalised(t, kind, raw)
			t.Logf("%-14s %s", kind, ev.DisplaySummary)
			if strings.Contains(ev.DisplaySummary, "  ") || strings.HasSuffix(ev.DisplaySummary, " ") {
				t.Errorf("loose spaces in %q", ev.DisplaySummary)
			}
		}
	}
}
