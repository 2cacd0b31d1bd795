package notify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

func unavailable() error {
	e := aoc.Errorf(aoc.CodeUnavailable, "test.send", "nobody is there")
	e.Hint = "Switch it on."
	return e
}

// Every alert is told once, whatever the receiver does, and one that is away holds up no other.
func TestNothingIsLost(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		w.tuning.Look = time.Minute
		random := rand.New(rand.NewPCG(1, 2))
		flaky, away, fine := w.add("flaky", nil), w.add("away", nil), w.add("fine", nil)
		flaky.set(func(*Message) error {
			if rand.IntN(3) == 0 {
				return []error{unavailable(), aoc.Errorf(aoc.CodeUpstream, "x", "500"), context.DeadlineExceeded}[rand.IntN(3)]
			}
			return nil
		})
		away.set(func(*Message) error { return unavailable() })
		d, stop := w.run(w.store, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		var want []string
		for range 10 {
			want = append(want, w.raise(1+random.IntN(8), nil)...)
			time.Sleep(time.Duration(random.IntN(20)) * time.Second)
		}
		time.Sleep(10 * time.Second)
		w.same("fine", fine.once(), want)
		if s := w.status(d, "away"); s.State != StateRetrying || s.Error != "nobody is there" || s.Hint != "Switch it on." || s.Waiting != int64(len(want)) || s.RetryAt.IsZero() || s.Failures == 0 {
			w.t.Errorf("%+v", s)
		}
		time.Sleep(time.Hour)
		w.same("flaky", flaky.once(), want)
		away.set(nil)
		time.Sleep(10 * time.Minute)
		w.same("away", away.once(), want)
		for id, r := range w.receivers {
			if len(r.told()) != len(want) {
				w.t.Errorf("%s was told of %d alerts, %d times", id, len(want), len(r.told()))
			}
			if s := w.status(d, id); s.State != StateRunning || s.Error != "" || s.Waiting != 0 || s.Alerts != int64(len(want)) || s.SentAt.IsZero() {
				w.t.Errorf("%s: %+v", id, s)
			}
		}
	})
}

