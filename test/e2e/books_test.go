package e2e_test

import (
	"bytes"
	"cmp"
	"encoding/json"
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
	"aoc/internal/store"
)

// booksHours is how far back there is something to collect. Longer means to wait longer,
// since Graph takes a request for its reports every two seconds only.
const booksHours = "48"

// books are those of a simulated Microsoft 365 where one request in ten goes wrong, and what
// a program that collects from it is held against.
type books struct {
	*testing.T
	seed    uint64
	rng     *rand.Rand
	sim     *simulator.Server
	dir     string
	place   place
	environ []string
	program string
	// wide: the sources and content types that are off by default are on.
	wide bool

	late []string // ids of records that were put in behind the program's back
}

func newBooks(t *testing.T, seed uint64, at func(t *testing.T, dir string) place) *books {
	sim, err := simulator.New(simulator.Config{
		Tenant:       tenant.Config{Seed: seed, Users: 300, EventsPerDay: 600, RisksPerDay: 20},
		GraphHistory: 48 * time.Hour, ManagementHistory: 48 * time.Hour, // booksHours
		GraphPage: 60, BlobInterval: time.Hour, BlobRecords: 30,
		Duplicates: 0.05, Poison: 0.01, StartInterval: -1,
		Limits: simulator.Limits{GraphReports: -1, Intune: -1, Risks: -1, Directory: -1, Management: -1},
		Faults: simulator.Faults{Throttle429: .02, Forbidden429: .02, ServerError: .02, CutConnection: .02, TokenExpired: .02},
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &books{T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), sim: sim, dir: t.TempDir(), wide: seed%2 == 1}
	b.program = lookAOC(t)
	b.place = at(t, b.dir)
	b.environ = startSimulator(t, sim, "HOME="+b.dir, "TMPDIR="+b.dir, "AOC_LISTEN=127.0.0.1:0", "AOC_WORKERS=8", "FETCH_INTERVAL_MINUTES=1",
		"AOC_DATA_DIR="+filepath.Join(b.dir, "data"), "AOC_FIRST_FETCH_HOURS="+booksHours)
	b.environ = append(b.environ, b.place.environ...)
	if b.wide {
		b.environ = append(b.environ, "AOC_SOURCES=directoryaudit,intuneaudit,managementactivity,riskdetection,signin",
			"AOC_CONTENT_TYPES="+strings.Join(managementactivity.ContentTypes(), ","))
		injectDLP(t, sim)
	}
	return b
}

// lookAOC finds the program.
func lookAOC(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("aoc")
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// start starts the program.
func (b *books) start(environ []string, args ...string) *run {
	b.Helper()
	r := &run{args: args, done: make(chan struct{})}
	r.cmd = exec.CommandContext(b.Context(), b.program, append([]string{"--env-file="}, args...)...)
	r.cmd.Env, r.cmd.Stderr, r.cmd.Dir = environ, &r.errs, b.dir
	if err := r.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait()
		close(r.done)
	}()
	return r
}

// run is one run of the program.
type run struct {
	args []string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	errs bytes.Buffer  // what it wrote, when it has ended
}

// kill ends the run at once.
func (r *run) kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}

