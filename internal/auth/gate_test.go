package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"aoc"
)

// members answers for those who are in more groups than a token holds.
type members struct {
	groups []string
	err    error
}

func (m members) MemberOf(context.Context, string, []string) ([]string, error) {
	return m.groups, m.err
}

// TestGateFailsClosed holds that nobody is let in for want of an answer.
func TestGateFailsClosed(t *testing.T) {
	const group = "33333333-2222-3333-4444-555555555555"
	away := errors.New("Graph is away")
	for name, test := range map[string]struct {
		gate GateConfig
		id   Identity
		want aoc.Code
	}{
		"groups that nobody can be asked for":   {GateConfig{AllowedGroups: []string{group}}, Identity{Subject: "a", GroupsLeftOut: true}, aoc.CodeForbidden},
		"groups that are not told":              {GateConfig{AllowedGroups: []string{group}, Memberships: members{err: away}}, Identity{Subject: "a", GroupsLeftOut: true}, aoc.CodeUnavailable},
		"groups for a role that are not told":   {GateConfig{Roles: map[string]aoc.Role{group: aoc.RoleReader}, Memberships: members{err: away}}, Identity{Subject: "a", GroupsLeftOut: true}, aoc.CodeUnavailable},
		"groups for a tenant that are not told": {GateConfig{Tenants: map[string][]string{group: {"x"}}, Memberships: members{err: away}}, Identity{Subject: "a", GroupsLeftOut: true}, aoc.CodeUnavailable},
		"none of the groups":                    {GateConfig{AllowedGroups: []string{group}, Memberships: members{}}, Identity{Subject: "a", GroupsLeftOut: true}, aoc.CodeForbidden},
		"another role":                          {GateConfig{AllowedRoles: []string{"AOC.Reader"}}, Identity{Subject: "a", Roles: []string{"aoc.reader", "AOC.Reader2"}}, aoc.CodeForbidden},
		"a role named like a group":             {GateConfig{AllowedGroups: []string{group}}, Identity{Subject: "a", Roles: []string{group}}, aoc.CodeForbidden},
		"no role where there are some":          {GateConfig{Roles: map[string]aoc.Role{"AOC.Reader": aoc.RoleReader}}, Identity{Subject: "a", Roles: []string{"other"}}, aoc.CodeForbidden},
		"no tenant where some are bound":        {GateConfig{Tenants: map[string][]string{"SOC.North": {"x"}}}, Identity{Subject: "a", Roles: []string{"other"}}, aoc.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := NewGate(test.gate).Admit(t.Context(), test.id); aoc.CodeOf(err) != test.want {
				t.Errorf("%+v, %v; want %s", got, err, test.want)
			}
		})
	}
}

// TestSignInEndsTheSessionBefore signs somebody in twice with one browser, and somebody who
// may not in: neither the first session nor one of theirs is left.
func TestSignInEndsTheSessionBefore(t *testing.T) {
	h := newHouse(t, nil, nil)
	keeper := &Keeper{Provider: h.provider, SignIn: h.SignIn, Gate: NewGate(GateConfig{Roles: map[string]aoc.Role{"AOC.Reader": aoc.RoleReader}})}
	people := h.sim.People()
	enter := func(answer url.Values, attempt, before string) (string, error) {
		r := httptest.NewRequest(http.MethodGet, "/auth/callback?"+answer.Encode(), nil)
		if before != "" {
			r.AddCookie(&http.Cookie{Name: SessionCookie, Value: before})
		}
		secret, _, _, err := keeper.Enter(t.Context(), r, attempt, "192.0.2.7")
		return secret, err
	}
	begin := func() (Attempt, url.Values) { return h.attempt(people.Reader) }
	a, answer := begin()
	first, err := enter(answer, a.Encode(), "")
	if err != nil {
		t.Fatal(err)
	}
	h.wantSession(h.SignIn, first, true, "after signing in")
	a, answer = begin()
	second, err := enter(answer, a.Encode(), first)
	if err != nil {
		t.Fatal(err)
	}
	h.wantSession(h.SignIn, first, false, "after signing in again")
	h.wantSession(h.SignIn, second, true, "the second one")
	a, answer = h.attempt(people.Nobody)
	if _, err := enter(answer, a.Encode(), ""); aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Errorf("somebody without a role: %v", err)
	}
	if list, err := h.sessions.ListSessions(t.Context(), people.Nobody.ID, h.clock.Now()); err != nil || len(list) != 0 {
		t.Errorf("of who was not let in: %d sessions, %v", len(list), err)
	}
}
