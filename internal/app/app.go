// Package app puts AOC together: it reads the configuration, makes the store, the
// sources, the collector and the adapters, and starts and stops them in order. It is the
// only place that knows which implementation stands behind an interface; it decides
// nothing else.
package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"aoc"
	"aoc/internal/assistant"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/detect"
	"aoc/internal/directory"
	"aoc/internal/fleet"
	"aoc/internal/forward"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/ingest"
	"aoc/internal/m365"
	"aoc/internal/mcpserver"
	"aoc/internal/notify"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Options are what the configuration does not say.
type Options struct {
	Version string
	Logger  *slog.Logger
	Clock   aoc.Clock // nil: the machine's
	// ReadOnly makes an App that only looks at the store, beside a process that writes.
	ReadOnly bool
	// Offline leaves out the sources that ask Microsoft, as for an import.
	Offline bool

	process string // the name of this process
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = aoc.SystemClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.process == "" {
		o.process = fleet.ProcessName()
	}
	return o
}

// App is AOC put together. Stop must be called.
type App struct {
	cfg       config.Config
	opts      Options
	store     store.Store
	fleet     *fleet.Fleet
	client    *m365.Client        // nil: no tenant is configured
	names     *directory.Resolver // nil: off
	collector *ingest.Collector   // nil: no tenant is configured
	notifiers *notify.Dispatcher
	console   *console.Console
	assistant *assistant.Assistant
	mcp       *mcpserver.HTTP // nil: off
	trail     *trail.Trail    // nil: nobody signs in
	metrics   *metrics.Metrics
	forwarder *forward.Forwarder
	cleanups  []cleanup
}

// cleanup undoes one step of start-up.
type cleanup struct {
	name string
	do   func(ctx context.Context) error
}

// New makes an App that does nothing yet. On error nothing is left behind.
func New(ctx context.Context, cfg config.Config, opts Options) (*App, error) {
	a := &App{cfg: cfg, opts: opts.withDefaults(), metrics: metrics.New(opts.Version)}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	s, err := openStore(ctx, a.opts.setup(a.cfg))
	if err != nil {
		return err
	}
	a.store = s
	a.onStop("store", func(context.Context) error { return s.Close() })
	a.fleet = fleet.New(fleet.Config{
		Store: s, Clock: a.opts.Clock, Logger: a.opts.Logger, Process: a.opts.process, Shared: a.cfg.Store.Shared(),
	})
	if err := a.buildCollector(ctx); err != nil {
		return err
	}
	if a.cfg.Auth.Enabled && !a.opts.ReadOnly {
		a.trail = trail.New(trail.Config{Log: a.store, Clock: a.opts.Clock, Logger: a.opts.Logger, TenantID: strings.ToLower(a.cfg.SignInTenant())})
		a.onStop("audit trail", a.trail.Close)
	}
	if a.forwarder, err = a.newForwarder(); err != nil {
		return err
	}
	if a.notifiers, err = a.newDispatcher(); err != nil {
		return err
	}
	a.console, err = console.New(console.Config{
		Notifiers: a.notifiers, SecretNames: a.cfg.Secrets.Names(),
		Trail: a.trail,
		Store: a.store, Fleet: a.fleet, Collector: a.collector, Names: a.ingestNames(), NamesStatus: a.namesStatus(),
		Clock: a.opts.Clock, Logger: a.opts.Logger, Features: a.features(), SignIn: a.cfg.Auth.Enabled, Uploads: a.uploads(), RuleEnv: ruleEnv(a.cfg),
		Forwarder: a.forwarder,
	})
	if err != nil {
		return err
	}
	a.onStop("console", a.console.Close)
	if a.assistant, err = a.newAssistant(); err != nil {
		return err
	}
	a.metrics.Watch(a.console, a.opts.Clock)
	a.metrics.WatchSinks(a.forwarder)
	a.metrics.WatchNotifiers(a.notifiers)
	if a.cfg.Detect.AlertsEnabled {
		a.metrics.WatchDetection(func(ctx context.Context) (store.Lag, error) { return detect.LagOf(ctx, a.store) }, a.opts.Clock)
	}
	return nil
}

