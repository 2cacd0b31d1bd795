// Package mongo keeps AOC's data in MongoDB, where one machine is outgrown or a MongoDB is
// there already. Any number of processes may use one database.
//
// Events are documents of one collection, named as the API names their fields. What changes
// them is written to a log first: a collection of entries with consecutive numbers, in which
// the unique _id decides who was first (log.go). An entry is committed when it is inserted,
// with all that it changes; it is then applied to the collections, which can be repeated by
// anybody, and only after that the next one may be inserted. So the order of the log, the
// chain over it and what is a duplicate rest on one atomic operation of the server, whatever
// becomes of a process, its lease or its clock.
//
// The ledger, checkpoints and fences have a log of the same kind (ledgerlog.go). Searching
// is described in plan.go. The package uses what MongoDB 6 and later offer, and asks at start
// what is not there on every server that speaks the protocol.
package mongo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"aoc"
	"aoc/internal/store"
)

// Options are what a store needs to know beside its address; zero values are fine.
type Options struct {
	Database string // micro_soc
	Events   string // the collection of events; events
	Prefix   string // of all other collections; aoc_
	Clock    aoc.Clock
	Logger   *slog.Logger
	// Process names this process in leases and entries; made of host, number and chance when
	// empty.
	Process string
	// ReadOnly refuses to write, and makes no collections or indexes.
	ReadOnly bool
	// NoChain leaves the chain out, and lets the server expire events RetentionDays after
	// their time. It must be the same as long as a database lives.
	NoChain       bool
	RetentionDays int
	// Timeout bounds every single operation; 0 means 20 seconds.
	Timeout time.Duration

	// step is called between the steps of a change, by tests that let processes die or sleep
	// there; an error is what becomes of the change.
	step func(ctx context.Context, point string, e *entry) error
	// rollUp keeps roll-ups where the server reads everything for every question, too; for tests.
	rollUp bool
	// monitor is told of every command, by tests that let processes sleep before one.
	monitor *event.CommandMonitor
}

