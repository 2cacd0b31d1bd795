package config

import (
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
	case err == nil && !isLoopback(host) && s.AllowUnauthenticated == "":
		bad.add("AOC_LISTEN", "lets other machines in, and nobody has to sign in",
			"Listen on 127.0.0.1:"+port+"; or, where a proxy signs people in or the network is closed, set AOC_ALLOW_UNAUTHENTICATED="+Consent+".")
	}
	bad.number("AOC_IMPORT_MAX_MB", s.ImportMaxMB, 1, 1<<20)
	for _, h := range s.Hosts {
		if strings.ContainsAny(h, "/:*@ ") {
			bad.add("AOC_HOSTS", "has an entry that is not a plain host name", "Write names such as soc.contoso.example, without scheme, port or *.")
		}
	}
	for _, o := range s.CORSOrigins {
		if !isOrigin(o) {
			bad.add("CORS_ORIGINS", "has an entry that is not an origin", "Write each like https://soc.contoso.example or http://localhost:5173, without path or *.")
		}
	}
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
