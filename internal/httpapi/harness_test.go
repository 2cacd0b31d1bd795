package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/assistant"
	"aoc/internal/console"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/ingest"
	"aoc/internal/normalise"
	"aoc/internal/source"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

const (
	contoso  = "11111111-2222-3333-4444-555555555555"
	fabrikam = "99999999-8888-7777-6666-555555555555"
	state    = "correct-horse"
)

// noon is when the tests take place.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time                                   { return noon }
func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// stock is what the store holds before a test: newest first as the API lists it.
//
//	11:50 Ada added a member        (contoso, success)
//	11:40 Ada deleted a user        (contoso, failure)
//	11:30 Bob updated a user        (fabrikam, success), its id that of the next one
//	11:20 Bob updated a user        (contoso, success)
//	11:10 a mailbox rule            (contoso, unified)
func stock(t *testing.T) []aoc.Event {
	t.Helper()
	audit := func(tenant, id, actor, operation, result string, at time.Time) aoc.Event {
		raw := fmt.Sprintf(`{"id":%q, "category":"UserManagement","activityDisplayName":%q,"result":%q,"activityDateTime":%q,`+
			`"initiatedBy":{"user":{"id":"u-%s","displayName":%q,"userPrincipalName":"%s@contoso.example"}},"targetResources":[]}`,
			id, operation, result, at.Format(time.RFC3339), strings.ToLower(actor), actor, strings.ToLower(actor))
		return eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: tenant, Raw: []byte(raw)})
	}
	mailbox := fmt.Sprintf(`{"Id":"rule-1","CreationTime":"2026-03-02T11:10:00","Operation":"New-InboxRule","OrganizationId":%q,`+
		`"RecordType":1,"Workload":"Exchange","UserId":"eve@contoso.example","ResultStatus":"True","Note":"bad %s byte"}`, contoso, "\xff")
	return []aoc.Event{
		audit(contoso, "a1", "Ada", "Add member to group", "success", noon.Add(-10*time.Minute)),
		audit(contoso, "a 2", "Ada", "Delete user", "failure", noon.Add(-20*time.Minute)),
		audit(fabrikam, "same", "Bob", "Update user", "success", noon.Add(-30*time.Minute)),
		audit(contoso, "same", "Bob", "Update user", "success", noon.Add(-40*time.Minute)),
		eventOf(t, aoc.Record{Kind: aoc.KindUnified, TenantID: contoso, Raw: []byte(mailbox)}),
	}
}

func eventOf(t *testing.T, r aoc.Record) aoc.Event {
	t.Helper()
	r.Origin, r.ReceivedAt, r.Transport = aoc.OriginCollected, noon, "test"
	e, err := normalise.Normalise(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// feed is a source of two records that waits until it may go on.
type feed struct {
	gate chan struct{} // closed: goes on
	fail error
}

func (f *feed) Spec() source.Spec {
	return source.Spec{
		Feed: aoc.Feed{TenantID: contoso, Collector: "directoryaudit"}, Source: aoc.SourceDirectory, Title: "Entra directory audits",
		MaxWindow: 24 * time.Hour, Lookback: 30 * 24 * time.Hour,
	}
}

func (f *feed) List(_ context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		if f.fail != nil {
			yield(aoc.Unit{}, f.fail)
			return
		}
		yield(aoc.Unit{ID: w.String(), Window: w, Repeatable: true}, nil)
	}
}

func (f *feed) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	return func(yield func(aoc.Record, error) bool) {
		select {
		case <-f.gate:
		case <-ctx.Done():
			yield(aoc.Record{}, ctx.Err())
			return
		}
		for _, id := range []string{"new-1", "new-2"} {
			raw := fmt.Sprintf(`{"id":%q,"category":"Policy","activityDisplayName":"Update policy","result":"success","activityDateTime":"2026-03-02T10:00:00Z"}`, id)
			if !yield(aoc.Record{Kind: aoc.KindDirectoryAudit, Raw: []byte(raw), Transport: u.ID}, nil) {
				return
			}
		}
	}
}

// bench is the API over a real store.
type bench struct {
	store   store.Store
	console *console.Console
	feed    *feed
	events  []aoc.Event
	handler http.Handler
	log     *lockedBuffer
}

// newBench makes a bench; change may alter the configuration.
func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{store: s, feed: &feed{gate: make(chan struct{})}, log: &lockedBuffer{}}
	logger := slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.events = stock(t)
	if _, err := s.Append(ctx, b.events); err != nil {
		t.Fatal(err)
	}
	m := metrics.New("1.2.3")
	collector, err := ingest.New(ingest.Config{Store: s, Sources: []source.Source{b.feed}, Clock: clock{}, Logger: logger, Observer: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = collector.Close(ended)
		_ = s.Close()
	})
	b.console, err = console.New(console.Config{Store: s, PollEvery: 10 * time.Millisecond, Collector: collector, Clock: clock{}, Logger: logger, Features: console.Features{Version: "1.2.3", Store: "sqlite", Sources: []string{"directoryaudit"}}})
	if err != nil {
		t.Fatal(err)
	}
	m.Watch(b.console, clock{})
	cfg := Config{
		Console: b.console, Assistant: assistant.New(assistant.Config{Console: b.console, Clock: clock{}}), Logger: logger, Clock: clock{}, Metrics: m, Version: "1.2.3",
		CORSOrigins: []string{"https://soc.contoso.example"}, WebhookClientState: state,
	}
	for _, f := range change {
		f(&cfg)
	}
	if b.handler, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

// ask sends one request through the handler.
func (b *bench) ask(method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8000"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// get asks and decodes the JSON answer.
func (b *bench) get(t *testing.T, target string, status int) map[string]any {
	t.Helper()
	w := b.ask(http.MethodGet, target, "")
	if w.Code != status {
		t.Fatalf("GET %s: status %d, want %d\n%s", target, w.Code, status, w.Body)
	}
	return decode(t, w.Body)
}

func decode(t *testing.T, r io.Reader) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatalf("not a JSON object: %v", err)
	}
	return v
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (b *bench) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b.log, nil)) }
