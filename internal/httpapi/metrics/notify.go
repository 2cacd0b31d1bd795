package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/notify"
)

var _ notify.Observer = notifyMetrics{}

// notifierLabels are on every metric of a notifier.
var notifierLabels = []string{"notifier", "kind"} //nolint:gochecknoglobals // read-only table

type notifyMetrics struct {
	messages *prometheus.CounterVec
	alerts   *prometheus.CounterVec
	failures *prometheus.CounterVec
}

func newNotifyMetrics() notifyMetrics {
	return notifyMetrics{
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_notifier_messages_total", Help: "Messages that a receiver has taken.",
		}, notifierLabels),
		alerts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_notifier_alerts_total", Help: "Alerts that those messages told of.",
		}, notifierLabels),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aoc_notifier_failures_total", Help: "Messages that could not be sent and are sent again, by the code of the error.",
		}, append([]string{"code"}, notifierLabels...)),
	}
}

func (n notifyMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{n.messages, n.alerts, n.failures}
}

// Notifiers gives what listens to notifications.
func (m *Metrics) Notifiers() notify.Observer { return m.notify }

// Sent implements [notify.Observer].
func (n notifyMetrics) Sent(id, kind string, alerts int) {
	n.messages.WithLabelValues(id, kind).Inc()
	n.alerts.WithLabelValues(id, kind).Add(float64(alerts))
}

// Failed implements [notify.Observer].
func (n notifyMetrics) Failed(id, kind string, code aoc.Code) {
	n.failures.WithLabelValues(label(string(code)), id, kind).Inc()
}

// NotifierTeller knows how notifiers are.
type NotifierTeller interface {
	Status(ctx context.Context) ([]notify.Told, error)
}

// WatchNotifiers adds the state of notifiers to the metrics, asked for at every scrape. It is
// called once.
func (m *Metrics) WatchNotifiers(t NotifierTeller) {
	m.registry.MustRegister(live(notifierState{t}.tell))
}

// notifierState tells how notifiers are at the moment of a scrape.
type notifierState struct{ teller NotifierTeller }

func (s notifierState) tell(ctx context.Context, ch chan<- prometheus.Metric) {
	all, err := s.teller.Status(ctx)
	gauge(ch, desc("aoc_notifiers_up", "Whether the state of notifiers could be read."), truth(err == nil))
	for i := range all {
		one := &all[i]
		tell := func(name, help string, v float64) {
			gauge(ch, desc(name, help, notifierLabels...), v, one.ID, one.Kind)
		}
		tell("aoc_notifier_waiting_alerts", "Alerts that are still to be told.", float64(one.Waiting))
		tell("aoc_notifier_failures_in_a_row", "Failures since the receiver last took something.", float64(one.Failures))
		if !one.SentAt.IsZero() {
			tell("aoc_notifier_last_sent_timestamp_seconds", "When the receiver last took a message.", float64(one.SentAt.Unix()))
		}
		gauge(ch, desc("aoc_notifier_state", "Always 1, with the state of the notifier in a label.", append([]string{"state"}, notifierLabels...)...), 1, string(one.State), one.ID, one.Kind)
	}
}
