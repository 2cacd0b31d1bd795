package simulator

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// authorizeRequest is what an application sends a browser to the sign-in page with.
type authorizeRequest struct {
	raw      string // the query, as it came
	tenant   string
	app      *application
	redirect string
	mode     string // query, fragment, form_post
	state    string
	scopes   scopes
	nonce    string
	// challenge is the code challenge of PKCE, empty without.
	challenge    string
	prompt, hint string
}

// refusal is why a request to sign in cannot be met. Where the address to come back to is
// not known to be the application's, only the person is told.
type refusal struct {
	loginFailure
	subcode string
	shown   bool
}

// parameter limits, in bytes.
const (
	maxState = 4096
	maxQuery = 16 << 10
)

// readAuthorize reads a request to sign in. With a refusal that is not shown, what has been
// read is where to send it.
func (s *Server) readAuthorize(tenant, raw string) (authorizeRequest, *refusal) {
	q := authorizeRequest{raw: raw, tenant: tenant, mode: "query"}
	values, err := url.ParseQuery(raw)
	if err != nil || len(raw) > maxQuery || repeats(values) {
		return q, &refusal{loginFailure: loginFailure{http.StatusBadRequest, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid."}, shown: true}
	}
	if fail := s.checkAuthorizeClient(&q, values); fail != nil {
		return q, &refusal{loginFailure: *fail, shown: true}
	}
	q.state = values.Get("state")
	if mode := values.Get("response_mode"); slices.Contains([]string{"fragment", "form_post"}, mode) {
		q.mode = mode
	} else if mode != "" && mode != "query" {
		return q, &refusal{loginFailure: loginFailure{http.StatusBadRequest, "unsupported_response_mode", 70007, "'" + mode + "' is not a supported value of 'response_mode' when requesting a code."}}
	}
	if fail := s.checkAuthorizeRequest(&q, values); fail != nil {
		return q, &refusal{loginFailure: *fail}
	}
	return q, nil
}

// repeats reports whether a parameter is there twice, which OAuth forbids.
func repeats(v url.Values) bool {
	for _, list := range v {
		if len(list) > 1 {
			return true
		}
	}
	return false
}

// checkAuthorizeClient finds the application and where it wants people back.
func (s *Server) checkAuthorizeClient(q *authorizeRequest, v url.Values) *loginFailure {
	if fail := s.checkTenant(q.tenant); fail != nil {
		return fail
	}
	id := v.Get("client_id")
	if id == "" {
		return errMissing("client_id")
	}
	if q.app = s.application(id); q.app == nil {
		return errNoApplication(id, s.tenant.Name())
	}
	if isShared(q.tenant) {
		return errNotShared(q.app)
	}
	q.redirect = v.Get("redirect_uri")
	switch {
	case !s.canRedirect(q.app):
		return &loginFailure{http.StatusBadRequest, "invalid_request", 500113, "No reply address is registered for the application."}
	case q.redirect == "":
		return &loginFailure{http.StatusBadRequest, "invalid_request", 900971, "No reply address provided."}
	case !s.isRegistered(q.app, q.redirect):
		return &loginFailure{http.StatusBadRequest, "invalid_request", 50011, "The redirect URI '" + q.redirect +
			"' specified in the request does not match the redirect URIs configured for the application '" + q.app.id +
			"'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error."}
	}
	return nil
}

func (s *Server) canRedirect(a *application) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(a.redirects) > 0
}

// s256 is the form of a code challenge: 43 characters, which are 32 bytes.
var s256 = regexp.MustCompile(`\A[A-Za-z0-9_-]{43}\z`)

// checkAuthorizeRequest reads the rest.
func (s *Server) checkAuthorizeRequest(q *authorizeRequest, v url.Values) (fail *loginFailure) {
	invalid := func(code int, message string) *loginFailure {
		return &loginFailure{http.StatusBadRequest, "invalid_request", code, message}
	}
	for _, name := range []string{"response_type", "scope"} {
		if v.Get(name) == "" {
			return errMissing(name)
		}
	}
	q.nonce, q.prompt, q.hint, q.challenge = v.Get("nonce"), v.Get("prompt"), v.Get("login_hint"), v.Get("code_challenge")
	if fail := checkResponseType(v.Get("response_type")); fail != nil {
		return fail
	}
	switch method := v.Get("code_challenge_method"); {
	case len(q.state) > maxState:
		return invalid(9002313, "Invalid request. Request is malformed or invalid.")
	case !slices.Contains([]string{"", "none", "login", "consent", "select_account"}, q.prompt):
		return invalid(90023, "Unsupported 'prompt' value.")
	case q.challenge == "" && method != "":
		return invalid(50147, "Missing Code_Challenge parameter.")
	case q.challenge != "" && method != "S256":
		return invalid(50149, "Invalid Code_Challenge_method parameter.")
	case q.challenge != "" && !s256.MatchString(q.challenge):
		return invalid(501491, "Invalid size of Code_Challenge parameter.")
	}
	q.scopes, fail = s.readScopes(v.Get("scope"))
	return fail
}

// checkResponseType knows the code flow; the others are turned off in new registrations.
func checkResponseType(kind string) *loginFailure {
	parts := strings.Fields(kind)
	switch {
	case kind == "code":
		return nil
	case slices.Contains(parts, "token"):
		return &loginFailure{http.StatusBadRequest, "unsupported_response_type", 700051, "response_type 'token' is not enabled for the application."}
	case slices.Contains(parts, "id_token"):
		return &loginFailure{http.StatusBadRequest, "unsupported_response_type", 700054, "response_type 'id_token' is not enabled for the application."}
	}
	return &loginFailure{http.StatusBadRequest, "unsupported_response_type", 70005, "The app returned an unsupported response type '" + kind + "'."}
}

// authorize serves the sign-in page, or sends a browser back at once whose session is enough.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if fail := faultOf(r); fail != nil {
		s.errorPage(w, r, *fail)
		return
	}
	q, no := s.readAuthorize(r.PathValue("tenant"), r.URL.RawQuery)
	if no != nil {
		s.refuse(w, r, q, *no)
		return
	}
	known, ok := s.browsers.current(r, s.now())
	ok = ok && (q.hint == "" || strings.EqualFold(q.hint, known.person.UPN))
	switch {
	case ok && (q.prompt == "" || q.prompt == "none"):
		s.sendCode(w, r, q, known)
	case q.prompt == "none":
		s.refuse(w, r, q, refusal{loginFailure: loginFailure{http.StatusBadRequest, "login_required", 50058,
			"A silent sign-in request was sent but no user is signed in. The cookies used to represent the user's session were not sent in the request to Azure AD."}})
	default:
		s.signInPage(w, r, q)
	}
}

