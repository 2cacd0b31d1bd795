package edge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aoc"
)

// pair writes a certificate of a name, and its key, to files.
func pair(t *testing.T, certFile, keyFile, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path+".new", pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
}

func nameOf(t *testing.T, c *Certificate) string {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.latest().Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf.Subject.CommonName
}

func TestCertificateIsReplaced(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair(t, certFile, keyFile, "first")
	now := &clock{now: time.Now()}
	var failures []error
	c, err := LoadCertificate(certFile, keyFile, now, func(err error) { failures = append(failures, err) })
	if err != nil {
		t.Fatal(err)
	}
	pair(t, certFile, keyFile, "second")
	if got := nameOf(t, c); got != "first" {
		t.Errorf("files are read at every handshake: %s", got)
	}
	later := func() { now.now = now.now.Add(certificateLookEvery) }
	later()
	if got := nameOf(t, c); got != "second" {
		t.Errorf("after it was replaced: %s", got)
	}
	pair(t, certFile, filepath.Join(dir, "other.pem"), "third")
	later()
	if got := nameOf(t, c); got != "second" || len(failures) != 1 {
		t.Errorf("with a key to another certificate: %s, failures %v", got, failures)
	}
	later()
	nameOf(t, c)
	if len(failures) != 1 {
		t.Errorf("told %d times", len(failures))
	}
	_ = os.Remove(certFile)
	later()
	if got := nameOf(t, c); got != "second" {
		t.Errorf("while it is gone: %s", got)
	}
	pair(t, certFile, keyFile, "fourth")
	later()
	if got := nameOf(t, c); got != "fourth" {
		t.Errorf("in the end: %s", got)
	}
}

func TestCertificateIsRefused(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair(t, certFile, keyFile, "first")
	pair(t, filepath.Join(dir, "x.pem"), filepath.Join(dir, "y.pem"), "x")
	for _, paths := range [][2]string{{certFile, filepath.Join(dir, "y.pem")}, {certFile, certFile}, {"", ""}, {filepath.Join(dir, "none"), keyFile}} {
		_, err := LoadCertificate(paths[0], paths[1], nil, nil)
		if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(err.Error(), "AOC_TLS_CERT_FILE") {
			t.Errorf("%v: %v", paths, err)
		}
	}
}

// TestTLS speaks to a server over TLS, with limits of connections, by both versions of HTTP.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair(t, certFile, keyFile, "soc.contoso.example")
	c, err := LoadCertificate(certFile, keyFile, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{TLSConfig: c.Config(), ConnContext: ConnContext, ErrorLog: log.New(io.Discard, "", 0), Handler: Working(Proxies{}.Resolve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := r.Context().Value(connKey{}) != nil
		if !tracked || !ClientOf(r.Context()).Secure {
			w.WriteHeader(http.StatusTeapot)
		}
	})))}
	go func() { _ = server.ServeTLS(Limit(listener, ConnLimits{Total: 10}), "", "") }()
	defer server.Close()
	roots := x509.NewCertPool()
	text, _ := os.ReadFile(certFile)
	roots.AppendCertsFromPEM(text)
	for _, two := range []bool{false, true} {
		client := &http.Client{Transport: &http.Transport{
			ForceAttemptHTTP2: two, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "soc.contoso.example"},
		}}
		r, err := client.Get("https://" + listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if want := map[bool]int{false: 1, true: 2}[two]; r.ProtoMajor != want || r.StatusCode != http.StatusOK {
			t.Errorf("HTTP %d, status %d", r.ProtoMajor, r.StatusCode)
		}
		client.CloseIdleConnections()
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		old := &tls.Config{RootCAs: roots, ServerName: "soc.contoso.example", MinVersion: version, MaxVersion: version}
		if conn, err := tls.Dial("tcp", listener.Addr().String(), old); err == nil {
			conn.Close()
			t.Errorf("version %x is taken", version)
		}
	}
}
