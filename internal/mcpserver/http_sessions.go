package mcpserver

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc"
	"aoc/internal/console"
)

// SessionLimits bounds how many sessions there are. Beyond, the one that has not been used
// for longest ends.
type SessionLimits struct {
	PerOwner int // 0: 20
	All      int // 0: 1000
}

// Observer counts what clients do.
type Observer interface {
	// MCPCalled hears of a call of a tool, or of reading a resource or a prompt: ok, failed,
	// or refused when it was not even begun.
	MCPCalled(name, outcome string)
	// MCPSessions hears of sessions that begin (1) and end (-1), by transport: streamable, sse.
	MCPSessions(transport string, change int)
}

// nobody listens.
type nobody struct{}

func (nobody) MCPCalled(string, string) {}
func (nobody) MCPSessions(string, int)  {}

// sessions are those that are open, of both transports that have any.
type sessions struct {
	limits   SessionLimits
	observer Observer
	clock    aoc.Clock

	mu     sync.Mutex
	open   map[*mcp.ServerSession]*session
	closed bool
	ending sync.WaitGroup
}

type session struct {
	owner     string
	transport string
	used      time.Time
}

func newSessions(limits SessionLimits, observer Observer, clock aoc.Clock) *sessions {
	if observer == nil {
		observer = nobody{}
	}
	return &sessions{
		limits:   SessionLimits{PerOwner: cmp.Or(limits.PerOwner, 20), All: cmp.Or(limits.All, 1000)},
		observer: observer, clock: clock, open: map[*mcp.ServerSession]*session{},
	}
}

// keepSession keeps the books of sessions.
func (h *HTTP) keepSession(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		if s, ok := req.GetSession().(*mcp.ServerSession); ok {
			if method == "initialize" {
				h.sessions.begin(s, owner(console.CallerOf(ctx)))
			} else {
				h.sessions.use(s)
			}
		}
		return next(ctx, method, req)
	}
}

// begin notes a session, and ends another where there are too many. One without an id, of
// HTTP+SSE, lasts as long as its stream.
func (l *sessions) begin(s *mcp.ServerSession, owner string) {
	transport := "streamable"
	if s.ID() == "" {
		transport = "sse"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[s] != nil {
		return
	}
	if l.closed {
		go func() { _ = s.Close() }()
		return
	}
	if owner != "" {
		l.makeRoom(l.limits.PerOwner, func(other *session) bool { return other.owner == owner })
	}
	l.makeRoom(l.limits.All, func(*session) bool { return true })
	l.open[s] = &session{owner, transport, l.clock.Now()}
	l.observer.MCPSessions(transport, 1)
	l.ending.Go(func() {
		_ = s.Wait() // how it ended is the client's business
		l.mu.Lock()
		defer l.mu.Unlock()
		l.forget(s)
	})
}

// makeRoom ends the session of some that has not been used for longest, if they are most.
func (l *sessions) makeRoom(most int, of func(*session) bool) {
	var oldest *mcp.ServerSession
	n := 0
	for s, one := range l.open {
		if !of(one) {
			continue
		}
		if n++; oldest == nil || one.used.Before(l.open[oldest].used) {
			oldest = s
		}
	}
	if n >= most && oldest != nil {
		l.forget(oldest)
		l.end(oldest)
	}
}

func (l *sessions) forget(s *mcp.ServerSession) {
	if one := l.open[s]; one != nil {
		l.observer.MCPSessions(one.transport, -1)
		delete(l.open, s)
	}
}

// end closes a session, which waits for its calls.
func (l *sessions) end(s *mcp.ServerSession) {
	l.ending.Go(func() { _ = s.Close() })
}

func (l *sessions) use(s *mcp.ServerSession) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.open[s]; one != nil {
		one.used = l.clock.Now()
	}
}

// close ends all sessions, and takes no others.
func (l *sessions) close() {
	l.mu.Lock()
	l.closed = true
	for s := range l.open {
		l.end(s)
	}
	l.mu.Unlock()
	l.ending.Wait()
}
