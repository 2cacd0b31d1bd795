package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/store"
)

// scrapeTime bounds how long a scrape may ask for the state of feeds and store.
const scrapeTime = 10 * time.Second

// Teller knows how feeds and store are.
type Teller interface {
	// Service asks the store nothing.
	Service() console.Service
	SourceHealth(ctx context.Context) ([]ingest.FeedHealth, error)
	Stats(ctx context.Context) (store.Stats, error)
}

// Watch adds the state of feeds and store to the metrics, asked for at every scrape.
// It is called once.
func (m *Metrics) Watch(t Teller, clock aoc.Clock) {
	m.registry.MustRegister(&state{teller: t, clock: clock, up: desc("aoc_state_up", "Whether the state of feeds and store could be read.")})
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// state is a collector of gauges that exist only at the moment of a scrape.
type state struct {
	teller Teller
	clock  aoc.Clock
	up     *prometheus.Desc
}

// Describe implements [prometheus.Collector]. One description is enough: the others are
// those of an unchecked collector, known when collected.
func (s *state) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (s *state) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(console.WithCaller(context.Background(), console.Local("")), scrapeTime)
	defer cancel()
	up := s.service(ch)
	if up == 0 {
		gauge(ch, s.up, up)
		return // asking would only take its time
	}
	if feeds, err := s.teller.SourceHealth(ctx); err != nil {
		up = 0
	} else {
		for _, h := range feeds {
			s.feed(ch, h)
		}
	}
	if stats, err := s.teller.Stats(ctx); err != nil {
		up = 0
	} else {
		gauge(ch, desc("aoc_store_events", "Events in the store."), float64(stats.Events))
		gauge(ch, desc("aoc_store_bytes", "Bytes of the store on disk."), float64(stats.Bytes))
		gauge(ch, desc("aoc_store_quarantined", "Records in quarantine."), float64(stats.Quarantined))
	}
	gauge(ch, s.up, up)
}

// service tells how this process is; 0 while its store is out of reach.
func (s *state) service(ch chan<- prometheus.Metric) (up float64) {
	service := s.teller.Service()
	gauge(ch, desc("aoc_store_down_seconds", "For how long the store has not been reached; 0 while it is."), service.Down.Seconds())
	gauge(ch, desc("aoc_store_info", "Always 1, with the kind of store in a label.", "store"), 1, service.Store)
	for _, l := range service.Leases {
		held := 0.0
		if l.Mine {
			held = 1
		}
		gauge(ch, desc("aoc_lease_held", "Whether this process does a piece of work that one process does at a time.", "lease"), held, l.Name)
	}
	if service.Down > 0 {
		return 0
	}
	return 1
}

func (s *state) feed(ch chan<- prometheus.Metric, h ingest.FeedHealth) {
	now, labels := s.clock.Now(), []string{h.Feed.TenantID, h.Name}
	tell := func(name, help string, v float64) { gauge(ch, desc(name, help, feedLabels...), v, labels...) }
	if !h.Watermark.IsZero() {
		tell("aoc_collection_lag_seconds", "Time since the end of what is proved to be collected.", now.Sub(h.Watermark).Seconds())
	}
	if !h.LastSuccess.IsZero() {
		tell("aoc_collection_last_success_timestamp_seconds", "When the feed was last collected without a fault.", float64(h.LastSuccess.Unix()))
	}
	if !h.DataLossAt.IsZero() {
		tell("aoc_collection_seconds_until_loss", "Time until Microsoft forgets what is not collected yet.", h.DataLossAt.Sub(now).Seconds())
	}
	tell("aoc_collection_windows_open", "Windows planned but not closed.", float64(h.OpenWindows))
	tell("aoc_collection_units_open", "Units listed but not stored.", float64(h.OpenUnits))
	tell("aoc_collection_units_failing", "Units that failed at least once and are retried.", float64(h.FailingUnits))
	gauge(ch, desc("aoc_collection_state", "Always 1, with the state of the feed in a label.", onFeed("state")...), 1, append(labels, string(h.State))...)
}

func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}
