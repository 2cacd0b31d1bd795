package httpapi

import (
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// patience is how long one piece of a long answer or a long request may take. The whole may
// take as long as it needs; the server's limits are for requests of ordinary size.
const patience = time.Minute

// slowest is how many bytes a second a client must take or send while it is waited for, or
// the connection is given up: pieces could otherwise be made so small that patience has no
// end.
const slowest = 4 << 10

// pace bounds for how long a client is waited for, in all.
type pace struct {
	waited time.Duration
	bytes  int64
}

// left is how long the client may take for the next piece.
func (p *pace) left() time.Duration {
	return min(patience, patience+time.Duration(p.bytes/slowest)*time.Second-p.waited)
}

// took notes n bytes that the client took or sent, having been waited for since began.
func (p *pace) took(n int, began time.Time) {
	p.waited += time.Since(began)
	p.bytes += int64(n)
}

// patientWriter writes a long answer, piece by piece.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	pace    pace
}

func newPatientWriter(ctx huma.Context) *patientWriter {
	_, w := humago.Unwrap(ctx)
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // nothing more is to be read; its end would end the request
	return &patientWriter{ResponseWriter: w, control: control}
}

func (p *patientWriter) Write(b []byte) (int, error) {
	began := time.Now()
	_ = p.control.SetWriteDeadline(began.Add(p.pace.left())) // a test's recorder has none
	n, err := p.ResponseWriter.Write(b)
	p.pace.took(n, began)
	return n, err
}

// Flush sends what is written.
func (p *patientWriter) Flush() error {
	began := time.Now()
	_ = p.control.SetWriteDeadline(began.Add(p.pace.left()))
	defer p.pace.took(0, began)
	return p.control.Flush()
}

// patientReader reads a long request, piece by piece.
type patientReader struct {
	r       io.Reader
	control *http.ResponseController
	pace    pace
}

func newPatientReader(ctx huma.Context) *patientReader {
	r, w := humago.Unwrap(ctx)
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the answer comes after all of it; each write of it has a limit
	return &patientReader{r: r.Body, control: control}
}

func (p *patientReader) Read(b []byte) (int, error) {
	began := time.Now()
	_ = p.control.SetReadDeadline(began.Add(p.pace.left()))
	n, err := p.r.Read(b)
	p.pace.took(n, began)
	return n, err
}

// done gives the answer the time that every answer has.
func (p *patientReader) done() {
	_ = p.control.SetReadDeadline(time.Time{})
	_ = p.control.SetWriteDeadline(time.Now().Add(patience))
}
