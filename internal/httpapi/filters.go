package httpapi

import (
	"context"
	"time"

	"aoc/internal/console"
)

func (s *server) filterRoutes() {
	register(s, get("get-filter-options", "/api/filter-options", tagEvents, "Values to filter by",
		"The values events have, with counts, most frequent first; at most 200 of each field. Actors are counted by display name."), s.filterOptions)
	register(s, get("get-event-histogram", "/api/events/histogram", tagEvents, "Events over time",
		"How many of the events that pass the filters happened when, by result. Empty bars are left out. Without width there are at most 120 bars."), s.histogram)
}

type filterOptionsInput struct {
	Tenant []string `query:"tenant,explode" doc:"Tenant ids; none means all."`
}

func (s *server) filterOptions(ctx context.Context, in *filterOptionsInput) (*body[console.FilterOptions], error) {
	o, err := s.console.FilterOptions(ctx, in.Tenant...)
	if err != nil {
		return nil, err
	}
	return &body[console.FilterOptions]{o}, nil
}

type histogramInput struct {
	FilterParams
	Width string `query:"width" enum:"1m,5m,15m,30m,1h,3h,6h,12h,1d,7d,28d" doc:"Width of a bar; chosen from the time when not given."`
}

// widths are the widths that can be asked for by name.
var widths = map[string]time.Duration{ //nolint:gochecknoglobals // read-only table
	"1m": time.Minute, "5m": 5 * time.Minute, "15m": 15 * time.Minute, "30m": 30 * time.Minute,
	"1h": time.Hour, "3h": 3 * time.Hour, "6h": 6 * time.Hour, "12h": 12 * time.Hour,
	"1d": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "28d": 28 * 24 * time.Hour,
}

func (s *server) histogram(ctx context.Context, in *histogramInput) (*body[console.Histogram], error) {
	h, err := s.console.Histogram(ctx, in.filter(), widths[in.Width])
	if err != nil {
		return nil, err
	}
	return &body[console.Histogram]{h}, nil
}
