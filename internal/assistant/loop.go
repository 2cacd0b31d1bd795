package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"aoc"
	"aoc/internal/console/tool"
	"aoc/internal/llm"
)

// talk is one conversation with the model about one question.
type talk struct {
	model    *model
	q        Question
	fence    fence
	tools    []tool.Tool
	told     Progress
	budget   budget
	messages []llm.Message

	shown    shownByTools
	steps    []Step
	searches []search
	ranOut   string // what of the budget did
	sent     bool   // something left for the model
}

func (m *model) newTalk(_ context.Context, q Question, progress Progress) *talk {
	t := &talk{
		model: m, q: q, fence: newFence(), tools: tool.New(m.console, m.clock, q.Zone), told: progress,
		budget: budget{steps: m.cfg.MaxSteps, tokens: m.cfg.MaxTokens, calls: maxCalls, rows: maxRows, bytes: maxResults},
		shown:  shownByTools{keys: map[string]bool{}, counts: map[int64]bool{}, days: map[string]bool{}},
		steps:  []Step{},
	}
	t.messages = []llm.Message{
		{Role: llm.System, Text: m.system(t.fence, q, m.clock.Now())},
		{Role: llm.User, Text: q.Text},
	}
	return t
}

// hold holds the conversation: the model calls tools until it answers, or until something of
// the budget has run out; then it has to answer with what it has seen.
func (t *talk) hold(ctx context.Context) (Answer, error) {
	if t.model.noTools.Load() {
		return t.plan(ctx)
	}
	schemas := t.schemas()
	for {
		last := t.budget.steps == 1
		if over := t.budget.over(); over != "" {
			if t.budget.tokens <= 0 || t.budget.steps <= 0 {
				return Answer{}, aoc.Errorf(aoc.CodeThrottled, "assistant.ask", "the question used up its %s", over)
			}
			last, t.ranOut = true, over
		}
		r := llm.Request{Messages: t.messages, Tools: schemas}
		if last {
			r.Tools = nil
			r.Messages = append(r.Messages[:len(r.Messages):len(r.Messages)], llm.Message{Role: llm.User, Text: "No tool can be called any more. Answer now from what the tools have shown."})
			t.budget.steps = 1
		}
		reply, err := t.say(ctx, r)
		if errors.Is(err, llm.ErrNoTools) && len(t.steps) == 0 {
			t.model.noTools.Store(true)
			t.budget.steps++
			return t.plan(ctx)
		}
		if err != nil {
			return Answer{}, err
		}
		calls := reply.Calls
		if len(calls) == 0 {
			calls = t.spoken(reply.Text)
		}
		if len(calls) == 0 {
			return t.answer(ctx, reply)
		}
		if last {
			return Answer{}, aoc.Errorf(aoc.CodeUpstream, "assistant.ask", "the language model did not come to an answer in %d steps", t.model.cfg.MaxSteps)
		}
		t.run(ctx, calls)
		if ctx.Err() != nil {
			return Answer{}, ctx.Err()
		}
	}
}

// say asks the model and counts what that takes.
func (t *talk) say(ctx context.Context, r llm.Request) (llm.Reply, error) {
	if err := t.model.spent.check(ctx); err != nil {
		return llm.Reply{}, err
	}
	t.budget.steps--
	t.sent = true
	reply, err := t.model.chat(ctx, r)
	t.budget.tokens -= reply.Usage.Total()
	return reply, err
}

func (t *talk) schemas() []llm.Tool {
	var all []llm.Tool
	for _, one := range t.tools {
		all = append(all, llm.Tool{Name: one.Name, Description: one.Description, Parameters: schemaJSON{one.Input}})
	}
	return all
}

// schemaJSON is a schema as the model is told it.
type schemaJSON struct{ schema any }

// MarshalJSON implements [json.Marshaler].
func (s schemaJSON) MarshalJSON() ([]byte, error) { return json.Marshal(s.schema) }

// run runs the calls of a reply, and adds what they give to the conversation.
func (t *talk) run(ctx context.Context, calls []llm.Call) {
	t.messages = append(t.messages, llm.Message{Role: llm.Assistant, Calls: calls})
	for i, c := range calls {
		result := "Error: too many calls at once; call again if it is still needed."
		if i < maxAtOnce && ctx.Err() == nil {
			result = t.call(ctx, c)
		}
		t.messages = append(t.messages, llm.Message{Role: llm.ToolRole, CallID: c.ID, Text: result})
	}
}

