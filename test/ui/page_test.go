package ui_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// page is a tab of one test: what does not work out ends the test, and what goes wrong in
// the page meanwhile fails it.
type page struct {
	*testing.T
	tab     *browser.Tab
	server  *demo.Server
	allowed []browser.Fault
}

// by says what to find: "button", "Copy".
func by(role, name string) browser.By { return browser.By{Role: role, Name: name} }

// like is by with a part of the name.
func like(role, part string) browser.By { return browser.By{Role: role, Part: part} }

// in narrows what to find to what is inside of something.
func in(outer, inner browser.By) browser.By {
	inner.Within = &outer
	return inner
}

// nth gives another one than the first.
func nth(b browser.By, n int) browser.By {
	b.Nth = n
	return b
}

// openPage opens a path in a new tab.
func openPage(t *testing.T, server *demo.Server, path string, change ...func(o *browser.TabOptions)) *page {
	t.Helper()
	o := browser.TabOptions{Origin: server.URL, Ahead: server.Clock.Ahead(), Downloads: t.TempDir()}
	for _, f := range change {
		f(&o)
	}
	tab, err := chromium(t).NewTab(o)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{T: t, tab: tab, server: server}
	t.Cleanup(p.end)
	p.open(path)
	return p
}

// phone makes it a phone in portrait.
func phone(o *browser.TabOptions) { o.Width, o.Height, o.Phone = 390, 844, true }

// dark prefers dark colours.
func dark(o *browser.TabOptions) { o.Dark = true }

// allow expects a fault: a kind, and a part of its text.
func (p *page) allow(kind browser.Kind, text string) {
	p.allowed = append(p.allowed, browser.Fault{Kind: kind, Text: text})
}

// end fails the test for what went wrong in the page, and shows it if the test failed.
func (p *page) end() {
	p.checkFaults()
	if p.Failed() {
		p.keep("failed")
	}
	p.tab.Close()
}

// checkFaults fails the test for what went wrong in the page so far.
func (p *page) checkFaults() {
	p.Helper()
	for _, f := range p.tab.Faults() {
		if !p.expected(f) {
			p.Errorf("in the page: %s", f)
		}
	}
}

func (p *page) expected(f browser.Fault) bool {
	// Half of a query is often no query. The box says so; that is tested where it matters.
	if f.Kind == browser.KindResponse && strings.HasPrefix(f.Text, "422 ") && strings.Contains(f.Text, "q=") {
		return true
	}
	for _, a := range p.allowed {
		if f.Kind == a.Kind && strings.Contains(f.Text, a.Text) {
			return true
		}
	}
	return false
}

// keep writes a picture, the address and the text of the page where they can be looked at.
func (p *page) keep(name string) {
	dir := filepath.Join(os.TempDir(), "aoc-ui", strings.NewReplacer("/", "-", " ", "_").Replace(p.Name()))
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		dir = p.ArtifactDir()
	}
	url, _ := p.tab.URL()
	text, _ := p.tab.Text()
	picture, err := p.tab.Screenshot()
	if err == nil {
		if err = os.MkdirAll(dir, 0o700); err == nil {
			_ = os.WriteFile(filepath.Join(dir, name+".txt"), []byte(url+"\n\n"+text), 0o600)
			err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600)
		}
	}
	if err != nil {
		p.Logf("the page cannot be kept: %v", err)
		return
	}
	p.Logf("the page is at %.300s and kept in %s", url, dir)
}

// do ends the test on an error.
func (p *page) do(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// value ends the test on an error, else gives the value.
func value[T any](p *page, v T, err error) T {
	p.Helper()
	p.do(err)
	return v
}

func (p *page) open(path string)      { p.Helper(); p.do(p.tab.Open(path)) }
func (p *page) click(b browser.By)    { p.Helper(); p.do(p.tab.Click(b)) }
func (p *page) press(keys ...string)  { p.Helper(); p.do(p.tab.Press(keys...)) }
func (p *page) typing(text string)    { p.Helper(); p.do(p.tab.Type(text)) }
func (p *page) wait(b browser.By)     { p.Helper(); _, err := p.tab.Wait(b); p.do(err) }
func (p *page) waitGone(b browser.By) { p.Helper(); p.do(p.tab.WaitGone(b)) }
func (p *page) waitText(text string)  { p.Helper(); p.do(p.tab.WaitText(text)) }
func (p *page) settle()               { p.Helper(); p.do(p.tab.Settle()) }
func (p *page) text(b browser.By) string {
	p.Helper()
	s, err := p.tab.TextOf(b)
	return value(p, s, err)
}
func (p *page) url() string { p.Helper(); s, err := p.tab.URL(); return value(p, s, err) }

// fill replaces what is in a field by typing.
func (p *page) fill(b browser.By, text string) { p.Helper(); p.do(p.tab.Fill(b, text)) }

// has says whether it is there now.
func (p *page) has(b browser.By) bool {
	p.Helper()
	all, err := p.tab.FindAll(b)
	return err == nil && len(all) > 0
}

// until waits until ask gives true.
func (p *page) until(what string, ask func() bool) {
	p.Helper()
	p.do(p.tab.Until(what, func() (bool, error) { return ask(), p.context().Err() }))
}

func (p *page) context() context.Context { return p.Context() }

// setInput puts a value into a field for times or dates, whose keys differ by language.
func (p *page) setInput(label, text string) {
	p.Helper()
	ok, err := browser.Eval[bool](p.tab, `(() => {
		const label = [...document.querySelectorAll("label")].find(l => l.textContent.trim().startsWith(`+strconv.Quote(label)+`) && l.control);
		if (!label) return false;
		label.control.value = `+strconv.Quote(text)+`;
		label.control.dispatchEvent(new Event("input", {bubbles: true}));
		label.control.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`)
	if p.do(err); !ok {
		p.Fatalf("there is no field %s", label)
	}
}
