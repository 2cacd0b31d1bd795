package e2e_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source/managementactivity"
	"aoc/internal/store/sqlite"
)

var seeds = flag.Int("seeds", 3, "how many tenants TestFaults collects, each killed at other moments")

const (
	// faultsAtOnce is how many seeds run side by side.
	faultsAtOnce = 4
	// faultsHours is how far back there is something to collect. Longer means to wait
	// longer, since Graph takes a request for its reports every two seconds only.
	faultsHours = "48"
)

// TestFaults collects from a simulated Microsoft 365 where one request in ten goes wrong,
// with a program that is killed again and again, while records arrive late and twice. In
// the end the store holds what the simulator has made available: each record once, byte
// for byte, and nothing else; and the ledger says so.
func TestFaults(t *testing.T) {
	t.Parallel()
	n := *seeds
	if testing.Short() {
		n = min(n, 1)
	}
	slots := make(chan struct{}, faultsAtOnce)
	for seed := range n {
		t.Run(fmt.Sprintf("seed=%d", seed+1), func(t *testing.T) {
			t.Parallel()
			slots <- struct{}{}
			defer func() { <-slots }()
			newTrial(t, uint64(seed+1)).run()
		})
	}
}

// trial is one tenant and one program that collects from it.
type trial struct {
	*testing.T
	seed    uint64
	rng     *rand.Rand
	sim     *simulator.Server
	dir     string
	environ []string
	program string
	// wide: the sources and content types that are off by default are on.
	wide bool

	kills, ended int
	late         []string // ids of records that were put in behind the program's back
}

func newTrial(t *testing.T, seed uint64) *trial {
	sim, err := simulator.New(simulator.Config{
		Tenant:       tenant.Config{Seed: seed, Users: 300, EventsPerDay: 600},
		GraphHistory: 48 * time.Hour, ManagementHistory: 48 * time.Hour, // faultsHours
		GraphPage: 60, BlobInterval: time.Hour, BlobRecords: 30,
		Duplicates: 0.05, Poison: 0.01, StartInterval: -1,
		Limits: simulator.Limits{GraphReports: -1, Intune: -1, Directory: -1, Management: -1},
		Faults: simulator.Faults{Throttle429: .02, Forbidden429: .02, ServerError: .02, CutConnection: .02, TokenExpired: .02},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	environ := startSimulator(t, sim, "HOME="+dir, "TMPDIR="+dir, "AOC_DATA_DIR="+filepath.Join(dir, "data"),
		"AOC_LISTEN=127.0.0.1:0", "AOC_WORKERS=8", "FETCH_INTERVAL_MINUTES=1", "AOC_FIRST_FETCH_HOURS="+faultsHours)
	wide := seed%2 == 1
	if wide {
		environ = append(environ, "AOC_SOURCES=directoryaudit,intuneaudit,managementactivity,signin",
			"AOC_CONTENT_TYPES="+strings.Join(managementactivity.ContentTypes(), ","))
	}
	program, err := exec.LookPath("aoc")
	if err != nil {
		t.Fatal(err)
	}
	if wide {
		injectDLP(t, sim)
	}
	return &trial{T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), sim: sim, dir: dir, program: program, environ: environ, wide: wide}
}

// injectDLP puts in a match of a policy and its undo, which share an id; hardly any happen
// by themselves.
func injectDLP(t *testing.T, sim *simulator.Server) {
	t.Helper()
	at := time.Now().UTC().Add(-3 * time.Hour)
	for i, operation := range []string{"DlpRuleMatch", "DlpRuleUndo"} {
		raw := fmt.Appendf(nil, `{"CreationTime":%q,"Id":"00000000-0000-4000-8000-00000000d1b0","Operation":%q,"OrganizationId":%q,"RecordType":13,"UserKey":"DlpAgent","UserType":4,`+
			`"Workload":"Exchange","UserId":"ada@contoso.example","IncidentId":"17","PolicyDetails":[{"PolicyId":"p","PolicyName":"Cards","Rules":[{"RuleName":"Many cards","Severity":"High"}]}]}`,
			at.Format("2006-01-02T15:04:05"), operation, sim.Tenant().ID())
		if err := sim.Inject(aoc.SourceUnified, raw, at.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
}

func (t *trial) run() {
	began := time.Now()
	for range 4 + t.rng.IntN(4) {
		args := [][]string{{"fetch"}, {"serve"}, {"fetch", "--hours", faultsHours}}[t.rng.IntN(3)]
		// Half of the deaths come early, where a start does most of its work.
		life := 50*time.Millisecond + time.Duration(t.rng.Int64N(int64(1450*time.Millisecond)))
		if t.rng.IntN(2) == 0 {
			life /= 4
		}
		t.kill(args, life)
		t.arriveLate()
	}
	killed := time.Since(began)
	from, report := t.catchUp()
	t.checkEvents(from)
	t.checkLedger(from)
	t.Logf("seed %d: killed %d times (%d runs had ended before) in %.1f s, %d late records put in; caught up after %.1f s: %+v; upstream answered %v",
		t.seed, t.kills, t.ended, killed.Seconds(), len(t.late), time.Since(began).Seconds(), report.Counts, t.sim.Requests())
}

// kill starts the program and kills it after a time, unless it has ended by itself.
func (t *trial) kill(args []string, life time.Duration) {
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), t.program, append([]string{"--env-file="}, args...)...)
	cmd.Env, cmd.Stderr, cmd.Dir = t.environ, &errs, t.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-time.After(life):
		_ = cmd.Process.Kill()
		<-done
		t.kills++
	case <-done:
		t.ended++
		if code := cmd.ProcessState.ExitCode(); code != 0 && code != 3 {
			t.Errorf("aoc %v ended with exit code %d:\n%s", args, code, errs.String())
		}
	}
	if s := errs.String(); strings.Contains(s, "panic:") || strings.Contains(s, "DATA RACE") {
		t.Errorf("aoc %v crashed:\n%s", args, s)
	}
}

