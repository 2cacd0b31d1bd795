package httpapi

import (
	"context"
	"net/http"

	"aoc/internal/console"
)

const (
	tagSaved      = "saved searches"
	savedPath     = "/api/saved-searches"
	versionedText = " 409 when somebody has changed it since that version."
)

func (s *server) savedSearchRoutes() {
	register(s, get("list-saved-searches", savedPath, tagSaved, "Saved searches", "All of them, by name; everybody sees the same."), s.savedSearches)
	create := change(http.MethodPost, "create-saved-search", savedPath, tagSaved, "Save a search", "Keeps a view of the explorer under a name.")
	create.DefaultStatus = http.StatusCreated
	register(s, create, s.createSavedSearch)
	register(s, change(http.MethodPut, "update-saved-search", savedPath+"/{id}", tagSaved, "Change a saved search", "Replaces it."+versionedText), s.updateSavedSearch)
	drop := change(http.MethodDelete, "delete-saved-search", savedPath+"/{id}", tagSaved, "Delete a saved search", "It is gone for everybody."+versionedText)
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.deleteSavedSearch)
}

type savedSearches struct {
	Items []console.SavedSearch `json:"items"`
}

func (s *server) savedSearches(ctx context.Context, _ *struct{}) (*body[savedSearches], error) {
	found, err := s.console.SavedSearches(ctx)
	if err != nil {
		return nil, err
	}
	return &body[savedSearches]{savedSearches{found}}, nil
}

type createSavedSearchInput struct{ Body console.SavedSearchSpec }

func (s *server) createSavedSearch(ctx context.Context, in *createSavedSearchInput) (*body[console.SavedSearch], error) {
	made, err := s.console.SaveSearch(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[console.SavedSearch]{made}, nil
}

// savedSearchChange is a saved search as it is to be.
type savedSearchChange struct {
	console.SavedSearchSpec
	Version int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
}

type updateSavedSearchInput struct {
	DocumentParams
	Body savedSearchChange
}

// DocumentParams name a thing that people make; exported for the reason that
// [FilterParams] are.
type DocumentParams struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *server) updateSavedSearch(ctx context.Context, in *updateSavedSearchInput) (*body[console.SavedSearch], error) {
	made, err := s.console.ChangeSavedSearch(ctx, in.ID, in.Body.Version, in.Body.SavedSearchSpec)
	if err != nil {
		return nil, err
	}
	return &body[console.SavedSearch]{made}, nil
}

type dropInput struct {
	DocumentParams
	Version int64 `query:"version" required:"true" minimum:"1" doc:"The version that was looked at."`
}

// nothing is an answer without content.
type nothing struct{}

func (s *server) deleteSavedSearch(ctx context.Context, in *dropInput) (*nothing, error) {
	return &nothing{}, s.console.DropSavedSearch(ctx, in.ID, in.Version)
}
