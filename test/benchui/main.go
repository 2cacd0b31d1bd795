// Command benchui measures how fast the explorer answers while somebody types: it imports
// generated events, opens the explorer in Chromium, types queries letter by letter, and
// measures in the browser from each change of the search box to the frame in which its
// rows are painted. It also tells what the first load weighs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"aoc/test/ui/browser"
)

type options struct {
	events  int
	dir     string
	seed    uint64
	rounds  int
	only    string
	pause   time.Duration
	verbose bool
}

func main() {
	var o options
	flag.IntVar(&o.events, "n", 1_000_000, "`number` of events, spread over 90 days")
	flag.StringVar(&o.dir, "dir", "", "keep event files and store in this `folder`, as test/bench does; a store that is there already is not imported again")
	flag.Uint64Var(&o.seed, "seed", 1, "decides the events")
	flag.StringVar(&o.only, "only", "", "only the queries with this in their `name`")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each query is typed")
	flag.DurationVar(&o.pause, "pause", 100*time.Millisecond, "pause between the paint of one letter and the next letter")
	flag.BoolVar(&o.verbose, "v", false, "print every letter")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "benchui:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.events <= 0 || o.rounds <= 0 {
		return errors.New("-n and -rounds must be positive")
	}
	path, err := browser.Path()
	if err != nil {
		return err
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "aoc-benchui-*"); err != nil {
			return err
		}
		defer os.RemoveAll(o.dir)
	}
	p, err := open(ctx, dataset{
		files: filepath.Join(o.dir, "files"), store: filepath.Join(o.dir, "store"), events: o.events, seed: o.seed,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop(context.WithoutCancel(ctx))) }()
	queries, err := p.queries(ctx)
	if err != nil {
		return err
	}
	chromium, err := browser.Start(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, chromium.Close()) }()
	return measure(chromium, p, queries, o)
}
