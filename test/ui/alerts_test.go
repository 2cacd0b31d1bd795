package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// alertPage is what the tests look at of a page of alerts.
type alertPage struct {
	Items []struct {
		ID          string `json:"id"`
		RuleID      string `json:"rule_id"`
		Title       string `json:"title"`
		Severity    string `json:"severity"`
		State       string `json:"state"`
		Reason      string `json:"reason"`
		Assignee    string `json:"assignee"`
		Summary     string `json:"summary"`
		Count       int64  `json:"count"`
		Version     int64  `json:"version"`
		First       string `json:"first"`
		RuleVersion int64  `json:"rule_version"`
		Group       []struct {
			Field string `json:"field"`
			Value string `json:"value"`
		} `json:"group"`
		Events []string `json:"events"`
	} `json:"items"`
	States map[string]int64 `json:"states"`
}

// alertingServer gives the program over a tenant whose stories have raised alerts by AOC's
// own rules.
func alertingServer(t *testing.T) *demo.Server {
	t.Helper()
	chromium(t)
	server, err := theHouse.alerting()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// settleAlerts waits until detection has judged what is in the log: the alerts stay the same.
func settleAlerts(t *testing.T, server *demo.Server, page *alertPage) {
	t.Helper()
	last, same := int64(-1), 0
	for deadline := time.Now().Add(3 * time.Minute); same < 25; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("detection does not come to rest")
		}
		*page = alertPage{}
		must(t, server, "GET", "/api/alerts?page_size=500", nil, page)
		var n int64
		for _, a := range page.Items {
			n += a.Count
		}
		if n != last {
			last, same = n, 0
		}
		same++
	}
}

// watch gives a program that raises an alert for each person who updates a user, and the
// rule's id.
func watch(t *testing.T) (*watched, string) {
	t.Helper()
	w := &watched{T: t, server: ownServer(t, demo.Options{Settings: []string{"ALERTS_ENABLED=true"}})}
	var rule struct {
		ID string `json:"id"`
	}
	must(t, w.server, "POST", "/api/rules", map[string]any{
		"name": "A user was changed", "enabled": true, "severity": "high",
		"conditions": []map[string]any{{"field": "operation", "operator": "is", "value": "Update user"}},
	}, &rule)
	w.await(1)
	return w, rule.ID
}

// watched is a program whose alerts come of records that a test makes.
type watched struct {
	*testing.T
	server *demo.Server
	made   int
}

// update has somebody update a user now.
func (w *watched) update(actor string) {
	w.Helper()
	w.made++
	record := audit{
		id: fmt.Sprintf("%08x-0000-4000-8000-00000000000a", w.made), operation: "Update user", actor: actor, target: "user1", targetID: "00000000-0000-4000-8000-000000000001",
		ip: "192.0.2.10", at: w.server.Clock.Now(), before: "Analyst", after: "Lead analyst",
	}
	if n := importing(w.T, w.server, fmt.Sprintf("%d.jsonl", w.made), "", lines(record.record())); n != 1 {
		w.Fatalf("%d records were imported", n)
	}
}

// await lets people nobody cares about update users until detection goes by a version of
// the rule.
func (w *watched) await(version int64) {
	w.Helper()
	for i := range 100 {
		w.update(fmt.Sprintf("probe%d-%d@contoso.example", version, i))
		var page alertPage
		must(w.T, w.server, "GET", "/api/alerts?page_size=500", nil, &page)
		for _, a := range page.Items {
			if a.RuleVersion == version {
				return
			}
		}
		time.Sleep(100 * time.Millisecond) // until the rules are asked for again
	}
	w.Fatalf("detection does not take up version %d of the rule", version)
}

// alerts gives the alerts of a person.
func (w *watched) alerts(actor string) (all alertPage) {
	w.Helper()
	var page alertPage
	must(w.T, w.server, "GET", "/api/alerts?page_size=500", nil, &page)
	for _, a := range page.Items {
		if strings.Contains(a.Summary, actor) {
			all.Items = append(all.Items, a)
		}
	}
	return all
}

// raise has somebody update a user and waits for the alert.
func (w *watched) raise(actor string) {
	w.Helper()
	w.update(actor)
	for deadline := time.Now().Add(20 * time.Second); len(w.alerts(actor).Items) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("no alert of %s", actor)
		}
	}
}

var inbox = by("grid", "Alerts")

// alertDrawer is the alert beside the inbox.
var alertDrawer = by("complementary", "Alert")

