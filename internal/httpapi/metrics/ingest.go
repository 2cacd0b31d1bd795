package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/ingest"
)

var _ ingest.Observer = (*Metrics)(nil)

// feedLabels are on every metric of a feed.
var feedLabels = []string{"tenant", "feed"} //nolint:gochecknoglobals // read-only table

func onFeed(more ...string) []string { return append(append([]string{}, feedLabels...), more...) }

type ingestMetrics struct {
	read     *prometheus.CounterVec
	records  *prometheus.CounterVec
	failures *prometheus.CounterVec
	losses   *prometheus.CounterVec
	lag      *prometheus.HistogramVec
	took     *prometheus.HistogramVec
}

func newIngestMetrics() ingestMetrics {
	return ingestMetrics{
		read: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_ingest_records_read_total", Help: "Audit records fetched.",
		}, onFeed()),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_ingest_records_total", Help: "Audit records by what became of them: new, duplicate, revision, quarantined.",
		}, onFeed("outcome")),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_ingest_failures_total", Help: "Failed listings and reads, by Microsoft's error code or AOC's.",
		}, onFeed("stage", "code")),
		losses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_ingest_lost_units_total", Help: "Units that can no longer be had from Microsoft.",
		}, onFeed()),
		lag: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aoc_ingest_event_lag_seconds", Help: "Time from an event happening to its arrival here.",
			Buckets: []float64{60, 120, 300, 600, 900, 1800, 3600, 5400, 7200, 14400, 28800, 43200, 86400, 172800, 604800},
		}, onFeed()),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aoc_ingest_duration_seconds", Help: "Time to list a window or to read a unit.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, onFeed("stage")),
	}
}

func (i ingestMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{i.read, i.records, i.failures, i.losses, i.lag, i.took}
}

// Recorded implements [ingest.Observer].
func (m *Metrics) Recorded(feed aoc.Feed, c aoc.Counts) {
	m.ingest.read.WithLabelValues(feed.TenantID, feed.Name()).Add(float64(c.Read))
	for outcome, n := range map[string]int64{"new": c.New, "duplicate": c.Duplicate, "revision": c.Revision, "quarantined": c.Quarantined} {
		m.ingest.records.WithLabelValues(feed.TenantID, feed.Name(), outcome).Add(float64(n))
	}
}

// Failed implements [ingest.Observer].
func (m *Metrics) Failed(feed aoc.Feed, stage ingest.Stage, code string) {
	m.ingest.failures.WithLabelValues(feed.TenantID, feed.Name(), string(stage), label(code)).Inc()
}

// Lost implements [ingest.Observer].
func (m *Metrics) Lost(feed aoc.Feed, loss ingest.Loss) {
	m.ingest.losses.WithLabelValues(feed.TenantID, feed.Name()).Add(float64(max(1, loss.Units)))
}

// Lagged implements [ingest.Observer].
func (m *Metrics) Lagged(feed aoc.Feed, lag time.Duration) {
	m.ingest.lag.WithLabelValues(feed.TenantID, feed.Name()).Observe(max(0, lag.Seconds()))
}

// Took implements [ingest.Observer].
func (m *Metrics) Took(feed aoc.Feed, stage ingest.Stage, d time.Duration) {
	m.ingest.took.WithLabelValues(feed.TenantID, feed.Name(), string(stage)).Observe(d.Seconds())
}
