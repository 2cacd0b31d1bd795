package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"sync"
	"testing"
	"time"

	"aoc"
)

// tokenBy makes a token that is signed with a key under an id.
func (a *authority) tokenBy(t testing.TB, id string, key *rsa.PrivateKey) string {
	t.Helper()
	return forge(t, map[string]string{"alg": "RS256", "typ": "JWT", "kid": id}, a.good(), rs256(t, key))
}

// Whoever sends tokens with key ids of their own making costs the provider one request a
// minute, and honest people nothing.
func TestUnknownKeysDoNotFlood(t *testing.T) {
	a := newAuthority(t)
	p := a.provider(t)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 100 {
				bad := a.tokenBy(t, fmt.Sprintf("made up %d %d", worker, i), signingKey(t, 1))
				if _, err := p.Verify(t.Context(), bad); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
					t.Errorf("got %v", err)
				}
				if _, err := p.Verify(t.Context(), a.token(t, a.good())); err != nil {
					t.Errorf("an honest token: %v", err)
				}
			}
		})
	}
	all.Wait()
	if n := a.fetches(); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
	a.clock.advance(keysRest)
	for i := range 10 {
		_, _ = p.Verify(t.Context(), a.tokenBy(t, fmt.Sprint("later ", i), signingKey(t, 1)))
	}
	if n := a.fetches(); n != 2 {
		t.Errorf("a minute later the keys had been fetched %d times, want once more", n)
	}
}

// New keys are found without a restart, and keys that are withdrawn count no more.
func TestKeysAreRotated(t *testing.T) {
	a := newAuthority(t)
	p := a.provider(t)
	old := signingKey(t, 0)
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "one", old)); err != nil {
		t.Fatal(err)
	}
	next := signingKey(t, 1)
	a.publish(map[string]*rsa.PrivateKey{"two": next})
	a.clock.advance(keysRest)
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "two", next)); err != nil {
		t.Fatalf("the new key: %v", err)
	}
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "one", old)); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("the withdrawn key: %v", err)
	}
	// The same id with another key: what the provider says now counts, after a while.
	third := signingKey(t, 2)
	a.publish(map[string]*rsa.PrivateKey{"two": third})
	a.clock.advance(2 * keysKept)
	for began := time.Now(); ; time.Sleep(time.Millisecond) { // it is looked at in the background
		if _, err := p.Verify(t.Context(), a.tokenBy(t, "two", third)); err == nil {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("the key under an id that is known was never replaced")
		}
	}
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "two", next)); err == nil {
		t.Error("the key that was replaced still counts")
	}
}

// While the provider is away nobody new can be checked, and those whose keys are known go on.
func TestProviderIsAway(t *testing.T) {
	a := newAuthority(t)
	a.fail(true)
	p := a.provider(t)
	if _, err := p.Verify(t.Context(), a.token(t, a.good())); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Fatalf("without any keys: %v; want unavailable", err)
	}
	a.fail(false)
	if _, err := p.Verify(t.Context(), a.token(t, a.good())); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("a moment later: %v; want unavailable still", err)
	}
	a.clock.advance(retryAfter)
	if _, err := p.Verify(t.Context(), a.token(t, a.good())); err != nil {
		t.Fatalf("when it is back: %v", err)
	}
	a.fail(true)
	a.clock.advance(configurationKept + time.Hour)
	for range 3 {
		if _, err := p.Verify(t.Context(), a.token(t, a.good())); err != nil {
			t.Fatalf("away again: %v", err)
		}
	}
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "unknown", signingKey(t, 1))); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("a key that is not known, meanwhile: %v", err)
	}
}

// Keys that are too small, of another kind or for another use are not trusted, even though
// the provider publishes them.
func TestKeysThatAreNotTrusted(t *testing.T) {
	a := newAuthority(t)
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	a.publish(map[string]*rsa.PrivateKey{"one": signingKey(t, 0), "small": small})
	p := a.provider(t)
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "small", small)); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("a key of 1024 bits: %v", err)
	}
	a.publish(map[string]*rsa.PrivateKey{"small": small})
	p = a.provider(t)
	if _, err := p.Verify(t.Context(), a.tokenBy(t, "small", small)); aoc.CodeOf(err) != aoc.CodeUpstream {
		t.Errorf("no key that can be used: %v; want upstream", err)
	}
}

func TestBadProviders(t *testing.T) {
	a := newAuthority(t)
	for name, cfg := range map[string]ProviderConfig{
		"no address":  {Audiences: []string{"x"}},
		"no audience": {Discovery: []string{a.URL}},
		"plain http":  {Discovery: []string{"http://login.example/"}, Audiences: []string{"x"}},
		"a password":  {Discovery: []string{"https://a:b@login.example/"}, Audiences: []string{"x"}},
	} {
		if _, err := NewProvider(cfg); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that calls itself by another name.
	p, err := NewProvider(ProviderConfig{
		Discovery: []string{a.URL + "/" + tenantID + "/v2.0/.well-known/openid-configuration"}, Issuer: "https://accounts.example",
		Audiences: []string{clientID}, HTTP: a.Client(), Clock: a.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verify(t.Context(), a.token(t, a.good())); aoc.CodeOf(err) != aoc.CodeUpstream {
		t.Errorf("another issuer: %v; want upstream", err)
	}
}
