package assistant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/console/tool"
	"aoc/internal/llm"
	"aoc/internal/query"
)

// Explanation says what an event means. All but the text of a model is computed from what is
// stored.
type Explanation struct {
	Key string `json:"key"`
	// By is [ByRules] or [ByModel]. Provider is where the event was sent, also where rules had
	// to do in the end.
	By       string `json:"by" enum:"rules,model"`
	Provider string `json:"provider,omitempty" doc:"Where the event was sent; absent when nowhere."`
	Model    string `json:"model,omitempty"`
	// Text is safe Markdown; citations are written [KEY].
	Text     string   `json:"text" doc:"Safe Markdown. Events are cited as [key]."`
	Claims   []Claim  `json:"claims"`
	Warnings []string `json:"warnings"`

	Facts
}

// Facts are what the store knows of an event.
type Facts struct {
	Summary string       `json:"what" doc:"What happened."`
	Changes []aoc.Change `json:"changes" doc:"What changed, from what to what; at most 30."`
	Usual   Usual        `json:"history" doc:"What is stored of who did it."`
	Habits  []Habit      `json:"usual" doc:"Whether it is usual for who did it, in words."`
	Why     string       `json:"why_it_matters" doc:"Why this kind of operation matters."`
	// Techniques are those that attackers use the operation for; none says that it is one.
	Techniques []Technique  `json:"techniques"`
	Alerts     []FactAlert  `json:"alerts" doc:"Alerts that rest on the event."`
	Next       []Suggestion `json:"next" doc:"What to look at next."`
}

// FactAlert is an alert that rests on the event.
type FactAlert struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Severity aoc.Severity `json:"severity"`
	State    string       `json:"state"`
	Rule     string       `json:"rule_id"`
}

