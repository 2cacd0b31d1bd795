package mongo

import (
	"encoding/base64"
	"math"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// eventDoc is an event as the collection of events holds it. Its names are those of the
// API, so that people who look at the collection by other means know them; beside them
// stand the fields that AOC finds events by. Times to the nanosecond are in whole numbers,
// for a BSON date has milliseconds only.
type eventDoc struct {
	Key string `bson:"_id"`
	// At is the time of the event, ns since 1970: with the key the order of every search.
	// A document without it, such as one of another program or a [tombstone], is no event.
	At        int64     `bson:"at"`
	Timestamp time.Time `bson:"timestamp"` // At as a date, for people and for expiry by the server
	// Tie orders the events of one instant: see [tieOf].
	Tie int64 `bson:"tie"`

	ID        text   `bson:"id"`
	DedupeKey text   `bson:"dedupe_key"`
	Seq       int64  `bson:"seq"`
	Source    text   `bson:"source"`
	TenantID  text   `bson:"tenant_id"`
	TimeFlag  text   `bson:"time_flag,omitempty"`
	First     int64  `bson:"received"` // when the first version arrived, ns
	Received  int64  `bson:"version_received"`
	Origin    text   `bson:"origin"`
	Service   text   `bson:"service"`
	Workload  text   `bson:"workload"`
	Type      text   `bson:"record_type"`
	Operation text   `bson:"operation"`
	Result    text   `bson:"result"`
	Reason    text   `bson:"result_reason,omitempty"`
	Actor     actor  `bson:"actor"`
	ActorKind text   `bson:"actor_kind"`
	ActorText text   `bson:"actor_display"`
	IP        text   `bson:"client_ip,omitempty"`
	CorrID    text   `bson:"correlation_id,omitempty"`
	Salt      []byte `bson:"salt"`

	Targets     []target `bson:"targets"`
	TargetTexts []text   `bson:"target_displays"`
	Changes     []change `bson:"changes"`
	Summary     text     `bson:"display_summary"`
	// Raw is the newest record, byte for byte: text where it is valid UTF-8, so that people
	// can read it, binary else.
	Raw text `bson:"raw"`

	// Contents are marks of the content of all versions, oldest first. See [contentMark].
	Contents []string `bson:"contents"`
	// Older counts the earlier versions, OlderAt are their places. They are in a collection of
	// their own, where one that is not named here does not count: somebody came too late.
	Older   int     `bson:"revisions"`
	OlderAt []int64 `bson:"older_at,omitempty"`

	Tags     []text     `bson:"tags"`
	Comments []comment  `bson:"comments"`
	Review   *reviewDoc `bson:"review"`
	// ReviewEdit is the last edit that gave a review or took it away; Annotated the entry of
	// the log that last changed tags, comments or review, or the one that made the document.
	ReviewEdit int64 `bson:"review_edit"`
	Annotated  int64 `bson:"annotated"`

	// Written is the entry of the log that last wrote the whole document: earlier ones change
	// nothing in it any more. Joined is the key that the event has now: then nothing else is
	// left here. Left are the keys of events that were here before this one.
	Written int64    `bson:"written"`
	Joined  string   `bson:"joined,omitempty"`
	Left    []string `bson:"left,omitempty"`

	// Terms are what a search finds the event by, see [termsOf]; Marks are the same for tags
	// and reviews, which change on their own.
	Terms []string `bson:"terms"`
	Marks []string `bson:"marks,omitempty"`

	// Parts says in how many pieces the whole document lies elsewhere, because it is too
	// large; Raw, Targets, TargetTexts, Changes and Summary are then empty here.
	Parts   int    `bson:"parts,omitempty"`
	PartsOf string `bson:"parts_of,omitempty"` // the owner of the parts
}

type actor struct {
	ID      text `bson:"id,omitempty"`
	Name    text `bson:"name,omitempty"`
	UPN     text `bson:"upn,omitempty"`
	AppID   text `bson:"app_id,omitempty"`
	AppName text `bson:"app_name,omitempty"`
}

type target struct {
	ID   text `bson:"id,omitempty"`
	Name text `bson:"name,omitempty"`
	Type text `bson:"type,omitempty"`
	UPN  text `bson:"upn,omitempty"`
}

type change struct {
	Target   text  `bson:"target,omitempty"`
	Property text  `bson:"property"`
	Before   *text `bson:"before"`
	After    *text `bson:"after"`
}

type comment struct {
	Author text  `bson:"author"`
	Text   text  `bson:"text"`
	At     int64 `bson:"at"` // ns
}

type reviewDoc struct {
	State  text  `bson:"state"`
	By     text  `bson:"by"`
	Note   text  `bson:"note,omitempty"`
	Ticket text  `bson:"ticket,omitempty"`
	At     int64 `bson:"at"` // ns
	Window text  `bson:"window,omitempty"`
	Edit   int64 `bson:"edit,omitempty"`
}

// versionDoc is an earlier version of an event's record.
type versionDoc struct {
	ID        string    `bson:"_id"` // key/seq
	N         int64     `bson:"n"`   // the entry of the log that last wanted it kept
	Key       string    `bson:"key"`
	Seq       int64     `bson:"seq"`
	Received  int64     `bson:"received"`
	Timestamp time.Time `bson:"timestamp"` // of the event, for expiry by the server
	Origin    text      `bson:"origin"`
	Salt      []byte    `bson:"salt"`
	Raw       text      `bson:"raw"`
	Parts     int       `bson:"parts,omitempty"` // as in eventDoc, for Raw
	PartsOf   string    `bson:"parts_of,omitempty"`
}

// nanos is a time as documents hold it.
func nanos(t time.Time) int64 { return t.UnixNano() }

func fromNanos(n int64) time.Time { return time.Unix(0, n).UTC() }

// newEventDoc makes the document of an event that has no older versions and annotations.
func newEventDoc(e *aoc.Event, salt []byte, mark string) *eventDoc {
	d := &eventDoc{First: nanos(e.ReceivedAt), Received: nanos(e.ReceivedAt), Salt: salt, Contents: []string{mark}, Tags: []text{}, Comments: []comment{}}
	d.derive(e)
	d.Key, d.Seq, d.Origin, d.Raw = e.Key, e.Seq, text(e.Origin), text(e.Raw)
	d.ID, d.DedupeKey, d.TenantID = text(e.ID), text(e.DedupeKey), text(e.TenantID)
	return d
}

// derive takes over the fields that follow from the record.
func (d *eventDoc) derive(e *aoc.Event) {
	d.At, d.Timestamp = nanos(e.Timestamp), e.Timestamp
	d.Source, d.TimeFlag = text(e.Source), text(e.TimeFlag)
	d.Service, d.Workload, d.Type, d.Operation = text(e.Service), text(e.Workload), text(e.RecordType), text(e.Operation)
	d.Result, d.Reason = text(e.Result), text(e.ResultReason)
	d.Actor = actor{text(e.Actor.ID), text(e.Actor.Name), text(e.Actor.UPN), text(e.Actor.AppID), text(e.Actor.AppName)}
	d.ActorKind, d.ActorText = text(e.ActorKind), text(e.ActorDisplay)
	d.IP, d.CorrID, d.Summary = text(e.ClientIP), text(e.CorrelationID), text(e.DisplaySummary)
	d.Targets = make([]target, len(e.Targets))
	for i, t := range e.Targets {
		d.Targets[i] = target{text(t.ID), text(t.Name), text(t.Type), text(t.UPN)}
	}
	d.TargetTexts = texts(e.TargetDisplays)
	d.Changes = make([]change, len(e.Changes))
	for i, c := range e.Changes {
		d.Changes[i] = change{text(c.Target), text(c.Property), (*text)(c.Before), (*text)(c.After)}
	}
}

// event gives what the document says. A document with parts must be made whole before.
func (d *eventDoc) event() aoc.Event {
	e := aoc.Event{
		Key: d.Key, ID: string(d.ID), DedupeKey: string(d.DedupeKey), Seq: d.Seq, Source: aoc.Source(d.Source), TenantID: string(d.TenantID),
		Timestamp: fromNanos(d.At), TimeFlag: string(d.TimeFlag), ReceivedAt: fromNanos(d.First), Origin: aoc.Origin(d.Origin),
		Service: string(d.Service), Workload: string(d.Workload), RecordType: string(d.Type), Operation: string(d.Operation),
		Result: aoc.Result(d.Result), ResultReason: string(d.Reason),
		Actor:     aoc.Actor{ID: string(d.Actor.ID), Name: string(d.Actor.Name), UPN: string(d.Actor.UPN), AppID: string(d.Actor.AppID), AppName: string(d.Actor.AppName)},
		ActorKind: aoc.ActorKind(d.ActorKind), ActorDisplay: string(d.ActorText), ClientIP: string(d.IP), CorrelationID: string(d.CorrID),
		Targets: make([]aoc.Target, len(d.Targets)), TargetDisplays: fromTexts(d.TargetTexts), Changes: make([]aoc.Change, len(d.Changes)),
		DisplaySummary: string(d.Summary), Revisions: d.Older, Raw: []byte(d.Raw),
		Tags: fromTexts(d.Tags), Comments: make([]aoc.Comment, len(d.Comments)), Review: d.Review.review(),
	}
	for i, t := range d.Targets {
		e.Targets[i] = aoc.Target{ID: string(t.ID), Name: string(t.Name), Type: string(t.Type), UPN: string(t.UPN)}
	}
	for i, c := range d.Changes {
		e.Changes[i] = aoc.Change{Target: string(c.Target), Property: string(c.Property), Before: (*string)(c.Before), After: (*string)(c.After)}
	}
	for i, c := range d.Comments {
		e.Comments[i] = aoc.Comment{Author: string(c.Author), Text: string(c.Text), At: fromNanos(c.At)}
	}
	return e
}

func (r *reviewDoc) review() *aoc.Review {
	if r == nil {
		return nil
	}
	return &aoc.Review{
		State: aoc.ReviewState(r.State), By: string(r.By), Note: string(r.Note), Ticket: string(r.Ticket), At: fromNanos(r.At),
		Window: string(r.Window), Edit: r.Edit,
	}
}

func newReviewDoc(r *aoc.Review) *reviewDoc {
	if r == nil {
		return nil
	}
	return &reviewDoc{text(r.State), text(r.By), text(r.Note), text(r.Ticket), nanos(r.At), text(r.Window), r.Edit}
}

func newComments(cs []aoc.Comment) []comment {
	list := make([]comment, len(cs))
	for i, c := range cs {
		list[i] = comment{text(c.Author), text(c.Text), nanos(c.At)}
	}
	return list
}

// contentMark stands for the content of a record: two records have the same one exactly
// when they are equal in canonical form, but for a chance of 2⁻¹²⁶.
func contentMark(raw []byte) (string, error) {
	sum, err := rawjson.Sum(raw)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sum[:])[:21], nil
}

// boundNanos gives the ns of a bound of time, which may be any; a zero one is open.
func boundNanos(t time.Time, open int64) int64 {
	switch {
	case t.IsZero():
		return open
	case t.Before(store.MinTime):
		return math.MinInt64
	case t.After(store.MaxTime):
		return math.MaxInt64
	}
	return t.UnixNano()
}
