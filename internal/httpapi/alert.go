package httpapi

import (
	"context"
	"net/http"
	"time"

	"aoc/internal/console"
)

const (
	tagAlerts  = "alerts"
	alertsPath = "/api/alerts"
)

func (s *server) alertRoutes() {
	register(s, get("list-alerts", alertsPath, tagAlerts, "Alerts", "Newest first, with counts by state and severity."), s.listAlerts)
	register(s, get("get-alert", alertsPath+"/{id}", tagAlerts, "An alert", "With the version that a change of it has to name."), s.getAlert)
	register(s, change(http.MethodPatch, "change-alert", alertsPath+"/{id}", tagAlerts, "Change an alert",
		"Acknowledges, closes with a reason, assigns, snoozes, comments. 409 when somebody else has changed it since that version; events that come to it do not count as that."), s.changeAlert)
}

type alertsInput struct {
	State    []string  `query:"state,explode" doc:"open, acknowledged, closed"`
	Severity []string  `query:"severity,explode" doc:"informational, low, medium, high, critical"`
	Rule     []string  `query:"rule,explode" doc:"id of a rule"`
	Assignee []string  `query:"assignee,explode" doc:"Whose it is."`
	Tenant   []string  `query:"tenant,explode"`
	From     time.Time `query:"from" doc:"Raised at or after."`
	To       time.Time `query:"to" doc:"Raised before."`
	PageSize int       `query:"page_size" minimum:"1" maximum:"500" default:"50"`
	Cursor   string    `query:"cursor" doc:"next_cursor of the page before."`
}

func (s *server) listAlerts(ctx context.Context, in *alertsInput) (*body[console.AlertPage], error) {
	page, err := s.console.Alerts(ctx, console.AlertFilter{
		State: in.State, Severity: in.Severity, Rule: in.Rule, Assignee: in.Assignee, Tenant: in.Tenant, From: in.From, To: in.To,
	}, in.Cursor, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &body[console.AlertPage]{page}, nil
}

// AlertParams name an alert; exported for the reason that [FilterParams] are.
type AlertParams struct {
	ID string `path:"id" maxLength:"64" doc:"id of the alert." example:"mfzwk3tfmrzw64tjojuw4zzaef"`
}

func (s *server) getAlert(ctx context.Context, in *AlertParams) (*body[console.Alert], error) {
	a, err := s.console.Alert(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[console.Alert]{a}, nil
}

// alertChange is a change of an alert that somebody has looked at.
type alertChange struct {
	console.AlertChange
	Version int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
}

type changeAlertInput struct {
	AlertParams
	Body alertChange
}

func (s *server) changeAlert(ctx context.Context, in *changeAlertInput) (*body[console.Alert], error) {
	a, err := s.console.ChangeAlert(ctx, in.ID, in.Body.Version, in.Body.AlertChange)
	if err != nil {
		return nil, err
	}
	return &body[console.Alert]{a}, nil
}
