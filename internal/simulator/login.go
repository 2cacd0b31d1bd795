package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// loginHandler serves the Entra token service.
func (s *Server) loginHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) { s.token(w, r, 2) })
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", s.authorize)
	mux.HandleFunc("POST /{tenant}/login", s.signIn)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/logout", s.logout)
	mux.HandleFunc("/{tenant}/oauth2/token", func(w http.ResponseWriter, r *http.Request) { s.token(w, r, 1) })
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) { s.metadata(w, r, 2) })
	mux.HandleFunc("GET /{tenant}/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) { s.metadata(w, r, 1) })
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", s.publishKeys)
	mux.HandleFunc("GET /{tenant}/discovery/keys", s.publishKeys)
	mux.HandleFunc("GET /common/discovery/instance", s.instance)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		s.send(w, r, http.StatusNotFound, []byte("<html><body>404 - File or directory not found.</body></html>"))
	})
	return mux
}

// tokenRequest is what a client asks for at the token endpoint.
type tokenRequest struct {
	version  int // 1 or 2: the endpoint's
	tenant   string
	form     url.Values
	clientID string
	secret   string
	app      *application
	base     string // the token service's address, as called
	endpoint string // as called
}

// token answers the token endpoint.
func (s *Server) token(w http.ResponseWriter, r *http.Request, version int) {
	tokens, fail := s.grant(r, version)
	if fail != nil {
		s.loginError(w, r, *fail)
		return
	}
	body, err := json.Marshal(tokens)
	if err != nil {
		s.loginError(w, r, *errTransient())
		return
	}
	s.loginHeaders(w, s.newGUID())
	s.send(w, r, http.StatusOK, body)
}

func (s *Server) grant(r *http.Request, version int) (any, *loginFailure) {
	base := originOf(r)
	q := tokenRequest{version: version, tenant: r.PathValue("tenant"), base: base, endpoint: base + r.URL.Path}
	if fail := faultOf(r); fail != nil {
		return nil, fail
	}
	if r.Method != http.MethodPost {
		return nil, &loginFailure{http.StatusBadRequest, "invalid_request", 900561,
			"The endpoint only accepts POST requests. Received a " + r.Method + " request."}
	}
	if err := r.ParseForm(); err != nil {
		return nil, &loginFailure{http.StatusBadRequest, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid."}
	}
	q.form = r.PostForm
	if fail := s.checkTenant(q.tenant); fail != nil {
		return nil, fail
	}
	q.credentials(r)
	return s.answer(q)
}

func unescape(v string) string {
	if u, err := url.QueryUnescape(v); err == nil {
		return u
	}
	return v
}

// checkTenant finds out whether the tenant of the path is ours.
func (s *Server) checkTenant(name string) *loginFailure {
	switch {
	case strings.EqualFold(name, s.tenant.ID()), strings.EqualFold(name, s.tenant.Domain()), strings.EqualFold(name, s.tenant.InitialDomain()),
		name == "common", name == "organizations", name == "consumers":
		return nil
	case !isGUID(name) && !strings.Contains(name, "."):
		return &loginFailure{http.StatusBadRequest, "invalid_request", 900023,
			"Specified tenant identifier '" + name + "' is neither a valid DNS name, nor a valid external domain."}
	}
	return &loginFailure{http.StatusBadRequest, "invalid_request", 90002, "Tenant '" + name +
		"' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. " +
		"Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."}
}

// requested finds the API a token is asked for, and under which identifier.
func (s *Server) requested(q tokenRequest) (id string, names []*resource, fail *loginFailure) {
	if q.version == 1 {
		if id = q.form.Get("resource"); id == "" {
			return "", nil, errMissing("resource")
		}
	} else {
		scopes := slices.DeleteFunc(strings.Fields(q.form.Get("scope")), func(v string) bool { return slices.Contains(openIDScopes, v) })
		if len(scopes) != 1 || !strings.Contains(scopes[0], "/") {
			return "", nil, &loginFailure{http.StatusBadRequest, "invalid_scope", 70011,
				"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope " + q.form.Get("scope") + " is not valid."}
		}
		var ok bool
		if id, ok = strings.CutSuffix(scopes[0], "/.default"); !ok {
			return "", nil, &loginFailure{http.StatusBadRequest, "invalid_scope", 1002012, "The provided value for scope " + scopes[0] +
				" is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."}
		}
	}
	if names = s.resourcesNamed(id); len(names) == 0 {
		return "", nil, errNoResource(id, s.tenant.Name())
	}
	return id, names, nil
}

// tokenAnswer is the v2.0 endpoint's answer; v1.0 has its numbers as strings.
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	ExtExpiresIn int64  `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
}

type tokenAnswerV1 struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    string `json:"expires_in"`
	ExtExpiresIn string `json:"ext_expires_in"`
	ExpiresOn    string `json:"expires_on"`
	NotBefore    string `json:"not_before"`
	Resource     string `json:"resource"`
	AccessToken  string `json:"access_token"`
}

// issue makes a token for an application. One without permissions gets a token without roles.
func (s *Server) issue(q tokenRequest, id string, names []*resource, acr string) (any, *loginFailure) {
	at := s.newStamp()
	var c any = s.applicationClaims(q.app, id, names, acr, at)
	if names[0] == s.api {
		c = s.appClaims(q.base, id, at, q.app, acr)
	}
	key, err := s.keys.current()
	if err != nil {
		return nil, errTransient()
	}
	token, err := signToken(key.key, tokenHeader{Type: "JWT", Alg: "RS256", KeyID: key.id, X5T: key.id}, c)
	if err != nil {
		return nil, errTransient()
	}
	seconds := int64(at.life/time.Second) - 1
	if q.version == 1 {
		text := strconv.FormatInt(seconds, 10)
		return tokenAnswerV1{
			"Bearer", text, text, strconv.FormatInt(at.expires.Unix(), 10), strconv.FormatInt(at.issued.Unix(), 10), id, token,
		}, nil
	}
	return tokenAnswer{"Bearer", seconds, seconds, token}, nil
}

// applicationClaims are the claims of a token for one of Microsoft's APIs.
func (s *Server) applicationClaims(a *application, id string, names []*resource, acr string, at stamp) accessClaims {
	c := accessClaims{
		Audience: id, Issuer: s.issuer("", 1),
		IssuedAt: at.issued.Unix(), NotBefore: at.issued.Unix(), Expires: at.expires.Unix(), AIO: encodeSegment([]byte(at.uti)),
		AppName: a.name, AppID: a.id, AppIDACR: acr, IDP: s.issuer("", 1), IDType: "app",
		ObjectID: a.principal, Subject: a.principal, RH: "1." + at.uti, TenantID: s.tenant.ID(), UTI: at.uti, Version: "1.0",
	}
	if a != s.collector {
		return c // nothing was granted to it
	}
	granted := s.granted()
	for _, n := range names {
		for _, p := range n.permissions {
			if slices.Contains(granted, p) {
				c.Roles = append(c.Roles, p)
			}
		}
	}
	return c
}

// isGUID reports whether a string has the form of a GUID.
func isGUID(v string) bool {
	if len(v) != 36 {
		return false
	}
	for i := range len(v) {
		c := v[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}
