package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestMCPWithASession uses the MCP server with a browser's session: AOC's own pages may, those
// elsewhere may not, and signing out ends it.
func TestMCPWithASession(t *testing.T) {
	t.Parallel()
	h := newGuardedHouse(t, "AI_FEATURES_ENABLED=true")
	who := h.browser()
	if status, _ := who.signIn(h.sim.People().Reader, "/"); status != http.StatusOK {
		t.Fatal(status)
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "a page"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: h.base + "/mcp", HTTPClient: who.client, MaxRetries: -1}, &mcp.ClientSessionOptions{ProtocolVersion: "2025-11-25"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	search := &mcp.CallToolParams{Name: "search_events", Arguments: map[string]any{"q": "source:aoc"}}
	if r, err := session.CallTool(t.Context(), search); err != nil || r.IsError {
		t.Fatal(r, err)
	}
	for name, headers := range map[string]map[string]string{
		"a page elsewhere": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, "one of the same site": {"Sec-Fetch-Site": "same-site"},
		"an old browser's": {"Origin": "https://evil.example"},
	} {
		for _, route := range []string{"POST /mcp", "GET /mcp", "DELETE /mcp", "GET /mcp/sse", "POST /mcp/messages/"} {
			method, path, _ := strings.Cut(route, " ")
			r, err := http.NewRequestWithContext(t.Context(), method, h.base+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range headers {
				r.Header.Set(k, v)
			}
			resp, err := who.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: %d", name, route, resp.StatusCode)
			}
		}
	}
	resp, err := who.client.Post(h.base+"/auth/logout", "", nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	if r, err := session.CallTool(t.Context(), search); err == nil && !r.IsError {
		t.Error("it goes on after signing out")
	}
}
