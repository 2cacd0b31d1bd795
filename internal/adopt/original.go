package adopt

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Original is the database of the original program. It is read, and never changed.
type Original interface {
	// Name is that of the database and its collection of events.
	Name() string
	// Server tells its server apart from others, without saying which it is.
	Server() string
	// Events names the collections that may hold the original's events: that which was set
	// aside, and the one it writes to. AOC's own events in the latter are left out.
	Events() []string
	// Collections lists all collections but AOC's own, sorted.
	Collections(ctx context.Context) ([]string, error)
	// Documents gives the documents of a collection after a position, with the position of
	// each, in an order that is the same each time. What is added meanwhile may come before
	// what was read already.
	Documents(ctx context.Context, collection string, after Position) iter.Seq2[Document, error]
	// Find gives the documents of a collection that have a value in a field.
	Find(ctx context.Context, collection, field string, value any) ([]bson.Raw, error)
	// Count tells about how many documents a collection has.
	Count(ctx context.Context, collection string) (int64, error)
	// Expiring names the indexes of a collection by which the server drops its documents.
	Expiring(ctx context.Context, collection string) ([]string, error)
}

// Position is a place among the documents of a collection; the zero value is the beginning.
// Documents come by the type of their _id, since nothing else tells their order everywhere:
// object ids, texts, then all others, which have no places of their own.
type Position struct {
	ObjectID string `json:"object_id,omitempty"` // in hex; those up to it have been read
	Text     string `json:"text,omitempty"`      // those up to it have been read
	Others   bool   `json:"others,omitempty"`    // all others have been read
}

// Document is a document, and the position after it.
type Document struct {
	bson.Raw
	After Position
	// Other says that the position does not tell whether the document has been read.
	Other bool
}
