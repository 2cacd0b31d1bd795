package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aoc"
)

// loginHandler serves the Entra token service.
func (s *Server) loginHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) { s.token(w, r, 2) })
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
	endpoint string // as called
}

// token answers the client credentials grant.
func (s *Server) token(w http.ResponseWriter, r *http.Request, version int) {
	tokens, fail := s.grant(r, version)
	if fail != nil {
		s.loginError(w, r, *fail)
		return
	}
	body, err := json.Marshal(tokens)
	if err != nil {
		s.loginError(w, r, loginFailure{http.StatusInternalServerError, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."})
		return
	}
	s.loginHeaders(w, s.newGUID())
	s.send(w, r, http.StatusOK, body)
}

func (s *Server) grant(r *http.Request, version int) (any, *loginFailure) {
	q := tokenRequest{version: version, tenant: r.PathValue("tenant"), endpoint: "https://" + r.Host + r.URL.Path}
	switch f := fateOf(r); f.fault {
	case faultThrottle:
		return nil, &loginFailure{http.StatusTooManyRequests, "temporarily_unavailable", 90055, "Tenant is throttled because there are too many requests."}
	case faultServer:
		return nil, &loginFailure{http.StatusServiceUnavailable, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."}
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
	q.clientID, q.secret = q.form.Get("client_id"), q.form.Get("client_secret")
	if id, secret, ok := r.BasicAuth(); ok {
		q.clientID, q.secret = unescape(id), unescape(secret)
	}
	needed := []string{"grant_type", "client_id", "scope"}
	if version == 1 {
		needed = needed[:2]
	}
	for _, p := range needed {
		if q.form.Get(p) == "" && (p != "client_id" || q.clientID == "") {
			return nil, &loginFailure{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: '" + p + "'."}
		}
	}
	if g := q.form.Get("grant_type"); g != "client_credentials" {
		return nil, &loginFailure{http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + g + "'."}
	}
	if q.tenant == "common" || q.tenant == "organizations" || q.tenant == "consumers" {
		return nil, &loginFailure{http.StatusBadRequest, "invalid_request", 9001023,
			"The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."}
	}
	if !strings.EqualFold(q.clientID, s.cfg.ClientID) {
		return nil, &loginFailure{http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '" + q.clientID +
			"' was not found in the directory '" + s.tenant.Name() + "'. This can happen if the application has not been installed by the administrator of the tenant " +
			"or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."}
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

// openIDScopes are sent along by some libraries and mean nothing for this grant.
var openIDScopes = []string{"openid", "profile", "offline_access", "email"}

// requested finds the API a token is asked for, and under which identifier.
func (s *Server) requested(q tokenRequest) (id string, names []*resource, fail *loginFailure) {
	if q.version == 1 {
		if id = q.form.Get("resource"); id == "" {
			return "", nil, &loginFailure{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'resource'."}
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
		return "", nil, &loginFailure{http.StatusBadRequest, "invalid_resource", 500011, "The resource principal named " + id +
			" was not found in the tenant named " + s.tenant.Name() + ". This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."}
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

// issue makes a token. Lifetimes are random, 60 to 90 minutes; they are counted from
// five minutes ago, as the real ones are. An application without permissions gets a
// token without roles.
func (s *Server) issue(q tokenRequest, id string, names []*resource, acr string) (any, *loginFailure) {
	key, err := s.keys.current()
	if err != nil {
		return nil, &loginFailure{http.StatusInternalServerError, "temporarily_unavailable", 90033, aoc.MessageOf(err)}
	}
	now := s.now()
	issued := now.Add(-5 * time.Minute)
	s.mu.Lock()
	life := time.Duration(3600+s.rng.IntN(1801)) * time.Second
	uti := strconv.FormatUint(s.rng.Uint64(), 36)
	s.mu.Unlock()
	expires := now.Add(life)
	c := accessClaims{
		Audience: id, Issuer: "https://sts.windows.net/" + s.tenant.ID() + "/",
		IssuedAt: issued.Unix(), NotBefore: issued.Unix(), Expires: expires.Unix(), AIO: encodeSegment([]byte(uti)),
		AppName: "Admin Operations Center", AppID: s.cfg.ClientID, AppIDACR: acr, IDP: "https://sts.windows.net/" + s.tenant.ID() + "/", IDType: "app",
		ObjectID: s.directory.self, Subject: s.directory.self, RH: "1." + uti, TenantID: s.tenant.ID(), UTI: uti, Version: "1.0",
	}
	granted := s.granted()
	for _, n := range names {
		for _, p := range n.permissions {
			if slices.Contains(granted, p) {
				c.Roles = append(c.Roles, p)
			}
		}
	}
	token, err := signToken(key.key, tokenHeader{Type: "JWT", Alg: "RS256", KeyID: key.id, X5T: key.id}, c)
	if err != nil {
		return nil, &loginFailure{http.StatusInternalServerError, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."}
	}
	seconds := int64(life/time.Second) - 1
	if q.version == 1 {
		text := strconv.FormatInt(seconds, 10)
		return tokenAnswerV1{
			"Bearer", text, text, strconv.FormatInt(expires.Unix(), 10), strconv.FormatInt(issued.Unix(), 10), id, token,
		}, nil
	}
	return tokenAnswer{"Bearer", seconds, seconds, token}, nil
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
