package edge_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"aoc/internal/edge"
)

// TestWhoAsks is the table of what clients try to pass for somebody else. Headers are lines
// as they came, "Name: value".
func TestWhoAsks(t *testing.T) {
	proxies := edge.Proxies{
		Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("2001:db8:ffff::/64")},
		Hosts:   []string{"soc.contoso.example"},
	}
	const proxy, stranger = "10.0.0.5:40000", "203.0.113.9:50000"
	for name, tt := range map[string]struct {
		peer    string
		headers []string
		tls     bool

		addr, host string
		secure     bool
	}{
		"nobody in between":                {peer: stranger, addr: "203.0.113.9"},
		"own TLS":                          {peer: stranger, tls: true, addr: "203.0.113.9", secure: true},
		"a stranger names another":         {peer: stranger, headers: []string{"X-Forwarded-For: 198.51.100.1"}, addr: "203.0.113.9"},
		"a stranger names this machine":    {peer: stranger, headers: []string{"X-Forwarded-For: 127.0.0.1"}, addr: "203.0.113.9"},
		"a stranger names the proxy":       {peer: stranger, headers: []string{"X-Forwarded-For: 10.0.0.5"}, addr: "203.0.113.9"},
		"a stranger says https":            {peer: stranger, headers: []string{"X-Forwarded-Proto: https"}, addr: "203.0.113.9"},
		"a stranger says http":             {peer: stranger, tls: true, headers: []string{"X-Forwarded-Proto: http"}, addr: "203.0.113.9", secure: true},
		"a stranger names a host":          {peer: stranger, headers: []string{"X-Forwarded-Host: soc.contoso.example"}, addr: "203.0.113.9"},
		"a mapped stranger":                {peer: "[::ffff:203.0.113.9]:1", headers: []string{"X-Forwarded-For: 10.0.0.5"}, addr: "203.0.113.9"},
		"a proxy":                          {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9"}, addr: "203.0.113.9"},
		"a mapped proxy":                   {peer: "[::ffff:10.0.0.5]:1", headers: []string{"X-Forwarded-For: 203.0.113.9"}, addr: "203.0.113.9"},
		"a proxy of version 6":             {peer: "[2001:db8:ffff::1]:1", headers: []string{"X-Forwarded-For: 2001:db8::7"}, addr: "2001:db8::7"},
		"a proxy of version 6 with a zone": {peer: "[2001:db8:ffff::1%eth0]:1", headers: []string{"X-Forwarded-For: 2001:db8::7"}, addr: "2001:db8::7"},
		"two proxies":                      {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9, 10.0.0.6"}, addr: "203.0.113.9"},
		"a forged hop on the left":         {peer: proxy, headers: []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.9"}, addr: "203.0.113.9"},
		"a forged proxy on the left":       {peer: proxy, headers: []string{"X-Forwarded-For: 10.0.0.7, 203.0.113.9"}, addr: "203.0.113.9"},
		"this machine forged on the left":  {peer: proxy, headers: []string{"X-Forwarded-For: 127.0.0.1,203.0.113.9"}, addr: "203.0.113.9"},
		"a header of its own before":       {peer: proxy, headers: []string{"X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"}, addr: "203.0.113.9"},
		"an empty header after":            {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: "}, addr: "203.0.113.9"},
		"rubbish on the left":              {peer: proxy, headers: []string{"X-Forwarded-For: <script>, 203.0.113.9"}, addr: "203.0.113.9"},
		"rubbish on the right":             {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9, unknown"}, addr: "10.0.0.5"},
		"rubbish behind a proxy":           {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9, unknown, 10.0.0.6"}, addr: "10.0.0.6"},
		"an empty hop":                     {peer: proxy, headers: []string{"X-Forwarded-For: 198.51.100.1,,"}, addr: "10.0.0.5"},
		"only proxies":                     {peer: proxy, headers: []string{"X-Forwarded-For: 10.0.0.9, 10.0.0.6"}, addr: "10.0.0.9"},
		"with a port":                      {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9:1234"}, addr: "203.0.113.9"},
		"version 6 with a port":            {peer: proxy, headers: []string{"X-Forwarded-For: [2001:db8::7]:1234"}, addr: "2001:db8::7"},
		"version 6 in brackets":            {peer: proxy, headers: []string{"X-Forwarded-For: [2001:db8::7]"}, addr: "2001:db8::7"},
		"mapped":                           {peer: proxy, headers: []string{"X-Forwarded-For: ::ffff:203.0.113.9"}, addr: "203.0.113.9"},
		"a mapped proxy as a hop":          {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.9, ::ffff:10.0.0.6"}, addr: "203.0.113.9"},
		"leading zeros":                    {peer: proxy, headers: []string{"X-Forwarded-For: 203.0.113.009"}, addr: "10.0.0.5"},
		"an underscore":                    {peer: proxy, headers: []string{"X_Forwarded_For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"}, addr: "203.0.113.9"},
		"half an underscore":               {peer: proxy, headers: []string{"X-Forwarded_For: 198.51.100.1"}, addr: "10.0.0.5"},
		"letter case":                      {peer: proxy, headers: []string{"x-forwarded-for: 198.51.100.1", "X-FORWARDED-FOR: 203.0.113.9"}, addr: "203.0.113.9"},
		"Forwarded":                        {peer: proxy, headers: []string{"Forwarded: for=198.51.100.1;proto=https;host=soc.contoso.example"}, addr: "10.0.0.5"},
		"other headers":                    {peer: proxy, headers: []string{"X-Real-IP: 198.51.100.1", "True-Client-IP: 198.51.100.1", "CF-Connecting-IP: 198.51.100.1"}, addr: "10.0.0.5"},
		"https":                            {peer: proxy, headers: []string{"X-Forwarded-Proto: HTTPS"}, addr: "10.0.0.5", secure: true},
		"http after TLS to here":           {peer: proxy, tls: true, headers: []string{"X-Forwarded-Proto: http"}, addr: "10.0.0.5"},
		"https by two headers":             {peer: proxy, headers: []string{"X-Forwarded-Proto: https", "X-Forwarded-Proto: http"}, addr: "10.0.0.5"},
		"https in a list":                  {peer: proxy, headers: []string{"X-Forwarded-Proto: https,http"}, addr: "10.0.0.5"},
		"https in other words":             {peer: proxy, headers: []string{"X-Forwarded-Ssl: on", "Front-End-Https: on", "X-Forwarded-Scheme: https"}, addr: "10.0.0.5"},
		"a host":                           {peer: proxy, headers: []string{"X-Forwarded-Host: SOC.contoso.example:8443"}, addr: "10.0.0.5", host: "SOC.contoso.example:8443"},
		"a host that is not ours":          {peer: proxy, headers: []string{"X-Forwarded-Host: evil.example"}, addr: "10.0.0.5"},
		"two hosts":                        {peer: proxy, headers: []string{"X-Forwarded-Host: soc.contoso.example, evil.example"}, addr: "10.0.0.5"},
		"a host with somebody in it":       {peer: proxy, headers: []string{"X-Forwarded-Host: soc.contoso.example@evil.example"}, addr: "10.0.0.5"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Host, r.Header = tt.peer, "inside:8000", http.Header{}
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			for _, line := range tt.headers {
				k, v, _ := strings.Cut(line, ": ")
				k = http.CanonicalHeaderKey(k)
				r.Header[k] = append(r.Header[k], v)
			}
			heard := false
			h := proxies.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				heard = true
				c := edge.ClientOf(r.Context())
				if c.Addr.String() != tt.addr || c.Secure != tt.secure {
					t.Errorf("client %s, secure %v; want %s, %v", c.Addr, c.Secure, tt.addr, tt.secure)
				}
				if addr := netip.MustParseAddrPort(r.RemoteAddr).Addr().Unmap().WithZone(""); addr.String() != tt.addr && c.Forwarded {
					t.Errorf("the remote address is %s", r.RemoteAddr)
				}
				want := tt.host
				if want == "" {
					want = "inside:8000"
				}
				if r.Host != want {
					t.Errorf("host %q, want %q", r.Host, want)
				}
				for name := range r.Header {
					if !strings.EqualFold(name, "Front-End-Https") {
						t.Errorf("%s is left for others to believe", name)
					}
				}
			}))
			h.ServeHTTP(httptest.NewRecorder(), r)
			if !heard {
				t.Fatal("the request was not passed on")
			}
		})
	}
}

// TestShares holds what limits of one client go by.
func TestShares(t *testing.T) {
	for _, tt := range []struct {
		client edge.Client
		want   string
	}{
		{edge.Client{Addr: netip.MustParseAddr("203.0.113.9")}, "203.0.113.9"},
		{edge.Client{Addr: netip.MustParseAddr("::ffff:203.0.113.9")}, "203.0.113.9"},
		{edge.Client{Addr: netip.MustParseAddr("2001:db8:1:2:3:4:5:6")}, "2001:db8:1:2::"},
		{edge.Client{Addr: netip.MustParseAddr("fe80::1%eth0")}, "fe80::"},
		{edge.Client{Addr: netip.MustParseAddr("203.0.113.9"), Shared: true}, "invalid IP"},
		{edge.Client{}, "invalid IP"},
	} {
		if got := tt.client.Share().String(); got != tt.want {
			t.Errorf("%+v counts as %s, want %s", tt.client, got, tt.want)
		}
	}
}

// TestWhoIsShared holds from which addresses many may speak.
func TestWhoIsShared(t *testing.T) {
	p := edge.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
	for _, tt := range []struct {
		peer, forwarded string
		want            bool
	}{
		{"203.0.113.9:1", "", false},
		{"203.0.113.9:1", "127.0.0.1", false},
		{"203.0.113.9:1", "10.0.0.5", false},
		{"127.0.0.1:1", "", true},
		{"[::1]:1", "203.0.113.9", true}, // by a proxy that nobody named
		{"10.0.0.5:1", "", true},
		{"10.0.0.5:1", "10.0.0.7", true},
		{"10.0.0.5:1", "203.0.113.9", false},
		{"10.0.0.5:1", "10.0.0.7, 203.0.113.9", false},
		{"10.0.0.5:1", "127.0.0.1, 203.0.113.9, 10.0.0.7", false},
		{"10.0.0.5:1", "127.0.0.1", false}, // of another machine
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		p.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if c := edge.ClientOf(r.Context()); c.Shared != tt.want || c.Share().IsValid() == tt.want {
				t.Errorf("%s for %q: %+v", tt.peer, tt.forwarded, c)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

func TestUnnamedProxies(t *testing.T) {
	var heard []netip.Addr
	p := edge.Proxies{Unnamed: func(a netip.Addr) { heard = append(heard, a) }}
	h := p.Resolve(http.NotFoundHandler())
	for _, forwarded := range []string{"", "203.0.113.9"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "10.0.0.5:1"
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if len(heard) != 1 || heard[0].String() != "10.0.0.5" {
		t.Errorf("heard of %v", heard)
	}
}

func FuzzWhoAsks(f *testing.F) {
	f.Add("203.0.113.9, 10.0.0.6", "[::1]:1,,")
	f.Fuzz(func(t *testing.T, one, two string) {
		p := edge.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "10.0.0.5:1"
		r.Header["X-Forwarded-For"] = []string{one, two, "203.0.113.9"}
		p.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := edge.ClientOf(r.Context()).Addr.String(); got != "203.0.113.9" {
				t.Errorf("%q, %q before the proxy's own line make it %s", one, two, got)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}