// Suggestion is a search that shows more.
type Suggestion struct {
	Text  string    `json:"text"`
	Query string    `json:"q"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

const (
	factChanges = 30
	factAlerts  = 500 // newest alerts that are looked through
)

// teller explains events.
type teller struct {
	console *console.Console
	model   *model // nil: without one
	log     *slog.Logger
}

// explain explains the event with a key or id. Codes are those of [console.Console.Event].
func (t *teller) explain(ctx context.Context, keyOrID string, progress Progress, draft func(Explanation)) (Explanation, error) {
	if progress == nil {
		progress = func(Step) {}
	}
	progress(Step{Tool: "get_event", Says: "reading the event"})
	e, err := t.console.Event(ctx, keyOrID)
	if err != nil {
		return Explanation{}, err
	}
	progress(Step{Tool: "get_summary", Says: "counting how often this was done in the 90 days before"})
	facts, err := t.facts(ctx, &e)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Key: e.Key, By: ByRules, Facts: facts, Warnings: []string{}}
	x.Text, x.Claims = plainStory(&e, &facts)
	if t.model == nil {
		return x, nil
	}
	if err := t.model.spent.check(ctx); err != nil {
		return byRulesInstead(x, err), nil
	}
	if draft != nil {
		draft(x)
	}
	progress(Step{Tool: "model", Says: "asking the language model to put it into words"})
	told, err := t.model.story(ctx, &e, x)
	if err == nil {
		return told, nil
	}
	if ctx.Err() != nil {
		return Explanation{}, ctx.Err()
	}
	x.Provider = t.model.cfg.Client.Provider()
	return byRulesInstead(x, err), nil
}

// byRulesInstead says why an explanation is not the model's.
func byRulesInstead(x Explanation, err error) Explanation {
	x.Warnings = append(x.Warnings, "This was put into words by rules, not by the language model: "+aoc.MessageOf(err)+".")
	return x
}

func (t *teller) facts(ctx context.Context, e *aoc.Event) (Facts, error) {
	about := meaningOf(e)
	f := Facts{
		Summary: e.DisplaySummary, Changes: append([]aoc.Change{}, e.Changes[:min(len(e.Changes), factChanges)]...), Why: about.why,
		Techniques: append([]Technique{}, about.techniques...), Alerts: []FactAlert{}, Next: suggestions(e),
	}
	var err error
	if f.Usual, err = t.usual(ctx, e); err != nil {
		return f, err
	}
	f.Habits = f.Usual.habits(e.ClientIP != "")
	page, err := t.console.Alerts(ctx, console.AlertFilter{Tenant: []string{e.TenantID}}, "", factAlerts)
	if err != nil {
		return f, err
	}
	for _, a := range page.Items {
		if slices.Contains(a.Events, e.Key) {
			f.Alerts = append(f.Alerts, FactAlert{a.ID, a.Title, a.Severity, string(a.State), a.RuleID})
		}
	}
	return f, nil
}

// suggestions are searches around an event.
func suggestions(e *aoc.Event) []Suggestion {
	all := []Suggestion{}
	add := func(text, q string, before, after time.Duration) {
		all = append(all, Suggestion{text, q, e.Timestamp.Add(-before), e.Timestamp.Add(after)})
	}
	const day = 24 * time.Hour
	if who := ownOf(e); len(who) > 0 {
		add("What else the same actor did around that time", query.Term(aoc.FieldActor, who...), day, day)
		add("How often the same actor did this before", query.Term(aoc.FieldActor, who...)+" "+query.Term(aoc.FieldOperation, e.Operation), 90*day, time.Second)
	}
	for _, target := range e.Targets[:min(len(e.Targets), 2)] {
		for _, id := range []string{target.ID, target.UPN, target.Name} {
			if id != "" {
				add("What else was done to "+tool.Visible(firstText(target.Name, target.UPN, id), 80), query.Term(aoc.FieldTarget, id), 7*day, 7*day)
				break
			}
		}
	}
	if e.ClientIP != "" {
		add("Who else was at the same address", query.Term(aoc.FieldIP, e.ClientIP), 7*day, 7*day)
	}
	add("Who else did the same", query.Term(aoc.FieldOperation, e.Operation), 7*day, 7*day)
	return all
}

func firstText(some ...string) string {
	for _, s := range some {
		if s != "" {
			return s
		}
	}
	return ""
}

// plainStory puts facts into words without a model.
func plainStory(e *aoc.Event, f *Facts) (string, []Claim) {
	cite := " [" + e.Key + "]"
	var lines []string
	var claims []Claim
	say := func(text string) {
		lines = append(lines, text)
		claims = append(claims, Claim{Text: text, Events: []string{e.Key}, Supported: true})
	}
	say(fmt.Sprintf("%s, on %s (%s).%s", inert(f.Summary), e.Timestamp.UTC().Format("2 January 2006 at 15:04:05 UTC"), e.Result, cite))
	for _, ch := range f.Changes[:min(len(f.Changes), 10)] {
		say(fmt.Sprintf("%s changed from %s to %s.%s", inert(tool.Visible(ch.Property, 120)), sideText(ch.Before), sideText(ch.After), cite))
	}
	for _, r := range f.Habits {
		if f.Usual.Known {
			say(r.Text + cite)
		} else {
			lines = append(lines, r.Text)
		}
	}
	lines = append(lines, f.Why)
	for _, t := range f.Techniques {
		lines = append(lines, "Attackers use it as "+t.Name+" ("+t.ID+").")
	}
	for _, a := range f.Alerts {
		say(fmt.Sprintf("It raised the alert %s (%s, %s).%s", inert(tool.Visible(a.Title, 200)), a.Severity, a.State, cite))
	}
	return strings.Join(lines, "\n\n"), claims
}

func sideText(s *string) string {
	switch {
	case s == nil:
		return "what is not told"
	case *s == "":
		return "nothing"
	}
	return "`" + strings.ReplaceAll(tool.Visible(*s, 200), "`", "'") + "`"
}

// stories keeps explanations by what they rest on.
type stories struct {
	mu   sync.Mutex
	kept map[string]storyAt
}

type storyAt struct {
	at    time.Time
	story Explanation
}

const (
	maxStories = 200
	storyAge   = time.Hour
)

func (s *stories) get(key string, now time.Time) (Explanation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[key]
	return k.story, ok && now.Sub(k.at) < storyAge
}

