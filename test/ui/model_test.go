package ui_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"aoc/internal/llm/llmtest"
	"aoc/test/ui/browser"
)

// TestAskModel: what a language model says is shown as far as events support it, its steps are
// shown while it works, and it can be stopped.
func TestAskModel(t *testing.T) {
	t.Parallel()
	var key atomic.Value
	model := llmtest.Serve(t, func(r *llmtest.Request) llmtest.Act {
		switch {
		case strings.HasPrefix(r.Last("user"), "Explain the event"):
			return llmtest.Stall("Ada")
		case r.Last("tool") == "":
			return llmtest.Calls(llmtest.Call{ID: "1", Name: "search_events", Arguments: `{"q":"actor:ada@contoso.example"}`})
		case strings.Contains(r.Last("user"), "slowly"):
			return llmtest.Stall("Ada")
		}
		cite := " [" + key.Load().(string) + "]."
		return llmtest.Text("**ada@contoso.example** updated user0" + cite + " Then eve@contoso.example deleted the tenant" + cite +
			"\n\n<img src=x onerror=__pwned=1> ![pixel](http://evil.example/p.png) [look](http://evil.example/) <script>__pwned=2</script>")
	})
	server := team(t, 1, assistant, "LLM_BASE_URL="+model.URL, "LLM_MODEL=test-model", "LLM_TIMEOUT_SECONDS=60")
	key.Store(events(t, server, url.Values{"q": {"actor:ada@contoso.example"}})[0].Key)
	p := openPage(t, server, "/?range=all&ask=1")
	host, err := url.Parse(model.URL)
	p.do(err)
	if text := p.text(askPanel); !strings.Contains(text, "Sent to "+host.Host+" (test-model)") {
		t.Errorf("the panel does not say where questions go: %s", text)
	}

	const slow = "What did Ada do, slowly?"
	p.wait(askBox)
	p.fill(askBox, slow)
	p.press("Enter")
	p.until("a step to be told before the answer", func() bool { return strings.Contains(p.text(answerTo(slow)), "ada@contoso.example") })
	p.click(in(askPanel, by("button", "Stop")))
	p.until("it to be stopped", func() bool { return strings.Contains(p.text(answerTo(slow)), "Stopped") })

	const question = "What did Ada do?"
	p.ask(question)
	answer := answerTo(question)
	if text := p.text(answer); !strings.Contains(text, "test-model at "+host.Host) {
		t.Errorf("the answer does not say where it comes from: %s", text)
	}
	doubts, err := browser.Eval[[]string](p.tab, `[...document.querySelectorAll(".doubt")].map(e => e.textContent)`)
	if p.do(err); len(doubts) == 0 || !strings.Contains(doubts[0], "eve@contoso.example") || strings.Contains(strings.Join(doubts, ""), "updated user0") {
		t.Errorf("in doubt are %q", doubts)
	}
	if text := p.text(in(answer, by("region", "Not supported"))); !strings.Contains(text, "eve@contoso.example") {
		t.Errorf("not supported is %s", text)
	}
	p.checkSound("the answer of a model")
	p.checkInert(".asking")
	p.checkAxe(axeScript(t), "the answer of a model")
	p.click(in(answer, like("link", "1, event")))
	p.wait(drawer)
	if p.cited() != key.Load().(string) {
		t.Errorf("the citation opens %s", p.cited())
	}

	// What is known of an event is shown while the model still writes.
	p.click(in(drawer, by("button", "Explain")))
	p.wait(in(explanation, by("region", "Is it usual?")))
	if text := p.text(explanation); !strings.Contains(text, "Sent to "+host.Host) || strings.Contains(text, "Nothing left it") {
		t.Errorf("while the model writes, the explanation says %s", text)
	}
}
