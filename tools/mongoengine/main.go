// Command mongoengine serves the MongoDB wire protocol on one machine, for tests on machines
// that have no mongod: FerretDB with its SQLite backend. It understands what AOC asks of a
// MongoDB, on a few thousand documents; it says nothing about speed, and knows neither
// transactions nor expiry. It ends with its standard input when -with-stdin is given, so
// that it does not outlive the test that started it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	dir := flag.String("dir", "", "folder for the data; empty keeps it in memory")
	withStdin := flag.Bool("with-stdin", false, "end when standard input does")
	flag.Parse()
	url := "file:./?mode=memory"
	if *dir != "" {
		if err := os.MkdirAll(*dir, 0o700); err != nil {
			return err
		}
		url = "file:" + *dir + "/"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *withStdin {
		var end context.CancelFunc
		ctx, end = context.WithCancel(ctx)
		go func() {
			defer end()
			_, _ = io.Copy(io.Discard, os.Stdin)
		}()
	}
	f, err := ferretdb.New(&ferretdb.Config{Listener: ferretdb.ListenerConfig{TCP: *listen}, Handler: "sqlite", SQLiteURL: url})
	if err != nil {
		return err
	}
	fmt.Println(f.MongoDBURI())
	if err := f.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
