package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/edge"
)

// Limits bounds what clients may ask for. A client is an address, see [edge.Client.Share];
// for what is counted when it is known who asks, whoever has signed in.
type Limits struct {
	// RequestsPerSecond is how often each client may ask; 0: as often as it likes.
	RequestsPerSecond int
	// Searches is how many searches are worked on at once; 0: twice the number of
	// processors, at least 4.
	Searches int
}

const (
	// requestsAtOnce is how many seconds' worth of requests a client has in stock: a page
	// asks for much at once.
	requestsAtOnce = 4
	// failuresPerSecond and failuresAtOnce bound how often a client may come with
	// credentials that are refused.
	failuresPerSecond = 1
	failuresAtOnce    = 20
)

// probes are the paths by which others see whether the service works. They are never limited.
var probes = map[string]bool{"/health": true, "/healthz": true, "/readyz": true} //nolint:gochecknoglobals // read-only table

func isProbe(r *http.Request) bool { return probes[r.URL.Path] }

// turns says how much of each kind is worked on at once.
type turns struct {
	searches *edge.Turns
	long     *edge.Turns // what takes minutes
	streams  *edge.Turns
}

func newTurns(l Limits) turns {
	n, cpus := l.Searches, runtime.GOMAXPROCS(0)
	if n <= 0 {
		n = max(4, 2*cpus)
	}
	const hint = "Try again in a moment."
	return turns{
		searches: edge.NewTurns(edge.TurnLimits{
			AtOnce: n, PerClient: (n + 1) / 2, Waiting: 16 * n, Wait: 15 * time.Second, Heavy: 8 * time.Second, Hint: hint, Busy: "the service is busy with other searches",
		}),
		long: edge.NewTurns(edge.TurnLimits{
			AtOnce: max(2, cpus), PerClient: max(1, cpus/2), Waiting: 12, Wait: 10 * time.Second, Hint: hint, Busy: "the service is busy with other downloads and changes",
		}),
		streams: edge.NewTurns(edge.TurnLimits{AtOnce: 1000, PerClient: 100, Hint: "Close pages that are not needed.", Busy: "too many streams are open"}),
	}
}

// searching are the operations that read many events, and take a turn for that.
var searching = map[string]bool{ //nolint:gochecknoglobals // read-only table
	"list-events": true, "get-event-histogram": true, "get-event-summary": true, "get-facet": true, "complete-query": true,
	"get-filter-options": true, "list-related-events": true, "get-event-names": true, "get-entity": true, "get-review-queue": true,
	"preview-change-window": true,
}

// changingMany are the operations that change many events. Exports take the same turns, and
// streams their own, until their answers end.
var changingMany = map[string]bool{"tag-events": true, "review-events": true, "undo-edits": true} //nolint:gochecknoglobals // read-only table

// take waits for the turn that an operation needs, if any.
func (t turns) take(ctx context.Context, operation string) (done func(), err error) {
	switch {
	case searching[operation]:
		return t.searches.Take(ctx, whose(ctx))
	case changingMany[operation]:
		return t.long.Take(ctx, whose(ctx))
	}
	return func() {}, nil
}

// whose names who a turn counts for: whoever has signed in, from however many addresses they
// ask and beside whomever else at one of them; else the address. Empty where the service
// knows neither.
func whose(ctx context.Context) string {
	if who := console.CallerOf(ctx); who.Subject != "" {
		if who.Via == aoc.ViaToken {
			return "token " + who.Subject
		}
		return "person " + who.Subject
	}
	if share := edge.ClientOf(ctx).Share(); share.IsValid() {
		return "address " + share.String()
	}
	return ""
}

// limitRequests bounds how often each client asks.
func (s *server) limitRequests(next http.Handler, throttle *edge.Throttle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait, ok := throttle.Take(edge.ClientOf(r.Context()).Share())
		if ok || isProbe(r) {
			next.ServeHTTP(w, r)
			return
		}
		s.tooMany(w, r, "too many requests from this address", wait)
	})
}

// limitFailures bounds how often each client has credentials refused: whoever did it too
// often is told to wait before any are looked at. Requests without credentials do not count.
func (s *server) limitFailures(next http.Handler, throttle *edge.Throttle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" || isProbe(r) {
			next.ServeHTTP(w, r)
			return
		}
		client := edge.ClientOf(r.Context()).Share()
		if wait := throttle.Wait(client); wait > 0 {
			s.tooMany(w, r, "too many requests from this address were refused", wait)
			return
		}
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		if rec.status == http.StatusUnauthorized {
			throttle.Take(client)
		}
	})
}

func (s *server) tooMany(w http.ResponseWriter, r *http.Request, what string, wait time.Duration) {
	s.write(w, r, &Problem{
		Detail: what, Hint: "Wait as long as Retry-After says.", retryAfter: max(wait, time.Second), status: http.StatusTooManyRequests,
	})
}

// unnamedProxy tells operators of proxies that are not believed.
func (s *server) unnamedProxy(peer netip.Addr) {
	s.proxyLog.do(func() {
		s.log.Warn("a proxy that AOC_TRUSTED_PROXIES does not name says whom it speaks for, and is not believed", "proxy", peer.String())
	})
}
