package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	connection "go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/sqlite"
)

// place is where the events are kept.
type place interface {
	// environ are the settings that make the program use it.
	environ() []string
	open(ctx context.Context, readOnly bool) (store.Store, error)
	there() bool // from an earlier run
	bytes(ctx context.Context) (int64, error)
}

// embedded is a folder with an embedded store.
type embedded string

func (dir embedded) environ() []string { return []string{"AOC_DATA_DIR=" + string(dir)} }

func (dir embedded) open(ctx context.Context, readOnly bool) (store.Store, error) {
	return sqlite.Open(ctx, string(dir), sqlite.Options{ReadOnly: readOnly})
}

func (dir embedded) there() bool {
	_, err := os.Stat(string(dir))
	return err == nil
}

func (dir embedded) bytes(context.Context) (int64, error) { return diskBytes(string(dir)) }

// shared is a database of a MongoDB.
type shared struct{ uri, database, data string }

func onMongoDB(uri, data string) shared {
	return shared{uri, fmt.Sprintf("aoc_bench_%d", time.Now().UnixNano()), data}
}

func (s shared) environ() []string {
	return []string{"MONGO_URI=" + s.uri, "AOC_MONGO_DATABASE=" + s.database, "AOC_DATA_DIR=" + s.data}
}

func (s shared) open(ctx context.Context, readOnly bool) (store.Store, error) {
	return mongo.Open(ctx, s.uri, mongo.Options{Database: s.database, ReadOnly: readOnly})
}

func (shared) there() bool { return false }

// bytes asks the server for what the database takes, indexes included.
func (s shared) bytes(ctx context.Context) (int64, error) {
	opened, err := s.open(ctx, true)
	if err != nil {
		return 0, err
	}
	stats, err := opened.Stats(ctx)
	return stats.Bytes, errors.Join(err, opened.Close())
}

func (s shared) drop(ctx context.Context) error {
	client, err := driver.Connect(connection.Client().ApplyURI(s.uri))
	if err != nil {
		return errors.New("the benchmark's database could not be dropped")
	}
	return errors.Join(client.Database(s.database).Drop(ctx), client.Disconnect(ctx))
}
