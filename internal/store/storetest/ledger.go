package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
)

var (
	feedA = aoc.Feed{TenantID: "t1", Collector: "managementactivity", Stream: "Audit.Exchange"}
	feedB = aoc.Feed{TenantID: "t1", Collector: "directoryaudit"}
	feedC = aoc.Feed{TenantID: "t2", Collector: "directoryaudit"}
	day   = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
)

func hours(from, to int) aoc.Window {
	return aoc.Window{Start: day.Add(time.Duration(from) * time.Hour), End: day.Add(time.Duration(to) * time.Hour)}
}

func testWindows(t *testing.T, s store.Store) {
	ctx := context.Background()
	var ws []aoc.LedgerWindow
	for i := range 10 {
		ws = append(ws, aoc.LedgerWindow{Feed: feedA, Window: hours(i, i+1), State: aoc.WindowPlanned, PlannedAt: day})
	}
	other := aoc.LedgerWindow{
		Feed: feedC, Window: hours(0, 24), State: aoc.WindowOpen, LastError: "é \"x\"", UnitsListed: 1, Counts: aoc.Counts{Read: 2, New: 2},
		Hours: []aoc.HourFigures{{Hour: day.Add(time.Hour), UnitsListed: 1, HourCounts: aoc.HourCounts{Counts: aoc.Counts{Read: 2, New: 2}, LateNew: 1}}},
	}
	put := func(ws ...aoc.LedgerWindow) {
		t.Helper()
		if err := s.PutWindows(ctx, ws); err != nil {
			t.Fatal(err)
		}
	}
	put(ws...)
	put(other)
	ws[3].State, ws[3].ClosedAt, ws[3].Counts = aoc.WindowClosed, day.Add(30*time.Hour), aoc.Counts{Read: 5, New: 4, Duplicate: 1}
	put(ws[3])
	for _, c := range []struct {
		name string
		feed aoc.Feed
		span aoc.Window
		want []aoc.LedgerWindow
	}{
		{"all", feedA, aoc.Window{}, ws},
		{"a span touches the windows it overlaps", feedA, aoc.Window{Start: hours(2, 3).Start.Add(time.Minute), End: hours(5, 6).Start}, ws[2:5]},
		{"open end", feedA, aoc.Window{Start: hours(8, 9).Start}, ws[8:]},
		{"open start", feedA, aoc.Window{End: hours(1, 2).Start}, ws[:1]},
		{"another tenant", feedC, aoc.Window{}, []aoc.LedgerWindow{other}},
		{"unknown feed", feedB, aoc.Window{}, nil},
	} {
		got, err := s.ListWindows(ctx, c.feed, c.span)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	unit := func(i int) aoc.LedgerUnit {
		return aoc.LedgerUnit{Feed: feedA, WindowStart: ws[i].Window.Start, State: aoc.UnitExpired, Unit: aoc.Unit{ID: fmt.Sprint("unit ", i)}}
	}
	if err := s.PutUnits(ctx, []aoc.LedgerUnit{unit(3), unit(4)}); err != nil {
		t.Fatal(err)
	}
	if err := s.DropWindows(ctx, feedA, ws[4].Window.Start); err != nil {
		t.Fatal(err)
	}
	got, err := s.ListWindows(ctx, feedA, aoc.Window{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ws[4:], got); diff != "" {
		t.Errorf("after dropping windows (-want +got):\n%s", diff)
	}
	if left, err := s.ListUnits(ctx, feedA, store.UnitFilter{}); err != nil || len(left) != 1 || left[0].Unit.ID != "unit 4" {
		t.Errorf("units after dropping windows: %v, %v", left, err)
	}
	if got, err := s.ListWindows(ctx, feedC, aoc.Window{}); err != nil || len(got) != 1 {
		t.Errorf("another feed after dropping windows: %v, %v", got, err)
	}
	feeds, err := s.Feeds(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]aoc.Feed{feedA, feedC}, feeds); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
}

func testUnits(t *testing.T, s store.Store) {
	ctx := context.Background()
	var us []aoc.LedgerUnit
	for i := range 9 {
		us = append(us, aoc.LedgerUnit{
			Feed: feedA, WindowStart: hours(i/3, 0).Start, State: aoc.UnitListed, ListedAt: day,
			Unit: aoc.Unit{ID: fmt.Sprintf("blob$%d$audit_exchange", i), Locator: "https://x/y?z", Window: hours(i/3, i/3+1), ExpiresAt: day.Add(168 * time.Hour)},
		})
	}
	if err := s.PutUnits(ctx, us); err != nil {
		t.Fatal(err)
	}
	us[4].State, us[4].Attempts, us[4].LastError, us[4].LastErrorCode = aoc.UnitFailed, 3, "no", "AF50000"
	us[5].State, us[5].StoredAt = aoc.UnitStored, day.Add(time.Hour)
	us[5].Hours = map[time.Time]aoc.HourCounts{day: {Counts: aoc.Counts{Read: 1, Duplicate: 1}}, day.Add(time.Hour): {LateNew: 2}}
	if err := s.PutUnits(ctx, us[4:6]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		filter store.UnitFilter
		want   []aoc.LedgerUnit
	}{
		{"all", store.UnitFilter{}, us},
		{"by state", store.UnitFilter{States: []aoc.UnitState{aoc.UnitFailed, aoc.UnitStored}}, us[4:6]},
		{"by window", store.UnitFilter{WindowStart: hours(2, 0).Start}, us[6:]},
		{"by both", store.UnitFilter{WindowStart: hours(1, 0).Start, States: []aoc.UnitState{aoc.UnitListed}}, us[3:4]},
		{"limited", store.UnitFilter{Limit: 2}, us[:2]},
		{"none", store.UnitFilter{States: []aoc.UnitState{aoc.UnitExpired}}, nil},
	} {
		got, err := s.ListUnits(ctx, feedA, c.filter)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	got, err := s.GetUnits(ctx, feedA, []string{us[0].Unit.ID, "unknown", us[4].Unit.ID, `quo"te`})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]aoc.LedgerUnit{us[0].Unit.ID: us[0], us[4].Unit.ID: us[4]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("get (-want +got):\n%s", diff)
	}
	if got, err := s.GetUnits(ctx, feedB, []string{us[0].Unit.ID}); err != nil || len(got) != 0 {
		t.Errorf("get from another feed: %v, %v; want none", got, err)
	}
	if got, err := s.GetUnits(ctx, feedA, nil); err != nil || len(got) != 0 {
		t.Errorf("get of nothing: %v, %v; want none", got, err)
	}
}

func testQuarantine(t *testing.T, s store.Store) {
	ctx := context.Background()
	qs := []aoc.Quarantined{
		{ID: "a1", Kind: aoc.KindUnified, TenantID: "t", Origin: aoc.OriginCollected, Transport: "x:1", Reason: "bad", Raw: []byte("{\"a\":\xff\x00"), ReceivedAt: day},
		{ID: "b2", Raw: []byte("not json"), ReceivedAt: day},
		{ID: "c3", Raw: []byte{}, ReceivedAt: day},
	}
	for range 2 { // the same again is kept once
		if err := s.PutQuarantine(ctx, qs); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.ListQuarantine(ctx, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(qs, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if got, err := s.ListQuarantine(ctx, "a1", 1); err != nil || len(got) != 1 || got[0].ID != "b2" {
		t.Errorf("list after a1, one: %v, %v", got, err)
	}
	if err := s.DropQuarantine(ctx, []string{"a1", "c3", "unknown"}); err != nil {
		t.Fatal(err)
	}
	st, err := s.Stats(ctx)
	if err != nil || st.Quarantined != 1 {
		t.Errorf("stats after dropping two of three: %d, %v; want 1", st.Quarantined, err)
	}
}

func testNames(t *testing.T, s store.Store) {
	ctx := context.Background()
	put := func(name string, at time.Time) {
		t.Helper()
		n := aoc.DirectoryName{TenantID: "t1", ID: "0a", Kind: "user", Name: name, UPN: "a@x", Since: at, Seen: at}
		if err := s.PutNames(ctx, []aoc.DirectoryName{n}); err != nil {
			t.Fatal(err)
		}
	}
	put("Ada Byron", day)
	put("Ada Byron", day.Add(24*time.Hour))
	put("Ada Lovelace", day.Add(48*time.Hour))
	if err := s.PutNames(ctx, []aoc.DirectoryName{{TenantID: "t2", ID: "0a", Name: "Other", Since: day, Seen: day}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.LoadNames(ctx, "t1")
	if err != nil {
		t.Fatal(err)
	}
	want := []aoc.DirectoryName{
		{TenantID: "t1", ID: "0a", Kind: "user", Name: "Ada Byron", UPN: "a@x", Since: day, Seen: day.Add(24 * time.Hour)},
		{TenantID: "t1", ID: "0a", Kind: "user", Name: "Ada Lovelace", UPN: "a@x", Since: day.Add(48 * time.Hour), Seen: day.Add(48 * time.Hour)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names keep their history (-want +got):\n%s", diff)
	}
}

func testCheckpoints(t *testing.T, s store.Store) {
	ctx := context.Background()
	if p, err := s.Checkpoint(ctx, "sink/a"); err != nil || p != "" {
		t.Errorf("unknown checkpoint: %q, %v; want none", p, err)
	}
	for _, p := range []string{"17", "18"} {
		if err := s.SetCheckpoint(ctx, "sink/a", p); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Checkpoint(ctx, "sink/a"); err != nil || p != "18" {
		t.Errorf("checkpoint: %q, %v; want 18", p, err)
	}
}
