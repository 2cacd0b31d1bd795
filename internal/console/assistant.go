package console

import (
	"context"

	"aoc"
	"aoc/internal/trail"
)

// Asking writes down that the caller asks the assistant something in words. Codes:
// unauthenticated, forbidden; unavailable where it cannot be written down.
func (c *Console) Asking(ctx context.Context, question string) error {
	if err := c.authorise(ctx, actRead); err != nil {
		return err
	}
	return c.note(ctx, trail.Entry{Operation: "Ask the assistant", Query: question})
}

// ModelCall is a call of a language model on behalf of the caller.
type ModelCall struct {
	Provider, Model string // the host that was asked, and for what
	Tokens          int64
	Fault           error
}

// CalledModel writes down that a language model was called: which one and where, and how many
// tokens it took; nothing of what it was told.
func (c *Console) CalledModel(ctx context.Context, m ModelCall) {
	e := trail.Entry{
		Operation: "Call language model", Count: m.Tokens,
		Target: trail.Target{Type: "language model", ID: m.Model, Name: m.Model + " at " + m.Provider},
	}
	if m.Fault != nil {
		e.Failed, e.Reason = true, aoc.MessageOf(m.Fault)
	}
	if err := c.note(ctx, e); err != nil {
		c.log.WarnContext(ctx, "a call of the language model is not in the audit trail", "error", err)
	}
}
