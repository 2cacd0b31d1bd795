package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aoc/internal/auth"
)

// signInBench is a service that lets people sign in at a provider which says where it is and
// nothing else.
func signInBench(t *testing.T) (*bench, *httptest.Server) {
	t.Helper()
	provider := httptest.NewServer(nil)
	t.Cleanup(provider.Close)
	provider.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{
			"issuer": provider.URL, "jwks_uri": provider.URL + "/keys", "authorization_endpoint": provider.URL + "/authorize", "token_endpoint": provider.URL + "/token",
		})
	})
	p, err := auth.NewProvider(auth.ProviderConfig{
		Issuer: provider.URL, Discovery: []string{provider.URL + "/.well-known/openid-configuration"}, Audiences: []string{"aoc"}, HTTP: provider.Client(), Clock: clock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	keeper := &auth.Keeper{Provider: p, Gate: auth.NewGate(auth.GateConfig{})}
	b := newBench(t, func(c *Config) { c.Keeper = keeper })
	keeper.Tokens = auth.NewTokens(b.store, clock{})
	keeper.SignIn, err = auth.NewSignIn(auth.SignInConfig{
		Provider: p, ClientID: "aoc", Secret: "secret", Redirect: "http://localhost:8000" + CallbackPath, Sessions: b.store, Clock: clock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, provider
}

// wantHostCookie holds that a cookie is one that this host alone gets, and no script.
func wantHostCookie(t *testing.T, c *http.Cookie) {
	t.Helper()
	if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie %s", c)
	}
	if len(c.Name)+len(c.Value) > 4096 {
		t.Errorf("the cookie %s has %d bytes, which browsers do not keep", c.Name, len(c.Value))
	}
}

// TestCookies holds what cookies the service sets, and that what it hands to the provider is
// no more than it needs.
func TestCookies(t *testing.T) {
	b, provider := signInBench(t)
	w := b.ask("GET", "/auth/login?return="+url.QueryEscape("/?q="+strings.Repeat("x", 1900)), "")
	if w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := w.Result().Cookies(); len(got) != 1 {
		t.Errorf("cookies: %v", got)
	} else {
		wantHostCookie(t, got[0])
	}
	there, err := url.Parse(w.Header().Get("Location"))
	if err != nil || there.Scheme+"://"+there.Host != provider.URL {
		t.Fatalf("sent to %s, %v", there, err)
	}
	q := there.Query()
	if q.Get("scope") != "openid profile email" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		len(q.Get("state")) < 26 || len(q.Get("nonce")) < 26 || strings.Contains(there.String(), "secret") {
		t.Errorf("asks the provider for %v", q)
	}
	for _, route := range []string{"GET /auth/callback?code=x&state=y", "POST /auth/logout"} {
		method, path, _ := strings.Cut(route, " ")
		for _, c := range b.ask(method, path, "").Result().Cookies() {
			if wantHostCookie(t, c); c.MaxAge >= 0 || c.Value != "" {
				t.Errorf("%s leaves %s", route, c)
			}
		}
	}
	if got := b.ask("POST", "/auth/logout", "").Header().Get("Clear-Site-Data"); got != `"cache"` {
		t.Errorf("signing out clears %s", got)
	}
	wantHostCookie(t, hostCookie(auth.SessionCookie, strings.Repeat("A", 52), 0))
	// A page elsewhere cannot sign anybody out.
	if w := b.ask("POST", "/auth/logout", "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("signing out from elsewhere: %d", w.Code)
	}
}

// TestPagesElsewhereSignNobodyIn: a page of another site that leads here does not begin a
// sign-in; AOC's own page asks first.
func TestPagesElsewhereSignNobodyIn(t *testing.T) {
	b, provider := signInBench(t)
	for site, begins := range map[string]bool{"": true, "none": true, "same-origin": true, "same-site": true, "cross-site": false} {
		w := b.ask("GET", "/auth/login?return=%2Freview", "", "Sec-Fetch-Site", site)
		at := w.Header().Get("Location")
		if w.Code != http.StatusFound || strings.HasPrefix(at, provider.URL) != begins || !begins && (at != "/review" || len(w.Result().Cookies()) > 0) {
			t.Errorf("from %q: %d, sent to %s", site, w.Code, at)
		}
	}
}
