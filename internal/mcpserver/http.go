package mcpserver

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc"
	"aoc/internal/edge"
)

// The paths of the transports over HTTP.
const (
	// Path is that of Streamable HTTP: GET, POST and DELETE.
	Path = "/mcp"
	// SSEPath is where clients of HTTP+SSE begin, by GET.
	SSEPath = "/mcp/sse"
	// MessagesPath is where they POST their messages.
	MessagesPath = "/mcp/messages/"
)

const (
	// maxMessage is the most bytes of one request's body that are read.
	maxMessage = 256 << 10
	// idleTime is how long a session of Streamable HTTP lasts without a request: clients keep
	// one open all day, and not all of them begin a new one when theirs is gone.
	idleTime = 8 * time.Hour
	// callTime bounds the work on one call.
	callTime = time.Minute
	// lastCalls is how long calls may go on when the service stops.
	lastCalls = 5 * time.Second
	// statelessSince is the first revision of the protocol that has no sessions.
	statelessSince = "2026-07-28"
)

// HTTPConfig is what the transports over HTTP need.
type HTTPConfig struct {
	// Server answers; it must be used for nothing but this HTTP.
	Server *mcp.Server
	// PublicAddress is where people reach the service: https://soc.contoso.example.
	PublicAddress string
	// Hosts are the names beside that of PublicAddress that are answered. Addresses of IP and
	// localhost always are: no web page can make them its own.
	Hosts []string
	// Origins are those of web pages elsewhere that may use it, as browsers send them.
	Origins []string
	// Still reports whether whoever sent a request that is being answered may still have the
	// answer; nil means that they may.
	Still    func(r *http.Request) bool
	Sessions SessionLimits
	Observer Observer     // nil: nobody listens
	Clock    aoc.Clock    // nil: the machine's
	Logger   *slog.Logger // nil: silent
}

// HTTP serves MCP over HTTP. Each request is asked by the caller of its context
// ([console.CallerOf]), whoever began the session; a session is its subject's alone. Close
// must be called.
type HTTP struct {
	cfg      HTTPConfig
	mux      *http.ServeMux
	sessions *sessions
	channels channels
	turns    *edge.Turns
	streams  lifetime      // of answers that never end by themselves
	calls    lifetime      // of calls
	every    time.Duration // between looks at streams
}

// lifetime is something that ends for all at once.
type lifetime struct {
	context.Context //nolint:containedctx // it outlives every request
	end             context.CancelFunc
}

func newLifetime() lifetime {
	ctx, end := context.WithCancel(context.Background())
	return lifetime{ctx, end}
}

// NewHTTP makes it.
func NewHTTP(cfg HTTPConfig) *HTTP {
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.Still == nil {
		cfg.Still = func(*http.Request) bool { return true }
	}
	h := &HTTP{
		cfg: cfg, mux: http.NewServeMux(), streams: newLifetime(), calls: newLifetime(), every: pingEvery, turns: newTurns(),
		sessions: newSessions(cfg.Sessions, cfg.Observer, cfg.Clock),
	}
	cfg.Server.AddReceivingMiddleware(h.asCaller, h.keepSession, h.bounded)
	server := func(*http.Request) *mcp.Server { return cfg.Server }
	options := mcp.StreamableHTTPOptions{
		SessionTimeout: idleTime, MaxRequestBodyBytes: maxMessage, Logger: quiet(cfg.Logger),
		DisableLocalhostProtection: true, // [HTTP.checkSite] is stricter
	}
	withSessions := mcp.NewStreamableHTTPHandler(server, &options)
	options.Stateless, options.PropagateRequestCancellation = true, true
	without := mcp.NewStreamableHTTPHandler(server, &options)
	h.mux.Handle(Path, withCaller(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Mcp-Protocol-Version") >= statelessSince {
			without.ServeHTTP(w, r)
			return
		}
		withSessions.ServeHTTP(w, r)
	})))
	h.mux.HandleFunc("GET "+SSEPath, h.serveSSE)
	h.mux.HandleFunc("POST "+MessagesPath+"{$}", h.takeMessage)
	return h
}

// ServeHTTP implements [http.Handler].
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.checkSite(w, r) {
		return
	}
	if h.streams.Err() != nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the service is stopping", http.StatusServiceUnavailable)
		return
	}
	h.hold(w, r, h.mux)
}

// Close ends streams at once, calls after a moment, and then the sessions.
func (h *HTTP) Close(ctx context.Context) error {
	h.streams.end()
	ended := make(chan struct{})
	go func() {
		h.sessions.close()
		close(ended)
	}()
	defer h.calls.end()
	select {
	case <-ended:
		return nil
	case <-time.After(lastCalls):
	case <-ctx.Done():
	}
	h.calls.end()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
