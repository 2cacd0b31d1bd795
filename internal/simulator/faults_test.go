package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// stubborn repeats a request until it gets a good answer that is whole.
func (b *bench) stubborn(target, scope string, into any) answer {
	b.t.Helper()
	for range 40 {
		a := b.request(http.MethodGet, target, b.token(scope), "")
		if a.err == nil && a.status == http.StatusOK && json.Unmarshal(a.body, into) == nil {
			return a
		}
		if a.status == http.StatusUnauthorized {
			clear(b.tokens)
		}
	}
	b.t.Fatalf("%s never succeeded", target)
	return answer{}
}

// TestACollectionSucceedsDespiteFaults is a collector at its simplest: it repeats what
// fails and ends up with everything.
func TestACollectionSucceedsDespiteFaults(t *testing.T) {
	b := start(t, func(c *Config) {
		c.GraphPage, c.ContentPage = 40, 20
		c.Faults = Faults{Throttle429: 0.1, Forbidden429: 0.1, ServerError: 0.15, CutConnection: 0.15, TokenExpired: 0.1, Malformed: 0.1}
	})
	for _, contentType := range tenant.Streams() {
		for range 40 {
			a := b.subscribe(contentType)
			if a.err == nil && a.status == 200 || strings.Contains(string(a.body), "AF20024") || strings.Contains(string(a.body), "Too many frequent") {
				break
			}
			if a.status == http.StatusUnauthorized {
				clear(b.tokens)
			}
		}
	}
	got := make(map[string]bool)
	for _, path := range []string{audits, signIns, auditEvents, risks} {
		for next := b.GraphURL() + path; next != ""; {
			var p page
			b.stubborn(next, graphScope, &p)
			for _, raw := range p.Value {
				got[string(raw)] = true
			}
			next = p.Next
		}
	}
	for _, contentType := range tenant.Streams() {
		for day := range 2 {
			to := thursday.Add(-time.Duration(day) * 24 * time.Hour)
			for next := b.feed(window(contentType, to.Add(-24*time.Hour), to)); next != ""; {
				var list []descriptor
				a := b.stubborn(next, manageScope, &list)
				for _, d := range list {
					var records []json.RawMessage
					b.stubborn(d.ContentURI, manageScope, &records)
					for _, raw := range records {
						got[string(raw)] = true
					}
				}
				next = a.header.Get("NextPageUri")
			}
		}
	}
	total := 0
	for e := range b.Manifest() {
		total++
		if !got[string(e.Raw)] {
			t.Fatalf("missed %s %s", e.Source, e.ID)
		}
		if !e.Delivered {
			t.Fatalf("%s %s is not noted as delivered", e.Source, e.ID)
		}
	}
	if total < 1000 || total != len(got) {
		t.Errorf("%d records in the manifest, %d collected", total, len(got))
	}
	requests := b.Requests()
	for _, k := range []string{"graph 429", "graph 401", "graph 500", "manage 403", "manage 429", "manage 401", "manage 500", "manage 503"} {
		if requests[k] == 0 {
			t.Errorf("no %s among %v", k, requests)
		}
	}
}

func TestEachFault(t *testing.T) {
	b := start(t, nil)
	for _, scope := range []string{graphScope, manageScope} {
		b.token(scope)
	}
	b.subscribe("Audit.Exchange").want(t, 200)
	d := b.listing(window("Audit.Exchange", thursday.Add(-3*time.Hour), thursday))[0]

	b.SetFaults(Faults{CutConnection: 1})
	for _, a := range []answer{b.graphGet(audits), b.manageGet(d.ContentURI)} {
		if a.err == nil {
			t.Errorf("the connection was not cut: %d, %d bytes", a.status, len(a.body))
		}
	}
	for e := range b.Manifest() {
		if e.Delivered {
			t.Fatal("what was cut counts as delivered")
		}
	}
	b.SetFaults(Faults{TokenExpired: 1})
	b.graphGet(audits+"?$top=2").want(t, 401)
	b.manageGet("subscriptions/list").want(t, 401)

	b.SetFaults(Faults{Malformed: 1})
	a := b.graphGet(audits+"?$top=3").want(t, 200)
	if json.Valid(a.body) || !strings.Contains(string(a.body), `{"error":{"code":"BadRequest"`) {
		t.Errorf("page: %.300s", a.body)
	}
	if a := b.manageGet("subscriptions/list?x=1").want(t, 503); json.Valid(a.body) {
		t.Errorf("error: %s", a.body)
	}

	b.SetFaults(Faults{Forbidden429: 1})
	quotes := make(map[bool]int)
	for i := range 30 {
		a := b.manageGet("subscriptions/list?n="+url.QueryEscape(strings.Repeat("x", i))).want(t, 403)
		quotes[json.Valid(a.body)]++
	}
	if quotes[true] == 0 || quotes[false] == 0 {
		t.Errorf("bodies: %v", quotes)
	}

	b.SetFaults(Faults{ServerError: 1})
	statuses := make(map[int]int)
	for i := range 40 {
		statuses[b.graphGet(audits+"?n="+strings.Repeat("x", i)).status]++
	}
	for _, status := range []int{500, 502, 503, 504} {
		if statuses[status] == 0 {
			t.Errorf("no %d among %v", status, statuses)
		}
	}
	// Even with certainty of failure a repeated request passes now and then.
	passed := false
	for range 2 * (mostInARow + 1) {
		passed = passed || b.graphGet(audits+"?$top=9").status == 200
	}
	if !passed {
		t.Error("a repeated request never passed")
	}
	clear(b.tokens)
	b.SetFaults(Faults{Throttle429: 1})
	form := url.Values{"grant_type": {"client_credentials"}}
	if a := b.form("/"+b.Tenant().ID()+"/oauth2/v2.0/token", form).want(t, 429); a.header.Get("Retry-After") == "" {
		t.Errorf("%v", a.header)
	}
}

func TestOutage(t *testing.T) {
	b := start(t, nil)
	b.subscribe("Audit.Exchange").want(t, 200)
	d := b.listing(window("Audit.Exchange", thursday.Add(-3*time.Hour), thursday))[0]
	b.SetOutage(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/audit/"+d.ContentID) })
	b.manageGet(d.ContentURI).want(t, 503)
	b.manageGet(d.ContentURI).want(t, 503)
	b.manageGet("subscriptions/list").want(t, 200)
	b.SetOutage(nil)
	b.manageGet(d.ContentURI).want(t, 200)
}

func TestPoison(t *testing.T) {
	b := start(t, func(c *Config) { c.Poison = 0.05 })
	poison, good := 0, 0
	for e := range b.Manifest() {
		if e.Poison == json.Valid(e.Raw) {
			t.Fatalf("poison %v: %s", e.Poison, e.Raw)
		}
		if e.Poison {
			poison++
			if strings.Count(string(e.Raw), "{") != strings.Count(string(e.Raw), "}") {
				t.Errorf("braces are out of balance: %s", e.Raw)
			}
		} else {
			good++
		}
	}
	if share := float64(poison) / float64(poison+good); share < 0.02 || share > 0.1 {
		t.Errorf("%.3f of the records are poison", share)
	}
	a := b.graphGet(audits).want(t, 200)
	for e := range b.Manifest() {
		if e.Source == aoc.SourceDirectory && !strings.Contains(string(a.body), string(e.Raw)) && !strings.Contains(string(a.body), "nextLink") {
			t.Fatalf("not served as the manifest says: %s", e.Raw)
		}
	}
}
