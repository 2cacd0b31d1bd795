package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
)

// through opens a store whose network is the proxy, with short patience.
func (f fleet) through(t *testing.T, p *mongotest.Proxy, name string, clock aoc.Clock) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(t.Context(), p.URI(), mongo.Options{Database: f.database, Process: name, Timeout: 2 * time.Second, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // it may be cut off
	return s
}

// TestCutOff takes the network away in every way while a process appends: every call comes
// back in time and says what is wrong, and when the network is there again everything that
// was to be stored is, once.
func TestCutOff(t *testing.T) {
	for name, cut := range map[string]func(p *mongotest.Proxy){
		"refused": (*mongotest.Proxy).Refuse,
		"silent":  (*mongotest.Proxy).Hold,
		"dropped": (*mongotest.Proxy).Drop,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t)
			proxy := mongotest.NewProxy(t, f.uri)
			s := f.through(t, proxy, "cut", nil)
			mustAppend(t, s, event("before", "1"))
			cut(proxy)
			began := time.Now()
			_, err := s.Append(t.Context(), []aoc.Event{event("during", "1")})
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("append took %v", took)
			}
			if err != nil && (aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "") {
				t.Errorf("append: %v; want unavailable, with a hint", err)
			}
			if err == nil && name != "dropped" {
				t.Error("an append succeeded without a network")
			}
			if name != "dropped" {
				if err := s.Ping(t.Context()); aoc.CodeOf(err) != aoc.CodeUnavailable {
					t.Errorf("ping: %v; want unavailable", err)
				}
			}
			proxy.Restore()
			got := eventually(t, func() ([]store.Outcome, error) {
				return s.Append(t.Context(), []aoc.Event{event("before", "1"), event("during", "1"), event("after", "1")})
			})
			if got[0] != store.Duplicate || got[2] != store.New {
				t.Errorf("afterwards: %v; want duplicate, …, new", got)
			}
			if last, err := s.LastSeq(t.Context()); err != nil || last != 3 {
				t.Errorf("%d places, %v; want 3", last, err)
			}
			checkLog(t, f)
		})
	}
}

// eventually tries until it succeeds.
func eventually[T any](t *testing.T, try func() (T, error)) T {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		v, err := try()
		if err == nil {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never succeeds again: %v", err)
		}
	}
}

// TestSlowServer lets every answer take its time: nothing is done twice because of it.
func TestSlowServer(t *testing.T) {
	f := newFleet(t)
	proxy := mongotest.NewProxy(t, f.uri)
	s := f.through(t, proxy, "slow", nil)
	proxy.Delay(100 * time.Millisecond)
	if got := mustAppend(t, s, event("a", "1"), event("b", "1")); !slices.Equal(got, []store.Outcome{store.New, store.New}) {
		t.Errorf("slowly: %v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := s.Append(ctx, []aoc.Event{event("c", "1")}); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("a caller with little time: %v after %v", err, time.Since(began))
	}
	proxy.Restore()
	mustAppend(t, s, event("c", "1"))
	if last, err := s.LastSeq(t.Context()); err != nil || last != 3 {
		t.Errorf("%d places, %v; want 3", last, err)
	}
}

// fastClock is a clock that runs faster or slower than the machine's, and shows another time.
type fastClock struct {
	factor float64
	offset time.Duration
	began  time.Time
}

func (c fastClock) Now() time.Time {
	return c.began.Add(c.offset + time.Duration(float64(time.Since(c.began))*c.factor)).UTC()
}

func (c fastClock) Sleep(ctx context.Context, d time.Duration) error {
	return aoc.SystemClock{}.Sleep(ctx, time.Duration(float64(d)/c.factor))
}

// TestLeaseIsTakenOver cuts who has a lease off: another process takes it within seconds, by
// a clock that is hours away, and what the first one still writes under it is refused.
func TestLeaseIsTakenOver(t *testing.T) {
	f := newFleet(t)
	proxy := mongotest.NewProxy(t, f.uri)
	first := f.through(t, proxy, "first", nil)
	second := f.through(t, mongotest.NewProxy(t, f.uri), "second", fastClock{factor: 4, offset: -7 * time.Hour, began: time.Now()})
	had, _, ok, err := first.TryLease(t.Context(), "work")
	if err != nil || !ok {
		t.Fatalf("%v, %v", ok, err)
	}
	ctx, cancel := had.Context(t.Context())
	defer cancel()
	if err := first.SetCheckpoint(ctx, "position", "1"); err != nil {
		t.Fatal(err)
	}
	if _, holder, ok, err := second.TryLease(t.Context(), "work"); ok || err != nil || holder != "first" {
		t.Fatalf("while it lives: taken %v, held by %q, %v", ok, holder, err)
	}
	proxy.Hold()
	began := time.Now()
	var taken store.Lease
	for !ok || taken == nil {
		if taken, _, ok, err = second.TryLease(t.Context(), "work"); err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > time.Minute {
			t.Fatal("nobody takes over")
		}
		_ = aoc.SystemClock{}.Sleep(t.Context(), 50*time.Millisecond)
	}
	if taken.Term() != had.Term()+1 {
		t.Errorf("term %d after %d", taken.Term(), had.Term())
	}
	mine, done := taken.Context(t.Context())
	defer done()
	if err := second.SetCheckpoint(mine, "position", "2"); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done() // it has seen by itself that it can no longer show that it lives
	proxy.Restore()
	late := store.WithFence(t.Context(), store.Fence{Name: "work", Term: had.Term()})
	eventually(t, func() (bool, error) { return true, first.Ping(t.Context()) })
	if err := first.SetCheckpoint(late, "position", "1 again"); aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("a write under the lost lease: %v; want conflict", err)
	}
	if p, err := first.Checkpoint(t.Context(), "position"); err != nil || p != "2" {
		t.Errorf("position %q, %v; want 2", p, err)
	}
	if err := had.Release(t.Context()); err != nil {
		t.Errorf("release of what is lost: %v", err)
	}
	if _, holder, ok, err := first.TryLease(t.Context(), "work"); ok || err != nil || holder != "second" {
		t.Errorf("it got it back: %v, %q, %v", ok, holder, err)
	}
}

