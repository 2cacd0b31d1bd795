package ui_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"aoc/internal/simulator"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
	"aoc/test/ui/hostile"
)

// keptRule is what the tests look at of a rule.
type keptRule struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Enabled    bool   `json:"enabled"`
	Severity   string `json:"severity"`
	Pack       string `json:"pack"`
	Exclusions []struct {
		Field string `json:"field"`
		Value string `json:"value"`
	} `json:"exclusions"`
	Conditions []struct {
		Or       bool   `json:"or"`
		Field    string `json:"field"`
		Operator string `json:"operator"`
		Value    any    `json:"value"`
	} `json:"conditions"`
}

func keptRules(t *testing.T, server *demo.Server) []keptRule {
	t.Helper()
	var all struct {
		Items []keptRule `json:"items"`
	}
	must(t, server, "GET", "/api/rules", nil, &all)
	return all.Items
}

// enabled counts the rules that are on.
func enabled(t *testing.T, server *demo.Server) (n int) {
	t.Helper()
	for _, r := range keptRules(t, server) {
		if r.Enabled {
			n++
		}
	}
	return n
}

// TestRuleList loads AOC's own rules, finds one, switches it on, and then all that can fire.
func TestRuleList(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{Settings: []string{"ALERTS_ENABLED=true"}})
	p := openPage(t, server, "/rules")
	p.click(by("button", "Load AOC’s starter pack"))
	p.wait(like("heading", "rules loaded"))
	all := keptRules(t, server)
	if len(all) < 20 || enabled(t, server) != 0 {
		t.Fatalf("%d rules, %d of them on", len(all), enabled(t, server))
	}
	p.wait(like("heading", fmt.Sprintf("%d rules loaded", len(all))))
	p.press("/")
	p.typing("controls the tenant")
	list := by("region", "Rules")
	p.until("one rule", func() bool { return len(value2(p.tab.FindAll(in(list, by("switch", ""))))) == 1 })
	p.click(in(list, by("switch", "Role granted that controls the tenant raises alerts")))
	p.until("the rule to be on", func() bool { return enabled(t, server) == 1 })
	p.open("/rules")
	p.click(like("button", "Switch on all"))
	p.click(by("button", "Switch on"))
	p.waitText("rules switched on")
	if n := enabled(t, server); n < len(all)-5 {
		t.Errorf("%d of %d rules are on", n, len(all))
	}
	p.open("/rules?state=on&level=critical")
	p.settle()
	if text := p.text(list); strings.Contains(text, "Role granted") || !strings.Contains(text, "critical") {
		t.Errorf("the list is not narrowed: %s", text)
	}
}

// TestRuleFiles loads files that somebody has chosen, and says which were none.
func TestRuleFiles(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{Settings: []string{"ALERTS_ENABLED=true"}})
	p := openPage(t, server, "/rules")
	p.click(by("button", "Load files"))
	dialog := by("dialog", "Load files of rules")
	p.wait(dialog)
	_, err := browser.Eval[bool](p.tab, `(() => {
		const files = new DataTransfer(), input = document.querySelector("input[type=file][multiple]");
		files.items.add(new File([`+quoted(sigmaRule)+`], "wipe.yml"));
		files.items.add(new File(["title: [\n"], "broken.yml"));
		files.items.add(new File(["not a rule"], "readme.md"));
		input.files = files.files;
		input.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`)
	p.do(err)
	p.fill(in(dialog, like("textbox", "called together")), "mine")
	p.click(in(dialog, by("button", "Load")))
	p.wait(by("heading", "1 rule loaded, 1 file not"))
	p.waitText("broken.yml")
	if r := keptRules(t, server); len(r) != 1 || r[0].Name != "Somebody was updated" || r[0].Pack != "mine" || r[0].Enabled {
		t.Errorf("%+v", r)
	}
	if text := p.text(by("region", "Rules")); !strings.Contains(text, "A. Author") || !strings.Contains(text, "DRL-1.1") {
		t.Errorf("the list does not name the author and licence: %s", text)
	}
}

const sigmaRule = `title: Somebody was updated
id: 7d1c2a3b-0000-4000-8000-0000000000bb
author: A. Author
license: DRL-1.1
logsource:
    product: aoc
detection:
    selection:
        aoc.operation: Update user
    condition: selection
level: low
tags:
    - attack.t1098
`

