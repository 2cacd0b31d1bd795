package aoc

import "time"

// Field names a property of an event that can be filtered and counted by.
type Field string

// The fields. Their values are compared without regard to letter case.
const (
	FieldTenant     Field = "tenant"
	FieldSource     Field = "source"
	FieldService    Field = "service"
	FieldWorkload   Field = "workload"
	FieldRecordType Field = "record_type"
	FieldOperation  Field = "operation"
	FieldResult     Field = "result"
	// FieldActor matches the actor's display, UPN or object id; it is counted by display.
	FieldActor     Field = "actor"
	FieldActorKind Field = "actor_kind"
	FieldIP        Field = "ip"
	FieldOrigin    Field = "origin"
	FieldTag       Field = "tag"
	// FieldTarget matches the display, name, UPN or id of any target.
	FieldTarget Field = "target"
	// FieldID matches the source's own id or the key of the event, whole; Like compares the
	// id alone.
	FieldID Field = "id"
	// FieldChanged matches the name of any changed property.
	FieldChanged Field = "changed"
	// FieldReview matches the state of the review that a person gave.
	FieldReview Field = "review"
)

// FacetFields lists the fields that can be counted, in the order people are shown them.
func FacetFields() []Field {
	return []Field{
		FieldSource, FieldWorkload, FieldService, FieldOperation, FieldResult,
		FieldActor, FieldActorKind, FieldRecordType, FieldIP, FieldOrigin, FieldTenant, FieldTag,
	}
}

// Expr is a predicate over one event: And, Or, Not, Is, Like, Text, TextLike or Between.
// A nil Expr holds for every event.
type Expr interface{ expr() }

type (
	// And holds when all of its parts do; an empty And always holds.
	And []Expr
	// Or holds when one of its parts does; an empty Or never holds.
	Or []Expr
	// Not holds when its part does not.
	Not struct{ Of Expr }
	// Is holds when the field has one of the values.
	Is struct {
		Field  Field
		Values []string
	}
	// Text holds when Term is a substring, under Unicode simple case folding, of a
	// string or number value anywhere in the event's records, or of its summary, actor
	// or a target.
	Text struct{ Term string }
	// Like holds when a value of the field is, from beginning to end, the parts in order
	// with anything between them, without regard to letter case. {"", ""} holds for every
	// event that has a value in the field.
	Like struct {
		Field Field
		Parts []string
	}
	// TextLike holds when one of the values that Text looks into contains the parts in
	// order, with anything between them.
	TextLike struct{ Parts []string }
	// Between holds when Start ≤ timestamp < End. A zero bound is open.
	Between struct{ Start, End time.Time }
)

func (And) expr()      {}
func (Or) expr()       {}
func (Not) expr()      {}
func (Is) expr()       {}
func (Text) expr()     {}
func (Like) expr()     {}
func (TextLike) expr() {}
func (Between) expr()  {}

// Query selects events, newest first.
type Query struct {
	Where Expr
	// Start and End bound the event time: Start ≤ timestamp < End. Zero is unbounded.
	Start, End time.Time
	// Limit is the most events in a page; 0 means 50.
	Limit int
	// Cursor continues after a page: the NextCursor that came with it, opaque.
	Cursor string
	// ScanBudget is the most events that may be read and compared one by one where the
	// index cannot decide; 0 takes the store's default, negative means no bound.
	ScanBudget int
}

// Page is one page of a search.
type Page struct {
	Items []Event `json:"items"`
	// NextCursor continues the search; empty when there is nothing further.
	NextCursor string `json:"next_cursor"`
	// Complete says that no matching event is missing between the start of this page
	// and its end (the last item, or CompleteUntil).
	Complete bool `json:"complete"`
	// CompleteUntil is how far back the answer is complete when it is not to the end:
	// every matching event at or after this time is in the pages so far. Zero when Complete.
	CompleteUntil time.Time `json:"complete_until,omitzero"`
}

// FacetValue is one value of a field and how many events have it.
type FacetValue struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Bucket is one bar of a histogram: the events of [Start, Start+width) by result.
type Bucket struct {
	Start  time.Time        `json:"start"`
	Count  int64            `json:"count"`
	Result map[Result]int64 `json:"results"`
}
