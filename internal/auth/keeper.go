package auth

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"aoc"
)

// Keeper recognises whoever asks, by whatever they bring.
type Keeper struct {
	// Provider and Gate recognise access tokens, and decide who of those whom the provider
	// knows may in.
	Provider *Provider
	Gate     *Gate
	// Tokens recognises AOC's own tokens.
	Tokens *Tokens
	// SignIn recognises browsers; nil where nobody can sign in with one.
	SignIn *SignIn
}

// SessionCookie names the cookie that holds the secret of a session. Browsers take one with
// this prefix only over a secure connection, from the host itself, and for all of it.
const SessionCookie = "__Host-aoc"

// Recognise tells who sent a request. The zero Caller is somebody who brings nothing. A
// token goes before a cookie, and a bad one is refused whatever else is there. Codes
// unauthenticated, forbidden, unavailable.
func (k *Keeper) Recognise(ctx context.Context, r *http.Request) (aoc.Caller, error) {
	return k.recognise(ctx, r, (*SignIn).Session)
}

func (k *Keeper) recognise(ctx context.Context, r *http.Request, session func(*SignIn, context.Context, string) (Identity, error)) (aoc.Caller, error) {
	if values := r.Header.Values("Authorization"); len(values) > 0 {
		token, ok := bearer(values)
		if !ok {
			return aoc.Caller{}, refused("the header Authorization is not Bearer and one token")
		}
		return k.byToken(ctx, token)
	}
	if k.SignIn == nil {
		return aoc.Caller{}, nil
	}
	secret, ok := SessionSecret(r)
	if !ok {
		return aoc.Caller{}, nil
	}
	id, err := session(k.SignIn, ctx, secret)
	if err != nil {
		return aoc.Caller{}, err
	}
	return k.admit(ctx, id, aoc.ViaSession)
}

// Still is Recognise for an answer that goes on: it does not count as a use of the session.
func (k *Keeper) Still(ctx context.Context, r *http.Request) (aoc.Caller, error) {
	return k.recognise(ctx, r, (*SignIn).Look)
}

// Holds reports whether whoever began a long answer may still have it: their session may have
// ended since, their token been revoked, or their rights changed. While nobody can tell it is
// asked again soon.
func (k *Keeper) Holds(ctx context.Context, r *http.Request, was aoc.Caller) bool {
	now, err := k.Still(ctx, r)
	if aoc.CodeOf(err) == aoc.CodeUnavailable {
		return true
	}
	return err == nil && now.Subject == was.Subject && now.Role == was.Role && equalTenants(now.Tenants, was.Tenants)
}

// equalTenants compares tenants that somebody is bound to: nil is all of them, not none.
func equalTenants(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

// SessionSecret gives the secret of the session that a browser's request names. Two of them
// name none: somebody may have put one there.
func SessionSecret(r *http.Request) (string, bool) {
	cookies := r.CookiesNamed(SessionCookie)
	if len(cookies) != 1 || cookies[0].Value == "" {
		return "", false
	}
	return cookies[0].Value, true
}

// bearer takes the token out of a header.
func bearer(values []string) (string, bool) {
	if len(values) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != "" && strings.TrimSpace(token) == token
}

func (k *Keeper) byToken(ctx context.Context, token string) (aoc.Caller, error) {
	if IsToken(token) {
		return k.Tokens.Find(ctx, token)
	}
	id, err := k.Provider.Verify(ctx, token)
	if err != nil {
		return aoc.Caller{}, err
	}
	return k.admit(ctx, id, aoc.ViaBearer)
}

func (k *Keeper) admit(ctx context.Context, id Identity, via aoc.Via) (aoc.Caller, error) {
	c, err := k.Gate.Admit(ctx, id)
	if err != nil {
		return aoc.Caller{}, err
	}
	c.Via = via
	return c, nil
}

// Enter ends signing in: it checks what the provider sent a browser back with, and that
// whoever it is may use AOC, and begins a session. One that the browser had before ends. who
// is told also when they may not; address is where the browser is.
func (k *Keeper) Enter(ctx context.Context, r *http.Request, attempt, address string) (secret, returnTo string, who aoc.Caller, err error) {
	secret, id, returnTo, err := k.SignIn.Finish(ctx, attempt, r.URL.Query(), address)
	if err != nil {
		return "", "", who, err
	}
	if who, err = k.admit(ctx, id, aoc.ViaSession); err != nil {
		who.Name, who.Subject, who.Address = id.Name, id.Subject, address
		if lost := k.SignIn.End(ctx, secret); lost != nil {
			return "", "", who, lost
		}
		return "", "", who, err
	}
	if before, ok := SessionSecret(r); ok {
		if err := k.SignIn.End(ctx, before); err != nil {
			return "", "", who, err
		}
	}
	return secret, returnTo, who, nil
}
