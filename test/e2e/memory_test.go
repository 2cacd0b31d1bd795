package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/ingest"
	"aoc/internal/rawjson"
)

const (
	// memoryBound is what the program may take, whatever it is sent.
	memoryBound = 256 << 20
	// blobBytes is the size of the largest content blobs that are known, and about what a
	// long chain of pages comes to.
	blobBytes = 70 << 20
	sampled   = 20 * time.Millisecond
)

// TestMemory lets the program as it is built for release collect answers of 70 MB and
// long chains of pages, and watches the memory it takes: every answer is read as a
// stream. All that was sent must then be in the store.
func TestMemory(t *testing.T) {
	t.Parallel()
	if _, err := rssAnon(os.Getpid()); err != nil {
		t.Skipf("the memory of a process can only be read on Linux: %v", err)
	}
	whole, pages := blobBytes, 200
	if testing.Short() {
		whole, pages = whole/4, pages/4
	}
	const (
		poison  = 1000 // the place of the record that is too large
		largest = 5 << 20
	)
	tooLarge := func(i int, at time.Time) []byte {
		if i == poison {
			return unifiedRecord(i, at, 2*rawjson.MaxElement)
		}
		return unifiedRecord(i, at, 0)
	}
	program := buildProgram(t)
	for _, c := range []struct {
		name        string
		torrent     torrent
		quarantined int64
	}{
		{name: "ordinary records", torrent: torrent{
			n: whole / len(unifiedRecord(0, time.Now(), 0)), record: func(i int, at time.Time) []byte { return unifiedRecord(i, at, 0) },
		}},
		{name: "large records", torrent: torrent{
			n: whole / largest, record: func(i int, at time.Time) []byte { return unifiedRecord(i, at, largest) },
		}},
		{name: "a record too large", torrent: torrent{n: 2*poison + 1, record: tooLarge}, quarantined: 1},
		{name: "a chain of pages", torrent: torrent{n: pages * chainPage, record: intuneRecord, paged: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			server := c.torrent.start(t)
			dir := t.TempDir()
			report, peak := watched(t, program, server.environ(t, dir))
			t.Logf("%d MiB at most, for %d MB in %d records; %.1f s", peak>>20, server.sent.Load()/1e6, report.Counts.Read, time.Since(began).Seconds())
			if peak > memoryBound {
				t.Errorf("%d MiB of memory, more than %d", peak>>20, memoryBound>>20)
			}
			n := int64(server.n)
			if want := (aoc.Counts{Read: n, New: n - c.quarantined, Quarantined: c.quarantined}); !report.Complete || report.Counts != want {
				t.Errorf("the report says %+v, complete %t; want %+v", report.Counts, report.Complete, want)
			}
			server.checkStored(t, openStore(t, dir), c.quarantined)
		})
	}
}

// buildProgram builds the program as it is released: the race detector, which these tests
// may be running under, takes many times the memory.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aoc")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, "aoc/cmd/aoc")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return path
}

// watched runs a collection and gives its report and the most memory it took, in bytes.
func watched(t *testing.T, program string, environ []string) (report ingest.Report, peak int64) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "--env-file=", "fetch", "--json")
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(sampled)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if now, err := rssAnon(cmd.Process.Pid); err == nil { // it may have ended
				peak = max(peak, now)
			}
		case err := <-ended:
			if e := json.Unmarshal(out.Bytes(), &report); e != nil {
				t.Fatalf("aoc fetch --json: %v, %v: %.300s\n%s", err, e, out.String(), errs.String())
			}
			if err != nil {
				t.Errorf("aoc fetch: %v\n%s", err, errs.String())
			}
			return report, peak
		}
	}
}

// rssAnon is the memory of a process that is its own, in bytes: pages of files that it has
// mapped are not, since the system takes those back when it likes.
func rssAnon(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kB, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kB << 10, err
		}
	}
	return 0, fmt.Errorf("no RssAnon in the status of process %d", pid)
}

// unifiedRecord is a record of SharePoint of about 1 KB, or of size bytes if that is more.
func unifiedRecord(i int, at time.Time, size int) []byte {
	rng := rand.New(rand.NewPCG(uint64(i), 1))
	guid := func() string {
		return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", rng.Uint32(), rng.Uint32()>>16, rng.Uint32()>>20, rng.Uint32()>>20, rng.Uint64()>>16)
	}
	record := fmt.Appendf(nil, `{"CreationTime":%q,"Id":%q,"Operation":"FileModified","OrganizationId":%q,`+
		`"RecordType":6,"UserKey":"i:0h.f|membership|%012x@live.com","UserType":0,"Version":1,"Workload":"SharePoint","ClientIP":"192.0.2.%d",`+
		`"UserId":"user%d@contoso.example","CorrelationId":%q,"EventSource":"SharePoint","ItemType":"File","ListId":%q,"ListItemUniqueId":%q,`+
		`"Site":%q,"UserAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36","WebId":%q,"SourceFileExtension":"docx",`+
		`"SiteUrl":"https://contoso.sharepoint.example/sites/team%d/","SourceFileName":"minutes %d.docx","SourceRelativeUrl":"Shared Documents/General/%x",`+
		`"ObjectId":"https://contoso.sharepoint.example/sites/team%d/Shared Documents/General/%x/minutes %d.docx","Comment":"`,
		at.Format("2006-01-02T15:04:05"), torrentID(i), torrentTenant, rng.Uint64()>>16, i%250, i%997, guid(), guid(), guid(), guid(), guid(),
		i%83, i, rng.Uint32(), i%83, rng.Uint32(), i)
	for len(record) < size-2 {
		record = append(strconv.AppendUint(record, rng.Uint64(), 36), ' ')
	}
	return append(record, `"}`...)
}

// intuneRecord is an audit event of Intune of about 500 bytes.
func intuneRecord(i int, at time.Time) []byte {
	return fmt.Appendf(nil, `{"id":%q,"displayName":"Patch ManagedDevice","componentName":"ManagedDevices","activityDateTime":%q,`+
		`"activityType":"Patch ManagedDevice","activityOperationType":"Patch","activityResult":"Success","correlationId":"%08x-0000-4000-8000-%012x","category":"Device",`+
		`"actor":{"type":"ItPro","userPrincipalName":"user%d@contoso.example"},"resources":[{"displayName":"PC-%05d","type":"ManagedDevice","resourceId":"%d"}]}`,
		torrentID(i), at.Add(time.Duration(i)*time.Microsecond).Format(time.RFC3339Nano), i, i*7919, i%997, i%50_000, i)
}
