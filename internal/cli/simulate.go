package cli

import (
	"os"
	"path/filepath"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

type simulateCommand struct {
	Seed   uint64  `default:"1" help:"The same seed invents the same tenant and the same events."`
	Users  int     `placeholder:"N" help:"People in the tenant."`
	PerDay int     `placeholder:"N" help:"Events on a working day."`
	Listen string  `default:"127.0.0.1:8443" placeholder:"ADDRESS" help:"Where to listen; all services under one address."`
	CAFile string  `default:"simulator-ca.pem" placeholder:"FILE" help:"Where to write the certificate to trust (AOC_CA_FILE)."`
	Faults float64 `placeholder:"P" help:"Share of requests that go wrong, such as 0.1."`
	Out    string  `placeholder:"DIR" help:"Write event files into this folder instead of listening."`
	Events int     `default:"100000" placeholder:"N" help:"With --out: how many events to write."`
}

func (c *simulateCommand) tenant() tenant.Config {
	return tenant.Config{Seed: c.Seed, Users: c.Users, EventsPerDay: c.PerDay}
}

func (c *simulateCommand) Run(r *runner) error {
	if c.Out != "" {
		return c.write(r)
	}
	cfg := simulator.Config{Tenant: c.tenant(), Listen: c.Listen, OneListener: true, Faults: faults(c.Faults)}
	s, err := simulator.New(cfg)
	if err != nil {
		return err
	}
	if err := s.Start(); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "cli.simulate", "--listen: the address cannot be listened on")
	}
	defer func() { _ = s.Close() }()
	if err := os.WriteFile(c.CAFile, s.CACertPEM(), 0o600); err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "cli.simulate", "--ca-file: cannot be written")
	}
	ca, err := filepath.Abs(c.CAFile)
	if err != nil {
		return err
	}
	r.note("A simulated Microsoft 365 is at %s. Settings for aoc serve or aoc fetch:", s.GraphURL())
	for _, line := range simulatorEnviron(s, ca) {
		r.print("%s", line)
	}
	<-r.ctx.Done()
	return nil
}

// faults spreads a share of faulty requests over the kinds of faults.
func faults(share float64) simulator.Faults {
	p := share / 5
	return simulator.Faults{Throttle429: p, Forbidden429: p, ServerError: p, CutConnection: p, TokenExpired: p}
}

// simulatorEnviron is how AOC is set up to collect from a simulator.
func simulatorEnviron(s *simulator.Server, caFile string) []string {
	return []string{
		"TENANT_ID=" + s.Tenant().ID(),
		"CLIENT_ID=" + s.ClientID(),
		"CLIENT_SECRET=" + s.ClientSecret(),
		"AOC_LOGIN_URL=" + s.LoginURL(),
		"AOC_GRAPH_URL=" + s.GraphURL(),
		"AOC_MANAGE_URL=" + s.ManageURL(),
		"AOC_CA_FILE=" + caFile,
	}
}

// write writes event files for load tests.
func (c *simulateCommand) write(r *runner) error {
	bar := r.newProgress("simulate")
	paths, err := simulator.WriteFiles(r.ctx, simulator.Files{
		Dir: c.Out, Events: c.Events, Tenant: c.tenant(),
		Progress: func(n int) { bar.update(int64(n), int64(c.Events), "%s events written", count(int64(n))) },
	})
	bar.end()
	if err != nil {
		return err
	}
	r.note("%s events in %d files in %s", count(int64(c.Events)), len(paths), c.Out)
	return nil
}

// load reads settings from lines as simulatorEnviron gives them, beside the real ones.
func (r *runner) load(environ []string) (config.Config, error) {
	r.environ = append(r.environ[:len(r.environ):len(r.environ)], environ...)
	return r.settings()
}
