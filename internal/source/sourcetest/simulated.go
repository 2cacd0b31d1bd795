package sourcetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"testing"
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source"
)

const (
	simulatedHours = 12
	// patience is how often a window is tried, as the runner would.
	patience = 12
)

// Simulated collects half a day from the simulator, which throttles, fails, breaks
// answers off, lets tokens expire and serves some records broken, and holds what came
// against the simulator's manifest: nothing missing and nothing invented. stream is empty
// for sources of Graph.
func Simulated(t *testing.T, kind aoc.RecordKind, stream string, build func(*m365.Client, aoc.Clock) source.Source) {
	t.Helper()
	clock := &Clock{now: Now}
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 7, Users: 100, EventsPerDay: 6000, RisksPerDay: 200}, Clock: clock,
		GraphHistory: 48 * time.Hour, ManagementHistory: 48 * time.Hour, GraphPage: 7, ContentPage: 3, Poison: 0.01,
		Faults: simulator.Faults{
			Throttle429: 0.05, Forbidden429: 0.05, ServerError: 0.05, CutConnection: 0.05, TokenExpired: 0.03, Malformed: 0.05,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	src := build(signedIn(t, sim, clock), clock)

	end := clock.Now().Add(-time.Hour)
	span := aoc.Window{Start: end.Add(-simulatedHours * time.Hour), End: end}
	got := map[[32]byte]aoc.Record{}
	for start := span.Start; start.Before(span.End); start = start.Add(time.Hour) {
		w := aoc.Window{Start: start, End: start.Add(time.Hour)}
		for n := 1; ; n++ {
			err := read(t.Context(), src, w, got)
			if err == nil {
				break
			}
			if n == patience {
				t.Fatalf("window %s: %v", w, err)
			}
		}
	}

	held := 0
	for e := range sim.Manifest() {
		at := e.Time
		if stream != "" {
			at = e.Visible
		}
		if e.Source != kind.Source() || e.Stream != stream || !span.Contains(at) {
			continue
		}
		held++
		r, ok := got[e.Sum]
		if !ok {
			t.Errorf("missing: %s of %v, visible %v, delivered %v", e.ID, e.Time, e.Visible, e.Delivered)
			continue
		}
		if e.Poison != (r.Problem != "") {
			t.Errorf("record %s is broken: %v; its problem is %q", e.ID, e.Poison, r.Problem)
		}
		delete(got, e.Sum)
	}
	if held == 0 {
		t.Fatal("the simulator held no records in the span")
	}
	// Graph's windows hold the record on their outer edges as well.
	for _, sum := range slices.Collect(maps.Keys(got)) {
		if !isEdge(sim, sum, span) {
			t.Errorf("invented: %s", got[sum].Raw)
		}
	}
	t.Logf("%d records, %d requests", held, total(sim.Requests()))
}

func signedIn(t *testing.T, sim *simulator.Server, clock aoc.Clock) *m365.Client {
	t.Helper()
	cloud, err := m365.ParseCloud("worldwide")
	if err != nil {
		t.Fatal(err)
	}
	if cloud, err = cloud.With(sim.LoginURL(), sim.GraphURL(), sim.ManageURL()); err != nil {
		t.Fatal(err)
	}
	tenantID := sim.Tenant().ID()
	credential, err := m365.NewCredential(m365.Credentials{TenantID: tenantID, ClientID: sim.ClientID(), Secret: sim.ClientSecret()}, cloud, sim.Client())
	if err != nil {
		t.Fatal(err)
	}
	client, err := m365.New(m365.Config{Cloud: cloud, TenantID: tenantID, Credential: credential, Clock: clock, HTTP: sim.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func read(ctx context.Context, src source.Source, w aoc.Window, got map[[32]byte]aoc.Record) error {
	for u, err := range src.List(ctx, w) {
		if err != nil {
			return err
		}
		for r, err := range src.Read(ctx, u) {
			if err != nil {
				return err
			}
			r.Raw = bytes.Clone(r.Raw)
			got[sha256.Sum256(r.Raw)] = r
		}
	}
	return nil
}

func isEdge(sim *simulator.Server, sum [32]byte, span aoc.Window) bool {
	for e := range sim.Manifest() {
		if e.Sum == sum {
			return e.Time.Truncate(time.Second).Equal(span.End.Truncate(time.Second))
		}
	}
	return false
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
