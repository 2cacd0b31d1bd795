package aoc

import "time"

// Severity is how much an alert matters: the levels of Sigma.
type Severity string

// The severities, from the least.
const (
	SeverityInformational Severity = "informational"
	SeverityLow           Severity = "low"
	SeverityMedium        Severity = "medium"
	SeverityHigh          Severity = "high"
	SeverityCritical      Severity = "critical"
)

// Severities lists every severity, from the least.
func Severities() []Severity {
	return []Severity{SeverityInformational, SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}
}

// AlertState is what has become of an alert.
type AlertState string

// The states of an alert.
const (
	AlertOpen         AlertState = "open"
	AlertAcknowledged AlertState = "acknowledged"
	AlertClosed       AlertState = "closed"
)

// Alert says that events of one group fulfil the condition of a rule within a window. Its ID
// is made of the rule, its version, the group and the window, so that whoever judges the same
// log raises the same alerts.
type Alert struct {
	ID          string   `json:"id"`
	RuleID      string   `json:"rule_id"`
	RuleVersion int64    `json:"rule_version"`
	Title       string   `json:"title"`
	Severity    Severity `json:"severity"`
	// Tags are those of the rule, such as attack.t1098.
	Tags     []string `json:"tags"`
	TenantID string   `json:"tenant_id"`
	// Group is what its events have in common.
	Group []AlertValue `json:"group"`
	// First and Last are the times of the oldest and the newest event.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Events are keys of events, oldest arrival first: the first hundred. Count says how many
	// there are.
	Events []string `json:"events"`
	Count  int64    `json:"count"`
	// UpTo is the place in the log up to which events have been counted.
	UpTo int64 `json:"up_to"`
	// RaisedAt is when it was raised, in the clock of who did; ReceivedAt when the event
	// arrived by which it was.
	RaisedAt   time.Time `json:"raised_at"`
	ReceivedAt time.Time `json:"received_at"`
	// Origin is that of the event by which it was raised.
	Origin Origin `json:"origin"`
	// Past says that it was raised by running the rule over what was stored already.
	Past bool `json:"past,omitempty"`
	// Summary is that of the newest event.
	Summary string `json:"summary"`

	State AlertState `json:"state"`
	// Reason and By say why it is closed, and who changed the state last.
	Reason   string    `json:"reason,omitempty"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Assignee string    `json:"assignee,omitempty"`
	// SnoozedUntil hides it from the inbox until then.
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	Comments     []Comment `json:"comments,omitempty"`
	// Edited is the version that the last person's change made; 0 for none.
	Edited int64 `json:"edited,omitempty"`
}

// AlertValue is something that the events of an alert have in common.
type AlertValue struct {
	Field string `json:"field"`
	Value string `json:"value"`
}
