package managementactivity

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/sourcetest"
)

const tenant = sourcetest.TenantID

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// feed is a fake Management Activity API with one content type.
type feed struct {
	t      *testing.T
	url    string
	clock  clock
	log    bytes.Buffer
	source *Source

	status  string               // of the subscription: "", "enabled", "disabled"
	start   func() (int, string) // answers a start
	content func(r *http.Request, n int) (int, string, http.Header)
	calls   []string // operation and query, in order
	listed  int
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

type issuer struct{ clock *clock }

func (i issuer) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: i.clock.now.Add(1000 * time.Hour)}, nil
}

func newFeed(t *testing.T) *feed {
	t.Helper()
	f := &feed{t: t, clock: clock{now}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	cloud, err := m365.Cloud{}.With(server.URL, server.URL, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := m365.New(m365.Config{Cloud: cloud, TenantID: tenant, Credential: issuer{&f.clock}, Clock: &f.clock, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	f.source, err = New(Config{
		Client: client, ContentType: "Audit.Exchange", Clock: &f.clock, Publisher: "pub",
		Logger: slog.New(slog.NewTextHandler(&f.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := r.URL.Path[strings.LastIndex(r.URL.Path, "/feed/")+len("/feed/"):]
	q := r.URL.Query()
	if q.Get("PublisherIdentifier") != "pub" {
		f.t.Errorf("%s names publisher %q", operation, q.Get("PublisherIdentifier"))
	}
	q.Del("PublisherIdentifier")
	f.calls = append(f.calls, r.Method+" "+operation+" "+q.Encode())
	switch operation {
	case "subscriptions/list":
		if f.status != "" {
			fmt.Fprintf(w, `[{"contentType":"Audit.General","status":"enabled","webhook":null},{"contentType":"audit.exchange","status":%q}]`, f.status)
			return
		}
		io.WriteString(w, `[{"contentType":"Audit.General","status":"enabled","webhook":null}]`)
	case "subscriptions/start":
		status, body := 200, `{"contentType":"Audit.Exchange","status":"enabled","webhook":null}`
		if f.start != nil {
			status, body = f.start()
		}
		if status == 200 {
			f.status = "enabled"
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	case "subscriptions/content":
		f.listed++
		if f.content == nil {
			io.WriteString(w, "[]")
			return
		}
		status, body, header := f.content(r, f.listed)
		for k, v := range header {
			w.Header()[k] = v // keeps the letter case
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	default:
		w.WriteHeader(404)
	}
}

func (f *feed) list(span time.Duration) (units []aoc.Unit, err error) {
	w := aoc.Window{Start: f.clock.now.Add(-span), End: f.clock.now}
	for u, err := range f.source.List(f.t.Context(), w) {
		if err != nil {
			return units, err
		}
		units = append(units, u)
	}
	return units, nil
}

func (f *feed) operations() (ops []string) {
	for _, c := range f.calls {
		ops = append(ops, strings.Fields(c)[1])
	}
	f.calls = nil
	return ops
}

func entry(base, id string) string {
	return fmt.Sprintf(`{"contentType":"Audit.Exchange","contentId":%q,"contentUri":"%s/api/v1.0/%s/activity/feed/audit/%s","contentCreated":"2026-03-04T11:00:00.123Z","contentExpiration":"2026-03-11T11:00:00.123Z"}`, id, base, tenant, id)
}

func fault(code, message string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, code, message)
}

func TestListAsksForTheWindowAndFollowsThePages(t *testing.T) {
	for _, header := range []string{"NextPageUri", "NextPageUrl", "nextpageuri", "NEXTPAGEURL"} {
		t.Run(header, func(t *testing.T) {
			f := newFeed(t)
			f.status = "enabled"
			f.content = func(r *http.Request, n int) (int, string, http.Header) {
				if n == 1 {
					return 200, "[" + entry(f.url, "a$1") + "," + entry(f.url, "b$1") + "]",
						http.Header{header: {f.url + "/api/v1/" + tenant + "/activity/feed/subscriptions/content?contentType=Audit.Exchange&nextPage=p%2F2"}}
				}
				return 200, "[" + entry(f.url, "b$1") + "," + entry(f.url, "c$1") + "]", nil
			}
			units, err := f.list(time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"GET subscriptions/list ",
				"GET subscriptions/content contentType=Audit.Exchange&endTime=2026-03-04T12%3A00%3A00&startTime=2026-03-04T11%3A00%3A00",
				"GET subscriptions/content contentType=Audit.Exchange&nextPage=p%2F2",
			}
			if diff := cmp.Diff(want, f.calls); diff != "" {
				t.Error(diff)
			}
			created := time.Date(2026, 3, 4, 11, 0, 0, 123e6, time.UTC)
			var wantUnits []aoc.Unit
			for _, id := range []string{"a$1", "b$1", "c$1"} {
				wantUnits = append(wantUnits, aoc.Unit{
					ID: id, Locator: f.url + "/api/v1.0/" + tenant + "/activity/feed/audit/" + id,
					Window:    aoc.Window{Start: now.Add(-time.Hour), End: now},
					CreatedAt: created, ExpiresAt: created.Add(7 * 24 * time.Hour),
				})
			}
			if diff := cmp.Diff(wantUnits, units); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSubscriptions(t *testing.T) {
	const list, start, content = "subscriptions/list", "subscriptions/start", "subscriptions/content"
	refuseOnce := func(code string) func(*http.Request, int) (int, string, http.Header) {
		return func(_ *http.Request, n int) (int, string, http.Header) {
			if n == 1 {
				return 400, fault(code, "m"), nil
			}
			return 200, "[]", nil
		}
	}
	refuse := func(code string) func(*http.Request, int) (int, string, http.Header) {
		return func(*http.Request, int) (int, string, http.Header) { return 400, fault(code, "m"), nil }
	}
	for _, tc := range []struct {
		name    string
		status  string
		start   func() (int, string)
		content func(*http.Request, int) (int, string, http.Header)
		ops     []string
		code    aoc.Code
		up      string
		wait    time.Duration
		hint    string
	}{
		{name: "enabled", status: "enabled", ops: []string{list, content}},
		{name: "absent is started", ops: []string{list, start, content}},
		{name: "disabled is started", status: "disabled", ops: []string{list, start, content}},
		{name: "enabled already", start: func() (int, string) {
			return 400, fault("AF20024", "The subscription is already enabled. No property change.")
		}, ops: []string{list, start, content}},
		{name: "gone at the listing", status: "enabled", content: refuseOnce("AF20022"), ops: []string{list, content, start, content}},
		{name: "disabled at the listing", status: "enabled", content: refuseOnce("AF20023"), ops: []string{list, content, start, content}},
		{
			name: "disabled for good", status: "enabled", content: refuse("AF20023"), ops: []string{list, content, start, content},
			code: aoc.CodeUnavailable, up: "AF20023", hint: "subscription",
		},
		{
			name: "started but not ready", content: refuse("AF20022"), ops: []string{list, start, content},
			code: aoc.CodeUnavailable, up: "AF20022", wait: startInterval, hint: "subscription",
		},
		{
			name: "the start limit",
			start: func() (int, string) {
				return 403, fault("429", "Too many frequent subscription start requests. Please retry again after 8m 46s.")
			},
			ops: []string{list, start}, code: aoc.CodeThrottled, up: "429", wait: 8*time.Minute + 46*time.Second, hint: "again",
		},
		{
			name: "auditing is off",
			start: func() (int, string) {
				return 500, fault("StartSubscription [TenantId=x,ContentType=y] failed. Exception", "at System")
			},
			ops: []string{list, start}, code: aoc.CodeForbidden, up: "HTTP 500", hint: "Turn on auditing",
		},
		{
			name: "auditing is off, by message",
			start: func() (int, string) {
				return 400, fault("x y", "Microsoft.Office.DataServiceException: Tenant 1 does not exist.")
			},
			ops: []string{list, start}, code: aoc.CodeForbidden, up: "HTTP 400", hint: "Turn on auditing",
		},
		{
			name: "no permission",
			start: func() (int, string) {
				return 401, fault("AF10001", "The permission set () sent in the request does not include the expected permission.")
			},
			ops: []string{list, start}, code: aoc.CodeForbidden, up: "AF10001", hint: "ActivityFeed.Read",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFeed(t)
			f.status, f.start, f.content = tc.status, tc.start, tc.content
			_, err := f.list(time.Hour)
			if aoc.CodeOf(err) != tc.code || !strings.Contains(aoc.HintOf(err), tc.hint) {
				t.Errorf("got %v, hint %q; want code %q", err, aoc.HintOf(err), tc.code)
			}
			if e, ok := err.(*aoc.Error); ok && (e.Upstream != tc.up || e.RetryAfter != tc.wait) {
				t.Errorf("upstream %q, wait %v; want %q, %v", e.Upstream, e.RetryAfter, tc.up, tc.wait)
			}
			if diff := cmp.Diff(tc.ops, f.operations()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASubscriptionIsLookedAtHourly(t *testing.T) {
	f := newFeed(t)
	f.status = "enabled"
	for range 3 {
		f.list(time.Hour)
		f.clock.now = f.clock.now.Add(25 * time.Minute)
	}
	f.list(time.Hour)
	const list, content = "subscriptions/list", "subscriptions/content"
	if diff := cmp.Diff([]string{list, content, content, content, list, content}, f.operations()); diff != "" {
		t.Error(diff)
	}
}

func TestStartsKeepTheirDistance(t *testing.T) {
	f := newFeed(t)
	f.status = "enabled"
	f.content = func(*http.Request, int) (int, string, http.Header) { return 400, fault("AF20023", "m"), nil }
	starts := func() (n int) {
		for _, op := range f.operations() {
			if op == "subscriptions/start" {
				n++
			}
		}
		return n
	}
	f.list(time.Hour)
	if n := starts(); n != 1 {
		t.Fatalf("%d starts, want 1", n)
	}
	f.clock.now = f.clock.now.Add(14 * time.Minute)
	if _, err := f.list(time.Hour); starts() != 0 || aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("started again within 15 minutes, or lost upstream's word: %v", err)
	}
	f.clock.now = f.clock.now.Add(time.Minute)
	if f.list(time.Hour); starts() != 1 {
		t.Error("not started again after 15 minutes")
	}
}

func TestARefusedStartHoldsNothingElseUp(t *testing.T) {
	f := newFeed(t)
	f.start = func() (int, string) {
		return 403, fault("429", "Too many frequent subscription start requests. Please retry again after 8m 46s.")
	}
	if _, err := f.list(time.Hour); aoc.CodeOf(err) != aoc.CodeThrottled {
		t.Fatal(err)
	}
	f.status = "enabled" // by someone else
	if _, err := f.list(time.Hour); err != nil {
		t.Fatal(err)
	}
	if waited := f.clock.now.Sub(now); waited != 0 {
		t.Errorf("listing waited %v", waited)
	}
}

func TestALostPlaceRestartsTheListing(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lost  int // listings that lose their place
		units int
		code  aoc.Code
	}{{"once", 1, 2, ""}, {"twice", 2, 2, ""}, {"always", 99, 1, aoc.CodeUpstream}} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFeed(t)
			f.status = "enabled"
			lost := 0
			f.content = func(r *http.Request, _ int) (int, string, http.Header) {
				switch {
				case r.URL.Query().Get("nextPage") == "":
					return 200, "[" + entry(f.url, "a") + "]", http.Header{"NextPageUri": {f.url + "/api/v1/" + tenant + "/activity/feed/subscriptions/content?nextPage=2"}}
				case lost < tc.lost:
					lost++
					return 400, fault("AF20031", "m"), nil
				}
				return 200, "[" + entry(f.url, "b") + "]", nil
			}
			units, err := f.list(time.Hour)
			if len(units) != tc.units || aoc.CodeOf(err) != tc.code {
				t.Errorf("got %d units, %v; want %d, code %q", len(units), err, tc.units, tc.code)
			}
		})
	}
}

func TestAListingThatBreaksOffIsAskedForAgain(t *testing.T) {
	for _, tc := range []struct {
		name  string
		times int // that the second page breaks off
		cut   bool
		asked int
		want  []string
		code  aoc.Code
	}{
		{"the connection, once", 1, true, 4, []string{"a", "b", "c", "d"}, ""},
		{"the connection, twice", 2, true, 5, []string{"a", "b", "c", "d"}, ""},
		{"the answer, once", 1, false, 4, []string{"a", "b", "c", "d"}, ""},
		{"always", 99, true, 4, []string{"a", "b"}, aoc.CodeUpstream},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFeed(t)
			f.status = "enabled"
			page := func(n int) http.Header {
				return http.Header{"NextPageUri": {fmt.Sprintf("%s/api/v1/%s/activity/feed/subscriptions/content?nextPage=%d", f.url, tenant, n)}}
			}
			broke := 0
			f.content = func(r *http.Request, _ int) (int, string, http.Header) {
				switch r.URL.Query().Get("nextPage") {
				case "":
					return 200, "[" + entry(f.url, "a") + "]", page(2)
				case "3":
					return 200, "[" + entry(f.url, "d") + "]", nil
				}
				whole := "[" + entry(f.url, "b") + "," + entry(f.url, "c") + "]"
				header := page(3)
				if broke == tc.times {
					return 200, whole, header
				}
				broke++
				if tc.cut { // the server closes the connection when less comes than it said
					header.Set("Content-Length", fmt.Sprint(len(whole)))
				}
				return 200, whole[:len(whole)-20], header
			}
			units, err := f.list(time.Hour)
			var got []string
			for _, u := range units {
				got = append(got, u.ID)
			}
			if aoc.CodeOf(err) != tc.code {
				t.Errorf("got %v, want code %q", err, tc.code)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if f.listed != tc.asked {
				t.Errorf("%d pages were asked for, want %d", f.listed, tc.asked)
			}
		})
	}
}

func TestListingsThatCannotBeRead(t *testing.T) {
	f := newFeed(t)
	f.status = "enabled"
	for name, body := range map[string]string{
		"broken entry":    "[" + entry(f.url, "a") + `,{"contentId":}]`,
		"no id":           `[{"contentUri":"x"}]`,
		"no address":      `[{"contentId":"x"}]`,
		"wrong type":      `[{"contentId":1,"contentUri":"x"}]`,
		"not an array":    `{"contentId":"x"}`,
		"breaks off":      "[" + entry(f.url, "a"),
		"pages in a ring": "ring",
	} {
		t.Run(name, func(t *testing.T) {
			f.content = func(*http.Request, int) (int, string, http.Header) {
				if body == "ring" {
					return 200, "[]", http.Header{"NextPageUri": {f.url + "/api/v1/" + tenant + "/activity/feed/subscriptions/content?nextPage=2"}}
				}
				return 200, body, nil
			}
			if _, err := f.list(time.Hour); aoc.CodeOf(err) != aoc.CodeUpstream {
				t.Errorf("got %v, want code upstream", err)
			}
		})
	}
}

func TestWindowsAtTheEdgeOfTheSevenDays(t *testing.T) {
	f := newFeed(t)
	f.status = "enabled"
	day := 24 * time.Hour
	var asked url.Values
	f.content = func(r *http.Request, _ int) (int, string, http.Header) {
		asked = r.URL.Query()
		return 200, "[]", nil
	}
	list := func(w aoc.Window) error {
		for _, err := range f.source.List(t.Context(), w) {
			return err
		}
		return nil
	}
	if err := list(aoc.Window{Start: now.Add(-7*day - time.Hour), End: now.Add(-7*day + time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if got := asked.Get("startTime"); got != "2026-02-25T12:05:00" {
		t.Errorf("listed from %s", got)
	}
	if !strings.Contains(f.log.String(), "listed in part") {
		t.Errorf("the clamp is not logged: %q", f.log.String())
	}
	err := list(aoc.Window{Start: now.Add(-8 * day), End: now.Add(-7 * day)})
	if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
		t.Errorf("got %v, want code invalid with a hint", err)
	}
	// Sub-second ends are rounded the same way, so that neighbours meet.
	edge := now.Add(-time.Hour + 700*time.Millisecond)
	list(aoc.Window{Start: now.Add(-2 * time.Hour), End: edge})
	end := asked.Get("endTime")
	list(aoc.Window{Start: edge, End: now})
	if start := asked.Get("startTime"); start != end {
		t.Errorf("a window ends at %s and the next begins at %s", end, start)
	}
}

func TestReadLossesAreUpstreamsWord(t *testing.T) {
	for code, want := range map[string]aoc.Code{
		"AF20050": aoc.CodeNotFound, "AF20051": aoc.CodeNotFound, "AF20052": aoc.CodeNotFound,
		"AF20010": aoc.CodeForbidden, "": aoc.CodeUpstream,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			if code != "" {
				io.WriteString(w, fault(code, "m"))
			}
		}))
		cloud, _ := m365.Cloud{}.With(server.URL, server.URL, server.URL)
		c := &clock{now}
		client, err := m365.New(m365.Config{Cloud: cloud, TenantID: tenant, Credential: issuer{c}, Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		src, err := New(Config{Client: client, ContentType: "DLP.All", Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range src.Read(t.Context(), aoc.Unit{ID: "x", Locator: server.URL + "/api/v1.0/" + tenant + "/activity/feed/audit/x"}) {
			if aoc.CodeOf(err) != want {
				t.Errorf("%s: got %v, want code %s", code, err, want)
			}
		}
		server.Close()
	}
}

func TestFollowKeepsTheAddress(t *testing.T) {
	s := &Source{publisher: "p"}
	for link, want := range map[string]string{
		"https://m/audit/a$b%24c":                    "https://m/audit/a$b%24c?PublisherIdentifier=p",
		"https://m/c?nextPage=%2f":                   "https://m/c?nextPage=%2f&PublisherIdentifier=p",
		"https://m/c?x=1&publisherIdentifier=q":      "https://m/c?x=1&publisherIdentifier=q",
		"https://m/c?PublisherIdentifier=q&y=%20":    "https://m/c?PublisherIdentifier=q&y=%20",
		"https://m/c?notPublisherIdentifier=q&y=%20": "https://m/c?notPublisherIdentifier=q&y=%20&PublisherIdentifier=p",
	} {
		if got := s.follow(link).Link; got != want {
			t.Errorf("follow(%q) = %q, want %q", link, got, want)
		}
	}
}

func TestContentTypes(t *testing.T) {
	f := newFeed(t)
	for _, name := range ContentTypes() {
		src, err := New(Config{Client: f.source.client, ContentType: strings.ToUpper(name)})
		if err != nil {
			t.Fatal(err)
		}
		if got := src.Spec(); got.Feed.Stream != name || src.publisher != tenant {
			t.Errorf("stream %q, publisher %q", got.Feed.Stream, src.publisher)
		}
	}
	if _, err := New(Config{Client: f.source.client, ContentType: "Audit.Everything"}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("got %v, want code invalid", err)
	}
}

func FuzzContentList(f *testing.F) {
	f.Add([]byte("[" + entry("https://m", "a$1") + "]"))
	f.Add([]byte(`[{"contentId":"x","contentUri":"y","contentCreated":"2026-01-02T03:04:05"}]`))
	f.Add([]byte(`[{"CONTENTID":"x","contenturi":null}]`))
	f.Add([]byte(`[1,{"contentId":{}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for element, err := range m365.Elements(bytes.NewReader(body), "", nil) {
			if err != nil {
				return
			}
			unit, err := parseContent(element)
			if err != nil {
				if aoc.CodeOf(err) != aoc.CodeUpstream {
					t.Errorf("code %s", aoc.CodeOf(err))
				}
				continue
			}
			if unit.ID == "" || unit.Locator == "" || unit.ExpiresAt.IsZero() && !unit.CreatedAt.IsZero() {
				t.Errorf("unit %+v out of %s", unit, element.Raw)
			}
		}
	})
}
