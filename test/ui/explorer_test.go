package ui_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

var (
	searchBox = by("combobox", "Search events")
	grid      = by("grid", "Events")
	filters   = by("complementary", "Filters")
	drawer    = by("complementary", "Event")
)

// rows gives the keys of the rows that are drawn, from the top.
func (p *page) rows() []string {
	p.Helper()
	keys, err := browser.Eval[[]string](p.tab, `[...document.querySelectorAll("[role=grid] [data-key]")]
		.sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(row => row.dataset.key)`)
	return value(p, keys, err)
}

var showing = regexp.MustCompile(`([\d,.]+) of ([\d,.]+)`)

// shown gives what "Showing n of N" says; -1 while it says nothing definite.
func (p *page) shown() (n, of int) {
	p.Helper()
	text, err := p.tab.TextOf(in(by("region", "Results"), by("status", "")))
	p.do(err)
	if m := showing.FindStringSubmatch(text); m != nil {
		return number(m[1]), number(m[2])
	}
	return -1, -1
}

// waitCount waits until the page says how many events there are.
func (p *page) waitCount() (n int) {
	p.Helper()
	p.until("the count", func() bool { _, n = p.shown(); return n > 0 })
	return n
}

// number reads a number with separators of thousands.
func number(s string) int {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return n
}

// waitShown waits until the page says that there are so many events.
func (p *page) waitShown(want int) {
	p.Helper()
	p.until(fmt.Sprintf("showing n of %d", want), func() bool {
		_, of := p.shown()
		return of == want
	})
}

// q gives the query in the address.
func (p *page) q() string {
	p.Helper()
	u, err := url.Parse(p.url())
	p.do(err)
	return u.Query().Get("q")
}

// total asks the API how many events there are.
func total(t *testing.T, server *demo.Server, q string, more ...string) int {
	t.Helper()
	params := url.Values{"q": {q}}
	for i := 0; i < len(more); i += 2 {
		params.Set(more[i], more[i+1])
	}
	var answer struct {
		Total    int  `json:"total"`
		Complete bool `json:"complete"`
	}
	must(t, server, "GET", "/api/events/summary?"+params.Encode(), nil, &answer)
	if !answer.Complete {
		t.Errorf("the count of %s is not complete", q)
	}
	return answer.Total
}

// explore opens the explorer over everything that the tenant has to tell.
func explore(t *testing.T, q string, change ...func(o *browser.TabOptions)) *page {
	t.Helper()
	return openPage(t, tenantServer(t), "/?range=all&noise=show&q="+url.QueryEscape(q), change...)
}

// TestSearchAsYouType types a query and does not press Enter.
func TestSearchAsYouType(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	all := total(t, p.server, "")
	p.waitShown(all)
	p.click(searchBox)
	p.typing("inbox")
	p.waitShown(total(t, p.server, "inbox"))
	p.typing("rule")
	p.waitShown(total(t, p.server, "inboxrule"))
	if p.q() != "inboxrule" {
		t.Errorf("the address says %q", p.q())
	}
	p.do(p.tab.Back())
	p.waitShown(all) // what is typed in one go is one step
}

// TestCompletion chooses a field and a value of it with the arrow keys.
func TestCompletion(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.click(searchBox)
	p.typing("oper")
	p.wait(like("option", "operation"))
	p.settle()
	p.press("Down", "Enter")
	p.until("the field in the box", func() bool { return p.inputValue(searchBox) == "operation:" })
	p.typing("member")
	var f browser.Found
	var err error
	p.until("proposals for what is typed", func() (ok bool) {
		f, err = p.tab.Find(in(by("listbox", "Proposals"), by("option", "")))
		return err == nil && strings.HasPrefix(strings.ToLower(f.Name), "member")
	})
	if !regexp.MustCompile(`\d`).MatchString(f.Name) {
		t.Errorf("the proposal %q has no count", f.Name)
	}
	p.press("Down", "Enter")
	p.until("a query for the operation", func() bool { return strings.HasPrefix(p.q(), "operation:") && p.q() != "operation:member" })
	if n := total(t, p.server, p.q()); n == 0 {
		t.Errorf("%s finds nothing", p.q())
	} else {
		p.waitShown(n)
	}
}