func (o Options) withDefaults() Options {
	set := func(s *string, to string) {
		if *s == "" {
			*s = to
		}
	}
	set(&o.Database, "micro_soc")
	set(&o.Events, "events")
	set(&o.Prefix, "aoc_")
	if o.Clock == nil {
		o.Clock = aoc.SystemClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Process == "" {
		host, _ := os.Hostname()
		o.Process = fmt.Sprintf("%s/%d-%s", host, os.Getpid(), rand.Text()[:6])
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	return o
}

// Store implements [store.Store].
type Store struct {
	opts   Options
	clock  aoc.Clock
	slog   *slog.Logger
	client *mongo.Client
	caps   capabilities

	events, versions, parts, edits, documents, words *mongo.Collection
	windows, units, feeds, checkpoints               *mongo.Collection
	quarantine, names, reports, leases, sessions     *mongo.Collection
	items                                            *mongo.Collection
	meta, rollups                                    *mongo.Collection

	log    *journal // of events and what people add to them
	ledger *journal // of windows, units, checkpoints and fences

	vocabulary vocabulary
	scanned    scanned
	rolling    rolling
	hints      logHints
	knownFeeds sync.Map // of aoc.Feed

	mu    sync.Mutex
	swept time.Time // when leftovers were last looked for
	// sweptTo is the earlier version of an event up to which that was.
	sweptTo string
	held    heldLeases

	closing sync.Once
	closed  context.CancelFunc
	running context.Context //nolint:containedctx // ends with the store
}

var _ store.Store = (*Store)(nil)

// capabilities is what the server can do.
type capabilities struct {
	// scans says that the server finds documents quickly by a whole text _id only, does not
	// apply a filter and an update in one, and hangs on many updates at once: FerretDB with
	// SQLite, which serves tests where there is no MongoDB.
	scans bool
	// ttl says that the server can expire documents.
	ttl bool
	// replicaSet says that several servers keep the data.
	replicaSet bool
	version    string
}

// Open connects to a database and makes what is missing in it. Codes: invalid for an
// address that cannot be used or a database that something else is in, unavailable when it
// cannot be reached.
func Open(ctx context.Context, uri string, opts Options) (*Store, error) {
	const op = "mongo.open"
	opts = opts.withDefaults()
	client, err := connect(uri, opts)
	if err != nil {
		return nil, err
	}
	s := &Store{opts: opts, clock: opts.Clock, slog: opts.Logger, client: client}
	s.running, s.closed = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(s.fault(err, op), s.Close())
	}
	return s, nil
}

func connect(uri string, opts Options) (*mongo.Client, error) {
	const op = "mongo.open"
	client, err := mongo.Connect(options.Client().ApplyURI(uri).
		SetAppName("aoc").
		SetWriteConcern(journaled()).
		SetReadConcern(readconcern.Local()).
		SetReadPreference(readpref.Primary()).
		SetRetryWrites(true).SetRetryReads(true).
		SetServerSelectionTimeout(opts.Timeout / 2).
		SetTimeout(opts.Timeout).
		SetMonitor(opts.monitor).
		SetBSONOptions(&options.BSONOptions{NilSliceAsEmpty: true}))
	if err != nil {
		// The text of the error may hold the address with its password.
		e := aoc.Errorf(aoc.CodeInvalid, op, "MONGO_URI: not an address that a MongoDB client can use")
		e.Hint = "It reads mongodb://user:password@host:27017/?replicaSet=… or mongodb+srv://…; special characters in the password are written as %XX."
		return nil, e
	}
	return client, nil
}

// journaled is the write concern of everything: a majority of servers have it on disk.
func journaled() *writeconcern.WriteConcern {
	yes := true
	return &writeconcern.WriteConcern{W: "majority", Journal: &yes}
}

// name makes the handles of collections.
func (s *Store) name() {
	db := s.client.Database(s.opts.Database)
	s.events = db.Collection(s.opts.Events)
	for name, c := range map[string]**mongo.Collection{
		"versions": &s.versions, "parts": &s.parts, "edits": &s.edits, "documents": &s.documents, "words": &s.words,
		"windows": &s.windows, "units": &s.units, "feeds": &s.feeds, "checkpoints": &s.checkpoints, "quarantine": &s.quarantine, "names": &s.names,
		"reports": &s.reports, "sessions": &s.sessions, "items": &s.items, "leases": &s.leases, "meta": &s.meta, "rollups": &s.rollups,
	} {
		*c = db.Collection(s.opts.Prefix + name)
	}
	// Entries count when a majority of servers has them. What is applied to the other
	// collections comes from such entries alone, so that reading what one server has shows
	// nothing that could vanish; and a server that says that an entry has been applied has
	// what was applied, for it got that before.
	committed := options.Collection()
	if s.caps.replicaSet {
		committed.SetReadConcern(readconcern.Majority())
	}
	s.log = &journal{s: s, coll: db.Collection(s.opts.Prefix+"log", committed), apply: s.applyEntry}
	s.ledger = &journal{s: s, coll: db.Collection(s.opts.Prefix+"ledger", committed), apply: s.applyLedger, keep: ledgerKept}
}

// prepare looks at the server and the database.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.probe(ctx); err != nil {
		return err
	}
	s.name()
	if err := s.checkForeign(ctx); err != nil {
		return err
	}
	if !s.opts.ReadOnly {
		if err := s.ensureIndexes(ctx); err != nil {
			return err
		}
		if err := s.ensureExpiry(ctx); err != nil {
			return err
		}
	}
	if err := s.checkMeta(ctx); err != nil {
		return err
	}
	return s.startRolling(ctx)
}

// probe asks the server what it is.
func (s *Store) probe(ctx context.Context) error {
	var build struct {
		Version string `bson:"version"`
		Ferret  string `bson:"ferretdbVersion"`
	}
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	db := s.client.Database(s.opts.Database)
	if err := db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return err
	}
	if err := db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&build); err != nil {
		return err
	}
	s.caps = capabilities{
		scans: build.Ferret != "", ttl: build.Ferret == "", version: build.Version,
		replicaSet: hello.SetName != "" || hello.Msg == "isdbgrid",
	}
	return nil
}

