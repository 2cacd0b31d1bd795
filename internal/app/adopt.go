package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"aoc"
	"aoc/internal/adopt"
	"aoc/internal/config"
	"aoc/internal/source/file"
	"aoc/internal/source/managementactivity"
)

// AdoptOptions say what the original's database is, and what it is adopted as.
type AdoptOptions struct {
	// From is where the original's database is. Nothing of it set means where AOC's own is.
	From config.Place
	// Collection is that of the original's events; empty means AOC_MONGO_EVENTS.
	Collection string
	TenantID   string // empty: TENANT_ID
	DryRun     bool
	Progress   func(adopt.Progress)
}

// Adopt takes over the database of the original program into the store that is configured.
// Where both are the same collection, the original's documents are set aside first: they
// would be in AOC's way, and AOC refuses to start.
func Adopt(ctx context.Context, cfg config.Config, opts Options, o AdoptOptions) (report adopt.Report, err error) {
	if o.TenantID == "" {
		o.TenantID = cfg.Tenant.ID
	}
	if o.TenantID != "" {
		if err := checkTenant(o.TenantID); err != nil {
			return report, err
		}
	}
	from, err := o.original(cfg)
	if err != nil {
		return report, err
	}
	original, err := adopt.Connect(ctx, from)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, original.Close()) }()
	work := adopt.Config{
		Original: original, Clock: opts.withDefaults().Clock, Logger: opts.withDefaults().Logger, TenantID: o.TenantID, Recognise: file.Recognise,
		ContentTypes: contentTypesOf(cfg), DryRun: o.DryRun, Progress: o.Progress,
	}
	if o.DryRun {
		return adopt.Adopt(ctx, work)
	}
	own := cfg.Store
	if own.Shared() && from.Database == own.MongoDatabase && from.Events == own.MongoEvents && original.SameServer(own.MongoURI.Reveal()) {
		if err := original.SetAside(ctx); err != nil {
			return report, err
		}
	}
	s, err := openStore(ctx, opts.setup(cfg))
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	work.Store = s
	if report, err = adopt.Adopt(ctx, work); err != nil {
		return report, err
	}
	return report, settle(ctx, s)
}

// contentTypesOf gives the streams of the Management Activity API that are collected.
func contentTypesOf(cfg config.Config) []string {
	if slices.Contains(cfg.Collect.Sources, managementactivity.Collector) {
		return cfg.Collect.ContentTypes
	}
	return nil
}

// original finds the original's database: that which is named, or AOC's own.
func (o AdoptOptions) original(cfg config.Config) (adopt.Place, error) {
	const op = "app.adopt"
	own := cfg.Store
	p := adopt.Place{URI: own.MongoURI.Reveal(), Name: "MONGO_URI", Database: own.MongoDatabase, Events: own.MongoEvents, Own: own.MongoPrefix}
	if o.From.Dir != "" {
		e := aoc.Errorf(aoc.CodeInvalid, op, "--from names a folder: the original keeps its events in a MongoDB")
		e.Hint = "Give its connection string, or env:NAME or file:PATH for one. Folders of AOC are copied by aoc maintenance copy."
		return p, e
	}
	if o.From.Shared() {
		p.Name, p.URI = o.From.Name, o.From.URI.Reveal()
	}
	p.Database, p.Events = cmp.Or(o.From.Database, p.Database), cmp.Or(o.Collection, p.Events)
	if p.URI == "" {
		e := aoc.Errorf(aoc.CodeInvalid, op, "it is not said where the original's database is")
		e.Hint = "Set MONGO_URI, or name it with --from: its connection string, or env:NAME or file:PATH for one."
		return p, e
	}
	return p, nil
}
