package simulator

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/simulator/tenant"
)

func TestManifestIsRepeatable(t *testing.T) {
	sums := func() []Entry {
		b := start(t, func(c *Config) { c.CacheBytes = 3 << 20 }) // hours are forgotten and made again
		var list []Entry
		for e := range b.Manifest() {
			if sha256.Sum256(e.Raw) != e.Sum {
				t.Fatal("the sum is not that of the record")
			}
			e.Raw = nil
			list = append(list, e)
		}
		return list
	}
	if diff := cmp.Diff(sums(), sums()); diff != "" {
		t.Errorf("two runs of one seed differ:\n%.2000s", diff)
	}
}

func TestManifestGrowsAndKeepsWhatExpires(t *testing.T) {
	b := start(t, func(c *Config) { c.Tenant.EventsPerDay = 400 })
	type key struct {
		source aoc.Source
		id, op string
	}
	seen := make(map[key]bool)
	for range 5 {
		now := make(map[key]bool)
		for e := range b.Manifest() {
			if e.Visible.After(b.clock.Now()) {
				t.Fatalf("%s is visible from %v", e.ID, e.Visible)
			}
			if now[key{e.Source, e.ID, e.Operation}] {
				t.Fatalf("%s is listed twice", e.ID)
			}
			now[key{e.Source, e.ID, e.Operation}] = true
		}
		for k := range seen {
			if !now[k] {
				t.Fatalf("%v is no longer listed", k)
			}
		}
		if len(now) <= len(seen) {
			t.Errorf("%d entries after %d", len(now), len(seen))
		}
		seen = now
		b.clock.advance(51 * time.Hour)
	}
}

