package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

// mustLease takes a lease that must be free.
func mustLease(t *testing.T, s store.Leases, name string) store.Lease {
	t.Helper()
	l, holder, ok, err := s.TryLease(context.Background(), name)
	if err != nil || !ok {
		t.Fatalf("lease %q: %v, %v, held by %q; want it", name, ok, err, holder)
	}
	return l
}

func release(t *testing.T, l store.Lease) {
	t.Helper()
	if err := l.Release(context.Background()); err != nil {
		t.Fatalf("release: %v", err)
	}
}

// testLeases: one holder at a time, terms that grow, and no wait after a release.
func testLeases(t *testing.T, s store.Store) {
	ctx := context.Background()
	if _, _, _, err := s.TryLease(ctx, ""); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("a lease without a name: %v; want invalid", err)
	}
	first := mustLease(t, s, "work")
	other := mustLease(t, s, "other work")
	if _, holder, ok, err := s.TryLease(ctx, "work"); err != nil || ok || holder == "" {
		t.Errorf("a lease that is held: %v, %v, held by %q; want it refused, and its holder's name", ok, err, holder)
	}
	if first.Term() <= 0 {
		t.Errorf("the first term is %d; want a positive number", first.Term())
	}
	term := first.Term()
	release(t, first)
	release(t, first) // again does nothing
	for range 3 {
		next := mustLease(t, s, "work") // at once
		release(t, first)               // a lease given back earlier is not the one that is held now
		if _, _, ok, err := s.TryLease(ctx, "work"); err != nil || ok {
			t.Errorf("after an old lease was released again: %v, %v; want the new one held", ok, err)
		}
		if next.Term() <= term {
			t.Errorf("term %d follows %d; want it to grow", next.Term(), term)
		}
		term = next.Term()
		release(t, next)
	}
	release(t, other)
}

// testLeaseContexts: a lease's context carries its fence, ends with what it is made of and
// with the lease, and not before.
func testLeaseContexts(t *testing.T, s store.Store) {
	l := mustLease(t, s, "work")
	base, end := context.WithCancel(context.Background())
	defer end()
	a, cancelA := l.Context(base)
	defer cancelA()
	b, cancelB := l.Context(context.Background())
	defer cancelB()
	if f, ok := store.FenceOf(a); !ok || f != (store.Fence{Name: "work", Term: l.Term()}) {
		t.Errorf("the fence of a lease's context: %v, %v", f, ok)
	}
	if err := errors.Join(a.Err(), b.Err()); err != nil {
		t.Errorf("the contexts of a lease that is held have ended: %v", err)
	}
	end()
	awaitEnd(t, "what it is made of", a)
	if b.Err() != nil {
		t.Errorf("another context of the lease has ended, too: %v", b.Err())
	}
	release(t, l)
	awaitEnd(t, "its lease", b)
}

func awaitEnd(t *testing.T, of string, ctx context.Context) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Errorf("a lease's context goes on after the end of %s", of)
	}
}

// testConcurrentLeases: of many who try, one has it.
func testConcurrentLeases(t *testing.T, s store.Store) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var terms []int64
	for range 8 {
		wg.Go(func() {
			for range 5 {
				l, _, ok, err := s.TryLease(context.Background(), "work")
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					continue
				}
				if !mu.TryLock() {
					t.Error("two have the lease at once")
					return
				}
				terms = append(terms, l.Term())
				mu.Unlock()
				if err := l.Release(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i := 1; i < len(terms); i++ {
		if terms[i] <= terms[i-1] {
			t.Errorf("terms in the order they were had: %v; want them to grow", terms)
		}
	}
}

// fencedWrites is every write that a fence holds for, with a way to see whether it was done.
func fencedWrites(s store.Store) map[string]func(ctx context.Context) error {
	window := aoc.LedgerWindow{Feed: feedA, Window: hours(5, 6), State: aoc.WindowPlanned, PlannedAt: day}
	unit := aoc.LedgerUnit{Feed: feedA, WindowStart: day, State: aoc.UnitListed, Unit: aoc.Unit{ID: "fenced"}}
	return map[string]func(ctx context.Context) error{
		"windows":    func(ctx context.Context) error { return s.PutWindows(ctx, []aoc.LedgerWindow{window}) },
		"units":      func(ctx context.Context) error { return s.PutUnits(ctx, []aoc.LedgerUnit{unit}) },
		"drop":       func(ctx context.Context) error { return s.DropWindows(ctx, feedA, hours(1, 2).Start) },
		"checkpoint": func(ctx context.Context) error { return s.SetCheckpoint(ctx, "c", "written") },
	}
}

// written tells what of fencedWrites was done.
func written(t *testing.T, s store.Store) map[string]bool {
	t.Helper()
	ctx := context.Background()
	ws, err := s.ListWindows(ctx, feedA, aoc.Window{})
	us, uerr := s.GetUnits(ctx, feedA, []string{"fenced"})
	position, cerr := s.Checkpoint(ctx, "c")
	if err := errors.Join(err, uerr, cerr); err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{"units": len(us) == 1, "checkpoint": position == "written", "drop": true}
	for _, w := range ws {
		done["windows"] = done["windows"] || w.Window == hours(5, 6)
		done["drop"] = done["drop"] && w.Window != hours(0, 1)
	}
	return done
}

// testFences: a write under a lease that somebody else has taken since fails and does
// nothing; without a fence, or under the newest lease, it is done.
func testFences(t *testing.T, s store.Store) {
	ctx := context.Background()
	there := aoc.LedgerWindow{Feed: feedA, Window: hours(0, 1), State: aoc.WindowClosed, PlannedAt: day}
	if err := s.PutWindows(ctx, []aoc.LedgerWindow{there}); err != nil {
		t.Fatal(err)
	}
	old := mustLease(t, s, "work")
	stale := store.WithFence(ctx, store.Fence{Name: "work", Term: old.Term()})
	elsewhere := mustLease(t, s, "other work")
	release(t, elsewhere)
	if err := s.SetCheckpoint(stale, "before", "1"); err != nil {
		t.Errorf("a write under the lease that is held: %v", err)
	}
	release(t, old)
	if err := s.SetCheckpoint(stale, "before", "2"); err != nil {
		t.Errorf("a write under a lease that was given back and that nobody has taken since: %v", err)
	}
	held := mustLease(t, s, "work")
	defer release(t, held)
	for name, write := range fencedWrites(s) {
		if err := write(stale); aoc.CodeOf(err) != aoc.CodeConflict || aoc.HintOf(err) == "" {
			t.Errorf("%s under an old lease: %v; want conflict, with a hint", name, err)
		}
		if written(t, s)[name] {
			t.Errorf("%s under an old lease: it is written all the same", name)
		}
	}
	if p, err := s.Checkpoint(ctx, "before"); err != nil || p != "2" {
		t.Errorf("the checkpoint from before: %q, %v; want 2", p, err)
	}
	current, cancel := held.Context(ctx)
	defer cancel()
	for name, write := range fencedWrites(s) {
		fenced := current
		if name == "units" {
			fenced = ctx // and without a fence
		}
		if err := write(fenced); err != nil || !written(t, s)[name] {
			t.Errorf("%s under the newest lease, or none: %v", name, err)
		}
	}
	if err := s.SetCheckpoint(store.WithFence(ctx, store.Fence{Name: "never taken", Term: 1}), "d", "1"); err != nil {
		t.Errorf("a fence of a lease that nobody has ever had: %v", err)
	}
}