// quoted gives a text as JavaScript writes it.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// busy gives a program in which ada has updated users twelve times, and bo twice.
func busy(t *testing.T) *demo.Server {
	t.Helper()
	server := ownServer(t, demo.Options{Settings: []string{"ALERTS_ENABLED=true"}})
	var records [][]byte
	for i := range 14 {
		actor := "ada@contoso.example"
		if i%7 == 0 {
			actor = "bo@contoso.example"
		}
		records = append(records, audit{
			id: fmt.Sprintf("%08x-0000-4000-8000-00000000000c", i), operation: "Update user", actor: actor, target: fmt.Sprintf("user%d", i),
			targetID: fmt.Sprintf("00000000-0000-4000-8000-%012x", i), ip: fmt.Sprintf("192.0.2.%d", 10+i), at: server.Clock.Now().Add(-time.Duration(i*8+1) * time.Hour),
			before: "Analyst", after: "Lead analyst",
		}.record())
	}
	if n := importing(t, server, "busy.jsonl", "", lines(records...)); n != 14 {
		t.Fatalf("%d of 14 records were imported", n)
	}
	return server
}

// TestRuleBuilder writes a rule of conditions, tries it, takes up the proposed exclusion,
// and keeps it.
func TestRuleBuilder(t *testing.T) {
	t.Parallel()
	server := busy(t)
	p := openPage(t, server, "/rules/new")
	p.fill(by("textbox", "Name"), "Users are changed")
	p.fill(by("combobox", "Field"), "oper")
	p.wait(like("option", "operation"))
	p.press("Down", "Enter")
	p.fill(by("combobox", "Value"), "upd")
	p.wait(like("option", "Update user"))
	p.press("Down", "Enter")
	p.click(by("button", "Or …"))
	p.fill(nth(by("combobox", "Field"), 1), "ip")
	p.press("Enter")
	p.fill(nth(by("combobox", "Value"), 1), "198.51.100.1")
	p.press("Enter")
	try := by("region", "Try it")
	p.click(in(try, by("button", "Try")))
	p.wait(in(try, by("heading", "The newest that matched")))
	if text := p.text(try); !strings.Contains(text, "from 14 events") || !strings.Contains(text, "12 events of 14") {
		t.Errorf("the trial says: %s", text)
	}
	p.click(in(try, by("button", "Exclude it and try again")))
	p.until("two events left", func() bool { return strings.Contains(p.text(try), "from 2 events") })
	p.click(by("checkbox", "On: raises alerts"))
	p.click(by("button", "Create rule"))
	p.waitText("Rule saved")
	all := keptRules(t, server)
	if len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	r := all[0]
	if r.Name != "Users are changed" || !r.Enabled || r.Severity != "medium" || len(r.Conditions) != 2 || !r.Conditions[1].Or || r.Conditions[0].Value != "Update user" ||
		len(r.Exclusions) != 1 || r.Exclusions[0].Value != "ada@contoso.example" {
		t.Errorf("%+v", r)
	}
	p.until("its address", func() bool { return p.url() == "/rules/"+r.ID })
	p.wait(by("heading", "Run over the past"))
	p.click(by("button", "Delete"))
	p.click(in(by("dialog", "Delete this rule?"), by("button", "Delete")))
	p.waitText("Rule deleted")
	if n := len(keptRules(t, server)); n != 0 {
		t.Errorf("%d rules are left", n)
	}
}

// TestRuleTrialCancelled gives a trial up: the request ends, and the page can go on.
func TestRuleTrialCancelled(t *testing.T) {
	t.Parallel()
	server := busy(t)
	p := openPage(t, server, "/rules/new")
	p.fill(by("combobox", "Field"), "operation")
	p.press("Enter")
	p.fill(by("combobox", "Value"), "Update user")
	p.press("Enter")
	// A server that is slow: it answers when somebody gives up.
	_, err := browser.Eval[bool](p.tab, `(() => { const real = window.fetch; window.fetch = (url, init) => String(url).includes("/try") ? new Promise((_, no) => {
		init.signal.addEventListener("abort", () => { window.fetch = real; no(new DOMException("", "AbortError")) }) }) : real(url, init); return true })()`)
	p.do(err)
	try := by("region", "Try it")
	p.click(in(try, by("button", "Try")))
	p.click(in(try, by("button", "Cancel")))
	p.click(in(try, by("button", "Try")))
	p.wait(in(try, by("heading", "The newest that matched")))
}

