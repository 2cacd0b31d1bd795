package forward

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sink"
)

func unavailable() error {
	e := aoc.Errorf(aoc.CodeUnavailable, "test.send", "nobody is there")
	e.Hint = "Switch it on."
	return e
}

// Events arrive in log order while the receiver fails at random and the log grows.
func TestNothingIsLost(t *testing.T) {
	inTime(t, func(w *world) {
		random := rand.New(rand.NewPCG(1, 2))
		r := w.add("a", nil)
		r.set(func([]aoc.Event) ([]sink.Rejection, error) {
			if rand.IntN(3) == 0 {
				return nil, []error{unavailable(), aoc.Errorf(aoc.CodeUpstream, "x", "500"), context.DeadlineExceeded}[rand.IntN(3)]
			}
			return nil, nil
		})
		_, stop := w.run(w.store, "a")
		defer stop()
		var want []string
		for range 20 {
			want = append(want, w.log(1+random.IntN(30), nil)...)
			time.Sleep(time.Duration(random.IntN(4000)) * time.Millisecond)
		}
		time.Sleep(30 * time.Minute)
		w.holds(r, want)
	})
}

// A process dies at every step that it does; the next one goes on, and nothing is lost: what
// was refused is a dead letter, everything else has arrived.
func TestCrashAtEveryStep(t *testing.T) {
	const events = 16
	for first, after := range []bool{false, true} {
		for dieAt := 1 + first; ; dieAt += stride() {
			finished := false
			inTime(t, func(w *world) {
				r := w.add("a", nil)
				refuse := func(batch []aoc.Event) (rejected []sink.Rejection, err error) {
					for i := range batch {
						if strings.HasSuffix(batch[i].ID, "7") {
							rejected = append(rejected, sink.Rejection{Index: i, Reason: "a seven"})
						}
					}
					return rejected, nil
				}
				ids := w.log(events, nil)
				crashing := &stepping{Store: w.store, dieAt: dieAt, after: after}
				f := New(w.config(crashing, "first"))
				ctx, cancel := context.WithCancel(w.t.Context())
				crashing.die = cancel
				r.set(func(batch []aoc.Event) ([]sink.Rejection, error) {
					if do, tell := crashing.step(); !do || !tell {
						if do {
							r.got = append(r.got, batch...) // it has them, and nobody learns of it
							r.got = slices.DeleteFunc(r.got, func(e aoc.Event) bool { return strings.HasSuffix(e.ID, "7") })
						}
						return nil, errCrash
					}
					return refuse(batch)
				})
				go func() { time.Sleep(10 * time.Second); cancel() }()
				if err := f.Run(ctx); err != nil {
					w.t.Error(err)
				}
				crashing.mu.Lock()
				finished = crashing.steps < dieAt
				crashing.mu.Unlock()
				r.set(refuse)
				next, stop := w.run(w.store, "second")
				time.Sleep(15 * time.Second)
				stop()
				want := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return strings.HasSuffix(id, "7") })
				w.holds(r, want)
				letters, err := next.DeadLetters(w.t.Context(), DeadLetterFilter{})
				if err != nil || len(letters) != len(ids)-len(want) {
					w.t.Errorf("%d dead letters, want %d; %v", len(letters), len(ids)-len(want), err)
				}
			})
			if t.Failed() {
				t.Fatalf("it died at step %d, done: %t", dieAt, after)
			}
			if finished {
				t.Logf("%d steps", dieAt-1)
				break
			}
		}
	}
}

