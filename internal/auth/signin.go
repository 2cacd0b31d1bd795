package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"aoc"
	"aoc/internal/store"
)

// SignInConfig is what signing in with a browser needs.
type SignInConfig struct {
	Provider *Provider
	ClientID string
	// Secret or Certificate proves to the provider that AOC asks.
	Secret      string
	Certificate *Certificate
	// Redirect is the address of AOC that the provider sends people back to.
	Redirect string
	// Scopes are asked for beside openid; empty: profile and email.
	Scopes   []string
	Sessions store.Sessions
	Clock    aoc.Clock
	// Idle ends a session that nobody has used for so long, Absolute each; 0 means an hour,
	// and twelve.
	Idle, Absolute time.Duration
}

const (
	defaultIdle     = time.Hour
	defaultAbsolute = 12 * time.Hour
	// attemptTime is how long somebody may take to sign in.
	attemptTime = 15 * time.Minute
	// keepEvery bounds how often a session that is used is written.
	keepEvery = time.Minute
)

// SignIn lets people sign in with a browser: authorization code with PKCE, on the server.
// No token reaches the browser; it gets a secret that names a session.
type SignIn struct{ cfg SignInConfig }

// NewSignIn makes it. Code invalid.
func NewSignIn(cfg SignInConfig) (*SignIn, error) {
	const op = "auth.sign_in"
	switch {
	case cfg.Provider == nil || cfg.Sessions == nil || cfg.ClientID == "":
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "signing in needs a provider, sessions and the id of the application")
	case cfg.Secret == "" && cfg.Certificate == nil:
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "signing in needs a secret or a certificate of the application")
	}
	if u, err := url.Parse(cfg.Redirect); err != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u.Hostname()) {
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "the address to come back to is neither https:// nor on this machine")
	}
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.Idle <= 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.Absolute <= 0 {
		cfg.Absolute = defaultAbsolute
	}
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{"profile", "email"}
	}
	return &SignIn{cfg}, nil
}

func isLoopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Attempt is what a browser has to remember while somebody signs in; it is meant for a
// cookie that nobody but that browser sees, and nobody but AOC's host can set.
type Attempt struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // of PKCE
	Return   string    `json:"r"` // path of AOC to go to then
	Began    time.Time `json:"t"`
}

// Encode writes an attempt for a cookie.
func (a Attempt) Encode() string {
	b, _ := json.Marshal(a) // texts and a time: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// maxAttempt bounds an encoded attempt, in bytes: browsers take cookies of 4 KB.
const maxAttempt = 3500

func decodeAttempt(s string) (a Attempt, err error) {
	if len(s) > maxAttempt {
		return a, errNoAttempt()
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &a) != nil || a.State == "" || a.Nonce == "" || a.Verifier == "" {
		return a, errNoAttempt()
	}
	return a, nil
}

// ReturnOf gives the path of AOC that somebody wanted who has not been signed in; its front
// page for what is no attempt.
func ReturnOf(cookie string) string {
	a, err := decodeAttempt(cookie)
	if err != nil {
		return "/"
	}
	return LocalPath(a.Return)
}

func errNoAttempt() error {
	e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.finish", "this browser has not begun to sign in here")
	e.Hint = "Sign in again, in one go and in one browser; cookies of this site must be allowed."
	return e
}

// Begin gives the address at which somebody signs in, and what their browser has to
// remember. returnTo is a path of AOC; anything else counts as its front page.
// other lets somebody who has signed in at the provider choose another account.
func (s *SignIn) Begin(ctx context.Context, returnTo string, other bool) (address string, a Attempt, err error) {
	c, err := s.oauth(ctx)
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: LocalPath(returnTo), Began: s.cfg.Clock.Now()}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.Verifier), oauth2.SetAuthURLParam("nonce", a.Nonce)}
	if other {
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return c.AuthCodeURL(a.State, options...), a, nil
}

// maxReturn bounds a path to return to, in bytes: it holds a query text.
const maxReturn = 2000

// LocalPath gives a path with a query of AOC's own that a browser may be sent to, or its
// front page: an address elsewhere, in whatever disguise, is none.
func LocalPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || len(p) > maxReturn || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	if !strings.HasPrefix(p, "/") || strings.ContainsAny(p, "\\\r\n\t\x00") || !isTidy(u.Path) || strings.HasPrefix(u.Path+"/", "/auth/") {
		return "/"
	}
	return p
}

// isTidy reports whether a path has neither dots nor doubled slashes for a browser to
// resolve: /x/..//evil.example and /x/%2e%2e/auth/logout lead elsewhere than they look.
func isTidy(p string) bool {
	clean := path.Clean(p)
	return !strings.Contains(p, "//") && (clean == p || clean+"/" == p)
}

