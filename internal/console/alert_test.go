package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/store"
)

// alerted opens a console whose store has three alerts, one of another tenant.
func alerted(t *testing.T) (*Console, store.Store) {
	t.Helper()
	c, _, s, _ := audited(t)
	for i, a := range []aoc.Alert{
		{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Severity: aoc.SeverityHigh, TenantID: north, RuleID: "r1"},
		{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Severity: aoc.SeverityLow, TenantID: south, RuleID: "r1"},
		{ID: "cccccccccccccccccccccccccc", Severity: aoc.SeverityLow, TenantID: north, RuleID: "r2"},
	} {
		a.Title, a.State, a.RaisedAt = "alert "+a.ID[:1], aoc.AlertOpen, time.Date(2026, 3, 2, 12, i, 0, 0, time.UTC)
		it, err := detect.AlertItem(&a, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.PutItem(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	return c, s
}

func as(ctx context.Context, role aoc.Role, tenants ...string) context.Context {
	return WithCaller(ctx, aoc.Caller{Name: "ada", Subject: "ada", Via: aoc.ViaSession, Role: role, Tenants: tenants})
}

func titles(p AlertPage) string {
	var all []string
	for _, a := range p.Items {
		all = append(all, a.Title)
	}
	return strings.Join(all, ", ")
}

func text(s string) *string { return &s }

// TestAlerts lists them by what people ask for, page by page, and to those who may see them.
func TestAlerts(t *testing.T) {
	c, _ := alerted(t)
	ada := as(t.Context(), aoc.RoleReader)
	for _, tt := range []struct {
		who  context.Context
		f    AlertFilter
		want string
	}{
		{ada, AlertFilter{}, "alert c, alert b, alert a"},
		{ada, AlertFilter{Severity: []string{"low"}}, "alert c, alert b"},
		{ada, AlertFilter{Severity: []string{"low", "high"}, Rule: []string{"r1"}}, "alert b, alert a"},
		{ada, AlertFilter{State: []string{"closed"}}, ""},
		{ada, AlertFilter{Assignee: []string{""}, Tenant: []string{south}}, "alert b"},
		{as(t.Context(), aoc.RoleReader, south), AlertFilter{}, "alert b"},
		{as(t.Context(), aoc.RoleReader, south), AlertFilter{Tenant: []string{north}}, ""},
	} {
		page, err := c.Alerts(tt.who, tt.f, "", 0)
		if err != nil || titles(page) != tt.want {
			t.Errorf("%+v: %s, %v; want %s", tt.f, titles(page), err, tt.want)
		}
	}
	first, err := c.Alerts(ada, AlertFilter{}, "", 2)
	if err != nil || titles(first) != "alert c, alert b" || first.States["open"] != 3 || first.Severities["low"] != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := c.Alerts(ada, AlertFilter{}, first.NextCursor, 2)
	if err != nil || titles(second) != "alert a" || second.NextCursor != "" {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := c.Alert(as(t.Context(), aoc.RoleManager, south), "aaaaaaaaaaaaaaaaaaaaaaaaaa"); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("another tenant's alert: %v", err)
	}
}

// TestChangeAlert: what people do with it is theirs; two at once conflict; events that come to
// it meanwhile do not.
func TestChangeAlert(t *testing.T) {
	c, s := alerted(t)
	ada := as(t.Context(), aoc.RoleAnalyst)
	const id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	if _, err := c.ChangeAlert(as(t.Context(), aoc.RoleReader), id, 1, AlertChange{State: text("acknowledged")}); aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Errorf("a reader: %v", err)
	}
	for name, ch := range map[string]AlertChange{"no state": {State: text("lost")}, "no reason": {State: text("closed")}} {
		if _, err := c.ChangeAlert(ada, id, 1, ch); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := c.ChangeAlert(ada, id, 1, AlertChange{State: text("acknowledged"), Assignee: text("bob"), Comment: "looking"})
	if err != nil || a.State != aoc.AlertAcknowledged || a.Assignee != "bob" || a.By != "ada" || len(a.Comments) != 1 || a.Version != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := c.ChangeAlert(ada, id, 1, AlertChange{Comment: "late"}); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("of a version before: %v", err)
	}
	// An event comes to it.
	it, err := s.Item(t.Context(), detect.KindAlert, id)
	if err != nil {
		t.Fatal(err)
	}
	more, err := detect.AlertOf(&it)
	if err != nil {
		t.Fatal(err)
	}
	more.Count++
	if it, err = detect.AlertItem(more, it.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutItem(t.Context(), it); err != nil {
		t.Fatal(err)
	}
	a, err = c.ChangeAlert(ada, id, 2, AlertChange{State: text("closed"), Reason: text("expected")})
	if err != nil || a.State != aoc.AlertClosed || a.Reason != "expected" || a.Count != 1 || a.Version != 4 {
		t.Fatalf("%+v, %v", a, err)
	}
	page, err := c.Alerts(ada, AlertFilter{State: []string{"closed"}}, "", 0)
	if err != nil || titles(page) != "alert a" || page.States["open"] != 2 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestAlertDeeds has the audit trail say what was done with an alert.
func TestAlertDeeds(t *testing.T) {
	t.Parallel()
	for want, ch := range map[string]AlertChange{
		"Reopen alert": {State: text("open")}, "Acknowledge alert": {State: text("acknowledged"), Comment: "x"}, "Close alert": {State: text("closed")},
		"Assign alert": {Assignee: text("")}, "Snooze alert": {Snooze: &time.Time{}}, "Comment on alert": {Comment: "x"}, "Change alert": {},
	} {
		if got := ch.deed(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
