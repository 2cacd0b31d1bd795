package aoc

import (
	"encoding/json"
	"time"
)

// Source names the stream of audit records an event came from. The values are part
// of the API and of every event's dedupe key.
type Source string

// The sources AOC knows.
const (
	SourceDirectory Source = "directory" // Entra directory audits (Microsoft Graph)
	SourceIntune    Source = "intune"    // Intune audit events (Microsoft Graph)
	SourceUnified   Source = "unified"   // Office 365 Management Activity API
	SourceSignIn    Source = "signin"    // Entra sign-ins (Microsoft Graph)
	SourceRisk      Source = "risk"      // Entra ID Protection's risk detections (Microsoft Graph)
	SourceAOC       Source = "aoc"       // AOC's own audit trail
)

// Sources lists every source, in the order people are shown them.
func Sources() []Source {
	return []Source{SourceDirectory, SourceIntune, SourceUnified, SourceSignIn, SourceRisk, SourceAOC}
}

// Result is the outcome of the operation, taken from the field that tells the truth
// for its kind of record, not from the one that is named "result".
type Result string

// The results an event can have.
const (
	ResultSuccess Result = "success"
	ResultFailure Result = "failure"
	ResultPartial Result = "partial"
	ResultUnknown Result = "unknown"
)

// ActorKind tells people from machines, so that service noise can be folded away.
type ActorKind string

// The kinds of actor.
const (
	ActorPerson ActorKind = "person"
	ActorApp    ActorKind = "app"
	ActorSystem ActorKind = "system"
)

// Origin says how an event reached the store. Rules judge every origin; notifications
// and sinks take OriginCollected unless asked for more, so an import pages nobody.
type Origin string

// The origins of an event.
const (
	OriginCollected  Origin = "collected"  // fetched from Microsoft as it happened
	OriginBackfilled Origin = "backfilled" // fetched from Microsoft for a time before the first collection
	OriginImported   Origin = "imported"   // read from a file
	OriginAdopted    Origin = "adopted"    // taken over from another store
	OriginAOC        Origin = "aoc"        // written by AOC about itself
)

// Origins lists every origin.
func Origins() []Origin {
	return []Origin{OriginCollected, OriginBackfilled, OriginImported, OriginAdopted, OriginAOC}
}

// Event is one audited operation: who did what to what, when, from where and with
// which result. It is derived from Raw and can be derived again; Key, ID, Seq,
// ReceivedAt, Origin, Tags, Comments and Review never change when it is.
type Event struct {
	// Key is unique in a store: the base32 of the SHA-256 of DedupeKey, 26 characters.
	// URLs, cursors, citations and sinks use it.
	Key string `json:"key"`
	// ID is the source's own id, or the canonical hash of the record where it has none.
	ID string `json:"id"`
	// DedupeKey says what counts as the same event. See [DedupeKey].
	DedupeKey string `json:"dedupe_key"`
	// Seq is the event's place in the log: the order of arrival in this store, from 1.
	Seq int64 `json:"seq"`

	Source   Source `json:"source"`
	TenantID string `json:"tenant_id"`

	// Timestamp is when the operation happened, in UTC. Where the record's own time is
	// missing or absurd it is ReceivedAt and TimeFlag says so.
	Timestamp time.Time `json:"timestamp"`
	// TimeFlag is empty, "missing" (no readable time) or "implausible" (before 1990 or
	// more than two days after it was received).
	TimeFlag string `json:"time_flag,omitempty"`
	// ReceivedAt is when the record first reached this store, in UTC.
	ReceivedAt time.Time `json:"received_at"`
	Origin     Origin    `json:"origin"`

	// Service is the category of a directory audit, the workload of a unified record,
	// the category of an Intune event: the source's own word.
	Service string `json:"service"`
	// Workload is the product in words: Entra ID, Intune, Exchange, SharePoint, Teams …
	Workload string `json:"workload"`
	// RecordType is the kind of record by name, such as ExchangeAdmin or directoryAudit.
	RecordType string `json:"record_type"`
	// Operation is what was done, in the source's words without trailing stop or space.
	Operation string `json:"operation"`
	Result    Result `json:"result"`
	// ResultReason is the source's own explanation of the result, if it gives one.
	ResultReason string `json:"result_reason,omitempty"`

	Actor         Actor     `json:"actor"`
	ActorKind     ActorKind `json:"actor_kind"`
	ActorDisplay  string    `json:"actor_display"`
	ClientIP      string    `json:"client_ip,omitempty"`
	CorrelationID string    `json:"correlation_id,omitempty"`

	Targets        []Target `json:"targets"`
	TargetDisplays []string `json:"target_displays"`
	Changes        []Change `json:"changes"`

	// DisplaySummary reads like a sentence: "Ada Lovelace added Bob Ray to Global Administrator".
	DisplaySummary string `json:"display_summary"`

	// Revisions counts the later arrivals of this event whose content differed.
	Revisions int `json:"revisions"`

	Tags     []string  `json:"tags"`
	Comments []Comment `json:"comments"`
	Review   *Review   `json:"review"`

	// Raw is the newest record, byte for byte as it was received.
	Raw json.RawMessage `json:"raw"`
}

// Actor is the principal that performed an operation. Any field may be empty.
type Actor struct {
	ID   string `json:"id,omitempty"`   // object id of the user or service principal
	Name string `json:"name,omitempty"` // display name
	UPN  string `json:"upn,omitempty"`  // user principal name, for people
	// AppID and AppName tell the application that was used or that acted by itself.
	AppID   string `json:"app_id,omitempty"`
	AppName string `json:"app_name,omitempty"`
}

// Target is one object that an operation touched.
type Target struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"` // User, Group, Device, Application, File, Mailbox …
	UPN  string `json:"upn,omitempty"`
}

// Change is one property of a target before and after an operation. A nil side was
// not told by the source, which is not the same as empty.
type Change struct {
	Target   string  `json:"target,omitempty"` // display of the target it belongs to
	Property string  `json:"property"`
	Before   *string `json:"before"`
	After    *string `json:"after"`
}

// Comment is a remark by a person on an event.
type Comment struct {
	Author string    `json:"author"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}
