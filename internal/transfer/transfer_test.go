package transfer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/transfer"
)

func TestCopy(t *testing.T) {
	f, from := furnished(t, 1, 6)
	to := open(t, t.TempDir())
	stages := map[transfer.Stage]int64{}
	r, err := transfer.Copy(ctx, transfer.Config{From: from, To: to, Batch: 70, Progress: func(p transfer.Progress) {
		if p.Done < stages[p.Stage] || p.Done > p.Total {
			t.Errorf("progress %+v after %d", p, stages[p.Stage])
		}
		stages[p.Stage] = p.Done
	}})
	if err != nil || !r.Verified {
		t.Fatalf("copy: %v, %+v", err, r)
	}
	same(t, f, to)
	last, root := head(t, from)
	if r.Places != last || r.Copied != last || r.Root != fmt.Sprintf("%x", root) || stages[transfer.StageCopy] != last || stages[transfer.StageVerify] != last {
		t.Errorf("%+v with progress %v; want %d places with root %x", r, stages, last, root)
	}
	if r.Recomputed+r.KeyChanged+r.Gone != last || r.KeyChanged == 0 || r.Gone == 0 || r.KeyChangedFirst == 0 {
		t.Errorf("%d recomputed, %d with another key, %d gone; want all %d, of each sort some", r.Recomputed, r.KeyChanged, r.Gone, last)
	}
	stats, err := from.Stats(ctx)
	if err != nil || r.Events != stats.Events || r.Quarantined != 2 || r.Windows != 30 || r.Units != 30 || r.Names != 4 || r.Checkpoints != 2 {
		t.Errorf("%+v, %v; want what the source has", r, err)
	}
	if min(r.Tags, r.Comments, r.Reviews, r.Edits, r.Documents, r.Items) == 0 {
		t.Errorf("%+v; want some of all that people add", r)
	}
}

func head(t *testing.T, s transfer.Store) (int64, [32]byte) {
	t.Helper()
	size, root, err := s.TreeHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return size, root
}

// A copy is brought up to date, with all that was changed, added and dropped since.
func TestCopyAgain(t *testing.T) {
	f, from := furnished(t, 2, 2)
	to := open(t, t.TempDir())
	first := mustCopy(t, from, to)
	again := mustCopy(t, from, to)
	if again.Copied != 0 || again.Root != first.Root {
		t.Errorf("copying what is there: %+v", again)
	}
	for range 2 {
		f.Change(t)
		changeLedger(t, from)
		if r := mustCopy(t, from, to); r.Copied == 0 || r.ExpiredSince+r.EditedSince+r.RevisedSince+r.Later != 0 {
			t.Errorf("bringing a copy up to date: %+v", r)
		}
		same(t, f, to)
	}
}

