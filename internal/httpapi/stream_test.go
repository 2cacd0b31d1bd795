package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
)

// follow opens a stream and gives its events; comments are passed over.
func follow(t *testing.T, ctx context.Context, target string, header ...string) (next func() (name, id string, data object)) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewReader(resp.Body)
	return func() (name, id string, data object) {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return "", "", nil
			}
			field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch {
			case field == "event":
				name = value
			case field == "id":
				id = value
			case field == "data":
				if err := json.Unmarshal([]byte(value), &data); err != nil {
					t.Fatalf("data %q: %v", value, err)
				}
			case line == "\n" && data != nil:
				return name, id, data
			}
		}
	}
}

// arrive appends events of an actor.
func (b *bench) arrive(t *testing.T, actor string, ids ...string) {
	t.Helper()
	var events []aoc.Event
	for _, id := range ids {
		events = append(events, eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: fmt.Appendf(nil,
			`{"id":%q,"category":"Policy","activityDisplayName":"Update policy","result":"success","activityDateTime":"2026-03-02T11:59:00Z","initiatedBy":{"user":{"displayName":%q}}}`, id, actor)}))
	}
	if _, err := b.store.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func TestStream(t *testing.T) {
	b := newBench(t)
	srv := serve(t, b)
	since := fmt.Sprint(b.get(t, "/api/events", 200)["last_seq"])
	b.arrive(t, "Ada", "early") // after the list was shown, before the stream begins
	next := follow(t, t.Context(), srv+"/api/events/stream?after="+since+"&q="+url.QueryEscape("actor:ada"))
	name, id, data := next()
	if name != "events" || data["count"] != 1.0 || id != fmt.Sprint(data["last_seq"]) || ids(data) != "early" {
		t.Errorf("what was missed: %s %s %v", name, id, data)
	}
	b.arrive(t, "Bob", "other")
	b.arrive(t, "Ada", "one", "two")
	got := 0.0
	for got < 2 {
		_, id, data = next()
		if data == nil || strings.Contains(text(data), "other") {
			t.Fatalf("got %v", data)
		}
		got += data["count"].(float64)
	}
	// A connection that broke goes on where it was, whatever its address says.
	b.arrive(t, "Ada", "three")
	resumed := follow(t, t.Context(), srv+"/api/events/stream?after=1&q="+url.QueryEscape("actor:ada"), "Last-Event-ID", id)
	if _, _, data = resumed(); data["count"] != 1.0 || ids(data) != "three" {
		t.Errorf("resumed: %v", data)
	}
	// Only what lies in the time that is shown.
	old := follow(t, t.Context(), srv+"/api/events/stream?after=1&end=2026-03-02T11:45:00Z&q="+url.QueryEscape("actor:ada OR actor:bob"))
	if _, _, data = old(); ids(data) != "a 2,same,same" {
		t.Errorf("bounded: %v", ids(data))
	}
}

