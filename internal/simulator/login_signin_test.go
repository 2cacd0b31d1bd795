package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
)

// TestSignInWithLibraries goes the whole way with the libraries that services use.
func TestSignInWithLibraries(t *testing.T) {
	cert, key := newCertificate(t)
	b := start(t, func(c *Config) { c.Auth.Certificate = cert })
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, b.client)
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, b.client), b.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	now := b.clock.Now
	for _, how := range []string{"secret in the form", "secret in the header", "certificate"} {
		t.Run(how, func(t *testing.T) {
			cfg := oauth2.Config{
				ClientID: b.AuthClientID(), ClientSecret: b.AuthClientSecret(), Endpoint: provider.Endpoint(), RedirectURL: callback,
				Scopes: []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess, b.AuthScope()},
			}
			verifier := oauth2.GenerateVerifier()
			more := []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}
			switch how {
			case "secret in the form":
				cfg.Endpoint.AuthStyle = oauth2.AuthStyleInParams
			case "secret in the header":
				cfg.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
			default:
				cfg.ClientSecret, cfg.Endpoint.AuthStyle = "", oauth2.AuthStyleInParams
				assertion := sign(t, key, tokenHeader{Alg: "RS256", X5T: thumbprint(cert)}, map[string]any{
					"aud": cfg.Endpoint.TokenURL, "iss": cfg.ClientID, "sub": cfg.ClientID, "jti": "1", "nbf": now().Unix(), "exp": now().Unix() + 300,
				})
				more = append(more, oauth2.SetAuthURLParam("client_assertion_type", assertionType), oauth2.SetAuthURLParam("client_assertion", assertion))
			}
			who := b.People().Analyst
			back := b.browser().pick(cfg.AuthCodeURL("S", oauth2.S256ChallengeOption(verifier), oidc.Nonce("N")), who).sentBack(t)
			if back.Get("state") != "S" || back.Get("session_state") == "" {
				t.Errorf("sent back with %v", back)
			}
			token, err := cfg.Exchange(ctx, back.Get("code"), more...)
			if err != nil {
				t.Fatal(err)
			}
			if token.TokenType != "Bearer" || token.RefreshToken == "" || !strings.Contains(token.Extra("scope").(string), b.AuthScope()) {
				t.Errorf("token %+v", token)
			}
			id, err := provider.Verifier(&oidc.Config{ClientID: cfg.ClientID, Now: now}).Verify(ctx, token.Extra("id_token").(string))
			if err != nil {
				t.Fatal(err)
			}
			var c map[string]any
			if err := id.Claims(&c); err != nil {
				t.Fatal(err)
			}
			want := map[string]any{
				"aud": cfg.ClientID, "nonce": "N", "oid": who.ID, "tid": b.Tenant().ID(), "preferred_username": who.UPN, "name": who.Name, "email": who.Mail,
				"ver": "2.0", "iss": b.Issuer(), "sid": back.Get("session_state"), "roles": []any{"AOC.Analyst"},
			}
			for name, value := range want {
				if diff := cmp.Diff(value, c[name]); diff != "" {
					t.Errorf("claim %s: %s", name, diff)
				}
			}
			if !slices.Contains(c["groups"].([]any), any(b.RoleGroups().Analysts)) || c["sub"] == who.ID || c["uti"] == "" {
				t.Errorf("claims %v", c)
			}
			access, err := provider.Verifier(&oidc.Config{ClientID: cfg.ClientID, Now: now}).Verify(ctx, token.AccessToken)
			if err != nil {
				t.Fatal(err)
			}
			c = nil
			if err := access.Claims(&c); err != nil {
				t.Fatal(err)
			}
			if c["scp"] != "access" || c["azp"] != cfg.ClientID || c["oid"] != who.ID || c["nonce"] != nil {
				t.Errorf("access token %v", c)
			}
			if acr := map[bool]string{true: "2", false: "1"}[how == "certificate"]; c["azpacr"] != acr {
				t.Errorf("azpacr %v, want %s", c["azpacr"], acr)
			}
			if how == "certificate" {
				return
			}
			token.Expiry = time.Now().Add(-time.Hour)
			again, err := cfg.TokenSource(ctx, token).Token()
			if err != nil {
				t.Fatal(err)
			}
			if again.AccessToken == token.AccessToken || again.RefreshToken == token.RefreshToken {
				t.Error("refreshing gives the same tokens")
			}
		})
	}
}

