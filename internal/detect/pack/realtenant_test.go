package pack

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
)

// attacked names what was done to the real tenant in AOC_TEST_DATA, and so what has to be
// found there, with how often at most.
var attacked = map[string]int{ //nolint:gochecknoglobals // read-only table
	"role_granted":            20, // an attacker made five accounts global administrators
	"app_consent_risky":       20, // people were led to an application that reads mail
	"app_consent_for_all":     10,
	"inbox_rule_hides":        1,
	"transport_rule_copies":   1,
	"mailbox_permission_self": 1,
}

// TestRealTenant: of the thousands of records of a tenant that was attacked, most of them
// services talking to themselves, the rules find the attack and nothing else that is an alert.
func TestRealTenant(t *testing.T) {
	dir := os.Getenv("AOC_TEST_DATA")
	if dir == "" {
		t.Skip("AOC_TEST_DATA names no folder of real records")
	}
	rules, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	w, g := newTally(), newEngine(t, rules)
	for i, e := range realEvents(t, filepath.Join(dir, "invictus-ir_o365_dataset", "d_Audit.*.jsonl")) {
		e.Seq = int64(i + 1)
		w.records++
		w.judge(g, e, "")
	}
	w.log(t)
	t.Logf("%d records", w.records)
	for name, most := range attacked {
		if n := w.matches[name]; n == 0 || n > most {
			t.Errorf("%s matches %d records, want 1 to %d", name, n, most)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.alerts)) {
		if attacked[name] == 0 {
			t.Errorf("%s raises %d alerts", name, w.alerts[name])
		}
	}
}

// realEvents gives the events of files of unified records, by time.
func realEvents(t *testing.T, pattern string) []*aoc.Event {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no records at %s: %v", pattern, err)
	}
	var all []*aoc.Event
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			e, err := normalise.Normalise(aoc.Record{
				Kind: aoc.KindUnified, TenantID: tenantID, Raw: slices.Clone(lines.Bytes()), Origin: aoc.OriginImported, ReceivedAt: time.Now(),
			}, nil)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			all = append(all, &e)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortStableFunc(all, func(a, b *aoc.Event) int { return a.Timestamp.Compare(b.Timestamp) })
	return all
}
