// Command load attacks a service of its own in every way that costs an attacker little:
// connections that are slow to send a header, to send a body, or to take an answer; a flood
// of requests with bad tokens and sessions of several kinds; giant queries of somebody who
// has signed in. Meanwhile some who have signed in, too, search and ask for the health of the
// service as usual. It prints what those got, before and during the attack, the peak memory
// of the service, and how often it asked the identity provider for its keys.
//
// People sign in at a simulated tenant in this process; the service is a process of its own.
// The service believes X-Forwarded-For from this machine here, so that every client can have
// an address of its own.
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
)

// options say how much of everything there is.
type options struct {
	dir         string // of the data; made if it is not there
	events      int
	connections int // that the service allows
	requests    int // a second that it allows each address
	slow        int // connections
	flood       int // clients with bad tokens and sessions; half of them with a new address each time
	giants      int // clients with giant queries, all of one person
	attackers   int // addresses that the rest of the attack comes from
	honest      int // clients who search, each somebody else
	quiet       time.Duration
	attack      time.Duration
}

func main() {
	if serving() {
		os.Exit(serve())
	}
	var o options
	flag.StringVar(&o.dir, "dir", "", "data folder, kept; default one that is removed")
	flag.IntVar(&o.events, "events", 200_000, "events in the store")
	flag.IntVar(&o.connections, "connections", 4096, "AOC_MAX_CONNECTIONS of the service")
	flag.IntVar(&o.requests, "requests", 100, "AOC_REQUESTS_PER_SECOND of the service")
	flag.IntVar(&o.slow, "slow", 2000, "slow connections")
	flag.IntVar(&o.flood, "flood", 16, "clients that send bad tokens and sessions as fast as they can")
	flag.IntVar(&o.giants, "giants", 16, "clients that ask giant queries as fast as they can")
	flag.IntVar(&o.attackers, "attackers", 8, "addresses that the attack comes from")
	flag.IntVar(&o.honest, "honest", 4, "clients who search, 5 times a second")
	flag.DurationVar(&o.quiet, "quiet", 10*time.Second, "how long to measure before the attack")
	flag.DurationVar(&o.attack, "attack", time.Minute, "how long to attack")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	r, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	r.print(os.Stdout)
}

// run starts a service, measures, attacks and measures again.
func run(ctx context.Context, o options) (r report, err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "aoc-load-"); err != nil {
			return r, err
		}
		defer os.RemoveAll(o.dir)
	}
	p, err := newProvider(o.dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	data := filepath.Join(o.dir, "data")
	s, err := start(ctx, o, p, data)
	if err != nil {
		return r, err
	}
	defer func() { err = s.stop(err) }()
	all, err := admit(ctx, o, p, s, data)
	if err != nil {
		return r, err
	}
	r.options = o
	if r.quiet, err = measure(ctx, s.addr, all.honest, o.quiet); err != nil {
		return r, err
	}
	if r.quietMemory, err = s.peak(); err != nil {
		return r, err
	}
	err = r.attack(ctx, s, p, all)
	return r, err
}

// attack attacks the service, and measures meanwhile.
func (r *report) attack(ctx context.Context, s *service, p *provider, all people) (err error) {
	before, began := p.asked.Load(), time.Now()
	if before == 0 {
		return errors.New("people have signed in, and nobody has asked for the provider's keys: they are not counted")
	}
	attacking, end := context.WithCancel(ctx)
	a := newAttack(s.addr, r.options, all)
	a.begin(attacking)
	a.waitUntilUp(ctx)
	r.attacked, err = measure(ctx, s.addr, all.honest, r.options.attack)
	r.open = a.open.Load()
	end()
	a.wait()
	r.answers, r.keys, r.took = a.answers, p.asked.Load()-before, time.Since(began)
	if err != nil {
		return err
	}
	r.memory, err = s.peak()
	return err
}
