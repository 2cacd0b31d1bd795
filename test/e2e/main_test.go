package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"aoc"
	"aoc/internal/cli"
	"aoc/internal/simulator"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// TestMain makes the test binary the program itself when it is called as "aoc", which
// testscript puts into PATH.
func TestMain(m *testing.M) {
	// Most of the time is spent waiting, as upstream's limits want it. A flag given wins.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"aoc": program})
}

// program does what main of cmd/aoc does.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr, "test")
	stop()
	os.Exit(code)
}

// startSimulator starts a simulator until the test ends, and gives the settings to collect
// from it.
func startSimulator(t *testing.T, sim *simulator.Server, more ...string) []string {
	t.Helper()
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, sim.CACertPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]string{"PATH=" + os.Getenv("PATH"), "AOC_LOG_LEVEL=warn"}, settingsFor(sim, ca), more)
}

// settingsFor are the settings to collect from a simulator.
func settingsFor(sim *simulator.Server, caFile string) []string {
	return []string{
		"TENANT_ID=" + sim.Tenant().ID(), "CLIENT_ID=" + sim.ClientID(), "CLIENT_SECRET=" + sim.ClientSecret(),
		"AOC_LOGIN_URL=" + sim.LoginURL(), "AOC_GRAPH_URL=" + sim.GraphURL(), "AOC_MANAGE_URL=" + sim.ManageURL(), "AOC_CA_FILE=" + caFile,
	}
}

// runJSON runs a command in this process and decodes the one object it prints.
func runJSON(t *testing.T, v any, environ []string, args ...string) (code int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), append([]string{"--env-file", ""}, args...), environ, bytes.NewReader(nil), &out, &errs, "test")
	if out.Len() == 0 {
		return code, errs.String()
	}
	d := json.NewDecoder(&out)
	if err := d.Decode(v); err != nil || d.More() {
		t.Fatalf("aoc %v prints no single JSON object (%v): %.300s", args, err, out.String())
	}
	return code, errs.String()
}

// openStore opens a store as it lies on disk, only to look.
func openStore(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// logged gives every event of a store in order of arrival.
func logged(t *testing.T, s store.Store) []aoc.Event {
	t.Helper()
	var all []aoc.Event
	for after := int64(0); ; {
		events, err := s.ReadLog(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			return all
		}
		all, after = append(all, events...), events[len(events)-1].Seq
	}
}
