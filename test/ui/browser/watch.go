package browser

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// Kind says what went wrong in a page.
type Kind string

// What can go wrong in a page.
const (
	KindConsole   Kind = "console error"
	KindException Kind = "uncaught exception"
	KindPolicy    Kind = "content security policy"
	KindForeign   Kind = "request to another origin"
	KindResponse  Kind = "refused request"
	KindDialog    Kind = "dialog"
	KindTrap      Kind = "injected code ran"
	KindCrash     Kind = "crash"
)

// Fault is something that went wrong in a page.
type Fault struct {
	Kind Kind
	Text string
}

func (f Fault) String() string { return string(f.Kind) + ": " + f.Text }

// watch records what happens in a tab.
type watch struct {
	origin       string
	answerDialog func()

	mu       sync.Mutex
	faults   []Fault
	requests map[network.RequestID]request // under way
	asked    []string
	last     time.Time // when a request began or ended
}

// request is one of a page.
type request struct {
	url  string
	page cdp.LoaderID
}

func newWatch(origin string) *watch {
	return &watch{origin: origin, requests: map[network.RequestID]request{}, last: time.Now()}
}

// hear takes every event of the tab, in order.
func (w *watch) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.fault(KindConsole, "%s", consoleText(e.Args))
		}
	case *runtime.EventExceptionThrown:
		w.fault(KindException, "%s", exceptionText(e.ExceptionDetails))
	case *runtime.EventBindingCalled:
		if e.Name == reportBinding {
			kind, text, _ := strings.Cut(e.Payload, "\n")
			w.fault(Kind(kind), "%s", text)
		}
	case *log.EventEntryAdded:
		// Refused requests are told with their address by the response itself.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.fault(KindConsole, "%s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		w.request(e)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			w.fault(KindResponse, "%d %s", e.Response.Status, e.Response.URL)
		}
		w.last = time.Now()
	case *network.EventLoadingFinished:
		w.ended(e.RequestID)
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			w.fault(KindResponse, "%s %s", e.ErrorText, w.requests[e.RequestID].url)
		}
		w.ended(e.RequestID)
	case *page.EventFrameNavigated:
		// The requests of the page before ended with it, which nobody tells.
		maps.DeleteFunc(w.requests, func(_ network.RequestID, r request) bool { return e.Frame.ParentID == "" && r.page != e.Frame.LoaderID })
	case *page.EventJavascriptDialogOpening:
		w.fault(KindDialog, "%s %q", e.Type, e.Message)
		w.answerDialog()
	case *inspector.EventTargetCrashed:
		w.fault(KindCrash, "the page crashed")
	}
}

func (w *watch) fault(kind Kind, format string, args ...any) {
	f := Fault{kind, fmt.Sprintf(format, args...)}
	if len(f.Text) > 2000 {
		f.Text = f.Text[:2000] + "…"
	}
	if !slices.Contains(w.faults, f) {
		w.faults = append(w.faults, f)
	}
}

func (w *watch) request(e *network.EventRequestWillBeSent) {
	url := e.Request.URL
	w.last = time.Now()
	if scheme, _, _ := strings.Cut(url, ":"); scheme == "data" || scheme == "blob" || scheme == "about" || scheme == "chrome-error" {
		return
	}
	if url != w.origin && !strings.HasPrefix(url, w.origin+"/") {
		w.fault(KindForeign, "%.300s", url)
	}
	w.asked = append(w.asked, e.Request.Method+" "+url)
	// A stream never ends, and the end of what the browser asks for by itself (the icon) is
	// not always told.
	if e.Type != network.ResourceTypeEventSource && e.Type != network.ResourceTypeOther {
		w.requests[e.RequestID] = request{url, e.LoaderID}
	}
}

func (w *watch) ended(id network.RequestID) {
	delete(w.requests, id)
	w.last = time.Now()
}

// quiet says whether no request has been under way for d.
func (w *watch) quiet(d time.Duration) (bool, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var open []string
	for _, r := range w.requests {
		open = append(open, r.url)
	}
	return len(open) == 0 && time.Since(w.last) >= d, open
}

// Faults gives what went wrong since the last call and forgets it.
func (t *Tab) Faults() []Fault {
	t.watch.mu.Lock()
	defer t.watch.mu.Unlock()
	faults := t.watch.faults
	t.watch.faults = nil
	return faults
}

// Asked gives the requests since the last call, as "GET http://…", and forgets them.
func (t *Tab) Asked() []string {
	t.watch.mu.Lock()
	defer t.watch.mu.Unlock()
	asked := t.watch.asked
	t.watch.asked = nil
	return asked
}

func consoleText(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		switch {
		case a.Description != "":
			parts = append(parts, a.Description)
		default:
			parts = append(parts, string(a.Value))
		}
	}
	return strings.Join(parts, " ")
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}
