package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/forward"
)

var _ forward.Observer = forwardMetrics{}

// sinkLabels are on every metric of a sink.
var sinkLabels = []string{"sink", "kind"} //nolint:gochecknoglobals // read-only table

type forwardMetrics struct {
	events   *prometheus.CounterVec
	failures *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newForwardMetrics() forwardMetrics {
	return forwardMetrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_sink_events_total", Help: "Events by what their receiver made of them: sent, rejected.",
		}, append([]string{"outcome"}, sinkLabels...)),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_sink_failures_total", Help: "Batches that could not be sent and are sent again, by the code of the error.",
		}, append([]string{"code"}, sinkLabels...)),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aoc_sink_send_duration_seconds", Help: "Time that a receiver had a batch in hand, taken or not.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, sinkLabels),
	}
}

func (f forwardMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{f.events, f.failures, f.took}
}

// Sinks gives what listens to forwarding.
func (m *Metrics) Sinks() forward.Observer { return m.forward }

// Sent implements [forward.Observer].
func (f forwardMetrics) Sent(sinkID, kind string, events int) {
	f.events.WithLabelValues("sent", sinkID, kind).Add(float64(events))
}

// Rejected implements [forward.Observer].
func (f forwardMetrics) Rejected(sinkID, kind string, events int) {
	f.events.WithLabelValues("rejected", sinkID, kind).Add(float64(events))
}

// Failed implements [forward.Observer].
func (f forwardMetrics) Failed(sinkID, kind string, code aoc.Code) {
	f.failures.WithLabelValues(label(string(code)), sinkID, kind).Inc()
}

// Took implements [forward.Observer].
func (f forwardMetrics) Took(sinkID, kind string, d time.Duration) {
	f.took.WithLabelValues(sinkID, kind).Observe(d.Seconds())
}

// SinkTeller knows how sinks are.
type SinkTeller interface {
	Status(ctx context.Context) ([]forward.Status, error)
}

// WatchSinks adds the state of sinks to the metrics, asked for at every scrape. It is called
// once.
func (m *Metrics) WatchSinks(t SinkTeller) { m.registry.MustRegister(live(sinkState{t}.tell)) }

// sinkState tells how sinks are at the moment of a scrape.
type sinkState struct{ teller SinkTeller }

func (s sinkState) tell(ctx context.Context, ch chan<- prometheus.Metric) {
	all, err := s.teller.Status(ctx)
	gauge(ch, desc("aoc_sinks_up", "Whether the state of sinks could be read."), truth(err == nil))
	for i := range all {
		one := &all[i]
		tell := func(name, help string, v float64) {
			gauge(ch, desc(name, help, sinkLabels...), v, one.ID, one.Kind)
		}
		tell("aoc_sink_lag_events", "Entries of the log behind the one up to which everything is sent.", float64(one.LagEvents))
		tell("aoc_sink_lag_seconds", "Time since the first of those arrived; 0 without.", one.LagSeconds)
		tell("aoc_sink_dead_letters", "Events that the receiver refused and that are kept to be sent again.", float64(one.DeadLetters))
		tell("aoc_sink_failures_in_a_row", "Failures since the receiver last took something.", float64(one.Failures))
		if !one.SentAt.IsZero() {
			tell("aoc_sink_last_sent_timestamp_seconds", "When the receiver last took an event.", float64(one.SentAt.Unix()))
		}
		gauge(ch, desc("aoc_sink_state", "Always 1, with the state of the sink in a label.", append([]string{"state"}, sinkLabels...)...), 1, string(one.State), one.ID, one.Kind)
	}
}
