package signin_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/signin"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindSignIn, func(s *sourcetest.Server) source.Source { return signin.New(s.Client) })
}

func TestWhatIsAskedFor(t *testing.T) {
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	const want = "/v1.0/auditLogs/signIns?$filter=createdDateTime%20ge%202026-03-04T10:00:00Z%20and%20createdDateTime%20le%202026-03-04T11:00:00Z&$orderby=createdDateTime%20asc&$top=1000"
	for u, err := range signin.New(sourcetest.NewServer(t).Client).List(t.Context(), w) {
		if err != nil || u.Locator != want {
			t.Errorf("got %s, %v\nwant %s", u.Locator, err, want)
		}
	}
}

func TestNoPremiumLicence(t *testing.T) {
	server := sourcetest.NewServer(t)
	server.Intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or tenant doesn't have premium license"}}`)
		return true
	}
	for _, err := range signin.New(server.Client).Read(t.Context(), aoc.Unit{Locator: "/v1.0/auditLogs/signIns"}) {
		if aoc.CodeOf(err) != aoc.CodeForbidden || !strings.Contains(aoc.HintOf(err), "P1 or P2 licence") {
			t.Errorf("got %v, hint %q", err, aoc.HintOf(err))
		}
	}
}
