package ui_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestPhone searches, filters, reads and reviews on a phone in portrait.
func TestPhone(t *testing.T) {
	t.Parallel()
	server := team(t, 3)
	p := openPage(t, server, "/?range=all", phone)
	p.waitShown(6)
	p.click(searchBox)
	p.typing("ada@contoso.example")
	p.press("Enter")
	p.waitShown(3)
	p.checkSound("the explorer")
	p.click(like("button", "Filters"))
	p.click(facetValue("directory"))
	p.until("the facet in the query", func() bool { return strings.Contains(p.q(), "source:") })
	p.click(like("button", "Show 3 events"))
	e := events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})[0]
	p.click(nth(in(grid, like("row", "user0")), 0))
	p.wait(in(drawer, like("heading", e.Summary)))
	p.settle()
	p.checkSound("the event")
	p.click(in(drawer, by("button", "Expected")))
	p.until("the review", func() bool { return reviewed(t, server, "expected") == 1 })
	p.do(p.tab.Back())
	p.waitGone(drawer)
	p.open("/review")
	p.wait(by("treegrid", ""))
	p.settle()
	p.checkSound("the review queue")
	p.open("/sources")
	p.settle()
	p.checkSound("the sources")
}
