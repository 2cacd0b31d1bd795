package adopt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/adopt"
	"aoc/internal/ingest"
	"aoc/internal/source/file"
	"aoc/internal/store"
	"aoc/test/original"
)

// Every document of the original's is an event with the same content, or in the quarantine.
func TestAdopt(t *testing.T) {
	t.Parallel()
	documents := original.Modest(200)
	s := open(t)
	cfg := config(newMemory(t, documents), s)
	cfg.Clock = deadClock{}
	r := mustAdopt(t, cfg)
	check(t, s, documents)
	checkReport(t, r, documents)
	checkBeside(t, s, r)
	if r.New+r.Duplicate+r.Revision != r.Adopted || r.Duplicate != 1 {
		t.Errorf("%+v; want each adopted document counted once, and the one record that was there twice", r)
	}
	if diff := cmp.Diff([]string{"events.timestamp_1"}, r.Expiring); diff != "" {
		t.Errorf("indexes that let documents expire (-want +got):\n%s", diff)
	}
	edits := editsOf(t, s)
	want := r
	want.New, want.Revision, want.Duplicate, want.Tags, want.Comments = 0, 0, r.Adopted, 0, 0
	if diff := cmp.Diff(want, mustAdopt(t, cfg)); diff != "" {
		t.Errorf("doing it again finds something new (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(edits, editsOf(t, s)); diff != "" {
		t.Errorf("doing it again makes edits (-want +got):\n%s", diff)
	}
	check(t, s, documents)
}

// checkReport compares a report with what was to be adopted.
func checkReport(t *testing.T, r adopt.Report, documents []original.Document) {
	t.Helper()
	var quarantined, rebuilt, tags, comments int64
	for i := range documents {
		d := &documents[i]
		if d.Quarantined {
			quarantined++
		}
		if d.Rebuilt {
			rebuilt++
		}
		tags, comments = tags+int64(len(d.Tags)), comments+int64(len(d.Comments))
	}
	n := int64(len(documents))
	if r.Documents != n || r.Quarantined != quarantined || r.Adopted != n-quarantined || r.Rebuilt != rebuilt {
		t.Errorf("%+v; want %d documents, %d quarantined, %d rebuilt", r, n, quarantined, rebuilt)
	}
	if r.Tags != tags || r.Comments != comments || r.Orphans != original.Orphans || r.Rules != original.Rules || !r.Done {
		t.Errorf("%+v; want %d tags, %d comments, %d orphans, %d rules", r, tags, comments, original.Orphans, original.Rules)
	}
	var reasons int64
	for _, n := range r.Reasons {
		reasons += n
	}
	if reasons != quarantined+original.Orphans {
		t.Errorf("%d reasons for %d documents: %v", reasons, quarantined+original.Orphans, r.Reasons)
	}
	if diff := cmp.Diff([]string{"sessions"}, r.Left); diff != "" {
		t.Errorf("collections that are left (-want +got):\n%s", diff)
	}
}

// checkBeside looks at rules and watermarks.
func checkBeside(t *testing.T, s adopt.Store, r adopt.Report) {
	t.Helper()
	rules, err := s.ListDocuments(ctx, "rule")
	if err != nil || len(rules) != original.Rules {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	enabled := map[string]bool{}
	for _, d := range rules {
		var rule struct {
			Name    string `json:"name"`
			Enabled bool   `json:"enabled"`
		}
		if err := json.Unmarshal(d.Body, &rule); err != nil || d.By != "adopted" {
			t.Errorf("rule %s by %s: %v", d.ID, d.By, err)
		}
		enabled[rule.Name] = rule.Enabled
	}
	if diff := cmp.Diff(map[string]bool{"Role granted": true, "Ausgeschaltet – 山": false, "no conditions": false}, enabled); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	at := original.WatermarkAt.Truncate(time.Second)
	for feed, end := range map[aoc.Feed]time.Time{
		{Collector: "directoryaudit"}:                                 at,
		{Collector: "intuneaudit"}:                                    at,
		{Collector: "managementactivity", Stream: "Audit.Exchange"}:   at.Add(-time.Hour), // the earlier of two
		{Collector: "managementactivity", Stream: "Audit.SharePoint"}: at,
		{Collector: "managementactivity", Stream: "Audit.General"}:    at,
	} {
		feed.TenantID = original.TenantA
		ws, err := s.ListWindows(ctx, feed, aoc.Window{})
		if err != nil || len(ws) != 1 {
			t.Fatalf("windows of %s: %v, %v; want one", feed, ws, err)
		}
		if w := ws[0]; !w.Window.End.Equal(end) || w.State != aoc.WindowClosed || w.Window.Duration() != 24*time.Hour || w.NextSweepAt.IsZero() {
			t.Errorf("window of %s: %+v; want one that is closed, ends at %s and is due to be listed again", feed, w, end)
		}
	}
	notes := map[string]string{}
	for _, w := range r.Watermarks {
		notes[w.Name] = w.Note
	}
	if len(r.Watermarks) != 6 || notes["directory"] != "" || notes["signin"] == "" || notes["weather"] == "" {
		t.Errorf("watermarks %+v; want six, and a note why two are not taken", r.Watermarks)
	}
	kept, err := s.ListDocuments(ctx, "watermark")
	if err != nil || len(kept) != 6 {
		t.Errorf("%d watermarks are kept as they were, %v; want 6", len(kept), err)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	documents := original.Modest(20)
	cfg := config(newMemory(t, documents), nil)
	cfg.DryRun, cfg.Clock = true, deadClock{}
	r := mustAdopt(t, cfg)
	checkReport(t, r, documents)
	if !r.DryRun {
		t.Errorf("%+v does not say that nothing was written", r)
	}
}

// A ledger that has begun is not begun again, and a rule that was changed is left alone.
func TestWhatAOCHasIsKept(t *testing.T) {
	s := open(t)
	feed := aoc.Feed{TenantID: original.TenantA, Collector: "directoryaudit"}
	own := aoc.LedgerWindow{Feed: feed, Window: aoc.Window{Start: original.Began, End: original.Began.Add(time.Hour)}, State: aoc.WindowPlanned}
	if err := s.PutWindows(ctx, []aoc.LedgerWindow{own}); err != nil {
		t.Fatal(err)
	}
	cfg := config(newMemory(t, nil), s)
	cfg.Clock = deadClock{}
	r := mustAdopt(t, cfg)
	ws, err := s.ListWindows(ctx, feed, aoc.Window{})
	if err != nil || len(ws) != 1 || ws[0].State != aoc.WindowPlanned {
		t.Errorf("windows %v, %v; want AOC's own alone", ws, err)
	}
	for _, w := range r.Watermarks {
		if w.Name == "directory" && (len(w.Feeds) != 0 || w.Note == "") {
			t.Errorf("%+v; want a note that the ledger had begun", w)
		}
	}
	rules, err := s.ListDocuments(ctx, "rule")
	if err != nil {
		t.Fatal(err)
	}
	rules[0].Body = json.RawMessage(`{"changed":true}`)
	if _, err := s.PutDocument(ctx, rules[0]); err != nil {
		t.Fatal(err)
	}
	mustAdopt(t, cfg)
	now, err := s.ListDocuments(ctx, "rule")
	if err != nil || string(now[0].Body) != `{"changed":true}` || len(now) != original.Rules {
		t.Errorf("rules after adopting again: %v, %v", now, err)
	}
}

// Records that name no tenant are not guessed at: the operator is asked, and the work goes
// on with the answer.
func TestTenantIsAskedFor(t *testing.T) {
	t.Parallel()
	documents := original.Modest(30)
	s := open(t)
	cfg := config(newMemory(t, documents), s)
	cfg.TenantID = ""
	if _, err := adopt.Adopt(ctx, cfg); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.HintOf(err), "--tenant") {
		t.Fatalf("without a tenant: %v; want invalid, asking for --tenant", err)
	}
	cfg.TenantID = original.TenantA
	cfg.Clock = deadClock{}
	checkReport(t, mustAdopt(t, cfg), documents)
	check(t, s, documents)
}

// What AOC has collected already is recognised.
func TestWhatIsKnownIsRecognised(t *testing.T) {
	documents := original.Documents(4)[:4]
	s := open(t)
	mustAdopt(t, config(newMemory(t, documents), s))
	events, err := s.ReadLog(ctx, 0, 10)
	if err != nil || len(events) != 4 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i := range events {
		events[i].Origin = aoc.OriginCollected
	}
	outcomes, err := s.Append(ctx, events)
	if err != nil || fmt.Sprint(outcomes) != fmt.Sprint([]store.Outcome{store.Duplicate, store.Duplicate, store.Duplicate, store.Duplicate}) {
		t.Errorf("the same records collected: %v, %v; want duplicates", outcomes, err)
	}
}

// An event that the store refuses is kept whole in the quarantine, and its neighbours go on.
func TestRefusedByTheStore(t *testing.T) {
	documents := original.Documents(20)[:20]
	s := open(t)
	documents[5].Quarantined = true
	documents[5].Tags = nil
	cfg := config(newMemory(t, documents), fussy{Store: s, id: documents[5].ID})
	r := mustAdopt(t, cfg)
	if r.Adopted != 19 || r.Quarantined != 1 {
		t.Errorf("%+v; want one quarantined", r)
	}
	check(t, s, documents)
}

// fussy is a store that refuses an event.
type fussy struct {
	adopt.Store
	id string
}

func (f fussy) Append(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	for i := range events {
		if events[i].ID == f.id {
			return nil, aoc.Errorf(aoc.CodeInvalid, "test", "raw: too much of it")
		}
	}
	return f.Store.Append(ctx, events)
}

var errDied = errors.New("the process has died")

// mortal is a store that dies at its n-th write, before or after it.
type mortal struct {
	adopt.Store
	n     int
	after bool
}

func (m *mortal) do(write func() error) error {
	m.n--
	if m.n < 0 || m.n == 0 && !m.after {
		return errDied
	}
	err := write()
	if m.n == 0 {
		return errDied
	}
	return err
}

func (m *mortal) Append(ctx context.Context, events []aoc.Event) (outcomes []store.Outcome, err error) {
	err = m.do(func() error { outcomes, err = m.Store.Append(ctx, events); return err })
	return outcomes, err
}

func (m *mortal) Annotate(ctx context.Context, edits []aoc.Edit) (records []aoc.EditRecord, err error) {
	err = m.do(func() error { records, err = m.Store.Annotate(ctx, edits); return err })
	return records, err
}

func (m *mortal) PutQuarantine(ctx context.Context, qs []aoc.Quarantined) error {
	return m.do(func() error { return m.Store.PutQuarantine(ctx, qs) })
}

func (m *mortal) PutDocument(ctx context.Context, d store.Document) (out store.Document, err error) {
	err = m.do(func() error { out, err = m.Store.PutDocument(ctx, d); return err })
	return out, err
}

func (m *mortal) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	return m.do(func() error { return m.Store.PutWindows(ctx, ws) })
}

func (m *mortal) SetCheckpoint(ctx context.Context, name, position string) error {
	return m.do(func() error { return m.Store.SetCheckpoint(ctx, name, position) })
}

// The process dies at every write, before it and after it, and starts again: in the end
// everything is there, and nothing twice. Every seventeenth write unless AOC_TEST_FULL is set.
func TestDiesAtEveryWrite(t *testing.T) {
	t.Parallel()
	documents := original.Modest(6)
	m := newMemory(t, documents)
	whole := open(t)
	cfg := config(m, whole)
	cfg.Clock = deadClock{}
	want := mustAdopt(t, cfg)
	edits := editsOf(t, whole)
	stride := 17
	if os.Getenv("AOC_TEST_FULL") != "" {
		stride = 1
	}
	for i, after := range []bool{false, true} {
		n := 1 + 2*i
		for ; ; n += stride {
			s := open(t)
			cfg := cfg
			cfg.Store = &mortal{Store: s, n: n, after: after}
			_, err := adopt.Adopt(ctx, cfg)
			if err == nil {
				break
			}
			if !errors.Is(err, errDied) {
				t.Fatalf("write %d, after=%t: %v", n, after, err)
			}
			cfg.Store = s
			got := mustAdopt(t, cfg)
			if got.Documents != want.Documents || got.Adopted != want.Adopted || got.Quarantined != want.Quarantined || !got.Done {
				t.Fatalf("write %d, after=%t: %+v; want the counts of %+v", n, after, got, want)
			}
			if e := editsOf(t, s); !reflect.DeepEqual(e, edits) {
				t.Fatalf("write %d, after=%t: edits (-want +got):\n%s", n, after, cmp.Diff(edits, e))
			}
			check(t, s, documents)
			if t.Failed() {
				t.Fatalf("failed when write %d was the last, after=%t", n, after)
			}
			s.Close()
		}
		if n < 30 {
			t.Errorf("after=%t: only %d writes", after, n)
		}
	}
}

// editsOf gives the records of edits without their numbers, in the order of subjects.
func editsOf(t *testing.T, s store.Annotator) map[string][]string {
	t.Helper()
	records, err := s.Edits(ctx, store.EditFilter{}, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, r := range records {
		all[r.Subject] = append(all[r.Subject], fmt.Sprintf("%s %s %s %s", r.Action, r.By, r.At, r.After))
	}
	return all
}

// What comes later is adopted by the next call, wherever it is: documents before those that
// were read, and what people add to an event that was adopted.
func TestGoesOnWithWhatIsNew(t *testing.T) {
	documents := original.Documents(60)[:60]
	m := newMemory(t, documents[20:])
	s := open(t)
	cfg := config(m, s)
	if r := mustAdopt(t, cfg); r.Documents != 40 {
		t.Fatalf("%+v; want 40 documents", r)
	}
	documents[30].Doc = append(documents[30].Doc, bson.E{Key: "tags", Value: bson.A{"late"}}, bson.E{Key: "comments", Value: bson.A{"later"}})
	documents[30].Tags, documents[30].Comments = []string{"late"}, []string{"adopted: later"}
	m.collections["events"] = nil
	for i := range documents {
		m.add(t, "events", documents[i].Doc)
	}
	if r := mustAdopt(t, cfg); r.Documents != 60 || r.New != 20 || r.Duplicate != 40 || r.Tags != 1 || r.Comments != 1 {
		t.Errorf("%+v; want 60 documents, 20 of them new, a tag and a comment", r)
	}
	check(t, s, documents)
}

// Two servers have a database of the same name: work on the one that was cut short says
// nothing about the other.
func TestTwoServers(t *testing.T) {
	documents := original.Documents(40)[:40]
	s := open(t)
	one, other := newMemory(t, documents[20:]), newMemory(t, documents[:20])
	other.server = "other"
	cfg := config(one, &mortal{Store: s, n: 5})
	if _, err := adopt.Adopt(ctx, cfg); !errors.Is(err, errDied) {
		t.Fatalf("%v; want it cut short", err)
	}
	if r := mustAdopt(t, config(other, s)); r.Documents != 20 || r.New != 20 {
		t.Errorf("%+v; want 20 documents, all new", r)
	}
	mustAdopt(t, config(one, s))
	check(t, s, documents)
}

func quarantined(t *testing.T, s store.Quarantine) int {
	t.Helper()
	qs, err := s.ListQuarantine(ctx, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(qs)
}

// What this version does not understand waits in the quarantine for one that does.
func TestUnderstoodLater(t *testing.T) {
	t.Parallel()
	documents := original.Modest(20)
	s := open(t)
	cfg := config(newMemory(t, documents), s)
	cfg.Recognise = fromTheFuture
	before := mustAdopt(t, cfg)
	cfg.Recognise = file.Recognise
	r := mustAdopt(t, cfg)
	check(t, s, documents)
	if r.Released != before.Quarantined+before.Orphans-r.Quarantined-r.Orphans || r.Released == 0 {
		t.Errorf("%d have left the quarantine after %+v; now %+v", r.Released, before, r)
	}
	if n := quarantined(t, s); int64(n) != r.Quarantined+r.Orphans {
		t.Errorf("%d are in the quarantine; want %d and %d", n, r.Quarantined, r.Orphans)
	}
	if again := mustAdopt(t, cfg); again.Released != 0 {
		t.Errorf("%d leave the quarantine again", again.Released)
	}
}

// A quarantined document can be put through by itself, unless what people added to it would
// be left behind.
func TestReplay(t *testing.T) {
	documents := original.Documents(4)[:4]
	documents[0].Doc = append(documents[0].Doc, bson.E{Key: "tags", Value: bson.A{"odd"}})
	documents[0].Tags = []string{"odd"}
	documents[1].Doc = append(documents[1].Doc, bson.E{Key: "comments"}, bson.E{Key: "tags", Value: bson.A{}})
	s := open(t)
	cfg := config(newMemory(t, documents), s)
	cfg.Recognise = fromTheFuture
	r := mustAdopt(t, cfg)
	if n := quarantined(t, s); int64(n) != 4+r.Orphans {
		t.Fatalf("%d are in the quarantine; want 4 and the orphans", n)
	}
	counts, err := ingest.Replay(ctx, ingest.ReplayConfig{Store: s, Clock: aoc.SystemClock{}, Recognise: adopt.Recognise(file.Recognise)})
	if err != nil || counts.New != 3 || int64(quarantined(t, s)) != 1+r.Orphans {
		t.Errorf("replayed %+v, %v; want three events, and the document with a tag where it was", counts, err)
	}
	cfg.Recognise = file.Recognise
	mustAdopt(t, cfg)
	check(t, s, documents)
}

// fromTheFuture finds records that this version cannot decode.
func fromTheFuture(raw []byte) []aoc.Record { return []aoc.Record{{Kind: "future", Raw: raw}} }

// A document without a record does not hide the record of its event that is known.
func TestRebuiltHidesNothing(t *testing.T) {
	documents := original.Documents(1)[:1]
	bare := documents[0]
	bare.Case, bare.Quarantined, bare.Doc = "without its record", true, slices.Clone(bare.Doc)
	bare.Doc = slices.DeleteFunc(bare.Doc, func(e bson.E) bool { return e.Key == "raw" })
	bare.Doc[0].Value = bson.NewObjectID()
	bare.Doc = append(bare.Doc, bson.E{Key: "tags", Value: bson.A{"of both"}})
	documents[0].Tags = []string{"of both"}
	documents = append(documents, bare)
	s := open(t)
	cfg := config(newMemory(t, documents), s)
	for range 2 {
		if r := mustAdopt(t, cfg); r.Adopted != 1 || r.Quarantined != 1 || r.Revision != 0 {
			t.Errorf("%+v; want one adopted and one quarantined", r)
		}
		check(t, s, documents)
	}
}

// Before its record it is what is known of an event; afterwards it is an earlier version.
func TestRebuiltGivesWay(t *testing.T) {
	whole := original.Documents(1)[0]
	bare := whole
	bare.Doc = slices.DeleteFunc(slices.Clone(bare.Doc), func(e bson.E) bool { return e.Key == "raw" })
	bare.Doc[0].Value = bson.ObjectID{1}
	s := open(t)
	m := newMemory(t, []original.Document{bare})
	mustAdopt(t, config(m, s))
	m.add(t, "events", whole.Doc)
	if r := mustAdopt(t, config(m, s)); r.Revision != 1 || r.Duplicate != 1 || r.Quarantined != 0 {
		t.Errorf("%+v; want a revision", r)
	}
	check(t, s, []original.Document{whole})
	if r := mustAdopt(t, config(m, s)); r.Duplicate != 2 {
		t.Errorf("%+v; want nothing new", r)
	}
}

// Two processes do not adopt into one store at once.
func TestOneAtATime(t *testing.T) {
	s := open(t)
	lease, _, ok, err := s.TryLease(ctx, "maintenance/adopt")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	cfg := config(newMemory(t, nil), s)
	cfg.Clock = deadClock{}
	if _, err := adopt.Adopt(ctx, cfg); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("while another does: %v; want conflict", err)
	}
	if err := lease.Release(ctx); err != nil {
		t.Fatal(err)
	}
	mustAdopt(t, cfg)
}
