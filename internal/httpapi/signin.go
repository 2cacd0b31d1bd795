package httpapi

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/console"
)

const (
	loginPath    = "/auth/login"
	callbackPath = "/auth/callback"
	logoutPath   = "/auth/logout"

	// attemptCookie remembers a sign-in that has begun.
	attemptCookie = "__Host-aoc-signin"
	attemptAge    = 15 * time.Minute
)

// CallbackPath is where the identity provider sends people back to.
const CallbackPath = callbackPath

// signInRoutes are pages of browsers, not of the API.
func (s *server) signInRoutes(mux *routeMux) {
	if s.keeper == nil {
		return
	}
	mux.HandleFunc("GET "+loginPath, s.login)
	mux.HandleFunc("GET "+callbackPath, s.callback)
	mux.HandleFunc("POST "+logoutPath, s.logout)
}

// login sends a browser to the identity provider.
func (s *server) login(w http.ResponseWriter, r *http.Request) {
	if s.keeper.SignIn == nil {
		e := aoc.Errorf(aoc.CodeNotFound, "httpapi.login", "nobody can sign in with a browser here")
		e.Hint = "An administrator can set AOC_AUTH_CLIENT_SECRET. Tokens are taken."
		s.signInFailed(w, r, "", "", e)
		return
	}
	returnTo, other := auth.LocalPath(r.URL.Query().Get("return")), r.URL.Query().Get("other") != ""
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		// Another site's page sends somebody here: AOC's own page asks them whether they want to.
		http.Redirect(w, r, returnTo, http.StatusFound) //nolint:gosec // [auth.LocalPath] has checked it
		return
	}
	if home, err := url.Parse(s.publicAddress); err == nil && home.Host != "" && !strings.EqualFold(home.Host, r.Host) {
		// The provider sends people back there, and cookies are one host's.
		http.Redirect(w, r, s.publicAddress+loginAddress(returnTo, other), http.StatusFound)
		return
	}
	address, attempt, err := s.keeper.SignIn.Begin(r.Context(), returnTo, other)
	if err != nil {
		s.signInFailed(w, r, "", returnTo, err)
		return
	}
	http.SetCookie(w, hostCookie(attemptCookie, attempt.Encode(), attemptAge))
	http.Redirect(w, r, address, http.StatusFound) //nolint:gosec // the identity provider, as it is configured
}

// loginAddress is where a browser signs in to come to a path of AOC then. other lets somebody
// whom the provider knows already choose another account.
func loginAddress(returnTo string, other bool) string {
	q := url.Values{"return": {auth.LocalPath(returnTo)}}
	if other {
		q.Set("other", "1")
	}
	return loginPath + "?" + q.Encode()
}

// hostCookie is one that the browser alone sees, and sends to this host alone, also when the
// identity provider sends it here. An age of 0 lasts as long as the browser runs, a negative
// one takes the cookie away.
func hostCookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(age / time.Second)}
	if age < 0 {
		c.MaxAge = -1
	}
	return c
}

// callback ends signing in.
func (s *server) callback(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, hostCookie(attemptCookie, "", -1))
	if s.keeper.SignIn == nil {
		s.signInFailed(w, r, "", "", aoc.Errorf(aoc.CodeNotFound, "httpapi.callback", "nobody can sign in with a browser here"))
		return
	}
	attempt := ""
	if cookies := r.CookiesNamed(attemptCookie); len(cookies) == 1 {
		attempt = cookies[0].Value
	}
	secret, returnTo, who, err := s.keeper.Enter(r.Context(), r, attempt, addressOf(r))
	who.Address = addressOf(r)
	if unwritten := s.console.Entered(r.Context(), who, err); unwritten != nil && err == nil {
		_ = s.keeper.SignIn.End(r.Context(), secret) // the browser does not get it
		err = unwritten
	}
	if err != nil {
		s.log.InfoContext(r.Context(), "sign-in refused", "request_id", requestID(r.Context()), "who", who.Name, "error", err)
		s.signInFailed(w, r, who.Name, auth.ReturnOf(attempt), err)
		return
	}
	s.log.InfoContext(r.Context(), "signed in", "request_id", requestID(r.Context()), "who", who.Name, "role", who.Role)
	http.SetCookie(w, hostCookie(auth.SessionCookie, secret, 0))
	http.Redirect(w, r, returnTo, http.StatusSeeOther) //nolint:gosec // [auth.LocalPath] has checked it
}

// logout ends the session of a browser, and tells the page where to go to end it at the
// identity provider, too.
func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, hostCookie(auth.SessionCookie, "", -1))
	address := "/"
	if s.keeper.SignIn != nil {
		if secret, ok := auth.SessionSecret(r); ok {
			if err := s.keeper.SignIn.End(r.Context(), secret); err != nil {
				s.write(w, r, s.problem(r.Context(), err))
				return
			}
			s.console.Left(r.Context())
			s.log.InfoContext(r.Context(), "signed out", "request_id", requestID(r.Context()), "who", console.CallerOf(r.Context()).Name)
		}
		if there := s.keeper.SignIn.SignOutAddress(r.Context(), s.publicAddress+"/"); there != "" {
			address = there
		}
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"address": address})
}

//go:embed docs/signin.html
var signInPage string

var signInTemplate = template.Must(template.New("signin").Parse(signInPage)) //nolint:gochecknoglobals // parsed once

// signInPolicy lets the page have its own style and nothing else.
const signInPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// signInFailed tells a person why they are not signed in.
// who is the name of whoever the provider signed in, empty if it did not; returnTo is where
// they wanted to go.
func (s *server) signInFailed(w http.ResponseWriter, r *http.Request, who, returnTo string, err error) {
	p := s.problem(r.Context(), err)
	detail, _ := p.Detail.(string)
	var page bytes.Buffer
	if err := signInTemplate.Execute(&page, map[string]string{
		"Who": who, "Detail": capital(detail), "Hint": p.Hint, "RequestID": requestID(r.Context()),
		"Again": loginAddress(returnTo, true),
	}); err != nil {
		s.write(w, r, s.internal(r.Context(), err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", signInPolicy)
	w.WriteHeader(p.status)
	_, _ = w.Write(page.Bytes())
}

// capital begins a sentence.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// me is whoever asks.
type me struct {
	Name    string   `json:"name" example:"ada@contoso.example"`
	Via     string   `json:"via" enum:"local,session,bearer,token" doc:"How they were recognised; local where nobody signs in."`
	Role    aoc.Role `json:"role" enum:"reader,analyst,member,manager"`
	Rights  []string `json:"rights" doc:"What they may do."`
	Tenants []string `json:"tenants" doc:"The tenants they may see; empty: all."`
}
