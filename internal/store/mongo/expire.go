package mongo

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store"
)

// Expire implements [store.Maintainer]. The log keeps the keys and leaves of what goes.
// Earlier versions and parts go first: what a crash leaves of an event is expired again.
func (s *Store) Expire(ctx context.Context, before time.Time, limit int) (int64, error) {
	const op = "mongo.expire"
	if err := s.writable(op); err != nil {
		return 0, err
	}
	due := bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: boundNanos(before, store.MinTime.UnixNano())}, {Key: "$gte", Value: store.MinTime.UnixNano()}}}}
	cursor, err := s.events.Find(ctx, due, options.Find().SetSort(timeOrder(1)).SetLimit(int64(max(limit, 1))).
		SetProjection(bson.D{{Key: "at", Value: 1}, {Key: "tenant_id", Value: 1}, {Key: "revisions", Value: 1}, {Key: "parts_of", Value: 1}}))
	if err != nil {
		return 0, s.fault(err, op)
	}
	var found []eventDoc
	if err := cursor.All(ctx, &found); err != nil || len(found) == 0 {
		return 0, s.fault(err, op)
	}
	end := boundNanos(before, store.MinTime.UnixNano())
	if err := s.noteExpiry(ctx, end); err != nil {
		return 0, s.fault(err, op)
	}
	var gone int64
	const atOnce = 500
	for part := range slices.Chunk(found, atOnce) {
		n, err := s.expireAll(ctx, part, due)
		gone += n
		if err != nil {
			return gone, s.fault(err, op)
		}
	}
	return gone, s.fault(s.noteExpiry(ctx, end), op)
}

// expiryDoc says which events may be gone: those before a time. It counts the beginnings and
// ends of steps, so that who keeps something of such events knows when to look again.
type expiryDoc struct {
	ID     string `bson:"_id"`
	Before int64  `bson:"before"` // ns
	N      int64  `bson:"n"`
}

const expiryID = "expiry"

func (s *Store) noteExpiry(ctx context.Context, before int64) error {
	_, err := s.meta.UpdateOne(ctx, byID(expiryID), bson.D{
		{Key: "$max", Value: bson.D{{Key: "before", Value: before}}}, {Key: "$inc", Value: bson.D{{Key: "n", Value: int64(1)}}},
	}, options.UpdateOne().SetUpsert(true))
	return err
}

// expiry tells which events may be gone.
func (s *Store) expiry(ctx context.Context) (expiryDoc, error) {
	d := expiryDoc{Before: math.MinInt64}
	err := s.meta.FindOne(ctx, byID(expiryID)).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = nil
	}
	return d, err
}

func (s *Store) expireAll(ctx context.Context, docs []eventDoc, due bson.D) (int64, error) {
	var keys, revised, owners []string
	for i := range docs {
		keys = append(keys, docs[i].Key)
		owners = append(owners, docs[i].PartsOf)
		if docs[i].Older > 0 {
			revised = append(revised, docs[i].Key)
		}
	}
	if len(revised) > 0 {
		if err := s.dropVersions(ctx, versionsOfKeys(revised)); err != nil {
			return 0, err
		}
	}
	if err := s.dropParts(ctx, owners...); err != nil {
		return 0, err
	}
	r, err := s.events.DeleteMany(ctx, append(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, due...))
	if err != nil {
		return 0, err
	}
	return r.DeletedCount, nil
}

// Compact implements [store.Maintainer]: it applies what another process has committed and
// left alone, rolls up hours, drops words of events that have gone, and removes what crashes
// have left behind. Any number of processes may call it.
func (s *Store) Compact(ctx context.Context) (more bool, err error) {
	const op = "mongo.compact"
	if s.opts.ReadOnly {
		return false, nil
	}
	for _, j := range []*journal{s.log, s.ledger} {
		if err := j.rollForward(ctx); err != nil {
			return false, s.fault(err, op)
		}
	}
	if more, err := s.rollUp(ctx); err != nil || more {
		return more, s.fault(err, op)
	}
	if s.due(&s.vocabulary.looked, shelfEvery) {
		if err := s.clearShelves(ctx); err != nil {
			return false, s.fault(err, op)
		}
	}
	if !s.due(&s.swept, sweepEvery) {
		return false, nil
	}
	if err := s.sweepParts(ctx); err != nil {
		return false, s.fault(err, op)
	}
	return false, s.fault(s.sweepVersions(ctx), op)
}

// sweepEvery is the time between two looks for what crashes have left behind.
const sweepEvery = 10 * time.Minute
