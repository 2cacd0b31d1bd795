// Command mongoengine serves the MongoDB wire protocol on one machine, for tests on machines
// that have no mongod: FerretDB with its SQLite backend. It understands what AOC asks of a
// MongoDB, on a few thousand documents; it says nothing about speed, and knows neither
// transactions nor expiry. The first line it prints is its connection string.
//
// The data are in the folder of -dir, which stays, or in one that ends with the process: in
// TMPDIR where that is set, else in memory where the machine has /dev/shm. SQLite's own memory mode is not offered:
// each of its connections would be a database of its own, so FerretDB allows itself one
// connection, and an update, which writes while it still reads, waits for a second one for
// ever.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 chooses a free one")
	dir := flag.String("dir", "", "folder for the data, which stays; without it the data end with the process")
	withStdin := flag.Bool("with-stdin", false, "end when standard input does, and so with the process that holds its other end")
	verbose := flag.Bool("v", false, "log what is asked, rather than problems alone")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("mongoengine takes flags alone, not %q", flag.Args())
	}
	if err := run(*listen, *dir, *withStdin, *verbose); err != nil {
		log.Fatal("mongoengine: ", err)
	}
}

func run(listen, dir string, withStdin, verbose bool) error {
	dir, remove, err := dataFolder(dir)
	if err != nil {
		return err
	}
	defer remove()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if withStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	engine, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: listen},
		Logger:   logger(verbose),
		Handler:  "sqlite",
		// Nothing has to outlive a power cut. The others are FerretDB's own.
		SQLiteURL: "file:" + dir + "/?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)",
	})
	if err != nil {
		return err
	}
	fmt.Println(engine.MongoDBURI())
	go indexByID(ctx, dir, logger(verbose))
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	<-ctx.Done()
	select { // it waits for what is being asked, which may hang
	case err = <-ended:
	case <-time.After(goodbye):
	}
	return err
}

// goodbye is how long the engine may take to end. SQLite loses nothing when it is cut short.
const goodbye = 500 * time.Millisecond

// dataFolder returns the folder for the data, and what removes it if it is nobody's.
func dataFolder(dir string) (string, func(), error) {
	if dir != "" {
		return dir, func() {}, os.MkdirAll(dir, 0o700)
	}
	parent := os.Getenv("TMPDIR")
	if info, err := os.Stat("/dev/shm"); parent == "" && err == nil && info.IsDir() {
		parent = "/dev/shm"
	}
	dir, err := os.MkdirTemp(parent, "aoc-mongoengine-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

func logger(verbose bool) *slog.Logger {
	level := slog.LevelError
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
