// Package sink owns the contract between the forwarder and whatever takes events off AOC:
// a [Sink] hands batches to one receiver. It knows no log and no checkpoint; loops, back-off
// and dead letters belong to package forward. Implementations live in the folders below and
// never import each other; sinktest is the suite each of them must pass.
package sink

import (
	"context"
	"net"
	"net/http"
	"slices"
	"time"

	"aoc"
	"aoc/internal/export"
)

// Sink hands events to one receiver. It is used by one goroutine at a time.
type Sink interface {
	// Send hands a batch over, in log order, and returns when the receiver has taken it, as
	// far as its protocol tells. Rejections name the records that the receiver refused, each
	// by itself: sending them again as they are is in vain. An error means that the whole
	// batch must be given again, though some of it may have arrived: delivery is at least
	// once, and receivers tell events apart by their key. Codes: throttled (with
	// RetryAfter), unauthenticated, forbidden, invalid (only a person can help), upstream
	// (the receiver answered with a fault), unavailable (it cannot be reached).
	Send(ctx context.Context, batch []aoc.Event) (rejected []Rejection, err error)
	// Close gives up connections and files. What Send has returned for is not lost by it.
	Close() error
}

// Rejection says that a receiver refused a record.
type Rejection struct {
	// Index is the record's place in the batch.
	Index int
	// Reason is why, as far as the receiver says; made fit to be shown by [Clean].
	Reason string
}

// Config is what people set of a sink. It holds no secret: a setting of kind secret is the
// name of one that the operator gave the process.
type Config struct {
	ID      string `json:"id"`   // letters, digits, _ and -; never used again for another sink
	Kind    string `json:"kind"` // [Spec.Kind]
	Name    string `json:"name"` // for people
	Enabled bool   `json:"enabled"`
	// Filter is a text of the query language; empty passes every event.
	Filter string `json:"filter"`
	// Tenants bounds whose events are sent; nil means all.
	Tenants []string `json:"tenants,omitempty"`
	// Origins are those of the events that are sent; empty means [aoc.OriginCollected].
	Origins []aoc.Origin `json:"origins,omitempty"`
	// OwnEvents sends AOC's own audit trail, too.
	OwnEvents bool              `json:"own_events"`
	Start     Start             `json:"start"`
	Settings  map[string]string `json:"settings"`
}

// Start says where in the log a sink begins.
type Start struct {
	From From `json:"from"`
	// At is for [FromTime]: events of this time or later are sent, and whatever arrives once
	// the sink is there.
	At time.Time `json:"at,omitzero"`
	// Turn makes a sink start again when it grows.
	Turn int64 `json:"turn,omitempty"`
}

// From is a way to begin.
type From string

// The ways to begin.
const (
	FromNow       From = "now" // also if empty
	FromBeginning From = "beginning"
	FromTime      From = "time"
)

// Wants reports whether an event is one to send, but for the filter.
func (c *Config) Wants(e *aoc.Event) bool {
	if c.Tenants != nil && !slices.Contains(c.Tenants, e.TenantID) {
		return false
	}
	if e.Source == aoc.SourceAOC {
		return c.OwnEvents
	}
	if len(c.Origins) == 0 {
		return e.Origin == aoc.OriginCollected
	}
	return slices.Contains(c.Origins, e.Origin)
}

// Deps is what the program gives every sink.
type Deps struct {
	// HTTP sends requests to where the operator permits it.
	HTTP *http.Client
	// Dial connects to where the operator permits it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Secrets gives the secrets that the operator gave the process, by name.
	Secrets func(name string) (string, bool)
	Clock   aoc.Clock // nil: the system's
	// Folder is the one in which sinks may keep files; empty where none may.
	Folder string
	// Version is AOC's, for receivers.
	Version string
}

// Time gives the clock.
func (d *Deps) Time() aoc.Clock {
	if d.Clock == nil {
		return aoc.SystemClock{}
	}
	return d.Clock
}

// Kind is a kind of sink: what people need to know to set one up, and how it is made.
type Kind struct {
	Spec Spec
	// Make makes a sink without asking the receiver anything. v comes from [Spec.Read]. Code
	// invalid for settings that do not fit together.
	Make func(cfg Config, v Values, d Deps) (Sink, error)
}

// New makes a sink of one of some kinds; code invalid.
func New(kinds []Kind, cfg Config, d Deps) (Sink, Kind, error) {
	k, err := Find(kinds, cfg.Kind)
	if err != nil {
		return nil, k, err
	}
	v, err := k.Spec.Read(cfg, d.Secrets)
	if err != nil {
		return nil, k, err
	}
	s, err := k.Make(cfg, v, d)
	return s, k, err
}

// Find gives the kind with a name; code invalid.
func Find(kinds []Kind, name string) (Kind, error) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Spec.Kind == name })
	if i < 0 {
		e := aoc.Errorf(aoc.CodeInvalid, "sink.find", "kind: there is no kind of sink %q", name)
		for _, k := range kinds {
			e.Hint += ", " + k.Spec.Kind
		}
		if e.Hint != "" {
			e.Hint = "One of " + e.Hint[2:] + "."
		}
		return Kind{}, e
	}
	return kinds[i], nil
}

// JSON gives an event as AOC's API shows it, in one line of UTF-8. Without raw the record
// as it was received is null.
func JSON(e *aoc.Event, raw bool) ([]byte, error) {
	if !raw {
		bare := *e
		bare.Raw = nil
		e = &bare
	}
	line, err := export.JSON(e)
	return line, aoc.Wrap(err, aoc.CodeInternal, "sink.json", "an event cannot be written as JSON")
}