// call runs one call and gives what the model is told of it.
func (t *talk) call(ctx context.Context, c llm.Call) string {
	if over := t.budget.over(); over != "" && t.budget.steps > 0 {
		return "Error: no call can be made any more. Answer from what you have seen."
	}
	t.budget.calls--
	one := t.find(c.Name)
	if one == nil {
		t.budget.bad++
		return fmt.Sprintf("Error: there is no tool of this name. There are: %s.", t.names())
	}
	step := stepOf(one, c.Arguments, t.q, t.model.clock.Now())
	t.told(step.Step)
	found, err := one.Call(ctx, json.RawMessage(c.Arguments))
	if err != nil {
		t.budget.bad++
		step.Error = tool.Visible(aoc.MessageOf(err), 300)
		t.steps = append(t.steps, step.Step)
		return "Error: " + t.fence.data(tool.Visible(aoc.MessageOf(err)+" "+aoc.HintOf(err), 600))
	}
	text, err := json.Marshal(found.Value)
	if err != nil {
		return "Error: the result cannot be shown."
	}
	if len(text) > t.budget.bytes || len(found.Events) > t.budget.rows {
		t.budget.bytes, t.budget.rows = min(t.budget.bytes, 0), min(t.budget.rows, 0)
		step.Error = "more than can be looked at for one question"
		t.steps = append(t.steps, step.Step)
		return "Error: this is more than can be looked at. Answer from what you have seen."
	}
	t.budget.bad = 0
	t.budget.bytes -= len(text)
	t.budget.rows -= len(found.Events)
	step.Events = len(found.Events)
	t.steps = append(t.steps, step.Step)
	t.learn(step, found, text)
	return t.fence.data(string(text))
}

func (t *talk) find(name string) *tool.Tool {
	for i := range t.tools {
		if t.tools[i].Name == name {
			return &t.tools[i]
		}
	}
	return nil
}

func (t *talk) names() string {
	var names []string
	for _, one := range t.tools {
		names = append(names, one.Name)
	}
	return strings.Join(names, ", ")
}

// learn remembers what a tool has shown: keys, figures, and the bounds of what was searched.
func (t *talk) learn(step modelStep, found tool.Result, text []byte) {
	for _, key := range found.Events {
		t.shown.keys[key] = true
	}
	var value any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if dec.Decode(&value) == nil {
		t.figures(value)
	}
	zone := zoneOf(t.q)
	if !step.Start.IsZero() {
		t.shown.days[step.Start.In(zone).Format("2006-01-02")] = true
	}
	if !step.End.IsZero() {
		t.shown.days[step.End.In(zone).Format("2006-01-02")] = true
		t.shown.days[step.End.In(zone).Add(-1).Format("2006-01-02")] = true
	}
	if s, ok := searchOf(step, found); ok {
		t.searches = append(t.searches, s)
	}
}

// figures gathers the numbers of a result. Texts of events are strings, so that no event can
// add one.
func (t *talk) figures(value any) {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			t.shown.counts[n] = true
		}
	case []any:
		for _, one := range v {
			t.figures(one)
		}
	case map[string]any:
		for name, one := range v {
			if name != "revisions" {
				t.figures(one)
			}
		}
	}
}

var spokenForm = regexp.MustCompile(`(?s)\A\s*(?:<tool_call>|\x60\x60\x60(?:json)?)?\s*(\{.*\})\s*(?:</tool_call>|\x60\x60\x60)?\s*\z`)

// spoken reads a call that a small model has written as its text.
func (t *talk) spoken(text string) []llm.Call {
	m := spokenForm.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var c struct {
		Name       string          `json:"name"`
		Arguments  json.RawMessage `json:"arguments"`
		Parameters json.RawMessage `json:"parameters"`
	}
	if json.Unmarshal([]byte(m[1]), &c) != nil || t.find(c.Name) == nil {
		return nil
	}
	arguments := c.Arguments
	if len(arguments) == 0 {
		arguments = c.Parameters
	}
	return []llm.Call{{ID: fmt.Sprintf("spoken_%d", len(t.steps)+1), Name: c.Name, Arguments: string(arguments)}}
}
