package app

import (
	"context"
	"errors"
	"net"
	"net/http"

	"golang.org/x/sync/errgroup"

	"aoc"
	"aoc/internal/control"
	"aoc/internal/httpapi"
	"aoc/internal/retention"
	"aoc/web"
)

// Service is a running App.
type Service struct {
	app   *App
	group *errgroup.Group
	end   context.CancelFunc
	addr  net.Addr
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
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	tasks, err := control.Serve(run, a.cfg.Store.DataDir, a.work)
	if err != nil {
		end()
		listener.Close()
		return nil, err
	}
	a.onStop("control", func(context.Context) error { return tasks.Close() })
	a.onStop("api", func(ctx context.Context) error {
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
	// Streams never end by themselves, and the API waits for its answers to end.
	a.onStop("streams", a.console.Close)
	s := &Service{app: a, group: &errgroup.Group{}, end: end, addr: listener.Addr()}
	s.group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the API ended")
		}
		return nil
	})
	s.group.Go(func() error { return a.housekeep(run) })
	if a.names != nil {
		s.group.Go(func() error { return a.refreshNames(run) })
	}
	if a.cfg.Collect.RetentionDays > 0 {
		s.group.Go(func() error {
			return retention.Run(run, retention.Config{
				Store: a.store, Clock: a.opts.Clock, Logger: a.opts.Logger, Days: a.cfg.Collect.RetentionDays,
			})
		})
	}
	if a.cfg.Collect.Periodic && a.cfg.Collects() && !a.opts.Offline {
		s.group.Go(func() error {
			if err := a.collector.Periodic(run, a.cfg.Collect.Interval()); err != nil && run.Err() == nil {
				return err
			}
			return nil
		})
	}
	return s, nil
}

func (a *App) server() (*http.Server, error) {
	screens, err := web.New()
	if err != nil {
		return nil, err
	}
	handler, err := httpapi.New(httpapi.Config{
		Console: a.console, Metrics: a.metrics, Logger: a.opts.Logger, Version: a.opts.Version, Clock: a.opts.Clock,
		CORSOrigins: a.cfg.Server.CORSOrigins, AllowedHosts: a.cfg.Server.AllowedHosts(),
		WebhookClientState: a.cfg.Collect.WebhookClientState.Reveal(), Fallback: screens,
	})
	if err != nil {
		return nil, err
	}
	return httpapi.NewServer(a.cfg.Server.Listen, handler, a.opts.Logger), nil
}

// OpenAPI gives the description of the API as indented JSON.
func OpenAPI(version string) ([]byte, error) { return httpapi.OpenAPI(version) }

// Addr is where the API listens.
func (s *Service) Addr() net.Addr { return s.addr }

// Stop ends the service and its App.
func (s *Service) Stop(ctx context.Context) error {
	s.end()
	err := s.app.Stop(ctx)
	return errors.Join(err, s.group.Wait())
}
