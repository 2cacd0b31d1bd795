package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// send asks with a JSON body under a name and decodes the answer, which may have none.
func (b *bench) send(t *testing.T, method, target string, body any, status int, header ...string) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	w := b.ask(method, target, string(text), append([]string{"Content-Type", "application/json", nameHeader, "Ada%20Lovelace"}, header...)...)
	if w.Code != status {
		t.Fatalf("%s %s %s: status %d, want %d\n%s", method, target, text, w.Code, status, w.Body)
	}
	if w.Body.Len() == 0 {
		return map[string]any{"batch": w.Header().Get("X-AOC-Batch")}
	}
	v := decode(t, w.Body)
	if batch := w.Header().Get("X-AOC-Batch"); batch != "" {
		v["batch"] = batch
	}
	return v
}

type object = map[string]any

// text is a value of an answer as JSON.
func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestAnnotate(t *testing.T) {
	b := newBench(t)
	target := "/api/events/" + b.events[0].Key
	for _, step := range []struct {
		body object
		want string
	}{
		{object{"tags": []string{"one", " two "}}, `["one","two"]`},
		{object{"add": []string{"three", "ONE"}, "remove": []string{"TWO"}}, `["one","three"]`},
		{object{"tags": []string{}}, `[]`},
		{object{"add": []string{`"><script>alert(1)</script>`, "=cmd()"}}, `["\"\u003e\u003cscript\u003ealert(1)\u003c/script\u003e","=cmd()"]`},
	} {
		if e := b.send(t, "PATCH", target+"/tags", step.body, 200); text(e["tags"]) != step.want {
			t.Errorf("%v: tags %s, want %s", step.body, text(e["tags"]), step.want)
		}
	}
	e := b.send(t, "POST", target+"/comments", object{"text": "Asked *Ada*:\r\nplanned <img src=x onerror=alert(1)>"}, 200)
	comment := e["comments"].([]any)[0].(object)
	if comment["author"] != "Ada Lovelace" || comment["text"] != "Asked *Ada*:\nplanned <img src=x onerror=alert(1)>" {
		t.Errorf("comment %v", comment)
	}
	e = b.send(t, "PATCH", target+"/review", object{"state": "unexpected", "note": "why?", "ticket": "INC-7"}, 200)
	first := e["review"].(object)
	if first["state"] != "unexpected" || first["by"] != "Ada Lovelace" || first["ticket"] != "INC-7" || first["edit"] == nil {
		t.Errorf("review %v", first)
	}
	b.send(t, "PATCH", target+"/review", object{"state": "expected", "if_edit": first["edit"]}, 200, nameHeader, "Bob")
	conflict := b.send(t, "PATCH", target+"/review", object{"state": "investigating", "if_edit": first["edit"]}, 409)
	if conflict["hint"] == nil {
		t.Errorf("conflict %v", conflict)
	}
	if e = b.send(t, "PATCH", target+"/review", object{"state": ""}, 200); e["review"] != nil {
		t.Errorf("review taken away: %v", e["review"])
	}
	history := b.get(t, target+"/history", 200)["items"].([]any)
	var told []string
	for _, h := range history {
		told = append(told, h.(object)["action"].(string)+" "+h.(object)["by"].(string))
	}
	want := []string{
		"tags Ada Lovelace", "tags Ada Lovelace", "tags Ada Lovelace", "tags Ada Lovelace", "comment Ada Lovelace",
		"review Ada Lovelace", "review Bob", "review Ada Lovelace",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if last := history[len(history)-1].(object); last["after"] != nil || last["before"].(object)["by"] != "Bob" {
		t.Errorf("last edit %v", last)
	}
}

func TestAnnotateRefuses(t *testing.T) {
	b := newBench(t)
	target := "/api/events/" + b.events[0].Key
	for name, tt := range map[string]struct {
		method, target string
		body           any
		status         int
		want           string // parts of the answer, separated by |
	}{
		"no such event":        {"PATCH", "/api/events/none/tags", object{"add": []string{"x"}}, 404, `"detail"`},
		"ambiguous":            {"POST", "/api/events/same/comments", object{"text": "x"}, 409, `"candidates"`},
		"no change":            {"PATCH", target + "/tags", object{}, 422, `["body","tags"]`},
		"both ways":            {"PATCH", target + "/tags", object{"tags": []string{"a"}, "add": []string{"b"}}, 422, `["body","tags"]`},
		"blank tag":            {"PATCH", target + "/tags", object{"add": []string{"  "}}, 422, `["body","add"]`},
		"long tag":             {"PATCH", target + "/tags", object{"add": []string{strings.Repeat("x", 101)}}, 422, `["body","add"]`},
		"control characters":   {"PATCH", target + "/tags", object{"add": []string{"a\x1b[31m"}}, 422, `U+001B`},
		"turned around":        {"PATCH", target + "/tags", object{"tags": []string{"safe\u202egpj.exe"}}, 422, `U+202E`},
		"many tags":            {"PATCH", target + "/tags", object{"add": make([]string, 51)}, 422, `["body","add"]`},
		"empty comment":        {"POST", target + "/comments", object{"text": " \n "}, 422, `["body","text"]`},
		"long comment":         {"POST", target + "/comments", object{"text": strings.Repeat("é", 20000)}, 422, `["body","text"]`},
		"comment with NUL":     {"POST", target + "/comments", object{"text": "a\x00b"}, 422, `U+0000`},
		"unknown state":        {"PATCH", target + "/review", object{"state": "fine"}, 422, `["body","state"]|"enum"`},
		"no state":             {"PATCH", target + "/review", object{"note": "x"}, 422, `"missing"`},
		"ticket that runs":     {"PATCH", target + "/review", object{"state": "expected", "ticket": "JavaScript:alert(1)"}, 422, `["body","ticket"]`},
		"not JSON":             {"PATCH", target + "/review", "{", 400, `"body"`},
		"too large":            {"POST", target + "/comments", object{"text": strings.Repeat("x", maxBody)}, 413, `"detail"`},
		"keys and select":      {"PATCH", "/api/events/review", object{"keys": []string{"a"}, "select": object{}, "state": "expected"}, 422, `["body","keys"]`},
		"neither":              {"PATCH", "/api/events/review", object{"state": "expected"}, 422, `["body","keys"]`},
		"unknown key":          {"PATCH", "/api/events/tags", object{"keys": []string{"none"}, "add": []string{"x"}}, 404, `"detail"`},
		"query in select":      {"PATCH", "/api/events/tags", object{"select": object{"q": "actor:("}, "add": []string{"x"}}, 422, `["body","select","q"]|"ctx":{"at":`},
		"times in select":      {"PATCH", "/api/events/tags", object{"select": object{"start": "soon"}, "add": []string{"x"}}, 422, `["body"|not a time`},
		"order of times":       {"PATCH", "/api/events/tags", object{"select": object{"start": "2026-03-02", "end": "2026-03-01"}, "add": []string{"x"}}, 422, `["body","select","end"]`},
		"unknown batch":        {"POST", "/api/edits/none/undo", object{}, 404, `"detail"`},
		"nobody's zone":        {"PATCH", "/api/events/tags", object{"select": object{"tz": "Mars/Base"}, "add": []string{"x"}}, 422, `time zone`},
		"negative place":       {"PATCH", "/api/events/tags", object{"select": object{"up_to_seq": -1}, "add": []string{"x"}}, 422, `up_to_seq`},
		"comment by PATCH":     {"PATCH", target + "/comments", object{"text": "x"}, 405, `method`},
		"another page's write": {"PATCH", target + "/tags", object{"add": []string{"x"}}, 403, `CORS_ORIGINS`},
	} {
		t.Run(name, func(t *testing.T) {
			sent := text(tt.body)
			if s, ok := tt.body.(string); ok {
				sent = s
			}
			header := []string{"Content-Type", "application/json"}
			if tt.status == 403 {
				header = append(header, "Origin", "https://evil.example")
			}
			w := b.ask(tt.method, tt.target, sent, header...)
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			for part := range strings.SplitSeq(tt.want, "|") {
				if !strings.Contains(w.Body.String(), part) {
					t.Errorf("%s is missing in %s", part, w.Body)
				}
			}
		})
	}
	if e := b.get(t, target, 200); len(e["tags"].([]any))+len(e["comments"].([]any)) > 0 || e["review"] != nil {
		t.Errorf("what was refused has changed the event: %v", e)
	}
}

func TestNames(t *testing.T) {
	b := newBench(t)
	target := "/api/events/" + b.events[0].Key + "/comments"
	for header, want := range map[string]string{
		"":                     "anonymous",
		"Ada":                  "Ada",
		"%D0%90%D0%B4%D0%B0 L": "Ада L",
		url.PathEscape(strings.Repeat("é", 100)): strings.Repeat("é", 100),
	} {
		w := b.ask("POST", target, `{"text":"hello"}`, "Content-Type", "application/json", nameHeader, header)
		if w.Code != 200 {
			t.Fatalf("%q: %d %s", header, w.Code, w.Body)
		}
		comments := decode(t, w.Body)["comments"].([]any)
		if got := comments[len(comments)-1].(object)["author"]; got != want {
			t.Errorf("%q: author %v", header, got)
		}
	}
	for _, header := range []string{"%zz", "a%00b", "a%0Ab", "%E2%80%AEadmin", "%ff", strings.Repeat("x", 101)} {
		w := b.ask("POST", target, `{"text":"hello"}`, "Content-Type", "application/json", nameHeader, header)
		if w.Code != 422 || !strings.Contains(w.Body.String(), `["header","X-AOC-Name"]`) {
			t.Errorf("%q: %d %s", header, w.Code, w.Body)
		}
	}
}

func TestBulkAndUndo(t *testing.T) {
	b := newBench(t)
	key := func(i int) string { return "/api/events/" + b.events[i].Key }
	b.send(t, "PATCH", key(0)+"/review", object{"state": "unexpected"}, 200)
	r := b.send(t, "PATCH", "/api/events/review", object{
		"select": object{"q": `actor:Ada,Bob`}, "state": "expected", "note": "as agreed", "only_unreviewed": true,
	}, 200)
	if r["matched"] != 4.0 || r["changed"] != 3.0 || r["batch"] == "" {
		t.Fatalf("bulk %v", r)
	}
	if e := b.get(t, key(0), 200); e["review"].(object)["state"] != "unexpected" {
		t.Errorf("only_unreviewed: %v", e["review"])
	}
	again := b.send(t, "PATCH", "/api/events/review", object{"keys": []string{b.events[1].Key, b.events[1].Key}, "state": "expected", "note": "as agreed", "only_unreviewed": true}, 200)
	if again["matched"] != 1.0 || again["changed"] != 0.0 || again["batch"] != "" {
		t.Errorf("again %v", again)
	}
	// Somebody changes one of the three before the batch is undone.
	b.send(t, "PATCH", key(2)+"/review", object{"state": "investigating"}, 200, nameHeader, "Bob")
	undone := b.send(t, "POST", "/api/edits/"+r["batch"].(string)+"/undo", nil, 200)
	if undone["undone"] != 2.0 || undone["kept"] != 1.0 {
		t.Errorf("undone %v", undone)
	}
	for i, want := range []string{`"unexpected"`, `null`, `"investigating"`, `null`, `null`} {
		review, _ := b.get(t, key(i), 200)["review"].(object)
		if got := text(review["state"]); got != want {
			t.Errorf("event %d: review %s, want %s", i, got, want)
		}
	}
	if twice := b.send(t, "POST", "/api/edits/"+r["batch"].(string)+"/undo", nil, 200); twice["undone"] != 0.0 || twice["kept"] != 3.0 {
		t.Errorf("undone twice: %v", twice)
	}
	redone := b.send(t, "POST", "/api/edits/"+undone["batch"].(string)+"/undo", nil, 200)
	if review := b.get(t, key(1), 200)["review"].(object); redone["undone"] != 2.0 || review["state"] != "expected" || review["note"] != "as agreed" {
		t.Errorf("the undoing undone: %v, %v", redone, review)
	}

	tagged := b.send(t, "PATCH", "/api/events/tags", object{"select": object{"search": []string{"user"}}, "add": []string{"seen"}}, 200)
	if tagged["matched"] != 4.0 || tagged["changed"] != 4.0 {
		t.Errorf("tagged %v", tagged)
	}
	b.send(t, "PATCH", key(0)+"/tags", object{"remove": []string{"seen"}, "add": []string{"kept"}}, 200)
	if undone := b.send(t, "POST", "/api/edits/"+tagged["batch"].(string)+"/undo", nil, 200); undone["undone"] != 3.0 || undone["kept"] != 1.0 {
		t.Errorf("tags undone: %v", undone)
	}
	if e := b.get(t, key(0), 200); text(e["tags"]) != `["kept"]` {
		t.Errorf("tags %v", e["tags"])
	}
	// A single edit can be taken back, too.
	one := b.send(t, "PATCH", key(4)+"/tags", object{"tags": []string{"x"}}, 200)
	b.send(t, "POST", "/api/edits/"+one["batch"].(string)+"/undo", nil, 200)
	if e := b.get(t, key(4), 200); text(e["tags"]) != `[]` {
		t.Errorf("tags %v", e["tags"])
	}
}

// TestSelectionLeavesOutWhatNobodySaw holds that an event that arrives after the list was
// shown is not judged with it.
func TestSelectionLeavesOutWhatNobodySaw(t *testing.T) {
	b := newBench(t)
	seen := b.get(t, "/api/events", 200)["last_seq"]
	raw := strings.Replace(string(b.events[0].Raw), `"id":"a1"`, `"id":"late"`, 1)
	late := eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: []byte(raw)})
	if _, err := b.store.Append(t.Context(), []aoc.Event{late}); err != nil {
		t.Fatal(err)
	}
	r := b.send(t, "PATCH", "/api/events/review", object{"select": object{"q": "actor:Ada", "up_to_seq": seen}, "state": "expected"}, 200)
	if r["matched"] != 2.0 || b.get(t, "/api/events/late", 200)["review"] != nil {
		t.Errorf("%v", r)
	}
}