// TestAlertInbox shows what the stories of a tenant have raised, each once, and leads to
// their events.
func TestAlertInbox(t *testing.T) {
	t.Parallel()
	server := alertingServer(t)
	var all alertPage
	settleAlerts(t, server, &all)
	if len(all.Items) < 4 {
		t.Fatalf("the stories have raised %d alerts", len(all.Items))
	}
	seen := map[string]bool{}
	for _, a := range all.Items {
		what := fmt.Sprint(a.Title, a.Group, a.First[:10])
		if seen[what] {
			t.Errorf("raised twice: %s", what)
		}
		seen[what] = true
	}
	p := openPage(t, server, "/alerts")
	p.wait(inbox)
	p.settle()
	if n := len(value2(p.tab.FindAll(in(inbox, by("row", ""))))); n != len(all.Items) {
		t.Errorf("%d rows of %d alerts", n, len(all.Items))
	}
	p.wait(in(by("navigation", "Pages"), like("link", fmt.Sprintf("%d open", all.States["open"]))))
	if text := p.text(inbox); strings.Contains(text, all.Items[0].Group[0].Value) {
		t.Error("the rows name the tenant by its id")
	}
	p.press("j", "Enter")
	p.wait(in(alertDrawer, by("heading", all.Items[1].Title)))
	p.press("k")
	p.wait(in(alertDrawer, by("heading", all.Items[0].Title)))
	p.settle()
	p.click(in(alertDrawer, by("link", "All events in the explorer")))
	p.waitShown(len(all.Items[0].Events))
	p.do(p.tab.Back())
	p.wait(in(alertDrawer, by("heading", all.Items[0].Title)))
	p.press("Escape")
	p.waitGone(alertDrawer)
	critical := 0
	for _, a := range all.Items {
		if a.Severity == "critical" {
			critical++
		}
	}
	p.click(in(by("group", "Severity"), like("button", "critical")))
	p.until("the critical ones", func() bool { return len(value2(p.tab.FindAll(in(inbox, by("row", ""))))) == critical })
}

// TestAlertWork acknowledges, comments, assigns, snoozes and closes alerts, most of it by
// keyboard; new ones come without a reload.
func TestAlertWork(t *testing.T) {
	t.Parallel()
	w, _ := watch(t)
	w.raise("ada@contoso.example")
	p := openPage(t, w.server, "/alerts")
	first := in(inbox, like("row", "ada@contoso.example"))
	p.wait(first)
	w.raise("bo@contoso.example")
	p.wait(in(inbox, like("row", "bo@contoso.example"))) // by itself
	p.click(first)
	p.wait(in(alertDrawer, by("heading", "A user was changed")))
	p.settle()
	p.press("a")
	p.until("the acknowledgement", func() bool { return w.alerts("ada@").Items[0].State == "acknowledged" })
	p.click(by("button", "Undo"))
	p.until("the undone acknowledgement", func() bool { return w.alerts("ada@").Items[0].State == "open" })
	p.settle()
	p.press("c")
	p.until("the cursor in the comment", func() bool { return value2(p.tab.Focused(in(alertDrawer, by("textbox", "Comment")))) })
	p.typing("Asked her")
	p.press("Control+Enter")
	p.wait(in(in(alertDrawer, by("region", "Comments")), like("StaticText", "Asked her")))
	p.click(in(alertDrawer, by("button", "Assign")))
	p.click(by("button", "Me (anonymous)"))
	p.until("the assignee", func() bool { return w.alerts("ada@").Items[0].Assignee == "anonymous" })
	// Closing needs a reason.
	p.settle()
	p.press("Escape")
	p.click(first)
	p.settle()
	p.press("x")
	dialog := by("dialog", "Close this alert")
	p.wait(dialog)
	if f := value2(p.tab.Find(in(dialog, by("button", "Close alert")))); f.States["disabled"] != "true" {
		t.Error("an alert can be closed without a reason")
	}
	p.click(in(dialog, like("radio", "Expected change")))
	p.fill(in(dialog, like("textbox", "More about it")), "CHG-7")
	p.press("Enter")
	p.until("the end", func() bool {
		a := w.alerts("ada@").Items[0]
		return a.State == "closed" && a.Reason == "expected change: CHG-7"
	})
	p.press("Escape")
	p.waitGone(first)
	// Put aside, and looked for again.
	second := in(inbox, like("row", "bo@contoso.example"))
	p.click(second)
	p.click(in(alertDrawer, by("button", "Snooze")))
	p.click(by("menuitem", "1 day"))
	p.press("Escape")
	p.waitGone(second)
	p.click(by("button", "show 1 snoozed"))
	p.wait(second)
	p.wait(in(second, like("StaticText", "until")))
}

