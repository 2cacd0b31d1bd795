package simulator

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"aoc/internal/simulator/tenant"
)

// Person is somebody of the tenant who can sign in. The tenant's audit events name them too.
type Person struct {
	ID                       string // object id
	UPN, Mail                string
	Name, GivenName, Surname string
	Roles                    []string // app roles of AOC
	Groups                   []string // object ids of groups, direct or through other groups
}

// People are those who can sign in. A tenant of fewer than five people lacks the last of
// them: they have no ID.
type People struct {
	Manager, Analyst, Reader Person // each with one app role, and in one of [Server.RoleGroups]
	Nobody                   Person // without a role, and in no group but the rest's
	// Overloaded has no app role, is in the analysts' group, and in so many others that her
	// tokens leave the groups out.
	Overloaded Person
}

// RoleGroups are object ids of the security groups that go with the app roles.
type RoleGroups struct{ Readers, Analysts, Managers string }

// All lists those who exist.
func (p People) All() []Person {
	return slices.DeleteFunc([]Person{p.Manager, p.Analyst, p.Reader, p.Nobody, p.Overloaded}, func(x Person) bool { return x.ID == "" })
}

// People are those who can sign in.
func (s *Server) People() People { return s.people }

// RoleGroups are the groups that go with the app roles.
func (s *Server) RoleGroups() RoleGroups {
	seed := strconv.FormatUint(s.cfg.Tenant.Seed, 10)
	return RoleGroups{derivedGUID("readers", seed), derivedGUID("analysts", seed), derivedGUID("managers", seed)}
}

const (
	// mostGroups is how many groups a token holds at most; mostGroupsImplicit one of the
	// implicit flow.
	mostGroups         = 200
	mostGroupsImplicit = 5
	// projectGroups is how many groups the overloaded one is in beside.
	projectGroups = mostGroups + 10
	// roleGroups is how many groups go with app roles.
	roleGroups = 3
)

// settle chooses the people and puts their groups into the directory.
func (s *Server) settle() {
	var everybody []string
	for i := range s.tenant.Groups[:min(3, len(s.tenant.Groups))] {
		everybody = append(everybody, s.tenant.Groups[i].ID)
	}
	add := func(id, name string) string {
		s.directory.addGroup(&tenant.Group{ID: id, DisplayName: name})
		return id
	}
	of := s.RoleGroups()
	groups := map[string]string{
		"reader": add(of.Readers, "AOC Readers"), "analyst": add(of.Analysts, "AOC Analysts"), "manager": add(of.Managers, "AOC Managers"),
	}
	var projects []string
	for i := range projectGroups {
		number := strconv.Itoa(i + 1)
		projects = append(projects, add(derivedGUID("project "+number, of.Readers), "Project Room "+number))
	}
	chosen := choose(s.tenant)
	person := func(i, role int, groups ...string) Person {
		if i >= len(chosen) {
			return Person{}
		}
		p := personOf(chosen[i])
		if roles := s.cfg.Auth.Roles; role >= 0 && role < len(roles) {
			p.Roles = roles[role : role+1]
		}
		p.Groups = slices.Concat(everybody, groups)
		return p
	}
	s.people = People{
		Manager: person(0, 2, groups["manager"]), Analyst: person(1, 1, groups["analyst"]), Reader: person(2, 0, groups["reader"]),
		Nobody: person(3, -1), Overloaded: person(4, -1, append(projects, groups["analyst"])...),
	}
	if rename := s.cfg.Auth.Rename; rename != nil {
		rename(&s.people)
	}
}

// choose finds the five people: those who administer something first, since audit events
// name them most.
func choose(t *tenant.Tenant) []*tenant.User {
	var list []*tenant.User
	members := t.Members()
	for _, plain := range []bool{true, false} {
		for _, u := range members {
			if len(list) < 5 && !slices.Contains(list, u) && (isPlain(u) || !plain) {
				list = append(list, u)
			}
		}
	}
	return list
}

// isPlain reports whether somebody can sign in and has a name of the usual kind.
func isPlain(u *tenant.User) bool {
	return u.Enabled && u.DisplayName == u.GivenName+" "+u.Surname
}

func personOf(u *tenant.User) Person {
	return Person{ID: u.ID, UPN: u.UPN, Mail: u.Mail, Name: u.DisplayName, GivenName: u.GivenName, Surname: u.Surname}
}

// person finds who can sign in by object id or by name, nil if there is nobody.
func (s *Server) person(name string) *Person {
	for _, p := range s.people.All() {
		if name != "" && (strings.EqualFold(p.ID, name) || strings.EqualFold(p.UPN, name)) {
			return &p
		}
	}
	return nil
}

// derivedGUID is a GUID that follows from what it stands for.
func derivedGUID(kind, of string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + of))
	return randomGUID(rand.New(rand.NewChaCha8(sum)))
}

// title says what somebody is, for the page on which people are chosen.
func (s *Server) title(p Person) string {
	switch {
	case len(p.Roles) > 0:
		return strings.Join(p.Roles, ", ")
	case len(p.Groups) > mostGroups:
		return fmt.Sprintf("no role, %d groups", len(p.Groups))
	}
	return "no role"
}
