package simulator

import (
	"strings"
	"testing"
	"time"
)

func TestFilterTimes(t *testing.T) {
	at := time.Date(2026, 1, 8, 9, 0, 0, 123456700, time.UTC)
	tests := []struct {
		filter string
		want   bool
	}{
		{"activityDateTime ge 2026-01-08T09:00:00.1234567Z", true},
		{"activityDateTime gt 2026-01-08T09:00:00.1234567Z", false},
		{"activityDateTime le 2026-01-08T09:00:00.1234567Z", true},
		{"activityDateTime lt 2026-01-08T09:00:00.1234567Z", false},
		{"activityDateTime eq 2026-01-08T09:00:00.1234567Z", true},
		{"activityDateTime ge 0001-01-01T00:00:00Z and activityDateTime le 9999-12-31T23:59:59Z", true},
		{"activityDateTime eq 2026-01-08T10:00:00.1234567+01:00", true},
		{"activityDateTime ge 2026-01-08T09:00:00Z and activityDateTime lt 2026-01-08T09:00:01Z", true},
		{"activityDateTime ge 2026-01-08T09:00:01Z and activityDateTime lt 2026-01-08T09:00:02Z", false},
	}
	for _, tt := range tests {
		conditions, err := parseFilter(tt.filter, auditLists[0].filterable)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		got := true
		for _, c := range conditions {
			got = got && c.matchesTime(at.UnixNano())
		}
		if got != tt.want {
			t.Errorf("%s is %v", tt.filter, got)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		"activityDateTime ge 2026-01-02T00:00:00Z and activityDateTime le 2026-01-02T01:00:00Z",
		"startswith(activityDisplayName,'Add ''x''')", "targetResources/any(t:t/id eq 'a')", "targetResources/any(x:startswith(x/displayName,'b'))",
		"id eq '", "id eq 'a' and", "(", "any(", "targetResources/any(t:t/id eq 'a'", "id eq 12", "\xff eq 'a'", "id eq'0'and id eq''", "id  eq  'a'  and  id eq 'b' ",
	} {
		f.Add(s)
	}
	raw := []byte(`{"id":"a","targetResources":[{"id":"a","displayName":"b"}],"initiatedBy":{"user":null}}`)
	f.Fuzz(func(t *testing.T, text string) {
		conditions, err := parseFilter(text, auditLists[0].filterable)
		if err != nil {
			return
		}
		if len(conditions) == 0 {
			t.Fatal("a filter without conditions was accepted")
		}
		if n := strings.Count(text, " and ") + 1; len(conditions) > n {
			t.Fatalf("%d conditions in %q", len(conditions), text)
		}
		for _, c := range conditions {
			if c.check(auditLists[0].filterable) != nil {
				t.Fatalf("condition %+v is not allowed", c)
			}
			c.matches(raw)
			c.matchesTime(0)
		}
		parseMembership(text)
	})
}

func FuzzSkipToken(f *testing.F) {
	f.Add("MTo6Og_1000")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		l := listQuery{}
		if decodeSkipToken(token, nil, &l) && l.offset < 0 {
			t.Fatalf("offset %d", l.offset)
		}
	})
}

func FuzzContentID(f *testing.F) {
	f.Add(contentID(4, thursday, 3))
	f.Add("a$b$c$d")
	f.Fuzz(func(t *testing.T, id string) {
		feed, created, number, ok := parseContentID(id)
		if ok && int(feed) < len(feeds) && number >= 0 && contentID(feed, created, number) != id {
			t.Fatalf("%q is not what it says: %q", id, contentID(feed, created, number))
		}
	})
}
