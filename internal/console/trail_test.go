package console

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/trail"
)

// audited opens a console that writes down what is done.
func audited(t *testing.T) (*Console, *trail.Trail, store.Store, aoc.Event) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	e := aoc.Event{
		ID: "one", Source: aoc.SourceUnified, TenantID: north, Timestamp: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), ReceivedAt: time.Date(2026, 3, 2, 12, 5, 0, 0, time.UTC),
		Origin: aoc.OriginCollected, Operation: "Update user", ActorDisplay: "Bob", DisplaySummary: "Bob updated Eve", Raw: []byte(`{"Id":"one"}`),
		Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{},
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	if _, err := s.Append(t.Context(), []aoc.Event{e}); err != nil {
		t.Fatal(err)
	}
	tr := trail.New(trail.Config{Log: s})
	c, err := New(Config{Store: s, SignIn: true, Trail: tr, PollEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c, tr, s, e
}

var madeToken = regexp.MustCompile("made API token [A-Z2-7]{16}$")

// TestWhatIsDoneIsWrittenDown does one of everything and reads AOC's own events.
func TestWhatIsDoneIsWrittenDown(t *testing.T) {
	c, tr, s, e := audited(t)
	ada := WithCaller(t.Context(), aoc.Caller{Name: "ada@contoso.example", Subject: "ada-oid", Via: aoc.ViaSession, Role: aoc.RoleManager, Address: "192.0.2.7"})
	reader := WithCaller(t.Context(), aoc.Caller{Name: "nightly", Subject: "token/X", Via: aoc.ViaToken, Role: aoc.RoleReader})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.Entered(ada, CallerOf(ada), nil))
	for _, q := range []string{"b", "bo", "bob"} { // as when somebody types
		_, err := c.Search(ada, SearchParams{Filter: Filter{Query: q}})
		must(err)
	}
	_, err := c.Event(ada, e.Key)
	must(err)
	_, err = c.Tag(ada, e.Key, TagChange{Add: []string{"x"}})
	must(err)
	_, err = c.Export(reader, Filter{Query: "bob"})
	must(err)
	_, _, err = c.MakeToken(ada, TokenSpec{Name: "nightly", Role: "reader", Days: 1})
	must(err)
	for range 5 { // somebody tries again and again
		if _, err := c.Tag(reader, e.Key, TagChange{Add: []string{"x"}}); aoc.CodeOf(err) != aoc.CodeForbidden {
			t.Fatal(err)
		}
		c.Unknown(t.Context(), "198.51.100.9", aoc.Errorf(aoc.CodeUnauthenticated, "x", "the token has expired"))
	}
	c.Left(ada)
	must(tr.Close(t.Context()))

	var got []string
	events, err := s.ReadLog(t.Context(), 1, 100)
	must(err)
	for _, e := range events {
		if e.Source != aoc.SourceAOC || e.TenantID != trail.NoTenant || e.Service != "AOC" {
			t.Errorf("%+v", e)
		}
		got = append(got, madeToken.ReplaceAllString(e.DisplaySummary, "made API token"))
	}
	slices.Sort(got)
	want := []string{
		"Somebody unknown failed to sign in: the token has expired",
		"ada@contoso.example made API token",
		"ada@contoso.example read event Bob updated Eve",
		"ada@contoso.example searched events for 'bob'",
		"ada@contoso.example signed in",
		"ada@contoso.example signed out",
		"ada@contoso.example tagged event Bob updated Eve",
		"nightly exported events for 'bob'",
		"nightly failed to exercise right annotate: this needs the role analyst",
	}
	if !slices.Equal(got, want) {
		t.Errorf("written down:\n%q\nwant\n%q", got, want)
	}

	// Searching does not find its own trace unless it is asked for.
	for q, want := range map[string]bool{"": false, "ada": false, "source:aoc": true, "source:aoc,unified": true, "id:" + events[0].ID: true} {
		page, err := c.Search(ada, SearchParams{Filter: Filter{Query: q}})
		must(err)
		if got := slices.ContainsFunc(page.Items, func(e aoc.Event) bool { return e.Source == aoc.SourceAOC }); got != want {
			t.Errorf("%q finds AOC's own events: %v, want %v", q, got, want)
		}
	}
}

