package ui_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// TestDrawerSaysWhatHappened reads an event: the sentence, who, what changed, what was
// around it, the record.
func TestDrawerSaysWhatHappened(t *testing.T) {
	t.Parallel()
	server := team(t, 3)
	e := events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})[0]
	p := openPage(t, server, "/?range=all&open="+e.Key)
	p.wait(in(drawer, like("heading", e.Summary)))
	p.settle()
	text := p.text(drawer)
	for _, want := range []string{"ada@contoso.example", "192.0.2.10", "Update user", "user0", "JobTitle", "Analyst", "Lead analyst", "success"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawer does not say %q", want)
		}
	}
	changes := in(drawer, by("region", "Changes"))
	if deleted := p.text(in(changes, by("deletion", ""))); !strings.Contains(deleted, "Analyst") {
		t.Errorf("before: %q", deleted)
	}
	if inserted := p.text(in(changes, by("insertion", ""))); !strings.Contains(inserted, "Lead analyst") {
		t.Errorf("after: %q", inserted)
	}
	// Bo changed the same target under the same correlation id.
	around := in(drawer, by("region", "Around this"))
	p.until("what was around", func() bool { return strings.Contains(p.text(around), "Explore") })
	p.click(nth(in(around, like("link", "Explore")), 0))
	p.until("a query around the event", func() bool { return strings.Contains(p.url(), "start=") && p.q() != "" })
	p.waitShown(total(t, server, p.q()))
}

// TestDifferences compares JSON and lists element by element.
func TestDifferences(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{})
	importing(t, server, "policy.jsonl", "", lines(audit{
		id: "policy-1", operation: "Update conditional access policy", actor: "ada@contoso.example", target: "MFA for all", targetID: "0b0b0b0b-1111-4222-8333-444444444444",
		at: server.Clock.Now().Add(-time.Hour), property: "ConditionalAccessPolicy",
		before: `{"state":"disabled","users":["ada","bo","cy"],"grant":{"operator":"OR","controls":["mfa"]},"unchangedThing":1}`,
		after:  `{"state":"enabled","users":["ada","cy","dee"],"grant":{"operator":"OR","controls":["mfa","compliantDevice"]},"unchangedThing":1}`,
	}.record()))
	p := openPage(t, server, "/events/"+events(t, server, nil)[0].Key)
	changes := by("region", "Changes")
	p.wait(changes)
	text := p.text(changes)
	for _, want := range []string{"state", "disabled", "enabled", "bo", "dee", "compliantDevice"} {
		if !strings.Contains(text, want) {
			t.Errorf("the difference does not show %q: %s", want, text)
		}
	}
	for _, not := range []string{"unchangedThing", `"OR"`} {
		if strings.Contains(text, not) {
			t.Errorf("what is alike is shown too: %q", not)
		}
	}
	p.click(in(changes, like("button", "unchanged")))
	p.until("what is alike, when asked for", func() bool { return strings.Contains(p.text(changes), "unchangedThing") })
}

// TestNames shows GUIDs by the names that other events know.
func TestNames(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{})
	const guid = "0c0c0c0c-1111-4222-8333-444444444444"
	importing(t, server, "names.jsonl", "", lines(
		audit{id: "n-1", operation: "Update user", actor: "ada@contoso.example", target: "Grace Hopper", targetID: guid, at: server.Clock.Now().Add(-2 * time.Hour), before: "a", after: "b"}.record(),
		audit{id: "n-2", operation: "Update application", actor: "ada@contoso.example", target: "Some app", targetID: "0d0d0d0d-1111-4222-8333-444444444444",
			at: server.Clock.Now().Add(-time.Hour), property: "Owner", before: "", after: guid}.record()))
	p := openPage(t, server, "/?range=all&open="+events(t, server, url.Values{"q": {"id:n-2"}})[0].Key)
	changes := in(drawer, by("region", "Changes"))
	p.until("the name", func() bool { return p.has(changes) && strings.Contains(p.text(changes), "Grace Hopper") })
	p.click(in(changes, like("button", "Grace Hopper")))
	p.until("the GUID, one click away", func() bool {
		text, err := p.tab.Text()
		return err == nil && strings.Contains(text, guid) || p.has(like("menu", guid))
	})
}

// TestRecord looks into the record as it was received: copies a path, filters by a value,
// and downloads the bytes.
func TestRecord(t *testing.T) {
	t.Parallel()
	server := team(t, 1)
	e := events(t, server, url.Values{"q": {"actor:bo@contoso.example"}})[0]
	downloads := t.TempDir()
	p := openPage(t, server, "/?range=all&open="+e.Key, func(o *browser.TabOptions) { o.Downloads = downloads })
	record := in(drawer, by("region", "Raw record"))
	p.click(in(record, like("button", "Raw record")))
	tree := in(record, by("tree", "Record"))
	p.wait(tree)
	p.click(in(record, by("button", "Open all")))
	row := in(tree, nth(like("treeitem", "bo@contoso.example"), -1))
	p.click(in(row, like("button", "What to do with")))
	p.click(by("menuitem", "Copy path"))
	p.waitText("Path copied")
	if path, err := p.tab.Copied(); err != nil || !strings.Contains(path, "initiatedBy") || !strings.HasSuffix(path, "userPrincipalName") {
		t.Errorf("the path is %q: %v", path, err)
	}
	p.click(in(record, by("link", "Download")))
	var raw []byte
	must(t, server, "GET", "/api/events/"+e.Key+"/raw", nil, nil)
	api(t, server, "GET", "/api/events/"+e.Key+"/raw", nil, &raw)
	if got := p.downloaded(downloads); !slices.Equal(got, raw) || !json.Valid(got) {
		t.Errorf("the downloaded bytes differ: %.200q", got)
	}
	p.click(in(row, like("button", "What to do with")))
	p.click(like("menuitem", "Only this"))
	p.until("a query for the value", func() bool { return strings.Contains(p.q(), "actor:") })
	p.waitShown(1)
}