func TestInject(t *testing.T) {
	b := start(t, nil)
	for _, contentType := range tenant.Streams() {
		b.subscribe(contentType).want(t, 200)
	}
	at := thursday.Add(time.Minute)
	records := map[aoc.Source]string{
		aoc.SourceDirectory: `{"id":"Directory_x_1","activityDateTime":"2026-01-08T11:00:00Z","activityDisplayName":"Injected"}`,
		aoc.SourceIntune:    `{"id":"66666666-6666-4666-8666-666666666666","activityDateTime":"2026-01-08T11:00:00.5Z","activityType":"Injected"}`,
		aoc.SourceSignIn:    `{"id":"77777777-7777-4777-8777-777777777777","createdDateTime":"2026-01-08T11:00:00Z"}`,
		aoc.SourceRisk:      `{"id":"99999999","detectedDateTime":"2026-01-08T11:00:00Z","riskEventType":"leakedCredentials"}`,
		aoc.SourceUnified:   `{"Id":"88888888-8888-4888-8888-888888888888","CreationTime":"2026-01-08T11:00:00","RecordType":8,"Workload":"AzureActiveDirectory","Operation":"Injected."}`,
	}
	for source, raw := range records {
		if err := b.Inject(source, []byte(raw), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Inject(aoc.SourceAOC, []byte("{}"), at); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("own records: %v", err)
	}
	held := func() (n int) {
		for source, path := range map[aoc.Source]string{aoc.SourceDirectory: audits, aoc.SourceIntune: auditEvents, aoc.SourceSignIn: signIns, aoc.SourceRisk: risks} {
			for _, raw := range b.all(path) {
				if string(raw) == records[source] {
					n++
				}
			}
		}
		for _, d := range b.listing(window("Audit.AzureActiveDirectory", thursday.Add(-time.Hour), thursday.Add(time.Hour))) {
			for _, raw := range b.records(d) {
				if string(raw) == records[aoc.SourceUnified] {
					n++
				}
			}
		}
		return n
	}
	if n := held(); n != 0 {
		t.Errorf("%d records are visible early", n)
	}
	b.clock.advance(2 * time.Minute)
	if n := held(); n != len(records) {
		t.Errorf("%d records are visible, want %d", n, len(records))
	}
	listed := 0
	for e := range b.Manifest() {
		if e.Injected {
			listed++
			if string(e.Raw) != records[e.Source] || !e.Delivered || !e.Visible.Equal(at) {
				t.Errorf("entry %+v", e)
			}
		}
	}
	if listed != len(records) {
		t.Errorf("%d injected records in the manifest", listed)
	}
}

// TestManyClients is for the race detector.
func TestManyClients(t *testing.T) {
	b := start(t, func(c *Config) { c.CacheBytes = 2 << 20 })
	b.subscribe("Audit.Exchange").want(t, 200)
	token, manage := b.token(graphScope), b.token(manageScope)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for _, target := range []string{
				b.GraphURL() + audits, b.GraphURL() + signIns, b.feed(window("Audit.Exchange", thursday.Add(-20*time.Hour), thursday)),
			} {
				use := token
				if strings.Contains(target, "/api/") {
					use = manage
				}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+use)
				resp, err := b.client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", target, resp.StatusCode)
				}
			}
			if i%2 == 0 {
				for range b.Manifest() {
				}
			} else if err := b.Inject(aoc.SourceDirectory, []byte(`{"id":"x","activityDateTime":"2026-01-08T11:00:00Z"}`), time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestWriteFiles(t *testing.T) {
	write := func(seed uint64) (map[string]string, int) {
		dir := t.TempDir()
		paths, err := WriteFiles(t.Context(), Files{Dir: dir, Events: 5003, PerFile: 1500, Tenant: tenant.Config{Seed: seed, Users: 100, EventsPerDay: 4000}})
		if err != nil {
			t.Fatal(err)
		}
		files, lines := make(map[string]string), 0
		for _, p := range paths {
			body, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(p)] = string(body)
			n := strings.Count(string(body), "\n")
			if n > 1500 {
				t.Errorf("%s has %d lines", p, n)
			}
			lines += n
		}
		return files, lines
	}
	a, lines := write(5)
	if lines != 5003 {
		t.Errorf("%d events, want 5003", lines)
	}
	for _, name := range []string{"unified_2026-01-05_001.jsonl", "unified_2026-01-05_002.jsonl", "directory_2026-01-05_001.jsonl", "intune_2026-01-05_001.jsonl", "signin_2026-01-05_001.jsonl"} {
		if a[name] == "" {
			t.Errorf("no file %s", name)
		}
	}
	if again, _ := write(5); !cmp.Equal(a, again) {
		t.Error("equal settings wrote different files")
	}
	if other, _ := write(6); cmp.Equal(a, other) {
		t.Error("another seed wrote the same files")
	}
}

func BenchmarkWriteFiles(b *testing.B) {
	const events = 100_000
	for b.Loop() {
		if _, err := WriteFiles(b.Context(), Files{Dir: b.TempDir(), Events: events, Tenant: tenant.Config{Seed: 1, EventsPerDay: 500_000}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
}

// Records put in at the same instant each need a blob of their own, whatever hours they
// tell of.
func TestInjectedBlobsAreToldApart(t *testing.T) {
	b := start(t, nil)
	b.subscribe("Audit.Exchange").want(t, 200)
	for i := range 40 {
		at := thursday.Add(-time.Duration(i) * time.Hour)
		raw := fmt.Sprintf(`{"Id":"injected-%d","CreationTime":"%s","RecordType":1,"Workload":"Exchange","Operation":"Injected"}`, i, at.Format("2006-01-02T15:04:05"))
		if err := b.Inject(aoc.SourceUnified, []byte(raw), thursday.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	b.clock.advance(2 * time.Minute)
	blobs := map[string]bool{}
	n := 0
	for e := range b.Manifest() {
		if e.Injected {
			n++
			for _, id := range e.Blobs {
				blobs[id] = true
			}
		}
	}
	if n != 40 || len(blobs) != 40 {
		t.Errorf("%d injected records in %d blobs, want 40 in 40", n, len(blobs))
	}
}