func (s *stories) put(key string, now time.Time, x Explanation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= maxStories {
		s.kept = map[string]storyAt{}
	}
	s.kept[key] = storyAt{now, x}
}

// story has the model put facts into words, and holds the words against the event.
func (m *model) story(ctx context.Context, e *aoc.Event, x Explanation) (Explanation, error) {
	name, err := m.cfg.Client.Model(ctx)
	if err != nil {
		return x, err
	}
	facts, err := json.Marshal(struct {
		Event any `json:"event"`
		Facts
	}{told(e), x.Facts.visible()})
	if err != nil {
		return x, aoc.Wrap(err, aoc.CodeInternal, "assistant.explain", "the event cannot be shown to the language model")
	}
	sum := sha256.Sum256([]byte(name + "\x00" + e.Key + "\x00" + string(e.Raw) + "\x00" + string(facts)))
	hash := hex.EncodeToString(sum[:])
	if known, ok := m.stories.get(hash, m.clock.Now()); ok {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*m.cfg.Timeout)
	defer cancel()
	f := newFence()
	reply, err := m.chat(ctx, llm.Request{Messages: []llm.Message{
		{Role: llm.System, Text: "You explain one audit event of Microsoft 365 to a security analyst, from facts that AOC has computed.\n\n" + f.rules() + "\n\n" + citing +
			"\n- At most eight sentences: what happened and what changed; whether it is usual for who did it; what matters about it; what to check next. Do not say that it is an attack, or that it is none."},
		{Role: llm.User, Text: "Explain the event [" + e.Key + "]. The facts:\n" + f.data(string(facts))},
	}})
	if err != nil {
		return x, err
	}
	u := x.Usual
	shown := shownByTools{
		keys: map[string]bool{e.Key: true}, days: map[string]bool{},
		counts: map[int64]bool{u.Days30: true, u.Days90: true, u.ActorEvents: true, u.Others: true, u.Address: true, u.Addresses: true, u.HourEvents: true, 30: true, 90: true, int64(len(x.Alerts)): true},
	}
	out, err := check(ctx, m.console, reply.Text, shown, time.UTC)
	if err != nil {
		return x, err
	}
	if out.supported() == 0 {
		return x, aoc.Wrap(errNothing, aoc.CodeUpstream, "assistant.explain", "nothing that the language model wrote rests on the event")
	}
	x.By, x.Provider, x.Model, x.Text, x.Claims = ByModel, m.cfg.Client.Provider(), name, out.text, out.claims
	x.Warnings = append(x.Warnings, out.warnings()...)
	m.stories.put(hash, m.clock.Now(), x)
	return x, nil
}

// visible is what a model is told of the facts: their texts cut and without hidden characters.
func (f Facts) visible() Facts {
	f.Summary = tool.Visible(f.Summary, 400)
	changes := []aoc.Change{}
	side := func(s *string) *string {
		if s == nil {
			return nil
		}
		short := tool.Visible(*s, 300)
		return &short
	}
	for _, ch := range f.Changes {
		changes = append(changes, aoc.Change{Target: tool.Visible(ch.Target, 120), Property: tool.Visible(ch.Property, 120), Before: side(ch.Before), After: side(ch.After)})
	}
	f.Changes, f.Alerts = changes, f.Alerts[:min(len(f.Alerts), 10)]
	return f
}

// told is what a model is told of an event.
func told(e *aoc.Event) any {
	visibles := func(some []string) (all []string) {
		for _, s := range some[:min(len(some), 10)] {
			all = append(all, tool.Visible(s, 200))
		}
		return all
	}
	return map[string]any{
		"key": e.Key, "time": e.Timestamp.UTC().Format(time.RFC3339), "operation": tool.Visible(e.Operation, 200), "result": e.Result, "reason": tool.Visible(e.ResultReason, 300),
		"actor": tool.Visible(e.ActorDisplay, 200), "actor_upn": tool.Visible(e.Actor.UPN, 200), "actor_kind": e.ActorKind, "ip": tool.Visible(e.ClientIP, 80),
		"targets": visibles(e.TargetDisplays), "workload": tool.Visible(e.Workload, 80), "service": tool.Visible(e.Service, 120),
	}
}
