package mcp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/app"
	"aoc/internal/cli"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source/file"
)

const (
	contoso  = "11111111-2222-3333-4444-555555555555"
	fabrikam = "99999999-8888-7777-6666-555555555555"

	// asProgram makes the test binary the program itself.
	asProgram = "AOC_TEST_AS_PROGRAM"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	environ := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, asProgram+"=") })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], environ, os.Stdin, os.Stdout, os.Stderr, "test")
	stop()
	os.Exit(code)
}

// house is a running service over some events, in this process.
type house struct {
	*testing.T
	app     *app.App
	service *app.Service
	base    string
	environ []string
	sim     *simulator.Server // nil: nobody signs in
	stopped bool
}

// newHouse starts a service where nobody signs in.
func newHouse(t *testing.T, more ...string) *house {
	t.Helper()
	h := &house{T: t}
	h.start(more...)
	return h
}

// newGuardedHouse starts one where people of a simulated tenant sign in.
func newGuardedHouse(t *testing.T, more ...string) *house {
	t.Helper()
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 5, Users: 50, EventsPerDay: 10}, GraphHistory: time.Hour, ManagementHistory: time.Hour, StartInterval: -1,
	})
	if err == nil {
		err = sim.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, sim.CACertPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, sim: sim}
	h.start(append([]string{
		"TENANT_ID=" + sim.Tenant().ID(), "CLIENT_ID=" + sim.ClientID(), "CLIENT_SECRET=" + sim.ClientSecret(),
		"AOC_LOGIN_URL=" + sim.LoginURL(), "AOC_GRAPH_URL=" + sim.GraphURL(), "AOC_MANAGE_URL=" + sim.ManageURL(), "AOC_CA_FILE=" + ca,
		"AUTH_ENABLED=true", "AUTH_CLIENT_ID=" + sim.AuthClientID(), "AOC_AUTH_CLIENT_SECRET=" + sim.AuthClientSecret(),
		"AOC_AUTH_READERS=AOC.Reader", "AOC_AUTH_ANALYSTS=AOC.Analyst", "AOC_AUTH_MANAGERS=AOC.Manager",
	}, more...)...)
	return h
}

