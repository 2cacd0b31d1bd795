package console

import "context"

// Anonymous is whom edits are kept under when nobody gave a name.
const Anonymous = "anonymous"

// Caller is who asks. In this version nobody signs in and every caller may do everything;
// adapters put whom they know into the context, so that the decision has its place.
type Caller struct {
	// Name is for the log and for what people add: a user principal name, or the name
	// that a person gave. Nobody has proved it.
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

// author is the name that edits of the caller are kept under.
func author(ctx context.Context) string {
	if name := CallerOf(ctx).Name; name != "" {
		return name
	}
	return Anonymous
}

// action is what a caller wants to do.
type action string

const (
	actRead     action = "read"     // see events and how collection goes
	actCollect  action = "collect"  // start a collection
	actImport   action = "import"   // add events from files
	actAnnotate action = "annotate" // tag, comment, review
	actExport   action = "export"   // take all events of a selection away
	actSaved    action = "saved"    // make and change saved searches
	actWindows  action = "windows"  // make and change change windows, which review by themselves
)

// authorise decides whether the caller may do something. Every use-case asks it first;
// it is the one place where roles will be looked at. Codes: unauthenticated, forbidden.
func (c *Console) authorise(_ context.Context, _ action) error { return nil }
