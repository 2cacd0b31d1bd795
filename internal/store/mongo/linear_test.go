package mongo_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
	"aoc/internal/store/storetest"
)

var (
	schedules    = flag.Int("schedules", 0, "how many schedules TestLinear runs; 0 is 16, or 240 with AOC_TEST_FULL")
	firstSeed    = flag.Uint64("seed", 1, "of the first schedule; the others follow")
	atOnce       = 12 // schedules, which mostly wait
	fewSchedules = 16
	allSchedules = 240
)

// TestLinear lets several processes with odd clocks work on one database, while they sleep
// before any command and between any two steps of a change, die there, and are cut off. The
// history of their calls must be that of one store, and what they leave behind unbroken
// evidence that somebody who followed the log has seen all of.
func TestLinear(t *testing.T) {
	mongotest.URI(t)
	n := *schedules
	switch {
	case n > 0:
	case os.Getenv("AOC_TEST_FULL") != "":
		n = allSchedules
	default:
		n = fewSchedules
	}
	small(t)
	var all counts
	each(n, func(i int) {
		seed := *firstSeed + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := runSchedule(t, seed, flaw{})
			for _, f := range s.faults {
				t.Error(f)
			}
			all.add(s)
		})
	})
	t.Logf("%d schedules: %+v", n, &all)
}

// counts tells what schedules have come to.
type counts struct {
	mu                                                   sync.Mutex
	Calls, Failed, Unknown, Entries, Deaths, Terms, Late int
}

func (n *counts) add(s *schedule) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Calls += len(s.calls)
	n.Entries += s.entries
	n.Deaths += s.deaths
	n.Terms += len(s.holds)
	for _, c := range s.calls {
		_, write := c.asked.(*askedWrite)
		switch {
		case c.err == nil:
		case told(c.err) && write:
			n.Late++ // refused by a fence
		case told(c.err):
		case len(c.tries) > 0:
			n.Unknown++
		default:
			n.Failed++
		}
	}
}

// small lets a few entries and a few hundred bytes be many.
func small(t *testing.T) {
	mongo.KeepLedger(t, 8)
	mongo.SmallParts(t)
}

// each calls f for 0 to n-1, several at once.
func each(n int, f func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	all.Wait()
}

// TestCheckerFindsFaults breaks processes in ways that a store could be broken in: the
// checker must find each of them within some schedules.
func TestCheckerFindsFaults(t *testing.T) {
	mongotest.URI(t)
	small(t)
	for name, f := range map[string]flaw{
		"applies late as if it were early": {store: mongo.ForgetGuards},
		"applies before it commits":        {store: mongo.ApplyFirst},
		"forgets fences":                   {unfenced: true},
	} {
		t.Run(name, func(t *testing.T) {
			if !f.unfenced && os.Getenv("AOC_TEST_FULL") == "" {
				t.Skip("takes long to be found: set AOC_TEST_FULL=1")
			}
			t.Parallel()
			const most = 40
			var found atomic.Value
			var seed atomic.Uint64
			each(most, func(int) {
				if found.Load() != nil {
					return
				}
				if s := runSchedule(t, *firstSeed+seed.Add(1), f); len(s.faults) > 0 {
					found.Store(s.faults[0])
				}
			})
			if found.Load() == nil {
				t.Fatalf("not found in %d schedules", most)
			}
			first, _, _ := strings.Cut(found.Load().(string), "\n")
			t.Logf("found: %s", first)
		})
	}
}

