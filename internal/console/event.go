package console

import (
	"context"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Candidate is one of several events that an id stands for.
type Candidate struct {
	Key       string     `json:"key"`
	TenantID  string     `json:"tenant_id"`
	Source    aoc.Source `json:"source"`
	Timestamp time.Time  `json:"timestamp"`
	Summary   string     `json:"display_summary"`
}

// Ambiguous says that an id stands for several events.
type Ambiguous struct {
	Candidates []Candidate
	Err        *aoc.Error // code conflict
}

func (e *Ambiguous) Error() string { return e.Err.Error() }

func (e *Ambiguous) Unwrap() error { return e.Err }

// Event gives the event with a key or, where there is none, with a source id. Codes:
// not_found; conflict, as [*Ambiguous], when the id stands for several.
func (c *Console) Event(ctx context.Context, keyOrID string) (aoc.Event, error) {
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return e, err
	}
	return e, c.note(ctx, trail.Entry{Operation: "Read event", Target: eventTarget(e), Held: true})
}

func eventTarget(e aoc.Event) trail.Target {
	return trail.Target{Type: "Event", ID: e.Key, Name: e.DisplaySummary}
}

// event is Event for what goes on with it, and leaves no entry of its own in the trail.
func (c *Console) event(ctx context.Context, keyOrID string) (aoc.Event, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return aoc.Event{}, err
	}
	found, err := c.find(ctx, keyOrID)
	if err != nil {
		return aoc.Event{}, err
	}
	events := []aoc.Event{found}
	err = c.reviewed(ctx, events)
	return events[0], err
}

func (c *Console) find(ctx context.Context, keyOrID string) (aoc.Event, error) {
	if isKey(keyOrID) {
		e, err := c.store.Get(ctx, strings.ToLower(keyOrID))
		if aoc.CodeOf(err) != aoc.CodeNotFound {
			return e, err
		}
	}
	events, err := c.store.FindByID(ctx, keyOrID)
	switch {
	case err != nil:
		return aoc.Event{}, err
	case len(events) == 0:
		e := aoc.Errorf(aoc.CodeNotFound, "console.event", "there is no event with this key or id")
		e.Hint = "It may not be collected yet, or be older than what is kept."
		return aoc.Event{}, e
	case len(events) > 1:
		return aoc.Event{}, ambiguous(events)
	}
	return events[0], nil
}

func ambiguous(events []aoc.Event) error {
	a := &Ambiguous{Err: aoc.Errorf(aoc.CodeConflict, "console.event", "%d events have this id", len(events))}
	a.Err.Hint = "Ask for one of the candidates by its key."
	for _, e := range events {
		a.Candidates = append(a.Candidates, Candidate{
			Key: e.Key, TenantID: e.TenantID, Source: e.Source, Timestamp: e.Timestamp, Summary: e.DisplaySummary,
		})
	}
	return a
}

// isKey reports whether s has the shape of an event key.
func isKey(s string) bool {
	return len(s) == aoc.KeyLen && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// Versions gives every version of an event's record, oldest first, by key or source id.
func (c *Console) Versions(ctx context.Context, keyOrID string) ([]store.Version, error) {
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return nil, err
	}
	if err := c.note(ctx, trail.Entry{Operation: "Read versions of event", Target: eventTarget(e)}); err != nil {
		return nil, err
	}
	return c.store.Versions(ctx, e.Key)
}
