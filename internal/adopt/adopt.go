// Package adopt takes over what the original program has in its database: events with their
// tags and comments, rules, and how far it had collected. Every document of an event becomes
// an event, with the key that AOC gives its record, or is kept whole in the quarantine with
// the reason. The original's documents are read and never changed.
//
// The work can be cut short anywhere and repeated: positions are kept in the store, and what
// is there already is not doubled. The package reads through MongoDB's driver, and writes
// through the contracts of package store alone.
package adopt

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Store is what is written to.
type Store interface {
	store.Log
	store.Finder
	store.Annotator
	store.Documents
	store.Windows
	store.Quarantine
	store.Checkpoints
	store.Maintainer
	store.Leases
}

// Config is what [Adopt] works with.
type Config struct {
	Original Original
	Store    Store // nil with DryRun
	Clock    aoc.Clock
	Logger   *slog.Logger // nil is fine
	// TenantID is that of documents and records which do not name theirs.
	TenantID string
	// Recognise finds the records in JSON, none when it is not known what that is.
	Recognise func(raw []byte) []aoc.Record
	// ContentTypes are the streams of the Management Activity API that a watermark stands
	// for which does not name one.
	ContentTypes []string
	// DryRun tells what would happen, and writes nothing.
	DryRun bool
	// Progress hears how far the work is; nil is fine. It is called from one goroutine.
	Progress func(Progress)
	// Chunk is the most documents that are adopted at once; 0 means 500. Large ones make it
	// fewer.
	Chunk int
}

const (
	defaultChunk = 500
	// chunkBytes is the size of documents from which on a chunk is full.
	chunkBytes = 16 << 20
	// leaseName is the piece of work that one process does at a time. It is tried for as often
	// as it takes a lease to run out, and longer.
	leaseName  = "maintenance/adopt"
	leaseTries = 40
	leaseRest  = 500 * time.Millisecond
	// by is who made what the original does not say who made.
	by = "adopted"
)

// Progress tells how far the work is, in documents of events.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"` // about
}

// Report tells what was taken over, by this call and those that were cut short before it.
// Documents = Adopted + Quarantined. Its form is what `aoc maintenance adopt --json` prints.
type Report struct {
	Documents   int64 `json:"documents"`   // of events, that were read
	Adopted     int64 `json:"adopted"`     // that are events now
	Rebuilt     int64 `json:"rebuilt"`     // of these, that had no record
	Quarantined int64 `json:"quarantined"` // that are kept whole in the quarantine
	// Reasons counts the quarantined documents by why they are there; rare ones beyond
	// [maxReasons] together.
	Reasons map[string]int64 `json:"reasons,omitempty"`
	// Released counts the documents that left the quarantine, in which earlier calls had put
	// them: they are understood now.
	Released int64 `json:"released"`

	// New, Duplicate and Revision are what became of the records: several documents may have
	// the same one, and AOC may have collected it already. A call that was cut short may
	// leave records that count as duplicates the next time.
	New       int64 `json:"new"`
	Duplicate int64 `json:"duplicate"`
	Revision  int64 `json:"revision"`

	Tags     int64 `json:"tags"` // that were given to events
	Comments int64 `json:"comments"`
	// Orphans are tags and comments in collections of their own that belong to no event;
	// they are in the quarantine as well.
	Orphans int64 `json:"orphans"`
	Rules   int64 `json:"rules"`

	Watermarks []Watermark `json:"watermarks"`

	// SetAside names the collection that the original's events were set aside in; empty
	// where they were not in AOC's way.
	SetAside string `json:"set_aside,omitempty"`
	// Expiring names the indexes by which the server still drops documents of the original.
	Expiring []string `json:"expiring,omitempty"`
	// Left names the other collections that were not looked into.
	Left []string `json:"left,omitempty"`

	DryRun bool `json:"dry_run"`
	Done   bool `json:"done"`
}

// maxReasons bounds the reasons that are told apart: some hold what a document holds.
const (
	maxReasons   = 50
	otherReasons = "other reasons"
)

func (r *Report) countReason(reason string) {
	if _, known := r.Reasons[reason]; !known && len(r.Reasons) >= maxReasons {
		reason = otherReasons
	}
	r.Reasons[reason]++
}

// adopter is one call of Adopt.
type adopter struct {
	cfg    Config
	derive deriver
	state  state
	// waiting are the ids of what earlier calls put into the quarantine, by Transport.
	waiting map[string][]string
	// planned are the feeds whose ledger a dry run would have begun.
	planned map[aoc.Feed]bool
}

// state is what a checkpoint holds.
type state struct {
	Report    Report              `json:"report"`
	Positions map[string]Position `json:"positions"` // by collection
}

