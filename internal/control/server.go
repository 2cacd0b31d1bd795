package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"aoc"
)

// Server takes tasks from other processes of the same user.
type Server struct {
	dir  string
	http *http.Server
	done chan error
}

// Serve listens on a loopback port of its own and publishes it in dir. Tasks end when
// their caller goes away or ctx ends.
func Serve(ctx context.Context, dir string, do Worker) (*Server, error) {
	const op = "control.serve"
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeUnavailable, op, "no loopback port can be opened")
	}
	token := rand.Text()
	s := &Server{dir: dir, done: make(chan error, 1)}
	s.http = &http.Server{
		Handler:           handler(token, do),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
	}
	e := endpoint{URL: "http://" + listener.Addr().String(), Token: token, PID: os.Getpid()}
	if err := writeFile(dir, e); err != nil {
		listener.Close()
		return nil, aoc.Wrap(err, aoc.CodeUnavailable, op, "the control file cannot be written")
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// Close withdraws the address and ends the tasks under way.
func (s *Server) Close() error {
	err := errors.Join(os.Remove(filepath.Join(s.dir, FileName)), s.http.Close())
	if e := <-s.done; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

func handler(token string, do Worker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get(tokenHeader)
		if r.Method != http.MethodPost || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			http.Error(w, "not for you", http.StatusForbidden)
			return
		}
		var request Request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&request); err != nil {
			http.Error(w, "the request cannot be read", http.StatusBadRequest)
			return
		}
		answer(w, r, request, do)
	})
}

// answer runs a task and writes its progress and end, one JSON object a line.
func answer(w http.ResponseWriter, r *http.Request, request Request, do Worker) {
	out := &lines{enc: json.NewEncoder(w), flush: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "application/x-ndjson")
	result, err := do(r.Context(), request, func(p any) {
		text, err := json.Marshal(p)
		if err == nil {
			out.write(message{Progress: text})
		}
	})
	if err != nil {
		out.write(message{Fault: faultOf(err)})
		return
	}
	text, err := json.Marshal(result)
	if err != nil {
		out.write(message{Fault: faultOf(err)})
		return
	}
	out.write(message{Result: text})
}

// lines writes messages; progress may come from any goroutine.
type lines struct {
	mu    sync.Mutex
	enc   *json.Encoder
	flush *http.ResponseController
}

func (l *lines) write(m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// When the caller has gone the task's context ends; there is nobody to tell.
	_ = l.enc.Encode(m)
	_ = l.flush.Flush()
}