func TestAuthorizeRefusals(t *testing.T) {
	b := start(t, nil)
	own := b.Tenant().ID()
	set := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	del := func(name string) func(url.Values) { return func(v url.Values) { v.Del(name) } }
	tests := []struct {
		name   string
		tenant string
		change func(url.Values)
		oauth  string // empty: a page tells the person, and the browser is sent nowhere
		code   string
	}{
		{"no client", own, del("client_id"), "", "900144"},
		{"unknown client", own, set("client_id", "11111111-1111-4111-8111-111111111111"), "", "700016"},
		{"client without addresses", own, set("client_id", b.ClientID()), "", "500113"},
		{"unknown tenant", "11111111-1111-4111-8111-111111111111", nil, "", "90002"},
		{"no tenant", "nonsense", nil, "", "900023"},
		{"shared tenant", "common", nil, "", "50194"},
		{"no address", own, del("redirect_uri"), "", "900971"},
		{"other address", own, set("redirect_uri", "https://evil.example/auth/callback"), "", "50011"},
		{"other path", own, set("redirect_uri", callback+"/x"), "", "50011"},
		{"other case", own, set("redirect_uri", "http://localhost:8000/auth/Callback"), "", "50011"},
		{"more query", own, set("redirect_uri", callback+"?next=evil"), "", "50011"},
		{"user part", own, set("redirect_uri", "http://localhost:8000@evil.example/auth/callback"), "", "50011"},
		{"user part here", own, set("redirect_uri", "http://me@localhost:8000/auth/callback"), "", "50011"},
		{"subdomain", own, set("redirect_uri", "http://localhost.evil.example/auth/callback"), "", "50011"},
		{"script", own, set("redirect_uri", "javascript:alert(1)"), "", "50011"},
		{"https here", own, set("redirect_uri", "https://localhost:8000/auth/callback"), "", "50011"},
		{"two addresses", own, func(v url.Values) { v.Add("redirect_uri", "https://evil.example/") }, "", "9002313"},
		{"two states", own, func(v url.Values) { v.Add("state", "x") }, "", "9002313"},
		{"no response type", own, del("response_type"), "invalid_request", "900144"},
		{"implicit flow", own, set("response_type", "token"), "unsupported_response_type", "700051"},
		{"implicit ID token", own, set("response_type", "id_token"), "unsupported_response_type", "700054"},
		{"hybrid flow", own, set("response_type", "code id_token"), "unsupported_response_type", "700054"},
		{"unknown response type", own, set("response_type", "magic"), "unsupported_response_type", "70005"},
		{"unknown response mode", own, set("response_mode", "pigeon"), "unsupported_response_mode", "70007"},
		{"no scope", own, del("scope"), "invalid_request", "900144"},
		{"scope without openid or API", own, set("scope", "profile"), "invalid_scope", "70011"},
		{"unknown scope", own, set("scope", "openid groups"), "invalid_client", "650053"},
		{"unknown scope of ours", own, set("scope", "openid "+b.AuthURI()+"/everything"), "invalid_client", "650053"},
		{"unknown API", own, set("scope", "openid api://nobody/access"), "invalid_resource", "500011"},
		{"two APIs", own, set("scope", "openid User.Read "+b.AuthScope()), "invalid_scope", "28000"},
		{"plain PKCE", own, set("code_challenge_method", "plain"), "invalid_request", "50149"},
		{"PKCE without method", own, del("code_challenge_method"), "invalid_request", "50149"},
		{"PKCE without challenge", own, del("code_challenge"), "invalid_request", "50147"},
		{"PKCE of a wrong size", own, set("code_challenge", "abc"), "invalid_request", "501491"},
		{"PKCE that is padded", own, set("code_challenge", challengeOf(verifier)+"="), "invalid_request", "501491"},
		{"unknown prompt", own, set("prompt", "perhaps"), "invalid_request", "90023"},
		{"silent without a session", own, set("prompt", "none"), "login_required", "50058"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := b.ask()
			if tt.change != nil {
				tt.change(v)
			}
			a := b.browser().open(b.LoginURL() + "/" + tt.tenant + "/oauth2/v2.0/authorize?" + v.Encode())
			if tt.oauth == "" {
				if a.want(t, http.StatusBadRequest); a.header.Get("Location") != "" || !strings.Contains(string(a.body), "AADSTS"+tt.code+":") {
					t.Errorf("got %s: %.600s", a.header.Get("Location"), a.body)
				}
				return
			}
			got := a.sentBack(t)
			if got.Get("error") != tt.oauth || !strings.HasPrefix(got.Get("error_description"), "AADSTS"+tt.code+": ") || got.Get("state") != "the state" || got.Has("code") {
				t.Errorf("got %v, want %s %s", got, tt.oauth, tt.code)
			}
		})
	}
}

