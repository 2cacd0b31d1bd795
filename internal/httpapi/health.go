package httpapi

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"aoc/internal/console"
)

const tagService = "service"

func (s *server) healthRoutes() {
	register(s, storeless(get("get-health", "/health", tagService, "Whether the service works",
		"503 when the data cannot be reached; it answers within seconds then, too.")), s.health)
	register(s, storeless(get("get-ready", "/readyz", tagService, "Whether requests can be served", "The same as /health, for orchestrators.")), s.health)
	register(s, storeless(get("get-live", "/healthz", tagService, "Whether the process answers", "Looks at nothing else: a store that is away is no reason to restart.")), s.live)
	register(s, storeless(get("get-version", "/api/version", tagService, "The version of the service", "")), s.getVersion)
}

// health is the state of the service.
type health struct {
	Status   string `json:"status" enum:"ok,unavailable"`
	Database string `json:"database" enum:"ok,unavailable"`
	Version  string `json:"version"`
	Store    string `json:"store" doc:"Where the data is: sqlite or mongodb." example:"sqlite"`
	// Process is whoever answers: behind one address there may be several.
	Process string `json:"process" doc:"The process that answers, of those that share the store." example:"host-1/4711-K3DV"`
	// Down is set while the store is not reached.
	Down   int64           `json:"down_seconds,omitempty" doc:"For how long the store has not been reached."`
	Leases []console.Lease `json:"leases" doc:"Who does the work that one process does at a time, as the one that answers last saw it."`
}

type healthOutput struct {
	Status int
	Body   health
}

func (s *server) health(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	service, err := s.console.Health(ctx)
	h := health{
		Status: "ok", Database: "ok", Version: s.version, Store: service.Store, Process: service.Process,
		Down: int64(service.Down / time.Second), Leases: service.Leases,
	}
	if err == nil {
		return &healthOutput{http.StatusOK, h}, nil
	}
	s.log.WarnContext(ctx, "the store cannot be reached", "request_id", requestID(ctx), "error", err)
	h.Status, h.Database, h.Down = "unavailable", "unavailable", max(h.Down, 1)
	return &healthOutput{http.StatusServiceUnavailable, h}, nil
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
	register(s, storeless(get("get-features", "/api/config/features", tagService, "What the service can do", "")), s.features)
}

func (s *server) features(ctx context.Context, _ *struct{}) (*body[console.Features], error) {
	return &body[console.Features]{s.console.Features(ctx)}, nil
}
