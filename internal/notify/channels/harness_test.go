package channels

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"aoc"
	"aoc/internal/egress"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// secrets are all that the kinds are given; none may be in any error.
const (
	pathSecret = "T00000000-B11111111-hxSecretPathOfTheHook"
	keySecret  = "key-5f2c9a-do-not-tell-anybody"
	userSecret = "user-8d1e77-nor-this-one-here"
)

// taken is one message as a receiver got it.
type taken struct {
	header http.Header // of HTTP, or of a mail
	body   []byte
	to     []string // of a mail
}

// receiver is a server that keeps what it gets, and answers as it is told to.
type receiver struct {
	t       *testing.T
	deps    notify.Deps
	values  map[string]string
	mu      sync.Mutex
	got     []taken
	status  int    // what is answered; 0: it takes everything
	words   string // of an answer that is a fault
	refuses string // a recipient whom the mail server does not take
	stop    func()
}

func (r *receiver) messages() []taken {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]taken(nil), r.got...)
}

// answer makes it answer with a status from now on.
func (r *receiver) answer(status int, words string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.words = status, words
}

func policy(t *testing.T, entries ...string) *egress.Policy {
	t.Helper()
	p, err := egress.New(entries...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (r *receiver) wire(p *egress.Policy, base *http.Transport, secrets map[string]string) {
	r.deps = notify.Deps{
		Deps:    sink.Deps{HTTP: p.Client(base), Dial: p.DialContext, Version: "1.2.3", Clock: aoc.SystemClock{}, Secrets: func(name string) (string, bool) { s, ok := secrets[name]; return s, ok }},
		Allowed: p.Check, TLS: base.TLSClientConfig,
	}
}

// web is a receiver by HTTP, with settings of a kind that lead to it.
func web(t *testing.T, settings func(address string) map[string]string) *receiver {
	t.Helper()
	r := &receiver{t: t}
	server := httptest.NewTLSServer(http.HandlerFunc(r.serve))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	r.stop = server.Close
	r.wire(policy(t, "127.0.0.1"), server.Client().Transport.(*http.Transport), map[string]string{"URL": server.URL + "/hooks/" + pathSecret, "KEY": keySecret, "USER": userSecret})
	r.values = settings(server.URL)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status != 0 {
		w.Header().Set("Retry-After", "17")
		w.WriteHeader(r.status)
		if strings.HasPrefix(r.words, "{") {
			fmt.Fprint(w, r.words)
			return
		}
		fmt.Fprintf(w, "%s %s %s", r.words, q.URL.Path, body) // repeats what it was sent
		return
	}
	h := q.Header.Clone()
	h.Set("X-Path", q.URL.RequestURI())
	r.got = append(r.got, taken{header: h, body: body})
	fmt.Fprint(w, "ok")
}

// postOffice is a receiver by SMTP. security is as the setting.
func postOffice(t *testing.T, security string) *receiver {
	t.Helper()
	r := &receiver{t: t}
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS() // for its certificate, which is for 127.0.0.1
	t.Cleanup(certificate.Close)
	s := smtp.NewServer(r)
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "mx.contoso.example", security == noTLS, log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	switch security {
	case startTLS:
		s.TLSConfig = &tls.Config{Certificates: certificate.TLS.Certificates}
	case implicitTLS:
		listener = tls.NewListener(listener, &tls.Config{Certificates: certificate.TLS.Certificates})
	}
	go func() { _ = s.Serve(listener) }()
	r.stop = func() { _ = listener.Close() }
	t.Cleanup(func() { _ = s.Close() })
	t.Cleanup(r.stop)
	r.wire(policy(t, "127.0.0.1"), certificate.Client().Transport.(*http.Transport), map[string]string{"KEY": keySecret})
	r.values = map[string]string{"host": "127.0.0.1", "port": strconv.Itoa(port), "security": security, "from": "AOC <aoc@contoso.example>", "to": "ada@contoso.example, Bob <bob@contoso.example>", "username": "aoc", "password": "KEY"}
	return r
}

// NewSession implements [smtp.Backend].
func (r *receiver) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{receiver: r}, nil }

// letter is one session of mail.
type letter struct {
	*receiver
	to     []string
	signed bool
}

func (l *letter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (l *letter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if l.fault() == http.StatusUnauthorized || username != "aoc" || password != keySecret {
			return &smtp.SMTPError{Code: 535, Message: "no such user with password " + password}
		}
		l.signed = true
		return nil
	}), nil
}

