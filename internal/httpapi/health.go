package httpapi

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"aoc/internal/console"
)

const tagService = "service"

// pingTime bounds how long a probe waits for the store.
const pingTime = 3 * time.Second

func (s *server) healthRoutes() {
	register(s, get("get-health", "/health", tagService, "Whether the service works", "503 when the data cannot be reached."), s.health)
	register(s, get("get-ready", "/readyz", tagService, "Whether requests can be served", "The same as /health, for orchestrators."), s.health)
	register(s, get("get-live", "/healthz", tagService, "Whether the process answers", "Looks at nothing else: a store that is away is no reason to restart."), s.live)
	register(s, get("get-version", "/api/version", tagService, "The version of the service", ""), s.getVersion)
}

// health is the state of the service.
type health struct {
	Status   string `json:"status" enum:"ok,unavailable"`
	Database string `json:"database" enum:"ok,unavailable"`
	Version  string `json:"version"`
}

type healthOutput struct {
	Status int
	Body   health
}

func (s *server) health(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if err := s.console.Health(ctx); err != nil {
		s.log.WarnContext(ctx, "the store cannot be reached", "request_id", requestID(ctx), "error", err)
		return &healthOutput{http.StatusServiceUnavailable, health{"unavailable", "unavailable", s.version}}, nil
	}
	return &healthOutput{http.StatusOK, health{"ok", "ok", s.version}}, nil
}

type liveness struct {
	Status string `json:"status"`
}

func (s *server) live(context.Context, *struct{}) (*body[liveness], error) {
	return &body[liveness]{liveness{"ok"}}, nil
}

type build struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

func (s *server) getVersion(context.Context, *struct{}) (*body[build], error) {
	return &body[build]{build{s.version, runtime.Version()}}, nil
}

func (s *server) featureRoutes() {
	register(s, get("get-features", "/api/config/features", tagService, "What the service can do", ""), s.features)
}

func (s *server) features(ctx context.Context, _ *struct{}) (*body[console.Features], error) {
	return &body[console.Features]{s.console.Features(ctx)}, nil
}
