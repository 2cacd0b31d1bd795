package ui_test

import (
	"errors"
	"fmt"
	"io/fs"
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

// checkAxe fails for everything that axe finds in the page as it is now.
func (p *page) checkAxe(script, what string) {
	p.Helper()
	p.settle()
	if _, err := browser.Eval[bool](p.tab, `globalThis.axe ? true : (() => {`+script+`})() || true`); err != nil {
		p.Fatal(err)
	}
	found, err := browser.Eval[[]violation](p.tab, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
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
}

// looks are all that the screens must be fit for.
func looks() []look {
	return []look{
		{"light desktop", nil}, {"dark desktop", []func(*browser.TabOptions){dark}},
		{"light phone", []func(*browser.TabOptions){phone}}, {"dark phone", []func(*browser.TabOptions){phone, dark}},
	}
}
