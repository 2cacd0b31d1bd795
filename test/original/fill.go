package original

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Fill makes the original's collections in a database, and gives the documents of events
// that are in it: without strange ones that the server does not keep as they are.
func Fill(ctx context.Context, db *mongo.Database, events string, documents []Document) ([]Document, error) {
	coll := db.Collection(events)
	_, err := coll.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "dedupe_key", Value: 1}}, Options: options.Index().SetUnique(true).SetName("dedupe_key_1"),
	})
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var taken []Document
	var many []bson.D
	for _, d := range documents {
		if !d.Strange {
			many, taken = append(many, d.Doc), append(taken, d)
		} else if insertStrange(ctx, coll, d.Doc) {
			taken = append(taken, d)
		}
	}
	const atOnce = 100
	for some := range slices.Chunk(many, atOnce) {
		if _, err := coll.InsertMany(ctx, some); err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
	}
	for name, docs := range Beside() {
		for _, doc := range docs {
			if _, err := db.Collection(name).InsertOne(ctx, doc); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return taken, nil
}

// insertStrange puts a document into a collection, and takes it away again if it is another
// one there.
func insertStrange(ctx context.Context, coll *mongo.Collection, doc bson.D) (kept bool) {
	if _, err := coll.InsertOne(ctx, doc); err != nil {
		return false
	}
	want, err := bson.Marshal(doc)
	if err != nil {
		return false
	}
	byID := bson.D{{Key: "_id", Value: doc[0].Value}}
	got, err := coll.FindOne(ctx, byID).Raw()
	if err == nil && bytes.Equal(got, want) {
		return true
	}
	_, _ = coll.DeleteOne(ctx, byID) // a test that looks for all that is there finds it
	return false
}
