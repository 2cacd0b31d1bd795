package ingest

import (
	"slices"
	"time"
)

// lagBounds are the upper bounds of the lag histogram's buckets; one more holds the rest.
var lagBounds = []time.Duration{ //nolint:gochecknoglobals // read-only table
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 90 * time.Minute, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour,
}

// Lag is a histogram of how long new events took from happening to arriving here, for
// events collected as they happened. It outlives the process; a crash loses what the run
// in hand had measured.
type Lag struct {
	// Counts holds one figure for each bound of [Lag.Bounds] and one for what took longer.
	Counts []int64       `json:"counts"`
	Total  int64         `json:"total"`
	Max    time.Duration `json:"max_ns"`
}

// Bounds are the upper bounds of the buckets, inclusive.
func (Lag) Bounds() []time.Duration { return slices.Clone(lagBounds) }

func (l *Lag) add(d time.Duration) {
	if len(l.Counts) != len(lagBounds)+1 {
		l.Counts = make([]int64, len(lagBounds)+1)
	}
	d = max(d, 0) // upstream's clock may be ahead
	i, _ := slices.BinarySearch(lagBounds, d)
	l.Counts[i]++
	l.Total++
	l.Max = max(l.Max, d)
}

func (l *Lag) merge(o Lag) {
	if o.Total == 0 {
		return
	}
	if len(l.Counts) != len(lagBounds)+1 {
		*l = Lag{Counts: make([]int64, len(lagBounds)+1)}
	}
	for i, n := range o.Counts {
		l.Counts[i] += n
	}
	l.Total += o.Total
	l.Max = max(l.Max, o.Max)
}

func (l Lag) clone() Lag {
	if len(l.Counts) != len(lagBounds)+1 {
		return Lag{} // kept by a version with other buckets
	}
	l.Counts = slices.Clone(l.Counts)
	return l
}

// Quantile estimates the lag within which the share q (0 … 1) of events arrived: the
// upper bound of the bucket it falls into, or Max beyond the last. Zero without events.
func (l Lag) Quantile(q float64) time.Duration {
	if l.Total == 0 {
		return 0
	}
	rank, sum := int64(q*float64(l.Total)), int64(0)
	for i, n := range l.Counts {
		sum += n
		if sum > rank || sum == l.Total {
			if i < len(lagBounds) {
				return min(lagBounds[i], l.Max)
			}
			return l.Max
		}
	}
	return l.Max
}
