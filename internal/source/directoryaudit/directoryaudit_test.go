package directoryaudit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindDirectoryAudit, func(s *sourcetest.Server) source.Source { return directoryaudit.New(s.Client) })
}

func TestAWindowIsOneUnit(t *testing.T) {
	src := directoryaudit.New(sourcetest.NewServer(t).Client)
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	want := []aoc.Unit{{
		ID:         "2026-03-04T10:00:00Z/2026-03-04T11:00:00Z",
		Locator:    "/v1.0/auditLogs/directoryAudits?$filter=activityDateTime%20ge%202026-03-04T10:00:00Z%20and%20activityDateTime%20le%202026-03-04T11:00:00Z&$orderby=activityDateTime%20asc&$top=1000",
		Window:     w,
		ExpiresAt:  w.End.Add(src.Spec().Lookback),
		Repeatable: true,
	}}
	var got []aoc.Unit
	for u, err := range src.List(t.Context(), w) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, u)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
