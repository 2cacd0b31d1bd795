package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
)

// schemaVersion is the version of what this program writes.
const schemaVersion = 1

// metaDoc says what a database is.
type metaDoc struct {
	ID      string `bson:"_id"`
	Version int    `bson:"version"`
	Chain   bool   `bson:"chain"`
}

const metaID = "store"

// checkMeta makes sure that the database is one that this program can use, and that it has
// been set up as it is now.
func (s *Store) checkMeta(ctx context.Context) error {
	const op = "mongo.open"
	want := metaDoc{ID: metaID, Version: schemaVersion, Chain: !s.opts.NoChain}
	if !s.opts.ReadOnly {
		if _, err := s.meta.InsertOne(ctx, want); err != nil && !mongo.IsDuplicateKeyError(err) {
			return err
		}
	}
	var got metaDoc
	err := s.meta.FindOne(ctx, byID(metaID)).Decode(&got)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil // to be read before anything was written
	case err != nil:
		return err
	case got.Version > schemaVersion:
		e := aoc.Errorf(aoc.CodeInvalid, op, "the database was written by a newer version of AOC (schema %d, this one knows %d)", got.Version, schemaVersion)
		e.Hint = "Run the newer version everywhere."
		return e
	case got.Chain != want.Chain:
		e := aoc.Errorf(aoc.CodeInvalid, op, "AOC_CHAIN: the database was made with the chain %s", onOff(got.Chain))
		e.Hint = "Set AOC_CHAIN=" + onOff(got.Chain) + ", or copy the events into a new database with aoc maintenance copy."
		return e
	}
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// expiryIndex is the index by which the server expires events.
const expiryIndex = "expiry"

// checkForeign refuses a collection of events that another program has written to: its
// documents would not be found, and its rules could refuse AOC's, or drop them.
func (s *Store) checkForeign(ctx context.Context) error {
	foreign := func(what string) error {
		e := aoc.Errorf(aoc.CodeInvalid, "mongo.open", "AOC_MONGO_EVENTS: the collection %q %s", s.opts.Events, what)
		e.Hint = "Take it over with aoc maintenance adopt, or name another collection in AOC_MONGO_EVENTS."
		return e
	}
	// Keys of events are texts; every other kind of _id sorts apart from them.
	err := s.events.FindOne(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: bson.ObjectID{}}}}}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	if err == nil {
		return foreign("holds documents of another program")
	}
	if !errors.Is(err, mongo.ErrNoDocuments) {
		return err
	}
	specs, err := specifications(ctx, s.events)
	if err != nil {
		return err
	}
	for _, spec := range specs {
		switch {
		case spec.Unique != nil && *spec.Unique && spec.Name != "_id_":
			return foreign("has the unique index " + spec.Name + " of another program")
		case spec.ExpireAfterSeconds != nil && spec.Name != expiryIndex:
			return foreign("has the index " + spec.Name + " of another program, which lets documents expire")
		}
	}
	return nil
}

// ensureExpiry lets the server expire events where the chain is off, as many days after their
// time as the setting says now; else it takes that away.
func (s *Store) ensureExpiry(ctx context.Context) error {
	if !s.caps.ttl {
		return nil
	}
	seconds := int64(s.opts.RetentionDays) * int64(24*time.Hour/time.Second)
	wanted := s.opts.NoChain && seconds > 0
	for _, coll := range []collection{s.events, s.versions} {
		now, err := expiryOf(ctx, coll)
		if err != nil {
			return err
		}
		switch {
		case wanted && now < 0:
			_, err = coll.Indexes().CreateOne(ctx, mongo.IndexModel{
				Keys:    bson.D{{Key: "timestamp", Value: 1}},
				Options: options.Index().SetName(expiryIndex).SetExpireAfterSeconds(int32(min(seconds, 1<<31-1))),
			})
		case wanted && now != seconds:
			err = s.client.Database(s.opts.Database).RunCommand(ctx, bson.D{
				{Key: "collMod", Value: coll.Name()},
				{Key: "index", Value: bson.D{{Key: "name", Value: expiryIndex}, {Key: "expireAfterSeconds", Value: seconds}}},
			}).Err()
		case !wanted && now >= 0:
			err = coll.Indexes().DropOne(ctx, expiryIndex)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expiryOf tells after how many seconds the server expires documents; -1 if it does not.
func expiryOf(ctx context.Context, coll collection) (int64, error) {
	specs, err := specifications(ctx, coll)
	if err != nil {
		return 0, err
	}
	for _, spec := range specs {
		if spec.Name == expiryIndex && spec.ExpireAfterSeconds != nil {
			return int64(*spec.ExpireAfterSeconds), nil
		}
	}
	return -1, nil
}

// due reports whether something that is done now and then is to be done again, and notes
// that it is.
func (s *Store) due(last *time.Time, every time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if now.Sub(*last) < every {
		return false
	}
	*last = now
	return true
}
