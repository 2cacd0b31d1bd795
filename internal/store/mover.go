package store

import (
	"context"

	"aoc"
)

// Mover moves the contents of a store into another one, so that the chain over them, and
// with it every place in the log, stays what it is. The ledger, the quarantine, names and
// checkpoints are moved through their own contracts; reports and leases stay behind.
type Mover interface {
	// LogEntries gives the places of the log after one, ascending and without gaps: also
	// those whose content has expired or was superseded. There are up to limit of them, and
	// fewer where their records are large, but at least one while the log goes on.
	LogEntries(ctx context.Context, after int64, limit int) ([]LogEntry, error)
	// PutLogEntries appends places that another store gave, in its order. The first must
	// be the one after LastSeq: code conflict else. Leaves are taken as they are. An event
	// that is stored already is replaced by the one that comes at a later place. The call is
	// atomic and durable.
	PutLogEntries(ctx context.Context, entries []LogEntry) error
	// PutEdits appends records of edits that another store gave, without applying them: what
	// they led to comes with the events and documents. The first must have the Seq after the
	// last: code conflict else. With it, what people have added to some events becomes what
	// is given as now, for those that came before they were edited; events that are not
	// stored are passed over. The call is atomic and durable.
	PutEdits(ctx context.Context, records []aoc.EditRecord, now []Annotations) error
	// RestoreDocuments makes the documents of a kind those that are given, with the versions
	// they have, without leaving records.
	RestoreDocuments(ctx context.Context, kind string, ds []Document) error
	// DocumentKinds lists the kinds of documents that there are, sorted.
	DocumentKinds(ctx context.Context) ([]string, error)
	// CheckpointNames lists the names of positions that are saved and not empty, sorted.
	CheckpointNames(ctx context.Context) ([]string, error)
	// NameTenants lists the tenants whose directory names are known, sorted.
	NameTenants(ctx context.Context) ([]string, error)
}

// LogEntry is one place in the log with all that is kept for it. What was superseded stands
// at the place of the version that is shown, so that a store never has a part of an event.
type LogEntry struct {
	Seq  int64
	Leaf [32]byte // the record hash in the chain
	// Event is the event whose newest version has this place, as [Finder] gives it, with its
	// annotations. It is nil where this place's version was superseded, has expired, or
	// is gone since it was joined with an equal one.
	Event *aoc.Event
	// ReviewEdit is the Seq of the last edit that gave the event a review or took it away,
	// 0 for none.
	ReviewEdit int64
	// Versions are those of the event's record, oldest first. The last is this place's, and
	// its Raw is that of the event.
	Versions []LogVersion
}

// Annotations gives what people have added to the entry's event, which must be there.
func (e *LogEntry) Annotations() Annotations {
	return Annotations{
		Key: e.Event.Key, Tags: e.Event.Tags, Comments: e.Event.Comments, Review: e.Event.Review, ReviewEdit: e.ReviewEdit,
	}
}

// LogVersion is one version of an event's record, with what [LeafHash] makes the leaf at
// its place of, but for the key: Rewrite may have changed that since.
type LogVersion struct {
	Version
	Salt   []byte // of SaltLen
	Origin aoc.Origin
}

// Annotations is what people have added to an event. ReviewEdit is as in [LogEntry].
type Annotations struct {
	Key        string
	Tags       []string
	Comments   []aoc.Comment
	Review     *aoc.Review
	ReviewEdit int64
}