// TestRuleSigma keeps a rule of text, names what is wrong with one, and where; and shows what
// somebody else has made of it meanwhile.
func TestRuleSigma(t *testing.T) {
	t.Parallel()
	server := busy(t)
	p := openPage(t, server, "/rules/new")
	p.allow(browser.KindResponse, "422 ")
	p.allow(browser.KindResponse, "409 ")
	p.click(by("button", "Sigma"))
	text := by("textbox", "Sigma rule")
	p.wait(text)
	p.setSigma(strings.Replace(sigmaRule, "condition: selection", "condition: nothing", 1))
	p.click(by("button", "Create rule"))
	alert := by("alert", "")
	p.wait(alert)
	if said := p.text(alert); !strings.Contains(said, "line 11") && !strings.Contains(said, "line 10") {
		t.Errorf("the fault has no line: %s", said)
	}
	p.click(like("button", "Go to line"))
	p.until("the cursor in the text", func() bool { return value2(p.tab.Focused(text)) })
	p.setSigma(sigmaRule)
	p.click(by("button", "Create rule"))
	p.waitText("Rule saved")
	p.wait(by("heading", "Somebody was updated"))
	r := keptRules(t, server)[0]
	p.wait(by("link", "T1098"))
	p.settle()
	// Somebody else is faster.
	var before map[string]any
	must(t, server, "GET", "/api/rules/"+r.ID, nil, &before)
	must(t, server, "PUT", "/api/rules/"+r.ID, map[string]any{"version": before["version"], "sigma": sigmaRule, "enabled": false, "severity": "critical"}, nil)
	p.click(by("checkbox", "On: raises alerts"))
	p.click(by("button", "Save"))
	p.waitText("Somebody was faster")
	p.click(by("button", "Load what is there now"))
	p.until("the severity", func() bool {
		f, err := p.tab.Find(by("combobox", "Severity"))
		return err == nil && strings.Contains(f.Value, "critical")
	})
}

// TestRuleRun lets a rule that is new raise alerts of the past, but for those that it has raised
// meanwhile, and has it run again: nothing is raised twice.
func TestRuleRun(t *testing.T) {
	t.Parallel()
	server := busy(t)
	var made keptRule
	must(t, server, "POST", "/api/rules", map[string]any{
		"name": "Users are changed", "enabled": true, "conditions": []map[string]any{{"field": "operation", "operator": "is", "value": "Update user"}},
	}, &made)
	p := openPage(t, server, "/rules/"+made.ID)
	run := by("region", "Run over the past")
	p.click(in(run, by("button", "Run over the past")))
	p.until("the end", func() bool { return strings.Contains(p.text(run), "Done") })
	var first, second struct {
		Items []struct {
			Past bool `json:"past"`
		} `json:"items"`
	}
	must(t, server, "GET", "/api/alerts?page_size=500&rule="+made.ID, nil, &first)
	past := 0
	for _, a := range first.Items {
		if a.Past {
			past++
		}
	}
	if n := len(first.Items); n == 0 || !strings.Contains(p.text(run), fmt.Sprintf(" %d alert", past)) || past < n && !strings.Contains(p.text(run), fmt.Sprintf(" %d known before", n-past)) {
		t.Errorf("%d alerts, %d of the past; it says: %s", n, past, p.text(run))
	}
	p.click(in(run, by("button", "Run over the past")))
	p.until("another run", func() bool {
		return strings.Contains(p.text(run), "Done") && strings.Contains(p.text(run), " 0 alerts")
	})
	must(t, server, "GET", "/api/alerts?page_size=500&rule="+made.ID, nil, &second)
	if len(second.Items) != len(first.Items) {
		t.Errorf("%d alerts, and %d after it ran again", len(first.Items), len(second.Items))
	}
}

// TestAlertHistory tells who has done what with an alert, where people sign in.
func TestAlertHistory(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/alerts", manager)
	p.wait(inbox)
	p.settle()
	p.press("End", "Enter")
	p.click(in(alertDrawer, by("button", "Snooze")))
	p.click(by("menuitem", "1 hour"))
	history := in(alertDrawer, by("region", "History"))
	p.until("what was done", func() bool {
		text := p.text(history)
		return strings.Contains(text, p.server.People.Manager.UPN) && strings.Contains(text, "snooze alert")
	})
}

