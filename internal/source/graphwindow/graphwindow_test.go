package graphwindow_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/graphwindow"
	"aoc/internal/source/sourcetest"
)

// newSource gives a source of a collection that does not exist, so that nothing here
// rests on what the real ones have in common.
func newSource(s *sourcetest.Server) *graphwindow.Source {
	return graphwindow.New(s.Client, graphwindow.Config{
		Collector:   "lunaraudit",
		Title:       "Lunar audits",
		Kind:        aoc.KindIntuneAudit,
		Collection:  m365.Collection{Path: "/v1.0/moon/audits", TimeField: "landedDateTime", PageSize: 17},
		Class:       m365.ClassIntune,
		Permissions: []string{"Moon.Read.All"},
		Remedy:      "Grant Moon.Read.All.",
		Lookback:    28 * 24 * time.Hour,
		Resweep:     []time.Duration{time.Hour, 29 * time.Hour},
		LossHint:    "The moon forgets after a month.",
	})
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindIntuneAudit, func(s *sourcetest.Server) source.Source { return newSource(s) })
}

func TestSpecIsTheConfiguration(t *testing.T) {
	want := source.Spec{
		Feed:        aoc.Feed{TenantID: sourcetest.TenantID, Collector: "lunaraudit"},
		Source:      aoc.SourceIntune,
		Title:       "Lunar audits",
		Permissions: []string{"Moon.Read.All"},
		MaxWindow:   24 * time.Hour,
		Lookback:    28 * 24 * time.Hour,
		Resweep:     []time.Duration{time.Hour, 29 * time.Hour},
		LossHint:    "The moon forgets after a month.",
	}
	if diff := cmp.Diff(want, newSource(sourcetest.NewServer(t)).Spec()); diff != "" {
		t.Error(diff)
	}
}

func TestAWindowIsOneUnit(t *testing.T) {
	src := newSource(sourcetest.NewServer(t))
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	want := []aoc.Unit{{
		ID:         "2026-03-04T10:00:00Z/2026-03-04T11:00:00Z",
		Locator:    "/v1.0/moon/audits?$filter=landedDateTime%20ge%202026-03-04T10:00:00Z%20and%20landedDateTime%20le%202026-03-04T11:00:00Z&$orderby=landedDateTime%20asc&$top=17",
		Window:     w,
		ExpiresAt:  time.Date(2026, 4, 1, 11, 0, 0, 0, time.UTC),
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

func TestHowLongAWindowMayBe(t *testing.T) {
	src := newSource(sourcetest.NewServer(t))
	for _, c := range []struct {
		length time.Duration
		want   aoc.Code // empty: it is listed
	}{
		{-time.Hour, aoc.CodeInvalid},
		{0, aoc.CodeInvalid},
		{time.Nanosecond, ""},
		{24 * time.Hour, ""},
		{24*time.Hour + time.Nanosecond, aoc.CodeInvalid},
	} {
		listed := 0
		for _, err := range src.List(t.Context(), aoc.Window{Start: sourcetest.Now, End: sourcetest.Now.Add(c.length)}) {
			listed++
			if aoc.CodeOf(err) != c.want {
				t.Errorf("%v: got %v, want code %q", c.length, err, c.want)
			}
		}
		if listed != 1 {
			t.Errorf("%v: listed %d times", c.length, listed)
		}
	}
}

func TestARecordSaysWhereItCameFrom(t *testing.T) {
	server := sourcetest.NewServer(t)
	server.Intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		io.WriteString(w, `{"value":[{"id":"1"}]}`)
		return true
	}
	src := newSource(server)
	w := aoc.Window{Start: sourcetest.Now.Add(-2 * time.Hour), End: sourcetest.Now.Add(-time.Hour)}
	var got []aoc.Record
	for u, err := range src.List(t.Context(), w) {
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range src.Read(t.Context(), u) {
			if err != nil {
				t.Fatal(err)
			}
			r.Raw = bytes.Clone(r.Raw)
			got = append(got, r)
		}
	}
	want := []aoc.Record{{
		Kind: aoc.KindIntuneAudit, TenantID: sourcetest.TenantID, Raw: []byte(`{"id":"1"}`),
		Transport: "lunaraudit 2026-03-04T10:00:00Z/2026-03-04T11:00:00Z",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