// oauth is the client of the provider.
func (s *SignIn) oauth(ctx context.Context) (*oauth2.Config, error) {
	known, err := s.cfg.Provider.configuration(ctx)
	if err != nil {
		return nil, err
	}
	style := oauth2.AuthStyleInParams
	return &oauth2.Config{
		ClientID: s.cfg.ClientID, ClientSecret: s.cfg.Secret, RedirectURL: s.cfg.Redirect, Scopes: append([]string{"openid"}, s.cfg.Scopes...),
		Endpoint: oauth2.Endpoint{AuthURL: known.AuthorizationEndpoint, TokenURL: known.TokenEndpoint, AuthStyle: style},
	}, nil
}

// Finish checks what the provider sent a browser back with, and begins a session. cookie is
// the attempt that the browser remembers. secret names the session: only the browser may
// have it; address is where that browser is. Codes unauthenticated, unavailable, upstream.
func (s *SignIn) Finish(ctx context.Context, cookie string, answer url.Values, address string) (secret string, id Identity, returnTo string, err error) {
	a, err := decodeAttempt(cookie)
	if err != nil {
		return "", id, "", err
	}
	now := s.cfg.Clock.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(a.State), []byte(answer.Get("state"))) != 1 || len(answer["state"]) != 1:
		return "", id, "", errNoAttempt()
	case now.Sub(a.Began) > attemptTime || a.Began.After(now.Add(skew)):
		e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.finish", "signing in has taken too long")
		e.Hint = "Sign in again."
		return "", id, "", e
	case answer.Get("error") != "":
		return "", id, "", refusedByProvider(answer)
	case len(answer["code"]) != 1 || answer.Get("code") == "":
		return "", id, "", errNoAttempt()
	}
	if id, err = s.redeem(ctx, answer.Get("code"), a); err != nil {
		return "", id, "", err
	}
	secret, err = s.begin(ctx, id, address)
	return secret, id, LocalPath(a.Return), err
}

// refusedByProvider is the error for somebody whom the provider did not sign in. What it
// says is text from an address that anybody can write.
func refusedByProvider(answer url.Values) error {
	e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.finish", "the identity provider did not sign you in")
	switch answer.Get("error") {
	case "access_denied", "consent_required", "interaction_required", "login_required":
		e.Hint = "You may have cancelled, or an administrator has to consent to the application."
	default:
		e.Hint = "Try again; if it stays so, the application's registration may be wrong."
	}
	return e
}

// redeem gets the ID token for a code, and checks it.
func (s *SignIn) redeem(ctx context.Context, code string, a Attempt) (Identity, error) {
	const op = "auth.redeem"
	c, err := s.oauth(ctx)
	if err != nil {
		return Identity{}, err
	}
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(a.Verifier)}
	if s.cfg.Certificate != nil {
		assertion, err := s.cfg.Certificate.assertion(s.cfg.ClientID, c.Endpoint.TokenURL, s.cfg.Clock.Now())
		if err != nil {
			return Identity{}, err
		}
		options = append(options, oauth2.SetAuthURLParam("client_assertion_type", assertionType), oauth2.SetAuthURLParam("client_assertion", assertion))
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, s.cfg.Provider.cfg.HTTP), answerTime)
	defer cancel()
	token, err := c.Exchange(ctx, code, options...)
	if err != nil {
		return Identity{}, exchangeFault(op, err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, aoc.Errorf(aoc.CodeUpstream, op, "the identity provider sent no ID token")
	}
	return s.checkID(ctx, raw, a.Nonce)
}

// exchangeFault says why a code was not redeemed, without the code or the secret: the
// library's error holds the provider's whole answer.
func exchangeFault(op string, err error) error {
	refusal, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || refusal.Response.StatusCode >= http.StatusInternalServerError || refusal.Response.StatusCode == http.StatusTooManyRequests {
		return unreachable(errors.New("the token endpoint did not answer"))
	}
	e := aoc.Errorf(aoc.CodeUnauthenticated, op, "the identity provider did not accept this sign-in")
	e.Hint = "Sign in again."
	if refusal.ErrorCode == "invalid_client" || refusal.ErrorCode == "unauthorized_client" {
		e = aoc.Errorf(aoc.CodeUpstream, op, "the identity provider does not accept AOC's own secret or certificate")
		e.Hint = "An administrator has to look at AOC_AUTH_CLIENT_SECRET or AOC_AUTH_CERTIFICATE_FILE: it may have expired."
	}
	return e
}

