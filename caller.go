package aoc

import "slices"

// Caller is who asks for something: a person in a browser, a program with a token, or
// whoever has access to the machine itself.
type Caller struct {
	// Name is what people know them by, such as a user principal name. Text of theirs.
	Name string
	// Subject names them for good: what the identity provider calls them, or the id of the
	// API token. Empty for nobody in particular.
	Subject string
	// Via is how they were recognised.
	Via Via
	// Role is what they may do.
	Role Role
	// Address is where they ask from: an IP address, or empty.
	Address string
	// Tenants are those whose events they may see and change; nil means all.
	Tenants []string
}

// Via is a way to be recognised.
type Via string

// The ways to be recognised.
const (
	ViaNothing Via = ""        // nobody knows who it is
	ViaLocal   Via = "local"   // access to the machine: the command line, or a service without sign-in
	ViaSession Via = "session" // signed in with a browser
	ViaBearer  Via = "bearer"  // an access token of the identity provider
	ViaToken   Via = "token"   // an API token of AOC
)

// Role is a set of things that somebody may do. Each of reader, analyst and manager may do
// what the one before may.
type Role string

// The roles there are.
const (
	RoleNone    Role = ""        // nothing
	RoleReader  Role = "reader"  // search, look at, export
	RoleAnalyst Role = "analyst" // and tag, comment, review, save searches, plan change windows
	RoleMember  Role = "member"  // all but API tokens and settings: everybody who is let in where no roles are mapped
	RoleManager Role = "manager" // everything: collect, import, rules, sinks, tenants, retention, API tokens
)

// Roles lists the roles that somebody can be given, the one that may do least first.
func Roles() []Role { return []Role{RoleReader, RoleAnalyst, RoleMember, RoleManager} }

// Rank orders roles by what they may do; 0 is nothing.
func (r Role) Rank() int { return slices.Index(Roles(), r) + 1 }

// Sees reports whether the caller may see events of a tenant.
func (c Caller) Sees(tenant string) bool {
	return c.Tenants == nil || slices.Contains(c.Tenants, tenant)
}
