package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
)

// sessionDoc is a session. Each change of one is one command, so it is in no log.
type sessionDoc struct {
	ID      string `bson:"_id"`
	Subject string `bson:"subject"`
	Began   int64  `bson:"began"` // ns since 1970
	Expires int64  `bson:"expires"`
	Data    string `bson:"data"` // JSON
}

func (d *sessionDoc) session() store.Session {
	return store.Session{ID: d.ID, Subject: d.Subject, Began: fromNanos(d.Began), Expires: fromNanos(d.Expires), Data: json.RawMessage(d.Data)}
}

// NewSession implements [store.Sessions].
func (s *Store) NewSession(ctx context.Context, n store.Session) error {
	const op = "mongo.new_session"
	if err := store.CheckSession(op, &n); err != nil {
		return err
	}
	if err := s.writable(op); err != nil {
		return err
	}
	_, err := s.sessions.InsertOne(ctx, sessionDoc{n.ID, n.Subject, nanos(n.Began), nanos(n.Expires), string(n.Data)})
	if mongo.IsDuplicateKeyError(err) {
		return aoc.Errorf(aoc.CodeConflict, op, "there is a session with this id already")
	}
	return s.fault(err, op)
}

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, id string, at time.Time) (store.Session, error) {
	const op = "mongo.session"
	var d sessionDoc
	err := s.sessions.FindOne(ctx, byID(id)).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) || err == nil && d.Expires <= nanos(at) {
		return store.Session{}, aoc.Errorf(aoc.CodeNotFound, op, "there is no such session")
	}
	return d.session(), s.fault(err, op)
}

// KeepSession implements [store.Sessions].
func (s *Store) KeepSession(ctx context.Context, id string, expires time.Time) error {
	const op = "mongo.keep_session"
	if err := s.writable(op); err != nil {
		return err
	}
	r, err := s.sessions.UpdateOne(ctx, byID(id), bson.D{{Key: "$max", Value: bson.D{{Key: "expires", Value: nanos(expires)}}}})
	if err == nil && r.MatchedCount == 0 {
		return aoc.Errorf(aoc.CodeNotFound, op, "there is no such session")
	}
	return s.fault(err, op)
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, subject string, at time.Time) ([]store.Session, error) {
	const op = "mongo.list_sessions"
	filter := bson.D{{Key: "expires", Value: bson.D{{Key: "$gt", Value: nanos(at)}}}}
	if subject != "" {
		filter = append(filter, bson.E{Key: "subject", Value: subject})
	}
	cursor, err := s.sessions.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "began", Value: -1}, {Key: "_id", Value: 1}}))
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []sessionDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var all []store.Session
	for i := range found {
		all = append(all, found[i].session())
	}
	return all, nil
}

// EndSession implements [store.Sessions].
func (s *Store) EndSession(ctx context.Context, id string) (bool, error) {
	const op = "mongo.end_session"
	if err := s.writable(op); err != nil {
		return false, err
	}
	r, err := s.sessions.DeleteOne(ctx, byID(id))
	if err != nil {
		return false, s.fault(err, op)
	}
	return r.DeletedCount > 0, nil
}

// DropSessions implements [store.Sessions].
func (s *Store) DropSessions(ctx context.Context, before time.Time) (int64, error) {
	const op = "mongo.drop_sessions"
	if err := s.writable(op); err != nil {
		return 0, err
	}
	r, err := s.sessions.DeleteMany(ctx, bson.D{{Key: "expires", Value: bson.D{{Key: "$lt", Value: nanos(before)}}}})
	if err != nil {
		return 0, s.fault(err, op)
	}
	return r.DeletedCount, nil
}