// Where a sink begins, and that being told to begin again is done once.
func TestStart(t *testing.T) {
	inTime(t, func(w *world) {
		old := w.log(5, nil)
		time.Sleep(time.Hour)
		from := time.Now()
		recent := w.log(10, nil)
		time.Sleep(time.Hour)
		starts := map[string]sink.Start{"now": {}, "all": {From: sink.FromBeginning}, "time": {From: sink.FromTime, At: from}}
		for id, s := range starts {
			w.add(id, func(c *sink.Config) { c.Start = s })
		}
		f, stop := w.run(w.store, "a")
		time.Sleep(time.Minute)
		late := w.log(3, func(e *aoc.Event) { e.Timestamp = from.Add(-24 * time.Hour) }) // arrives late, and is news
		time.Sleep(time.Minute)
		w.holds(w.receivers["now"], late)
		w.holds(w.receivers["all"], slices.Concat(old, recent, late))
		w.holds(w.receivers["time"], slices.Concat(recent, late))
		stop()
		_, stop = w.run(w.store, "a") // as it was
		time.Sleep(time.Minute)
		if n := w.receivers["now"].count(); n != 3 {
			w.t.Errorf("after a restart %d have arrived", n)
		}
		w.add("now", func(c *sink.Config) { c.Start = sink.Start{From: sink.FromBeginning, Turn: 1} })
		time.Sleep(time.Minute)
		if n := w.receivers["now"].count(); n != 3+18 {
			w.t.Errorf("after it was told to begin again %d have arrived", n)
		}
		stop()
		if err := f.Register(w.t.Context(), sink.Config{ID: "later", Start: sink.Start{From: sink.FromNow}}); err != nil {
			w.t.Fatal(err)
		}
		news := w.log(2, nil)
		w.add("later", func(c *sink.Config) { c.Start = sink.Start{From: sink.FromNow} })
		_, stop = w.run(w.store, "a")
		defer stop()
		time.Sleep(time.Minute)
		w.holds(w.receivers["later"], news)
	})
}

// What a sink takes: by tenant, origin and filter; AOC's own events only where asked for.
func TestWhatIsSent(t *testing.T) {
	inTime(t, func(w *world) {
		plain := w.add("plain", nil)
		filtered := w.add("filtered", func(c *sink.Config) { c.Filter = `operation:"Delete user" -tenant:t-2` })
		tenant := w.add("tenant", func(c *sink.Config) { c.Tenants = []string{"t-2"} })
		origins := w.add("origins", func(c *sink.Config) { c.Origins = []aoc.Origin{aoc.OriginImported, aoc.OriginBackfilled} })
		own := w.add("own", func(c *sink.Config) { c.OwnEvents = true; c.Filter = "source:aoc" })
		_, stop := w.run(w.store, "a")
		defer stop()
		a := w.log(1, nil)
		b := w.log(2, func(e *aoc.Event) { e.Operation = "Delete user" })
		c := w.log(2, func(e *aoc.Event) { e.Operation, e.TenantID = "Delete user", "t-2" })
		d := w.log(1, func(e *aoc.Event) { e.Origin = aoc.OriginImported })
		x := w.log(1, func(e *aoc.Event) { e.Origin = aoc.OriginBackfilled })
		g := w.log(1, func(e *aoc.Event) { e.Source, e.Origin = aoc.SourceAOC, aoc.OriginAOC })
		time.Sleep(time.Minute)
		w.holds(plain, slices.Concat(a, b, c))
		w.holds(filtered, b)
		w.holds(tenant, c)
		w.holds(origins, slices.Concat(d, x))
		w.holds(own, g)
	})
}

