package ingest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/store/sqlite"
)

// gate makes a source's reads wait until it is opened.
type gate struct {
	entered chan struct{}
	open    chan struct{}
}

func newGate(f *upstream) *gate {
	g := &gate{entered: make(chan struct{}, 100), open: make(chan struct{})}
	f.fail(faults{list: func(aoc.Window) error {
		g.entered <- struct{}{}
		<-g.open
		return nil
	}})
	return g
}

// A second request joins the run under way when that does what it asks for; otherwise it
// waits, merged with others that wait.
func TestRunsAreJoinedAndMerged(t *testing.T) {
	clk, s := newClock(), openStore(t)
	a, b := newBlobFeed(clk, "A"), newBlobFeed(clk, "B")
	g := newGate(&a.upstream)
	c := newCollector(t, s, clk, nil, a, b)
	start := func(req Request) (*Run, bool) {
		t.Helper()
		run, joined, err := c.Start(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return run, joined
	}
	first, joined := start(Request{Hours: 24})
	if joined {
		t.Error("the first run joined something")
	}
	<-g.entered
	if run, joined := start(Request{}); run != first || !joined {
		t.Error("a request for less does not join")
	}
	if run, joined := start(Request{Hours: 24, Collectors: []string{"managementactivity/B"}}); run != first || !joined {
		t.Error("a request for a part does not join")
	}
	second, joined := start(Request{Hours: 48, Collectors: []string{"managementactivity/B"}})
	if second == first || joined || second.Report().State != RunQueued {
		t.Errorf("a request for more: joined %t, %+v", joined, second.Report())
	}
	if run, joined := start(Request{Hours: 30, Collectors: []string{"managementactivity/A"}}); run != second || !joined {
		t.Error("requests that wait are not merged")
	}
	if rep := first.Report(); rep.State != RunRunning || len(rep.Feeds) != 2 {
		t.Errorf("live report: %+v", rep)
	}
	close(g.open)
	if err := second.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	rep := second.Report()
	if rep.Hours != 48 || len(rep.Feeds) != 2 || rep.State != RunDone {
		t.Errorf("merged: %+v", rep)
	}
	for _, run := range []*Run{first, second} {
		if got, ok := c.RunByID(run.ID()); !ok || got != run {
			t.Errorf("run %s is not found", run.ID())
		}
	}
	if len(c.Runs()) != 2 || c.Runs()[0] != second {
		t.Error("runs are not kept newest first")
	}
}

// Closing ends a run after what is in hand, and abandons that when it takes too long.
func TestClose(t *testing.T) {
	t.Run("cleanly", func(t *testing.T) {
		clk, s := newClock(), openStore(t)
		feed := newBlobFeed(clk, "A")
		g := newGate(&feed.upstream)
		c := newCollector(t, s, clk, nil, feed)
		run, _, err := c.Start(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		<-g.entered
		closed := make(chan error)
		go func() { closed <- c.Close(context.Background()) }()
		<-c.stopping
		close(g.open)
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
		if err := run.Wait(t.Context()); aoc.CodeOf(err) != aoc.CodeUnavailable || run.Report().State != RunStopped {
			t.Errorf("run: %v, %s", err, run.Report().State)
		}
		if _, _, err := c.Start(t.Context(), Request{}); aoc.CodeOf(err) != aoc.CodeUnavailable {
			t.Errorf("start after close: %v", err)
		}
		// What was not done is done by the next process.
		feed.fail(faults{})
		collect(t, newCollector(t, s, clk, nil, feed), Request{})
		checkTiling(t, windowsOf(t, s, feed.spec.Feed), feed.spec.MaxWindow)
	})
	t.Run("abandoned", func(t *testing.T) {
		clk, s := newClock(), openStore(t)
		feed := newBlobFeed(clk, "A")
		feed.add("b", day0.Add(-time.Hour), 3)
		reading := make(chan struct{})
		c := newCollector(t, s, clk, nil, hanging{feed, reading})
		run, _, err := c.Start(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		<-reading
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Close(ctx); err == nil {
			t.Error("close says that the run had ended")
		}
		<-run.Done()
		u := unitOf(t, s, feed.spec.Feed, "b")
		if u.State != aoc.UnitListed || u.Attempts != 0 {
			t.Errorf("an abandoned unit counts as tried: %+v", u)
		}
	})
}

// A store that fails ends the run with its error; the units are not to blame.
func TestStoreFailureEndsTheRun(t *testing.T) {
	clk, s := newClock(), openStore(t)
	feed := newBlobFeed(clk, "A")
	feed.add("b", day0.Add(-time.Hour), 3)
	c := newCollector(t, &appendless{Store: s}, clk, nil, feed)
	run, _, err := c.Start(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(t.Context()); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("error: %v", err)
	}
	rep := run.Report()
	if rep.State != RunFailed || rep.Feeds[0].State != FeedFailed || rep.Error == nil {
		t.Errorf("report: %+v", rep)
	}
	if u := unitOf(t, s, feed.spec.Feed, "b"); u.State != aoc.UnitListed || u.Attempts != 0 {
		t.Errorf("unit: %+v", u)
	}
}

// The schedule comes back about every so often, and sooner for what is to be tried again.
func TestPeriodic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		feed := newBlobFeed(aoc.SystemClock{}, "A")
		c, err := New(Config{Store: s, Sources: sources(feed), Clock: aoc.SystemClock{}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.Periodic(ctx, 10*time.Minute)
		}()
		time.Sleep(65 * time.Minute)
		synctest.Wait()
		if n := len(c.Runs()); n < 6 || n > 8 {
			t.Errorf("%d runs in 65 minutes, every 10", n)
		}
		feed.fail(faults{list: func(aoc.Window) error { return fault(aoc.CodeUpstream, "") }})
		n := len(c.Runs())
		time.Sleep(12 * time.Minute)
		synctest.Wait()
		if got := len(c.Runs()) - n; got < 3 || got > 12 {
			t.Errorf("a listing that failed was tried %d times in 12 minutes", got)
		}
		cancel()
		<-done
	})
}

// A flood of hints starts few collections, of the feeds that were meant only.
func TestHasten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		a, b := newBlobFeed(aoc.SystemClock{}, "A"), newBlobFeed(aoc.SystemClock{}, "B")
		c, err := New(Config{Store: s, Sources: sources(a, b), Clock: aoc.SystemClock{}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.Periodic(ctx, time.Hour)
		}()
		time.Sleep(time.Minute)
		a.forget()
		b.forget()
		for i := range 10_000 {
			c.Hasten("managementactivity/A")
			c.Hasten(fmt.Sprintf("unknown-%d", i))
		}
		time.Sleep(5 * time.Minute)
		if n := len(c.Runs()); n != 2 {
			t.Errorf("%d runs", n)
		}
		if len(a.listed()) != 1 || len(b.listed()) != 0 {
			t.Errorf("listed: %v and %v", a.listed(), b.listed())
		}
		cancel()
		<-done
		_ = c.Close(context.Background())
	})
}
