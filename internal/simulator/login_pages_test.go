package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus='alert(1)`, `</title><svg onload=alert(1)>`,
	`javascript:alert(1)`, `{{.Canary}}`, "a\u202eb\x00\r\nSet-Cookie: x=1",
}

// harmless fails if a page can run anything, or load anything but its own style.
func harmless(t *testing.T, a answer) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for _, name := range strings.Fields("html head meta title style body main h1 p form input button small code") {
		allowed[name] = true
	}
	style := ""
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !allowed[n.Data] {
			t.Errorf("an element %s: %.300s", n.Data, a.body)
		}
		for _, attr := range n.Attr {
			if strings.HasPrefix(attr.Key, "on") || attr.Key == "style" || attr.Key == "src" || attr.Key == "href" || attr.Key == "formaction" {
				t.Errorf("an attribute %s=%s", attr.Key, attr.Val)
			}
			if attr.Key == "action" && !strings.HasPrefix(attr.Val, "/") && !strings.HasPrefix(attr.Val, "http://localhost") {
				t.Errorf("a form for %s", attr.Val)
			}
		}
		if n.Data == "style" {
			style = n.FirstChild.Data
		}
	}
	sum := sha256.Sum256([]byte(style))
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", "frame-ancestors 'none'", "base-uri 'none'", "form-action "} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %q", policy, part)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store, no-cache",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestPagesEscapeHostileTexts(t *testing.T) {
	for _, text := range hostile {
		b := start(t, func(c *Config) { c.Auth.Name = text })
		b.Server.people.Reader.Name, b.Server.people.Reader.UPN = text, text
		w := b.browser()
		for _, name := range []string{"state", "nonce", "login_hint"} {
			v := b.ask()
			v.Set(name, text)
			a := w.open(b.authorizeURL(v)).want(t, http.StatusOK)
			harmless(t, a)
			if f := formOf(t, a.body); f.fields.Get("request") != v.Encode() {
				t.Errorf("the form has the request %q", f.fields.Get("request"))
			}
		}
		v := b.ask()
		v.Set("response_mode", "form_post")
		v.Set("state", text)
		a := w.pick(b.authorizeURL(v), b.People().Reader).want(t, http.StatusOK)
		harmless(t, a)
		for _, name := range []string{"client_id", "redirect_uri"} {
			v := b.ask()
			v.Set(name, text)
			a := w.open(b.authorizeURL(v)).want(t, http.StatusBadRequest)
			harmless(t, a)
		}
		harmless(t, w.open(b.LoginURL()+"/"+url.PathEscape(text)+"/oauth2/v2.0/authorize?"+v.Encode()).want(t, http.StatusBadRequest))
		v = b.ask()
		v.Set("response_type", text)
		if a := b.browser().open(b.authorizeURL(v)); a.header.Get("X") != "" || strings.Count(strings.Join(a.header.Values("Set-Cookie"), " "), "x=1") > 0 {
			t.Errorf("headers %v", a.header)
		}
	}
	b := start(t, nil)
	// Chromium holds the address that a form's answer leads to against the policy, too.
	if got := b.browser().open(b.authorizeURL(b.ask())).header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' http://localhost:8000;") {
		t.Errorf("the policy %q does not let the form lead back", got)
	}
	harmless(t, b.browser().open(b.LoginURL()+"/"+b.Tenant().ID()+"/oauth2/v2.0/logout").want(t, http.StatusOK))
}

// TestFormIsBoundToBrowser tries to make a browser sign in as somebody without its wanting to.
func TestFormIsBoundToBrowser(t *testing.T) {
	b := start(t, nil)
	victim, attacker := b.browser(), b.browser()
	address := b.authorizeURL(b.ask())
	own := formOf(t, victim.open(address).want(t, 200).body)
	foreign := formOf(t, attacker.open(address).want(t, 200).body)
	without := func(f webForm, name string) webForm {
		fields := url.Values{}
		for k, v := range f.fields {
			if k != name {
				fields[k] = v
			}
		}
		return webForm{action: f.action, fields: fields}
	}
	other := b.ask()
	other.Set("state", "the attacker's")
	changed := without(own, "request")
	changed.fields.Set("request", other.Encode())
	moved := own
	moved.action = "/" + b.Tenant().Domain() + "/login"
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	pick := url.Values{"person": {b.People().Manager.ID}}
	for name, forged := range map[string]struct {
		form   webForm
		change func(*http.Request)
	}{
		"the attacker's form":   {foreign, nil},
		"no seal":               {without(own, "canary"), nil},
		"no request":            {without(own, "request"), nil},
		"another request":       {changed, nil},
		"another tenant's form": {moved, nil},
		"from another site":     {own, header("Sec-Fetch-Site", "cross-site")},
		"from a sibling":        {own, header("Sec-Fetch-Site", "same-site")},
		"from another origin":   {own, header("Origin", "https://evil.example")},
		"without cookies":       {own, func(r *http.Request) { r.Header.Del("Cookie") }},
	} {
		w := victim
		if name == "without cookies" {
			w = b.browser()
		}
		if a := w.submit(forged.form, pick, forged.change); a.status != http.StatusBadRequest || !strings.Contains(string(a.body), "AADSTS165000:") || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %.300s", name, a.status, a.body)
		}
	}
	b.clock.advance(formTime + time.Second)
	if a := victim.submit(own, pick, nil); a.status != http.StatusBadRequest {
		t.Errorf("a stale form: %d", a.status)
	}
	own = formOf(t, victim.open(address).want(t, 200).body)
	a := victim.submit(own, pick, header("Sec-Fetch-Site", "same-origin"))
	if a.sentBack(t).Get("code") == "" {
		t.Error("the honest form is refused")
	}
	for _, line := range a.header.Values("Set-Cookie") {
		for _, want := range []string{"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(line, want) {
				t.Errorf("the cookie %q lacks %s", line, want)
			}
		}
	}
}

func TestRedirectsAreComparedExactly(t *testing.T) {
	for _, c := range []struct {
		registered, address string
		same                bool
	}{
		{"https://aoc.example/auth/callback", "https://aoc.example/auth/callback", true},
		{"https://aoc.example/auth/callback", "https://aoc.example:443/auth/callback", false},
		{"https://aoc.example/auth/callback", "https://aoc.example/auth/callback/", false},
		{"https://aoc.example/auth/callback", "https://AOC.example/auth/callback", false},
		{"http://localhost/cb", "http://localhost:8000/cb", true},
		{"http://localhost:9/cb", "http://localhost:8000/cb", true},
		{"http://127.0.0.1/cb", "http://127.0.0.1:1/cb", true},
		{"http://localhost/cb", "http://127.0.0.1/cb", false},
		{"http://localhost/cb", "https://localhost/cb", false},
		{"http://localhost/cb", "http://localhost/cb#x", false},
		{"http://localhost/cb", "http://localhost/cb?x", false},
		{"http://localhost/cb", "http://localhost@evil.example/cb", false},
		{"http://localhost/cb", "http://x@localhost/cb", false},
		{"http://localhost/cb", "http://localhost:80:80/cb", false},
		{"http://localhost/cb", "http://localhost/%63b", false},
		{"http://aoc.example/cb", "http://aoc.example:80/cb", false},
	} {
		if got := sameRedirect(c.registered, c.address); got != c.same {
			t.Errorf("%s for %s: %v", c.address, c.registered, got)
		}
	}
}
