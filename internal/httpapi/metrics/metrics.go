// Package metrics counts and times what AOC does, for Prometheus. It listens to the HTTP
// API, to collection ([ingest.Observer]), to the client of Microsoft 365 ([m365.Observer])
// to forwarding ([forward.Observer]), to notifications ([notify.Observer]) and to calls of the
// language model, and asks for the state of feeds and store when it is scraped. It
// keeps a registry of its own and never holds anything up.
package metrics

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry with everything that is counted.
type Metrics struct {
	registry *prometheus.Registry
	http     *prometheus.HistogramVec
	hooks    *prometheus.CounterVec
	ingest   ingestMetrics
	m365     m365Metrics
	forward  forwardMetrics
	notify   notifyMetrics
	mcp      mcpMetrics
	llm      llmMetrics
}

// New makes the registry. version labels the build.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		http: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aoc_http_request_duration_seconds", Help: "Time to answer HTTP requests.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, []string{"route", "method", "status"}),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_webhook_notifications_total", Help: "Change notifications by what became of them.",
		}, []string{"outcome"}),
		ingest:  newIngestMetrics(),
		m365:    newM365Metrics(),
		forward: newForwardMetrics(),
		notify:  newNotifyMetrics(),
		mcp:     newMCPMetrics(),
		llm:     newLLMMetrics(),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "aoc_build_info", Help: "Always 1, with the version in labels.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.http, m.hooks,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(m.ingest.all()...)
	m.registry.MustRegister(m.m365.all()...)
	m.registry.MustRegister(m.forward.all()...)
	m.registry.MustRegister(m.notify.all()...)
	m.registry.MustRegister(m.mcp.all()...)
	m.registry.MustRegister(m.llm.all()...)
	return m
}

// Handler serves the metrics in the Prometheus exposition format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4})
}

// Answered counts an HTTP answer. pattern is the route's pattern as net/http has it,
// empty for an unknown one; it bounds the number of series, as paths would not.
func (m *Metrics) Answered(pattern, method string, status int, took time.Duration) {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	if pattern == "" {
		pattern = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other"
	}
	m.http.WithLabelValues(pattern, method, class(status)).Observe(took.Seconds())
}

// Notified counts change notifications by what became of them: validated, hint, ignored,
// unreadable.
func (m *Metrics) Notified(outcome string) { m.hooks.WithLabelValues(outcome).Inc() }

// class is the class of a status: 2xx.
func class(status int) string { return strconv.Itoa(status/100) + "xx" }

// label keeps a text that came from elsewhere fit and rare enough for a label.
func label(s string) string {
	const longest = 40
	if s == "" || len(s) > longest {
		return "other"
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.') {
			return "other"
		}
	}
	return s
}