// maxForm bounds what is read of a posted form, in bytes.
const maxForm = 64 << 10

// signIn takes the form of the sign-in page.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	if fail := faultOf(r); fail != nil {
		s.errorPage(w, r, *fail)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	request := ""
	forged := http.NewCrossOriginProtection().Check(r) != nil || r.ParseForm() != nil
	if !forged {
		request = r.PostForm.Get("request")
		forged = !s.browsers.sealed(r, r.PathValue("tenant")+"?"+request, r.PostForm.Get("canary"), s.now())
	}
	if forged {
		s.errorPage(w, r, loginFailure{http.StatusBadRequest, "invalid_request", 165000,
			"Invalid Request: The request tokens do not match the user context. Do not copy the user context values (cookies; form fields; headers) between different requests or user sessions; always maintain the ALL of the supplied values across a complete single user flow."})
		return
	}
	q, no := s.readAuthorize(r.PathValue("tenant"), request)
	if no == nil && r.PostForm.Get("cancel") != "" {
		no = &refusal{loginFailure: loginFailure{http.StatusBadRequest, "access_denied", 65004, "User declined to consent to access the app."}, subcode: "cancel"}
	}
	if no != nil {
		s.refuse(w, r, q, *no)
		return
	}
	p := s.person(r.PostForm.Get("person"))
	if p == nil {
		s.errorPage(w, r, loginFailure{http.StatusBadRequest, "invalid_request", 50034, "The user account does not exist in the " + s.tenant.Name() +
			" directory. To sign into this application, the account must be added to the directory."})
		return
	}
	x := session{person: *p, sid: s.newGUID()}
	s.browsers.begin(w, r, x, s.now())
	s.sendCode(w, r, q, x)
}

// sendCode sends a browser back to the application with a code.
func (s *Server) sendCode(w http.ResponseWriter, r *http.Request, q authorizeRequest, x session) {
	code := s.grants.add(s.grants.codes, grant{
		consent:  consent{app: q.app, person: x.person, scopes: q.scopes, sid: x.sid, nonce: q.nonce},
		redirect: q.redirect, challenge: q.challenge, expires: s.now().Add(codeTime),
	}, s.now())
	s.sendBack(w, r, q, url.Values{"code": {code}, "session_state": {x.sid}})
}

// refuse tells the application, or the person, why nobody is signed in.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, q authorizeRequest, no refusal) {
	if no.shown {
		s.errorPage(w, r, no.loginFailure)
		return
	}
	b := s.describe(r, no.loginFailure)
	answer := url.Values{"error": {b.Error}, "error_description": {b.Description}}
	if no.subcode != "" {
		answer.Set("error_subcode", no.subcode)
	}
	s.sendBack(w, r, q, answer)
}

// sendBack sends a browser back to the application with an answer, in the mode asked for.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, q authorizeRequest, answer url.Values) {
	if q.state != "" {
		answer.Set("state", q.state)
	}
	if q.mode == "form_post" {
		s.formPost(w, r, q.redirect, answer)
		return
	}
	separator := "?"
	switch {
	case q.mode == "fragment":
		separator = "#"
	case strings.Contains(q.redirect, "?"):
		separator = "&"
	}
	s.redirect(w, r, q.redirect+separator+answer.Encode())
}

// redirect sends a browser elsewhere.
func (s *Server) redirect(w http.ResponseWriter, r *http.Request, address string) {
	s.pageHeaders(w, "")
	w.Header().Set("Location", address)
	s.send(w, r, http.StatusFound, nil)
}

// logout ends the session of a browser, and sends it back where that is registered.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if fail := cmp.Or(faultOf(r), s.checkTenant(r.PathValue("tenant"))); fail != nil {
		s.errorPage(w, r, *fail)
		return
	}
	s.browsers.end(w, r)
	q := r.URL.Query()
	back := q.Get("post_logout_redirect_uri")
	if back == "" || !s.isRegistered(s.aoc, back) {
		s.signedOutPage(w, r)
		return
	}
	if state := q.Get("state"); state != "" {
		separator := "?"
		if strings.Contains(back, "?") {
			separator = "&"
		}
		back += separator + url.Values{"state": {state}}.Encode()
	}
	s.redirect(w, r, back)
}
