package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func handler(t *testing.T) *Handler {
	t.Helper()
	h, err := newHandler(fstest.MapFS{
		"index.html":            {Data: []byte("<!doctype html>" + strings.Repeat(" page", 100))},
		"theme.js":              {Data: []byte("//")},
		"assets/main-abc123.js": {Data: []byte(strings.Repeat("let a = 1;\n", 200))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func do(t *testing.T, h http.Handler, method, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	h := handler(t)
	tests := []struct {
		name, method, target string
		status               int
		kind, cache          string
	}{
		{"the explorer", "GET", "/?q=x", 200, "text/html", "no-cache"},
		{"an event", "GET", "/events/ABC", 200, "text/html", "no-cache"},
		{"an event whose id has slashes", "GET", "/events/a%2Fb%20c", 200, "text/html", "no-cache"},
		{"an entity", "GET", "/entities/user/ada@contoso.example", 200, "text/html", "no-cache"},
		{"the review queue", "GET", "/review", 200, "text/html", "no-cache"},
		{"the API tokens", "GET", "/tokens", 200, "text/html", "no-cache"},
		{"the signed-in browsers", "GET", "/sessions", 200, "text/html", "no-cache"},
		{"AI clients", "GET", "/mcp-setup", 200, "text/html", "no-cache"},
		{"the alerts", "GET", "/alerts", 200, "text/html", "no-cache"},
		{"the rules", "GET", "/rules", 200, "text/html", "no-cache"},
		{"a rule", "GET", "/rules/584e3d50", 200, "text/html", "no-cache"},
		{"only the head", "HEAD", "/sources", 200, "text/html", "no-cache"},
		{"a hashed file", "GET", "/assets/main-abc123.js", 200, "text/javascript", "public, max-age=31536000, immutable"},
		{"a file of a fixed name", "GET", "/theme.js", 200, "text/javascript", "no-cache"},
		{"a file of an earlier build", "GET", "/assets/main-old.js", 404, "text/plain", ""},
		{"events without an id", "GET", "/events/", 404, "text/plain", ""},
		{"no kind of entity", "GET", "/entities/user", 404, "text/plain", ""},
		{"no screen", "GET", "/wp-login.php", 404, "text/plain", ""},
		{"the way out", "GET", "/../embed.go", 404, "text/plain", ""},
		{"a change", "POST", "/review", 405, "text/plain", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := do(t, h, tt.method, tt.target)
			if res.StatusCode != tt.status {
				t.Fatalf("status %d, want %d", res.StatusCode, tt.status)
			}
			if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, tt.kind) {
				t.Errorf("Content-Type %q, want %q", got, tt.kind)
			}
			if got := res.Header.Get("Cache-Control"); got != tt.cache {
				t.Errorf("Cache-Control %q, want %q", got, tt.cache)
			}
			if got := res.Header.Get("Content-Security-Policy"); tt.status == 200 && got != Policy {
				t.Errorf("Content-Security-Policy %q", got)
			}
			if body, _ := io.ReadAll(res.Body); tt.method == "HEAD" && len(body) > 0 {
				t.Errorf("HEAD was answered with %d bytes", len(body))
			}
			if path := httptest.NewRequest(tt.method, tt.target, nil).URL.Path; h.Serves(path) != (tt.status != 404) {
				t.Error("Serves says otherwise")
			}
		})
	}
}

func TestCompression(t *testing.T) {
	h := handler(t)
	for accept, want := range map[string]string{"gzip, br": "gzip", "": "", "gzip;q=0": "", "br": "", "deflate, gzip;q=0.5": "gzip"} {
		res := do(t, h, "GET", "/assets/main-abc123.js", "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", accept, got, want)
		}
		body := io.Reader(res.Body)
		if want == "gzip" {
			z, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if text, err := io.ReadAll(body); err != nil || !strings.HasPrefix(string(text), "let a = 1;") {
			t.Errorf("Accept-Encoding %q: %.20q, %v", accept, text, err)
		}
	}
}

func TestNotModified(t *testing.T) {
	h := handler(t)
	tag := do(t, h, "GET", "/", "Accept-Encoding", "gzip").Header.Get("ETag")
	if res := do(t, h, "GET", "/", "Accept-Encoding", "gzip", "If-None-Match", `"x", W/`+tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for the tag it gave", res.StatusCode)
	}
	if res := do(t, h, "GET", "/", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("status %d: the tag of the compressed page stands for the plain one", res.StatusCode)
	}
}

// The committed build must hold to its own policy: nothing inline, nothing from elsewhere.
func TestBuiltPage(t *testing.T) {
	h, err := New()
	if err != nil {
		t.Fatal(err)
	}
	page := string(h.files[index].plain)
	for what, pattern := range map[string]string{
		"an inline script":     `<script(?:[^>]*)>[^<]`,
		"an inline style":      `<style|\sstyle=`,
		"an event handler":     `\son[a-z]+=`,
		"an address elsewhere": `(?:src|href)="(?:https?:)?//`,
	} {
		if m := regexp.MustCompile(pattern).FindString(page); m != "" {
			t.Errorf("the page has %s: %q", what, m)
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="/([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if h.files[m[1]] == nil {
			t.Errorf("the page names %s, which is not built", m[1])
		}
	}
	for name, f := range h.files {
		if m := regexp.MustCompile(`\beval\(|new Function\(`).Find(f.plain); m != nil && strings.HasSuffix(name, ".js") {
			t.Errorf("%s has %s", name, m)
		}
	}
}