// TestFastTyping types on while proposals are asked for: those for what was typed before
// must not be taken.
func TestFastTyping(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.click(searchBox)
	p.typing("operation:")
	p.wait(in(by("listbox", "Proposals"), by("option", "")))
	p.typing("member")
	p.press("Down", "Enter")
	p.until("a query", func() bool { return p.q() != "" })
	p.settle()
	if q := p.q(); strings.Contains(q, " member") {
		t.Errorf("the query became %s", q)
	}
	p.fill(searchBox, "role")
	p.press("Enter")
	p.settle()
	if p.has(by("option", "")) {
		t.Error("proposals cover the rows after Enter")
	}
}

// inputValue is what is in a field.
func (p *page) inputValue(b browser.By) string {
	p.Helper()
	f, err := p.tab.Wait(b)
	p.do(err)
	return f.Value
}

// TestMistakes says what is wrong with a query, where, and what to do.
func TestMistakes(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.settle()
	for _, c := range []struct{ q, place, says string }{
		{"actr:ada", "actr", "actor"},
		{`result:failure (role`, "(", "parenthes"},
		{`role "Global`, `"Global`, "quot"},
		{"before:yesterdy", "yesterdy", "time"},
	} {
		p.fill(searchBox, c.q)
		p.press("Enter")
		alert := by("alert", "")
		if err := p.tab.Until("a message about "+c.place, func() (bool, error) {
			text, err := p.tab.TextOf(alert)
			return strings.Contains(strings.ToLower(text), c.says), err
		}); err != nil {
			t.Errorf("%s: %v", c.q, err)
			continue
		}
		marked, err := browser.Eval[string](p.tab, `[...document.querySelectorAll(".mistake")].map(e => e.textContent).join("")`)
		if p.do(err); !strings.Contains(marked, c.place) && !strings.Contains(c.place, marked) || marked == "" {
			t.Errorf("%s: %q is marked, not %q", c.q, marked, c.place)
		}
		if f, err := p.tab.Find(searchBox); err != nil || f.States["invalid"] != "true" {
			t.Errorf("%s: the box is not marked as invalid: %v", c.q, err)
		}
	}
	p.fill(searchBox, "")
	p.press("Enter")
	p.waitGone(by("alert", ""))
}

// facetValue is a value in the column of facets.
func facetValue(value string) browser.By { return in(filters, like("button", value)) }

// TestFacets asks for a value, for one of several, for none of it, for a missing one, and
// searches among the values.
func TestFacets(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.settle()
	p.click(facetValue("failure"))
	p.until("result in the query", func() bool { return strings.Contains(p.q(), "result:") })
	p.waitShown(total(t, p.server, "result:failure"))
	p.click(facetValue("success"))
	p.waitShown(total(t, p.server, "result:failure,success"))
	if f, err := p.tab.Wait(facetValue("success")); err != nil || f.States["pressed"] != "true" {
		t.Errorf("the chosen value is not pressed: %v", err)
	}
	p.click(facetValue("success"))
	p.waitShown(total(t, p.server, "result:failure"))
	p.click(in(filters, by("button", "clear Result")))
	p.waitShown(total(t, p.server, ""))
	p.click(in(filters, by("button", "Not directory")))
	p.waitShown(total(t, p.server, "-source:directory"))
	p.click(in(filters, by("button", "clear Source")))
	p.waitShown(total(t, p.server, ""))

	p.click(in(filters, like("button", "values of Operation")))
	p.typing("memb")
	p.wait(facetValue("Add member to"))
	p.click(facetValue("Add member to group"))
	p.waitShown(total(t, p.server, `operation:"Add member to group"`))
	p.fill(searchBox, "")
	p.press("Enter")
	p.waitShown(total(t, p.server, ""))
	p.click(in(filters, like("button", "none")))
	p.until("a query for a missing value", func() bool { return strings.Contains(p.q(), ":*") })
	if n := total(t, p.server, p.q()); n == 0 {
		t.Errorf("%s finds nothing", p.q())
	} else {
		p.waitShown(n)
	}
}

