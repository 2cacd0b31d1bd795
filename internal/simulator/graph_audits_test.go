package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
)

const (
	audits      = "/v1.0/auditLogs/directoryAudits"
	signIns     = "/v1.0/auditLogs/signIns"
	auditEvents = "/v1.0/deviceManagement/auditEvents"
	risks       = "/v1.0/identityProtection/riskDetections"
)

func TestGraphListsGiveWhatTheManifestSays(t *testing.T) {
	for source, path := range map[aoc.Source]string{aoc.SourceDirectory: audits, aoc.SourceSignIn: signIns, aoc.SourceIntune: auditEvents, aoc.SourceRisk: risks} {
		t.Run(string(source), func(t *testing.T) {
			b := start(t, func(c *Config) { c.GraphPage = 37 })
			want := b.expected(source)
			if len(want) < 30 {
				t.Fatalf("only %d records to test with", len(want))
			}
			for _, e := range want {
				if e.Delivered {
					t.Fatal("delivered before anyone asked")
				}
			}
			field := "activityDateTime"
			switch source {
			case aoc.SourceSignIn:
				field = "createdDateTime"
			case aoc.SourceRisk:
				field = "detectedDateTime"
			}
			var last time.Time
			list := b.all(path)
			for i, raw := range list {
				if _, ok := want[string(raw)]; !ok {
					t.Fatalf("not in the manifest: %s", raw)
				}
				at, err := time.Parse(time.RFC3339Nano, gjson.GetBytes(raw, field).String())
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 && at.After(last) {
					t.Fatalf("record %d is newer than the one before: default order is newest first", i)
				}
				last = at
			}
			if len(list) != len(want) {
				t.Errorf("%d records, the manifest has %d", len(list), len(want))
			}
			for raw, e := range b.expected(source) {
				if !e.Delivered {
					t.Fatalf("not noted as delivered: %s", raw)
				}
			}
		})
	}
}

func TestGraphPagesOfAWindow(t *testing.T) {
	b := start(t, nil)
	from, to := thursday.Add(-9*time.Hour), thursday.Add(-6*time.Hour)
	filter := url.Values{
		"$filter":  {"activityDateTime ge " + from.Format(time.RFC3339) + " and activityDateTime lt " + to.Format(time.RFC3339)},
		"$orderby": {"activityDateTime asc"}, "$top": {"5"},
	}
	first := b.graphGet(audits + "?" + filter.Encode()).page(t)
	if len(first.Value) != 5 || first.Next == "" || !strings.HasSuffix(first.Context, "$metadata#auditLogs/directoryAudits") {
		t.Fatalf("%d records, next %q, context %q", len(first.Value), first.Next, first.Context)
	}
	next, err := url.Parse(first.Next)
	if err != nil {
		t.Fatal(err)
	}
	q := next.Query()
	for k, v := range filter {
		if q.Get(k) != v[0] {
			t.Errorf("the link has %s=%q, want %q", k, q.Get(k), v[0])
		}
	}
	if q.Get("$skiptoken") == "" || !strings.Contains(first.Next, "$filter=") {
		t.Errorf("link without token or with escaped dollars: %s", first.Next)
	}
	list := b.all(audits + "?" + filter.Encode())
	var want int
	for e := range b.Manifest() {
		if e.Source == aoc.SourceDirectory && !e.Time.Before(from) && e.Time.Before(to) {
			want++
		}
	}
	if len(list) != want {
		t.Errorf("%d records in the window, the manifest has %d", len(list), want)
	}
	if !slices.IsSortedFunc(list, func(x, y json.RawMessage) int {
		p, _ := time.Parse(time.RFC3339Nano, gjson.GetBytes(x, "activityDateTime").String())
		q, _ := time.Parse(time.RFC3339Nano, gjson.GetBytes(y, "activityDateTime").String())
		return p.Compare(q)
	}) {
		t.Error("not ascending though asked for")
	}
	other := filter
	other.Set("$filter", "activityDateTime ge 2026-01-01T00:00:00Z")
	other.Set("$skiptoken", q.Get("$skiptoken"))
	b.graphGet(audits+"?"+other.Encode()).want(t, 400)
}

