package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aoc/internal/httpapi/metrics"
	"aoc/internal/llm"
)

// Calls of the language model and what they took stand on the page.
func TestModels(t *testing.T) {
	m := metrics.New("1.2.3")
	o := m.Models()
	o.Called("ok", llm.Usage{Prompt: 100, Completion: 20}, 2*time.Second)
	o.Called("throttled", llm.Usage{}, time.Second)
	o.Called("a text that is no code", llm.Usage{}, time.Second)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`aoc_llm_calls_total{outcome="ok"} 1`, `aoc_llm_calls_total{outcome="throttled"} 1`, `aoc_llm_calls_total{outcome="other"} 1`,
		`aoc_llm_tokens_total{kind="prompt"} 100`, `aoc_llm_tokens_total{kind="completion"} 20`, `aoc_llm_call_duration_seconds_sum 4`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}
