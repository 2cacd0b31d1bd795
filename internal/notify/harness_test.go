package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/fleet"
	"aoc/internal/sink"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// errCrash is what the store says after a crash of the process.
var errCrash = errors.New("the process has gone")

// receiver is what a notifier of kind test sends to.
type receiver struct {
	mu     sync.Mutex
	got    []*Message
	at     []time.Time
	tries  []time.Time
	behave func(m *Message) error // nil: it takes everything
}

func (r *receiver) Send(ctx context.Context, m *Message) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries = append(r.tries, time.Now())
	if r.behave != nil {
		if err := r.behave(m); err != nil && !IsPartial(err) {
			return err
		} else if err != nil {
			r.got, r.at = append(r.got, m), append(r.at, time.Now())
			return err
		}
	}
	r.got, r.at = append(r.got, m), append(r.at, time.Now())
	return nil
}

func (r *receiver) set(behave func(m *Message) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behave = behave
}

func (r *receiver) messages() []*Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// times are when messages arrived.
func (r *receiver) times() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.at)
}

// told gives the alerts that messages told of, each as often as it was.
func (r *receiver) told() (ids []string) {
	for _, m := range r.messages() {
		for _, a := range m.Alerts {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// once gives the alerts that were told of, sorted, each once.
func (r *receiver) once() []string {
	ids := r.told()
	slices.Sort(ids)
	return slices.Compact(ids)
}

// kind is a kind of notifier that sends to receivers, by the setting "to".
func kind(receivers map[string]*receiver) Kind {
	return Kind{
		Spec: KindSpec{Kind: "test", Title: "Test", Settings: []sink.Setting{{Name: "to", Kind: sink.Text, Required: true}, {Name: "key", Kind: sink.Secret}}},
		Make: func(v sink.Values, _ Deps) (Channel, error) {
			r := receivers[v.Text("to")]
			if r == nil {
				return nil, aoc.Errorf(aoc.CodeInvalid, "test.make", "settings.to: nobody")
			}
			return r, nil
		},
	}
}

// world is a store with receivers.
type world struct {
	alone     bool // there are no other processes
	t         *testing.T
	store     *sqlite.Store
	receivers map[string]*receiver
	mu        sync.Mutex
	notifiers []Notifier
	next      int
	tuning    Tuning
}

// inTime runs a test with time of its own, on a store.
func inTime(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Process: "host/1"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		test(&world{t: t, store: s, receivers: map[string]*receiver{}})
	})
}

// add sets a notifier up, with a receiver of its name.
func (w *world) add(id string, change func(s *NotifierSpec)) *receiver {
	n := Notifier{ID: id, NotifierSpec: NotifierSpec{Name: "Notifier " + id, Kind: "test", Enabled: true, Most: 1000, Settings: map[string]string{"to": id}}}
	if change != nil {
		change(&n.NotifierSpec)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notifiers = append(slices.DeleteFunc(slices.Clone(w.notifiers), func(o Notifier) bool { return o.ID == id }), n)
	if w.receivers[id] == nil {
		w.receivers[id] = &receiver{}
	}
	return w.receivers[id]
}

func (w *world) config(s Store, process string) Config {
	return Config{
		Store: s, Kinds: []Kind{kind(w.receivers)}, Shared: true, Tuning: w.tuning, Address: "https://soc.contoso.example",
		Deps:   Deps{Deps: sink.Deps{Secrets: func(string) (string, bool) { return "hunter2", true }}, Allowed: func(string) error { return nil }},
		Duties: w.duties(process),
		Notifiers: func(context.Context) ([]Notifier, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.notifiers, nil
		},
	}
}

// run lets a dispatcher work until what it gives is called.
func (w *world) run(s Store, process string) (*Dispatcher, func()) {
	d := New(w.config(s, process))
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	return d, sync.OnceFunc(func() { cancel(); <-done })
}

// raise keeps n alerts as detection does, and gives their ids.
func (w *world) raise(n int, change func(a *aoc.Alert)) []string {
	w.t.Helper()
	var ids []string
	for range n {
		w.next++
		now := time.Now().UTC()
		a := &aoc.Alert{
			ID: fmt.Sprintf("alert%05d", w.next), RuleID: "rule-1", RuleVersion: 1, Title: "Role granted", Severity: aoc.SeverityMedium, Tags: []string{"attack.t1098"},
			TenantID: "t-1", Group: []aoc.AlertValue{{Field: "actor", Value: "ada"}}, First: now, Last: now, Events: []string{}, Count: 1, RaisedAt: now, ReceivedAt: now,
			Origin: aoc.OriginCollected, Summary: fmt.Sprintf("Ada did %d", w.next), State: aoc.AlertOpen,
		}
		if change != nil {
			change(a)
		}
		ids = append(ids, a.ID)
		if detect.IsNews(a) {
			if _, err := w.store.PutItem(w.t.Context(), store.Item{Kind: detect.KindNews, ID: a.ID, At: a.RaisedAt, Body: []byte("{}")}); err != nil {
				w.t.Fatal(err)
			}
		}
		w.put(a, 0)
	}
	return ids
}

func (w *world) put(a *aoc.Alert, version int64) {
	w.t.Helper()
	it, err := detect.AlertItem(a, version)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.store.PutItem(w.t.Context(), it); err != nil {
		w.t.Fatal(err)
	}
}

// change rewrites an alert, as people do.
func (w *world) change(id string, change func(a *aoc.Alert)) {
	w.t.Helper()
	it, err := w.store.Item(w.t.Context(), detect.KindAlert, id)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := detect.AlertOf(&it)
	if err != nil {
		w.t.Fatal(err)
	}
	change(a)
	w.put(a, it.Version)
}

// status is that of a notifier.
func (w *world) status(d *Dispatcher, id string) NotifierStatus {
	w.t.Helper()
	all, err := d.Status(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range all {
		if s.ID == id {
			return s.NotifierStatus
		}
	}
	w.t.Fatalf("no notifier %s", id)
	return NotifierStatus{}
}

func (w *world) same(what string, got, want []string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %d told, want %d:\n%.400v\n%.400v", what, len(got), len(want), got, want)
	}
}

// stepping is a store of a process that dies at a step.
type stepping struct {
	store.Store
	mu    sync.Mutex
	steps int
	dieAt int    // 0: never
	after bool   // the step that it dies at is still done
	die   func() // is called at death
}

// step counts one, and reports whether it may be done and told.
func (s *stepping) step() (do, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps++
	switch {
	case s.dieAt == 0 || s.steps < s.dieAt:
		return true, true
	case s.steps == s.dieAt:
		s.die()
		return s.after, false
	}
	return false, false
}

func stepped[T any](s *stepping, do func() (T, error)) (v T, err error) {
	may, tell := s.step()
	if may {
		v, err = do()
	}
	if !tell {
		var none T
		return none, errCrash
	}
	return v, err
}

func (s *stepping) Checkpoint(ctx context.Context, name string) (string, error) {
	return stepped(s, func() (string, error) { return s.Store.Checkpoint(ctx, name) })
}

func (s *stepping) SetCheckpoint(ctx context.Context, name, position string) error {
	_, err := stepped(s, func() (bool, error) {
		return true, s.Store.SetCheckpoint(context.WithoutCancel(ctx), name, position)
	})
	return err
}

func (s *stepping) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	return stepped(s, func() (store.Item, error) { return s.Store.PutItem(context.WithoutCancel(ctx), it) })
}

func (s *stepping) Item(ctx context.Context, kind, id string) (store.Item, error) {
	return stepped(s, func() (store.Item, error) { return s.Store.Item(ctx, kind, id) })
}

func (s *stepping) DropItem(ctx context.Context, it store.Item) error {
	_, err := stepped(s, func() (bool, error) { return true, s.Store.DropItem(context.WithoutCancel(ctx), it) })
	return err
}

// stride is how many steps there are between two at which processes die: one with
// AOC_TEST_FULL=1, which takes minutes with the race detector.
func stride() int {
	if os.Getenv("AOC_TEST_FULL") == "1" {
		return 1
	}
	return 4
}

// oneProcess does duties without leases, which are renewed every few seconds: for tests of one
// process over hours and days.
type oneProcess struct{}

// Duty implements [fleet.Duties].
func (oneProcess) Duty(ctx context.Context, _ string, work func(ctx context.Context) error) {
	for ctx.Err() == nil {
		if work(ctx) != nil {
			time.Sleep(time.Second)
		}
	}
}

// duties are those of a process.
func (w *world) duties(process string) fleet.Duties {
	if w.alone {
		return oneProcess{}
	}
	return fleet.New(fleet.Config{Store: w.store, Process: process, Shared: true})
}
