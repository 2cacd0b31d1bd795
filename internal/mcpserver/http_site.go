package mcpserver

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// checkSite refuses requests for names that are not the service's own, and those of web pages
// elsewhere, so that no page can use it by pointing a name at this machine or by a browser's
// session. It answers 403 and reports false then.
func (h *HTTP) checkSite(w http.ResponseWriter, r *http.Request) bool {
	if !h.named(r.Host) {
		http.Error(w, "the service does not answer to this host name; add it to AOC_HOSTS", http.StatusForbidden)
		return false
	}
	for _, origin := range r.Header["Origin"] {
		if !h.own(origin, r.Host) {
			http.Error(w, "a web page elsewhere may not do this; add its origin to CORS_ORIGINS", http.StatusForbidden)
			return false
		}
	}
	return true
}

// named reports whether a Host header names the service.
func (h *HTTP) named(host string) bool {
	name := hostname(host)
	if _, err := netip.ParseAddr(name); err == nil || strings.EqualFold(name, "localhost") {
		return true
	}
	public, err := url.Parse(h.cfg.PublicAddress)
	return name != "" && (err == nil && strings.EqualFold(public.Hostname(), name) ||
		slices.ContainsFunc(h.cfg.Hosts, func(known string) bool { return strings.EqualFold(known, name) }))
}

// hostname is a host without port and brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
}

// own reports whether an origin is that of the service, by the name it was asked under or its
// public one, or one that is allowed.
func (h *HTTP) own(origin, host string) bool {
	if slices.Contains(h.cfg.Origins, origin) || strings.EqualFold(origin, h.cfg.PublicAddress) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, host)
}
