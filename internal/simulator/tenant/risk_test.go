package tenant

import (
	"slices"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
)

// TestRisksOfQuietDays: few, low, each about a sign-in that is there, and some are resolved.
func TestRisksOfQuietDays(t *testing.T) {
	tn := New(Config{Seed: 7, QuietStories: true})
	signIns := map[string]gjson.Result{}
	var risks []Event
	for e := range tn.Events(monday, monday.AddDate(0, 0, 7)) {
		switch e.Source {
		case aoc.SourceSignIn:
			signIns[e.ID] = gjson.ParseBytes(e.Raw)
		case aoc.SourceRisk:
			risks = append(risks, e)
		}
	}
	if len(risks) < 7 || len(risks) > 50 {
		t.Errorf("%d risks in a week, want about 21", len(risks))
	}
	resolved := 0
	for _, e := range risks {
		r := gjson.ParseBytes(e.Raw)
		about, ok := signIns[r.Get("requestId").String()]
		if !ok || about.Get("correlationId").String() != r.Get("correlationId").String() || about.Get("userId").String() != r.Get("userId").String() ||
			about.Get("ipAddress").String() != r.Get("ipAddress").String() || about.Get("location.city").String() != r.Get("location.city").String() {
			t.Errorf("about no sign-in: %s\n%s", e.Raw, about.Raw)
		}
		if was := r.Get("activityDateTime").Time(); !was.Equal(about.Get("createdDateTime").Time()) || was.After(e.Time) {
			t.Errorf("activity of %s, detected %s, signed in %s", was, e.Time, about.Get("createdDateTime"))
		}
		if level, state := r.Get("riskLevel").String(), r.Get("riskState").String(); level != "low" || state != "atRisk" {
			t.Errorf("%s risk, %s", level, state)
		}
		if e.Revised == nil {
			continue
		}
		resolved++
		before, later := gjson.ParseBytes(e.RawAt(e.Revised.From.Add(-time.Second))), gjson.ParseBytes(e.RawAt(e.Revised.From))
		if before.Get("riskState").String() != "atRisk" || later.Get("riskState").String() != "remediated" || later.Get("id").String() != e.ID ||
			!later.Get("lastUpdatedDateTime").Time().After(e.Visible) || !later.Get("detectedDateTime").Time().Equal(e.Time) {
			t.Errorf("resolved at %s: %s", e.Revised.From, later.Raw)
		}
	}
	if resolved == 0 || resolved == len(risks) {
		t.Errorf("%d of %d are resolved", resolved, len(risks))
	}
}

// TestRisksDrawNothingOfOthers: however many there are, no other record is different.
func TestRisksDrawNothingOfOthers(t *testing.T) {
	few, many := small, small
	few.RisksPerDay, many.RisksPerDay = 1, 500
	others := func(c Config) []Event {
		return slices.DeleteFunc(collect(New(c), monday, monday.AddDate(0, 0, 1)), func(e Event) bool { return e.Source == aoc.SourceRisk })
	}
	same(t, others(few), others(many))
}

// TestRisksOfStories: who is attacked from afar is found to be at risk, later than the sign-in.
func TestRisksOfStories(t *testing.T) {
	tn := New(small)
	type found struct{ kinds, high, linked int }
	stories := map[string]*found{}
	begun := map[string]gjson.Result{} // successful sign-ins of stories, by id
	for e := range tn.Events(monday, monday.Add(2*storyPeriod)) {
		if e.Story == "" {
			continue
		}
		r := gjson.ParseBytes(e.Raw)
		switch e.Source {
		case aoc.SourceSignIn:
			if r.Get("ipAddress").String() == attackerIP && r.Get("location.countryOrRegion").String() != "NG" {
				t.Errorf("the attacker is in %s", r.Get("location"))
			}
			begun[e.ID] = r
		case aoc.SourceRisk:
			if stories[e.Story] == nil {
				stories[e.Story] = &found{}
			}
			x := stories[e.Story]
			x.kinds++
			if r.Get("riskLevel").String() == "high" {
				x.high++
			}
			if s, ok := begun[r.Get("requestId").String()]; ok && r.Get("activityDateTime").Time().Sub(s.Get("createdDateTime").Time()).Abs() < time.Second && e.Time.After(s.Get("createdDateTime").Time()) {
				x.linked++
			}
		}
	}
	for _, story := range []string{StoryInboxRule, StoryRoleGrant, StoryDeviceWipe} {
		if x := stories[story]; x == nil || x.high < 2 || x.linked < 2 {
			t.Errorf("%s: %+v", story, x)
		}
	}
	if stories[StoryConsentPhishing] != nil {
		t.Error("nobody signs in from afar to consent")
	}
}
