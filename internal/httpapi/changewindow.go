package httpapi

import (
	"context"
	"net/http"

	"aoc"
	"aoc/internal/console"
)

const windowPath = "/api/change-windows"

func (s *server) changeWindowRoutes() {
	register(s, get("list-change-windows", windowPath, tagReview, "Change windows", "All of them, by title."), s.changeWindows)
	create := change(http.MethodPost, "create-change-window", windowPath, tagReview, "Agree on a change window",
		"Events that fall in it show a review of expected by the window, unless a person reviews them; deleting it takes that back. "+
			"Local times keep their hour when clocks change.")
	create.DefaultStatus = http.StatusCreated
	register(s, create, s.createChangeWindow)
	register(s, change(http.MethodPut, "update-change-window", windowPath+"/{id}", tagReview, "Change a change window", "Replaces it."+versionedText), s.updateChangeWindow)
	drop := change(http.MethodDelete, "delete-change-window", windowPath+"/{id}", tagReview, "Delete a change window",
		"What it marked as expected is unreviewed again."+versionedText)
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.deleteChangeWindow)
	preview := get("preview-change-window", windowPath+"/preview", tagReview, "What a change window would do",
		"How many stored events fall in it, the newest of them, and when it opens next. Nothing is kept.")
	preview.Method = http.MethodPost
	register(s, preview, s.previewChangeWindow)
}

type changeWindows struct {
	Items []console.ChangeWindow `json:"items"`
}

func (s *server) changeWindows(ctx context.Context, _ *struct{}) (*body[changeWindows], error) {
	found, err := s.console.ChangeWindows(ctx)
	if err != nil {
		return nil, err
	}
	return &body[changeWindows]{changeWindows{found}}, nil
}

type changeWindowInput struct{ Body console.ChangeWindowSpec }

func (s *server) createChangeWindow(ctx context.Context, in *changeWindowInput) (*body[console.ChangeWindow], error) {
	made, err := s.console.MakeChangeWindow(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[console.ChangeWindow]{made}, nil
}

// changeWindowChange is a change window as it is to be.
type changeWindowChange struct {
	console.ChangeWindowSpec
	Version int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
}

type updateChangeWindowInput struct {
	DocumentParams
	Body changeWindowChange
}

func (s *server) updateChangeWindow(ctx context.Context, in *updateChangeWindowInput) (*body[console.ChangeWindow], error) {
	made, err := s.console.ChangeChangeWindow(ctx, in.ID, in.Body.Version, in.Body.ChangeWindowSpec)
	if err != nil {
		return nil, err
	}
	return &body[console.ChangeWindow]{made}, nil
}

func (s *server) deleteChangeWindow(ctx context.Context, in *dropInput) (*nothing, error) {
	return &nothing{}, s.console.DropChangeWindow(ctx, in.ID, in.Version)
}

// windowPreview is what a change window would do.
type windowPreview struct {
	Total    int64        `json:"total" doc:"Stored events that fall in it."`
	Complete bool         `json:"complete" doc:"False when not all could be counted."`
	Next     []aoc.Window `json:"next" doc:"When it opens next, in UTC; at most 5."`
	Events   []event      `json:"events" doc:"The newest events that fall in it; at most 5."`
}

func (s *server) previewChangeWindow(ctx context.Context, in *changeWindowInput) (*body[windowPreview], error) {
	p, err := s.console.PreviewChangeWindow(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[windowPreview]{windowPreview{Total: p.Total, Complete: p.Complete, Next: p.Next, Events: viewsOf(p.Events)}}, nil
}
