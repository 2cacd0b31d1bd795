package metrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/forward"
	"aoc/internal/httpapi/metrics"
)

type teller []forward.Status

func (t teller) Status(context.Context) ([]forward.Status, error) { return t, nil }

// What sinks do and how they are stands on the page, sink by sink.
func TestSinks(t *testing.T) {
	m := metrics.New("1.2.3")
	m.WatchSinks(teller{{ID: "siem", Kind: "webhook", State: forward.StateRetrying, LagEvents: 7, LagSeconds: 90, DeadLetters: 2, Failures: 3, SentAt: time.Unix(1_793_000_000, 0)}})
	o := m.Sinks()
	o.Sent("siem", "webhook", 5)
	o.Rejected("siem", "webhook", 2)
	o.Failed("siem", "webhook", aoc.CodeThrottled)
	o.Took("siem", "webhook", 2*time.Second)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`aoc_sink_events_total{kind="webhook",outcome="sent",sink="siem"} 5`,
		`aoc_sink_events_total{kind="webhook",outcome="rejected",sink="siem"} 2`,
		`aoc_sink_failures_total{code="throttled",kind="webhook",sink="siem"} 1`,
		`aoc_sink_send_duration_seconds_sum{kind="webhook",sink="siem"} 2`,
		`aoc_sinks_up 1`,
		`aoc_sink_lag_events{kind="webhook",sink="siem"} 7`,
		`aoc_sink_lag_seconds{kind="webhook",sink="siem"} 90`,
		`aoc_sink_dead_letters{kind="webhook",sink="siem"} 2`,
		`aoc_sink_failures_in_a_row{kind="webhook",sink="siem"} 3`,
		`aoc_sink_last_sent_timestamp_seconds{kind="webhook",sink="siem"} 1.793e+09`,
		`aoc_sink_state{kind="webhook",sink="siem",state="retrying"} 1`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}