func (h *house) start(more ...string) {
	h.Helper()
	h.environ = append([]string{
		"AOC_DATA_DIR=" + filepath.Join(h.TempDir(), "data"), "AOC_LISTEN=127.0.0.1:0", "ENABLE_PERIODIC_FETCH=false",
		"AI_FEATURES_ENABLED=true", "AOC_REQUESTS_PER_SECOND=0", "AOC_LOG_LEVEL=error",
	}, more...)
	cfg, err := config.Load(h.environ, "")
	if err != nil {
		h.Fatal(err)
	}
	if h.app, err = app.New(h.Context(), cfg, app.Options{Version: "test", Logger: slog.New(slog.NewTextHandler(h.Output(), &slog.HandlerOptions{Level: slog.LevelError}))}); err != nil {
		h.Fatal(err)
	}
	h.add(contoso, 300, "Ada")
	h.add(fabrikam, 20, "Bob")
	if h.service, err = h.app.Start(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.base = h.service.URL()
	h.Cleanup(h.stop)
}

func (h *house) stop() {
	if h.stopped {
		return
	}
	h.stopped = true
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.service.Stop(ctx); err != nil {
		h.Errorf("the service did not stop cleanly: %v", err)
	}
}

// add imports events of a tenant, each with a text that is long and has signs to be escaped.
func (h *house) add(tenantID string, n int, actor string) {
	h.Helper()
	var records []string
	at := time.Now().Add(-time.Hour).UTC()
	for i := range n {
		records = append(records, fmt.Sprintf(`{"id":"%s-%d","category":"UserManagement","activityDisplayName":"Update user","result":"success","activityDateTime":%q,`+
			`"initiatedBy":{"user":{"id":"u-%s","displayName":%q,"userPrincipalName":"%s@contoso.example"}},`+
			`"targetResources":[{"id":"t-%d","displayName":"Eve %d %s","type":"User","modifiedProperties":[{"displayName":"Note","oldValue":"\"a\"","newValue":"\"%s\""}]}]}`,
			tenantID[:4], i, at.Add(time.Duration(i)*time.Second).Format(time.RFC3339), actor, actor, strings.ToLower(actor), i, i, strings.Repeat("é<", 60), strings.Repeat("<&>", 200)))
	}
	path := filepath.Join(h.TempDir(), "audits.json")
	if err := os.WriteFile(path, []byte("["+strings.Join(records, ",\n")+"]"), 0o600); err != nil {
		h.Fatal(err)
	}
	summary, err := h.app.Import(h.local(), file.Options{Paths: []string{path}, TenantID: tenantID}, nil)
	if err != nil || summary.New != int64(n) {
		h.Fatalf("%+v: %v", summary, err)
	}
}

// local is a context of whoever is at the machine.
func (h *house) local() context.Context {
	return console.WithCaller(context.WithoutCancel(h.Context()), console.Local("test"))
}

// token makes an API token.
func (h *house) token(role string, tenants ...string) (secret, id string) {
	h.Helper()
	made, err := h.app.MakeToken(h.local(), console.TokenSpec{Name: role + " test", Role: role, Tenants: tenants, Days: 1})
	if err != nil {
		h.Fatal(err)
	}
	return made.Secret, made.ID
}

// carrying is a client that sends headers with each request.
type carrying map[string]string

// RoundTrip implements [http.RoundTripper].
func (c carrying) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range c {
		if name == "Host" {
			r.Host = value
		} else {
			r.Header.Set(name, value)
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func bearer(secret string) carrying {
	if secret == "" {
		return carrying{}
	}
	return carrying{"Authorization": "Bearer " + secret}
}

// transports are the ways to a service over HTTP.
var transports = []string{"streamable", "sse"}

// dial connects the library's client.
func (h *house) dial(transport string, headers carrying, opts *mcp.ClientOptions) (*mcp.ClientSession, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "test client", Version: "7"}, opts)
	web := &http.Client{Transport: headers}
	var t mcp.Transport = &mcp.StreamableClientTransport{Endpoint: h.base + "/mcp", HTTPClient: web, MaxRetries: -1}
	if transport == "sse" {
		t = &mcp.SSEClientTransport{Endpoint: h.base + "/mcp/sse", HTTPClient: web}
	}
	s, err := client.Connect(h.Context(), t, nil)
	if err == nil {
		h.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

// client is dial for who must be let in.
func (h *house) client(transport string, headers carrying, opts *mcp.ClientOptions) *mcp.ClientSession {
	h.Helper()
	s, err := h.dial(transport, headers, opts)
	if err != nil {
		h.Fatalf("%s: %v", transport, err)
	}
	return s
}

// stdio runs `aoc mcp` over the same events.
func (h *house) stdio() *mcp.ClientSession {
	h.Helper()
	self, err := os.Executable()
	if err != nil {
		h.Fatal(err)
	}
	cmd := exec.CommandContext(h.Context(), self, "--env-file", "", "mcp")
	cmd.Env = append(slices.Clone(h.environ), asProgram+"=1", "PATH="+os.Getenv("PATH"), "HOME="+h.TempDir())
	cmd.Stderr = h.Output()
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test client"}, nil).Connect(h.Context(), &mcp.CommandTransport{Command: cmd}, nil)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = s.Close() })
	return s
}

// send sends one request and gives status, headers and the begin of the body.
func (h *house) send(method, path, body string, headers carrying) (int, http.Header, string) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, h.base+path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Accept", "application/json, text/event-stream")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := headers.RoundTrip(r)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text := ""
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") || method == http.MethodPost {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		text = string(b)
	}
	return resp.StatusCode, resp.Header, text
}
