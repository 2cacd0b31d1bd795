package mcpserver

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc"
	"aoc/internal/console"
)

// stand is the transports over a server with two tools: whoami says who asks, and wait waits
// until it is cancelled.
type stand struct {
	*testing.T
	http             *HTTP
	base             string
	began, cancelled chan struct{}
	open, opened     atomic.Int64 // sessions that are open, and that ever were
	mayNot           atomic.Bool
}

// MCPCalled implements [Observer].
func (s *stand) MCPCalled(string, string) {}

// MCPSessions implements [Observer].
func (s *stand) MCPSessions(_ string, change int) {
	s.open.Add(int64(change))
	s.opened.Add(int64(max(0, change)))
}

func newStand(t *testing.T, limits SessionLimits) *stand {
	t.Helper()
	s := &stand{T: t, began: make(chan struct{}, 10), cancelled: make(chan struct{}, 10)}
	server := mcp.NewServer(&mcp.Implementation{Name: "stand"}, nil)
	add := func(name string, run func(ctx context.Context) (string, error)) {
		server.AddTool(&mcp.Tool{Name: name, InputSchema: json.RawMessage(`{"type":"object"}`)}, func(ctx context.Context, _ *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			text, err := run(ctx)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, err
		})
	}
	add("whoami", func(ctx context.Context) (string, error) {
		who := console.CallerOf(ctx)
		return who.Subject + " " + string(who.Role), nil
	})
	add("wait", func(ctx context.Context) (string, error) {
		s.began <- struct{}{}
		<-ctx.Done()
		s.cancelled <- struct{}{}
		return "", ctx.Err()
	})
	s.http = NewHTTP(HTTPConfig{Server: server, Sessions: limits, Observer: s, Still: func(*http.Request) bool { return !s.mayNot.Load() }})
	// As the API does, it says who asks before anything else.
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := aoc.Caller{Subject: r.Header.Get("X-Subject"), Via: aoc.ViaToken, Role: aoc.Role(r.Header.Get("X-Role"))}
		s.http.ServeHTTP(w, r.WithContext(console.WithCaller(r.Context(), who)))
	}))
	s.base = web.URL
	t.Cleanup(func() {
		if err := s.http.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return s
}

// header is a client whose headers may change.
type header struct{ subject, role atomic.Value }

func newCaller(subject, role string) *header {
	c := &header{}
	c.subject.Store(subject)
	c.role.Store(role)
	return c
}

// RoundTrip implements [http.RoundTripper].
func (c *header) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Subject", c.subject.Load().(string))
	r.Header.Set("X-Role", c.role.Load().(string))
	return http.DefaultTransport.RoundTrip(r)
}

// ways are the transports, Streamable HTTP with sessions and without.
var ways = []string{"streamable", "sessions", "sse"}

func (s *stand) connect(way string, c *header) *mcp.ClientSession {
	s.Helper()
	web := &http.Client{Transport: c}
	var t mcp.Transport = &mcp.StreamableClientTransport{Endpoint: s.base + Path, HTTPClient: web, MaxRetries: -1}
	var options *mcp.ClientSessionOptions
	switch way {
	case "sse":
		t = &mcp.SSEClientTransport{Endpoint: s.base + SSEPath, HTTPClient: web}
	case "sessions":
		options = &mcp.ClientSessionOptions{ProtocolVersion: "2025-11-25"}
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(s.Context(), t, options)
	if err != nil {
		s.Fatal(way, err)
	}
	s.Cleanup(func() { _ = session.Close() })
	return session
}

func (s *stand) whoami(session *mcp.ClientSession) string {
	s.Helper()
	r, err := session.CallTool(s.Context(), &mcp.CallToolParams{Name: "whoami"})
	if err != nil {
		return err.Error()
	}
	return r.Content[0].(*mcp.TextContent).Text
}

// TestEachMessageHasItsCaller changes a role while a session is open: it counts at once.
func TestEachMessageHasItsCaller(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			s := newStand(t, SessionLimits{})
			c := newCaller("ada", "manager")
			session := s.connect(way, c)
			if got := s.whoami(session); got != "ada manager" {
				t.Error(got)
			}
			c.role.Store("reader")
			if got := s.whoami(session); got != "ada reader" {
				t.Error(got)
			}
			if way == "streamable" {
				return // it has no sessions
			}
			c.subject.Store("eve")
			if got := s.whoami(session); strings.Contains(got, "eve") || strings.Contains(got, "ada") {
				t.Errorf("in another's session: %s", got)
			}
		})
	}
}

// TestCancel gives a call up: the tool hears of it.
func TestCancel(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			s := newStand(t, SessionLimits{})
			session := s.connect(way, newCaller("ada", "reader"))
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "wait"})
				failed <- err
			}()
			s.await("the call", s.began)
			cancel()
			s.await("its end", s.cancelled)
			if err := <-failed; err == nil {
				t.Error("no error")
			}
			if got := s.whoami(session); got != "ada reader" {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

func (s *stand) await(what string, done <-chan struct{}) {
	s.Helper()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		s.Fatalf("%s does not come", what)
	}
}

// TestStopEndsCalls stops with a call under way: it is cancelled after a moment.
func TestStopEndsCalls(t *testing.T) {
	s := newStand(t, SessionLimits{})
	session := s.connect("sessions", newCaller("ada", "reader"))
	go func() { _, _ = session.CallTool(context.Background(), &mcp.CallToolParams{Name: "wait"}) }()
	s.await("the call", s.began)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_ = s.http.Close(ctx) // says at most that time was up
	s.await("its end", s.cancelled)
	if resp, err := http.Post(s.base+Path, "application/json", strings.NewReader("{}")); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Error("it goes on", resp, err)
	}
}

// TestSessionsAreBounded begins more than there may be: the one that was not used for longest
// ends, of the same owner first.
func TestSessionsAreBounded(t *testing.T) {
	s := newStand(t, SessionLimits{PerOwner: 2, All: 3})
	ada, bob := newCaller("ada", "reader"), newCaller("bob", "reader")
	first, sse := s.connect("sessions", ada), s.connect("sse", ada)
	if s.whoami(first) != "ada reader" {
		t.Fatal("no session")
	}
	third := s.connect("sessions", ada) // sse was not used since
	for name, c := range map[string]struct {
		session *mcp.ClientSession
		want    bool
	}{"first": {first, true}, "sse": {sse, false}, "third": {third, true}} {
		if got := s.whoami(c.session) == "ada reader"; got != c.want {
			t.Errorf("%s goes on: %v", name, got)
		}
	}
	others := []*mcp.ClientSession{s.connect("sessions", bob), s.connect("sessions", bob)}
	for _, o := range others {
		if got := s.whoami(o); got != "bob reader" {
			t.Error(got)
		}
	}
	for began := time.Now(); s.open.Load() != 3; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 5*time.Second {
			t.Fatalf("%d sessions are open", s.open.Load())
		}
	}
	if n := s.opened.Load(); n != 5 {
		t.Errorf("%d sessions were opened", n)
	}
}

// TestStreamEndsWithRights takes somebody's rights away while they listen.
func TestStreamEndsWithRights(t *testing.T) {
	s := newStand(t, SessionLimits{})
	s.http.every = 20 * time.Millisecond
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+SSEPath, nil)
	resp, err := newCaller("ada", "reader").RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewReader(resp.Body)
	for pings := 0; pings < 2; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == ": ping\n" {
			pings++
		}
	}
	s.mayNot.Store(true)
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(ended)
	}()
	s.await("the end of the stream", ended)
}
