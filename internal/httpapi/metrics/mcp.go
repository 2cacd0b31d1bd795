package metrics

import "github.com/prometheus/client_golang/prometheus"

type mcpMetrics struct {
	calls    *prometheus.CounterVec
	sessions *prometheus.GaugeVec
}

func newMCPMetrics() mcpMetrics {
	return mcpMetrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_mcp_calls_total", Help: "Calls of MCP tools, resources and prompts by what became of them: ok, failed, refused.",
		}, []string{"tool", "outcome"}),
		sessions: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "aoc_mcp_sessions", Help: "MCP sessions that are open, by transport: streamable, sse.",
		}, []string{"transport"}),
	}
}

func (m mcpMetrics) all() []prometheus.Collector { return []prometheus.Collector{m.calls, m.sessions} }

// MCPCalled counts a call.
func (m *Metrics) MCPCalled(name, outcome string) {
	m.mcp.calls.WithLabelValues(label(name), outcome).Inc()
}

// MCPSessions hears of sessions that begin (1) and end (-1).
func (m *Metrics) MCPSessions(transport string, change int) {
	m.mcp.sessions.WithLabelValues(transport).Add(float64(change))
}