// Adopt takes over what the original has. Codes: invalid when the operator must say which
// tenant it is of, conflict while another process does the work.
func Adopt(ctx context.Context, cfg Config) (Report, error) {
	if cfg.Chunk <= 0 {
		cfg.Chunk = defaultChunk
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	a := &adopter{
		cfg: cfg, planned: map[aoc.Feed]bool{},
		derive: deriver{clock: cfg.Clock, tenant: cfg.TenantID, recognise: cfg.Recognise, from: cfg.Original.Name()},
	}
	if err := a.somethingThere(ctx); err != nil {
		return Report{}, err
	}
	if cfg.DryRun {
		a.state = newState()
		return a.run(ctx)
	}
	lease, err := takeLease(ctx, cfg)
	if err != nil {
		return Report{}, err
	}
	ctx, release := lease.Context(ctx)
	defer func() {
		release()
		_ = lease.Release(context.WithoutCancel(ctx)) // runs out by itself
	}()
	if err := a.load(ctx); err != nil {
		return Report{}, err
	}
	if err := a.findWaiting(ctx); err != nil {
		return Report{}, err
	}
	return a.run(ctx)
}

// somethingThere fails where there is nothing to take over: the database is another one.
func (a *adopter) somethingThere(ctx context.Context) error {
	found, err := a.has(ctx, a.known())
	if err != nil || len(found) > 0 {
		return err
	}
	e := aoc.Errorf(aoc.CodeNotFound, "adopt.look", "there is no collection %s, and none of those that the original kept beside it", a.cfg.Original.Name())
	e.Hint = "Name the original's database with --database, and its collection of events with --collection."
	return e
}

// known names the collections that are looked into.
func (a *adopter) known() []string {
	return slices.Concat(a.cfg.Original.Events(), tagCollections, commentCollections, ruleCollections, watermarkCollections)
}

// takeLease takes the work for this process. It waits as long as it takes to see that a
// process which had it has died.
func takeLease(ctx context.Context, cfg Config) (store.Lease, error) {
	for tries := 0; ; tries++ {
		lease, holder, ok, err := cfg.Store.TryLease(ctx, leaseName)
		if err != nil || ok {
			return lease, err
		}
		if tries == leaseTries {
			e := aoc.Errorf(aoc.CodeConflict, "adopt.lease", "another process (%s) is adopting into this store", holder)
			e.Hint = "Let it finish, or stop it: the work goes on where it was."
			return nil, e
		}
		if err := cfg.Clock.Sleep(ctx, leaseRest); err != nil {
			return nil, err
		}
	}
}

func newState() state {
	return state{Positions: map[string]Position{}, Report: Report{Reasons: map[string]int64{}}}
}

// run does the parts of the work in their order. How far the original had collected is told
// to the ledger last: what it claims must be there.
func (a *adopter) run(ctx context.Context) (Report, error) {
	r := &a.state.Report
	r.Done, r.DryRun = false, a.cfg.DryRun
	for _, part := range []func(ctx context.Context) error{a.events, a.remarks, a.rules, a.watermarks, a.left} {
		if err := part(ctx); err != nil {
			return *r, err
		}
	}
	r.Done = true
	return *r, a.save(ctx)
}

// checkpoint is the name of that with the positions.
func (a *adopter) checkpoint() string {
	return "adopt/" + a.cfg.Original.Server() + "/" + a.cfg.Original.Name()
}

// load goes on from where a call was cut short. After one that came to its end everything is
// read again: anything may have been added or changed, anywhere.
func (a *adopter) load(ctx context.Context) error {
	text, err := a.cfg.Store.Checkpoint(ctx, a.checkpoint())
	if err != nil {
		return err
	}
	a.state = newState()
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &a.state); err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "adopt.load", "the position of the work cannot be read")
	}
	if a.state.Report.Done {
		a.state = newState()
	}
	if a.state.Report.Reasons == nil {
		a.state.Report.Reasons = map[string]int64{}
	}
	return nil
}

func (a *adopter) save(ctx context.Context) error {
	if a.cfg.DryRun {
		return nil
	}
	text, err := json.Marshal(a.state)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "adopt.save", "the position of the work cannot be written")
	}
	return a.cfg.Store.SetCheckpoint(ctx, a.checkpoint(), string(text))
}

// left tells which collections were not looked into.
func (a *adopter) left(ctx context.Context) error {
	names, err := a.cfg.Original.Collections(ctx)
	if err != nil {
		return err
	}
	known := a.known()
	a.state.Report.Left = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(known, name) })
	return nil
}

// has reports which of some collections there are.
func (a *adopter) has(ctx context.Context, names []string) ([]string, error) {
	all, err := a.cfg.Original.Collections(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(all, name) }), nil
}

// chunks reads a collection from where it was left, and hands on parts of it. After each
// the position is saved; after the documents that have no place of their own, once they
// have all been read.
func (a *adopter) chunks(ctx context.Context, collection string, take func(ctx context.Context, docs []Document) error) error {
	var chunk []Document
	size := 0
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		if err := take(ctx, chunk); err != nil {
			return err
		}
		last := chunk[len(chunk)-1]
		chunk, size = nil, 0
		if last.Other {
			return nil
		}
		a.state.Positions[collection] = last.After
		return a.save(ctx)
	}
	for doc, err := range a.cfg.Original.Documents(ctx, collection, a.state.Positions[collection]) {
		if err != nil {
			return err
		}
		full := len(chunk) >= a.cfg.Chunk || size >= chunkBytes
		if full || len(chunk) > 0 && chunk[0].Other != doc.Other {
			if err := flush(); err != nil {
				return err
			}
		}
		chunk = append(chunk, doc)
		size += len(doc.Raw)
	}
	if err := flush(); err != nil {
		return err
	}
	p := a.state.Positions[collection]
	p.Others = true
	a.state.Positions[collection] = p
	return a.save(ctx)
}
