// Package normalise turns raw audit records into events, one file for each record kind.
// It knows no transport, no store and no clock: the same record always gives the same
// event. Names of directory objects come in through [Names].
//
// A record kind is read in three steps: the facts are put into a draft of the event, the
// sentence that sums it up is chosen from them, and [Normalise] completes what is the same
// for every kind. A field that is missing, of another type or unknown never fails a record.
package normalise

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
)

// Names tells the display name of a directory object (user, group, app, service principal,
// device, role) by its id in lower case, as known at a time. It is asked for every object
// that a record names only by id, so an implementation can collect what it does not know
// yet. It must not block.
type Names interface {
	Lookup(tenantID, id string, at time.Time) (name string, ok bool)
}

// draft is an event in the making.
type draft struct {
	aoc.Event
	root  *node
	names Names
	// told holds every property the record tells, those that are no changes included.
	told []property
	said sentence
	// pending: the record says that the operation has not ended.
	pending bool
	// dedupe holds what makes the event unique beside its id.
	dedupe []string
}

// Normalise turns a record into an event: every field but Seq, Revisions, Tags, Comments
// and Review. Raw is r.Raw itself, not a copy. names may be nil.
//
// An error means quarantine and has the code invalid; its message says what is wrong. Only
// what cannot be decoded fails: a record that is not one JSON object or nests too deep, one
// of an unknown kind, one whose transport reports a problem.
func Normalise(r aoc.Record, names Names) (aoc.Event, error) {
	const op = "normalise.record"
	if r.Problem != "" {
		return aoc.Event{}, aoc.Errorf(aoc.CodeInvalid, op, "%s", clean(r.Problem, maxSummary))
	}
	read := reader(r.Kind)
	if read == nil {
		return aoc.Event{}, aoc.Errorf(aoc.CodeInvalid, op, "the kind of the record is not known: %q", r.Kind)
	}
	root := parse(r.Raw)
	if root == nil {
		return aoc.Event{}, aoc.Errorf(aoc.CodeInvalid, op,
			"the record is not valid JSON, or it nests more than %d deep", rawjson.MaxDepth)
	}
	if root.kind != object {
		return aoc.Event{}, aoc.Errorf(aoc.CodeInvalid, op, "the record is not a JSON object")
	}
	d := &draft{root: root, names: names}
	d.Source = r.Kind.Source()
	d.TenantID = strings.ToLower(r.TenantID)
	d.ReceivedAt, d.Origin, d.Raw = r.ReceivedAt.UTC(), r.Origin, json.RawMessage(r.Raw)
	d.Result = aoc.ResultUnknown
	d.Targets, d.TargetDisplays, d.Changes = make([]aoc.Target, 0, 3), make([]string, 0, 3), []aoc.Change{}
	read(d)
	if err := d.finish(); err != nil {
		return aoc.Event{}, aoc.Wrap(err, aoc.CodeInvalid, op, "the record has no canonical form")
	}
	return d.Event, nil
}

// reader gives the function that reads a kind of record; nil for an unknown kind.
func reader(k aoc.RecordKind) func(*draft) {
	switch k {
	case aoc.KindDirectoryAudit:
		return (*draft).directoryAudit
	case aoc.KindSignIn:
		return (*draft).signIn
	case aoc.KindRiskDetection:
		return (*draft).risk
	case aoc.KindIntuneAudit:
		return (*draft).intuneAudit
	case aoc.KindIntuneDiagnostic:
		return (*draft).intuneDiagnostic
	case aoc.KindUnified:
		return (*draft).unified
	case aoc.KindAOC:
		return (*draft).own
	}
	return nil
}

// tenant sets the tenant that the record itself names, which wins over what the transport
// said.
func (d *draft) tenant(id string) {
	if id != "" {
		d.TenantID = strings.ToLower(id)
	}
}

// when sets the time of the event: the first of the candidates that can be read.
func (d *draft) when(candidates ...string) {
	d.Timestamp, d.TimeFlag = eventTime(d.ReceivedAt, candidates...)
}

// operation sets the operation, without trailing stop and space.
func (d *draft) operation(s string) {
	d.Operation = clean(strings.TrimRight(s, ". \t\r\n"), maxDisplay)
}

// finish completes what is the same for every kind.
func (d *draft) finish() error {
	d.Service = clean(d.Service, maxDisplay)
	d.Workload = clean(d.Workload, maxDisplay)
	d.RecordType = clean(d.RecordType, maxDisplay)
	d.ResultReason = clean(d.ResultReason, maxSummary)
	d.ActorDisplay = clean(d.ActorDisplay, maxDisplay)
	if d.ActorKind == "" {
		d.ActorKind = aoc.ActorSystem
	}
	d.DisplaySummary = d.summary()
	if d.ActorDisplay == "" {
		d.ActorDisplay = "Unknown"
	}
	if d.ID != "" {
		d.DedupeKey = aoc.DedupeKey(d.Source, d.TenantID, d.ID, d.dedupe...)
	} else if err := d.identify(); err != nil {
		return err
	}
	d.Key = aoc.KeyOf(d.DedupeKey)
	return nil
}

// identify makes the id of a record that has none from its content. The time is part of
// the key only here, and not the time it was received.
func (d *draft) identify() error {
	sum, err := rawjson.Sum(d.Raw)
	if err != nil {
		return err
	}
	d.ID = hex.EncodeToString(sum[:])
	at, target := "", ""
	if len(d.Targets) > 0 { // never by a name that was looked up: it may change
		t := d.Targets[0]
		target = strings.ToLower(first(t.ID, t.UPN, t.Name))
	}
	if d.TimeFlag == "" {
		at = d.Timestamp.Format(time.RFC3339Nano)
	}
	d.DedupeKey = aoc.DedupeKey(d.Source, d.TenantID, at,
		d.Service, d.Operation, target, d.ID)
	return nil
}
