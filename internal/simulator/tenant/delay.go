package tenant

import (
	"math"
	"math/rand/v2"
	"time"

	"aoc"
)

// Delays says how long records take to surface: log-normal around a median, and for a
// few in a thousand anything up to Max. A negative median means at once.
type Delays struct {
	Graph      time.Duration // median of directory, Intune and sign-in records, default 2 min
	Management time.Duration // median of unified records, default 25 min
	Max        time.Duration // cap of every delay, default 6 h
}

const (
	delaySpread    = 0.7   // sigma of the log-normal: P95 is about three medians
	stragglerShare = 0.004 // share of records that surface anywhere up to Max
)

func (d Delays) withDefaults() Delays {
	if d.Graph == 0 {
		d.Graph = 2 * time.Minute
	}
	if d.Management == 0 {
		d.Management = 25 * time.Minute
	}
	if d.Max <= 0 {
		d.Max = 6 * time.Hour
	}
	return d
}

// draw picks one record's delay.
func (d Delays) draw(rng *rand.Rand, source aoc.Source) time.Duration {
	median := d.Graph
	if source == aoc.SourceUnified {
		median = d.Management
	}
	norm, straggle := rng.NormFloat64(), rng.Float64()
	if median < 0 {
		return 0
	}
	if straggle < stragglerShare {
		return time.Duration(straggle / stragglerShare * float64(d.Max))
	}
	return min(time.Duration(float64(median)*math.Exp(delaySpread*norm)), d.Max)
}