// TestNoise folds away what systems do by themselves, and says so.
func TestNoise(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/?range=all")
	all, noise := total(t, p.server, ""), total(t, p.server, "kind:system")
	if noise == 0 {
		t.Fatal("the demo tenant has no system events")
	}
	p.waitShown(all - noise)
	status, err := p.tab.Text()
	p.do(err)
	if m := regexp.MustCompile(`([\d,.]+) system events? hidden`).FindStringSubmatch(status); m == nil || number(m[1]) != noise {
		t.Errorf("it does not say that %d system events are hidden: %v", noise, m)
	}
	p.click(by("button", "show"))
	p.waitShown(all)
	p.click(by("button", "hide"))
	p.waitShown(all - noise)
	// Who asks for system events gets them.
	p.fill(searchBox, "kind:system")
	p.waitShown(noise)
}

// TestNumbersAgree compares rows, counts, facets and histogram of some selections.
func TestNumbersAgree(t *testing.T) {
	t.Parallel()
	server := tenantServer(t)
	for _, q := range sameQueries() {
		for _, noise := range []string{"show", "hide"} {
			var s struct {
				Total  int `json:"total"`
				Facets []struct {
					Field   string `json:"field"`
					Missing int    `json:"missing"`
					Values  []struct {
						Count int `json:"count"`
					} `json:"values"`
				} `json:"facets"`
				Histogram struct {
					Buckets []struct {
						Count int `json:"count"`
					} `json:"buckets"`
				} `json:"histogram"`
			}
			params := url.Values{"q": {q}, "noise": {noise}}
			rows := len(events(t, server, params))
			params.Set("facets", "source,result,actor_kind,tenant")
			params.Set("values", "500")
			must(t, server, "GET", "/api/events/summary?"+params.Encode(), nil, &s)
			if s.Total != rows {
				t.Errorf("%s, noise %s: %d rows, but a count of %d", q, noise, rows, s.Total)
			}
			for _, f := range s.Facets {
				sum := f.Missing
				for _, v := range f.Values {
					sum += v.Count
				}
				if sum != s.Total {
					t.Errorf("%s, noise %s: the values of %s add up to %d of %d", q, noise, f.Field, sum, s.Total)
				}
			}
			sum := 0
			for _, b := range s.Histogram.Buckets {
				sum += b.Count
			}
			if sum != s.Total {
				t.Errorf("%s, noise %s: the bars add up to %d of %d", q, noise, sum, s.Total)
			}
		}
	}
}

// TestHistogram chooses a time by dragging, and goes back.
func TestHistogram(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/?range=7d&noise=show")
	before := p.waitCount()
	chart := like("slider", "Events over time")
	p.do(p.tab.Drag(chart, 0.5, 0.75))
	p.until("a start and an end in the address", func() bool {
		return strings.Contains(p.url(), "start=") && strings.Contains(p.url(), "end=")
	})
	u, err := url.Parse(p.url())
	p.do(err)
	n := total(t, p.server, "", "start", u.Query().Get("start"), "end", u.Query().Get("end"))
	p.waitShown(n)
	if n == 0 || n >= before {
		t.Errorf("%d of %d events are in the part that was dragged over", n, before)
	}
	p.do(p.tab.Back())
	p.until("the time before", func() bool { return strings.Contains(p.url(), "range=7d") })
	p.until("the count before", func() bool { _, of := p.shown(); return of == before })
	// The same by keyboard.
	p.click(searchBox)
	p.press("Escape")
	for range 40 {
		if f, err := p.tab.Find(chart); err == nil && f.States["focused"] == "true" {
			break
		}
		p.press("Shift+Tab")
	}
	p.press("End", "Shift+Left", "Shift+Left", "Enter")
	p.until("a start in the address", func() bool { return strings.Contains(p.url(), "start=") })
}

