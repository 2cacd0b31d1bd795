package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/source/file"
)

// days is the span that the events are spread over, whatever their number.
const days = 90

// dataset is the events: as files, and where they are imported to.
type dataset struct {
	files, store string
	events       int
	seed         uint64
}

// program is the running program over the events.
type program struct {
	app     *app.App
	service *app.Service
	url     string
}

// open runs the program over the events, which are imported if they are not there yet.
func open(ctx context.Context, d dataset) (*program, error) {
	_, err := os.Stat(d.store)
	there := err == nil
	cfg, err := config.Load([]string{"AOC_DATA_DIR=" + d.store, "AOC_LISTEN=127.0.0.1:0"}, "")
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, cfg, app.Options{Offline: true, Version: "bench"})
	if err != nil {
		return nil, err
	}
	p := &program{app: a}
	if there {
		fmt.Printf("The store %s is there already: nothing is imported.\n", d.store)
	} else if err := d.load(ctx, a); err != nil {
		return nil, errors.Join(err, p.stop(context.WithoutCancel(ctx)))
	}
	if p.service, err = a.Start(ctx); err != nil {
		return nil, errors.Join(err, p.stop(context.WithoutCancel(ctx)))
	}
	p.url = "http://" + p.service.Addr().String()
	return p, nil
}

// load makes the files and imports them.
func (d dataset) load(ctx context.Context, a *app.App) error {
	began := time.Now()
	paths, err := simulator.WriteFiles(ctx, simulator.Files{
		Dir: d.files, Events: d.events, Tenant: tenant.Config{Seed: d.seed, EventsPerDay: max(d.events/days, 1)},
	})
	if err != nil {
		return err
	}
	summary, err := a.Import(ctx, file.Options{Paths: paths}, nil)
	if err != nil {
		return err
	}
	if summary.New != int64(d.events) {
		return fmt.Errorf("%d of %d events were imported: %+v", summary.New, d.events, summary.Counts)
	}
	if err := a.Settle(ctx); err != nil {
		return err
	}
	fmt.Printf("%d events were made and imported in %s\n", d.events, time.Since(began).Round(time.Second))
	return nil
}

func (p *program) stop(ctx context.Context) error {
	if p.service != nil {
		return p.service.Stop(ctx)
	}
	return p.app.Stop(ctx)
}

// query is what somebody types.
type query struct {
	name, text string
	// entered is measured from Enter on: the beginning of a field's value is not its value,
	// so the explorer does not search at every letter of it.
	entered bool
}

// queries are made of a stored event by a person.
func (p *program) queries(ctx context.Context) ([]query, error) {
	e, err := p.sample(ctx)
	if err != nil {
		return nil, err
	}
	local, _, _ := strings.Cut(e.Actor.UPN, "@")
	first, _, _ := strings.Cut(local, ".")
	return []query{
		{name: "word of an operation", text: "mailbox"},
		{name: "two words", text: "add member"},
		{name: "first name", text: first},
		{name: "name of an account", text: local},
		{name: "inside of a GUID", text: e.ID[9:23]},
		{name: "whole GUID", text: e.ID},
		{name: "address", text: e.ClientIP},
		{name: "either", text: "inboxrule OR forwarding"},
		{name: "nothing like it", text: "zyzzogeton"},
		{name: "actor, Enter", text: "actor:" + e.Actor.UPN, entered: true},
		{name: "operation, Enter", text: `operation:"` + e.Operation + `"`, entered: true},
		{name: "result and word, Enter", text: "result:failure role", entered: true},
		{name: "wildcard, Enter", text: "operation:*InboxRule*", entered: true},
		{name: "changes by people, Enter", text: "is:change kind:person", entered: true},
	}, nil
}

// sample gives an event by a person from an address, from the middle of the time.
func (p *program) sample(ctx context.Context) (aoc.Event, error) {
	params := console.SearchParams{PageSize: 500}
	params.ActorKind = []string{string(aoc.ActorPerson)}
	for range 20 {
		page, err := p.app.Console().Search(ctx, params)
		if err != nil {
			return aoc.Event{}, err
		}
		for _, e := range page.Items {
			if strings.Contains(e.Actor.UPN, ".") && strings.Contains(e.ClientIP, ".") && len(e.ID) == 36 {
				return e, nil
			}
		}
		if params.Cursor = page.NextCursor; params.Cursor == "" {
			break
		}
	}
	return aoc.Event{}, errors.New("there are too few events to take queries from")
}