// runSchedule runs a schedule and finds out what is wrong.
func runSchedule(t *testing.T, seed uint64, f flaw) *schedule {
	rng := rand.New(rand.NewPCG(seed, 7))
	s := &schedule{t: t, fleet: newFleet(t), seed: seed, flaw: f, sleeps: 0.3 * rng.Float64(), dies: 0.04 * rng.Float64(), dozes: 0.04 * rng.Float64()}
	s.began, s.holds, s.families = time.Now(), map[int64]string{}, map[string]place{}
	for f := range families {
		for v := range variant(2) {
			e := familyEvent(f, v, "", someTime)
			s.families[e.Key] = place{e.ID, v}
		}
	}
	s.news = &news{more: make(chan struct{})}
	followers := []*follower{{s: s, waits: 1}, {s: s, waits: 15}}
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	for i, f := range followers {
		f.store = s.fleet.open(t, fmt.Sprint("follower ", i), nil)
		following.Go(func() { f.run(ctx) })
	}
	s.run()
	cancel()
	following.Wait()
	last := s.quiet()
	for _, f := range followers {
		if err := f.read(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.faults = append(s.faults, f.faults...)
	}
	j := s.judge()
	s.faults = append(s.faults, j.check(s.calls)...)
	s.evidence(last, j.entries, followers)
	s.entries = len(j.entries)
	return s
}

// quiet opens a store when all processes are done, lets it clear up, and asks it for
// everything.
func (s *schedule) quiet() *mongo.Store {
	opts := mongo.Options{Database: s.fleet.database, Process: "last", Clock: fastClock{factor: 100, began: time.Now()}}
	opts = mongo.WithStep(opts, func(ctx context.Context, step mongo.Step) error {
		if step.Point == "commit" {
			tried(ctx, step)
		}
		return nil
	})
	last, err := mongo.Open(s.t.Context(), s.fleet.uri, opts)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = last.Close() })
	p := &process{store: last, ctx: s.t.Context()}
	w := &worker{s: s, slot: &slot{index: len(s.slots)}, rng: rand.New(rand.NewPCG(s.seed, 9))}
	w.append(p) // applies what has been left
	for range 4 {
		w.paper(p)
	}
	a := &askedWrite{value: "end"}
	if err := s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) error { return last.SetCheckpoint(ctx, checkpoint, "end") }); err != nil {
		s.faults = append(s.faults, fmt.Sprintf("at the end: %v", err))
	}
	w.read(p)
	for i := range 3 * families {
		e := familyEvent(i%families, variant(i/families%2), "", someTime)
		g := &askedGet{key: e.Key}
		_ = s.do(p.ctx, w.slot.index, g, func(ctx context.Context, _ int) (err error) {
			g.event, err = last.Get(ctx, g.key)
			return err
		})
		v := &askedVersions{key: e.Key}
		_ = s.do(p.ctx, w.slot.index, v, func(ctx context.Context, _ int) (err error) {
			v.versions, err = last.Versions(ctx, v.key)
			return err
		})
	}
	for range 6 {
		w.measure(p)
	}
	w.seen = [papers]int64{}
	for w.seen[0] == 0 { // an entry behind those that may have left something
		w.paper(p)
	}
	if _, err := last.Compact(p.ctx); err != nil {
		s.faults = append(s.faults, fmt.Sprintf("clearing up: %v", err))
	}
	return last
}

// judge reads the log.
func (s *schedule) judge() *judge {
	j := &judge{entries: s.fleet.entries(s.t, "aoc_log"), byNonce: map[string]*logEntry{}, records: map[string]aoc.EditRecord{}, families: s.families}
	for i := range j.entries {
		j.byNonce[j.entries[i].Nonce] = &j.entries[i]
	}
	reader := s.fleet.open(s.t, "reader", nil)
	records, err := reader.Edits(s.t.Context(), store.EditFilter{}, 10_000)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, r := range records {
		if r.Seq != int64(i)+1 {
			j.fault("edit %d is number %d", i+1, r.Seq)
		}
		j.records[r.By] = r
	}
	return j
}

// follower reads the log as it grows.
type follower struct {
	s      *schedule
	store  *mongo.Store
	waits  int // for so many commits
	after  int64
	seen   map[int64]string // contents by place
	faults []string
}

func (f *follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		f.s.news.wait(ctx, f.waits, time.Second)
		if err := f.read(ctx); err != nil && ctx.Err() == nil {
			f.faults = append(f.faults, fmt.Sprintf("following: %v (%v)", err, errors.Unwrap(err)))
			return
		}
	}
}

// read follows the log to its end.
func (f *follower) read(ctx context.Context) error {
	const limit = 3
	for {
		events, err := f.store.ReadLog(ctx, f.after, limit)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			if e.Seq <= f.after {
				f.faults = append(f.faults, fmt.Sprintf("a follower is given place %d after %d", e.Seq, f.after))
			}
			if f.seen == nil {
				f.seen = map[int64]string{}
			}
			f.seen[e.Seq], f.after = contentOf(e.Raw), e.Seq
		}
	}
}

