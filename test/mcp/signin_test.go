package mcp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/simulator"
)

// TestSignIn asks over HTTP as each kind of caller, and as nobody.
func TestSignIn(t *testing.T) {
	h := newGuardedHouse(t)
	reader, _ := h.token("reader")
	bound, _ := h.token("reader", fabrikam)
	person, err := h.sim.SignIn(h.sim.People().Analyst, simulator.TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	outsider, err := h.sim.SignIn(h.sim.People().Nobody, simulator.TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			for name, secret := range map[string]string{
				"nobody": "", "a token that nobody made": "aoc_" + strings.Repeat("A", 16) + "_" + strings.Repeat("A", 52), "somebody without a role": outsider,
				"a token for another service": h.graphToken(t),
			} {
				if _, err := h.dial(transport, bearer(secret), nil); err == nil {
					t.Errorf("%s is let in", name)
				}
			}
			for name, c := range map[string]struct {
				secret string
				want   int
			}{"an API token": {reader, 320}, "one bound to a tenant": {bound, 20}, "a person's token": {person, 320}} {
				s := h.client(transport, bearer(c.secret), nil)
				if n := total(t, s, `operation:"Update user"`); n != c.want {
					t.Errorf("%s finds %d, want %d", name, n, c.want)
				}
				if _, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "aoc://saved-searches"}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// graphToken is one of the same provider, for another service.
func (h *house) graphToken(t *testing.T) string {
	t.Helper()
	resp, err := h.sim.Client().PostForm(h.sim.LoginURL()+"/"+h.sim.Tenant().ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {h.sim.ClientID()}, "client_secret": {h.sim.ClientSecret()}, "scope": {h.sim.GraphURL() + "/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	var answer struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Token == "" {
		t.Fatalf("%d %.300s", resp.StatusCode, body)
	}
	status, header, text := h.send(http.MethodPost, "/mcp", ping, bearer(answer.Token))
	if status != http.StatusUnauthorized || !strings.Contains(text, "another service") || !strings.Contains(header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("a token for another service: %d %s", status, text)
	}
	return answer.Token
}

// TestWhereToSignIn follows what programs that are refused are told (RFC 9728).
func TestWhereToSignIn(t *testing.T) {
	h := newGuardedHouse(t, "AOC_PUBLIC_URL=https://audits.contoso.example", "AOC_HOSTS=audits.contoso.example")
	const place = "https://audits.contoso.example/.well-known/oauth-protected-resource/mcp"
	for _, route := range []string{"POST /mcp", "GET /mcp", "DELETE /mcp", "GET /mcp/sse", "POST /mcp/messages/"} {
		method, path, _ := strings.Cut(route, " ")
		status, header, _ := h.send(method, path, "", nil)
		if want := `Bearer realm="aoc", resource_metadata="` + place + `"`; status != http.StatusUnauthorized || header.Get("WWW-Authenticate") != want {
			t.Errorf("%s: %d %q", route, status, header.Get("WWW-Authenticate"))
		}
	}
	if _, header, _ := h.send(http.MethodGet, "/api/events", "", nil); strings.Contains(header.Get("WWW-Authenticate"), "resource_metadata") {
		t.Error("the API is another resource")
	}
	for _, path := range []string{"/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"} {
		status, header, body := h.send(http.MethodGet, path, "", nil)
		var d struct {
			Resource string   `json:"resource"`
			Servers  []string `json:"authorization_servers"`
			Methods  []string `json:"bearer_methods_supported"`
			Scopes   []string `json:"scopes_supported"`
		}
		if err := json.Unmarshal([]byte(body), &d); err != nil || status != http.StatusOK || header.Get("Content-Type") != "application/json" {
			t.Fatalf("%d %s", status, body)
		}
		if d.Resource != "https://audits.contoso.example/mcp" || len(d.Servers) != 1 || d.Servers[0] != h.sim.Issuer() || len(d.Methods) != 1 || d.Methods[0] != "header" ||
			len(d.Scopes) != 1 || d.Scopes[0] != "api://"+h.sim.AuthClientID()+"/.default" {
			t.Errorf("%s", body)
		}
	}
}

// TestForeignSession uses somebody's session as somebody else.
func TestForeignSession(t *testing.T) {
	h := newGuardedHouse(t)
	ada, _ := h.token("reader")
	bob, _ := h.token("reader")
	id := h.oldSession(bearer(ada))
	sse := h.openSSE(t, bearer(ada))
	for _, c := range []struct{ method, path, body, session string }{
		{http.MethodPost, "/mcp", ping, id}, {http.MethodGet, "/mcp", "", id}, {http.MethodDelete, "/mcp", "", id}, {http.MethodPost, sse, ping, ""},
	} {
		headers := bearer(bob)
		if c.session != "" {
			headers["Mcp-Session-Id"] = c.session
		}
		if status, _, body := h.send(c.method, c.path, c.body, headers); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s %s with another's session: %d %s", c.method, c.path, status, body)
		}
		if status, _, _ := h.send(c.method, c.path, c.body, carrying{"Mcp-Session-Id": c.session}); status != http.StatusUnauthorized {
			t.Errorf("%s %s with another's session and no token: %d", c.method, c.path, status)
		}
	}
	headers := bearer(ada)
	headers["Mcp-Session-Id"] = id
	if status, _, body := h.send(http.MethodPost, "/mcp", ping, headers); status != http.StatusOK {
		t.Errorf("its owner: %d %s", status, body)
	}
	if status, _, body := h.send(http.MethodPost, sse, ping, bearer(ada)); status != http.StatusAccepted {
		t.Errorf("its owner: %d %s", status, body)
	}
}

// openSSE begins a session of HTTP+SSE and gives the path to POST to.
func (h *house) openSSE(t *testing.T, headers carrying) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, h.base+"/mcp/sse", nil)
	resp, err := headers.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewReader(resp.Body)
	event, _ := lines.ReadString('\n')
	data, _ := lines.ReadString('\n')
	path, ok := strings.CutPrefix(strings.TrimSpace(data), "data: ")
	if event != "event: endpoint\n" || !ok || !strings.HasPrefix(path, "/mcp/messages/?session_id=") {
		t.Fatalf("%q %q", event, data)
	}
	return path
}

// TestRevoked takes a token away while its sessions are open.
func TestRevoked(t *testing.T) {
	h := newGuardedHouse(t)
	type token struct{ secret, id string }
	tokens := map[string]token{} // before any is used: which there are is looked up every few seconds
	for _, transport := range transports {
		secret, id := h.token("reader")
		tokens[transport] = token{secret, id}
	}
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			secret, id := tokens[transport].secret, tokens[transport].id
			s := h.client(transport, bearer(secret), nil)
			total(t, s, "eve")
			if err := h.app.Console().RevokeToken(h.local(), id); err != nil {
				t.Fatal(err)
			}
			for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				_, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "search_events", Arguments: map[string]any{"q": "eve"}})
				cancel()
				if err != nil {
					break
				}
				if time.Since(began) > 10*time.Second {
					t.Fatal("a token that was revoked goes on")
				}
			}
		})
	}
}

