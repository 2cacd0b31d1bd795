package assistant

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/ingest"
	"aoc/internal/source"
	"aoc/internal/store/sqlite"
)

// broken is a source whose listing fails.
type broken struct{}

func (broken) Spec() source.Spec {
	return source.Spec{
		Feed: aoc.Feed{TenantID: "11111111-2222-3333-4444-555555555555", Collector: "directoryaudit"}, Source: aoc.SourceDirectory, Title: "Entra directory audits",
		MaxWindow: time.Hour, Lookback: 48 * time.Hour,
	}
}

func (broken) List(context.Context, aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		yield(aoc.Unit{}, aoc.Errorf(aoc.CodeForbidden, "test.list", "no permission"))
	}
}

func (broken) Read(context.Context, aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(func(aoc.Record, error) bool) {}
}

// TestGapsAreSaid: where the ledger does not prove that all was collected, the answer warns;
// where nothing is collected at all, there is nothing to say. A source that is off is named.
func TestGapsAreSaid(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	collector, err := ingest.New(ingest.Config{Store: s, Sources: []source.Source{broken{}}, Clock: fixed{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = collector.Close(ended)
		_ = s.Close()
	})
	c, err := console.New(console.Config{Store: s, Clock: fixed{}, Collector: collector, Features: console.Features{Sources: []string{"directoryaudit"}}})
	if err != nil {
		t.Fatal(err)
	}
	run, _, err := collector.Start(t.Context(), ingest.Request{})
	if err != nil {
		t.Fatal(err)
	}
	<-run.Done()
	a, err := New(Config{Console: c, Clock: fixed{}}).Ask(t.Context(), Question{Text: "role changes today"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(a.Warnings, func(w string) bool {
		return strings.Contains(w, "Entra directory audits") && strings.Contains(w, "may be missing")
	}) {
		t.Errorf("no warning: %q", a.Warnings)
	}
	a, err = New(Config{Console: c, Clock: fixed{}}).Ask(t.Context(), Question{Text: "high risk users today"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, `"riskdetection" in AOC_SOURCES`) }) {
		t.Errorf("that nothing of the source is collected is not said: %q", a.Warnings)
	}
	if b := answerTo(t, Question{Text: "role changes today"}); len(b.Warnings) != 0 {
		t.Errorf("a warning without a collector: %q", b.Warnings)
	}
}
