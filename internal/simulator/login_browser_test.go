package simulator

import (
	"crypto/sha256"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser keeps cookies, and is sent nowhere without a look at where.
type browser struct {
	*bench
	client *http.Client
}

func (b *bench) browser() *browser {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return &browser{b, &http.Client{
		Transport: b.client.Transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (w *browser) do(req *http.Request) answer {
	w.t.Helper()
	return (&bench{t: w.t, client: w.client}).do(req)
}

// open follows an address to its page or to where it sends the browser.
func (w *browser) open(address string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(req)
}

// webForm is the form of a page.
type webForm struct {
	action string
	fields url.Values // hidden ones
	people []string   // the values of the buttons named person
}

// formOf reads the form of a page as a browser does.
func formOf(t *testing.T, body []byte) webForm {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	f := webForm{fields: url.Values{}}
	for n := range root.Descendants() {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch {
		case n.Data == "form":
			f.action = attr["action"]
		case n.Data == "input" && attr["type"] == "hidden":
			f.fields.Set(attr["name"], attr["value"])
		case n.Data == "button" && attr["name"] == "person":
			f.people = append(f.people, attr["value"])
		}
	}
	if f.action == "" {
		t.Fatalf("no form in %.800s", body)
	}
	return f
}

// submit posts a form of the sign-in page with some more fields.
func (w *browser) submit(f webForm, more url.Values, change func(*http.Request)) answer {
	w.t.Helper()
	v := url.Values{}
	for _, from := range []url.Values{f.fields, more} {
		for name, values := range from {
			v[name] = values
		}
	}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.LoginURL()+f.action, strings.NewReader(v.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(req)
	}
	return w.do(req)
}

// pick chooses somebody on the sign-in page of an address.
func (w *browser) pick(address string, p Person) answer {
	w.t.Helper()
	return w.submit(formOf(w.t, w.open(address).want(w.t, http.StatusOK).body), url.Values{"person": {p.ID}}, nil)
}

// sentBack is what a browser is sent back to the application with.
func (a answer) sentBack(t *testing.T) url.Values {
	t.Helper()
	a.want(t, http.StatusFound)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != callback {
		t.Fatalf("sent to %s", u)
	}
	return u.Query()
}

const (
	callback = "http://localhost:8000/auth/callback"
	verifier = "a-verifier-of-at-least-forty-three-characters-0123456789"
)

// challenge is the code challenge of a verifier.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return encodeSegment(sum[:])
}

// ask are the parameters of a good request to sign in.
func (b *bench) ask() url.Values {
	return url.Values{
		"client_id": {b.AuthClientID()}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid profile email offline_access " + b.AuthScope()},
		"state": {"the state"}, "nonce": {"the nonce"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
}

func (b *bench) authorizeURL(v url.Values) string {
	return b.LoginURL() + "/" + b.Tenant().ID() + "/oauth2/v2.0/authorize?" + v.Encode()
}

func (b *bench) tokenPath() string { return "/" + b.Tenant().ID() + "/oauth2/v2.0/token" }

// redeem are the parameters of a good request for the tokens of a code.
func (b *bench) redeem(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {b.AuthClientID()}, "client_secret": {b.AuthClientSecret()},
		"code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
	}
}

// code signs somebody in and gives the code.
func (b *bench) signInCode(p Person, change func(url.Values)) string {
	b.t.Helper()
	v := b.ask()
	if change != nil {
		change(v)
	}
	code := b.browser().pick(b.authorizeURL(v), p).sentBack(b.t).Get("code")
	if code == "" {
		b.t.Fatal("no code")
	}
	return code
}
