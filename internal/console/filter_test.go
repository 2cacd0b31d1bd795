package console

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/store"
)

func is(f aoc.Field, values ...string) aoc.Expr { return aoc.Is{Field: f, Values: values} }

func TestFilterWithQuery(t *testing.T) {
	berlin := time.FixedZone("Berlin", 3600)
	ada, system := is(aoc.FieldActor, "ada"), aoc.Not{Of: noise()}
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		filter Filter
		want   aoc.Query
	}{
		"words and lists all count": {
			Filter{Actor: []string{"ada"}, Search: []string{"x y"}, Query: "role OR -tag:vip"},
			aoc.Query{Where: aoc.And{ada, aoc.Text{Term: "x y"}, aoc.Or{aoc.Text{Term: "role"}, aoc.Not{Of: is(aoc.FieldTag, "vip")}}}},
		},
		"times narrow the span": {
			Filter{Query: "actor:ada after:2026-03-02 before:2026-03-05 before:2026-03-04", Start: day(1), End: day(9)},
			aoc.Query{Where: aoc.And{ada}, Start: day(2), End: day(4)},
		},
		"and do not widen it": {
			Filter{Query: "after:2026-03-01 before:2026-03-20", Start: day(2), End: day(9)},
			aoc.Query{Start: day(2), End: day(9)},
		},
		"a time by itself": {Filter{Query: "after:-24h"}, aoc.Query{Start: noon.Add(-24 * time.Hour)}},
		"in the zone":      {Filter{Query: "after:2026-03-02T01:00", Zone: berlin}, aoc.Query{Start: day(2)}},
		"times below OR and NOT stay": {
			Filter{Query: "-after:2026-03-02 (ada OR before:2026-03-02)"},
			aoc.Query{Where: aoc.And{aoc.Not{Of: aoc.Between{Start: day(2)}}, aoc.Or{aoc.Text{Term: "ada"}, aoc.Between{End: day(2)}}}},
		},
		"no time is left": {
			Filter{Query: "ada after:2026-03-05 before:2026-03-05", Start: day(1), End: day(9)},
			aoc.Query{Where: aoc.And{aoc.Or{}}, Start: day(1), End: day(9)},
		},
		"beyond the filter's own": {Filter{Query: "before:2026-03-01", Start: day(2)}, aoc.Query{Where: aoc.And{aoc.Or{}}, Start: day(2)}},
		"everything":              {Filter{Query: "*"}, aoc.Query{}},

		"noise":                  {Filter{NoiseHidden: true}, aoc.Query{Where: aoc.And{system}}},
		"noise beside OR":        {Filter{NoiseHidden: true, Query: "a OR b"}, aoc.Query{Where: aoc.And{aoc.Or{aoc.Text{Term: "a"}, aoc.Text{Term: "b"}}, system}}},
		"asked for":              {Filter{NoiseHidden: true, Query: "is:noise"}, aoc.Query{Where: aoc.And{noise()}}},
		"asked for in a list":    {Filter{NoiseHidden: true, ActorKind: []string{"system"}}, aoc.Query{Where: aoc.And{is(aoc.FieldActorKind, "system")}}},
		"excluded, and said so":  {Filter{NoiseHidden: true, Query: "-kind:sys*"}, aoc.Query{Where: aoc.And{aoc.Not{Of: aoc.Like{Field: aoc.FieldActorKind, Parts: []string{"sys", ""}}}}}},
		"an event asked for":     {Filter{NoiseHidden: true, Query: "(id:k)"}, aoc.Query{Where: aoc.And{is(aoc.FieldID, "k")}}},
		"reviews, by a window":   {Filter{Query: "is:reviewed"}, aoc.Query{Where: aoc.And{hasReview()}}},
		"reviews, there is none": {Filter{Query: "is:unreviewed"}, aoc.Query{Where: aoc.And{aoc.Not{Of: hasReview()}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.filter.query(noon, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFilterTellsWhereAQueryIsWrong(t *testing.T) {
	err := Filter{Query: "role actro:ada"}.Validate(noon)
	param, ok := errors.AsType[*InvalidParam](err)
	if !ok || param.Name != "q" || param.Err.Code != aoc.CodeInvalid {
		t.Fatal(err)
	}
	wrong, ok := errors.AsType[*query.Error](err)
	if !ok || wrong.At != 5 || wrong.To != 10 || param.Err.Message != wrong.Message || param.Err.Hint != wrong.Hint {
		t.Errorf("%+v", wrong)
	}
}

// TestReviewsByWindow asks of events whether conditions on reviews hold: of one that a
// person reviewed and one that nobody did, both within and outside of a change window.
func TestReviewsByWindow(t *testing.T) {
	windows := is(aoc.FieldActor, "ops")
	by := func(name string, state aoc.ReviewState) *aoc.Event {
		e := &aoc.Event{ActorDisplay: name}
		if state != "" {
			e.Review = &aoc.Review{State: state}
		}
		return e
	}
	events := []*aoc.Event{by("ops", ""), by("ops", aoc.ReviewUnexpected), by("ada", ""), by("ada", aoc.ReviewExpected), by("ada", aoc.ReviewInvestigating)}
	for q, want := range map[string][]bool{
		"is:reviewed":                          {true, true, false, true, true},
		"is:unreviewed":                        {false, false, true, false, false},
		"review:*":                             {true, true, false, true, true},
		"-review:*":                            {false, false, true, false, false},
		"review:expected":                      {true, false, false, true, false},
		"review:Expected":                      {true, false, false, true, false},
		"-review:expected":                     {false, true, true, false, true},
		"review:exp*":                          {true, false, false, true, false},
		"review:*expect*":                      {true, true, false, true, false},
		"review:unexp*":                        {false, true, false, false, false},
		"review:unexpected":                    {false, true, false, false, false},
		"review:unexpected,expected":           {true, true, false, true, false},
		"actor:ada (review:* OR -is:reviewed)": {false, false, true, true, true},
	} {
		got, err := Filter{Query: q}.query(noon, windows)
		if err != nil {
			t.Fatal(err)
		}
		m := store.NewMatcher(got.Where)
		for i, e := range events {
			if m.Match(e, nil) != want[i] {
				t.Errorf("%s: %v of event %d", q, !want[i], i)
			}
		}
	}
	x := aoc.And{hasReview(), is(aoc.FieldReview, "expected")}
	if diff := cmp.Diff(aoc.Expr(x), rewriteReview(x, nil)); diff != "" {
		t.Errorf("without change windows:\n%s", diff)
	}
}

func TestAdminChanges(t *testing.T) {
	m := store.NewMatcher(AdminChanges())
	for _, c := range []struct {
		source                aoc.Source
		recordType, operation string
		want                  bool
	}{
		{aoc.SourceDirectory, "directoryAudit", "Add member to role", true},
		{aoc.SourceIntune, "intuneAudit", "Patch DeviceConfiguration", true},
		{aoc.SourceSignIn, "signIn", "Sign-in activity", false},
		{aoc.SourceUnified, "ExchangeAdmin", "New-InboxRule", true},
		{aoc.SourceUnified, "ExchangeAdmin", "get-mailbox", false},
		{aoc.SourceUnified, "SecurityComplianceCenterEOPCmdlet", "Search-UnifiedAuditLog", false},
		{aoc.SourceUnified, "SecurityComplianceCenterEOPCmdlet", "New-DlpCompliancePolicy", true},
		{aoc.SourceUnified, "AzureActiveDirectory", "Consent to application", true},
		{aoc.SourceUnified, "AzureActiveDirectoryStsLogon", "UserLoggedIn", false},
		{aoc.SourceUnified, "ExchangeItemAggregated", "MailItemsAccessed", false},
		{aoc.SourceUnified, "SharePointFileOperation", "FileAccessed", false},
		{aoc.SourceUnified, "SharePointSharingOperation", "SiteCollectionAdminAdded", true},
		{aoc.SourceUnified, "SharePoint", "PageViewed", false},
		{aoc.SourceUnified, "MicrosoftTeams", "MessageSent", false},
	} {
		e := &aoc.Event{Source: c.source, RecordType: c.recordType, Operation: c.operation}
		if m.Match(e, nil) != c.want {
			t.Errorf("%s %s %s: %v", c.source, c.recordType, c.operation, !c.want)
		}
	}
}
