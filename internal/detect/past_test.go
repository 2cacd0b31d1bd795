package detect

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

// ask asks for the rule of a house to be run over the past.
func (h *house) ask(start time.Time) {
	h.t.Helper()
	it, err := RunItem(&PastRun{RuleID: "inbox", State: RunWaiting, Start: start, AskedBy: "ada", AskedAt: h.clock.Now()}, 0)
	if err == nil {
		_, err = h.store.PutItem(h.t.Context(), it)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) asked() *PastRun {
	h.t.Helper()
	it, err := h.store.Item(h.t.Context(), KindRun, "inbox")
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := RunOf(&it)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// followRun judges the log, and runs what is asked for until it is done or the store fails.
func (h *house) followRun(f *Follower) error {
	if err := f.restore(h.t.Context()); err != nil {
		return err
	}
	for range 10_000 {
		if _, err := f.Step(h.t.Context()); err != nil {
			return err
		}
		if s := h.asked().State; s == RunDone || s == RunFailed {
			return nil
		}
		h.clock.now = h.clock.now.Add(time.Second)
	}
	h.t.Fatal("a run never ends")
	return nil
}

func noRules(context.Context) ([]*Kept, error) { return nil, nil }

// same are alerts without what differs between those of a run and those of the moment.
func same(all []aoc.Alert, ids bool) []aoc.Alert {
	out := slices.Clone(all)
	for i := range out {
		out[i].Past, out[i].UpTo, out[i].ReceivedAt = false, 0, time.Time{}
		slices.Sort(out[i].Events)
		if !ids {
			out[i].ID = ""
		}
	}
	slices.SortFunc(out, func(a, b aoc.Alert) int {
		return strings.Compare(a.ID+a.Title+a.First.String()+a.Group[0].Value, b.ID+b.Title+b.First.String()+b.Group[0].Value)
	})
	return out
}

// TestRunOverThePast: a rule that comes after the events raises, when it is run over them, the
// alerts that it would have raised; and once, whenever the process dies.
func TestRunOverThePast(t *testing.T) {
	events := inboxEvents(t, 150, 1)
	live := newHouse(t, events)
	if err := live.follow(live.follower(live.store)); err != nil {
		t.Fatal(err)
	}
	want := same(live.alerts(), true)
	for dieAt := 0; ; dieAt++ {
		h := newHouse(t, events)
		before := h.follower(h.store)
		before.cfg.Rules = noRules
		if err := h.follow(before); err != nil {
			t.Fatal(err)
		}
		if err := before.save(t.Context(), true); err != nil || len(h.alerts()) != 0 {
			t.Fatal(len(h.alerts()), err)
		}
		h.ask(time.Time{})
		finished := true
		if dieAt > 0 {
			finished = h.followRun(h.follower(&dying{Store: h.store, left: dieAt, late: dieAt%2 == 0})) == nil
		}
		if err := h.followRun(h.follower(h.store)); err != nil {
			t.Fatal(err)
		}
		got := h.alerts()
		if g := same(got, true); !equalAlerts(g, want) {
			t.Fatalf("died at write %d: %d alerts, want %d", dieAt, len(g), len(want))
		}
		if r := h.asked(); !got[0].Past || r.State != RunDone || r.Read == 0 || r.Matched == 0 || dieAt == 0 && (r.Alerts != int64(len(want)) || r.Known != 0) {
			t.Fatalf("%+v", r)
		}
		if dieAt > 0 && finished {
			break
		}
	}
}

func equalAlerts(a, b []aoc.Alert) bool {
	return slices.EqualFunc(a, b, func(a, b aoc.Alert) bool {
		return a.ID == b.ID && a.Title == b.Title && a.Count == b.Count && slices.Equal(a.Events, b.Events) && a.First.Equal(b.First) && a.Last.Equal(b.Last) && a.State == b.State
	})
}

// naming counts the alerts of a title that name an event.
func naming(all []aoc.Alert, title, key string) (n int) {
	for i := range all {
		if all[i].Title == title && slices.Contains(all[i].Events, key) {
			n++
		}
	}
	return n
}

// TestRunOverThePastAndThePresent: a rule that comes in the middle has some alerts that are
// there already; they become whole, and no event is in two of them.
func TestRunOverThePastAndThePresent(t *testing.T) {
	for seed := range uint64(8) {
		events := inboxEvents(t, 150, seed)
		live := newHouse(t, events)
		if err := live.follow(live.follower(live.store)); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, events[:80])
		before := h.follower(h.store)
		before.cfg.Rules = noRules
		if err := h.follow(before); err != nil {
			t.Fatal(err)
		}
		if err := before.save(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if _, err := h.store.Append(t.Context(), events[80:]); err != nil {
			t.Fatal(err)
		}
		h.clock.now = h.clock.now.Add(time.Minute)
		f := h.follower(h.store)
		if err := h.follow(f); err != nil {
			t.Fatal(err)
		}
		if err := f.save(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		some := len(h.alerts())
		h.ask(time.Time{})
		if err := h.followRun(h.follower(h.store)); err != nil {
			t.Fatal(err)
		}
		got := same(h.alerts(), false)
		for _, want := range same(live.alerts(), false) {
			if want.Title == "An inbox rule" && !slices.ContainsFunc(got, func(a aoc.Alert) bool { return equalAlerts([]aoc.Alert{a}, []aoc.Alert{want}) }) {
				t.Errorf("seed %d: the alert of %s is not as it should be", seed, want.Group[1].Value)
			}
			for _, key := range want.Events {
				if n := naming(got, want.Title, key); n != 1 {
					t.Errorf("seed %d: an event of %q is in %d alerts, want one", seed, want.Title, n)
				}
			}
		}
		if r := h.asked(); r.Known == 0 || len(got) != some+int(r.Alerts) {
			t.Errorf("seed %d: %d alerts before, %d after, %+v", seed, some, len(got), r)
		}
	}
}

// TestRunOverThePastEnds: a run that is cancelled raises nothing, and one of a rule that is
// gone says so.
func TestRunOverThePastEnds(t *testing.T) {
	h := newHouse(t, inboxEvents(t, 2000, 1))
	f := h.follower(h.store)
	f.cfg.Rules = noRules
	if err := h.follow(f); err != nil {
		t.Fatal(err)
	}
	h.ask(time.Time{})
	if err := h.followRun(f); err != nil {
		t.Fatal(err)
	}
	if r := h.asked(); r.State != RunFailed || !strings.Contains(r.Error, "not there") {
		t.Errorf("%+v", r)
	}
	it, err := h.store.Item(t.Context(), KindRun, "inbox")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.DropItem(t.Context(), it); err != nil {
		t.Fatal(err)
	}
	h.ask(time.Time{})
	f = h.follower(h.store)
	f.cfg.Rules = func(context.Context) ([]*Kept, error) {
		k := keptRules(t)
		k[0].Enabled = false // judges nothing that arrives, and can be run all the same
		return k, nil
	}
	if err := f.restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h.clock.now = h.clock.now.Add(6 * time.Second)
		if _, err := f.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if r := h.asked(); r.State != RunRunning || r.Read == 0 {
		t.Fatalf("%+v", r)
	}
	n, err := h.store.DropItems(t.Context(), store.ItemFilter{Kind: KindRun}, 10)
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	for range 50 {
		h.clock.now = h.clock.now.Add(2 * time.Second)
		if _, err := f.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if a := h.alerts(); len(a) != 0 {
		t.Errorf("%d alerts of a run that was cancelled", len(a))
	}
}