// setSigma puts a text into the editor at once: the clipboard is that of all tests.
func (p *page) setSigma(text string) {
	p.Helper()
	_, err := browser.Eval[bool](p.tab, `(() => {
		const area = document.querySelector("textarea[aria-label='Sigma rule']");
		area.value = `+quoted(text)+`;
		return area.dispatchEvent(new Event("input", {bubbles: true}));
	})()`)
	p.do(err)
	p.settle()
}

// TestAlertRights lets readers look and analysts work, and neither change rules.
func TestAlertRights(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		who             func(simulator.People) simulator.Person
		works, excludes bool
	}{{"manager", manager, true, true}, {"analyst", analyst, true, false}, {"reader", reader, false, false}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := signedIn(t, "/alerts", tt.who)
			p.allow(browser.KindResponse, "403 ")
			p.allow(browser.KindResponse, "422 "+p.server.URL+"/api/rules")
			p.wait(inbox)
			p.settle()
			p.press("Enter")
			p.wait(in(alertDrawer, by("region", "Events")))
			p.settle()
			if got := p.has(in(alertDrawer, by("button", "Acknowledge"))); got != tt.works {
				t.Errorf("a button to acknowledge is there: %t", got)
			}
			if got := p.has(in(alertDrawer, by("button", "Never alert on this"))); got != tt.excludes {
				t.Errorf("a button to exclude is there: %t", got)
			}
			p.open("/rules")
			p.waitText("can fire")
			p.settle()
			for _, b := range []browser.By{by("link", "New rule"), by("button", "Load files"), by("switch", "")} {
				if got := p.has(b); got != tt.excludes {
					t.Errorf("%s is there: %t", b, got)
				}
			}
			if got := p.status("POST", "/api/rules", `{"name":"x","enabled":false,"conditions":[]}`); (got == 403) == tt.excludes {
				t.Errorf("the API answers %d", got)
			}
		})
	}
}

