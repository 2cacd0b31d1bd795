// Package store owns the contracts between AOC and whatever keeps its data. The event
// log is append-only and deduplicated; beside it stand the coverage ledger, the
// quarantine, directory names, the checkpoints of followers, and what processes that share
// a store agree on: leases and reports. Implementations live in
// the folders below; storetest is the suite each of them must pass. The package knows
// no SQL, no Microsoft API and no user: authorisation is the console's.
//
// All methods are safe for concurrent use. Errors are [*aoc.Error] with codes invalid,
// not_found, conflict and unavailable; anything else is internal.
package store

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
)

// Store is everything a backend keeps.
type Store interface {
	Log
	Searcher
	Finder
	Annotator
	Documents
	Windows
	Units
	Quarantine
	Names
	Checkpoints
	Maintainer
	Chain
	Leases
	Reports
	Sessions
	Items
	// Stats tells sizes and counts, cheaply.
	Stats(ctx context.Context) (Stats, error)
	// Ping fails with code unavailable when the data cannot be reached.
	Ping(ctx context.Context) error
	// Close flushes and releases the store. It is an error to use the store afterwards.
	Close() error
}

// Outcome is what became of one appended event.
type Outcome int

// The outcomes of appending an event.
const (
	New       Outcome = iota // stored; it was not known
	Duplicate                // known with the same content; nothing changed
	Revision                 // known with other content; stored as the newest version
)

// Log is the append-only log of events in order of arrival.
type Log interface {
	// Append stores events and tells for each what became of it. The call is atomic and
	// durable: on error nothing of it is stored. An event whose Key is known and whose
	// raw record equals, in canonical form, one of the stored versions is a Duplicate;
	// a different one is a Revision: it becomes the version that is shown, and the
	// earlier ones are kept and stay searchable. New events and revisions get the next
	// Seq and a leaf in the chain. Events may repeat within one call.
	//
	// The caller sets every field but Seq, Revisions, Tags, Comments and Review.
	Append(ctx context.Context, events []aoc.Event) ([]Outcome, error)
	// ReadLog gives up to limit events with Seq > after, ascending by Seq. Events that
	// have expired are skipped. A revised event appears at the place of its newest version.
	ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error)
	// LastSeq is the Seq of the newest entry, 0 for an empty log.
	LastSeq(ctx context.Context) (int64, error)
}

// Searcher answers queries. What matches is defined by [Match] alone.
type Searcher interface {
	// Search gives one page, newest first, by (Timestamp, Key) descending. Pages are
	// stable: events that arrive while someone pages appear neither twice nor shift others.
	Search(ctx context.Context, q aoc.Query) (aoc.Page, error)
	// Count counts the matching events in one pass over one state of the store, so that
	// all figures agree; Limit and Cursor of q are ignored. Code invalid for a width that is
	// neither a multiple of 15 minutes nor a divisor of it, or a field that cannot be counted.
	Count(ctx context.Context, q aoc.Query, r CountRequest) (Counts, error)
}

// CountRequest says what to count of the matching events, beside how many there are.
type CountRequest struct {
	// Facets are the fields of [aoc.FacetFields] whose values to count.
	Facets []aoc.Field
	// Values is the most values of each facet; 0 or less means all.
	Values int
	// Width is that of the histogram's buckets, aligned to the Unix epoch; 0 means none.
	Width time.Duration
	// GroupBy counts combinations of values of fields that an event has one value of
	// (those of [aoc.FacetFields] but tag; the actor by display). Groups is the most
	// combinations; 0 or less means all.
	GroupBy []aoc.Field
	Groups  int
}

// Counts answers a [CountRequest].
type Counts struct {
	Total int64
	// First and Last are the times of the oldest and newest matching event; zero without.
	First, Last time.Time
	Facets      map[aoc.Field]Facet
	Buckets     []aoc.Bucket // ascending; empty ones are left out
	// Groups are the combinations, most frequent first, ties by newest, then values.
	Groups []Group
	// Complete is false when the index could not decide within the budget; the counts
	// then hold for events at or after CompleteUntil.
	Complete      bool
	CompleteUntil time.Time
}

// Facet is the count by one field.
type Facet struct {
	Values   []aoc.FacetValue // most frequent first, ties by value
	Distinct int64            // how many values there are
	Missing  int64            // matching events without a value
}

// Group is the count of one combination of values.
type Group struct {
	Values      []string // in the order of GroupBy; empty for a missing value
	Count       int64
	First, Last time.Time
}

// Finder looks single events up.
type Finder interface {
	// Get gives the event with a key, or not_found.
	Get(ctx context.Context, key string) (aoc.Event, error)
	// FindByID gives the events with a source id, in order of arrival: several when ids
	// repeat across tenants or sources, none when unknown.
	FindByID(ctx context.Context, id string) ([]aoc.Event, error)
	// Versions gives every stored version of an event's record, oldest first.
	Versions(ctx context.Context, key string) ([]Version, error)
}

// Version is one version of an event's record.
type Version struct {
	Seq        int64     `json:"seq"`
	ReceivedAt time.Time `json:"received_at"`
	Raw        []byte    `json:"raw"`
}

// Annotator keeps what people add to events, and who did. Annotations survive
// renormalising and revisions; they go when the event expires. Records of edits stay.
type Annotator interface {
	// Annotate applies edits in order, all or none, and gives a record for each that
	// changed something; those that change nothing, or whose condition does not hold any
	// more, leave none. Codes not_found for an unknown key, invalid.
	Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error)
	// Edits gives up to limit records of edits, ascending by Seq. Those of an event stay
	// with it when Rewrite changes its key.
	Edits(ctx context.Context, f EditFilter, limit int) ([]aoc.EditRecord, error)
}

