package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/store"
)

// TokenPrefix begins every API token, so that scanners of secrets and AOC itself know one.
const TokenPrefix = "aoc_"

// KindToken is the kind of documents that API tokens are kept as.
const KindToken = "api-token"

// Token is an API token, without its secret.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    aoc.Role  `json:"role"`
	Tenants []string  `json:"tenants,omitempty"` // none: all
	Created time.Time `json:"created"`
	By      string    `json:"by"`
	Expires time.Time `json:"expires"`
	// Hash is what the secret is recognised by: its SHA-256 in hex. The secret is random, so
	// that nobody can find it from that.
	Hash string `json:"hash"`
}

// TokenStore is what tokens are kept in.
type TokenStore interface {
	ListDocuments(ctx context.Context, kind string) ([]store.Document, error)
	Checkpoint(ctx context.Context, name string) (string, error)
	SetCheckpoint(ctx context.Context, name, position string) error
}

// Tokens recognises API tokens. Which there are is looked up again every few seconds, so
// that one that is revoked in any process stops to count in all.
type Tokens struct {
	store TokenStore
	clock aoc.Clock

	mu     sync.Mutex
	known  map[string]Token // by id
	loaded time.Time
	used   map[string]time.Time // when the use of a token was last written down
}

const (
	// tokensKept is how long what is known of tokens is used.
	tokensKept = 5 * time.Second
	// useEvery bounds how often the use of a token is written down.
	useEvery = 5 * time.Minute
)

// NewTokens makes it.
func NewTokens(s TokenStore, clock aoc.Clock) *Tokens {
	return &Tokens{store: s, clock: clock, used: map[string]time.Time{}}
}

var tokenForm = regexp.MustCompile(`\Aaoc_([A-Z2-7]{16})_([A-Z2-7]{52})\z`)

// NewToken makes a token: what is shown once, and what is kept.
func NewToken(t Token) (secret string, kept Token) {
	t.ID = rand.Text()[:16]
	secret = TokenPrefix + t.ID + "_" + (rand.Text() + rand.Text())[:52]
	t.Hash = hashOf(secret)
	return secret, t
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte("aoc token\x00" + secret))
	return hex.EncodeToString(sum[:])
}

// IsToken reports whether a bearer token is meant to be one of AOC's own.
func IsToken(bearer string) bool { return strings.HasPrefix(bearer, TokenPrefix) }

// Find gives whose token it is. Codes unauthenticated, unavailable.
func (t *Tokens) Find(ctx context.Context, secret string) (aoc.Caller, error) {
	m := tokenForm.FindStringSubmatch(secret)
	if m == nil {
		return aoc.Caller{}, errNoToken("this is no API token")
	}
	known, err := t.all(ctx)
	if err != nil {
		return aoc.Caller{}, err
	}
	token := known[m[1]]
	now := t.clock.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Hash), []byte(hashOf(secret))) != 1:
		return aoc.Caller{}, errNoToken("this API token is not known, or has been revoked")
	case !now.Before(token.Expires):
		return aoc.Caller{}, errNoToken("this API token has expired")
	case token.Role.Rank() == 0:
		return aoc.Caller{}, errNoToken("this API token has no role that is known")
	}
	t.note(ctx, token.ID, now)
	return aoc.Caller{Name: token.Name, Subject: "token/" + token.ID, Via: aoc.ViaToken, Role: token.Role, Tenants: token.Tenants}, nil
}

func errNoToken(message string) error {
	e := aoc.Errorf(aoc.CodeUnauthenticated, "auth.token", "%s", message)
	e.Hint = "A manager can make a new one: aoc token create."
	return e
}

// all gives the tokens there are.
func (t *Tokens) all(ctx context.Context) (map[string]Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	if t.known != nil && now.Sub(t.loaded) < tokensKept {
		return t.known, nil
	}
	docs, err := t.store.ListDocuments(ctx, KindToken)
	if err != nil {
		return nil, err
	}
	known := make(map[string]Token, len(docs))
	for _, d := range docs {
		var token Token
		if json.Unmarshal(d.Body, &token) == nil && token.ID == d.ID {
			known[token.ID] = token
		}
	}
	t.known, t.loaded = known, now
	return known, nil
}

// note writes down that a token was used, now and then.
func (t *Tokens) note(ctx context.Context, id string, now time.Time) {
	t.mu.Lock()
	due := now.Sub(t.used[id]) >= useEvery
	if due {
		t.used[id] = now
	}
	t.mu.Unlock()
	if due { // who cannot write it down may use it all the same
		_ = t.store.SetCheckpoint(ctx, useName(id), now.UTC().Format(time.RFC3339))
	}
}

func useName(id string) string { return "token/" + id }

// TokenUsed tells when a token was last used, to within minutes; zero if never.
func TokenUsed(ctx context.Context, s store.Checkpoints, id string) (time.Time, error) {
	text, err := s.Checkpoint(ctx, useName(id))
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, aoc.Wrap(err, aoc.CodeInternal, "auth.token", "the last use of a token cannot be read")
	}
	return at, nil
}
