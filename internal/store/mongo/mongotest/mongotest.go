// Package mongotest gives tests a MongoDB, and a proxy that cuts processes off from it.
//
// The server is the first of these that there is:
//
//  1. the one that AOC_TEST_MONGO_URI names: a MongoDB 6 or later, best a replica set, whose
//     user may create and drop databases named aoc_test_…;
//  2. mongod, named by AOC_MONGOD or found in PATH, started once for each test process as a
//     replica set of one node, so that majority and transactions are real;
//  3. the engine of tools/mongoengine (FerretDB), named by AOC_MONGO_ENGINE or built into
//     its folder by make mongoengine, started once for each test process. It knows what
//     things mean, on a few thousand documents, and nothing about speed.
//
// Without any of them tests skip and say how to get one; with AOC_REQUIRE_MONGO=1 they fail.
// What is started here ends with the test process, however that ends, and takes its data,
// which are in memory where the machine has /dev/shm, along.
package mongotest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// shared is the one server of this test process.
var shared = sync.OnceValues(provide)

// URI returns the connection string of a MongoDB that lives at least as long as the test.
// All tests of a process share it: use a database of your own (see Database).
func URI(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNone) && os.Getenv("AOC_REQUIRE_MONGO") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.uri
}

// Database returns the connection string and the name of a database that is this test's
// alone. It does not exist yet, and is dropped when the test ends.
func Database(t testing.TB) (uri, database string) {
	t.Helper()
	uri, database = URI(t), databaseName(t.Name())
	t.Cleanup(func() {
		err := withClient(uri, func(ctx context.Context, client *mongo.Client) error {
			return client.Database(database).Drop(ctx)
		})
		if err != nil {
			t.Errorf("the test's database %s was not dropped: %v", database, err)
		}
	})
	return uri, database
}

// IsReal tells whether the server is a real MongoDB, rather than the engine that stands in
// for one.
func IsReal(t testing.TB) bool {
	t.Helper()
	URI(t)
	s, _ := shared()
	return s.real
}

// Real skips the test unless the server is a real MongoDB, rather than the engine that
// stands in for one: for plans of queries, transactions, expiry, speed.
func Real(t testing.TB) {
	t.Helper()
	if !IsReal(t) {
		t.Skip("this needs a real MongoDB: set AOC_TEST_MONGO_URI, or AOC_MONGOD to a mongod")
	}
}

// databaseName makes a name that no other test run uses, from at most 30 letters and digits
// of the test's: MongoDB allows 63 bytes.
func databaseName(test string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(test))
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	return "aoc_test_" + name[:min(len(name), 30)] + "_" + hex.EncodeToString(random)
}

// isReal asks the server whether it is a MongoDB: FerretDB names itself in its build.
func isReal(uri string) (real bool, err error) {
	err = withClient(uri, func(ctx context.Context, client *mongo.Client) error {
		var info bson.M
		if err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&info); err != nil {
			return err
		}
		_, old := info["ferretdbVersion"]
		_, ferret := info["ferretdb"]
		real = !old && !ferret
		return nil
	})
	return real, err
}

// withClient runs do with a client of its own, for at most patience.
func withClient(uri string, do func(context.Context, *mongo.Client) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetServerSelectionTimeout(patience))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()
	return do(ctx, client)
}

// patience is how long a server may take to start or to answer, on a busy machine.
const patience = 60 * time.Second