// Stats implements [store.Store].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	const op = "mongo.stats"
	var st store.Stats
	var err error
	if st.Events, err = s.countEvents(ctx); err != nil {
		return st, s.fault(err, op)
	}
	if st.Quarantined, err = s.quarantine.EstimatedDocumentCount(ctx); err != nil {
		return st, s.fault(err, op)
	}
	for _, end := range []struct {
		order int
		time  *time.Time
	}{{1, &st.Oldest}, {-1, &st.Newest}} {
		var d eventDoc
		err := s.events.FindOne(ctx, isEvent(), options.FindOne().SetSort(timeOrder(end.order)).SetProjection(bson.D{{Key: "at", Value: 1}})).Decode(&d)
		if errors.Is(err, mongo.ErrNoDocuments) {
			break
		}
		if err != nil {
			return st, s.fault(err, op)
		}
		*end.time = fromNanos(d.At)
	}
	var size struct {
		Storage float64 `bson:"storageSize"`
		Index   float64 `bson:"indexSize"`
	}
	if err := s.client.Database(s.opts.Database).RunCommand(ctx, bson.D{{Key: "dbStats", Value: 1}}).Decode(&size); err != nil {
		return st, s.fault(err, op)
	}
	st.Bytes = int64(size.Storage + size.Index)
	return st, nil
}

// countEvents counts the events, without the tombstones.
func (s *Store) countEvents(ctx context.Context) (int64, error) {
	all, err := s.events.EstimatedDocumentCount(ctx)
	if err != nil {
		return 0, err
	}
	gone, err := s.tombstones(ctx)
	return max(0, all-gone), err
}

// isEvent is the filter of documents that are events.
func isEvent() bson.D {
	return bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: store.MinTime.UnixNano()}}}}
}

// timeOrder is the order of searches: 1 oldest first, -1 newest first.
func timeOrder(order int) bson.D {
	return bson.D{{Key: "at", Value: order}, {Key: "tie", Value: order}}
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	return s.fault(s.client.Ping(ctx, readpref.Primary()), "mongo.ping")
}

// Close implements [store.Store].
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		s.held.releaseAll(s)
		s.closed()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = s.fault(s.client.Disconnect(ctx), "mongo.close")
	})
	return err
}

// pass goes by a point between two steps of a change.
func (s *Store) pass(ctx context.Context, point string, e *entry) error {
	if s.opts.step == nil {
		return nil
	}
	return s.opts.step(ctx, point, e)
}

// Server tells what the store talks to, for people.
func (s *Store) Server() string {
	switch {
	case s.caps.scans:
		return "FerretDB " + s.caps.version
	case s.caps.replicaSet:
		return "MongoDB " + s.caps.version + ", replica set"
	}
	return "MongoDB " + s.caps.version + ", one server"
}

// fault gives an error of the driver a code and words. Errors of this program pass.
func (s *Store) fault(err error, op string) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*aoc.Error](err); ours {
		return err
	}
	e := &aoc.Error{Op: op, Cause: err}
	command, isCommand := errors.AsType[mongo.CommandError](err)
	switch {
	case errors.Is(err, context.Canceled):
		e.Code, e.Message = aoc.CodeUnavailable, "the question to the database was given up"
	case isCommand && (command.Code == 18 || command.Code == 13): // AuthenticationFailed, Unauthorized
		e.Code, e.Message = aoc.CodeUnavailable, "the database refuses this program's credentials"
		e.Hint = "Check user, password and authSource in MONGO_URI; the user needs the role readWrite on the database."
	case unreachable(err):
		e.Code, e.Message = aoc.CodeUnavailable, "the database cannot be reached"
		e.Hint = "Check that MongoDB runs, has a primary, and that MONGO_URI names it. What was asked for can be tried again."
	default:
		e.Code, e.Message = aoc.CodeInternal, "the database answered with a fault"
	}
	return e
}

// unreachable reports whether an error says that the server could not be asked, or may have
// done what was asked without an answer.
func unreachable(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || mongo.IsTimeout(err) || mongo.IsNetworkError(err) {
		return true
	}
	if s := mongo.ServerError(nil); errors.As(err, &s) {
		for _, label := range []string{"RetryableWriteError", "RetryableReadError", "TransientTransactionError"} {
			if s.HasErrorLabel(label) {
				return true
			}
		}
		// Primary stepped down, node recovering or shutting down, write concern timed out.
		for _, code := range []int{11600, 11602, 10107, 13435, 13436, 189, 91, 7, 6, 89, 9001, 64, 262, 50} {
			if s.HasErrorCode(code) {
				return true
			}
		}
		return false
	}
	_, noServer := errors.AsType[topology.ServerSelectionError](err)
	return noServer || errors.Is(err, mongo.ErrClientDisconnected)
}