func TestStreamShowsTheNewest(t *testing.T) {
	b := newBench(t)
	srv := serve(t, b)
	var many []string
	for i := range 120 {
		many = append(many, "n"+strconv.Itoa(i))
	}
	b.arrive(t, "Ada", many...)
	_, _, data := follow(t, t.Context(), srv+"/api/events/stream?after=5")()
	if data["count"] != 120.0 || len(data["items"].([]any)) != 50 {
		t.Errorf("count %v, %d items", data["count"], len(data["items"].([]any)))
	}
	if _, err := b.store.LastSeq(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestSlowFollower holds that one who does not read keeps nobody else waiting.
func TestSlowFollower(t *testing.T) {
	b := newBench(t)
	slow, err := b.console.Follow(t.Context(), console.Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	quick, err := b.console.Follow(t.Context(), console.Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer quick.Close()
	heard := int64(0)
	for i := range 3 {
		b.arrive(t, "Ada", "s"+strconv.Itoa(i))
		for want := int64(i + 1); heard < want; {
			news, err := quick.Next(t.Context(), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			heard += news.Count
		}
	}
	if news, err := slow.Next(t.Context(), time.Minute); err != nil || news.Count != 3 || news.LastSeq != 8 {
		t.Errorf("%+v, %v", news, err)
	}
	if news, err := slow.Next(t.Context(), time.Millisecond); err != nil || news.Count != 0 || news.LastSeq != 8 {
		t.Errorf("nothing new: %+v, %v", news, err)
	}
}

// TestFollowFromAhead holds that nobody hears again what another process, or a search, has
// told already although this process has not read it yet; and that a place of another store
// is noticed.
func TestFollowFromAhead(t *testing.T) {
	b := newBench(t)
	first, err := b.console.Follow(t.Context(), console.Filter{}, 0) // from here on the log is read
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	b.arrive(t, "Ada", "s1", "s2")
	ahead, err := b.console.Follow(t.Context(), console.Filter{}, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer ahead.Close()
	for heard := int64(0); heard < 2; {
		news, err := first.Next(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		heard += news.Count
	}
	if news, err := ahead.Next(t.Context(), time.Millisecond); err != nil || news.Count != 0 || news.LastSeq != 7 {
		t.Errorf("told again: %+v, %v", news, err)
	}
	b.arrive(t, "Ada", "s3")
	if news, err := ahead.Next(t.Context(), time.Minute); err != nil || news.Count != 1 || news.LastSeq != 8 {
		t.Errorf("what arrives then: %+v, %v", news, err)
	}
	lost, err := b.console.Follow(t.Context(), console.Filter{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer lost.Close()
	if news, err := lost.Next(t.Context(), time.Minute); err != nil || !news.Reset {
		t.Errorf("from a place that is not in the log: %+v, %v", news, err)
	}
	b.arrive(t, "Ada", "s4")
	if news, err := lost.Next(t.Context(), time.Minute); err != nil || news.Count != 1 {
		t.Errorf("what arrives then: %+v, %v", news, err)
	}
}

// TestStreamsEnd holds that streams end with the service and that nobody begins one then.
func TestStreamsEnd(t *testing.T) {
	b := newBench(t)
	srv := serve(t, b)
	next := follow(t, t.Context(), srv+"/api/events/stream")
	if err := b.console.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name, _, data := next(); data != nil {
		t.Errorf("after the end: %s %v", name, data)
	}
	if w := b.ask("GET", "/api/events/stream", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("another: %d", w.Code)
	}
	// One who leaves ends the reading; the next one begins it again.
	again := newBench(t)
	for i := range 3 {
		ctx, leave := context.WithCancel(t.Context())
		f, err := again.console.Follow(ctx, console.Filter{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		leave()
		if _, err := f.Next(ctx, time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("left: %v", err)
		}
		f.Close()
		f.Close()
		again.arrive(t, "Ada", "e"+strconv.Itoa(i))
	}
	if err := again.console.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if resp, err := http.Head(serve(t, newBench(t)) + "/api/events/stream"); err != nil || resp.StatusCode != 200 {
		t.Errorf("HEAD: %v, %v", resp, err)
	}
}

func TestStreamTooFarBehind(t *testing.T) {
	text := string(newsText(console.News{Reset: true, Count: 3, LastSeq: 9, Items: make([]aoc.Event, 3)}, true))
	if text != "id: 9\nevent: reset\ndata: {\"count\":3,\"last_seq\":9,\"items\":[]}\n\n" {
		t.Errorf("%q", text)
	}
	hostile := string(newsText(console.News{Count: 1, LastSeq: 9, Items: []aoc.Event{{DisplaySummary: "a\nevent: fake\r\ndata: {}\n\n\u2028"}}}, false))
	if strings.Count(hostile, "\n") != 4 || strings.Contains(hostile, "\r") {
		t.Errorf("%q", hostile)
	}
}

// TestExport takes a result of several pages away, in both forms, and holds it against the
// pages.
func TestExport(t *testing.T) {
	b := newBench(t)
	var many []string
	for i := range 1200 {
		many = append(many, "x"+strconv.Itoa(i))
	}
	b.arrive(t, `=cmd|' /C calc'!A0`, many...)
	b.arrive(t, "Bob", "not exported")
	srv := serve(t, b)
	query := "?q=" + url.QueryEscape(`operation:"Update policy" -actor:bob`)
	for format, wantType := range map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"} {
		resp, err := http.Get(srv + "/api/events/export" + query + "&format=" + format)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Content-Type"); got != wantType {
			t.Errorf("%s: %s", format, got)
		}
		if got := resp.Header.Get("Content-Disposition"); got != `attachment; filename="aoc-events-20260302T120000Z.`+format+`"` {
			t.Errorf("%s: %s", format, got)
		}
		lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
		if format == "csv" {
			if !strings.HasPrefix(lines[0], "\ufefftimestamp,") || !strings.Contains(lines[1], `,'=cmd|`) {
				t.Errorf("csv begins %q", lines[:2])
			}
			lines = lines[1:]
		}
		if len(lines) != 1200 {
			t.Errorf("%s: %d events", format, len(lines))
		}
	}
	if resp, err := http.Head(srv + "/api/events/export"); err != nil || resp.StatusCode != 200 {
		t.Errorf("HEAD: %v, %v", resp, err)
	}
	if w := b.ask("GET", "/api/events/export?format=xlsx", ""); w.Code != 422 {
		t.Errorf("unknown form: %d", w.Code)
	}
	empty := b.ask("GET", "/api/events/export?q=nothingatall", "")
	if got := strings.Count(empty.Body.String(), "\n"); got != 1 || empty.Code != 200 {
		t.Errorf("nothing: %q", empty.Body)
	}
}

// TestExportBreaksOff holds that a download which cannot be completed does not end as if it
// were complete.
func TestExportBreaksOff(t *testing.T) {
	b := newBench(t)
	srv := serve(t, b)
	var many []string
	for i := range 3000 {
		many = append(many, strings.Repeat("long", 200)+strconv.Itoa(i))
	}
	b.arrive(t, "Ada", many...)
	resp, err := http.Get(srv + "/api/events/export?format=jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	_ = b.store.Close() // whatever it is that goes wrong
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil {
		t.Errorf("%d bytes, and an end as if that were all", n)
	}
	if failed := b.ask("GET", "/api/events/export", ""); failed.Code < 500 {
		t.Errorf("what goes wrong at once: %d", failed.Code)
	}
}
