package directory_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/directory"
	"aoc/internal/m365"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// jumpingClock is a clock on which sleeping takes no time but moves it.
type jumpingClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *jumpingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumpingClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

func TestSimulated(t *testing.T) {
	clock := &jumpingClock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 3, Users: 1200}, Clock: clock, GraphHistory: time.Hour, ManagementHistory: time.Hour,
		Faults: simulator.Faults{Throttle429: 0.1, ServerError: 0.1, CutConnection: 0.1, TokenExpired: 0.05},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	cloud, err := m365.Cloud{}.With(sim.LoginURL(), sim.GraphURL(), sim.ManageURL())
	if err != nil {
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
	want := map[string]string{"62e90394-69f5-4237-9190-012177145e10": "Global Administrator"}
	for _, u := range sim.Tenant().Users {
		want[u.ID] = u.DisplayName
	}
	var ids []string
	for id := range want {
		ids = append(ids, id)
	}
	r := directory.New(directory.Config{Client: client, Clock: clock, TenantID: tenantID})
	if err := r.Fetch(t.Context(), tenantID, ids); err != nil {
		t.Fatal(err)
	}
	for id, name := range want {
		if got, _ := r.Lookup(tenantID, id, clock.Now()); got != name {
			t.Errorf("%s is %q, want %q", id, got, name)
		}
	}

	sim.SetPermissions("AuditLog.Read.All")
	r = directory.New(directory.Config{Client: client, Clock: clock, TenantID: tenantID})
	clock.Sleep(t.Context(), 2*time.Hour) // the token with the permission ends
	if err := r.Fetch(t.Context(), tenantID, ids); aoc.CodeOf(err) != aoc.CodeForbidden || r.Status().Enabled {
		t.Errorf("got %v, status %+v; want forbidden and switched off", err, r.Status())
	}
}
