package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// index is one that the server keeps, and why.
type index struct {
	coll    *mongo.Collection
	keys    bson.D
	partial bson.D // what documents it has; nil: all
	why     string
}

// keysOf gives the keys of an index: ascending, descending with a minus in front.
func keysOf(names ...string) bson.D {
	keys := make(bson.D, len(names))
	for i, name := range names {
		keys[i] = bson.E{Key: name, Value: 1}
		if name[0] == '-' {
			keys[i] = bson.E{Key: name[1:], Value: -1}
		}
	}
	return keys
}

// The indexes that searches name, see [plan].
var (
	byTime = keysOf("-at", "-tie")
	byTerm = keysOf(string(terms), "-at", "-tie")
	byMark = keysOf(string(marks), "-at", "-tie")
)

// indexes lists every index beside those of _id.
func (s *Store) indexes() []index {
	return []index{
		{s.events, byTime, nil, "searches that no term narrows, newest first; expiry, oldest first"},
		{s.events, byTerm, nil, "searches by text and fields: each term has its events in the order of searches"},
		{s.events, byMark, bson.D{{Key: string(marks), Value: bson.D{{Key: "$exists", Value: true}}}}, "searches by tags and reviews, which few events have"},
		{s.events, keysOf("joined"), bson.D{{Key: "joined", Value: bson.D{{Key: "$exists", Value: true}}}}, "counts what says where an event went"},
		{s.words, keysOf("g", "t", "n"), nil, "entries of the vocabulary that have a gram, of a tenant, since some time"},
		{s.versions, keysOf("key"), nil, "the earlier versions of an event"},
		{s.parts, keysOf("owner"), nil, "what lies in pieces is dropped whole"},
		{s.parts, keysOf("n"), nil, "pieces that a crash left behind"},
		{s.edits, keysOf("subject", "_id"), nil, "the history of an event or document"},
		{s.edits, keysOf("batch", "_id"), nil, "edits that were made at once, to take them back"},
		{s.documents, keysOf("kind"), nil, "all documents of a kind"},
		{s.windows, keysOf("feed", "start"), nil, "the windows of a feed by time"},
		{s.units, keysOf("feed", "start", "unit"), nil, "the units of a feed by window"},
		{s.units, keysOf("feed", "state", "start", "unit"), nil, "the units of a feed that are to be tried again"},
		{s.names, keysOf("tenant", "object", "since"), nil, "all names of a tenant, and the last one of an object"},
		{s.reports, keysOf("kind", "order"), nil, "the reports of a kind, newest first"},
		{s.sessions, keysOf("expires"), nil, "sessions that are over"},
		{s.items, keysOf("kind", "-at", "-_id"), nil, "the items of a kind, newest first"},
		{s.items, keysOf("kind", "labels", "-at", "-_id"), nil, "the items of a kind that have a label, newest first"},
		{s.leases, keysOf("name", "_id"), nil, "the last term of a lease"},
		{s.rollups, keysOf("stale", "-_id"), bson.D{{Key: "stale", Value: bson.D{{Key: "$exists", Value: true}}}}, "the hours that are to be rolled up, newest first"},
	}
}

// ensureIndexes makes the indexes that are missing. The server that stands in for a MongoDB
// in tests uses none of them, and knows no partial ones.
func (s *Store) ensureIndexes(ctx context.Context) error {
	of := map[*mongo.Collection][]mongo.IndexModel{}
	for _, x := range s.indexes() {
		opts := options.Index()
		if x.partial != nil && !s.caps.scans {
			opts.SetPartialFilterExpression(x.partial)
		}
		of[x.coll] = append(of[x.coll], mongo.IndexModel{Keys: x.keys, Options: opts})
	}
	for coll, models := range of {
		if err := createMissing(ctx, coll, models); err != nil {
			return err
		}
	}
	return nil
}

// createMissing makes the indexes that a collection does not have: the server that stands in
// for a MongoDB in tests breaks off when it is asked for some that are there.
func createMissing(ctx context.Context, coll *mongo.Collection, models []mongo.IndexModel) error {
	there, err := specifications(ctx, coll)
	if err != nil {
		return err
	}
	for _, m := range models {
		keys, err := bson.Marshal(m.Keys)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(there, func(x mongo.IndexSpecification) bool { return sameKeys(x.KeysDocument, keys) }) {
			continue
		}
		if _, err := coll.Indexes().CreateOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// specifications lists the indexes of a collection; none where there is no collection.
func specifications(ctx context.Context, coll *mongo.Collection) ([]mongo.IndexSpecification, error) {
	specs, err := coll.Indexes().ListSpecifications(ctx)
	if command, ok := errors.AsType[mongo.CommandError](err); ok && command.Code == 26 { // NamespaceNotFound
		return nil, nil
	}
	return specs, err
}

// sameKeys reports whether two indexes have the same keys in the same order; servers differ
// in the kind of number that says so.
func sameKeys(a, b bson.Raw) bool {
	x, err1 := a.Elements()
	y, err2 := b.Elements()
	return err1 == nil && err2 == nil && slices.EqualFunc(x, y, func(m, n bson.RawElement) bool {
		p, ok1 := m.Value().AsInt64OK()
		q, ok2 := n.Value().AsInt64OK()
		return m.Key() == n.Key() && ok1 && ok2 && p == q
	})
}
