// Package demo runs the real program in this process, over a store of its own, for tests
// and pictures of its screens: with a simulated tenant that it collects from, or with
// nothing but what is imported.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/ingest"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// Options say what to run.
type Options struct {
	// Dir is an empty folder for the store.
	Dir string
	// Tenant, if set, is simulated and collected.
	Tenant *tenant.Config
	// History is how much of it there is to collect; default 7 days.
	History time.Duration
	// Settings are more settings, such as "AOC_IMPORT_MAX_MB=1".
	Settings []string
	// Logger hears the program; nil: nobody does.
	Logger *slog.Logger
}

// Server is the running program.
type Server struct {
	// URL is its origin.
	URL string
	// App is the program put together.
	App *app.App
	// Clock is the one that the program goes by.
	Clock *Clock
	// Settings are those that another process needs to work with the same store and tenant.
	Settings []string

	service   *app.Service
	simulator *simulator.Server
}

// Start runs the program, and collects once if there is a tenant.
func Start(ctx context.Context, o Options) (*Server, error) {
	s := &Server{Clock: NewClock(Moment())}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	s.Settings = slices.Concat([]string{"AOC_DATA_DIR=" + o.Dir, "AOC_LISTEN=127.0.0.1:0", "AOC_LOG_LEVEL=warn"}, o.Settings)
	if o.Tenant != nil {
		if err := s.simulate(o); err != nil {
			return err
		}
	}
	cfg, err := config.Load(s.Settings, "")
	if err != nil {
		return err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if s.App, err = app.New(ctx, cfg, app.Options{Version: "demo", Logger: o.Logger, Clock: s.Clock}); err != nil {
		return err
	}
	if s.service, err = s.App.Start(ctx); err != nil {
		return errors.Join(err, s.App.Stop(context.WithoutCancel(ctx)))
	}
	s.URL = "http://" + s.service.Addr().String()
	if s.simulator != nil {
		s.Clock.hurry.Store(true)
		_, err := s.Collect(ctx)
		s.Clock.hurry.Store(false)
		if err != nil {
			return err
		}
	}
	return s.App.Settle(ctx)
}

// simulate starts the simulated Microsoft 365.
func (s *Server) simulate(o Options) (err error) {
	if o.History == 0 {
		o.History = 7*24*time.Hour - 2*time.Hour
	}
	s.simulator, err = simulator.New(simulator.Config{
		Tenant: *o.Tenant, OneListener: true, Clock: s.Clock,
		GraphHistory: o.History, ManagementHistory: o.History,
		Limits: simulator.Limits{GraphReports: -1, Management: -1}, StartInterval: -1, BlobInterval: time.Hour, BlobRecords: 100,
	})
	if err != nil {
		return err
	}
	if err := s.simulator.Start(); err != nil {
		return err
	}
	ca := filepath.Join(o.Dir, "simulator-ca.pem")
	if err := os.WriteFile(ca, s.simulator.CACertPEM(), 0o600); err != nil {
		return err
	}
	sim := s.simulator
	s.Settings = append(s.Settings,
		"TENANT_ID="+sim.Tenant().ID(), "CLIENT_ID="+sim.ClientID(), "CLIENT_SECRET="+sim.ClientSecret(), "AOC_CREDENTIAL=secret",
		"AOC_LOGIN_URL="+sim.LoginURL(), "AOC_GRAPH_URL="+sim.GraphURL(), "AOC_MANAGE_URL="+sim.ManageURL(), "AOC_CA_FILE="+ca,
		"AOC_WORKERS=8")
	return nil
}

// Collect collects what the simulated tenant has to tell by now.
func (s *Server) Collect(ctx context.Context) (ingest.Report, error) {
	report, err := s.App.Fetch(ctx, 0, nil, nil)
	if err == nil && !report.Complete {
		err = fmt.Errorf("the collection is not complete: %+v", report.Counts)
	}
	return report, err
}

// Stop ends the program and the simulated tenant.
func (s *Server) Stop(ctx context.Context) error {
	var errs []error
	if s.service != nil {
		errs = append(errs, s.service.Stop(ctx))
	}
	if s.simulator != nil {
		errs = append(errs, s.simulator.Close())
	}
	return errors.Join(errs...)
}
