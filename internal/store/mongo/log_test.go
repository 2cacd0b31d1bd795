package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
)

var (
	errDied  = errors.New("the process has died")
	someTime = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
)

// event makes an event; content tells its versions apart.
func event(id, content string) aoc.Event {
	e := aoc.Event{
		ID: id, Source: aoc.SourceUnified, TenantID: "11111111-2222-3333-4444-555555555555", Timestamp: someTime, ReceivedAt: someTime,
		Origin: aoc.OriginCollected, Operation: "Update user", ActorDisplay: "Ada", DisplaySummary: "Ada did it",
		Raw: fmt.Appendf(nil, `{"Id":%q,"content":%q}`, id, content), Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{},
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

// fleet opens stores on one database, each as a process would.
type fleet struct {
	uri, database string
}

func newFleet(t *testing.T) fleet {
	t.Helper()
	uri, database := mongotest.Database(t)
	return fleet{uri, database}
}

func (f fleet) open(t *testing.T, name string, step func(ctx context.Context, s mongo.Step) error) *mongo.Store {
	t.Helper()
	opts := mongo.Options{Database: f.database, Process: name}
	if step != nil {
		opts = mongo.WithStep(opts, step)
	}
	s, err := mongo.Open(t.Context(), f.uri, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// collection gives a collection of the fleet's database as it is.
func (f fleet) collection(t *testing.T, name string) *driver.Collection {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(f.uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database(f.database).Collection(name)
}

func mustAppend(t *testing.T, s *mongo.Store, events ...aoc.Event) []store.Outcome {
	t.Helper()
	got, err := s.Append(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestDyingAtEveryStep lets a process die between any two steps of every kind of change, and
// another one go on: what was committed is there, once; what was not can be done again.
func TestDyingAtEveryStep(t *testing.T) {
	change := map[string]func(ctx context.Context, s *mongo.Store) error{
		"append": func(ctx context.Context, s *mongo.Store) error {
			_, err := s.Append(ctx, []aoc.Event{event("new", "1"), event("old", "2")})
			return err
		},
		"edit": func(ctx context.Context, s *mongo.Store) error {
			_, err := s.Annotate(ctx, []aoc.Edit{{Key: event("old", "").Key, By: "ada", At: someTime, Tags: &aoc.TagEdit{Add: []string{"x"}}}})
			return err
		},
		"document": func(ctx context.Context, s *mongo.Store) error {
			_, err := s.PutDocument(ctx, store.Document{Kind: "saved", ID: "d", By: "ada", At: someTime, Body: []byte(`1`)})
			if docs, _ := s.ListDocuments(ctx, "saved"); aoc.CodeOf(err) == aoc.CodeConflict && len(docs) == 1 {
				return nil // it has been done
			}
			return err
		},
		"rewrite": func(ctx context.Context, s *mongo.Store) error {
			_, err := s.Rewrite(ctx, "", 10, func(e aoc.Event) (aoc.Event, error) {
				e.DedupeKey = strings.TrimSuffix(e.DedupeKey, "/odd")
				e.Key = aoc.KeyOf(e.DedupeKey)
				e.DisplaySummary = "anew"
				return e, nil
			})
			return err
		},
		"ledger": func(ctx context.Context, s *mongo.Store) error { return s.SetCheckpoint(ctx, "p", "7") },
	}
	for kind, do := range change {
		for _, point := range []string{"commit", "apply", "mark"} {
			t.Run(kind+" before "+point, func(t *testing.T) {
				f := newFleet(t)
				steady := f.open(t, "steady", nil)
				odd := event("old", "3")
				odd.DedupeKey += "/odd"
				odd.Key = aoc.KeyOf(odd.DedupeKey)
				mustAppend(t, steady, event("old", "1"), odd)
				dying := f.open(t, "dying", func(_ context.Context, s mongo.Step) error {
					if s.Kind == kind && s.Point == point {
						return errDied
					}
					return nil
				})
				if err := do(t.Context(), dying); err == nil {
					t.Fatal("it did not die")
				}
				if err := do(t.Context(), steady); err != nil {
					t.Fatalf("another process cannot go on: %v", err)
				}
				checkAfter(t, steady, kind)
				checkLog(t, f)
			})
		}
	}
}

func checkAfter(t *testing.T, s *mongo.Store, kind string) {
	t.Helper()
	ctx := t.Context()
	old, err := s.Get(ctx, event("old", "").Key)
	if err != nil {
		t.Fatal(err)
	}
	last, err := s.LastSeq(ctx)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "append":
		if got := mustAppend(t, s, event("new", "1"), event("old", "2")); !slices.Equal(got, []store.Outcome{store.Duplicate, store.Duplicate}) || last != 4 || old.Revisions != 1 {
			t.Errorf("again: %v; %d places, %d revisions; want duplicates, 4, 1", got, last, old.Revisions)
		}
	case "edit":
		records, err := s.Edits(ctx, store.EditFilter{}, 10)
		if err != nil || len(records) != 1 || !slices.Equal(old.Tags, []string{"x"}) {
			t.Errorf("%d records, %v, tags %v; want one of each", len(records), err, old.Tags)
		}
	case "document":
		docs, err := s.ListDocuments(ctx, "saved")
		records, err2 := s.Edits(ctx, store.EditFilter{}, 10)
		if err != nil || err2 != nil || len(docs) != 1 || docs[0].Version != 1 || len(records) != 1 {
			t.Errorf("documents %v, %v, records %v, %v; want one of each", docs, err, records, err2)
		}
	case "rewrite":
		versions, err := s.Versions(ctx, old.Key)
		if err != nil || len(versions) != 2 || old.Revisions != 1 || old.DisplaySummary != "anew" {
			t.Errorf("%d versions, %v, %d revisions, %q; want the two joined", len(versions), err, old.Revisions, old.DisplaySummary)
		}
	case "ledger":
		if p, err := s.Checkpoint(ctx, "p"); err != nil || p != "7" {
			t.Errorf("checkpoint %q, %v", p, err)
		}
	}
}

// logEntry is what a test looks at of an entry.
type logEntry struct {
	ID      string   `bson:"_id"`
	N       int64    `bson:"n"`
	Prev    []byte   `bson:"prev"`
	Hash    []byte   `bson:"hash"`
	Nonce   string   `bson:"nonce"`
	Size    int64    `bson:"size"`
	Edits   int64    `bson:"edits"`
	Keys    []string `bson:"keys"`
	Leaves  []byte   `bson:"leaves"`
	Applied bool     `bson:"applied"`
	Body    []byte   `bson:"body"`
}

// checkLog holds that the log of events is one unbroken chain of applied entries.
func checkLog(t *testing.T, f fleet) []logEntry {
	t.Helper()
	entries := f.entries(t, "aoc_log")
	if len(entries) > 0 && entries[0].N != 1 {
		t.Fatalf("the log begins with entry %d", entries[0].N)
	}
	if err := chained(entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// entries reads a log.
func (f fleet) entries(t *testing.T, log string) []logEntry {
	t.Helper()
	cursor, err := f.collection(t, log).Find(t.Context(), bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		t.Fatal(err)
	}
	var entries []logEntry
	if err := cursor.All(t.Context(), &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// chained tells where entries are no unbroken chain of applied ones.
func chained(entries []logEntry) error {
	for i, e := range entries {
		before := logEntry{N: e.N - 1, Prev: e.Prev, Hash: e.Prev, Size: e.Size - int64(len(e.Keys))}
		if i > 0 {
			before = entries[i-1]
		}
		switch {
		case e.N != before.N+1 || e.ID != fmt.Sprintf("%012d", e.N):
			return fmt.Errorf("entry %d follows %d", e.N, before.N)
		case string(e.Prev) != string(before.Hash) || len(e.Hash) != 32:
			return fmt.Errorf("entry %d does not name the hash of the one before", e.N)
		case e.Size != before.Size+int64(len(e.Keys)):
			return fmt.Errorf("entry %d has %d places after %d and %d keys", e.N, e.Size, before.Size, len(e.Keys))
		case !e.Applied || len(e.Body) > 0:
			return fmt.Errorf("entry %d: applied %v, %d bytes of body left", e.N, e.Applied, len(e.Body))
		}
	}
	return nil
}

// TestVersionsInOneAppend appends several versions of many events at once, mixed: each event
// has all of its versions, in the order in which they came.
func TestVersionsInOneAppend(t *testing.T) {
	mongo.SmallInserts(t)
	s := newFleet(t).open(t, "p", nil)
	var all []aoc.Event
	for version := range 3 {
		for id := range 20 {
			all = append(all, event(fmt.Sprint(id), fmt.Sprint(version)))
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	mustAppend(t, s, all...)
	want := map[string][]string{}
	for _, e := range all {
		want[e.Key] = append(want[e.Key], string(e.Raw))
	}
	for key, raws := range want {
		versions, err := s.Versions(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range versions {
			got = append(got, string(v.Raw))
		}
		if !slices.Equal(got, raws) {
			t.Errorf("%s: %q, want %q", key, got, raws)
		}
	}
}

// hastyClock sleeps for no time, and counts it.
type hastyClock struct {
	aoc.Clock
	slept time.Duration
}

func (c *hastyClock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept += d
	return ctx.Err()
}

// TestHelpComesInTime lets a process die before it applies an entry: another one waits as
// long as applying an entry of that size may take, and applies it then.
func TestHelpComesInTime(t *testing.T) {
	for _, size := range []int{1, 800} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			f := newFleet(t)
			var all []aoc.Event
			for i := range size {
				all = append(all, event(fmt.Sprint(i), ""))
			}
			dying := f.open(t, "dying", func(_ context.Context, s mongo.Step) error {
				if s.Point == "apply" {
					return errDied
				}
				return nil
			})
			if _, err := dying.Append(t.Context(), all); !errors.Is(err, errDied) {
				t.Fatal(err)
			}
			clock := &hastyClock{Clock: aoc.SystemClock{}}
			helper, err := mongo.Open(t.Context(), f.uri, mongo.Options{Database: f.database, Process: "helper", Clock: clock})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = helper.Close() })
			least := clock.slept + 500*time.Millisecond + time.Duration(size)*time.Millisecond
			mustAppend(t, helper, event("another", ""))
			if clock.slept < least || clock.slept > least+500*time.Millisecond {
				t.Errorf("help came after %s, want %s and little more", clock.slept, least)
			}
			if entries := checkLog(t, f); len(entries) != 2 {
				t.Errorf("%d entries", len(entries))
			}
		})
	}
}

// TestApplyingLate lets a process sleep before it applies what it has committed, while others
// go on: when it wakes up, it must not bring back what is no longer so.
func TestApplyingLate(t *testing.T) {
	f := newFleet(t)
	steady := f.open(t, "steady", nil)
	mustAppend(t, steady, event("a", "1"))
	key := event("a", "").Key
	asleep, wake := make(chan struct{}), make(chan struct{})
	var once sync.Once
	sleepy := f.open(t, "sleepy", func(_ context.Context, s mongo.Step) error {
		if s.Point == "apply" {
			once.Do(func() {
				close(asleep)
				<-wake
			})
		}
		return nil
	})
	done := make(chan error, 1)
	go func() {
		_, err := sleepy.Append(context.Background(), []aoc.Event{event("a", "2"), event("b", "1")})
		done <- err
	}()
	<-asleep
	mustAppend(t, steady, event("a", "3"))
	tag := aoc.Edit{Key: key, By: "ada", At: someTime, Tags: &aoc.TagEdit{Add: []string{"kept"}}}
	if _, err := steady.Annotate(t.Context(), []aoc.Edit{tag}); err != nil {
		t.Fatal(err)
	}
	before, err := steady.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	close(wake)
	if err := <-done; err != nil {
		t.Fatalf("the one who slept: %v; what it committed has happened", err)
	}
	after, err := steady.Get(t.Context(), key)
	if err != nil || after.Seq != before.Seq || after.Revisions != 2 || string(after.Raw) != string(before.Raw) || !slices.Equal(after.Tags, []string{"kept"}) {
		t.Errorf("after it woke up: %+v, %v; want %+v", after, err, before)
	}
	if got := mustAppend(t, steady, event("a", "2"), event("b", "1")); !slices.Equal(got, []store.Outcome{store.Duplicate, store.Duplicate}) {
		t.Errorf("what it committed comes again: %v", got)
	}
	checkLog(t, f)
}

// TestFollowersSeeEverythingInOrder lets many processes append while another follows the log
// and others die: it must see every place, in order, at once.
func TestFollowersSeeEverythingInOrder(t *testing.T) {
	f := newFleet(t)
	const processes, rounds = 3, 8
	var writers sync.WaitGroup
	for p := range processes {
		rng := rand.New(rand.NewPCG(uint64(p), 1))
		var mu sync.Mutex
		s := f.open(t, fmt.Sprint("writer ", p), func(_ context.Context, _ mongo.Step) error {
			mu.Lock()
			defer mu.Unlock()
			if rng.IntN(6) == 0 {
				return errDied
			}
			return nil
		})
		writers.Go(func() {
			for r := range rounds {
				batch := []aoc.Event{event(fmt.Sprintf("%d/%d", p, r), "1"), event(fmt.Sprint("shared ", r), fmt.Sprint(r%2))}
				for {
					_, err := s.Append(t.Context(), batch)
					if err == nil {
						break
					}
					if !errors.Is(err, errDied) {
						t.Errorf("append: %v", err)
						return
					}
				}
			}
		})
	}
	follower := f.open(t, "follower", nil)
	ended := make(chan struct{})
	go func() {
		writers.Wait()
		close(ended)
	}()
	seen := map[string]int64{}
	pos := int64(0)
	for last := false; !last; {
		select {
		case <-ended:
			last = true
		default:
		}
		if _, err := follower.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		for {
			events, err := follower.ReadLog(t.Context(), pos, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(events) == 0 {
				break
			}
			for _, e := range events {
				if e.Seq <= pos {
					t.Fatalf("place %d after %d", e.Seq, pos)
				}
				if seen[e.Key] != 0 {
					t.Fatalf("event %s is seen at %d and %d, without a revision", e.ID, seen[e.Key], e.Seq)
				}
				seen[e.Key], pos = e.Seq, e.Seq
			}
		}
	}
	if want := processes*rounds + rounds; len(seen) != want {
		t.Errorf("%d events were seen; want %d", len(seen), want)
	}
	last, err := follower.LastSeq(t.Context())
	if err != nil || last != int64(processes*rounds+rounds) {
		t.Errorf("%d places, %v; want one for each event", last, err)
	}
	size, root, err := follower.TreeHead(t.Context())
	leaves, err2 := follower.LeafHashes(t.Context(), 0, int(size)+1)
	if err != nil || err2 != nil || int64(len(leaves)) != last || size != last || root == [32]byte{} {
		t.Errorf("tree of %d leaves, %d found, %v, %v", size, len(leaves), err, err2)
	}
}
