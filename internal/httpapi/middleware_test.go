package httpapi

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/httpapi/metrics"
)

func serve(t *testing.T, b *bench) string {
	t.Helper()
	srv := httptest.NewServer(b.handler)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestHeaders(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/api/events", "/nothing", "/api/events?page_size=0", "/metrics"} {
		h := b.ask("GET", path, "").Header()
		for k, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "Cache-Control": "no-store",
		} {
			if h.Get(k) != want {
				t.Errorf("%s: %s is %q", path, k, h.Get(k))
			}
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", path)
		}
	}
}

// TestUnknownMethods holds that no route and no page answers methods that it does not have:
// TRACE would show a proxy's headers to who asks.
func TestUnknownMethods(t *testing.T) {
	b := newBench(t)
	for _, method := range []string{"TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"} {
		for _, path := range []string{"/", "/api/events", "/health", "/docs"} {
			w := b.ask(method, path, "", "X-Secret", "told by a proxy")
			if w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "told by a proxy") {
				t.Errorf("%s %s: %d %.100s", method, path, w.Code, w.Body)
			}
		}
	}
}

// TestLogCannotBeForged asks with line ends and marks of the log's own form in everything
// that the log repeats.
func TestLogCannotBeForged(t *testing.T) {
	b := newBench(t)
	const forged = "x%0alevel=ERROR%20msg=forged%0d%1b%5b2J"
	b.ask("GET", "/api/events/"+forged, "", "X-Request-Id", "forged\nlevel=ERROR", "User-Agent", "forged\nlevel=ERROR", "X-Forwarded-For", "forged\nlevel=ERROR")
	b.ask("GET", "/"+forged, "")
	for line := range strings.Lines(b.log.String()) {
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, "level=ERROR msg=forged") && !strings.Contains(line, `\nlevel=ERROR`) || strings.ContainsAny(line, "\r\x1b") {
			t.Errorf("in the log: %q", line)
		}
	}
	if !strings.Contains(b.log.String(), "forged") {
		t.Error("the log does not have the requests")
	}
}

// TestParametersGivenTwice holds what counts of parameters that are given twice, or in the
// wrong place.
func TestParametersGivenTwice(t *testing.T) {
	b := newBench(t)
	size := func(w *httptest.ResponseRecorder) (v struct {
		PageSize int `json:"page_size"`
	}) {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return v
	}
	if got := size(b.ask("GET", "/api/events?page_size=1&page_size=7", "")); got.PageSize != 1 {
		t.Errorf("of two values %d counts", got.PageSize)
	}
	if got := size(b.ask("GET", "/api/events?page_size=1", `{"page_size":7}`, "Cookie", "page_size=7", "page_size", "7", "Content-Type", "application/json")); got.PageSize != 1 {
		t.Errorf("what is not in the query counts: %d", got.PageSize)
	}
}

// TestOtherFieldsAreNotTaken holds that a body sets nothing but what its route is for.
func TestOtherFieldsAreNotTaken(t *testing.T) {
	b := newBench(t)
	for path, body := range map[string]string{
		"/api/saved-searches": `{"name":"x","view":"q=x",`, "/api/change-windows": strings.TrimSuffix(sampleWindow, "}") + ",",
	} {
		w := b.ask("POST", path, body+`"id":"forged","by":"forged","at":"1999-01-01T00:00:00Z","version":99}`, "Content-Type", "application/json")
		var got struct {
			ID, By  string
			Version int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusCreated || got.Version != 1 || strings.Contains(w.Body.String(), "forged") || strings.Contains(w.Body.String(), "1999") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestOrigins(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		name, method, origin string
		status               int
		allowed              string
	}{
		{"known page reads", "GET", "https://soc.contoso.example", 200, "https://soc.contoso.example"},
		{"unknown page reads", "GET", "https://evil.example", 200, ""},
		{"a longer name", "GET", "https://soc.contoso.example.evil.example", 200, ""},
		{"known page asks first", "OPTIONS", "https://soc.contoso.example", 204, "https://soc.contoso.example"},
		{"unknown page asks first", "OPTIONS", "https://evil.example", 405, ""},
		{"unknown page writes", "POST", "https://evil.example", 403, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			target := "/api/events"
			if tt.method == "POST" {
				target = "/api/fetch-audit-logs"
			}
			w := b.ask(tt.method, target, "", "Origin", tt.origin, "Access-Control-Request-Method", "GET")
			if w.Code != tt.status || w.Header().Get("Access-Control-Allow-Origin") != tt.allowed {
				t.Errorf("status %d, allowed %q", w.Code, w.Header().Get("Access-Control-Allow-Origin"))
			}
			if w.Header().Get("Vary") == "" {
				t.Error("no Vary")
			}
		})
	}
}

// TestPreflight holds what pages of known origins may send.
func TestPreflight(t *testing.T) {
	h := newBench(t).ask("OPTIONS", "/api/events/x/tags", "", "Origin", "https://soc.contoso.example", "Access-Control-Request-Method", "PATCH").Header()
	for name, wants := range map[string][]string{
		"Access-Control-Allow-Methods":  {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		"Access-Control-Allow-Headers":  {"Content-Type", "X-AOC-Name", "Last-Event-ID"},
		"Access-Control-Expose-Headers": {"X-AOC-Batch", "Location"},
	} {
		for _, want := range wants {
			if !slices.Contains(strings.Split(h.Get(name), ", "), want) {
				t.Errorf("%s: %s lacks %s", name, h.Get(name), want)
			}
		}
	}
}

// TestPagesElsewhereChangeNothing tries every operation that changes something from a page
// of another site.
func TestPagesElsewhereChangeNothing(t *testing.T) {
	b := newBench(t)
	s := &server{metrics: metrics.New("")}
	s.mux()
	tried := 0
	for path, item := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			if op.Method == http.MethodGet || path == webhookPath {
				continue
			}
			tried++
			target := strings.NewReplacer("{", "", "}", "").Replace(path)
			for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"}} {
				w := b.ask(op.Method, target, "{}", append([]string{"Content-Type", "text/plain"}, header...)...)
				if w.Code != http.StatusForbidden {
					t.Errorf("%s %s with %v: %d", op.Method, target, header, w.Code)
				}
			}
		}
	}
	if tried < 14 {
		t.Errorf("only %d operations", tried)
	}
}

