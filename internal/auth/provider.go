package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"aoc"
)

// ProviderConfig says whose tokens are accepted, and for whom they must be meant.
type ProviderConfig struct {
	// Discovery are the addresses of the provider's OpenID configurations. Tokens of every
	// issuer that they name are accepted; people sign in at the first.
	Discovery []string
	// Issuer is what the configuration must name as its issuer, character by character; empty
	// for Entra ID, whose issuers are named by the configurations of the tenant.
	Issuer string
	// TenantID is what a token's claim tid must be, and a part of the issuers; empty for
	// providers that have no tenants.
	TenantID string
	// Audiences are the names under which tokens may be meant for AOC.
	Audiences []string
	// HTTP reaches the provider; nil means a client of its own.
	HTTP   *http.Client
	Clock  aoc.Clock
	Logger *slog.Logger
}

// Provider is an identity provider. What it says about itself is fetched when first needed
// and kept; it is safe for concurrent use.
type Provider struct {
	cfg  ProviderConfig
	keys *keySet

	mu      sync.Mutex
	known   *configuration
	fetched time.Time // when known was
	failed  time.Time // when the last attempt was, if it failed
	fault   error     // of that attempt
}

// configuration is what is used of a provider's OpenID configuration.
type configuration struct {
	Issuers               []string
	AuthorizationEndpoint string
	TokenEndpoint         string
	EndSessionEndpoint    string
	KeysURL               string
}

const (
	// configurationKept is how long a configuration is used before it is fetched again.
	configurationKept = 24 * time.Hour
	// retryAfter is how long a provider that could not be reached is left alone.
	retryAfter = 10 * time.Second
	// answerBytes bounds what is read of any answer of the provider.
	answerBytes = 1 << 20
	// answerTime bounds one request to the provider.
	answerTime = 10 * time.Second
)

// NewProvider makes a provider; it does not reach it yet. Code invalid.
func NewProvider(cfg ProviderConfig) (*Provider, error) {
	const op = "auth.provider"
	if len(cfg.Discovery) == 0 || len(cfg.Audiences) == 0 || slices.Contains(cfg.Audiences, "") {
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "a provider needs the address of its configuration, and the audience of its tokens")
	}
	for _, address := range cfg.Discovery {
		if err := secureAddress(address); err != nil {
			return nil, aoc.Errorf(aoc.CodeInvalid, op, "the identity provider's address %q %v", address, err)
		}
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{}
	}
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	p := &Provider{cfg: cfg}
	p.keys = newKeySet(p.fetchKeys, cfg.Clock, cfg.Logger)
	return p, nil
}

// secureAddress reports what is wrong with an address that secrets or keys pass.
func secureAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("is no address")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return fmt.Errorf("does not begin with https://")
	case u.User != nil || u.Fragment != "":
		return fmt.Errorf("has parts that an address of a service has not")
	}
	return nil
}

// configuration gives what the provider says about itself. Code unavailable, upstream.
func (p *Provider) configuration(ctx context.Context) (*configuration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Clock.Now()
	switch {
	case p.known != nil && now.Sub(p.fetched) < configurationKept:
		return p.known, nil
	case p.fault != nil && now.Sub(p.failed) < retryAfter && p.known == nil:
		return nil, p.fault
	case p.known != nil && p.fault != nil && now.Sub(p.failed) < retryAfter:
		return p.known, nil
	}
	c, err := p.discover(ctx)
	if err != nil {
		p.failed, p.fault = now, err
		if p.known != nil {
			p.cfg.Logger.WarnContext(ctx, "the identity provider's configuration cannot be fetched; the one known is used", "error", err)
			return p.known, nil
		}
		return nil, err
	}
	p.known, p.fetched, p.fault = c, now, nil
	return c, nil
}

// Issuer is what the provider calls itself, where people sign in. Codes unavailable, upstream.
func (p *Provider) Issuer(ctx context.Context) (string, error) {
	if p.cfg.Issuer != "" {
		return p.cfg.Issuer, nil
	}
	c, err := p.configuration(ctx)
	if err != nil {
		return "", err
	}
	return c.Issuers[0], nil
}

