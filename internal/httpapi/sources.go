package httpapi

import (
	"context"

	"aoc"
	"aoc/internal/console"
)

func (s *server) sourceRoutes() {
	register(s, get("get-source-health", "/api/source-health", tagCollection, "How every feed is",
		"State, watermark, backlog, what will be lost when, the last fault with its remedy, and how late records arrive."), s.sourceHealth)
	register(s, get("get-coverage", "/api/coverage", tagCollection, "What is proved to be collected",
		"Windows, hours, gaps and losses of every feed, with a statement of completeness."), s.coverage)
}

// lag tells how late records arrive, in seconds.
type lag struct {
	Bounds []float64 `json:"bounds_seconds" doc:"Upper bounds of the buckets."`
	Counts []int64   `json:"counts" doc:"Events in each bucket, and one figure for those beyond."`
	Total  int64     `json:"total"`
	Max    float64   `json:"max_seconds"`
	Median float64   `json:"median_seconds"`
	P95    float64   `json:"p95_seconds"`
}

func lagOf(l console.Lag) lag {
	v := lag{
		Counts: append([]int64{}, l.Counts...), Total: l.Total,
		Max: l.Max.Seconds(), Median: l.Quantile(0.5).Seconds(), P95: l.Quantile(0.95).Seconds(),
	}
	for _, b := range l.Bounds() {
		v.Bounds = append(v.Bounds, b.Seconds())
	}
	return v
}

// feedHealth is a feed's health with its histogram in seconds.
type feedHealth struct {
	console.FeedHealth
	Lag lag `json:"lag"`
}

type healthOfSources struct {
	Items []feedHealth        `json:"items"`
	Names console.NamesStatus `json:"names" doc:"Whether names of directory objects are looked up, and if not, why."`
}

func (s *server) sourceHealth(ctx context.Context, _ *struct{}) (*body[healthOfSources], error) {
	feeds, err := s.console.SourceHealth(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.console.NamesStatus(ctx)
	if err != nil {
		return nil, err
	}
	out := healthOfSources{Items: []feedHealth{}, Names: names}
	for _, f := range feeds {
		f.Losses = append([]console.Loss{}, f.Losses...) // never null
		out.Items = append(out.Items, feedHealth{FeedHealth: f, Lag: lagOf(f.Lag)})
	}
	return &body[healthOfSources]{out}, nil
}

type coverageInput struct {
	Start moment `query:"start" doc:"Default: since the first collection."`
	End   moment `query:"end" doc:"Default: now."`
	// Windows are most of the answer; hours, gaps and losses follow from them.
	Windows bool `query:"windows" default:"true" doc:"False leaves the windows out: the hours are enough for a map."`
}

// coverage is what the ledger proves, with the histograms in seconds.
type coverage struct {
	console.Coverage
	Feeds []feedCoverage `json:"feeds"`
}

type feedCoverage struct {
	console.FeedCoverage
	Lag lag `json:"lag"`
}

func (s *server) coverage(ctx context.Context, in *coverageInput) (*body[coverage], error) {
	c, err := s.console.Coverage(ctx, aoc.Window{Start: in.Start.Time, End: in.End.Time})
	if err != nil {
		return nil, err
	}
	out := coverage{Coverage: c, Feeds: []feedCoverage{}}
	for _, f := range c.Feeds {
		if !in.Windows {
			f.Windows = []aoc.LedgerWindow{}
		}
		out.Feeds = append(out.Feeds, feedCoverage{FeedCoverage: f, Lag: lagOf(f.Lag)})
	}
	out.Coverage.Feeds = nil
	return &body[coverage]{out}, nil
}
