package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/store"
)

// WatchDetection adds how far judging by rules is behind the log to the metrics, asked for at
// every scrape. It is called once.
func (m *Metrics) WatchDetection(lag func(ctx context.Context) (store.Lag, error), clock aoc.Clock) {
	m.registry.MustRegister(live(func(ctx context.Context, ch chan<- prometheus.Metric) {
		behind, err := lag(ctx)
		gauge(ch, desc("aoc_detection_up", "Whether the state of detection could be read."), truth(err == nil))
		if err != nil {
			return
		}
		gauge(ch, desc("aoc_detection_lag_events", "Events of the log that rules have not judged yet."), float64(behind.Events))
		gauge(ch, desc("aoc_detection_lag_seconds", "Time since the first of those arrived; 0 without."), behind.Seconds(clock.Now()))
	}))
}
