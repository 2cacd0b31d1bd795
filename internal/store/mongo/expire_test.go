package mongo_test

import (
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aoc"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
)

// unchained opens a database without the chain, whose events are kept for some days.
func (f fleet) unchained(t *testing.T, days int) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(t.Context(), f.uri, mongo.Options{Database: f.database, NoChain: true, RetentionDays: days})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// aged makes an event of so many days ago.
func aged(id string, days int) aoc.Event {
	e := event(id, "")
	e.Timestamp = time.Now().UTC().Truncate(time.Millisecond).AddDate(0, 0, -days)
	return e
}

// Without the chain the log is in order all the same, has no leaves, and events expire in
// batches where the server does not do it.
func TestWithoutTheChain(t *testing.T) {
	s := newFleet(t).unchained(t, 0)
	mustAppend(t, s, aged("old", 90), aged("new", 1))
	if size, root, err := s.TreeHead(t.Context()); size != 0 || err != nil {
		t.Errorf("a tree of %d leaves, root %x, %v", size, root, err)
	}
	if leaves, err := s.LeafHashes(t.Context(), 0, 10); len(leaves) != 0 || err != nil {
		t.Errorf("leaves %v, %v", leaves, err)
	}
	n, err := s.Expire(t.Context(), time.Now().AddDate(0, 0, -30), 100)
	if n != 1 || err != nil {
		t.Errorf("%d expired, %v", n, err)
	}
	left, err := s.ReadLog(t.Context(), 0, 10)
	if err != nil || len(left) != 1 || left[0].ID != "new" || left[0].Seq != 2 {
		t.Errorf("%+v, %v", left, err)
	}
}

// With the chain what expires in batches leaves its leaves.
func TestExpiryLeavesTheChain(t *testing.T) {
	s := newFleet(t).open(t, "p", nil)
	mustAppend(t, s, aged("old", 90), aged("new", 1))
	size, root, err := s.TreeHead(t.Context())
	if size != 2 || err != nil {
		t.Fatal(size, err)
	}
	if n, err := s.Expire(t.Context(), time.Now().AddDate(0, 0, -30), 100); n != 1 || err != nil {
		t.Fatalf("%d expired, %v", n, err)
	}
	leaves, err := s.LeafHashes(t.Context(), 0, 10)
	if err != nil || len(leaves) != 2 {
		t.Fatalf("%d leaves, %v", len(leaves), err)
	}
	if got := tlog.NodeHash(leaves[0], leaves[1]); got != root {
		t.Errorf("the leaves have the root %x, not %x", got, root)
	}
}

// Where the chain is off a MongoDB expires events by itself, as the setting says now.
func TestExpiryByTheServer(t *testing.T) {
	mongotest.Real(t)
	f := newFleet(t)
	for _, days := range []int{30, 60, 0, 45} {
		s := f.unchained(t, days)
		for _, name := range []string{"events", "aoc_versions"} {
			if got, want := f.expiry(t, name), int64(days)*24*60*60; got != want {
				t.Errorf("%d days: documents of %s expire after %d seconds, want %d", days, name, got, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := f.unchained(t, 45)
	mustAppend(t, s, aged("old", 90), aged("new", 1))
	for began := time.Now(); ; time.Sleep(time.Second) { // the server looks once a minute
		left, err := s.ReadLog(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 1 && left[0].ID == "new" {
			return
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("%d events are left", len(left))
		}
	}
}

// expiry gives after how many seconds documents expire; 0 if they do not.
func (f fleet) expiry(t *testing.T, collection string) int64 {
	t.Helper()
	specs, err := f.collection(t, collection).Indexes().ListSpecifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var seconds []int64
	for _, spec := range specs {
		if spec.ExpireAfterSeconds != nil {
			seconds = append(seconds, int64(*spec.ExpireAfterSeconds))
		}
	}
	if len(seconds) > 1 {
		t.Fatalf("%s: %v", collection, seconds)
	}
	return append(seconds, 0)[0]
}
