package assistant

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"aoc"
	"aoc/internal/console"
)

// Config is what an [Assistant] is made of.
type Config struct {
	Console *console.Console
	Clock   aoc.Clock    // nil: the system's
	Logger  *slog.Logger // nil: silent
	// Model is a language model that answers and explains; nil means that rules do.
	Model *ModelConfig
}

// Assistant answers questions about events, and explains events. It is safe for concurrent use.
type Assistant struct {
	console *console.Console
	clock   aoc.Clock
	log     *slog.Logger
	model   *model // nil: there is none
}

// New makes an assistant.
func New(cfg Config) *Assistant {
	a := &Assistant{console: cfg.Console, clock: cfg.Clock, log: cfg.Logger}
	if a.clock == nil {
		a.clock = aoc.SystemClock{}
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if cfg.Model != nil {
		a.model = newModel(*cfg.Model, a.console, a.clock, a.log)
	}
	return a
}

// Ask answers a question. progress hears of each step; nil is fine. Code invalid, as
// [*console.InvalidParam], for a question that is empty or too long and for a filter that is
// wrong; other errors are those of the console.
func (a *Assistant) Ask(ctx context.Context, q Question, progress Progress) (Answer, error) {
	q.Text = strings.TrimSpace(q.Text)
	switch {
	case q.Text == "":
		return Answer{}, invalidQuestion("a question must not be empty")
	case len(q.Text) > MaxQuestion:
		return Answer{}, invalidQuestion("a question has at most %d bytes", MaxQuestion)
	}
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	if err := q.Filter.Validate(a.clock.Now()); err != nil {
		return Answer{}, err
	}
	if progress == nil {
		progress = func(Step) {}
	}
	if err := a.console.Asking(ctx, q.Text); err != nil {
		return Answer{}, err
	}
	if a.model != nil {
		return a.model.ask(ctx, q, a.askByRules, progress)
	}
	return a.askByRules(ctx, q, progress)
}

// Explain says what the event with a key or id means: facts from the store, and words for
// them. progress hears of each step, and draft, where a model is about to be asked, what rules
// make of it; nil is fine for both. Codes are those of [console.Console.Event].
func (a *Assistant) Explain(ctx context.Context, keyOrID string, progress Progress, draft func(Explanation)) (Explanation, error) {
	t := &teller{console: a.console, model: a.model, log: a.log}
	return t.explain(ctx, keyOrID, progress, draft)
}

func invalidQuestion(format string, args ...any) error {
	return &console.InvalidParam{Name: "question", Err: aoc.Errorf(aoc.CodeInvalid, "assistant.ask", format, args...)}
}
