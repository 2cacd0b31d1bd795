package metrics

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/m365"
)

var _ m365.Observer = (*Metrics)(nil)

type m365Metrics struct {
	requests *prometheus.HistogramVec
	waits    *prometheus.CounterVec
	waited   *prometheus.CounterVec
	received *prometheus.CounterVec
	signIns  *prometheus.CounterVec
}

func newM365Metrics() m365Metrics {
	return m365Metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aoc_m365_request_duration_seconds", Help: "Requests to Microsoft 365; status 0xx when no answer came.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"api", "class", "status"}),
		waits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_m365_waits_total", Help: "Waits before a request: paced, throttled by Microsoft, or after a failure.",
		}, []string{"api", "class", "reason"}),
		waited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_m365_waited_seconds_total", Help: "Time of these waits.",
		}, []string{"api", "class", "reason"}),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_m365_received_bytes_total", Help: "Bytes of answers, decompressed.",
		}, []string{"api", "class"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_m365_sign_ins_total", Help: "Requests for a token by outcome: ok, or the error code.",
		}, []string{"api", "outcome"}),
	}
}

func (i m365Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{i.requests, i.waits, i.waited, i.received, i.signIns}
}

// Attempted implements [m365.Observer].
func (m *Metrics) Attempted(api m365.API, c m365.Class, status int, took time.Duration) {
	m.m365.requests.WithLabelValues(string(api), string(c), class(status)).Observe(took.Seconds())
}

// Waited implements [m365.Observer].
func (m *Metrics) Waited(api m365.API, c m365.Class, why m365.Reason, d time.Duration) {
	m.m365.waits.WithLabelValues(string(api), string(c), string(why)).Inc()
	m.m365.waited.WithLabelValues(string(api), string(c), string(why)).Add(max(0, d.Seconds()))
}

// Received implements [m365.Observer].
func (m *Metrics) Received(api m365.API, c m365.Class, n int) {
	m.m365.received.WithLabelValues(string(api), string(c)).Add(float64(n))
}

// SignedIn implements [m365.Observer].
func (m *Metrics) SignedIn(api m365.API, err error) {
	outcome := "ok"
	if err != nil {
		outcome = string(aoc.CodeOf(err))
		if e, ok := errors.AsType[*aoc.Error](err); ok && e.Upstream != "" {
			outcome = e.Upstream
		}
	}
	m.m365.signIns.WithLabelValues(string(api), label(outcome)).Inc()
}
