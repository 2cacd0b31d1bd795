package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/detect"
)

// WatchDetection adds how far judging by rules is behind the log to the metrics, asked for at
// every scrape. It is called once.
func (m *Metrics) WatchDetection(lag func(ctx context.Context) (detect.Lag, error), clock aoc.Clock) {
	m.registry.MustRegister(detectState{lag, clock})
}

// detectState is a collector of gauges that exist only at the moment of a scrape.
type detectState struct {
	lag   func(ctx context.Context) (detect.Lag, error)
	clock aoc.Clock
}

// Describe implements [prometheus.Collector]: it is unchecked, as [state] is.
func (s detectState) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (s detectState) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	lag, err := s.lag(ctx)
	if err != nil {
		gauge(ch, desc("aoc_detection_up", "Whether the state of detection could be read."), 0)
		return
	}
	gauge(ch, desc("aoc_detection_up", "Whether the state of detection could be read."), 1)
	gauge(ch, desc("aoc_detection_lag_events", "Events of the log that rules have not judged yet."), float64(lag.Events))
	seconds := 0.0
	if !lag.Since.IsZero() {
		seconds = max(0, s.clock.Now().Sub(lag.Since).Seconds())
	}
	gauge(ch, desc("aoc_detection_lag_seconds", "Time since the first of those arrived; 0 without."), seconds)
}