// TestHostileAlerts shows rules and alerts of which every text comes from an attacker.
func TestHostileAlerts(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{Settings: []string{"ALERTS_ENABLED=true"}})
	var ids []string
	for i, pl := range hostile.Payloads() {
		var made keptRule
		status := api(t, server, "POST", "/api/rules", map[string]any{
			"name": json.RawMessage(pl.Literal), "enabled": i < 6, "severity": "high", "pack": json.RawMessage(pl.Literal),
			"conditions": []map[string]any{{"field": "operation", "operator": "exists"}, {"field": "actor", "operator": "is", "not": true, "value": json.RawMessage(pl.Literal)}},
			"exclusions": []map[string]any{{"field": json.RawMessage(`"aoc.ip"`), "value": json.RawMessage(pl.Literal), "note": json.RawMessage(pl.Literal)}},
		}, &made)
		if status == 201 {
			ids = append(ids, made.ID)
		}
		if i == 0 && len(ids) == 0 {
			t.Fatalf("the first hostile rule is refused: %d", status)
		}
	}
	sigma, err := json.Marshal(map[string]any{
		"title": plain(hostile.Payloads()[0]), "author": "<img src=x onerror=__pwned=1>", "license": "<b>", "description": "<script>__pwned=1</script>",
		"references": []string{"javascript:__pwned=1", "https://contoso.example/\"onclick=__pwned=1"}, "tags": []string{"attack.t1098", "x.<img src=x onerror=__pwned=1>"},
		"logsource": map[string]string{"product": "aoc"}, "detection": map[string]any{"selection": map[string]string{"aoc.operation": "*"}, "condition": "selection"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var made keptRule
	must(t, server, "POST", "/api/rules", map[string]any{"sigma": string(sigma), "enabled": true}, &made)
	ids = append(ids, made.ID)
	// The rules judge what comes after they were taken up.
	records := hostile.Records(server.Clock.Now().Add(-time.Minute).Truncate(time.Second))
	var page alertPage
	for i := range 100 {
		importing(t, server, fmt.Sprintf("probe%d.jsonl", i), "", lines(audit{
			id: fmt.Sprintf("%08x-0000-4000-8000-00000000000d", i), operation: "Update user", actor: "ada@contoso.example", target: "x", at: server.Clock.Now(), before: "a", after: "b",
		}.record()))
		must(t, server, "GET", "/api/alerts", nil, &page)
		if len(page.Items) > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond) // until the rules are asked for again
	}
	importing(t, server, "hostile.jsonl", hostile.TenantID, hostile.Lines(records))
	settleAlerts(t, server, &page)
	for i, pl := range hostile.Payloads() {
		if i < len(page.Items) {
			a := page.Items[i]
			api(t, server, "PATCH", "/api/alerts/"+a.ID, map[string]any{"version": a.Version, "comment": json.RawMessage(pl.Literal), "assignee": json.RawMessage(pl.Literal), "state": "closed", "reason": json.RawMessage(pl.Literal)}, nil)
		}
	}
	p := openPage(t, server, "/alerts?show=all")
	p.allow(browser.KindResponse, "404 "+server.URL+"/api/")
	p.wait(inbox)
	p.settle()
	p.checkSound("the inbox")
	for i := range min(len(page.Items), 12) {
		p.open("/alerts?show=all&open=" + url.QueryEscape(page.Items[i].ID))
		p.wait(in(alertDrawer, by("region", "Events")))
		p.settle()
		p.checkSound("alert " + page.Items[i].ID)
	}
	p.click(nth(in(alertDrawer, by("button", "Never alert on this")), 0))
	p.wait(by("dialog", "Never alert on this?"))
	p.checkSound("the question")
	p.open("/rules")
	p.waitText("can fire")
	p.settle()
	p.checkSound("the rules")
	for _, id := range ids[max(0, len(ids)-6):] {
		p.open("/rules/" + url.PathEscape(id))
		p.wait(by("region", "About the rule"))
		p.click(in(by("region", "Try it"), by("button", "Try")))
		p.wait(by("heading", "The newest that matched"))
		p.settle()
		p.checkSound("rule " + id)
	}
	links, err := browser.Eval[[]string](p.tab, `[...document.links].map(a => a.protocol).filter(x => !/^https?:$/.test(x))`)
	if p.do(err); len(links) > 0 {
		t.Errorf("links that run something: %v", links)
	}
}

// TestAlertsAccessible lets axe-core look at the screens of alerts and rules.
func TestAlertsAccessible(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := alertingServer(t)
	var all alertPage
	settleAlerts(t, server, &all)
	rules := keptRules(t, server)
	for _, screen := range []struct {
		name, path string
		steps      map[string]func(p *page)
	}{
		{"inbox", "/alerts", map[string]func(p *page){
			"selected": func(p *page) { p.press("Space"); p.wait(by("group", "Selected alerts")) },
		}},
		{"alert", "/alerts?open=" + all.Items[0].ID, map[string]func(p *page){
			"close":   func(p *page) { p.click(in(alertDrawer, by("button", "Close"))) },
			"assign":  func(p *page) { p.click(in(alertDrawer, by("button", "Assign"))) },
			"snooze":  func(p *page) { p.click(in(alertDrawer, by("button", "Snooze"))) },
			"exclude": func(p *page) { p.click(nth(in(alertDrawer, by("button", "Never alert on this")), 0)) },
		}},
		{"no alerts", "/alerts?assignee=nobody-at-all", nil},
		{"rules", "/rules", map[string]func(p *page){
			"load": func(p *page) { p.click(by("button", "Load files")) },
		}},
		{"rule", "/rules/" + rules[0].ID, map[string]func(p *page){
			"tried":   func(p *page) { p.click(by("button", "Try")); p.waitText("read.") },
			"exclude": func(p *page) { p.click(by("button", "Exclude something")) },
		}},
		{"new rule", "/rules/new", map[string]func(p *page){
			"or": func(p *page) { p.click(by("button", "Or …")) },
		}},
		{"no such rule", "/rules/none", nil},
	} {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			for _, l := range looks() {
				p := openPage(t, server, screen.path, l.set...)
				p.allow(browser.KindResponse, "404 ")
				p.settle()
				p.checkAxe(script, l.name, l.rules...)
				p.checkSound(l.name)
				if strings.HasSuffix(l.name, "phone") {
					continue
				}
				for name, step := range screen.steps {
					p.open(screen.path)
					p.settle()
					step(p)
					p.settle()
					p.checkAxe(script, l.name+" "+name, l.rules...)
				}
			}
		})
	}
}