// Scope is what a program asks the provider for to get a token for this service; empty where
// the provider decides by other means.
func (p *Provider) Scope() string {
	for _, audience := range p.cfg.Audiences {
		if p.cfg.TenantID != "" && strings.HasPrefix(audience, "api://") {
			return audience + "/.default"
		}
	}
	return ""
}

// discover fetches all configurations.
func (p *Provider) discover(ctx context.Context) (*configuration, error) {
	var c configuration
	for i, address := range p.cfg.Discovery {
		var doc struct {
			Issuer                string `json:"issuer"`
			AuthorizationEndpoint string `json:"authorization_endpoint"`
			TokenEndpoint         string `json:"token_endpoint"`
			EndSessionEndpoint    string `json:"end_session_endpoint"`
			KeysURL               string `json:"jwks_uri"`
		}
		if err := p.fetch(ctx, address, &doc); err != nil {
			return nil, err
		}
		if err := p.checkIssuer(doc.Issuer); err != nil {
			return nil, err
		}
		c.Issuers = append(c.Issuers, doc.Issuer)
		if i > 0 {
			continue
		}
		for name, address := range map[string]string{
			"jwks_uri": doc.KeysURL, "authorization_endpoint": doc.AuthorizationEndpoint, "token_endpoint": doc.TokenEndpoint,
		} {
			if err := secureAddress(address); err != nil {
				return nil, aoc.Errorf(aoc.CodeUpstream, "auth.discover", "the identity provider's %s %v", name, err)
			}
		}
		c.AuthorizationEndpoint, c.TokenEndpoint, c.KeysURL = doc.AuthorizationEndpoint, doc.TokenEndpoint, doc.KeysURL
		if secureAddress(doc.EndSessionEndpoint) == nil {
			c.EndSessionEndpoint = doc.EndSessionEndpoint
		}
	}
	return &c, nil
}

// checkIssuer refuses an issuer that is not the one that is configured. That of all tenants
// of Entra ID has a placeholder where the tenant's id is.
func (p *Provider) checkIssuer(issuer string) error {
	switch {
	case p.cfg.Issuer != "" && issuer != p.cfg.Issuer:
		return aoc.Errorf(aoc.CodeUpstream, "auth.discover", "the identity provider calls itself %q, not %q", issuer, p.cfg.Issuer)
	case p.cfg.TenantID != "" && !slices.Contains(strings.Split(issuer, "/"), p.cfg.TenantID):
		return aoc.Errorf(aoc.CodeUpstream, "auth.discover", "the issuer %q is not that of the tenant %s", issuer, p.cfg.TenantID)
	case issuer == "":
		return aoc.Errorf(aoc.CodeUpstream, "auth.discover", "the identity provider names no issuer")
	}
	return nil
}

// fetch gets a JSON document of the provider.
func (p *Provider) fetch(ctx context.Context, address string, into any) error {
	const op = "auth.fetch"
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime) // others wait for it, too
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, op, "the identity provider's address is no address")
	}
	r.Header.Set("Accept", "application/json")
	resp, err := p.cfg.HTTP.Do(r)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerBytes+1))
	switch {
	case err != nil:
		return unreachable(err)
	case resp.StatusCode != http.StatusOK:
		return aoc.Errorf(aoc.CodeUnavailable, op, "the identity provider answered %d for %s", resp.StatusCode, address)
	case len(body) > answerBytes:
		return aoc.Errorf(aoc.CodeUpstream, op, "the identity provider's answer is longer than %d bytes", answerBytes)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return aoc.Wrap(err, aoc.CodeUpstream, op, "the identity provider's answer cannot be read")
	}
	return nil
}

func unreachable(err error) error {
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: "auth.fetch", Cause: err}
	e.Message = "the identity provider cannot be reached"
	e.Hint = "Nobody can be let in until it can. Check the network, a proxy, and AOC_CA_FILE."
	return e
}

// fetchKeys gets the keys that the provider publishes now.
func (p *Provider) fetchKeys(ctx context.Context) (keyDocument, error) {
	var doc keyDocument
	c, err := p.configuration(ctx)
	if err != nil {
		return doc, err
	}
	return doc, p.fetch(ctx, c.KeysURL, &doc)
}
