package mongo

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Get implements [store.Finder].
func (s *Store) Get(ctx context.Context, key string) (aoc.Event, error) {
	const op = "mongo.get"
	d, err := s.get(ctx, op, key)
	if err != nil {
		return aoc.Event{}, s.fault(err, op)
	}
	return d.event(), nil
}

func (s *Store) get(ctx context.Context, op, key string) (*eventDoc, error) {
	var d eventDoc
	err := s.events.FindOne(ctx, byID(key)).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) || err == nil && d.gone() {
		return nil, notFound(op, key)
	}
	if err != nil {
		return nil, err
	}
	if err := s.fresh(ctx, &d); err != nil {
		return nil, err
	}
	if d.vanished() {
		return nil, notFound(op, key)
	}
	return &d, nil
}

// FindByID implements [store.Finder].
func (s *Store) FindByID(ctx context.Context, id string) ([]aoc.Event, error) {
	const op = "mongo.find_by_id"
	cursor, err := s.events.Find(ctx, bson.D{{Key: "terms", Value: fieldTerm(aoc.FieldID, rawjson.Fold(id))}})
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []eventDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	slices.SortFunc(found, func(a, b eventDoc) int { return cmp.Compare(a.Seq, b.Seq) })
	var events []aoc.Event
	for i := range found {
		if string(found[i].ID) != id {
			continue
		}
		if err := s.fresh(ctx, &found[i]); err != nil {
			return nil, s.fault(err, op)
		}
		if !found[i].vanished() {
			events = append(events, found[i].event())
		}
	}
	return events, nil
}

// Versions implements [store.Finder].
func (s *Store) Versions(ctx context.Context, key string) ([]store.Version, error) {
	const op = "mongo.versions"
	d, err := s.get(ctx, op, key)
	if err != nil {
		return nil, s.fault(err, op)
	}
	older, err := s.withOlder(ctx, d)
	if err != nil {
		return nil, s.fault(err, op)
	}
	if d.vanished() {
		return nil, notFound(op, key)
	}
	var versions []store.Version
	for i := range older {
		versions = append(versions, older[i].version())
	}
	return append(versions, store.Version{Seq: d.Seq, ReceivedAt: fromNanos(d.Received), Raw: []byte(d.Raw)}), nil
}

func (v *versionDoc) version() store.Version {
	return store.Version{Seq: v.Seq, ReceivedAt: fromNanos(v.Received), Raw: []byte(v.Raw)}
}