func TestGraphQueryOptions(t *testing.T) {
	b := start(t, func(c *Config) {
		c.GraphPage = 50
		c.Tenant.EventsPerDay = 3000
	})
	tests := []struct {
		query  string
		status int
		count  int // records on the page; -1 for any number
	}{
		{"", 200, 50},
		{"$top=7", 200, 7},
		{"$top=5000", 200, 50}, // clamped without a word
		{"$top=0", 400, 0},
		{"$top=many", 400, 0},
		{"=activityDateTime ge 2030-01-01T00:00:00Z", 200, 50}, // mistyped: ignored
		{"$filter=activityDateTime ge 2030-01-01T00:00:00Z", 200, 0},
		{"$filter=activityDateTime gt 2026-01-08T00:00:00Z and activityDateTime le 2026-01-08T09:00:00.1234567Z", 200, -1},
		{"$filter=activityDateTime ge '2026-01-08T00:00:00Z'", 400, 0}, // times are not quoted
		{"$filter=activityDateTime ge 2026-01-08", 400, 0},
		{"$filter=createdDateTime ge 2026-01-08T00:00:00Z", 400, 0}, // of another list
		{"$filter=category eq 'Device'", 400, 0},                    // not filterable
		{"$filter=activityDisplayName eq 'Update user'", 200, -1},
		{"$filter=startswith(activityDisplayName,'Update')", 200, -1},
		{"$filter=activityDisplayName ne 'Update user'", 400, 0},
		{"$filter=activityDisplayName eq 'x' or id eq 'y'", 400, 0},
		{"$filter=initiatedBy/user/userPrincipalName eq 'it''s'", 200, 0},
		{"$filter=targetResources/any(t:t/displayName eq 'nothing')", 200, 0},
		{"$filter=targetResources/any(x:startswith(x/displayName,'a'))", 200, -1},
		{"$filter=", 400, 0},
		{"$orderby=activityDateTime desc", 200, 50},
		{"$orderby=category", 400, 0},
		{"$skiptoken=nonsense", 400, 0},
		{"$search=x", 400, 0},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			k, v, _ := strings.Cut(tt.query, "=")
			a := b.graphGet(audits+"?"+k+"="+url.QueryEscape(v)).want(t, tt.status)
			if tt.status != http.StatusOK {
				if a.code(t) != "BadRequest" || a.header.Get("request-id") == "" {
					t.Errorf("error %s", a.body)
				}
				return
			}
			if n := len(a.page(t).Value); tt.count >= 0 && n != tt.count {
				t.Errorf("%d records, want %d", n, tt.count)
			}
		})
	}
}

func TestFiltersSelect(t *testing.T) {
	b := start(t, nil)
	list := b.all(audits + "?" + url.Values{"$filter": {"startswith(initiatedBy/user/userPrincipalName,'a')"}}.Encode())
	var want int
	for raw := range b.expected(aoc.SourceDirectory) {
		if strings.HasPrefix(strings.ToLower(gjson.Get(raw, "initiatedBy.user.userPrincipalName").String()), "a") {
			want++
		}
	}
	if len(list) != want || want == 0 {
		t.Errorf("%d records, want %d", len(list), want)
	}
	one := list[0]
	id := gjson.GetBytes(one, "id").String()
	got := b.graphGet(audits+"/"+id).want(t, 200)
	if gjson.GetBytes(got.body, "id").String() != id {
		t.Errorf("record %s by id: %s", id, got.body)
	}
	b.graphGet(audits+"/nothing").want(t, 404)
	target := gjson.GetBytes(one, "targetResources.0.id").String()
	for _, raw := range b.all(audits + "?" + url.Values{"$filter": {"targetResources/any(t:t/id eq '" + target + "')"}}.Encode()) {
		if !strings.Contains(string(raw), target) {
			t.Errorf("without the target: %s", raw)
		}
	}
}