// arriveLate puts in copies of records, with other ids, that happened in the past.
func (t *trial) arriveLate() {
	for entry := range t.sim.Visible(time.Now()) {
		if entry.Poison || entry.Injected || entry.Stream == "DLP.All" || t.rng.IntN(300) != 0 {
			continue
		}
		if !slices.Contains([]string{string(aoc.SourceDirectory), string(aoc.SourceSignIn), "Audit.Exchange", "Audit.General", "Audit.AzureActiveDirectory"},
			cmp.Or(entry.Stream, string(entry.Source))) || !t.wide && !byDefault(entry) {
			continue
		}
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", t.rng.Uint32(), t.seed)
		raw := bytes.ReplaceAll(entry.Raw, []byte(entry.ID), []byte(id))
		if err := t.sim.Inject(entry.Source, raw, time.Time{}); err != nil {
			t.Fatal(err)
		}
		t.late = append(t.late, id)
	}
}

// catchUp lets the program run until a collection is complete. All that could be had when
// the last one began must then be stored.
func (t *trial) catchUp() (from time.Time, report ingest.Report) {
	var errs bytes.Buffer
	for range 8 {
		// The plan ends at a whole second, as upstream's filters do.
		from, report = time.Now().Truncate(time.Second), ingest.Report{}
		errs.Reset()
		cmd := exec.CommandContext(t.Context(), t.program, "--env-file=", "fetch", "--hours", faultsHours, "--json")
		cmd.Env, cmd.Stderr, cmd.Dir = t.environ, &errs, t.dir
		out, err := cmd.Output()
		if e := json.Unmarshal(out, &report); e != nil {
			t.Fatalf("aoc fetch --json: %v, %v: %s\n%s", err, e, out, errs.String())
		}
		if err == nil && report.Complete {
			return from, report
		}
	}
	t.Fatalf("never caught up: %+v\n%s", report, errs.String())
	return from, report
}

// identity is what makes a record unique at the simulator: a DLP match and its undo share
// an id.
func identity(source aoc.Source, id, operation string) string {
	if source != aoc.SourceUnified || !strings.HasPrefix(strings.ToLower(operation), "dlp") {
		operation = ""
	}
	return string(source) + "/" + id + "/" + operation
}

// byDefault reports whether an entry is collected by a program nobody told otherwise.
func byDefault(e simulator.Entry) bool {
	switch e.Source {
	case aoc.SourceDirectory, aoc.SourceIntune:
		return true
	case aoc.SourceUnified:
		return slices.Contains([]string{"Audit.Exchange", "Audit.SharePoint", "Audit.General"}, e.Stream)
	}
	return false
}

