package auth

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const (
	tenantID = "11111111-2222-3333-4444-555555555555"
	clientID = "99999999-8888-7777-6666-555555555555"
)

// authority is an identity provider whose keys a test has in hand.
type authority struct {
	*httptest.Server
	clock *testClock

	mu      sync.Mutex
	keys    map[string]*rsa.PrivateKey // published, by id
	down    bool
	fetched int // how often the keys were asked for
}

// testClock is a clock that a test moves.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.advance(d)
	return ctx.Err()
}

var (
	keyOnce sync.Once
	keyPool []*rsa.PrivateKey
)

// signingKey gives one of a few keys: making them takes long.
func signingKey(t testing.TB, n int) *rsa.PrivateKey {
	t.Helper()
	keyOnce.Do(func() {
		for range 3 {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			keyPool = append(keyPool, key)
		}
	})
	return keyPool[n]
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{
		clock: &testClock{now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)},
		keys:  map[string]*rsa.PrivateKey{"one": signingKey(t, 0)},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+tenantID+"/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { a.configuration(w, a.issuer2()) })
	mux.HandleFunc("GET /"+tenantID+"/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { a.configuration(w, issuer1) })
	mux.HandleFunc("GET /keys", a.serveKeys)
	a.Server = httptest.NewTLSServer(mux)
	t.Cleanup(a.Close)
	return a
}

const issuer1 = "https://sts.windows.net/" + tenantID + "/"

func (a *authority) issuer2() string { return a.URL + "/" + tenantID + "/v2.0" }

func (a *authority) configuration(w http.ResponseWriter, issuer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{
		"issuer": issuer, "jwks_uri": a.URL + "/keys", "authorization_endpoint": a.URL + "/authorize", "token_endpoint": a.URL + "/token",
	})
}

func (a *authority) serveKeys(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fetched++
	if a.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	keys := []any{map[string]string{"kty": "EC", "kid": "curve", "crv": "P-256", "x": "AA", "y": "AA"}, "nonsense"}
	for id, key := range a.keys {
		keys = append(keys, map[string]string{
			"kty": "RSA", "use": "sig", "kid": id, "n": segment(key.N.Bytes()), "e": segment(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
}

func (a *authority) publish(keys map[string]*rsa.PrivateKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys = keys
}

func (a *authority) fail(down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = down
}

func (a *authority) fetches() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fetched
}

// provider makes what checks the authority's tokens.
func (a *authority) provider(t testing.TB) *Provider {
	t.Helper()
	p, err := NewProvider(ProviderConfig{
		Discovery: []string{a.URL + "/" + tenantID + "/v2.0/.well-known/openid-configuration", a.URL + "/" + tenantID + "/.well-known/openid-configuration"},
		TenantID:  tenantID, Audiences: []string{clientID, "api://" + clientID}, HTTP: a.Client(), Clock: a.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// good are the claims of an access token of a person, version 2.
func (a *authority) good() map[string]any {
	now := a.clock.Now()
	return map[string]any{
		"iss": a.issuer2(), "aud": clientID, "tid": tenantID, "ver": "2.0", "oid": "ada-oid", "sub": "ada-sub", "azp": "spa", "scp": "access",
		"preferred_username": "ada@contoso.example", "iat": now.Add(-time.Minute).Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

func segment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// forge makes a token with a header, claims, and what sign makes of both.
func forge(t testing.TB, header, claims any, sign func(signed []byte) []byte) string {
	t.Helper()
	signed := segment(asJSON(t, header)) + "." + segment(asJSON(t, claims))
	return signed + "." + segment(sign([]byte(signed)))
}

// asJSON encodes a value; bytes are taken as they are.
func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	if b, ok := v.([]byte); ok {
		return b
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rs256 signs as the authority does.
func rs256(t testing.TB, key *rsa.PrivateKey) func([]byte) []byte {
	return func(signed []byte) []byte {
		sum := sha256.Sum256(signed)
		sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

// token makes a token as the authority does.
func (a *authority) token(t testing.TB, claims any) string {
	t.Helper()
	return forge(t, map[string]string{"alg": "RS256", "typ": "JWT", "kid": "one"}, claims, rs256(t, signingKey(t, 0)))
}
