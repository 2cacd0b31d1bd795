package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// Server is a simulated Microsoft 365. Its methods are safe for concurrent use.
type Server struct {
	cfg       Config
	tenant    *tenant.Tenant
	archive   *archive
	packer    *packer
	dice      *dice
	keys      *keyring
	tokens    *tokenCache
	directory *directory
	content   *subscriptions
	authority *authority
	collector *application // reads audit records
	aoc       *application // people sign in to it
	api       *resource    // AOC, as an API
	people    People
	grants    *grants
	browsers  *browsers

	reports, intune, risks, objects, management *limiter

	// Records before these times were never available.
	graphFloor, manageFloor time.Time

	mu          sync.Mutex
	permissions []string
	outage      func(*http.Request) bool // nil: none
	requests    map[string]int
	rng         *rand.Rand // for ids and lifetimes that need not be repeatable
	plainLogin  string
	servers     []*http.Server
	urls        [3]string
	done        sync.WaitGroup
}

// role is one of the services.
type role int

const (
	roleLogin role = iota
	roleGraph
	roleManage
)

func (r role) String() string { return [...]string{"login", "graph", "manage"}[r] }

// New makes a server; it listens once it is started. What its manifest lists begins at
// the histories of the configuration before the clock's now.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	rng := rand.New(rand.NewPCG(cfg.Tenant.Seed, 0x636c69656e74))
	if cfg.ClientID == "" {
		cfg.ClientID = randomGUID(rng)
	}
	if cfg.ClientSecret == "" {
		cfg.ClientSecret = inventSecret(rng)
	}
	cfg.Auth = cfg.Auth.withDefaults(cfg.Tenant.Seed)
	host, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, "simulator.new", fmt.Sprintf("listen address %q is not host:port", cfg.Listen))
	}
	hosts := append([]string{"localhost", "127.0.0.1", "::1"}, cfg.Hosts...)
	if host != "" {
		hosts = append(hosts, host)
	}
	ca, err := newAuthority(hosts)
	if err != nil {
		return nil, err
	}
	t := tenant.New(cfg.Tenant)
	now := cfg.Clock.Now()
	s := &Server{
		cfg: cfg, tenant: t, archive: newArchive(t, cfg), dice: newDice(cfg.Tenant.Seed, cfg.Faults), keys: &keyring{},
		tokens: newTokenCache(), directory: newDirectory(t), authority: ca, rng: rng,
		reports:     newLimiter(cfg.Limits.GraphReports, 10*time.Second),
		intune:      newLimiter(cfg.Limits.Intune, 20*time.Second),
		risks:       newLimiter(cfg.Limits.Risks, time.Second),
		objects:     newLimiter(cfg.Limits.Directory, 10*time.Second),
		management:  newLimiter(cfg.Limits.Management, time.Minute),
		graphFloor:  floor(now, cfg.GraphHistory),
		manageFloor: floor(now, cfg.ManagementHistory),
		permissions: cfg.Permissions,
		requests:    make(map[string]int),
	}
	s.packer = newPacker(s.archive, cfg)
	s.content = newSubscriptions()
	s.grants, s.browsers = newGrants(), newBrowsers()
	s.register()
	s.settle()
	return s, nil
}

// floor is where a history begins: a whole hour, at least one hour after what is about
// to expire.
func floor(now time.Time, history time.Duration) time.Time {
	at := now.Add(-history).Truncate(time.Hour)
	if history >= 6*time.Hour {
		at = at.Add(2 * time.Hour)
	}
	return at.UTC()
}

// Start listens and serves until Close.
func (s *Server) Start() error {
	handlers := [3]http.Handler{s.wrap(roleLogin, s.loginHandler()), s.wrap(roleGraph, s.graphHandler()), s.wrap(roleManage, s.manageHandler())}
	if s.cfg.PlainLogin {
		if err := s.listenPlain(handlers[roleLogin]); err != nil {
			return err
		}
	}
	if s.cfg.OneListener {
		return s.listen(s.cfg.Listen, together(handlers), roleLogin, roleGraph, roleManage)
	}
	host, port, _ := net.SplitHostPort(s.cfg.Listen)
	first, err := strconv.Atoi(port)
	if err != nil {
		return aoc.Errorf(aoc.CodeInvalid, "simulator.start", "port %q is not a number", port)
	}
	for i, h := range handlers {
		at := first
		if first != 0 {
			at += i
		}
		if err := s.listen(net.JoinHostPort(host, strconv.Itoa(at)), h, role(i)); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return nil
}

func (s *Server) listen(addr string, h http.Handler, roles ...role) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "simulator.start", "cannot listen on "+addr)
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
		// HTTP/1.1 only: a connection that is to be cut must be one request's own.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	s.mu.Lock()
	s.servers = append(s.servers, server)
	for _, r := range roles {
		s.urls[r] = "https://" + net.JoinHostPort(host, port)
	}
	s.mu.Unlock()
	secure := tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{s.authority.leaf}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	})
	s.done.Go(func() {
		if err := server.Serve(secure); !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("simulator stopped serving", "error", err)
		}
	})
	return nil
}

