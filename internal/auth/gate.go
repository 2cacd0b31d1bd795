package auth

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"aoc"
)

// AllTenants stands for every tenant in [GateConfig.Tenants].
const AllTenants = "*"

// GateConfig says who of those that the provider knows may in, and as what. All values are
// compared character by character, GUIDs of groups in any letter case.
type GateConfig struct {
	// AllowedRoles and AllowedGroups let in who has one of either; both empty: everybody who
	// is given a role, or everybody where no roles are given.
	AllowedRoles, AllowedGroups []string
	// Roles gives roles to values of the claim roles and to ids of groups; the highest one
	// counts. Empty: everybody who is let in is a member.
	Roles map[string]aoc.Role
	// Tenants binds values of the claim roles and ids of groups to tenants. When it is set,
	// who has none of them may see no tenant.
	Tenants map[string][]string
	// Memberships answers for those who are in more groups than a token holds; may be nil.
	Memberships Memberships
}

// Memberships knows who is in which groups.
type Memberships interface {
	// MemberOf gives those of some groups that a person is in, directly or through others.
	MemberOf(ctx context.Context, person string, groups []string) ([]string, error)
}

// Gate decides who may in.
type Gate struct{ cfg GateConfig }

// NewGate makes a gate.
func NewGate(cfg GateConfig) *Gate {
	folded := GateConfig{Memberships: cfg.Memberships, Roles: map[string]aoc.Role{}, Tenants: map[string][]string{}}
	for _, v := range cfg.AllowedRoles {
		folded.AllowedRoles = append(folded.AllowedRoles, fold(v))
	}
	for _, v := range cfg.AllowedGroups {
		folded.AllowedGroups = append(folded.AllowedGroups, fold(v))
	}
	for v, role := range cfg.Roles {
		if role.Rank() > folded.Roles[fold(v)].Rank() {
			folded.Roles[fold(v)] = role
		}
	}
	for v, tenants := range cfg.Tenants {
		folded.Tenants[fold(v)] = append(folded.Tenants[fold(v)], tenants...)
	}
	return &Gate{folded}
}

// fold makes ids of groups comparable; names of roles are left alone.
func fold(v string) string {
	if guid.MatchString(v) {
		return strings.ToLower(v)
	}
	return v
}

var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Admit decides whether somebody may in, and as what. Codes forbidden; unavailable when
// their groups have to be asked for and cannot be.
func (g *Gate) Admit(ctx context.Context, id Identity) (aoc.Caller, error) {
	c := aoc.Caller{Name: id.Name, Subject: id.Subject}
	groups, err := g.groupsOf(ctx, id)
	if err != nil {
		return c, err
	}
	allowed := g.allows(id.Roles, groups)
	c.Role = g.roleOf(slices.Concat(id.Roles, groups))
	switch {
	case !allowed:
		return c, forbidden("this account is not among those that may use AOC", "An administrator can add one of its roles or groups to AUTH_ALLOWED_ROLES or AUTH_ALLOWED_GROUPS.")
	case len(g.cfg.Roles) == 0:
		c.Role = aoc.RoleMember
	case c.Role == aoc.RoleNone && g.restricted():
		c.Role = aoc.RoleReader // let in by name, and given nothing more
	case c.Role == aoc.RoleNone:
		return c, forbidden("this account has no role in AOC", "An administrator can give it one: AOC_AUTH_READERS, AOC_AUTH_ANALYSTS, AOC_AUTH_MANAGERS.")
	}
	if c.Tenants, err = g.tenantsOf(slices.Concat(id.Roles, groups)); err != nil {
		return c, err
	}
	return c, nil
}

func forbidden(message, hint string) error {
	e := aoc.Errorf(aoc.CodeForbidden, "auth.admit", "%s", message)
	e.Hint = hint
	return e
}

// restricted reports whether only some are let in.
func (g *Gate) restricted() bool { return len(g.cfg.AllowedRoles)+len(g.cfg.AllowedGroups) > 0 }

func (g *Gate) allows(roles, groups []string) bool {
	return !g.restricted() || overlap(roles, g.cfg.AllowedRoles) || overlap(groups, g.cfg.AllowedGroups)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, fold(v)) })
}

// roleOf gives the highest role of some values.
func (g *Gate) roleOf(values []string) (role aoc.Role) {
	for _, v := range values {
		if r := g.cfg.Roles[fold(v)]; r.Rank() > role.Rank() {
			role = r
		}
	}
	return role
}

// tenantsOf gives the tenants that some values are bound to; nil for all.
func (g *Gate) tenantsOf(values []string) ([]string, error) {
	if len(g.cfg.Tenants) == 0 {
		return nil, nil
	}
	tenants := map[string]bool{}
	for _, v := range values {
		for _, tenant := range g.cfg.Tenants[fold(v)] {
			if tenant == AllTenants {
				return nil, nil
			}
			tenants[tenant] = true
		}
	}
	if len(tenants) == 0 {
		return nil, forbidden("this account may see no tenant", "An administrator can bind one of its roles or groups to tenants in AOC_AUTH_TENANTS.")
	}
	return slices.Sorted(maps.Keys(tenants)), nil
}

// groupsOf gives those groups of somebody that matter here. Where a token leaves them out
// they are asked for; the address that the token names for that is the sender's and is not.
func (g *Gate) groupsOf(ctx context.Context, id Identity) ([]string, error) {
	if !id.GroupsLeftOut || id.App {
		return id.Groups, nil
	}
	wanted := g.wanted()
	if len(wanted) == 0 {
		return nil, nil
	}
	if g.cfg.Memberships == nil {
		return nil, forbidden("this account is in more groups than its token can hold, and there is nobody to ask for them",
			"Set CLIENT_ID and CLIENT_SECRET (or a certificate) with the permissions User.ReadBasic.All and GroupMember.Read.All, or use roles of the application instead of groups.")
	}
	groups, err := g.cfg.Memberships.MemberOf(ctx, id.Subject, wanted)
	if err != nil {
		return nil, &aoc.Error{
			Code: aoc.CodeUnavailable, Op: "auth.groups", Message: "the groups of this account could not be asked for", Hint: aoc.HintOf(err), Cause: err,
		}
	}
	return groups, nil
}

// wanted are the ids of groups that are named anywhere.
func (g *Gate) wanted() []string {
	all := map[string]bool{}
	for _, v := range g.cfg.AllowedGroups {
		all[v] = true
	}
	for v := range g.cfg.Roles {
		all[v] = true
	}
	for v := range g.cfg.Tenants {
		all[v] = true
	}
	maps.DeleteFunc(all, func(v string, _ bool) bool { return !guid.MatchString(v) })
	return slices.Sorted(maps.Keys(all))
}
