package httpapi

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/edge"
	"aoc/internal/httpapi/metrics"
)

// from asks as a client at an address.
func (b *bench) from(addr, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host, r.RemoteAddr = "localhost:8000", addr+":1234"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// wantTooMany holds the shape of the answer to who asks too often.
func wantTooMany(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusTooManyRequests || p.Detail == nil || p.Hint == "" {
		t.Errorf("status %d: %s (%v)", w.Code, w.Body, err)
	}
	if w.Header().Get("Retry-After") == "" || w.Header().Get("X-Content-Type-Options") == "" {
		t.Errorf("headers: %v", w.Header())
	}
}

func TestRequestsOfOneClient(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Limits.RequestsPerSecond = 5
		c.Proxies.Trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}
	})
	for i := range 5 * requestsAtOnce {
		if w := b.from("203.0.113.9", "/api/version"); w.Code != http.StatusOK {
			t.Fatalf("request %d: %d", i, w.Code)
		}
	}
	wantTooMany(t, b.from("203.0.113.9", "/api/version"))
	wantTooMany(t, b.from("203.0.113.9", "/"))
	wantTooMany(t, b.from("203.0.113.9", "/api/version", "X-Forwarded-For", "198.51.100.1"))
	wantTooMany(t, b.from("10.0.0.5", "/api/version", "X-Forwarded-For", "198.51.100.1, 203.0.113.9"))
	for _, probe := range []string{"/health", "/healthz", "/readyz"} {
		if w := b.from("203.0.113.9", probe); w.Code != http.StatusOK {
			t.Errorf("%s: %d", probe, w.Code)
		}
	}
	if w := b.from("203.0.113.10", "/api/version"); w.Code != http.StatusOK {
		t.Errorf("another client: %d", w.Code)
	}
	if w := b.from("10.0.0.5", "/api/version", "X-Forwarded-For", "203.0.113.11"); w.Code != http.StatusOK {
		t.Errorf("another client behind the proxy: %d", w.Code)
	}
	for range 100 {
		if w := b.from("127.0.0.1", "/api/version"); w.Code != http.StatusOK {
			t.Fatalf("this machine: %d", w.Code)
		}
	}
	if log := b.log.String(); !strings.Contains(log, "remote=203.0.113.11:0") || !strings.Contains(log, "AOC_TRUSTED_PROXIES") {
		t.Errorf("the log does not name the client behind the proxy, or the proxy that is not believed:\n%s", log)
	}
}

// TestRefusedCredentials holds that who is refused again and again is not even looked at.
func TestRefusedCredentials(t *testing.T) {
	looked := 0
	b := newBench(t, func(c *Config) {
		c.Fallback = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			looked++
			if r.Header.Get("Authorization") != "Bearer good" {
				w.WriteHeader(http.StatusUnauthorized)
			}
		})
	})
	const attacker = "203.0.113.9"
	for range failuresAtOnce {
		if w := b.from(attacker, "/page", "Authorization", "Bearer bad"); w.Code != http.StatusUnauthorized {
			t.Fatalf("%d", w.Code)
		}
	}
	before := looked
	wantTooMany(t, b.from(attacker, "/page", "Authorization", "Bearer bad"))
	wantTooMany(t, b.from(attacker, "/page", "Authorization", "Bearer good"))
	if looked != before {
		t.Error("credentials of who is to wait are looked at")
	}
	if w := b.from(attacker, "/page"); w.Code != http.StatusUnauthorized {
		t.Errorf("without credentials: %d", w.Code)
	}
	if w := b.from(attacker, "/healthz", "Authorization", "Bearer bad"); w.Code != http.StatusOK {
		t.Errorf("/healthz: %d", w.Code)
	}
	for range 3 * failuresAtOnce {
		if w := b.from("203.0.113.10", "/page", "Authorization", "Bearer good"); w.Code != http.StatusOK {
			t.Fatalf("another client: %d", w.Code)
		}
	}
}

// TestTurnsAreTaken holds that every kind of expensive request waits for its turn, and that
// nothing else does.
func TestTurnsAreTaken(t *testing.T) {
	s := &server{metrics: metrics.New("")}
	s.mux()
	ids := map[string]bool{}
	for _, item := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			ids[op.OperationID] = true
			if in := op.Parameters; hasFilter(in) && !searching[op.OperationID] && op.OperationID != "export-events" && op.OperationID != "stream-events" {
				t.Errorf("%s searches, and takes no turn", op.OperationID)
			}
		}
	}
	for _, table := range []map[string]bool{searching, changingMany} {
		for id := range table {
			if !ids[id] {
				t.Errorf("%s is no operation", id)
			}
		}
	}
}

func hasFilter(params []*huma.Param) bool {
	for _, p := range params {
		if p.Name == "q" && p.In == "query" {
			return true
		}
	}
	return false
}

func TestSearchesWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(Limits{Searches: 2})
		client := func(addr string) context.Context {
			var ctx context.Context
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = addr
			edge.Proxies{}.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).ServeHTTP(nil, r)
			return ctx
		}
		attacker, honest := client("203.0.113.9:1"), client("203.0.113.10:1")
		if _, err := turns.take(attacker, "list-events"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := turns.take(attacker, "get-facet"); err == nil {
			t.Error("one client has all turns")
		}
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("refused after %v", took)
		}
		if _, err := turns.take(honest, "list-events"); err != nil {
			t.Errorf("another client: %v", err)
		}
		for _, free := range []string{"get-health", "get-event", "list-saved-searches"} {
			if _, err := turns.take(attacker, free); err != nil {
				t.Errorf("%s: %v", free, err)
			}
		}
	})
}

// TestTurnsArePeoples holds that a share is one of whoever has signed in, not one of each
// address that they ask from; and that people at one address have one each.
func TestTurnsArePeoples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		as := func(addr string, who aoc.Caller) context.Context {
			var ctx context.Context
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = addr
			edge.Proxies{}.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).ServeHTTP(nil, r)
			return console.WithCaller(ctx, who)
		}
		eve := aoc.Caller{Subject: "eve", Via: aoc.ViaSession, Role: aoc.RoleReader}
		script := aoc.Caller{Subject: "eve", Via: aoc.ViaToken, Role: aoc.RoleReader} // named like a person
		turns := newTurns(Limits{Searches: 4})
		for i := range 2 {
			if _, err := turns.take(as(fmt.Sprintf("203.0.113.%d:1", i), eve), "list-events"); err != nil {
				t.Fatal(err)
			}
		}
		eve.Via = aoc.ViaBearer
		if _, err := turns.take(as("203.0.113.9:1", eve), "list-events"); err == nil {
			t.Error("somebody with many addresses and two ways to be known has more than their share")
		}
		for _, other := range []aoc.Caller{{Subject: "ada", Via: aoc.ViaSession, Role: aoc.RoleReader}, script} {
			if _, err := turns.take(as("203.0.113.0:1", other), "list-events"); err != nil {
				t.Errorf("somebody else at the same address: %v", err)
			}
		}
	})
}

// TestStreamsAndExportsGiveTheirTurnsBack takes all turns of an export several times over,
// and more streams than one client may have.
func TestStreamsAndExportsGiveTheirTurnsBack(t *testing.T) {
	b := newBench(t)
	for range 20 {
		if w := b.from("203.0.113.9", "/api/events/export"); w.Code != http.StatusOK {
			t.Fatalf("export: %d %s", w.Code, w.Body)
		}
	}
	for range 250 {
		r := httptest.NewRequest(http.MethodHead, "/api/events/stream", nil)
		r.RemoteAddr = "203.0.113.9:1"
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("stream: %d %s", w.Code, w.Body)
		}
	}
}

func TestStrictTransportSecurity(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Proxies.Trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")} })
	for name, tt := range map[string]struct {
		w    *httptest.ResponseRecorder
		want bool
	}{
		"plain":                   {b.from("203.0.113.9", "/healthz"), false},
		"a stranger says so":      {b.from("203.0.113.9", "/healthz", "X-Forwarded-Proto", "https"), false},
		"a trusted proxy says so": {b.from("10.0.0.5", "/healthz", "X-Forwarded-Proto", "https"), true},
	} {
		if got := tt.w.Header().Get("Strict-Transport-Security") != ""; got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	r := httptest.NewRequest("GET", "https://localhost:8000/healthz", nil)
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("own TLS: none")
	}
}

// TestSlowPartsOfRequestsEnd holds the time limits of a real server against clients that send
// a header, a body, or take an answer, too slowly.
func TestSlowPartsOfRequestsEnd(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Fallback = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for piece := make([]byte, 1<<20); ; {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		})
	})
	server := NewServer("", b.handler, b.logger())
	server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout =
		100*time.Millisecond, 200*time.Millisecond, 300*time.Millisecond, 100*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(edge.Limit(listener, edge.ConnLimits{Total: 10})) }()
	t.Cleanup(func() { _ = server.Close() })
	const head = " HTTP/1.1\r\nHost: localhost\r\n"
	for name, sent := range map[string]string{
		"nothing":            "",
		"half a header":      "GET /healthz" + head,
		"idle":               "GET /healthz" + head + "\r\n",
		"half a body":        "POST /api/saved-searches" + head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"answer is not read": "GET /endless" + head + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = io.WriteString(c, sent)
			if name == "answer is not read" {
				waitUntil(t, func() bool { return strings.Contains(b.log.String(), "path=/endless") })
				return
			}
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Error("the connection is still open")
			}
		})
	}
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not happen")
		}
	}
}

// TestPace holds how long a client is waited for that takes or sends a little at a time.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dripping, steady pace
		for range 120 {
			began := time.Now()
			time.Sleep(time.Second)
			dripping.took(100, began)
			steady.took(2*slowest, began)
			time.Sleep(time.Minute) // there was nothing to take
		}
		if dripping.left() > 0 || steady.left() != patience {
			t.Errorf("left for who drips: %v; for who is steady: %v", dripping.left(), steady.left())
		}
	})
}