// TestTrail finds in the log what programs asked for, with what they call themselves.
func TestTrail(t *testing.T) {
	h := newGuardedHouse(t)
	secret, _ := h.token("manager")
	s := h.client("streamable", bearer(secret), nil)
	total(t, s, "eve")
	if _, err := s.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "weekly_admin_changes"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "aoc://saved-searches"}); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]string{
		`operation:"Call MCP tool"`: "search_events", `operation:"Get MCP prompt"`: "weekly_admin_changes", `operation:"Read MCP resource"`: "aoc://saved-searches", `operation:"Search events"`: "eve",
	} {
		for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
			_, _, body := h.send(http.MethodGet, "/api/events?q="+url.QueryEscape("source:aoc "+q), "", bearer(secret))
			if strings.Contains(body, want) && (strings.Contains(body, "test client 7") || strings.Contains(q, "Search")) {
				break
			}
			if time.Since(began) > 10*time.Second {
				t.Fatalf("%s: %.600s", q, body)
			}
		}
	}
	_, _, page := h.send(http.MethodGet, "/metrics", "", bearer(secret))
	for _, line := range []string{`aoc_mcp_calls_total{outcome="ok",tool="search_events"} 1`, `aoc_mcp_calls_total{outcome="ok",tool="weekly_admin_changes"} 1`} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}
