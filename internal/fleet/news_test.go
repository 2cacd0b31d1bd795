package fleet_test

import (
	"testing"
	"time"

	"aoc"
	"aoc/internal/fleet"
)

// how is how a worker of these tests is.
type how struct {
	State string
	Sent  int
}

// TestNews has a worker's process tell another one how it is: at once what is urgent, the
// rest within seconds, and what could not be written later.
func TestNews(t *testing.T) {
	inTime(t, func(t *testing.T, s *flaky) {
		board := func(shared bool) *fleet.Board[how] {
			return &fleet.Board[how]{
				Store: s, Clock: aoc.SystemClock{}, Kind: "test", Shared: shared,
				Urgent: func(before, after how) bool { return before.State != after.State },
			}
		}
		news, other := fleet.NewNews(board(true), "a", how{"waiting", 0}), board(true)
		step := func(what string, change func(*how), want how, known bool) {
			t.Helper()
			news.Tell(change)
			news.Post(t.Context())
			if got, ok := other.Read(t.Context(), "a"); got != want || ok != known {
				t.Errorf("%s: another process reads %+v, %t", what, got, ok)
			}
		}
		if _, ok := other.Read(t.Context(), "a"); ok {
			t.Error("there is news before any was posted")
		}
		step("the first", func(*how) {}, how{"waiting", 0}, true)
		step("soon after", func(h *how) { h.Sent = 1 }, how{"waiting", 0}, true)
		step("what is urgent", func(h *how) { h.State = "running" }, how{"running", 1}, true)
		time.Sleep(6 * time.Second)
		step("after seconds", func(h *how) { h.Sent = 2 }, how{"running", 2}, true)
		s.down.Store(true)
		step("without a store", func(h *how) { h.State = "retrying" }, how{}, false)
		s.down.Store(false)
		step("with the store again", func(*how) {}, how{"retrying", 2}, true)
		if news.Now() != (how{"retrying", 2}) {
			t.Errorf("its own process knows %+v", news.Now())
		}
		if _, ok := other.Read(t.Context(), "b"); ok {
			t.Error("there is news of another worker")
		}

		alone := fleet.NewNews(board(false), "alone", how{"running", 1})
		alone.Post(t.Context())
		if _, ok := board(false).Read(t.Context(), "a"); ok {
			t.Error("a process alone reads of others")
		}
		if _, ok := other.Read(t.Context(), "alone"); ok {
			t.Error("a process alone posts")
		}
	})
}