// TestAlertsAtOnce acknowledges several.
func TestAlertsAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := watch(t)
	w.raise("ada@contoso.example")
	w.raise("bo@contoso.example")
	p := openPage(t, w.server, "/alerts")
	p.click(in(in(inbox, like("row", "ada@contoso.example")), by("checkbox", "")))
	p.click(in(in(inbox, like("row", "bo@contoso.example")), by("checkbox", "")))
	p.click(in(by("group", "Selected alerts"), by("button", "Acknowledge")))
	p.waitText("2 alerts acknowledged")
	for _, actor := range []string{"ada@", "bo@"} {
		if a := w.alerts(actor).Items[0]; a.State != "acknowledged" {
			t.Errorf("%s is %s", actor, a.State)
		}
	}
}

// TestAlertNext goes on to the next alert when one was closed.
func TestAlertNext(t *testing.T) {
	t.Parallel()
	w, _ := watch(t)
	for _, actor := range []string{"cy@contoso.example", "bo@contoso.example", "ada@contoso.example"} {
		w.raise(actor)
	}
	p := openPage(t, w.server, "/alerts")
	p.click(in(inbox, like("row", "ada@contoso.example"))) // the newest
	p.wait(in(alertDrawer, like("button", "ada@contoso.example")))
	p.settle()
	p.press("x")
	p.click(like("radio", "False positive"))
	p.press("Enter")
	p.waitGone(in(inbox, like("row", "ada@contoso.example")))
	p.settle()
	p.press("j")
	p.wait(in(alertDrawer, like("button", "bo@contoso.example")))
	p.settle()
	p.press("j")
	p.wait(in(alertDrawer, like("button", "cy@contoso.example")))
}

// TestAlertPages fetches older alerts when somebody asks for them.
func TestAlertPages(t *testing.T) {
	t.Parallel()
	w, _ := watch(t)
	const n = 60
	var records [][]byte
	for i := range n {
		records = append(records, audit{
			id: fmt.Sprintf("%08x-0000-4000-8000-00000000000e", i), operation: "Update user", actor: fmt.Sprintf("person%02d@contoso.example", i), target: "user1",
			targetID: "00000000-0000-4000-8000-000000000001", ip: "192.0.2.10", at: w.server.Clock.Now(), before: "a", after: "b",
		}.record())
	}
	importing(t, w.server, "many.jsonl", "", lines(records...))
	var all alertPage
	settleAlerts(t, w.server, &all)
	p := openPage(t, w.server, "/alerts")
	rows := func() int { return len(value2(p.tab.FindAll(in(inbox, by("row", ""))))) }
	p.until("a page", func() bool { return rows() == 50 })
	p.click(by("button", "Show older alerts"))
	p.until("all of them", func() bool { return rows() == len(all.Items) })
	// What comes later does not take away what was fetched.
	w.raise("newest@contoso.example")
	p.until("one more", func() bool { return rows() == len(all.Items)+1 })
	p.waitGone(by("button", "Show older alerts"))
}

// TestAlertConflict shows what somebody else has made of an alert meanwhile.
func TestAlertConflict(t *testing.T) {
	t.Parallel()
	w, _ := watch(t)
	w.raise("ada@contoso.example")
	a := w.alerts("ada@").Items[0]
	p := openPage(t, w.server, "/alerts?open="+a.ID)
	p.allow(browser.KindResponse, "409 ")
	p.wait(in(alertDrawer, by("button", "Acknowledge")))
	p.settle()
	p.click(in(alertDrawer, by("button", "Close")))
	p.click(like("radio", "Test"))
	// The page looks every few seconds, and must not have seen this when it sends its own.
	_, err := browser.Eval[bool](p.tab, `(() => { const real = window.fetch; window.fetch = (url, init) => init?.method === "GET" ? real("/api/config/features", init) : real(url, init); window.unmend = () => { window.fetch = real }; return true })()`)
	p.do(err)
	must(t, w.server, "PATCH", "/api/alerts/"+a.ID, map[string]any{"version": a.Version, "assignee": "somebody"}, nil)
	p.click(by("button", "Close alert"))
	p.waitText("Somebody changed it in the meantime")
	_, err = browser.Eval[bool](p.tab, `(window.unmend(), true)`)
	p.do(err)
	p.wait(in(alertDrawer, by("button", "somebody"))) // whose it is now
	if got := w.alerts("ada@").Items[0].State; got != "open" {
		t.Errorf("it is %s", got)
	}
}