// loginErrorOf reads an error of the token endpoint.
func loginErrorOf(t *testing.T, a answer) loginErrorBody {
	t.Helper()
	var e loginErrorBody
	if err := json.Unmarshal(a.body, &e); err != nil || len(e.Codes) != 1 {
		t.Fatalf("%v: %.500s", err, a.body)
	}
	return e
}

// tokensOf reads the answer of the token endpoint.
func tokensOf(t *testing.T, a answer) personAnswer {
	t.Helper()
	var got personAnswer
	if err := json.Unmarshal(a.want(t, http.StatusOK).body, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCodeRefusals(t *testing.T) {
	b := start(t, func(c *Config) { c.Auth.ExpiredSecret = "old" })
	set := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	del := func(name string) func(url.Values) { return func(v url.Values) { v.Del(name) } }
	code := b.signInCode(b.People().Reader, nil)
	plain := b.signInCode(b.People().Reader, func(v url.Values) { v.Del("code_challenge"); v.Del("code_challenge_method") })
	tests := []struct {
		name   string
		change func(url.Values)
		status int
		oauth  string
		code   int
	}{
		{"no code", del("code"), 400, "invalid_request", 900144},
		{"no client", del("client_id"), 400, "invalid_request", 900144},
		{"unknown client", set("client_id", "11111111-1111-4111-8111-111111111111"), 400, "unauthorized_client", 700016},
		{"no secret", del("client_secret"), 401, "invalid_client", 7000218},
		{"wrong secret", set("client_secret", "x"), 401, "invalid_client", 7000215},
		{"expired secret", set("client_secret", "old"), 401, "invalid_client", 7000222},
		{"the other application's secret", set("client_secret", b.ClientSecret()), 401, "invalid_client", 7000215},
		{"assertion without certificate", func(v url.Values) {
			v.Set("client_assertion", "e30.e30.AA")
			v.Set("client_assertion_type", assertionType)
		}, 401, "invalid_client", 700027},
		{"nonsense", set("code", "nonsense"), 400, "invalid_grant", 9002313},
		{"another application", func(v url.Values) {
			v.Set("client_id", b.ClientID())
			v.Set("client_secret", b.ClientSecret())
		}, 400, "invalid_grant", 70000},
		{"no address", del("redirect_uri"), 400, "invalid_grant", 700009},
		{"another address", set("redirect_uri", "http://localhost:8001/auth/callback"), 400, "invalid_client", 500112},
		{"no verifier", del("code_verifier"), 400, "invalid_grant", 50148},
		{"another verifier", set("code_verifier", verifier+"x"), 400, "invalid_grant", 501481},
		{"the challenge as verifier", set("code_verifier", challengeOf(verifier)), 400, "invalid_grant", 501481},
		{"a verifier without a challenge", set("code", plain), 400, "invalid_grant", 50147},
		{"unknown scope", set("scope", "openid groups"), 400, "invalid_client", 650053},
		{"a refresh token as code", func(v url.Values) { v.Set("grant_type", "refresh_token"); v.Set("refresh_token", code) }, 400, "invalid_grant", 9002313},
		{"no refresh token", set("grant_type", "refresh_token"), 400, "invalid_request", 900144},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := b.redeem(code)
			tt.change(v)
			if e := loginErrorOf(t, b.form(b.tokenPath(), v).want(t, tt.status)); e.Error != tt.oauth || e.Codes[0] != tt.code {
				t.Errorf("got %s %v, want %s %d", e.Error, e.Codes, tt.oauth, tt.code)
			}
		})
	}
	// None of these has spent the code.
	tokens := tokensOf(t, b.form(b.tokenPath(), b.redeem(code)))
	if e := loginErrorOf(t, b.form(b.tokenPath(), b.redeem(code)).want(t, 400)); e.Error != "invalid_grant" || e.Codes[0] != 54005 {
		t.Errorf("a spent code: %s %v", e.Error, e.Codes)
	}
	stolen := b.redeem(code)
	stolen.Set("code_verifier", verifier+"x")
	if e := loginErrorOf(t, b.form(b.tokenPath(), stolen).want(t, 400)); e.Codes[0] != 54005 {
		t.Errorf("a spent code with another verifier: %v", e.Codes)
	}
	late := b.signInCode(b.People().Reader, nil)
	b.clock.advance(codeTime + time.Second)
	if e := loginErrorOf(t, b.form(b.tokenPath(), b.redeem(late)).want(t, 400)); e.Codes[0] != 70008 {
		t.Errorf("an expired code: %v", e.Codes)
	}
	refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {b.AuthClientID()}, "client_secret": {b.AuthClientSecret()}, "refresh_token": {tokens.RefreshToken}}
	for range 2 { // they are not rotated by force
		if got := tokensOf(t, b.form(b.tokenPath(), refresh)); got.IDToken == "" || got.RefreshToken == "" || claimsOf(t, got.IDToken)["nonce"] != nil {
			t.Errorf("refreshed %+v", got)
		}
	}
	other := url.Values{"grant_type": {"refresh_token"}, "client_id": {b.ClientID()}, "client_secret": {b.ClientSecret()}, "refresh_token": {tokens.RefreshToken}}
	if e := loginErrorOf(t, b.form(b.tokenPath(), other).want(t, 400)); e.Codes[0] != 70000 {
		t.Errorf("another application's refresh token: %v", e.Codes)
	}
	b.clock.advance(refreshTime)
	if e := loginErrorOf(t, b.form(b.tokenPath(), refresh).want(t, 400)); e.Error != "invalid_grant" || e.Codes[0] != 700082 {
		t.Errorf("an expired refresh token: %v", e.Codes)
	}
	if e := loginErrorOf(t, b.form("/common/oauth2/v2.0/token", b.redeem(code)).want(t, 400)); e.Codes[0] != 50194 {
		t.Errorf("the shared endpoint: %v", e.Codes)
	}
	if e := loginErrorOf(t, b.form("/"+b.Tenant().ID()+"/oauth2/token", b.redeem(code)).want(t, 400)); e.Codes[0] != 70003 {
		t.Errorf("the old endpoint: %v", e.Codes)
	}
}

