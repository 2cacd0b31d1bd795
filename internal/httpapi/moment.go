package httpapi

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// moment is a time in a request: RFC 3339, without zone in UTC, or a plain date, which is
// the midnight it begins with in UTC.
type moment struct{ time.Time }

var errNoTime = errors.New("not a time: write 2026-03-02T09:30:00Z, 2026-03-02T09:30:00+01:00 or 2026-03-02")

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *moment) UnmarshalText(text []byte) error {
	v := strings.TrimSpace(string(text))
	// A + that was not encoded arrives as a blank: 2026-03-02T09:30:00 01:00.
	if n := len(v); n > len("2006-01-02T15:04 07:00")-1 && v[n-6] == ' ' {
		v = v[:n-6] + "+" + v[n-5:]
	}
	if len(v) > 10 && v[10] == ' ' {
		v = v[:10] + "T" + v[11:]
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return errNoTime
}

// UnmarshalJSON implements [json.Unmarshaler]: a string of the same forms.
func (m *moment) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return errNoTime
	}
	return m.UnmarshalText([]byte(text))
}

// Schema implements [huma.SchemaProvider].
func (moment) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "RFC 3339, or a date (its midnight in UTC).", Examples: []any{"2026-03-02T09:30:00Z", "2026-03-02"}}
}
