package app

import (
	"context"
	"crypto"
	"crypto/rsa"
	"net/http"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/config"
	"aoc/internal/directory"
	"aoc/internal/egress"
	"aoc/internal/httpapi"
	"aoc/internal/m365"
)

// newKeeper makes what recognises whoever asks; nil where nobody signs in.
func (a *App) newKeeper() (*auth.Keeper, error) {
	if !a.cfg.Auth.Enabled {
		return nil, nil
	}
	provider, err := a.newProvider()
	if err != nil {
		return nil, err
	}
	k := &auth.Keeper{Provider: provider, Gate: a.newGate(), Tokens: auth.NewTokens(a.store, a.opts.Clock)}
	if a.cfg.Auth.Browser() {
		k.SignIn, err = a.newSignIn(provider)
	}
	return k, err
}

// newProvider makes the identity provider: Entra ID, or the one that is named.
func (a *App) newProvider() (p *auth.Provider, err error) {
	cfg, err := a.providerConfig()
	if err != nil {
		return nil, err
	}
	if cfg.HTTP, err = a.outgoing(cfg.Discovery...); err != nil {
		return nil, err
	}
	return auth.NewProvider(cfg)
}

// outgoing gives a client for addresses that answers from elsewhere name, and for those that
// are set here, wherever they are.
func (a *App) outgoing(set ...string) (*http.Client, error) {
	policy, err := egress.New(a.cfg.Upstream.Allowed...)
	if err != nil {
		return nil, err
	}
	base, err := m365.NewTransport(a.cfg.Upstream.CAFile)
	if err != nil {
		return nil, err
	}
	return policy.With(set...).Client(base), nil
}

func (a *App) providerConfig() (auth.ProviderConfig, error) {
	c := a.cfg.Auth
	p := auth.ProviderConfig{Issuer: c.Issuer, Audiences: slices.Concat([]string{c.AuthClientID}, c.Audiences), Clock: a.opts.Clock, Logger: a.opts.Logger}
	if c.Issuer != "" {
		p.Discovery = []string{strings.TrimSuffix(c.Issuer, "/") + "/.well-known/openid-configuration"}
		return p, nil
	}
	cloud, err := cloudOf(a.cfg)
	if err != nil {
		return p, err
	}
	p.TenantID = strings.ToLower(a.cfg.SignInTenant())
	p.Audiences = append(p.Audiences, "api://"+c.AuthClientID)
	// Tokens of both versions are from one tenant, under two issuers.
	base := strings.TrimSuffix(cloud.Login, "/") + "/" + p.TenantID
	p.Discovery = []string{base + "/v2.0/.well-known/openid-configuration", base + "/.well-known/openid-configuration"}
	return p, nil
}

func (a *App) newGate() *auth.Gate {
	c := a.cfg.Auth
	gate := auth.GateConfig{AllowedRoles: c.AllowedRoles, AllowedGroups: c.AllowedGroups, Roles: c.Roles(), Tenants: c.BoundTo()}
	if a.client != nil && strings.EqualFold(a.cfg.SignInTenant(), a.cfg.Tenant.ID) {
		gate.Memberships = directory.NewMembers(a.client, a.opts.Clock)
	}
	return auth.NewGate(gate)
}

func (a *App) newSignIn(provider *auth.Provider) (*auth.SignIn, error) {
	c := a.cfg.Auth
	certificate, err := signInCertificate(c)
	if err != nil {
		return nil, err
	}
	return auth.NewSignIn(auth.SignInConfig{
		Provider: provider, ClientID: c.AuthClientID, Secret: c.AuthClientSecret.Reveal(), Certificate: certificate,
		Redirect: a.cfg.Server.PublicAddress() + httpapi.CallbackPath, Sessions: a.store, Clock: a.opts.Clock,
		Idle: time.Duration(c.IdleMinutes) * time.Minute, Absolute: time.Duration(c.SessionHours) * time.Hour,
	})
}

// signInCertificate reads the certificate that AOC proves itself with; nil for none.
func signInCertificate(c config.Auth) (*auth.Certificate, error) {
	if c.AuthCertificateFile == "" {
		return nil, nil
	}
	chain, key, err := m365.ReadCertificate(c.AuthCertificateFile, c.AuthCertificatePassword.Reveal())
	if err != nil {
		return nil, err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok || len(chain) == 0 {
		e := aoc.Errorf(aoc.CodeInvalid, "app.sign_in", "AOC_AUTH_CERTIFICATE_FILE: the key is not an RSA key")
		e.Hint = "Entra ID takes certificates with RSA keys."
		return nil, e
	}
	return &auth.Certificate{Leaf: chain[0], Key: crypto.Signer(private)}, nil
}

const (
	dutySessions  = "sessions"
	sessionsEvery = 10 * time.Minute
)

// dropSessions forgets sessions that are over, until ctx ends.
func (a *App) dropSessions(ctx context.Context) error {
	for a.opts.Clock.Sleep(ctx, sessionsEvery) == nil {
		if _, err := a.store.DropSessions(ctx, a.opts.Clock.Now()); err != nil && ctx.Err() == nil {
			a.opts.Logger.Debug("sessions that are over were not dropped", "error", err)
		}
	}
	return nil
}
