package mcpserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/console"
)

// channel is one client of HTTP+SSE: messages come by POST and go out on a stream. The
// library's own says nothing of who POSTs a message.
type channel struct {
	id, owner string
	out       http.ResponseWriter
	in        chan jsonrpc.Message
	done      chan struct{} // closed: it is over
	end       sync.Once
}

// waitingMessages is how many messages of a client may wait.
const waitingMessages = 16

// channels are the clients of HTTP+SSE, by the ids of their sessions.
type channels struct{ byID sync.Map }

// serveSSE begins a session, and tells the client where to POST.
func (h *HTTP) serveSSE(w http.ResponseWriter, r *http.Request) {
	c := &channel{
		id: rand.Text(), owner: owner(console.CallerOf(r.Context())), out: w, in: make(chan jsonrpc.Message, waitingMessages), done: make(chan struct{}),
	}
	h.channels.byID.Store(c.id, c)
	defer h.channels.byID.Delete(c.id)
	w.Header().Set("Content-Type", "text/event-stream")
	session, err := h.cfg.Server.Connect(r.Context(), c, nil)
	if err != nil {
		return // the client is gone
	}
	select {
	case <-r.Context().Done():
	case <-c.done:
	}
	_ = c.Close()
	go func() { _ = session.Close() }() // waits for calls, which nobody hears of any more
}

// takeMessage takes a message of a client, which is answered on its stream.
func (h *HTTP) takeMessage(w http.ResponseWriter, r *http.Request) {
	who := console.CallerOf(r.Context())
	found, _ := h.channels.byID.Load(r.URL.Query().Get("session_id"))
	c, ok := found.(*channel)
	if !ok || c.owner != owner(who) {
		http.Error(w, "session not found", http.StatusNotFound)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		http.Error(w, "the message is too long", http.StatusRequestEntityTooLarge)
		return
	}
	message, fault := jsonrpc.DecodeMessage(body)
	if err != nil || fault != nil {
		http.Error(w, "this is no JSON-RPC message", http.StatusBadRequest)
		return
	}
	if asked, ok := message.(*jsonrpc.Request); ok {
		asked.Extra = &mcp.RequestExtra{TokenInfo: tokenInfo(who)}
	}
	select {
	case c.in <- message:
		w.WriteHeader(http.StatusAccepted)
	case <-c.done:
		http.Error(w, "session not found", http.StatusNotFound)
	case <-r.Context().Done():
	}
}

// Connect implements [mcp.Transport].
func (c *channel) Connect(context.Context) (mcp.Connection, error) {
	return c, c.send("endpoint", MessagesPath+"?session_id="+url.QueryEscape(c.id))
}

// SupportsProtocolVersion tells the library that HTTP+SSE has no revision without sessions.
func (c *channel) SupportsProtocolVersion(version string) bool { return version < statelessSince }

// Read implements [mcp.Connection].
func (c *channel) Read(ctx context.Context) (jsonrpc.Message, error) {
	select {
	case m := <-c.in:
		return m, nil
	case <-c.done:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Write implements [mcp.Connection].
func (c *channel) Write(ctx context.Context, m jsonrpc.Message) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text, err := jsonrpc.EncodeMessage(m)
	if err != nil {
		return err
	}
	return c.send("message", string(text))
}

// send writes an event; data has no line ends.
func (c *channel) send(event, data string) error {
	if _, err := fmt.Fprintf(c.out, "event: %s\ndata: %s\n\n", event, data); err != nil {
		return err
	}
	return http.NewResponseController(c.out).Flush()
}

// Close implements [mcp.Connection].
func (c *channel) Close() error {
	c.end.Do(func() { close(c.done) })
	return nil
}

// SessionID implements [mcp.Connection]: the library has ids for Streamable HTTP alone.
func (c *channel) SessionID() string { return "" }