// A process dies at every step that it does, sending among them; the next one goes on: every
// alert is told, and only what was in hand is told twice.
func TestCrashAtEveryStep(t *testing.T) {
	for first, after := range []bool{false, true} {
		for dieAt := 1 + first; ; dieAt += stride() {
			finished := false
			inTime(t, func(w *world) {
				w.tuning = Tuning{Poll: 5 * time.Second, Reload: time.Minute}
				each := w.add("each", nil)
				digest := w.add("digest", func(s *NotifierSpec) { s.Digest = 1 })
				want := w.raise(2, nil)
				crashing := &stepping{Store: w.store, dieAt: dieAt, after: after}
				d := New(w.config(crashing, "first"))
				ctx, cancel := context.WithCancel(w.t.Context())
				crashing.die = cancel
				for _, r := range []*receiver{each, digest} {
					r.set(func(m *Message) error {
						do, tell := crashing.step()
						if do && !tell { // it has it, and nobody learns of it
							r.got = append(r.got, m)
						}
						if !tell {
							return errCrash
						}
						return nil
					})
				}
				go func() { time.Sleep(70 * time.Second); cancel() }()
				if err := d.Run(ctx); err != nil {
					w.t.Error(err)
				}
				marked, err := w.store.ListItems(w.t.Context(), store.ItemFilter{Kind: KindTelling, Labels: map[string][]string{LabelNotifier: {"digest"}, LabelState: {stateTold}}})
				if err != nil {
					w.t.Fatal(err)
				}
				crashing.mu.Lock()
				finished = crashing.steps < dieAt
				crashing.mu.Unlock()
				each.set(nil)
				digest.set(nil)
				next, stop := w.run(w.store, "second")
				time.Sleep(90 * time.Second)
				w.same("each", each.once(), want)
				w.same("digest", digest.once(), want)
				if n := len(each.told()); n > len(want)+1 {
					w.t.Errorf("%d alerts were told %d times", len(want), n)
				}
				if n := len(digest.messages()); n > 2 || n > 1 && len(marked) > 0 {
					w.t.Errorf("%d digests; %d alerts were marked as told at the crash", n, len(marked))
				}
				if s := w.status(next, "each"); s.Waiting != 0 {
					w.t.Errorf("%+v", s)
				}
				stop()
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

// Two processes on one store tell each alert once, also when one of them goes.
func TestFleet(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		_, stopFirst := w.run(w.store, "first")
		second, stopSecond := w.run(w.store, "second")
		defer stopSecond()
		time.Sleep(10 * time.Second)
		want := w.raise(20, nil)
		time.Sleep(time.Minute)
		stopFirst()
		time.Sleep(time.Minute)
		want = append(want, w.raise(20, nil)...)
		time.Sleep(time.Minute)
		w.same("both", r.once(), want)
		if len(r.told()) != len(want) {
			w.t.Errorf("%d were told", len(r.told()))
		}
		if s := w.status(second, "a"); s.State != StateRunning || s.Messages != 40 {
			w.t.Errorf("%+v", s)
		}
	})
}

// Which alerts a notifier tells of, and which nobody is told of.
func TestWhichAlerts(t *testing.T) {
	inTime(t, func(w *world) {
		d, stop := w.run(w.store, "a")
		defer stop()
		w.raise(3, nil) // before there was a notifier
		time.Sleep(time.Minute)
		all := w.add("all", nil)
		high := w.add("high", func(s *NotifierSpec) { s.Severity = aoc.SeverityHigh })
		rule := w.add("rule", func(s *NotifierSpec) { s.Rules = []string{"rule-2"} })
		tenant := w.add("tenant", func(s *NotifierSpec) { s.Tenants = []string{"T-2"} })
		off := w.add("off", func(s *NotifierSpec) { s.Enabled = false })
		d.Reload()
		time.Sleep(time.Minute)
		medium := w.raise(1, nil)
		critical := w.raise(1, func(a *aoc.Alert) { a.Severity = aoc.SeverityCritical })
		two := w.raise(1, func(a *aoc.Alert) { a.RuleID = "rule-2" })
		other := w.raise(1, func(a *aoc.Alert) { a.TenantID = "t-2" })
		w.raise(1, func(a *aoc.Alert) { a.Origin = aoc.OriginImported })
		w.raise(1, func(a *aoc.Alert) { a.Past = true })
		time.Sleep(time.Minute)
		w.same("all", all.once(), slices.Concat(medium, critical, two, other))
		w.same("high", high.once(), critical)
		w.same("rule", rule.once(), two)
		w.same("tenant", tenant.once(), other)
		w.same("off", off.once(), nil)
		if s := w.status(d, "off"); s.State != StateDisabled || s.Waiting != 0 {
			w.t.Errorf("%+v", s)
		}
	})
}

// What is closed or snoozed meanwhile is told no more; what people changed otherwise is.
func TestClosedMeanwhile(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		r.set(func(*Message) error { return unavailable() })
		d, stop := w.run(w.store, "a")
		defer stop()
		ids := w.raise(4, nil)
		time.Sleep(time.Minute)
		w.change(ids[0], func(a *aoc.Alert) { a.State = aoc.AlertClosed })
		w.change(ids[1], func(a *aoc.Alert) { a.SnoozedUntil = time.Now().Add(time.Hour) })
		w.change(ids[2], func(a *aoc.Alert) { a.State, a.Assignee = aoc.AlertAcknowledged, "ada" })
		r.set(nil)
		time.Sleep(20 * time.Minute)
		w.same("told", r.once(), ids[2:])
		if s := w.status(d, "a"); s.Waiting != 0 {
			w.t.Errorf("%+v", s)
		}
	})
}

// News of an alert that is not there yet wait for it, and go when it never comes.
func TestNewsBeforeTheAlert(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		w.tuning = Tuning{Poll: time.Minute, Reload: time.Hour, Look: 30 * time.Minute}
		r := w.add("a", nil)
		_, stop := w.run(w.store, "a")
		defer stop()
		early := func(id string) {
			if _, err := w.store.PutItem(w.t.Context(), store.Item{Kind: "alert-news", ID: id, At: time.Now(), Body: []byte("{}")}); err != nil {
				w.t.Fatal(err)
			}
		}
		early("late")
		early("never")
		early("imported")
		w.raise(1, func(a *aoc.Alert) { a.ID, a.Origin = "imported", aoc.OriginImported })
		time.Sleep(time.Hour + 30*time.Second) // not when it looks
		w.raise(1, func(a *aoc.Alert) { a.ID, a.Origin = "late", aoc.OriginImported })
		w.change("late", func(a *aoc.Alert) { a.Origin = aoc.OriginCollected })
		w.same("told", r.told(), nil)
		if left, err := w.store.ListItems(w.t.Context(), store.ItemFilter{Kind: "alert-news"}); err != nil || len(left) != 2 {
			w.t.Errorf("%d news wait, %v", len(left), err)
		}
		time.Sleep(time.Hour)
		w.same("told", r.told(), []string{"late"})
		time.Sleep(24 * time.Hour)
		if left, err := w.store.ListItems(w.t.Context(), store.ItemFilter{Kind: "alert-news"}); err != nil || len(left) != 0 {
			w.t.Errorf("%d news are left, %v", len(left), err)
		}
		early("late") // announced again: told already
		time.Sleep(time.Minute)
		w.same("told", r.told(), []string{"late"})
	})
}