// changeLedger changes what is not in the log, and drops some of it.
func changeLedger(t *testing.T, s transfer.Store) {
	t.Helper()
	feeds, err := s.Feeds(ctx)
	if err != nil {
		t.Fatal(err)
	}
	windows, err := s.ListWindows(ctx, feeds[0], aoc.Window{})
	if err != nil {
		t.Fatal(err)
	}
	windows[3].LateNew++
	name := aoc.DirectoryName{TenantID: "t1", ID: "0a", Kind: "user", Name: "Ada King", Since: windows[0].Window.Start.AddDate(1, 0, 0)}
	name.Seen = name.Since
	for _, err := range []error{
		s.PutWindows(ctx, windows[3:4]),
		s.DropWindows(ctx, feeds[0], windows[2].Window.Start),
		s.DropWindows(ctx, feeds[1], store.MaxTime),
		s.DropQuarantine(ctx, []string{"a1"}),
		s.PutQuarantine(ctx, []aoc.Quarantined{{ID: "c3", Raw: []byte("new"), ReceivedAt: name.Since}}),
		s.PutNames(ctx, []aoc.DirectoryName{name}),
		s.SetCheckpoint(ctx, "sink/a", ""),
		s.SetCheckpoint(ctx, "sink/b", "4"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A place where maintenance goes on in one store means nothing in another.
func TestPlacesOfMaintenanceStay(t *testing.T) {
	_, from := furnished(t, 3, 2)
	to := open(t, t.TempDir())
	if err := from.SetCheckpoint(ctx, "maintenance/renormalise", "7:12"); err != nil {
		t.Fatal(err)
	}
	mustCopy(t, from, to)
	if p, err := to.Checkpoint(ctx, "maintenance/renormalise"); err != nil || p != "" {
		t.Errorf("the copy goes on renormalising at %q, %v", p, err)
	}
}

// Units of a feed with many of them are copied window by window.
func TestManyUnits(t *testing.T) {
	f, from := furnished(t, 4, 2)
	to := open(t, t.TempDir())
	r, err := transfer.Copy(ctx, transfer.Config{From: from, To: to, Units: 3})
	if err != nil || r.Units != 30 {
		t.Fatalf("%v, %+v", err, r)
	}
	same(t, f, to)
}

func TestForeignTargets(t *testing.T) {
	_, from := furnished(t, 5, 2)
	_, other := furnished(t, 6, 2)
	longer := open(t, t.TempDir())
	mustCopy(t, from, longer)
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	if _, err := longer.Append(ctx, []aoc.Event{plainEvent("own", at, "")}); err != nil {
		t.Fatal(err)
	}
	edited := open(t, t.TempDir())
	mustCopy(t, from, edited)
	if _, err := edited.PutDocument(ctx, store.Document{Kind: "saved", ID: "own", By: "ada", At: at, Body: json.RawMessage(`1`)}); err != nil {
		t.Fatal(err)
	}
	begun := open(t, t.TempDir())
	if err := begun.PutWindows(ctx, []aoc.LedgerWindow{{Feed: aoc.Feed{TenantID: "t", Collector: "c"}, Window: aoc.Window{Start: at, End: at.Add(time.Hour)}}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		to  transfer.Store
		why string
	}{
		"another log":           {other, "place 1 of the log differ"},
		"a log that went on":    {longer, "its log has"},
		"edits of its own":      {edited, "of edits differs"},
		"a ledger and no event": {begun, "a coverage ledger of its own"},
	} {
		size, root := head(t, c.to)
		r, err := copyAll(from, c.to)
		if aoc.CodeOf(err) != aoc.CodeConflict || !strings.Contains(err.Error(), c.why) || aoc.HintOf(err) == "" || r.Verified {
			t.Errorf("%s: %v; want a conflict that says %q, with a remedy", name, err, c.why)
		}
		if n, after := head(t, c.to); n != size || after != root {
			t.Errorf("%s: what is there was changed", name)
		}
	}
}

// Whatever is not in the target as it is in the source is found, and where.
func TestDifferencesAreFound(t *testing.T) {
	_, from := furnished(t, 7, 2)
	to := open(t, t.TempDir())
	mustCopy(t, from, to)
	var shown, revised int64 // places
	for after := int64(0); revised == 0; after++ {
		es, err := to.LogEntries(ctx, after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if es[0].Event != nil && es[0].Seq > 100 {
			if shown == 0 {
				shown = es[0].Seq
			}
			if len(es[0].Versions) > 1 {
				revised = es[0].Seq
			}
		}
	}
	at := func(seq int64, f func(e *store.LogEntry)) lying {
		return lying{entry: func(e *store.LogEntry) {
			if e.Seq == seq {
				f(e)
			}
		}}
	}
	for what, c := range map[string]struct {
		lie   lying
		place int64
		says  string
	}{
		"leaf":             {at(17, func(e *store.LogEntry) { e.Leaf[3]++ }), 17, "the leaf"},
		"lost event":       {at(shown, func(e *store.LogEntry) { e.Event, e.Versions = nil, nil }), shown, "is not in the target"},
		"field":            {at(shown, func(e *store.LogEntry) { e.Event.Operation += "x" }), shown, "operation of event"},
		"time":             {at(shown, func(e *store.LogEntry) { e.Event.ReceivedAt = e.Event.ReceivedAt.Add(1) }), shown, "received_at of event"},
		"tags":             {at(shown, func(e *store.LogEntry) { e.Event.Tags = append(e.Event.Tags, "more") }), shown, "tags of event"},
		"comments":         {at(shown, func(e *store.LogEntry) { e.Event.Comments = append(e.Event.Comments, aoc.Comment{}) }), shown, "comments of event"},
		"review":           {at(shown, func(e *store.LogEntry) { e.Event.Review = &aoc.Review{State: aoc.ReviewUnexpected} }), shown, "review of event"},
		"edit of a review": {at(shown, func(e *store.LogEntry) { e.ReviewEdit += 7 }), shown, "review of event"},
		"record":           {at(shown, func(e *store.LogEntry) { e.Versions[0].Raw = []byte(`{}`) }), shown, "versions"},
		"salt":             {at(shown, func(e *store.LogEntry) { e.Versions[0].Salt[0]++ }), shown, "versions"},
		"origin":           {at(shown, func(e *store.LogEntry) { e.Versions[0].Origin = "x" }), shown, "versions"},
		"older version":    {at(revised, func(e *store.LogEntry) { e.Versions = e.Versions[1:] }), revised, "versions"},
		"tree head":        {lying{head: func(root *[32]byte) { root[0]++ }}, 0, "tree head of the target"},
		"documents":        {lying{documents: func(ds []store.Document) []store.Document { ds[0].Version++; return ds }}, 0, "documents"},
		"lost documents":   {lying{documents: func(ds []store.Document) []store.Document { return ds[1:] }}, 0, "documents"},
		"items":            {lying{item: func(it *store.Item) { it.Version++ }}, 0, "item"},
		"labels of items":  {lying{item: func(it *store.Item) { it.Labels = nil }}, 0, "item"},
		"windows":          {lying{windows: func(ws []aoc.LedgerWindow) []aoc.LedgerWindow { ws[0].LateNew++; return ws }}, 0, "windows"},
		"units":            {lying{units: func(us []aoc.LedgerUnit) []aoc.LedgerUnit { us[0].Attempts++; return us }}, 0, "units"},
		"quarantine":       {lying{quarantine: func(qs []aoc.Quarantined) []aoc.Quarantined { qs[0].Raw = []byte("x"); return qs }}, 0, "quarantined record"},
		"names":            {lying{names: func(ns []aoc.DirectoryName) []aoc.DirectoryName { return ns[:1] }}, 0, "directory names"},
		"checkpoints": {lying{position: func(name, position string) string {
			if name == "sink/a" {
				return "18"
			}
			return position
		}}, 0, "checkpoint"},
	} {
		c.lie.Store = to
		r, err := copyAll(from, c.lie)
		if aoc.CodeOf(err) != aoc.CodeConflict || r.Verified || r.Difference == nil || aoc.HintOf(err) == "" {
			t.Errorf("%s: %v, %+v; want the difference, with a remedy", what, err, r)
			continue
		}
		if r.Difference.Place != c.place || !strings.Contains(r.Difference.What, c.says) {
			t.Errorf("%s: %+v; want place %d, %s", what, r.Difference, c.place, c.says)
		}
	}
	mustCopy(t, from, to) // it was only said
}

// A record that was changed on both sides alike does not give its leaf.
func TestRecordsThatWereChangedAreCounted(t *testing.T) {
	from, to := open(t, t.TempDir()), open(t, t.TempDir())
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	if _, err := from.Append(ctx, []aoc.Event{plainEvent("a", at, ""), plainEvent("b", at, ""), plainEvent("c", at, "")}); err != nil {
		t.Fatal(err)
	}
	if r := mustCopy(t, from, to); r.Recomputed != 3 || r.KeyChanged != 0 || r.Gone != 0 {
		t.Errorf("%+v; want three leaves recomputed", r)
	}
	change := func(e *store.LogEntry) {
		if e.Seq == 2 {
			e.Versions[0].Raw, e.Event.Raw = []byte(`{}`), []byte(`{}`)
		}
	}
	r := mustCopy(t, lying{Store: from, entry: change}, lying{Store: to, entry: change})
	if r.Recomputed != 2 || r.KeyChanged != 1 || r.KeyChangedFirst != 2 {
		t.Errorf("%+v; want two leaves recomputed and that of place 2 not", r)
	}
}

// A source that others write to is copied up to where its log ended, and what happens to
// what is copied is told.
func TestCopyWhileOthersWrite(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	from, to := open(t, t.TempDir()), open(t, t.TempDir())
	var events []aoc.Event
	for i := range 200 {
		events = append(events, plainEvent(fmt.Sprint("event ", i), at.Add(time.Duration(i)*time.Minute), "first"))
	}
	if _, err := from.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	var seen []int64
	edit := func(i int, by string) {
		if _, err := from.Annotate(ctx, []aoc.Edit{{Key: events[i].Key, By: by, At: at, Tags: &aoc.TagEdit{Add: []string{by}}}}); err != nil {
			t.Error(err)
		}
	}
	busy := watched{Store: from, before: func(after int64) {
		seen = append(seen, after)
		switch len(seen) {
		case 3: // 100 places have been read
			edit(3, "while it is copied")
			edit(150, "while it is copied")
			if _, err := from.Append(ctx, []aoc.Event{plainEvent("event 5", at, "second"), plainEvent("event 160", at, "second"), plainEvent("new", at, "")}); err != nil {
				t.Error(err)
			}
		case 7: // it is going to be verified
			edit(4, "while it is verified")
		}
	}}
	r, err := transfer.Copy(ctx, transfer.Config{From: busy, To: to, Batch: 50})
	if err != nil || !r.Verified {
		t.Fatalf("%v, %+v", err, r)
	}
	if r.Places != 200 || r.Later != 3 || r.RevisedSince != 1 || r.EditedSince != 1 || r.Edits != 2 {
		t.Errorf("%+v (read at %v); want 200 places, 3 later, one event revised and one edited since", r, seen)
	}
	if e, err := to.Get(ctx, events[3].Key); err != nil || len(e.Tags) != 1 {
		t.Errorf("the event that was edited after it was copied: %v, %v", e.Tags, err)
	}
	if _, err := to.Get(ctx, events[160].Key); aoc.CodeOf(err) != aoc.CodeNotFound {
		t.Errorf("the event whose newest version came later: %v; want it with the next call", err)
	}
	if r := mustCopy(t, from, to); r.Copied != 3 || r.Edits != 3 || r.Events != 201 || r.RevisedSince+r.EditedSince+r.Later != 0 {
		t.Errorf("the next call: %+v", r)
	}
}

// What has expired in the source since it was copied is told apart from what is lost there.
func TestExpiredSince(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	from, to := open(t, t.TempDir()), open(t, t.TempDir())
	for i := range 50 {
		if _, err := from.Append(ctx, []aoc.Event{plainEvent(fmt.Sprint("event ", i), at.Add(time.Duration(i)*time.Hour), "")}); err != nil {
			t.Fatal(err)
		}
	}
	mustCopy(t, from, to)
	lost := lying{Store: missing{from, aoc.KeyOf(aoc.DedupeKey(aoc.SourceUnified, "t", "event 20"))}, entry: func(e *store.LogEntry) {
		if e.Seq == 21 {
			e.Event, e.Versions = nil, nil
		}
	}}
	if r, err := copyAll(lost, to); aoc.CodeOf(err) != aoc.CodeConflict || r.Difference == nil || r.Difference.Place != 21 {
		t.Errorf("an event that the source has lost: %v, %+v", err, r)
	}
	for {
		n, err := from.Expire(ctx, at.Add(10*time.Hour), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	if r := mustCopy(t, from, to); r.ExpiredSince != 10 || r.Events != 50 {
		t.Errorf("%+v; want 10 events that have expired", r)
	}
}

// missing is a store that lacks an event.
type missing struct {
	transfer.Store
	key string
}

func (m missing) Get(c context.Context, key string) (aoc.Event, error) {
	if key == m.key {
		return aoc.Event{}, aoc.Errorf(aoc.CodeNotFound, "test", "gone")
	}
	return m.Store.Get(c, key)
}
