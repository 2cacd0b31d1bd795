package auth

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"aoc"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

const signedInAt = "http://localhost:8000/auth/callback"

// house is a simulated tenant, and what signs its people in.
type house struct {
	*SignIn
	t        *testing.T
	sim      *simulator.Server
	clock    *testClock
	provider *Provider
	sessions *watchedSessions
}

// watchedSessions counts how often a session was made to last longer.
type watchedSessions struct {
	store.Sessions
	kept int
}

func (w *watchedSessions) KeepSession(ctx context.Context, id string, expires time.Time) error {
	w.kept++
	return w.Sessions.KeepSession(ctx, id, expires)
}

func newHouse(t *testing.T, changeSim func(*simulator.Config), change func(*SignInConfig)) *house {
	t.Helper()
	clock := &testClock{now: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
	cfg := simulator.Config{Tenant: tenant.Config{Seed: 4, Users: 60, EventsPerDay: 50}, Clock: clock, GraphHistory: time.Hour, ManagementHistory: time.Hour}
	if changeSim != nil {
		changeSim(&cfg)
	}
	sim := must(simulator.New(cfg))
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	client := sim.Client()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	base := sim.LoginURL() + "/" + sim.Tenant().ID()
	provider, err := NewProvider(ProviderConfig{
		Discovery: []string{base + "/v2.0/.well-known/openid-configuration", base + "/.well-known/openid-configuration"},
		TenantID:  sim.Tenant().ID(), Audiences: []string{sim.AuthClientID(), sim.AuthURI()}, HTTP: client, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sessions.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, sim: sim, clock: clock, provider: provider, sessions: &watchedSessions{Sessions: sessions}}
	h.SignIn = h.another(change)
	return h
}

// another makes what signs people in, as another process with the same store does.
func (h *house) another(change func(*SignInConfig)) *SignIn {
	h.t.Helper()
	cfg := SignInConfig{
		Provider: h.provider, ClientID: h.sim.AuthClientID(), Secret: h.sim.AuthClientSecret(), Redirect: signedInAt, Sessions: h.sessions, Clock: h.clock,
	}
	if change != nil {
		change(&cfg)
	}
	s, err := NewSignIn(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// browser is one person's browser at the identity provider.
type browser struct {
	*house
	client *http.Client
}

func (h *house) browser() *browser {
	h.t.Helper()
	return &browser{h, &http.Client{
		Transport: h.sim.Client().Transport, Jar: must(cookiejar.New(nil)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) do(method, address, body string) *http.Response {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// choose signs a person in at an address, or presses cancel for nobody, and gives what the
// browser is sent back to AOC with.
func (b *browser) choose(address string, p simulator.Person) url.Values {
	b.t.Helper()
	resp := b.do(http.MethodGet, address, "")
	if resp.StatusCode == http.StatusOK {
		root, err := html.Parse(resp.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		form, action := url.Values{"person": {p.ID}}, ""
		if p.ID == "" {
			form = url.Values{"cancel": {"1"}}
		}
		for n := range root.Descendants() {
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			if n.Data == "form" {
				action = attr["action"]
			} else if n.Data == "input" {
				form.Set(attr["name"], attr["value"])
			}
		}
		resp = b.do(http.MethodPost, b.sim.LoginURL()+action, form.Encode())
	}
	at, ok := strings.CutPrefix(resp.Header.Get("Location"), signedInAt+"?")
	if !ok {
		b.t.Fatalf("%d, sent to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	return must(url.ParseQuery(at))
}

// attempt begins to sign in, as far as where AOC is asked to finish.
func (h *house) attempt(p simulator.Person) (Attempt, url.Values) {
	h.t.Helper()
	address, a, err := h.Begin(h.t.Context(), "/events?q=a+b", false)
	if err != nil {
		h.t.Fatal(err)
	}
	return a, h.browser().choose(address, p)
}

// enter signs somebody in and gives the session's secret.
func (h *house) enter(p simulator.Person) string {
	h.t.Helper()
	a, answer := h.attempt(p)
	secret, _, _, err := h.Finish(h.t.Context(), a.Encode(), answer, "192.0.2.7")
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// clientCertificate makes a certificate of the application.
func clientCertificate(t *testing.T) *Certificate {
	t.Helper()
	key := signingKey(t, 2)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "aoc"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return &Certificate{Leaf: must(x509.ParseCertificate(der)), Key: key}
}

func TestPeopleSignIn(t *testing.T) {
	certificate := clientCertificate(t)
	h := newHouse(t, func(c *simulator.Config) { c.Auth.Certificate = certificate.Leaf }, nil)
	withCertificate := h.another(func(c *SignInConfig) { c.Secret, c.Certificate = "", certificate })
	people, groups := h.sim.People(), h.sim.RoleGroups()
	gate := NewGate(GateConfig{Roles: map[string]aoc.Role{"AOC.Reader": aoc.RoleReader, "AOC.Analyst": aoc.RoleAnalyst, groups.Managers: aoc.RoleManager}})
	for name, c := range map[string]struct {
		who   simulator.Person
		roles string
		many  bool
		want  aoc.Role
	}{
		"reader":     {people.Reader, "[AOC.Reader]", false, aoc.RoleReader},
		"analyst":    {people.Analyst, "[AOC.Analyst]", false, aoc.RoleAnalyst},
		"manager":    {people.Manager, "[AOC.Manager]", false, aoc.RoleManager}, // by the group
		"nobody":     {people.Nobody, "[]", false, aoc.RoleNone},
		"overloaded": {people.Overloaded, "[]", true, aoc.RoleNone}, // nobody here can be asked for the groups
	} {
		for how, s := range map[string]*SignIn{"secret": h.SignIn, "certificate": withCertificate} {
			t.Run(name+" by "+how, func(t *testing.T) {
				address, a, err := s.Begin(t.Context(), "/events?q=a+b", false)
				if err != nil {
					t.Fatal(err)
				}
				secret, id, returnTo, err := s.Finish(t.Context(), a.Encode(), h.browser().choose(address, c.who), "192.0.2.7")
				if err != nil {
					t.Fatal(err)
				}
				if id.Subject != c.who.ID || id.Name != c.who.UPN || id.TenantID != h.sim.Tenant().ID() || id.Issuer != h.sim.Issuer() ||
					fmt.Sprint(id.Roles) != c.roles || id.GroupsLeftOut != c.many || id.App || returnTo != "/events?q=a+b" {
					t.Errorf("signed in as %+v, to %s", id, returnTo)
				}
				again, err := s.Session(t.Context(), secret)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(id, again); diff != "" {
					t.Error(diff)
				}
				caller, err := gate.Admit(t.Context(), again)
				if (err == nil) != (c.want != aoc.RoleNone) || err == nil && caller.Role != c.want {
					t.Errorf("let in as %q, %v; want %q", caller.Role, err, c.want)
				}
			})
		}
	}
}

func TestTokensOfTheSimulator(t *testing.T) {
	h := newHouse(t, nil, nil)
	people := h.sim.People()
	for name, o := range map[string]simulator.TokenOptions{"version 1": {Version: 1}, "version 2": {Version: 2}} {
		id, err := h.provider.Verify(t.Context(), must(h.sim.SignIn(people.Analyst, o)))
		if err != nil || id.Subject != people.Analyst.ID || id.Name != people.Analyst.UPN || id.App || fmt.Sprint(id.Roles) != "[AOC.Analyst]" || len(id.Groups) == 0 {
			t.Errorf("%s: %+v, %v", name, id, err)
		}
	}
	for name, o := range map[string]simulator.TokenOptions{"version 1": {Version: 1}, "version 2": {Version: 2}, "implicit": {Implicit: true}} {
		id, err := h.provider.Verify(t.Context(), must(h.sim.SignIn(people.Overloaded, o)))
		if err != nil || !id.GroupsLeftOut || len(id.Groups) > 0 {
			t.Errorf("too many groups, %s: %+v, %v", name, id, err)
		}
	}
	token := must(h.sim.SignIn(people.Reader, simulator.TokenOptions{}))
	if err := h.sim.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.provider.Verify(t.Context(), token); err != nil {
		t.Errorf("with the key before: %v", err)
	}
	h.clock.advance(keysRest)
	if _, err := h.provider.Verify(t.Context(), must(h.sim.SignIn(people.Reader, simulator.TokenOptions{}))); err != nil {
		t.Errorf("with the next key: %v", err)
	}
	h.clock.advance(2 * time.Hour)
	if _, err := h.provider.Verify(t.Context(), token); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("expired: %v", err)
	}
}

// TestOnlyAccessTokensForAOCAreTaken gets what else the provider gives out.
func TestOnlyAccessTokensForAOCAreTaken(t *testing.T) {
	for _, version := range []int{1, 2} {
		h := newHouse(t, func(c *simulator.Config) { c.Auth.TokenVersion = version }, nil)
		ctx := context.WithValue(t.Context(), oauth2.HTTPClient, h.sim.Client())
		get := func(scopes ...string) *oauth2.Token {
			c, err := h.oauth(ctx)
			if err != nil {
				t.Fatal(err)
			}
			c.Scopes = scopes
			answer := h.browser().choose(c.AuthCodeURL("s"), h.sim.People().Manager) // without a nonce, by which ID tokens are known
			token, err := c.Exchange(ctx, answer.Get("code"))
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		both := get("openid", "profile", h.sim.AuthScope())
		id, err := h.provider.Verify(t.Context(), both.AccessToken)
		if err != nil || id.Subject != h.sim.People().Manager.ID || id.App {
			t.Errorf("version %d, access token: %+v, %v", version, id, err)
		}
		for name, token := range map[string]string{"ID token": both.Extra("id_token").(string), "token for Graph": get("openid").AccessToken} {
			if id, err := h.provider.Verify(t.Context(), token); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
				t.Errorf("version %d, %s: %+v, %v", version, name, id, err)
			}
		}
		for _, without := range []bool{false, true} {
			h := newHouse(t, func(c *simulator.Config) { c.Auth.TokenVersion, c.Auth.NoIDType = version, without }, nil)
			robot := clientcredentials.Config{ClientID: h.sim.ClientID(), ClientSecret: h.sim.ClientSecret(), TokenURL: h.sim.LoginURL() + "/" + h.sim.Tenant().ID() + "/oauth2/v2.0/token", Scopes: []string{h.sim.AuthURI() + "/.default"}}
			token, err := robot.Token(context.WithValue(t.Context(), oauth2.HTTPClient, h.sim.Client()))
			if err != nil {
				t.Fatal(err)
			}
			id, err := h.provider.Verify(t.Context(), token.AccessToken)
			if err != nil || !id.App || fmt.Sprint(id.Roles) != "[AOC.Reader]" {
				t.Errorf("version %d, application: %+v, %v", version, id, err)
			}
		}
	}
}

// TestRefusedAttempts is the table of sign-ins that must not end in a session.
func TestRefusedAttempts(t *testing.T) {
	h := newHouse(t, nil, nil)
	who := h.sim.People().Manager
	edit := func(change func(*Attempt)) func(*Attempt, url.Values) string {
		return func(a *Attempt, _ url.Values) string {
			change(a)
			return a.Encode()
		}
	}
	answer := func(change func(url.Values)) func(*Attempt, url.Values) string {
		return func(a *Attempt, v url.Values) string {
			change(v)
			return a.Encode()
		}
	}
	for name, change := range map[string]func(a *Attempt, v url.Values) (cookie string){
		"no cookie":       func(*Attempt, url.Values) string { return "" },
		"no base64":       func(*Attempt, url.Values) string { return "!!!" },
		"no JSON":         func(*Attempt, url.Values) string { return "e30x" },
		"an empty object": func(*Attempt, url.Values) string { return "e30" },
		"a long cookie":   func(a *Attempt, _ url.Values) string { return strings.Repeat(a.Encode(), 20) },
		"another browser": func(*Attempt, url.Values) string { other, _ := h.attempt(who); return other.Encode() },
		"no state":        edit(func(a *Attempt) { a.State = "" }),
		"no state on either side": func(a *Attempt, v url.Values) string {
			a.State = ""
			v.Set("state", "")
			return a.Encode()
		},
		"no nonce":      edit(func(a *Attempt) { a.Nonce = "" }),
		"no verifier":   edit(func(a *Attempt) { a.Verifier = "" }),
		"another nonce": edit(func(a *Attempt) { a.Nonce += "x" }),
		"the nonce of another attempt": edit(func(a *Attempt) {
			other, _ := h.attempt(who)
			a.Nonce = other.Nonce
		}),
		"another verifier":   edit(func(a *Attempt) { a.Verifier += "x" }),
		"begun long ago":     edit(func(a *Attempt) { a.Began = a.Began.Add(-attemptTime - time.Second) }),
		"begun in future":    edit(func(a *Attempt) { a.Began = a.Began.Add(skew + time.Second) }),
		"begun never":        edit(func(a *Attempt) { a.Began = time.Time{} }),
		"no state came":      answer(func(v url.Values) { v.Del("state") }),
		"another state came": answer(func(v url.Values) { v.Set("state", v.Get("state")+"x") }),
		"two states came":    answer(func(v url.Values) { v.Add("state", v.Get("state")) }),
		"no code came":       answer(func(v url.Values) { v.Del("code") }),
		"an empty code came": answer(func(v url.Values) { v.Set("code", "") }),
		"two codes came":     answer(func(v url.Values) { v.Add("code", v.Get("code")) }),
		"a wrong code came":  answer(func(v url.Values) { v.Set("code", "nonsense") }),
		"the code of another attempt": answer(func(v url.Values) {
			_, other := h.attempt(who)
			v.Set("code", other.Get("code"))
		}),
		"an error came too": answer(func(v url.Values) { v.Set("error", "server_error") }),
		"a spent code": func(a *Attempt, v url.Values) string {
			if _, _, _, err := h.Finish(t.Context(), a.Encode(), v, "192.0.2.7"); err != nil {
				t.Error(err)
			}
			return a.Encode()
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, v := h.attempt(who)
			code, verifier := v.Get("code"), a.Verifier
			cookie := change(&a, v)
			secret, id, _, err := h.Finish(t.Context(), cookie, v, "192.0.2.7")
			if aoc.CodeOf(err) != aoc.CodeUnauthenticated || secret != "" || id.Subject != "" || aoc.HintOf(err) == "" {
				t.Errorf("got %q %+v, %v (%s)", secret, id, err, aoc.HintOf(err))
			}
			for _, s := range []string{code, verifier, h.sim.AuthClientSecret()} {
				if strings.Contains(fmt.Sprintf("%v %+v %s", err, err, aoc.HintOf(err)), s) {
					t.Errorf("the error tells a secret: %v", err)
				}
			}
		})
	}
}

// TestIDTokensAreForOneAttempt forges what only a provider that is lax would send.
func TestIDTokensAreForOneAttempt(t *testing.T) {
	a := newAuthority(t)
	s := &SignIn{SignInConfig{Provider: a.provider(t), ClientID: clientID}}
	for name, c := range map[string]struct {
		change map[string]any
		good   bool
	}{
		"as it should be":               {nil, true},
		"given to this application":     {map[string]any{"azp": clientID}, true},
		"given to another application":  {map[string]any{"azp": "spa"}, false},
		"for the API":                   {map[string]any{"aud": "api://" + clientID}, false},
		"for another application":       {map[string]any{"aud": "spa"}, false},
		"for two":                       {map[string]any{"aud": []string{clientID, "spa"}}, false},
		"of another attempt":            {map[string]any{"nonce": "M"}, false},
		"of no attempt":                 {map[string]any{"nonce": nil}, false},
		"with a nonce of another kind":  {map[string]any{"nonce": []string{"N"}}, false},
		"of another tenant":             {map[string]any{"tid": "22222222-2222-2222-2222-222222222222"}, false},
		"of nobody":                     {map[string]any{"oid": nil, "sub": nil}, false},
		"expired":                       {map[string]any{"exp": a.clock.Now().Add(-time.Hour).Unix()}, false},
		"with roles that are no list":   {map[string]any{"roles": 7}, false},
		"with a person named as an app": {map[string]any{"idtyp": "app"}, true},
	} {
		claims := a.good()
		claims["nonce"] = "N"
		delete(claims, "azp")
		maps.Copy(claims, c.change)
		id, err := s.checkID(t.Context(), a.token(t, claims), "N")
		if (err == nil) != c.good || !c.good && aoc.CodeOf(err) != aoc.CodeUnauthenticated || c.good && id.App {
			t.Errorf("%s: %+v, %v", name, id, err)
		}
	}
}

// TestReturnIsCheckedAgain: what a browser remembers is no more trusted than what it asked for.
func TestReturnIsCheckedAgain(t *testing.T) {
	h := newHouse(t, nil, nil)
	a, v := h.attempt(h.sim.People().Reader)
	a.Return = "//evil.example"
	if _, _, returnTo, err := h.Finish(t.Context(), a.Encode(), v, "192.0.2.7"); err != nil || returnTo != "/" {
		t.Errorf("sent to %q, %v", returnTo, err)
	}
}

// TestReturnOfRefused: who was not signed in may try again and still come to where they
// wanted, and nowhere else.
func TestReturnOfRefused(t *testing.T) {
	for cookie, want := range map[string]string{
		Attempt{State: "s", Nonce: "n", Verifier: "v", Return: "/sources?span=30d"}.Encode(): "/sources?span=30d",
		Attempt{State: "s", Nonce: "n", Verifier: "v", Return: "//evil.example"}.Encode():    "/",
		"": "/", "no attempt": "/", strings.Repeat("a", maxAttempt+1): "/",
	} {
		if got := ReturnOf(cookie); got != want {
			t.Errorf("%.40q leads to %q, want %q", cookie, got, want)
		}
	}
}

// TestSessionIsNotUsedBeforeItBegan: a clock that was set back does not make sessions longer.
func TestSessionIsNotUsedBeforeItBegan(t *testing.T) {
	h := newHouse(t, nil, nil)
	secret := h.enter(h.sim.People().Reader)
	h.clock.advance(-skew)
	h.wantSession(h.SignIn, secret, true, "a little before")
	h.clock.advance(-time.Second)
	h.wantSession(h.SignIn, secret, false, "before")
}

func TestPersonCancels(t *testing.T) {
	h := newHouse(t, nil, nil)
	a, v := h.attempt(simulator.Person{})
	if v.Get("error") != "access_denied" {
		t.Fatalf("sent back with %v", v)
	}
	v.Set("error_description", "<script>alert(1)</script>")
	_, _, _, err := h.Finish(t.Context(), a.Encode(), v, "192.0.2.7")
	if aoc.CodeOf(err) != aoc.CodeUnauthenticated || strings.Contains(fmt.Sprint(err, aoc.HintOf(err)), "script") {
		t.Errorf("got %v (%s)", err, aoc.HintOf(err))
	}
}

// TestProviderIsAtFault: people are told whether to try again or to ask an administrator.
func TestProviderIsAtFault(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *house)
		want   aoc.Code
	}{
		"a wrong secret": {func(h *house) { h.cfg.Secret = "wrong" }, aoc.CodeUpstream},
		"a certificate that is not registered": {func(h *house) {
			h.cfg.Secret, h.cfg.Certificate = "", clientCertificate(h.t)
		}, aoc.CodeUpstream},
		"throttled": {func(h *house) { h.sim.SetFaults(simulator.Faults{Throttle429: 1}) }, aoc.CodeUnavailable},
		"failing":   {func(h *house) { h.sim.SetFaults(simulator.Faults{ServerError: 1}) }, aoc.CodeUnavailable},
		"cut off":   {func(h *house) { h.sim.SetFaults(simulator.Faults{CutConnection: 1}) }, aoc.CodeUnavailable},
		"gone":      {func(h *house) { h.sim.SetOutage(func(*http.Request) bool { return true }) }, aoc.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil, nil)
			a, v := h.attempt(h.sim.People().Reader)
			c.change(h)
			secret, _, _, err := h.Finish(t.Context(), a.Encode(), v, "192.0.2.7")
			if aoc.CodeOf(err) != c.want || secret != "" || aoc.HintOf(err) == "" {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if strings.Contains(fmt.Sprintf("%+v", err), v.Get("code")) {
				t.Errorf("the error tells the code: %v", err)
			}
		})
	}
}

// wantSession fails unless a session stands, or is over.
func (h *house) wantSession(s *SignIn, secret string, stands bool, when string) {
	h.t.Helper()
	id, err := s.Session(h.t.Context(), secret)
	switch {
	case stands && err != nil:
		h.t.Errorf("%s: %v", when, err)
	case !stands && (aoc.CodeOf(err) != aoc.CodeUnauthenticated || id.Subject != ""):
		h.t.Errorf("%s: %+v, %v; want nobody", when, id, err)
	}
}

func TestSessionsEndWhenTheyAreNotUsed(t *testing.T) {
	h := newHouse(t, nil, func(c *SignInConfig) { c.Idle = time.Hour })
	secret := h.enter(h.sim.People().Reader)
	h.clock.advance(time.Hour - time.Second)
	h.wantSession(h.SignIn, secret, true, "just before")
	h.clock.advance(time.Hour - time.Second)
	h.wantSession(h.SignIn, secret, true, "used meanwhile")
	h.clock.advance(time.Hour)
	h.wantSession(h.SignIn, secret, false, "unused for an hour")
	h.clock.advance(-time.Minute)
	other := h.enter(h.sim.People().Reader)
	if other == secret {
		t.Error("a secret came twice")
	}
}

func TestSessionsEndHoweverTheyAreUsed(t *testing.T) {
	h := newHouse(t, nil, func(c *SignInConfig) { c.Idle, c.Absolute = time.Hour, 4*time.Hour })
	secret := h.enter(h.sim.People().Reader)
	for range 7 {
		h.clock.advance(30 * time.Minute)
		h.wantSession(h.SignIn, secret, true, h.clock.Now().Format(time.TimeOnly))
	}
	h.clock.advance(30*time.Minute - time.Second)
	h.wantSession(h.SignIn, secret, true, "just before")
	h.clock.advance(time.Second)
	h.wantSession(h.SignIn, secret, false, "after four hours")
	// A session that was begun under a longer rule obeys the shorter one of today.
	long := h.another(func(c *SignInConfig) { c.Idle, c.Absolute = 24*time.Hour, 24*time.Hour })
	a, v := h.attempt(h.sim.People().Reader)
	secret, _, _, err := long.Finish(t.Context(), a.Encode(), v, "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	h.clock.advance(5 * time.Hour)
	h.wantSession(long, secret, true, "by the longer rule")
	h.wantSession(h.SignIn, secret, false, "by the shorter rule")
}

// TestLookingIsNoUse: a stream that goes on does not keep a session that nobody uses.
func TestLookingIsNoUse(t *testing.T) {
	h := newHouse(t, nil, func(c *SignInConfig) { c.Idle = time.Hour })
	secret := h.enter(h.sim.People().Reader)
	for range 5 {
		h.clock.advance(11 * time.Minute)
		if id, err := h.Look(t.Context(), secret); err != nil || id.Subject != h.sim.People().Reader.ID {
			t.Fatalf("%+v, %v", id, err)
		}
	}
	h.clock.advance(5 * time.Minute)
	if id, err := h.Look(t.Context(), secret); aoc.CodeOf(err) != aoc.CodeUnauthenticated || id.Subject != "" {
		t.Errorf("unused for an hour: %+v, %v", id, err)
	}
	h.wantSession(h.SignIn, secret, false, "unused for an hour")
}

func TestSessionsAreSeldomWritten(t *testing.T) {
	h := newHouse(t, nil, nil)
	secret := h.enter(h.sim.People().Reader)
	for range 60 {
		h.clock.advance(10 * time.Second)
		h.wantSession(h.SignIn, secret, true, "in use")
	}
	if h.sessions.kept != 10 {
		t.Errorf("written %d times in 10 minutes, want 10", h.sessions.kept)
	}
}

func TestSignOut(t *testing.T) {
	h := newHouse(t, nil, nil)
	one, two := h.enter(h.sim.People().Reader), h.enter(h.sim.People().Reader)
	for range 2 { // the second time there is nothing to end
		if err := h.End(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	h.wantSession(h.SignIn, one, false, "signed out")
	h.wantSession(h.SignIn, two, true, "in another browser")
	h.wantSession(h.another(nil), two, true, "in another process")
	for _, secret := range []string{"", "nonsense", strings.Repeat("x", maxSecret+1), SessionID(two), two + "x", strings.ToLower(two)} {
		h.wantSession(h.SignIn, secret, false, "the secret "+secret[:min(len(secret), 20)])
		if err := h.End(t.Context(), secret); err != nil {
			t.Error(err)
		}
	}
	h.wantSession(h.SignIn, two, true, "after ends of others")
}

// TestSignOutAtTheProvider: who signs out of AOC and of the provider comes back, and is asked
// who they are.
func TestSignOutAtTheProvider(t *testing.T) {
	h := newHouse(t, nil, nil)
	b := h.browser()
	begin := func() string {
		address, _, err := h.Begin(t.Context(), "/", false)
		if err != nil {
			t.Fatal(err)
		}
		return address
	}
	b.choose(begin(), h.sim.People().Reader)
	if resp := b.do(http.MethodGet, begin(), ""); resp.StatusCode != http.StatusFound {
		t.Errorf("signed in once, and asked again: %d", resp.StatusCode)
	}
	home := "http://localhost:8000/"
	if resp := b.do(http.MethodGet, h.SignOutAddress(t.Context(), home), ""); resp.StatusCode != http.StatusFound || resp.Header.Get("Location") != home {
		t.Errorf("signed out: %d, sent to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp := b.do(http.MethodGet, begin(), ""); resp.StatusCode != http.StatusOK {
		t.Errorf("signed out, and not asked: %d", resp.StatusCode)
	}
}

// TestSessionIsNewAtEachSignIn: nothing that a browser had before names the session after.
func TestSessionIsNewAtEachSignIn(t *testing.T) {
	h := newHouse(t, nil, nil)
	seen := map[string]bool{}
	for range 3 {
		address, a, err := h.Begin(t.Context(), "/", false)
		if err != nil {
			t.Fatal(err)
		}
		secret, _, _, err := h.Finish(t.Context(), a.Encode(), h.browser().choose(address, h.sim.People().Analyst), "192.0.2.7")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{secret, a.State, a.Nonce, a.Verifier} {
			if seen[s] || len(s) < 26 {
				t.Errorf("%q came before, or is short", s)
			}
			seen[s] = true
		}
	}
	list, err := h.sessions.ListSessions(t.Context(), h.sim.People().Analyst.ID, h.clock.Now())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	for _, s := range list {
		if seen[s.ID] {
			t.Error("the store knows the secret")
		}
		for secret := range seen {
			if strings.Contains(string(s.Data), secret) {
				t.Error("the store knows a secret")
			}
		}
	}
}

func TestSessionsOutliveTheProvider(t *testing.T) {
	h := newHouse(t, nil, nil)
	secret := h.enter(h.sim.People().Reader)
	h.sim.SetOutage(func(*http.Request) bool { return true })
	h.wantSession(h.SignIn, secret, true, "while the provider is gone")
}

func TestLocalPath(t *testing.T) {
	for _, p := range []string{
		"/", "/events", "/events?q=a+b&from=2026-01-01", "/events/ABC#raw", "/a%20b", "/search?q=https%3A%2F%2Fexample.com", "/search?q=//x", "/authors", "/?x=/auth/login", "/events/",
	} {
		if got := LocalPath(p); got != p {
			t.Errorf("%q becomes %q", p, got)
		}
	}
	for _, p := range []string{
		"", " ", "events", ".", "..", "?q=1", "#x", "https://evil.example/", "HTTPS://evil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x",
		"//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
		"\t//evil.example", " //evil.example", "/\x00/evil.example", "/%2f", "/%2f/evil.example", "/%2fevil.example", "/%2F%2Fevil.example", "/./\\evil.example", "//user@evil.example/", "https:/evil.example",
		"https:///evil.example", "//[::1]/", "//evil.example:443/x", "/%zz", "/x\r\nSet-Cookie: a=b", "/.//evil.example", "/..//evil.example", "/x/..//evil.example", "/%2e//evil.example",
		"/auth/login", "/auth/logout?x=1", "/%61uth/logout", "/auth/", "/auth", "/./auth/logout", "/x/../auth/logout", "/x/%2e%2e/auth/logout", "/events//x", "/" + strings.Repeat("x", maxReturn),
	} {
		if got := LocalPath(p); got != "/" {
			t.Errorf("%q becomes %q", p, got)
		}
	}
}

// FuzzLocalPath: whatever is given, a browser stays at AOC.
func FuzzLocalPath(f *testing.F) {
	for _, p := range []string{"/events?q=1", "//evil.example", "/\\evil.example", "/%2f/x", "https://evil.example"} {
		f.Add(p)
	}
	base := must(url.Parse("https://aoc.example/auth/callback"))
	f.Fuzz(func(t *testing.T, p string) {
		got := LocalPath(p)
		// Browsers take a backslash for a slash, and leave tabs and ends of lines out.
		seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(got))
		u, err := base.Parse(seen)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", p, got, err)
		}
		if u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil || strings.HasPrefix(u.Path, "/auth/") || strings.HasPrefix(u.Path, "//") {
			t.Errorf("%q becomes %q, which is %s", p, got, u)
		}
		if LocalPath(got) != got {
			t.Errorf("%q becomes %q, which becomes %q", p, got, LocalPath(got))
		}
	})
}

func TestSignInNeedsItsSettings(t *testing.T) {
	h := newHouse(t, nil, nil)
	for name, change := range map[string]func(*SignInConfig){
		"no provider":          func(c *SignInConfig) { c.Provider = nil },
		"no sessions":          func(c *SignInConfig) { c.Sessions = nil },
		"no client":            func(c *SignInConfig) { c.ClientID = "" },
		"no secret":            func(c *SignInConfig) { c.Secret = "" },
		"no address":           func(c *SignInConfig) { c.Redirect = "" },
		"a path":               func(c *SignInConfig) { c.Redirect = "/auth/callback" },
		"http, somewhere else": func(c *SignInConfig) { c.Redirect = "http://aoc.example/auth/callback" },
		"http, nearly here":    func(c *SignInConfig) { c.Redirect = "http://localhost.example/auth/callback" },
	} {
		cfg := h.cfg
		change(&cfg)
		if _, err := NewSignIn(cfg); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