// TestSleepingHolder lets a process sleep between looking at the log of the ledger and
// writing to it, for longer than entries are kept: it must notice.
func TestSleepingHolder(t *testing.T) {
	f := newFleet(t)
	asleep, wake := make(chan struct{}), make(chan struct{})
	var once sync.Once
	mongo.KeepLedger(t, 20)
	sleepy := f.open(t, "sleepy", func(_ context.Context, s mongo.Step) error {
		if s.Point == "commit" && s.Kind == "ledger" && s.N == 3 {
			once.Do(func() {
				close(asleep)
				<-wake
			})
		}
		return nil
	})
	had, _, ok, err := sleepy.TryLease(t.Context(), "work") // entry 1
	if err != nil || !ok {
		t.Fatal(err)
	}
	fence := store.WithFence(t.Context(), store.Fence{Name: "work", Term: had.Term()})
	if err := sleepy.SetCheckpoint(fence, "position", "1"); err != nil { // entry 2
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- sleepy.SetCheckpoint(fence, "position", "late") }()
	<-asleep
	steady := f.open(t, "steady", nil)
	if err := mongo.RaiseFence(t.Context(), steady, "work", had.Term()+1); err != nil {
		t.Fatal(err)
	}
	for i := range 40 { // entries are kept 20 deep in this test
		if err := steady.SetCheckpoint(t.Context(), "position", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	close(wake)
	if err := <-done; aoc.CodeOf(err) != aoc.CodeConflict {
		t.Errorf("the one who slept: %v; want conflict", err)
	}
	if p, err := steady.Checkpoint(t.Context(), "position"); err != nil || p != "39" {
		t.Errorf("position %q, %v; want 39", p, err)
	}
}

func TestForeignCollectionsAreRefused(t *testing.T) {
	f := newFleet(t)
	docs := f.collection(t, "events")
	if _, err := docs.InsertOne(t.Context(), map[string]any{"dedupe_key": "x", "operation": "Add user"}); err != nil {
		t.Fatal(err)
	}
	_, err := mongo.Open(t.Context(), f.uri, mongo.Options{Database: f.database})
	if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
		t.Errorf("documents of another program: %v; want invalid, with a hint", err)
	}
	s, err := mongo.Open(t.Context(), f.uri, mongo.Options{Database: f.database, Events: "mine"})
	if err != nil {
		t.Fatalf("another collection beside it: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_, err = mongo.Open(t.Context(), f.uri, mongo.Options{Database: f.database, Events: "mine", NoChain: true})
	if aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("the chain is switched off later: %v; want invalid", err)
	}
}

func TestBadAddresses(t *testing.T) {
	for _, uri := range []string{"", "nonsense", "mongodb://", "mongodb://ada:hunter2@", "postgres://ada:hunter2@db"} {
		_, err := mongo.Open(t.Context(), uri, mongo.Options{})
		if aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%q: %v; want invalid", uri, err)
		}
		if s := fmt.Sprint(err, errors.Unwrap(err), aoc.HintOf(err)); strings.Contains(s, "hunter2") {
			t.Errorf("the password shows in %q", s)
		}
	}
	_, err := mongo.Open(t.Context(), "mongodb://ada:hunter2@127.0.0.1:1/?directConnection=true", mongo.Options{Timeout: time.Second})
	if aoc.CodeOf(err) != aoc.CodeUnavailable || strings.Contains(fmt.Sprintf("%v %+v", err, err), "hunter2") {
		t.Errorf("nobody listens: %v; want unavailable, without the password", err)
	}
}
