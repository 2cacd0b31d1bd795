package tenant

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"aoc"
)

var (
	monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	small  = Config{Seed: 7, Users: 400, EventsPerDay: 20_000}
)

func collect(t *Tenant, from, to time.Time) []Event {
	var all []Event
	for e := range t.Events(from, to) {
		all = append(all, e)
	}
	return all
}

// same fails at the first event that differs.
func same(t *testing.T, want, got []Event) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if !bytes.Equal(w.Raw, g.Raw) {
			t.Fatalf("record %d differs:\n%s", i, cmp.Diff(string(w.Raw), string(g.Raw)))
		}
		w.Raw, g.Raw = nil, nil
		if diff := cmp.Diff(w, g); diff != "" {
			t.Fatalf("event %d differs:\n%s", i, diff)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b := collect(New(small), monday, monday.Add(6*time.Hour)), collect(New(small), monday, monday.Add(6*time.Hour))
	same(t, a, b)
	other := small
	other.Seed++
	c := collect(New(other), monday, monday.Add(6*time.Hour))
	if len(c) == len(a) && bytes.Equal(c[0].Raw, a[0].Raw) {
		t.Error("another seed gives the same records")
	}
}

func TestSlicesAddUp(t *testing.T) {
	tn := New(small)
	from, to := monday.Add(7*time.Hour+13*time.Minute), monday.Add(16*time.Hour+time.Second)
	whole := collect(tn, from, to)
	var parts []Event
	for at := from; at.Before(to); {
		next := at.Add(17*time.Minute + 301*time.Millisecond)
		if next.After(to) {
			next = to
		}
		parts = append(parts, collect(tn, at, next)...)
		at = next
	}
	same(t, whole, parts)
	for i, e := range whole {
		if e.Time.Before(from) || !e.Time.Before(to) {
			t.Fatalf("event %d at %v is outside of the span", i, e.Time)
		}
		if i > 0 && e.Time.Before(whole[i-1].Time) {
			t.Fatalf("event %d is out of order", i)
		}
	}
}

// TestRecordsTellWhatTheEventSays reads each record back.
func TestRecordsTellWhatTheEventSays(t *testing.T) {
	tn := New(small)
	seen := make(map[string]bool)
	for e := range tn.Events(monday, monday.Add(4*24*time.Hour)) {
		if !json.Valid(e.Raw) {
			t.Fatalf("invalid JSON: %s", e.Raw)
		}
		r := gjson.ParseBytes(e.Raw)
		var at, id, operation gjson.Result
		layout := time.RFC3339Nano
		switch e.Source {
		case aoc.SourceDirectory, aoc.SourceIntune:
			at, id = r.Get("activityDateTime"), r.Get("id")
			operation = r.Get("activityDisplayName")
			if e.Source == aoc.SourceIntune {
				operation = r.Get("activityType")
			}
		case aoc.SourceSignIn:
			at, id = r.Get("createdDateTime"), r.Get("id")
			operation = gjson.Result{Type: gjson.String, Str: "Sign-in"}
		case aoc.SourceRisk:
			at, id, operation = r.Get("detectedDateTime"), r.Get("id"), r.Get("riskEventType")
		case aoc.SourceUnified:
			at, id, operation, layout = r.Get("CreationTime"), r.Get("Id"), r.Get("Operation"), secondsNoZone
			if r.Get("OrganizationId").String() != tn.ID() {
				t.Fatalf("foreign tenant in %s", e.Raw)
			}
		}
		when, err := time.Parse(layout, at.String())
		if err != nil || !when.Equal(e.Time) {
			t.Fatalf("time %v, record says %q (%v)", e.Time, at.String(), err)
		}
		if id.String() != e.ID || operation.String() != e.Operation {
			t.Fatalf("event %q %q, record says %q %q", e.ID, e.Operation, id.String(), operation.String())
		}
		if e.Visible.Before(e.Time) || e.Visible.Sub(e.Time) > tn.MaxDelay() {
			t.Fatalf("delay of %v", e.Visible.Sub(e.Time))
		}
		key := string(e.Source) + e.ID + e.Operation
		if seen[key] {
			t.Fatalf("id %s repeats", e.ID)
		}
		seen[key] = true
	}
}

