package ui_test

import (
	"net/http"
	"strings"
	"testing"

	"aoc/test/ui/browser"
)

// TestHelp shows the keys and the query language.
func TestHelp(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/")
	p.settle()
	p.press("?")
	help := by("dialog", "Keys and query language")
	p.wait(help)
	for _, word := range []string{"Search", "changed:AccountEnabled", "Review"} {
		if !strings.Contains(p.text(help), word) {
			t.Errorf("the help does not tell of %q", word)
		}
	}
	p.press("Escape")
	p.waitGone(help)
}

// TestTheme follows the system, and a choice that lasts.
func TestTheme(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/sources")
	p.settle()
	background := func() string {
		s, err := browser.Eval[string](p.tab, `getComputedStyle(document.body).backgroundColor`)
		return value(p, s, err)
	}
	light := background()
	p.do(p.tab.Theme(true))
	p.until("dark colours, as the system", func() bool { return background() != light })
	dark := background()
	p.click(like("button", "Settings"))
	p.click(by("radio", "Light"))
	p.until("light colours, as chosen", func() bool { return background() == light })
	p.do(p.tab.Reload())
	p.settle()
	if got := background(); got != light {
		t.Errorf("after a reload the background is %s, dark is %s, light %s", got, dark, light)
	}
}

// TestZoneSwitch shows times in UTC or in the zone of the machine, and keeps it in the
// address.
func TestZoneSwitch(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/sources")
	p.click(by("button", "UTC"))
	p.until("tz in the address", func() bool { return strings.Contains(p.url(), "tz=UTC") })
	p.click(by("link", "Explore"))
	p.settle()
	f, err := p.tab.Wait(by("button", "UTC"))
	if p.do(err); f.States["pressed"] != "true" {
		t.Error("another page forgets the zone")
	}
}

// TestNoSuchEvent says so, and what to do.
func TestNoSuchEvent(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/events/AAAAAAAAAAAAAAAAAAAAAAAAAA")
	p.allow(browser.KindResponse, "404 ")
	p.waitText("There is no event with this key")
	p.click(by("link", "Explore"))
	p.until("the explorer", func() bool { return strings.HasPrefix(p.url(), "/") && !strings.HasPrefix(p.url(), "/events") })
}

// TestPolicy reads the headers that every page comes with, and weighs the first load.
func TestPolicy(t *testing.T) {
	t.Parallel()
	server := tenantServer(t)
	for _, path := range []string{"/", "/review", "/events/x", "/index.html"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		policy := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: no %s in the policy %q", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is loose: %q", path, policy)
		}
	}
	p := openPage(t, server, "/")
	p.settle()
	weight, err := browser.Eval[float64](p.tab, `performance.getEntriesByType("resource").filter(e => new URL(e.name).pathname.endsWith(".js")).reduce((n, e) => n + e.encodedBodySize, 0)`)
	if p.do(err); weight == 0 || weight > 150<<10 {
		t.Errorf("the first load takes %.0f bytes of JavaScript", weight)
	}
}
