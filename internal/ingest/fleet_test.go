package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/source"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// machines is processes that share one store, in one process: leases change hands when a
// test says so, as they do when a process is not heard of.
type machines struct {
	t     *testing.T
	store *sqlite.Store

	mu   sync.Mutex
	held map[string]*machineLease
}

// machine is one process's view of the store.
type machine struct {
	*sqlite.Store
	all  *machines
	name string
	skew time.Duration // of its clock

	mu    sync.Mutex
	dead  bool // it does nothing any more
	sleep bool // it does not notice that its leases are gone
}

type machineLease struct {
	store.Lease
	of   *machine
	name string
}

func newMachines(t *testing.T) *machines {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &machines{t: t, store: s, held: map[string]*machineLease{}}
}

func (ms *machines) add(name string) *machine { return &machine{Store: ms.store, all: ms, name: name} }

// expire takes a lease away from whoever has it.
func (ms *machines) expire(name string) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if l := ms.held[name]; l != nil {
		delete(ms.held, name)
		if err := l.Lease.Release(context.Background()); err != nil {
			ms.t.Error(err)
		}
	}
}

var errDead = &aoc.Error{Code: aoc.CodeUnavailable, Op: "test.store", Message: "the store cannot be reached"}

func (m *machine) set(change func(m *machine)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func (m *machine) alive() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	return nil
}

func (m *machine) TryLease(ctx context.Context, name string) (store.Lease, string, bool, error) {
	if err := m.alive(); err != nil {
		return nil, "", false, err
	}
	m.all.mu.Lock()
	defer m.all.mu.Unlock()
	l, _, ok, err := m.Store.TryLease(ctx, name)
	if err != nil || !ok {
		if had := m.all.held[name]; had != nil {
			return nil, had.of.name, false, err
		}
		return nil, "", false, err
	}
	m.all.held[name] = &machineLease{Lease: l, of: m, name: name}
	return m.all.held[name], m.name, true, nil
}

// Context of a process that sleeps does not end with the lease.
func (l *machineLease) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	if l.of.sleep {
		return context.WithCancel(store.WithFence(ctx, store.Fence{Name: l.name, Term: l.Term()}))
	}
	return l.Lease.Context(ctx)
}

func (l *machineLease) Release(ctx context.Context) error {
	if err := l.of.alive(); err != nil {
		return err
	}
	l.of.all.mu.Lock()
	defer l.of.all.mu.Unlock()
	if l.of.all.held[l.name] == l {
		delete(l.of.all.held, l.name)
	}
	return l.Lease.Release(ctx)
}

func (m *machine) PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.PutReport(ctx, kind, id, body, keep)
}

func (m *machine) SetCheckpoint(ctx context.Context, name, position string) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.SetCheckpoint(ctx, name, position)
}

func (m *machine) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.PutWindows(ctx, ws)
}

func (m *machine) PutUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.PutUnits(ctx, us)
}

func (m *machine) Append(ctx context.Context, es []aoc.Event) ([]store.Outcome, error) {
	if err := m.alive(); err != nil {
		return nil, err
	}
	return m.Store.Append(ctx, es)
}

// skewed is the machine's clock with the wrong time.
type skewed struct{ by time.Duration }

func (s skewed) Now() time.Time { return time.Now().UTC().Add(s.by) }

func (s skewed) Sleep(ctx context.Context, d time.Duration) error {
	return aoc.SystemClock{}.Sleep(ctx, d)
}

// collector makes a process's collector.
func (m *machine) collector(t *testing.T, change func(*Config), sources ...source.Source) *Collector {
	t.Helper()
	clk := skewed{m.skew}
	cfg := Config{
		Store: m, Sources: sources, Clock: clk,
		Fleet: fleet.New(fleet.Config{Store: m, Clock: clk, Process: m.name, Shared: true}),
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inFleet runs a test with time of its own and ends what it has started.
func inFleet(t *testing.T, test func(t *testing.T, ms *machines)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ms := newMachines(t)
		defer ms.store.Close()
		test(t, ms)
	})
}

// periodic runs collectors until the function that it gives is called.
func periodic(t *testing.T, every time.Duration, cs ...*Collector) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() { c.Periodic(ctx, every) })
	}
	return func() {
		cancel()
		now, stop := context.WithCancel(context.Background())
		stop()
		for _, c := range cs {
			_ = c.Close(now)
		}
		wg.Wait()
	}
}

// exclusive fails a test when two processes collect at once, and counts who does.
type exclusive struct {
	source.Source
	t   *testing.T
	who string
	log *collecting
}

type collecting struct {
	mu   sync.Mutex
	now  int
	by   []string // who listed, in order
	most int
}

