package browser_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"aoc/test/ui/browser"
)

// page is what the driver is tried on. The policy is the one that the program sends.
const page = `<!doctype html><html lang="en"><title>Trial</title><body>
<h1>Trial</h1>
<button id="b" aria-label="Copy the value">c</button><button disabled>Send</button>
<label>Name <input id="i"></label>
<section aria-label="Left"><button>Same</button></section>
<section aria-label="Right"><button>Same</button></section>
<output id="said"></output>
<div id="drop">drop here</div>
<script src="/app.js"></script>`

const script = `
const said = text => document.getElementById("said").textContent = text;
document.getElementById("b").onclick = () => said("copied");
document.querySelector("[aria-label=Right] button").onclick = () => said("right one");
document.getElementById("i").onkeydown = e => { if (e.key === "Enter") said("hello " + e.target.value); };
addEventListener("dragover", e => e.preventDefault());
addEventListener("drop", async e => { e.preventDefault(); said("dropped " + await e.dataTransfer.files[0].text()); });
`

func serve(t *testing.T, scripts map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src *; img-src *; style-src 'self'")
		switch {
		case r.URL.Path == "/":
			fmt.Fprint(w, page)
		case scripts[r.URL.Path] != "":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, scripts[r.URL.Path])
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func start(t *testing.T) *browser.Browser {
	t.Helper()
	path, err := browser.Path()
	if errors.Is(err, browser.ErrNone) && os.Getenv("AOC_REQUIRE_BROWSER") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := browser.Start(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func open(t *testing.T, b *browser.Browser, origin string) *browser.Tab {
	t.Helper()
	tab, err := b.NewTab(browser.TabOptions{Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Open("/"); err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestPersonWorks(t *testing.T) {
	tab := open(t, start(t), serve(t, map[string]string{"/app.js": script}))
	file := t.TempDir() + "/note.txt"
	if err := os.WriteFile(file, []byte("a note"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		do   func() error
		says string
	}{
		{"clicks by name", func() error { return tab.Click(browser.By{Role: "button", Name: "copy the VALUE"}) }, "copied"},
		{"clicks within", func() error {
			return tab.Click(browser.By{Role: "button", Name: "Same", Within: &browser.By{Role: "region", Name: "Right"}})
		}, "right one"},
		{"types", func() error {
			return errors.Join(tab.Fill(browser.By{Role: "textbox", Name: "Name"}, "Zoë <b>"), tab.Press("Enter"))
		}, "hello Zoë <b>"},
		{"replaces what is there", func() error {
			return errors.Join(tab.Fill(browser.By{Role: "textbox", Name: "Name"}, "Ada"), tab.Press("Enter"))
		}, "hello Ada"},
		{"pastes", func() error {
			return errors.Join(tab.Press("Control+a"), tab.Paste("from the clipboard"), tab.Press("Enter"))
		}, "hello from the clipboard"},
		{"drops a file", func() error { return tab.Drop(file) }, "dropped a note"},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if err := tab.WaitText(step.says); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	if faults := tab.Faults(); len(faults) > 0 {
		t.Errorf("an innocent page has faults: %v", faults)
	}
}

// TestFaultsAreSeen provokes everything that the tests of the screens rely on being told.
func TestFaultsAreSeen(t *testing.T) {
	bad := map[string]string{"/app.js": `
		const element = document.createElement("div");
		element.innerHTML = '<img src="/no-such-image" onerror="__pwned=1"><p style="color:red">x</p>';
		document.body.append(element);
		const inline = document.createElement("script");
		inline.textContent = "__pwned = 2";
		document.body.append(inline);
		try { eval("__pwned = 3") } catch {}
		__pwned = "direct";
		alert("hello");
		console.error("something broke");
		fetch("http://127.0.0.1:1/elsewhere").catch(() => {});
		setTimeout(() => { throw new Error("nobody catches this") });
	`}
	tab := open(t, start(t), serve(t, bad))
	seen := map[browser.Kind]string{}
	if err := tab.Until("all faults", func() (bool, error) {
		for _, f := range tab.Faults() {
			seen[f.Kind] += f.Text + "\n"
		}
		return len(seen) >= 6 && strings.Contains(seen[browser.KindResponse], "no-such-image"), nil
	}); err != nil {
		t.Error(err)
	}
	for kind, text := range map[browser.Kind]string{
		browser.KindTrap: "__pwned = direct", browser.KindPolicy: "script-src", browser.KindConsole: "something broke",
		browser.KindException: "nobody catches this", browser.KindForeign: "http://127.0.0.1:1/elsewhere", browser.KindResponse: "404",
	} {
		if !strings.Contains(seen[kind], text) {
			t.Errorf("%s: no %q in %q", kind, text, seen[kind])
		}
	}
	if strings.Contains(seen[browser.KindTrap], "__pwned = 1") {
		t.Error("the policy did not hold back a handler in HTML: the trial proves nothing")
	}
}
