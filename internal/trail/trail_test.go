package trail

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// illLog is a store's log that takes nothing while it is ill.
type illLog struct {
	store.Log
	ill atomic.Bool
}

var errIll = errors.New("the disk is full")

func (l *illLog) Append(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	if l.ill.Load() {
		return nil, errIll
	}
	return l.Log.Append(ctx, events)
}

// setClock is a clock that goes when it is told to.
type setClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *setClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

func (c *setClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type bench struct {
	*Trail
	log   *illLog
	clock *setClock
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &bench{log: &illLog{Log: s}, clock: &setClock{now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}}
	b.Trail = New(Config{Log: b.log, Clock: b.clock})
	return b
}

// told gives what is in the log, in its order.
func (b *bench) told(t *testing.T) []string {
	t.Helper()
	events, err := b.log.ReadLog(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, e := range events {
		if e.Source != aoc.SourceAOC {
			t.Errorf("an event of the source %s", e.Source)
		}
		told = append(told, e.DisplaySummary)
	}
	return told
}

func (b *bench) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := b.told(t); !slices.Equal(got, want) {
		t.Fatalf("in the log:\n%q\nwant\n%q", got, want)
	}
}

func named(name string) aoc.Caller {
	return aoc.Caller{Name: name, Subject: name + "-oid", Via: aoc.ViaSession, Role: aoc.RoleReader}
}

// TestAStoreThatTakesNothing: what has been done waits until the store is well again; what
// was refused because it could not be written down is never told as done.
func TestAStoreThatTakesNothing(t *testing.T) {
	b := newBench(t)
	b.log.ill.Store(true)
	if err := b.Write(t.Context(), Entry{Operation: "Sign in", Who: named("eve")}); !errors.Is(err, errIll) {
		t.Fatalf("signing in: %v", err)
	}
	if err := b.Done(t.Context(), Entry{Operation: "Sign out", Who: named("ada")}); !errors.Is(err, errIll) {
		t.Fatalf("signing out: %v", err)
	}
	if err := b.Note(Entry{Operation: "Search events", Who: named("bob"), Query: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); !errors.Is(err, errIll) {
		t.Fatalf("closing: %v", err)
	}
	b.expect(t)
	b.log.ill.Store(false)
	if err := b.Write(t.Context(), Entry{Operation: "Sign in", Who: named("cy")}); err != nil {
		t.Fatal(err)
	}
	b.expect(t, "ada signed out", "bob searched events for 'x'", "cy signed in")
}

// TestWaitingIsBounded: entries that wait for the store are bounded, and who comes then is
// refused rather than let do things that nobody can tell of.
func TestWaitingIsBounded(t *testing.T) {
	b := newBench(t)
	b.room = 300
	for range b.room {
		if err := b.Note(Entry{Operation: "Read event", Who: named("bob")}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []Entry{{Operation: "Read event"}, {Operation: "Search events", Held: true}, {Operation: "Sign in", Merged: true}} {
		if err := b.Note(e); aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "" {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Note(Entry{Operation: "Read event", Who: named("bob")}); err != nil {
		t.Errorf("after all was stored: %v", err)
	}
	if n := len(b.told(t)); n != b.room {
		t.Errorf("%d of %d entries are in the log", n, b.room)
	}
}

// TestTyping: a question that is typed letter by letter is one entry, of its last form;
// another person's is another, and so is another question, however soon it comes.
func TestTyping(t *testing.T) {
	b := newBench(t)
	ask := func(who, q string) {
		t.Helper()
		if err := b.Note(Entry{Operation: "Search events", Who: named(who), Query: q, Held: true}); err != nil {
			t.Fatal(err)
		}
		b.clock.add(time.Second)
		b.release(false)
		if err := b.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ask("ada", "b after:2026")
	ask("bob", "mallory")
	ask("ada", "bo after:2026")
	b.expect(t)
	ask("ada", "bob after:2026")
	b.expect(t, "bob searched events for 'mallory'")
	ask("ada", "eve")
	ask("ada", "") // all there is
	ask("ada", "x")
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.expect(t, "bob searched events for 'mallory'", "ada searched events for 'bob after:2026'", "ada searched events for 'eve'",
		"ada searched events", "ada searched events for 'x'")
}

// TestTypingHasAnEnd: who never pauses is written down all the same.
func TestTypingHasAnEnd(t *testing.T) {
	b := newBench(t)
	for range 200 {
		if err := b.Note(Entry{Operation: "Search events", Who: named("ada"), Query: "x", Held: true}); err != nil {
			t.Fatal(err)
		}
		b.clock.add(time.Second)
		b.release(false)
	}
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(b.told(t)); n != 3 {
		t.Errorf("%d entries in 200 seconds", n)
	}
}

// TestPagesThatCountAgain: what a page counts beside the search that is written down, and
// again while it is open, is left out; after some minutes it is told again.
func TestPagesThatCountAgain(t *testing.T) {
	b := newBench(t)
	search := Entry{Operation: "Search events", Who: named("ada"), Query: "x"}
	held, repeated := search, search
	held.Held, repeated.Repeated = true, true
	other := repeated
	other.Query = "y"
	for _, e := range []Entry{held, repeated, repeated, other, other} {
		if err := b.Note(e); err != nil {
			t.Fatal(err)
		}
	}
	b.clock.add(repeatAfter)
	if err := b.Note(repeated); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	told := b.told(t)
	slices.Sort(told)
	if want := []string{"ada searched events for 'x'", "ada searched events for 'x'", "ada searched events for 'y'"}; !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}

// TestAFlood: who tries again and again is one entry with a count, at the time of the first;
// thousands who do are one together, so that a flood does not fill the store. People who are
// known are told of by name all the same.
func TestAFlood(t *testing.T) {
	b := newBench(t)
	try := func(who aoc.Caller) {
		t.Helper()
		if err := b.Note(Entry{Operation: "Sign in", Who: who, Failed: true, Reason: "the token has expired", Count: 1, Merged: true}); err != nil {
			t.Fatal(err)
		}
	}
	began := b.clock.Now()
	for range 500 {
		try(aoc.Caller{Address: "198.51.100.9"})
		b.clock.add(time.Millisecond)
	}
	for i := range 8000 { // four minutes long
		try(aoc.Caller{Address: "address " + strconv.Itoa(i)})
		b.clock.add(30 * time.Millisecond)
		b.release(false)
	}
	try(named("ada"))
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := b.log.ReadLog(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(events); n > 5*(maxStrangers+20) {
		t.Errorf("%d entries", n)
	}
	tries := 0
	for _, e := range events {
		var r record
		if err := json.Unmarshal(e.Raw, &r); err != nil {
			t.Fatal(err)
		}
		tries += int(r.Count)
	}
	if tries != 8501 {
		t.Errorf("%d of 8501 tries are told of", tries)
	}
	i := slices.IndexFunc(events, func(e aoc.Event) bool { return e.ClientIP == "198.51.100.9" })
	if i < 0 {
		t.Fatal("the first one is not in the log")
	}
	if e := events[i]; !e.Timestamp.Equal(began) || !strings.Contains(string(e.Raw), `"count":500`) {
		t.Errorf("the first one is at %v: %s", e.Timestamp, e.Raw)
	}
	if !slices.ContainsFunc(events, func(e aoc.Event) bool { return strings.HasPrefix(e.ActorDisplay, "ada") }) {
		t.Error("ada is not told of")
	}
}
