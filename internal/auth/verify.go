package auth

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"aoc"
)

// maxToken bounds a token, in bytes. Those of Entra ID are about 2 KB, and have at most 200
// groups of 36.
const maxToken = 24 << 10

// Verify checks an access token of the provider: its signature by RS256, issuer, audience,
// tenant and time. Codes unauthenticated, with a message that says what is wrong and holds
// nothing of the token; unavailable while the provider's keys cannot be had.
func (p *Provider) Verify(ctx context.Context, token string) (Identity, error) {
	c, err := p.check(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	if err := p.checkAccess(c); err != nil {
		return Identity{}, err
	}
	return identityOf(c)
}

// compactToken is the form of a signed JSON Web Token, of which libraries are more lenient:
// what is let in must not depend on who reads it.
var compactToken = regexp.MustCompile(`\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\z`)

// refused is an error about a token.
func refused(message string) error {
	e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.verify", "%s", message)
	e.Hint = "Get a new token for this service, and send it as Authorization: Bearer …"
	return e
}

// check verifies what all tokens of the provider have in common.
func (p *Provider) check(ctx context.Context, token string) (claims, error) {
	if len(token) > maxToken {
		return nil, refused("the token is too long")
	}
	if !compactToken.MatchString(token) {
		return nil, refused("the token is no signed JSON Web Token")
	}
	known, err := p.configuration(ctx)
	if err != nil {
		return nil, err
	}
	keys := &watchedKeys{keySet: p.keys}
	verifier := oidc.NewVerifier("", keys, &oidc.Config{
		SkipIssuerCheck: true, SkipClientIDCheck: true, // both are checked below
		SupportedSigningAlgs: []string{oidc.RS256}, Now: p.cfg.Clock.Now,
	})
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, verifyFault(err, keys.fault)
	}
	var raw jsonClaims
	if err := verified.Claims(&raw); err != nil {
		return nil, refused("the token's claims cannot be read")
	}
	c, err := parseClaims(raw)
	if err != nil {
		return nil, refused(err.Error())
	}
	return c, p.checkClaims(c, known)
}

// jsonClaims takes the claims as they are written.
type jsonClaims []byte

// UnmarshalJSON implements json.Unmarshaler.
func (j *jsonClaims) UnmarshalJSON(b []byte) error {
	*j = slices.Clone(b)
	return nil
}

// watchedKeys remembers why a signature could not be looked at: the library makes text of it.
type watchedKeys struct {
	*keySet
	fault error // of the provider, not of the token
}

func (w *watchedKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	claims, err := w.keySet.VerifySignature(ctx, token)
	if err != nil && !errors.Is(err, errSignature) {
		w.fault = err
	}
	return claims, err
}

// verifyFault says what is wrong with a token without repeating anything of it.
func verifyFault(err, fault error) error {
	if fault != nil {
		return fault
	}
	if _, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return refused("the token has expired")
	}
	if strings.Contains(err.Error(), "nbf") {
		return refused("the token is not valid yet")
	}
	return refused("the token is not signed by the identity provider")
}

// checkClaims checks for whom a token is meant, and from whom it is.
func (p *Provider) checkClaims(c claims, known *configuration) error {
	if !slices.Contains(known.Issuers, c.text("iss")) {
		return refused("the token is from another issuer")
	}
	audiences, err := c.list("aud")
	if err != nil || len(audiences) != 1 || !slices.Contains(p.cfg.Audiences, audiences[0]) {
		return refused("the token is meant for another service, or not for this one alone")
	}
	if p.cfg.TenantID != "" && c.text("tid") != p.cfg.TenantID {
		return refused("the token is of another tenant")
	}
	expires, err := c.moment("exp")
	if err != nil || expires.IsZero() {
		return refused("the token does not say when it expires")
	}
	issued, err := c.moment("iat")
	if err != nil || issued.After(p.cfg.Clock.Now().Add(skew)) {
		return refused("the token was issued in the future")
	}
	return nil
}

// skew is how far clocks may differ, the same as go-oidc allows for nbf.
const skew = 5 * time.Minute

// checkAccess refuses tokens that are there to tell an application who signed in, not to use
// a service: they have the application as their audience, too.
func (p *Provider) checkAccess(c claims) error {
	if c["nonce"] != nil || c["at_hash"] != nil || c["c_hash"] != nil || strings.EqualFold(c.text("token_use"), "id") {
		return refused("the token is an ID token, not an access token")
	}
	if p.cfg.TenantID == "" {
		return nil
	}
	// Access tokens of Entra ID name the application they were given to; those of a person
	// what it may do in their name, those of an application the roles it has.
	if c.text("azp") == "" && c.text("appid") == "" {
		return refused("the token is an ID token, not an access token")
	}
	if c.text("scp") == "" && c["roles"] == nil {
		return refused("the token permits nothing")
	}
	return nil
}

// identityOf reads who a verified token is about.
func identityOf(c claims) (Identity, error) {
	id := Identity{
		Issuer: c.text("iss"), Subject: cmp.Or(c.text("oid"), c.text("sub")), TenantID: c.text("tid"), GroupsLeftOut: c.leftOut(),
		App: c.text("idtyp") == "app" || c.text("scp") == "" && c.text("azp")+c.text("appid") != "",
	}
	id.Name = cmp.Or(c.displayName(), id.Subject)
	if id.Subject == "" {
		return id, refused("the token does not say whom it is about")
	}
	var err error
	if id.Roles, err = c.list("roles"); err != nil {
		return id, refused(err.Error())
	}
	if !id.GroupsLeftOut {
		if id.Groups, err = c.list("groups"); err != nil {
			return id, refused(err.Error())
		}
	}
	id.Issued, _ = c.moment("iat")
	id.Expires, _ = c.moment("exp")
	return id, nil
}
