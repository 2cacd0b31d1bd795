package adopt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"aoc"
)

// AsideSuffix follows the name of the collection of events in that of the collection which
// the original's events are set aside in.
const AsideSuffix = "_original"

// Place says where the original's database is.
type Place struct {
	URI  string
	Name string // how messages call the address
	// Database has the collection Events. Collections whose names begin with Own are AOC's.
	Database, Events, Own string
}

// Database is the original's database in a MongoDB.
type Database struct {
	client *mongo.Client
	db     *mongo.Database
	events string
	own    string
	server string
}

var _ Original = (*Database)(nil)

const connectWithin = 20 * time.Second

// Connect connects to the original's database. Codes: invalid for an address that cannot be
// used, unavailable when it cannot be reached.
func Connect(ctx context.Context, p Place) (*Database, error) {
	const op = "adopt.connect"
	settings := options.Client().ApplyURI(p.URI)
	client, err := mongo.Connect(settings.SetAppName("aoc adopt").
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()).SetWriteConcern(writeconcern.Majority()).
		SetServerSelectionTimeout(connectWithin))
	if err != nil {
		// The text of the error may hold the address with its password.
		e := aoc.Errorf(aoc.CodeInvalid, op, "%s: not an address that a MongoDB client can use", p.Name)
		e.Hint = "It reads mongodb://user:password@host:27017/?replicaSet=… or mongodb+srv://…; special characters in the password are written as %XX."
		return nil, e
	}
	d := &Database{client: client, db: client.Database(p.Database), events: p.Events, own: p.Own, server: hostsHash(settings.Hosts)}
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return nil, errors.Join(fault(err, op), d.Close())
	}
	return d, nil
}

// SameServer reports whether an address names the same hosts.
func (d *Database) SameServer(uri string) bool {
	return hostsHash(options.Client().ApplyURI(uri).Hosts) == d.server
}

// hostsHash tells servers apart.
func hostsHash(hosts []string) string {
	h := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(hosts)), ",")))
	return hex.EncodeToString(h[:8])
}

// fault gives an error of the driver a code and a remedy.
func fault(err error, op string) error {
	if _, ours := errors.AsType[*aoc.Error](err); ours || err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "the original's database does not do what it is asked for", Cause: err}
	e.Hint = "Check that MongoDB runs, that the address names it, and that its user may read and write the database. Then run the same again: it goes on where it was."
	return e
}

// Close ends the connection.
func (d *Database) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	return fault(d.client.Disconnect(ctx), "adopt.close")
}

// Name implements [Original].
func (d *Database) Name() string { return d.db.Name() + "." + d.events }

// Server implements [Original].
func (d *Database) Server() string { return d.server }

// Events implements [Original].
func (d *Database) Events() []string { return []string{d.events + AsideSuffix, d.events} }

// Collections implements [Original].
func (d *Database) Collections(ctx context.Context) ([]string, error) {
	names, err := d.db.ListCollectionNames(ctx, bson.D{})
	names = slices.DeleteFunc(names, func(name string) bool {
		return d.own != "" && strings.HasPrefix(name, d.own) || strings.HasPrefix(name, "system.")
	})
	slices.Sort(names)
	return names, fault(err, "adopt.collections")
}

// Count implements [Original].
func (d *Database) Count(ctx context.Context, collection string) (int64, error) {
	n, err := d.db.Collection(collection).EstimatedDocumentCount(ctx)
	return n, fault(err, "adopt.count")
}

// Find implements [Original].
func (d *Database) Find(ctx context.Context, collection, field string, value any) ([]bson.Raw, error) {
	cursor, err := d.db.Collection(collection).Find(ctx, bson.D{{Key: "$and", Value: bson.A{bson.D{{Key: field, Value: value}}, d.foreign(collection)}}})
	if err != nil {
		return nil, fault(err, "adopt.find")
	}
	var docs []bson.Raw
	err = cursor.All(ctx, &docs)
	return docs, fault(err, "adopt.find")
}

// keyPattern is the form of AOC's keys, which are the ids of its own events.
const keyPattern = "^[a-z2-7]{26}$"

// foreign is the filter of documents that are not AOC's events.
func (d *Database) foreign(collection string) bson.D {
	if collection != d.events {
		return bson.D{}
	}
	return id(bson.D{{Key: "$not", Value: bson.Regex{Pattern: keyPattern}}})
}

// id is a condition on _id.
func id(condition any) bson.D { return bson.D{{Key: "_id", Value: condition}} }

// Documents implements [Original].
func (d *Database) Documents(ctx context.Context, collection string, after Position) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		at := after
		parts := []struct {
			filter bson.D
			next   func(v bson.RawValue) (other bool)
		}{
			{objectIDsAfter(after), func(v bson.RawValue) bool { at.ObjectID = v.ObjectID().Hex(); return false }},
			{textsAfter(after), func(v bson.RawValue) bool { at.Text = v.StringValue(); return false }},
			{others(), func(bson.RawValue) bool { return true }},
		}
		if after.Others {
			parts = parts[:2]
		}
		for _, part := range parts {
			filter := bson.D{{Key: "$and", Value: bson.A{part.filter, d.foreign(collection)}}}
			if !d.scan(ctx, collection, filter, func(doc bson.Raw) bool {
				other := part.next(doc.Lookup("_id"))
				return yield(Document{Raw: doc, After: at, Other: other}, nil)
			}, func(err error) { yield(Document{}, err) }) {
				return
			}
		}
	}
}

// scan calls f with documents in the order of their _id until it is false. It is false when
// f was, or after a fault, which it tells.
func (d *Database) scan(ctx context.Context, collection string, filter bson.D, f func(doc bson.Raw) bool, failed func(err error)) bool {
	cursor, err := d.db.Collection(collection).Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		failed(fault(err, "adopt.read"))
		return false
	}
	defer cursor.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	for cursor.Next(ctx) {
		if !f(slices.Clone(cursor.Current)) {
			return false
		}
	}
	if err := cursor.Err(); err != nil {
		failed(fault(err, "adopt.read"))
		return false
	}
	return true
}

// Comparing with a value of a type finds values of that type only.

func objectIDsAfter(p Position) bson.D {
	if last, err := bson.ObjectIDFromHex(p.ObjectID); err == nil {
		return id(bson.D{{Key: "$gt", Value: last}})
	}
	return id(bson.D{{Key: "$gte", Value: bson.ObjectID{}}})
}

func textsAfter(p Position) bson.D {
	if p.Text == "" {
		return id(bson.D{{Key: "$gte", Value: ""}})
	}
	return id(bson.D{{Key: "$gt", Value: p.Text}})
}

func others() bson.D {
	return bson.D{{Key: "$and", Value: bson.A{
		id(bson.D{{Key: "$not", Value: bson.D{{Key: "$type", Value: "objectId"}}}}),
		id(bson.D{{Key: "$not", Value: bson.D{{Key: "$type", Value: "string"}}}}),
	}}}
}
