package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"aoc/test/ui/demo"
)

// state counts the events in a state of review.
func reviewed(t *testing.T, server *demo.Server, state string) int {
	t.Helper()
	return len(events(t, server, url.Values{"q": {"review:" + state}}))
}

// TestReviewByKeyboard empties the queue without a mouse: a group, then single events,
// with a note, and undoes.
func TestReviewByKeyboard(t *testing.T) {
	t.Parallel()
	server := team(t, 4)
	p := openPage(t, server, "/review")
	queue := by("treegrid", "")
	p.wait(queue)
	p.settle()
	if n := len(value2(p.tab.FindAll(in(queue, by("row", ""))))); n != 2 {
		t.Errorf("%d groups, want one for each of two people", n)
	}
	p.press("n")
	p.typing("Agreed with the owner")
	p.press("Enter")
	p.press("1")
	p.until("four expected changes", func() bool { return reviewed(t, server, "expected") == 4 })
	p.until("one group left", func() bool { return len(value2(p.tab.FindAll(in(queue, by("row", ""))))) == 1 })
	p.press("z")
	p.until("none expected after undo", func() bool { return reviewed(t, server, "expected") == 0 })
	p.until("two groups again", func() bool { return len(value2(p.tab.FindAll(in(queue, by("row", ""))))) == 2 })
	// Into the group, two of its events.
	p.press("l")
	p.until("the events of the group", func() bool { return len(value2(p.tab.FindAll(in(queue, by("row", ""))))) == 6 })
	p.press("j", "x", "x", "2")
	p.until("two unexpected changes", func() bool { return reviewed(t, server, "unexpected") == 2 })
	p.press("3")
	p.until("one that is investigated", func() bool { return reviewed(t, server, "investigating") == 1 })
}

// value2 gives the value or nothing.
func value2[T any](v T, _ error) T { return v }

// TestReviewFilters narrows the queue by a query and by age.
func TestReviewFilters(t *testing.T) {
	t.Parallel()
	server := team(t, 3)
	p := openPage(t, server, "/review?q="+url.QueryEscape("actor:ada@contoso.example"))
	queue := by("treegrid", "")
	p.wait(queue)
	p.settle()
	if text := p.text(queue); !strings.Contains(text, "ada@") || strings.Contains(text, "bo@") {
		t.Errorf("the queue is not narrowed: %s", text)
	}
	p.open("/review?older=7")
	p.settle()
	p.waitGone(queue) // all of it is younger
}

// TestChangeWindow makes what falls in a window expected, and takes it back.
func TestChangeWindow(t *testing.T) {
	t.Parallel()
	server := team(t, 3)
	p := openPage(t, server, "/review?tab=windows")
	p.click(by("button", "New change window"))
	form := by("complementary", "Change window")
	p.fill(in(form, by("textbox", "Title")), "Thursday work")
	p.click(in(form, by("radio", "Every week")))
	for _, day := range []string{"Thu", "Sat"} {
		f, err := p.tab.Wait(in(form, by("button", day)))
		if p.do(err); (f.States["pressed"] == "true") != (day == "Thu") {
			p.click(in(form, by("button", day)))
		}
	}
	p.setInput("From", "00:00")
	p.setInput("To", "23:59")
	p.fill(in(form, like("combobox", "Whose changes")), "ada@contoso.example")
	p.press("Enter")
	p.until("what it does", func() bool { return strings.Contains(p.text(form), "3 ") })
	p.click(in(form, by("button", "Create change window")))
	p.waitText("Change window made")
	p.until("three expected changes", func() bool { return reviewed(t, server, "expected") == 3 })
	p.open("/review")
	p.wait(by("treegrid", ""))
	p.settle()
	if text := p.text(by("treegrid", "")); strings.Contains(text, "ada@") {
		t.Errorf("what falls in the window is still in the queue: %s", text)
	}
	p.open("/review?tab=windows")
	p.click(by("button", "Delete Thursday work"))
	p.click(by("button", "Delete"))
	p.waitText("Change window deleted")
	if n := reviewed(t, server, "expected"); n != 0 {
		t.Errorf("%d are still expected", n)
	}
}