// check tells what went wrong with a run that has ended.
func (r *run) check(t *testing.T, killed bool) {
	t.Helper()
	if code := r.cmd.ProcessState.ExitCode(); !killed && code != 0 && code != 3 {
		t.Errorf("aoc %v ended with exit code %d:\n%s", r.args, code, r.errs.String())
	}
	if s := r.errs.String(); strings.Contains(s, "panic:") || strings.Contains(s, "DATA RACE") {
		t.Errorf("aoc %v crashed:\n%s", r.args, s)
	}
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

// arriveLate puts in copies of records, with other ids, that happened in the past.
func (b *books) arriveLate() {
	for entry := range b.sim.Visible(time.Now()) {
		if entry.Poison || entry.Injected || entry.Stream == "DLP.All" || b.rng.IntN(300) != 0 {
			continue
		}
		if !slices.Contains([]string{string(aoc.SourceDirectory), string(aoc.SourceSignIn), string(aoc.SourceRisk), "Audit.Exchange", "Audit.General", "Audit.AzureActiveDirectory"},
			cmp.Or(entry.Stream, string(entry.Source))) || !b.wide && !byDefault(entry) {
			continue
		}
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", b.rng.Uint32(), b.seed)
		raw := bytes.ReplaceAll(entry.Raw, []byte(entry.ID), []byte(id))
		if err := b.sim.Inject(entry.Source, raw, time.Time{}); err != nil {
			b.Fatal(err)
		}
		b.late = append(b.late, id)
	}
}

// catchUp lets the program run until a collection is complete. All that could be had when
// the last one began must then be stored.
func (b *books) catchUp() (from time.Time, report ingest.Report) {
	var errs bytes.Buffer
	for range 8 {
		// The plan ends at a whole second, as upstream's filters do.
		from, report = time.Now().Truncate(time.Second), ingest.Report{}
		errs.Reset()
		cmd := exec.CommandContext(b.Context(), b.program, "--env-file=", "fetch", "--hours", booksHours, "--json")
		cmd.Env, cmd.Stderr, cmd.Dir = b.environ, &errs, b.dir
		out, err := cmd.Output()
		if e := json.Unmarshal(out, &report); e != nil {
			b.Fatalf("aoc fetch --json: %v, %v: %s\n%s", err, e, out, errs.String())
		}
		if err == nil && report.Complete {
			return from, report
		}
	}
	b.Fatalf("never caught up: %+v\n%s", report, errs.String())
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
func (b *books) checkEvents(from time.Time) {
	s := b.place.open(b.T)
	stored := make(map[string]aoc.Event)
	for _, e := range logged(b.T, s) {
		name := identity(e.Source, e.ID, e.Operation)
		if _, twice := stored[name]; twice {
			b.Errorf("%s is stored twice", name)
		}
		if e.Revisions != 0 && e.Source != aoc.SourceRisk {
			b.Errorf("%s has %d revisions, though the simulator makes none", name, e.Revisions)
		}
		stored[name] = e
	}
	quarantined := make(map[string]bool)
	qs, err := s.ListQuarantine(b.Context(), "", 100_000)
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range qs {
		quarantined[string(q.Raw)] = true
	}

	entries, poison, missing := 0, 0, 0
	kinds := make(map[string]int)
	for entry := range b.sim.Visible(time.Now()) {
		if !b.wide && !byDefault(entry) {
			continue
		}
		if entry.Poison {
			poison++
			if !quarantined[string(entry.Raw)] && entry.Visible.Before(from) {
				b.Errorf("poisoned %s is not in the quarantine", entry.ID)
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
				b.Errorf("missing: %s of %s in %q, visible since %s", name, entry.Time, entry.Stream, entry.Visible)
			}
		case ok && !bytes.Equal(e.Raw, entry.Raw) && !bytes.Equal(e.Raw, entry.Before): // it may not have been read again yet
			b.Errorf("%s was changed:\n%s\n%s", name, e.Raw, entry.Raw)
		}
	}
	if entries < 500 || poison == 0 || len(b.late) == 0 {
		b.Errorf("the trial is too easy: %d entries, %d poisoned, %d late", entries, poison, len(b.late))
	}
	if missing > 10 {
		b.Errorf("%d of %d missing", missing, entries)
	}
	for name := range stored {
		b.Errorf("%s is stored but was never served", name)
	}
	for raw := range quarantined {
		b.Errorf("quarantined without reason: %.200s", raw)
	}
	checkChain(b.T, s)
	if want := b.feeds(); len(kinds) != want {
		b.Errorf("the trial is too easy: %v, want %d kinds", kinds, want)
	}
	b.Logf("seed %d: %d records, %d poisoned: %v", b.seed, entries, poison, kinds)
}

// feeds is how many feeds the program collects: two or four of Graph, three or five
// content types.
func (b *books) feeds() int {
	if b.wide {
		return 9
	}
	return 5
}

// checkChain holds the hash tree against the log.
func checkChain(t *testing.T, s store.Store) {
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
func (b *books) checkLedger(from time.Time) {
	var c console.Coverage
	code, errs := runJSON(b.T, &c, b.environ, "coverage", "--json")
	for tries := 0; code != 0 && strings.Contains(errs, "can be tried again") && tries < 5; tries++ {
		code, errs = runJSON(b.T, &c, b.environ, "coverage", "--json")
	}
	if code != 0 {
		b.Errorf("aoc coverage: exit code %d: %s", code, errs)
	}
	for _, f := range c.Feeds {
		if f.Watermark.Before(from) {
			b.Errorf("%s: the watermark %s is before %s", f.Name, f.Watermark, from)
		}
	}
	if want := b.feeds(); len(c.Feeds) != want {
		b.Errorf("%d feeds in the ledger, want %d", len(c.Feeds), want)
	}
	for _, f := range c.Feeds {
		for _, g := range f.Gaps {
			if g.Window.Start.Before(f.Watermark) {
				b.Errorf("%s: gap %s (%s) before the watermark %s", f.Name, g.Window, g.Reason, f.Watermark)
			}
		}
		if len(f.Losses) > 0 {
			b.Errorf("%s: losses %+v", f.Name, f.Losses)
		}
		if f.Totals.Open != 0 || f.Totals.Listed != f.Totals.Stored+f.Totals.Expired {
			b.Errorf("%s: %+v", f.Name, f.Totals)
		}
		for i, w := range f.Windows {
			if i > 0 && !w.Window.Start.Equal(f.Windows[i-1].Window.End) {
				b.Errorf("%s: hole before %s", f.Name, w.Window)
			}
			if w.State != aoc.WindowClosed {
				b.Errorf("%s: %s is %s", f.Name, w.Window, w.State)
			}
		}
	}
}
