package forward

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/sink"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// errCrash is what the store says after a crash of the process.
var errCrash = errors.New("the process has gone")

// receiver is what a sink of kind test sends to.
type receiver struct {
	mu     sync.Mutex
	got    []aoc.Event
	sizes  []int
	behave func(batch []aoc.Event) ([]sink.Rejection, error) // nil: it takes everything
}

func (r *receiver) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes = append(r.sizes, len(batch))
	var rejected []sink.Rejection
	if r.behave != nil {
		var err error
		if rejected, err = r.behave(batch); err != nil {
			return nil, err
		}
	}
	for i := range batch {
		if !slices.ContainsFunc(rejected, func(x sink.Rejection) bool { return x.Index == i }) {
			r.got = append(r.got, batch[i])
		}
	}
	return rejected, nil
}

func (r *receiver) Close() error { return nil }

// set changes how the receiver behaves.
func (r *receiver) set(behave func(batch []aoc.Event) ([]sink.Rejection, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behave = behave
}

// ids gives the ids of what has arrived, each once, in order.
func (r *receiver) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	var ids []string
	for i := range r.got {
		if id := r.got[i].ID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got)
}

// kind gives a kind of sink that sends to receivers, by the setting "to".
func kind(receivers map[string]*receiver) sink.Kind {
	return sink.Kind{
		Spec: sink.Spec{Kind: "test", Title: "Test", Batch: sink.Limits{Events: 7, Bytes: 1 << 20}, Settings: []sink.Setting{{Name: "to", Kind: sink.Text, Required: true}}},
		Make: func(_ sink.Config, v sink.Values, _ sink.Deps) (sink.Sink, error) {
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
	sinks     []sink.Config
	next      int
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

// add sets a sink up, with a receiver of its name.
func (w *world) add(id string, change func(c *sink.Config)) *receiver {
	c := sink.Config{ID: id, Kind: "test", Name: "Sink " + id, Enabled: true, Start: sink.Start{From: sink.FromBeginning}, Settings: map[string]string{"to": id}}
	if change != nil {
		change(&c)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sinks = append(slices.DeleteFunc(slices.Clone(w.sinks), func(o sink.Config) bool { return o.ID == id }), c)
	if w.receivers[id] == nil {
		w.receivers[id] = &receiver{}
	}
	return w.receivers[id]
}

func (w *world) config(s Store, process string) Config {
	return Config{
		Store: s, Kinds: []sink.Kind{kind(w.receivers)}, Shared: true,
		Duties: w.duties(process),
		Sinks: func(context.Context) ([]sink.Config, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.sinks, nil
		},
	}
}

// run lets a forwarder work until what it gives is called.
func (w *world) run(s Store, process string) (*Forwarder, func()) {
	f := New(w.config(s, process))
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	stop := sync.OnceFunc(func() { cancel(); <-done })
	return f, stop
}

// event makes an event with an id.
func event(id string, change func(e *aoc.Event)) aoc.Event {
	e := aoc.Event{
		ID: id, Source: aoc.SourceDirectory, TenantID: "t-1", Timestamp: time.Now().UTC(), ReceivedAt: time.Now().UTC(), Origin: aoc.OriginCollected,
		Workload: "Entra ID", Operation: "Add member to role", Result: aoc.ResultSuccess, DisplaySummary: "Ada did " + id, Raw: json.RawMessage(fmt.Sprintf(`{"id":%q}`, id)),
	}
	if change != nil {
		change(&e)
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

// log appends n events and gives their ids.
func (w *world) log(n int, change func(e *aoc.Event)) []string {
	w.t.Helper()
	var events []aoc.Event
	var ids []string
	for range n {
		w.next++
		id := fmt.Sprintf("e-%05d", w.next)
		ids = append(ids, id)
		events = append(events, event(id, change))
	}
	if _, err := w.store.Append(w.t.Context(), events); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// holds compares what has arrived with what should have.
func (w *world) holds(r *receiver, want []string) {
	w.t.Helper()
	if got := r.ids(); !slices.Equal(got, want) {
		w.t.Errorf("%d have arrived, want %d:\n%.300v\n%.300v", len(got), len(want), got, want)
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

func (s *stepping) ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error) {
	return stepped(s, func() ([]aoc.Event, error) { return s.Store.ReadLog(ctx, after, limit) })
}

func (s *stepping) LastSeq(ctx context.Context) (int64, error) {
	return stepped(s, func() (int64, error) { return s.Store.LastSeq(ctx) })
}

func (s *stepping) Checkpoint(ctx context.Context, name string) (string, error) {
	return stepped(s, func() (string, error) { return s.Store.Checkpoint(ctx, name) })
}

func (s *stepping) SetCheckpoint(ctx context.Context, name, position string) error {
	_, err := stepped(s, func() (bool, error) { return true, s.Store.SetCheckpoint(ctx, name, position) })
	return err
}

func (s *stepping) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	return stepped(s, func() (store.Item, error) { return s.Store.PutItem(ctx, it) })
}

func (s *stepping) Item(ctx context.Context, kind, id string) (store.Item, error) {
	return stepped(s, func() (store.Item, error) { return s.Store.Item(ctx, kind, id) })
}

func (s *stepping) ListItems(ctx context.Context, f store.ItemFilter) ([]store.Item, error) {
	return stepped(s, func() ([]store.Item, error) { return s.Store.ListItems(ctx, f) })
}

func (s *stepping) DropItem(ctx context.Context, it store.Item) error {
	_, err := stepped(s, func() (bool, error) { return true, s.Store.DropItem(ctx, it) })
	return err
}

func (s *stepping) Get(ctx context.Context, key string) (aoc.Event, error) {
	return stepped(s, func() (aoc.Event, error) { return s.Store.Get(ctx, key) })
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
