package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// window is the query of a listing.
func window(contentType string, from, to time.Time) string {
	return "subscriptions/content?contentType=" + contentType + "&startTime=" + from.Format(windowLayout) + "&endTime=" + to.Format(windowLayout)
}

// listing reads a content listing to its end.
func (b *bench) listing(path string) []descriptor {
	b.t.Helper()
	var list []descriptor
	for path != "" {
		a := b.manageGet(path).want(b.t, http.StatusOK)
		var page []descriptor
		if err := json.Unmarshal(a.body, &page); err != nil {
			b.t.Fatal(err)
		}
		list = append(list, page...)
		path = a.header.Get("NextPageUri")
	}
	return list
}

// records reads a blob.
func (b *bench) records(d descriptor) []json.RawMessage {
	b.t.Helper()
	var list []json.RawMessage
	if err := json.Unmarshal(b.manageGet(d.ContentURI).want(b.t, http.StatusOK).body, &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

func TestContentGivesWhatTheManifestSays(t *testing.T) {
	b := start(t, func(c *Config) {
		c.ContentPage = 9
		c.Duplicates = 0.1
		c.BlobRecords = 8
		c.Tenant.EventsPerDay = 4000
	})
	want := b.expected(aoc.SourceUnified)
	sizes := make(map[int]int)
	var delivered, older, inside int
	got := make(map[string][]string) // blobs by record
	for _, contentType := range tenant.Streams() {
		b.subscribe(contentType).want(t, 200)
		for day := range 2 {
			to := thursday.Add(-time.Duration(day) * 24 * time.Hour)
			list := b.listing(window(contentType, to.Add(-24*time.Hour), to))
			if !slices.IsSortedFunc(list, func(x, y descriptor) int { return strings.Compare(x.Created, y.Created) }) {
				t.Error("the listing is not in the order of creation")
			}
			var newest time.Time
			for _, d := range list {
				if d.ContentType != contentType || !strings.Contains(d.ContentID, "$") || !strings.HasSuffix(d.ContentURI, "/activity/feed/audit/"+d.ContentID) {
					t.Fatalf("descriptor %+v", d)
				}
				records := b.records(d)
				sizes[len(records)]++
				once := make(map[string]bool)
				for _, raw := range records {
					delivered++
					e, ok := want[string(raw)]
					if !ok || e.Stream != contentType {
						t.Fatalf("%s is not in the manifest of %s: %s", e.ID, contentType, raw)
					}
					if e.Time.Before(newest) {
						older++
					}
					newest = later(newest, e.Time)
					if once[string(raw)] {
						inside++
						continue
					}
					once[string(raw)] = true
					got[string(raw)] = append(got[string(raw)], d.ContentID)
				}
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d different records, the manifest has %d", len(got), len(want))
	}
	across := 0
	for raw, blobs := range got {
		e := want[raw]
		slices.Sort(blobs)
		slices.Sort(e.Blobs)
		if !slices.Equal(blobs, e.Blobs) {
			t.Fatalf("record %s came in %v, the manifest says %v", e.ID, blobs, e.Blobs)
		}
		if len(blobs) > 1 {
			across++
		}
	}
	if inside == 0 || across == 0 || older == 0 || len(sizes) < 4 {
		t.Errorf("%d doubled inside a blob, %d across, %d older than those before, %d sizes", inside, across, older, len(sizes))
	}
	if dup := float64(delivered-len(got)) / float64(len(got)); dup < 0.04 || dup > 0.2 {
		t.Errorf("%.3f of the records came twice, want about 0.1", dup)
	}
	for raw, e := range b.expected(aoc.SourceUnified) {
		if !e.Delivered {
			t.Fatalf("not noted as delivered: %s", raw)
		}
	}
}

func TestContentPaging(t *testing.T) {
	b := start(t, func(c *Config) { c.ContentPage = 3 })
	b.subscribe("audit.Exchange").want(t, 200)
	from, to := thursday.Add(-20*time.Hour), thursday
	a := b.manageGet(window("audit.Exchange", from, to)).want(t, 200)
	next := a.header.Get("NextPageUri")
	u, err := url.Parse(next)
	if err != nil || u.Path != "/api/v1/"+b.Tenant().ID()+"/activity/feed/subscriptions/content" {
		t.Fatalf("next page %q (%v)", next, err)
	}
	if q := u.Query(); q.Get("startTime") != from.Format(windowLayout) || q.Get("endTime") != to.Format(windowLayout) || q.Get("nextPage") == "" {
		t.Errorf("next page %q lacks the window", next)
	}
	b.manageGet(next).want(t, 200)
	if a := b.manageGet(strings.Replace(next, "nextPage=", "nextPage=x", 1)).want(t, 400); a.code(t) != "AF20031" {
		t.Errorf("%s", a.body)
	}
	var page []descriptor
	if err := json.Unmarshal(a.body, &page); err != nil || page[0].ContentType != "audit.Exchange" {
		t.Errorf("the content type is not echoed: %s (%v)", a.body, err)
	}
	// Without times the service fills in the last 24 hours.
	u, _ = url.Parse(b.manageGet("subscriptions/content?contentType=Audit.Exchange").want(t, 200).header.Get("NextPageUri"))
	if got := u.Query().Get("startTime"); got != thursday.Add(-24*time.Hour).Format(windowLayout) {
		t.Errorf("filled in %q", got)
	}
}

func TestContentWindows(t *testing.T) {
	b := start(t, nil)
	b.subscribe("Audit.General").want(t, 200)
	at := func(d time.Duration) string { return thursday.Add(d).Format(windowLayout) }
	const day = 24 * time.Hour
	tests := []struct {
		name, from, to string
		code           string
	}{
		{"one day", at(-day), at(0), ""},
		{"dates", thursday.Add(-day).Format(time.DateOnly), thursday.Format(time.DateOnly), ""},
		{"minutes", thursday.Add(-time.Hour).Format("2006-01-02T15:04"), thursday.Format("2006-01-02T15:04"), ""},
		{"end to come", at(-time.Hour), at(time.Hour), ""},
		{"seven days back", at(-7 * day), at(-6 * day), ""},
		{"a little more", at(-7*day - 50*time.Minute), at(-6*day - 50*time.Minute), ""},
		{"too far back", at(-7*day - 2*time.Hour), at(-7 * day), "AF20030"},
		{"start only", at(-day), "", "AF20030"},
		{"end only", "", at(0), "AF20030"},
		{"too long", at(-day - time.Second), at(0), "AF20055"},
		{"backwards", at(0), at(-time.Hour), "AF20055"},
		{"empty", at(0), at(0), "AF20055"},
		{"no time", "yesterday", at(0), "AF20002"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := "subscriptions/content?contentType=Audit.General"
			if tt.from != "" {
				q += "&startTime=" + tt.from
			}
			if tt.to != "" {
				q += "&endTime=" + tt.to
			}
			a := b.manageGet(q)
			if tt.code == "" {
				a.want(t, 200)
				return
			}
			if a.want(t, 400).code(t) != tt.code {
				t.Errorf("%s, want %s", a.body, tt.code)
			}
		})
	}
}

func TestSubscriptions(t *testing.T) {
	b := start(t, nil)
	listed := func() string { return string(b.manageGet("subscriptions/list").want(t, 200).body) }
	stop := func() answer {
		return b.request(http.MethodPost, b.feed("subscriptions/stop?contentType=Audit.SharePoint"), b.token(manageScope), "")
	}
	content := "subscriptions/content?contentType=Audit.SharePoint"
	code := func(a answer, status int, want string) {
		t.Helper()
		if got := a.want(t, status).code(t); got != want {
			t.Errorf("%s, want %s: %s", got, want, a.body)
		}
	}
	if listed() != "[]" {
		t.Error(listed())
	}
	code(b.manageGet(content), 400, "AF20022")
	code(stop(), 400, "AF20022")
	const enabled = `{"contentType":"Audit.SharePoint","status":"enabled","webhook":null}`
	if got := string(b.subscribe("Audit.SharePoint").want(t, 200).body); got != enabled {
		t.Error(got)
	}
	if listed() != "["+enabled+"]" {
		t.Error(listed())
	}
	b.manageGet(content).want(t, 200)

	b.clock.advance(6*time.Minute + 14*time.Second)
	a := b.subscribe("Audit.SharePoint")
	code(a, 403, "429")
	if !strings.Contains(string(a.body), "Please retry again after 8m 46s.") {
		t.Errorf("%s", a.body)
	}
	b.subscribe("Audit.Exchange").want(t, 200) // the wait is per content type
	b.clock.advance(9 * time.Minute)
	code(b.subscribe("Audit.SharePoint"), 400, "AF20024")

	b.clock.advance(time.Minute)
	if a := stop().want(t, 200); len(a.body) != 0 {
		t.Errorf("%s", a.body)
	}
	code(b.manageGet(content), 400, "AF20023")
	if !strings.Contains(listed(), `"status":"disabled"`) {
		t.Error(listed())
	}
	stopped := b.clock.Now()
	b.clock.advance(2 * time.Hour)
	restarted := b.clock.Now()
	b.subscribe("Audit.SharePoint").want(t, 200)
	b.clock.advance(3 * time.Hour)
	// What was to come between stop and start is lost, for listing and manifest alike.
	var before, after int
	for _, d := range b.listing(window("Audit.SharePoint", thursday.Add(-12*time.Hour), b.clock.Now())) {
		created, err := time.Parse(contentLayout, d.Created)
		switch {
		case err != nil:
			t.Fatal(err)
		case created.Before(stopped):
			before++
		case created.Before(restarted):
			t.Errorf("content of the gap: %+v", d)
		default:
			after++
		}
	}
	if before == 0 || after == 0 {
		t.Errorf("%d blobs before the gap and %d after", before, after)
	}
	for e := range b.Manifest() {
		if e.Stream == "Audit.SharePoint" && !e.Visible.Before(stopped) && e.Visible.Before(restarted) {
			t.Fatal("the manifest lists content of the gap")
		}
	}
	b.subscribe("Audit.Nothing").want(t, 400)
	b.request(http.MethodPost, b.feed("subscriptions/start"), b.token(manageScope), "").want(t, 400)
}

func TestWarmup(t *testing.T) {
	b := start(t, func(c *Config) { c.Warmup = 2 * time.Hour })
	b.subscribe("Audit.Exchange").want(t, 200)
	all := func() []descriptor {
		now := b.clock.Now()
		return b.listing(window("Audit.Exchange", now.Add(-23*time.Hour), now.Add(time.Minute)))
	}
	b.clock.advance(time.Hour)
	if n := len(all()); n != 0 {
		t.Errorf("%d blobs while warming up", n)
	}
	for e := range b.Manifest() {
		if e.Stream == "Audit.Exchange" {
			t.Fatal("the manifest expects content while warming up")
		}
	}
	b.clock.advance(time.Hour + time.Minute)
	list := all()
	ready := thursday.Add(2 * time.Hour)
	got := make(map[string]bool)
	for _, d := range list {
		if created, err := time.Parse(contentLayout, d.Created); err != nil || created.Before(ready.Truncate(time.Second)) {
			t.Fatalf("%+v was created before the subscription was warm (%v)", d, err)
		}
		for _, raw := range b.records(d) {
			got[string(raw)] = true
		}
	}
	want := 0
	for e := range b.Manifest() {
		if e.Stream == "Audit.Exchange" {
			want++
			if !got[string(e.Raw)] {
				t.Fatalf("missed %s", e.ID)
			}
		}
	}
	if want == 0 {
		t.Error("nothing to miss")
	}
}

func TestBlobs(t *testing.T) {
	b := start(t, nil)
	b.subscribe("Audit.Exchange").want(t, 200)
	d := b.listing(window("Audit.Exchange", thursday.Add(-3*time.Hour), thursday))[0]
	code := func(id, want string) {
		t.Helper()
		if a := b.manageGet("audit/"+id).want(t, 400); a.code(t) != want {
			t.Errorf("%s: %s, want %s", id, a.body, want)
		}
	}
	b.manageGet("audit/"+d.ContentID+"?PublisherIdentifier="+b.Tenant().ID()).want(t, 200)
	code("nonsense", "AF20052")
	code(contentID(4, thursday.Add(-time.Hour).Add(7*time.Millisecond), 3), "AF20050")
	code(contentID(5, thursday.Add(-time.Hour), 0), "AF20022") // of a type without subscription
	b.clock.advance(7*24*time.Hour - 4*time.Hour)
	b.manageGet("audit/"+d.ContentID).want(t, 200)
	b.clock.advance(5 * time.Hour)
	code(d.ContentID, "AF20051")
}

func TestManagementPermissions(t *testing.T) {
	b := start(t, nil)
	other := b.ManageURL() + "/api/v1.0/55555555-5555-4555-8555-555555555555/activity/feed/subscriptions/list"
	if a := b.manageGet(other).want(t, 400); a.code(t) != "AF20010" {
		t.Errorf("%s", a.body)
	}
	if a := b.manageGet(b.ManageURL()+"/api/v1.0/contoso.example/activity/feed/subscriptions/list").want(t, 400); a.code(t) != "AF20013" {
		t.Errorf("%s", a.body)
	}
	b.SetPermissions(PermissionActivity)
	clear(b.tokens)
	b.subscribe("Audit.General").want(t, 200)
	if a := b.subscribe("DLP.All").want(t, 401); a.code(t) != "AF10001" {
		t.Errorf("%s", a.body)
	}
	for e := range b.Manifest() {
		if e.Stream == "DLP.All" {
			t.Fatal("the manifest expects what may not be read")
		}
	}
	b.SetPermissions()
	clear(b.tokens)
	if a := b.manageGet("subscriptions/list").want(t, 401); a.code(t) != "AF10001" {
		t.Errorf("%s", a.body)
	}
}

func TestManagementLimit(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Management = 3 })
	publisher := "?PublisherIdentifier=" + b.Tenant().ID()
	for range 3 {
		b.manageGet("subscriptions/list"+publisher).want(t, 200)
	}
	a := b.manageGet("subscriptions/list"+publisher).want(t, 403)
	if a.code(t) != "AF429" || !strings.HasSuffix(gjson.GetBytes(a.body, "error.message").String(), "Method=ListSubscriptions, PublisherId="+b.Tenant().ID()) ||
		a.header.Get("Retry-After") != "" {
		t.Errorf("%s %v", a.body, a.header)
	}
	for range 3 { // the pool of those without a publisher is another
		b.manageGet("subscriptions/list").want(t, 200)
	}
	if a := b.manageGet("subscriptions/list").want(t, 403); !strings.Contains(string(a.body), noPublisher) {
		t.Errorf("%s", a.body)
	}
}

func TestAuditDisabled(t *testing.T) {
	b := start(t, func(c *Config) { c.AuditDisabled = true })
	a := b.subscribe("Audit.Exchange").want(t, 400)
	if !regexp.MustCompile(`^StartSubscription \[TenantId=.*,ContentType=Audit.Exchange,ApplicationId=.*,PublisherId=.*\] failed. Exception$`).MatchString(a.code(t)) ||
		!strings.Contains(string(a.body), "DataServiceException: Tenant "+b.Tenant().ID()+" does not exist.") {
		t.Errorf("%s", a.body)
	}
}

func TestWebhookValidation(t *testing.T) {
	var asked http.Header
	status := http.StatusOK
	hook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = r.Header.Clone()
		asked.Set("Body", string(body))
		w.WriteHeader(status)
	}))
	defer hook.Close()
	b := start(t, func(c *Config) { c.WebhookClient = hook.Client() })
	subscribe := func(address string) answer {
		body := `{"webhook":{"address":"` + address + `","authId":"secret","expiration":""}}`
		return b.request(http.MethodPost, b.feed("subscriptions/start?contentType=Audit.General"), b.token(manageScope), body)
	}
	if a := subscribe("http://insecure.example/").want(t, 400); a.code(t) != "AF20021" {
		t.Errorf("%s", a.body)
	}
	status = http.StatusAccepted
	if a := subscribe(hook.URL).want(t, 400); a.code(t) != "AF20021" {
		t.Errorf("%s", a.body)
	}
	status = http.StatusOK
	a := subscribe(hook.URL).want(t, 200)
	if gjson.GetBytes(a.body, "webhook.status").String() != "enabled" {
		t.Errorf("%s", a.body)
	}
	if v := asked.Get("Webhook-ValidationCode"); v == "" || asked.Get("Body") != `{"validationCode":"`+v+`"}` || asked.Get("Webhook-AuthID") != "secret" {
		t.Errorf("asked with %v", asked)
	}
}
