package httpapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aoc"
	"aoc/internal/assistant"
	"aoc/internal/auth"
	"aoc/internal/console"
	"aoc/internal/edge"
	"aoc/internal/httpapi/metrics"
)

// Config is what the API is made of.
type Config struct {
	Console *console.Console
	// Assistant answers questions; nil where AI features are off.
	Assistant *assistant.Assistant
	Logger    *slog.Logger     // nil: silent
	Clock     aoc.Clock        // nil: the system's
	Metrics   *metrics.Metrics // nil: one of its own, which then hears of HTTP only
	Version   string
	// Keeper recognises whoever asks; nil where nobody signs in.
	Keeper *auth.Keeper
	// PublicAddress is where people reach the service, without a slash at the end.
	PublicAddress string
	// CORSOrigins are origins of web pages elsewhere that may use the API, exactly as
	// browsers send them.
	CORSOrigins []string
	// AllowedHosts are the names in a Host header that are answered; none means any.
	AllowedHosts []string
	// WebhookClientState is the secret that change notifications carry; empty ignores them.
	WebhookClientState string
	// FetchWait is how long a request waits for the collection it asked for; 0 means 60 s.
	FetchWait time.Duration
	// Proxies says whom to believe about who asks.
	Proxies edge.Proxies
	Limits  Limits
	// MCP serves the Model Context Protocol under /mcp; nil answers 404 there. It finds the
	// caller in the context ([console.CallerOf]).
	MCP http.Handler
	// Fallback answers GET for paths the API does not have, such as the web interface's;
	// nil answers 404.
	Fallback http.Handler
}

const (
	defaultFetchWait = 60 * time.Second
	// answerTime bounds the work on a request that does not wait for a collection.
	answerTime = 30 * time.Second
)

// server is what the handlers share.
type server struct {
	console       *console.Console
	assistant     *assistant.Assistant // nil: AI features are off
	log           *slog.Logger
	clock         aoc.Clock
	metrics       *metrics.Metrics
	version       string
	clientState   string
	fetchWait     time.Duration
	keeper        *auth.Keeper
	publicAddress string
	mcp           http.Handler // nil: off
	hookLog       rarely
	proxyLog      rarely
	turns         turns
	api           huma.API
}

// New makes the handler of the API. Code invalid without a console, or for an origin that
// is none.
func New(cfg Config) (http.Handler, error) {
	if cfg.Console == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "httpapi.new", "the API needs a console")
	}
	s := &server{
		console: cfg.Console, assistant: cfg.Assistant, log: cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)), clock: cfg.Clock,
		metrics: cfg.Metrics, version: cfg.Version, clientState: cfg.WebhookClientState,
		fetchWait: cmp.Or(cfg.FetchWait, defaultFetchWait), keeper: cfg.Keeper, publicAddress: cfg.PublicAddress, mcp: cfg.MCP, turns: newTurns(cfg.Limits),
	}
	if s.clock == nil {
		s.clock = aoc.SystemClock{}
	}
	if s.metrics == nil {
		s.metrics = metrics.New(cfg.Version)
	}
	s.hookLog.clock, s.proxyLog.clock = s.clock, s.clock
	mux := s.mux()
	return s.wrap(&dispatcher{mux: mux.ServeMux, fallback: cfg.Fallback, admit: s.admit, fail: s.write}, cfg)
}

// OpenAPI gives the description of the API, as /openapi.json does, indented.
func OpenAPI(version string) ([]byte, error) {
	s := &server{version: version, metrics: metrics.New(version)}
	s.mux()
	return json.MarshalIndent(s.api.OpenAPI(), "", "  ")
}

// routeMux is a mux that can tell its routes.
type routeMux struct {
	*http.ServeMux
	patterns []string
}

// Handle adds a route.
func (m *routeMux) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.Handle(pattern, h)
}

// HandleFunc adds a route.
func (m *routeMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.Handle(pattern, http.HandlerFunc(h))
}

// mux makes the routes and their description.
func (s *server) mux() *routeMux {
	mux := &routeMux{ServeMux: http.NewServeMux()}
	s.api = humago.New(mux, s.humaConfig())
	s.routes(mux)
	tidySchemas(s.api.OpenAPI())
	examples(s.api.OpenAPI())
	return mux
}

// routes is every route there is.
func (s *server) routes(mux *routeMux) {
	s.healthRoutes()
	s.eventRoutes()
	s.filterRoutes()
	s.summaryRoutes()
	s.completeRoutes()
	s.contextRoutes()
	s.annotateRoutes()
	s.queueRoutes()
	s.savedSearchRoutes()
	s.changeWindowRoutes()
	s.entityRoutes()
	s.streamRoutes()
	s.exportRoutes()
	s.importRoutes()
	s.fetchRoutes()
	s.sourceRoutes()
	s.featureRoutes()
	s.callerRoutes()
	s.tokenRoutes()
	s.sessionRoutes()
	s.ruleRoutes()
	s.alertRoutes()
	s.sinkRoutes()
	s.notifierRoutes()
	s.askRoutes()
	s.webhookRoutes(mux)
	s.signInRoutes(mux)
	s.mcpRoutes(mux)
	s.docsRoutes(mux)
	mux.Handle("GET /metrics", s.metrics.Handler())
}

// humaConfig sets huma up to speak as the original did: one shape of errors, no $schema
// members, fields it does not know ignored, no documentation from another host.
func (s *server) humaConfig() huma.Config {
	cfg := huma.DefaultConfig("AOC, the Admin Operations Center", s.version)
	cfg.Info.Description = "Microsoft 365 audit events in one place: search, look up, count, collect, and proof of what was collected."
	cfg.CreateHooks = nil
	cfg.AllowAdditionalPropertiesByDefault = true
	cfg.DocsPath = ""
	cfg.SchemasPath = ""
	cfg.Transformers = []huma.Transformer{shapeErrors}
	return cfg
}

// NewServer gives an HTTP server for a handler, with time limits on every part of a
// request, so that nobody can hold connections by being slow. It is for listeners with
// limits ([edge.Limit]), too.
func NewServer(addr string, handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           edge.Working(handler),
		ConnContext:       edge.ConnContext,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      defaultFetchWait + answerTime + 30*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

var errTooLong = errors.New("the request took too long") // cause of an ended context
