package ui_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc/internal/assistant/hostiletest"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
	"aoc/test/ui/hostile"
)

// assistant switches the assistant and the MCP server on.
const assistant = "AI_FEATURES_ENABLED=true"

var (
	askPanel    = by("complementary", "Ask")
	askBox      = in(askPanel, by("textbox", "Question"))
	explanation = in(drawer, by("region", "Explanation"))
)

// answerTo is where a question and its answer are.
func answerTo(question string) browser.By { return in(askPanel, by("article", question)) }

// ask asks a question and waits for its answer, or for what is wrong with it.
func (p *page) ask(question string) {
	p.Helper()
	p.fill(askBox, question)
	p.press("Enter")
	p.until("an answer", func() bool {
		return p.has(in(answerTo(question), by("region", "How it was understood"))) || p.has(in(answerTo(question), by("alert", "")))
	})
	p.settle()
}

// cited is the key of the event that is shown.
func (p *page) cited() string {
	p.Helper()
	u, err := url.Parse(p.url())
	p.do(err)
	return u.Query().Get("open")
}

// TestAsk asks with the keyboard alone, and opens an event that the answer cites.
func TestAsk(t *testing.T) {
	t.Parallel()
	server := team(t, 3, assistant)
	p := openPage(t, server, "/?range=all")
	p.waitShown(6)
	p.press("a")
	p.until("the box to have the focus", func() bool { ok, _ := p.tab.Focused(askBox); return ok })
	if !strings.Contains(p.url(), "ask=1") {
		t.Errorf("the address %s does not tell that the panel is open", p.url())
	}
	if text := p.text(askPanel); !strings.Contains(text, "Nothing leaves it") {
		t.Errorf("the panel does not say where questions go: %s", text)
	}
	const question = "Which users did ada@contoso.example change today?"
	p.ask(question)
	answer := answerTo(question)
	text := p.text(answer)
	for _, want := range []string{"3 events", "ada@contoso.example", "What was looked for", "Nothing left it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not say %q: %s", want, text)
		}
	}
	citation := in(answer, like("link", "1, event"))
	p.click(citation)
	p.wait(drawer)
	key := p.cited()
	i := slices.IndexFunc(events(t, server, url.Values{"q": {"actor:ada@contoso.example"}}), func(e event) bool { return e.Key == key })
	if i < 0 {
		t.Errorf("the citation opens %s, which is none of Ada's events", key)
	}
	p.until("the citation to be marked as the open one", func() bool {
		n, err := browser.Eval[int](p.tab, `document.querySelectorAll("a.cite[aria-current=true]").length`)
		return err == nil && n > 0
	})
	p.press("Escape")
	p.waitGone(drawer)
	p.wait(answer) // the panel stays, and the list is still there
	p.waitShown(6)
	p.press("Escape")
	p.waitGone(askPanel)
	p.press("a")
	p.wait(answer)
	p.do(p.tab.Reload())
	p.wait(askBox)
	if p.has(answer) {
		t.Error("questions are kept beyond the page")
	}
}

// TestAskOpensInExplore changes the query behind an answer and looks at it in the list.
func TestAskOpensInExplore(t *testing.T) {
	t.Parallel()
	server := team(t, 4, assistant)
	p := openPage(t, server, "/?ask=1")
	const question = "What did bo@contoso.example do in the last 24 hours?"
	p.wait(askBox)
	p.ask(question)
	answer := answerTo(question)
	query := in(answer, by("textbox", "Query"))
	if q := p.inputValue(query); !strings.Contains(q, "bo@contoso.example") {
		t.Fatalf("the query is %q", q)
	}
	p.click(in(answer, by("button", "Open in Explore")))
	p.until("the query in the list", func() bool {
		return strings.Contains(p.q(), "bo@contoso.example") && strings.Contains(p.url(), "start=")
	})
	p.waitShown(4)
	p.wait(askPanel)
	p.click(query)
	p.press("End")
	p.typing(" target:user1")
	p.press("Enter")
	p.waitShown(1)
}

