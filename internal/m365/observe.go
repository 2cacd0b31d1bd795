package m365

import "time"

// Observer is told what a client does, for metrics and people. Its methods are called
// from many goroutines and must return at once.
type Observer interface {
	// Attempted reports one request. Status is 0 when no answer came.
	Attempted(api API, class Class, status int, took time.Duration)
	// Waited reports a wait before it begins.
	Waited(api API, class Class, why Reason, d time.Duration)
	// Received reports bytes of answers, as they are read and after decompression.
	Received(api API, class Class, n int)
	// SignedIn reports the outcome of asking for a token; err is nil for success.
	SignedIn(api API, err error)
}

// Reason is why a client waits.
type Reason string

// The reasons.
const (
	WaitPaced     Reason = "paced"     // to stay under a known limit
	WaitThrottled Reason = "throttled" // because upstream refused a request
	WaitFailed    Reason = "failed"    // before trying a failed request again
)

// unobserved is the observer of a client that has none.
type unobserved struct{}

func (unobserved) Attempted(API, Class, int, time.Duration) {}
func (unobserved) Waited(API, Class, Reason, time.Duration) {}
func (unobserved) Received(API, Class, int)                 {}
func (unobserved) SignedIn(API, error)                      {}
