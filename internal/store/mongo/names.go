package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// nameDoc is what an object of the directory was called from Since on.
type nameDoc struct {
	ID     string `bson:"_id"` // tenant/object/since
	Tenant string `bson:"tenant"`
	Object text   `bson:"object"`
	Since  int64  `bson:"since"` // ns
	Seen   int64  `bson:"seen"`
	Kind   text   `bson:"kind"`
	Name   text   `bson:"name"`
	UPN    text   `bson:"upn"`
}

func nameID(tenant, object string, since int64) string {
	return fmt.Sprintf("%s/%s/%020d", tenant, object, since)
}

// PutNames implements [store.Names]. What two processes put at once may leave an entry more
// than needed; it says nothing wrong.
func (s *Store) PutNames(ctx context.Context, ns []aoc.DirectoryName) error {
	const op = "mongo.put_names"
	if err := s.writable(op); err != nil {
		return err
	}
	for i := range ns {
		if err := s.putName(ctx, &ns[i]); err != nil {
			return s.fault(err, op)
		}
	}
	return nil
}

func (s *Store) putName(ctx context.Context, n *aoc.DirectoryName) error {
	var was nameDoc
	err := s.names.FindOne(ctx, bson.D{{Key: "tenant", Value: n.TenantID}, {Key: "object", Value: text(n.ID)}},
		options.FindOne().SetSort(bson.D{{Key: "since", Value: -1}})).Decode(&was)
	none := errors.Is(err, mongo.ErrNoDocuments)
	if err != nil && !none {
		return err
	}
	seen := n.Seen.UnixNano()
	if !none && was.Kind == text(n.Kind) && was.Name == text(n.Name) && was.UPN == text(n.UPN) {
		return s.advance(ctx, s.names, "seen", seen, false, step{id: was.ID})
	}
	since := seen
	if !n.Since.IsZero() {
		since = n.Since.UnixNano()
	}
	d := nameDoc{ID: nameID(n.TenantID, n.ID, since), Tenant: n.TenantID, Object: text(n.ID), Since: since, Seen: seen, Kind: text(n.Kind), Name: text(n.Name), UPN: text(n.UPN)}
	_, err = s.names.ReplaceOne(ctx, byID(d.ID), d, options.Replace().SetUpsert(true))
	return err
}

// LoadNames implements [store.Names].
func (s *Store) LoadNames(ctx context.Context, tenantID string) ([]aoc.DirectoryName, error) {
	const op = "mongo.load_names"
	cursor, err := s.names.Find(ctx, bson.D{{Key: "tenant", Value: tenantID}}, options.Find().SetSort(bson.D{{Key: "object", Value: 1}, {Key: "since", Value: 1}}))
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []nameDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var ns []aoc.DirectoryName
	for i := range found {
		d := &found[i]
		ns = append(ns, aoc.DirectoryName{
			TenantID: d.Tenant, ID: string(d.Object), Since: fromNanos(d.Since), Seen: fromNanos(d.Seen), Kind: string(d.Kind), Name: string(d.Name), UPN: string(d.UPN),
		})
	}
	return ns, nil
}