// downloaded waits for a file to be there and whole, and gives what is in it.
func (p *page) downloaded(dir string) (content []byte) {
	p.Helper()
	p.until("a download", func() bool {
		files, err := os.ReadDir(dir)
		p.do(err)
		for _, f := range files {
			if filepath.Ext(f.Name()) == ".crdownload" {
				return false
			}
		}
		if len(files) == 0 {
			return false
		}
		content, err = os.ReadFile(filepath.Join(dir, files[0].Name()))
		return err == nil && len(content) > 0
	})
	return content
}

// TestAnnotate tags, comments and judges an event, under a name, and reads what was done.
func TestAnnotate(t *testing.T) {
	t.Parallel()
	server := team(t, 1)
	e := events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})[0]
	p := openPage(t, server, "/?range=all&open="+e.Key)
	p.wait(in(drawer, like("heading", e.Summary)))
	p.click(like("button", "Settings"))
	p.fill(by("textbox", "Your name"), "Grace")
	p.press("Enter", "Escape")

	p.click(in(drawer, by("button", "Tag")))
	p.typing("vip")
	p.press("Enter", "Escape")
	p.until("the tag", func() bool { return len(events(t, server, url.Values{"q": {"tag:vip"}})) == 1 })

	p.click(in(drawer, by("textbox", "Comment")))
	p.typing("**Asked** Ada: [the plan](https://contoso.example/plan) <script>__pwned=1</script>")
	p.press("Control+Enter")
	comments := in(drawer, by("region", "Comments"))
	p.wait(in(comments, by("strong", "")))
	p.wait(in(comments, by("link", "the plan")))

	p.click(in(drawer, by("button", "Investigating")))
	p.click(in(drawer, like("button", "note or ticket")))
	p.fill(in(drawer, by("textbox", "Note")), "Looks odd")
	p.fill(in(drawer, like("textbox", "Ticket")), "https://tickets.contoso.example/7")
	p.press("Enter")
	p.wait(in(drawer, like("link", "tickets.contoso.example/7")))
	history := in(drawer, by("region", "History"))
	p.until("the history", func() bool {
		text := p.text(history)
		return strings.Count(text, "Grace") >= 4 && strings.Contains(text, "vip") && strings.Contains(text, "investigating")
	})
	stored := events(t, server, url.Values{"q": {"tag:vip review:investigating"}})
	if len(stored) != 1 || len(stored[0].Comments) != 1 || stored[0].Review == nil || stored[0].Review.Note != "Looks odd" {
		t.Errorf("stored: %+v", stored)
	}
	p.click(in(in(drawer, by("group", "Tags")), like("button", "vip")))
	p.press("Escape")
	p.do(p.tab.Reload())
	p.until("the tag after a reload", func() bool { return p.has(drawer) && strings.Contains(p.text(drawer), "vip") })
}

// TestConcurrentTags adds tags in two windows: both stay.
func TestConcurrentTags(t *testing.T) {
	t.Parallel()
	server := team(t, 1)
	e := events(t, server, nil)[0]
	a, b := openPage(t, server, "/events/"+e.Key), openPage(t, server, "/events/"+e.Key)
	for name, p := range map[string]*page{"from-a": a, "from-b": b} {
		p.click(by("button", "Tag"))
		p.typing(name)
		p.press("Enter", "Escape")
		p.until("the tag", func() bool { return strings.Contains(p.text(by("group", "Tags")), name) })
	}
	if tags := events(t, server, nil); !slices.ContainsFunc(tags, func(e event) bool { return len(e.Tags) == 2 }) {
		t.Errorf("a tag is lost: %+v", tags)
	}
}

// TestEntity opens the page of a user from an event, and goes on to what was done.
func TestEntity(t *testing.T) {
	t.Parallel()
	server := team(t, 4)
	e := events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})[0]
	p := openPage(t, server, "/?range=all&open="+e.Key)
	p.click(nth(in(in(drawer, by("region", "Facts")), like("button", "ada@contoso.example")), 0))
	p.click(like("menuitem", "Open user"))
	p.until("the page of the user", func() bool { return strings.HasPrefix(p.url(), "/entities/user/") })
	p.waitText("ada@contoso.example")
	p.settle()
	for _, want := range []string{"First", "Last", "Update user", "4 events", "Changes by this user"} {
		p.waitText(want)
	}
	p.click(nth(like("link", "Explore 4 events"), 0))
	p.waitShown(4)
	for kind, id := range map[string]string{"address": "192.0.2.11", "user": "user0@contoso.example", "object": "no such thing"} {
		p.open("/entities/" + kind + "/" + url.PathEscape(id))
		p.waitText(id)
		p.settle()
		p.checkSound("the " + kind)
	}
}