// A digest gathers from the first alert on, also over a restart, and tells all in one message.
func TestDigest(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", func(s *NotifierSpec) { s.Digest = 10 })
		_, stop := w.run(w.store, "first")
		time.Sleep(10 * time.Second)
		began := time.Now()
		want := w.raise(3, nil)
		time.Sleep(4 * time.Minute)
		stop()
		_, stop = w.run(w.store, "second")
		defer stop()
		time.Sleep(3 * time.Minute)
		want = append(want, w.raise(2, func(a *aoc.Alert) { a.Severity = aoc.SeverityCritical })...)
		time.Sleep(2 * time.Minute)
		if len(r.messages()) != 0 {
			w.t.Error("told before its time")
		}
		time.Sleep(2 * time.Minute)
		got := r.messages()
		if len(got) != 1 {
			w.t.Fatalf("%d messages", len(got))
		}
		w.same("digest", r.once(), want)
		if took := r.times()[0].Sub(began); took < 10*time.Minute || took > 10*time.Minute+10*time.Second {
			w.t.Errorf("after %s", took)
		}
		if m := got[0]; m.Title != "5 alerts, up to critical" || m.Severity != aoc.SeverityCritical || m.Link != "https://soc.contoso.example/alerts" || m.Alerts[0].Severity != aoc.SeverityCritical {
			w.t.Errorf("%+v", m)
		}
		time.Sleep(time.Hour)
		if len(r.messages()) != 1 {
			w.t.Error("told again")
		}
	})
}

