package mongo

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// What an entry of a log changes.
const (
	kindAppend   = "append"   // events that are new, and revisions
	kindMove     = "move"     // places of the log that come from another store
	kindEdit     = "edit"     // tags, comments, reviews
	kindDocument = "document" // documents, and records of edits without their events
	kindRewrite  = "rewrite"  // events that were derived anew
	kindLedger   = "ledger"   // windows, units, checkpoints, fences
)

// entry is a document of a log. All but Applied and Body stays as it was inserted.
type entry struct {
	// ID is N in 12 digits: texts sort as their numbers do, and are found by every server
	// without an index of their own.
	ID    string    `bson:"_id"`
	N     int64     `bson:"n"`
	Kind  string    `bson:"kind"`
	By    string    `bson:"by"`    // the process
	Nonce string    `bson:"nonce"` // tells entries of one process apart
	At    time.Time `bson:"at"`    // by the clock of the process: for people only
	Prev  []byte    `bson:"prev"`  // Hash of the entry before
	Hash  []byte    `bson:"hash"`

	// Size is how many places the log of events has with this entry, Edits how many records
	// of edits there are.
	Size  int64 `bson:"size"`
	Edits int64 `bson:"edits"`
	// Keys are those of the places that this entry adds, in order, and Leaves their record
	// hashes, one after the other; the key of a place that nothing is left of is empty. Edge is
	// what the root of the tree over all leaves is made from, see [edge].
	Keys   []string `bson:"keys,omitempty"`
	Leaves []byte   `bson:"leaves,omitempty"`
	Edge   []byte   `bson:"edge,omitempty"`
	// Hours are the hours of the events that the entry changes, as they are before and after
	// it: see [rollupDoc]. They go when it is applied, like the body.
	Hours []string `bson:"hours,omitempty"`
	// Weight is about how many documents have to be written to apply the entry.
	Weight int `bson:"weight,omitempty"`
	// Shelf is the first shelf of the vocabulary that words are put on, see [shelf].
	Shelf int64 `bson:"shelf,omitempty"`
	// Fences are the newest terms of all leases.
	Fences []fence `bson:"fences,omitempty"`

	// Body is what is to be applied, compressed; or it is in so many parts. It is dropped when
	// it has been applied.
	Body    []byte `bson:"body,omitempty"`
	Parts   int    `bson:"parts,omitempty"`
	BodySum []byte `bson:"body_sum"`
	Applied bool   `bson:"applied"`

	changes any // what Body says, while it is at hand
}

func entryID(n int64) string { return fmt.Sprintf("%012d", n) }

// seal gives the entry its hash, over all that never changes.
func (e *entry) seal() {
	h := sha256.New()
	h.Write([]byte("aoc log entry v1\n"))
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(e.N))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Size))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Edits))
	for _, part := range [][]byte{[]byte(e.Kind), e.Prev, e.BodySum, e.Leaves, e.Edge} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	for _, key := range e.Keys {
		b = binary.AppendUvarint(b, uint64(len(key)))
		b = append(b, key...)
	}
	for _, f := range e.Fences {
		b = binary.AppendUvarint(b, uint64(len(f.Name)))
		b = append(b, f.Name...)
		b = binary.BigEndian.AppendUint64(b, uint64(f.Term))
	}
	h.Write(b)
	e.Hash = h.Sum(nil)
}

// journal is a log in a collection: entries with consecutive numbers from 1. Inserting the
// next one is the only way to change anything, and only one process can do it.
//
// An entry is inserted only after the one before has been applied. So what the collections
// say, read after an entry has been found applied and before the next one is inserted with
// success, is what they say at that place of the log: if anybody else had changed them
// meanwhile, the number would be taken.
type journal struct {
	s    *Store
	coll *mongo.Collection
	// apply writes what an entry changes. It may be called several times for one entry, at
	// once by several processes, and long after later entries have been applied.
	apply func(ctx context.Context, e *entry) error
	// keep is how many entries to keep; 0 means all.
	keep int64

	commit sync.Mutex // one commit at a time in this process
	mu     sync.Mutex
	newest *entry    // newest one known, without body; nil: not known
	seen   time.Time // when newest was first seen not to be applied
}

// errTaken says that another process was faster.
var errTaken = errors.New("the number of the entry is taken")

