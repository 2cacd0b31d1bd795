package httpapi

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5/static"
)

//go:embed docs/index.html
var docsPage []byte

//go:embed docs/start.js
var docsScript []byte

// docsPolicy lets the page load what this service serves and nothing else. Swagger UI
// sets styles of elements and draws icons from data: addresses.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsRoutes serves Swagger UI from the program itself: no other host is asked.
func (s *server) docsRoutes(mux *routeMux) {
	serve := func(path, contentType string, content []byte) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", docsPolicy)
			w.Header().Set("Content-Type", contentType)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		})
	}
	serve("/docs", "text/html; charset=utf-8", docsPage)
	serve("/docs/start.js", "text/javascript; charset=utf-8", docsScript)
	for _, name := range []string{"swagger-ui-bundle.js", "swagger-ui.css"} {
		contentType := "text/javascript; charset=utf-8"
		if strings.HasSuffix(name, ".css") {
			contentType = "text/css; charset=utf-8"
		}
		mux.HandleFunc("GET /docs/"+name, s.compressed(name+".gz", contentType))
	}
}

// compressed serves a file that is kept compressed, decompressing it for clients that
// cannot.
func (s *server) compressed(file, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		packed, err := static.FS.ReadFile(file)
		if err != nil {
			s.write(w, r, s.internal(r.Context(), err))
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "public, max-age=86400")
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed)
			return
		}
		unpacked, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			s.write(w, r, s.internal(r.Context(), err))
			return
		}
		_, _ = io.Copy(w, unpacked) //nolint:gosec // our own file, of known size
	}
}
