package httpapi

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/console"
)

// contextRoutes are about what surrounds one event.
func (s *server) contextRoutes() {
	register(s, get("get-event-names", "/api/events/{id}/names", tagEvents, "Names of the GUIDs in an event",
		"By GUID in lower case; those that nobody knows are left out. Names come from the directory, from what every tenant has alike, "+
			"and from the newest events that know the id and a name."), s.names)
	register(s, get("list-related-events", "/api/events/{id}/related", tagEvents, "What happened around an event",
		"Events within hours before and after that have the actor, a target, the address or the correlation id in common. "+
			"q, start and end show all of them in the explorer."), s.related)
	register(s, get("list-event-edits", "/api/events/{id}/history", tagReview, "Who did what to an event",
		"Every tag, comment and review, oldest first, with what was there before and after."), s.history)
}

type names struct {
	Items map[string]console.ObjectName `json:"items"`
}

func (s *server) names(ctx context.Context, in *eventInput) (*body[names], error) {
	found, err := s.console.Names(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[names]{names{found}}, nil
}

type relatedInput struct {
	EventParams
	Hours int `query:"hours" minimum:"1" maximum:"168" default:"1" doc:"How far to look before and after."`
}

// relation is what an event has in common with others, and those nearest in time.
type relation struct {
	console.Related
	Events []event `json:"events" doc:"Those nearest in time, newest first, without the event itself; at most 5."`
}

type relations struct {
	Items []relation `json:"items"`
}

func (s *server) related(ctx context.Context, in *relatedInput) (*body[relations], error) {
	found, err := s.console.Related(ctx, in.ID, in.Hours)
	if err != nil {
		return nil, err
	}
	out := relations{Items: []relation{}}
	for _, r := range found {
		out.Items = append(out.Items, relation{Related: r, Events: viewsOf(r.Events)})
	}
	return &body[relations]{out}, nil
}

// edit is a record of an edit, as the API shows it.
type edit struct {
	Seq    int64     `json:"seq" doc:"Order of edits in this store."`
	Action string    `json:"action" enum:"tags,comment,review"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Batch  string    `json:"batch,omitempty" doc:"Undoes it, together with what was done at once."`
	Before anyJSON   `json:"before" doc:"A list of tags, a comment or a review; null where there was none."`
	After  anyJSON   `json:"after" doc:"The same after the edit; null where there is none."`
}

// anyJSON is a value that the store has kept as JSON.
type anyJSON = rawJSON

type edits struct {
	Items []edit `json:"items"`
}

func (s *server) history(ctx context.Context, in *eventInput) (*body[edits], error) {
	records, err := s.console.History(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := edits{Items: []edit{}}
	for _, r := range records {
		out.Items = append(out.Items, editOf(r))
	}
	return &body[edits]{out}, nil
}

func editOf(r aoc.EditRecord) edit {
	return edit{Seq: r.Seq, Action: r.Action, By: r.By, At: r.At, Batch: r.Batch, Before: anyJSON(r.Before), After: anyJSON(r.After)}
}
