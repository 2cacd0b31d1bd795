// Package question reads what people ask about audit events, in English and by rules: what is
// asked about, of which time, by and to whom, and how the answer should look. It knows no
// store: names are left for whoever can look them up, and so are the words that it does not
// understand. The same question always reads the same.
package question

import (
	"strings"
	"time"

	"aoc"
)

// Kind is what sort of answer is wanted.
type Kind string

// The kinds of question.
const (
	List  Kind = "list"  // the events themselves
	Count Kind = "count" // how many there are
	Top   Kind = "top"   // which values occur most
	First Kind = "first" // the oldest event
	Last  Kind = "last"  // the newest event
)

// Span is a half-open span of time, Start ≤ t < End; a zero bound is open.
type Span struct {
	Start, End time.Time
	// Words are those of the question that it was read from; empty when none said a time.
	Words string
	// Meaning is set where the words could mean something else.
	Meaning string
}

// Role is what part a name plays in what happened.
type Role int

// The roles.
const (
	Any    Role = iota // did it or had it done to them
	Actor              // did it
	Target             // had it done to them
)

// Thing is the kind of thing that words near a name say it is.
type Thing string

// The kinds of thing.
const (
	Unsaid  Thing = ""
	Person  Thing = "user"
	Group   Thing = "group"
	App     Thing = "app"
	Device  Thing = "device"
	Policy  Thing = "policy"
	Site    Thing = "site"
	Team    Thing = "team"
	File    Thing = "file"
	Mailbox Thing = "mailbox"
	RoleOf  Thing = "role"
)

// Name is a name that somebody must look up.
type Name struct {
	// Texts are one name, or several of which each will do.
	Texts []string
	Role  Role
	Thing Thing
	// Owned says that the thing meant is one of the named person: "Ada's laptop".
	Owned bool
	// Granted says that it is somebody who was given rights on a mailbox, whom events do not
	// name as their target.
	Granted bool
	// Not says that what the name stands for is left out.
	Not bool
	// Sure says that the words are a name by their form or place; else they are only words
	// that mean nothing else.
	Sure bool
	// Quoted says that the text was in quotation marks.
	Quoted bool
	// Words are those of the question, with what gives the name its role.
	Words string
}

// Note says how words were understood.
type Note struct {
	Words, Meaning string
	Where          aoc.Expr // nil where it is no condition
}

// Reading is how a question was understood.
type Reading struct {
	Kind Kind
	// N is how many events or values are wanted; 0 when it does not say.
	N int
	// By is what Top counts: a field, or ByDay or ByHour.
	By   aoc.Field
	Span Span
	// Where is the condition without its names; nil holds for everything.
	Where aoc.Expr
	// Changes narrows to administrative changes (is:change).
	Changes bool
	Names   []Name
	Notes   []Note
	// Unread are the words that mean nothing to the rules.
	Unread []string
	// Topics says in words what is asked about; empty when anything is.
	Topics []string
	// Self is set where it is asked what somebody did to themselves, which is no condition.
	Self string
	// Limits says in words which of them: of which result, product, kind of actor.
	Limits []string
}

// What Top can count beside fields of events.
const (
	ByDay    aoc.Field = "day"
	ByHour   aoc.Field = "hour"
	ByTarget           = aoc.FieldTarget
)

// The most bytes and words that are read.
const (
	maxText  = 4000
	maxWords = 300
)

// Read reads a question. Relative times count from now, in zone; nil means UTC.
func Read(text string, now time.Time, zone *time.Location) Reading {
	return ReadKnowing(text, now, zone, Known{})
}

// ReadKnowing is Read with somebody who can be asked what there is.
func ReadKnowing(text string, now time.Time, zone *time.Location, known Known) Reading {
	if zone == nil {
		zone = time.UTC
	}
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = strings.ToValidUTF8(text, " ")
	toks := tokens(text)
	toks = toks[:min(len(toks), maxWords)]
	r := &reader{text: text, toks: toks, now: now.In(zone), zone: zone, isName: known.IsName, operationsOf: known.Operations}
	r.out.Kind = List
	r.literals()
	r.timeTypos()
	r.times()
	r.shape()
	r.countries()
	r.capitalised()
	r.concepts()
	r.operations()
	r.named()
	r.compose()
	r.rest()
	return r.out
}

// reader is a question being read.
type reader struct {
	text string
	toks []token
	now  time.Time // in zone
	zone *time.Location
	out  Reading
	// These may be nil.
	isName       func(text string) bool
	operationsOf func() []string

	found     []match // topics, actions and the like, in order
	recurring recurrence
	where     aoc.And
	names     []placed
}

// words gives the part of the question from token i up to j.
func (r *reader) words(i, j int) string {
	if i < 0 || j <= i || j > len(r.toks) {
		return ""
	}
	return strings.TrimSpace(r.text[r.toks[i].start:r.toks[j-1].end])
}

// note says how the tokens from i up to j were understood.
func (r *reader) note(i, j int, meaning string, where aoc.Expr) {
	r.out.Notes = append(r.out.Notes, Note{Words: r.words(i, j), Meaning: meaning, Where: where})
}

// use marks tokens as understood.
func (r *reader) use(i, j int) {
	for k := i; k < j; k++ {
		r.toks[k].used = true
	}
}
