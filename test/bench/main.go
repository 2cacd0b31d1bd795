// Command bench measures what AOC does with many events: how fast they are imported, what
// they take on disk and in memory, and how long the questions take that people ask. It
// goes the way a user goes: event files, the import, the console. With -victorialogs it
// asks VictoriaLogs the same.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"
)

type options struct {
	events       int
	dir          string
	seed         uint64
	mongo        string
	victoriaLogs string
	cpuProfile   string
}

func main() {
	var o options
	flag.IntVar(&o.events, "n", 1_000_000, "`number` of events, spread over 90 days")
	flag.StringVar(&o.dir, "dir", "", "keep event files and store in this `folder`; a store that is there already is not imported again")
	flag.Uint64Var(&o.seed, "seed", 1, "decides the events")
	flag.StringVar(&o.mongo, "mongo", "", "measure the MongoDB at this `URI`, or in the variable that env:NAME names, in a database of its own that is dropped at the end, instead of the embedded store")
	flag.StringVar(&o.victoriaLogs, "victorialogs", "", "`path` of a victoria-logs binary to compare with")
	flag.StringVar(&o.cpuProfile, "cpuprofile", "", "write one CPU profile for the import and one for each question, to `prefix`.NAME.pprof")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.events <= 0 {
		return errors.New("-n must be positive")
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "aoc-bench-*"); err != nil {
			return err
		}
		defer os.RemoveAll(o.dir)
	}
	d := dataset{files: filepath.Join(o.dir, "files"), place: embedded(filepath.Join(o.dir, "store")), events: o.events, seed: o.seed}
	if o.mongo != "" {
		if name, ok := strings.CutPrefix(o.mongo, "env:"); ok {
			o.mongo = os.Getenv(name)
		}
		shared := onMongoDB(o.mongo, filepath.Join(o.dir, "data"))
		defer func() { err = errors.Join(err, shared.drop(context.WithoutCancel(ctx))) }()
		d.place = shared
	}
	if d.place.there() {
		fmt.Printf("The store in %s is there already: nothing is imported.\n", o.dir)
		// What an interrupted run left is measured as it is; the number tells.
	} else if err := d.load(ctx, o.cpuProfile); err != nil {
		return err
	}
	bench, err := openBench(ctx, d.place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bench.store.Close()) }()
	stats, err := bench.store.Stats(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("asked about  %12d events of %s to %s\n", stats.Events, stats.Oldest.Format(time.DateOnly), stats.Newest.Format(time.DateOnly))
	qs, err := bench.questions(ctx)
	if err != nil {
		return err
	}
	var vl *victoriaLogs
	if o.victoriaLogs != "" {
		if vl, err = startVictoriaLogs(ctx, o.victoriaLogs); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, vl.stop()) }()
		if err := vl.load(ctx, d.files, bench.store); err != nil {
			return err
		}
	}
	return ask(ctx, qs, vl, o.cpuProfile)
}

// profiled writes a CPU profile of f, if wanted.
func profiled(prefix, name string, f func() error) error {
	if prefix == "" {
		return f()
	}
	out, err := os.Create(prefix + "." + name + ".pprof")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(err, out.Close())
	}
	err = f()
	pprof.StopCPUProfile()
	return errors.Join(err, out.Close())
}
