package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/store"
)

const tagEvents = "events"

func (s *server) eventRoutes() {
	register(s, get("list-events", "/api/events", tagEvents, "Search events",
		"One page of events, newest first. Values of one filter are alternatives, filters and search terms must all hold. "+
			"Follow next_cursor for the next page: pages are stable while events arrive. When complete is false, "+
			"every matching event at or after complete_until is in the pages so far, and next_cursor goes on from there. "+
			"A stream after last_seq tells of everything that arrives later."), s.listEvents)
	register(s, get("get-event", "/api/events/{id}", tagEvents, "One event",
		"By key, or by the source's own id; when an id stands for several events the answer is 409 with the candidates."), s.getEvent)
	raw := get("get-event-raw", "/api/events/{id}/raw", tagEvents, "The record of an event", "Byte for byte as it was received, as a download.")
	raw.Responses = map[string]*huma.Response{"200": {
		Description: "The record", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{}}},
	}}
	register(s, raw, s.getEventRaw)
	register(s, get("list-event-versions", "/api/events/{id}/versions", tagEvents, "The versions of an event's record",
		"Oldest first; more than one when the event arrived again with other content."), s.listVersions)
}

type listEventsInput struct {
	FilterParams
	PageSize int    `query:"page_size" minimum:"1" maximum:"500" default:"50"`
	Cursor   string `query:"cursor" doc:"next_cursor of the page before, unchanged."`
	Raw      bool   `query:"raw" default:"true" doc:"false leaves the records out, which are most of an answer."`
	Quick    bool   `query:"quick" doc:"Answers sooner where the index cannot decide: the page may be short, complete false, and next_cursor goes on."`
}

type eventPage struct {
	Items         []event   `json:"items"`
	NextCursor    *string   `json:"next_cursor" doc:"null when there is nothing further."`
	PageSize      int       `json:"page_size"`
	Complete      bool      `json:"complete"`
	CompleteUntil time.Time `json:"complete_until,omitzero" doc:"The answer holds for events at or after this time; absent when complete."`
	LastSeq       int64     `json:"last_seq" doc:"The place in the log before the search: where a stream can begin."`
}

func (s *server) listEvents(ctx context.Context, in *listEventsInput) (*body[eventPage], error) {
	page, err := s.console.Search(ctx, console.SearchParams{Filter: in.filter(), PageSize: in.PageSize, Cursor: in.Cursor, Quick: in.Quick})
	if err != nil {
		return nil, err
	}
	out := eventPage{PageSize: in.PageSize, Complete: page.Complete, CompleteUntil: page.CompleteUntil, LastSeq: page.LastSeq}
	out.Items = withoutRaw(viewsOf(page.Items), !in.Raw)
	if page.NextCursor != "" {
		out.NextCursor = &page.NextCursor
	}
	return &body[eventPage]{out}, nil
}

// EventParams name an event; exported for the reason that [FilterParams] are.
type EventParams struct {
	ID string `path:"id" maxLength:"1024" doc:"Key, or id of the source." example:"mfzwk3tfmrzw64tjojuw4zzaef"`
}

type eventInput struct{ EventParams }

func (s *server) getEvent(ctx context.Context, in *eventInput) (*body[event], error) {
	e, err := s.console.Event(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[event]{viewOf(e)}, nil
}

type rawOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *server) getEventRaw(ctx context.Context, in *eventInput) (*rawOutput, error) {
	e, err := s.console.Event(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &rawOutput{ContentType: "application/json", Disposition: `attachment; filename="` + fileName(e) + `"`, Body: e.Raw}, nil
}

// fileName is what a downloaded record is called; a key is safe in a header.
func fileName(e aoc.Event) string { return "aoc-" + e.Key + ".json" }

// version is one version of a record, as the API shows it.
type version struct {
	Seq        int64     `json:"seq"`
	ReceivedAt time.Time `json:"received_at"`
	Raw        rawJSON   `json:"raw"`
}

type versions struct {
	Items []version `json:"items"`
}

func (s *server) listVersions(ctx context.Context, in *eventInput) (*body[versions], error) {
	vs, err := s.console.Versions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := versions{Items: []version{}}
	for _, v := range vs {
		out.Items = append(out.Items, versionOf(v))
	}
	return &body[versions]{out}, nil
}

func versionOf(v store.Version) version {
	return version{Seq: v.Seq, ReceivedAt: v.ReceivedAt, Raw: rawJSON(v.Raw)}
}

// body is an answer of JSON and nothing else.
type body[T any] struct{ Body T }