// What a receiver refuses is kept, listed within bounds, sent again when somebody wants it,
// and counted when it is refused again.
func TestDeadLetters(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		r := w.add("a", nil)
		picky := func(batch []aoc.Event) (rejected []sink.Rejection, _ error) {
			for i := range batch {
				if batch[i].Operation == "Bad" {
					rejected = append(rejected, sink.Rejection{Index: i, Reason: "no\nthank you"})
				}
			}
			return rejected, nil
		}
		r.set(picky)
		f, stop := w.run(w.store, "a")
		defer stop()
		bad := func(tenant string) func(e *aoc.Event) {
			return func(e *aoc.Event) { e.Operation, e.TenantID = "Bad", tenant }
		}
		good := w.log(3, nil)
		one, two := w.log(2, bad("t-1")), w.log(3, bad("t-2"))
		good = append(good, w.log(3, nil)...)
		time.Sleep(time.Minute)
		w.holds(r, good)
		letters := func(filter DeadLetterFilter) []DeadLetter {
			w.t.Helper()
			all, err := f.DeadLetters(w.t.Context(), filter)
			if err != nil {
				w.t.Fatal(err)
			}
			return all
		}
		all := letters(DeadLetterFilter{})
		if len(all) != 5 || all[0].Reason != "no thank you" || all[0].Times != 1 || all[0].Sink != "a" || all[0].Summary == "" {
			w.t.Fatalf("%+v", all)
		}
		if n := len(letters(DeadLetterFilter{Tenants: []string{"t-2"}})); n != 3 {
			w.t.Errorf("%d of a tenant", n)
		}
		if n := len(letters(DeadLetterFilter{Tenants: []string{}})); n != 0 {
			w.t.Errorf("%d of no tenant", n)
		}
		if counts, err := f.CountDeadLetters(w.t.Context(), DeadLetterFilter{}, LabelTenant); err != nil || counts["t-1"] != 2 || counts["t-2"] != 3 {
			w.t.Errorf("%v, %v", counts, err)
		}
		// Refused again.
		if n, err := f.Resend(w.t.Context(), DeadLetterFilter{Tenants: []string{"t-2"}}); err != nil || n != 3 {
			w.t.Errorf("%d to send again, %v", n, err)
		}
		time.Sleep(time.Minute)
		for _, l := range letters(DeadLetterFilter{Tenants: []string{"t-2"}}) {
			if l.Times != 2 || l.State != LetterKept || !l.At.After(l.FirstAt) {
				w.t.Errorf("%+v", l)
			}
		}
		// While the receiver is away they stay wanted, and are sent when it is back.
		r.set(func([]aoc.Event) ([]sink.Rejection, error) { return nil, unavailable() })
		if _, err := f.Resend(w.t.Context(), DeadLetterFilter{IDs: []string{letterID("a", aoc.KeyOf(aoc.DedupeKey(aoc.SourceDirectory, "t-1", one[0]))), "unknown"}}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if n := len(letters(DeadLetterFilter{State: LetterResend})); n != 1 {
			w.t.Errorf("%d wait to be sent again", n)
		}
		r.set(nil)
		time.Sleep(time.Hour)
		w.holds(r, append(slices.Clone(good), one[0]))
		// Dropped, all of one tenant.
		if n, err := f.DropDeadLetters(w.t.Context(), DeadLetterFilter{Tenants: []string{"t-2"}}); err != nil || n != int64(len(two)) {
			w.t.Errorf("%d dropped, %v", n, err)
		}
		if left := letters(DeadLetterFilter{}); len(left) != 1 || left[0].Key != aoc.KeyOf(aoc.DedupeKey(aoc.SourceDirectory, "t-1", one[1])) {
			w.t.Errorf("left: %+v", left)
		}
		if err := f.Forget(w.t.Context(), "a"); err != nil || len(letters(DeadLetterFilter{})) != 0 {
			w.t.Errorf("forgotten: %v", err)
		}
	})
}

// A receiver that chokes on some records, wherever they are, is fed all others; those are
// dead letters, once it is known that it takes others.
func TestPoison(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		r := w.add("a", nil)
		poison := []string{"e-00010", "e-00011", "e-00012", "e-00030"}
		r.set(func(batch []aoc.Event) ([]sink.Rejection, error) {
			for i := range batch {
				if slices.Contains(poison, batch[i].ID) {
					return nil, aoc.Errorf(aoc.CodeUpstream, "test.send", "status 500")
				}
			}
			return nil, nil
		})
		f, stop := w.run(w.store, "a")
		defer stop()
		ids := w.log(50, nil)
		time.Sleep(2 * time.Hour)
		got := r.ids()
		slices.Sort(got) // those that were tried behind a record come before some of others
		want := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(poison, id) })
		if !slices.Equal(got, want) {
			w.t.Errorf("%d arrived, want %d", len(got), len(want))
		}
		letters, err := f.DeadLetters(w.t.Context(), DeadLetterFilter{})
		if err != nil || len(letters) != len(poison) || !strings.Contains(letters[0].Reason, "alone") {
			w.t.Errorf("%+v, %v", letters, err)
		}
	})
}