func TestTheMixIsThatOfATenant(t *testing.T) {
	tn := New(Config{Seed: 3})
	var total, exchange, noise, night, lies, escaped, crlf int
	sources := make(map[aoc.Source]int)
	streams := make(map[string]int)
	operations := make(map[string]int)
	var sizes int
	for e := range tn.Events(monday, monday.Add(5*24*time.Hour)) {
		total++
		sizes += len(e.Raw)
		sources[e.Source]++
		streams[e.Stream]++
		operations[e.Operation]++
		if e.Stream == streamExchange {
			exchange++
			if bytes.Contains(e.Raw, []byte(`NT AUTHORITY\\SYSTEM`)) {
				noise++
			}
		}
		if h := e.Time.Hour(); h < 4 {
			night++
		}
		if e.Operation == "UserLoginFailed" && bytes.Contains(e.Raw, []byte(`"ResultStatus":"Success"`)) {
			lies++
		}
		if bytes.Contains(e.Raw, []byte(`\/`)) {
			escaped++
		}
		if bytes.Contains(e.Raw, []byte(`\r\n`)) {
			crlf++
		}
	}
	if per := float64(total) / 5; per < 20_000 || per > 32_000 { // working days are above the mean
		t.Errorf("%.0f events a working day, want a little over 20,000", per)
	}
	if 2*noise < exchange {
		t.Errorf("system noise is %d of %d Exchange records, want over half", noise, exchange)
	}
	for _, s := range []aoc.Source{aoc.SourceDirectory, aoc.SourceIntune, aoc.SourceUnified, aoc.SourceSignIn} {
		if sources[s] < total/100 {
			t.Errorf("only %d of %d events from %s", sources[s], total, s)
		}
	}
	for _, s := range Streams() {
		if streams[s] < total/500 {
			t.Errorf("only %d of %d events in %s", streams[s], total, s)
		}
	}
	if len(operations) < 80 {
		t.Errorf("only %d operations", len(operations))
	}
	if night*6 > total {
		t.Errorf("%d of %d events between midnight and four", night, total)
	}
	if mean := sizes / total; mean < 900 || mean > 2200 {
		t.Errorf("mean record of %d bytes", mean)
	}
	if lies == 0 || escaped == 0 || crlf == 0 {
		t.Errorf("oddities are missing: %d lies, %d escaped slashes, %d CR LF", lies, escaped, crlf)
	}
}

func TestEveryStoryIsTold(t *testing.T) {
	tn := New(small)
	told := make(map[string]map[string]int)
	for e := range tn.Events(monday, monday.Add(2*storyPeriod)) {
		if e.Story == "" {
			continue
		}
		if told[e.Story] == nil {
			told[e.Story] = make(map[string]int)
		}
		told[e.Story][e.Operation]++
	}
	for story, operations := range map[string][]string{
		StoryConsentPhishing: {"Consent to application.", "Consent to application", "MailItemsAccessed"},
		StoryInboxRule:       {"UserLoginFailed", "New-InboxRule", "Set-Mailbox", "AlertTriggered"},
		StoryRoleGrant:       {"Admin deleted security info", "Reset user password", "Add member to role", "Add member to role."},
		StoryDeviceWipe:      {"Action wipe ManagedDevice"},
	} {
		for _, op := range operations {
			if told[story][op] == 0 {
				t.Errorf("%s: no %q", story, op)
			}
		}
	}
	if n := told[StoryDeviceWipe]["Action wipe ManagedDevice"]; n < 60 {
		t.Errorf("only %d wipes", n)
	}
}

func TestHostileNamesAreThere(t *testing.T) {
	tn := New(Config{Seed: 1, Users: 3000})
	names := make(map[string]bool)
	for _, u := range tn.Users {
		names[u.DisplayName] = true
		if strings.ContainsAny(u.UPN, " \"<>") {
			t.Errorf("impossible UPN %q", u.UPN)
		}
	}
	for _, n := range hostileNames {
		if !names[n] {
			t.Errorf("nobody is called %q", n)
		}
	}
}

func TestWeekendsAreQuiet(t *testing.T) {
	tn := New(small)
	wednesday := len(collect(tn, monday.Add(2*24*time.Hour), monday.Add(3*24*time.Hour)))
	sunday := len(collect(tn, monday.Add(6*24*time.Hour), monday.Add(7*24*time.Hour)))
	if sunday*2 > wednesday {
		t.Errorf("%d events on Sunday, %d on Wednesday", sunday, wednesday)
	}
}

func BenchmarkHour(b *testing.B) {
	tn := New(Config{Seed: 1, EventsPerDay: 1_000_000})
	noon := HourOf(monday.Add(12 * time.Hour))
	events, size := 0, 0
	for b.Loop() {
		for _, e := range tn.Hour(noon) {
			events++
			size += len(e.Raw)
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(size)/float64(events), "B/event")
}
