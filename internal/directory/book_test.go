package directory

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func days(n int) time.Time { return day.AddDate(0, 0, n) }

const ada = "aaaaaaaa-0000-4000-8000-000000000001"

func named(name string, at time.Time) aoc.DirectoryName {
	return aoc.DirectoryName{TenantID: "t", ID: ada, Kind: "user", Name: name, UPN: "ada@contoso.example", Since: at, Seen: at}
}

// show gives a history as "name since..seen" in days.
func show(h history) (out []string) {
	for _, e := range h {
		out = append(out, fmt.Sprintf("%s %g..%g", e.Name, e.Since.Sub(day).Hours()/24, e.Seen.Sub(day).Hours()/24))
	}
	return out
}

func TestNamesAreDated(t *testing.T) {
	b := book{}
	b.confirm(named("Ada Byron", days(1)))
	b.confirm(named("Ada Byron", days(2)))
	b.confirm(named("Ada Lovelace", days(5)))
	b.confirm(named("", days(8))) // gone
	h := b[key{"t", ada}]
	if diff := cmp.Diff([]string{"Ada Byron 1..2", "Ada Lovelace 5..5", " 8..8"}, show(h)); diff != "" {
		t.Error(diff)
	}
	for at, want := range map[int]string{-9: "Ada Byron", 1: "Ada Byron", 4: "Ada Byron", 5: "Ada Lovelace", 7: "Ada Lovelace", 99: "Ada Lovelace"} {
		if got, ok := h.at(days(at)); !ok || got.Name != want {
			t.Errorf("on day %d the name is %q, want %q", at, got.Name, want)
		}
	}
	if got, ok := (history{named("", days(1))}).at(days(2)); ok {
		t.Errorf("an unknown object has the name %q", got.Name)
	}
}

func TestAnUnknownObjectIsAskedForLessAndLess(t *testing.T) {
	for seen, want := range map[time.Duration]time.Duration{0: time.Hour, 30 * time.Minute: time.Hour, 5 * time.Hour: 5 * time.Hour, 90 * time.Hour: 24 * time.Hour} {
		h := history{{Since: day, Seen: day.Add(seen)}}
		if got := h.life(24 * time.Hour); got != want {
			t.Errorf("unknown for %v: asked again after %v, want %v", seen, got, want)
		}
	}
}

func TestLearnInAnyOrder(t *testing.T) {
	type step struct {
		name, upn string
		day       int
		news      bool
	}
	for _, tc := range []struct {
		name  string
		steps []step
		want  []string
	}{
		{"the same again", []step{{"A", "a@x", 1, true}, {"A", "a@x", 3, false}, {"A", "", 4, false}}, []string{"A 1..4"}},
		{"seen earlier", []step{{"A", "a@x", 3, true}, {"A", "A@X", 1, false}}, []string{"A 1..3"}},
		{"renamed", []step{{"A", "a@x", 1, true}, {"B", "a@x", 3, true}}, []string{"A 1..1", "B 3..3"}},
		{"the old name late", []step{{"B", "a@x", 3, true}, {"A", "a@x", 1, true}, {"A", "a@x", 2, false}}, []string{"A 1..2", "B 3..3"}},
		{"two at one time", []step{{"A", "a@x", 1, true}, {"B", "a@x", 1, false}}, []string{"A 1..1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := book{}
			for _, s := range tc.steps {
				n := named(s.name, days(s.day))
				n.UPN = s.upn
				if _, news := b.learn(n); news != s.news {
					t.Errorf("%+v is news: %v", s, news)
				}
			}
			if diff := cmp.Diff(tc.want, show(b[key{"t", ada}])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfirmAfterARecordFromTheFuture(t *testing.T) {
	b := book{}
	b.learn(named("A", days(9)))
	b.confirm(named("B", days(1)))
	h := b[key{"t", ada}]
	if got := h[len(h)-1]; got.Name != "B" || !got.Since.After(days(9)) {
		t.Errorf("the newest entry is %+v", got)
	}
}

func TestIsGUID(t *testing.T) {
	for s, want := range map[string]bool{
		ada: true, "AAAAAAAA-0000-4000-8000-00000000000F": true,
		"": false, ada[1:]: false, ada + "0": false, "aaaaaaaa_0000_4000_8000_000000000001": false,
		"gaaaaaaa-0000-4000-8000-000000000001": false, "aaaaaaaa-0000-4000-8000-00000000000'": false,
	} {
		if isGUID(s) != want {
			t.Errorf("isGUID(%q) = %v", s, !want)
		}
	}
}
