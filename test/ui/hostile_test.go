package ui_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
	"aoc/test/ui/hostile"
)

// hostileOnce imports once what all hostile tests look at.
var hostileOnce sync.Once

// hostileServer gives a program that is full of hostile records and edits.
func hostileServer(t *testing.T) *demo.Server {
	t.Helper()
	chromium(t)
	server, err := theHouse.hostile()
	if err != nil {
		t.Fatal(err)
	}
	hostileOnce.Do(func() {
		records := hostile.Records(server.Clock.Now().Add(-time.Minute).Truncate(time.Second))
		name := `"><img src=x onerror=__pwned=1>'=cmd|' /C calc'!A0 ${1} ../../x\y.jsonl`
		if n := importing(t, server, name, hostile.TenantID, hostile.Lines(records)); n != int64(len(records)) {
			t.Errorf("%d of %d records were imported", n, len(records))
		}
		for i, e := range hostileEvents(t, server) {
			if p := hostile.Payloads(); i < len(p) {
				annotate(t, server, e.Key, json.RawMessage(p[i].Literal))
			}
		}
		for _, p := range hostile.Payloads() {
			text := json.RawMessage(p.Literal)
			api(t, server, "POST", "/api/saved-searches", map[string]any{"name": text, "view": text}, nil)
			api(t, server, "POST", "/api/saved-searches", map[string]any{"name": text, "view": "q=" + url.QueryEscape(plain(p))}, nil)
			api(t, server, "POST", "/api/change-windows", map[string]any{
				"title": text, "note": text, "ticket": text, "zone": "Europe/Berlin", "start": "2030-01-05T20:00", "end": "2030-01-05T23:00", "actors": []any{text},
			}, nil)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	return server
}

// annotate says something hostile about an event in every way there is. What the program
// does not take, such as a tag of nothing, it may refuse, but not fail at.
func annotate(t *testing.T, server *demo.Server, key string, text json.RawMessage) {
	t.Helper()
	path := "/api/events/" + key
	api(t, server, "PATCH", path+"/tags", map[string]any{"add": []any{text}}, nil)
	api(t, server, "POST", path+"/comments", map[string]any{"text": text}, nil)
	api(t, server, "PATCH", path+"/review", map[string]any{"state": "investigating", "note": text, "ticket": text}, nil)
}

// plain gives a payload as Go and the address of a page can hold it.
func plain(p hostile.Payload) (s string) {
	if err := json.Unmarshal([]byte(p.Literal), &s); err != nil {
		panic(err)
	}
	return s
}

func hostileEvents(t *testing.T, server *demo.Server) []event {
	t.Helper()
	return events(t, server, url.Values{"q": {hostile.Mark}})
}

// checkSound fails unless the page still holds together: nothing ran, nothing is covered
// or hidden by hostile styles, it does not scroll sideways, and it still answers.
func (p *page) checkSound(what string) {
	p.Helper()
	var bad []string
	for _, f := range p.tab.Faults() {
		if !p.expected(f) {
			bad = append(bad, f.String())
		}
	}
	state, err := browser.Eval[string](p.tab, `(async () => {
		const root = document.documentElement, wrong = [];
		if (root.scrollWidth > root.clientWidth + 1) {
			const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
			wrong.push("it scrolls sideways: " + root.scrollWidth + " of " + root.clientWidth + " px, by " + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(" | "));
		}
		if (getComputedStyle(document.body).display === "none") wrong.push("the page is hidden");
		if (document.querySelector("script:not([src]), iframe, object, embed, base, body style, meta[http-equiv=refresh]")) wrong.push("there is an element that only an attacker adds: " +
			document.querySelector("script:not([src]), iframe, object, embed, base, body style, meta[http-equiv=refresh]").outerHTML.slice(0, 200));
		for (const e of document.querySelectorAll("*")) for (const a of e.attributes) {
			if (/^on/i.test(a.name)) wrong.push("a handler in HTML: " + e.outerHTML.slice(0, 200));
			if (/^(href|src|action|formaction|xlink:href)$/i.test(a.name) && /^\s*(javascript|data|vbscript):/i.test(a.value) && !/^data:image\/(png|svg)/.test(a.value)) wrong.push("an address that runs: " + a.value.slice(0, 200));
		}
		if (({}).polluted !== undefined) wrong.push("Object.prototype is polluted");
		await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
		return wrong.join("\n");
	})()`)
	if err != nil {
		bad = append(bad, "it does not answer: "+err.Error())
	}
	if state != "" {
		bad = append(bad, state)
	}
	if len(bad) > 0 {
		p.Errorf("%s: %s", what, strings.Join(bad, "\n"))
		p.keep(strings.NewReplacer(" ", "-", "/", "-").Replace(what))
	}
}

// TestHostileExplorer goes down the table with the keyboard and opens every event.
func TestHostileExplorer(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	all := hostileEvents(t, server)
	p := openPage(t, server, "/?range=all&noise=show&cols=time,actor,summary,targets,result,service,tags,operation,ip,source&q="+hostile.Mark)
	p.waitShown(len(all))
	p.checkSound("the table")
	p.open("/?range=all&noise=show&q=" + hostile.Mark + "&open=" + all[0].Key)
	p.wait(drawer)
	step := 3
	if full() {
		step = 1
	}
	for i := 0; i < len(all); i += step {
		e := all[i]
		p.until("the drawer of the next event", func() bool { return strings.Contains(p.url(), "open="+e.Key) })
		p.settle()
		p.checkSound(fmt.Sprintf("the drawer of event %d, %.60q", i, e.Operation))
		if t.Failed() {
			return
		}
		for range step {
			p.press("j")
		}
	}
}

// full says to look at everything, however long that takes.
func full() bool { return os.Getenv("AOC_TEST_FULL") == "1" }

// TestHostileEventPages opens the page of an event for every payload, and the page of what
// it names.
func TestHostileEventPages(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	p := openPage(t, server, "/sources")
	for i, e := range hostileEvents(t, server) {
		// The drawer shows the same, so that a part of them will do.
		if e.Source != "directory" || i%12 != 0 && !full() {
			continue
		}
		p.open("/events/" + e.Key)
		p.settle()
		p.checkSound(fmt.Sprintf("the page of %.60q", e.Operation))
	}
}

// TestHostileEntities opens pages of entities that are called as attackers call theirs.
func TestHostileEntities(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	p := openPage(t, server, "/sources")
	p.allow(browser.KindResponse, "/api/entities/") // what is no id may be refused
	kinds := []string{"user", "app", "device", "group", "address", "object"}
	for i, payload := range hostile.Payloads() {
		id := plain(payload)
		if len(id) > 1000 || id == "" || i%2 == 1 && !full() {
			continue
		}
		p.open("/entities/" + kinds[i%len(kinds)] + "/" + url.PathEscape(id))
		p.settle()
		p.checkSound("the entity " + payload.Name)
	}
}

// TestHostileScreens opens the other screens, on a desktop and on a phone.
func TestHostileScreens(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	for name, size := range map[string]func(o *browser.TabOptions){"desktop": func(*browser.TabOptions) {}, "phone": phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openPage(t, server, "/review", size)
			for _, path := range []string{"/review", "/sources", "/?range=all&noise=show", "/?range=all&q=is:reviewed"} {
				p.open(path)
				p.settle()
				p.checkSound(path)
			}
		})
	}
}

// TestHostileAddresses opens addresses that others send.
func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	p := openPage(t, server, "/sources")
	p.allow(browser.KindResponse, "/api/events") // of what is no key, no column, no time
	for _, payload := range hostile.Payloads() {
		text := plain(payload)
		if len(text) > 2000 {
			continue
		}
		escaped := url.QueryEscape(text)
		p.open("/?q=" + escaped + "&cols=" + escaped + "&open=" + escaped + "&tz=" + escaped + "&noise=" + escaped +
			"&range=" + escaped + "&start=" + escaped + "&end=" + escaped)
		p.settle()
		p.checkSound("the address with " + payload.Name)
	}
}

// TestHostileExport reads what a spreadsheet would: no cell may be a formula.
func TestHostileExport(t *testing.T) {
	t.Parallel()
	server := hostileServer(t)
	want := len(hostileEvents(t, server))
	var raw []byte
	if status := api(t, server, "GET", "/api/events/export?format=csv&q="+hostile.Mark, nil, &raw); status != 200 {
		t.Fatalf("the export answers %d: %.300s", status, raw)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
	rows := -1 // the first names the columns
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		for i, cell := range row {
			// Spreadsheets look behind white space and line ends too.
			for line := range strings.Lines(cell) {
				if s := strings.TrimLeft(line, " \t\r\n\u00a0"); line == cell && s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0]) {
					t.Errorf("cell %d of row %d is a formula: %.80q", i, rows, cell)
				}
			}
			if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") {
				t.Errorf("cell %d of row %d begins with white space that spreadsheets drop: %.80q", i, rows, cell)
			}
		}
	}
	if rows != want {
		t.Errorf("%d rows for %d events", rows, want)
	}
}