// change commits and applies what build makes of the newest entry, which is applied then. build
// gives nil when there is nothing to change; it is called again when another process was
// faster. The entry it gives needs kind, sizes and changes.
func (j *journal) change(ctx context.Context, build func(last *entry) (*entry, error)) error {
	j.commit.Lock()
	defer j.commit.Unlock()
	for {
		last, err := j.settled(ctx)
		if err != nil {
			return err
		}
		next, err := build(last)
		if err != nil || next == nil {
			// What build has read is the state at last only if nobody has gone on since.
			now, lost := j.catchUp(ctx)
			switch {
			case lost != nil && err == nil:
				return lost
			case lost != nil || now.N == last.N:
				return err
			}
			continue
		}
		next.ID, next.N, next.Prev = entryID(last.N+1), last.N+1, last.Hash
		next.By, next.Nonce, next.At = j.s.opts.Process, crand.Text(), j.s.clock.Now().UTC()
		next.Shelf = max(next.Shelf, last.Shelf)
		next.Weight = weightOf(next.changes)
		if err := j.pack(ctx, next); err != nil {
			return err
		}
		next.seal()
		if err := j.s.pass(ctx, "commit", next); err != nil {
			return err
		}
		err = j.insert(ctx, next)
		if errors.Is(err, errTaken) {
			j.forget()
			if err := j.s.clock.Sleep(ctx, rand.N(20*time.Millisecond)); err != nil {
				return err
			}
			continue
		}
		if errors.Is(err, errSlept) {
			return j.wakeUp(ctx, build)
		}
		if err != nil {
			j.forget()
			return err
		}
		// From here on it has happened, whatever becomes of this process.
		return j.finish(context.WithoutCancel(ctx), next)
	}
}

// finish applies a committed entry, trying again while the server cannot be reached.
func (j *journal) finish(ctx context.Context, e *entry) error {
	ctx, cancel := context.WithTimeout(ctx, 3*j.s.opts.Timeout)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := j.settle(ctx, e)
		if err == nil || !unreachable(err) || j.s.running.Err() != nil {
			return err
		}
		if j.s.clock.Sleep(ctx, pause) != nil {
			return err
		}
	}
}

// insert commits an entry. An error other than errTaken leaves open whether it has: the
// server may have it and could not say so.
func (j *journal) insert(ctx context.Context, e *entry) error {
	const tries = 3
	for failed := 0; ; {
		_, err := j.coll.InsertOne(ctx, e)
		switch {
		case err == nil:
			return j.confirm(ctx, e)
		case mongo.IsDuplicateKeyError(err):
			if known, err := j.resolve(ctx, e); known || err != nil {
				return err
			}
		case !unreachable(err) || ctx.Err() != nil:
			return err
		default: // It may have been stored: inserting it again then says that it is there.
			if failed++; failed == tries {
				return err
			}
		}
	}
}

// resolve finds out whose entry has the number that was found to be taken. known is false
// when it cannot be read: no majority of servers has it yet, or it is gone by now.
func (j *journal) resolve(ctx context.Context, e *entry) (known bool, err error) {
	got, err := j.slim(ctx, e.N)
	switch {
	case err != nil:
		return false, err
	case got == nil:
		return false, j.s.clock.Sleep(ctx, rand.N(20*time.Millisecond))
	case got.Nonce != e.Nonce:
		return true, errTaken
	}
	return true, j.confirm(ctx, e)
}

// confirm makes sure that an entry of a log that is cut at its beginning follows the one
// before it: a process that slept may believe that a number is free which was used long ago.
func (j *journal) confirm(ctx context.Context, e *entry) error {
	follows, err := j.follows(ctx, e)
	if err != nil || follows {
		return err
	}
	if _, err := j.coll.DeleteOne(ctx, bson.D{{Key: "_id", Value: e.ID}, {Key: "nonce", Value: e.Nonce}}); err != nil {
		return err
	}
	return errSlept
}

// follows reports whether the entry before an entry is there. Of a log that is cut that is
// so while the entry is one of the newest.
func (j *journal) follows(ctx context.Context, e *entry) (bool, error) {
	if j.keep == 0 || e.N == 1 {
		return true, nil
	}
	before, err := j.find(ctx, e.N-1, options.FindOne().SetProjection(bson.D{{Key: "hash", Value: 1}}))
	return before != nil && bytes.Equal(before.Hash, e.Prev), err
}

// errSlept says that the log has been cut behind an entry that was to be committed: it had
// either never a place in it, or others have gone on behind it for long.
var errSlept = errors.New("the log has gone on without the process")