// evidence holds that what is left is whole: an unbroken chain, leaves that follow from the
// contents, nothing left over, and followers that have seen every event.
func (s *schedule) evidence(last *mongo.Store, entries []logEntry, followers []*follower) {
	fault := func(format string, args ...any) { s.faults = append(s.faults, fmt.Sprintf(format, args...)) }
	if len(entries) > 0 && entries[0].N != 1 {
		fault("the log begins with entry %d", entries[0].N)
	}
	if err := errors.Join(chained(entries), chained(s.fleet.entries(s.t, "aoc_ledger"))); err != nil {
		fault("%v", err)
	}
	ctx := s.t.Context()
	all, err := last.LogEntries(ctx, 0, 10_000)
	if err != nil {
		fault("%v", err)
		return
	}
	leaves, keys := leavesOf(entries)
	if size, root, err := last.TreeHead(ctx); err != nil || size != int64(len(leaves)) || len(all) != len(leaves) || root != storetest.RootOf(leaves) {
		fault("the tree has %d leaves and another root, %d places are there, entries have %d leaves, %v", size, len(all), len(leaves), err)
		return
	}
	older := 0
	kept := map[int64]bool{} // places of versions that there still are
	for _, e := range all {
		for _, v := range e.Versions {
			kept[v.Seq] = true
			if v.Seq < 1 || v.Seq > int64(len(leaves)) {
				fault("a version is at place %d of %d", v.Seq, len(leaves))
				continue
			}
			if store.LeafHash(v.Seq, keys[v.Seq-1], v.Raw, v.Salt, v.ReceivedAt, v.Origin) != leaves[v.Seq-1] {
				fault("the leaf of place %d does not follow from its record", v.Seq)
			}
		}
		older += max(0, len(e.Versions)-1)
	}
	for _, e := range all {
		if e.Event == nil || e.Seq > int64(len(keys)) || s.fellBack(e.Seq, keys, kept) {
			continue
		}
		for i, f := range followers {
			if content, ok := f.seen[e.Seq]; !ok || content != contentOf(e.Event.Raw) {
				fault("follower %d has seen %q at place %d, where %s of %s stands", i, content, e.Seq, e.Event.Operation, e.Event.DedupeKey)
			}
		}
	}
	s.leftovers(older)
}

// fellBack reports whether the version at a place may be shown because a later one was equal
// to one of an event that it was joined with: nobody is told of that.
func (s *schedule) fellBack(seq int64, keys []string, kept map[int64]bool) bool {
	family := s.families[keys[seq-1]].family
	for i, key := range keys[seq:] {
		if s.families[key].family == family && !kept[seq+int64(i)+1] {
			return true
		}
	}
	return false
}

// leavesOf gives the leaves that entries have, and the keys of their places.
func leavesOf(entries []logEntry) (leaves []tlog.Hash, keys []string) {
	for _, e := range entries {
		keys = append(keys, e.Keys...)
		for h := range slices.Chunk(e.Leaves, tlog.HashSize) {
			leaves = append(leaves, tlog.Hash(h))
		}
	}
	return leaves, keys
}

// leftovers finds parts that nothing refers to, and more or fewer earlier versions than
// there should be.
func (s *schedule) leftovers(versions int) {
	used := map[string]bool{}
	stored := 0
	for _, name := range []string{"events", "aoc_versions"} {
		for _, d := range s.documents(name) {
			if owner, ok := d.Lookup("parts_of").StringValueOK(); ok {
				used[owner] = true
			}
			if name == "aoc_versions" {
				stored++
			}
		}
	}
	if stored != versions {
		s.faults = append(s.faults, fmt.Sprintf("%d earlier versions are stored, events have %d", stored, versions))
	}
	for _, d := range s.documents("aoc_parts") {
		if owner := d.Lookup("owner").StringValue(); !used[owner] {
			s.faults = append(s.faults, fmt.Sprintf("the part %s of %s is left over", d.Lookup("_id"), owner))
		}
	}
}

func (s *schedule) documents(collection string) []bson.Raw {
	cursor, err := s.fleet.collection(s.t, collection).Find(s.t.Context(), bson.D{})
	if err != nil {
		s.t.Fatal(err)
	}
	var all []bson.Raw
	for cursor.Next(s.t.Context()) {
		all = append(all, bytes.Clone(cursor.Current))
	}
	return all
}
