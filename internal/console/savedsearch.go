package console

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// SavedSearchSpec is what people say of a search they keep.
type SavedSearchSpec struct {
	Name string `json:"name" doc:"At most 200 bytes." maxLength:"200" example:"Role changes by guests"`
	// View is the query string of the explorer, which holds all of it.
	View string `json:"view" doc:"The explorer's query string, without the question mark." maxLength:"8000" example:"q=operation%3A%22Add+member+to+role%22&range=7d"`
}

// SavedSearch is a view of the explorer with a name, for everybody.
type SavedSearch struct {
	Made
	SavedSearchSpec
}

func (s SavedSearchSpec) check() (SavedSearchSpec, error) {
	var err error
	if s.Name, err = someLine("name", s.Name, maxName); err != nil {
		return s, err
	}
	s.View = strings.TrimPrefix(s.View, "?")
	if s.View, err = line("view", s.View, maxView); err != nil {
		return s, err
	}
	if _, err := url.ParseQuery(s.View); err != nil {
		return s, invalid("view", "not a query string")
	}
	return s, nil
}

// SavedSearches gives all saved searches, by name.
func (c *Console) SavedSearches(ctx context.Context) ([]SavedSearch, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, kindSearch)
	if err != nil {
		return nil, err
	}
	found := []SavedSearch{}
	for _, d := range docs {
		s := SavedSearch{Made: madeOf(d)}
		if err := json.Unmarshal(d.Body, &s.SavedSearchSpec); err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	slices.SortFunc(found, func(a, b SavedSearch) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// SaveSearch keeps a new search.
func (c *Console) SaveSearch(ctx context.Context, s SavedSearchSpec) (SavedSearch, error) {
	if err := c.authorise(ctx, actSaved); err != nil {
		return SavedSearch{}, err
	}
	s, err := s.check()
	if err != nil {
		return SavedSearch{}, err
	}
	made, err := c.newDocument(ctx, kindSearch, s)
	return SavedSearch{made, s}, err
}

// ChangeSavedSearch replaces a saved search whose version the caller saw. Codes not_found,
// conflict.
func (c *Console) ChangeSavedSearch(ctx context.Context, id string, version int64, s SavedSearchSpec) (SavedSearch, error) {
	if err := c.authorise(ctx, actSaved); err != nil {
		return SavedSearch{}, err
	}
	s, err := s.check()
	if err != nil {
		return SavedSearch{}, err
	}
	made, err := c.changeDocument(ctx, kindSearch, id, version, s)
	return SavedSearch{made, s}, err
}

// DropSavedSearch deletes a saved search whose version the caller saw. Codes not_found,
// conflict.
func (c *Console) DropSavedSearch(ctx context.Context, id string, version int64) error {
	if err := c.authorise(ctx, actSaved); err != nil {
		return err
	}
	return c.dropDocument(ctx, kindSearch, id, version)
}