// TestAskKeepsToTheList: what the list shows narrows an answer, and can be left out.
func TestAskKeepsToTheList(t *testing.T) {
	t.Parallel()
	server := team(t, 3, assistant)
	p := openPage(t, server, "/?range=all&ask=1&q=target:user2")
	p.wait(askBox)
	const question = "How many changes did ada@contoso.example make?"
	p.ask(question)
	answer := answerTo(question)
	if text := p.text(answer); !strings.Contains(text, "1 event") || !strings.Contains(text, "target:user2") {
		t.Errorf("the answer does not keep to the list: %s", text)
	}
	p.click(in(answer, by("button", "Open in Explore")))
	p.until("both queries in the list", func() bool { return strings.Contains(p.q(), "target:user2") && strings.Contains(p.q(), "ada@") })
	p.waitShown(1)
	p.open("/?range=all&ask=1&q=target:user2")
	p.wait(askBox)
	p.click(in(in(askPanel, like("group", "Keep the answer")), like("button", "target:user2")))
	p.ask(question)
	if text := p.text(answer); !strings.Contains(text, "3 events") {
		t.Errorf("the answer keeps to a query that was left out: %s", text)
	}
	p.open("/?range=all&ask=1&q=target:nobody-of-that-name")
	p.wait(askBox)
	p.ask(question)
	p.click(in(answer, like("button", "without the filters")))
	p.until("an answer about everything", func() bool {
		return strings.Contains(p.text(nth(in(askPanel, by("article", question)), 1)), "3 events")
	})
}

// TestAskFails: what the server says is shown, with what to do, and one can ask again.
func TestAskFails(t *testing.T) {
	t.Parallel()
	server := team(t, 1, assistant)
	p := openPage(t, server, "/?range=all&ask=1&q=actr:ada")
	p.allow(browser.KindResponse, "422 ")
	p.wait(askBox)
	p.fill(askBox, "Who did it?")
	p.press("Enter")
	wrong := in(askPanel, by("alert", ""))
	if text := p.text(wrong); !strings.Contains(text, "actr") {
		t.Errorf("the panel says: %s", text)
	}
	p.wait(in(askPanel, by("button", "Ask again")))
}

// TestAskOff: where the features are switched off nothing of them is to be seen.
func TestAskOff(t *testing.T) {
	t.Parallel()
	server := team(t, 1)
	p := openPage(t, server, "/?range=all&ask=1")
	p.waitShown(2)
	p.press("a")
	p.settle()
	if p.has(askPanel) || p.has(by("button", "Ask")) {
		t.Error("questions can be asked where that is switched off")
	}
	p.open("/?range=all&open=" + events(t, server, nil)[0].Key)
	p.wait(in(drawer, by("button", "Copy link")))
	p.press("w")
	p.settle()
	if p.has(explanation) || p.has(by("button", "Explain")) {
		t.Error("events can be explained where that is switched off")
	}
	p.click(like("button", "Settings"))
	if p.has(like("link", "AI clients")) {
		t.Error("the settings lead to the page of AI clients")
	}
	p.open("/mcp-setup")
	p.waitText("AI features are switched off")
	if text := p.text(by("main", "")); strings.Contains(text, "mcpServers") {
		t.Errorf("settings for clients are shown: %s", text)
	}
}

// TestExplain explains an event in its drawer, and looks at what to check next.
func TestExplain(t *testing.T) {
	t.Parallel()
	server := team(t, 3, assistant)
	all := events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})
	p := openPage(t, server, "/?range=all&open="+all[0].Key)
	p.click(in(drawer, by("button", "Explain")))
	p.wait(in(explanation, by("region", "What happened")))
	text := p.text(explanation)
	for _, want := range []string{all[0].Summary, "Is it usual?", "Why it matters", "Nothing left it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the explanation does not say %q: %s", want, text)
		}
	}
	p.press("j") // another event is another explanation, made when somebody wants it
	p.until("the next event", func() bool { return p.cited() != all[0].Key })
	p.waitGone(explanation)
	p.press("w")
	p.click(nth(in(in(explanation, by("region", "What to check next")), by("link", "")), 0))
	p.until("a query in the list", func() bool { return p.q() != "" && strings.Contains(p.url(), "start=") })
	p.waitShown(total(t, server, p.q()))
}

