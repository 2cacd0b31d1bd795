package httpapi

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"aoc"
	"aoc/internal/edge"
)

// maxBody bounds what is read of any request's body, in bytes.
const maxBody = 256 << 10

// wrap puts around a handler what every request passes, outermost first: an id, the
// client, the access log with metrics and recovery, headers, the limits of each client,
// the checks of host, origin and query, the limit of the body, and compression.
func (s *server) wrap(h http.Handler, cfg Config) (http.Handler, error) {
	cross := http.NewCrossOriginProtection()
	for _, o := range cfg.CORSOrigins {
		if err := cross.AddTrustedOrigin(o); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInvalid, "httpapi.new", "CORS_ORIGINS has an entry that is not an origin")
		}
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{
		"application/json", "application/openapi+json", "application/openapi+yaml", "text/html", "text/css", "text/javascript", "image/svg+xml",
	}))
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, "httpapi.new", "compression could not be set up")
	}
	h = compress(h)
	if s.keeper != nil {
		h = s.authenticate(h)
	} else {
		h = s.nameCaller(h)
	}
	h = limitBody(h)
	h = s.checkQuery(h)
	h = s.refuseCrossSite(h, cross)
	h = allowOrigins(h, cfg.CORSOrigins)
	h = s.checkHost(h, cfg.AllowedHosts)
	h = s.limitFailures(h, edge.NewThrottle(failuresPerSecond, failuresAtOnce, s.clock))
	h = s.limitRequests(h, edge.NewThrottle(float64(cfg.Limits.RequestsPerSecond), requestsAtOnce*cfg.Limits.RequestsPerSecond, s.clock))
	h = secureHeaders(h)
	h = s.observe(h)
	proxies := cfg.Proxies
	proxies.Unnamed = s.unnamedProxy
	h = proxies.Resolve(h)
	return identify(h), nil
}

type requestIDKey struct{}

// requestID is the id of the request that ctx belongs to; empty outside one.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// identify gives each request an id. One from outside is not taken over: it could be used
// to forge the log.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		w.Header().Set("X-Request-Id", id)
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// observe logs and counts answers, and turns a panic into one. The query is left out of
// the log: it says what people look for. Handlers further in must pass on the same
// request, on which the mux leaves the pattern.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.clock.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			s.recovered(rec, r, recover())
			took := s.clock.Now().Sub(began)
			s.metrics.Answered(r.Pattern, r.Method, rec.code(), took)
			s.log.LogAttrs(r.Context(), levelOf(r), "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.Int("status", rec.code()), slog.Int64("bytes", rec.bytes), slog.Duration("took", took),
				slog.String("remote", r.RemoteAddr), slog.String("request_id", requestID(r.Context())))
		}()
		next.ServeHTTP(rec, r)
	})
}

// recovered answers after a panic, where nothing has been sent yet.
func (s *server) recovered(rec *recorder, r *http.Request, cause any) {
	if cause == nil || r.Context().Err() != nil { // huma panics when nobody takes the answer
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // a panic value, not an error chain
		panic(cause)
	}
	s.log.ErrorContext(r.Context(), "panic", "request_id", requestID(r.Context()), "panic", cause, "stack", string(debug.Stack()))
	if rec.status == 0 {
		s.write(rec, r, &Problem{Detail: "internal error", RequestID: requestID(r.Context()), status: http.StatusInternalServerError})
	}
}

// levelOf keeps probes, scrapes and notifications, which come by themselves, out of the
// log that people read.
func levelOf(r *http.Request) slog.Level {
	if isProbe(r) || r.URL.Path == "/metrics" || r.URL.Path == webhookPath {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// secureHeaders sets what no answer goes without. The documentation and the web
// interface replace the content policy with their own.
func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if edge.ClientOf(r.Context()).Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// checkHost refuses names that are not the service's own, so that a web page cannot read
// it after pointing a name at this machine.
func (s *server) checkHost(next http.Handler, allowed []string) http.Handler {
	if len(allowed) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
		if slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) }) {
			next.ServeHTTP(w, r)
			return
		}
		s.write(w, r, &Problem{
			Detail: "the service does not answer to this host name", Hint: "Add the name to AOC_HOSTS.", status: http.StatusMisdirectedRequest,
		})
	})
}

// allowOrigins lets web pages of the given origins use the API.
func allowOrigins(next http.Handler, origins []string) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, origin := w.Header(), r.Header.Get("Origin")
		h.Add("Vary", "Origin")
		if !slices.Contains(origins, origin) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "Location, X-Request-Id, Retry-After, X-AOC-Batch, Mcp-Session-Id, WWW-Authenticate")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
			h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization, Last-Event-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, "+nameHeader)
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseCrossSite keeps web pages elsewhere from changing anything: there is no sign-in
// that would. Collecting by GET changes something, too, and a stream of MCP takes answers to
// what was asked: both are treated as a POST.
func (s *server) refuseCrossSite(next http.Handler, cross *http.CrossOriginProtection) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := *r
		if r.URL.Path == fetchPath || isMCP(r.URL.Path) && !strings.HasPrefix(r.URL.Path, "/.well-known/") {
			probe.Method = http.MethodPost
		}
		if cross.Check(&probe) != nil {
			s.write(w, r, &Problem{Detail: "a web page elsewhere may not do this", Hint: "Add its origin to CORS_ORIGINS.", status: http.StatusForbidden})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkQuery refuses a query that cannot be decoded: net/url drops such parameters, and a
// search would then find what its filter should have left out. Empty values, which forms
// send for blank fields, count as not given.
func (s *server) checkQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			s.write(w, r, &Problem{
				Detail: []Fault{{Loc: []any{"query"}, Msg: "the query is not correctly encoded", Type: "value_error"}}, status: http.StatusUnprocessableEntity,
			})
			return
		}
		for name, vs := range values {
			values[name] = slices.DeleteFunc(vs, func(v string) bool { return v == "" })
		}
		u := *r.URL
		u.RawQuery = values.Encode()
		r.URL = &u
		next.ServeHTTP(w, r)
	})
}

// limitBody bounds what is read of bodies, but for uploads, which have a bound of their own.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != importsPath {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}
