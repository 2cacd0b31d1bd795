package edge

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// ConnLimits bounds open connections.
type ConnLimits struct {
	Total     int // 0: any number
	PerClient int // from one address, or one /64 of IPv6; 0: any number
	// Shared tells addresses that many clients come from, such as proxies, to which
	// PerClient does not apply; nil: those of this machine.
	Shared func(netip.Addr) bool
}

// grace is how long a connection waits for its client, at least, before it has to make room:
// a busy machine may be slow to read what has been sent.
const grace = 500 * time.Millisecond

// Listener accepts connections within limits. A client that has its share is refused. When
// there is no room at all, the connection that has waited longest for its client, to send
// the rest of a request, to take an answer, or to ask anything, makes room: who is slow
// loses to who is not. Where none has waited for long, others wait to be accepted. Requests
// that are being worked on are never cut off.
//
// The server must use [ConnContext], and [Working] around its handler: without them a
// connection that is being worked on looks like one that waits.
type Listener struct {
	net.Listener
	limits ConnLimits
	began  time.Time

	mu    sync.Mutex
	conns map[*conn]struct{}
	held  map[netip.Addr]int // connections by client

	freed     chan struct{} // holds one when there may be room again
	done      chan struct{} // closed with the listener
	closeOnce sync.Once
}

// Limit puts limits on a listener.
func Limit(l net.Listener, limits ConnLimits) *Listener {
	if limits.Shared == nil {
		limits.Shared = netip.Addr.IsLoopback
	}
	return &Listener{
		Listener: l, limits: limits, began: time.Now(), conns: map[*conn]struct{}{}, held: map[netip.Addr]int{},
		freed: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: accepted, listener: l, client: l.clientOf(accepted)}
		if l.admit(c) {
			return c, nil
		}
		_ = accepted.Close()
	}
}

// clientOf gives whom a connection counts for; the zero address for nobody.
func (l *Listener) clientOf(c net.Conn) netip.Addr {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || l.limits.Shared(peer.Addr().Unmap()) {
		return netip.Addr{}
	}
	return Key(peer.Addr())
}

// admit counts a connection when there is room for it, having waited for that; false when it
// is to be refused.
func (l *Listener) admit(c *conn) bool {
	for {
		admitted, wait := l.tryAdmit(c)
		if wait == 0 {
			return admitted
		}
		timer := time.NewTimer(wait)
		select {
		case <-l.freed:
		case <-timer.C:
		case <-l.done:
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

// tryAdmit counts a connection if there is room for it, or makes room; else it says when to
// try again.
func (l *Listener) tryAdmit(c *conn) (admitted bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limits.PerClient > 0 && c.client.IsValid() && l.held[c.client] >= l.limits.PerClient {
		return false, 0
	}
	if l.limits.Total > 0 && len(l.conns) >= l.limits.Total {
		slowest, waited := l.slowest()
		if slowest == nil || waited < grace {
			return false, grace - waited
		}
		l.forget(slowest)
		go slowest.Close() //nolint:errcheck // it waits for whoever reads or writes there to hear of it, and Accept must not
	}
	c.waiting.Store(l.now())
	l.conns[c] = struct{}{}
	if c.client.IsValid() {
		l.held[c.client]++
	}
	return true, 0
}

// slowest gives the connection that has waited longest for its client, and how long; nil if
// none does.
func (l *Listener) slowest() (slowest *conn, waited time.Duration) {
	now := l.now()
	since := now + 1
	for c := range l.conns {
		if at, waits := c.waitsSince(); waits && at < since {
			slowest, since = c, at
		}
	}
	return slowest, time.Duration(max(0, now-since))
}

// forget no longer counts a connection; it may be called again.
func (l *Listener) forget(c *conn) {
	if _, counted := l.conns[c]; !counted {
		return
	}
	delete(l.conns, c)
	select {
	case l.freed <- struct{}{}:
	default:
	}
	if !c.client.IsValid() {
		return
	}
	if l.held[c.client]--; l.held[c.client] == 0 {
		delete(l.held, c.client)
	}
}

// Close implements [net.Listener].
func (l *Listener) Close() error {
	l.closeOnce.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// Open is how many connections there are.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// now is the time since the listener began, in nanoseconds, never 0.
func (l *Listener) now() int64 { return int64(time.Since(l.began)) + 1 }

// conn is a connection that knows since when it waits for its client. Times are those of
// [Listener.now]; 0 means that it does not.
type conn struct {
	net.Conn
	listener *Listener
	client   netip.Addr
	requests atomic.Int32 // that are worked on: with HTTP/2 there may be several
	waiting  atomic.Int64 // for a request
	reading  atomic.Int64 // the body of one
	writing  atomic.Int64
}

// waitsSince tells since when a connection waits for its client, if it does.
func (c *conn) waitsSince() (at int64, waits bool) {
	if at = c.writing.Load(); at > 0 {
		return at, true
	}
	if at = c.reading.Load(); at > 0 {
		return at, true
	}
	return c.waiting.Load(), c.requests.Load() == 0
}

func (c *conn) Write(b []byte) (int, error) {
	c.writing.Store(c.listener.now())
	defer c.writing.Store(0)
	return c.Conn.Write(b)
}

func (c *conn) Close() error {
	c.listener.mu.Lock()
	c.listener.forget(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

type connKey struct{}

// ConnContext is for [http.Server.ConnContext].
func ConnContext(ctx context.Context, nc net.Conn) context.Context {
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	if c, ok := nc.(*conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// Working tells connections when a request is worked on, and when its body is waited for.
func Working(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connKey{}).(*conn)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		c.requests.Add(1)
		defer func() {
			c.waiting.Store(c.listener.now())
			c.requests.Add(-1)
		}()
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &watchedBody{r.Body, c}
		}
		next.ServeHTTP(w, r)
	})
}

// watchedBody tells its connection when it waits for the client.
type watchedBody struct {
	io.ReadCloser
	c *conn
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.c.reading.Store(b.c.listener.now())
	defer b.c.reading.Store(0)
	return b.ReadCloser.Read(p)
}