// TestTimes chooses times: back from now, typed, pasted in every form people have.
func TestTimes(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/?noise=show")
	trigger := func() browser.By {
		for _, part := range []string{"Last ", "All time", "Since ", "Until ", " – "} {
			if b := in(by("main", ""), like("button", part)); p.has(b) {
				return b
			}
		}
		t.Fatal("nothing says which time is shown")
		return browser.By{}
	}
	p.settle()
	p.click(trigger())
	p.click(by("button", "Last 7 days"))
	p.until("7 days in the address", func() bool { return strings.Contains(p.url(), "range=7d") })
	want := "2026-11-18T09:00:00Z"
	for _, pasted := range []string{
		"2026-11-18T10:00:00+01:00", "2026-11-18 10:00", "2026-11-18T09:00:00Z", "1794992400", "1794992400000",
		"Nov 18 2026 10:00:00", "2026-11-18 10:00:00 ERROR something failed", "[18/Nov/2026:10:00:00 +0100] GET /",
	} {
		p.click(trigger())
		p.do(p.tab.Fill(by("textbox", "From"), ""))
		p.do(p.tab.Paste(pasted))
		p.fill(by("textbox", "To"), "2026-11-18T12:00:00Z")
		if text := p.text(by("dialog", "Time")); strings.Contains(text, "Not a time") {
			t.Errorf("%q is not understood", pasted)
			p.open("/?noise=show")
			p.settle()
			continue
		}
		p.click(by("button", "Show this time"))
		if err := p.tab.Until("the pasted time in the address", func() (bool, error) {
			u, err := url.Parse(p.url())
			if err != nil {
				return false, err
			}
			start := u.Query().Get("start")
			return start == want || strings.HasPrefix(start, want[:19]), nil
		}); err != nil {
			t.Errorf("%q gives %s: %v", pasted, p.url(), err)
			p.press("Escape")
		}
		p.open("/?noise=show")
		p.settle()
	}
}

// TestValueHandles includes, excludes, adds and copies values from the table.
func TestValueHandles(t *testing.T) {
	t.Parallel()
	p := explore(t, "kind:person")
	p.settle()
	all := events(t, p.server, url.Values{"q": {"kind:person"}})
	first := all[0]
	actor := nth(in(grid, like("button", first.Actor)), 0)
	p.click(actor)
	p.click(by("menuitem", "Only this include"))
	p.until("the actor in the query", func() bool { return strings.Contains(p.q(), "actor:") })
	n := total(t, p.server, p.q())
	p.waitShown(n)
	if n == 0 || n >= len(all) {
		t.Errorf("%s finds %d of %d", p.q(), n, len(all))
	}
	p.click(actor)
	p.click(like("menuitem", "Not this"))
	p.waitShown(len(all) - n)
	result := in(grid, by("button", "success"))
	p.click(nth(result, 0))
	p.click(by("menuitem", "Copy"))
	p.waitText("Copied")
	if copied, err := p.tab.Copied(); err != nil || copied != "success" {
		t.Errorf("%q was copied: %v", copied, err)
	}
}

// TestEndlessTable scrolls far down: further rows come, and few are drawn at a time.
func TestEndlessTable(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	all := events(t, p.server, nil)
	if len(all) < 1000 {
		t.Fatalf("%d events are too few", len(all))
	}
	p.settle()
	seen := map[string]bool{}
	last := all[len(all)-1].Key
	p.until("the last event", func() bool {
		rows := p.rows()
		for _, k := range rows {
			seen[k] = true
		}
		if len(rows) > 150 {
			t.Errorf("%d rows are drawn at once", len(rows))
		}
		p.do(p.tab.Wheel(800, 600, 3000))
		return seen[last]
	})
	p.until("showing all", func() bool { n, of := p.shown(); return n == of && of == len(all) })
}

