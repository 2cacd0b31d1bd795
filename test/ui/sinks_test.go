package ui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// receiver takes events, but for those that it is told to refuse.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    map[string]int
	tests  int
	refuse string // an operation
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var e struct {
			Key       string `json:"key"`
			Operation string `json:"operation"`
		}
		if err := json.NewDecoder(req.Body).Decode(&e); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e.Operation {
		case r.refuse:
			w.WriteHeader(http.StatusUnprocessableEntity)
		case "Test sink":
			r.tests++
		default:
			r.got[e.Key]++
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) has() (events, tests int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got), r.tests
}

func (r *receiver) refuses(operation string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = operation
}

// TestSinks sets a receiver up, sends it all there is, sees what it refuses, has that sent
// again, sees that it is away and comes back, and deletes the sink.
func TestSinks(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	r := newReceiver(t)
	const refused = "Add member to group"
	r.refuses(refused)
	server := ownServer(t, demo.Options{Tenant: &smallTenant, Settings: append(onlyWhenAsked(), "AOC_OUTGOING_ALLOWED=127.0.0.0/8")})
	p := openPage(t, server, "/")
	p.click(like("button", "Settings"))
	p.click(by("link", "SIEM export"))
	p.wait(by("heading", "SIEM export"))
	p.checkAxe(script, "no sinks")
	p.click(by("button", "Make the first one"))
	form := by("dialog", "New sink")
	p.fill(in(form, by("textbox", "Name")), "SOC")
	p.do(p.tab.UntilTrue(`(() => { const s = [...document.querySelectorAll("select")].find(s => [...s.options].some(o => o.value === "single")); s.value = "single"; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`))
	p.fill(in(form, like("textbox", "Address")), "https://169.254.169.254/latest")
	p.allow(browser.KindResponse, "/api/sinks/test")
	p.click(in(form, by("button", "Send a test")))
	p.wait(in(form, by("alert", "")))
	p.fill(in(form, like("textbox", "Address")), r.URL)
	p.click(in(form, by("button", "Send a test")))
	p.waitText("The receiver has taken an event")
	if _, tests := r.has(); tests != 1 {
		t.Errorf("%d tests arrived", tests)
	}
	p.click(in(form, like("checkbox", "Of the time before")))
	p.click(in(form, like("radio", "With everything that is stored")))
	p.checkAxe(script, "the form of a sink")
	p.keep("sink-form")
	p.click(in(form, by("button", "Make sink")))
	p.waitGone(form)
	p.waitText("up to date")
	p.checkAxe(script, "a sink")
	p.keep("sink")

	letters := like("button", "to look at")
	p.wait(letters)
	before, _ := r.has()
	p.click(letters)
	dialog := by("dialog", "What the receiver refused")
	p.wait(in(dialog, like("button", "Send all again")))
	p.waitText("status 422")
	p.checkAxe(script, "dead letters")
	p.keep("sink-letters")
	r.refuses("")
	p.click(in(dialog, like("button", "Send all again")))
	p.until("all to arrive", func() bool { now, _ := r.has(); return now > before })
	p.press("Escape")
	p.waitGone(dialog)
	p.until("nothing to be refused any more", func() bool { return !p.has(letters) })

	p.click(by("button", "Change SOC"))
	form = by("dialog", "Change this sink")
	p.fill(in(form, like("textbox", "Address")), "http://127.0.0.1:9")
	p.click(in(form, like("radio", "From the beginning again")))
	p.click(in(form, by("button", "Save")))
	p.waitGone(form)
	p.wait(by("button", "Try again now"))
	p.waitText("Receiver takes nothing")
	p.waitText("Nothing is lost")
	p.keep("sink-away")
	p.checkAxe(script, "a receiver that is away")
	p.click(by("button", "Try again now"))

	p.click(by("button", "Delete SOC"))
	p.click(in(by("dialog", "Delete this sink?"), by("button", "Delete")))
	p.waitText("Events are sent nowhere yet")
}
