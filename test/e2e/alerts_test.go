package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// inboxRules are two rules of the test: one of Sigma, one of conditions.
const inboxRule = `title: An inbox rule forwards mail
id: 7d1c2a3b-0000-4000-8000-0000000000aa
logsource:
    product: m365
    service: exchange
detection:
    selection:
        Operation:
            - New-InboxRule
            - Set-InboxRule
        Parameters|contains:
            - ForwardTo
            - RedirectTo
    condition: selection
level: high
`

// TestAlerts has the real program judge what it collects: an attack story of the simulated
// tenant raises its alert, once, also across restarts and another collection.
func TestAlerts(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 5, Users: 300, EventsPerDay: 200}, GraphHistory: 7 * 24 * time.Hour, ManagementHistory: 7 * 24 * time.Hour,
		StartInterval: -1, Limits: simulator.Limits{GraphReports: -1, Intune: -1, Directory: -1, Management: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir, address := t.TempDir(), freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	environ := startSimulator(t, sim, "HOME="+dir, "TMPDIR="+dir, "AOC_LISTEN="+address, "AOC_DATA_DIR="+filepath.Join(dir, "data"),
		"ENABLE_PERIODIC_FETCH=false", "ALERTS_ENABLED=true")
	b := &books{T: t, dir: dir, program: lookAOC(t)}
	c := &caller{T: t, base: "http://localhost:" + port}
	program := b.start(environ, "serve")
	t.Cleanup(func() { program.kill() })
	c.await("the program to answer", func() bool { return c.ask("GET", "/health", "", nil) == http.StatusOK })
	var loaded struct {
		CanFire int `json:"can_fire"`
	}
	body, _ := json.Marshal(map[string]any{"files": []map[string]string{{"path": "inbox.yml", "content": inboxRule}}, "enable": true})
	if status := c.ask("POST", "/api/rules/load", string(body), &loaded); status != http.StatusOK || loaded.CanFire != 1 {
		t.Fatalf("loading rules: %d, %+v", status, loaded)
	}
	if status := c.ask("POST", "/api/fetch-audit-logs?wait=9", "", nil); status >= http.StatusBadRequest {
		t.Fatalf("collecting: %d", status)
	}
	var page alertPage
	c.await("an alert", func() bool {
		c.ask("GET", "/api/alerts", "", &page)
		return len(page.Items) > 0
	})
	first := page.Items[0]
	if first.Title != "An inbox rule forwards mail" || first.Severity != "high" || first.State != "open" || first.Count < 1 || len(first.Events) < 1 {
		t.Errorf("%+v", first)
	}
	var event struct{ Operation string }
	if status := c.ask("GET", "/api/events/"+first.Events[0], "", &event); status != http.StatusOK || !strings.HasSuffix(event.Operation, "InboxRule") {
		t.Errorf("its event: %d, %+v", status, event)
	}
	if status := c.ask("PATCH", "/api/alerts/"+first.ID, `{"version":`+string(first.Version)+`,"state":"closed","reason":"a test"}`, nil); status != http.StatusOK {
		t.Errorf("closing it: %d", status)
	}
	c.settle(&page)
	raised := len(page.Items)

	if err := program.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-program.done
	program.check(t, false)
	program = b.start(environ, "serve")
	c.await("the program to answer", func() bool { return c.ask("GET", "/health", "", nil) == http.StatusOK })
	if status := c.ask("POST", "/api/fetch-audit-logs?wait=9", "", nil); status >= http.StatusBadRequest {
		t.Fatalf("collecting again: %d", status)
	}
	c.settle(&page)
	if len(page.Items) != raised || page.States["closed"] != 1 {
		t.Errorf("%d alerts, and %d after a restart: %+v", raised, len(page.Items), page.States)
	}
}

type alertPage struct {
	Items []struct {
		ID, Title, Severity, State string
		Count                      int64
		Events                     []string
		Version                    json.Number
	}
	States map[string]int64
}

// caller asks the API of a program.
type caller struct {
	*testing.T
	base string
}

// ask gives the status of an answer, 0 for none, and reads it.
func (c *caller) ask(method, path, body string, into any) int {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0
	}
	if into != nil && resp.StatusCode < http.StatusBadRequest {
		if err := json.Unmarshal(b, into); err != nil {
			c.Fatalf("%s: %v: %.300s", path, err, b)
		}
	}
	return resp.StatusCode
}

func (c *caller) await(what string, done func() bool) {
	c.Helper()
	for began := time.Now(); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			c.Fatalf("waited in vain for %s", what)
		}
	}
}

// settle waits until what is being collected is stored and rules have judged all of it.
func (c *caller) settle(page *alertPage) {
	c.Helper()
	c.await("everything to be collected and judged", func() bool {
		var runs struct {
			Items []struct {
				FinishedAt string `json:"finished_at"`
			}
		}
		c.ask("GET", "/api/collections", "", &runs)
		for _, r := range runs.Items {
			if r.FinishedAt == "" {
				return false
			}
		}
		return c.metric("aoc_detection_lag_events") == "0"
	})
	*page = alertPage{}
	c.ask("GET", "/api/alerts?page_size=500", "", page)
}

// metric gives the value of a metric without labels; empty if there is none.
func (c *caller) metric(name string) string {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.base+"/metrics", nil)
	if err != nil {
		c.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(b), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}
