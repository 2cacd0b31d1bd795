package httpapi

import (
	"context"
	"net/http"

	"aoc/internal/console"
)

const (
	tokensPath = "/api/tokens"
	tagAccess  = "access"
)

func (s *server) tokenRoutes() {
	register(s, get("list-tokens", tokensPath, tagAccess, "API tokens", "Newest first, without their secrets. Managers only."), s.listTokens)
	make := change(http.MethodPost, "make-token", tokensPath, tagAccess, "Make an API token", "For scripts and MCP clients. `secret` is told this once: send it as `Authorization: Bearer …`. Managers only.")
	make.DefaultStatus = http.StatusCreated
	register(s, make, s.makeToken)
	register(s, change(http.MethodDelete, "revoke-token", tokensPath+"/{id}", tagAccess, "Revoke an API token", "Within seconds nobody is let in by it. Managers only."), s.revokeToken)
}

type tokensBody struct {
	Tokens []console.APIToken `json:"tokens"`
}

func (s *server) listTokens(ctx context.Context, _ *struct{}) (*body[tokensBody], error) {
	tokens, err := s.console.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	return &body[tokensBody]{tokensBody{tokens}}, nil
}

type makeTokenInput struct{ Body console.TokenSpec }

type madeToken struct {
	console.APIToken
	Secret string `json:"secret" doc:"Told this once." example:"aoc_…"`
}

func (s *server) makeToken(ctx context.Context, in *makeTokenInput) (*body[madeToken], error) {
	secret, token, err := s.console.MakeToken(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[madeToken]{madeToken{token, secret}}, nil
}

type tokenParams struct {
	ID string `path:"id" maxLength:"32" doc:"id of the token." example:"4QRK2M7NZ5TJ3WYB"`
}

func (s *server) revokeToken(ctx context.Context, in *tokenParams) (*struct{}, error) {
	return nil, s.console.RevokeToken(ctx, in.ID)
}
