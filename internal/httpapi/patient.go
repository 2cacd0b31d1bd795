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

// patientWriter writes a long answer, piece by piece.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func newPatientWriter(ctx huma.Context) *patientWriter {
	_, w := humago.Unwrap(ctx)
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // nothing more is to be read; its end would end the request
	return &patientWriter{ResponseWriter: w, control: control}
}

func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(patience)) // a test's recorder has none
	return p.ResponseWriter.Write(b)
}

// Flush sends what is written.
func (p *patientWriter) Flush() error {
	_ = p.control.SetWriteDeadline(time.Now().Add(patience))
	return p.control.Flush()
}

// patientReader reads a long request, piece by piece.
type patientReader struct {
	r       io.Reader
	control *http.ResponseController
}

func newPatientReader(ctx huma.Context) *patientReader {
	r, w := humago.Unwrap(ctx)
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the answer comes after all of it; each write of it has a limit
	return &patientReader{r: r.Body, control: control}
}

func (p *patientReader) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(patience))
	return p.r.Read(b)
}

// done gives the answer the time that every answer has.
func (p *patientReader) done() {
	_ = p.control.SetReadDeadline(time.Time{})
	_ = p.control.SetWriteDeadline(time.Now().Add(patience))
}
