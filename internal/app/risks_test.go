package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// movedClock is a clock that moves when it is told to, and by sleeping.
type movedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *movedClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return ctx.Err()
}

// TestResolvedRisksAreReadAgain: what becomes of a risk within days is a revision of its
// event, though Graph tells of it only to those who list the same window again.
func TestResolvedRisksAreReadAgain(t *testing.T) {
	clock := &movedClock{at: time.Date(2026, 1, 8, 14, 0, 0, 0, time.UTC)}
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 3, Users: 100, EventsPerDay: 2000, RisksPerDay: 60, QuietStories: true}, Clock: clock, OneListener: true,
		GraphHistory: 24 * time.Hour, Limits: simulator.Limits{Risks: -1, GraphReports: -1, Directory: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, sim.CACertPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load([]string{
		"AOC_DATA_DIR=" + dir, "AOC_SOURCES=riskdetection", "AOC_FIRST_FETCH_HOURS=24", "TENANT_ID=" + sim.Tenant().ID(), "CLIENT_ID=" + sim.ClientID(),
		"CLIENT_SECRET=" + sim.ClientSecret(), "AOC_LOGIN_URL=" + sim.LoginURL(), "AOC_GRAPH_URL=" + sim.GraphURL(), "AOC_MANAGE_URL=" + sim.ManageURL(), "AOC_CA_FILE=" + ca,
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{Version: "test", Logger: slog.New(slog.DiscardHandler), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Stop(context.WithoutCancel(t.Context())) })
	fetch := func() aoc.Counts {
		t.Helper()
		report, err := a.Fetch(t.Context(), 0, nil, nil)
		if err != nil || !report.Complete {
			t.Fatalf("%+v, %v", report, err)
		}
		return report.Counts
	}
	if c := fetch(); c.New < 20 || c.Revision != 0 {
		t.Errorf("at first %+v", c)
	}
	_ = clock.Sleep(t.Context(), 26*time.Hour)
	if c := fetch(); c.Revision < 5 || c.New < 20 {
		t.Errorf("a day later %+v", c)
	}
}
