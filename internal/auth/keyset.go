package auth

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"aoc"
)

const (
	// keysKept is how long keys are used before they are fetched again, in the background.
	// Entra ID publishes new keys days before it uses them, and asks to look once a day.
	keysKept = time.Hour
	// keysRest lies between two fetches, whatever tokens say: a key id that is not known is
	// the sender's to choose.
	keysRest = time.Minute
	// minKeyBits is the smallest RSA key that is trusted.
	minKeyBits = 2048
	// maxKeys bounds how many keys are kept of a provider.
	maxKeys = 100
)

// keyDocument is a set of keys as providers publish it: entries of a kind that is not known
// are left out rather than an error.
type keyDocument struct {
	Keys []json.RawMessage `json:"keys"`
}

// keySet holds the public keys of a provider by id, and notices new ones.
type keySet struct {
	fetch func(ctx context.Context) (keyDocument, error)
	clock aoc.Clock
	log   *slog.Logger

	fetching sync.Mutex // one fetch at a time

	mu    sync.Mutex
	keys  map[string]*rsa.PublicKey
	last  time.Time // when the last fetch that succeeded was
	tried time.Time // when the last fetch was
	fault error     // of the last fetch
	busy  bool      // a fetch runs in the background
}

func newKeySet(fetch func(ctx context.Context) (keyDocument, error), clock aoc.Clock, log *slog.Logger) *keySet {
	return &keySet{fetch: fetch, clock: clock, log: log}
}

var errSignature = errors.New("the signature does not fit")

// VerifySignature implements oidc.KeySet: it gives what a token says if one of the keys has
// signed it with RS256.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, errSignature
	}
	if len(signed.Signatures) != 1 || signed.Signatures[0].Header.KeyID == "" {
		return nil, errSignature
	}
	key, err := k.find(ctx, signed.Signatures[0].Header.KeyID)
	if err != nil {
		return nil, err
	}
	claims, err := signed.Verify(key)
	if err != nil {
		return nil, errSignature
	}
	return claims, nil
}

// find gives the key with an id. One that is not known is looked for at the provider, but
// not more often than once in keysRest.
func (k *keySet) find(ctx context.Context, id string) (*rsa.PublicKey, error) {
	key, stale, tried := k.known(id)
	switch {
	case key != nil && stale:
		k.refreshLater(ctx)
		return key, nil
	case key != nil:
		return key, nil
	}
	if err := k.refresh(ctx, tried); err != nil {
		return nil, err
	}
	if key, _, _ = k.known(id); key == nil {
		return nil, errSignature
	}
	return key, nil
}

func (k *keySet) known(id string) (key *rsa.PublicKey, stale bool, tried time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[id], k.clock.Now().Sub(k.last) > keysKept, k.tried
}

// refreshLater fetches the keys without letting anybody wait for them.
func (k *keySet) refreshLater(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.busy || k.clock.Now().Sub(k.tried) < keysRest {
		return
	}
	k.busy = true
	go func() {
		err := k.refresh(context.WithoutCancel(ctx), k.triedAt())
		if err != nil {
			k.log.WarnContext(ctx, "the identity provider's keys cannot be fetched; those known are used", "error", err)
		}
		k.mu.Lock()
		k.busy = false
		k.mu.Unlock()
	}()
}

func (k *keySet) triedAt() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.tried
}

// refresh fetches the keys unless somebody has since a time, or did so a moment ago. It
// fails only while there are no keys at all.
func (k *keySet) refresh(ctx context.Context, since time.Time) error {
	k.fetching.Lock()
	defer k.fetching.Unlock()
	now := k.clock.Now()
	k.mu.Lock()
	rest, fault := keysRest, k.fault
	if len(k.keys) == 0 {
		rest = retryAfter
	}
	wait := k.tried.After(since) || !k.tried.IsZero() && now.Sub(k.tried) < rest
	some := len(k.keys) > 0
	k.mu.Unlock()
	if wait {
		if some {
			return nil
		}
		return fault
	}
	doc, err := k.fetch(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tried, k.fault = now, err
	if err == nil {
		keys := doc.trusted()
		if len(keys) == 0 {
			k.fault = aoc.Errorf(aoc.CodeUpstream, "auth.keys", "the identity provider publishes no key that can be used")
		} else {
			k.keys, k.last = keys, now
		}
	}
	if len(k.keys) > 0 {
		return nil
	}
	return k.fault
}

// trusted gives the keys that can sign tokens, by id.
func (d keyDocument) trusted() map[string]*rsa.PublicKey {
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range d.Keys[:min(len(d.Keys), maxKeys)] {
		var k jose.JSONWebKey
		if err := k.UnmarshalJSON(raw); err != nil || k.KeyID == "" || k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != string(jose.RS256) {
			continue
		}
		if key, ok := k.Key.(*rsa.PublicKey); ok && key.N.BitLen() >= minKeyBits {
			keys[k.KeyID] = key
		}
	}
	return keys
}
