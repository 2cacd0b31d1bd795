package mcpserver

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/edge"
)

// callerKey is under which the library carries the caller from a request to its handling.
const callerKey = "caller"

// withCaller hands the caller of each request, whom the API has recognised already, to the
// library as if a token had just been verified: the library then binds sessions to the
// subject and tells with each message who sent it. It sees no credentials.
func withCaller(next http.Handler) http.Handler {
	bind := auth.RequireBearerToken(func(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
		return tokenInfo(console.CallerOf(ctx)), nil
	}, &auth.RequireBearerTokenOptions{AllowMissingExpiration: true}) // what expires is not recognised
	bound := bind(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner := r.WithContext(r.Context())
		inner.Header = r.Header.Clone()
		inner.Header.Del("Cookie")
		inner.Header.Set("Authorization", "Bearer recognised")
		bound.ServeHTTP(w, inner)
	})
}

func tokenInfo(who aoc.Caller) *auth.TokenInfo {
	return &auth.TokenInfo{UserID: owner(who), Extra: map[string]any{callerKey: who}}
}

// owner names whose a session is; empty where nobody signs in.
func owner(who aoc.Caller) string {
	if who.Subject == "" {
		return ""
	}
	if who.Via == aoc.ViaToken {
		return "token " + who.Subject
	}
	return "person " + who.Subject
}

// asCaller makes each message that of whoever sent it, not of who began the session; and ends
// what is asked when the service stops.
func (h *HTTP) asCaller(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		var who aoc.Caller // nobody, unless the message says
		if extra := req.GetExtra(); extra != nil && extra.TokenInfo != nil {
			who, _ = extra.TokenInfo.Extra[callerKey].(aoc.Caller)
		}
		ctx, cancel := context.WithCancel(console.WithCaller(ctx, who))
		defer cancel()
		all := h.calls
		if method == "subscriptions/listen" {
			all = h.streams
		}
		defer context.AfterFunc(all, cancel)()
		return next(ctx, method, req)
	}
}

var errTooLong = errors.New("the call took too long") // cause of an ended context

// newTurns says how many calls are worked on at once.
func newTurns() *edge.Turns {
	n := max(4, 2*runtime.GOMAXPROCS(0))
	return edge.NewTurns(edge.TurnLimits{
		AtOnce: n, PerClient: (n + 1) / 2, Waiting: 16 * n, Wait: 15 * time.Second, Heavy: 8 * time.Second,
		Hint: "Try again in a moment.", Busy: "the service is busy with other calls",
	})
}

// bounded lets each caller do so much at once, and each call take so long.
func (h *HTTP) bounded(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		if _, reads := calls[method]; !reads {
			return next(ctx, method, req)
		}
		done, err := h.turns.Take(ctx, owner(console.CallerOf(ctx)))
		if err != nil {
			return refuse(ctx, method, err)
		}
		defer done()
		if name, _ := asked(req); name != "ask" { // which bounds itself
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, callTime, errTooLong)
			defer cancel()
		}
		result, err := next(ctx, method, req)
		if err != nil && errors.Is(context.Cause(ctx), errTooLong) {
			e := aoc.Errorf(aoc.CodeUnavailable, "mcp.call", "the answer took too long")
			e.Hint = "Narrow the time or the filters."
			return refuse(context.WithoutCancel(ctx), method, e)
		}
		return result, err
	}
}
