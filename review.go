package aoc

import (
	"encoding/json"
	"time"
)

// ReviewState is the verdict of a review.
type ReviewState string

// The verdicts.
const (
	ReviewExpected      ReviewState = "expected"
	ReviewUnexpected    ReviewState = "unexpected"
	ReviewInvestigating ReviewState = "investigating"
)

// ReviewStates lists the verdicts, in the order people are shown them.
func ReviewStates() []ReviewState {
	return []ReviewState{ReviewExpected, ReviewUnexpected, ReviewInvestigating}
}

// Review is the verdict of a person, or of a change window that people agreed on, on an
// event.
type Review struct {
	State ReviewState `json:"state"`
	By    string      `json:"by"`
	Note  string      `json:"note,omitempty"`
	// Ticket is the address or number of the ticket that the change belongs to.
	Ticket string    `json:"ticket,omitempty"`
	At     time.Time `json:"at"`
	// Window is the id of the change window that the event falls in. No person has looked
	// at the event then.
	Window string `json:"window,omitempty"`
	// Edit is the Seq of the [EditRecord] that set it; 0 for a change window's.
	Edit int64 `json:"edit,omitempty"`
}

// Edit is one thing a person does to one event: exactly one of Tags, Comment and Review
// is set. By and At are never empty.
type Edit struct {
	Key string // of the event
	By  string
	At  time.Time
	// Batch names edits that are made, and can be undone, together; may be empty.
	Batch   string
	Tags    *TagEdit
	Comment string // Markdown
	Review  *ReviewEdit
}

// TagEdit changes the tags of an event: it removes, then adds. Adding a tag that is there,
// in any letter case, and removing one that is not do nothing.
type TagEdit struct {
	// Replace removes every tag that is not in Add; Remove is then of no account.
	Replace     bool
	Add, Remove []string
}

// ReviewEdit gives an event a verdict.
type ReviewEdit struct {
	// State may be empty: that takes the review away.
	State        ReviewState
	Note, Ticket string
	// Restore takes the place of State, Note and Ticket: the review that was there before,
	// with its person and time. Used to undo.
	Restore *Review
	// IfEdit makes the edit depend on the [EditRecord] with this Seq still being the last
	// that gave a review to the event or took it away: if it is not, the edit is passed
	// over. 0 makes no condition.
	IfEdit int64
	// IfNone makes the edit depend on the event having no review: if it has one, the edit is
	// passed over.
	IfNone bool
}

// What an [EditRecord] tells of.
const (
	EditTags     = "tags"
	EditComment  = "comment"
	EditReview   = "review"
	EditDocument = "document" // a saved search, a change window
)

// EditRecord says who changed what, when. Records are only ever added.
type EditRecord struct {
	Seq int64 `json:"seq"` // order of edits in this store, from 1
	// Subject is the key of the event, or kind/id of another thing people make.
	Subject string    `json:"subject"`
	Action  string    `json:"action"` // EditTags …
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Batch   string    `json:"batch,omitempty"`
	// Before and After are what was changed: the list of all tags, a comment, a review, the
	// body of a document; the JSON null where there was or is none.
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}
