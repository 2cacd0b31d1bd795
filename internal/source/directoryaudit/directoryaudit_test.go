package directoryaudit_test

import (
	"testing"
	"time"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindDirectoryAudit, func(s *sourcetest.Server) source.Source { return directoryaudit.New(s.Client) })
}

func TestWhatIsAskedFor(t *testing.T) {
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	const want = "/v1.0/auditLogs/directoryAudits?$filter=activityDateTime%20ge%202026-03-04T10:00:00Z%20and%20activityDateTime%20le%202026-03-04T11:00:00Z&$orderby=activityDateTime%20asc&$top=1000"
	for u, err := range directoryaudit.New(sourcetest.NewServer(t).Client).List(t.Context(), w) {
		if err != nil || u.Locator != want {
			t.Errorf("got %s, %v\nwant %s", u.Locator, err, want)
		}
	}
}