// At most so many messages within an hour, in any hour, also over a restart; what is beyond is
// told in one message, with how many more there are.
func TestRateCap(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		w.tuning.Look = time.Minute
		r := w.add("a", func(s *NotifierSpec) { s.Most = 5 })
		_, stop := w.run(w.store, "first")
		time.Sleep(10 * time.Second)
		want := w.raise(2, nil)
		time.Sleep(5 * time.Minute)
		want = append(want, w.raise(132, nil)...)
		time.Sleep(time.Minute)
		got := r.messages()
		if len(got) != 5 || len(got[4].Alerts) != 130 || !strings.HasSuffix(got[4].Body, "and 120 more") || got[4].Link != "https://soc.contoso.example/alerts" || !strings.HasPrefix(got[4].Title, "130 alerts") {
			w.t.Fatalf("%d messages, the last %.3000s", len(got), got[len(got)-1].Body)
		}
		want = append(want, w.raise(3, nil)...)
		time.Sleep(10 * time.Minute)
		stop()
		d, stop := w.run(w.store, "second")
		defer stop()
		time.Sleep(30 * time.Minute)
		if s := w.status(d, "a"); len(r.messages()) != 5 || s.State != StateCapped || s.Waiting != 3 || s.RetryAt.IsZero() {
			w.t.Errorf("%d messages, %+v", len(r.messages()), s)
		}
		for range 30 {
			want = append(want, w.raise(2, nil)...)
			time.Sleep(10 * time.Minute)
		}
		time.Sleep(2 * time.Hour)
		w.same("told", r.once(), want)
		for i, at := 0, r.times(); i < len(at); i++ {
			if i >= 5 && at[i].Sub(at[i-5]) < time.Hour {
				w.t.Errorf("six messages in %s", at[i].Sub(at[i-5]))
			}
		}
		if s := w.status(d, "a"); s.State == StateCapped || s.Waiting != 0 {
			w.t.Errorf("%+v", s)
		}
	})
}

// A receiver is left alone for as long as it asks.
func TestRetryAfter(t *testing.T) {
	inTime(t, func(w *world) {
		w.alone = true
		w.tuning.Look = time.Minute
		asks, other := w.add("asks", nil), w.add("other", nil)
		asks.set(func(*Message) error {
			e := aoc.Errorf(aoc.CodeThrottled, "test.send", "too many")
			e.RetryAfter = 20 * time.Minute
			return e
		})
		_, stop := w.run(w.store, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		want := w.raise(3, nil)
		time.Sleep(time.Minute)
		w.same("other", other.once(), want)
		want = append(want, w.raise(1, nil)...) // news are no reason to come back earlier
		time.Sleep(time.Hour)
		asks.mu.Lock()
		tries := slices.Clone(asks.tries)
		asks.mu.Unlock()
		for i := 1; i < len(tries); i++ {
			if wait := tries[i].Sub(tries[i-1]); wait < 20*time.Minute {
				w.t.Errorf("it came back after %s", wait)
			}
		}
		asks.set(nil)
		time.Sleep(20 * time.Minute)
		w.same("asks", asks.once(), want)
	})
}

// A message that the receiver refuses holds up no other one, and goes out at last without what
// comes from events.
func TestRefusal(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		refusing := true
		r.set(func(m *Message) error {
			if strings.Contains(m.Body, "poison") || refusing && len(m.Alerts) == 1 && m.Alerts[0].Title == "poison" {
				return &Refusal{aoc.Errorf(aoc.CodeInvalid, "test.send", "no such thing")}
			}
			return nil
		})
		d, stop := w.run(w.store, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		bad := w.raise(1, func(a *aoc.Alert) { a.Title = "poison" })
		good := w.raise(3, nil)
		time.Sleep(2 * time.Minute)
		w.same("others", r.once(), good)
		if s := w.status(d, "a"); s.Waiting != 1 {
			w.t.Errorf("%+v", s)
		}
		r.set(func(m *Message) error {
			if strings.Contains(m.Body, "poison") || strings.Contains(m.Title, "poison") {
				return &Refusal{aoc.Errorf(aoc.CodeInvalid, "test.send", "no such thing")}
			}
			return nil
		})
		time.Sleep(10 * time.Minute)
		w.same("all", r.once(), append(bad, good...))
	})
}

// Taken, though not for everybody: sent, and the status says so.
func TestPartial(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		r.set(func(*Message) error { return &Partial{aoc.Errorf(aoc.CodeInvalid, "test.send", "not to eve")} })
		d, stop := w.run(w.store, "a")
		defer stop()
		want := w.raise(2, nil)
		time.Sleep(time.Hour)
		w.same("told", r.once(), want)
		if s := w.status(d, "a"); len(r.told()) != 2 || s.State != StateRunning || s.Error != "not to eve" || s.Waiting != 0 {
			w.t.Errorf("%+v", s)
		}
	})
}

