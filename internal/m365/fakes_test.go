package m365

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc"
)

const (
	testTenant = "11111111-2222-3333-4444-555555555555"
	testClient = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	testSecret = "s3cr~t/+with=signs"
)

var testTime = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// clock is a clock on which sleeping takes no time but moves it.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func newClock() *clock { return &clock{now: testTime} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.sleeps = append(c.sleeps, d)
	return nil
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.sleeps...)
}

// issuer gives tokens "token-1", "token-2" … and a new one only when it is made to.
type issuer struct {
	mu     sync.Mutex
	clock  aoc.Clock
	n      int
	scopes []string
	err    error
}

func (i *issuer) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.scopes = append(i.scopes, o.Scopes...)
	if i.err != nil {
		return azcore.AccessToken{}, i.err
	}
	if i.n == 0 || o.Claims != "" {
		i.n++
	}
	return azcore.AccessToken{Token: fmt.Sprintf("token-%d", i.n), ExpiresOn: i.clock.Now().Add(time.Hour)}, nil
}

// fixture is a client against a fake service.
type fixture struct {
	*Client
	server *httptest.Server
	clock  *clock
	issuer *issuer
	log    *bytes.Buffer
	seen   *recorder
}

// serve starts a fake service and gives a client for it.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{server: httptest.NewTLSServer(h), clock: newClock(), log: &bytes.Buffer{}, seen: &recorder{}}
	f.server.Config.ErrorLog = nil
	t.Cleanup(f.server.Close)
	f.issuer = &issuer{clock: f.clock}
	cloud, err := Cloud{Name: "test"}.With(f.server.URL, f.server.URL, f.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Cloud: cloud, TenantID: testTenant, Credential: f.issuer, Clock: f.clock, HTTP: f.server.Client(),
		Logger:   slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Observer: f.seen, UserAgent: "aoc/test", Random: func() float64 { return 0.5 },
	}
	for _, c := range change {
		c(&cfg)
	}
	if f.Client, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return f
}

// recorder is an observer that remembers.
type recorder struct {
	mu       sync.Mutex
	statuses []int
	waits    map[Reason]time.Duration
	bytes    int
	signIns  int
}

func (r *recorder) Attempted(_ API, _ Class, status int, _ time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses = append(r.statuses, status)
}

func (r *recorder) Waited(_ API, _ Class, why Reason, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waits == nil {
		r.waits = map[Reason]time.Duration{}
	}
	r.waits[why] += d
}

func (r *recorder) Received(_ API, _ Class, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += n
}

func (r *recorder) SignedIn(API, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signIns++
}

// answer is one scripted answer.
type answer struct {
	status int
	header map[string]string
	body   string
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	io.WriteString(w, a.body)
}

// script answers each request with the next answer and repeats the last.
func script(answers ...answer) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		a := answers[min(n, len(answers)-1)]
		n++
		mu.Unlock()
		a.write(w)
	}
}

func read(t *testing.T, r *Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// login is a fake token endpoint, true to the protocol as far as the sign-in library asks.
type login struct {
	*httptest.Server
	mu     sync.Mutex
	forms  []map[string]string
	answer func(form map[string]string) (int, string)
}

func newLogin(t *testing.T) *login {
	t.Helper()
	l := &login{}
	l.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		switch {
		case strings.HasSuffix(r.URL.Path, "/v2.0/.well-known/openid-configuration"):
			base := "https://" + r.Host + "/" + testTenant
			json.NewEncoder(w).Encode(map[string]string{
				"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
				"token_endpoint": base + "/oauth2/v2.0/token",
			})
		case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"), r.URL.Path == "/msi/token":
			r.ParseForm()
			form := map[string]string{"header": r.Header.Get("X-Identity-Header")}
			for k := range r.Form {
				form[k] = r.Form.Get(k)
			}
			l.mu.Lock()
			l.forms = append(l.forms, form)
			n := len(l.forms)
			l.mu.Unlock()
			if l.answer != nil {
				if status, body := l.answer(form); status != 200 {
					w.WriteHeader(status)
					io.WriteString(w, body)
					return
				}
			}
			if r.URL.Path == "/msi/token" {
				fmt.Fprintf(w, `{"access_token":"token-%d","expires_on":"%d","resource":"r","token_type":"Bearer"}`,
					n, time.Now().Add(time.Hour).Unix())
				return
			}
			fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"token-%d"}`, n)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *login) cloud(t *testing.T) Cloud {
	t.Helper()
	c, err := ParseCloud("worldwide")
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.With(l.URL, "", ""); err != nil {
		t.Fatal(err)
	}
	return c
}

// noSecret fails when a secret shows in an error, however it is printed.
func noSecret(t *testing.T, err error, secrets ...string) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s", err, err, err, aoc.MessageOf(err))
	for e := err; e != nil; {
		text += e.Error()
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("the error holds the secret %q: %s", s, text)
		}
	}
}
