package ui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// TestNotifiers sets up who is told of alerts, tries it, sees what is wrong, and deletes it.
func TestNotifiers(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	var tests atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			Test bool `json:"test"`
		}
		if json.NewDecoder(r.Body).Decode(&m) == nil && m.Test {
			tests.Add(1)
		}
	}))
	t.Cleanup(receiver.Close)
	server := ownServer(t, demo.Options{Tenant: &smallTenant, Alerts: true, Settings: append(onlyWhenAsked(), "AOC_OUTGOING_ALLOWED=127.0.0.0/8", "AOC_SECRET_SOC_KEY=open sesame")})
	p := openPage(t, server, "/notifiers")
	p.wait(by("heading", "Notifications"))
	p.checkAxe(script, "no notifiers")
	p.click(by("button", "Make the first one"))
	form := by("dialog", "New notifier")
	p.fill(in(form, by("textbox", "Name")), "On call")
	p.do(p.tab.UntilTrue(`(() => { const s = [...document.querySelectorAll("select")].find(s => [...s.options].some(o => o.value === "webhook")); s.value = "webhook"; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`))
	p.fill(in(form, like("textbox", "Address")), receiver.URL)
	p.click(in(form, by("button", "Send a test")))
	p.waitText("The receiver has taken a message")
	if tests.Load() != 1 {
		t.Errorf("%d tests arrived", tests.Load())
	}
	p.do(p.tab.UntilTrue(`(() => { const d = document.querySelector("details"); d.open = true; return true })()`))
	p.fill(in(form, by("textbox", "Title")), "{{.Nothing")
	p.allow(browser.KindResponse, "/api/notifiers")
	p.click(in(form, by("button", "Make notifier")))
	p.wait(in(form, by("alert", "")))
	p.fill(in(form, by("textbox", "Title")), "{{.Total}} alerts")
	p.checkAxe(script, "the form of a notifier")
	p.keep("notifier-form")
	p.click(in(form, by("button", "Make notifier")))
	p.waitGone(form)
	p.waitText("alerts from medium up, at most 30 messages an hour")
	p.waitText("Ready")
	p.checkAxe(script, "a notifier")
	p.keep("notifier")
	p.click(by("button", "Send a test"))
	p.until("another test", func() bool { return tests.Load() == 2 })
	receiver.Close()
	p.click(by("button", "Send a test"))
	p.waitText("The receiver cannot be reached")
	p.click(by("button", "Change On call"))
	form = by("dialog", "Change this notifier")
	p.fill(in(form, like("combobox", "Signing secret")), "SOC_KEY")
	p.click(in(form, by("button", "Save")))
	p.waitGone(form)
	p.click(by("button", "Delete On call"))
	p.click(in(by("dialog", "Delete this notifier?"), by("button", "Delete")))
	p.waitText("Nobody is told of alerts yet")
}