func (e exclusive) List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	e.log.mu.Lock()
	e.log.now++
	e.log.most = max(e.log.most, e.log.now)
	e.log.by = append(e.log.by, e.who)
	e.log.mu.Unlock()
	time.Sleep(2 * time.Second) // so that others have the time to interfere
	e.log.mu.Lock()
	e.log.now--
	e.log.mu.Unlock()
	return e.Source.List(ctx, w)
}

func (l *collecting) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	by := l.by
	l.by = nil
	return by
}

func (l *collecting) atOnce() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most
}

// gated waits at the end of each listing until it is let go on.
type gated struct {
	source.Source
	entered chan struct{}
	open    chan struct{}
}

func newGated(src source.Source) gated {
	return gated{src, make(chan struct{}, 100), make(chan struct{}, 1)}
}

func (g gated) List(ctx context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		for u, err := range g.Source.List(ctx, w) {
			if !yield(u, err) {
				return
			}
		}
		g.entered <- struct{}{}
		<-g.open
	}
}

// Of several processes one collects at a time, about every so often and not once for each
// process; when it dies another goes on within seconds, and nothing is lost or doubled. Wrong
// clocks make no difference.
func TestOneOfSeveralCollects(t *testing.T) {
	for name, skews := range map[string][3]time.Duration{
		"right clocks": {}, "wrong clocks": {0, 20 * time.Minute, -20 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inFleet(t, func(t *testing.T, ms *machines) { oneCollects(t, ms, skews) })
		})
	}
}

func oneCollects(t *testing.T, ms *machines, skews [3]time.Duration) {
	feed, log := newBlobFeed(aoc.SystemClock{}, "A"), &collecting{}
	var all []*machine
	var cs []*Collector
	for i, skew := range skews {
		m := ms.add(fmt.Sprint("host-", i))
		m.skew = skew
		all = append(all, m)
		cs = append(cs, m.collector(t, nil, exclusive{feed, t, m.name, log}))
	}
	end := sync.OnceFunc(periodic(t, 10*time.Minute, cs...))
	defer end()
	n := 0
	pass := func(d time.Duration) []string {
		began := time.Now()
		for range int(d / (5 * time.Minute)) {
			n++
			feed.add(fmt.Sprintf("b%03d", n), time.Now().UTC().Add(-time.Second), 3)
			time.Sleep(5 * time.Minute)
		}
		return ranSince(began, all, cs)
	}
	pass(15 * time.Minute)
	by := pass(40 * time.Minute)
	if len(by) < 3 || len(by) > 5 {
		t.Errorf("%d runs in 40 minutes, every 10 minutes: %v", len(by), by)
	}
	if len(slices.Compact(slices.Clone(by))) != 1 {
		t.Errorf("collection changes hands without need: %v", by)
	}
	leader := all[slices.IndexFunc(all, func(m *machine) bool { return m.name == by[0] })]

	// It dies in the middle of a run: what it has is free after a while.
	began := time.Now()
	for len(ranSince(began, all, cs)) == 0 {
		time.Sleep(time.Second)
	}
	leader.set(func(m *machine) { m.dead = true })
	time.Sleep(10 * time.Second)
	ms.expire(Lease)
	died := time.Now()
	for len(ranSince(died, all, cs)) == 0 {
		time.Sleep(time.Second)
	}
	if took := time.Since(died); took > 10*time.Second {
		t.Errorf("another process takes over after %s", took)
	}
	if by := pass(25 * time.Minute); slices.Contains(by, leader.name) || len(by) < 2 || len(by) > 3 {
		t.Errorf("after the death of %s: %v", leader.name, by)
	}
	if most := log.atOnce(); most != 1 {
		t.Errorf("%d collect at once", most)
	}
	end()
	time.Sleep(90 * time.Minute) // windows that were planned by a clock that is ahead are listed again after an hour
	last := ms.add("host-3").collector(t, nil, feed)
	collect(t, last, Request{})
	_ = last.Close(context.Background())
	checkSame(t, "log", logged(t, ms.store), feed.delivered())
	checkTiling(t, windowsOf(t, ms.store, feed.spec.Feed), feed.spec.MaxWindow)
}

// ranSince tells which processes have begun runs since a time, in order.
func ranSince(since time.Time, ms []*machine, cs []*Collector) []string {
	type begun struct {
		at time.Time
		by string
	}
	var runs []begun
	for i, c := range cs {
		for _, r := range c.Runs() {
			if rep := r.Report(); !rep.StartedAt.IsZero() && rep.StartedAt.Add(-ms[i].skew).After(since) {
				runs = append(runs, begun{rep.StartedAt.Add(-ms[i].skew), ms[i].name})
			}
		}
	}
	slices.SortFunc(runs, func(a, b begun) int { return a.at.Compare(b.at) })
	var by []string
	for _, r := range runs {
		by = append(by, r.by)
	}
	return by
}