func TestHosts(t *testing.T) {
	b := newBench(t, func(c *Config) { c.AllowedHosts = []string{"localhost", "127.0.0.1", "::1"} })
	for host, want := range map[string]int{
		"localhost:8000": 200, "LOCALHOST": 200, "127.0.0.1:8000": 200, "[::1]:8000": 200, "localhost.": 200,
		"evil.example:8000": 421, "": 421, "localhost.evil.example": 421,
	} {
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.Host = host
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestCompression(t *testing.T) {
	b := newBench(t)
	w := b.ask("GET", "/api/events", "", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if page := decode(t, r); len(page["items"].([]any)) != len(b.events) {
		t.Errorf("%v", page)
	}
	if w := b.ask("GET", "/api/events", ""); w.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for a client that did not ask")
	}
	for contentType, want := range map[string]string{"text/html; charset=utf-8": "gzip", "text/css": "gzip", "text/javascript": "gzip", "image/png": ""} {
		b := newBench(t, func(c *Config) {
			c.Fallback = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				_, _ = io.WriteString(w, strings.Repeat("page ", 1000))
			})
		})
		if got := b.ask("GET", "/", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"); got != want {
			t.Errorf("%s comes as %q", contentType, got)
		}
	}
}

func TestPagesElsewhereStartNothing(t *testing.T) {
	b := newBench(t)
	close(b.feed.gate)
	for _, method := range []string{"GET", "POST"} {
		if w := b.ask(method, fetchPath, "", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("%s from another site: %d", method, w.Code)
		}
		if w := b.ask(method, fetchPath, "", "Sec-Fetch-Site", "same-origin"); w.Code != http.StatusOK {
			t.Errorf("%s from our own page: %d", method, w.Code)
		}
	}
	if w := b.ask("POST", webhookPath, "{}"); w.Code != http.StatusAccepted {
		t.Errorf("Graph is no web page: %d", w.Code)
	}
}

func TestServerHasTimeLimits(t *testing.T) {
	srv := NewServer("127.0.0.1:0", http.NotFoundHandler(), newBench(t).logger())
	if srv.ReadHeaderTimeout == 0 || srv.ReadTimeout == 0 || srv.IdleTimeout == 0 || srv.WriteTimeout <= defaultFetchWait {
		t.Errorf("%+v", srv)
	}
}

// TestNothingLeaks holds what is sent when something unforeseen happens.
func TestNothingLeaks(t *testing.T) {
	b := newBench(t)
	s := &server{console: b.console, log: b.logger(), clock: clock{}, metrics: nil}
	p := s.problem(t.Context(), errors.New("dial tcp 10.0.0.7: password=hunter2"))
	if p.status != 500 || p.Detail != "internal error" || strings.Contains(p.Error(), "hunter2") {
		t.Errorf("sent: %v", p)
	}
	if !strings.Contains(b.log.String(), "hunter2") {
		t.Error("the log does not have it")
	}
	boom := newBench(t, func(c *Config) {
		c.Fallback = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("hunter2") })
	})
	w := boom.ask("GET", "/page", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "hunter2") || !strings.Contains(w.Body.String(), w.Header().Get("X-Request-Id")) {
		t.Errorf("after a panic: %d %s", w.Code, w.Body)
	}
	boom.ask("GET", "/api/events?search=hunter3", "")
	if strings.Contains(boom.log.String(), "hunter3") {
		t.Error("the access log tells what people search for")
	}
}

func TestStatuses(t *testing.T) {
	for code, want := range map[aoc.Code]int{
		aoc.CodeInvalid: 422, aoc.CodeUnauthenticated: 401, aoc.CodeForbidden: 403, aoc.CodeNotFound: 404, aoc.CodeConflict: 409,
		aoc.CodeThrottled: 429, aoc.CodeUpstream: 502, aoc.CodeUnavailable: 503, aoc.CodeInternal: 500, "new": 500,
	} {
		if got := statusOf(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}

func TestFallback(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Fallback = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	})
	for target, want := range map[string]string{"GET /": "page", "GET /events/x": "page", "GET /api/x": "not found", "POST /": "not found"} {
		method, path, _ := strings.Cut(target, " ")
		if got := b.ask(method, path, "").Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s", target, got)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	c, err := console.New(console.Config{Store: newBench(t).store})
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]Config{"no console": {}, "no origin": {Console: c, CORSOrigins: []string{"*"}}} {
		if _, err := New(cfg); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
