package m365

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc"
)

const (
	// tokenMargin is how long before its end a token is no longer used.
	tokenMargin = 5 * time.Minute
	// freshToken is the age up to which a token is known to hold what was consented.
	freshToken = 5 * time.Minute
)

// tokens keeps the token of one service.
type tokens struct {
	credential azcore.TokenCredential
	scope      string
	clock      aoc.Clock

	mu       sync.Mutex
	value    string
	expires  time.Time
	acquired time.Time
}

// get gives a token that is good for a while, asking for one if need be. asked tells
// whether it did.
func (t *tokens) get(ctx context.Context) (token string, asked bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value != "" && t.clock.Now().Before(t.expires.Add(-tokenMargin)) {
		return t.value, false, nil
	}
	err = t.ask(ctx, "")
	return t.value, true, err
}

// renew replaces a token that was refused. When it has been replaced meanwhile nothing
// is asked.
func (t *tokens) renew(ctx context.Context, refused string) (asked bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value != refused {
		return false, nil
	}
	// A claim that the token be newer makes the sign-in library pass over its own cache.
	// It is the one that Microsoft's services send themselves when they want a new token.
	notBefore := t.clock.Now().Add(-tokenMargin).Unix()
	return true, t.ask(ctx, fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, notBefore))
}

// isFresh reports whether a token was acquired just now, so that a permission granted
// since then cannot be what it lacks.
func (t *tokens) isFresh(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return token == t.value && t.clock.Now().Sub(t.acquired) < freshToken
}

func (t *tokens) ask(ctx context.Context, claims string) error {
	t.value = ""
	token, err := t.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.scope}, Claims: claims})
	if err != nil {
		if known, ok := errors.AsType[*aoc.Error](err); ok {
			return known
		}
		return &aoc.Error{Code: aoc.CodeUnauthenticated, Op: opSignIn, Message: "sign-in failed", Cause: err}
	}
	t.value, t.expires, t.acquired = token.Token, token.ExpiresOn, t.clock.Now()
	return nil
}
