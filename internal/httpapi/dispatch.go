package httpapi

import (
	"net/http"
	"strings"
)

// dispatcher asks the mux and answers for what it does not know, in the shape of every
// other error: the mux alone would answer in plain text.
type dispatcher struct {
	mux      *http.ServeMux
	fallback http.Handler // may be nil
	// admit reports whether a request may reach a route, and answers it where it may not.
	admit func(w http.ResponseWriter, r *http.Request, pattern string) bool
	fail  func(http.ResponseWriter, *http.Request, *Problem)
}

func (d *dispatcher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, pattern := d.mux.Handler(r)
	if pattern != "" {
		if d.admit(w, r, pattern) {
			d.mux.ServeHTTP(w, r)
		} else {
			r.Pattern = pattern // for the metrics
		}
		return
	}
	probe := &statusProbe{header: http.Header{}}
	handler.ServeHTTP(probe, r)
	switch {
	case probe.status == http.StatusMethodNotAllowed:
		w.Header()["Allow"] = probe.header["Allow"]
		d.fail(w, r, &Problem{Detail: "method not allowed", status: http.StatusMethodNotAllowed})
	case d.fallback != nil && !strings.HasPrefix(r.URL.Path, "/api/") && !isMCP(r.URL.Path) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		d.fallback.ServeHTTP(w, r)
	default:
		d.fail(w, r, &Problem{Detail: "not found", Hint: "/docs lists what there is.", status: http.StatusNotFound})
	}
}

// statusProbe takes the status and headers of an answer and drops the rest.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header         { return p.header }
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusProbe) WriteHeader(status int)      { p.status = status }
