package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// intake is a receiver that fails now and then, and keeps what it has taken.
type intake struct {
	mu     sync.Mutex
	asked  int
	events map[string]int // by key
	order  []string
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.asked++; i.asked%50 == 7 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var e struct{ Key string }
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil || e.Key == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if i.events[e.Key]++; i.events[e.Key] == 1 {
		i.order = append(i.order, e.Key)
	}
}

func (i *intake) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.events)
}

// TestSIEM forwards what the real program collects by the two settings of the original: each
// event as JSON by POST, all of them, also across a kill.
func TestSIEM(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 9, Users: 100, EventsPerDay: 100}, GraphHistory: 48 * time.Hour, ManagementHistory: 48 * time.Hour,
		StartInterval: -1, Limits: simulator.Limits{GraphReports: -1, Intune: -1, Directory: -1, Management: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	in := &intake{events: map[string]int{}}
	receiver := httptest.NewServer(in)
	t.Cleanup(receiver.Close)
	dir, address := t.TempDir(), freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	environ := startSimulator(t, sim, "HOME="+dir, "TMPDIR="+dir, "AOC_LISTEN="+address, "AOC_DATA_DIR="+filepath.Join(dir, "data"), "ENABLE_PERIODIC_FETCH=false",
		"SIEM_ENABLED=true", "SIEM_WEBHOOK_URL="+receiver.URL+"/intake?key=s3cret")
	b := &books{T: t, dir: dir, program: lookAOC(t)}
	c := &caller{T: t, base: "http://localhost:" + port}
	program := b.start(environ, "serve")
	t.Cleanup(func() { program.kill() })
	up := func() {
		c.await("the program to answer", func() bool { return c.ask("GET", "/health", "", nil) == http.StatusOK })
	}
	up()
	if status := c.ask("POST", "/api/fetch-audit-logs?wait=9", "", nil); status >= http.StatusBadRequest {
		t.Fatalf("collecting: %d", status)
	}
	c.await("some events to arrive", func() bool { return in.count() > 20 })
	program.kill()
	program = b.start(environ, "serve")
	up()
	if status := c.ask("POST", "/api/fetch-audit-logs?wait=9", "", nil); status >= http.StatusBadRequest {
		t.Fatalf("collecting again: %d", status)
	}
	c.await("all events to arrive", func() bool {
		s := openStore(t, filepath.Join(dir, "data"))
		defer s.Close()
		return in.count() > 0 && in.count() == len(logged(t, s))
	})
}
