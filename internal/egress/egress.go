// Package egress decides where AOC may connect to when a person, or an answer from elsewhere,
// gives the address: a receiver of alerts must not be a way into the network that AOC is in.
// What counts is the address that is dialled, not what a name stood for a moment before.
package egress

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"aoc"
)

// Public stands for every address of the internet in the entries of a [Policy].
const Public = "public"

// Policy says where connections may lead. It is safe for concurrent use.
type Policy struct {
	public   bool
	hosts    []host
	networks []netip.Prefix
	// internet refuses what is no public address by IANA's registries.
	internet *ssrf.Guardian
}

// host is a name that is permitted, wherever in a private network it leads.
type host struct {
	name  string // in lower case
	below bool   // what is below it, and not itself
}

// traps are addresses in public or private ranges from which machines in clouds tell whoever
// asks their credentials; most such addresses are link-local, and refused as these.
var traps = []netip.Prefix{ //nolint:gochecknoglobals // read-only table
	netip.MustParsePrefix("168.63.129.16/32"),   // Azure's host
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba Cloud
	netip.MustParsePrefix("192.0.0.192/32"),     // Oracle Cloud
	netip.MustParsePrefix("fd00:ec2::254/128"),  // AWS
	netip.MustParsePrefix("fd20:ce::254/128"),   // Google Cloud
}

var (
	hostForm = regexp.MustCompile(`\A(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\z`)
	digits   = regexp.MustCompile(`\A[0-9.]+\z`)
)