func (l *letter) fault() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

func (l *letter) Mail(string, *smtp.MailOptions) error {
	switch status := l.fault(); {
	case !l.signed && l.values["username"] != "":
		return smtp.ErrAuthRequired
	case status == http.StatusTooManyRequests || status >= 500:
		return &smtp.SMTPError{Code: 451, Message: l.words + " " + keySecret}
	case status != 0:
		return &smtp.SMTPError{Code: 554, Message: l.words + " " + keySecret}
	}
	return nil
}

func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if to == l.refuses {
		return &smtp.SMTPError{Code: 550, Message: "nobody of that name"}
	}
	l.to = append(l.to, to)
	return nil
}

func (l *letter) Data(body io.Reader) error {
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, taken{header: http.Header(m.Header), body: text, to: l.to})
	return nil
}

func (l *letter) Reset()        { l.to = nil }
func (l *letter) Logout() error { return nil }

// kinds makes a receiver for each kind; a kind without one fails the suite.
var kinds = map[string]func(t *testing.T) *receiver{
	"teams":   func(t *testing.T) *receiver { return web(t, secretURL) },
	"slack":   func(t *testing.T) *receiver { return web(t, secretURL) },
	"discord": func(t *testing.T) *receiver { return web(t, secretURL) },
	"email":   func(t *testing.T) *receiver { return postOffice(t, startTLS) },
	"webhook": func(t *testing.T) *receiver {
		return web(t, func(a string) map[string]string {
			return map[string]string{"url": a + "/in", "signing_secret": "KEY", "authorization": "USER", "headers": "X-Team: soc"}
		})
	},
	"pagerduty": func(t *testing.T) *receiver {
		return web(t, func(a string) map[string]string {
			return map[string]string{"routing_key": "KEY", "address": a + "/v2/enqueue"}
		})
	},
	"opsgenie": func(t *testing.T) *receiver {
		return web(t, func(a string) map[string]string {
			return map[string]string{"key": "KEY", "address": a + "/v2/alerts"}
		})
	},
	"telegram": func(t *testing.T) *receiver {
		return web(t, func(a string) map[string]string {
			return map[string]string{"token": "KEY", "chat": "-100123", "address": a}
		})
	},
	"pushover": func(t *testing.T) *receiver {
		return web(t, func(a string) map[string]string {
			return map[string]string{"token": "KEY", "user": "USER", "address": a + "/1/messages.json"}
		})
	},
}

func secretURL(string) map[string]string { return map[string]string{"url": "URL"} }

// channel makes a channel as the dispatcher does.
func (r *receiver) channel(kind string) notify.Channel {
	r.t.Helper()
	c, err := notify.New(notify.Config{Kinds: All(), Deps: r.deps}).Open(&notify.NotifierSpec{Kind: kind, Settings: r.values})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// message tells of an alert whose texts are what somebody else wrote.
func message(title, body string) *notify.Message {
	a := &aoc.Alert{
		ID: "mfzwk3tfmrzw64tjojuw4zzaef", Title: title, Summary: body, Severity: aoc.SeverityHigh, TenantID: "11111111-2222-3333-4444-555555555555",
		RaisedAt: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), Events: []string{"e"}, Count: 1, State: aoc.AlertOpen,
	}
	return &notify.Message{Key: a.ID, Title: title, Body: body, Link: "https://soc.contoso.example/alerts?open=" + a.ID, Severity: a.Severity, Alerts: []*aoc.Alert{a}}
}

func decode(t *testing.T, body []byte) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// sinkTransport is a transport without a proxy.
func sinkTransport() *http.Transport { return &http.Transport{} }
