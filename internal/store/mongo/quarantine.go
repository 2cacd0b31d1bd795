package mongo

import (
	"context"
	"encoding/json"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// quarantinedDoc is a record that could not be decoded. Row is what is known of it, as JSON;
// the record lies compressed in Data, or in so many parts.
type quarantinedDoc struct {
	ID    string `bson:"_id"`
	Row   string `bson:"row"`
	Data  []byte `bson:"data"`
	Parts int    `bson:"parts,omitempty"`
}

// ownerQuarantine is how the names of the parts of quarantined records begin. No entry of a
// log stands for them.
const ownerQuarantine = "quarantine"

// neverSwept is the number of parts that are swept with what they belong to.
const neverSwept = 1<<63 - 1

// PutQuarantine implements [store.Quarantine].
func (s *Store) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	const op = "mongo.put_quarantine"
	if err := s.writable(op); err != nil {
		return err
	}
	for i := range qs {
		if err := s.putQuarantined(ctx, qs[i]); err != nil {
			return s.fault(err, op)
		}
	}
	return nil
}

func (s *Store) putQuarantined(ctx context.Context, q aoc.Quarantined) error {
	raw := q.Raw
	q.Raw = nil
	row, err := json.Marshal(q)
	if err != nil {
		return err
	}
	d := quarantinedDoc{ID: q.ID, Row: string(row), Data: compress(raw)}
	if len(d.Data) > maxBody {
		if d.Parts, err = s.putParts(ctx, ownerQuarantine+"/"+q.ID, neverSwept, d.Data); err != nil {
			return err
		}
		d.Data = nil
	}
	if _, err := s.quarantine.InsertOne(ctx, d); err != nil && !mongo.IsDuplicateKeyError(err) {
		return err
	}
	return nil
}

// ListQuarantine implements [store.Quarantine].
func (s *Store) ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error) {
	const op = "mongo.list_quarantine"
	if limit <= 0 {
		return nil, nil
	}
	cursor, err := s.quarantine.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []quarantinedDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var qs []aoc.Quarantined
	for i := range found {
		d := &found[i]
		var q aoc.Quarantined
		if err := json.Unmarshal([]byte(d.Row), &q); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a quarantined record cannot be decoded")
		}
		if d.Parts > 0 {
			if d.Data, err = s.getParts(ctx, ownerQuarantine+"/"+d.ID, d.Parts); err != nil {
				return nil, s.fault(err, op)
			}
		}
		if q.Raw, err = decompress(d.Data); err != nil {
			return nil, s.fault(err, op)
		}
		if q.Raw == nil {
			q.Raw = []byte{}
		}
		qs = append(qs, q)
	}
	return qs, nil
}

// DropQuarantine implements [store.Quarantine].
func (s *Store) DropQuarantine(ctx context.Context, ids []string) error {
	const op = "mongo.drop_quarantine"
	if err := s.writable(op); err != nil {
		return err
	}
	const atOnce = 1000
	for part := range slices.Chunk(ids, atOnce) {
		if _, err := s.quarantine.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: part}}}}); err != nil {
			return s.fault(err, op)
		}
		owners := make([]string, len(part))
		for i, id := range part {
			owners[i] = ownerQuarantine + "/" + id
		}
		if err := s.dropParts(ctx, owners...); err != nil {
			return s.fault(err, op)
		}
	}
	return nil
}