// TestEveryReadingIsWrittenDown asks everything that tells of events, and looks for a trace.
// What is neither here nor told of with a reason fails the test.
func TestEveryReadingIsWrittenDown(t *testing.T) {
	readings := map[string]func(ctx context.Context, c *Console, key string) error{
		"Search": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.Search(ctx, SearchParams{})
			return err
		},
		"Histogram": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.Histogram(ctx, Filter{}, 0)
			return err
		},
		"Summary": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.Summary(ctx, Filter{}, SummaryParams{})
			return err
		},
		"FacetValues": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.FacetValues(ctx, Filter{}, FacetParams{Field: aoc.FieldActor})
			return err
		},
		"Queue": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.Queue(ctx, Filter{}, QueueParams{})
			return err
		},
		"Entity": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.Entity(ctx, KindUser, "Bob", aoc.Window{})
			return err
		},
		"Related": func(ctx context.Context, c *Console, key string) error { _, err := c.Related(ctx, key, 0); return err },
		"Event":   func(ctx context.Context, c *Console, key string) error { _, err := c.Event(ctx, key); return err },
		"TryRule": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.TryRule(ctx, detect.RuleSpec{Conditions: []detect.Condition{{Field: "operation", Operator: "is", Value: "Update user"}}}, aoc.Window{}, nil)
			return err
		},
		"Versions": func(ctx context.Context, c *Console, key string) error { _, err := c.Versions(ctx, key); return err },
		"Export":   func(ctx context.Context, c *Console, _ string) error { _, err := c.Export(ctx, Filter{}); return err },
		"PreviewChangeWindow": func(ctx context.Context, c *Console, _ string) error {
			_, err := c.PreviewChangeWindow(ctx, ChangeWindowSpec{Title: "x", Zone: "UTC", Start: "2026-03-02T10:00", End: "2026-03-02T18:00", Actors: []string{"Bob"}})
			return err
		},
		"Called": func(ctx context.Context, c *Console, _ string) error {
			return c.Called(ctx, CallTool, "search_events", "x")
		},
		"Asking": func(ctx context.Context, c *Console, _ string) error { return c.Asking(ctx, "who did it?") },
		"Follow": func(ctx context.Context, c *Console, _ string) error {
			f, err := c.Follow(ctx, Filter{}, 0)
			if err == nil {
				f.Close()
			}
			return err
		},
	}
	others := map[string]string{ // by why they are not
		"what is typed is asked soon after": "Complete DirectoryNames FilterOptions", "goes with reading the event": "History Names",
		"what people and rules have made": "Alert Alerts CheckRule Rule RuleRun Rules SinkKinds Sinks", "how the service is": "Coverage DeadLetters Features Health NamesStatus Reachable Service SourceHealth Stats Run Runs MaxUpload UploadByID",
		"is a change, and written down as one": "CancelRuleRun RunRule ChangeSink DropDeadLetters DropSink MakeSink Resend TestSink CancelUpload ChangeAlert ChangeChangeWindow ChangeRule DropRule LoadRules LoadStarter MakeRule ChangeNotifier DropNotifier MakeNotifier TestNotifier ChangeSavedSearch Comment DropChangeWindow DropSavedSearch EndSession Fetch Import " +
			"MakeChangeWindow MakeToken Review ReviewAll RevokeToken SaveSearch Tag TagAll Undo Upload",
		"what people have made, or who they are": "ChangeWindows NotifierKinds Notifiers Me SavedSearches Sessions Tokens",
		"the trail itself":                       "CalledModel Entered Left Unknown", "is nobody's": "Close Hasten HurrySink WithScope",
		"has been shown to them before": "Cited", "goes with asking": "DirectoryNames",
	}
	known := map[string]bool{}
	for _, names := range others {
		for name := range strings.FieldsSeq(names) {
			known[name] = true
		}
	}
	for m := range reflect.TypeFor[*Console]().Methods() {
		if readings[m.Name] == nil && !known[m.Name] {
			t.Errorf("nobody has decided whether %s is written down", m.Name)
		}
	}
	for name, read := range readings {
		t.Run(name, func(t *testing.T) {
			c, tr, s, e := audited(t)
			if err := read(WithCaller(t.Context(), aoc.Caller{Name: "ada", Subject: "ada", Via: aoc.ViaSession, Role: aoc.RoleReader}), c, e.Key); err != nil {
				t.Fatal(err)
			}
			if err := tr.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			events, err := s.ReadLog(t.Context(), 1, 10)
			if err != nil || len(events) != 1 || events[0].ActorDisplay != "ada" {
				t.Fatalf("%d entries, %v", len(events), err)
			}
			t.Log(events[0].DisplaySummary)
		})
	}
}
