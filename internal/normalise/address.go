package normalise

import (
	"net/netip"
	"strings"
)

// clientIP gives the first of the candidates that holds an address, without port and in
// canonical form. What cannot be an address is left out; the raw record keeps it.
func clientIP(candidates ...string) string {
	for _, c := range candidates {
		if ip := cleanIP(c); ip != "" {
			return ip
		}
	}
	return ""
}

// cleanIP reads the ways in which an address is written: bare, v4:port, [v6], [v6]:port,
// HOST (1.2.3.4). Empty when there is none.
func cleanIP(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 300 {
		return ""
	}
	if open := strings.LastIndexByte(s, '('); open >= 0 && strings.HasSuffix(s, ")") {
		s = strings.TrimSpace(s[open+1 : len(s)-1])
	}
	if first, _, several := strings.Cut(s, ","); several { // as proxies write them
		s = strings.TrimSpace(first)
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(s)
		if err != nil {
			return ""
		}
		ip = withPort.Addr()
	}
	ip = ip.Unmap().WithZone("")
	if ip.IsUnspecified() {
		return ""
	}
	return ip.String()
}
