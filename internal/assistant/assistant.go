// Package assistant answers questions about what is stored, and explains events. With a
// language model it lets the model call the tools of [tool.New] and checks what it says
// against the store; without one it reads the question by rules.
//
// Code, not a prompt, holds the bounds: whoever asks, the filters of the question and the
// budgets narrow every call of a tool, whatever a model was told by the text of an event, and
// what is not shown to rest on events is marked.
package assistant

import (
	"time"

	"aoc"
	"aoc/internal/console"
)

// Question is what somebody asks.
type Question struct {
	// Text is the question in words, at most [MaxQuestion] bytes.
	Text string
	// Filter is what the explorer shows; an answer rests on nothing outside of it. A span that
	// the question itself names narrows it further.
	Filter console.Filter
	// Zone is that of "today" and of times; nil means UTC.
	Zone *time.Location
}

// MaxQuestion is the most bytes of a question.
const MaxQuestion = 4000

// The ways in which an answer was found.
const (
	ByRules = "rules" // the question was read by rules, no model was asked
	ByModel = "model"
)

// Answer is what the assistant says.
type Answer struct {
	// By is [ByRules] or [ByModel]; Model names the latter. Provider is where the question was
	// sent, also where rules had to do in the end.
	By       string `json:"by" enum:"rules,model"`
	Provider string `json:"provider,omitempty" doc:"Where the question was sent; absent when nowhere." example:"api.openai.com"`
	Model    string `json:"model,omitempty"`
	// Text is the whole answer as safe Markdown: no HTML, images, or links that leave AOC.
	// Citations are written [KEY] with the event's key.
	Text string `json:"answer" doc:"Safe Markdown. Events are cited as [key]."`
	// Claims are the statements of Text one by one, in order.
	Claims []Claim `json:"claims"`
	// Kind is how the question was read: list, count, top, first or last.
	Kind string `json:"kind,omitempty" doc:"How the question was read by rules: list, count, top, first or last."`
	// Query, Start and End show in the explorer what the answer rests on, to be edited.
	Query string    `json:"q" doc:"What was looked for, in the query language."`
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
	// Total is how many events the query finds; Complete is false when not all could be
	// looked at, CompleteUntil then says how far back they were.
	Total         int64     `json:"total"`
	Complete      bool      `json:"complete"`
	CompleteUntil time.Time `json:"complete_until,omitzero"`
	// Events are what the answer rests on, newest first: at most [MaxEvents].
	Events []aoc.Event `json:"events"`
	// Counts are figures of the answer, such as how many events each actor has.
	Counts []Count `json:"counts"`
	// Notes say how words of the question were understood: "last Tuesday" as a span, half a
	// name as a person.
	Notes []Note `json:"notes"`
	// Warnings say what is not certain: hours of which nothing was collected, a budget that
	// ran out, claims without a true citation.
	Warnings []string `json:"warnings"`
	// Steps are what was looked for on the way.
	Steps []Step `json:"steps"`
}

// MaxEvents is the most events that come with an answer.
const MaxEvents = 500

// Claim is a statement of an answer.
type Claim struct {
	Text string `json:"text" doc:"Safe Markdown, with its citations."`
	// Events are the keys of the events it cites that are there and were looked at.
	Events []string `json:"events"`
	// Supported says that it rests on events. Statements that say nothing about events, such
	// as a heading, are not claims.
	Supported bool `json:"supported"`
	// Problem says why it is not supported.
	Problem string `json:"problem,omitempty"`
}

// Count is how many events have a value in a field.
type Count struct {
	Field string `json:"field,omitempty"`
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Note says how words of a question were understood.
type Note struct {
	Words   string `json:"words" doc:"Of the question."`
	Meaning string `json:"meaning" doc:"As people say it."`
	Query   string `json:"q,omitempty" doc:"The same in the query language."`
}

// Step is one thing that was looked for.
type Step struct {
	Tool string `json:"tool"`
	// Says is what is looked for, as people say it: "looking for role changes since Monday".
	Says   string    `json:"says"`
	Query  string    `json:"q,omitempty"`
	Start  time.Time `json:"start,omitzero"`
	End    time.Time `json:"end,omitzero"`
	Events int       `json:"events" doc:"How many events it showed."`
	Error  string    `json:"error,omitempty"`
}

// Progress hears of each step when it begins.
// It is called by one goroutine at a time.
type Progress func(Step)
