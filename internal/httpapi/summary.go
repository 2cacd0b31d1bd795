package httpapi

import (
	"context"

	"aoc"
	"aoc/internal/console"
)

func (s *server) summaryRoutes() {
	register(s, get("get-event-summary", "/api/events/summary", tagEvents, "What a selection holds",
		"How many events there are, the first and last time, the most frequent values of fields, and events over time by result: "+
			"counted together, so that all figures agree."), s.summary)
	register(s, get("get-facet", "/api/facets", tagEvents, "Values of one field",
		"The values a field has in a selection, most frequent first; contains searches among all of them."), s.facet)
}

type summaryInput struct {
	FilterParams
	Facets []string `query:"facets" enum:"source,workload,service,operation,result,actor,actor_kind,record_type,ip,origin,tenant,tag" doc:"Fields to count by, separated by commas." example:"[\"source\",\"operation\"]"`
	Values int      `query:"values" minimum:"1" maximum:"1000" default:"10" doc:"The most values of each field."`
	Width  string   `query:"width" enum:"1m,5m,15m,30m,1h,3h,6h,12h,1d,7d,28d" doc:"Width of a bar; chosen from the time when not given."`
}

func (s *server) summary(ctx context.Context, in *summaryInput) (*body[console.Summary], error) {
	p := console.SummaryParams{Values: in.Values, Width: widths[in.Width]}
	for _, f := range in.Facets {
		p.Facets = append(p.Facets, aoc.Field(f))
	}
	found, err := s.console.Summary(ctx, in.filter(), p)
	if err != nil {
		return nil, err
	}
	return &body[console.Summary]{found}, nil
}

type facetInput struct {
	FilterParams
	Field    string `query:"field" required:"true" enum:"source,workload,service,operation,result,actor,actor_kind,record_type,ip,origin,tenant,tag" example:"operation"`
	Contains string `query:"contains" maxLength:"1000" doc:"Part of the value; letter case does not matter." example:"mail"`
	N        int    `query:"n" minimum:"1" maximum:"1000" default:"50" doc:"The most values."`
}

func (s *server) facet(ctx context.Context, in *facetInput) (*body[console.FacetPage], error) {
	found, err := s.console.FacetValues(ctx, in.filter(), console.FacetParams{Field: aoc.Field(in.Field), Contains: in.Contains, N: in.N})
	if err != nil {
		return nil, err
	}
	return &body[console.FacetPage]{found}, nil
}
