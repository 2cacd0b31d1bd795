// Command fill makes a database as the original program left it, to try aoc maintenance
// adopt by hand:
//
//	go run ./test/original/fill -uri mongodb://127.0.0.1:27017 -database micro_soc -events 1000
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/test/original"
)

func main() {
	uri := flag.String("uri", "mongodb://127.0.0.1:27017", "MongoDB")
	database := flag.String("database", "micro_soc", "database, which must be empty")
	events := flag.Int("events", 1000, "ordinary events, beside the awkward ones")
	flag.Parse()
	if err := fill(context.Background(), *uri, *database, *events); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func fill(ctx context.Context, uri, database string, events int) error {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer client.Disconnect(ctx) //nolint:errcheck // the program ends
	all := original.Documents(events)
	taken, err := original.Fill(ctx, client.Database(database), "events", all)
	if err != nil {
		return err
	}
	fmt.Printf("%d documents of events in %s; %d more the server did not take\n", len(taken), database, len(all)-len(taken))
	return nil
}
