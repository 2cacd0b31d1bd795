package edge

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"aoc"
)

// certificateLookEvery is how often a certificate's files are looked at, at most.
const certificateLookEvery = time.Second

// Certificate is the service's certificate, from files that may be replaced while it runs.
type Certificate struct {
	certFile, keyFile string
	clock             aoc.Clock
	failed            func(error)

	mu      sync.Mutex
	current *tls.Certificate
	seen    [2]os.FileInfo // of the files that were read last, whether or not they fitted
	looked  time.Time
}

// LoadCertificate reads a certificate with its chain, and its key, both PEM. failed hears of
// new files that cannot be used, once for each: the old certificate stays then. Code invalid
// when there is none to begin with. A nil clock is the system's.
func LoadCertificate(certFile, keyFile string, clock aoc.Clock, failed func(error)) (*Certificate, error) {
	if clock == nil {
		clock = aoc.SystemClock{}
	}
	c := &Certificate{certFile: certFile, keyFile: keyFile, clock: clock, failed: failed, looked: clock.Now()}
	c.seen, _ = c.stat()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		e := aoc.Wrap(err, aoc.CodeInvalid, "edge.certificate", "AOC_TLS_CERT_FILE and AOC_TLS_KEY_FILE cannot be used together")
		return nil, e
	}
	c.current = &pair
	return c, nil
}

// Config is what a server needs to use the certificate: TLS 1.2 and later, of which Go
// leaves out what is weak.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.latest(), nil },
	}
}

// latest gives the certificate, read again when its files have changed.
func (c *Certificate) latest() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if now.Sub(c.looked) < certificateLookEvery {
		return c.current
	}
	c.looked = now
	files, err := c.stat()
	if err != nil || same(files, c.seen) {
		return c.current // files that are gone are being replaced
	}
	c.seen = files
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil { // one of the two is new, or it is half written: the rest makes another change
		if c.failed != nil {
			c.failed(err)
		}
		return c.current
	}
	c.current = &pair
	return c.current
}

func (c *Certificate) stat() (files [2]os.FileInfo, err error) {
	for i, path := range []string{c.certFile, c.keyFile} {
		if files[i], err = os.Stat(path); err != nil {
			return files, err
		}
	}
	return files, nil
}

func same(a, b [2]os.FileInfo) bool {
	for i := range a {
		if a[i] == nil || b[i] == nil || !os.SameFile(a[i], b[i]) || a[i].Size() != b[i].Size() || !a[i].ModTime().Equal(b[i].ModTime()) {
			return false
		}
	}
	return true
}
