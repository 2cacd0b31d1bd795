package store

import (
	"context"
	"time"

	"aoc"
)

// Mover moves the contents of a store into another one, so that the chain over them, and
// with it every place in the log, stays what it is. The ledger, the quarantine, names,
// checkpoints and reports are moved through their own contracts.
type Mover interface {
	// LogEntries gives up to limit places of the log after one, ascending and without gaps:
	// also those whose content has expired or was superseded.
	LogEntries(ctx context.Context, after int64, limit int) ([]LogEntry, error)
	// PutLogEntries appends places that another store gave, in its order. The first must
	// be the one after LastSeq: code conflict else. Leaves are taken as they are. The call
	// is atomic and durable.
	PutLogEntries(ctx context.Context, entries []LogEntry) error
	// PutEdits appends records of edits that another store gave, without applying them: what
	// they led to comes with the events and documents. The first must have the Seq after the
	// last: code conflict else.
	PutEdits(ctx context.Context, records []aoc.EditRecord) error
	// RestoreDocuments writes documents with the versions they have, without leaving records.
	// There must be none of the same kind and id.
	RestoreDocuments(ctx context.Context, ds []Document) error
	// DocumentKinds lists the kinds of documents that there are.
	DocumentKinds(ctx context.Context) ([]string, error)
	// CheckpointNames lists the names of positions that are saved.
	CheckpointNames(ctx context.Context) ([]string, error)
	// NameTenants lists the tenants whose directory names are known.
	NameTenants(ctx context.Context) ([]string, error)
}

// LogEntry is one place in the log with all that is kept for it.
type LogEntry struct {
	Seq  int64
	Leaf [32]byte // the record hash in the chain
	// Key is that of the event as it is now: where Rewrite has changed it, the leaf has another.
	// It is empty when nothing is left of the entry but its leaf.
	Key string
	// Raw, Salt, ReceivedAt and Origin are what [LeafHash] made the leaf of, beside Seq and
	// the key. Raw is nil when they are gone.
	Raw        []byte
	Salt       []byte
	ReceivedAt time.Time
	Origin     aoc.Origin
	// Event is set at the place of the version that is shown, with annotations; its Raw is
	// that of the entry. ReviewEdit is the Seq of the last edit that gave it a review or took
	// it away, 0 for none.
	Event      *aoc.Event
	ReviewEdit int64
}