// A receiver that is away for days gets everything afterwards, nothing is given up, and what
// is held meanwhile is bounded.
func TestAwayForDays(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		r.set(func([]aoc.Event) ([]sink.Rejection, error) { return nil, unavailable() })
		f, stop := w.run(w.store, "a")
		defer stop()
		var want []string
		for range 72 {
			want = append(want, w.log(40, nil)...)
			time.Sleep(time.Hour)
		}
		all, err := f.Status(w.t.Context())
		if err != nil || len(all) != 1 {
			w.t.Fatal(all, err)
		}
		s := all[0]
		if s.State != StateRetrying || s.Error != "nobody is there" || s.Hint != "Switch it on." || s.LagEvents != 72*40 || s.LagSeconds < 71*3600 || s.Sent != 0 || s.RetryAt.IsZero() || s.Failures < 100 {
			w.t.Errorf("%+v", s)
		}
		follower, _ := f.crew.Worker("a")
		r.set(nil)
		if n := len(follower.pending); n > 7+256 { // nobody works on it: it waits
			w.t.Errorf("%d events are held", n)
		}
		f.Hurry("a")
		time.Sleep(time.Minute)
		w.holds(r, want)
		all, err = f.Status(w.t.Context())
		if s := all[0]; err != nil || s.State != StateRunning || s.Error != "" || s.LagEvents != 0 || s.LagSeconds != 0 || s.Sent != 72*40 || s.SentAt.IsZero() || s.DeadLetters != 0 {
			w.t.Errorf("%+v, %v", s, err)
		}
	})
}

// A receiver is left alone for as long as it asks, and one that is slow delays no other.
func TestPatience(t *testing.T) {
	inTime(t, func(w *world) {
		asks, slow, fast := w.add("asks", nil), w.add("slow", nil), w.add("fast", nil)
		var mu sync.Mutex
		var tries []time.Time
		asks.set(func([]aoc.Event) ([]sink.Rejection, error) {
			mu.Lock()
			defer mu.Unlock()
			tries = append(tries, time.Now())
			return nil, &aoc.Error{Code: aoc.CodeThrottled, Op: "x", Message: "busy", RetryAfter: 10 * time.Minute}
		})
		slow.set(func([]aoc.Event) ([]sink.Rejection, error) { time.Sleep(5 * time.Minute); return nil, nil })
		_, stop := w.run(w.store, "a")
		defer stop()
		ids := w.log(20, nil)
		time.Sleep(time.Minute)
		w.holds(fast, ids)
		time.Sleep(25 * time.Minute)
		w.holds(slow, ids)
		mu.Lock()
		defer mu.Unlock()
		if len(tries) != 3 || tries[1].Sub(tries[0]) != 10*time.Minute {
			w.t.Errorf("tries at %v", tries)
		}
	})
}

