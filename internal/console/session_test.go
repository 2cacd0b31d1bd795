package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

// TestSessionsOfOthers: managers see and end everybody's sessions, others their own alone.
func TestSessionsOfOthers(t *testing.T) {
	c, tr, s, _ := audited(t)
	now := time.Now()
	for i, subject := range []string{"ada", "ada", "bob", "cy"} {
		id := fmt.Sprintf("%s-%d", subject, i)
		err := s.NewSession(t.Context(), store.Session{
			ID: id, Subject: subject, Began: now.Add(time.Duration(i-9) * time.Minute), Expires: now.Add(time.Hour), Data: []byte(`{"Name":"` + subject + `","Address":"192.0.2.7"}`),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	as := func(subject string, role aoc.Role, tenants ...string) context.Context {
		return WithCaller(t.Context(), aoc.Caller{Name: subject, Subject: subject, Via: aoc.ViaSession, Role: role, Tenants: tenants})
	}
	list := func(ctx context.Context) string {
		t.Helper()
		sessions, err := c.Sessions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, s := range sessions {
			if s.Name != s.Subject || s.Address != "192.0.2.7" {
				t.Errorf("%+v", s)
			}
			ids = append(ids, s.ID)
		}
		return strings.Join(ids, " ")
	}
	for _, tt := range []struct {
		who  context.Context
		want string
	}{
		{as("mia", aoc.RoleManager), "cy-3 bob-2 ada-1 ada-0"}, {as("ada", aoc.RoleReader), "ada-1 ada-0"}, {as("bob", aoc.RoleMember), "bob-2"},
		{as("bob", aoc.RoleManager, north), "bob-2"}, {as("dora", aoc.RoleReader), ""},
	} {
		if got := list(tt.who); got != tt.want {
			t.Errorf("%s (%s) sees %q, want %q", CallerOf(tt.who).Name, CallerOf(tt.who).Role, got, tt.want)
		}
	}
	if _, err := c.Sessions(t.Context()); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("nobody: %v", err)
	}
	for _, who := range []context.Context{as("ada", aoc.RoleReader), as("ada", aoc.RoleManager, north)} {
		if err := c.EndSession(who, "bob-2"); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("another's session: %v", err)
		}
	}
	if err := c.EndSession(as("ada", aoc.RoleReader), "ada-0"); err != nil {
		t.Error(err)
	}
	if err := c.EndSession(as("mia", aoc.RoleManager), "bob-2"); err != nil {
		t.Error(err)
	}
	if err := c.EndSession(as("mia", aoc.RoleManager), "bob-2"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("ended twice: %v", err)
	}
	if got := list(as("mia", aoc.RoleManager)); got != "cy-3 ada-1" {
		t.Errorf("%q are left", got)
	}
	if err := tr.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := s.ReadLog(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		told = append(told, e.DisplaySummary)
	}
	if want := []string{"ada ended session of ada", "mia ended session of bob", "Somebody unknown failed to exercise right read: you are not signed in"}; !slices.Equal(told, want) {
		t.Errorf("written down: %q", told)
	}
}