// checkID checks an ID token, which is for this application and this attempt alone.
func (s *SignIn) checkID(ctx context.Context, raw, nonce string) (Identity, error) {
	c, err := s.cfg.Provider.check(ctx, raw)
	if err != nil {
		return Identity{}, err
	}
	if audience, _ := c.list("aud"); len(audience) != 1 || audience[0] != s.cfg.ClientID {
		return Identity{}, refused("the ID token is meant for another application")
	}
	if azp := c.text("azp"); azp != "" && azp != s.cfg.ClientID {
		return Identity{}, refused("the ID token was given to another application")
	}
	if subtle.ConstantTimeCompare([]byte(c.text("nonce")), []byte(nonce)) != 1 {
		return Identity{}, refused("the ID token is of another attempt to sign in")
	}
	id, err := identityOf(c)
	id.App = false
	return id, err
}

// sessionData is what the store keeps of a session.
type sessionData struct {
	Identity
	Address string `json:",omitempty"` // that it was begun from
}

// begin begins a session.
func (s *SignIn) begin(ctx context.Context, id Identity, address string) (secret string, err error) {
	data, err := json.Marshal(sessionData{id, address})
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeInternal, "auth.session", "the session cannot be written")
	}
	secret = rand.Text() + rand.Text() // 260 bits
	now := s.cfg.Clock.Now()
	return secret, s.cfg.Sessions.NewSession(ctx, store.Session{
		ID: SessionID(secret), Subject: id.Subject, Began: now, Expires: s.end(now, now), Data: data,
	})
}

// SessionID is how the store knows the session of a secret: who reads it cannot use it.
func SessionID(secret string) string {
	sum := sha256.Sum256([]byte("aoc session\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// end is when a session is over unless it is used.
func (s *SignIn) end(began, used time.Time) time.Time {
	idle, absolute := used.Add(s.cfg.Idle), began.Add(s.cfg.Absolute)
	if idle.Before(absolute) {
		return idle
	}
	return absolute
}

// maxSecret bounds what is looked up.
const maxSecret = 200

// Session gives whose session a secret names, and lets it last longer for being used. Code
// unauthenticated.
func (s *SignIn) Session(ctx context.Context, secret string) (Identity, error) {
	found, id, err := s.session(ctx, secret)
	if err != nil {
		return Identity{}, err
	}
	if end := s.end(found.Began, s.cfg.Clock.Now()); end.Sub(found.Expires) >= keepEvery {
		if err := s.cfg.Sessions.KeepSession(ctx, found.ID, end); aoc.CodeOf(err) == aoc.CodeNotFound {
			return Identity{}, NotSignedIn()
		}
	}
	return id, nil
}

// Look is Session without being a use of it.
func (s *SignIn) Look(ctx context.Context, secret string) (Identity, error) {
	_, id, err := s.session(ctx, secret)
	return id, err
}

// session finds the session that a secret names.
func (s *SignIn) session(ctx context.Context, secret string) (found store.Session, id Identity, err error) {
	if secret == "" || len(secret) > maxSecret {
		return found, id, NotSignedIn()
	}
	now := s.cfg.Clock.Now()
	found, err = s.cfg.Sessions.Session(ctx, SessionID(secret), now)
	switch {
	case aoc.CodeOf(err) == aoc.CodeNotFound:
		return found, id, NotSignedIn()
	case err != nil:
		return found, id, err
	case now.Before(found.Began.Add(-skew)), now.After(found.Began.Add(s.cfg.Absolute)), json.Unmarshal(found.Data, &id) != nil:
		return found, Identity{}, NotSignedIn()
	}
	return found, id, nil
}

// NotSignedIn is the error for somebody who brings nothing by which they could be known, or a
// session that is over.
func NotSignedIn() error {
	e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.session", "you are not signed in")
	e.Hint = "Sign in at /auth/login, or send a token as Authorization: Bearer …"
	return e
}

// End ends the session that a secret names.
func (s *SignIn) End(ctx context.Context, secret string) error {
	if secret == "" || len(secret) > maxSecret {
		return nil
	}
	_, err := s.cfg.Sessions.EndSession(ctx, SessionID(secret))
	return err
}

// SignOutAddress is where the provider signs people out, who come back to AOC's front page;
// empty where it has no such address.
func (s *SignIn) SignOutAddress(ctx context.Context, home string) string {
	known, err := s.cfg.Provider.configuration(ctx)
	if err != nil || known.EndSessionEndpoint == "" {
		return ""
	}
	u, err := url.Parse(known.EndSessionEndpoint)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("post_logout_redirect_uri", home)
	q.Set("client_id", s.cfg.ClientID)
	u.RawQuery = q.Encode()
	return u.String()
}