// checkEvents compares the store with the simulator's books. Entries that became visible
// after from may be missing.
func (t *trial) checkEvents(from time.Time) {
	s := openStore(t.T, filepath.Join(t.dir, "data"))
	stored := make(map[string]aoc.Event)
	for _, e := range logged(t.T, s) {
		name := identity(e.Source, e.ID, e.Operation)
		if _, twice := stored[name]; twice {
			t.Errorf("%s is stored twice", name)
		}
		if e.Revisions != 0 {
			t.Errorf("%s has %d revisions, though the simulator makes none", name, e.Revisions)
		}
		stored[name] = e
	}
	quarantined := make(map[string]bool)
	qs, err := s.ListQuarantine(t.Context(), "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range qs {
		quarantined[string(q.Raw)] = true
	}

	entries, poison, missing := 0, 0, 0
	kinds := make(map[string]int)
	for entry := range t.sim.Visible(time.Now()) {
		if !t.wide && !byDefault(entry) {
			continue
		}
		if entry.Poison {
			poison++
			if !quarantined[string(entry.Raw)] && entry.Visible.Before(from) {
				t.Errorf("poisoned %s is not in the quarantine", entry.ID)
			}
			delete(quarantined, string(entry.Raw))
			continue
		}
		entries++
		kinds[cmp.Or(entry.Stream, string(entry.Source))]++
		name := identity(entry.Source, entry.ID, entry.Operation)
		e, ok := stored[name]
		delete(stored, name)
		switch {
		case !ok && entry.Visible.Before(from):
			if missing++; missing <= 10 {
				t.Errorf("missing: %s of %s in %q, visible since %s", name, entry.Time, entry.Stream, entry.Visible)
			}
		case ok && !bytes.Equal(e.Raw, entry.Raw):
			t.Errorf("%s was changed:\n%s\n%s", name, e.Raw, entry.Raw)
		}
	}
	if entries < 500 || poison == 0 || len(t.late) == 0 {
		t.Errorf("the trial is too easy: %d entries, %d poisoned, %d late", entries, poison, len(t.late))
	}
	if missing > 10 {
		t.Errorf("%d of %d missing", missing, entries)
	}
	for name := range stored {
		t.Errorf("%s is stored but was never served", name)
	}
	for raw := range quarantined {
		t.Errorf("quarantined without reason: %.200s", raw)
	}
	checkChain(t.T, s)
	if want := t.feeds(); len(kinds) != want {
		t.Errorf("the trial is too easy: %v, want %d kinds", kinds, want)
	}
	t.Logf("seed %d: %d records, %d poisoned: %v", t.seed, entries, poison, kinds)
}

// feeds is how many feeds the program collects: two or three of Graph, three or five
// content types.
func (t *trial) feeds() int {
	if t.wide {
		return 8
	}
	return 5
}

// checkChain holds the hash tree against the log.
func checkChain(t *testing.T, s *sqlite.Store) {
	t.Helper()
	last, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	size, _, err := s.TreeHead(t.Context())
	if err != nil || size != last {
		t.Errorf("the chain has %d leaves (%v), the log %d entries", size, err, last)
	}
	leaves, err := s.LeafHashes(t.Context(), 0, int(size))
	if err != nil || int64(len(leaves)) != size {
		t.Errorf("%d of %d leaves: %v", len(leaves), size, err)
	}
}

// checkLedger asks the program what it can prove.
func (t *trial) checkLedger(from time.Time) {
	var c console.Coverage
	if code, errs := runJSON(t.T, &c, t.environ, "coverage", "--json"); code != 0 {
		t.Errorf("aoc coverage: exit code %d: %s", code, errs)
	}
	for _, f := range c.Feeds {
		if f.Watermark.Before(from) {
			t.Errorf("%s: the watermark %s is before %s", f.Name, f.Watermark, from)
		}
	}
	if want := t.feeds(); len(c.Feeds) != want {
		t.Errorf("%d feeds in the ledger, want %d", len(c.Feeds), want)
	}
	for _, f := range c.Feeds {
		for _, g := range f.Gaps {
			if g.Window.Start.Before(f.Watermark) {
				t.Errorf("%s: gap %s (%s) before the watermark %s", f.Name, g.Window, g.Reason, f.Watermark)
			}
		}
		if len(f.Losses) > 0 {
			t.Errorf("%s: losses %+v", f.Name, f.Losses)
		}
		if f.Totals.Open != 0 || f.Totals.Listed != f.Totals.Stored+f.Totals.Expired {
			t.Errorf("%s: %+v", f.Name, f.Totals)
		}
		for i, w := range f.Windows {
			if i > 0 && !w.Window.Start.Equal(f.Windows[i-1].Window.End) {
				t.Errorf("%s: hole before %s", f.Name, w.Window)
			}
			if w.State != aoc.WindowClosed {
				t.Errorf("%s: %s is %s", f.Name, w.Window, w.State)
			}
		}
	}
}
