package simulator

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"
)

// personAnswer is the token endpoint's answer to a person's application.
type personAnswer struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int64  `json:"expires_in"`
	ExtExpiresIn int64  `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
}

func invalidGrant(code int, message string) *loginFailure {
	return &loginFailure{http.StatusBadRequest, "invalid_grant", code, message}
}

// redeemCode answers the authorization code grant. A code is spent by the request that
// succeeds: one with a wrong secret or verifier leaves it.
func (s *Server) redeemCode(q tokenRequest) (any, *loginFailure) {
	acr, fail := s.authenticate(q)
	if fail != nil {
		return nil, fail
	}
	code := q.form.Get("code")
	g, ok := s.grants.find(s.grants.codes, code)
	if !ok {
		return nil, invalidGrant(9002313, "Invalid request. Request is malformed or invalid.")
	}
	if fail := s.checkCode(q, g); fail != nil {
		return nil, fail
	}
	if fail := s.narrow(q, &g); fail != nil {
		return nil, fail
	}
	answer, fail := s.answerPerson(q, g.consent, acr)
	if fail != nil {
		return nil, fail
	}
	if !s.grants.use(code) {
		return nil, errRedeemed()
	}
	return answer, nil
}

func errRedeemed() *loginFailure {
	return invalidGrant(54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")
}

// checkCode checks whether a code is the client's, unspent, in time, and bound to the request.
func (s *Server) checkCode(q tokenRequest, g grant) *loginFailure {
	redirect, verifier := q.form.Get("redirect_uri"), q.form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case g.app != q.app:
		return invalidGrant(70000, "Provided grant is invalid or malformed.")
	case g.used:
		return errRedeemed()
	case s.now().After(g.expires):
		return invalidGrant(70008, "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.")
	case redirect == "":
		return invalidGrant(700009, "Reply address must be provided when presenting an authorization code requested with an explicit reply address.")
	case redirect != g.redirect:
		return &loginFailure{http.StatusBadRequest, "invalid_client", 500112, "The reply address '" + redirect + "' does not match the reply address '" + g.redirect + "' provided when requesting Authorization code."}
	case g.challenge == "" && verifier != "":
		return invalidGrant(50147, "Missing Code_Challenge parameter.")
	case g.challenge != "" && verifier == "":
		return invalidGrant(50148, "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.")
	case g.challenge != "" && subtle.ConstantTimeCompare([]byte(encodeSegment(sum[:])), []byte(g.challenge)) != 1:
		return invalidGrant(501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	return nil
}

// narrow changes what a grant gives to what the request asks for, if it asks.
func (s *Server) narrow(q tokenRequest, g *grant) *loginFailure {
	text := q.form.Get("scope")
	if text == "" {
		return nil
	}
	asked, fail := s.readScopes(text)
	if fail != nil {
		return fail
	}
	// Whoever signed in with openid gets ID tokens ever after.
	asked.openid, asked.profile = asked.openid || g.scopes.openid, asked.profile || g.scopes.profile
	asked.email, asked.offline = asked.email || g.scopes.email, asked.offline || g.scopes.offline
	g.scopes = asked
	return nil
}

// refreshTokens answers the refresh token grant. Refresh tokens of Entra ID stay good when
// they have been used.
func (s *Server) refreshTokens(q tokenRequest) (any, *loginFailure) {
	acr, fail := s.authenticate(q)
	if fail != nil {
		return nil, fail
	}
	g, ok := s.grants.find(s.grants.refresh, q.form.Get("refresh_token"))
	switch {
	case !ok:
		return nil, invalidGrant(9002313, "Invalid request. Request is malformed or invalid.")
	case g.app != q.app:
		return nil, invalidGrant(70000, "Provided grant is invalid or malformed.")
	case s.now().After(g.expires):
		return nil, invalidGrant(700082, "The refresh token has expired due to inactivity. The token was issued on "+
			g.expires.Add(-refreshTime).Format("2006-01-02T15:04:05.0000000Z")+" and was inactive for 90.00:00:00.")
	}
	if fail := s.narrow(q, &g); fail != nil {
		return nil, fail
	}
	g.nonce = "" // of the sign-in alone
	return s.answerPerson(q, g.consent, acr)
}

// answerPerson makes the tokens that a person's application gets.
func (s *Server) answerPerson(q tokenRequest, g consent, acr string) (any, *loginFailure) {
	at := s.newStamp()
	c := s.graphClaimsOf(at, g, acr)
	if g.scopes.resource != "" {
		c = s.accessClaimsOf(q.base, s.cfg.Auth.TokenVersion, at, g, acr, false)
	}
	seconds := int64(at.life/time.Second) - 1
	answer := personAnswer{TokenType: "Bearer", Scope: g.scopes.granted(), ExpiresIn: seconds, ExtExpiresIn: seconds}
	var fail *loginFailure
	if answer.AccessToken, fail = s.sign(c); fail != nil {
		return nil, fail
	}
	if g.scopes.openid {
		if answer.IDToken, fail = s.sign(s.idClaims(q.base, at, g)); fail != nil {
			return nil, fail
		}
	}
	if g.scopes.offline {
		answer.RefreshToken = s.grants.add(s.grants.refresh, grant{consent: g, expires: s.now().Add(refreshTime)}, s.now())
	}
	return answer, nil
}

// isShared reports whether a path's tenant stands for many.
func isShared(tenant string) bool {
	return tenant == "common" || tenant == "organizations" || tenant == "consumers"
}

func errMissing(parameter string) *loginFailure {
	return &loginFailure{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: '" + parameter + "'."}
}

func errNoApplication(id, tenant string) *loginFailure {
	return &loginFailure{http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '" + id +
		"' was not found in the directory '" + tenant + "'. This can happen if the application has not been installed by the administrator of the tenant " +
		"or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."}
}

func errNotShared(a *application) *loginFailure {
	return &loginFailure{http.StatusBadRequest, "invalid_request", 50194, "Application '" + a.id + "'(" + a.name +
		") is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant."}
}

func errTransient() *loginFailure {
	return &loginFailure{http.StatusServiceUnavailable, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."}
}

// faultOf is the error that the fate of a request wants, nil for none.
func faultOf(r *http.Request) *loginFailure {
	switch fateOf(r).fault {
	case faultThrottle:
		return &loginFailure{http.StatusTooManyRequests, "temporarily_unavailable", 90055, "Tenant is throttled because there are too many requests."}
	case faultServer:
		return errTransient()
	}
	return nil
}

// grantTypes are the grants that the token endpoint knows, with what each needs beside the
// client's id.
var grantTypes = map[string]string{"client_credentials": "scope", "authorization_code": "code", "refresh_token": "refresh_token"}

// answer gives the tokens that a request is for.
func (s *Server) answer(q tokenRequest) (any, *loginFailure) {
	kind := q.form.Get("grant_type")
	needed, known := grantTypes[kind]
	switch {
	case kind == "":
		return nil, errMissing("grant_type")
	case q.clientID == "":
		return nil, errMissing("client_id")
	case !known || q.version == 1 && kind != "client_credentials":
		return nil, &loginFailure{http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + kind + "'."}
	case q.form.Get(needed) == "" && q.version == 2:
		return nil, errMissing(needed)
	}
	q.app = s.application(q.clientID)
	switch {
	case isShared(q.tenant) && kind == "client_credentials":
		return nil, &loginFailure{http.StatusBadRequest, "invalid_request", 9001023,
			"The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."}
	case q.app == nil:
		return nil, errNoApplication(q.clientID, s.tenant.Name())
	case isShared(q.tenant):
		return nil, errNotShared(q.app)
	case kind == "authorization_code":
		return s.redeemCode(q)
	case kind == "refresh_token":
		return s.refreshTokens(q)
	}
	id, names, fail := s.requested(q)
	if fail != nil {
		return nil, fail
	}
	acr, fail := s.authenticate(q)
	if fail != nil {
		return nil, fail
	}
	return s.issue(q, id, names, acr)
}

// credentials reads who asks, from the form or the header.
func (q *tokenRequest) credentials(r *http.Request) {
	q.clientID, q.secret = q.form.Get("client_id"), q.form.Get("client_secret")
	if id, secret, ok := r.BasicAuth(); ok {
		q.clientID, q.secret = cmp.Or(unescape(id), q.clientID), unescape(secret)
	}
	q.clientID = strings.TrimSpace(q.clientID)
}
