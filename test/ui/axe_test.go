package ui_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"

	"aoc/test/ui/browser"
)

// axeScript reads axe-core, which comes with the sources of the web UI.
func axeScript(t *testing.T) string {
	t.Helper()
	const path = "../../web/node_modules/axe-core/axe.min.js"
	script, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("AOC_REQUIRE_BROWSER") != "1" {
		t.Skip("axe-core is not there: run npm ci in web/")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// violation is what axe has found.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// checkAxe fails for everything that axe finds in the page as it is now; with rules given,
// by these alone. Where a screen is looked at in all of [looks], the rules are the look's.
func (p *page) checkAxe(script, what string, rules ...string) {
	p.Helper()
	p.settle()
	if _, err := browser.Eval[bool](p.tab, `globalThis.axe ? true : (() => {`+script+`})() || true`); err != nil {
		p.Fatal(err)
	}
	only := ""
	if len(rules) > 0 {
		only = `, runOnly: ["` + strings.Join(rules, `","`) + `"]`
	}
	found, err := browser.Eval[[]violation](p.tab, `axe.run(document, {resultTypes: ["violations"]`+only+`}).then(r => r.violations.map(v =>
		({id: v.id, help: v.help, nodes: v.nodes.slice(0, 5).map(n => ({html: n.html.slice(0, 300), failureSummary: n.failureSummary}))})))`)
	if err != nil {
		p.Fatal(err)
	}
	for _, v := range found {
		var b strings.Builder
		for _, n := range v.Nodes {
			fmt.Fprintf(&b, "\n  %s\n    %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
		}
		p.Errorf("%s: %s: %s%s", what, v.ID, v.Help, b.String())
	}
	if len(found) > 0 {
		p.keep(strings.NewReplacer(" ", "-", "/", "-").Replace(what))
	}
}

// look is a theme on a size.
type look struct {
	name string
	set  []func(o *browser.TabOptions)
	// rules are those of axe that it can change; none for all.
	rules []string
}

// looks are all that the screens must be fit for.
func looks() []look {
	colours := []string{"color-contrast", "link-in-text-block"} // all that a theme can change
	return []look{
		{"light desktop", nil, nil}, {"dark desktop", []func(*browser.TabOptions){dark}, colours},
		{"light phone", []func(*browser.TabOptions){phone}, nil}, {"dark phone", []func(*browser.TabOptions){phone, dark}, colours},
	}
}

// TestAccessible lets axe-core look at every screen, dialog and menu, in both themes, on a
// desktop and on a phone.
func TestAccessible(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := tenantServer(t)
	e := events(t, server, url.Values{"q": {"changed:* kind:person"}})[0]
	failing := events(t, server, url.Values{"q": {"result:failure"}})[0]
	for _, screen := range []struct {
		name, path string
		steps      map[string]func(p *page)
	}{
		{"explorer", "/?range=7d&noise=show", map[string]func(p *page){
			"time":     func(p *page) { p.click(like("button", "Last 7 days")) },
			"saved":    func(p *page) { p.click(by("button", "Saved searches")) },
			"export":   func(p *page) { p.click(by("button", "Export")) },
			"columns":  func(p *page) { p.click(by("button", "Columns")) },
			"settings": func(p *page) { p.click(like("button", "Settings")) },
			"help":     func(p *page) { p.press("?") },
			"mistake":  func(p *page) { p.fill(searchBox, "actr:ada"); p.press("Enter"); p.wait(by("alert", "")) },
			"proposals": func(p *page) {
				p.fill(searchBox, "operation:")
				p.wait(by("option", ""))
			},
		}},
		{"nothing found", "/?range=all&q=zyzzogeton", nil},
		{"drawer", "/?range=7d&noise=show&open=" + e.Key, map[string]func(p *page){
			"record": func(p *page) { p.click(in(drawer, like("button", "Raw record"))); p.wait(by("tree", "Record")) },
			"tag":    func(p *page) { p.click(in(drawer, by("button", "Tag"))) },
			"value":  func(p *page) { p.click(nth(in(in(drawer, by("region", "Facts")), by("button", "")), 0)) },
		}},
		{"event", "/events/" + failing.Key, nil},
		{"no such event", "/events/AAAAAAAAAAAAAAAAAAAAAAAAAA", nil},
		{"entity", "/entities/user/" + url.PathEscape(e.Actor), nil},
		{"review", "/review", map[string]func(p *page){
			"group": func(p *page) { p.press("l"); p.settle() },
		}},
		{"windows", "/review?tab=windows", map[string]func(p *page){
			"form": func(p *page) { p.click(by("button", "New change window")) },
		}},
		{"sources", "/sources", map[string]func(p *page){
			"table": func(p *page) { p.click(by("button", "As a table")) },
		}},
	} {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			for _, l := range looks() {
				p := openPage(t, server, screen.path, l.set...)
				p.allow(browser.KindResponse, "404 ")
				p.settle()
				p.checkAxe(script, l.name, l.rules...)
				if strings.HasSuffix(l.name, "phone") {
					continue
				}
				for name, step := range screen.steps {
					p.open(screen.path)
					p.settle()
					step(p)
					p.settle()
					// Rows that are being replaced are dimmed, and light up with some delay.
					p.do(p.tab.UntilTrue(`[...document.querySelectorAll('[role=grid]')].every(g => getComputedStyle(g).opacity === '1')`))
					p.checkAxe(script, l.name+" "+name, l.rules...)
				}
			}
		})
	}
}
