// Package demo runs the real program in this process, over a store of its own, for tests
// and pictures of its screens: with a simulated tenant that it collects from, or with
// nothing but what is imported.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/console"
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
	// SignIn lets in only those who sign in, with the tenant as the identity provider: its
	// managers, analysts (by their group, too) and readers. It needs a tenant.
	SignIn bool
	// Rename changes what the people are called who can sign in.
	Rename func(*simulator.People)
	// Alerts judges by AOC's own rules from the first event on.
	Alerts bool
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
	// People are those of the tenant who can sign in.
	People simulator.People

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
	if o.Alerts {
		s.Settings = append(s.Settings, "ALERTS_ENABLED=true")
	}
	if o.Tenant != nil {
		if err := s.simulate(o); err != nil {
			return err
		}
	}
	if o.SignIn {
		if err := s.letIn(ctx); err != nil {
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
	if o.Alerts {
		if _, err := s.App.Console().LoadStarter(local(ctx), true); err != nil {
			return errors.Join(err, s.App.Stop(context.WithoutCancel(ctx)))
		}
	}
	if s.service, err = s.App.Start(ctx); err != nil {
		return errors.Join(err, s.App.Stop(context.WithoutCancel(ctx)))
	}
	s.URL = "http://" + s.service.Addr().String()
	if o.SignIn {
		s.URL = s.App.PublicAddress()
	}
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
		Tenant: *o.Tenant, Auth: simulator.AuthConfig{Rename: o.Rename}, OneListener: true, PlainLogin: o.SignIn, Clock: s.Clock,
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

// letIn makes people of the simulated tenant sign in. They are sent back to an address that
// has to be known before the program listens.
func (s *Server) letIn(ctx context.Context) error {
	if s.simulator == nil {
		return errors.New("nobody can sign in without a tenant")
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	sim := s.simulator
	s.People = sim.People()
	s.Settings = append(s.Settings,
		"AOC_LISTEN="+address, "AUTH_ENABLED=true", "AOC_AUTH_ISSUER="+sim.PlainLoginURL()+"/"+sim.Tenant().ID()+"/v2.0",
		"AUTH_TENANT_ID="+sim.Tenant().ID(), "AUTH_CLIENT_ID="+sim.AuthClientID(), "AOC_AUTH_CLIENT_SECRET="+sim.AuthClientSecret(),
		"AOC_AUTH_READERS=AOC.Reader", "AOC_AUTH_ANALYSTS=AOC.Analyst,"+sim.RoleGroups().Analysts, "AOC_AUTH_MANAGERS=AOC.Manager")
	return nil
}

// freeAddress is one of this machine on which nobody listens.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// SignInOrigin is where people are sent to sign in.
func (s *Server) SignInOrigin() string { return s.simulator.PlainLoginURL() }

// Collect collects what the simulated tenant has to tell by now.
func (s *Server) Collect(ctx context.Context) (ingest.Report, error) {
	report, err := s.App.Fetch(local(ctx), 0, nil, nil)
	if err == nil && !report.Complete {
		err = fmt.Errorf("the collection is not complete: %+v", report.Counts)
	}
	return report, err
}

// MakeToken makes an API token, as the command line does.
func (s *Server) MakeToken(ctx context.Context, spec console.TokenSpec) error {
	_, err := s.App.MakeToken(local(ctx), spec)
	return err
}

// local says that somebody asks who has access to the machine.
func local(ctx context.Context) context.Context { return console.WithCaller(ctx, console.Local("")) }

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
