package assistant

import (
	"encoding/json"
	"strings"
	"time"

	"aoc/internal/console/tool"
	"aoc/internal/query"

	"aoc"
)

// modelStep is a step with what code needs of it.
type modelStep struct{ Step }

// stepOf says in plain words what a call looks for, by its arguments.
func stepOf(one *tool.Tool, arguments string, q Question, now time.Time) modelStep {
	var in struct {
		tool.Selection
		Key    string   `json:"key"`
		ID     string   `json:"id"`
		Days   int      `json:"days"`
		Fields []string `json:"fields"`
		State  []string `json:"state"`
	}
	_ = json.Unmarshal([]byte(arguments), &in) // the tool says what is wrong with them
	s := Step{Tool: one.Name, Query: tool.Visible(queryOf(in.Selection), 600)}
	zone := zoneOf(q)
	s.Start, _ = timeOf(in.Start, now, zone)
	s.End, _ = timeOf(in.End, now, zone)
	if one.Name == "get_summary" && in.Start == "" && in.End == "" {
		days := in.Days
		if days <= 0 {
			days = 7
		}
		s.Start = now.Add(-time.Duration(days) * 24 * time.Hour)
	}
	what := s.Query
	if what == "" {
		what = "all events"
	}
	switch one.Name {
	case "search_events":
		s.Says = "looking for " + what
	case "get_summary":
		s.Says = "counting " + what
	case "get_event":
		s.Says = "reading event " + tool.Visible(in.Key, 80)
	case "get_related_events":
		s.Says = "looking at what happened around event " + tool.Visible(in.Key, 80)
	case "get_timeline":
		s.Says = "looking at what " + tool.Visible(in.ID, 80) + " did and what was done to it"
	case "get_object_changes":
		s.Says = "looking at what changed of " + tool.Visible(in.ID, 80)
	case "get_coverage":
		s.Says = "looking at what is collected"
	case "list_alerts":
		s.Says = "looking at alerts"
	default:
		s.Says = "using " + one.Name
	}
	s.Says += spanWords(s.Start, s.End, now, zone)
	return modelStep{s}
}

func timeOf(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	return query.ParseTime(text, now, zone)
}

// queryOf gives a selection in the query language.
func queryOf(s tool.Selection) string {
	var words []string
	for _, l := range []struct {
		field  aoc.Field
		values []string
	}{
		{aoc.FieldOperation, s.Operation}, {aoc.FieldActor, s.Actor}, {aoc.FieldResult, s.Result}, {aoc.FieldService, s.Service},
		{aoc.FieldWorkload, s.Workload}, {aoc.FieldSource, s.Source}, {aoc.FieldTenant, s.Tenant},
	} {
		if len(l.values) > 0 {
			words = append(words, query.Term(l.field, l.values...))
		}
	}
	if q := strings.TrimSpace(s.Query); q != "" {
		if len(words) > 0 && strings.Contains(q, " OR ") {
			q = "(" + q + ")"
		}
		words = append(words, q)
	}
	return strings.Join(words, " ")
}

// spanWords says a time as people do: " since Monday".
func spanWords(start, end, now time.Time, zone *time.Location) string {
	day := func(t time.Time) string {
		t = t.In(zone)
		form := "2 January 2006"
		if ago := now.Sub(t); ago >= 0 && ago < 6*24*time.Hour {
			form = "Monday"
		}
		if t.Hour() != 0 || t.Minute() != 0 {
			form += " 15:04"
		}
		return t.Format(form)
	}
	switch {
	case start.IsZero() && end.IsZero():
		return ""
	case end.IsZero():
		return " since " + day(start)
	case start.IsZero():
		return " before " + day(end)
	}
	return " from " + day(start) + " to " + day(end)
}
