package config

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Consent is what AOC_ALLOW_UNAUTHENTICATED must say, word for word, for a service
// without sign-in to listen beyond this machine.
const Consent = "everyone-who-reaches-this-address-may-read-all-audits"

func (c Config) checkServer(bad *Problems) {
	s := c.Server
	host, port, err := net.SplitHostPort(s.Listen)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		bad.add("AOC_LISTEN", "is not an address with a port", "Write it like 127.0.0.1:8000.")
	}
	switch {
	case s.AllowUnauthenticated != "" && s.AllowUnauthenticated != Consent:
		bad.add("AOC_ALLOW_UNAUTHENTICATED", "does not say the words", "Set it to "+Consent+", or remove it.")
	case err == nil && !isLoopback(host) && s.AllowUnauthenticated == "" && !c.Auth.Enabled:
		bad.add("AOC_LISTEN", "lets other machines in, and nobody has to sign in",
			"Set AUTH_ENABLED=true, or listen on 127.0.0.1:"+port+"; or, where a proxy signs people in or the network is closed, set AOC_ALLOW_UNAUTHENTICATED="+Consent+".")
	}
	bad.number("AOC_IMPORT_MAX_MB", s.ImportMaxMB, 1, 1<<20)
	for _, h := range s.Hosts {
		if strings.ContainsAny(h, "/:*@ ") {
			bad.add("AOC_HOSTS", "has an entry that is not a plain host name", "Write names such as soc.contoso.example, without scheme, port or *.")
		}
	}
	bad.number("AOC_MAX_CONNECTIONS", s.Connections, 16, 1<<20)
	bad.number("AOC_MAX_CONNECTIONS_PER_CLIENT", s.ClientConnections, 0, 1<<20)
	bad.number("AOC_REQUESTS_PER_SECOND", s.RequestsPerSecond, 0, 1<<20)
	bad.number("AOC_MAX_SEARCHES", s.Searches, 0, 1000)
	for _, p := range s.TrustedProxies {
		if _, err := proxyNetworks(p); err != nil {
			bad.add("AOC_TRUSTED_PROXIES", "has an entry that is neither an address nor a network, or trusts everybody",
				"Write addresses such as 10.0.0.5, networks such as 10.0.0.0/24, or "+PrivateNetworks+" for all private networks and this machine.")
		}
	}
	s.checkTLS(bad)
	for _, o := range s.CORSOrigins {
		if !isOrigin(o) {
			bad.add("CORS_ORIGINS", "has an entry that is not an origin", "Write each like https://soc.contoso.example or http://localhost:5173, without path or *.")
		}
	}
}

// checkTLS checks that there are a certificate and the key to it, or neither.
func (s Server) checkTLS(bad *Problems) {
	switch {
	case s.TLSCertFile == "" && s.TLSKeyFile == "":
		return
	case s.TLSCertFile == "":
		bad.add("AOC_TLS_CERT_FILE", "is missing", "Name a PEM file with the certificate to AOC_TLS_KEY_FILE and its chain.")
		return
	case s.TLSKeyFile == "":
		bad.add("AOC_TLS_KEY_FILE", "is missing", "Name a PEM file with the key to AOC_TLS_CERT_FILE.")
		return
	}
	known := len(*bad)
	bad.file("AOC_TLS_CERT_FILE", s.TLSCertFile, "Name a PEM file with the certificate and its chain.")
	bad.file("AOC_TLS_KEY_FILE", s.TLSKeyFile, "Name a PEM file with the key, without password.")
	if len(*bad) > known {
		return
	}
	if _, err := tls.LoadX509KeyPair(s.TLSCertFile, s.TLSKeyFile); err != nil { // the text may tell of the key
		bad.add("AOC_TLS_KEY_FILE", "is no key to the certificate in AOC_TLS_CERT_FILE, or one of them is not PEM",
			"Name the certificate with its chain in the one and its key, without password, in the other.")
	}
}

// TLS reports whether the service speaks TLS itself.
func (s Server) TLS() bool { return s.TLSCertFile != "" }

// PrivateNetworks is the entry of AOC_TRUSTED_PROXIES that stands for every private network
// and this machine.
const PrivateNetworks = "private"

// Proxies are the networks of AOC_TRUSTED_PROXIES.
func (s Server) Proxies() (all []netip.Prefix) {
	for _, text := range s.TrustedProxies {
		if networks, err := proxyNetworks(text); err == nil { // as checked at start
			all = append(all, networks...)
		}
	}
	return all
}

var errEverybody = errors.New("a network of everybody")

// proxyNetworks reads one entry of AOC_TRUSTED_PROXIES.
func proxyNetworks(text string) ([]netip.Prefix, error) {
	if strings.EqualFold(text, PrivateNetworks) {
		var all []netip.Prefix
		for _, n := range []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"} {
			all = append(all, netip.MustParsePrefix(n))
		}
		return all, nil
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	network, err := netip.ParsePrefix(text)
	if err == nil && network.Bits() == 0 {
		err = errEverybody
	}
	return []netip.Prefix{network.Masked()}, err
}

// AllowedHosts are the names in a Host header that are answered; none means any. A service
// on loopback answers to this machine's names and [Server.Hosts] only, so that a web page
// cannot read it by pointing a name of its own at this machine.
func (s Server) AllowedHosts() []string {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil || !isLoopback(host) {
		return s.Hosts
	}
	return append([]string{"localhost", "127.0.0.1", "::1", host}, s.Hosts...)
}

// isOrigin reports whether v is what a browser sends as Origin.
func isOrigin(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && v == u.Scheme+"://"+u.Host &&
		!strings.Contains(u.Host, "*")
}

// isLoopback reports whether a host is this machine itself.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
