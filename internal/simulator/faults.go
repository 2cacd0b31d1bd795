package simulator

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
)

// Faults are the probabilities of things going wrong with a request. At most one does;
// a request that is repeated may fail again, but after a few times in a row it passes.
type Faults struct {
	Throttle429   float64 // 429 from login and Graph though no limit is reached
	Forbidden429  float64 // AF429 as 403 from the Management Activity API
	ServerError   float64 // 500, 502, 503 or 504, with the body of whoever was in the way
	CutConnection float64 // the connection ends in the middle of the body
	TokenExpired  float64 // 401 for a token that is valid
	Malformed     float64 // a page that breaks off in an error object; an error that is no JSON
}

// fault is what goes wrong with one request.
type fault int

const (
	faultNone fault = iota
	faultThrottle
	faultForbidden
	faultServer
	faultCut
	faultToken
	faultMalformed
)

// mostInARow is how often one request can fail without passing in between.
const mostInARow = 4

// dice decides about faults by seed and request, so that a run can be repeated whatever
// order its requests come in.
type dice struct {
	seed uint64

	mu     sync.Mutex
	faults Faults
	seen   map[uint64]*requestHistory
}

// requestHistory is what happened to one request before.
type requestHistory struct{ count, inARow int }

// mostRemembered bounds the memory for requests.
const mostRemembered = 200_000

func newDice(seed uint64, f Faults) *dice {
	return &dice{seed: seed, faults: f, seen: make(map[uint64]*requestHistory)}
}

// roll draws the fate of a request. The number is for choosing among variants of a fault.
func (d *dice) roll(role string, r *http.Request) (fault, uint64) {
	h := fnv.New64a()
	for _, s := range []string{role, r.Method, r.URL.Path, "?", r.URL.RawQuery} {
		_, _ = h.Write([]byte(s))
	}
	id := h.Sum64()
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.faults
	if f == (Faults{}) {
		return faultNone, id
	}
	past := d.seen[id]
	if past == nil {
		if len(d.seen) >= mostRemembered {
			clear(d.seen)
		}
		past = &requestHistory{}
		d.seen[id] = past
	}
	rng := rand.New(rand.NewPCG(d.seed^id, uint64(past.count)))
	past.count++
	u, variant := rng.Float64(), rng.Uint64()
	if past.inARow >= mostInARow {
		past.inARow = 0
		return faultNone, variant
	}
	for _, c := range []struct {
		kind fault
		p    float64
	}{
		{faultThrottle, f.Throttle429}, {faultForbidden, f.Forbidden429}, {faultServer, f.ServerError},
		{faultCut, f.CutConnection}, {faultToken, f.TokenExpired}, {faultMalformed, f.Malformed},
	} {
		if u -= c.p; u < 0 {
			past.inARow++
			return c.kind, variant
		}
	}
	past.inARow = 0
	return faultNone, variant
}

func (d *dice) set(f Faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = f
}

// fate travels with a request to where its answer is written.
type fate struct {
	fault   fault
	variant uint64
}

type fateKey struct{}

func withFate(ctx context.Context, f fate) context.Context {
	return context.WithValue(ctx, fateKey{}, f)
}

func fateOf(r *http.Request) fate {
	f, _ := r.Context().Value(fateKey{}).(fate)
	return f
}
