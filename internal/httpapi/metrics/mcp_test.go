package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aoc/internal/httpapi/metrics"
)

// What MCP clients do stands on the page, under names that they cannot make up.
func TestMCP(t *testing.T) {
	m := metrics.New("1.2.3")
	m.MCPCalled("search_events", "ok")
	m.MCPCalled("x\"} 1\ny", "failed")
	m.MCPSessions("sse", 1)
	m.MCPSessions("sse", 1)
	m.MCPSessions("sse", -1)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{`aoc_mcp_calls_total{outcome="ok",tool="search_events"} 1`, `aoc_mcp_calls_total{outcome="failed",tool="other"} 1`, `aoc_mcp_sessions{transport="sse"} 1`} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}
