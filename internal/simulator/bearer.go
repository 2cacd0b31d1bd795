package simulator

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// accessClaims are the claims of an access token.
type accessClaims struct {
	Audience  string   `json:"aud"`
	Issuer    string   `json:"iss"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
	AIO       string   `json:"aio"`
	AppName   string   `json:"app_displayname,omitempty"`
	AppID     string   `json:"appid"`
	AppIDACR  string   `json:"appidacr"`
	IDP       string   `json:"idp"`
	IDType    string   `json:"idtyp"`
	ObjectID  string   `json:"oid"`
	RH        string   `json:"rh"`
	Roles     []string `json:"roles,omitempty"`
	Subject   string   `json:"sub"`
	TenantID  string   `json:"tid"`
	UTI       string   `json:"uti"`
	Version   string   `json:"ver"`
}

func (c *accessClaims) has(permission string) bool { return slices.Contains(c.Roles, permission) }

// tokenCache remembers tokens whose signature was found good.
type tokenCache struct {
	mu   sync.Mutex
	good map[string]*accessClaims
}

func newTokenCache() *tokenCache { return &tokenCache{good: make(map[string]*accessClaims)} }

const mostTokens = 10_000

// bearer gives the claims of the request's token if it is one of ours, for this
// resource, and in time; else a reason in the service's words.
func (s *Server) bearer(r *http.Request, resource *resource) (*accessClaims, string) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return nil, "Access token is empty."
	}
	c := s.verified(token)
	if c == nil {
		return nil, "CompactToken parsing failed with error code: 80049217"
	}
	if fateOf(r).fault == faultToken || s.now().After(time.Unix(c.Expires, 0)) {
		return nil, "Lifetime validation failed, the token is expired."
	}
	if !s.isAudience(c.Audience, resource, r.Host) {
		return nil, "Access token validation failure. Invalid audience."
	}
	return c, ""
}

func (s *Server) verified(token string) *accessClaims {
	s.tokens.mu.Lock()
	c := s.tokens.good[token]
	s.tokens.mu.Unlock()
	if c != nil {
		return c
	}
	c = &accessClaims{}
	h, err := splitToken(token, c)
	if err != nil || h.Alg != "RS256" {
		return nil
	}
	key := s.keys.find(h.KeyID)
	if key == nil || verifyToken(token, h.Alg, &key.key.PublicKey) != nil {
		return nil
	}
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if len(s.tokens.good) >= mostTokens {
		clear(s.tokens.good)
	}
	s.tokens.good[token] = c
	return c
}
