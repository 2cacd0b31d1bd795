package simulator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The cookies of a browser that signs in, by Entra ID's names. They are for this host alone.
const (
	sessionCookie = "ESTSAUTH" // who is signed in
	contextCookie = "esctx"    // whose form it was
)

const (
	// sessionTime is how long a browser stays signed in.
	sessionTime = 24 * time.Hour
	// formTime is how long somebody may look at the sign-in page.
	formTime     = time.Hour
	mostSessions = 20_000
)

// session is a browser that somebody has signed in with.
type session struct {
	person Person
	sid    string
	until  time.Time
}

// browsers remembers who is signed in, and makes sure that a form that is posted was shown to
// the browser that posts it.
type browsers struct {
	key []byte // of the forms' seals

	mu       sync.Mutex
	sessions map[string]session
}

func newBrowsers() *browsers {
	return &browsers{key: []byte(rand.Text() + rand.Text()), sessions: make(map[string]session)}
}

// current gives the session of a request, and whether there is one.
func (b *browsers) current(r *http.Request, now time.Time) (session, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	x, ok := b.sessions[cookie.Value]
	return x, ok && now.Before(x.until)
}

// begin ends the session of a request and begins the next, under another name.
func (b *browsers) begin(w http.ResponseWriter, r *http.Request, x session, now time.Time) {
	b.forget(r)
	name := rand.Text() + rand.Text()
	x.until = now.Add(sessionTime)
	b.mu.Lock()
	if len(b.sessions) >= mostSessions {
		maps.DeleteFunc(b.sessions, func(_ string, x session) bool { return !now.Before(x.until) })
	}
	if len(b.sessions) >= mostSessions {
		clear(b.sessions)
	}
	b.sessions[name] = x
	b.mu.Unlock()
	setCookie(w, sessionCookie, name)
}

// forget ends the session of a request.
func (b *browsers) forget(r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		b.mu.Lock()
		delete(b.sessions, cookie.Value)
		b.mu.Unlock()
	}
}

// end ends the session of a request, and takes the cookie from the browser.
func (b *browsers) end(w http.ResponseWriter, r *http.Request) {
	b.forget(r)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// setCookie sets a cookie until the browser is closed.
func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// seal makes what a form proves with that it was shown to this browser for this request. The
// browser gets a cookie for it, if it has none.
func (b *browsers) seal(w http.ResponseWriter, r *http.Request, request string, now time.Time) string {
	cookie, err := r.Cookie(contextCookie)
	if err != nil || cookie.Value == "" {
		cookie = &http.Cookie{Value: rand.Text()}
		setCookie(w, contextCookie, cookie.Value)
	}
	at := strconv.FormatInt(now.Unix(), 10)
	return at + "." + b.mac(cookie.Value, request, at)
}

func (b *browsers) mac(cookie, request, at string) string {
	h := hmac.New(sha256.New, b.key)
	for _, part := range []string{cookie, request, at} {
		_, _ = h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// sealed reports whether a posted form was shown to this browser, for this request, not long
// ago.
func (b *browsers) sealed(r *http.Request, request, seal string, now time.Time) bool {
	cookie, err := r.Cookie(contextCookie)
	at, mac, ok := strings.Cut(seal, ".")
	seconds, bad := strconv.ParseInt(at, 10, 64)
	if err != nil || !ok || bad != nil || cookie.Value == "" || now.Sub(time.Unix(seconds, 0)) > formTime {
		return false
	}
	return hmac.Equal([]byte(mac), []byte(b.mac(cookie.Value, request, at)))
}
