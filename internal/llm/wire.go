package llm

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/sashabaranov/go-openai"
)

// maxBody is the most bytes of an answer that are read, of whatever kind.
const maxBody = 4 << 20

var (
	errStalled  = errors.New("nothing came for too long")
	errTooMuch  = errors.New("the answer is longer than is read")
	errRedirect = errors.New("the server sends elsewhere")
	errNoModel  = errors.New("what answered is no language model's server")
)

// exchange is one request and what is known of its answer beyond what the library tells.
type exchange struct {
	cancel context.CancelCauseFunc
	ctx    context.Context
	watch  *time.Timer
	stall  time.Duration

	status  int
	header  http.Header
	plain   []byte // an answer that is one JSON object
	ended   bool   // the stream said that it is at its end
	started bool   // something of an answer came
}

type exchangeKey struct{}

// in gives the context of the exchange. The watch on stalling runs on the machine's time: it
// guards a socket.
func (x *exchange) in(ctx context.Context, stall time.Duration) context.Context {
	x.ctx, x.cancel = context.WithCancelCause(ctx)
	x.stall = stall
	x.watch = time.AfterFunc(stall, func() { x.cancel(errStalled) })
	return context.WithValue(x.ctx, exchangeKey{}, x)
}

// done ends the exchange, whatever of it is still to come.
func (x *exchange) done() {
	x.watch.Stop()
	x.cancel(context.Canceled)
}

// wire sends requests for the library, and makes what comes back fit for it.
type wire struct{ client *Client }

// Do implements [openai.HTTPDoer].
func (w *wire) Do(r *http.Request) (*http.Response, error) {
	cfg := &w.client.cfg
	switch {
	case cfg.Tokens != nil:
		token, err := cfg.Tokens.Token(r.Context())
		if err != nil {
			return nil, err
		}
		r.Header.Del(openai.AzureAPIKeyHeader)
		r.Header.Set("Authorization", "Bearer "+token)
	case w.client.kind == azureV1:
		r.Header.Del("Authorization")
		r.Header.Set(openai.AzureAPIKeyHeader, cfg.APIKey)
	}
	r.Header.Del("Connection")
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("llm: a request without an exchange")
	}
	response, err := cfg.HTTP.Do(r) //nolint:gosec // the operator's address, by a client that holds to the egress policy
	if err != nil {
		return nil, err
	}
	x.status, x.header = response.StatusCode, response.Header
	inner := &body{exchange: x, inner: response.Body, left: maxBody}
	response.Body = inner
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		_ = inner.Close()
		return nil, errRedirect
	}
	if response.StatusCode >= 400 {
		inner.left = 64 << 10
		inner.short = true
		return response, nil
	}
	return response, x.adapt(response)
}

// adapt looks at what comes: a stream, or one JSON object, which it keeps.
func (x *exchange) adapt(response *http.Response) error {
	read := bufio.NewReader(response.Body)
	for {
		first, err := read.Peek(1)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			_ = response.Body.Close()
			return err
		case first[0] == ' ' || first[0] == '\n' || first[0] == '\r' || first[0] == '\t':
			_, _ = read.Discard(1)
			continue
		case first[0] == '{':
			x.plain, err = io.ReadAll(read)
			_ = response.Body.Close()
			response.Body = io.NopCloser(bytes.NewReader(x.plain))
			return err
		case first[0] == '<':
			_ = response.Body.Close()
			return errNoModel
		}
		response.Body = &stream{exchange: x, lines: read, Closer: response.Body}
		return nil
	}
}

// body bounds what is read of an answer, and the time in which nothing comes.
type body struct {
	exchange *exchange
	inner    io.ReadCloser
	left     int
	short    bool // ends where it is longer than is read, without an error
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if b.short {
			return 0, io.EOF
		}
		return 0, errTooMuch
	}
	b.exchange.watch.Reset(b.exchange.stall)
	n, err := b.inner.Read(p[:min(len(p), b.left)])
	b.exchange.watch.Stop()
	b.left -= n
	if n > 0 && !b.short {
		b.exchange.started = true
	}
	if err != nil && b.exchange.ctx.Err() != nil { // a server that sees the connection go may end in good order
		return n, context.Cause(b.exchange.ctx)
	}
	return n, err
}

// Close implements [io.Closer].
func (b *body) Close() error { return b.inner.Close() }

// stream gives the data lines of a stream and nothing else: servers also send comments, names
// of events, faults without a prefix, and last lines without an end.
type stream struct {
	exchange *exchange
	lines    *bufio.Reader
	io.Closer

	ready []byte
	err   error
}

// Read implements [io.Reader].
func (s *stream) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		var line []byte
		line, s.err = s.lines.ReadBytes('\n')
		s.ready = s.exchange.data(bytes.TrimSpace(line))
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// data makes a line of a stream one that the library reads as data; empty for others.
func (x *exchange) data(line []byte) []byte {
	rest, isData := bytes.CutPrefix(line, []byte("data:"))
	rest = bytes.TrimSpace(rest)
	switch {
	case isData && string(rest) == "[DONE]":
		x.ended = true
		return []byte("data: [DONE]\n")
	case !isData && bytes.HasPrefix(line, []byte("{")):
		rest = line
	case !isData || len(rest) == 0:
		return nil
	}
	// The library reads faults of one form only; with a blank they come through as data.
	if inner, ok := bytes.CutPrefix(rest, []byte("{")); ok {
		rest = append([]byte("{ "), inner...)
	}
	return append(append([]byte("data: "), rest...), '\n')
}