// A process that sleeps through the loss of its lease in the middle of a run harms nothing:
// what it writes is refused, its run says so, and it goes on from what the other one left.
func TestSleeperDoesNoHarm(t *testing.T) {
	inFleet(t, func(t *testing.T, ms *machines) {
		feed := newBlobFeed(aoc.SystemClock{}, "A")
		feed.add("one", time.Now().UTC().Add(-time.Hour), 3)
		a, b := ms.add("host-a"), ms.add("host-b")
		a.set(func(m *machine) { m.sleep = true })
		g := newGated(feed)
		ca, cb := a.collector(t, nil, g), b.collector(t, nil, feed)
		asleep, err := begin(t.Context(), ca, Request{}, true)
		if err != nil {
			t.Fatal(err)
		}
		<-g.entered // it has listed, and is about to write that down
		ms.expire(Lease)
		collect(t, cb, Request{})
		before := windowsOf(t, ms.store, feed.spec.Feed)
		time.Sleep(10 * time.Minute)
		collect(t, cb, Request{})
		after := windowsOf(t, ms.store, feed.spec.Feed)
		units := unitsOf(t, ms.store, feed.spec.Feed)
		position, err := ms.store.Checkpoint(t.Context(), memoName(feed.spec.Feed))
		if err != nil {
			t.Fatal(err)
		}

		close(g.open) // it wakes up
		if err := asleep.Wait(t.Context()); aoc.CodeOf(err) != aoc.CodeConflict || aoc.HintOf(err) == "" {
			t.Errorf("the sleeper's run ends with %v; want conflict, with a hint", err)
		}
		if rep := asleep.Report(); rep.State != RunLost || rep.Complete || rep.Feeds[0].State != FeedFailed {
			t.Errorf("the sleeper's report: %+v", rep)
		}
		checkSame(t, "windows", windowsOf(t, ms.store, feed.spec.Feed), after)
		checkSame(t, "units", unitsOf(t, ms.store, feed.spec.Feed), units)
		if p, err := ms.store.Checkpoint(t.Context(), memoName(feed.spec.Feed)); err != nil || p != position {
			t.Errorf("what is remembered of the feed was %s and is %s, %v", position, p, err)
		}
		checkSame(t, "log", logged(t, ms.store), feed.delivered())

		a.set(func(m *machine) { m.sleep = false })
		time.Sleep(10 * time.Minute)
		feed.add("two", time.Now().UTC().Add(-time.Minute), 2)
		collect(t, ca, Request{})
		ws := windowsOf(t, ms.store, feed.spec.Feed)
		checkTiling(t, ws, feed.spec.MaxWindow)
		checkSame(t, "the windows that were there", ws[:len(before)], before)
		checkSame(t, "log", logged(t, ms.store), feed.delivered())
		for _, c := range []*Collector{ca, cb} {
			_ = c.Close(context.Background())
		}
	})
}

