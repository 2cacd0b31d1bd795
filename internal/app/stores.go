package app

import (
	"context"
	"log/slog"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/store/mongo"
	"aoc/internal/store/sqlite"
	"aoc/internal/transfer"
)

// The names of the stores, as the API tells them.
const (
	storeSQLite  = "sqlite"
	storeMongoDB = "mongodb"
)

const (
	// storeWait is how long a start waits for a database that is not there yet, as when both
	// start together. Then the program ends with the reason, and whoever supervises it (compose,
	// systemd, Kubernetes) starts it again.
	storeWait = 30 * time.Second
	// storeTry bounds one attempt, storeRest lies between two.
	storeTry  = 10 * time.Second
	storeRest = 2 * time.Second
)

// setup is what stores are made of.
type setup struct {
	cfg      config.Config
	clock    aoc.Clock
	log      *slog.Logger
	process  string
	readOnly bool
}

// setup is what the store of a configuration is made of.
func (o Options) setup(cfg config.Config) setup {
	o = o.withDefaults()
	return setup{cfg: cfg, clock: o.Clock, log: o.Logger, process: o.process, readOnly: o.ReadOnly}
}

// stores is every store there is: the first that is chosen is used.
var stores = []struct {
	folder, name string
	chosen       func(config.Store) bool
	open         func(ctx context.Context, s setup) (transfer.Store, error)
}{
	{"mongo", storeMongoDB, config.Store.Shared, openMongoDB},
	{"sqlite", storeSQLite, func(config.Store) bool { return true }, openSQLite},
}

// storeName is the name of the store that the settings choose.
func storeName(cfg config.Config) string {
	for _, s := range stores {
		if s.chosen(cfg.Store) {
			return s.name
		}
	}
	return ""
}

// openStore opens the store that the settings choose, and waits a while for one that is not
// there yet.
func openStore(ctx context.Context, s setup) (transfer.Store, error) {
	for _, known := range stores {
		if known.chosen(s.cfg.Store) {
			return known.open(ctx, s)
		}
	}
	return nil, aoc.Errorf(aoc.CodeInternal, "app.store", "no store is chosen")
}

func openSQLite(ctx context.Context, s setup) (transfer.Store, error) {
	return sqlite.Open(ctx, s.cfg.Store.DataDir, sqlite.Options{
		ReadOnly: s.readOnly, CacheBytes: int64(s.cfg.Store.CacheMB) << 20, Clock: s.clock, Process: s.process,
	})
}

func openMongoDB(ctx context.Context, s setup) (transfer.Store, error) {
	began := s.clock.Now()
	for {
		opened, err := tryMongoDB(ctx, s)
		waited := s.clock.Now().Sub(began)
		if err == nil || aoc.CodeOf(err) != aoc.CodeUnavailable || ctx.Err() != nil || waited >= storeWait {
			return opened, err
		}
		s.log.WarnContext(ctx, "waiting for the database", "waited", waited.Round(time.Second), "at_most", storeWait, "error", aoc.MessageOf(err))
		if err := s.clock.Sleep(ctx, storeRest); err != nil {
			return nil, err
		}
	}
}

func tryMongoDB(ctx context.Context, s setup) (transfer.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTry)
	defer cancel()
	m := s.cfg.Store
	opened, err := mongo.Open(ctx, m.MongoURI.Reveal(), mongo.Options{
		Database: m.MongoDatabase, Events: m.MongoEvents, Prefix: m.MongoPrefix, Clock: s.clock, Logger: s.log,
		Process: s.process, ReadOnly: s.readOnly, NoChain: !m.Chained(), RetentionDays: s.cfg.Collect.RetentionDays,
	})
	if err != nil {
		return nil, err // not opened, which is a pointer: an interface that holds nil is not nil
	}
	return opened, nil
}
