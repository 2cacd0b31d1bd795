package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

type demoCommand struct {
	Listen string `placeholder:"ADDRESS" help:"Where the API listens; default AOC_LISTEN or 127.0.0.1:8000."`
	Seed   uint64 `default:"1" help:"The same seed invents the same tenant and the same events."`
	Users  int    `default:"2000" help:"People in the tenant."`
	PerDay int    `default:"4000" placeholder:"N" help:"Events on a working day."`
	Auth   bool   `help:"Let only those in who sign in, with the simulated tenant as the identity provider and people of different roles."`
	Once   bool   `help:"Collect once, tell the counts and end."`
}

// Run starts a simulated Microsoft 365 and the service in one process; the service
// collects from it over HTTPS as it would from Microsoft.
func (c *demoCommand) Run(r *runner) (err error) {
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: c.Seed, Users: c.Users, EventsPerDay: c.PerDay}, OneListener: true, PlainLogin: c.Auth,
		GraphHistory: 7 * 24 * time.Hour, ManagementHistory: 7*24*time.Hour - 2*time.Hour,
		// A demo shall not wait for Microsoft's limits.
		Limits: simulator.Limits{GraphReports: -1, Risks: -1, Management: -1}, StartInterval: -1, BlobInterval: 15 * time.Minute, BlobRecords: 100,
	})
	if err != nil {
		return err
	}
	if err := sim.Start(); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "cli.demo", "the simulated tenant cannot listen on this machine")
	}
	defer func() { _ = sim.Close() }()
	dir, err := c.folder(r)
	if err != nil {
		return err
	}
	caFile := filepath.Join(dir, "simulator-ca.pem")
	if err := os.WriteFile(caFile, sim.CACertPEM(), 0o600); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "cli.demo", "the data folder cannot be written")
	}
	environ := append(simulatorEnviron(sim, caFile), "AOC_DATA_DIR="+dir, "MONGO_URI=", "MONGO_URI_FILE=", "FETCH_INTERVAL_MINUTES=1", "AOC_LOG_LEVEL=warn", "AOC_CREDENTIAL=secret",
		"ENABLE_PERIODIC_FETCH=true", "AOC_WORKERS=8", "ALERTS_ENABLED=true", "AI_FEATURES_ENABLED=true",
		"AOC_SOURCES=directoryaudit,intuneaudit,managementactivity,riskdetection,signin")
	if c.Auth {
		environ = append(environ, signInEnviron(sim)...)
	}
	if c.Listen != "" {
		environ = append(environ, "AOC_LISTEN="+c.Listen)
	}
	r.grammar.Data, r.grammar.EnvFile = "", ""
	cfg, err := r.load(environ)
	if err != nil {
		return err
	}
	r.note("A simulated Microsoft 365 tenant (%s people, 7 days of history) is at %s.", count(int64(c.Users)), sim.GraphURL())
	if c.Once {
		return (&fetchCommand{}).Run(r)
	}
	return r.serve(cfg, func(a *app.App) error { return enableRules(r, a) }, func(s *app.Service, a *app.App) { c.welcome(r, s, a, dir) })
}

// enableRules has AOC's own rules judge what is collected.
func enableRules(r *runner, a *app.App) error {
	report, err := a.LoadRules(r.ctx, nil, console.Pack{}, true)
	if err == nil {
		r.note("%s of AOC's own files of rules judge what is collected.", count(int64(report.CanFire)))
	}
	return err
}

// signInEnviron are the settings to let people of the simulated tenant sign in.
func signInEnviron(sim *simulator.Server) []string {
	roles := []string{"AOC.Reader", "AOC.Analyst", "AOC.Manager"}
	return []string{
		"AUTH_ENABLED=true", "AOC_AUTH_ISSUER=" + sim.PlainLoginURL() + "/" + sim.Tenant().ID() + "/v2.0", "AUTH_CLIENT_ID=" + sim.AuthClientID(),
		"AOC_AUTH_CLIENT_SECRET=" + sim.AuthClientSecret(), "AOC_AUTH_AUDIENCES=" + sim.AuthURI(),
		"AOC_AUTH_READERS=" + roles[0], "AOC_AUTH_ANALYSTS=" + roles[1], "AOC_AUTH_MANAGERS=" + roles[2],
	}
}

// folder gives the data folder: the one that was asked for, or a new temporary one.
func (c *demoCommand) folder(r *runner) (string, error) {
	if dir := r.grammar.Data; dir != "" {
		return dir, os.MkdirAll(dir, 0o700)
	}
	return os.MkdirTemp("", "aoc-demo-")
}

// welcome shows the first collection and then what to open and what to try.
func (c *demoCommand) welcome(r *runner, s *app.Service, a *app.App, dir string) {
	bar := r.newProgress("collecting 7 days")
	bar.every = time.Second
	report, err := a.Fetch(r.ctx, 0, nil, func(p ingest.Report) {
		done, total, counts := fetchProgress(p)
		bar.update(done, total, "%s records read, %s new, %s duplicate", count(counts.Read), count(counts.New), count(counts.Duplicate))
	})
	bar.end()
	if err != nil {
		if r.ctx.Err() == nil {
			r.fail(err)
		}
		return
	}
	r.tellFetch(report)
	url := s.URL()
	if c.Auth {
		url = a.PublicAddress()
	}
	aocCommand := "aoc"
	if exe, err := os.Executable(); err == nil && filepath.Base(filepath.Dir(exe)) == "exe" {
		aocCommand = "go run ./cmd/aoc" // started by go run
	}
	fmt.Fprintf(r.err, `
AOC is running and collects every minute. Open:
  %[1]s/                               find, read and review events
  %[1]s/alerts                         what rules have found
  %[1]s/sources                        how every source is
  %[1]s/docs                           the API, to try in the browser
In another terminal:
  %[2]s --data %[3]s search "Global Administrator" --limit 10
  %[2]s --data %[3]s search --operation "New-InboxRule" --since 168h
  %[2]s --data %[3]s coverage
Ctrl-C ends it. The data stays in %[3]s.
`, url, aocCommand, dir)
	if c.Auth {
		r.note("Sign in as one of the people that are shown: a manager, an analyst, a reader, or somebody whom AOC does not let in.")
	}
}