// TestConcurrentEdits lets many people edit one event at once: all is kept, and all is told.
func TestConcurrentEdits(t *testing.T) {
	b := newBench(t)
	target := "/api/events/" + b.events[0].Key
	var people sync.WaitGroup
	for i := range 8 {
		people.Go(func() {
			for _, ask := range []struct{ method, path, body string }{
				{"PATCH", "/tags", fmt.Sprintf(`{"add":["t%d"]}`, i)},
				{"POST", "/comments", fmt.Sprintf(`{"text":"c%d"}`, i)},
				{"PATCH", "/review", fmt.Sprintf(`{"state":"expected","note":"n%d"}`, i)},
			} {
				if w := b.ask(ask.method, target+ask.path, ask.body, "Content-Type", "application/json"); w.Code != http.StatusOK {
					t.Errorf("%s: %d %s", ask.path, w.Code, w.Body)
				}
			}
		})
	}
	people.Wait()
	e := b.get(t, target, 200)
	if len(e["tags"].([]any)) != 8 || len(e["comments"].([]any)) != 8 {
		t.Errorf("tags %v, comments %v", e["tags"], e["comments"])
	}
	if h := b.get(t, target+"/history", 200)["items"].([]any); len(h) != 24 {
		t.Errorf("%d edits told", len(h))
	}
}