func TestCodeIsSpentOnce(t *testing.T) {
	b := start(t, nil)
	code := b.signInCode(b.People().Reader, nil)
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		good  int
	)
	for range 8 {
		group.Go(func() {
			a := b.form(b.tokenPath(), b.redeem(code))
			mu.Lock()
			defer mu.Unlock()
			if a.status == http.StatusOK {
				good++
			}
		})
	}
	group.Wait()
	if good != 1 {
		t.Errorf("%d of 8 at once were given tokens for one code", good)
	}
}

func TestBrowserStaysSignedIn(t *testing.T) {
	b := start(t, nil)
	w, ask := b.browser(), b.ask()
	prompt := func(p, hint string) string {
		v := b.ask()
		v.Set("prompt", p)
		v.Set("login_hint", hint)
		return b.authorizeURL(v)
	}
	first := w.pick(b.authorizeURL(ask), b.People().Manager).sentBack(t)
	for name, address := range map[string]string{
		"again": b.authorizeURL(ask), "silently": prompt("none", ""), "by name": prompt("none", strings.ToUpper(b.People().Manager.UPN)),
	} {
		if got := w.open(address).sentBack(t); got.Get("code") == "" || got.Get("code") == first.Get("code") || got.Get("session_state") != first.Get("session_state") {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, p := range []string{"login", "select_account", "consent"} {
		formOf(t, w.open(prompt(p, "")).want(t, http.StatusOK).body)
	}
	if got := w.open(prompt("none", b.People().Reader.UPN)).sentBack(t); got.Get("error") != "login_required" {
		t.Errorf("somebody else, silently: %v", got)
	}
	if f := formOf(t, w.open(prompt("", b.People().Nobody.UPN)).want(t, http.StatusOK).body); f.people[0] != b.People().Nobody.ID {
		t.Error("the person of the hint is not first")
	}
	// Signing in as somebody else ends the session before, and its name is worth nothing.
	cookie := func(w *browser) string {
		u, _ := url.Parse(b.LoginURL())
		for _, c := range w.client.Jar.Cookies(u) {
			if c.Name == sessionCookie {
				return c.Value
			}
		}
		return ""
	}
	old := cookie(w)
	second := w.pick(prompt("select_account", ""), b.People().Reader).sentBack(t)
	if cookie(w) == old || second.Get("session_state") == first.Get("session_state") {
		t.Error("the session was not changed")
	}
	stranger := b.browser()
	u, _ := url.Parse(b.LoginURL())
	stranger.client.Jar.SetCookies(u, []*http.Cookie{{Name: sessionCookie, Value: old, Path: "/", Secure: true}})
	if got := stranger.open(prompt("none", "")).sentBack(t); got.Get("error") != "login_required" {
		t.Errorf("with the name of a session that has ended: %v", got)
	}
	b.clock.advance(sessionTime)
	if got := w.open(prompt("none", "")).sentBack(t); got.Get("error") != "login_required" {
		t.Errorf("a day later: %v", got)
	}
}

func TestLogout(t *testing.T) {
	b := start(t, func(c *Config) { c.Auth.Redirects = []string{callback, "https://aoc.example/?signed=out"} })
	logout := b.LoginURL() + "/" + b.Tenant().ID() + "/oauth2/v2.0/logout?"
	for back, want := range map[string]string{
		"":                                 "",
		"https://evil.example/":            "",
		"https://aoc.example/":             "",
		"https://aoc.example/?signed=out":  "https://aoc.example/?signed=out&state=x+y",
		"http://localhost:9/auth/callback": "http://localhost:9/auth/callback?state=x+y",
	} {
		if back == "http://localhost:9/auth/callback" {
			b.SetRedirects("http://localhost/auth/callback")
		} else {
			b.SetRedirects(callback, "https://aoc.example/?signed=out")
		}
		w, silent := b.browser(), b.ask()
		w.pick(b.authorizeURL(b.ask()), b.People().Reader).sentBack(t)
		a := w.open(logout + url.Values{"post_logout_redirect_uri": {back}, "state": {"x y"}}.Encode())
		if got := a.header.Get("Location"); got != want || (want == "") != (a.status == http.StatusOK) {
			t.Errorf("%s: %d to %q", back, a.status, got)
		}
		silent.Set("prompt", "none")
		if got := w.open(b.authorizeURL(silent)).sentBack(t); got.Get("error") != "login_required" {
			t.Errorf("%s: after signing out: %v", back, got)
		}
	}
}

func TestResponseModes(t *testing.T) {
	b := start(t, nil)
	mode := func(m string) string {
		v := b.ask()
		v.Set("response_mode", m)
		return b.authorizeURL(v)
	}
	at := b.browser().pick(mode("fragment"), b.People().Reader).want(t, http.StatusFound).header.Get("Location")
	if fragment, ok := strings.CutPrefix(at, callback+"#"); !ok || !strings.Contains(fragment, "code=") {
		t.Errorf("fragment: %s", at)
	}
	a := b.browser().pick(mode("form_post"), b.People().Reader).want(t, http.StatusOK)
	f := formOf(t, a.body)
	if f.action != callback || f.fields.Get("state") != "the state" {
		t.Errorf("form_post: %+v", f)
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action http://localhost:8000;") {
		t.Errorf("policy %s", policy)
	}
	tokensOf(t, b.form(b.tokenPath(), b.redeem(f.fields.Get("code"))))
	b.SetRedirects(callback + "?tenant=a")
	v := b.ask()
	v.Set("redirect_uri", callback+"?tenant=a")
	if got := b.browser().pick(b.authorizeURL(v), b.People().Reader).sentBack(t); got.Get("tenant") != "a" || got.Get("code") == "" {
		t.Errorf("an address with a query: %v", got)
	}
}

func TestPersonCanCancel(t *testing.T) {
	b := start(t, nil)
	w := b.browser()
	f := formOf(t, w.open(b.authorizeURL(b.ask())).want(t, 200).body)
	got := w.submit(f, url.Values{"cancel": {"1"}}, nil).sentBack(t)
	if got.Get("error") != "access_denied" || got.Get("error_subcode") != "cancel" || got.Get("state") != "the state" {
		t.Errorf("cancelled: %v", got)
	}
	if a := w.submit(f, url.Values{"person": {b.Tenant().Users[20].ID + "x"}}, nil); a.status != 400 || !strings.Contains(string(a.body), "AADSTS50034:") {
		t.Errorf("nobody: %d %.300s", a.status, a.body)
	}
}

func TestFaultsReachTheSignIn(t *testing.T) {
	b := start(t, nil)
	page, code := b.authorizeURL(b.ask()), b.signInCode(b.People().Reader, nil)
	b.SetFaults(Faults{Throttle429: 1})
	if a := b.browser().open(page); a.status != http.StatusTooManyRequests || !strings.Contains(string(a.body), "AADSTS90055:") {
		t.Errorf("throttled: %d %.200s", a.status, a.body)
	}
	if e := loginErrorOf(t, b.form(b.tokenPath(), b.redeem(code)).want(t, 429)); e.Codes[0] != 90055 {
		t.Errorf("throttled: %v", e.Codes)
	}
	b.SetFaults(Faults{ServerError: 1})
	if a := b.browser().open(page); a.status < 500 {
		t.Errorf("failing: %d", a.status)
	}
	b.SetFaults(Faults{CutConnection: 1})
	if a := b.form(b.tokenPath(), b.redeem(code)); a.err == nil {
		t.Errorf("cut: %d %s", a.status, a.body)
	}
	b.SetFaults(Faults{})
	if e := loginErrorOf(t, b.form(b.tokenPath(), b.redeem(code)).want(t, 400)); e.Codes[0] != 54005 {
		t.Errorf("a code whose answer was cut is spent; got %v", e.Codes)
	}
}
