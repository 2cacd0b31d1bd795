package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"os"
	"time"

	"aoc"
)

type healthcheckCommand struct {
	URL string `placeholder:"URL" help:"What to ask; default /readyz of the service that AOC_LISTEN describes."`
}

func (c *healthcheckCommand) Run(r *runner) error {
	const op = "cli.healthcheck"
	url, client := c.URL, http.DefaultClient
	if url == "" {
		cfg, err := r.settings()
		if err != nil {
			return err
		}
		scheme := "http://"
		if cfg.Server.TLS() {
			scheme = "https://"
			if client, err = clientOfOwn(cfg.Server.TLSCertFile); err != nil {
				return err
			}
		}
		host, port, err := net.SplitHostPort(cfg.Server.Listen)
		if err != nil {
			return aoc.Wrap(err, aoc.CodeInvalid, op, "AOC_LISTEN: not an address")
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		url = scheme + net.JoinHostPort(host, port) + "/readyz"
	}
	ctx, cancel := context.WithTimeout(r.ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, op, "--url: not a URL")
	}
	response, err := client.Do(request)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the service does not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return aoc.Errorf(aoc.CodeUnavailable, op, "the service answers %s", response.Status)
	}
	r.note("healthy")
	return nil
}

// clientOfOwn makes a client that speaks to the holder of a certificate and to nobody else,
// whatever name it is reached by: a service's certificate does not name 127.0.0.1.
func clientOfOwn(certFile string) (*http.Client, error) {
	const op = "cli.healthcheck"
	text, err := os.ReadFile(certFile)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, op, "AOC_TLS_CERT_FILE cannot be read")
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, op, "AOC_TLS_CERT_FILE is not PEM")
	}
	own, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, op, "AOC_TLS_CERT_FILE holds no certificate")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // the next line verifies more narrowly
		VerifyConnection: func(s tls.ConnectionState) error {
			if !s.PeerCertificates[0].Equal(own) {
				return aoc.Errorf(aoc.CodeUnavailable, op, "another certificate than that of AOC_TLS_CERT_FILE")
			}
			return nil
		},
	}}}, nil
}
