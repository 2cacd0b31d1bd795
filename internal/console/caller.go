package console

import "context"

// Caller is who asks. In this version nobody signs in and every caller may do everything;
// adapters put whom they know into the context, so that the decision has its place.
type Caller struct {
	// Name is for the log: a user principal name, or the kind of access ("http", "cli").
	Name string
}

type callerKey struct{}

// WithCaller tells who asks.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf tells who asks; the zero Caller when nobody said.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// action is what a caller wants to do.
type action string

const (
	actRead    action = "read"    // see events and how collection goes
	actCollect action = "collect" // start a collection
	actImport  action = "import"  // add events from files
)

// authorise decides whether the caller may do something. Every use-case asks it first;
// it is the one place where roles will be looked at. Codes: unauthenticated, forbidden.
func (c *Console) authorise(_ context.Context, _ action) error { return nil }
