package console

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/auth"
)

// TokenSpec is what people say of an API token.
type TokenSpec struct {
	Name string `json:"name" doc:"What it is for; what is done with it is recorded under this name." maxLength:"200" example:"nightly export"`
	Role string `json:"role" enum:"reader,analyst,member,manager" doc:"What it may do: no more than you may."`
	// Tenants are those it may see; none means all.
	Tenants []string `json:"tenants,omitempty" maxItems:"100" doc:"The tenants it may see, by their ids; none: all."`
	Days    int      `json:"days" minimum:"1" maximum:"366" default:"90" doc:"For how many days it holds."`
}

// APIToken is an API token as people see it, without its secret.
type APIToken struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    aoc.Role  `json:"role"`
	Tenants []string  `json:"tenants"`
	By      string    `json:"by"`
	Created time.Time `json:"created_at"`
	Expires time.Time `json:"expires_at"`
	// Used is when it was last used, to within minutes.
	Used time.Time `json:"last_used_at,omitzero"`
}

const (
	maxTokenDays    = 366
	maxTokenTenants = 100
)

// check checks a token that somebody wants to make.
func (s TokenSpec) check(who aoc.Caller) (TokenSpec, error) {
	var err error
	if s.Name, err = someLine("name", s.Name, maxName); err != nil {
		return s, err
	}
	role := aoc.Role(s.Role)
	switch {
	case role.Rank() == 0:
		return s, invalid("role", "choose from reader, analyst, member, manager")
	case role.Rank() > who.Role.Rank():
		return s, invalid("role", "a token may do no more than you may")
	case s.Days < 1 || s.Days > maxTokenDays:
		return s, invalid("days", "a token holds for 1 to %d days", maxTokenDays)
	case len(s.Tenants) > maxTokenTenants:
		return s, invalid("tenants", "at most %d tenants can be named", maxTokenTenants)
	}
	for i, tenant := range s.Tenants {
		if s.Tenants[i] = strings.ToLower(tenant); !wholeGUID(tenant) {
			return s, invalid("tenants", "a tenant is named by its id, a GUID")
		}
	}
	return s, nil
}

func wholeGUID(s string) bool { return guidPattern.FindString(s) == s && s != "" }

// MakeToken makes an API token. Its secret is told this once. Codes invalid; conflict when
// there are too many.
func (c *Console) MakeToken(ctx context.Context, s TokenSpec) (secret string, made APIToken, err error) {
	if err := c.authorise(ctx, actTokens); err != nil {
		return "", made, err
	}
	if s, err = s.check(c.caller(ctx)); err != nil {
		return "", made, err
	}
	known, err := c.store.ListDocuments(ctx, auth.KindToken)
	if err != nil {
		return "", made, err
	}
	if len(known) >= maxDocuments {
		e := aoc.Errorf(aoc.CodeConflict, "console.token", "there are %d tokens already, which is the most that can be kept", len(known))
		e.Hint = "Revoke some that nobody needs any more."
		return "", made, e
	}
	now := c.clock.Now().UTC()
	secret, token := auth.NewToken(auth.Token{
		Name: s.Name, Role: aoc.Role(s.Role), Tenants: s.Tenants, Created: now, By: author(ctx), Expires: now.AddDate(0, 0, s.Days),
	})
	if _, err := c.putDocument(ctx, auth.KindToken, token.ID, 0, token); err != nil {
		return "", made, err
	}
	c.log.InfoContext(ctx, "API token made", "id", token.ID, "name", token.Name, "role", token.Role, "caller", CallerOf(ctx).Name)
	return secret, shownToken(token), nil
}

func shownToken(t auth.Token) APIToken {
	tenants := t.Tenants
	if tenants == nil {
		tenants = []string{}
	}
	return APIToken{ID: t.ID, Name: t.Name, Role: t.Role, Tenants: tenants, By: t.By, Created: t.Created, Expires: t.Expires}
}

// Tokens lists the API tokens, newest first, those too that have expired.
func (c *Console) Tokens(ctx context.Context) ([]APIToken, error) {
	if err := c.authorise(ctx, actTokens); err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, auth.KindToken)
	if err != nil {
		return nil, err
	}
	tokens := []APIToken{}
	for _, d := range docs {
		var token auth.Token
		if err := json.Unmarshal(d.Body, &token); err != nil {
			continue // of a newer version of the program: nobody is let in by it
		}
		shown := shownToken(token)
		if shown.Used, err = auth.TokenUsed(ctx, c.store, token.ID); err != nil {
			return nil, err
		}
		tokens = append(tokens, shown)
	}
	slices.SortStableFunc(tokens, func(a, b APIToken) int { return b.Created.Compare(a.Created) })
	return tokens, nil
}

// RevokeToken ends an API token: within seconds nobody is let in by it. Code not_found.
func (c *Console) RevokeToken(ctx context.Context, id string) error {
	if err := c.authorise(ctx, actTokens); err != nil {
		return err
	}
	docs, err := c.store.ListDocuments(ctx, auth.KindToken)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.ID == id {
			c.log.InfoContext(ctx, "API token revoked", "id", id, "caller", CallerOf(ctx).Name)
			return c.dropDocument(ctx, auth.KindToken, id, d.Version)
		}
	}
	return aoc.Errorf(aoc.CodeNotFound, "console.token", "there is no API token with this id")
}
