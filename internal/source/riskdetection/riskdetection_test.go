package riskdetection_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/riskdetection"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindRiskDetection, func(s *sourcetest.Server) source.Source { return riskdetection.New(s.Client) })
}

func TestWhatIsAskedFor(t *testing.T) {
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	const want = "/v1.0/identityProtection/riskDetections?$filter=detectedDateTime%20ge%202026-03-04T10:00:00Z%20and%20detectedDateTime%20le%202026-03-04T11:00:00Z&$orderby=detectedDateTime%20asc&$top=500"
	for u, err := range riskdetection.New(sourcetest.NewServer(t).Client).List(t.Context(), w) {
		if err != nil || u.Locator != want {
			t.Errorf("got %s, %v\nwant %s", u.Locator, err, want)
		}
	}
}

// TestRefusals: neither refusal has a code that says more than its status.
func TestRefusals(t *testing.T) {
	for message, want := range map[string]string{
		"Your tenant is not licensed for this feature.":                                         "the tenant has no licence for this report",
		"You cannot perform the requested operation, required scopes are missing in the token.": "Microsoft Graph refuses access",
	} {
		server := sourcetest.NewServer(t)
		server.Intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"error":{"code":"Forbidden","message":"`+message+`"}}`)
			return true
		}
		for _, err := range riskdetection.New(server.Client).Read(t.Context(), aoc.Unit{Locator: "/v1.0/identityProtection/riskDetections"}) {
			hint := aoc.HintOf(err)
			if aoc.CodeOf(err) != aoc.CodeForbidden || !strings.Contains(err.Error(), want) || !strings.Contains(hint, "IdentityRiskEvent.Read.All") || !strings.Contains(hint, "P2 licence") {
				t.Errorf("%s: got %v, hint %q", message, err, hint)
			}
		}
	}
}