// EditFilter narrows Edits; zero values do not narrow.
type EditFilter struct {
	Subject string
	Batch   string
	After   int64 // Seq
}

// Documents keeps small things that people make and name, such as saved searches. Every
// change leaves an [aoc.EditRecord] with subject kind/id.
type Documents interface {
	// PutDocument writes a document if the stored one has d.Version (0: if there is none)
	// and gives it with its new version. Code conflict when somebody was faster.
	PutDocument(ctx context.Context, d Document) (Document, error)
	// DropDocument removes the document with d's kind, id and version, as of d.At by d.By.
	// Codes not_found, conflict.
	DropDocument(ctx context.Context, d Document) error
	// ListDocuments gives all documents of a kind, ascending by id.
	ListDocuments(ctx context.Context, kind string) ([]Document, error)
}

// Document is a version of a small thing that somebody made.
type Document struct {
	Kind    string // without a slash
	ID      string
	Version int64 // from 1; grows with each change, also beyond the document's removal
	By      string
	At      time.Time
	Body    json.RawMessage // a JSON value
}

// Windows keeps the windows of the coverage ledger.
type Windows interface {
	// PutWindows inserts or replaces windows by feed and start.
	PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error
	// ListWindows gives a feed's windows that overlap span, ascending by start; a zero
	// bound of span is open.
	ListWindows(ctx context.Context, feed aoc.Feed, span aoc.Window) ([]aoc.LedgerWindow, error)
	// DropWindows forgets a feed's windows that start before a time, and their units.
	DropWindows(ctx context.Context, feed aoc.Feed, before time.Time) error
	// Feeds lists every feed that has had windows.
	Feeds(ctx context.Context) ([]aoc.Feed, error)
}

// Units keeps the units of the coverage ledger.
type Units interface {
	// PutUnits inserts or replaces units by feed and id.
	PutUnits(ctx context.Context, us []aoc.LedgerUnit) error
	// GetUnits gives those of the named units that are known, by id.
	GetUnits(ctx context.Context, feed aoc.Feed, ids []string) (map[string]aoc.LedgerUnit, error)
	// ListUnits gives a feed's units that pass the filter, ascending by window start, then id.
	ListUnits(ctx context.Context, feed aoc.Feed, f UnitFilter) ([]aoc.LedgerUnit, error)
}

// UnitFilter narrows ListUnits; zero values do not narrow.
type UnitFilter struct {
	States []aoc.UnitState
	// WindowStart keeps the units of one window.
	WindowStart time.Time
	Limit       int
}

// Quarantine keeps records that could not be decoded.
type Quarantine interface {
	// PutQuarantine keeps records, each once by ID.
	PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error
	// ListQuarantine gives up to limit records with ID > after, ascending by ID.
	ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error)
	// DropQuarantine removes records that have been put through.
	DropQuarantine(ctx context.Context, ids []string) error
}

// Names keeps what is known of directory objects, with history.
type Names interface {
	// PutNames records names as of their Seen time: an unchanged name moves Seen, a
	// changed one starts a new entry.
	PutNames(ctx context.Context, ns []aoc.DirectoryName) error
	// LoadNames gives all entries of a tenant, ascending by id, then Since.
	LoadNames(ctx context.Context, tenantID string) ([]aoc.DirectoryName, error)
}

// Checkpoints keeps the positions of followers and of resumable maintenance.
type Checkpoints interface {
	// Checkpoint gives the position saved under a name, empty if none.
	Checkpoint(ctx context.Context, name string) (string, error)
	SetCheckpoint(ctx context.Context, name, position string) error
}

// Maintainer changes what is stored. Every call is one small step that never holds up
// collection or search for long.
type Maintainer interface {
	// Expire removes events older than before, at most about limit of them, and tells
	// how many went; 0 means that none are left. Their leaves stay in the chain.
	Expire(ctx context.Context, before time.Time, limit int) (int64, error)
	// Rewrite passes stored events through derive, starting after position (empty for
	// the beginning), about limit of them, and stores what it returns in place: derived
	// fields only, unless Key changed. An event whose new Key belongs to another event
	// is joined with it: versions, tags and comments are kept, versions of equal content
	// count once, the newest is shown, and the first arrival's ReceivedAt stays. An error
	// of derive skips the event. Events that change meanwhile may be passed twice, so
	// derive must be repeatable. The next position is empty at the end.
	Rewrite(ctx context.Context, position string, limit int, derive func(aoc.Event) (aoc.Event, error)) (Rewritten, error)
	// Compact does one step of background housekeeping and tells whether more is due.
	Compact(ctx context.Context) (more bool, err error)
}

// Rewritten tells what a step of Rewrite did.
type Rewritten struct {
	Next    string // position to go on from; empty at the end
	Seen    int64
	Changed int64
	Joined  int64
	Skipped int64 // derive failed
	Total   int64 // events in the store, for progress
}

// Chain gives the evidence that the log has only grown: a hash tree over one leaf for
// each entry, in log order (RFC 6962 hashing, as golang.org/x/mod/sumdb/tlog).
type Chain interface {
	// TreeHead gives the number of leaves and the root hash over them.
	TreeHead(ctx context.Context) (size int64, root [32]byte, err error)
	// LeafHashes gives the record hashes of entries [from, from+n), entry 0 being Seq 1.
	LeafHashes(ctx context.Context, from int64, n int) ([][32]byte, error)
}

// Stats are figures for people and metrics.
type Stats struct {
	Events      int64     `json:"events"`
	Quarantined int64     `json:"quarantined"`
	Bytes       int64     `json:"bytes"` // on disk
	Oldest      time.Time `json:"oldest,omitzero"`
	Newest      time.Time `json:"newest,omitzero"`
}
