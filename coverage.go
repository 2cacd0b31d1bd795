package aoc

import (
	"fmt"
	"time"
)

// Feed identifies one line of the coverage ledger: one tenant's one stream of records
// from one collector.
type Feed struct {
	TenantID string `json:"tenant_id"`
	// Collector is the name of the source package that reads it: directoryaudit,
	// intuneaudit, managementactivity, riskdetection, signin.
	Collector string `json:"collector"`
	// Stream tells streams of one collector apart, such as Audit.Exchange. Empty where
	// there is only one.
	Stream string `json:"stream,omitempty"`
}

// Name is the feed without its tenant: "directoryaudit", "managementactivity/Audit.Exchange".
func (f Feed) Name() string {
	if f.Stream == "" {
		return f.Collector
	}
	return f.Collector + "/" + f.Stream
}

func (f Feed) String() string { return f.TenantID + "/" + f.Name() }

// Window is a half-open span of time, [Start, End), in UTC.
type Window struct {
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

// Contains reports whether t lies in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Start) && t.Before(w.End) }

// Duration is the length of the window.
func (w Window) Duration() time.Duration { return w.End.Sub(w.Start) }

func (w Window) String() string {
	return fmt.Sprintf("%s/%s", w.Start.UTC().Format(time.RFC3339Nano), w.End.UTC().Format(time.RFC3339Nano))
}

// WindowState is where a window stands in the ledger.
type WindowState string

// A window is planned, then opened by the first listing, and closed when every unit
// that was listed in it is stored or is a recorded loss.
const (
	WindowPlanned WindowState = "planned"
	WindowOpen    WindowState = "open"
	WindowClosed  WindowState = "closed"
)

// Unit is the smallest piece of work that a source lists and reads as a whole: a time
// window of a Graph endpoint, a content blob of the Management Activity API, a file.
type Unit struct {
	// ID is stable and unique within its feed: listing the same thing twice gives the
	// same ID.
	ID string `json:"id"`
	// Locator is what Read needs to fetch the unit, opaque to everyone else. It never
	// holds a secret.
	Locator string `json:"locator"`
	// Window is the span the unit was listed in.
	Window Window `json:"window"`
	// CreatedAt is when upstream made the unit available; zero where it does not say.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// ExpiresAt is when upstream forgets the unit; zero if it does not.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Repeatable units have content that grows while records arrive late (a Graph
	// window): a re-sweep reads them again. A blob never changes and is read once.
	Repeatable bool `json:"repeatable"`
}

// UnitState is where a unit stands in the ledger.
type UnitState string

// A unit is listed, then stored; or failed and retried until it expires, which is a
// recorded loss; or, when it cannot be read as a whole, split into smaller units that
// take its place.
const (
	UnitListed  UnitState = "listed"
	UnitStored  UnitState = "stored"
	UnitFailed  UnitState = "failed"
	UnitExpired UnitState = "expired"
	UnitSplit   UnitState = "split"
)

// Counts tells what became of records: Read = New + Duplicate + Revision + Quarantined.
type Counts struct {
	Read        int64 `json:"read"`
	New         int64 `json:"new"`
	Duplicate   int64 `json:"duplicate"`
	Revision    int64 `json:"revision"`
	Quarantined int64 `json:"quarantined"`
}

// Add adds d to c.
func (c *Counts) Add(d Counts) {
	c.Read += d.Read
	c.New += d.New
	c.Duplicate += d.Duplicate
	c.Revision += d.Revision
	c.Quarantined += d.Quarantined
}

// LedgerWindow is one window of a feed as the coverage ledger knows it. The windows of
// a feed tile time without holes.
type LedgerWindow struct {
	Feed   Feed        `json:"feed"`
	Window Window      `json:"window"`
	State  WindowState `json:"state"`

	PlannedAt time.Time `json:"planned_at,omitzero"`
	OpenedAt  time.Time `json:"opened_at,omitzero"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`

	// Sweeps counts how often the window was listed again after it closed, to find what
	// arrived late; LateNew counts what that found. NextSweepAt is zero when the last
	// sweep is done.
	Sweeps      int       `json:"sweeps"`
	LastSweptAt time.Time `json:"last_swept_at,omitzero"`
	NextSweepAt time.Time `json:"next_sweep_at,omitzero"`
	LateNew     int64     `json:"late_new"`

	UnitsListed  int64  `json:"units_listed"`
	UnitsStored  int64  `json:"units_stored"`
	UnitsExpired int64  `json:"units_expired"`
	Counts       Counts `json:"counts"`
	// Hours says which hours the figures belong to, ascending; nil when that is the one the
	// window begins in.
	Hours []HourFigures `json:"hours,omitempty"`

	// LastError is the newest fault of listing this window; empty once listed. Of a closed
	// window it says why it was not listed again for what arrived late.
	LastError   string    `json:"last_error,omitempty"`
	Attempts    int       `json:"attempts"`
	NextAttempt time.Time `json:"next_attempt,omitzero"`
}

// HourFigures are the figures of a window that belong to one hour. A unit that spans
// several hours is counted in each of them; a record in one, that of its event's time or,
// where upstream dates whole units, of its unit's.
type HourFigures struct {
	Hour         time.Time `json:"hour"`
	UnitsListed  int64     `json:"units_listed"`
	UnitsStored  int64     `json:"units_stored"`
	UnitsExpired int64     `json:"units_expired"`
	HourCounts
}

// HourCounts tells what became of the records of one hour.
type HourCounts struct {
	Counts  Counts `json:"counts"`
	LateNew int64  `json:"late_new,omitempty"`
}

// LedgerUnit is one unit of a feed as the coverage ledger knows it.
type LedgerUnit struct {
	Feed  Feed      `json:"feed"`
	Unit  Unit      `json:"unit"`
	State UnitState `json:"state"`
	// WindowStart names the ledger window the unit counts towards.
	WindowStart time.Time `json:"window_start"`

	ListedAt  time.Time `json:"listed_at"`
	FetchedAt time.Time `json:"fetched_at,omitzero"` // last time all of it was read
	StoredAt  time.Time `json:"stored_at,omitzero"`  // first time all of it was stored

	// Late units were found by listing a window again. LateNew counts the new events of
	// a late unit and of reading a stored unit once more.
	Late    bool  `json:"late,omitempty"`
	LateNew int64 `json:"late_new,omitempty"`

	// Counts adds up every read, failed ones included, so that the sum of New over all
	// units is the number of events that collection stored.
	Counts Counts `json:"counts"`
	// Hours are the counts by the hour of the records' events, of a unit that spans several.
	Hours       map[time.Time]HourCounts `json:"hours,omitempty"`
	Attempts    int                      `json:"attempts"`
	NextAttempt time.Time                `json:"next_attempt,omitzero"`
	LastError   string                   `json:"last_error,omitempty"`
	// LastErrorCode is the upstream code (AF20051) or, without one, the [Code].
	LastErrorCode string `json:"last_error_code,omitempty"`
}

// Quarantined is a record that could not be decoded, kept whole so that it can be put
// through again.
type Quarantined struct {
	// ID is the hex SHA-256 of kind, tenant and raw bytes: the same record again is
	// kept once.
	ID         string     `json:"id"`
	Kind       RecordKind `json:"kind"`
	TenantID   string     `json:"tenant_id"`
	Origin     Origin     `json:"origin"`
	Transport  string     `json:"transport"`
	Reason     string     `json:"reason"`
	Raw        []byte     `json:"raw"`
	ReceivedAt time.Time  `json:"received_at"`
}

// DirectoryName is the name of a directory object as it was known from a date on.
type DirectoryName struct {
	TenantID string `json:"tenant_id"`
	ID       string `json:"id"` // object id, app id or role template id, lower case
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	UPN      string `json:"upn,omitempty"`
	// Since is when AOC first learned this name; Seen when it last confirmed it. A name
	// that was looked up and does not exist has an empty Name.
	Since time.Time `json:"since"`
	Seen  time.Time `json:"seen"`
}