// wakeUp gives the error of a change whose process has slept: the reason why it could not be
// made now, if there is one.
func (j *journal) wakeUp(ctx context.Context, build func(last *entry) (*entry, error)) error {
	j.forget()
	last, err := j.settled(ctx)
	if err != nil {
		return err
	}
	if _, err := build(last); err != nil {
		return err
	}
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: "mongo.log", Cause: errSlept}
	e.Message = "this process was asleep for so long that it cannot tell whether its change was made"
	e.Hint = "What was asked for can be tried again."
	return e
}

// settled gives the newest entry, applied, without its body; one with number 0 of an empty
// log. Who has committed an entry is given some time to apply it.
func (j *journal) settled(ctx context.Context) (*entry, error) {
	const look = 15 * time.Millisecond
	for waited := time.Duration(0); ; waited += look {
		last, err := j.last(ctx)
		if err != nil {
			return nil, err
		}
		if last.Applied {
			return last, nil
		}
		if waited < patience+last.work() && last.By != j.s.opts.Process {
			if err := j.s.clock.Sleep(ctx, look); err != nil {
				return nil, err
			}
			if _, err := j.catchUp(ctx); err != nil {
				return nil, err
			}
			continue
		}
		if err := j.settle(ctx, last); err != nil {
			return nil, err
		}
	}
}

// patience is how long who wants to commit waits for another process to apply its entry,
// beside the time that takes.
const patience = 500 * time.Millisecond

// work is how long it may take to apply an entry, on a slow server: help that comes earlier
// only does the same work again.
func (e *entry) work() time.Duration { return time.Duration(e.Weight) * time.Millisecond }

// settle applies an entry and writes down that it has been.
func (j *journal) settle(ctx context.Context, e *entry) error {
	if e.changes == nil {
		whole, err := j.unsettled(ctx, e.N)
		if err != nil || whole == nil {
			return err
		}
		e = whole
	}
	if err := j.s.pass(ctx, "apply", e); err != nil {
		return err
	}
	if err := j.apply(ctx, e); err != nil {
		return err
	}
	if err := j.s.pass(ctx, "mark", e); err != nil {
		return err
	}
	_, err := j.coll.UpdateOne(ctx, byID(e.ID), bson.D{
		{Key: "$set", Value: bson.D{{Key: "applied", Value: true}}}, {Key: "$unset", Value: bson.D{{Key: "body", Value: ""}, {Key: "hours", Value: ""}}},
	})
	if err != nil {
		return err
	}
	if e.Parts > 0 {
		if err := j.s.dropParts(ctx, j.partsOwner(e)); err != nil {
			return err
		}
	}
	done := *e
	done.Applied = true
	j.advance(&done)
	return j.trim(ctx, e.N)
}

// unsettled reads an entry with its changes; nil when there is nothing to apply any more.
func (j *journal) unsettled(ctx context.Context, n int64) (*entry, error) {
	for {
		e, err := j.read(ctx, n)
		switch {
		case err != nil:
			return nil, err
		case e == nil && j.keep == 0:
			j.forget()
			return nil, goneEntry(n)
		case e == nil: // applied long ago
			j.forget()
			return nil, nil
		case e.Applied:
			j.advance(e)
			return nil, nil
		}
		if follows, err := j.follows(ctx, e); err != nil || !follows {
			j.forget() // it is about to be taken back by a process that slept
			return nil, err
		}
		err = j.unpack(ctx, e)
		if !errors.Is(err, errNoPart) {
			return e, err
		}
		// Whoever has applied it has removed its parts, and written that down before.
		if now, lost := j.slim(ctx, n); lost != nil || now != nil && !now.Applied {
			return nil, errors.Join(lost, err)
		}
	}
}

// trim drops entries that nobody needs any more, now and then.
func (j *journal) trim(ctx context.Context, n int64) error {
	if j.keep == 0 || n%(j.keep/2) != 0 || n <= j.keep {
		return nil
	}
	_, err := j.coll.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$lte", Value: entryID(n - j.keep)}}}})
	return err
}

// advance remembers the newest entry.
func (j *journal) advance(e *entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.newest != nil && (j.newest.N > e.N || (j.newest.N == e.N && (j.newest.Applied || !e.Applied))) {
		return
	}
	slim := *e
	slim.Body, slim.changes, slim.Keys, slim.Leaves, slim.Hours = nil, nil, nil, nil, nil
	j.newest = &slim
	if !slim.Applied {
		j.seen = j.s.clock.Now()
	}
}