// TestExclude leaves a person out of a rule in two clicks; the rule raises no further alert
// of theirs, and others as before.
func TestExclude(t *testing.T) {
	t.Parallel()
	w, rule := watch(t)
	w.raise("ada@contoso.example")
	p := openPage(t, w.server, "/alerts?open="+w.alerts("ada@").Items[0].ID)
	p.wait(in(alertDrawer, by("button", "Never alert on this")))
	p.settle()
	p.click(in(alertDrawer, by("button", "Never alert on this")))
	dialog := by("dialog", "Never alert on this?")
	p.wait(dialog)
	if text := p.text(dialog); !strings.Contains(text, "A user was changed") || !strings.Contains(text, "Who") || !strings.Contains(text, "ada@contoso.example") {
		t.Errorf("the question does not name the rule, field and value: %s", text)
	}
	p.click(in(dialog, by("button", "Exclude")))
	p.waitGone(dialog)
	p.until("the alert to be closed", func() bool {
		a := w.alerts("ada@").Items[0]
		return a.State == "closed" && a.Reason == "excluded"
	})
	var kept struct {
		Version    int64 `json:"version"`
		Exclusions []struct {
			Field string `json:"field"`
			Value string `json:"value"`
			By    string `json:"by"`
		} `json:"exclusions"`
	}
	must(t, w.server, "GET", "/api/rules/"+rule, nil, &kept)
	if len(kept.Exclusions) != 1 || kept.Exclusions[0].Field != "aoc.entity" || kept.Exclusions[0].Value != "ada@contoso.example" || kept.Exclusions[0].By != "anonymous" {
		t.Fatalf("%+v", kept)
	}
	w.await(kept.Version)
	w.update("ada@contoso.example")
	w.raise("cy@contoso.example")
	if n := len(w.alerts("ada@").Items); n != 1 {
		t.Errorf("%d alerts of somebody who is excluded", n)
	}
}

// TestExcludeOfCorrelation leaves out somebody by whom a correlation groups under a name of
// its own: the exclusion is of a field that all records have, and the rule can still fire.
func TestExcludeOfCorrelation(t *testing.T) {
	t.Parallel()
	server := alertingServer(t)
	var all alertPage
	settleAlerts(t, server, &all)
	for _, a := range all.Items {
		if a.Group[0].Field != "person" {
			continue
		}
		p := openPage(t, server, "/alerts?open="+a.ID)
		p.wait(in(alertDrawer, by("region", "Events")))
		p.settle()
		p.click(nth(in(alertDrawer, by("button", "Never alert on this")), 0))
		dialog := by("dialog", "Never alert on this?")
		p.click(in(dialog, like("checkbox", "Close this alert too"))) // others look at it, too
		p.click(in(dialog, by("button", "Exclude")))
		p.waitGone(dialog)
		var kept struct {
			Exclusions []struct{ Field, Value string } `json:"exclusions"`
			Report     struct{ State string }          `json:"report"`
		}
		must(t, server, "GET", "/api/rules/"+a.RuleID, nil, &kept)
		if kept.Report.State != "can_fire" || len(kept.Exclusions) != 1 || kept.Exclusions[0].Field != "aoc.actor" || kept.Exclusions[0].Value != a.Group[0].Value {
			t.Errorf("%+v", kept)
		}
		p.click(by("button", "Take back"))
		p.waitText("The exclusion is taken back")
		return
	}
	t.Fatal("no alert of a correlation that groups by a name of its own")
}

// TestExcludeByMenu leaves out a value of an event, from the menu that every value has.
func TestExcludeByMenu(t *testing.T) {
	t.Parallel()
	w, rule := watch(t)
	w.raise("ada@contoso.example")
	p := openPage(t, w.server, "/alerts?open="+w.alerts("ada@").Items[0].ID)
	p.click(in(in(alertDrawer, by("region", "Events")), by("button", "192.0.2.10")))
	p.click(like("menuitem", "Never alert on this"))
	dialog := by("dialog", "Never alert on this?")
	p.click(in(dialog, by("button", "Exclude")))
	p.waitGone(dialog)
	type rules struct {
		Exclusions []struct{ Field, Value string } `json:"exclusions"`
	}
	var kept, left rules
	must(t, w.server, "GET", "/api/rules/"+rule, nil, &kept)
	if len(kept.Exclusions) != 1 || kept.Exclusions[0].Field != "aoc.ip" || kept.Exclusions[0].Value != "192.0.2.10" {
		t.Errorf("%+v", kept)
	}
	p.click(by("button", "Take back"))
	p.waitText("The exclusion is taken back")
	must(t, w.server, "GET", "/api/rules/"+rule, nil, &left)
	if len(left.Exclusions) != 0 {
		t.Errorf("it is still excluded: %+v", left)
	}
}
