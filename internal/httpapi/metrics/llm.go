package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aoc/internal/assistant"
	"aoc/internal/llm"
)

var _ assistant.Observer = llmMetrics{}

type llmMetrics struct {
	calls  *prometheus.CounterVec
	tokens *prometheus.CounterVec
	took   prometheus.Histogram
}

func newLLMMetrics() llmMetrics {
	return llmMetrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_llm_calls_total", Help: "Calls of the language model by what became of them: ok, or the code of the error.",
		}, []string{"outcome"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_llm_tokens_total", Help: "Tokens that calls of the language model took, as the provider counts them or, where it does not, estimated: prompt, completion.",
		}, []string{"kind"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aoc_llm_call_duration_seconds", Help: "Time that a call of the language model took, retries included.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300},
		}),
	}
}

func (l llmMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{l.calls, l.tokens, l.took}
}

// Models gives what listens to calls of the language model.
func (m *Metrics) Models() assistant.Observer { return m.llm }

// Called implements [assistant.Observer].
func (l llmMetrics) Called(outcome string, used llm.Usage, took time.Duration) {
	l.calls.WithLabelValues(label(outcome)).Inc()
	l.tokens.WithLabelValues("prompt").Add(float64(used.Prompt))
	l.tokens.WithLabelValues("completion").Add(float64(used.Completion))
	l.took.Observe(took.Seconds())
}
