package edge

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
)

func limits() TurnLimits {
	return TurnLimits{AtOnce: 2, PerClient: 1, Waiting: 4, Wait: time.Second, Busy: "busy", Hint: "wait"}
}

// take begins a turn in the background; the channel tells how it went.
func take(t *Turns, client string) chan error {
	began := make(chan error, 1)
	go func() {
		_, err := t.Take(context.Background(), client)
		began <- err
	}()
	return began
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(limits())
		end, err := turns.Take(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		again := take(turns, "ada")
		synctest.Wait()
		if _, err := turns.Take(t.Context(), "bob"); err != nil {
			t.Errorf("a second client has to wait for the first one: %v", err)
		}
		select {
		case err := <-again:
			t.Fatalf("one client has two turns: %v", err)
		default:
		}
		end()
		if err := <-again; err != nil {
			t.Errorf("after the turn ended: %v", err)
		}
	})
}

func TestTurnsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(limits())
		for _, who := range []string{"ada", "bob"} {
			if _, err := turns.Take(t.Context(), who); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		waiting := []chan error{take(turns, "ada"), take(turns, "ada")}
		synctest.Wait()
		if err := <-take(turns, "ada"); aoc.CodeOf(err) != aoc.CodeThrottled || aoc.HintOf(err) != "wait" {
			t.Errorf("more than half of the queue for one client: %v", err)
		}
		waiting = append(waiting, take(turns, "bob"), take(turns, "bob"))
		synctest.Wait()
		if err := <-take(turns, ""); aoc.CodeOf(err) != aoc.CodeThrottled || time.Since(began) != 0 {
			t.Errorf("with a full queue: %v after %v", err, time.Since(began))
		}
		for _, w := range waiting {
			if err := <-w; aoc.CodeOf(err) != aoc.CodeThrottled || time.Since(began) != time.Second {
				t.Errorf("after waiting: %v after %v", err, time.Since(began))
			}
		}
		if len(turns.queue) != 0 {
			t.Errorf("%d are still in the queue", len(turns.queue))
		}
	})
}

func TestTurnsOfThoseWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(limits())
		end, _ := turns.Take(t.Context(), "ada")
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := turns.Take(ctx, "ada")
			left <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		end()
		if len(turns.queue) != 0 || len(turns.working) != 0 {
			t.Errorf("left behind: %d working, %d in the queue", len(turns.working), len(turns.queue))
		}
	})
}

// TestHeavyTurns lets many clients ask what takes long, and one that asks what does not.
func TestHeavyTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(TurnLimits{AtOnce: 4, PerClient: 2, Waiting: 32, Wait: 10 * time.Second, Heavy: 2 * time.Second})
		var ends []func()
		at := netip.MustParseAddr("198.51.100.1")
		for range 4 {
			at = at.Next()
			end, err := turns.Take(t.Context(), at.String())
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, end)
		}
		began := time.Now()
		end, err := turns.Take(t.Context(), "ada")
		if waited := time.Since(began); err != nil || waited > 2*time.Second+lookAgain {
			t.Fatalf("beside what has become heavy: %v after %v", err, waited)
		}
		end()
		again := take(turns, at.String()) // had a heavy one
		for range 20 {
			began := time.Now()
			end, err := turns.Take(t.Context(), "ada")
			if err != nil || time.Since(began) != 0 {
				t.Fatalf("who asks what is light waits %v: %v", time.Since(began), err)
			}
			end()
		}
		ends[0]()
		ends[1]()
		synctest.Wait()
		select {
		case <-again:
			t.Error("clients of heavy turns have more than half of all turns")
		default:
		}
		ends[2]()
		if err := <-again; err != nil {
			t.Error(err)
		}
		// All others together may not exceed twice the limit.
		var more []chan error
		for range 20 {
			at = at.Next()
			more = append(more, take(turns, at.String()))
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := len(turns.working); n != 8 {
			t.Errorf("%d turns at once", n)
		}
		for _, m := range more {
			select {
			case <-m:
			case <-time.After(10 * time.Second):
				t.Fatal("somebody waits for ever")
			}
		}
	})
}

func TestHeaviesAreForgotten(t *testing.T) {
	turns := NewTurns(TurnLimits{AtOnce: 4, Heavy: time.Second})
	at := netip.MustParseAddr("10.0.0.0")
	for range 3 * maxHeavies {
		at = at.Next()
		turns.remember(at.String(), time.Now())
	}
	if len(turns.heavies) > maxHeavies || !turns.hadHeavy(at.String(), time.Now()) || turns.hadHeavy(at.String(), time.Now().Add(heavyFor)) {
		t.Errorf("%d are remembered", len(turns.heavies))
	}
}

func TestTurnsWithoutLimit(t *testing.T) {
	for range 100 {
		if _, err := NewTurns(TurnLimits{}).Take(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
	}
}
