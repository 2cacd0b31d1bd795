package managementactivity

import (
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/m365"
)

// content is an entry of a listing:
//
//	{"contentType":"Audit.SharePoint","contentId":"2026…$2026…$audit_sharepoint$Audit_SharePoint",
//	 "contentUri":"https://manage.office.com/api/v1.0/{tenant}/activity/feed/audit/2026…",
//	 "contentCreated":"2026-01-02T03:04:05.678Z","contentExpiration":"2026-01-09T03:04:05.678Z"}
type content struct {
	ContentID         string `json:"contentId"`
	ContentURI        string `json:"contentUri"`
	ContentCreated    string `json:"contentCreated"`
	ContentExpiration string `json:"contentExpiration"`
}

// parseContent makes a unit of an entry. Times that cannot be read are not worth losing a
// blob for; an entry without id or address fails with code upstream.
func parseContent(e m365.Element) (aoc.Unit, error) {
	var c content
	if e.Problem == "" {
		if err := json.Unmarshal(e.Raw, &c); err != nil {
			e.Problem = "an entry has members of the wrong type"
		}
	}
	if e.Problem == "" && (c.ContentID == "" || c.ContentURI == "") {
		e.Problem = "an entry has no content id or address"
	}
	if e.Problem != "" {
		return aoc.Unit{}, aoc.Errorf(aoc.CodeUpstream, Collector+".list", "the listing cannot be read: %s", e.Problem)
	}
	unit := aoc.Unit{ID: c.ContentID, Locator: c.ContentURI, CreatedAt: parseTime(c.ContentCreated), ExpiresAt: parseTime(c.ContentExpiration)}
	if unit.ExpiresAt.IsZero() && !unit.CreatedAt.IsZero() {
		unit.ExpiresAt = unit.CreatedAt.Add(lookback)
	}
	return unit, nil
}

// parseTime reads a time with or without zone, without being UTC; zero if it cannot.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
