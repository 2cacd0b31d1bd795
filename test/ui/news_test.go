package ui_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"aoc/internal/simulator/tenant"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// happens imports a new event of the last minute.
func happens(t *testing.T, server *demo.Server, n int) {
	t.Helper()
	importing(t, server, fmt.Sprintf("new-%d.jsonl", n), "", lines(audit{
		id: fmt.Sprintf("new-%d", n), operation: "Reset password", actor: "eve@contoso.example", target: fmt.Sprintf("victim%d", n),
		targetID: fmt.Sprintf("0e0e0e0e-1111-4222-8333-%012x", n), at: server.Clock.Now().Add(-time.Second), before: "", after: "x",
	}.record()))
}

// TestNewEvents says how many events have come, and shows them when asked; with Live on
// they show themselves.
func TestNewEvents(t *testing.T) {
	t.Parallel()
	server := team(t, 2)
	p := openPage(t, server, "/?range=24h")
	p.waitShown(4)
	p.settle()
	happens(t, server, 1)
	p.wait(by("button", "1 new ↑"))
	if strings.Contains(p.text(grid), "victim1") {
		t.Error("the new event pushes the others down without being asked for")
	}
	p.click(by("button", "1 new ↑"))
	p.waitShown(5)
	if !strings.Contains(p.text(grid), "victim1") {
		t.Error("the new event is not shown")
	}
	p.click(by("button", "Live"))
	p.settle()
	happens(t, server, 2)
	p.until("the event, by itself", func() bool { return strings.Contains(p.text(grid), "victim2") })
	// What does not match stays away.
	p.fill(searchBox, "actor:ada@contoso.example")
	p.waitShown(2)
	p.settle()
	happens(t, server, 3)
	happens(t, server, 4)
	if p.has(like("button", "new ↑")) {
		t.Error("events that do not match are announced")
	}
}

// TestOneStream lets the window in front have the stream, and no other.
func TestOneStream(t *testing.T) {
	t.Parallel()
	server := team(t, 1)
	p := openPage(t, server, "/?range=24h")
	p.waitShown(2)
	p.settle()
	streams := 0
	for _, asked := range p.tab.Asked() {
		if strings.Contains(asked, "/api/events/stream") {
			streams++
		}
	}
	if streams != 1 {
		t.Errorf("%d streams were opened for one question", streams)
	}
	if _, err := browser.Eval[bool](p.tab, `(Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true}), document.dispatchEvent(new Event("visibilitychange")))`); err != nil {
		t.Fatal(err)
	}
	happens(t, server, 1)
	time.Sleep(300 * time.Millisecond) // for nothing to come
	if p.has(like("button", "new ↑")) {
		t.Error("a hidden window still follows")
	}
	if _, err := browser.Eval[bool](p.tab, `(Object.defineProperty(document, "visibilityState", {value: "visible", configurable: true}), document.dispatchEvent(new Event("visibilitychange")))`); err != nil {
		t.Fatal(err)
	}
	p.wait(by("button", "1 new ↑")) // nothing is missed
}

// TestCollectNow collects from the simulated tenant and watches; the sources page tells
// how each source does and which hours are there.
func TestCollectNow(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{Tenant: &tenant.Config{Seed: 5, Users: 40, EventsPerDay: 60}, History: 24 * time.Hour})
	p := openPage(t, server, "/sources")
	p.waitText("Entra directory audits")
	p.settle()
	p.click(by("button", "Collect now"))
	p.wait(by("region", "Collection"))
	panel := by("region", "Collection")
	p.until("the end of the collection", func() bool { return strings.Contains(p.text(panel), "new") && p.has(in(panel, like("button", "Hide"))) })
	for _, want := range []string{"Now", "What is proved to be here", "Gaps and losses", "How late events arrive", "Unified audit: Exchange", "Intune"} {
		p.waitText(want)
	}
	// Hour by day, with the keyboard too.
	cell := in(like("grid", "Coverage"), like("gridcell", "2026-11-19"))
	if !p.has(cell) {
		cell = nth(in(like("grid", "Coverage"), by("gridcell", "")), 30)
	}
	p.click(cell)
	p.click(by("link", "Events of this hour"))
	p.until("the hour in the explorer", func() bool { return strings.Contains(p.url(), "start=") })
	u, err := url.Parse(p.url())
	p.do(err)
	p.waitShown(total(t, server, "", "start", u.Query().Get("start"), "end", u.Query().Get("end")))
}
