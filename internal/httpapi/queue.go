package httpapi

import (
	"context"

	"aoc/internal/console"
)

func (s *server) queueRoutes() {
	register(s, get("get-review-queue", "/api/review/queue", tagReview, "What waits for review",
		"Administrative changes that no person has reviewed and no change window expects, by actor and operation. "+
			"Each group's q finds its events, also for bulk review."), s.queue)
}

type queueInput struct {
	FilterParams
	OlderThanDays int `query:"older_than_days" minimum:"0" maximum:"36500" doc:"Changes that happened more than so many days ago." example:"7"`
	N             int `query:"n" minimum:"1" maximum:"2000" default:"200" doc:"The most groups."`
}

func (s *server) queue(ctx context.Context, in *queueInput) (*body[console.Queue], error) {
	q, err := s.console.Queue(ctx, in.filter(), console.QueueParams{OlderThanDays: in.OlderThanDays, N: in.N})
	if err != nil {
		return nil, err
	}
	return &body[console.Queue]{q}, nil
}
