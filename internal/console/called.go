package console

import (
	"context"

	"aoc/internal/trail"
)

// CallKind is what a program asks for by the Model Context Protocol, in words of the audit
// trail.
type CallKind string

// The kinds there are.
const (
	CallTool     CallKind = "tool"
	CallResource CallKind = "resource"
	CallPrompt   CallKind = "prompt"
)

// verb says what is done with each kind.
func (k CallKind) verb() string {
	return map[CallKind]string{CallTool: "Call", CallResource: "Read", CallPrompt: "Get"}[k]
}

// Called writes down that the caller asks for something by the Model Context Protocol, with a
// program that calls itself client. What it then does in the console is written down besides.
// Codes: unauthenticated, forbidden; unavailable, and it must not be done then.
func (c *Console) Called(ctx context.Context, kind CallKind, name, client string) error {
	if err := c.authorise(ctx, actRead); err != nil {
		return err
	}
	return c.note(ctx, trail.Entry{
		Operation: kind.verb() + " MCP " + string(kind), Target: trail.Target{Type: "MCP " + string(kind), Name: name}, Client: client,
	})
}
