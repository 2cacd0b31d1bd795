package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// together serves the three roles under one address; their paths do not overlap.
func together(h [3]http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/v1.0/"), strings.HasPrefix(path, "/beta/"):
			h[roleGraph].ServeHTTP(w, r)
		case strings.HasPrefix(path, "/api/"):
			h[roleManage].ServeHTTP(w, r)
		default:
			h[roleLogin].ServeHTTP(w, r)
		}
	})
}

// statusWriter remembers the status. It keeps the way to the connection open.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrap gives every answer of a role its date, latency and fate.
func (s *Server) wrap(which role, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sw := &statusWriter{ResponseWriter: w}
		now := s.now()
		// Clients compare the service's clock with theirs.
		w.Header().Set("Date", now.Format(http.TimeFormat))
		if s.cfg.Latency > 0 {
			if err := s.cfg.Clock.Sleep(r.Context(), s.cfg.Latency); err != nil {
				return
			}
		}
		f, variant := s.dice.roll(which.String(), r)
		r = r.WithContext(withFate(r.Context(), fate{f, variant}))
		switch {
		case s.isOut(r):
			gatewayAnswer(sw, http.StatusServiceUnavailable)
		case f != faultServer || !s.gatewayError(sw, variant, which):
			next.ServeHTTP(sw, r)
		}
		s.mu.Lock()
		s.requests[which.String()+" "+strconv.Itoa(sw.status)]++
		s.mu.Unlock()
		s.cfg.Log.Debug("simulator request", "role", which.String(), "method", r.Method, "path", r.URL.Path, "status", sw.status, "took", s.now().Sub(now))
	})
}

// gatewayError answers as whatever stands before a service does when the service is
// gone: with HTML. It leaves the service's own errors to the service.
func (s *Server) gatewayError(w http.ResponseWriter, variant uint64, which role) bool {
	status := []int{0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}[variant%4]
	if status == 0 {
		return false
	}
	if status == http.StatusServiceUnavailable && which == roleGraph {
		w.Header().Set("Retry-After", "1")
	}
	gatewayAnswer(w, status)
	return true
}

func gatewayAnswer(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	write(w, status, []byte("<html><head><title>"+strconv.Itoa(status)+" "+http.StatusText(status)+"</title></head>\r\n<body><h1>"+http.StatusText(status)+
		"</h1><p>Our services aren't available right now</p></body></html>\r\n"))
}

// write sends a whole body and tells whether it went out.
func write(w http.ResponseWriter, status int, body []byte) bool {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	n, err := w.Write(body)
	return err == nil && n == len(body)
}

// send writes a body, or as much of it as the request's fate allows: a cut connection
// ends in the middle without a word.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, body []byte) bool {
	if fateOf(r).fault != faultCut {
		return write(w, status, body)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	half := 0
	if len(body) > 1 {
		half = int(fateOf(r).variant % uint64(len(body)-1))
	}
	_, _ = w.Write(body[:half])
	control := http.NewResponseController(w)
	_ = control.Flush()
	conn, _, err := control.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
	return false
}

// sendRecords sends a body with records and keeps the book of what was delivered. The
// note is made first, since a client may look before the handler returns; nothing is
// noted of a body that is bound to be cut or is broken.
func (s *Server) sendRecords(r *http.Request, refs []ref, send func() bool) {
	if f := fateOf(r).fault; f == faultCut || f == faultMalformed {
		send()
		return
	}
	s.archive.noteSent(refs, 1)
	if !send() {
		s.archive.noteSent(refs, -1)
	}
}
