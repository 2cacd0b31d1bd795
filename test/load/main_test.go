package main

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test binary the service when it is called as that.
func TestMain(m *testing.M) {
	if serving() {
		os.Exit(serve())
	}
	os.Exit(m.Run())
}

// TestHonestClientsAreServed attacks a service that takes fewer connections than the attack
// has, with bad credentials of every kind and giant queries of somebody who has signed in,
// and holds that nobody honest is refused, and that the provider of identities is left alone.
func TestHonestClientsAreServed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is measured as Linux tells it")
	}
	r, err := run(t.Context(), options{
		dir: t.TempDir(), events: 2000, connections: 150, requests: 10, slow: 300, flood: 4, giants: 4, attackers: 2, honest: 2,
		quiet: 300 * time.Millisecond, attack: 3 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.print(t.Output())
	for kind, got := range r.attacked {
		if got.failed() > 0 || len(got.took) == 0 {
			t.Errorf("%s: %d answers, failures %v", kind, len(got.took), got.failures)
		}
	}
	for kind, answers := range r.answers {
		if strings.HasPrefix(kind, "bad: ") && (answers["401"] == 0 || answers["401"]+answers["429"]+answers["no answer"] != sum(answers)) {
			t.Errorf("%s: %v; want it refused", kind, answers)
		}
	}
	if r.answers["bad: junk"]["429"] == 0 {
		t.Error("the flood was never told to wait")
	}
	if most := 1 + int64(r.took/time.Minute); r.keys > most {
		t.Errorf("the provider's keys were asked for %d times in %v", r.keys, r.took)
	}
	if sum(r.answers["giant queries"]) == 0 {
		t.Error("no giant query was answered or told to wait: nothing was attacked")
	}
	if r.memory > 1<<30 {
		t.Errorf("the service took %d MiB", r.memory>>20)
	}
}

func sum(answers map[string]int) (n int) {
	for _, times := range answers {
		n += times
	}
	return n
}
