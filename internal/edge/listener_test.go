package edge_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aoc/internal/edge"
)

// service is an HTTP server within limits.
type service struct {
	listener *edge.Listener
	dial     func() net.Conn
	began    chan struct{} // hears of each request to /slow
	end      chan struct{} // closed: requests to /slow end
}

// newService serves; /slow waits for end, everything else reads the body and answers ok.
func newService(t *testing.T, limits edge.ConnLimits) *service {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{listener: edge.Limit(inner, limits), began: make(chan struct{}, 100), end: make(chan struct{})}
	server := &http.Server{ConnContext: edge.ConnContext, Handler: edge.Working(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			s.began <- struct{}{}
			<-s.end
		}
		if r.URL.Path == "/flood" {
			s.began <- struct{}{}
			_, _ = io.Copy(w, endless{})
			return
		}
		if r.ContentLength > 0 {
			s.began <- struct{}{}
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))}
	go func() { _ = server.Serve(s.listener) }()
	t.Cleanup(func() { _ = server.Close() })
	s.dial = func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	return s
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// open waits until so many connections are open.
func (s *service) open(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); s.listener.Open() != n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections are open, want %d", s.listener.Open(), n)
		}
	}
}

// ask sends a request and gives the answer's body, or "" when the connection is closed.
func ask(c net.Conn, path string) string {
	_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
	return answer(c)
}

func answer(c net.Conn) string {
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return ""
	}
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

func closed(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, err := io.Copy(io.Discard, c)
	return !isTimeout(err)
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// TestSlowClientsMakeRoom fills a server with connections that wait for their clients in
// every way there is, and one that is being worked on.
func TestSlowClientsMakeRoom(t *testing.T) {
	s := newService(t, edge.ConnLimits{Total: 5})
	working := s.dial()
	_, _ = io.WriteString(working, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-s.began
	silent := s.dial() // asks nothing
	s.open(t, 2)
	header := s.dial()
	_, _ = io.WriteString(header, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	s.open(t, 3)
	body := s.dial()
	_, _ = io.WriteString(body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
	<-s.began
	reader := s.dial()
	_, _ = io.WriteString(reader, "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
	<-s.began
	s.open(t, 5)
	for i, victim := range []net.Conn{silent, header} {
		honest := s.dial()
		if got := ask(honest, "/"); got != "ok" {
			t.Errorf("an honest client is answered %q", got)
		}
		if !closed(victim) {
			t.Errorf("victim %d is still connected", i)
		}
		s.open(t, 5)
	}
	// What is left: the one that is worked on, the slow body, the slow reader, two honest
	// ones that are idle. The body and the reader have waited longer than those.
	for range 2 {
		if got := ask(s.dial(), "/"); got != "ok" {
			t.Errorf("an honest client is answered %q", got)
		}
	}
	if !closed(body) || !closed(reader) {
		t.Error("who is slow to send a body or to take an answer is still connected")
	}
	close(s.end)
	if got := answer(working); got != "ok" {
		t.Errorf("the request that was being worked on is answered %q", got)
	}
}

func TestWorkIsNeverCutOff(t *testing.T) {
	s := newService(t, edge.ConnLimits{Total: 2})
	var working []net.Conn
	for range 2 {
		c := s.dial()
		_, _ = io.WriteString(c, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		<-s.began
		working = append(working, c)
	}
	waiting := s.dial()
	_, _ = io.WriteString(waiting, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	_ = waiting.SetReadDeadline(time.Now().Add(1200 * time.Millisecond)) // beyond the grace
	if n, err := waiting.Read(make([]byte, 1)); n > 0 || !isTimeout(err) {
		t.Errorf("a connection beyond the limit gets %d bytes, %v", n, err)
	}
	close(s.end)
	for _, c := range append(working, waiting) {
		if got := answer(c); got != "ok" {
			t.Errorf("answered %q", got)
		}
	}
}

func TestConnectionsOfOneClient(t *testing.T) {
	nobody := func(netip.Addr) bool { return false }
	s := newService(t, edge.ConnLimits{Total: 10, PerClient: 2, Shared: nobody})
	first := s.dial()
	if ask(first, "/") != "ok" || ask(s.dial(), "/") != "ok" {
		t.Fatal("not answered")
	}
	if got := ask(s.dial(), "/"); got != "" {
		t.Errorf("a third connection is answered %q", got)
	}
	_ = first.Close()
	s.open(t, 1)
	if got := ask(s.dial(), "/"); got != "ok" {
		t.Errorf("after one was closed the next is answered %q", got)
	}
	open := newService(t, edge.ConnLimits{PerClient: 1})
	if first, second := ask(open.dial(), "/"), ask(open.dial(), "/"); first != "ok" || second != "ok" {
		t.Error("the limit of one client holds for this machine, from which a proxy may speak for many")
	}
}

// TestConnectionsAreForgotten holds that what is counted is what is open.
func TestConnectionsAreForgotten(t *testing.T) {
	s := newService(t, edge.ConnLimits{Total: 3, PerClient: 3, Shared: func(netip.Addr) bool { return false }})
	for range 20 {
		c := s.dial()
		if got := ask(c, "/"); got != "ok" {
			t.Fatalf("answered %q", got)
		}
		_ = c.Close()
		s.open(t, 0)
	}
}

func TestListenerEnds(t *testing.T) {
	s := newService(t, edge.ConnLimits{Total: 3})
	_ = s.listener.Close()
	if _, err := s.listener.Accept(); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after Close: %v", err)
	}
}
