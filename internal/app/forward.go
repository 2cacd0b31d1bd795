package app

import (
	"context"
	"crypto/tls"
	"path/filepath"

	"aoc"
	"aoc/internal/egress"
	"aoc/internal/forward"
	"aoc/internal/m365"
	"aoc/internal/sink"
	"aoc/internal/sink/kinds"
)

// siemID names the sink of the settings SIEM_ENABLED and SIEM_WEBHOOK_URL.
const siemID = "siem"

// newForwarder makes what takes events to sinks.
func (a *App) newForwarder() (*forward.Forwarder, error) {
	r, err := a.receivers(a.cfg.SIEM.SIEMWebhookURL.Reveal())
	if err != nil {
		return nil, err
	}
	deps := r.deps
	if dir := a.cfg.Store.DataDir; dir != "" {
		deps.Folder = filepath.Join(dir, "sinks")
	}
	return forward.New(forward.Config{
		Store: a.store, Duties: a.fleet, Kinds: kinds.All(), Deps: deps, Sinks: a.sinks, CheckAddress: r.policy.Check, Shared: a.fleet.Shared(),
		Clock: a.opts.Clock, Logger: a.opts.Logger, Observer: a.metrics.Sinks(),
	}), nil
}

// receivers is how those who take events and alerts are reached.
type receivers struct {
	policy *egress.Policy
	deps   sink.Deps
	tls    *tls.Config // nil: the usual
}

// receivers gives what receivers are reached by: where the operator permits it, and at
// addresses that are set by the operator.
func (a *App) receivers(addresses ...string) (receivers, error) {
	policy, err := egress.New(a.cfg.Upstream.Allowed...)
	if err != nil {
		return receivers{}, err
	}
	policy = policy.With(addresses...)
	base, err := m365.NewTransport(a.cfg.Upstream.CAFile)
	if err != nil {
		return receivers{}, err
	}
	return receivers{policy: policy, tls: base.TLSClientConfig, deps: sink.Deps{
		HTTP: policy.Client(base), Dial: policy.DialContext, Secrets: a.cfg.Secrets.Find, Clock: a.opts.Clock, Version: a.opts.Version,
	}}, nil
}

// sinks gives the sinks that are set, by people and by settings.
func (a *App) sinks(ctx context.Context) ([]sink.Config, error) {
	all, err := forward.KeptSinks(ctx, a.store)
	if err != nil {
		return nil, err
	}
	if a.cfg.SIEM.SIEMEnabled {
		all = append(all, sink.Config{
			ID: siemID, Kind: "webhook", Name: "SIEM_WEBHOOK_URL", Enabled: true,
			Origins:  []aoc.Origin{aoc.OriginCollected, aoc.OriginBackfilled}, // all that Microsoft gives
			Settings: map[string]string{"url": a.cfg.SIEM.SIEMWebhookURL.Reveal(), "format": "single"},
		})
	}
	return all, nil
}
