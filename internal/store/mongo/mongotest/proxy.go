package mongotest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy is a network between one process and a MongoDB that can fail: give the process
// Proxy.URI, and the others the server's own. It passes everything on until told otherwise.
//
// It knows two ways to be cut off: after Refuse the other side says so at once, as after a
// crash; after Hold nothing arrives any more and nobody says so, as when a cable is pulled.
type Proxy struct {
	listener net.Listener
	server   string // host:port
	uri      string
	done     sync.WaitGroup

	mu     sync.Mutex
	refuse bool
	delay  time.Duration
	open   chan struct{}      // closed while bytes may pass
	links  map[*link]struct{} // the connections there are
}

// link is one connection through the proxy.
type link struct {
	client net.Conn
	gone   chan struct{} // closed when the connection has ended
	once   sync.Once
}

// NewProxy starts a proxy in front of the first host of the connection string. It ends
// with the test.
func NewProxy(t testing.TB, uri string) *Proxy {
	t.Helper()
	server, through, err := throughProxy(uri)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // does not wait
	if err != nil {
		t.Fatal(err)
	}
	through.Host = listener.Addr().String()
	open := make(chan struct{})
	close(open)
	p := &Proxy{listener: listener, server: server, uri: through.String(), open: open, links: map[*link]struct{}{}}
	p.done.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// throughProxy returns the server to pass connections on to, and the connection string
// whose host is to be replaced. A client that is told of a replica set asks it for its
// hosts and goes there, past the proxy; so the one returned names the server alone.
func throughProxy(uri string) (server string, through *url.URL, err error) {
	scheme, rest, _ := strings.Cut(uri, "://")
	if scheme != "mongodb" {
		return "", nil, errors.New("a proxy needs a connection string that starts with mongodb://")
	}
	// More than one host is no URL.
	at := strings.LastIndex(rest, "@") + 1
	end := at + len(rest[at:])
	if i := strings.IndexAny(rest[at:], "/?"); i >= 0 {
		end = at + i
	}
	server, _, _ = strings.Cut(rest[at:end], ",")
	if through, err = url.Parse("mongodb://" + rest[:at] + server + rest[end:]); err != nil {
		return "", nil, errors.New("the connection string cannot be read") // its text has a password
	}
	query := through.Query()
	if query.Get("tls") == "true" || query.Get("ssl") == "true" {
		return "", nil, errors.New("a proxy cannot stand in front of a server with TLS")
	}
	query.Del("replicaSet")
	query.Set("directConnection", "true")
	through.RawQuery = query.Encode()
	if through.Path == "" {
		through.Path = "/"
	}
	if through.Port() == "" {
		server = net.JoinHostPort(through.Hostname(), "27017")
	}
	return server, through, nil
}

// URI is the connection string that leads through the proxy.
func (p *Proxy) URI() string { return p.uri }

// Drop cuts all connections. New ones are served.
func (p *Proxy) Drop() {
	for _, l := range p.all() {
		l.cut()
	}
}

// Refuse cuts all connections, and new ones as soon as they are made.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	p.refuse = true
	p.mu.Unlock()
	p.Drop()
}

// Hold lets nothing pass in either direction, on connections there are and on new ones,
// and keeps them open. Restore passes on what was sent meanwhile.
func (p *Proxy) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
		p.open = make(chan struct{})
	default: // held already
	}
}

// Delay holds up everything that passes by so long, in each direction.
func (p *Proxy) Delay(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// Restore ends what Refuse, Hold and Delay began.
func (p *Proxy) Restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse, p.delay = false, 0
	p.release()
}

// release lets bytes pass; p.mu is held.
func (p *Proxy) release() {
	select {
	case <-p.open:
	default:
		close(p.open)
	}
}

// Connections is how many there are.
func (p *Proxy) Connections() int { return len(p.all()) }

func (p *Proxy) all() []*link {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*link, 0, len(p.links))
	for l := range p.links {
		all = append(all, l)
	}
	return all
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.refuse = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.Drop()
	p.done.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.done.Go(func() { p.serve(client) })
	}
}

// serve passes one connection on until either side ends it or it is cut.
func (p *Proxy) serve(client net.Conn) {
	l := &link{client: client, gone: make(chan struct{})}
	if !p.add(l) {
		l.cut()
		return
	}
	defer p.remove(l)
	server, err := net.DialTimeout("tcp", p.server, patience) //nolint:noctx // the time is bounded
	if err != nil {
		l.cut()
		return
	}
	defer func() { _ = server.Close() }()
	var both sync.WaitGroup
	both.Go(func() { p.pass(l, client, server) })
	both.Go(func() { p.pass(l, server, client) })
	<-l.gone
	_ = server.Close()
	both.Wait()
}

// add counts the connection in, unless new ones are refused.
func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse {
		return false
	}
	p.links[l] = struct{}{}
	return true
}

func (p *Proxy) remove(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// pass copies what one side sends to the other until the connection ends.
func (p *Proxy) pass(l *link, from io.Reader, to io.Writer) {
	defer l.cut()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if !p.wait(l) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// wait returns when bytes may pass, or false when the connection has ended before.
func (p *Proxy) wait(l *link) bool {
	p.mu.Lock()
	delay := p.delay
	p.mu.Unlock()
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-l.gone:
			return false
		}
	}
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	select {
	case <-open:
		return true
	case <-l.gone:
		return false
	}
}

// cut ends the connection as a crash does: the client is told by a reset.
func (l *link) cut() {
	l.once.Do(func() {
		if tcp, ok := l.client.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = l.client.Close()
		close(l.gone)
	})
}
