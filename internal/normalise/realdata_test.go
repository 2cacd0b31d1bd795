package normalise

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"aoc"
)

// TestRealRecords normalises every record under AOC_TEST_DATA and checks that no event
// lacks what its record tells. With -v it prints a sample sentence for each operation.
func TestRealRecords(t *testing.T) {
	dir := os.Getenv("AOC_TEST_DATA")
	if dir == "" {
		t.Skip("AOC_TEST_DATA names no folder of real records")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "[abcd]_*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no records in %s: %v", dir, err)
	}
	type sample struct{ result, actor, summary string }
	samples := map[string]sample{}
	count := 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for n := 1; lines.Scan(); n++ {
			raw := []byte(lines.Text())
			if len(raw) == 0 {
				continue
			}
			var told map[string]any
			if err := json.Unmarshal(raw, &told); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			kind := kindOfFile(file, told)
			ev, err := Normalise(aoc.Record{
				Kind: kind, TenantID: "7f3c2f9e-0d0b-4a43-8d0e-4b8f3a2f1c11", Raw: raw,
				Origin: aoc.OriginImported, ReceivedAt: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
			}, nil)
			where := fmt.Sprintf("%s:%d", filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), n)
			if err != nil {
				t.Errorf("%s: %v", where, err)
				continue
			}
			count++
			for _, complaint := range checkFacts(kind, told, ev) {
				t.Errorf("%s: %s\n\t%s", where, complaint, ev.DisplaySummary)
			}
			key := fmt.Sprintf("%s | %s | %s | %s", ev.Workload, ev.RecordType, ev.Operation, ev.Result)
			if _, ok := samples[key]; !ok {
				samples[key] = sample{string(ev.Result), string(ev.ActorKind) + " " + ev.ActorDisplay, ev.DisplaySummary}
			}
		}
		f.Close()
	}
	keys := make([]string, 0, len(samples))
	for k := range samples {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%s\n\t\t[%s] %s", k, samples[k].actor, samples[k].summary)
	}
	t.Logf("%d records", count)
}

// kindOfFile tells the kind of a record by the prefix of its file, and for Intune by shape.
func kindOfFile(file string, told map[string]any) aoc.RecordKind {
	switch filepath.Base(file)[0] {
	case 'a':
		return aoc.KindDirectoryAudit
	case 'b':
		return aoc.KindSignIn
	case 'c':
		if _, ok := told["properties"]; ok {
			return aoc.KindIntuneDiagnostic
		}
		return aoc.KindIntuneAudit
	default:
		return aoc.KindUnified
	}
}

// checkFacts compares an event with what encoding/json reads from its record: an
// implementation of its own, that shares nothing with the one under test.
func checkFacts(kind aoc.RecordKind, told map[string]any, ev aoc.Event) []string {
	var bad []string
	complain := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	has := func(path ...string) bool { return leaf(told, path...) != "" }

	idPath := map[aoc.RecordKind][]string{aoc.KindUnified: {"Id"}, aoc.KindIntuneDiagnostic: {"properties", "AuditEventId"}}[kind]
	if idPath == nil {
		idPath = []string{"id"}
	}
	if id := leaf(told, idPath...); id != "" && ev.ID != id {
		complain("id %q, want %q", ev.ID, id)
	}
	if ev.ID == "" || ev.Key != aoc.KeyOf(ev.DedupeKey) || len(ev.Key) != aoc.KeyLen {
		complain("key %q of %q", ev.Key, ev.DedupeKey)
	}
	if ev.Service == "" || ev.Workload == "" && has("Workload") || ev.RecordType == "" {
		complain("service %q, workload %q, record type %q", ev.Service, ev.Workload, ev.RecordType)
	}

	timePath := map[aoc.RecordKind][]string{
		aoc.KindUnified: {"CreationTime"}, aoc.KindSignIn: {"createdDateTime"},
		aoc.KindIntuneDiagnostic: {"time"}, aoc.KindIntuneAudit: {"activityDateTime"}, aoc.KindDirectoryAudit: {"activityDateTime"},
	}[kind]
	if s := leaf(told, timePath...); len(s) >= 19 && s[10] != ':' {
		if ev.TimeFlag != "" {
			complain("time flag %q though the record says %q", ev.TimeFlag, s)
		}
		if day := ev.Timestamp.Format("2006-01-02"); !strings.HasPrefix(s, day) && !strings.HasSuffix(s, ":00") {
			complain("timestamp %v for %q", ev.Timestamp, s)
		}
	}
	if ev.Timestamp.IsZero() || ev.Timestamp.Location() != time.UTC {
		complain("timestamp %v", ev.Timestamp)
	}

	named := false
	for _, path := range [][]string{
		{"Operation"}, {"activityDisplayName"}, {"activityType"}, {"operationName"}, {"displayName"},
	} {
		named = named || has(path...)
	}
	if (named || kind == aoc.KindSignIn) && ev.Operation == "" {
		complain("no operation")
	}
	if strings.TrimRight(ev.Operation, ". ") != ev.Operation {
		complain("operation %q ends in a stop or space", ev.Operation)
	}

	acted := false
	for _, path := range [][]string{
		{"UserId"}, {"initiatedBy", "user", "id"}, {"initiatedBy", "user", "userPrincipalName"},
		{"initiatedBy", "app", "displayName"}, {"initiatedBy", "app", "servicePrincipalId"},
		{"userPrincipalName"}, {"userId"}, {"servicePrincipalName"},
		{"actor", "userPrincipalName"}, {"actor", "applicationDisplayName"},
		{"properties", "Actor", "UPN"}, {"properties", "Actor", "ApplicationName"},
	} {
		acted = acted || has(path...)
	}
	if acted && (ev.ActorDisplay == "" || ev.ActorDisplay == "Unknown") {
		complain("no actor")
	}
	if strings.TrimSpace(ev.DisplaySummary) == "" || strings.ContainsAny(ev.DisplaySummary, "\r\n\t") {
		complain("summary %q", ev.DisplaySummary)
	}
	if ev.Result == aoc.ResultFailure && !strings.Contains(ev.DisplaySummary, "fail") {
		complain("the summary hides the failure")
	}
	if op := leaf(told, "Operation"); op == "UserLoginFailed" && ev.Result != aoc.ResultFailure || op == "UserLoggedIn" && ev.Result != aoc.ResultSuccess {
		complain("result %s of %s", ev.Result, op)
	}
	if ev.Targets == nil || ev.TargetDisplays == nil || len(ev.Targets) != len(ev.TargetDisplays) {
		complain("%d targets, %d displays", len(ev.Targets), len(ev.TargetDisplays))
	}
	object := has("ObjectId")
	if l, ok := told["targetResources"].([]any); ok && len(l) > 0 {
		object = true
	}
	if object && len(ev.Targets) == 0 {
		complain("no target")
	}
	if org := leaf(told, "OrganizationId"); org != "" && ev.TenantID != strings.ToLower(org) {
		complain("tenant %q, want %q", ev.TenantID, org)
	}
	return bad
}

// leaf gives the string at a path of a decoded record, empty for null and "<null>".
func leaf(v any, path ...string) string {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	if s == "<null>" {
		return ""
	}
	return strings.TrimSpace(s)
}