// A receiver that refuses everything gives up no more than so many events.
func TestARefusalOfEverythingIsNoRefusal(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		r := w.add("a", nil)
		r.set(func(batch []aoc.Event) ([]sink.Rejection, error) {
			all := make([]sink.Rejection, len(batch))
			for i := range all {
				all[i] = sink.Rejection{Index: i, Reason: "wrong address"}
			}
			return all, nil
		})
		f, stop := w.run(w.store, "a")
		defer stop()
		ids := w.log(1500, nil)
		time.Sleep(20 * time.Minute)
		counts, err := f.CountDeadLetters(w.t.Context(), DeadLetterFilter{}, LabelSink)
		if err != nil || counts["a"] < mostRefused || counts["a"] > mostRefused+7 {
			w.t.Errorf("%v, %v", counts, err)
		}
		r.set(nil)
		time.Sleep(20 * time.Minute)
		if _, err := f.Resend(w.t.Context(), DeadLetterFilter{}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(20 * time.Minute)
		got := r.ids()
		slices.Sort(got)
		if !slices.Equal(got, ids) {
			w.t.Errorf("%d of %d have arrived", len(got), len(ids))
		}
	})
}

// Of two processes one feeds a sink; when it goes the other one goes on, and both know how
// the sink is.
func TestTwoProcesses(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		one, stopOne := w.run(w.store, "one")
		time.Sleep(time.Second)
		two, stopTwo := w.run(w.store, "two")
		defer stopTwo()
		want := w.log(30, nil)
		time.Sleep(time.Minute)
		for name, f := range map[string]*Forwarder{"one": one, "two": two} {
			if all, err := f.Status(w.t.Context()); err != nil || all[0].State != StateRunning || all[0].Sent != 30 {
				w.t.Errorf("%s knows %+v, %v", name, all, err)
			}
		}
		stopOne()
		want = append(want, w.log(30, nil)...)
		time.Sleep(time.Minute)
		w.holds(r, want)
		if n := r.count(); n != len(want) {
			w.t.Errorf("%d have arrived for %d", n, len(want))
		}
	})
}

// A sink that cannot work as it is set tells so, and works once it is set right.
func TestMisconfigured(t *testing.T) {
	inTime(t, func(w *world) {
		for id, change := range map[string]func(c *sink.Config){
			"filter": func(c *sink.Config) { c.Filter = "nonsense:(" },
			"to":     func(c *sink.Config) { c.Settings = map[string]string{"to": "nobody"} },
			"kind":   func(c *sink.Config) { c.Kind = "none" },
			"start":  func(c *sink.Config) { c.Start = sink.Start{From: "somewhere"} },
			"origin": func(c *sink.Config) { c.Origins = []aoc.Origin{"elsewhere"} },
			"off":    func(c *sink.Config) { c.Enabled = false },
		} {
			w.add(id, change)
		}
		f, stop := w.run(w.store, "a")
		defer stop()
		ids := w.log(3, nil)
		time.Sleep(time.Minute)
		all, err := f.Status(w.t.Context())
		if err != nil || len(all) != 6 {
			w.t.Fatal(all, err)
		}
		for _, s := range all {
			want := StateMisconfigured
			if s.ID == "off" {
				want = StateDisabled
			}
			if s.State != want || (s.Error == "") != (s.ID == "off") {
				w.t.Errorf("%+v", s)
			}
		}
		for _, c := range w.sinks {
			if err := f.Check(c); (aoc.CodeOf(err) == aoc.CodeInvalid) != (c.ID != "off") {
				w.t.Errorf("%s: %v", c.ID, err)
			}
		}
		r := w.add("filter", nil)
		f.Reload()
		time.Sleep(10 * time.Second)
		w.holds(r, ids)
	})
}

// Trying a sink out sends one event.
func TestTry(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		f := New(w.config(w.store, "a"))
		if err := f.Try(w.t.Context(), w.sinks[0], event("x", nil)); err != nil {
			w.t.Error(err)
		}
		w.holds(r, []string{"x"})
		r.set(func([]aoc.Event) ([]sink.Rejection, error) { return []sink.Rejection{{Index: 0, Reason: "no"}}, nil })
		if err := f.Try(w.t.Context(), w.sinks[0], event("x", nil)); err == nil || !strings.Contains(fmt.Sprint(err), "refused the event: no") {
			w.t.Error(err)
		}
	})
}
