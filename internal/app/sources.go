package app

import (
	"log/slog"
	"slices"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/intuneaudit"
	"aoc/internal/source/managementactivity"
	"aoc/internal/source/riskdetection"
	"aoc/internal/source/signin"
)

// upstream is what sources that ask Microsoft are made of.
type upstream struct {
	cfg    config.Config
	client *m365.Client
	clock  aoc.Clock
	log    *slog.Logger
}

// collectors is every source that AOC_SOURCES can name, by the name of its folder. The
// source of files is not among them: it is made for each import.
var collectors = []struct {
	name string
	make func(u upstream) ([]source.Source, error)
}{
	{directoryaudit.Collector, func(u upstream) ([]source.Source, error) {
		return []source.Source{directoryaudit.New(u.client)}, nil
	}},
	{intuneaudit.Collector, func(u upstream) ([]source.Source, error) {
		return []source.Source{intuneaudit.New(u.client)}, nil
	}},
	{managementactivity.Collector, contentTypes},
	{riskdetection.Collector, func(u upstream) ([]source.Source, error) {
		return []source.Source{riskdetection.New(u.client)}, nil
	}},
	{signin.Collector, func(u upstream) ([]source.Source, error) {
		return []source.Source{signin.New(u.client)}, nil
	}},
}

// contentTypes makes one source for each content type of the Management Activity API.
func contentTypes(u upstream) ([]source.Source, error) {
	var sources []source.Source
	for _, contentType := range u.cfg.Collect.ContentTypes {
		s, err := managementactivity.New(managementactivity.Config{
			Client: u.client, ContentType: contentType, Publisher: u.cfg.Upstream.PublisherID, Clock: u.clock, Logger: u.log,
		})
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// newSources makes the sources that are switched on.
func newSources(u upstream) ([]source.Source, error) {
	var sources []source.Source
	for _, c := range collectors {
		if !slices.Contains(u.cfg.Collect.Sources, c.name) {
			continue
		}
		made, err := c.make(u)
		if err != nil {
			return nil, err
		}
		sources = append(sources, made...)
	}
	return sources, nil
}

// newClient signs in to nothing yet; it makes the one client of the configured tenant.
func newClient(cfg config.Config, o Options, observer m365.Observer) (*m365.Client, error) {
	cloud, err := cloudOf(cfg)
	if err != nil {
		return nil, err
	}
	transport, err := m365.NewHTTPClient(cfg.Upstream.CAFile)
	if err != nil {
		return nil, err
	}
	credential, err := m365.NewCredential(credentials(cfg), cloud, transport)
	if err != nil {
		return nil, err
	}
	return m365.New(m365.Config{
		Cloud: cloud, TenantID: cfg.Tenant.ID, Credential: credential, Clock: o.Clock, HTTP: transport,
		Logger: o.Logger, Observer: observer, UserAgent: "aoc/" + o.Version,
	})
}

// cloudOf is where Microsoft 365 is found.
func cloudOf(cfg config.Config) (m365.Cloud, error) {
	cloud, err := m365.ParseCloud(cfg.Upstream.Cloud)
	if err != nil {
		return cloud, err
	}
	return cloud.With(cfg.Upstream.LoginURL, cfg.Upstream.GraphURL, cfg.Upstream.ManageURL)
}

// credentials are those of the configured application.
func credentials(cfg config.Config) m365.Credentials {
	return m365.Credentials{
		Method: m365.Method(cfg.Tenant.Method()), TenantID: cfg.Tenant.ID, ClientID: cfg.Tenant.ClientID,
		Secret: cfg.Tenant.ClientSecret.Reveal(), CertificateFile: cfg.Tenant.CertificateFile,
		CertificatePassword: cfg.Tenant.CertificatePassword.Reveal(),
	}
}
