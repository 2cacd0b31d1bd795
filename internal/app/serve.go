package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/control"
	"aoc/internal/edge"
	"aoc/internal/httpapi"
	"aoc/web"
)

// Service is a running App.
type Service struct {
	app        *App
	group      *errgroup.Group
	background sync.WaitGroup
	end        context.CancelFunc
	addr       net.Addr
}

// Start runs the service: the API, periodic collection, retention, housekeeping, and the
// listener for work from other processes. It returns once the API accepts connections.
func (a *App) Start(ctx context.Context) (*Service, error) {
	const op = "app.start"
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Server.Listen)
	if err != nil {
		e := aoc.Errorf(aoc.CodeUnavailable, op, "AOC_LISTEN: %s cannot be listened on", a.cfg.Server.Listen)
		e.Cause, e.Hint = err, "Another program may use the port; choose another address in AOC_LISTEN."
		return nil, e
	}
	server, err := a.server()
	if err != nil {
		listener.Close()
		return nil, err
	}
	listener = a.limited(listener)
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	if err := a.takeTasks(run); err != nil {
		end()
		listener.Close()
		return nil, err
	}
	a.onStop("api", func(ctx context.Context) error {
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
	// Streams never end by themselves, and the API waits for its answers to end.
	a.onStop("streams", a.console.Close)
	if a.mcp != nil {
		a.onStop("mcp", a.mcp.Close)
	}
	s := &Service{app: a, group: &errgroup.Group{}, end: end, addr: listener.Addr()}
	s.group.Go(func() error {
		serve := func() error { return server.Serve(listener) }
		if server.TLSConfig != nil {
			serve = func() error { return server.ServeTLS(listener, "", "") }
		}
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the API ended")
		}
		return nil
	})
	a.ownUploads()
	s.begin(run)
	return s, nil
}

// begin starts what goes on beside the API, until ctx ends.
func (s *Service) begin(ctx context.Context) {
	a := s.app
	always := func(do func(ctx context.Context)) { s.background.Go(func() { do(ctx) }) }
	duty := func(name string, work func(ctx context.Context) error) {
		always(func(ctx context.Context) { a.fleet.Duty(ctx, name, work) })
	}
	always(a.fleet.Monitor)
	always(a.housekeep)
	always(a.bury)
	if a.trail != nil {
		always(a.trail.Run)
	}
	if a.cfg.Auth.Enabled {
		duty(dutySessions, a.dropSessions)
	}
	always(func(ctx context.Context) { _ = a.forwarder.Run(ctx) }) // ends with ctx alone
	always(func(ctx context.Context) { _ = a.notifiers.Run(ctx) }) // ends with ctx alone
	if a.cfg.Detect.AlertsEnabled {
		duty(dutyDetection, a.detect)
	}
	if a.names != nil {
		duty(dutyNames, a.refreshNames)
		if a.fleet.Shared() {
			always(a.reloadNames)
		}
	}
	if a.cfg.Collect.RetentionDays > 0 && a.cfg.Store.Chained() { // else the database lets events expire
		duty(dutyRetention, a.expire)
	}
	switch {
	case a.collectsByItself():
		always(func(ctx context.Context) { a.collector.Periodic(ctx, a.cfg.Collect.Interval()) })
	case a.fleet.Shared():
		always(a.collector.RelayHints)
	}
	// Before anything else ends: other processes take over as soon as the leases are free.
	a.onStop("duties", s.rest)
}

// rest ends what goes on beside the API.
func (s *Service) rest(ctx context.Context) error {
	s.end()
	done := make(chan struct{})
	go func() {
		s.background.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takeTasks lets other processes hand over work, where this one is the only one that can
// write.
func (a *App) takeTasks(ctx context.Context) error {
	if a.fleet.Shared() {
		return nil
	}
	tasks, err := control.Serve(ctx, a.cfg.Store.DataDir, a.work)
	if err != nil {
		return err
	}
	a.onStop("control", func(context.Context) error { return tasks.Close() })
	return nil
}

func (a *App) server() (*http.Server, error) {
	screens, err := web.New()
	if err != nil {
		return nil, err
	}
	keeper, err := a.newKeeper()
	if err != nil {
		return nil, err
	}
	handler, err := httpapi.New(httpapi.Config{
		Keeper: keeper, PublicAddress: a.cfg.Server.PublicAddress(),
		Console: a.console, Assistant: a.offered(), Metrics: a.metrics, Logger: a.opts.Logger, Version: a.opts.Version, Clock: a.opts.Clock,
		CORSOrigins: a.cfg.Server.CORSOrigins, AllowedHosts: a.cfg.Server.AllowedHosts(),
		WebhookClientState: a.cfg.Collect.WebhookClientState.Reveal(), Fallback: screens, MCP: a.mcpHandler(keeper),
		Proxies: a.proxies(), Limits: httpapi.Limits{RequestsPerSecond: a.cfg.Server.RequestsPerSecond, Searches: a.cfg.Server.Searches},
	})
	if err != nil {
		return nil, err
	}
	server := httpapi.NewServer(a.cfg.Server.Listen, handler, a.opts.Logger)
	if !a.cfg.Server.TLS() {
		return server, nil
	}
	certificate, err := edge.LoadCertificate(a.cfg.Server.TLSCertFile, a.cfg.Server.TLSKeyFile, a.opts.Clock, func(err error) {
		a.opts.Logger.Error("the new certificate cannot be used, the old one stays", "error", err)
	})
	if err != nil {
		return nil, err
	}
	server.TLSConfig = certificate.Config()
	return server, nil
}

func (a *App) proxies() edge.Proxies {
	return edge.Proxies{Trusted: a.cfg.Server.Proxies(), Hosts: a.cfg.Server.Hosts}
}

// limited puts the limits of connections on a listener.
func (a *App) limited(l net.Listener) net.Listener {
	proxies := a.proxies()
	return edge.Limit(l, edge.ConnLimits{
		Total: a.cfg.Server.Connections, PerClient: a.cfg.Server.ClientConnections,
		Shared: func(addr netip.Addr) bool { return addr.IsLoopback() || proxies.Trusts(addr) },
	})
}

// OpenAPI gives the description of the API as indented JSON.
func OpenAPI(version string) ([]byte, error) { return httpapi.OpenAPI(version) }

// Addr is where the API listens.
func (s *Service) Addr() net.Addr { return s.addr }

// URL is the address of the service for this machine.
func (s *Service) URL() string {
	if s.app.cfg.Server.TLS() {
		return "https://" + s.addr.String()
	}
	return "http://" + s.addr.String()
}

// Stop ends the service and its App.
func (s *Service) Stop(ctx context.Context) error {
	err := s.app.Stop(ctx)
	return errors.Join(err, s.group.Wait())
}
