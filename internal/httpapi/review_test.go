package httpapi

import (
	"net/url"
	"strings"
	"testing"

	"aoc"
)

// q asks for the events a query finds.
func (b *bench) q(t *testing.T, query string) string {
	t.Helper()
	return ids(b.get(t, "/api/events?q="+url.QueryEscape(query), 200))
}

func TestQueue(t *testing.T) {
	b := newBench(t)
	queue := b.get(t, "/api/review/queue", 200)
	if queue["total"] != 5.0 || queue["complete"] != true {
		t.Errorf("queue %v", queue)
	}
	groups := queue["groups"].([]any)
	top := groups[0].(object)
	if len(groups) != 4 || top["actor"] != "Bob" || top["operation"] != "Update user" || top["count"] != 2.0 ||
		top["first"] != "2026-03-02T11:20:00Z" || top["last"] != "2026-03-02T11:30:00Z" {
		t.Errorf("groups %v", groups)
	}
	// Each group's query finds just its events.
	for _, g := range groups {
		page := b.get(t, "/api/events?q="+url.QueryEscape(g.(object)["q"].(string)), 200)
		if n := len(page["items"].([]any)); float64(n) != g.(object)["count"] {
			t.Errorf("%v: %d events", g, n)
		}
	}
	b.send(t, "PATCH", "/api/events/review", object{"select": object{"q": top["q"]}, "state": "expected", "only_unreviewed": true}, 200)
	if queue = b.get(t, "/api/review/queue", 200); queue["total"] != 3.0 {
		t.Errorf("after the review: %v", queue)
	}
	for query, want := range map[string]float64{
		"?older_than_days=1": 0, "?q=" + url.QueryEscape("eve OR ada"): 3, "?actor=Ada&result=failure": 1, "?n=1": 3, "?noise=hide": 3,
		"?q=" + url.QueryEscape(`operation:"Delete user"`): 1,
	} {
		got := b.get(t, "/api/review/queue"+query, 200)
		if got["total"] != want {
			t.Errorf("%s: %v", query, got)
		}
		for _, g := range got["groups"].([]any) {
			if b.q(t, g.(object)["q"].(string)) == "" {
				t.Errorf("%s: %v finds nothing", query, g)
			}
		}
	}
	for _, query := range []string{"?n=0", "?older_than_days=-1", "?q=actor:("} {
		b.get(t, "/api/review/queue"+query, 422)
	}
}

// window is a change window that holds a time of the stock: 12:25 to 12:35 in Berlin, 11:25
// to 11:35 in UTC.
func window() object {
	return object{
		"title": "Saturday's <b>work</b>", "zone": "Europe/Berlin", "weekly": object{"days": []string{"mon"}, "from": "12:25", "to": "12:45"},
		"actors": []string{"bob@contoso.example", "u-ada"}, "q": "is:change", "note": "agreed", "ticket": "CHG-1",
	}
}