// TestHostileAsk: what attackers write into events stays text in answers and explanations.
func TestHostileAsk(t *testing.T) {
	t.Parallel()
	server := ownServer(t, demo.Options{Settings: []string{assistant}})
	now := server.Clock.Now()
	var texts []string
	for _, c := range hostiletest.Texts() {
		texts = append(texts, c.With("aaaaaaaaaaaaaaaaaaaaaaaaaa", invented))
	}
	for _, h := range hostile.Payloads() {
		texts = append(texts, plain(h))
	}
	var records [][]byte
	for i, text := range texts {
		records = append(records, audit{
			id: fmt.Sprintf("%08x-0000-4000-8000-00000000000b", i), operation: "Update user", actor: text, target: text,
			targetID: fmt.Sprintf("00000000-0000-4000-8000-%012x", i), ip: "192.0.2.9", at: now.Add(-time.Duration(i+1) * time.Second), before: text, after: text,
		}.record())
	}
	if n := importing(t, server, "hostile.jsonl", "", lines(records...)); n != int64(len(records)) {
		t.Fatalf("%d of %d records were imported", n, len(records))
	}
	p := openPage(t, server, "/?range=all&ask=1")
	p.allow(browser.KindResponse, "422 ") // it need not make sense of each
	p.wait(askBox)
	for _, question := range []string{"Which users were changed today?", "Who made the most changes today?", "<img src=x onerror=__pwned=1>[x](javascript:__pwned=1)"} {
		p.ask(question)
		for p.has(in(askPanel, like("button", "Show "))) {
			p.click(in(askPanel, like("button", "Show ")))
		}
		p.checkSound(question)
		p.checkInert(".asking")
	}
	all := events(t, server, nil)
	step := 9
	if full() {
		step = 1
	}
	for i := 0; i < len(all); i += step {
		p.open("/?range=all&open=" + all[i].Key)
		p.click(in(drawer, by("button", "Explain")))
		p.wait(in(explanation, by("region", "What happened")))
		p.checkSound(fmt.Sprintf("the explanation of event %d", i))
		p.checkInert(".explain")
	}
}

// checkInert fails for everything in a part of the page that an answer must not bring with it:
// pictures, forms that go elsewhere, links to elsewhere.
func (p *page) checkInert(part string) {
	p.Helper()
	wrong, err := browser.Eval[[]string](p.tab, `[...document.querySelectorAll("`+part+` :is(img, script, style, iframe, object, embed, link, meta, base, video, audio, form[action], [style*=url])")]
		.concat([...document.querySelectorAll("`+part+` [href]")].filter(a => {
			const to = new URL(a.getAttribute("href"), location.href);
			return to.origin !== location.origin && to.origin !== "https://attack.mitre.org" || !/^https?:$/.test(to.protocol);
		})).map(e => e.outerHTML.slice(0, 200))`)
	if p.do(err); len(wrong) > 0 {
		p.Errorf("an answer brings with it: %s", strings.Join(wrong, "\n"))
	}
}

// TestAskAccessible lets axe-core look at the panel, an answer, an explanation and the page of
// AI clients.
func TestAskAccessible(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := team(t, 3, assistant)
	key := events(t, server, nil)[0].Key
	for _, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			p := openPage(t, server, "/?range=all&ask=1", l.set...)
			p.wait(askBox)
			p.checkAxe(script, "the panel", l.rules...)
			p.ask("Which users were changed today?")
			p.checkAxe(script, "an answer", l.rules...)
			p.open("/?range=all&open=" + key)
			p.click(in(drawer, by("button", "Explain")))
			p.wait(in(explanation, by("region", "What happened")))
			p.checkAxe(script, "an explanation", l.rules...)
			p.open("/mcp-setup")
			p.wait(by("region", "Claude Code"))
			p.checkAxe(script, "AI clients", l.rules...)
		})
	}
}

// TestAskOnAPhone: the panel takes the whole screen, and makes way for the list.
func TestAskOnAPhone(t *testing.T) {
	t.Parallel()
	server := team(t, 2, assistant)
	p := openPage(t, server, "/?range=all", phone)
	p.click(by("button", "Ask"))
	p.wait(askBox)
	const question = "Which users were changed today?"
	p.ask(question)
	p.checkSound("the panel on a phone")
	p.click(in(answerTo(question), like("link", "1, event")))
	p.wait(in(drawer, by("button", "Copy link")))
	p.click(in(drawer, like("button", "Close")))
	p.waitGone(drawer)
	p.click(in(answerTo(question), by("button", "Open in Explore")))
	p.waitGone(askPanel)
	p.until("the list", func() bool { return strings.Contains(p.url(), "start=") })
}