// What a person asks one process for waits for the collection of another, and says so.
func TestAskedRunWaitsForAnotherProcess(t *testing.T) {
	inFleet(t, func(t *testing.T, ms *machines) {
		feed := newBlobFeed(aoc.SystemClock{}, "A")
		g := newGated(feed)
		ca, cb := ms.add("host-a/1").collector(t, nil, g), ms.add("host-b/2").collector(t, nil, feed)
		first, err := begin(t.Context(), ca, Request{}, true)
		if err != nil {
			t.Fatal(err)
		}
		<-g.entered
		second, err := begin(t.Context(), cb, Request{}, true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if rep := second.Report(); rep.State != RunQueued || rep.WaitsFor != "host-a/1" || rep.Process != "host-b/2" {
			t.Errorf("the second run: %+v; want it queued for host-a/1", rep)
		}
		joined, ok, err := cb.Start(t.Context(), Request{Hours: 5})
		if err != nil || !ok || joined != second {
			t.Errorf("a third, which asks for more, is not joined with the second: %v, %v", ok, err)
		}
		close(g.open)
		if err := errors.Join(first.Wait(t.Context()), second.Wait(t.Context())); err != nil {
			t.Error(err)
		}
		if rep := second.Report(); rep.State != RunDone || rep.Hours != 5 || rep.WaitsFor != "" {
			t.Errorf("the second run in the end: %+v", rep)
		}
		// One that waits ends with its collector.
		l, _, ok, err := ms.add("host-c/3").TryLease(t.Context(), Lease)
		if err != nil || !ok {
			t.Fatal(err)
		}
		third, err := begin(t.Context(), cb, Request{}, true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := cb.Close(t.Context()); err != nil {
			t.Errorf("closing: %v", err)
		}
		if rep := third.Report(); rep.State != RunStopped {
			t.Errorf("the third run: %+v; want it stopped", rep)
		}
		if err := errors.Join(l.Release(t.Context()), ca.Close(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// Every process can tell how the runs of all go. One whose process is not heard of any more
// does not go on for ever, and counts again when it is heard of.
func TestReportsOfOtherProcesses(t *testing.T) {
	inFleet(t, func(t *testing.T, ms *machines) {
		feed := newBlobFeed(aoc.SystemClock{}, "A")
		feed.add("one", time.Now().UTC().Add(-time.Hour), 3)
		a, b := ms.add("host-a/1"), ms.add("host-b/2")
		g := newGated(feed)
		oneWindow := func(cfg *Config) { cfg.FirstFetch = 12 * time.Hour }
		ca, cb := a.collector(t, oneWindow, g), b.collector(t, oneWindow, feed)
		told := func(id string) Report {
			t.Helper()
			rep, err := cb.ReportOf(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
		g.open <- struct{}{}
		done := collect(t, ca, Request{})
		<-g.entered
		if got := told(done.ID); got.State != RunDone || got.Counts.New != 3 || got.Process != "host-a/1" || !got.Complete {
			t.Errorf("a run that is done: %+v", got)
		}
		time.Sleep(10 * time.Minute)
		run, err := begin(t.Context(), ca, Request{Hours: 3}, true)
		if err != nil {
			t.Fatal(err)
		}
		<-g.entered
		time.Sleep(5 * time.Minute) // a long time without news
		for range 4 {
			time.Sleep(30 * time.Second)
			if got := told(run.ID()); got.State != RunRunning || got.Hours != 3 || len(got.Feeds) != 1 {
				t.Fatalf("a run under way: %+v", got)
			}
		}
		a.set(func(m *machine) { m.dead = true })
		time.Sleep(time.Minute)
		told(run.ID()) // it has stood still for long, but this process sees that only from now on
		time.Sleep(time.Minute)
		if got := told(run.ID()); got.State != RunLost || got.Error == nil || got.Error.Hint == "" || got.Complete {
			t.Errorf("a run whose process is gone: %+v", got)
		}
		list, err := cb.Reports(t.Context())
		if err != nil || len(list) != 2 || list[0].ID != run.ID() || list[0].State != RunLost {
			t.Errorf("the list of runs: %+v, %v", list, err)
		}
		a.set(func(m *machine) { m.dead = false })
		time.Sleep(time.Minute)
		if got := told(run.ID()); got.State != RunRunning {
			t.Errorf("a run whose process is heard of again: %+v", got)
		}
		close(g.open)
		if err := run.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if got := told(run.ID()); got.State != RunDone {
			t.Errorf("the same in the end: %+v", got)
		}
		if _, err := cb.ReportOf(t.Context(), "none"); aoc.CodeOf(err) != aoc.CodeNotFound {
			t.Errorf("an unknown run: %v; want not_found", err)
		}
		// How feeds are is told by every process as it is now.
		hs, err := cb.Health(t.Context())
		if err != nil || len(hs) != 1 || hs[0].Watermark.Before(run.Report().StartedAt.Add(-time.Minute)) {
			t.Errorf("the health another process tells: %+v, %v", hs, err)
		}
		for _, c := range []*Collector{ca, cb} {
			_ = c.Close(context.Background())
		}
	})
}

// A hint that reaches a process which does not collect by itself is followed by the one that
// does, once.
func TestHintsReachTheProcessThatCollects(t *testing.T) {
	inFleet(t, func(t *testing.T, ms *machines) {
		feed, other, log := newBlobFeed(aoc.SystemClock{}, "A"), newBlobFeed(aoc.SystemClock{}, "B"), &collecting{}
		a, b := ms.add("host-a"), ms.add("host-b")
		ca := a.collector(t, nil, exclusive{feed, t, "a", log}, other)
		cb := b.collector(t, nil, exclusive{feed, t, "b", log}, other)
		relay := ms.add("host-c").collector(t, func(cfg *Config) { cfg.Relay = true })
		end := periodic(t, time.Hour, ca, cb)
		defer end()
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { relay.RelayHints(ctx) })
		time.Sleep(5 * time.Minute)
		log.take()
		other.forget()
		for i := range 1000 {
			relay.Hasten("managementactivity/A")
			relay.Hasten(fmt.Sprint("unknown-", i))
		}
		time.Sleep(2 * time.Minute)
		if by := log.take(); len(by) != 1 || len(other.listed()) != 0 {
			t.Errorf("the hinted feed was listed by %v, another one %d times", by, len(other.listed()))
		}
		relay.Hasten("managementactivity/A") // another time
		time.Sleep(2 * time.Minute)
		if by := log.take(); len(by) != 1 {
			t.Errorf("after a second hint the feed was listed by %v", by)
		}
		stop()
		wg.Wait()
		_ = relay.Close(context.Background())
	})
}