// New makes a policy of entries, each of which permits something:
//
//   - [Public]: every address of the internet;
//   - a host's name, or *.domain for all names below one: also when it is in a private
//     network or this machine, but not a link-local address or one that gives credentials;
//   - an address or network (10.0.0.0/8): whatever is there.
//
// Code invalid for an entry that is none of these.
func New(entries ...string) (*Policy, error) {
	p := &Policy{internet: ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(only(traps, netip.Addr.Is4)...), ssrf.WithDeniedV6Prefixes(only(traps, netip.Addr.Is6)...))}
	for _, entry := range entries {
		if err := p.add(strings.ToLower(strings.TrimSpace(entry))); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func only(prefixes []netip.Prefix, is func(netip.Addr) bool) (some []netip.Prefix) {
	return slices.DeleteFunc(slices.Clone(prefixes), func(n netip.Prefix) bool { return !is(n.Addr()) })
}

func (p *Policy) add(entry string) error {
	if entry == Public {
		p.public = true
		return nil
	}
	if network, err := netip.ParsePrefix(entry); err == nil {
		p.networks = append(p.networks, network.Masked())
		return nil
	}
	if a, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil && a.Zone() == "" {
		a = a.Unmap()
		p.networks = append(p.networks, netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	if !hostForm.MatchString(entry) || digits.MatchString(entry) {
		e := aoc.Errorf(aoc.CodeInvalid, "egress.new", "%q is neither a host, nor an address or network", entry)
		e.Hint = "Write hosts such as splunk.contoso.example or *.contoso.example, networks such as 10.0.0.0/8, or " + Public + "; without port."
		return e
	}
	name, below := strings.CutPrefix(entry, "*.")
	p.hosts = append(p.hosts, host{name: name, below: below})
	return nil
}

// With gives a policy that also permits the hosts of some addresses: those that the operator
// has set elsewhere. What is no address is left out.
func (p *Policy) With(addresses ...string) *Policy {
	more := *p
	more.hosts, more.networks = slices.Clone(p.hosts), slices.Clone(p.networks)
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Hostname() == "" {
			continue
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.Zone() == "" {
			more.networks = append(more.networks, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		more.hosts = append(more.hosts, host{name: tidyHost(u.Hostname())})
	}
	return &more
}

// tidyHost is a host as it is compared.
func tidyHost(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// named reports whether a host is permitted by its name.
func (p *Policy) named(name string) bool {
	name = tidyHost(name)
	return slices.ContainsFunc(p.hosts, func(h host) bool {
		if h.below {
			return strings.HasSuffix(name, "."+h.name)
		}
		return h.name == name
	})
}

// Check reports what is wrong with an address for requests of HTTP that a person gives,
// before anything is sent to it; code invalid. What its name stands for is looked at when it
// is dialled.
func (p *Policy) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return bad("the address is not one", "Write it like https://hooks.contoso.example/path.")
	case u.User != nil:
		return bad("the address holds a user name or password", "Give them in fields of their own: addresses are logged.")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("the address does not begin with https://", "Nothing else is spoken there.")
	case u.Scheme == "http" && !p.named(u.Hostname()) && !p.holds(u.Hostname()):
		return bad("the address does not begin with https://", "Plain http is for hosts that an operator has named in AOC_OUTGOING_ALLOWED.")
	}
	return p.checkHost(u.Hostname())
}

// holds reports whether a host is written as an address of a network that is permitted.
func (p *Policy) holds(name string) bool {
	a, err := netip.ParseAddr(name)
	return err == nil && p.inNetworks(a.Unmap())
}

func (p *Policy) inNetworks(a netip.Addr) bool {
	return slices.ContainsFunc(p.networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// checkHost checks a host as far as can be told without asking for its addresses.
func (p *Policy) checkHost(name string) error {
	if a, err := netip.ParseAddr(name); err == nil {
		return p.checkAddress(name, a)
	}
	if digits.MatchString(name) || strings.HasPrefix(strings.ToLower(name), "0x") {
		return bad(fmt.Sprintf("%q is an address in disguise", name), "Write it in full.")
	}
	if !p.named(name) && !p.public && len(p.networks) == 0 {
		return refused(name)
	}
	return nil
}

// checkAddress decides about an address that a host has.
func (p *Policy) checkAddress(name string, a netip.Addr) error {
	a = a.Unmap()
	switch {
	case p.inNetworks(a):
		return nil
	case isTrap(a):
		return refused(name)
	case p.named(name):
		return nil
	case p.public && p.internet.SafeAddr(a.WithZone("")) == nil:
		return nil
	}
	return refused(name)
}

// isTrap reports whether nobody means to send anything to an address who does not name it.
func isTrap(a netip.Addr) bool {
	return a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a.Zone() != "" ||
		slices.ContainsFunc(traps, func(n netip.Prefix) bool { return n.Contains(a) })
}

func bad(message, hint string) error {
	e := aoc.Errorf(aoc.CodeInvalid, "egress.check", "%s", message)
	e.Hint = hint
	return e
}

// refused does not tell the address that a name has: whoever gave the name may be looking
// for just that.
func refused(name string) error {
	return bad(fmt.Sprintf("AOC may not connect to %q", tidyHost(name)), "An operator can name the host, its address or network in AOC_OUTGOING_ALLOWED.")
}

const (
	dialTime  = 10 * time.Second
	keepAlive = 30 * time.Second
)

// DialContext connects to host and port if that is permitted: for protocols other than HTTP,
// and as a transport's. Code invalid where it is not.
func (p *Policy) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, "egress.dial", "the address is not a host and a port")
	}
	if err := p.checkHost(name); err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTime, KeepAlive: keepAlive, Control: func(_, at string, _ syscall.RawConn) error {
		where, err := netip.ParseAddrPort(at)
		if err != nil {
			return refused(name)
		}
		return p.checkAddress(name, where.Addr())
	}}
	return d.DialContext(ctx, network, address)
}

// isInner reports whether a name is one that a network gives itself, of which a proxy knows
// more than AOC does.
func isInner(name string) bool {
	name = tidyHost(name)
	_, err := netip.ParseAddr(name)
	return err != nil && (!strings.Contains(name, ".") || slices.ContainsFunc([]string{".internal", ".local", ".localhost", ".lan", ".home.arpa"},
		func(end string) bool { return strings.HasSuffix(name, end) }))
}

// Client gives an HTTP client that sends nothing to where the policy does not let it, with
// the settings of another one. It follows no redirects. Where a proxy is set, that is what
// is connected to, and looks up names: then names and addresses are checked as they are written.
func (p *Policy) Client(base *http.Transport) *http.Client {
	direct, byProxy := base.Clone(), base.Clone()
	direct.Proxy, direct.DialContext = nil, p.DialContext
	return &http.Client{
		Transport:     &transport{policy: p, proxy: base.Proxy, direct: direct, byProxy: byProxy},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type transport struct {
	policy          *Policy
	proxy           func(*http.Request) (*url.URL, error)
	direct, byProxy *http.Transport
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.policy.checkHost(r.URL.Hostname()); err != nil {
		return nil, unsent(r, err)
	}
	if t.proxy != nil {
		if proxy, err := t.proxy(r); err != nil || proxy != nil {
			if isInner(r.URL.Hostname()) && !t.policy.named(r.URL.Hostname()) {
				return nil, unsent(r, refused(r.URL.Hostname()))
			}
			return t.byProxy.RoundTrip(r)
		}
	}
	return t.direct.RoundTrip(r)
}

// unsent closes what a request would have sent, as a transport must.
func unsent(r *http.Request, err error) error {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return err
}

// CloseIdleConnections closes connections that nobody uses.
func (t *transport) CloseIdleConnections() {
	t.direct.CloseIdleConnections()
	t.byProxy.CloseIdleConnections()
}