func TestChangeWindows(t *testing.T) {
	b := newBench(t)
	preview := b.send(t, "POST", "/api/change-windows/preview", window(), 200)
	if preview["total"] != 2.0 || len(preview["events"].([]any)) != 2 || len(preview["next"].([]any)) != 5 {
		t.Errorf("preview %v", preview)
	}
	if next := preview["next"].([]any)[4].(object); next["start"] != "2026-04-06T10:25:00Z" { // summer time by then
		t.Errorf("next %v", preview["next"])
	}
	if b.q(t, "is:reviewed") != "" {
		t.Error("a preview reviews")
	}
	made := b.send(t, "POST", "/api/change-windows", window(), 201)
	id, version := made["id"].(string), made["version"]
	if made["by"] != "Ada Lovelace" || version != 1.0 {
		t.Errorf("made %v", made)
	}
	for query, want := range map[string]string{
		"is:reviewed": "a 2,same", "review:expected": "a 2,same", "is:unreviewed": "a1,same,rule-1", "-review:expected": "a1,same,rule-1",
		"review:unexpected": "", "review:exp*": "a 2,same", "review:*": "a 2,same", "-review:*": "a1,same,rule-1",
	} {
		if got := b.q(t, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	review, _ := b.get(t, "/api/events/a%202", 200)["review"].(object)
	if review["state"] != "expected" || review["window"] != id || review["by"] != "change window: Saturday's <b>work</b>" || review["ticket"] != "CHG-1" {
		t.Errorf("review by the window: %v", review)
	}
	if queue := b.get(t, "/api/review/queue", 200); queue["total"] != 3.0 {
		t.Errorf("queue %v", queue)
	}
	// A person has the last word, and bulk review passes over what a window expects.
	b.send(t, "PATCH", "/api/events/a%202/review", object{"state": "unexpected"}, 200)
	if got := b.q(t, "review:expected") + "|" + b.q(t, "review:unexpected"); got != "same|a 2" {
		t.Errorf("with a verdict: %s", got)
	}
	bulk := b.send(t, "PATCH", "/api/events/review", object{"select": object{}, "state": "investigating", "only_unreviewed": true}, 200)
	if bulk["matched"] != 5.0 || bulk["changed"] != 3.0 {
		t.Errorf("bulk %v", bulk)
	}
	b.send(t, "POST", "/api/edits/"+bulk["batch"].(string)+"/undo", nil, 200)

	changed := window()
	changed["version"], changed["actors"] = version, []string{"Ada"}
	made = b.send(t, "PUT", "/api/change-windows/"+id, changed, 200)
	if got := b.q(t, "is:reviewed"); made["version"] != 2.0 || got != "a 2" {
		t.Errorf("changed: %v, reviewed %s", made, got)
	}
	b.send(t, "PUT", "/api/change-windows/"+id, changed, 409)
	b.send(t, "DELETE", "/api/change-windows/"+id+"?version=1", nil, 409)
	b.send(t, "DELETE", "/api/change-windows/"+id, nil, 422)
	b.send(t, "DELETE", "/api/change-windows/"+id+"?version=2", nil, 204)
	b.send(t, "DELETE", "/api/change-windows/"+id+"?version=2", nil, 404)
	b.send(t, "PUT", "/api/change-windows/"+id, changed, 404)
	if got := b.q(t, "is:reviewed"); got != "a 2" || len(b.get(t, "/api/change-windows", 200)["items"].([]any)) != 0 {
		t.Errorf("deleted: reviewed %s", got)
	}
	for param, s := range map[string]object{
		`"body","zone"`:          {"title": "x", "zone": "Mars/Base", "start": "2026-03-02T10:00", "end": "2026-03-02T11:00"},
		`"body","weekly","to"`:   {"title": "x", "zone": "UTC", "weekly": object{"days": []string{"mon"}, "from": "10:00", "to": "25:00"}},
		`"body","q"`:             {"title": "x", "zone": "UTC", "start": "2026-03-02T10:00", "end": "2026-03-02T11:00", "q": "is:unreviewed"},
		`"body","title"`:         {"title": "a\nb", "zone": "UTC", "start": "2026-03-02T10:00", "end": "2026-03-02T11:00"},
		`"body","weekly","days"`: {"title": "x", "zone": "UTC", "weekly": object{"days": []string{"someday"}, "from": "10:00", "to": "11:00"}},
	} {
		if wrong := b.send(t, "POST", "/api/change-windows", s, 422); !strings.Contains(text(wrong), param) {
			t.Errorf("%s is not blamed: %v", param, wrong)
		}
	}
}

// TestWindowsSeeEarlierVersions holds what a window shows on an event against what search
// finds, where only an earlier version of the record has the text.
func TestWindowsSeeEarlierVersions(t *testing.T) {
	b := newBench(t)
	revised := strings.Replace(string(b.events[0].Raw), `"category":"UserManagement"`, `"category":"UserManagement","extra":"neverseen"`, 1)
	e := eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: []byte(revised)})
	again := eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: []byte(strings.Replace(revised, "neverseen", "other", 1))})
	for _, v := range []aoc.Event{e, again} {
		if _, err := b.store.Append(t.Context(), []aoc.Event{v}); err != nil {
			t.Fatal(err)
		}
	}
	b.send(t, "POST", "/api/change-windows", object{"title": "x", "zone": "UTC", "start": "2026-03-02T00:00", "end": "2026-03-03T00:00", "q": "neverseen"}, 201)
	review, _ := b.get(t, "/api/events/a1", 200)["review"].(object)
	if got := b.q(t, "is:reviewed"); got != "a1" || review["state"] != "expected" {
		t.Errorf("search finds %q, the event shows %v", got, review)
	}
}

func TestSavedSearches(t *testing.T) {
	b := newBench(t)
	b.send(t, "POST", "/api/saved-searches", object{"name": "roles", "view": "?q=role&range=7d"}, 201)
	made := b.send(t, "POST", "/api/saved-searches", object{"name": "<i>Admins</i>", "view": "q=admin"}, 201, nameHeader, "Bob")
	id := made["id"].(string)
	items := b.get(t, "/api/saved-searches", 200)["items"].([]any)
	if len(items) != 2 || items[0].(object)["name"] != "<i>Admins</i>" || items[0].(object)["by"] != "Bob" || items[1].(object)["view"] != "q=role&range=7d" {
		t.Errorf("all: %v", items)
	}
	changed := b.send(t, "PUT", "/api/saved-searches/"+id, object{"name": "Admins", "view": "q=admins", "version": 1}, 200)
	if changed["version"] != 2.0 || changed["by"] != "Ada Lovelace" {
		t.Errorf("changed %v", changed)
	}
	if lost := b.send(t, "PUT", "/api/saved-searches/"+id, object{"name": "Mine", "view": "q=", "version": 1}, 409); lost["hint"] == nil {
		t.Errorf("lost %v", lost)
	}
	b.send(t, "PUT", "/api/saved-searches/none", object{"name": "Mine", "view": "q=", "version": 1}, 404)
	b.send(t, "DELETE", "/api/saved-searches/"+id+"?version=1", nil, 409)
	b.send(t, "DELETE", "/api/saved-searches/"+id+"?version=2", nil, 204)
	for name, wrong := range map[string]object{
		"no name": {"name": " ", "view": "q=x"}, "no query string": {"name": "x", "view": "q=%zz"}, "long": {"name": "x", "view": strings.Repeat("x", 8001)},
		"lines": {"name": "a\nb", "view": "q=x"}, "no view": {"name": "x"},
	} {
		if got := b.send(t, "POST", "/api/saved-searches", wrong, 422); !strings.Contains(text(got), `"body"`) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(b.get(t, "/api/saved-searches", 200)["items"].([]any)) != 1 {
		t.Error("what was refused is kept")
	}
}

func TestWindowOnce(t *testing.T) {
	b := newBench(t)
	b.send(t, "POST", "/api/change-windows", object{"title": "x", "zone": "America/New_York", "start": "2026-03-02T06:45", "end": "2026-03-02T06:55"}, 201)
	if got := b.q(t, "is:reviewed"); got != "a1" { // 11:45 to 11:55 in UTC
		t.Errorf("reviewed %q", got)
	}
	// Times in a query are those of the zone asked for.
	page := b.get(t, "/api/events?tz=America/New_York&q="+url.QueryEscape("after:2026-03-02T06:40"), 200)
	if got := ids(page); got != "a1,a 2" {
		t.Errorf("after 06:40 in New York: %q", got)
	}
}