func (a *App) features() console.Features {
	var sources []string
	if a.cfg.Collects() {
		sources = a.cfg.Collect.Sources
	}
	host, model := a.modelHost(), ""
	if host != "" {
		model = a.cfg.AI.LLMModel
	}
	return console.Features{
		AIProvider: host, AIModel: model,
		Version: a.opts.Version, Store: storeName(a.cfg), AuthEnabled: a.cfg.Auth.Enabled, AIEnabled: a.aiOn(), AlertsEnabled: a.cfg.Detect.AlertsEnabled,
		PeriodicFetchEnabled: a.cfg.Collect.Periodic, FetchIntervalMinutes: a.cfg.Collect.IntervalMinutes,
		RetentionDays: a.cfg.Collect.RetentionDays, WebhookEnabled: a.cfg.Collect.WebhookClientState.IsSet(),
		Cloud: a.cfg.Upstream.Cloud, Sources: sources,
	}
}

// collectsByItself reports whether this process collects without being asked.
func (a *App) collectsByItself() bool {
	return a.cfg.Collect.Periodic && a.cfg.Collects() && !a.opts.Offline
}

// buildCollector makes the collector with its sources. Without a tenant, or offline, it
// has none: it then only tells what the ledger knows.
func (a *App) buildCollector(ctx context.Context) error {
	collect := ingest.Config{
		Store: a.store, Fleet: a.fleet, Relay: a.cfg.Store.Shared() && !a.collectsByItself(),
		Clock: a.opts.Clock, Logger: a.opts.Logger, Observer: a.metrics,
		FirstFetch: a.cfg.Collect.FirstFetch(), Workers: a.cfg.Collect.Workers,
		KeepLedger: time.Duration(a.cfg.Collect.RetentionDays) * 24 * time.Hour,
	}
	if a.cfg.Collects() && !a.opts.Offline {
		client, err := newClient(a.cfg, a.opts, a.metrics)
		if err != nil {
			return err
		}
		a.client = client
		collect.Sources, err = newSources(upstream{cfg: a.cfg, client: client, clock: a.opts.Clock, log: a.opts.Logger})
		if err != nil {
			return err
		}
		names := directory.Config{
			Cache: a.store, Clock: a.opts.Clock, TenantID: a.cfg.Tenant.ID, Logger: a.opts.Logger,
		}
		if a.cfg.Collect.NamesOn() {
			names.Client = client
		}
		a.names = directory.New(names)
		if err := a.names.Load(ctx, a.cfg.Tenant.ID); err != nil {
			return err
		}
	}
	collect.Names = a.ingestNames()
	collector, err := ingest.New(collect)
	if err != nil {
		return err
	}
	a.collector = collector
	a.onStop("collector", collector.Close)
	return nil
}

// ingestNames gives the names, or a nil interface.
func (a *App) ingestNames() ingest.Names {
	if a.names == nil {
		return nil
	}
	return a.names
}

// namesStatus tells how looking names up does; nil where it is not done.
func (a *App) namesStatus() func() console.NamesStatus {
	if a.names == nil {
		return nil
	}
	return func() console.NamesStatus {
		s := a.names.Status()
		return console.NamesStatus{Enabled: s.Enabled, Reason: s.Reason, Hint: s.Hint, Known: s.Known}
	}
}

// Process is the name of this process among those that share its store.
func (a *App) Process() string { return a.opts.process }

// PublicAddress is where people reach the service.
func (a *App) PublicAddress() string { return a.cfg.Server.PublicAddress() }

// StoreName is the kind of store that is used.
func (a *App) StoreName() string { return storeName(a.cfg) }

// Console is the operator's use-cases.
func (a *App) Console() *console.Console { return a.console }

// onStop adds a step of Stop.
func (a *App) onStop(name string, do func(ctx context.Context) error) {
	a.cleanups = append(a.cleanups, cleanup{name, do})
}

// Stop undoes everything in reverse order. What is in hand is finished or cleanly
// abandoned, at the latest when ctx ends.
func (a *App) Stop(ctx context.Context) error {
	var errs []error
	for len(a.cleanups) > 0 {
		last := a.cleanups[len(a.cleanups)-1]
		a.cleanups = a.cleanups[:len(a.cleanups)-1]
		if err := last.do(ctx); err != nil {
			errs = append(errs, err)
			a.opts.Logger.Error("a part could not be stopped cleanly", "part", last.name, "error", err)
		}
	}
	return errors.Join(errs...)
}