// TestRecordsSurfaceLate sees a record that happened before the last poll appear after it.
func TestRecordsSurfaceLate(t *testing.T) {
	b := start(t, func(c *Config) { c.Tenant.EventsPerDay = 10_000 })
	b.all(audits)
	before := b.expected(aoc.SourceDirectory)
	seen := b.clock.Now()
	b.clock.advance(3 * time.Hour)
	late := 0
	for raw, e := range b.expected(aoc.SourceDirectory) {
		if _, ok := before[raw]; !ok && e.Time.Before(seen) {
			late++
		}
	}
	if late == 0 {
		t.Error("no record of the time before surfaced after it")
	}
	if got, want := len(b.all(audits)), len(b.expected(aoc.SourceDirectory)); got != want {
		t.Errorf("%d records, want %d", got, want)
	}
}

// TestRowsShiftWhilePaging makes records surface between pages: some come twice, none
// of those that were there at the beginning is missed.
func TestRowsShiftWhilePaging(t *testing.T) {
	b := start(t, func(c *Config) { c.Tenant.EventsPerDay = 10_000 })
	for _, order := range []string{"activityDateTime desc", "activityDateTime asc"} {
		t.Run(order, func(t *testing.T) {
			there := b.expected(aoc.SourceDirectory)
			path := audits + "?" + url.Values{"$top": {"60"}, "$orderby": {order}}.Encode()
			seen := make(map[string]int)
			for path != "" {
				p := b.graphGet(path).page(t)
				for _, raw := range p.Value {
					seen[string(raw)]++
				}
				path = p.Next
				b.clock.advance(20 * time.Second)
			}
			twice := 0
			for raw := range there {
				if seen[raw] == 0 {
					t.Fatalf("missed: %s", raw)
				}
			}
			for _, n := range seen {
				if n > 1 {
					twice++
				}
			}
			if order == "activityDateTime desc" && twice == 0 {
				t.Error("no record moved to the next page")
			}
		})
	}
}

func TestOldRecordsAreForgotten(t *testing.T) {
	b := start(t, func(c *Config) {
		c.Free = true
		c.Tenant.EventsPerDay = 300
	})
	before := len(b.all(audits))
	b.clock.advance(6 * 24 * time.Hour)
	list := b.all(audits)
	for _, raw := range list {
		at, err := time.Parse(time.RFC3339Nano, gjson.GetBytes(raw, "activityDateTime").String())
		if err != nil || b.clock.Now().Sub(at) > 7*24*time.Hour {
			t.Fatalf("record of %v after 7 days (%v)", at, err)
		}
	}
	if all := len(b.expected(aoc.SourceDirectory)); all <= len(list) || before == 0 {
		t.Errorf("%d listed of %d that were available: nothing was forgotten", len(list), all)
	}
	b.graphGet(signIns).want(t, 403)
}

func TestReportsLimit(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.GraphReports = 0 }) // Microsoft's
	for range 5 {
		b.graphGet(audits+"?$top=1").want(t, 200)
		b.clock.advance(time.Second)
	}
	forms, codes := make(map[string]bool), make(map[string]bool)
	var wait time.Duration
	for range 30 {
		a := b.graphGet(signIns+"?$top=1").want(t, 429)
		codes[a.code(t)] = true
		v := a.header.Get("Retry-After")
		seconds, err := strconv.ParseFloat(v, 64)
		if err != nil || seconds <= 0 || seconds > 10.001 {
			t.Fatalf("Retry-After %q", v)
		}
		forms[strconv.FormatBool(strings.Contains(v, "."))] = true
		wait = time.Duration(seconds * float64(time.Second))
	}
	if len(forms) != 2 || !codes["TooManyRequests"] || !codes["UnknownError"] {
		t.Errorf("Retry-After forms %v, codes %v", forms, codes)
	}
	// Rejected calls counted: five seconds on, a client that had kept quiet would pass.
	b.clock.advance(6 * time.Second)
	b.graphGet(audits+"?$top=1").want(t, 429)
	b.clock.advance(max(wait, 10*time.Second))
	b.graphGet(audits+"?$top=1").want(t, 200)
}