// forget makes the next one who asks look at the log itself.
func (j *journal) forget() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.newest = nil
}

func (j *journal) known() *entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.newest
}

// slimEntry leaves out what only applying and reading the log need.
func slimEntry() bson.D {
	return bson.D{{Key: "body", Value: 0}, {Key: "keys", Value: 0}, {Key: "leaves", Value: 0}, {Key: "hours", Value: 0}}
}

// last gives the newest entry as this process knows it; it looks at the log when it knows
// none.
func (j *journal) last(ctx context.Context) (*entry, error) {
	if e := j.known(); e != nil {
		return e, nil
	}
	return j.look(ctx)
}

// look reads the newest entry of the log.
func (j *journal) look(ctx context.Context) (*entry, error) {
	var e entry
	err := j.coll.FindOne(ctx, bson.D{}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}}).SetProjection(slimEntry())).Decode(&e)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return &entry{Applied: true}, nil
	case err != nil:
		return nil, err
	}
	j.advance(&e)
	return &e, nil
}

// catchUp follows the log to its end.
func (j *journal) catchUp(ctx context.Context) (*entry, error) {
	last, err := j.last(ctx)
	if err != nil {
		return nil, err
	}
	if !last.Applied {
		e, err := j.slim(ctx, last.N)
		if err != nil {
			return nil, err
		}
		if e == nil || !e.Applied {
			return last, nil
		}
		j.advance(e)
		last = e
	}
	for {
		e, err := j.slim(ctx, last.N+1)
		if err != nil {
			return nil, err
		}
		if e == nil {
			return last, nil
		}
		j.advance(e)
		last = e
	}
}

// applied gives the newest entry that has been applied: what readers may rely on.
func (j *journal) applied(ctx context.Context) (*entry, error) {
	last, err := j.catchUp(ctx)
	if err != nil || last.Applied {
		return last, err
	}
	if last.N == 1 {
		return &entry{Applied: true}, nil
	}
	before, err := j.slim(ctx, last.N-1)
	if err != nil {
		return nil, err
	}
	if before == nil {
		return nil, aoc.Errorf(aoc.CodeInternal, "mongo.log", "entry %d of the log is gone", last.N-1)
	}
	return before, nil
}

// rollForward applies an entry that another process has left alone for some time.
func (j *journal) rollForward(ctx context.Context) error {
	if j.keep > 0 { // a process that did nothing for long would not find the next entry
		if _, err := j.look(ctx); err != nil {
			return err
		}
	}
	last, err := j.catchUp(ctx)
	if err != nil || last.Applied {
		return err
	}
	j.mu.Lock()
	patient := j.s.clock.Now().Sub(j.seen) < leftAlone+last.work()
	j.mu.Unlock()
	if patient {
		return nil
	}
	j.commit.Lock()
	defer j.commit.Unlock()
	_, err = j.settled(ctx)
	return err
}

// leftAlone is how long an entry may stay unapplied before others care, beside the time that
// applying it takes.
const leftAlone = 2 * time.Second

// slim reads an entry without what only applying needs; nil when there is none.
func (j *journal) slim(ctx context.Context, n int64) (*entry, error) {
	return j.find(ctx, n, options.FindOne().SetProjection(slimEntry()))
}

// read reads a whole entry; nil when there is none.
func (j *journal) read(ctx context.Context, n int64) (*entry, error) {
	return j.find(ctx, n, options.FindOne())
}

func (j *journal) find(ctx context.Context, n int64, opts *options.FindOneOptionsBuilder) (*entry, error) {
	var e entry
	err := j.coll.FindOne(ctx, byID(entryID(n)), opts).Decode(&e)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	return &e, err
}

// byID is the filter that every server answers at once.
func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

// applyEntry writes what an entry of the log of events changes.
func (s *Store) applyEntry(ctx context.Context, e *entry) error {
	s.vocabulary.useShelves(e.Shelf)
	if err := s.touch(ctx, e.N, e.Hours); err != nil {
		return err
	}
	switch c := e.changes.(type) {
	case *shelfChanges:
		return nil
	case *appendChanges:
		return s.applyAppend(ctx, e.N, c)
	case *editChanges:
		return s.applyEdits(ctx, e.N, c)
	case *documentChanges:
		return s.applyDocuments(ctx, e.N, c)
	case *rewriteChanges:
		return s.applyRewrite(ctx, e, c)
	}
	return aoc.Errorf(aoc.CodeInternal, "mongo.log", "the log of events has an entry of kind %q", e.Kind)
}
