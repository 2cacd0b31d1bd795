package egress

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"aoc"
)

func policy(t testing.TB, entries ...string) *Policy {
	t.Helper()
	p, err := New(entries...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCheck asks about addresses under three policies: the internet alone, named hosts and
// networks alone, and nothing.
func TestCheck(t *testing.T) {
	public, named := policy(t, Public), policy(t, "splunk.corp.example", "*.soc.example", "10.1.0.0/16", "fd12::/16", "169.254.1.1")
	for address, want := range map[string]string{ // p: public lets it pass, n: named does
		"https://hooks.slack.com/services/x": "p?", "https://1.1.1.1/": "p", "https://[2606:4700::1111]/": "p",
		"https://splunk.corp.example:8088/": "pn", "https://SPLUNK.corp.example./": "pn", "http://splunk.corp.example:8088/": "n", "https://a.soc.example/": "pn",
		"https://10.1.2.3:8088/": "n", "http://10.1.2.3:8088/": "n", "https://[fd12::1]/": "n", "https://[::ffff:10.1.2.3]/": "n",
		"http://169.254.1.1/": "n",

		// this machine and private networks
		"https://127.0.0.1/": "", "https://127.1.2.3/": "", "https://[::1]/": "", "https://[::ffff:127.0.0.1]/": "", "https://0.0.0.0/": "", "https://[::]/": "",
		"https://10.2.0.1/": "", "https://172.16.0.1/": "", "https://192.168.1.1/": "", "https://[fc00::1]/": "", "https://100.64.0.1/": "", "https://198.18.0.1/": "",
		"https://[::127.0.0.1]/": "", "https://[64:ff9b::a9fe:a9fe]/": "", "https://[2002:a9fe:a9fe::1]/": "", "https://[::ffff:0:127.0.0.1]/": "",
		// link-local, and what tells machines in clouds their credentials
		"https://169.254.169.254/latest/meta-data/": "", "https://[fe80::1]/": "", "https://[fe80::1%25eth0]/": "", "https://[::ffff:169.254.169.254]/": "", "https://[fd00:ec2::254]/": "",
		"https://168.63.129.16/": "", "https://100.100.100.200/": "", "https://192.0.0.192/": "", "https://[fd20:ce::254]/": "",
		// no one's
		"https://224.0.0.1/": "", "https://255.255.255.255/": "", "https://240.0.0.1/": "", "https://[ff02::1]/": "", "https://192.0.2.1/": "", "https://[2001:db8::1]/": "",
		// in disguise
		"https://2130706433/": "", "https://0x7f000001/": "", "https://0177.0.0.1/": "", "https://127.1/": "",
		// no addresses, or of another kind
		"": "", "hooks.example": "", "https://": "", "https:hooks.example": "", "//hooks.example/": "", "ftp://hooks.example/": "", "file:///etc/passwd": "", "gopher://hooks.example/": "", "javascript:alert(1)": "",
		"http://hooks.example/": "", "https://ada:secret@hooks.example/": "", "https://hooks.example:port/": "", "https://hooks example/": "", "https://\x00/": "",
	} {
		if err := public.Check(address); (err == nil) != strings.Contains(want, "p") {
			t.Errorf("the internet alone: %q: %v", address, err)
		} else if err != nil && (aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: %v, hint %q", address, err, aoc.HintOf(err))
		}
		if strings.HasSuffix(want, "?") { // decided when it is dialled
			continue
		}
		if err := named.Check(address); (err == nil) != strings.Contains(want, "n") {
			t.Errorf("named ones alone: %q: %v", address, err)
		}
		if policy(t).Check(address) == nil {
			t.Errorf("nothing is permitted, and %q is", address)
		}
	}
}

func TestEntries(t *testing.T) {
	for _, entry := range []string{"", "https://splunk.example", "splunk.example:8088", "*", "*.", "a..b", "10.0.0.0/33", "10.0.0", "a b", "ex*mple.com", "-a.example", "[fe80::1%25eth0]"} {
		if _, err := New(entry); aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
			t.Errorf("%q: %v", entry, err)
		}
	}
	p := policy(t, " Public ", "Splunk.Example", "[2001:DB8::1]", "10.1.2.3/8")
	for _, address := range []string{"https://1.1.1.1/", "http://splunk.example/", "https://[2001:db8::1]/", "http://10.9.9.9/"} {
		if err := p.Check(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"http://soc.example/", "http://[2001:db8::2]/"} {
		if p.Check(address) == nil {
			t.Errorf("%s is permitted", address)
		}
		if err := p.With("http://soc.example:1/x", "https://[2001:db8::2]:2/", "nonsense").Check(address); err != nil {
			t.Errorf("%s is set, and refused: %v", address, err)
		}
	}
}

// inner is a service on this machine that counts who reaches it.
type inner struct {
	*httptest.Server
	asked     atomic.Int64
	connected atomic.Int64
}

func newInner(t *testing.T) *inner {
	t.Helper()
	in := &inner{}
	in.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in.asked.Add(1)
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	in.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			in.connected.Add(1)
		}
	}
	in.Start()
	t.Cleanup(in.Close)
	return in
}

