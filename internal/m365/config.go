package m365

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"aoc"
)

const (
	defaultAttempts = 6
	defaultWait     = 10 * time.Minute
	defaultStall    = 2 * time.Minute
)

// Config is what a [Client] is made of.
type Config struct {
	Cloud Cloud
	// TenantID is the tenant's GUID.
	TenantID   string
	Credential azcore.TokenCredential
	Clock      aoc.Clock
	// HTTP carries the requests; nil takes one of its own. See [NewHTTPClient].
	HTTP     *http.Client
	Logger   *slog.Logger // nil: silent
	Observer Observer     // nil: none
	// UserAgent is sent with every request.
	UserAgent string
	// Attempts is how often a request is sent at most; 0 means 6.
	Attempts int
	// MaxWait is the longest single wait before another attempt, and for a free slot;
	// 0 means 10 minutes. What would take longer fails with code throttled and
	// RetryAfter, so that the caller can do something else meanwhile.
	MaxWait time.Duration
	// Stall is how long an answer may stop coming; 0 means 2 minutes.
	Stall time.Duration
	// Random gives numbers in [0, 1) for jitter; nil takes the machine's.
	Random func() float64
}

// Client sends requests to the services of one tenant as one application. Requests of a
// class share its limits, so there should be one Client for each tenant and application.
// It is safe for concurrent use.
type Client struct {
	cfg      Config
	tenantID string // lower case
	tokens   map[API]*tokens

	mu     sync.Mutex
	pacers map[Class]*pacer
}

// New makes a client. It asks no service. Code invalid when the configuration lacks
// something.
func New(c Config) (*Client, error) {
	switch {
	case c.Credential == nil:
		return nil, aoc.Errorf(aoc.CodeInvalid, "m365.new", "there is no credential")
	case c.TenantID == "":
		return nil, &aoc.Error{Code: aoc.CodeInvalid, Op: "m365.new", Message: "the tenant id is not set", Hint: hintTenantID}
	case c.Cloud.Graph == "" || c.Cloud.Manage == "":
		return nil, aoc.Errorf(aoc.CodeInvalid, "m365.new", "there is no cloud")
	}
	if c.Clock == nil {
		c.Clock = aoc.SystemClock{}
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{}
	}
	c.HTTP = pinned(c.HTTP)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Observer == nil {
		c.Observer = unobserved{}
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	c.Attempts = orDefault(c.Attempts, defaultAttempts)
	c.MaxWait = orDefault(c.MaxWait, defaultWait)
	c.Stall = orDefault(c.Stall, defaultStall)
	client := &Client{
		cfg: c, tenantID: strings.ToLower(c.TenantID),
		tokens: map[API]*tokens{}, pacers: map[Class]*pacer{},
	}
	for _, api := range []API{Graph, Manage} {
		client.tokens[api] = &tokens{credential: c.Credential, scope: c.Cloud.scope(api), clock: c.Clock}
	}
	return client, nil
}

func orDefault[T int | time.Duration](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}

// NewHTTPClient gives an HTTP client that trusts the machine's certificate authorities
// and those in a PEM file, if one is named. Code invalid when the file holds none.
func NewHTTPClient(caFile string) (*http.Client, error) {
	t, err := NewTransport(caFile)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: t}, nil
}

// NewTransport is NewHTTPClient for who wants to change how connections are made.
func NewTransport(caFile string) (*http.Transport, error) {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if base, ok := http.DefaultTransport.(*http.Transport); ok {
		t = base.Clone()
	}
	t.MaxIdleConnsPerHost = 8
	if caFile != "" {
		data, err := os.ReadFile(caFile)
		if err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInvalid, "m365.ca", "the CA file cannot be read")
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(data) {
			return nil, aoc.Errorf(aoc.CodeInvalid, "m365.ca", "the CA file holds no PEM certificate")
		}
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return t, nil
}

// TenantID is the tenant the client works for, in lower case.
func (c *Client) TenantID() string { return c.tenantID }
