package edge

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client is who sent a request.
type Client struct {
	Addr netip.Addr // invalid where the server does not tell, as in some tests
	// Secure says that it came by TLS, to this service or to a proxy that is trusted.
	Secure bool
	// Forwarded says that a proxy that is trusted came in between.
	Forwarded bool
	// Shared says that many may speak from the address: it is that of a proxy that is
	// trusted and named nobody else, or of this machine, where a proxy may be that nobody
	// named.
	Shared bool
}

// Share is what limits for each client go by: the address, or the /64 of an IPv6 address,
// which is what one client has of those. The zero address means that there is no limit.
func (c Client) Share() netip.Addr {
	if c.Shared {
		return netip.Addr{}
	}
	return Key(c.Addr)
}

// Key is an address without what a client can change of it at will.
func Key(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, _ := a.Prefix(64) // of an IPv6 address
	return p.Addr()
}

type clientKey struct{}

// ClientOf gives who sent the request that ctx belongs to.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}

// Proxies are the proxies that are believed.
type Proxies struct {
	Trusted []netip.Prefix
	// Hosts are the names that X-Forwarded-Host is believed for, without port.
	Hosts []string
	// Unnamed hears of requests that came through a proxy that is not trusted; may be nil.
	Unnamed func(peer netip.Addr)
}

// Trusts reports whether an address is that of a proxy that is believed.
func (p Proxies) Trusts(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(p.Trusted, func(t netip.Prefix) bool { return t.Contains(a) })
}

// Resolve finds out who sent a request, by X-Forwarded-For, -Proto and -Host from proxies
// that are trusted, and by nothing from anybody else. Further in, RemoteAddr is the client's
// address, Host the name it asked for, [ClientOf] tells the rest, and no header that speaks
// of proxies is left to be believed by mistake. The header Forwarded is not read: proxies
// that write X-Forwarded-For pass on what a client put there.
func (p Proxies) Resolve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		c := Client{Addr: peer.Addr().Unmap(), Secure: r.TLS != nil}
		inner := r.WithContext(r.Context())
		switch {
		case err != nil:
		case p.Trusts(c.Addr):
			c = p.behind(inner, c)
		case len(r.Header["X-Forwarded-For"]) > 0 && p.Unnamed != nil:
			p.Unnamed(c.Addr)
		}
		c.Shared = p.Trusts(c.Addr) || !c.Forwarded && c.Addr.IsLoopback()
		inner.Header = withoutProxies(r.Header)
		next.ServeHTTP(w, inner.WithContext(context.WithValue(r.Context(), clientKey{}, c)))
	})
}

// behind finds the client behind a proxy, and puts its address and the name it asked for
// into the request.
func (p Proxies) behind(r *http.Request, c Client) Client {
	if addr, ok := p.sender(r.Header["X-Forwarded-For"]); ok {
		c.Addr, c.Forwarded = addr, true
		r.RemoteAddr = netip.AddrPortFrom(addr, 0).String()
	}
	switch proto, _ := only(r.Header["X-Forwarded-Proto"]); {
	case strings.EqualFold(proto, "https"):
		c.Secure = true
	case strings.EqualFold(proto, "http"):
		c.Secure = false
	}
	if host, ok := only(r.Header["X-Forwarded-Host"]); ok && p.named(host) {
		r.Host = host
	}
	return c
}

// sender gives the rightmost address of X-Forwarded-For that is not that of a proxy: what
// stands left of it anybody can have written. Where all are proxies it is the leftmost of
// them, and where one cannot be read, the one right of that. False when there is none.
func (p Proxies) sender(lines []string) (sender netip.Addr, ok bool) {
	for _, line := range slices.Backward(lines) {
		for line != "" {
			i := strings.LastIndexByte(line, ',')
			addr, err := parseHop(line[i+1:])
			if err != nil {
				return sender, ok
			}
			sender, ok = addr, true
			if !p.Trusts(addr) {
				return sender, ok
			}
			line = line[:max(i, 0)]
		}
	}
	return sender, ok
}

// parseHop reads an address as proxies write it, with or without a port.
func parseHop(text string) (netip.Addr, error) {
	text = strings.Trim(text, " \t")
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), nil
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return addr.Unmap().WithZone(""), err
}

// only gives the value of a header that has exactly one.
func only(lines []string) (string, bool) {
	if len(lines) != 1 || lines[0] == "" || strings.ContainsAny(lines[0], ", \t") {
		return "", false
	}
	return lines[0], true
}

// named reports whether a host, with or without port, is one of the service's names.
func (p Proxies) named(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.ContainsFunc(p.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// withoutProxies gives headers without those that speak of proxies, in any way of writing
// them: an underscore passes for a hyphen in some programs.
func withoutProxies(h http.Header) http.Header {
	kept := h
	for name := range h {
		if !ofProxies(name) {
			continue
		}
		if len(kept) == len(h) {
			kept = h.Clone()
		}
		delete(kept, name)
	}
	return kept
}

func ofProxies(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	return strings.HasPrefix(name, "x-forwarded-") || slices.Contains([]string{
		"forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "x-original-url", "x-rewrite-url",
		"x-original-host", "x-host", "x-http-method-override",
	}, name)
}
