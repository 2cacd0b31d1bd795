package httpapi

import (
	"context"

	"aoc/internal/console"
)

func (s *server) completeRoutes() {
	register(s, get("complete-query", "/api/complete", tagEvents, "What can be typed",
		"Proposes fields, keywords and real values at a place of q: each item's insert replaces q[from:to]. "+
			"Counts are of what the other terms and filters select."), s.complete)
}

type completeInput struct {
	FilterParams
	At int `query:"at" minimum:"0" maximum:"4096" doc:"The place in q, in UTF-16 code units." example:"12"`
}

func (s *server) complete(ctx context.Context, in *completeInput) (*body[console.Completion], error) {
	found, err := s.console.Complete(ctx, in.filter(), in.At)
	if err != nil {
		return nil, err
	}
	return &body[console.Completion]{found}, nil
}