// byName is the service's address with a name that has to be looked up.
func (in *inner) byName(path string) string {
	u, _ := url.Parse(in.URL)
	return "http://localhost:" + u.Port() + path
}

func get(t *testing.T, c *http.Client, address string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err == nil {
		_ = resp.Body.Close()
	}
	return resp, err
}

// TestNamesAreCheckedWhenDialled: a name that may be anything is refused when it turns out
// to stand for this machine; no connection is made.
func TestNamesAreCheckedWhenDialled(t *testing.T) {
	in := newInner(t)
	for name, p := range map[string]*Policy{"the internet": policy(t, Public), "another network": policy(t, "10.0.0.0/8"), "another host": policy(t, "splunk.example"), "nothing": policy(t)} {
		_, err := get(t, p.Client(&http.Transport{}), in.byName("/"))
		if e, ok := errors.AsType[*aoc.Error](err); !ok || e.Code != aoc.CodeInvalid || strings.Contains(e.Message, "127.0.0.1") || strings.Contains(e.Message, "::1") {
			t.Errorf("%s: %v", name, err)
		}
		u, _ := url.Parse(in.byName(""))
		if c, err := p.DialContext(t.Context(), "tcp", u.Host); err == nil {
			_ = c.Close()
			t.Errorf("%s: dialled", name)
		}
	}
	if n := in.connected.Load(); n != 0 {
		t.Fatalf("%d connections were made", n)
	}
	for name, p := range map[string]*Policy{"by name": policy(t, "localhost"), "by networks": policy(t, "127.0.0.0/8", "::1"), "as set elsewhere": policy(t).With(in.byName("/"))} {
		if _, err := get(t, p.Client(&http.Transport{}), in.byName("/")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	in := newInner(t)
	resp, err := get(t, policy(t, "localhost").Client(&http.Transport{}), in.byName("/away"))
	if err != nil || resp.StatusCode != http.StatusFound || in.asked.Load() != 1 {
		t.Errorf("%v, %v; asked %d times", resp, err, in.asked.Load())
	}
}

// TestByProxy: where there is a proxy it is connected to wherever it is, and asked for
// nothing that would be refused without.
func TestByProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.String()) }))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := policy(t, Public, "named.internal").Client(&http.Transport{Proxy: http.ProxyURL(at)})
	for _, address := range []string{
		"http://169.254.169.254/", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://metadata.google.internal/", "http://metadata/", "http://localhost/", "http://printer.local/",
	} {
		if _, err := get(t, c, address); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"http://hooks.example/", "http://named.internal/", "http://1.1.1.1/"} {
		if _, err := get(t, c, address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if got := strings.Join(asked, " "); got != "http://hooks.example/ http://named.internal/ http://1.1.1.1/" {
		t.Errorf("the proxy was asked for %s", got)
	}
}

// FuzzCheck looks for an address that passes although it is this machine's, a network's own,
// or one that gives credentials.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"https://127.0.0.1/", "https://[::ffff:7f00:1]/", "https://0177.1/", "https://[fe80::1%25lo]/", "https://user@169.254.169.254/", "https://[64:ff9b::7f00:1]/", "https://hooks.example"} {
		f.Add(s)
	}
	p := policy(f, Public)
	f.Fuzz(func(t *testing.T, address string) {
		if p.Check(address) != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" {
			t.Fatalf("%q passes", address)
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil {
			if a = a.Unmap(); a.IsLoopback() || a.IsPrivate() || !a.IsGlobalUnicast() || isTrap(a) {
				t.Errorf("%q passes", address)
			}
		}
	})
}
