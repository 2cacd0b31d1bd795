package assistant

import (
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

// spending counts the tokens of a day, in UTC.
type spending struct {
	clock aoc.Clock
	most  int64 // 0: any number

	mu   sync.Mutex
	day  string
	used int64
}

// check fails with code throttled when the day's tokens are used up.
func (s *spending) check() error {
	now := s.clock.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(now)
	if s.most <= 0 || s.used < s.most {
		return nil
	}
	return &aoc.Error{
		Code: aoc.CodeThrottled, Op: "assistant.ask", Message: "today's tokens of the language model are used up",
		Hint: "Tomorrow, in UTC, there are new ones; AOC_LLM_DAILY_TOKENS says how many.", RetryAfter: now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now),
	}
}

func (s *spending) add(u llm.Usage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(s.clock.Now().UTC())
	s.used += u.Total()
}

// turn begins a new day.
func (s *spending) turn(now time.Time) {
	if day := now.Format(time.DateOnly); day != s.day {
		s.day, s.used = day, 0
	}
}
