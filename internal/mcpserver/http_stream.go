package mcpserver

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"
)

const (
	// pingEvery keeps connections through proxies open, and is how often rights are looked at.
	pingEvery = 15 * time.Second
	// patience is how long a client may take for one piece of an answer.
	patience = time.Minute
)

// hold answers a request that may take long: what the server allows for ordinary ones does
// not count. A stream ends when whoever asked may have it no more, or the service stops.
func (h *HTTP) hold(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if err != nil {
		http.Error(w, "the message is too long, or did not come in time", http.StatusRequestEntityTooLarge)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if r.Method == http.MethodGet {
		defer context.AfterFunc(h.streams, cancel)()
	}
	inner := r.WithContext(ctx)
	inner.Body = io.NopCloser(bytes.NewReader(body))
	out := &lasting{ResponseWriter: w, control: http.NewResponseController(w)}
	_ = out.control.SetReadDeadline(time.Time{}) // all is read; its end would end the request
	_ = out.control.SetWriteDeadline(time.Time{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		h.watch(ctx, out, func() bool { return h.cfg.Still(inner) }, cancel)
	}()
	defer func() {
		cancel()
		<-watched
		out.close()
	}()
	next.ServeHTTP(out, inner)
}

// watch keeps an answer alive, and gives it up when it may not go on.
func (h *HTTP) watch(ctx context.Context, out *lasting, still func() bool, giveUp func()) {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if !still() || out.ping() != nil {
				giveUp()
				return
			}
		}
	}
}

// lasting is an answer that goes on. The library may write to it after its end.
type lasting struct {
	http.ResponseWriter
	control *http.ResponseController

	mu      sync.Mutex
	begun   bool
	streams bool // a stream of events, into which a comment can be put
	over    bool
}

func (a *lasting) WriteHeader(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.begin()
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a *lasting) begin() {
	if a.begun {
		return
	}
	kind, _, err := mime.ParseMediaType(a.Header().Get("Content-Type"))
	a.begun, a.streams = true, err == nil && kind == "text/event-stream"
	if a.streams {
		a.Header().Set("X-Accel-Buffering", "no")
	}
}

// Write implements [io.Writer]; each is a whole event where the answer is a stream.
func (a *lasting) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.write(b)
}

func (a *lasting) write(b []byte) (int, error) {
	if a.over {
		return 0, io.ErrClosedPipe
	}
	a.begin()
	_ = a.control.SetWriteDeadline(time.Now().Add(patience)) // a test's recorder has none
	return a.ResponseWriter.Write(b)
}

// FlushError sends what is written.
func (a *lasting) FlushError() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flush()
}

func (a *lasting) flush() error {
	if a.over {
		return io.ErrClosedPipe
	}
	_ = a.control.SetWriteDeadline(time.Now().Add(patience))
	err := a.control.Flush()
	_ = a.control.SetWriteDeadline(time.Time{})
	return err
}

// Flush implements [http.Flusher].
func (a *lasting) Flush() { _ = a.FlushError() }

// ping puts a comment into a stream.
func (a *lasting) ping() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.streams {
		return nil
	}
	if _, err := a.write([]byte(": ping\n\n")); err != nil {
		return err
	}
	return a.flush()
}

// close ends the answer.
func (a *lasting) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	_ = a.control.SetWriteDeadline(time.Now().Add(patience))
}
