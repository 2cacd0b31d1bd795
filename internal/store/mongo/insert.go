package mongo

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"
)

// applyAppend makes events visible. Who does it again, or late, changes nothing.
func (s *Store) applyAppend(ctx context.Context, n int64, c *appendChanges) error {
	for _, v := range c.Versions {
		if err := s.insertVersion(ctx, n, *v); err != nil {
			return err
		}
	}
	first, again := repeated(c.Events)
	group, inserting := errgroup.WithContext(ctx)
	group.SetLimit(insertsAtOnce)
	for docs := range slices.Chunk(first, insertBatch) {
		group.Go(func() error { return s.insertEvents(inserting, n, docs, c.Moved) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for docs := range slices.Chunk(again, insertBatch) {
		if err := s.insertEvents(ctx, n, docs, c.Moved); err != nil {
			return err
		}
	}
	return nil
}

// A server works on one insert with one thread, and most of that is the index of terms: some
// inserts at once are that much faster.
var insertBatch = 250

const insertsAtOnce = 8

// repeated parts the documents of events that an entry has more than once, in their order,
// from the first ones of all: a revision may only be applied after what it revises.
func repeated(docs []*eventDoc) (first, again []*eventDoc) {
	seen := make(map[string]bool, len(docs))
	for _, d := range docs {
		if seen[d.Key] {
			again = append(again, d)
		} else {
			seen[d.Key] = true
			first = append(first, d)
		}
	}
	return first, again
}

// insertEvents inserts events and puts those that are there already in their places.
func (s *Store) insertEvents(ctx context.Context, n int64, docs []*eventDoc, moved bool) error {
	ready, words, err := s.makeReady(ctx, n, docs)
	if err != nil {
		return err
	}
	if err := s.learnWords(ctx, words); err != nil {
		return err
	}
	stored := make([]bson.Raw, len(ready))
	for i := range ready {
		stored[i] = ready[i].doc
	}
	_, err = s.events.InsertMany(ctx, stored, options.InsertMany().SetOrdered(false))
	taken, err := duplicates(err)
	if err != nil {
		return err
	}
	heads, err := s.headsOf(ctx, docs, taken)
	if err != nil {
		return err
	}
	for _, i := range taken {
		if err := s.dropParts(ctx, ready[i].partsOf); err != nil {
			return err
		}
		if was := heads[docs[i].Key]; was != nil && was.after(n, docs[i]) {
			continue
		}
		if err := s.place(ctx, n, docs[i], moved); err != nil {
			return err
		}
	}
	return nil
}

// headsOf reads of some of the documents what tells whether they are to be placed: who
// applies an entry again finds most of them done.
func (s *Store) headsOf(ctx context.Context, docs []*eventDoc, which []int) (map[string]*eventDoc, error) {
	if len(which) == 0 {
		return nil, nil
	}
	keys := make([]string, len(which))
	for i, n := range which {
		keys[i] = docs[n].Key
	}
	found, err := findByIDs[eventDoc](ctx, s, s.events, keys, bson.D{{Key: "written", Value: 1}, {Key: "seq", Value: 1}})
	if err != nil {
		return nil, err
	}
	heads := make(map[string]*eventDoc, len(found))
	for i := range found {
		heads[found[i].Key] = &found[i]
	}
	return heads, nil
}

// after reports whether entry n, or a later one, has been at a document with the version d.
func (was *eventDoc) after(n int64, d *eventDoc) bool {
	return was.Written > n || was.Written == n && was.Seq >= d.Seq
}

// readyEvent is an event as it is inserted.
type readyEvent struct {
	doc     bson.Raw
	partsOf string
	words   newWords
}

// makeReady makes documents as they are inserted, and gives the words that are to be known
// before. It is most of the work of a process for an append, so all processors share it.
func (s *Store) makeReady(ctx context.Context, n int64, docs []*eventDoc) ([]readyEvent, newWords, error) {
	ready := make([]readyEvent, len(docs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, d := range docs {
		group.Go(func() (err error) {
			ready[i], err = s.makeEventReady(ctx, n, d)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	words := newWords{}
	for i := range ready {
		for on, list := range ready[i].words {
			words[on] = append(words[on], list...)
		}
	}
	return ready, words, nil
}

func (s *Store) makeEventReady(ctx context.Context, n int64, d *eventDoc) (r readyEvent, err error) {
	full := *d
	full.Written, full.Annotated = n, n
	older, err := s.olderIfAny(ctx, d)
	if err != nil {
		return r, err
	}
	r.words = newWords{}
	s.index(&full, older, r.words)
	stored, err := s.spill(ctx, n, &full)
	if err != nil {
		return r, err
	}
	r.partsOf = stored.PartsOf
	r.doc, err = bson.Marshal(stored)
	return r, err
}

// duplicates gives the places of the documents that an insert found to be there, or the
// error where it is of another kind.
func duplicates(err error) ([]int, error) {
	if err == nil {
		return nil, nil
	}
	bulk, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok || bulk.WriteConcernError != nil {
		return nil, err
	}
	var taken []int
	for _, w := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(w.WriteError) {
			return nil, err
		}
		taken = append(taken, w.Index)
	}
	return taken, nil
}
