package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// live is a collector of gauges that exist only at the moment of a scrape.
type live func(ctx context.Context, ch chan<- prometheus.Metric)

// Describe implements [prometheus.Collector]: it is unchecked, as [state] is.
func (l live) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (l live) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	l(ctx, ch)
}

// truth is 1 for true, else 0.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
