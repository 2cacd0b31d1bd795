package assistant

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/llm"
)

// ModelConfig is a language model and what may be spent on it.
type ModelConfig struct {
	Client *llm.Client
	// MaxSteps is how often the model is asked for one question, MaxTokens how many tokens may
	// go into it; zero means 8 and 150,000.
	MaxSteps  int
	MaxTokens int64
	// DailyTokens is how many may go into all questions of a day; 0 means any number.
	DailyTokens int64
	// Spent keeps how many were used today, past the end of the process; nil: nobody does.
	Spent Checkpoints
	// Timeout is the model's; a conversation may take five times as long. 0 means a minute.
	Timeout time.Duration
	// Observer hears of each call; nil is fine.
	Observer Observer
}

// Observer counts calls of the model.
type Observer interface {
	// Called tells of one call: its outcome is ok or the code of the error.
	Called(outcome string, used llm.Usage, took time.Duration)
}

// model is the half of the assistant that asks a language model.
type model struct {
	cfg     ModelConfig
	console *console.Console
	clock   aoc.Clock
	log     *slog.Logger
	spent   *spending
	stories stories
	// noTools says that the model has said that it calls none.
	noTools atomic.Bool
}

func newModel(cfg ModelConfig, c *console.Console, clock aoc.Clock, log *slog.Logger) *model {
	if cfg.MaxSteps <= 0 {
		cfg.MaxSteps = 8
	}
	if cfg.MaxTokens <= 0 {
		cfg.MaxTokens = 150_000
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	return &model{cfg: cfg, console: c, clock: clock, log: log, spent: &spending{clock: clock, log: log, most: cfg.DailyTokens, kept: cfg.Spent}}
}

// chat asks the model once, counts what that took, and has it written down. Whether the day's
// tokens are used up is for callers to ask before, who then know that nothing was sent.
func (m *model) chat(ctx context.Context, r llm.Request) (llm.Reply, error) {
	r.MaxTokens = replyTokens
	start := time.Now() // how long a socket took, which no simulation moves
	reply, err := m.cfg.Client.Chat(ctx, r, nil)
	m.spent.add(ctx, reply.Usage)
	outcome := "ok"
	if err != nil {
		outcome = string(aoc.CodeOf(err))
		m.log.WarnContext(ctx, "the language model gave no answer", "error", err)
	}
	if m.cfg.Observer != nil {
		m.cfg.Observer.Called(outcome, reply.Usage, time.Since(start))
	}
	name, nameErr := m.cfg.Client.Model(context.WithoutCancel(ctx))
	if nameErr != nil {
		name = "unknown"
	}
	m.console.CalledModel(ctx, console.ModelCall{Provider: m.cfg.Client.Provider(), Model: name, Tokens: reply.Usage.Total(), Fault: err})
	return reply, err
}

// byRules answers without a model.
type byRules func(ctx context.Context, q Question, progress Progress) (Answer, error)

// errNothing marks conversations that came to no answer that rests on anything.
var errNothing = errors.New("nothing of it rests on events")

// ask answers a question by the model. Where that fails, and where nothing of what the model
// says rests on events, the question is read by rules and the answer says why.
func (m *model) ask(ctx context.Context, q Question, rules byRules, progress Progress) (Answer, error) {
	if progress == nil {
		progress = func(Step) {}
	}
	scoped, err := m.console.WithScope(ctx, q.Filter)
	if err != nil {
		return Answer{}, err
	}
	timed, cancel := context.WithTimeout(scoped, timeoutsInAll*m.cfg.Timeout)
	defer cancel()
	talk := m.newTalk(timed, q, progress)
	answer, err := talk.hold(timed)
	if err == nil {
		return answer, nil
	}
	if ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	why := aoc.MessageOf(err)
	switch {
	case errors.Is(err, errNothing):
		why = "nothing that the language model wrote rests on events"
	case timed.Err() != nil:
		why = "the language model took too long"
	}
	answer, ruleErr := rules(scoped, q, progress)
	if ruleErr != nil {
		return answer, ruleErr
	}
	if talk.sent {
		answer.Provider = m.cfg.Client.Provider()
	}
	answer.Warnings = append([]string{"This answer was found by rules, not by the language model: " + why + "."}, answer.Warnings...)
	answer.Steps = append(talk.steps, answer.Steps...)
	return answer, nil
}
