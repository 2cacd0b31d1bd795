package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// reportDoc is what a piece of work tells of itself.
type reportDoc struct {
	ID   string `bson:"_id"` // kind/id
	Kind string `bson:"kind"`
	// N orders the reports of a kind by when they were first written.
	N    int64  `bson:"order"`
	Body string `bson:"body"` // JSON
}

// PutReport implements [store.Reports].
func (s *Store) PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	const op = "mongo.put_report"
	if err := s.writable(op); err != nil {
		return err
	}
	for _, part := range [...]struct{ field, value string }{{"kind", kind}, {"id", id}} {
		if part.value == "" || strings.Contains(part.value, "/") {
			return aoc.Errorf(aoc.CodeInvalid, op, "%s: not usable for a report: %q", part.field, part.value)
		}
	}
	if !json.Valid(body) {
		return aoc.Errorf(aoc.CodeInvalid, op, "body: not JSON")
	}
	return s.fault(s.putReport(ctx, kind, id, body, max(keep, 1)), op)
}

func (s *Store) putReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	r, err := s.reports.UpdateOne(ctx, byID(kind+"/"+id), bson.D{{Key: "$set", Value: bson.D{{Key: "body", Value: string(body)}}}})
	if err != nil || r.MatchedCount > 0 {
		return err
	}
	all, err := s.listReports(ctx, kind, bson.D{{Key: "order", Value: 1}})
	if err != nil {
		return err
	}
	var next int64 = 1
	if len(all) > 0 {
		next = all[0].N + 1
	}
	d := reportDoc{ID: kind + "/" + id, Kind: kind, N: next, Body: string(body)}
	if _, err := s.reports.ReplaceOne(ctx, byID(d.ID), d, options.Replace().SetUpsert(true)); err != nil {
		return err
	}
	if len(all) < keep {
		return nil
	}
	old := make([]string, 0, len(all))
	for _, d := range all[keep-1:] {
		old = append(old, d.ID)
	}
	_, err = s.reports.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: old}}}})
	return err
}

// listReports gives the reports of a kind, newest first.
func (s *Store) listReports(ctx context.Context, kind string, projection bson.D) ([]reportDoc, error) {
	opts := options.Find().SetSort(bson.D{{Key: "order", Value: -1}, {Key: "_id", Value: -1}})
	if projection != nil {
		opts.SetProjection(projection)
	}
	cursor, err := s.reports.Find(ctx, bson.D{{Key: "kind", Value: kind}}, opts)
	if err != nil {
		return nil, err
	}
	var found []reportDoc
	return found, cursor.All(ctx, &found)
}

// Report implements [store.Reports].
func (s *Store) Report(ctx context.Context, kind, id string) (json.RawMessage, error) {
	const op = "mongo.report"
	var d reportDoc
	err := s.reports.FindOne(ctx, byID(kind+"/"+id)).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, aoc.Errorf(aoc.CodeNotFound, op, "there is no such report")
	}
	if err != nil {
		return nil, s.fault(err, op)
	}
	return json.RawMessage(d.Body), nil
}

// ListReports implements [store.Reports].
func (s *Store) ListReports(ctx context.Context, kind string) ([]json.RawMessage, error) {
	found, err := s.listReports(ctx, kind, nil)
	if err != nil {
		return nil, s.fault(err, "mongo.list_reports")
	}
	var bodies []json.RawMessage
	for _, d := range found {
		bodies = append(bodies, json.RawMessage(d.Body))
	}
	return bodies, nil
}
