package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/egress"
	"aoc/internal/fleet"
	"aoc/internal/forward"
	"aoc/internal/sink"
	"aoc/internal/sink/kinds"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// receiver is a service that takes events, and refuses those whose id begins with "bad".
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	got []string
	ok  bool // takes the bad ones, too
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var e struct {
			ID string `json:"id"`
		}
		if err := json.NewDecoder(req.Body).Decode(&e); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if strings.HasPrefix(e.ID, "bad") && !r.ok {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		r.got = append(r.got, e.ID)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) has() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.got, " ")
}

// forwarding is a console whose sinks are fed.
func forwarding(t *testing.T, allowed ...string) (*Console, store.Store) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	policy, err := egress.New(allowed...)
	if err != nil {
		t.Fatal(err)
	}
	f := forward.New(forward.Config{
		Store: s, Duties: fleet.New(fleet.Config{Store: s}), Kinds: kinds.All(), CheckAddress: policy.Check,
		Deps: sink.Deps{HTTP: policy.Client(&http.Transport{}), Dial: policy.DialContext, Secrets: func(string) (string, bool) { return "", false }},
		Sinks: func(ctx context.Context) ([]sink.Config, error) {
			return forward.KeptSinks(ctx, s)
		},
		Tuning: forward.Tuning{Reload: 50 * time.Millisecond, Poll: 10 * time.Millisecond, Linger: time.Millisecond, FirstRetry: 10 * time.Millisecond, LastRetry: 20 * time.Millisecond},
	})
	ctx, end := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = f.Run(ctx) })
	t.Cleanup(func() { end(); wg.Wait() })
	c, err := New(Config{Store: s, Forwarder: f})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c, s
}

func logged(t *testing.T, s store.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		e := aoc.Event{
			ID: id, Source: aoc.SourceUnified, TenantID: north, Timestamp: time.Now().UTC(), ReceivedAt: time.Now().UTC(), Origin: aoc.OriginCollected, Operation: "Update user",
			Raw: []byte(`{}`), Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{},
		}
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		if _, err := s.Append(t.Context(), []aoc.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// TestSinksOfPeople makes a sink, sees what its receiver refuses, has it sent again, begins
// anew, and drops the sink with all that was kept of it.
func TestSinksOfPeople(t *testing.T) {
	r := newReceiver(t)
	c, s := forwarding(t, "127.0.0.0/8")
	ctx := t.Context()
	logged(t, s, "before")
	spec := SinkSpec{Name: " SOC ", Kind: "webhook", Enabled: true, Filter: "operation:Update*", Settings: map[string]string{"url": r.URL, "format": "single"}}
	made, err := c.MakeSink(ctx, spec)
	if err != nil || made.Name != "SOC" || made.Status.Seq != 1 || made.Fixed {
		t.Fatalf("%+v, %v", made, err)
	}
	logged(t, s, "one", "bad1", "two", "bad2")
	eventually(t, "what follows", func() bool { return r.has() == "one two" })
	var page DeadLetterPage
	eventually(t, "dead letters", func() bool {
		if page, err = c.DeadLetters(ctx, made.ID, ""); err != nil {
			t.Fatal(err)
		}
		return len(page.Items) == 2 && page.Sinks[made.ID] == 2
	})
	if all, err := c.Sinks(ctx); err != nil || len(all) != 1 || all[0].Status.DeadLetters != 2 || all[0].Version != 1 || all[0].Settings["url"] != r.URL {
		t.Fatalf("%+v, %v", all, err)
	}
	r.mu.Lock()
	r.ok = true
	r.mu.Unlock()
	if n, err := c.Resend(ctx, LetterSelection{IDs: []string{page.Items[0].ID}}); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	eventually(t, "what is sent again", func() bool { return r.has() == "one two bad2" })
	if n, err := c.DropDeadLetters(ctx, LetterSelection{Sink: made.ID}); err != nil || n < 1 {
		t.Fatalf("%d, %v", n, err)
	}
	spec.Start.From = sink.FromBeginning
	changed, err := c.ChangeSink(ctx, made.ID, 1, spec, false)
	if err != nil || changed.Start.From != sink.FromNow || changed.Status.Seq < 5 {
		t.Fatalf("a change alone begins again: %+v, %v", changed, err)
	}
	if _, err := c.ChangeSink(ctx, made.ID, 1, spec, true); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("of another version: %v", err)
	}
	if changed, err = c.ChangeSink(ctx, made.ID, 2, spec, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all of it", func() bool { return r.has() == "one two bad2 before one bad1 two bad2" })
	if err := c.HurrySink(ctx, made.ID); err != nil {
		t.Error(err)
	}
	if err := c.DropSink(ctx, made.ID, changed.Version); err != nil {
		t.Fatal(err)
	}
	if err := c.HurrySink(ctx, made.ID); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("a sink that is gone: %v", err)
	}
	if all, err := c.Sinks(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestSinksThatCannotBe refuses what is wrong before it is kept, and says what.
func TestSinksThatCannotBe(t *testing.T) {
	c, _ := forwarding(t, egress.Public)
	good := func() SinkSpec {
		return SinkSpec{Name: "SOC", Kind: "webhook", Settings: map[string]string{"url": "https://soc.contoso.example/"}}
	}
	if _, err := c.MakeSink(t.Context(), good()); err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(s *SinkSpec){
		"name:":                func(s *SinkSpec) { s.Name = " " },
		"kind":                 func(s *SinkSpec) { s.Kind = "carrier pigeon" },
		"filter":               func(s *SinkSpec) { s.Filter = "actro:ada" },
		"url":                  func(s *SinkSpec) { s.Settings = nil },
		"tenants":              func(s *SinkSpec) { s.Tenants = []string{"contoso"} },
		"start.at":             func(s *SinkSpec) { s.Start.From = sink.FromTime },
		"start.from":           func(s *SinkSpec) { s.Start.From = "yesterday" },
		"AOC_SECRET_NOT_GIVEN": func(s *SinkSpec) { s.Settings["signing_secret"] = "NOT_GIVEN" },
		"origin":               func(s *SinkSpec) { s.Origins = []aoc.Origin{"nowhere"} },
		"127.0.0.1":            func(s *SinkSpec) { s.Settings["url"] = "https://127.0.0.1:9000/" },
	} {
		s := good()
		change(&s)
		_, err := c.MakeSink(t.Context(), s)
		if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(err.Error(), strings.TrimSuffix(why, ":")) {
			t.Errorf("%s: %v", why, err)
		}
		if err := c.TestSink(t.Context(), s); why != "name:" && aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%s, tried: %v", why, err)
		}
	}
	for _, s := range []LetterSelection{{}, {IDs: []string{"a"}, Sink: "b"}} {
		if _, err := c.Resend(t.Context(), s); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if bare, err := New(Config{Store: c.store.Store}); err != nil {
		t.Fatal(err)
	} else if _, err := bare.Sinks(t.Context()); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("where nothing is forwarded: %v", err)
	}
}

// TestTryingASink tells what the receiver says to one event that is marked as a test.
func TestTryingASink(t *testing.T) {
	r := newReceiver(t)
	c, _ := forwarding(t, "127.0.0.0/8")
	s := SinkSpec{Kind: "webhook", Settings: map[string]string{"url": r.URL, "format": "single"}}
	if err := c.TestSink(t.Context(), s); err != nil || !strings.HasPrefix(r.has(), "test-") {
		t.Errorf("%q, %v", r.has(), err)
	}
	r.Close()
	if err := c.TestSink(t.Context(), s); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("nobody is there: %v", err)
	}
}
