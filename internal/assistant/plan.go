package assistant

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"aoc"
	"aoc/internal/console/tool"
	"aoc/internal/llm"
)

const (
	planned   = 4  // searches that a plan can have
	planLimit = 40 // events of each
)

// plan is how a model answers that calls no tools: it writes down what to search for, AOC
// searches, and the model is asked again with what was found.
func (t *talk) plan(ctx context.Context) (Answer, error) {
	one := t.find("search_events")
	schema, err := json.Marshal(one.Input.Properties["q"])
	if err != nil {
		return Answer{}, aoc.Wrap(err, aoc.CodeInternal, "assistant.plan", "the plan cannot be asked for")
	}
	ask := fmt.Sprintf(`You cannot call tools yourself. Write which searches should be made for the question, as one JSON object and nothing else:
{"searches": [{"q": "…", "start": "…", "end": "…"}]}
At most %d. start and end are times such as 2026-11-01T14:00:00Z, today, yesterday, -24h or -7d, and can be left out. q is in this language: %s`, planned, schema)
	first := append(t.messages[:len(t.messages):len(t.messages)], llm.Message{Role: llm.User, Text: ask})
	reply, err := t.say(ctx, llm.Request{Messages: first})
	if err != nil {
		return Answer{}, err
	}
	searches := planOf(reply.Text)
	if len(searches) == 0 {
		return Answer{}, aoc.Errorf(aoc.CodeUpstream, "assistant.plan", "the language model made no plan that can be read")
	}
	var found strings.Builder
	for i, s := range searches {
		fmt.Fprintf(&found, "Search %d:\n%s\n\n", i+1, t.call(ctx, llm.Call{Name: one.Name, Arguments: s}))
	}
	if ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	t.messages = append(t.messages, llm.Message{Role: llm.User, Text: "These searches were made for you.\n\n" + found.String() + "Answer the question now from what they show."})
	if over := t.budget.over(); over != "" && (t.budget.tokens <= 0 || t.budget.steps <= 0) {
		return Answer{}, aoc.Errorf(aoc.CodeThrottled, "assistant.plan", "the question used up its %s", over)
	}
	if reply, err = t.say(ctx, llm.Request{Messages: t.messages}); err != nil {
		return Answer{}, err
	}
	return t.answer(ctx, reply)
}

// planOf reads a plan and gives the arguments of its searches.
func planOf(text string) []string {
	from, to := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if from < 0 || to < from {
		return nil
	}
	var plan struct {
		Searches []struct {
			Query string `json:"q"`
			Start string `json:"start"`
			End   string `json:"end"`
		} `json:"searches"`
	}
	if json.Unmarshal([]byte(text[from:to+1]), &plan) != nil {
		return nil
	}
	var all []string
	for _, s := range plan.Searches[:min(len(plan.Searches), planned)] {
		arguments := map[string]any{"q": s.Query, "limit": planLimit}
		if s.Start != "" {
			arguments["start"] = s.Start
		}
		if s.End != "" {
			arguments["end"] = s.End
		}
		if text, err := json.Marshal(arguments); err == nil {
			all = append(all, string(text))
		}
	}
	return all
}

// answer makes the answer of what the model wrote at last.
func (t *talk) answer(ctx context.Context, reply llm.Reply) (Answer, error) {
	out, err := check(ctx, t.model.console, reply.Text, t.shown, zoneOf(t.q))
	if err != nil {
		return Answer{}, err
	}
	name, err := t.model.cfg.Client.Model(ctx)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{
		By: ByModel, Provider: t.model.cfg.Client.Provider(), Model: name, Text: out.text, Claims: out.claims, Events: out.events[:min(len(out.events), MaxEvents)],
		Counts: []Count{}, Notes: []Note{}, Warnings: out.warnings(), Steps: t.steps,
	}
	switch nothing, ok := t.nothingFound(); {
	case out.supported() > 0:
	case ok && len(out.events) == 0: // said by AOC, which knows that it is so
		a.Text, a.Claims, a.Warnings = nothing, []Claim{{Text: nothing, Events: []string{}, Supported: true}}, nil
	default:
		return Answer{}, errNothing
	}
	if reply.Cut {
		a.Warnings = append(a.Warnings, "the language model's answer broke off at its greatest length")
	}
	if t.ranOut != "" {
		a.Warnings = append(a.Warnings, "not all was looked at: the question used up its "+t.ranOut)
	}
	t.rest(&a)
	if a.Claims == nil {
		a.Claims = []Claim{}
	}
	if a.Events == nil {
		a.Events = []aoc.Event{}
	}
	if a.Warnings == nil {
		a.Warnings = []string{}
	}
	return a, nil
}

// nothingFound says that every search came back empty, if at least one was made and all were
// complete.
func (t *talk) nothingFound() (string, bool) {
	var tried []string
	for _, s := range t.searches {
		if s.total > 0 || !s.complete {
			return "", false
		}
		tried = append(tried, "- "+inert(strings.TrimPrefix(s.step.Says, "looking for ")))
	}
	if len(tried) == 0 || len(t.shown.keys) > 0 {
		return "", false
	}
	return "Nothing was found. Looked for:\n\n" + strings.Join(tried, "\n"), true
}

// rest puts the search on an answer that most of its events come from.
func (t *talk) rest(a *Answer) {
	best, most := -1, -1
	for i, s := range t.searches {
		n := 0
		for _, e := range a.Events {
			if s.keys[e.Key] {
				n++
			}
		}
		if n >= most {
			best, most = i, n
		}
	}
	if best < 0 {
		a.Complete = true
		a.Total = int64(len(a.Events))
		return
	}
	s := t.searches[best]
	a.Query, a.Start, a.End, a.Total, a.Complete = s.step.Query, s.step.Start, s.step.End, s.total, s.complete
	if !s.complete {
		a.Warnings = append(a.Warnings, "not all events could be looked at")
	}
}

// search is one that was made and what it found.
type search struct {
	step     Step
	keys     map[string]bool
	total    int64
	complete bool
}

func searchOf(step modelStep, found tool.Result) (search, bool) {
	s := search{step: step.Step, keys: map[string]bool{}}
	for _, key := range found.Events {
		s.keys[key] = true
	}
	switch v := found.Value.(type) {
	case tool.EventPage:
		s.total, s.complete = v.Total, v.Complete
	case tool.Counts:
		s.total, s.complete = v.Total, v.Complete
	default:
		return s, false
	}
	return s, true
}
