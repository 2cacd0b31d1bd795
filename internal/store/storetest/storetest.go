// Package storetest is the suite that every store must pass. Run drives a store through
// its contract and compares it with a plain model that keeps events in a map and
// decides by [store.Matcher] alone. It knows no particular store.
package storetest

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"aoc/internal/store"
)

// rounds is how many rounds a random test goes: n, a part of it with -short, and many
// times as many where AOC_TEST_FULL is set.
func rounds(n int) int {
	switch {
	case os.Getenv("AOC_TEST_FULL") != "":
		return 20 * n
	case testing.Short() || quick.Load():
		return n / 4
	}
	return n
}

// amount is how many events a test works with: n, or a part of it for a slow server.
func amount(n int) int {
	if quick.Load() {
		return n / 3
	}
	return n
}

// quick is set while a store is tested whose server is slow.
var quick atomic.Bool

// Quick lets the random tests of the suite go as few rounds, until the test ends, as they do
// with -short, with fewer events: for a server that stands in for the real one and is many
// times slower.
func Quick(t *testing.T) {
	quick.Store(true)
	t.Cleanup(func() { quick.Store(false) })
}

// Run puts the stores that open gives, each empty, through the suite.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"append tells new, duplicate and revision", testAppendOutcomes},
		{"append is all or nothing", testAppendAtomic},
		{"append keeps every field", testAppendFields},
		{"the log is read in order of arrival", testReadLog},
		{"events are found by key and by id", testFind},
		{"tags and comments", testAnnotations},
		{"reviews are undone where nobody reviewed since", testReviewUndo},
		{"a review only where there is none", testReviewIfNone},
		{"many people edit at once", testConcurrentEdits},
		{"documents", testDocuments},
		{"many people change a document at once", testConcurrentDocuments},
		{"search and counts equal a brute-force scan", testSearchModel},
		{"any two predicates together", testCombinations},
		{"a search within a budget says how far it got", testSearchBudget},
		{"pages are stable while events arrive", testStablePages},
		{"bad queries are refused", testBadQueries},
		{"tenants stay apart", testTenants},
		{"windows of the ledger", testWindows},
		{"units of the ledger", testUnits},
		{"quarantine", testQuarantine},
		{"directory names", testNames},
		{"checkpoints", testCheckpoints},
		{"leases", testLeases},
		{"contexts of leases", testLeaseContexts},
		{"many want a lease at once", testConcurrentLeases},
		{"fences", testFences},
		{"reports", testReports},
		{"sessions", testSessions},
		{"items", testItems},
		{"expire removes what is old and leaves the chain", testExpire},
		{"rewrite derives anew and touches nothing else", testRewrite},
		{"annotations follow an event whose time is derived anew", testRewriteTimes},
		{"rewrite joins events whose keys became equal", testRewriteJoins},
		{"the chain covers every entry", testChain},
		{"random operations keep store and model equal", testRandomOperations},
		{"readers and a writer at once", testConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			if err := s.Ping(context.Background()); err != nil {
				t.Fatalf("ping: %v", err)
			}
			c.test(t, s)
		})
	}
}
