package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"aoc"
)

// Items keeps things that the program makes many of and people work on, such as alerts, and
// records that a receiver did not take. Unlike documents they have labels to be found and
// counted by, and their changes leave no records of edits.
type Items interface {
	// PutItem writes an item if the stored one has it.Version (0: if there is none) and gives
	// it with its new version. Code conflict when somebody was faster, invalid.
	PutItem(ctx context.Context, it Item) (Item, error)
	// Item gives an item, or not_found.
	Item(ctx context.Context, kind, id string) (Item, error)
	// ListItems gives the items that a filter selects, newest first by (At, ID) descending.
	ListItems(ctx context.Context, f ItemFilter) ([]Item, error)
	// CountItems counts the items that a filter selects by the values of a label; those
	// without it under "". After and Limit of f are ignored.
	CountItems(ctx context.Context, f ItemFilter, label string) (map[string]int64, error)
	// DropItem removes the item with it's kind, id and version. Codes not_found, conflict.
	DropItem(ctx context.Context, it Item) error
	// DropItems removes up to limit of the items that a filter selects, and tells how many.
	// After and Limit of f are ignored.
	DropItems(ctx context.Context, f ItemFilter, limit int) (int64, error)
	// ItemKinds lists the kinds of items that there are, sorted.
	ItemKinds(ctx context.Context) ([]string, error)
	// RestoreItems writes items with the versions that they have in another store, in place
	// of what is stored under their ids.
	RestoreItems(ctx context.Context, its []Item) error
}

// Item is a version of something.
type Item struct {
	Kind    string    `json:"kind"` // without a slash
	ID      string    `json:"id"`
	Version int64     `json:"version"` // from 1; grows with each change
	At      time.Time `json:"at"`      // what it is ordered by
	// Labels are what it is found and counted by: names of letters, digits, _ and -.
	Labels map[string]string `json:"labels,omitempty"`
	Body   json.RawMessage   `json:"body"`
}

// ItemFilter selects items of a kind; zero values do not narrow.
type ItemFilter struct {
	Kind string
	// Labels are those that an item must have, each with one of the values; "" stands for
	// not having it.
	Labels map[string][]string
	// From and To bound At: From ≤ At < To.
	From, To time.Time
	// After goes on after an item, in the order of lists.
	After *ItemPlace
	// Limit is the most items of a list; 0 or less means all.
	Limit int
}

// ItemPlace is the place of an item in lists.
type ItemPlace struct {
	At time.Time
	ID string
}

// Place is where the item stands in lists.
func (it *Item) Place() *ItemPlace { return &ItemPlace{it.At, it.ID} }

const (
	// maxItem bounds the body of an item, in bytes: MongoDB takes documents of 16 MB.
	maxItem = 8 << 20
	// maxLabels and maxLabel bound labels, in number and in bytes.
	maxLabels = 20
	maxLabel  = 500
)

// CheckItem reports what is wrong with an item, code invalid.
func CheckItem(op string, it *Item) error {
	switch {
	case !isLabelName(it.Kind):
		return aoc.Errorf(aoc.CodeInvalid, op, "kind: a name of letters, digits, _ and -")
	case it.ID == "" || len(it.ID) > maxLabel || !utf8.ValidString(it.ID):
		return aoc.Errorf(aoc.CodeInvalid, op, "id: from 1 to %d bytes of UTF-8", maxLabel)
	case it.Version < 0:
		return aoc.Errorf(aoc.CodeInvalid, op, "version: not below 0")
	case len(it.Body) > maxItem || !json.Valid(it.Body):
		return aoc.Errorf(aoc.CodeInvalid, op, "body: not JSON, or more than %d bytes", maxItem)
	case len(it.Labels) > maxLabels:
		return aoc.Errorf(aoc.CodeInvalid, op, "labels: at most %d", maxLabels)
	}
	for name, value := range it.Labels {
		if !isLabelName(name) || value == "" || len(value) > maxLabel || !utf8.ValidString(value) {
			return aoc.Errorf(aoc.CodeInvalid, op, "labels: %q is no label, or has no value of 1 to %d bytes of UTF-8", name, maxLabel)
		}
	}
	return nil
}

// CheckItemVersion reports an item that comes from no store, code invalid.
func CheckItemVersion(op string, it *Item) error {
	if it.Version < 1 {
		return aoc.Errorf(aoc.CodeInvalid, op, "version: from 1")
	}
	return nil
}

// NoItem is the error for an item that is not there.
func NoItem(op string) error { return aoc.Errorf(aoc.CodeNotFound, op, "there is no such item") }

// ItemChanged is the error for an item of another version than the one that is stored.
func ItemChanged(op string) error {
	e := aoc.Errorf(aoc.CodeConflict, op, "it has been changed meanwhile, or is not there any more")
	e.Hint = "Load it again, look at what is different, then make your change."
	return e
}

// CheckItemFilter reports what is wrong with a filter, code invalid.
func CheckItemFilter(op string, f *ItemFilter) error {
	if !isLabelName(f.Kind) {
		return aoc.Errorf(aoc.CodeInvalid, op, "kind: a name of letters, digits, _ and -")
	}
	for name, values := range f.Labels {
		if !isLabelName(name) || len(values) == 0 {
			return aoc.Errorf(aoc.CodeInvalid, op, "labels: %q is no label, or has no values", name)
		}
	}
	return nil
}

func isLabelName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// Matches reports whether the filter selects an item, but for After and Limit.
func (f *ItemFilter) Matches(it *Item) bool {
	if it.Kind != f.Kind || !f.From.IsZero() && it.At.Before(f.From) || !f.To.IsZero() && !it.At.Before(f.To) {
		return false
	}
	for name, values := range f.Labels {
		if !slices.Contains(values, it.Labels[name]) {
			return false
		}
	}
	return true
}
