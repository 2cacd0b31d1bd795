package httpapi

import (
	"context"
	"net/http"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/console"
	"aoc/internal/edge"
)

// public are the routes that anybody may ask, by their patterns, and why. All others, also
// ones that are added, are for those who are known. Paths that are no route have the web
// interface's files, which are everybody's and hold nothing.
var public = map[string]string{ //nolint:gochecknoglobals // read-only table
	"GET /health":              "probes; tells no event",
	"GET /healthz":             "probes",
	"GET /readyz":              "probes",
	"GET /api/config/features": "the web interface asks before anybody has signed in; tells no secret",
	"POST " + webhookPath:      "Microsoft Graph sends no token; what it says is a hint",
	"GET " + loginPath:         "signing in",
	"GET " + callbackPath:      "signing in",
	"POST " + logoutPath:       "ends the session it is asked with",
	"GET " + resourcePath:      "programs that speak MCP learn where to sign in",
	"GET " + mcpResourcePath:   "programs that speak MCP learn where to sign in",
}

// faultKey is where the reason lies why whoever asks was not recognised.
type faultKey struct{}

// authenticate finds out who asks. Those who bring nothing, or something bad, go on as
// nobody: most routes then refuse them.
func (s *server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := s.keeper.Recognise(r.Context(), r)
		caller.Address = addressOf(r)
		ctx := console.WithCaller(r.Context(), caller)
		if err != nil {
			ctx = context.WithValue(ctx, faultKey{}, err)
		}
		inner := r.WithContext(ctx)
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern // for the metrics, which see the outer request
	})
}

// admit reports whether a request may reach a route, and answers it where it may not.
func (s *server) admit(w http.ResponseWriter, r *http.Request, pattern string) bool {
	if s.keeper == nil || public[pattern] != "" || console.CallerOf(r.Context()).Via != aoc.ViaNothing {
		return true
	}
	err, brought := r.Context().Value(faultKey{}).(error)
	challenge := `Bearer realm="aoc"` + s.metadataHint(pattern)
	switch {
	case !brought:
		err = auth.NotSignedIn()
	case r.Header.Get("Authorization") != "":
		challenge += `, error="invalid_token"`
	}
	if brought && aoc.CodeOf(err) != aoc.CodeUnavailable {
		s.console.Unknown(r.Context(), addressOf(r), err)
	}
	p := s.problem(r.Context(), err)
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	s.write(w, r, p)
	return false
}

// addressOf is where a request comes from, also through proxies that are trusted; empty
// where the server does not tell.
func addressOf(r *http.Request) string {
	if a := edge.ClientOf(r.Context()).Addr; a.IsValid() {
		return a.Unmap().String()
	}
	return ""
}

// still reports whether whoever began a long answer may still have it.
func (s *server) still(ctx context.Context, r *http.Request) bool {
	return s.keeper == nil || s.keeper.Holds(ctx, r, console.CallerOf(ctx))
}