// listenPlain serves the token service without TLS, to this machine alone.
func (s *Server) listenPlain(h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, "simulator.start", "cannot listen on this machine")
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug)}
	s.mu.Lock()
	s.servers = append(s.servers, server)
	s.plainLogin = "http://" + l.Addr().String()
	s.mu.Unlock()
	s.done.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("simulator stopped serving", "error", err)
		}
	})
	return nil
}

// PlainLoginURL is where the token service is served without TLS; empty unless
// [Config].PlainLogin asks for it.
func (s *Server) PlainLoginURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plainLogin
}

// Close stops listening, ends requests and waits until all has ended.
func (s *Server) Close() error {
	s.mu.Lock()
	servers := s.servers
	s.servers = nil
	s.mu.Unlock()
	var errs []error
	for _, server := range servers {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if server.Shutdown(ctx) != nil {
			errs = append(errs, server.Close())
		}
		cancel()
	}
	s.done.Wait()
	return errors.Join(errs...)
}

func (s *Server) url(r role) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[r]
}

// LoginURL is the base URL of the token service, without a slash at its end.
func (s *Server) LoginURL() string { return s.url(roleLogin) }

// GraphURL is the base URL of Microsoft Graph, without a version.
func (s *Server) GraphURL() string { return s.url(roleGraph) }

// ManageURL is the base URL of the Management Activity API.
func (s *Server) ManageURL() string { return s.url(roleManage) }

// CACertPEM is the certificate of the authority that the server's certificate is from.
func (s *Server) CACertPEM() []byte { return s.authority.pem }

// Client is a client that trusts the server.
func (s *Server) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: s.authority.pool(), MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 64,
	}}
}

// Tenant is the simulated tenant.
func (s *Server) Tenant() *tenant.Tenant { return s.tenant }

// ClientID is the application's id.
func (s *Server) ClientID() string { return s.cfg.ClientID }

// ClientSecret is the application's secret.
func (s *Server) ClientSecret() string { return s.cfg.ClientSecret }

// AuthClientID is the id of the application that people sign in to.
func (s *Server) AuthClientID() string { return s.cfg.Auth.ClientID }

// AuthClientSecret is the secret of the application that people sign in to.
func (s *Server) AuthClientSecret() string { return s.aoc.secret }

// AuthURI is the application ID URI of the application that people sign in to.
func (s *Server) AuthURI() string { return s.cfg.Auth.URI }

// AuthScope is the scope that an access token for AOC is asked for with.
func (s *Server) AuthScope() string { return s.cfg.Auth.URI + "/" + s.cfg.Auth.Scope }

// Issuer is the issuer of tokens of version 2 for who comes by [Server.LoginURL].
func (s *Server) Issuer() string { return s.issuer(s.LoginURL(), 2) }

// SetRedirects registers these addresses to come back to, and no others.
func (s *Server) SetRedirects(addresses ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aoc.redirects = addresses
}

// SetFaults switches faults from now on.
func (s *Server) SetFaults(f Faults) { s.dice.set(f) }

// SetOutage takes away, from now on, what down holds for: such requests are answered 503
// by a gateway. Nil ends the outage.
func (s *Server) SetOutage(down func(*http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outage = down
}

func (s *Server) isOut(r *http.Request) bool {
	s.mu.Lock()
	down := s.outage
	s.mu.Unlock()
	return down != nil && down(r)
}

// SetPermissions grants the application these permissions and no others. Tokens that
// were issued before keep theirs.
func (s *Server) SetPermissions(permissions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.permissions = permissions
}

func (s *Server) granted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.permissions
}

// RotateKeys puts the next signing key of the token service in use.
func (s *Server) RotateKeys() error { return s.keys.rotate() }

// Requests counts the requests so far by role and status, such as "graph 429".
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := make(map[string]int, len(s.requests))
	for k, n := range s.requests {
		m[k] = n
	}
	return m
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now().UTC() }

func (s *Server) newGUID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return randomGUID(s.rng)
}

// randomGUID is a version 4 GUID.
func randomGUID(rng *rand.Rand) string {
	hi, lo := rng.Uint64(), rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xfff, lo>>48&0x3fff|0x8000, lo&0xffffffffffff)
}
