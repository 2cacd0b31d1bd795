package httpapi

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
)

// event is an event as the API shows it: the fields of [aoc.Event], lists never null and
// a record that cannot break the answer.
type event struct {
	aoc.Event
	Raw rawJSON `json:"raw" doc:"The newest record. A string in the rare case that it is not JSON that can be passed on; null where it was not asked for."`
}

func viewOf(e aoc.Event) event {
	v := event{Event: e, Raw: rawJSON(e.Raw)}
	v.Event.Raw = nil
	v.Targets = append([]aoc.Target{}, e.Targets...)
	v.TargetDisplays = append([]string{}, e.TargetDisplays...)
	v.Changes = append([]aoc.Change{}, e.Changes...)
	v.Tags = append([]string{}, e.Tags...)
	v.Comments = append([]aoc.Comment{}, e.Comments...)
	return v
}

// viewsOf gives events as the API shows them, never null.
func viewsOf(events []aoc.Event) []event {
	views := make([]event, len(events))
	for i, e := range events {
		views[i] = viewOf(e)
	}
	return views
}

// withoutRaw leaves the records out of events if that is wanted.
func withoutRaw(events []event, wanted bool) []event {
	if wanted {
		for i := range events {
			events[i].Raw = nil
		}
	}
	return events
}

// TransformSchema implements [huma.SchemaTransformer]: an event nobody has reviewed has a
// review of null.
func (event) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["review"] = &huma.Schema{AnyOf: []*huma.Schema{s.Properties["review"], {Type: "null"}}}
	return s
}

// rawJSON is a record on its way out.
type rawJSON []byte

// MarshalJSON gives the record as the JSON it is. Bytes that are not UTF-8 become U+FFFD,
// since an answer that is not UTF-8 is none; a record that is not JSON, or nests deeper
// than encoding allows, is given as a string. /raw gives the bytes untouched.
func (r rawJSON) MarshalJSON() ([]byte, error) {
	switch {
	case len(r) == 0:
		return []byte("null"), nil
	case !utf8.Valid(r):
		r = bytes.ToValidUTF8(r, []byte("\uFFFD"))
	}
	if json.Valid(r) {
		return r, nil
	}
	return json.Marshal(string(r))
}

// Schema implements [huma.SchemaProvider]: any JSON value.
func (rawJSON) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Description: "The record."} }
