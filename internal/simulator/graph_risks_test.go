package simulator

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
)

// TestRiskLimit: one request a second, and Microsoft tells how long to wait.
func TestRiskLimit(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Risks = 0 }) // Microsoft's
	b.graphGet(risks+"?$top=1").want(t, 200)
	b.graphGet(audits+"?$top=1").want(t, 200) // counted by itself
	a := b.graphGet(risks+"?$top=1").want(t, 429)
	if seconds, err := strconv.ParseFloat(a.header.Get("Retry-After"), 64); err != nil || seconds <= 0 || seconds > 1.001 {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	b.clock.advance(1100 * time.Millisecond)
	b.graphGet(risks+"?$top=1").want(t, 200)
}

// TestRiskPages: a page holds five hundred at most, whatever is asked for.
func TestRiskPages(t *testing.T) {
	b := start(t, func(c *Config) { c.Tenant.EventsPerDay, c.Tenant.RisksPerDay = 20_000, 600 })
	held := len(b.expected(aoc.SourceRisk))
	if p := b.graphGet(risks + "?$top=1000").page(t); held < 510 || len(p.Value) != 500 || p.Next == "" {
		t.Errorf("%d of %d on a page, next %q", len(p.Value), held, p.Next)
	}
	if all := len(b.all(risks)); all != held {
		t.Errorf("%d listed, %d held", all, held)
	}
	for filter, status := range map[string]int{
		"riskLevel eq 'high'": 200, "riskEventType eq 'unlikelyTravel' and riskState eq 'atRisk'": 200, "detectedDateTime ge 2026-01-08T00:00:00Z": 200,
		"additionalInfo eq 'x'": 400, "riskLevel gt 'low'": 400,
	} {
		for _, raw := range b.graphGet(risks+"?"+url.Values{"$filter": {filter}}.Encode()).want(t, status).rows() {
			if status == 200 && filter == "riskLevel eq 'high'" && raw.Get("riskLevel").String() != "high" {
				t.Errorf("%s: %s", filter, raw)
			}
		}
	}
}

func (a answer) rows() []gjson.Result { return gjson.GetBytes(a.body, "value").Array() }

// TestRisksAreResolved sees a detection again in another state, under the same id, and in
// what the manifest says.
func TestRisksAreResolved(t *testing.T) {
	b := start(t, nil)
	states := func() map[string]string {
		m := map[string]string{}
		for _, raw := range b.all(risks) {
			m[gjson.GetBytes(raw, "id").String()] = gjson.GetBytes(raw, "riskState").String()
		}
		return m
	}
	before := states()
	b.clock.advance(30 * time.Hour)
	changed := 0
	after := states()
	for id, was := range before {
		switch {
		case after[id] == "":
			t.Errorf("%s is gone", id)
		case after[id] != was:
			if changed++; was != "atRisk" || after[id] != "remediated" {
				t.Errorf("%s was %s and is %s", id, was, after[id])
			}
		}
	}
	if changed == 0 {
		t.Errorf("of %d none was resolved", len(before))
	}
	listed := 0
	for e := range b.Manifest() {
		if e.Source != aoc.SourceRisk {
			continue
		}
		listed++
		if state := gjson.GetBytes(e.Raw, "riskState").String(); state != after[e.ID] || (e.Before != nil) != (state == "remediated") {
			t.Errorf("%s is %s, the manifest says %s", e.ID, after[e.ID], state)
		}
		one := b.graphGet(risks+"/"+e.ID).want(t, 200)
		if gjson.GetBytes(one.body, "riskState").String() != after[e.ID] {
			t.Errorf("by its id %s is %s", e.ID, one.body)
		}
	}
	if listed != len(after) {
		t.Errorf("%d in the manifest, %d listed", listed, len(after))
	}
	for _, r := range b.graphGet(risks + "?" + url.Values{"$filter": {"riskState eq 'remediated'"}}.Encode()).rows() {
		if after[r.Get("id").String()] != "remediated" {
			t.Errorf("filtered: %s", r)
		}
	}
}
