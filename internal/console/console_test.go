package console

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/ingest"
	"aoc/internal/normalise"
	"aoc/internal/source"
	"aoc/internal/store/sqlite"
)

const tenant = "11111111-2222-3333-4444-555555555555"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func record(tenantID, id string, at time.Time) aoc.Record {
	return aoc.Record{
		Kind: aoc.KindDirectoryAudit, TenantID: tenantID, Origin: aoc.OriginCollected, ReceivedAt: noon, Transport: "test",
		Raw: fmt.Appendf(nil, `{"id":%q,"category":"Policy","activityDisplayName":"Update policy","result":"success","activityDateTime":%q}`, id, at.Format(time.RFC3339)),
	}
}

// newConsole gives a console over a real store that holds the records.
func newConsole(t *testing.T, records ...aoc.Record) *Console {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var events []aoc.Event
	for _, r := range records {
		e, err := normalise.Normalise(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if _, err := s.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFilterQuery(t *testing.T) {
	q, err := Filter{
		Tenant: []string{tenant}, Actor: []string{"ada", "bob"}, Result: []string{"", "Failure"}, Search: []string{"x y", " "},
		Start: noon.In(time.FixedZone("", 3600)), End: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}.query(noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := aoc.Query{
		Start: noon, End: lastStorable,
		Where: aoc.And{
			aoc.Is{Field: aoc.FieldTenant, Values: []string{tenant}},
			aoc.Is{Field: aoc.FieldResult, Values: []string{"Failure"}},
			aoc.Is{Field: aoc.FieldActor, Values: []string{"ada", "bob"}},
			aoc.Text{Term: "x y"},
		},
	}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if q, _ := (Filter{}).query(noon, nil); q.Where != nil {
		t.Errorf("an empty filter asks for %v", q.Where)
	}
}

func TestInvalidParams(t *testing.T) {
	c := newConsole(t)
	search := func(p SearchParams) error {
		_, err := c.Search(t.Context(), p)
		return err
	}
	histogram := func(f Filter, width time.Duration) error {
		_, err := c.Histogram(t.Context(), f, width)
		return err
	}
	for name, tt := range map[string]struct {
		err   error
		param string
	}{
		"source":         {search(SearchParams{Filter: Filter{Source: []string{"moon"}}}), "source"},
		"result":         {search(SearchParams{Filter: Filter{Result: []string{"fine"}}}), "result"},
		"actor kind":     {search(SearchParams{Filter: Filter{ActorKind: []string{"dog"}}}), "actor_kind"},
		"order of times": {search(SearchParams{Filter: Filter{Start: noon, End: noon}}), "end"},
		"long term":      {search(SearchParams{Filter: Filter{Search: []string{strings.Repeat("x", maxTerm+1)}}}), "search"},
		"many values":    {search(SearchParams{Filter: Filter{Actor: make([]string, maxValues+1)}}), "actor"},
		"page size":      {search(SearchParams{PageSize: MaxPageSize + 1}), "page_size"},
		"cursor":         {search(SearchParams{Cursor: "?"}), "cursor"},
		"width":          {histogram(Filter{}, 7*time.Minute), "width"},
		"narrow width":   {histogram(Filter{Start: noon.AddDate(-1, 0, 0), End: noon}, time.Minute), "width"},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := errors.AsType[*InvalidParam](tt.err)
			if !ok || p.Name != tt.param || aoc.CodeOf(tt.err) != aoc.CodeInvalid {
				t.Errorf("got %v", tt.err)
			}
		})
	}
}

func TestWidths(t *testing.T) {
	const unit = 15 * time.Minute
	for _, w := range barWidths() {
		if w%unit != 0 && unit%w != 0 {
			t.Errorf("%s is no width that stores take", w)
		}
	}
	for span, want := range map[time.Duration]time.Duration{
		0: time.Minute, time.Hour: time.Minute, 2 * time.Hour: 5 * time.Minute, day: 15 * time.Minute, 7 * day: 3 * time.Hour,
		30 * day: 12 * time.Hour, 90 * day: day, 365 * day: 7 * day, 40 * 365 * day: 364 * day,
	} {
		w := aoc.Window{Start: noon, End: noon.Add(span)}
		if got := chooseWidth(w); got != want {
			t.Errorf("%s: width %s, want %s", span, got, want)
		}
		if barCount(w, chooseWidth(w)) > chosenBars {
			t.Errorf("%s: more than %d bars", span, chosenBars)
		}
	}
}

func TestEvent(t *testing.T) {
	// An id with the shape of a key is still found as an id.
	keyLike := strings.Repeat("a", aoc.KeyLen)
	c := newConsole(t, record(tenant, "same", noon), record("other", "same", noon), record(tenant, keyLike, noon))
	if e, err := c.Event(t.Context(), keyLike); err != nil || e.ID != keyLike {
		t.Errorf("id like a key: %v, %v", e.ID, err)
	}
	if e, err := c.Event(t.Context(), aoc.KeyOf(aoc.DedupeKey(aoc.SourceDirectory, "other", "same"))); err != nil || e.TenantID != "other" {
		t.Errorf("by key: %v, %v", e.TenantID, err)
	}
	_, err := c.Event(t.Context(), "same")
	a, ok := errors.AsType[*Ambiguous](err)
	if !ok || len(a.Candidates) != 2 || aoc.CodeOf(err) != aoc.CodeConflict || a.Candidates[0].Key == a.Candidates[1].Key || a.Candidates[0].Summary == "" {
		t.Errorf("several: %v", err)
	}
	if _, err := c.Event(t.Context(), "none"); aoc.CodeOf(err) != aoc.CodeNotFound || aoc.HintOf(err) == "" {
		t.Errorf("none: %v", err)
	}
	if vs, err := c.Versions(t.Context(), keyLike); err != nil || len(vs) != 1 {
		t.Errorf("versions: %v, %v", vs, err)
	}
}

func TestHistogramCoversWhatIsStored(t *testing.T) {
	c := newConsole(t, record(tenant, "a", noon.AddDate(0, -1, 0)), record(tenant, "b", noon))
	h, err := c.Histogram(t.Context(), Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Start.Equal(noon.AddDate(0, -1, 0)) || !h.End.After(noon) || h.Total != 2 || len(h.Buckets) != 2 || h.WidthSeconds != 6*3600 {
		t.Errorf("%+v", h)
	}
	if empty, err := newConsole(t).Histogram(t.Context(), Filter{}, 0); err != nil || empty.Total != 0 || empty.Buckets == nil {
		t.Errorf("of nothing: %+v, %v", empty, err)
	}
}

func TestWithoutCollector(t *testing.T) {
	c := newConsole(t)
	ctx := t.Context()
	_, _, fetch := c.Fetch(ctx, 1)
	_, run := c.Run(ctx, "x")
	_, coverage := c.Coverage(ctx, aoc.Window{})
	for _, err := range []error{fetch, run, coverage} {
		if aoc.CodeOf(err) != aoc.CodeUnavailable || !strings.Contains(aoc.HintOf(err), "TENANT_ID") {
			t.Errorf("got %v", err)
		}
	}
	if hs, err := c.SourceHealth(ctx); err != nil || hs == nil || len(hs) != 0 {
		t.Errorf("health: %v, %v", hs, err)
	}
	c.Hasten("directory")
	if f := c.Features(ctx); f.CollectionEnabled || f.Sources == nil {
		t.Errorf("features: %+v", f)
	}
}

// files is a source of one unit of records.
type files []aoc.Record

func (files) Spec() source.Spec { return source.Spec{Title: "files"} }

func (files) List(context.Context, aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) { yield(aoc.Unit{ID: "one"}, nil) }
}

func (f files) Read(context.Context, aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		for _, r := range f {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestImport(t *testing.T) {
	c := newConsole(t, record(tenant, "known", noon))
	var last ImportProgress
	report, err := c.Import(t.Context(), files{record(tenant, "known", noon), record(tenant, "unknown", noon)}, func(p ImportProgress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(aoc.Counts{Read: 2, New: 1, Duplicate: 1}, report.Counts); diff != "" {
		t.Error(diff)
	}
	if last.Counts.Read != 2 {
		t.Errorf("progress: %+v", last)
	}
	page, err := c.Search(t.Context(), SearchParams{Filter: Filter{Tags: nil}})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%v, %v", page, err)
	}
	if !slices.ContainsFunc(page.Items, func(e aoc.Event) bool { return e.Origin == aoc.OriginImported }) {
		t.Error("what was imported does not say so")
	}
}

func TestFetchBlamesTheParameter(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	collector, err := ingest.New(ingest.Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Store: s, Collector: collector})
	if err != nil {
		t.Fatal(err)
	}
	for param, call := range map[string]func() error{
		"source": func() error { _, _, err := c.Fetch(t.Context(), 0, "moon"); return err },
		"hours":  func() error { _, _, err := c.Fetch(t.Context(), -1); return err },
		"end":    func() error { _, err := c.Coverage(t.Context(), aoc.Window{Start: noon, End: noon}); return err },
	} {
		if p, ok := errors.AsType[*InvalidParam](call()); !ok || p.Name != param {
			t.Errorf("%s: %v", param, call())
		}
	}
	if _, _, err := c.Fetch(t.Context(), 0); aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "" {
		t.Errorf("without sources: %v", err)
	}
	if err := collector.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Fetch(t.Context(), 0); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("closed: %v", err)
	}
}

func TestCaller(t *testing.T) {
	if got := CallerOf(WithCaller(t.Context(), aoc.Caller{Name: "ada"})); got.Name != "ada" {
		t.Errorf("got %+v", got)
	}
	if got := CallerOf(t.Context()); got.Name != "" || got.Via != aoc.ViaNothing {
		t.Errorf("got %+v", got)
	}
}