// TestColumns adds and removes columns; the address keeps them.
func TestColumns(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.settle()
	p.click(by("button", "Columns"))
	p.click(by("menuitem", "Operation"))
	p.wait(in(grid, by("columnheader", "Operation")))
	p.click(like("menuitem", "Targets"))
	p.waitGone(in(grid, by("columnheader", "Targets")))
	p.press("Escape")
	p.do(p.tab.Reload())
	p.wait(in(grid, by("columnheader", "Operation")))
	if p.has(in(grid, by("columnheader", "Targets"))) {
		t.Error("a reload brings the column back")
	}
}

// TestKeyboard goes through the explorer without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := explore(t, "")
	p.settle()
	p.press("/")
	p.typing("is:change")
	p.press("Enter")
	p.waitShown(total(t, p.server, "is:change"))
	p.press("Escape")
	rows := events(t, p.server, url.Values{"q": {"is:change"}, "page_size": {"10"}})
	p.press("j", "j", "k", "j", "Enter")
	p.until("the drawer of a row", func() bool {
		return strings.Contains(p.url(), "open="+rows[1].Key) || strings.Contains(p.url(), "open="+rows[2].Key)
	})
	p.wait(drawer)
	at := p.url()
	p.press("j")
	p.until("the next event", func() bool { return p.url() != at })
	p.press("Escape")
	p.waitGone(drawer)
	if strings.Contains(p.url(), "open=") {
		t.Error("the address still opens the event")
	}
}

// TestBack leaves the explorer and comes back: all is as it was.
func TestBack(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/?range=7d&noise=show&cols=time,actor,operation,ip&q="+url.QueryEscape("kind:person"))
	p.settle()
	p.do(p.tab.Wheel(800, 600, 2000))
	p.settle()
	rows := p.rows()
	middle := rows[len(rows)/2]
	if _, err := browser.Eval[bool](p.tab, `(document.querySelector('[data-key="`+middle+`"]').click(), true)`); err != nil {
		t.Fatal(err)
	}
	p.wait(drawer)
	p.settle()
	const place = `document.querySelector("[role=grid]").parentElement.scrollTop`
	at, err := browser.Eval[float64](p.tab, place)
	p.do(err)
	before := p.url()
	p.press("o")
	p.until("the event's own page", func() bool { return strings.HasPrefix(p.url(), "/events/") })
	p.settle()
	p.do(p.tab.Back())
	p.until("the address before", func() bool { return p.url() == before })
	p.wait(drawer)
	p.settle()
	var now float64
	if err := p.tab.Until("the place before", func() (bool, error) {
		now, err = browser.Eval[float64](p.tab, place)
		return now > at-40 && now < at+40, err
	}); err != nil {
		t.Errorf("scrolled to %.0f, before %.0f: %v", now, at, err)
	}
	if !p.has(in(grid, by("columnheader", "Operation"))) {
		t.Error("the columns are lost")
	}
	// The link alone gives the same view.
	other := openPage(t, p.server, before)
	other.wait(drawer)
	other.settle()
	other.waitShown(p.waitCount())
}

// TestSavedSearch saves a view, opens it in another window, and takes it away.
func TestSavedSearch(t *testing.T) {
	t.Parallel()
	p := openPage(t, tenantServer(t), "/?range=7d&noise=show&cols=time,actor,ip&q="+url.QueryEscape("result:failure"))
	p.settle()
	p.click(by("button", "Saved searches"))
	p.click(by("button", "Save this view"))
	p.fill(like("textbox", "name for this view"), "Failures & <b>errors</b>")
	p.press("Enter")
	p.waitText("Saved for everybody")
	other := openPage(t, p.server, "/")
	other.click(by("button", "Saved searches"))
	other.click(like("link", "Failures & <b>errors</b>"))
	other.until("the saved view", func() bool {
		u, err := url.Parse(other.url())
		return err == nil && u.Query().Get("range") == "7d" && u.Query().Get("cols") == "time,actor,ip" && u.Query().Get("q") == "result:failure"
	})
	other.click(by("button", "Saved searches"))
	other.click(like("button", "Delete Failures"))
	other.waitText("is deleted")
	other.waitGone(like("link", "Failures &"))
}
