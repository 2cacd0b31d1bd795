package assistant

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/llm"
)

// The bounds of one conversation beside those that the operator sets.
const (
	maxCalls      = 24      // of tools
	maxAtOnce     = 8       // of one reply
	maxRows       = 2000    // events that tools show
	maxResults    = 400_000 // bytes that tools show
	maxBadInRow   = 3       // calls that make no sense, one after the other
	replyTokens   = 4000    // that the model may write at a time
	timeoutsInAll = 5       // how many times the model's timeout a conversation may take
)

// budget is what a conversation may still use.
type budget struct {
	steps  int
	tokens int64
	calls  int
	rows   int
	bytes  int
	bad    int // in a row
}

// over says what has run out; empty for nothing.
func (b *budget) over() string {
	switch {
	case b.tokens <= 0:
		return "tokens"
	case b.calls <= 0:
		return "calls of tools"
	case b.rows <= 0:
		return "events"
	case b.bytes <= 0:
		return "text to look at"
	case b.bad >= maxBadInRow:
		return "calls that make sense"
	case b.steps <= 0:
		return "steps"
	}
	return ""
}

// Checkpoints is where the tokens of a day are written down, as [store.Checkpoints] has it.
type Checkpoints interface {
	Checkpoint(ctx context.Context, name string) (string, error)
	SetCheckpoint(ctx context.Context, name, position string) error
}

const (
	// spentName is the checkpoint of the day's tokens: a day and a number.
	spentName = "assistant/tokens"
	// writeTime is how long writing them down may take.
	writeTime = 5 * time.Second
)

// spending counts the tokens of a day, in UTC, of all processes that share a store. Those of
// two that are counted in the same moment may count once.
type spending struct {
	clock aoc.Clock
	log   *slog.Logger
	most  int64       // 0: any number
	kept  Checkpoints // nil: they are not written down

	mu   sync.Mutex
	day  string
	used int64
}

// check fails with code throttled when the day's tokens are used up.
func (s *spending) check(ctx context.Context) error {
	if s.most <= 0 {
		return nil
	}
	now := s.clock.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(ctx, now)
	if s.used < s.most {
		return nil
	}
	return &aoc.Error{
		Code: aoc.CodeThrottled, Op: "assistant.ask", Message: "today's tokens of the language model are used up",
		Hint: "Tomorrow, in UTC, there are new ones; AOC_LLM_DAILY_TOKENS says how many.", RetryAfter: now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now),
	}
}

// add counts tokens, also of a call that was given up.
func (s *spending) add(ctx context.Context, u llm.Usage) {
	if s.most <= 0 || u.Total() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(ctx, s.clock.Now().UTC())
	s.used += u.Total()
	if s.kept == nil {
		return
	}
	if err := s.kept.SetCheckpoint(ctx, spentName, fmt.Sprintf("%s %d", s.day, s.used)); err != nil {
		s.log.WarnContext(ctx, "the tokens of the language model are counted in this process alone", "error", err)
	}
}

// turn begins a new day, and takes over what other processes have used of it.
func (s *spending) turn(ctx context.Context, now time.Time) {
	if day := now.Format(time.DateOnly); day != s.day {
		s.day, s.used = day, 0
	}
	if s.kept == nil {
		return
	}
	text, err := s.kept.Checkpoint(ctx, spentName)
	if err != nil {
		return // what this process knows has to do
	}
	day, number, _ := strings.Cut(text, " ")
	if used, err := strconv.ParseInt(number, 10, 64); err == nil && day == s.day {
		s.used = max(s.used, used)
	}
}
