package console

import (
	"context"
	"slices"

	"aoc"
	"aoc/internal/auth"
)

// Anonymous is whom edits are kept under when nobody gave a name.
const Anonymous = "anonymous"

// CommandLine is what people at the command line are known as: whoever they are there, they
// may read and write the data folder.
const CommandLine = "command line"

type callerKey struct{}

// WithCaller tells who asks.
func WithCaller(ctx context.Context, c aoc.Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf tells who asks; the zero Caller when nobody said.
func CallerOf(ctx context.Context) aoc.Caller {
	c, _ := ctx.Value(callerKey{}).(aoc.Caller)
	return c
}

// Local is whoever has access to the machine: the command line, and everybody where nobody
// signs in. They may do everything; name is what they call themselves.
func Local(name string) aoc.Caller {
	return aoc.Caller{Name: name, Via: aoc.ViaLocal, Role: aoc.RoleManager}
}

// caller is who asks, as far as this console goes: where nobody signs in everybody is local.
func (c *Console) caller(ctx context.Context) aoc.Caller {
	who := CallerOf(ctx)
	if !c.signIn && who.Via == aoc.ViaNothing {
		return Local(who.Name)
	}
	return who
}

// system is a context for what the console does by itself, for nobody in particular.
func system(ctx context.Context) context.Context { return WithCaller(ctx, Local("")) }

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
	actRead      action = "read"      // see events and how collection goes
	actExport    action = "export"    // take all events of a selection away
	actAnnotate  action = "annotate"  // tag, comment, review
	actSaved     action = "saved"     // make and change saved searches
	actWindows   action = "windows"   // make and change change windows, which review by themselves
	actCollect   action = "collect"   // start a collection
	actImport    action = "import"    // add events from files
	actRules     action = "rules"     // make and change rules
	actNotifiers action = "notifiers" // see, make and test who is told of alerts
	actSinks     action = "sinks"     // say where events are sent, and see how that goes
	actTokens    action = "tokens"    // make and revoke API tokens, see and end sessions
)

// everywhere are the actions that touch all tenants: nobody who is bound to some may do them.
var everywhere = []action{actCollect, actImport, actWindows, actRules, actNotifiers, actSinks, actTokens} //nolint:gochecknoglobals // read-only table

// needs is the least role for each action.
var needs = map[action]aoc.Role{ //nolint:gochecknoglobals // read-only table
	actRead: aoc.RoleReader, actExport: aoc.RoleReader,
	actAnnotate: aoc.RoleAnalyst, actSaved: aoc.RoleAnalyst, actWindows: aoc.RoleAnalyst,
	actCollect: aoc.RoleMember, actImport: aoc.RoleMember, actRules: aoc.RoleMember,
	actNotifiers: aoc.RoleManager, actSinks: aoc.RoleManager, actTokens: aoc.RoleManager,
}

// Me tells who asks, and what they may do. Code unauthenticated for nobody.
func (c *Console) Me(ctx context.Context) (who aoc.Caller, rights []string, err error) {
	if who = c.caller(ctx); who.Via == aoc.ViaNothing {
		return who, nil, auth.NotSignedIn()
	}
	for a := range needs {
		if c.decide(ctx, a) == nil {
			rights = append(rights, string(a))
		}
	}
	slices.Sort(rights)
	return who, rights, nil
}

// authorise decides whether the caller may do something. Every use-case asks it first: it is
// the one place where roles are looked at. Codes: unauthenticated, forbidden.
func (c *Console) authorise(ctx context.Context, a action) error {
	err := c.decide(ctx, a)
	if err != nil {
		return c.refused(ctx, a, err)
	}
	return nil
}

func (c *Console) decide(ctx context.Context, a action) error {
	who := c.caller(ctx)
	least, known := needs[a]
	switch {
	case who.Via == aoc.ViaNothing:
		return auth.NotSignedIn()
	case !known || who.Role.Rank() < least.Rank():
		e := aoc.Errorf(aoc.CodeForbidden, "console.authorise", "this needs the role %s", least)
		e.Hint = "You are signed in as " + string(who.Role) + ". An administrator can give you another role."
		return e
	case who.Tenants != nil && slices.Contains(everywhere, a):
		e := aoc.Errorf(aoc.CodeForbidden, "console.authorise", "this concerns all tenants, and you are bound to some")
		e.Hint = "Ask somebody who may see all of them."
		return e
	}
	return nil
}