// A notifier that cannot work says so, keeps what it is to tell, and works once it is set right.
func TestMisconfigured(t *testing.T) {
	inTime(t, func(w *world) {
		w.add("a", func(s *NotifierSpec) { s.Settings = map[string]string{"to": "nowhere"} })
		d, stop := w.run(w.store, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		want := w.raise(2, nil)
		time.Sleep(time.Minute)
		if s := w.status(d, "a"); s.State != StateMisconfigured || s.Error != "settings.to: nobody" || s.Waiting != 2 || s.RetryAt.IsZero() || time.Since(s.ErrorAt) < 30*time.Second {
			w.t.Errorf("%+v", s)
		}
		r := w.add("a", nil)
		time.Sleep(time.Minute)
		w.same("told", r.once(), want)
	})
}

// What is kept of a notifier goes with it; what was told is forgotten after a month.
func TestForget(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		_, stop := w.run(w.store, "a")
		time.Sleep(10 * time.Second)
		w.raise(3, nil)
		time.Sleep(time.Minute)
		stop()
		left := func() int {
			its, err := w.store.ListItems(w.t.Context(), store.ItemFilter{Kind: KindTelling})
			if err != nil {
				w.t.Fatal(err)
			}
			return len(its)
		}
		for i, state := range []string{stateTold, stateOver, stateWaiting} {
			at := time.Now()
			if state != stateWaiting { // else what is over only now would be as old
				at = at.Add(-31 * 24 * time.Hour)
			}
			it, err := tellingItem(&telling{Alert: fmt.Sprint("old", i), Notifier: "a"}, state, "", at, 0)
			if err != nil {
				w.t.Fatal(err)
			}
			if _, err := w.store.PutItem(w.t.Context(), it); err != nil {
				w.t.Fatal(err)
			}
		}
		if len(r.once()) != 3 || left() != 6 {
			w.t.Errorf("%d told, %d kept", len(r.once()), left())
		}
		_, stop = w.run(w.store, "b") // looks for them when it begins
		time.Sleep(10 * time.Second)
		stop()
		if left() != 4 { // what waited was looked at: its alert is gone
			w.t.Errorf("%d are kept", left())
		}
		w.mu.Lock()
		w.notifiers = nil
		w.mu.Unlock()
		_, stop = w.run(w.store, "c")
		time.Sleep(10 * time.Second)
		stop()
		if left() != 0 {
			w.t.Errorf("%d are kept of a notifier that is gone", left())
		}
	})
}

// What a test sends is clearly one, whatever the templates say, and how it went is told.
func TestTry(t *testing.T) {
	inTime(t, func(w *world) {
		r := w.add("a", nil)
		d := New(w.config(w.store, "a"))
		s := NotifierSpec{Name: "On call", Kind: "test", Settings: map[string]string{"to": "a", "key": "KEY"}, Title: "All is well", Body: "Go to bed"}
		if err := d.Try(w.t.Context(), s); err != nil {
			w.t.Fatal(err)
		}
		m := r.messages()[0]
		if !m.Test || !strings.HasPrefix(m.Title, "TEST: ") || !strings.Contains(m.Body, "test of the notifier On call") || len(m.Alerts) != 0 {
			w.t.Errorf("%+v", m)
		}
		r.set(func(*Message) error {
			return aoc.Wrap(fmt.Errorf("at https://x/hunter2"), aoc.CodeUpstream, "test.send", "it says hunter2")
		})
		if err := d.Try(w.t.Context(), s); aoc.CodeOf(err) != aoc.CodeUpstream || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), hidden) {
			w.t.Errorf("%v", err)
		}
	})
}
