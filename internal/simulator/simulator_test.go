package simulator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// testClock stands still until it is moved.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.advance(d)
	return ctx.Err()
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// thursday is a working day with a few hours of work behind it.
var thursday = time.Date(2026, 1, 8, 15, 4, 5, 0, time.UTC)

// bench is a running server and what a test needs to talk to it.
type bench struct {
	*Server
	t      *testing.T
	clock  *testClock
	client *http.Client
	tokens map[string]bearerToken
}

// bearerToken is a token and when a client should get the next.
type bearerToken struct {
	text  string
	until time.Time
}

// start runs a small tenant with two days of history. Limits are off unless set.
func start(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	clock := &testClock{now: thursday}
	cfg := Config{
		Tenant: tenant.Config{Seed: 11, Users: 80, EventsPerDay: 1500, RisksPerDay: 60},
		Clock:  clock, GraphHistory: 48 * time.Hour, ManagementHistory: 48 * time.Hour,
		Limits: Limits{GraphReports: -1, Intune: -1, Risks: -1, Directory: -1, Management: -1},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	client := s.Client()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Server: s, t: t, clock: clock, client: client, tokens: make(map[string]bearerToken)}
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

func (b *bench) do(req *http.Request) answer {
	b.t.Helper()
	resp, err := b.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body, err}
}

func (b *bench) request(method, target, token, body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return b.do(req)
}

// form posts to the token endpoint.
func (b *bench) form(path string, v url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.LoginURL()+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// token gets a token for a scope, trying again while faults are on.
func (b *bench) token(scope string) string {
	b.t.Helper()
	if t := b.tokens[scope]; b.clock.Now().Before(t.until) {
		return t.text
	}
	for range 20 {
		a := b.form("/"+b.Tenant().ID()+"/oauth2/v2.0/token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {b.ClientID()}, "client_secret": {b.ClientSecret()}, "scope": {scope},
		})
		var got struct {
			Token string `json:"access_token"`
		}
		if a.err == nil && a.status == http.StatusOK && json.Unmarshal(a.body, &got) == nil && got.Token != "" {
			b.tokens[scope] = bearerToken{got.Token, b.clock.Now().Add(50 * time.Minute)}
			return got.Token
		}
	}
	b.t.Fatal("no token")
	return ""
}

const (
	graphScope  = "https://graph.microsoft.com/.default"
	manageScope = "https://manage.office.com/.default"
)

func (b *bench) graphGet(path string) answer {
	b.t.Helper()
	target := path
	if !strings.HasPrefix(path, "https://") {
		target = b.GraphURL() + path
	}
	return b.request(http.MethodGet, target, b.token(graphScope), "")
}

func (b *bench) feed(rest string) string {
	return b.ManageURL() + "/api/v1.0/" + b.Tenant().ID() + "/activity/feed/" + rest
}

func (b *bench) manageGet(rest string) answer {
	b.t.Helper()
	target := rest
	if !strings.HasPrefix(rest, "https://") {
		target = b.feed(rest)
	}
	return b.request(http.MethodGet, target, b.token(manageScope), "")
}

func (b *bench) subscribe(contentType string) answer {
	b.t.Helper()
	return b.request(http.MethodPost, b.feed("subscriptions/start?contentType="+contentType), b.token(manageScope), "")
}

// wantStatus fails unless the answer has a status; it gives the answer back.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	if a.status != status {
		t.Fatalf("status %d, want %d: %.500s", a.status, status, a.body)
	}
	return a
}

// code is the code of an error body.
func (a answer) code(t *testing.T) string {
	t.Helper()
	var e struct {
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(a.body, &e); err != nil {
		t.Fatalf("error body is no JSON: %.300s", a.body)
	}
	var inner struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(e.Error, &inner) == nil {
		return inner.Code
	}
	return strings.Trim(string(e.Error), `"`)
}

// page is a page of Graph.
type page struct {
	Context string            `json:"@odata.context"`
	Next    string            `json:"@odata.nextLink"`
	Value   []json.RawMessage `json:"value"`
}

func (a answer) page(t *testing.T) page {
	t.Helper()
	a.want(t, http.StatusOK)
	var p page
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("%v: %.300s", err, a.body)
	}
	return p
}

// all reads a Graph list to its end.
func (b *bench) all(path string) []json.RawMessage {
	b.t.Helper()
	var list []json.RawMessage
	for path != "" {
		p := b.graphGet(path).page(b.t)
		list = append(list, p.Value...)
		path = p.Next
	}
	return list
}

// expected gives the manifest's entries of a source by record.
func (b *bench) expected(source aoc.Source) map[string]Entry {
	m := make(map[string]Entry)
	for e := range b.Manifest() {
		if e.Source == source {
			m[string(e.Raw)] = e
		}
	}
	return m
}
