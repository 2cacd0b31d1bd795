package httpapi

import (
	"context"
	"net/http"

	"aoc"
	"aoc/internal/console"
)

const tagReview = "review"

func (s *server) annotateRoutes() {
	const undo = " X-AOC-Batch undoes it (POST /api/edits/{batch}/undo); it is absent when nothing changed."
	register(s, change(http.MethodPatch, "tag-event", "/api/events/{id}/tags", tagReview, "Tag an event",
		"tags replaces all tags; add and remove amend them. Answers the event."+undo), s.tagEvent)
	register(s, change(http.MethodPost, "comment-event", "/api/events/{id}/comments", tagReview, "Comment on an event",
		"Markdown. Comments stay for ever. Answers the event."), s.commentEvent)
	register(s, change(http.MethodPatch, "review-event", "/api/events/{id}/review", tagReview, "Review an event",
		"An empty state takes the review away. Answers the event."+undo), s.reviewEvent)
	register(s, slow(change(http.MethodPatch, "tag-events", "/api/events/tags", tagReview, "Tag many events",
		"Those named by keys (at most 1000), or all that select selects (at most 100,000), in one batch that can be undone.")), s.tagEvents)
	register(s, slow(change(http.MethodPatch, "review-events", "/api/events/review", tagReview, "Review many events",
		"Those named by keys (at most 1000), or all that select selects (at most 100,000), in one batch that can be undone.")), s.reviewEvents)
	register(s, slow(change(http.MethodPost, "undo-edits", "/api/edits/{batch}/undo", tagReview, "Undo a batch of edits",
		"Gives every event the tags and the review it had, except where somebody has changed them since. Comments stay.")), s.undo)
}

// TagChange says what to do to tags; exported for the reason that [FilterParams] are.
type TagChange struct {
	Tags   []string `json:"tags,omitempty" maxItems:"50" doc:"Replaces all tags." example:"[\"incident-7\"]"`
	Add    []string `json:"add,omitempty" maxItems:"50" doc:"Adds these, where they are not there in any letter case."`
	Remove []string `json:"remove,omitempty" maxItems:"50" doc:"Takes these away."`
}

func (t TagChange) change() console.TagChange {
	return console.TagChange{Replace: t.Tags, Add: t.Add, Remove: t.Remove}
}

// Verdict is what a person finds; exported for the reason that [FilterParams] are.
type Verdict struct {
	State  string `json:"state" enum:"expected,unexpected,investigating," doc:"Empty takes the review away." example:"expected"`
	Note   string `json:"note,omitempty" maxLength:"4000" example:"Agreed in the change board."`
	Ticket string `json:"ticket,omitempty" maxLength:"1000" doc:"Number, or address on the web." example:"https://tickets.contoso.example/CHG-1042"`
}

func (v Verdict) verdict() console.Verdict {
	return console.Verdict{State: aoc.ReviewState(v.State), Note: v.Note, Ticket: v.Ticket}
}

type annotatedOutput struct {
	Batch string `header:"X-AOC-Batch" doc:"Undoes the edit; absent when nothing changed."`
	Body  event
}

func annotated(a console.Annotated, err error) (*annotatedOutput, error) {
	if err != nil {
		return nil, err
	}
	return &annotatedOutput{Batch: a.Batch, Body: viewOf(a.Event)}, nil
}

type tagEventInput struct {
	EventParams
	Body TagChange
}

func (s *server) tagEvent(ctx context.Context, in *tagEventInput) (*annotatedOutput, error) {
	return annotated(s.console.Tag(ctx, in.ID, in.Body.change()))
}

// remark is a comment that a person writes.
type remark struct {
	Text string `json:"text" minLength:"1" maxLength:"20000" doc:"Markdown." example:"Asked Ada: it was **planned**."`
}

type commentInput struct {
	EventParams
	Body remark
}

func (s *server) commentEvent(ctx context.Context, in *commentInput) (*annotatedOutput, error) {
	return annotated(s.console.Comment(ctx, in.ID, in.Body.Text))
}

// reviewChange is a verdict on one event.
type reviewChange struct {
	Verdict
	IfEdit int64 `json:"if_edit,omitempty" minimum:"0" doc:"review.edit of the review that was looked at: 409 when somebody has changed it since."`
}

type reviewEventInput struct {
	EventParams
	Body reviewChange
}

func (s *server) reviewEvent(ctx context.Context, in *reviewEventInput) (*annotatedOutput, error) {
	return annotated(s.console.Review(ctx, in.ID, in.Body.verdict(), in.Body.IfEdit))
}

// Targets say which events to change; exported for the reason that [FilterParams] are.
type Targets struct {
	Keys   []string   `json:"keys,omitempty" maxItems:"1000" doc:"Keys of events; or select."`
	Select *selection `json:"select,omitempty" doc:"A selection as of GET /api/events; or keys. An empty one is every event."`
}

func (t Targets) selected() console.Selected {
	if t.Select == nil {
		return console.Selected{Keys: t.Keys}
	}
	return console.Selected{Keys: t.Keys, Filter: t.Select.filter(), UpToSeq: t.Select.UpToSeq}
}

// bulkTags is a change of tags of many events.
type bulkTags struct {
	Targets
	TagChange
}

type bulkTagsInput struct{ Body bulkTags }

func (s *server) tagEvents(ctx context.Context, in *bulkTagsInput) (*body[console.BulkResult], error) {
	r, err := s.console.TagAll(ctx, in.Body.selected(), in.Body.change())
	if err != nil {
		return nil, err
	}
	return &body[console.BulkResult]{r}, nil
}

// bulkReview is a verdict on many events.
type bulkReview struct {
	Targets
	Verdict
	OnlyUnreviewed bool `json:"only_unreviewed,omitempty" doc:"Passes over events that a person has reviewed or a change window expects."`
}

type bulkReviewInput struct{ Body bulkReview }

func (s *server) reviewEvents(ctx context.Context, in *bulkReviewInput) (*body[console.BulkResult], error) {
	r, err := s.console.ReviewAll(ctx, in.Body.selected(), in.Body.verdict(), in.Body.OnlyUnreviewed)
	if err != nil {
		return nil, err
	}
	return &body[console.BulkResult]{r}, nil
}

type undoInput struct {
	Batch string `path:"batch" maxLength:"100"`
}

func (s *server) undo(ctx context.Context, in *undoInput) (*body[console.Undone], error) {
	u, err := s.console.Undo(ctx, in.Batch)
	if err != nil {
		return nil, err
	}
	return &body[console.Undone]{u}, nil
}