func TestIntuneLimitKeepsSilentAboutTheWait(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Intune = 2 })
	b.graphGet(auditEvents).want(t, 200)
	b.graphGet(auditEvents).want(t, 200)
	a := b.graphGet(auditEvents).want(t, 429)
	if v := a.header.Get("Retry-After"); v != "" {
		t.Errorf("Retry-After %q", v)
	}
	b.clock.advance(20 * time.Second)
	b.graphGet(auditEvents).want(t, 200)
}

func TestGraphPermissions(t *testing.T) {
	b := start(t, nil)
	tests := []struct {
		granted []string
		path    string
		code    string
	}{
		{[]string{PermissionDirectory}, audits, "Authentication_MSGraphPermissionMissing"},
		{[]string{PermissionAuditLog}, signIns, "Authentication_ApplicationHasNoDirectoryReadAccess"},
		{[]string{PermissionAuditLog}, auditEvents, "Forbidden"},
		{[]string{PermissionAuditLog, PermissionDirectory, PermissionIntune}, risks, "Forbidden"},
		{[]string{PermissionAuditLog}, "/v1.0/users", "Authorization_RequestDenied"},
		{nil, audits, "Authentication_MSGraphPermissionMissing"},
	}
	for _, tt := range tests {
		b.SetPermissions(tt.granted...)
		clear(b.tokens)
		a := b.graphGet(tt.path).want(t, 403)
		if a.code(t) != tt.code {
			t.Errorf("%s with %v: %s, want %s", tt.path, tt.granted, a.body, tt.code)
		}
	}
	free := start(t, func(c *Config) { c.Free = true })
	if a := free.graphGet(risks).want(t, 403); !strings.Contains(string(a.body), "not licensed") {
		t.Errorf("%s", a.body)
	}
	if a := free.graphGet(signIns).want(t, 403); a.code(t) != "Authentication_RequestFromNonPremiumTenantOrB2CTenant" {
		t.Errorf("%s", a.body)
	}
}

func TestIntuneRecordsHaveBothSpellings(t *testing.T) {
	b := start(t, func(c *Config) { c.Tenant.EventsPerDay = 8000 })
	seen := make(map[string]int)
	for _, raw := range b.all(auditEvents) {
		for _, k := range []string{"actor.auditActorType", "actor.type", "resources.0.auditResourceType", "resources.0.type"} {
			if gjson.GetBytes(raw, k).Exists() {
				seen[k]++
			}
		}
		if strings.HasSuffix(gjson.GetBytes(raw, "activityDateTime").String(), "-08:00") {
			seen["offset"]++
		}
	}
	for _, k := range []string{"actor.auditActorType", "actor.type", "resources.0.auditResourceType", "resources.0.type", "offset"} {
		if seen[k] == 0 {
			t.Errorf("no record has %s", k)
		}
	}
}

func TestGraphHeaders(t *testing.T) {
	b := start(t, nil)
	a := b.graphGet(audits+"?$top=1").want(t, 200)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json;odata.metadata=minimal") || a.header.Get("request-id") == "" ||
		a.header.Get("client-request-id") == "" || a.header.Get("x-ms-ags-diagnostic") == "" {
		t.Errorf("headers %v", a.header)
	}
	if got, err := http.ParseTime(a.header.Get("Date")); err != nil || !got.Equal(thursday) {
		t.Errorf("Date %q, want the simulated time", a.header.Get("Date"))
	}
	b.graphGet("/v1.0/nothing").want(t, 400)
}
