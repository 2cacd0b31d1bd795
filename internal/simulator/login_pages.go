package simulator

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// style is the look of all pages; the policy of the pages lets in nothing else.
const style = `
:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 26rem; margin: 10vh auto 0; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
button { display: block; width: 100%; margin: .5rem 0; padding: .7rem 1rem; font: inherit; text-align: left; cursor: pointer;
  border: 1px solid GrayText; border-radius: .5rem; background: Canvas; color: CanvasText; overflow-wrap: anywhere; }
button:hover, button:focus-visible { outline: 2px solid Highlight; }
button.quiet { border-color: transparent; text-align: center; }
small { display: block; color: GrayText; }
code { overflow-wrap: anywhere; }
`

// styleSource is the style as the policy names it.
var styleSource = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var pages = template.Must(template.New("").Funcs(template.FuncMap{"style": func() template.CSS { return style }}).Parse(`
{{define "head"}}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>{{style}}</style></head><body><main><h1>{{.Title}}</h1>
{{end}}{{define "foot"}}</main></body></html>
{{end}}{{define "signin"}}{{template "head" .}}<p>This is a simulated tenant. Nobody has a password: choose who you are.</p>
<form method="post" action="{{.Action}}">
<input type="hidden" name="request" value="{{.Request}}"><input type="hidden" name="canary" value="{{.Canary}}">
{{range .People}}<button name="person" value="{{.ID}}">{{.Name}}<small>{{.UPN}}</small><small>{{.What}}</small></button>
{{end}}<button class="quiet" name="cancel" value="1">Cancel</button>
</form>{{template "foot"}}{{end}}
{{define "post"}}{{template "head" .}}<p>You are sent back to the application that you came from.</p>
<form method="post" action="{{.Action}}">
{{range .Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}<button autofocus>Continue</button>
</form>{{template "foot"}}{{end}}
{{define "error"}}{{template "head" .}}<p>{{.Message}}</p>
<p><small>Request Id: <code>{{.Trace}}</code></small><small>Correlation Id: <code>{{.Correlation}}</code></small><small>Timestamp: {{.Timestamp}}</small></p>{{template "foot"}}{{end}}
{{define "signedout"}}{{template "head" .}}<p>You may close this window.</p>{{template "foot"}}{{end}}
`))

// loginPage is what a page shows.
type loginPage struct {
	Title, Message                string
	Action                        string // where its form is posted to
	Request, Canary               string
	People                        []choice
	Fields                        []field
	Trace, Correlation, Timestamp string
}

// choice is somebody to choose on the sign-in page.
type choice struct{ ID, Name, UPN, What string }

type field struct{ Name, Value string }

// signInPage shows whom one can be. The person of the hint is first.
func (s *Server) signInPage(w http.ResponseWriter, r *http.Request, q authorizeRequest) {
	p := loginPage{
		Title: "Sign in to " + q.app.name, Action: "/" + url.PathEscape(q.tenant) + "/login",
		Request: q.raw, Canary: s.browsers.seal(w, r, q.tenant+"?"+q.raw, s.now()),
	}
	for _, x := range s.people.All() {
		p.People = append(p.People, choice{x.ID, x.Name, x.UPN, s.title(x)})
	}
	first := func(c choice) int {
		if q.hint != "" && strings.EqualFold(c.UPN, q.hint) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(p.People, func(a, b choice) int { return cmp.Compare(first(a), first(b)) })
	// The answer to the form sends the browser on, which a policy for forms forbids unless it
	// names where to.
	s.page(w, r, http.StatusOK, "signin", p, "'self' "+origin(q.redirect))
}

// formPost makes the browser post an answer to the application.
func (s *Server) formPost(w http.ResponseWriter, r *http.Request, to string, answer url.Values) {
	p := loginPage{Title: "Signing in", Action: to}
	for name, values := range answer {
		p.Fields = append(p.Fields, field{name, values[0]})
	}
	slices.SortFunc(p.Fields, func(a, b field) int { return cmp.Compare(a.Name, b.Name) })
	s.page(w, r, http.StatusOK, "post", p, origin(to))
}

// errorPage tells a person what is wrong with how they were sent here.
func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, f loginFailure) {
	b := s.describe(r, f)
	s.page(w, r, f.status, "error", loginPage{
		Title: "Sorry, but we’re having trouble signing you in.", Message: "AADSTS" + strconv.Itoa(f.code) + ": " + f.message,
		Trace: b.TraceID, Correlation: b.Correlation, Timestamp: b.Timestamp,
	}, "'none'")
}

func (s *Server) signedOutPage(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, http.StatusOK, "signedout", loginPage{Title: "You signed out of your account"}, "'none'")
}

// origin is the scheme and host of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, name string, p loginPage, forms string) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, p); err != nil {
		status = http.StatusInternalServerError
		b.Reset()
	}
	s.pageHeaders(w, forms)
	s.send(w, r, status, b.Bytes())
}

// pageHeaders are the headers of what browsers see. forms says where forms may lead.
func (s *Server) pageHeaders(w http.ResponseWriter, forms string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "-1")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleSource+"; form-action "+cmp.Or(forms, "'none'")+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("x-ms-request-id", s.newGUID())
}
