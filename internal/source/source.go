// Package source owns the contract between the collection runner and whatever audit
// records come from: a [Source] lists the units that upstream holds in a window and
// streams the records of one unit. It knows no store and no ledger; loops, back-off,
// windows and metrics belong to the runner in package ingest. Implementations live in
// the folders below and never import each other, but those of Graph's collections all
// stand on graphwindow.
package source

import (
	"context"
	"iter"
	"time"

	"aoc"
)

// Source reads one feed.
type Source interface {
	// Spec describes the feed. It never changes and does no I/O.
	Spec() Spec
	// List yields the units upstream holds in w, in any order. The first error ends the
	// sequence; the window must then be listed again as a whole. Codes: throttled
	// (with RetryAfter), unauthenticated, forbidden, invalid (window out of range),
	// upstream, unavailable.
	List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error]
	// Read streams the records of a unit, in upstream's order, in flat memory whatever
	// the unit's size. A record that cannot be read is yielded with Problem set and its
	// neighbours follow. An error ends the sequence; the unit must then be read again as
	// a whole, and what was yielded before the error is valid. Code not_found means that
	// upstream has forgotten the unit for good: a loss. A record's Raw is good until the
	// next is asked for.
	Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error]
}

// Spec is what the runner and the people in front of it need to know about a source.
type Spec struct {
	Feed   aoc.Feed
	Source aoc.Source
	Title  string // for people: "Entra directory audits"
	// Permissions are the application permissions the feed needs, such as AuditLog.Read.All.
	Permissions []string
	// MaxWindow is the longest window one List call accepts.
	MaxWindow time.Duration
	// Lookback is how far back upstream answers at all.
	Lookback time.Duration
	// Margin is what a source leaves of Lookback: a window that begins in the oldest Margin
	// of it may be listed in part. Whoever asks counts that time as out of reach.
	Margin time.Duration
	// Resweep holds the ages of a closed window, counted from its end, at which it is
	// listed again to find records that arrived late. Ascending.
	Resweep []time.Duration
	// LossHint says what is lost when the feed is not read within Lookback.
	LossHint string
}
