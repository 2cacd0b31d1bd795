// Package web holds the screens of AOC, built by Vite into dist, and serves them.
//
// The built files are committed, so that the program builds with Go alone.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Policy is the Content-Security-Policy of the screens. Nothing inline runs, nothing is
// fetched from elsewhere, nobody frames them.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// index is the page that every screen starts from.
const index = "index.html"

// Handler serves the screens: the built files by their names, and the page for each
// address a screen has. Other addresses are not found.
type Handler struct {
	files map[string]*file // by path below the root, without leading slash
}

// file is one built file as it is sent.
type file struct {
	plain, zipped []byte // zipped is empty where it would not be shorter
	kind          string
	tag           string
	hashed        bool // the name changes with the content
}

// New reads the built files and compresses them.
func New() (*Handler, error) {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return newHandler(root)
}

func newHandler(root fs.FS) (*Handler, error) {
	h := &Handler{files: map[string]*file{}}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		h.files[name], err = newFile(name, content)
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.files[index] == nil {
		return nil, fmt.Errorf("web: %s is not built: run npm ci && npm run build in web", index)
	}
	return h, nil
}

// types are the types of files there are. The machine's own table is not asked: it can name a
// script plain text, which browsers then refuse to run.
var types = map[string]string{ //nolint:gochecknoglobals // read-only table
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".json": "application/json",
	".txt":  "text/plain; charset=utf-8",
}

func newFile(name string, content []byte) (*file, error) {
	sum := sha256.Sum256(content)
	f := &file{
		plain: content, kind: types[path.Ext(name)], tag: hex.EncodeToString(sum[:12]),
		hashed: strings.HasPrefix(name, "assets/"),
	}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() < len(content)*9/10 {
		f.zipped = b.Bytes()
	}
	return f, nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := h.find(r.URL.Path)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	f.serve(w, r)
}

// Serves reports whether an address is one of the screens or of their files.
func (h *Handler) Serves(urlPath string) bool { return h.find(urlPath) != nil }

func (h *Handler) find(urlPath string) *file {
	name := strings.TrimPrefix(urlPath, "/")
	if f := h.files[name]; f != nil {
		return f
	}
	if isScreen(name) {
		return h.files[index]
	}
	return nil
}

// isScreen reports whether a path, without leading slash, is the address of a screen. The
// router of the page knows the same ones.
func isScreen(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "", "review", "alerts", "sources", "sinks", "notifiers", "tokens", "sessions", "mcp-setup":
		return rest == ""
	case "rules": // all of them, or one
		return true
	case "events":
		return rest != ""
	case "entities":
		kind, id, _ := strings.Cut(rest, "/")
		return kind != "" && id != ""
	}
	return false
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Content-Security-Policy", Policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Add("Vary", "Accept-Encoding")
	if f.hashed {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	body, tag := f.plain, f.tag
	if len(f.zipped) > 0 && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		body, tag = f.zipped, f.tag+"-gz"
	}
	tag = strconv.Quote(tag)
	header.Set("ETag", tag)
	if sameTag(r.Header.Get("If-None-Match"), tag) {
		header.Del("Content-Encoding")
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left is no error of ours
	}
}

// acceptsGzip reads Accept-Encoding; "gzip;q=0" is a no.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		_, weight, given := strings.Cut(params, "q=")
		q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		return !given || (err == nil && q > 0)
	}
	return false
}

// sameTag reports whether If-None-Match has the tag.
func sameTag(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == tag || part == "*" {
			return true
		}
	}
	return false
}
