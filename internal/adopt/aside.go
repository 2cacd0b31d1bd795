package adopt

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

const (
	// moveDocuments and moveBytes bound what is moved at once.
	moveDocuments = 500
	moveBytes     = 16 << 20
)

// InTheWay tells whether documents of another program are in the collection of events, and
// which of its indexes: unique ones would refuse AOC's events, and expiring ones drop them.
func (d *Database) InTheWay(ctx context.Context) (documents bool, indexes []string, err error) {
	coll := d.db.Collection(d.events)
	err = coll.FindOne(ctx, d.foreign(d.events), options.FindOne().SetProjection(id(1))).Err()
	documents = err == nil
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil, fault(err, "adopt.look")
	}
	refusing, err := d.indexes(ctx, d.events, unique)
	if err != nil {
		return false, nil, err
	}
	expiring, err := d.Expiring(ctx, d.events)
	return documents, slices.Concat(refusing, expiring), err
}

// ownExpiry is the index by which AOC lets the server drop its own events.
const ownExpiry = "expiry"

// Expiring implements [Original].
func (d *Database) Expiring(ctx context.Context, collection string) ([]string, error) {
	return d.indexes(ctx, collection, func(s mongo.IndexSpecification) bool {
		return s.ExpireAfterSeconds != nil && (collection != d.events || s.Name != ownExpiry)
	})
}

func unique(s mongo.IndexSpecification) bool {
	return s.Unique != nil && *s.Unique && s.Name != "_id_"
}

// indexes names those indexes of a collection that pass a filter.
func (d *Database) indexes(ctx context.Context, collection string, wanted func(s mongo.IndexSpecification) bool) ([]string, error) {
	specs, err := d.db.Collection(collection).Indexes().ListSpecifications(ctx)
	if hasCode(err, namespaceNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fault(err, "adopt.indexes")
	}
	var names []string
	for _, s := range specs {
		if wanted(s) {
			names = append(names, s.Name)
		}
	}
	return names, nil
}

// drop drops indexes of a collection; those that are gone already are fine.
func (d *Database) drop(ctx context.Context, collection string, indexes []string) error {
	for _, name := range indexes {
		err := d.db.Collection(collection).Indexes().DropOne(ctx, name)
		if err != nil && !hasCode(err, namespaceNotFound, indexNotFound) {
			return fault(err, "adopt.set_aside")
		}
	}
	return nil
}

// Codes of the server's errors.
const (
	namespaceNotFound = 26
	indexNotFound     = 27
)

func hasCode(err error, codes ...int) bool {
	e, ok := errors.AsType[mongo.CommandError](err)
	return ok && slices.Contains(codes, int(e.Code))
}

// SetAside moves the original's documents out of the collection of events, into one with
// [AsideSuffix], so that AOC can use it. The collection is renamed, which is one step;
// where that cannot be, documents are copied, looked at, and only then taken away. What made
// them expire is dropped first. Doing it again goes on, also with documents that the original
// has written since.
func (d *Database) SetAside(ctx context.Context) error {
	documents, indexes, err := d.InTheWay(ctx)
	if err != nil {
		return err
	}
	if documents || len(indexes) > 0 {
		if err := d.clear(ctx, indexes); err != nil {
			return err
		}
	}
	return d.endExpiry(ctx, d.events+AsideSuffix)
}

// clear takes the original's documents and those indexes out of the collection of events.
func (d *Database) clear(ctx context.Context, indexes []string) error {
	if err := d.endExpiry(ctx, d.events); err != nil {
		return err
	}
	renamed, err := d.rename(ctx)
	if err != nil || renamed {
		return err
	}
	if err := d.moveAll(ctx); err != nil {
		return err
	}
	return d.drop(ctx, d.events, indexes)
}

// endExpiry lets the original's documents in a collection expire no more.
func (d *Database) endExpiry(ctx context.Context, collection string) error {
	expiring, err := d.Expiring(ctx, collection)
	if err != nil {
		return err
	}
	return d.drop(ctx, collection, expiring)
}

// rename gives the collection its new name. It is false where there is one of that name
// already, where AOC has written to the collection too, or where the server does not let it.
func (d *Database) rename(ctx context.Context) (bool, error) {
	err := d.db.Collection(d.events).FindOne(ctx, id(bson.Regex{Pattern: keyPattern}), options.FindOne().SetProjection(id(1))).Err()
	if err == nil {
		return false, nil
	}
	if !errors.Is(err, mongo.ErrNoDocuments) {
		return false, fault(err, "adopt.set_aside")
	}
	from := d.db.Name() + "." + d.events
	err = d.client.Database("admin").RunCommand(ctx, bson.D{{Key: "renameCollection", Value: from}, {Key: "to", Value: from + AsideSuffix}}).Err()
	if e, refused := errors.AsType[mongo.CommandError](err); refused && !mongo.IsNetworkError(err) && !e.HasErrorLabel("RetryableWriteError") {
		return false, nil
	}
	return err == nil, fault(err, "adopt.set_aside")
}

// makeRoom makes the collection that documents are set aside in take all of them: an original
// that was started again has got records anew, under the same dedupe keys.
func (d *Database) makeRoom(ctx context.Context) error {
	aside := d.events + AsideSuffix
	names, err := d.indexes(ctx, aside, unique)
	if err != nil {
		return err
	}
	if err := d.drop(ctx, aside, names); err != nil {
		return err
	}
	// What people added is found by it.
	_, err = d.db.Collection(aside).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "dedupe_key", Value: 1}}})
	return fault(err, "adopt.set_aside")
}

// moveAll moves every document of the original, some at a time.
func (d *Database) moveAll(ctx context.Context) error {
	if err := d.makeRoom(ctx); err != nil {
		return err
	}
	var chunk []bson.Raw
	size := 0
	for doc, err := range d.Documents(ctx, d.events, Position{}) {
		if err != nil {
			return err
		}
		chunk = append(chunk, doc.Raw)
		if size += len(doc.Raw); len(chunk) < moveDocuments && size < moveBytes {
			continue
		}
		if err := d.move(ctx, chunk); err != nil {
			return err
		}
		chunk, size = nil, 0
	}
	return d.move(ctx, chunk)
}

// move copies documents, reads them back, and takes them away where they were.
func (d *Database) move(ctx context.Context, docs []bson.Raw) error {
	const op = "adopt.set_aside"
	aside := d.db.Collection(d.events + AsideSuffix)
	for _, doc := range docs {
		key := doc.Lookup("_id")
		_, err := aside.InsertOne(ctx, doc)
		if mongo.IsDuplicateKeyError(err) { // by a call that was cut short
			_, err = aside.ReplaceOne(ctx, id(key), doc)
		}
		if err != nil {
			return fault(err, op)
		}
		back, err := aside.FindOne(ctx, id(key)).Raw()
		if err != nil {
			return fault(err, op)
		}
		if !slices.Equal(back, doc) {
			return aoc.Errorf(aoc.CodeInternal, op, "the document with the _id %s is another one after it was copied to %s", idText(doc), aside.Name())
		}
		if _, err := d.db.Collection(d.events).DeleteOne(ctx, id(key)); err != nil {
			return fault(err, op)
		}
	}
	return nil
}
